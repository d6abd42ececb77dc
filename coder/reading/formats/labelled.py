"""SAV, ZSAV and DTA: each answer as its label; the survey's questions, sets and weight kept."""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from coder.errors import CoderError, option
from coder.reading.formats.cell_text import cell_text
from coder.reading.formats.labelled_dates import moment_of
from coder.reading.formats.sav_header import named_encoding, weight_variable
from coder.reading.options import FileOptions
from coder.reading.raw_table import (
    RawTable,
    arrow_columns,
    column_names,
    empty_file_error,
    no_rows_error,
)
from coder.text import count

SAV_STARTS = (b"$FL2", b"$FL3")
STATA_13 = b"<stata_dta><header><release>117"  # the last whose text is not UTF-8
STATA_RELEASES = range(
    104, 116
)  # each the first byte of its files; later ones are marked up
MARKED_UP = b"<stata_dta>"
DTA_STARTS = (MARKED_UP, *(bytes([release]) for release in STATA_RELEASES))
LEGACY_ENCODING = "CP1252"  # of files that do not say theirs and are not UTF-8
MOST_UNLABELLED = 40  # further codes that stand in the order of a variable's answers
# Stata counts months, quarters, half-years and weeks from 1960.
PERIODS_A_YEAR = {"%tm": 12, "%tq": 4, "%th": 2, "%tw": 52}
FIRST_YEAR = 1960

Labels = Mapping[Any, str]
Values = Mapping[str, Sequence[Any]]


class _Header(NamedTuple):
    """What the start of a file says that the library does not."""

    names_encoding: bool  # or its format does
    weight: str  # the variable by which cases are weighted; empty where there is none


class _StatisticsFile(NamedTuple):
    """A file as the library gives it.

    Attributes:
        kind: `SAV` or `DTA`.
        values: variable to its values; missing ones are None.
        meta: what the file says about its variables.
        labels: variable to its codes and their labels, without the codes of missing answers.
        weight: the variable by which cases are weighted; empty where there is none.
    """

    kind: str
    values: Values
    meta: Any
    labels: Mapping[str, Labels]
    weight: str


def load(path: Path, options: FileOptions) -> RawTable:
    """Read a data file of SPSS or Stata: labels in place of codes, user-missing codes as empty.

    Variable labels become questions, multiple-response sets option groups; `orders` has each
    variable's answers in the order of its codes, `facts["weight"]` the weight that is switched on.

    Raises:
        CoderError: damaged, of another kind, in another encoding than it says, or without rows.
    """
    with path.open("rb") as file:
        start = file.read(len(DTA_STARTS[0]))
    if not start:
        raise empty_file_error(path)
    if start.startswith(SAV_STARTS):
        kind = "SAV"
    elif start.startswith(DTA_STARTS):
        kind = "DTA"
    else:
        raise CoderError(
            f"{path}: is neither an SPSS nor a Stata file, although its name says so",
            "Save it as SAV from SPSS or as DTA from Stata, or rename it to what it is (.csv, "
            ".xlsx, .json).",
        )
    return _table(path, _opened(path, kind, options.encoding), options.encoding)


def _table(path: Path, file: _StatisticsFile, encoding: str | None) -> RawTable:
    names = column_names([variable or "" for variable in file.values])
    cells: dict[str, list[str]] = {}
    orders: dict[str, tuple[str, ...]] = {}
    for name, (variable, values) in zip(names, file.values.items(), strict=True):
        shown_as = _format(file, variable)
        labels = file.labels.get(variable, {})
        cells[name] = _cells(values, _with_moments(labels, shown_as), shown_as)
        if labels:
            orders[name] = _order(values, labels)
    rows = len(next(iter(cells.values()), []))
    if not rows:
        raise no_rows_error(path)
    facts: dict[str, str] = {}
    if encoding:
        facts["encoding"] = encoding
    if file.weight in file.values:
        facts["weight"] = file.weight
    arrays, cleaned = arrow_columns(cells, suspicious=True)
    return RawTable(
        path=path,
        format=file.kind.lower(),
        described=f"{file.kind}, {count(len(names), 'variable')}",
        cells=pa.table(arrays).to_pandas(),
        numbers=np.arange(1, rows + 1, dtype=np.int64),
        row_word="row",
        cleaned=cleaned,
        facts=facts,
        questions=_questions(file, names),
        option_groups=_sets(file, names),
        orders=orders,
    )


# ---------------------------------------------------------------- the file


def _opened(path: Path, kind: str, encoding: str | None) -> _StatisticsFile:
    """The file's values and labels, its texts in `encoding`, the one it names, or one that fits.

    Raises:
        CoderError: damaged, or in none of these encodings.
    """
    reader = _Reader(path, kind)
    if encoding is not None:
        _check_texts(path, reader, encoding)
        return reader.read(_library_name(encoding))
    names_encoding = reader.header.names_encoding
    if not names_encoding and _is_utf8(reader.texts()):
        return reader.read("UTF-8")
    try:
        return reader.read()
    except UnicodeDecodeError as error:
        if names_encoding:
            raise _encoding_error(path) from error
    return reader.read(LEGACY_ENCODING)


class _Reader:
    """Reads a file with the library, in one encoding or another."""

    def __init__(self, path: Path, kind: str) -> None:
        import pyreadstat

        self._path = path
        self._kind = kind
        self._read = pyreadstat.read_sav if kind == "SAV" else pyreadstat.read_dta
        self._fault = pyreadstat.ReadstatError

    @cached_property
    def header(self) -> _Header:
        """What the start of the file says."""
        if self._kind == "SAV":
            data = self._path.read_bytes()
            return _Header(bool(named_encoding(data)), weight_variable(data))
        with self._path.open("rb") as file:
            start = file.read(len(STATA_13))
        return _Header(start.startswith(MARKED_UP) and start != STATA_13, "")

    def read(self, encoding: str | None = None) -> _StatisticsFile:
        """The whole file.

        Raises:
            CoderError: damaged, or not in the encoding.
            UnicodeDecodeError: not in the encoding that the library took.
        """
        values, meta = self._both(encoding)
        _, dictionary = self._library(encoding, metadataonly=True, user_missing=True)
        labels = _labels(meta, dictionary.missing_ranges)
        weight = self.header.weight
        return _StatisticsFile(self._kind, values, meta, labels, weight)

    def texts(self) -> Iterator[bytes]:
        """The bytes of each text beyond ASCII."""
        values, _ = self._both("ISO-8859-1")
        for column in values.values():
            for value in column:
                if isinstance(value, str) and not value.isascii():
                    yield value.encode("latin-1")

    def _both(self, encoding: str | None) -> tuple[Values, Any]:
        """Values and what is said of them; dates as numbers where one is beyond the calendar."""
        try:
            return self._library(encoding)
        except UnicodeDecodeError:
            raise
        except (OverflowError, ValueError):
            return self._library(encoding, disable_datetime_conversion=True)

    def _library(self, encoding: str | None, **options: Any) -> tuple[Values, Any]:
        if encoding:
            options["encoding"] = encoding
        try:
            values, meta = self._read(str(self._path), output_format="dict", **options)
        except self._fault as error:
            raise _library_error(self._path, str(error)) from error
        return values, meta


def _is_utf8(texts: Iterator[bytes]) -> bool:
    """Whether there are texts beyond ASCII and all are UTF-8."""
    any_text = False
    for text in texts:
        any_text = True
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            return False
    return any_text


def _check_texts(path: Path, reader: _Reader, encoding: str) -> None:
    """Raise `CoderError` where a text is not in the encoding; the library would cut it off."""
    _library_name(encoding)
    for text in reader.texts():
        try:
            text.decode(encoding)
        except UnicodeDecodeError as error:
            raise _encoding_error(path, encoding) from error


def _library_name(encoding: str) -> str:
    """An encoding's name as the library takes it. Raises `CoderError` for an unknown one."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise CoderError(
            f"{option('encoding', encoding)}: unknown encoding",
            "Common encodings: utf-8, cp1252 (Windows), latin-1, cp1250, cp1251.",
        ) from error
    return name.upper().replace("ISO8859", "ISO-8859").replace("MAC-ROMAN", "MACROMAN")


def _encoding_error(path: Path, encoding: str = "") -> CoderError:
    problem = f"{path}: holds text in another encoding than it says"
    if encoding:
        problem = f"{path}: holds text that is not {encoding}"
    return CoderError(
        problem,
        f"Name the encoding with {option('encoding', 'NAME')}, such as cp1252.",
    )


def _library_error(path: Path, message: str) -> CoderError:
    if "encoding" in message or "character set" in message:
        return _encoding_error(path)
    return CoderError(
        f"{path}: is cut off or damaged ({message})",
        "Save it again, or get another copy.",
    )


def _labels(
    meta: Any, missing: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Labels]:
    """Variable to code to label, without the codes that the file declares missing."""
    labels: dict[str, Labels] = {}
    for variable, by_code in meta.variable_value_labels.items():
        is_text = meta.readstat_variable_types.get(variable) == "string"
        ranges = missing.get(variable, ())
        answers: dict[Any, str] = {}
        for code, label in by_code.items():
            # A number's code that is a letter marks why an answer is missing.
            is_answer = isinstance(code, str) == is_text
            if is_answer and label and not _in_ranges(code, ranges):
                answers[code] = label
        labels[variable] = answers
    return labels


def _in_ranges(code: Any, ranges: Sequence[Mapping[str, Any]]) -> bool:
    for each in ranges:
        same_kind = isinstance(code, str) == isinstance(each["lo"], str)
        if same_kind and each["lo"] <= code <= each["hi"]:
            return True
    return False


def _questions(file: _StatisticsFile, names: Sequence[str]) -> dict[str, str]:
    """Column to its variable's label."""
    questions: dict[str, str] = {}
    for name, variable in zip(names, file.values, strict=True):
        label = file.meta.column_names_to_labels.get(variable)
        if label and label.strip():
            questions[name] = label.strip()
    return questions


def _sets(file: _StatisticsFile, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Multiple-response sets: label, or name, to the columns of the options."""
    columns = {variable.casefold(): variable for variable in names}
    groups: dict[str, tuple[str, ...]] = {}
    for name, each in (getattr(file.meta, "mr_sets", None) or {}).items():
        members: list[str] = []
        for variable in each["variable_list"]:
            if variable.casefold() in columns:
                members.append(columns[variable.casefold()])
        if len(members) > 1:
            label = each.get("label") or name
            groups[label] = tuple(members)
    return groups


# ---------------------------------------------------------------- the answers


def _format(file: _StatisticsFile, variable: str) -> str:
    """How the file has a variable's values shown: `F8.2`, `N4`, `%tm` ..."""
    return str(file.meta.original_variable_types.get(variable) or "")


def _with_moments(labels: Labels, shown_as: str) -> Labels:
    """The labels, those of dates also by the date: the library gives codes as numbers."""
    by_value = dict(labels)
    for code, label in labels.items():
        if isinstance(code, (int, float)):
            by_value[moment_of(code, shown_as)] = label
    return by_value


def _cells(values: Sequence[Any], labels: Labels, shown_as: str) -> list[str]:
    """A variable's answers as text: the label of a code that has one, else the value."""
    texts: dict[Any, str] = {}
    cells: list[str] = []
    for value in values:
        if value is None:
            cells.append("")
            continue
        text = texts.get(value)
        if text is None:
            text = labels.get(value) or _value_text(value, shown_as)
            texts[value] = text
        cells.append(text)
    return cells


def _value_text(value: object, shown_as: str) -> str:
    if isinstance(value, float):
        if value != value:
            return ""
        value = moment_of(value, shown_as)
    text = cell_text(value)
    if shown_as.startswith("N") and shown_as[1:].isdigit() and text.isdigit():
        return text.zfill(int(shown_as[1:]))
    if shown_as[:3] in PERIODS_A_YEAR and isinstance(value, float):
        return _period_text(int(value), shown_as[:3])
    return text


def _period_text(number: int, shown_as: str) -> str:
    """A month, quarter, half-year or week of Stata: 2024m3, 2024q1, 2024h1, 2024w12."""
    a_year = PERIODS_A_YEAR[shown_as]
    return f"{FIRST_YEAR + number // a_year}{shown_as[2]}{number % a_year + 1}"


def _is_code(value: object) -> bool:
    """Whether a value is a number or a text, not a date, and not "not a number"."""
    return isinstance(value, (int, float, str)) and value == value


def _order(values: Sequence[Any], labels: Labels) -> tuple[str, ...]:
    """The answers in the order of their codes, each once; codes without a label among them."""
    unlabelled = set(values) - set(labels) - {None, ""}
    codes = list(labels)
    if len(unlabelled) <= MOST_UNLABELLED:
        codes += [code for code in unlabelled if _is_code(code)]
    ordered: dict[str, None] = {}
    for code in sorted(codes):
        ordered[labels.get(code) or cell_text(code)] = None
    return tuple(ordered)
