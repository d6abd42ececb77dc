"""CSV: the theme table, its notes beside it, and one file for each breakdown and comparison."""

from pathlib import Path
from typing import Any

import pandas as pd

from coder import files, tables
from coder.exporting.annex import analyst_notes, technical_record
from coder.exporting.beside import path_beside
from coder.figures import format_tenth
from coder.reporting.report import FOR_ANALYSTS, TECHNICAL_RECORD, Report

WARNING = "warning"  # the last column of figures that must not be published


def write(report: Report, path: Path) -> list[Path]:
    """Write `themes.csv`, `themes.notes.txt`, `themes.by-COLUMN.csv` and `themes.waves.csv`."""
    written = [path]
    for breakdown in report.breakdowns:
        beside = path_beside(path, f"by-{breakdown.column}", written)
        _write_table(beside, _with_warning(report, breakdown.cells), tables.CELLS)
        written.append(beside)
    if report.waves is not None:
        beside = path.with_name(f"{path.stem}.waves.csv")
        _write_table(beside, _with_warning(report, report.waves), tables.WAVES)
        written.append(beside)
    notes = path.with_name(f"{path.stem}.notes.txt")
    files.write_text(notes, notes_text(report))
    _write_table(path, _with_warning(report, report.themes), tables.THEMES)
    return [*written, notes]


def _with_warning(report: Report, table: pd.DataFrame) -> pd.DataFrame:
    """The table with the warning in every row, where there is one."""
    if not report.warning:
        return table
    return table.assign(**{WARNING: report.warning})


def _write_table(
    path: Path,
    table: pd.DataFrame,
    kind: tables.Table,
) -> None:
    files.write_csv(
        path,
        rounded(table, kind),
        float_format=format_tenth,
    )


def rounded(table: pd.DataFrame, kind: tables.Table) -> pd.DataFrame:
    """The table with whole numbers, and numbers of more than one decimal, as plain Python objects.

    The rest of the numbers are written with one decimal.
    """
    changed: dict[str, pd.Series[Any]] = {}
    for name in map(str, table.columns):
        column = kind.column(name)
        decimals = 1
        if column is not None and column.decimals is not None:
            decimals = column.decimals
        if str(table[name].dtype) == "Int64":
            decimals = 0
        elif decimals < 2:
            continue
        values = [_rounded(value, decimals) for value in table[name]]
        changed[name] = pd.Series(values, dtype=object)
    return table.reset_index(drop=True).assign(**changed)


def _rounded(value: Any, decimals: int) -> float | None:
    if pd.isna(value):
        return None
    if decimals == 0:
        return int(value)
    return round(float(value), decimals)


def notes_text(report: Report) -> str:
    """What readers need, title, question and base, then the other notes, as plain text."""
    lines = [
        *filter(None, [report.warning]),
        *report.notes.reader,
        "",
        report.title,
        report.question,
        "",
        report.base,
    ]
    lines += ["", FOR_ANALYSTS, *analyst_notes(report)]
    lines += ["", TECHNICAL_RECORD, *technical_record(report)]
    return "\n".join(lines) + "\n"
