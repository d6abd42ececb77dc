"""What a report is put together from, before it is worded."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from coder.reporting.coded_matrix import Bools, CodedMatrix
from coder.reporting.counts import Counts
from coder.reporting.inputs import Inputs
from coder.reporting.options import Options
from coder.reporting.quotes import Quote
from coder.reporting.routes import Route
from coder.reporting.shares import Shares


@dataclass(frozen=True)
class QuoteSelection:
    """The quotes of a report.

    Attributes:
        table: `tables.QUOTES`, without themes that are held back.
        pinned: the analyst's own.
        declined: (n_comments,) of all analysed comments, whose authors declined publication.
    """

    table: pd.DataFrame
    pinned: Sequence[Quote]
    declined: Bools


@dataclass(frozen=True)
class WaveComparison:
    """The comparison with an earlier consultation.

    Attributes:
        table: `tables.WAVES`.
        name: of the earlier consultation.
        before: its comments.
        routes, routes_before: of the comments that are compared.
    """

    table: pd.DataFrame
    name: str
    before: CodedMatrix
    routes: Sequence[Route]
    routes_before: Sequence[Route]


@dataclass(frozen=True)
class ReportParts:
    """All parts of a report.

    Attributes:
        held_back: main themes under the threshold.
        themes: `tables.THEMES`.
        ledger: `tables.LEDGER`.
        agreement: `tables.AGREEMENT` of blind reviewers; None where no comment was judged by two.
        waves: None where nothing is compared.
        routes: of the figures over all sources.
    """

    inputs: Inputs
    options: Options
    counts: Counts
    shares: Shares
    held_back: frozenset[str]
    themes: pd.DataFrame
    quotes: QuoteSelection
    ledger: pd.DataFrame
    agreement: pd.DataFrame | None
    waves: WaveComparison | None
    routes: Sequence[Route] = ()
