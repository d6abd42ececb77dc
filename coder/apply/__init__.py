"""Room: code every comment against a codebook, with evidence."""

from typing import TYPE_CHECKING, Any, NamedTuple

from coder.codebook import Codebook
from coder.embedding import Embedder
from coder.engine import Progress, silent

if TYPE_CHECKING:
    import pandas as pd


class Coding(NamedTuple):
    """What `apply_codebook` found."""

    labels: "pd.DataFrame"  # tables.LABELS, reviewers' judgements over the model's
    quality: "pd.DataFrame"  # a row a theme: how it was reached and how reliable it is so far
    facts: dict[str, Any]  # for the run record: calibrated (bool), decisions used, thresholds ...


def apply_codebook(
    comments: "pd.DataFrame",
    codebook: Codebook,
    embedder: Embedder,
    judgements: "pd.DataFrame | None" = None,
    *,
    project: str = "",
    progress: Progress = silent,
) -> Coding:
    """Score every analysed comment against every theme and position."""
    raise NotImplementedError
