"""Weights that make a weighted figure rest on few comments."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from coder.figures import join_names
from coder.reporting.routes import Route, weighted_routes
from coder.statistics.weight_check import describe_weights
from coder.statistics.weighting import FEWEST_EFFECTIVE, effective_size
from coder.text import safe_text

FAR_APART = 10  # mean weights of two sources, as a ratio


def weight_notes(comments: pd.DataFrame, routes: Sequence[Route]) -> Iterator[str]:
    """Extreme and very unequal weights of each route, with the comments that have them."""
    for route in weighted_routes(routes):
        own = comments[route.members(comments["source"])]
        yield describe_weights(
            route.name,
            own["comment_id"].astype(str).tolist(),
            own["weight"].to_numpy(dtype=np.float64),
        )
        yield _scale_note(own)


def _scale_note(own: pd.DataFrame) -> str:
    """Sources of one route whose weights are not on the same scale."""
    means = own.groupby("source")["weight"].mean().sort_values()
    if len(means) < 2 or means.iloc[-1] < FAR_APART * means.iloc[0]:
        return ""
    smallest, largest = str(means.index[0]), str(means.index[-1])
    return (
        f"The weights of {safe_text(largest)} are {means.iloc[-1] / means.iloc[0]:,.0f} times "
        f"those of {safe_text(smallest)} on average, and the two are reported as one route: "
        f"{safe_text(largest)} decides its percentages almost alone. If that is not meant, "
        "declare them as routes of their own in project.yaml."
    )


def weights_caution(comments: pd.DataFrame, routes: Sequence[Route]) -> str:
    """A warning of weighted percentages that rest on a few comments; empty where none do."""
    names = []
    for route in weighted_routes(routes):
        own = comments.loc[route.members(comments["source"]), "weight"]
        if effective_size(own.to_numpy(dtype=np.float64)) < FEWEST_EFFECTIVE:
            names.append(safe_text(route.name, one_line=True))
    if not names:
        return ""
    return (
        f"A few comments have nearly all the weight of {join_names(names)}, so the weighted "
        "percentages say little about anyone else."
    )
