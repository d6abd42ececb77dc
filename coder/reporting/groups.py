"""Groups of respondents: the answers in a column, with missing ones left out, or groups declared over them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder import tables
from coder.errors import CoderError, did_you_mean
from coder.project import Derived
from coder.reporting.coded_matrix import Floats

# Answers that are missing unless project.yaml says otherwise for the column (D4).
MISSING = (
    "",
    "don't know",
    "dont know",
    "don’t know",
    "do not know",
    "prefer not to say",
    "prefer not to answer",
    "rather not say",
    "refused",
    "no answer",
)


class Grouping(NamedTuple):
    """A column's groups."""

    values: NDArray[np.str_]  # (n_comments,) the group, empty where missing
    notes: tuple[str, ...]


class Route(NamedTuple):
    """Sources that are reported as one."""

    name: str
    sources: tuple[str, ...]
    weighted: bool


def group_by(
    comments: pd.DataFrame,
    name: str,
    derived: Mapping[str, Derived],
    missing: Mapping[str, Sequence[str]],
) -> Grouping:
    """Each comment's group in a column or a declared derived variable.

    Raises:
        CoderError: there is neither, or the derived variable's column does not exist.
    """
    if name in derived:
        return _derived(comments, name, derived[name], missing)
    known = [*tables.own_columns(comments), "source", "question", *derived]
    if name not in comments.columns or name not in known:
        raise CoderError(f"--by {name}: there is no such column", did_you_mean(name, known))
    answers = _answers(comments[name])
    gone = _is_missing(answers, name, missing)
    return Grouping(np.where(gone, "", answers).astype(np.str_), _missing_note(answers, gone))


def _answers(column: "pd.Series[str]") -> NDArray[np.str_]:
    return np.asarray(
        column.fillna("").astype(str).str.strip().to_numpy(dtype=object), dtype=np.str_
    )


def _is_missing(
    answers: NDArray[np.str_], column: str, missing: Mapping[str, Sequence[str]]
) -> NDArray[np.bool_]:
    rule = missing.get(column, missing.get("*", MISSING))
    gone = {"", *(answer.strip().casefold() for answer in rule)}
    kinds, where = np.unique(answers, return_inverse=True)
    return np.asarray([kind.casefold() in gone for kind in kinds], dtype=np.bool_)[where]


def _missing_note(answers: NDArray[np.str_], gone: NDArray[np.bool_]) -> tuple[str, ...]:
    if not gone.any():
        return ()
    kinds, counts = np.unique(answers[gone], return_counts=True)
    said = [
        f"{count:,} “{kind}”" if kind else f"{count:,} without an answer"
        for kind, count in zip(kinds, counts, strict=True)
    ]
    return (f"Left out as missing: {', '.join(said)}.",)


def _derived(
    comments: pd.DataFrame, name: str, rule: Derived, missing: Mapping[str, Sequence[str]]
) -> Grouping:
    if rule.column not in comments.columns:
        raise CoderError(
            f"project.yaml: derived: {name}: there is no column {rule.column!r}",
            did_you_mean(rule.column, tables.own_columns(comments)),
        )
    answers = _answers(comments[rule.column])
    gone = _is_missing(answers, name if name in missing else rule.column, missing)
    source = comments["source"].to_numpy()
    values = np.full(len(answers), "", dtype=object)
    unknown = np.zeros(len(answers), dtype=np.bool_)
    for each in pd.unique(source):
        groups = rule.per_source.get(each, rule.groups)
        of = {answer.casefold(): group for group, given in groups.items() for answer in given}
        here = np.flatnonzero((source == each) & ~gone)
        found = [of.get(answers[at].casefold(), rule.other) for at in here]
        values[here] = found
        unknown[here] = [not group for group in found]
    notes = [f"{name} is made from {rule.column} by the groups declared in project.yaml."]
    notes += _missing_note(answers, gone)
    if unknown.any():
        kinds = sorted(set(answers[unknown].tolist()))
        shown = ", ".join(f"“{kind}”" for kind in kinds[:8]) + (" ..." if len(kinds) > 8 else "")
        notes.append(f"{int(unknown.sum()):,} comments are in no group and left out: {shown}.")
    return Grouping(values.astype(np.str_), tuple(notes))


def ordered_groups(values: NDArray[np.str_]) -> list[str]:
    """The groups in the order in which a table shows them: by number where they begin with one, else by name."""

    def place(name: str) -> tuple[int, float, str]:
        digits = ""
        for char in name.lstrip("<>≤≥ "):
            if not char.isdigit():
                break
            digits += char
        under = name.casefold().startswith(("under", "<", "up to"))
        return (
            (0, float(digits) - 0.5 * under, name)
            if digits
            else (0 if under else 1, 0.0, name.casefold())
        )

    return sorted((str(name) for name in np.unique(values) if name), key=place)


def find_routes(comments: pd.DataFrame, declared: Mapping[str, Sequence[str]]) -> list[Route]:
    """The routes to report: as declared; else each source without weights, and all weighted ones together.

    Raises:
        CoderError: a declared source does not exist or stands in two routes, or a route mixes weighted and
            unweighted sources.
    """
    sizes = comments["source"].value_counts()
    sources = sorted(map(str, sizes.index), key=lambda name: (-int(sizes[name]), name))
    weighted = {name: _weighted(comments, name) for name in sources}
    routes, taken = [], set()
    for name, members in declared.items():
        for member in members:
            if member in taken:
                raise CoderError(
                    f"project.yaml: routes: {member!r} stands in two routes", "Name it once."
                )
            taken.add(member)
        here = tuple(member for member in members if member in weighted)
        if not here:
            raise CoderError(
                f"project.yaml: routes: {name}: none of its sources exists",
                did_you_mean(members[0] if members else "", sources),
            )
        if len({weighted[member] for member in here}) > 1:
            raise CoderError(
                f"project.yaml: routes: {name} joins sources with and without weights",
                "Weighted and unweighted sources are reported apart: declare them as two routes.",
            )
        routes.append(Route(name, here, weighted[here[0]]))
    rest = [name for name in sources if name not in taken]
    routes += [Route(name, (name,), False) for name in rest if not weighted[name]]
    joined = tuple(name for name in rest if weighted[name])
    if joined:
        routes.append(Route(" + ".join(joined), joined, True))
    return sorted(routes, key=lambda route: -sum(int(sizes[name]) for name in route.sources))


def _weighted(comments: pd.DataFrame, source: str) -> bool:
    own = comments[comments["source"] == source]
    given = own["weight"].notna()
    if not given.any():
        return False
    wrong = (
        own.loc[~given | ~(own["weight"] > 0) | np.isinf(own["weight"]), "comment_id"]
        .astype(str)
        .tolist()
    )
    if wrong:
        shown = ", ".join(wrong[:10]) + (f" and {len(wrong) - 10} more" if len(wrong) > 10 else "")
        raise CoderError(
            f"source {source!r} has weights, but none above 0 for {len(wrong)} comment(s): {shown}",
            "Give each analysed comment of the source a weight, or take the weight column away.",
        )
    return True


def level_weights(comments: pd.DataFrame, routes: Sequence[Route]) -> Floats:
    """(n_comments,) weights with mean 1 within each route; 1 for a route without weights."""
    weights = np.ones(len(comments))
    source = comments["source"].to_numpy()
    given = comments["weight"].to_numpy(dtype=float)
    for route in routes:
        if route.weighted:
            here = np.isin(source, route.sources)
            weights[here] = given[here] / given[here].mean()
    return weights
