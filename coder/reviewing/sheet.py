"""The review sheet: a workbook in which people judge comments, and which `coder review --from` takes back.

A row a comment; a column for each theme, headed by its id, and for each position, headed by `id=position`.
Cells hold what the reviewer decided before and nothing else. What the model suggests is said in the column
`suggested` and by a colour, so that nothing of it comes back as a decision unless a person enters it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import xlsxwriter

from coder import files, tables
from coder.codebook import Codebook, Theme
from coder.decisions import LatestAnswers, latest_answers, model_labels, read_decisions
from coder.errors import GENERIC, CoderError, CommandNames
from coder.project import Project
from coder.text import visible
from coder.workbook_cells import row_height

Key = tuple[str, str]  # theme id, position id

LONGEST = 16_000  # characters of a text: a cell holds 32,767 halves of characters
LAST_COLUMN = 16_384
LEFT = ("comment_id", "text", "source", "suggested", "done")
RIGHT = ("note", "mode", "chosen", "reviewer")
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
}
# Names that a theme cannot have in the sheet: by them `coder review --from` knows the other columns.
TAKEN = {*LEFT, *RIGHT, "themes", "scope", "decided_at", "unsure"}
WORDS = {"done": "Done?", "suggested": "Suggested by the model", "note": "Your note"}
NAMES = 1  # rows above the one that heads the columns with their ids


class Sheet(NamedTuple):
    """What the workbook is made of."""

    comments: pd.DataFrame  # the analysed ones, by id
    codebook: Codebook
    said: Mapping[str, LatestAnswers]  # what the reviewer decided before, by comment
    suggested: Mapping[
        str, tuple[Key, ...]
    ]  # what the model suggests, by comment; empty when blind
    reviewer: str
    blind: bool
    hand_in: str  # the command that takes the sheet back

    @property
    def keys(self) -> list[Key]:
        """Themes in the codebook's order, each followed by its positions."""
        return [(t.id, p) for t in self.codebook.active for p in ("", *(p.id for p in t.positions))]

    @property
    def columns(self) -> list[str]:
        left = [name for name in LEFT if self.suggested or name != "suggested"]
        return [*left, *(_head(key) for key in self.keys), *RIGHT]


def write_review_sheet(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    path: Path,
    *,
    reviewer: str,
    blind: bool,
    typed: CommandNames = GENERIC,
) -> list[Path]:
    """Write the sheet of a project's analysed comments for one reviewer.

    Args:
        reviewer: whose decisions are shown, and who alone can hand the sheet in; empty for a sheet that shows
            nobody's and that anybody may hand in.
        blind: show no suggestion; the rows' decisions count as blind.
        typed: how the sheet names the project and the codebook.

    Raises:
        CoderError: nothing is analysed, a theme is called like a column, or a sheet cannot hold the themes.
    """
    comments = tables.analysed(project.comments)
    if comments.empty:
        raise CoderError(
            "no comment is analysed: there is nothing to review", "See the reasons in ledger.csv."
        )
    _check_names(codebook)
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    said: Mapping[str, LatestAnswers] = {}
    if reviewer:
        stored = read_decisions(codebook_path)
        said = latest_answers(
            stored.decisions,
            codebook,
            texts,
            project=project.settings().name,
            reviewer=reviewer,
            states=stored.states,
        )
    suggested: Mapping[str, tuple[Key, ...]] = {}
    if not blind and project.labels_path.is_file():
        suggested = suggestions(model_labels(project.labels, codebook), codebook)
    hand_in = typed.command("review", f"--reviewer {reviewer or 'NAME'}", f"--from {path.name}")
    sheet = Sheet(comments, codebook, said, suggested, reviewer, blind, hand_in)
    if len(sheet.columns) > LAST_COLUMN:
        raise CoderError(
            f"{path}: a sheet holds {LAST_COLUMN:,} columns at most", "Review in the terminal."
        )
    with files.new_file(path) as temporary:
        _write(sheet, temporary)
    return [path]


def suggestions(labels: pd.DataFrame, codebook: Codebook) -> dict[str, tuple[Key, ...]]:
    """The themes and positions that the model assigned, by comment, in the codebook's order.

    Args:
        labels: `tables.LABELS` of the model alone (see `decisions.model_labels`).
    """
    order: dict[Key, int] = {}
    for theme in codebook.active:
        for position_id in _positions(theme):
            order[theme.id, position_id] = len(order)
    assigned = labels[labels["assigned"].astype(bool)]
    keys_of: dict[str, list[Key]] = {}
    columns = assigned[["comment_id", "theme_id", "position_id"]]
    for comment_id, theme_id, position_id in columns.itertuples(index=False, name=None):
        key = (str(theme_id), str(position_id))
        if key in order:
            keys_of.setdefault(str(comment_id), []).append(key)
    return {
        comment_id: tuple(sorted(keys, key=order.__getitem__))
        for comment_id, keys in keys_of.items()
    }


def _positions(theme: Theme) -> tuple[str, ...]:
    return ("", *(position.id for position in theme.positions))


def _head(key: Key) -> str:
    return f"{key[0]}={key[1]}" if key[1] else key[0]


def _check_names(codebook: Codebook) -> None:
    clashes = [
        theme.id
        for theme in codebook.active
        if {theme.id.casefold(), theme.name.casefold(), *(old.casefold() for old in theme.was)}
        & TAKEN
    ]
    if clashes:
        raise CoderError(
            f"the theme(s) {', '.join(clashes)} are called like a column of the review sheet",
            f"Names that it needs: {', '.join(sorted(TAKEN))}. Review in the terminal, or give the theme another id "
            "(with `was:`) and name.",
        )


# ---------------------------------------------------------------- the workbook


def _write(sheet: Sheet, path: Path) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties(
        {"title": f"Review: {sheet.codebook.title}", "created": datetime(2000, 1, 1)}
    )
    formats = _formats(book)
    _instructions(book.add_worksheet("instructions"), formats, sheet)
    _review(book.add_worksheet("review"), formats, sheet)
    _themes(book.add_worksheet("themes"), formats, sheet.codebook)
    book.close()


def _formats(book: Any) -> dict[str, Any]:
    text = {"text_wrap": True, "valign": "top", "num_format": "@"}
    mark = {"align": "center", "valign": "top", "locked": False, "num_format": "@"}
    return {
        "text": book.add_format(text),
        "title": book.add_format({"bold": True, "font_size": 13}),
        "line": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format({**text, "bold": True, "bottom": 1, "bg_color": "#E7ECF3"}),
        "id": book.add_format(
            {**text, "bottom": 1, "bg_color": "#E7ECF3", "font_color": "#404040"}
        ),
        "mark": book.add_format(mark),
        "suggested": book.add_format({**mark, "bg_color": "#FFE699"}),
        "note": book.add_format({**text, "locked": False}),
    }


def _put(page: Any, row: int, column: int, text: str, form: Any) -> None:
    """A cell of text: never a formula, a link or a number, and without what no sheet may hold."""
    plain = visible(text.replace("\r\n", "\n").replace("\r", "\n"))
    page.write_string(row, column, plain[:LONGEST], form)


def _review(page: Any, formats: dict[str, Any], sheet: Sheet) -> None:
    columns = sheet.columns
    at = {name: number for number, name in enumerate(columns)}
    first = at[_head(sheet.keys[0])]
    _heads(page, formats, sheet, at)
    top = NAMES + 1
    for row, comment in enumerate(sheet.comments.itertuples(), start=top):
        comment_id = str(comment.comment_id)
        said = sheet.said.get(comment_id)
        # A row that was judged blind stays without a suggestion, so that a change of it is blind too.
        hidden = said is not None and said.mode == "blind"
        keys = () if hidden else sheet.suggested.get(comment_id, ())
        cells = {"comment_id": comment_id, "text": str(comment.text), "source": str(comment.source)}
        cells |= {"mode": said.mode if said else "blind" if sheet.blind else "assisted"}
        cells |= {"reviewer": sheet.reviewer, "chosen": said.chosen if said else ""}
        if sheet.suggested:
            cells["suggested"] = "; ".join(_head(key) for key in keys)
        for name, value in cells.items():
            _put(page, row, at[name], value, formats["text"])
        entered = dict(_entered(sheet, said))
        for key in {*keys, *entered}:
            form = formats["suggested" if key in keys else "mark"]
            _put(
                page, row, at[_head(key)], entered[key], form
            ) if key in entered else page.write_blank(row, at[_head(key)], None, form)
        if said and {*said.themes, *said.unsure} >= set(sheet.codebook.theme_ids):
            _put(page, row, at["done"], "yes", formats["mark"])
        if said and said.note:
            _put(page, row, at["note"], said.note, formats["note"])
        long_ = [cells["text"][:LONGEST], cells.get("suggested", ""), said.note if said else ""]
        page.set_row(
            row, row_height(long_, [WIDTHS[name] for name in ("text", "suggested", "note")])
        )
    last = NAMES + len(sheet.comments)
    _lists(page, sheet, at, top, last)
    page.autofilter(NAMES, 0, last, len(columns) - 1)
    page.freeze_panes(top, min(first, at["source"]))
    page.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, NAMES)


def _heads(page: Any, formats: dict[str, Any], sheet: Sheet, at: Mapping[str, int]) -> None:
    """A row of names for people, then the row of ids, each theme's with its definition in a note."""
    for name, column in at.items():
        form = {"done": "mark", "note": "note"}.get(name, "text")
        page.set_column(column, column, WIDTHS.get(name, 13), formats[form])
        _put(page, 0, column, WORDS.get(name, ""), formats["head"])
        _put(page, NAMES, column, name, formats["id"])
    for theme in sheet.codebook.active:
        for position in (None, *theme.positions):
            part = position or theme
            column = at[_head((theme.id, position.id if position else ""))]
            short = f"{theme.short}: {position.name}" if position else theme.short
            page.set_column(column, column, 13, formats["mark"])
            _put(page, 0, column, short, formats["head"])
            page.write_comment(
                NAMES,
                column,
                visible(f"{part.name}\n{part.definition}".strip())[:1000],
                {"x_scale": 2},
            )
    page.set_row(0, 75)
    page.set_row(NAMES, 30)


def _entered(sheet: Sheet, said: LatestAnswers | None) -> Iterator[tuple[Key, str]]:
    """What the reviewer's decisions put into a row's cells."""
    if said is None:
        return
    for theme_id in sheet.codebook.theme_ids:
        if theme_id in said.unsure:
            yield (theme_id, ""), "?"
        elif theme_id in said.themes:
            positions = said.themes[theme_id]
            yield (theme_id, ""), "no" if positions is None else "yes"
            yield from (((theme_id, position), "yes") for position in positions or ())


def _lists(page: Any, sheet: Sheet, at: Mapping[str, int], top: int, last: int) -> None:
    """What the cells offer and take."""
    for name, allowed in (
        ("done", ["yes"]),
        *((_head(k), ["yes", "no"] if k[1] else ["yes", "no", "?"]) for k in sheet.keys),
    ):
        page.data_validation(
            top,
            at[name],
            last,
            at[name],
            {
                "validate": "list",
                "source": allowed,
                "error_title": "Not an answer",
                "error_message": f"Take {', '.join(allowed)}, or leave the cell empty.",
            },
        )


# ---------------------------------------------------------------- the other sheets


def _instructions(page: Any, formats: dict[str, Any], sheet: Sheet) -> None:
    page.set_column(0, 0, 100)
    page.fit_to_pages(1, 0)
    page.hide_gridlines(2)
    _put(page, 0, 0, f"Review: {sheet.codebook.title}", formats["title"])
    lines = [
        f"Question: {sheet.codebook.question}" if sheet.codebook.question else "",
        "Judge the comments on the sheet “review”, a row each. The sheet “themes” says what each theme takes in "
        "and leaves out; a note on each column's id says it too.",
        "Under a theme enter yes, no or ? (unsure). Under a position of a theme (id=position) enter yes where the "
        "comment asks for that; the theme is then there too.",
        "When you have judged the whole row, enter yes under “done”. In such a row an empty cell says no. Rows "
        "without yes under “done” are not taken, whatever they hold: leave them for later.",
        "Rows may be filtered, and as many left open as you like. The text and the columns mode, chosen and "
        "reviewer are locked; there is no password.",
    ]
    if sheet.reviewer:
        lines.append(
            f"Cells that are filled in hold what {sheet.reviewer} decided before. Only {sheet.reviewer} hands in this sheet."
        )
    if sheet.suggested:
        lines += [
            "What the model suggests stands in the column “suggested”, and the cells of these themes have this colour:",
            "@",
            "A suggestion is no answer: enter yes yourself where you agree. Rows that you judged blind before show none.",
        ]
    elif sheet.blind:
        lines.append(
            "This sheet is blind: it shows no suggestion, and its decisions count as blind."
        )
    lines.append(
        f"To hand in: {sheet.hand_in}. Cells that cannot be "
        "taken are named one by one, and nothing is taken until they are right."
    )
    for row, line in enumerate((line for line in lines if line), start=2):
        if line == "@":
            _put(page, row, 0, "suggested by the model, not decided", formats["suggested"])
        else:
            _put(page, row, 0, line, formats["line"])
            page.set_row(row, row_height([line], [100.0]))
    page.protect("")


def _themes(page: Any, formats: dict[str, Any], codebook: Codebook) -> None:
    head = ("id", "name", "under", "definition", "includes", "excludes", "examples")
    widths = (22.0, 34.0, 22.0, 60.0, 44.0, 44.0, 60.0)
    for column, (name, width) in enumerate(zip(head, widths, strict=True)):
        page.set_column(column, column, width)
        _put(page, 0, column, name, formats["head"])
    lines: list[tuple[str, ...]] = []
    for theme, parent_id, _ in codebook.nodes:
        if theme.retired:
            continue
        lists = ("\n".join(part) for part in (theme.includes, theme.excludes, theme.examples))
        lines.append((theme.id, theme.name, parent_id, theme.definition, *lists))
        for position in theme.positions:
            key, examples = _head((theme.id, position.id)), "\n".join(position.examples)
            lines.append((key, position.name, theme.id, position.definition, "", "", examples))
    for row, line in enumerate(lines, start=1):
        for column, text in enumerate(line):
            _put(page, row, column, text, formats["text"])
        page.set_row(row, row_height(line, widths))
    page.freeze_panes(1, 1)
    page.protect("", {"format_columns": True, "format_rows": True})
