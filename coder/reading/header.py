"""The rows that name a table's columns: one, or as many as survey tools and people write.

A row of answers that is taken for a header is lost, so a row belongs to the header only where the
rows under it, or the words of a survey tool, show it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from coder.reading.layout_evidence import (
    Cells,
    Contrast,
    asks,
    filled,
    is_figure,
    used_columns,
)
from coder.reading.layout_headings import (
    ColumnTitle,
    headings_of,
    is_headed,
    name_by_rows,
    name_under_headings,
    name_with_options,
)
from coder.reading.layout_titles import (
    ROWS_BELOW,
    SHARE_FILLED,
    Spans,
    are_headings,
    count_titles,
    may_be_title,
)
from coder.reading.layout_tools import (
    has_answer_titles,
    import_row,
    is_limesurvey_code_row,
    is_qualtrics_question_row,
)

# Short names as programs write them: Q12, V3, Q5_1, age, Ident 1.
SHORT_NAME = re.compile(r"\w{1,24}|[^\W\d]{1,12}[ _.\-#]?\d+(?:[ _.\-#]\w{1,12})*")
NUMBERED_NAME = re.compile(r"([^\W\d]{1,12}[ _.\-]?)(\d+)")
SHARE_OF_SHORT = 0.8
FEWEST_NUMBERED = 3
FEWEST_LABELLED = 5  # columns of figures under a row of words that are no questions
FEWEST_UNDER = 3  # rows
# What a person should look at.
TITLE = "title"
QUESTIONS = "questions"


class Header(NamedTuple):
    """A table's header.

    Attributes:
        columns: what it says about each.
        titles: rows above it.
        rows: of the header.
        tool: the survey tool whose header it is, where that is known.
        doubt: `TITLE` where the row may be a title, `QUESTIONS` where the row under it may hold
            the questions; else empty.
    """

    columns: tuple[ColumnTitle, ...]
    titles: int
    rows: int
    tool: str = ""
    doubt: str = ""


def find_header(
    rows: Sequence[Cells],
    *,
    spans: Spans | None = None,
    header_rows: int | None = None,
) -> Header:
    """The header of a table by its first rows.

    Args:
        rows: the first that hold anything, stripped and all of one length.
        spans: row of `rows` to the columns of each merged cell that begins in it.
        header_rows: how many rows name the columns, where a person says it.
    """
    spans = spans or {}
    if header_rows == 0:
        nameless = tuple(ColumnTitle("") for _ in rows[0])
        return Header(nameless, 0, 0)
    titles = count_titles(rows, spans)
    if header_rows is not None:
        return _header_as_told(rows, titles, header_rows, spans)
    header = _header_below(rows, titles, spans)
    if header.rows == 1 and not titles and may_be_title(rows):
        return header._replace(doubt=TITLE)
    return header


# ---------------------------------------------------------------- the header's rows


def _header_below(rows: Sequence[Cells], titles: int, spans: Spans) -> Header:
    """The header that begins under the titles."""
    names, *rest = rows[titles:]
    of_import = import_row(rest[:ROWS_BELOW])
    if of_import is not None:
        questions = rest[0] if of_import else ()
        columns = name_by_rows(names, questions)
        return Header(columns, titles, of_import + 2, "Qualtrics")
    if not rest:
        return Header(name_by_rows(names, ()), titles, 1)
    row, under = rest[0], rest[1:]
    if is_qualtrics_question_row(names, row):
        return Header(name_by_rows(names, row), titles, 2, "Qualtrics")
    if is_limesurvey_code_row(row):
        return Header(name_by_rows(row, names), titles, 2, "LimeSurvey")
    if has_answer_titles(names, row, under):
        columns = name_with_options(names, row, under)
        return Header(columns, titles, 2, "SurveyMonkey")
    if is_headed(names, row, under, spans.get(titles, ())):
        return _under_headings(rows, titles, spans)
    return _with_wordings(names, row, under, titles)


def _with_wordings(
    names: Cells,
    row: Cells,
    under: Sequence[Cells],
    titles: int,
) -> Header:
    """One row of names, and a second where it holds the wording of each question."""
    if _are_numbered_names(row) and sum(map(asks, names)) >= FEWEST_NUMBERED:
        return Header(name_by_rows(row, names), titles, 2)
    if _are_wordings(names, row, under):
        return Header(name_by_rows(names, row), titles, 2)
    header = Header(name_by_rows(names, ()), titles, 1)
    if _may_be_wordings(names, row, under):
        return header._replace(doubt=QUESTIONS)
    return header


def _may_be_wordings(names: Cells, row: Cells, under: Sequence[Cells]) -> bool:
    """Whether a person should look at a row that was kept as a response."""
    if _mostly_asks(row) and not any(map(_mostly_asks, under)):
        return True
    if len(filled(row)) < max(2, len(filled(names))) or not _are_short(names):
        return False
    contrast = Contrast(row, under)
    labels = contrast.figures >= FEWEST_NUMBERED and not contrast.against
    asking = sum(map(_all_ask, under))
    return labels or (_all_ask(row) and asking * 4 <= len(under))


def _all_ask(row: Cells) -> bool:
    cells = [cell for cell in row if cell]
    return len(cells) > 1 and all(map(asks, cells))


def _are_wordings(names: Cells, row: Cells, under: Sequence[Cells]) -> bool:
    """Whether a row holds questions, or what short names stand for, and rows of another kind
    follow.
    """
    columns = filled(names)
    worded = [row[column] for column in columns if row[column]]
    contrast = Contrast(row, under)
    if len(worded) < SHARE_FILLED * len(columns) or contrast.against:
        return False
    if len(set(worded)) < len(worded):
        return False
    if _mostly_asks(worded):
        return _stand_above_answers(names, worded, contrast)
    if not _are_short(names) or contrast.figures < FEWEST_LABELLED:
        return False
    return len(under) >= FEWEST_UNDER and _is_fullest(worded, under, columns)


def _stand_above_answers(names: Cells, worded: Cells, contrast: Contrast) -> bool:
    """Whether questions have answers of another kind under them in two columns, or in one where
    all cells ask.

    Two questions may be answers; so one of the columns must hold figures, and the names be short.
    """
    questions = sum(map(asks, worded))
    is_sure = contrast.figures > 0 and _are_short(names)
    if questions < FEWEST_NUMBERED and not is_sure:
        return False
    all_ask = questions == len(worded) >= FEWEST_NUMBERED
    return contrast.signs > 1 or (contrast.signs > 0 and all_ask)


def _mostly_asks(row: Cells) -> bool:
    """Whether a row holds two questions at least, in half of its cells."""
    cells = [cell for cell in row if cell]
    questions = sum(map(asks, cells))
    return questions >= 2 and questions * 2 >= len(cells)


def _is_fullest(
    worded: Sequence[str],
    under: Sequence[Cells],
    columns: Sequence[int],
) -> bool:
    """Whether no row under the wordings fills as many columns with words."""
    for row in under:
        words = [row[column] for column in columns if row[column]]
        if sum(not is_figure(cell) for cell in words) >= len(worded):
            return False
    return True


def _are_short(names: Cells) -> bool:
    written = [name for name in names if name]
    short = sum(SHORT_NAME.fullmatch(name) is not None for name in written)
    return bool(written) and short >= SHARE_OF_SHORT * len(written)


def _are_numbered_names(row: Cells) -> bool:
    """Whether a row holds Q1, Q2, Q3 ... in their order, and nothing else."""
    stems: set[str] = set()
    numbers: list[int] = []
    for cell in row:
        match = NUMBERED_NAME.fullmatch(cell)
        if match is None:
            return False
        stems.add(match[1])
        numbers.append(int(match[2]))
    rising = numbers == sorted(set(numbers))
    return rising and len(stems) == 1 and len(numbers) >= FEWEST_NUMBERED


def _under_headings(rows: Sequence[Cells], titles: int, spans: Spans) -> Header:
    """The header whose first row is headings; the rows under them are read as on their own."""
    headings, row = rows[titles], rows[titles + 1]
    under = rows[titles + 2 :]
    if not all(row[column] for column in filled(headings)):
        columns = name_with_options(headings, row, under, spans.get(titles, ()))
        return Header(columns, titles, 2)
    inner = _header_below(rows[titles + 1 :], 0, {})
    of_columns = headings_of(headings, spans.get(titles, ()))
    columns = name_under_headings(inner.columns, of_columns)
    return Header(columns, titles, inner.rows + 1, inner.tool, inner.doubt)


# ---------------------------------------------------------------- as a person says


def _header_as_told(
    rows: Sequence[Cells],
    titles: int,
    header_rows: int,
    spans: Spans,
) -> Header:
    """A header of as many rows as a person says; titles among them are passed over."""
    told = rows[titles : titles + header_rows]
    most = max(1, len(used_columns(rows)) // 3)
    while len(told) > 1 and len(filled(told[0])) <= most < len(filled(told[1])):
        if are_headings(told[0], spans.get(titles, ())):
            break
        told, titles = told[1:], titles + 1
    found = _header_below(rows, titles, spans)
    if found.rows == len(told):
        return found._replace(doubt="")
    if len(told) == 1:
        return Header(name_by_rows(told[0], ()), titles, 1)
    columns = _combined(told, rows[titles + len(told) :], spans.get(titles, ()))
    return Header(columns, titles, len(told))


def _combined(
    told: Sequence[Cells],
    under: Sequence[Cells],
    spans: Sequence[range],
) -> tuple[ColumnTitle, ...]:
    """Columns of several rows: headings or names, then names or wordings."""
    written = [row for row in told if import_row([row]) is None]
    first, *others = written
    if not others:
        return name_by_rows(first, ())
    last = others[-1]
    if len(filled(first)) >= SHARE_FILLED * len(filled(last)):
        return name_by_rows(first, last)
    if all(last[column] for column in filled(first)):
        return name_under_headings(name_by_rows(last, ()), headings_of(first, spans))
    return name_with_options(first, last, under, spans)
