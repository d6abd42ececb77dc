"""JSON: everything that the report says, for programs. Comment text appears in the quotes only."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from coder import files
from coder.reporting.report import Report


def write(report: Report, path: Path) -> list[Path]:
    """Write one JSON object; missing numbers are null."""
    files.write_text(
        path, json.dumps(as_tree(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    )
    return [path]


def as_tree(report: Report) -> dict[str, Any]:
    """The report as plain dictionaries and lists."""
    return {
        "title": report.title,
        "question": report.question,
        "standing": report.standing,
        "base": report.base,
        "notes": list(report.notes),
        "themes": records(report.themes),
        "quotes": records(report.quotes),
        "ledger": records(report.ledger),
        "breakdowns": [
            {
                "column": b.column,
                "title": b.title,
                "notes": list(b.notes),
                "cells": records(b.cells),
            }
            for b in report.breakdowns
        ],
        "waves": None if report.waves is None else records(report.waves),
        "agreement": None if report.agreement is None else records(report.agreement),
        "together": records(report.together),
        "facts": json.loads(json.dumps(report.facts, default=str)),
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries of plain Python values."""
    return [{str(k): _value(v) for k, v in row.items()} for row in table.to_dict(orient="records")]


def _value(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, (bool, int, str)):
        return value
    if hasattr(value, "item"):
        return _value(value.item())
    return round(float(value), 6) if isinstance(value, float) else str(value)
