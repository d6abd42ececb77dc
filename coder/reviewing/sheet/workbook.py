"""The layout of the review sheet: a page of instructions, a page to fill in, a page of themes."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from coder.codebook import Codebook, Position, Theme
from coder.decisions.table import IN_DISPUTE, REVIEWERS_ANSWERS
from coder.private import scratch_folder
from coder.reviewing.sheet.content import ReviewSheet, SheetRow, column_id
from coder.text import visible
from coder.workbook_cells import row_height

LONGEST = 16_000  # characters of a text: a cell holds 32,767 UTF-16 units
LONGEST_COMMENT = 1_000  # characters of the comment on a column
IDS_ROW = 1  # the row that heads the columns with their ids; names are above it
TOP = IDS_ROW + 1  # the first comment's row
NARROW = 13  # width of the columns to fill in
WIDTHS = {
    "comment_id": 14,
    "text": 70,
    "source": 16,
    "suggested": 24,
    "done": 8,
    "note": 30,
    "mode": 10,
    "chosen": 10,
    "reviewer": 12,
    IN_DISPUTE: 22,
    REVIEWERS_ANSWERS: 50,
}
NAMES = {
    "done": "Done?",
    "suggested": "Suggested by the model",
    "note": "Your note",
    IN_DISPUTE: "In dispute",
    REVIEWERS_ANSWERS: "What each reviewer answered",
}
FORMAT_NAMES = {"done": "mark", "note": "note"}  # of columns that are not plain text
A3 = 8  # paper size
SUGGESTED_COLOUR, HEAD_COLOUR = "#FFE699", "#E7ECF3"
CLOSED_COLOUR = "#D9D9D9"
THEME_COLUMNS = {
    "id": 22.0,
    "name": 34.0,
    "under": 22.0,
    "definition": 60.0,
    "includes": 44.0,
    "excludes": 44.0,
    "examples": 60.0,
}
INSTRUCTIONS_WIDTH = 100
# A line in the colour of suggestions.
COLOUR_SAMPLE = "suggested by the model, not decided"


def write_workbook(sheet: ReviewSheet, path: Path) -> None:
    """Write the workbook. Texts are written as texts: never as formulas, links or numbers."""
    with scratch_folder() as scratch:
        _write(sheet, path, scratch)


def _write(sheet: ReviewSheet, path: Path, scratch: Path) -> None:
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(scratch),
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties(
        {"title": f"Review: {sheet.codebook.title}", "created": datetime(2000, 1, 1)}
    )
    formats = _formats(book)
    _write_instructions(book.add_worksheet("instructions"), formats, sheet)
    ReviewPage(book.add_worksheet("review"), formats, sheet).write()
    _write_themes(book.add_worksheet("themes"), formats, sheet.codebook)
    book.close()


def _formats(book: Any) -> dict[str, Any]:
    text = {"text_wrap": True, "valign": "top", "num_format": "@"}
    mark = {"align": "center", "valign": "top", "locked": False, "num_format": "@"}
    head = {**text, "bottom": 1, "bg_color": HEAD_COLOUR}
    return {
        "text": book.add_format(text),
        "title": book.add_format({"bold": True, "font_size": 13}),
        "line": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format({**head, "bold": True}),
        "id": book.add_format({**head, "font_color": "#404040"}),
        "mark": book.add_format(mark),
        "suggested": book.add_format({**mark, "bg_color": SUGGESTED_COLOUR}),
        "note": book.add_format({**text, "locked": False}),
        "closed": book.add_format({**text, "bg_color": CLOSED_COLOUR}),
    }


def _write_text(page: Any, row: int, column: int, text: str, form: Any) -> None:
    """A cell of text, without characters that no sheet may hold."""
    plain = visible(text.replace("\r\n", "\n").replace("\r", "\n"))
    page.write_string(row, column, plain[:LONGEST], form)


class ReviewPage:
    """The page to fill in: a row for each comment, a column for each theme and position."""

    def __init__(
        self, page: Any, formats: Mapping[str, Any], sheet: ReviewSheet
    ) -> None:
        self._page = page
        self._formats = formats
        self._sheet = sheet
        self._column = {name: number for number, name in enumerate(sheet.columns)}

    def write(self) -> None:
        """Write the whole page."""
        self._write_heads()
        for number, row in enumerate(self._sheet.rows, start=TOP):
            self._write_row(number, row)
        last = IDS_ROW + len(self._sheet.rows)
        self._offer_answers(last)
        first_theme = self._column[column_id(self._sheet.keys[0])]
        page = self._page
        page.autofilter(IDS_ROW, 0, last, len(self._column) - 1)
        page.freeze_panes(TOP, min(first_theme, self._column["source"]))
        page.protect(
            "", {"autofilter": True, "format_columns": True, "format_rows": True}
        )
        page.set_landscape()
        page.set_paper(A3)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, IDS_ROW)

    def _write_heads(self) -> None:
        """A row of names for people, and a row of ids; each theme's id has its definition as a
        comment.
        """
        for name, column in self._column.items():
            form = self._formats[FORMAT_NAMES.get(name, "text")]
            self._page.set_column(column, column, WIDTHS.get(name, NARROW), form)
            _write_text(
                self._page, 0, column, NAMES.get(name, ""), self._formats["head"]
            )
            _write_text(self._page, IDS_ROW, column, name, self._formats["id"])
        for theme in self._sheet.codebook.active:
            self._write_head((theme.id, ""), theme.short, theme)
            for position in theme.positions:
                name = f"{theme.short}: {position.name}"
                self._write_head((theme.id, position.id), name, position)
        self._page.set_row(0, 75)
        self._page.set_row(IDS_ROW, 30)

    def _write_head(
        self, key: tuple[str, str], name: str, part: Theme | Position
    ) -> None:
        column = self._column.get(column_id(key))
        if column is None:  # not in dispute
            return
        self._page.set_column(column, column, NARROW, self._formats["mark"])
        _write_text(self._page, 0, column, name, self._formats["head"])
        definition = visible(f"{part.name}\n{part.definition}".strip())
        self._page.write_comment(
            IDS_ROW, column, definition[:LONGEST_COMMENT], {"x_scale": 2}
        )

    def _write_row(self, number: int, row: SheetRow) -> None:
        suggested = "; ".join(column_id(key) for key in row.suggested)
        cells = {
            "comment_id": row.comment_id,
            "text": row.text,
            "source": row.source,
            "suggested": suggested,
            "mode": row.mode,
            "reviewer": self._sheet.owner.reviewer,
            "chosen": row.chosen,
            IN_DISPUTE: "; ".join(column_id(key) for key in row.in_dispute),
            REVIEWERS_ANSWERS: row.answers,
        }
        for name, text in cells.items():
            if name in self._column:
                self._write(number, name, text, "text")
        for key in self._sheet.keys:
            self._write_answer(number, row, key)
        if row.done:
            self._write(number, "done", "yes", "mark")
        if row.note:
            self._write(number, "note", row.note, "note")
        names = ("text", "suggested", "note", REVIEWERS_ANSWERS)
        widths = [WIDTHS[name] for name in names]
        texts = [row.text[:LONGEST], suggested, row.note, row.answers]
        self._page.set_row(number, row_height(texts, widths))

    def _write_answer(self, number: int, row: SheetRow, key: tuple[str, str]) -> None:
        form = "mark"
        if key in row.suggested:
            form = "suggested"
        if self._sheet.settles:
            self._write_dispute(number, row, key)
            return
        if key in row.entered:
            self._write(number, column_id(key), row.entered[key], form)
        elif key in row.suggested:
            self._page.write_blank(
                number, self._column[column_id(key)], None, self._formats[form]
            )

    def _write_dispute(self, number: int, row: SheetRow, key: tuple[str, str]) -> None:
        """An empty cell, open where reviewers differ."""
        form = "closed"
        if key in row.in_dispute:
            form = "mark"
        column = self._column[column_id(key)]
        self._page.write_blank(number, column, None, self._formats[form])

    def _write(self, number: int, name: str, text: str, form: str) -> None:
        _write_text(self._page, number, self._column[name], text, self._formats[form])

    def _offer_answers(self, last: int) -> None:
        """The answers that each cell offers; others are refused."""
        answers = {}
        if not self._sheet.settles:
            answers["done"] = ["yes"]
        for key in self._sheet.keys:
            answers[column_id(key)] = ["yes", "no"]
            if not key[1]:
                answers[column_id(key)] = ["yes", "no", "?"]
        for name, allowed in answers.items():
            column = self._column[name]
            rule = {
                "validate": "list",
                "source": allowed,
                "error_title": "Not an answer",
                "error_message": f"Enter {', '.join(allowed)}, or leave the cell empty.",
            }
            self._page.data_validation(TOP, column, last, column, rule)


# ---------------------------------------------------------------- the other pages


def _write_instructions(
    page: Any, formats: Mapping[str, Any], sheet: ReviewSheet
) -> None:
    page.set_column(0, 0, INSTRUCTIONS_WIDTH)
    page.fit_to_pages(1, 0)
    page.hide_gridlines(2)
    _write_text(page, 0, 0, f"Review: {sheet.codebook.title}", formats["title"])
    for row, line in enumerate(_instructions(sheet), start=2):
        form = "line"
        if line == COLOUR_SAMPLE:
            form = "suggested"
        _write_text(page, row, 0, line, formats[form])
        if form == "line":
            page.set_row(row, row_height([line], [float(INSTRUCTIONS_WIDTH)]))
    page.protect("")


def _instructions(sheet: ReviewSheet) -> list[str]:
    lines = []
    if sheet.codebook.question:
        lines.append(f"Question: {sheet.codebook.question}")
    lines += sheet.explanation
    if sheet.settles:
        return lines + _instructions_for_disputes(sheet)
    lines += [
        "Judge the comments on the page “review”, one in each row. The page “themes” tells "
        "what each theme includes and excludes; so does the comment on each column's id.",
        "Under a theme enter yes, no or ? (unsure). Under a position of a theme (id=position) "
        "enter yes where the comment asks for that; the theme is then present too.",
        "When you have judged the whole row, enter yes under “done”. In such a row an empty "
        "cell means no. Rows without yes under “done” are not used, whatever they contain: "
        "leave them for later.",
        "You can filter the rows, and leave as many open as you like. The text and the columns "
        "mode, chosen and reviewer are locked; there is no password.",
    ]
    reviewer = sheet.owner.reviewer
    if reviewer:
        lines.append(
            f"Cells that are filled in show what {reviewer} decided before. Only {reviewer} "
            "can hand in this sheet."
        )
    if sheet.has_suggestions:
        lines += [
            "What the model suggests is in the column “suggested”, and the cells of these "
            "themes have this colour:",
            COLOUR_SAMPLE,
            "A suggestion is not an answer: enter yes yourself where you agree. Rows that you "
            "judged blind before show no suggestions.",
        ]
    elif sheet.owner.blind:
        lines.append(
            "This sheet shows no suggestions, and its decisions count as blind."
        )
    lines.append(_how_to_hand_in(sheet))
    return lines


def _instructions_for_disputes(sheet: ReviewSheet) -> list[str]:
    return [
        "The column “in_dispute” names the themes and positions (id=position) to settle, and "
        "“reviewers_answers” tells what each reviewer answered. The page “themes” tells what "
        "each theme includes and excludes.",
        "Enter yes or no in the white cells. Grey cells are not in dispute. Where you answer "
        "yes to a theme, answer its white positions too.",
        "A theme whose cells you leave empty stays in dispute. So does one with ? (unsure).",
        "Where several people settle the same dispute, the majority of them counts.",
        _how_to_hand_in(sheet),
    ]


def _how_to_hand_in(sheet: ReviewSheet) -> str:
    return (
        f"To hand in: {sheet.owner.hand_in}. If any cell cannot be used, all such cells are "
        "listed, and nothing is saved until they are corrected."
    )


def _write_themes(page: Any, formats: Mapping[str, Any], codebook: Codebook) -> None:
    for column, (name, width) in enumerate(THEME_COLUMNS.items()):
        page.set_column(column, column, width)
        _write_text(page, 0, column, name, formats["head"])
    for row, cells in enumerate(_theme_lines(codebook), start=1):
        for column, text in enumerate(cells):
            _write_text(page, row, column, text, formats["text"])
        page.set_row(row, row_height(cells, list(THEME_COLUMNS.values())))
    page.freeze_panes(1, 1)
    page.protect("", {"format_columns": True, "format_rows": True})


def _theme_lines(codebook: Codebook) -> list[tuple[str, ...]]:
    """A line for each theme and position, with the columns of `THEME_COLUMNS`."""
    lines: list[tuple[str, ...]] = []
    for theme, parent_id, _ in codebook.nodes:
        if theme.retired:
            continue
        lists = [
            "\n".join(part) for part in (theme.includes, theme.excludes, theme.examples)
        ]
        lines.append((theme.id, theme.name, parent_id, theme.definition, *lists))
        for position in theme.positions:
            position_id = column_id((theme.id, position.id))
            examples = "\n".join(position.examples)
            line = (
                position_id,
                position.name,
                theme.id,
                position.definition,
                "",
                "",
                examples,
            )
            lines.append(line)
    return lines
