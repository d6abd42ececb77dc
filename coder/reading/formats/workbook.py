"""Workbooks of older and other programs: the sheet that holds the answers, made a table."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from coder.errors import CoderError, did_you_mean, option
from coder.reading.formats.xlsx import (
    LEAST_SHARE_OF_TEXT,
    Row,
    WorkbookSheet,
    table_of_sheet,
)
from coder.reading.layout_rows import MergedCells
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable


class Sheet(NamedTuple):
    """A sheet as it is in the file.

    Attributes:
        name: as the user sees it.
        rows: the first at number 1; text throughout, or values that `cell_text` knows.
        is_visible: whether the program shows it.
        merged: the first and last row and column of merged cells, from 0.
    """

    name: str
    rows: Sequence[Row]
    is_visible: bool
    merged: tuple[tuple[int, int, int, int], ...]


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
    filled = [sheet for sheet in sheets if _characters(sheet) or _is_filled(sheet)]
    visible = [sheet for sheet in filled if sheet.is_visible] or filled
    notes: tuple[str, ...] = ()
    if options.sheet is not None:
        chosen = _named(path, sheets, options.sheet)
    elif visible:
        chosen = _of_answers(visible)
        notes = _other_sheets(chosen, visible)
    else:
        raise CoderError(
            f"{path}: every sheet is empty", "Name a workbook that contains comments."
        )
    merged: list[MergedCells] = []
    for first_row, last_row, first, last in chosen.merged:
        merged.append(MergedCells(first_row, first, last_row, last))
    sheet = WorkbookSheet(chosen.name, chosen.rows, tuple(merged), notes)
    raw = table_of_sheet(path, sheet, options.header_rows)
    return replace(raw, format=kind.lower(), described=f"{kind}, sheet {chosen.name!r}")


def _named(path: Path, sheets: Sequence[Sheet], wanted: str) -> Sheet:
    for sheet in sheets:
        if sheet.name == wanted:
            return sheet
    raise CoderError(
        f"{path}: has no sheet named {wanted!r}",
        did_you_mean(wanted, [sheet.name for sheet in sheets]),
    )


def _of_answers(sheets: Sequence[Sheet]) -> Sheet:
    """The first sheet with about as much text as the fullest."""
    characters = [_characters(sheet) for sheet in sheets]
    enough = LEAST_SHARE_OF_TEXT * max(characters)
    for sheet, written in zip(sheets, characters, strict=True):
        if written >= enough:
            return sheet
    return sheets[0]


def _other_sheets(chosen: Sheet, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    others = [repr(sheet.name) for sheet in sheets if sheet is not chosen]
    if not others:
        return ()
    return (
        f"Read the sheet {chosen.name!r}. The workbook also has {', '.join(others)}: choose one "
        f"with {option('sheet', 'NAME')}.",
    )


def _is_filled(sheet: Sheet) -> bool:
    return any(any(cell != "" for cell in row) for row in sheet.rows)


def _characters(sheet: Sheet) -> int:
    """How much is written in a sheet's cells of text."""
    total = 0
    for row in sheet.rows:
        total += sum(len(cell) for cell in row if isinstance(cell, str))
    return total
