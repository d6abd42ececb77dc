"""CSV and TSV: every row has as many fields as the header, or its line is named in an error."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, TextIO

from coder.errors import CoderError
from coder.limits import limits, long_cell_error
from coder.reading.encoding import find_encoding
from coder.reading.layout import table_of_rows
from coder.reading.layout_rows import TableFile, TableRow
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable
from coder.text import count

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SAMPLE_ROWS = 200  # by which the delimiter is detected
SAMPLE_CHARACTERS = 2_000_000
CHARACTERS_AT_ONCE = 1_000_000  # of a text that is searched
FAULTS_SHOWN = 5
BYTES_OF_HOLE = 4_096
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n")  # spreadsheets read it and drop it
LONGEST_SEPARATOR_LINE = 7  # characters
# Titles above the names have fewer fields than the rows under them.
MOST_TITLES = 30
FEWEST_ROWS_UNDER_TITLES = 3
SHARE_UNDER_TITLES = 0.9


def load(path: Path, options: FileOptions) -> RawTable:
    """Read a CSV or TSV file; the delimiter is the one under which most rows have the header's
    fields.

    Raises:
        CoderError: wrong encoding, empty, header only, a row with more or fewer fields than the
            header, or a quote left open; each with its line.
    """
    _check_begins(path)
    data = path.read_bytes()
    encoding = find_encoding(data, path, options.encoding)
    text = _FileText(path, encoding.codec, may_hold_nul=b"\x00" in data)
    del data  # read again a part at a time: a long file is never held whole
    delimiter, lines_before = _delimiter_of(text)
    layout = "one column"
    if delimiter:
        layout = f"separated by {DELIMITERS.get(delimiter, repr(delimiter))}"
    file = TableFile(
        path=path,
        format="tsv" if delimiter == "\t" else "csv",
        described=f"CSV, {encoding.label}, {layout}",
        row_word="line",
        facts={"encoding": encoding.label},
        header_rows=options.header_rows,
        suspicious=text.may_hold_nul,
        wrong_width=_WidthFault(path, delimiter),
    )
    with _fields_up_to(limits().cell_bytes):
        separator = delimiter or text.unused_character()
        return table_of_rows(file, _records(text, path, separator, lines_before))


def _check_begins(path: Path) -> None:
    """Raise `CoderError` where a file begins with a hole, before all of it is read."""
    with path.open("rb") as file:
        start = file.read(BYTES_OF_HOLE)
    if len(start) == BYTES_OF_HOLE and not start.strip(b"\0"):
        raise CoderError(
            f"{path}: is not a text file; it begins with nothing but zeros",
            "The file may not have been copied whole. Get another copy.",
        )


class _FileText:
    """The text of a file, decoded a part at a time."""

    def __init__(self, path: Path, codec: str, *, may_hold_nul: bool) -> None:
        self.path = path
        self.codec = codec
        self.may_hold_nul = may_hold_nul

    def open(self) -> TextIO:
        """The text from its start, without a byte order mark."""
        stream = self.path.open(encoding=self.codec, newline="")
        if stream.read(1) != "\ufeff":
            stream.seek(0)
        return stream

    def sample(self) -> str:
        """What the text begins with."""
        with self.open() as stream:
            return stream.read(SAMPLE_CHARACTERS)

    def unused_character(self) -> str:
        """A character that is not in the text, so that each line is one field."""
        used = set("\r\n\"'")
        with self.open() as stream:
            while part := stream.read(CHARACTERS_AT_ONCE):
                used.update(part)
        for code in range(1, 0xFFFF):
            if chr(code) not in used:
                return chr(code)
        raise AssertionError("a text that holds every character")


# ---------------------------------------------------------------- the delimiter


def _delimiter_of(text: _FileText) -> tuple[str, int]:
    """The delimiter, empty for one column, and the number of lines that say nothing else."""
    sample = text.sample()
    separator_line = SEPARATOR_LINE.match(sample)
    if separator_line:
        return separator_line[1], 1
    return _detect_delimiter(sample), 0


class _Candidate(NamedTuple):
    """A delimiter, by how many rows have the usual number of fields, and that number."""

    share: float
    fields: int
    delimiter: str


def _detect_delimiter(sample: str) -> str:
    """The delimiter under which most rows have as many fields as the header; empty for one column.

    Of equally good ones, the one that makes most fields. Above the header there may be titles.
    """
    candidates: list[_Candidate] = []
    for delimiter in DELIMITERS:
        rows = _first_records(sample, delimiter)
        if rows:
            candidates.extend(_candidates(rows, delimiter))
    candidates = [each for each in candidates if each.fields > 1]
    if not candidates:
        return ""
    return max(candidates, key=lambda each: (each.share, each.fields)).delimiter


def _candidates(rows: Sequence[list[str]], delimiter: str) -> Iterator[_Candidate]:
    widths = [len(row) for row in rows]
    first, others = widths[0], widths[1:]
    share = 1.0
    if others:
        share = others.count(first) / len(others)
    yield _Candidate(share, first, delimiter)
    under_titles = _fields_under_titles(rows, widths)
    if under_titles:
        yield _Candidate(SHARE_UNDER_TITLES, under_titles, delimiter)


def _fields_under_titles(rows: Sequence[list[str]], widths: Sequence[int]) -> int:
    """How many fields the rows have that follow titles of fewer fields; 0 where nothing speaks
    for titles.

    A delimiter that mostly comes before a blank belongs to prose.
    """
    usual, _ = Counter(widths).most_common(1)[0]
    begins = widths.index(usual)
    under = widths[begins:]
    few = max(1, usual // 3)
    if not 0 < begins <= MOST_TITLES or len(under) < FEWEST_ROWS_UNDER_TITLES:
        return 0
    if under.count(usual) < SHARE_UNDER_TITLES * len(under):
        return 0
    if any(_filled(row) > few for row in rows[:begins]):
        return 0
    after_delimiter = list(chain.from_iterable(row[1:] for row in rows[begins:]))
    blanks = sum(field.startswith(" ") for field in after_delimiter)
    if blanks * 2 > len(after_delimiter):
        return 0
    return usual


def _filled(fields: Sequence[str]) -> int:
    return sum(bool(field.strip()) for field in fields)


def _first_records(sample: str, delimiter: str) -> list[list[str]]:
    """The first rows that hold anything."""
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        for fields in islice(reader, SAMPLE_ROWS):
            if _filled(fields):
                records.append(fields)
    except csv.Error:  # an over-long field: the rows before it decide
        pass
    return records


@contextmanager
def _fields_up_to(characters: int) -> Iterator[None]:
    before = csv.field_size_limit(characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)


# ---------------------------------------------------------------- the rows


def _records(
    text: _FileText,
    path: Path,
    delimiter: str,
    lines_before: int,
) -> Iterator[TableRow]:
    """Each row of the text; an empty line is a row without cells."""
    with text.open() as stream:
        for _ in range(lines_before):
            stream.readline(LONGEST_SEPARATOR_LINE)
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        begins = 1 + lines_before
        while True:
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                line = reader.line_num + lines_before
                raise _quote_error(path, begins, line, str(error)) from error
            yield TableRow(begins, fields)
            begins = reader.line_num + lines_before + 1


def _quote_error(path: Path, begins: int, line: int, message: str) -> CoderError:
    if "field limit" in message:
        return long_cell_error(f"{path}:{begins}")
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


class _WidthFault:
    """Makes the error for rows with more or fewer fields than the header."""

    def __init__(self, path: Path, delimiter: str) -> None:
        self.path = path
        self.delimiter = delimiter

    def __call__(self, rows: Sequence[TableRow], fields: int) -> CoderError:
        problems: list[str] = []
        for row in rows[:FAULTS_SHOWN]:
            has = count(len(row.cells), "field")
            problems.append(
                f"{self.path}:{row.number}: has {has}, the header has {fields}"
            )
        if len(rows) > FAULTS_SHOWN:
            problems.append(f"... and {len(rows) - FAULTS_SHOWN:,} more such rows")
        if fields == 1:
            return CoderError(
                "\n".join(problems),
                "The first line must hold the column names. Delete the lines above them.",
            )
        separators = DELIMITERS.get(self.delimiter, "separators")
        return CoderError(
            "\n".join(problems),
            f"Put quote marks around text that contains {separators}, and give every row all "
            "its fields.",
        )
