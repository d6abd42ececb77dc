"""A decision table as rows of texts, wherever it comes from: a CSV file, a workbook or a
DataFrame.
"""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from zipfile import BadZipFile, ZipFile

from coder.confined import Answer, Job, run_confined
from coder.errors import CoderError
from coder.files import nearest_name
from coder.library_errors import reason_of
from coder.limits import MEGABYTE, how_to_raise, limits, long_cell_error
from coder.workbook_cells import formulas_without_result
from coder.workbook_size import check_package, check_unpacked_size

if TYPE_CHECKING:
    import pandas as pd

ID_COLUMN = "comment_id"
ODS = ".ods"
SPREADSHEETS = (".xlsx", ".xlsm", ODS)
DELIMITERS = ",;\t"
HEADER_WITHIN = 20  # rows at the top that may hold the header
FRAME_NAME = "DataFrame"
THEMES_PAGE = "themes"  # of a review sheet


class GridRow(NamedTuple):
    """One row of a table.

    Attributes:
        number: of the line that the row begins in, of the sheet's row, or of the row of a
            DataFrame counted from 0.
        cells: their texts.
        open_formulas: columns, from 0, whose cell holds a formula without a result.
    """

    number: int
    cells: Sequence[str]
    open_formulas: frozenset[int] = frozenset()


class TextGrid(NamedTuple):
    """The rows of a table, its header among them.

    Attributes:
        asked: the themes and positions that a review sheet asks for, by its page of themes; empty
            where there is no such page.
    """

    name: str
    kind: Literal["text", "sheet", "frame"]
    rows: list[GridRow]
    asked: tuple[str, ...] = ()


def short_name(source: "pd.DataFrame | Path") -> str:
    """The name of a file without its folder; `DataFrame` for a DataFrame."""
    if isinstance(source, Path):
        return source.name
    return FRAME_NAME


def full_name(source: "pd.DataFrame | Path") -> str:
    """The path of a file; `DataFrame` for a DataFrame."""
    if isinstance(source, Path):
        return str(source)
    return FRAME_NAME


def read_grid(source: "pd.DataFrame | Path") -> TextGrid:
    """Every row of the table as texts.

    Raises:
        CoderError: there is no such file, or it is not a table.
    """
    name = full_name(source)
    if not isinstance(source, Path):
        return TextGrid(name, "frame", _frame_rows(source))
    if not source.is_file():
        problem = "is not a file" if source.exists() else "there is no such file"
        raise CoderError(
            f"{source}: {problem}",
            f"{nearest_name(source)}Name a CSV or XLSX file with a column {ID_COLUMN}.",
        )
    if source.suffix.lower() in SPREADSHEETS:
        return _workbook_grid(source)
    return TextGrid(name, "text", _csv_rows(source))


def without_apostrophe(cell: str) -> str:
    """The text without the apostrophe that keeps a spreadsheet from running a cell as a
    formula.
    """
    if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@":
        return cell[1:]
    return cell


def column_names(cells: Sequence[str]) -> list[str]:
    """The cells of a header as names of columns."""
    return [without_apostrophe(cell.strip()) for cell in cells]


# ---------------------------------------------------------------- a CSV file


def _csv_rows(path: Path) -> list[GridRow]:
    """Read in a child process: its memory and time are limited."""
    _check_bytes(path)
    answer = run_confined(lambda: Answer(_lines(path)), Job.of(path))
    return [GridRow(line, cells) for line, cells in answer.facts]


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """The cells of each row, and the line that it begins in."""
    text = _decoded(path)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
    )
    rows = []
    line = 1
    limit = csv.field_size_limit(limits().cell_bytes)
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            raise long_cell_error(f"{path}:{line}") from error
        raise CoderError(
            f"{path}:{line}: {error}",
            "Close the quotation mark that opens in this row, then try again.",
        ) from error
    finally:
        csv.field_size_limit(limit)
    return rows


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    encodings = ["utf-8-sig", "cp1252"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if "\0" not in text:
                return text
            break
    raise CoderError(
        f"{path}: is not a text file", "Save the table as CSV (UTF-8) or XLSX."
    )


def _delimiter(text: str) -> str:
    """What separates the cells of the header; a comma where there is no header."""
    for line in text.splitlines()[:HEADER_WITHIN]:
        fitting = []
        for delimiter in DELIMITERS:
            names = [cell.strip().strip('"') for cell in line.split(delimiter)]
            if ID_COLUMN in names:
                fitting.append(delimiter)
        if fitting:
            return max(fitting, key=line.count)
    return ","


# ---------------------------------------------------------------- a workbook


def _workbook_grid(path: Path) -> TextGrid:
    """The first sheet with a column `comment_id`, or else the first sheet."""
    answer = run_confined(lambda: _chosen_sheet(path), Job.of(path))
    chosen, asked = answer.facts
    rows = []
    for number, (cells, open_formulas) in enumerate(chosen, start=1):
        rows.append(GridRow(number, cells, frozenset(open_formulas)))
    return TextGrid(str(path), "sheet", rows, tuple(asked))


def _chosen_sheet(path: Path) -> Answer:
    """For each row of the sheet its cells, and the columns whose formula has no result; and the
    ids on the page of themes.
    """
    sheets = _sheets(path)
    asked = _asked_for(sheets.get(THEMES_PAGE, []))
    for name, rows in sheets.items():
        if any(ID_COLUMN in column_names(row) for row in rows[:HEADER_WITHIN]):
            open_formulas = _open_formulas(path, name)
            chosen = []
            for number, row in enumerate(rows, start=1):
                chosen.append((row, open_formulas.get(number, [])))
            return Answer((chosen, asked))
    first: list[list[str]] = next(iter(sheets.values()), [])
    return Answer(([(row, []) for row in first], asked))


def _asked_for(rows: Sequence[Sequence[str]]) -> list[str]:
    """The ids on a review sheet's page of themes: the column under `id`."""
    if not rows or not rows[0] or rows[0][0].strip() != "id":
        return []
    return [row[0].strip() for row in rows[1:] if row[0].strip()]


def _sheets(path: Path) -> dict[str, list[list[str]]]:
    """The texts of every sheet by its name."""
    from python_calamine import CalamineWorkbook

    _check_size(path)
    sheets = {}
    try:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            values = sheet.to_python(skip_empty_area=False)
            sheets[name] = [_row_texts(row) for row in values]
            _check_cells(path, sheets[name])
    except (MemoryError, CoderError):
        raise
    except BaseException as error:  # the reader also raises what is no `Exception`
        raise _unreadable(path, error) from error
    return sheets


def _check_cells(path: Path, rows: Sequence[Sequence[str]]) -> None:
    most = limits().cell_bytes
    for number, row in enumerate(rows, start=1):
        if max(map(len, row), default=0) > most:
            raise long_cell_error(f"{path}: row {number}")


def _check_bytes(path: Path) -> None:
    most = limits().decisions_bytes
    if path.stat().st_size > most:
        raise CoderError(
            f"{path}: larger than {most // MEGABYTE:,} MB, so it was not read",
            f"Leave out the columns that say nothing of themes. {how_to_raise()}",
        )


def _check_size(path: Path) -> None:
    """Raise `CoderError` where a workbook is damaged, or says that it holds far too much."""
    _check_bytes(path)
    size = path.stat().st_size
    if path.suffix.lower() != ODS:
        check_package(path, path.read_bytes())
        return
    try:
        with ZipFile(path) as archive:
            check_unpacked_size(path, archive.infolist(), size)
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: BaseException) -> CoderError:
    return CoderError(
        f"{path}: cannot be read as a spreadsheet ({reason_of(error)})",
        "Save it as CSV.",
    )


def _open_formulas(path: Path, sheet: str) -> dict[int, list[int]]:
    """By row (from 1) the columns (from 0) whose formula has no result: their cells would
    otherwise count as empty.
    """
    from xml.etree.ElementTree import ParseError

    columns: dict[int, list[int]] = {}
    if path.suffix.lower() == ODS:
        return columns
    with suppress(ParseError):  # the reader of values accepts some broken XML
        for row, column in formulas_without_result(path.read_bytes(), sheet):
            columns.setdefault(row + 1, []).append(column)
    return columns


# ---------------------------------------------------------------- a DataFrame


def _frame_rows(frame: "pd.DataFrame") -> list[GridRow]:
    """The header and the rows; an index called `comment_id` is a column."""
    if ID_COLUMN in frame.index.names and ID_COLUMN not in frame.columns:
        frame = frame.reset_index(level=ID_COLUMN)
    columns = []
    for number in range(frame.shape[1]):
        columns.append(frame.iloc[:, number].tolist())
    rows = [GridRow(-1, [str(name) for name in frame.columns])]
    for number, values in enumerate(zip(*columns, strict=True)):
        rows.append(GridRow(number, _row_texts(values)))
    return rows


# ---------------------------------------------------------------- cells


def _row_texts(values: Sequence[Any]) -> list[str]:
    return [_as_text(value) for value in values]


def _as_text(value: Any) -> str:
    """A cell as text: yes and no for truth values, whole numbers without a point, the items of
    a list joined by `;`, and nothing for missing values.
    """
    if isinstance(value, str):
        return value
    if hasattr(value, "tolist"):  # of numpy
        value = value.tolist()
    if isinstance(value, list | tuple):
        return ";".join(map(str, value))
    if _is_missing(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _is_missing(value: object) -> bool:
    import pandas as pd

    return value is None or value is pd.NA or value != value  # NaN, NaT
