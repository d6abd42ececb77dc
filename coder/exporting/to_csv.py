"""CSV: the theme table, its notes beside it, and one file for each breakdown."""

from pathlib import Path

import pandas as pd

from coder import files
from coder.exporting.grid import breakdown_notes
from coder.reporting.figures import format_tenth
from coder.reporting.report import Report


def write(report: Report, path: Path) -> list[Path]:
    """Write `themes.csv`, `themes.notes.txt` and `themes.by-COLUMN.csv`."""
    written = [path]
    for breakdown in report.breakdowns:
        beside = path.with_name(f"{path.stem}.by-{_slug(breakdown.column)}.csv")
        number = 2
        while beside.name.casefold() in {
            file.name.casefold() for file in written
        }:  # Q1: age and Q1- age
            beside = path.with_name(f"{path.stem}.by-{_slug(breakdown.column)}-{number}.csv")
            number += 1
        files.write_csv(beside, plain(breakdown.cells), float_format=format_tenth)
        written.append(beside)
    if report.waves is not None:
        beside = path.with_name(f"{path.stem}.waves.csv")
        files.write_csv(beside, plain(report.waves), float_format=format_tenth)
        written.append(beside)
    notes = path.with_name(f"{path.stem}.notes.txt")
    files.write_text(notes, notes_text(report))
    files.write_csv(path, plain(report.themes), float_format=format_tenth)
    return [*written, notes]


# Decimals of columns that are no percentages.
DECIMALS = {"p": 4, "p_adjusted": 4, "design_effect": 3, "times": 2, "probability": 4}


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers that may be missing, and those with more decimals than one, as plain objects."""
    changed: dict[str, list[float | None]] = {}
    for name in table.columns:
        if str(table[name].dtype) == "Int64":
            changed[name] = [None if pd.isna(v) else int(v) for v in table[name]]
        elif name in DECIMALS:
            changed[name] = [
                None if pd.isna(v) else round(float(v), DECIMALS[name]) for v in table[name]
            ]
    objects = {name: pd.Series(values, dtype=object) for name, values in changed.items()}
    return table.reset_index(drop=True).assign(**objects)


def notes_text(report: Report) -> str:
    """What the counts are, title, question, base and notes as plain text."""
    head = [report.standing, "", report.title, report.question, "", report.base]
    return "\n".join([*head, *report.notes, *breakdown_notes(report)]) + "\n"


def _slug(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name)[:80]
