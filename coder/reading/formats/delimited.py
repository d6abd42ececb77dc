"""CSV and TSV: every row has as many fields as the header, or its line is named in an error."""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from coder.errors import CoderError
from coder.reading.encoding import decode
from coder.reading.header import (
    ROWS_BELOW,
    Header,
    check_header_is_names,
    read_header,
    repeats_header,
)
from coder.reading.options import FileOptions
from coder.reading.raw_table import (
    RawTable,
    RowNumbers,
    arrow_columns,
    check_names_differ,
    column_names,
    empty_file_error,
    no_rows_error,
    skipped_rows_notes,
)
from coder.text import count

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# Rows are turned into Arrow in blocks, so that a large file is never held whole as Python objects.
ROWS_AT_ONCE = 20_000
SAMPLE_ROWS = 200  # by which the delimiter is detected
SAMPLE_CHARACTERS = 2_000_000
FAULTS_SHOWN = 5
TITLE_CHECK_ROWS = 5  # fewer rows do not show that the first line is a title
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n")  # spreadsheets read it and drop it


class DelimitedRecord(NamedTuple):
    """A row of the file that is not an empty line."""

    line: int  # on which it begins, from 1
    fields: list[str]


def load(path: Path, options: FileOptions) -> RawTable:
    """Read a CSV or TSV file; the delimiter is the one under which most rows have the header's
    fields.

    Raises:
        CoderError: wrong encoding, empty, header only, a row with more or fewer fields than the
            header, a quote left open, or a name used twice; each with its line.
    """
    text, encoding = decode(path.read_bytes(), path, options.encoding)
    if not text.strip("\ufeff\r\n\t ,;|"):
        raise empty_file_error(path)
    separator_line = SEPARATOR_LINE.match(text)
    lines_before = 0
    if separator_line:
        delimiter = separator_line[1]
        text = text[separator_line.end() :]
        lines_before = 1
    else:
        delimiter = _detect_delimiter(text, path)
    with _fields_of_any_length():
        table = _parse(text, path, delimiter, lines_before)
    if table.cells is None:
        raise no_rows_error(path)
    layout = "one column"
    if delimiter:
        layout = f"separated by {DELIMITERS.get(delimiter, repr(delimiter))}"
    return RawTable(
        path=path,
        format="tsv" if delimiter == "\t" else "csv",
        described=f"CSV, {encoding}, {layout}",
        cells=table.cells,
        numbers=table.lines,
        row_word="line",
        cleaned=table.cleaned,
        facts={"encoding": encoding},
        questions=table.header.questions,
        notes=(*table.header.notes, *skipped_rows_notes(table.blank, table.repeated)),
    )


# ---------------------------------------------------------------- the delimiter


def _detect_delimiter(text: str, path: Path) -> str:
    """The delimiter under which most rows have as many fields as the header; empty for one column.

    Of equally good ones, the one that makes most fields.
    """
    best, best_score = "", (0.0, 1)
    counts_under_one_title: list[list[int]] = []
    for delimiter in DELIMITERS:
        counts = _field_counts(text, delimiter)
        if not counts:
            continue
        header, rows = counts[0], counts[1:]
        if header == 1:
            counts_under_one_title.append(rows)
            continue
        share = 1.0
        if rows:
            share = rows.count(header) / len(rows)
        if (share, header) > best_score:
            best, best_score = delimiter, (share, header)
    if not best:
        for rows in counts_under_one_title:
            _check_first_line_is_no_title(path, rows)
    return best


def _field_counts(text: str, delimiter: str) -> list[int]:
    """The number of fields of the first rows that hold anything."""
    sample = io.StringIO(text[:SAMPLE_CHARACTERS], newline="")
    counts: list[int] = []
    try:
        for fields in islice(csv.reader(sample, delimiter=delimiter), SAMPLE_ROWS):
            if not _is_blank(fields):
                counts.append(len(fields))
    except csv.Error:  # an over-long field: the rows before it decide
        pass
    return counts


def _check_first_line_is_no_title(path: Path, rows: list[int]) -> None:
    """Raise `CoderError` where a first line of one field is followed by rows of several."""
    if len(rows) < TITLE_CHECK_ROWS:
        return
    fields, frequency = Counter(rows).most_common(1)[0]
    if fields > 1 and frequency >= 0.9 * len(rows):
        raise CoderError(
            f"{path}:1: has one field, the rows below it have {fields}",
            "The first line must hold the column names. Delete the lines above them.",
        )


def _unused_character(text: str) -> str:
    """A character that is not in the text, so that each line is one field."""
    for code in range(1, 0xFFFF):
        character = chr(code)
        if character not in "\r\n\"'" and character not in text:
            return character
    raise AssertionError("a text that holds every character")


@contextmanager
def _fields_of_any_length() -> Iterator[None]:
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


# ---------------------------------------------------------------- the rows


class _ParsedTable(NamedTuple):
    cells: pd.DataFrame | None  # None where there are no rows
    lines: RowNumbers  # of the file, one for each row
    cleaned: dict[str, RowNumbers]
    header: Header
    blank: int  # rows left out that hold nothing
    repeated: int  # rows left out that repeat the header


class _ColumnsInArrow:
    """Takes rows and keeps them as Arrow columns, block by block."""

    def __init__(self, names: list[str], *, suspicious: bool) -> None:
        self.names = names
        self.lines: list[int] = []
        self.blocks: dict[str, list[pa.Array]] = {name: [] for name in names}
        self._suspicious = suspicious
        self._cleaned: dict[str, list[RowNumbers]] = {}
        self._waiting: list[list[str]] = []

    def add(self, record: DelimitedRecord) -> None:
        self._waiting.append(record.fields)
        self.lines.append(record.line)
        if len(self._waiting) == ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        first_row = len(self.lines) - len(self._waiting)
        by_column = zip(*self._waiting, strict=True)
        columns = dict(zip(self.names, by_column, strict=True))
        arrays, cleaned = arrow_columns(columns, suspicious=self._suspicious)
        for name, array in arrays.items():
            self.blocks[name].append(array)
        for name, rows in cleaned.items():
            self._cleaned.setdefault(name, []).append(rows + first_row)
        self._waiting.clear()

    def used(self, titles: Sequence[str]) -> list[int]:
        """The columns that have a title or hold anything."""
        return [
            column
            for column, title in enumerate(titles)
            if title.strip() or self._holds_text(self.names[column])
        ]

    def _holds_text(self, name: str) -> bool:
        return any(not _is_blank(block.to_pylist()) for block in self.blocks[name])

    def cleaned(self) -> dict[str, RowNumbers]:
        return {name: np.concatenate(rows) for name, rows in self._cleaned.items()}

    def table(self, names: Sequence[str]) -> pd.DataFrame | None:
        """The columns `names`; None where there are no columns or no rows."""
        if not names or not self.lines:
            return None
        arrays = [
            pa.chunked_array(self.blocks[name], pa.large_string()) for name in names
        ]
        frame: pd.DataFrame = pa.table(arrays, names=list(names)).to_pandas()
        return frame


def _parse(
    text: str,
    path: Path,
    delimiter: str,
    lines_before: int,
) -> _ParsedTable:
    records = _records(text, path, delimiter or _unused_character(text), lines_before)
    first = next(records)
    next_records, below = _next_records(records)
    header = read_header(first.fields, below)
    of_header = below[: header.rows]
    body = (
        record for record in next_records if not _is_one_of(record.fields, of_header)
    )
    place = f"line {first.line}"
    names = column_names(header.titles)
    check_names_differ(path, names, place)
    columns = _ColumnsInArrow(names, suspicious="\x00" in text)
    skipped = _SkippedRows()
    for record in chain(body, records):
        if not skipped.take(record, first.fields):
            columns.add(record)
    if skipped.wrong_length:
        raise _field_count_error(path, skipped.wrong_length, len(names), delimiter)
    columns.flush()
    used = columns.used(header.titles)
    check_header_is_names(path, place, header.titles, used, below[header.rows :])
    return _ParsedTable(
        cells=columns.table([names[column] for column in used]),
        lines=np.array(columns.lines, dtype=np.int64),
        cleaned=columns.cleaned(),
        header=header,
        blank=skipped.blank,
        repeated=skipped.repeated,
    )


class _SkippedRows:
    """Rows that are no data: counts of blank rows and repeated headers, and the rows of a wrong
    length.
    """

    def __init__(self) -> None:
        self.blank = 0
        self.repeated = 0
        self.wrong_length: list[DelimitedRecord] = []

    def take(self, record: DelimitedRecord, titles: Sequence[str]) -> bool:
        """Count the row where it is no data, and say whether it was taken."""
        if _is_blank_row(record.fields, len(titles)):
            self.blank += 1
        elif len(record.fields) != len(titles):
            self.wrong_length.append(record)
        elif repeats_header(record.fields, titles):
            self.repeated += 1
        else:
            return False
        return True


def _next_records(
    records: Iterator[DelimitedRecord],
) -> tuple[list[DelimitedRecord], list[list[str]]]:
    """The next records until `ROWS_BELOW` of them hold anything, and the fields of those that
    do.
    """
    read: list[DelimitedRecord] = []
    filled: list[list[str]] = []
    for record in records:
        read.append(record)
        if not _is_blank(record.fields):
            filled.append(record.fields)
            if len(filled) == ROWS_BELOW:
                break
    return read, filled


def _is_one_of(fields: list[str], rows: list[list[str]]) -> bool:
    """Whether this very row is among the rows; an equal one elsewhere in the file is not."""
    return any(fields is row for row in rows)


def _is_blank(fields: Sequence[str]) -> bool:
    return not any(field.strip() for field in fields)


def _is_blank_row(fields: Sequence[str], width: int) -> bool:
    """Whether a row is left out as blank; in a table of one column an empty cell is an empty
    comment.
    """
    if len(fields) != width:
        return len(fields) == 1 and _is_blank(fields)
    return width > 1 and _is_blank(fields)


def _records(
    text: str,
    path: Path,
    delimiter: str,
    lines_before: int,
) -> Iterator[DelimitedRecord]:
    """Each row of the text that is not an empty line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _quote_error(
                path, begins + lines_before, reader.line_num + lines_before, str(error)
            ) from error
        if fields:
            yield DelimitedRecord(begins + lines_before, fields)
        begins = reader.line_num + 1


def _quote_error(path: Path, begins: int, line: int, message: str) -> CoderError:
    if "unexpected end" in message:
        return CoderError(
            f"{path}:{begins}: a quote mark opens in the row that begins here and never closes",
            'Close it. Inside quoted text, write a quote mark twice (""). '
            "Or the file may be cut off.",
        )
    return CoderError(
        f"{path}:{line}: a quoted text ends and is not followed by the next column "
        f"(the row begins on line {begins})",
        'Inside quoted text, write a quote mark twice (""). '
        "An earlier quote may have been left open.",
    )


def _field_count_error(
    path: Path,
    records: list[DelimitedRecord],
    fields: int,
    delimiter: str,
) -> CoderError:
    problems = [
        f"{path}:{record.line}: has {count(len(record.fields), 'field')}, the header has {fields}"
        for record in records[:FAULTS_SHOWN]
    ]
    if len(records) > FAULTS_SHOWN:
        problems.append(f"... and {len(records) - FAULTS_SHOWN:,} more such rows")
    separators = DELIMITERS.get(delimiter, "separators")
    return CoderError(
        "\n".join(problems),
        f"Put quote marks around text that contains {separators}, and give every row all its "
        "fields.",
    )
