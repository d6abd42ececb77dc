"""Workbooks of every program: the sheet that holds the answers, made a table."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from coder.errors import CoderError, did_you_mean, option, shortened
from coder.reading.formats.cell_text import cell_text
from coder.reading.layout import table_of_rows
from coder.reading.layout_rows import MergedCells, TableFile, numbered_rows
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable

# A sheet with less text than this share of the fullest one is not the answers but a cover or a key.
LEAST_SHARE_OF_TEXT = 0.25

Row = Sequence[object]


class Sheet(NamedTuple):
    """A sheet as it is in the file.

    Attributes:
        name: as the user sees it.
        rows: the first at number 1; text throughout, or values that `cell_text` knows.
        is_visible: whether the program shows it.
        merged: cells that are one.
        notes: what to tell the user.
    """

    name: str
    rows: Sequence[Row]
    is_visible: bool
    merged: tuple[MergedCells, ...]
    notes: tuple[str, ...] = ()


def table_of_workbook(
    path: Path,
    kind: str,
    sheets: Sequence[Sheet],
    options: FileOptions,
) -> RawTable:
    """The table in the sheet that the options name, or in the first visible one with much text.

    Args:
        path: the workbook.
        kind: `XLS` or `ODS`.
        sheets: all of them, in their order.

    Raises:
        CoderError: no such sheet, every sheet is empty, or the sheet is no table.
    """
    if options.sheet is None:
        sheet = sheet_of_answers(path, sheets)
    else:
        names = [sheet.name for sheet in sheets]
        check_sheet_exists(path, options.sheet, names)
        sheet = sheets[names.index(options.sheet)]
    return table_of_sheet(path, kind, sheet, options.header_rows)


def check_sheet_exists(path: Path, wanted: str, names: Sequence[str]) -> None:
    """Raise `CoderError` where a workbook has no sheet of this name."""
    if wanted not in names:
        raise CoderError(
            f"{path}: has no sheet named {wanted!r}", did_you_mean(wanted, names)
        )


def sheet_of_answers(path: Path, sheets: Sequence[Sheet]) -> Sheet:
    """The first visible sheet with about as much text as the fullest; a note names the others.

    Raises:
        CoderError: every sheet is empty.
    """
    filled = [sheet for sheet in sheets if any(map(_holds_anything, sheet.rows))]
    visible = [sheet for sheet in filled if sheet.is_visible] or filled
    if not visible:
        raise CoderError(
            f"{path}: every sheet is empty", "Name a workbook that contains comments."
        )
    characters = [_characters(sheet) for sheet in visible]
    enough = LEAST_SHARE_OF_TEXT * max(characters)
    place = next(place for place, most in enumerate(characters) if most >= enough)
    sheet = visible.pop(place)
    return sheet._replace(notes=(*_notes_on_others(sheet, visible), *sheet.notes))


def _notes_on_others(sheet: Sheet, others: Sequence[Sheet]) -> tuple[str, ...]:
    if not others:
        return ()
    names = ", ".join(repr(shortened(other.name)) for other in others)
    return (
        f"Read the sheet {shortened(sheet.name)!r}. The workbook also has {names}: choose one with "
        f"{option('sheet', 'NAME')}.",
    )


def table_of_sheet(
    path: Path,
    kind: str,
    sheet: Sheet,
    header_rows: int | None = None,
) -> RawTable:
    """The table that a sheet holds.

    Raises:
        CoderError: an empty sheet, or header only.
    """
    file = TableFile(
        path=path,
        format=kind.lower(),
        described=f"{kind}, sheet {shortened(sheet.name)!r}",
        facts={"sheet": sheet.name},
        notes=sheet.notes,
        merged=sheet.merged,
        header_rows=header_rows,
        suspicious=False,
    )
    if not any(map(_holds_anything, sheet.rows)):
        raise CoderError(
            f"{path}: the sheet {shortened(sheet.name)!r} is empty",
            f"Choose another with {option('sheet', 'NAME')}.",
        )
    return table_of_rows(file, numbered_rows(map(_texts, sheet.rows)))


def _holds_anything(row: Row) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in row)


def _texts(row: Row) -> list[str]:
    return [cell_text(cell) for cell in row]


def _characters(sheet: Sheet) -> int:
    """How much is written in a sheet's cells of text."""
    total = 0
    for row in sheet.rows:
        total += sum(len(cell) for cell in row if isinstance(cell, str))
    return total
