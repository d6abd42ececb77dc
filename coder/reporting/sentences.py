"""Sentences about the figures, made from the same table, so that they never contradict it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coder.reporting.figures import (
    format_interval,
    format_ordinal,
    format_rank_range,
    format_tenth,
    join_names,
)
from coder.reporting.report import Report

SPELLED = (
    "",
    "",
    "second ",
    "third ",
    "fourth ",
    "fifth ",
    "sixth ",
    "seventh ",
    "eighth ",
    "ninth ",
    "tenth ",
)


def theme_sentence(report: Report, row: Mapping[Any, Any]) -> str:
    """How often a theme was mentioned, with its interval; an ordinal only together with its range or its tie."""
    base = report.comments_counted
    share = f"{row['n']:,} of {base:,} comment{'' if base == 1 else 's'}"
    interval = format_interval(row["low"], row["high"]) if report.intervals else ""
    if not pd.isna(row["percent"]):
        share += f" ({format_tenth(row['percent'])}%" + (
            f"; 95% interval {interval})" if interval else ")"
        )
    if not row["n"]:
        return f"Mentioned in {share}."  # no place among themes that nobody mentioned
    if pd.isna(row["rank"]) or pd.isna(row["rank_low"]):
        return f"Mentioned in {share}."  # no ordinal without the range that it may have
    rank = int(row["rank"])
    text = f"The {SPELLED[rank] if rank < len(SPELLED) else format_ordinal(rank) + ' '}most commonly mentioned theme: {share}."
    if report.rank_ranges:
        span = format_rank_range(row["rank_low"], row["rank_high"])
        if span and row["rank_low"] != row["rank_high"]:
            text += f" Its place could be anywhere from {span}."
    near = _neighbours(report, row)
    return text + (f" {near}" if near and not report.rank_ranges else "")


def _neighbours(report: Report, row: Mapping[Any, Any]) -> str:
    """Themes with the same count, and a near tie with the theme before or after."""
    n = int(row["n"])
    main = report.themes[report.themes["rank"].notna()]
    others = main[main["theme_id"] != row["theme_id"]]
    equal = [str(name) for name, k in zip(others["theme"], others["n"], strict=True) if int(k) == n]
    near = [
        format_ordinal(int(r))
        for r, k in zip(others["rank"], others["n"], strict=True)
        if abs(int(k) - n) == 1
    ]
    said = []
    if equal and n:
        said.append(f"Equal with {join_names(equal)}.")
    if near and n:
        said.append(
            f"One decision would change its order with the theme placed {' and '.join(dict.fromkeys(near))}."
        )
    return " ".join(said)
