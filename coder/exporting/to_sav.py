"""SAV: a row a comment, 0 or 1 for each theme and position, with labels, for SPSS and its like."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from coder import files, tables
from coder.exporting.optional import import_library
from coder.reporting.report import Report
from coder.text import visible

DATE_AT = 92  # where the header of the format holds its date and time
NO_DATE = b"01 Jan 0000:00:00"


def write(report: Report, path: Path) -> list[Path]:
    """Write the file: comment_id, source, weight, the survey's own columns, then one variable a theme.

    What people wrote is left out: the id joins it. Raises `CoderError` where pyreadstat is not installed.
    """
    pyreadstat = import_library("pyreadstat", "sav", "An SPSS file")
    frame, labels, values = as_frame(report)
    with files.new_file(path) as temporary:
        pyreadstat.write_sav(
            frame,
            str(temporary),
            file_label=visible(report.title)[:60],
            column_labels=labels,
            variable_value_labels=values,
        )
        with temporary.open("r+b") as file:  # no clock in the file
            file.seek(DATE_AT)
            file.write(NO_DATE)
    return [path]


def as_frame(report: Report) -> tuple[pd.DataFrame, list[str], dict[str, dict[int, str]]]:
    """The data, a label for each variable, and the meaning of 0 and 1."""
    comments = report.comments
    frame = pd.DataFrame(
        {"comment_id": comments["comment_id"].astype(str), "source": comments["source"].astype(str)}
    )
    labels = ["Comment id", "Source"]
    if comments["weight"].notna().any():
        frame["weight"] = comments["weight"].astype(float)
        labels.append("Weight")
    for name in tables.own_columns(comments):
        frame[_variable(name, set(frame.columns))] = (
            comments[name].fillna("").astype(str).map(visible)
        )
        labels.append(name)
    values: dict[str, dict[int, str]] = {}
    at = pd.Index(comments["comment_id"])
    carried = dict(iter(report.labels.groupby(["theme_id", "position_id"], sort=False)))
    names = {}
    for place in report.codebook.nodes:
        if not place.theme.retired:
            names[(place.theme.id, "")] = place.theme.name
            names |= {
                (place.theme.id, p.id): f"{place.theme.short}: {p.name}"
                for p in place.theme.positions
            }
    columns: dict[str, np.ndarray] = {}
    for key, name in names.items():
        column = np.zeros(len(comments))
        if key in carried:
            column[at.get_indexer(pd.Index(carried[key]["comment_id"]))] = 1.0
        variable = _variable("_".join(part for part in key if part), {*frame.columns, *columns})
        columns[variable] = column
        labels.append(visible(name)[:250])
        values[variable] = {0: "not mentioned", 1: "mentioned"}
    return (
        pd.concat([frame, pd.DataFrame(columns)], axis=1),
        [visible(label) for label in labels],
        values,
    )


def _variable(name: str, taken: set[str]) -> str:
    """A name that SPSS allows, not taken yet (it does not tell capitals apart)."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[:56] or "v"
    plain = plain if plain[0].isalpha() else f"v_{plain}"
    if plain.upper() in (
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
    ):
        plain = f"{plain}_"
    folded, number, found = {other.casefold() for other in taken}, 2, plain
    while found.casefold() in folded:
        found, number = f"{plain}_{number}", number + 1
    return found
