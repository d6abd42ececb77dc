"""Report: all that any writer gets, and how its numbers are written out."""

from dataclasses import dataclass, field
from math import copysign, floor
from typing import Any

import pandas as pd

from coder.codebook import Codebook

ELLIPSIS = "…"


@dataclass(frozen=True)
class Breakdown:
    """The themes by the groups of one column."""

    column: str
    title: str
    cells: pd.DataFrame  # a row for each route, group and row of the theme table
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What `build_report` made of a coded consultation. Writers change nothing in it."""

    title: str
    question: str
    base: str  # the base line: how many comments, per source
    standing: str  # one line: whether the counts are a guess, partly reviewed, estimated or exact
    themes: pd.DataFrame  # the theme table, in its published order
    quotes: (
        pd.DataFrame
    )  # one row a quote: theme_id, position_id, number, quote, source, comment_id, start, end
    ledger: pd.DataFrame  # received, excluded by reason, analysed, per source
    notes: tuple[str, ...]  # what a reader must be told, one sentence or two each
    breakdowns: tuple[Breakdown, ...]
    together: pd.DataFrame  # pairs of themes that comments carry both of
    codebook: Codebook
    comments: pd.DataFrame  # the analysed comments
    labels: pd.DataFrame  # what they carry: comment_id, theme_id, position_id, origin, evidence
    waves: pd.DataFrame | None = None  # shares in an earlier consultation, and the change
    agreement: pd.DataFrame | None = None  # between blind reviewers, per theme and over all
    apart: frozenset[str] = (
        frozenset()
    )  # sources with columns of their own, in no figure over several sources
    private: frozenset[str] = frozenset()  # comments whose authors declined publication
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        """The sources in the table's order."""
        return [name.removeprefix("n_") for name in self.themes.columns if name.startswith("n_")]

    @property
    def comments_counted(self) -> int:
        """The base of the figures over all sources that are counted together."""
        return int((~self.comments["source"].isin(self.apart)).sum())

    @property
    def intervals(self) -> bool:
        """Some figure is uncertain, so intervals are worth a column."""
        return bool((self.themes["low"] < self.themes["high"]).any())

    @property
    def rank_ranges(self) -> bool:
        """Some rank is uncertain for more than a tie of exact counts."""
        return self.intervals and bool(
            (self.themes["rank_low"] < self.themes["rank_high"]).fillna(False).any()
        )


def half_up(value: float, decimals: int = 0) -> float:
    """Rounded, halves away from 0 as spreadsheets round what they show: else 5 of 40 would be 12% here and 13% there."""
    if value != value:
        return value
    scale = 10**decimals
    return copysign(floor(abs(value) * scale + 0.5 + 1e-9) / scale, value) + 0.0


def percent_text(value: float) -> str:
    """A percentage for people: whole, under one `<1%`, `–` where there is none (E9)."""
    if value != value:
        return "–"
    return "<1%" if 0 < value < 1 else f"{half_up(value):.0f}%"


def tenth(value: float) -> str:
    """A percentage with one decimal, empty where there is none."""
    return "" if value != value else f"{half_up(value, 1):.1f}"


def listed(names: list[str]) -> str:
    """`a, b and c`."""
    return (
        names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
    )


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th ..."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(
        number % 10 if number % 100 not in (11, 12, 13) else 0, "th"
    )
    return f"{number}{ending}"


def span_text(low: float, high: float) -> str:
    """`12.4 to 17.9`, empty without an interval."""
    return "" if low != low or high != high else f"{tenth(low)} to {tenth(high)}"


def rank_span(low: Any, high: Any) -> str:
    """`3rd to 7th`, `1st`, or empty."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return (
        ordinal(int(low))
        if int(low) == int(high)
        else f"{ordinal(int(low))} to {ordinal(int(high))}"
    )
