"""CSV and TSV: every row has the header's fields, or the line that has not is named."""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from coder.errors import CoderError
from coder.reading.encoding import decode
from coder.reading.header import LOOKED_AT, Header, check_names, read_header, repeats
from coder.reading.loaded import (
    Loaded,
    check_header,
    empty_file,
    named,
    no_rows,
    note_skipped,
    text_columns,
)

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
CHUNK = (
    20_000  # rows turned into Arrow at once: the Python text of a large file never lies about whole
)
SAMPLE = 200  # records that the delimiter is found by
FAULTS_SHOWN = 5


def load_delimited(path: Path, *, encoding: str | None = None) -> Loaded:
    """Read a CSV or TSV file; the delimiter is found by the rows it makes equal.

    Raises:
        CoderError: wrong encoding, empty, header only, a row with more or fewer fields than the header, a
            quote left open, or a name used twice; each with its line.
    """
    text, encoding_name = decode(path.read_bytes(), path, encoding)
    if not text.strip("\ufeff\r\n\t ,;|"):
        raise empty_file(path)
    hint = re.match(r"sep=(.)\r?\n", text)  # a line that spreadsheets read and drop
    skipped = 0
    if hint:
        text, skipped = text[hint.end() :], 1
    delimiter = hint[1] if hint else _delimiter(text, path)
    with _long_fields():
        table = _parse(text, path, delimiter or _unused(text), skipped)
    frame = pa.table(table.arrays, names=table.names).to_pandas() if table.names else None
    if frame is None or not len(frame):
        raise no_rows(path)
    how = (
        f"separated by {DELIMITERS.get(delimiter, repr(delimiter))}" if delimiter else "one column"
    )
    return Loaded(
        path=path,
        format="tsv" if delimiter == "\t" else "csv",
        described=f"CSV, {encoding_name}, {how}",
        table=frame,
        places=table.lines,
        place_word="line",
        cleaned=table.cleaned,
        facts={"encoding": encoding_name},
        labels=table.header.labels,
        notes=(*table.header.notes, *note_skipped(table.blank, table.repeated)),
    )


def _delimiter(text: str, path: Path) -> str:
    """The delimiter under which most rows have as many fields as the header; empty for one column.

    Among equals the one that makes most fields.
    """
    best, best_score = "", (0.0, 1)
    counted: list[list[int]] = []
    for delimiter in DELIMITERS:
        counts = _field_counts(text, delimiter)
        if not counts:
            continue
        header, rows = counts[0], counts[1:]
        if header == 1:
            counted.append(rows)
            continue
        share = sum(count == header for count in rows) / len(rows) if rows else 1.0
        if (share, header) > best_score:
            best, best_score = delimiter, (share, header)
    if not best:
        for rows in counted:
            _refuse_title_line(path, rows)
    return best


def _field_counts(text: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(text[:2_000_000], newline=""), delimiter=delimiter)
    counts: list[int] = []
    try:
        for row in islice(reader, SAMPLE):
            if any(cell.strip() for cell in row):
                counts.append(len(row))
    except csv.Error:  # an over-long field: what was counted so far decides
        pass
    return counts


def _refuse_title_line(path: Path, rows: list[int]) -> None:
    """A first line of one field over rows of several is a title, not the column names."""
    if len(rows) >= 5:
        fields, often = Counter(rows).most_common(1)[0]
        if fields > 1 and often >= 0.9 * len(rows):
            raise CoderError(
                f"{path}:1: has one field, the rows below it {fields}",
                "The first line must hold the column names: delete what stands above them.",
            )


def _unused(text: str) -> str:
    """A character that the text does not hold, so that each line is one field."""
    return next(
        mark for mark in map(chr, range(1, 0xFFFF)) if mark not in "\r\n\"'" and mark not in text
    )


@contextmanager
def _long_fields() -> Iterator[None]:
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


class _Parsed(NamedTuple):
    """A file's columns; `lines` has the line of each row, `cleaned` the cleaned rows by column."""

    names: list[str]
    arrays: list[pa.ChunkedArray]
    lines: np.ndarray
    cleaned: dict[str, np.ndarray]
    header: Header
    blank: int  # rows skipped that hold nothing
    repeated: int  # rows skipped that are the header once more


def _parse(text: str, path: Path, delimiter: str, skipped: int) -> _Parsed:
    records = _records(text, path, delimiter, skipped)
    first_line, header = next(records)
    first, below = _next_filled(records)
    head = read_header(header, below)
    for row in below[: head.rows]:
        first = [record for record in first if record[1] is not row]
    records = chain(first, records)
    names = named(head.names)
    check_header(path, names, f"line {first_line}")
    suspicious = "\x00" in text
    chunks: list[list[pa.Array]] = [[] for _ in names]
    cleaned: dict[str, list[np.ndarray]] = {}
    lines: list[int] = []
    ragged: list[tuple[int, int]] = []
    blank, repeated = 0, 0
    rows: list[list[str]] = []

    def flush() -> None:
        start = len(lines) - len(rows)
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        arrays, changed = text_columns(columns, suspicious=suspicious)
        for place, name in enumerate(names):
            chunks[place].append(arrays[name])
            if name in changed:
                cleaned.setdefault(name, []).append(changed[name] + start)
        rows.clear()

    for line, row in records:
        if len(row) != len(header):
            if len(row) == 1 and not row[0].strip():
                blank += 1
            else:
                ragged.append((line, len(row)))
            continue
        if len(row) > 1 and not any(cell.strip() for cell in row):
            blank += 1
            continue
        if repeats(row, header):
            repeated += 1
            continue
        rows.append(row)
        lines.append(line)
        if len(rows) == CHUNK:
            flush()
    if ragged:
        raise _ragged(path, ragged, len(header), delimiter)
    if rows:
        flush()
    kept = [
        place
        for place in range(len(names))
        if head.names[place].strip() or _holds_text(chunks[place])
    ]
    check_names(path, f"line {first_line}", head.names, kept, below[head.rows :])
    return _Parsed(
        names=[names[place] for place in kept],
        arrays=[pa.chunked_array(chunks[place], pa.large_string()) for place in kept],
        lines=np.array(lines, dtype=np.int64),
        cleaned={name: np.concatenate(parts) for name, parts in cleaned.items()},
        header=head,
        blank=blank,
        repeated=repeated,
    )


def _next_filled(
    records: Iterator[tuple[int, list[str]]],
) -> tuple[list[tuple[int, list[str]]], list[list[str]]]:
    """The next records up to the third that holds anything, and the rows of those that do."""
    taken: list[tuple[int, list[str]]] = []
    filled: list[list[str]] = []
    for record in records:
        taken.append(record)
        if any(cell.strip() for cell in record[1]):
            filled.append(record[1])
            if len(filled) == LOOKED_AT:
                break
    return taken, filled


def _holds_text(chunks: list[pa.Array]) -> bool:
    return any(cell.strip() for chunk in chunks for cell in chunk.to_pylist())


def _records(
    text: str, path: Path, delimiter: str, skipped: int
) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not an empty line, with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _quote_fault(
                path, begins + skipped, reader.line_num + skipped, str(error)
            ) from error
        if row:
            yield begins + skipped, row
        begins = reader.line_num + 1


def _quote_fault(path: Path, begins: int, line: int, what: str) -> CoderError:
    if "unexpected end" in what:
        return CoderError(
            f"{path}:{begins}: a quote mark opens in the row that begins here and never closes",
            'Close it; a quote mark inside quoted text is written twice (""). The file may also be cut off.',
        )
    return CoderError(
        f"{path}:{line}: a quoted text ends and something other than the next column follows "
        f"(its row begins on line {begins})",
        'A quote mark inside quoted text is written twice (""); an earlier one may have been left open.',
    )


def _ragged(path: Path, ragged: list[tuple[int, int]], fields: int, delimiter: str) -> CoderError:
    shown = "\n".join(
        f"{path}:{line}: has {count} field{'s' if count != 1 else ''}, the header has {fields}"
        for line, count in ragged[:FAULTS_SHOWN]
    )
    more = (
        f"\n... and {len(ragged) - FAULTS_SHOWN:,} more such rows"
        if len(ragged) > FAULTS_SHOWN
        else ""
    )
    marks = DELIMITERS.get(delimiter, "separators")
    return CoderError(
        shown + more,
        f"Put quote marks around text that holds {marks}, and give every row all its fields.",
    )
