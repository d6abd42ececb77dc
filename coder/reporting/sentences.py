"""Sentences about the figures, made from the same table, so that they never contradict it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coder.figures import (
    format_interval,
    format_ordinal,
    format_rank_range,
    format_tenth,
    join_names,
)
from coder.reporting.report import Report
from coder.text import count

# From 1; the most common theme needs no number.
SPELLED_RANKS = (
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
    """How often a theme was mentioned, with its interval.

    An ordinal is given only together with the range that the rank may have, or with its ties.

    Args:
        row: of the report's theme table.
    """
    if pd.isna(row["n"]):
        return "Not counted yet: the comments have not been coded for it."
    share = _describe_share(report, row)
    # No place among themes that nobody mentioned, and none where its range is not known.
    if not row["n"] or pd.isna(row["rank"]) or pd.isna(row["rank_low"]):
        return f"Mentioned in {share}."
    text = f"The {_spell_rank(int(row['rank']))}most commonly mentioned theme: {share}."
    if not report.rank_ranges:
        return " ".join([text, *_describe_ties(report, row)])
    if row["rank_low"] == row["rank_high"]:
        return text
    places = format_rank_range(row["rank_low"], row["rank_high"])
    return f"{text} Its place could be anywhere from {places}."


def _describe_share(report: Report, row: Mapping[Any, Any]) -> str:
    """`140 of 932 comments (15.0%; 95% interval 12.9 to 17.5)`."""
    share = f"{row['n']:,} of {count(report.comments_counted, 'comment')}"
    if pd.isna(row["percent"]):
        return share
    interval = ""
    if report.intervals:
        interval = format_interval(row["low"], row["high"])
    if interval:
        interval = f"; 95% interval {interval}"
    return f"{share} ({format_tenth(row['percent'])}%{interval})"


def _spell_rank(rank: int) -> str:
    if rank <= len(SPELLED_RANKS):
        return SPELLED_RANKS[rank - 1]
    return f"{format_ordinal(rank)} "


def _describe_ties(report: Report, row: Mapping[Any, Any]) -> list[str]:
    """Themes with the same count, and themes that one decision would put before or after this
    one.
    """
    n = int(row["n"])
    main = report.themes[report.themes["rank"].notna()]
    others = main[main["theme_id"] != row["theme_id"]]
    sentences = []
    equal = others.loc[others["n"] == n, "theme"].astype(str).tolist()
    if equal:
        sentences.append(f"Equal with {join_names(equal)}.")
    differences = (others["n"] - n).abs()
    near_ranks = others.loc[differences == 1, "rank"].unique()
    if len(near_ranks):
        places = " and ".join(format_ordinal(int(rank)) for rank in near_ranks)
        sentences.append(
            f"One decision would change its order with the theme placed {places}."
        )
    return sentences
