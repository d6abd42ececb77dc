"""Report: all that any writer gets, and how its numbers are written out."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from coder.codebook import Codebook


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
