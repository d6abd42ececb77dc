"""XLSX: what a cell shows, as text; never opened before its unpacked size is known."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from coder.errors import CoderError, did_you_mean
from coder.reading.header import LOOKED_AT, check_names, read_header, repeats
from coder.reading.loaded import (
    Loaded,
    check_header,
    empty_file,
    named,
    no_rows,
    note_skipped,
    text_columns,
)
from coder.workbook_cells import formulas_without_result, padded_numbers

WORTH_READING = 0.25  # a sheet with less text than this share of the fullest one is not the answers
LARGEST = 1_000_000_000  # bytes unpacked
DOUBTFUL = 100_000_000  # bytes unpacked above which the ratio counts
HIGHEST_RATIO = 100
# Above this a floating-point number no longer holds every digit, so it stays as Python prints it.
WHOLE_BELOW = 1e15


def load_spreadsheet(path: Path, *, sheet: str | None = None) -> Loaded:
    """Read one sheet of an XLSX workbook: `sheet`, or the first visible one of those that hold most.

    Raises:
        CoderError: not a workbook, damaged, suspiciously large, protected, no such sheet, header only, or
            a header row without names.
    """
    data = path.read_bytes()
    if not data:
        raise empty_file(path)
    _check_zip(path, data)
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        name, rows, others = _chosen_sheet(path, book, sheet)
    except calamine.PasswordError as error:
        raise CoderError(f"{path}: is protected by a password", "Save it without one.") from error
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError) as error:
        raise CoderError(
            f"{path}: the workbook is damaged ({error})",
            "Open it in a spreadsheet and save it anew.",
        ) from error
    notes: tuple[str, ...] = (
        (
            f"Read the sheet {name!r}; the workbook also holds {', '.join(map(repr, others))}. "
            "Choose another with --sheet NAME.",
        )
        if others and sheet is None
        else ()
    )
    with suppress(ElementTree.ParseError):
        rows = _with_shown(rows, padded_numbers(data, name))
    try:
        formulas = formulas_without_result(data, name)
    except ElementTree.ParseError:  # what the reader forgives is not looked into
        formulas = {}
    if formulas:
        rows = _with_shown(rows, formulas)
        notes += (
            f"{len(formulas):,} cell(s) hold a formula without a result, as text that begins with = or - becomes "
            "in a spreadsheet: what was typed is kept.",
        )
    merged = book.get_sheet_by_name(name).merged_cell_ranges or []
    spans = frozenset(first[0] for first, last in merged if last[1] > first[1])
    return _as_loaded(path, name, rows, notes, spans)


def _with_shown(
    rows: Sequence[Sequence[object]], formulas: dict[tuple[int, int], str]
) -> Sequence[Sequence[object]]:
    if not formulas:
        return rows
    changed = [list(row) for row in rows]
    for (row, column), formula in formulas.items():
        if row < len(changed) and column < len(changed[row]):
            changed[row][column] = formula
    return changed


def _check_zip(path: Path, data: bytes) -> None:
    not_one = CoderError(
        f"{path}: is not an XLSX workbook, whatever its name says",
        "Save it as XLSX from a spreadsheet, or name it after what it is (.csv, .tsv, .jsonl, .parquet).",
    )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise CoderError(
            f"{path}: is an old or a password-protected Excel file",
            "Save it as XLSX, without a password.",
        )
    if not data.startswith(b"PK"):
        raise not_one
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > LARGEST or (unpacked > DOUBTFUL and unpacked > HIGHEST_RATIO * len(data)):
                raise CoderError(
                    f"{path}: would unpack to {unpacked / 1e6:,.0f} MB out of {len(data) / 1e6:,.1f} MB: "
                    "more than a workbook of comments does, so it was not opened",
                    "If it is what it should be, save the sheet as CSV.",
                )
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise not_one
            # Also finds parts that are longer than they claim.
            broken = archive.testzip()
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise CoderError(
            f"{path}: the workbook is cut off or damaged ({error})",
            "Open it in a spreadsheet and save it anew, or fetch it again.",
        ) from error
    if broken:
        raise CoderError(
            f"{path}: the workbook is damaged in {broken}", "Fetch it again or save it anew."
        )


def _chosen_sheet(
    path: Path, book: calamine.CalamineWorkbook, sheet: str | None
) -> tuple[str, Sequence[Sequence[object]], list[str]]:
    """Name and rows of the sheet, and the names of the others that hold anything."""
    if sheet is not None:
        if sheet not in book.sheet_names:
            raise CoderError(
                f"{path}: has no sheet named {sheet!r}", did_you_mean(sheet, list(book.sheet_names))
            )
        return sheet, book.get_sheet_by_name(sheet).to_python(skip_empty_area=False), []
    shown = [
        about.name
        for about in book.sheets_metadata
        if about.visible == calamine.SheetVisibleEnum.Visible
    ]
    holding = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in shown or book.sheet_names
        if book.get_sheet_by_name(name).height
    }
    if not holding:
        raise CoderError(
            f"{path}: holds no sheet with anything in it", "Name a workbook that holds comments."
        )
    written = {name: _characters(rows) for name, rows in holding.items()}
    # A cover sheet or a key to the columns often stands before the answers.
    chosen = next(n for n, much in written.items() if much >= WORTH_READING * max(written.values()))
    return chosen, holding[chosen], [name for name in holding if name != chosen]


def _characters(rows: Sequence[Sequence[object]]) -> int:
    """How much is written in a sheet's cells of text."""
    return sum(len(cell) for row in rows for cell in row if isinstance(cell, str))


def _as_loaded(
    path: Path,
    sheet: str,
    rows: Sequence[Sequence[object]],
    notes: tuple[str, ...],
    spans: frozenset[int],
) -> Loaded:
    """The sheet's rows as a table; `spans` are rows (from 0) in which cells are merged across columns."""
    filled = [(number, row) for number, row in enumerate(rows, start=1) if not _blank(row)]
    if not filled:
        raise CoderError(
            f"{path}: the sheet {sheet!r} is empty", "Choose another with --sheet NAME."
        )
    (header_row, header), body = filled[0], filled[1:]
    titles = [cell_text(cell) for cell in header]
    below = [[cell_text(cell) for cell in row] for _, row in body[:LOOKED_AT]]
    head = read_header(titles, below)
    body, below = body[head.rows :], below[head.rows :]
    found = len(body)
    body = [
        (number, row)
        for number, row in body
        if not repeats([cell_text(cell) for cell in row], titles)
    ]
    if not body:
        raise no_rows(path)
    used = [
        place
        for place, title in enumerate(head.names)
        if title.strip() or any(place < len(row) and row[place] != "" for _, row in body)
    ]
    where = f"row {header_row} of the sheet {sheet!r}"
    check_names(path, where, head.names, used, below, spans=header_row - 1 in spans)
    names = named(head.names)
    check_header(path, [names[place] for place in used], where)
    columns = {
        names[place]: [cell_text(row[place]) if place < len(row) else "" for _, row in body]
        for place in used
    }
    arrays, cleaned = text_columns(columns, suspicious=False)
    return Loaded(
        path=path,
        format="xlsx",
        described=f"XLSX, sheet {sheet!r}",
        table=pa.table(arrays).to_pandas(),
        places=np.array([number for number, _ in body], dtype=np.int64),
        place_word="row",
        cleaned=cleaned,
        facts={"sheet": sheet},
        labels=head.labels,
        notes=(*notes, *head.notes, *note_skipped(0, found - len(body))),
    )


def _blank(row: Sequence[object]) -> bool:
    return not any(not isinstance(cell, str) or cell.strip() for cell in row)


def cell_text(value: object) -> str:
    """A cell as somebody typed it: 7.0 is `7`, a date is ISO 8601, true is `TRUE`; text is unchanged."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < WHOLE_BELOW else repr(value)
    if isinstance(value, dt.datetime):
        at_midnight = value.time() == dt.time() and value.tzinfo is None
        return value.date().isoformat() if at_midnight else value.isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)
