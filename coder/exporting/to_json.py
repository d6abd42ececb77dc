"""JSON: everything that a report holds, for programs. Comment text appears in the quotes only."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from coder import files
from coder.reporting.read_outs import Equality, HeldCharacteristic, Quality
from coder.reporting.report import Breakdown, Report

DECIMALS = 6  # so that a figure does not depend on the last bits of its computation


def write(report: Report, path: Path) -> list[Path]:
    """Write one JSON object; missing numbers are null."""
    return _write_tree(as_tree(report), path)


def write_part(
    report: Report, path: Path, part: Literal["equality", "quality"]
) -> list[Path]:
    """Write the quality report or the equality read-out alone, with what the figures are."""
    tree = as_tree(report)
    kept = ("title", "question", "standing", "warning", "base", part)
    return _write_tree({name: tree[name] for name in kept}, path)


def _write_tree(tree: Mapping[str, Any], path: Path) -> list[Path]:
    text = json.dumps(
        tree,
        indent=1,
        ensure_ascii=False,
        allow_nan=False,
    )
    files.write_text(path, f"{text}\n")
    return [path]


def as_tree(report: Report) -> dict[str, Any]:
    """The report as plain dictionaries and lists."""
    return {
        "title": report.title,
        "question": report.question,
        "standing": report.standing,
        "warning": report.warning,
        "base": report.base,
        "notes": list(report.notes),
        "notes_in_tiers": report.notes.tiers(),
        "themes": records(report.themes),
        "quotes": records(report.quotes),
        "ledger": records(report.ledger),
        "breakdowns": [_breakdown(breakdown) for breakdown in report.breakdowns],
        "waves": _records_or_none(report.waves),
        "agreement": _records_or_none(report.agreement),
        "together": records(report.together),
        "quality": _quality(report.quality),
        "equality": _equality(report.equality),
        "facts": json.loads(json.dumps(dict(report.facts), default=str)),
    }


def _breakdown(breakdown: Breakdown) -> dict[str, Any]:
    return {
        "column": breakdown.column,
        "title": breakdown.title,
        "notes": list(breakdown.notes),
        "record": list(breakdown.record),
        "cells": records(breakdown.cells),
    }


def _quality(quality: Quality) -> dict[str, Any]:
    statements = {each.topic: each.text for each in quality.statements}
    return {
        "statements": statements,
        "grades": records(quality.grades),
        "rule": list(quality.rule),
    }


def _equality(equality: Equality | None) -> dict[str, Any] | None:
    if equality is None:
        return None
    held = [_characteristic(each) for each in equality.held]
    not_known = {each.id: reason for each, reason in equality.not_known}
    return {
        "characteristics": held,
        "not_known": not_known,
        "small_theme_percent": equality.small_theme,
        "notes": list(equality.notes),
    }


def _characteristic(held: HeldCharacteristic) -> dict[str, Any]:
    return {
        "id": held.characteristic.id,
        "name": held.characteristic.name,
        "column": held.column,
        "absent": held.absent,
        "notes": list(held.notes),
        "respondents": records(held.respondents),
        "themes": records(held.cells),
        "raised": records(held.raised),
        "errors": _records_or_none(held.errors),
    }


def _records_or_none(table: pd.DataFrame | None) -> list[dict[str, Any]] | None:
    if table is None:
        return None
    return records(table)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries of plain Python values."""
    rows = []
    for record in table.to_dict(orient="records"):
        rows.append({str(name): _plain(value) for name, value in record.items()})
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return round(float(value), DECIMALS)
    if hasattr(value, "item"):  # a number of numpy
        return _plain(value.item())
    return str(value)
