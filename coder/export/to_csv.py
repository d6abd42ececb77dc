"""CSV: the theme table, its notes beside it, and one file for each breakdown."""

from pathlib import Path

import pandas as pd

from coder import files
from coder.export.report import Report, tenth


def write(report: Report, path: Path) -> list[Path]:
    """Write `themes.csv`, `themes.notes.txt` and `themes.by-COLUMN.csv`."""
    written = [path]
    for breakdown in report.breakdowns:
        beside = path.with_name(f"{path.stem}.by-{_slug(breakdown.column)}.csv")
        files.write_csv(beside, plain(breakdown.cells), float_format=tenth)
        written.append(beside)
    notes = path.with_name(f"{path.stem}.notes.txt")
    files.write_text(notes, notes_text(report))
    files.write_csv(path, plain(report.themes), float_format=tenth)
    return [*written, notes]


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers that may be missing as plain objects, so that a missing one is an empty cell."""
    changed = {
        name: pd.Series([None if pd.isna(v) else int(v) for v in table[name]], dtype=object)
        for name in table.columns
        if str(table[name].dtype) == "Int64"
    }
    return table.reset_index(drop=True).assign(**changed)


def notes_text(report: Report) -> str:
    """Title, question, base and notes as plain text."""
    head = [report.title, report.question, "", report.base]
    breakdowns = [f"By {b.column}: {note}" for b in report.breakdowns for note in b.notes]
    return "\n".join([*(line for line in head), *report.notes, *breakdowns]) + "\n"


def _slug(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name)
