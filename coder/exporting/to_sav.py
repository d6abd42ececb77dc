"""SAV: a row a comment, 0 or 1 for each theme and position, with labels, for SPSS and programs
that read it. What is not coded or in dispute is missing.
"""

import errno
import os
import re
import textwrap
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coder import files
from coder.errors import CoderError
from coder.exporting.optional import import_library
from coder.exporting.report_grids import with_warning
from coder.exporting.row_notes import dropped_columns, dropped_note
from coder.exporting.sav_columns import Measure, SavColumn, make_columns
from coder.figures import choose_form
from coder.reporting.coded_matrix import CodedMatrix, Floats
from coder.reporting.report import Report
from coder.text import count, visible

DATE_PLACE = 92  # where the header of the format holds its date and time
NO_DATE = b"01 Jan 0000:00:00"
LONGEST_NAME, LONGEST_LABEL, LONGEST_TITLE = 56, 250, 60
LONGEST_LINE = 80  # bytes of a line of notes
MEANING = {0.0: "not mentioned", 1.0: "mentioned"}
NOT_CODED, IN_DISPUTE = -9.0, -8.0
# Codes that count as missing.
MISSING_MEANING = {NOT_CODED: "not coded", IN_DISPUTE: "reviewers disagree"}
# Words of the format that no variable may be called.
RESERVED = (
    "ALL",
    "AND",
    "BY",
    "EQ",
    "GE",
    "GT",
    "LE",
    "LT",
    "NE",
    "NOT",
    "OR",
    "TO",
    "WITH",
)


@dataclass
class Variables:
    """The columns of the file, with a label for each and the meaning of 0 and 1."""

    columns: "dict[str, pd.Series[Any] | np.ndarray]" = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    meanings: dict[str, Mapping[float, str]] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    missing: dict[str, list[Any]] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)

    def add(
        self,
        name: str,
        values: "pd.Series[Any] | np.ndarray",
        label: str,
        measure: Measure = "nominal",
    ) -> str:
        """Add a column; returns the name that it got."""
        variable = variable_name(name, self.columns)
        self.columns[variable] = values
        self.labels.append(visible(label)[:LONGEST_LABEL])
        self.measures[variable] = measure
        return variable

    def add_answers(self, name: str, column: SavColumn, wording: str) -> None:
        """Add one of the survey's own columns, with its question where that is known."""
        variable = self.add(name, column.values, wording or name, column.measure)
        if column.labels:
            self.meanings[variable] = column.labels
        if column.missing:
            self.missing[variable] = list(column.missing)
        if column.format:
            self.formats[variable] = column.format

    def add_theme(
        self,
        name: str,
        values: np.ndarray,
        label: str,
    ) -> None:
        """Add a column of 0 and 1, and of codes of `MISSING_MEANING`."""
        variable = self.add(name, values, label)
        self.meanings[variable] = MEANING
        missing = [code for code in MISSING_MEANING if code in values]
        if missing:
            self.meanings[variable] = MEANING | MISSING_MEANING
            self.missing[variable] = missing


def write(report: Report, path: Path) -> list[Path]:
    """Write comment_id, source, weight, the survey's own columns, then one variable a theme.

    The comments themselves are left out; their ids join them. Raises `CoderError` where
    pyreadstat is not installed.
    """
    pyreadstat = import_library("pyreadstat", "sav", "An SPSS file")
    variables = make_variables(report)
    data = pd.DataFrame(variables.columns)
    with files.new_file(path) as temporary, _told_as_unwritable(path):
        pyreadstat.write_sav(
            data,
            str(temporary),
            file_label=visible(with_warning(report, report.title))[:LONGEST_TITLE],
            note=_note_lines(notes(report)),
            column_labels=variables.labels,
            variable_value_labels=variables.meanings,
            variable_measure=variables.measures,
            missing_ranges=variables.missing,
            variable_format=variables.formats,
        )
        with temporary.open("r+b") as file:  # no clock in the file
            file.seek(DATE_PLACE)
            file.write(NO_DATE)
        _check_is_whole(temporary, data)
    return [path]


@contextmanager
def _told_as_unwritable(path: Path) -> Iterator[None]:
    """What the library says where the disk is full or fails is an error of ours."""
    from pyreadstat import PyreadstatError, ReadstatError

    try:
        yield
    except (PyreadstatError, ReadstatError) as error:
        raise CoderError(
            f"{path}: could not be written; the file is as it was before",
            "Free some space, or choose another folder, and run the command again.",
        ) from error


def _check_is_whole(path: Path, data: pd.DataFrame) -> None:
    """Raise `OSError` where the file is not what was to be written: the library does not notice
    that the disk did not take a part.
    """
    from pyreadstat import read_sav

    stored, _ = read_sav(str(path), user_missing=True)
    for name in data.columns:
        if not _same_values(stored[name], data[name]):
            raise OSError(errno.EIO, os.strerror(errno.EIO))


def _same_values(stored: "pd.Series[Any]", column: "pd.Series[Any]") -> bool:
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(np.float64, na_value=np.nan)
        return np.array_equal(stored.to_numpy(np.float64), numbers, equal_nan=True)
    texts = column.fillna("").astype(str).str.rstrip()
    return stored.fillna("").astype(str).str.rstrip().tolist() == texts.tolist()


def _note_lines(sentences: Sequence[str]) -> list[str]:
    """Notes as lines of the file, none longer than it can hold."""
    lines = []
    for sentence in map(visible, sentences):
        widest = max(len(char.encode()) for char in sentence)
        lines += textwrap.wrap(sentence, LONGEST_LINE // widest)
    return lines


def make_variables(report: Report) -> Variables:
    """The data of the file, a row for each analysed comment."""
    comments = report.comments.reset_index(drop=True)
    variables = Variables()
    variables.add(
        "comment_id",
        comments["comment_id"].astype(str),
        "Comment id",
    )
    variables.add("source", comments["source"].astype(str), "Source")
    if comments["weight"].notna().any():
        variables.add(
            "weight",
            comments["weight"].astype(float),
            "Weight",
            "scale",
        )
    kept = comments.drop(columns=dropped_columns(report))
    for name, column in make_columns(kept, report.settings).items():
        variables.add_answers(name, column, report.settings.wording_of(name))
    values = theme_values(report.matrix)
    for number, row in enumerate(report.matrix.rows):
        label = row.theme.name
        if row.position is not None:
            label = f"{row.theme.short}: {row.position.name}"
        name = "_".join(filter(None, row.key))
        variables.add_theme(name, values[:, number], label)
    return variables


def theme_values(matrix: CodedMatrix) -> Floats:
    """(n_comments, n_rows) 1 or 0 as each comment is coded, and codes of `MISSING_MEANING`."""
    is_coded = matrix.judged | (matrix.labelled[:, np.newaxis] & matrix.scored)
    values = np.where(is_coded, 0.0, NOT_CODED)
    values[matrix.unresolved] = IN_DISPUTE
    values[matrix.carries] = 1.0
    return values


def notes(report: Report) -> list[str]:
    """What the user must know of the file, a sentence or two each."""
    listed = list(dropped_note(report))
    values = theme_values(report.matrix)
    for code, meaning in MISSING_MEANING.items():
        answers = int((values == code).sum())
        if answers:
            listed.append(
                f"{count(answers, 'value')} of themes {choose_form(answers, 'is', 'are')} "
                f"{code:.0f}, which counts as missing: {meaning}."
            )
    return listed


def variable_name(name: str, others: Collection[str]) -> str:
    """A name that SPSS allows and that is none of the others; it does not distinguish capitals."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", ascii_name).strip("_")[:LONGEST_NAME] or "v"
    if not plain[0].isalpha():
        plain = f"v_{plain}"
    if plain.upper() in RESERVED:
        plain = f"{plain}_"
    folded = {other.casefold() for other in others}
    free, number = plain, 2
    while free.casefold() in folded:
        free, number = f"{plain}_{number}", number + 1
    return free
