"""Where decisions were made: on the terminal, on the page or in a table."""

from collections.abc import Iterable, Mapping

from coder.decisions.log import Decision, drop_undone

PLACES = {"terminal": "on the terminal", "page": "on the page", "table": "in tables"}


def count_front_ends(
    decisions: Iterable[Decision],
    project: str,
) -> dict[str, dict[str, int]]:
    """How many standing decisions each reviewer made where; those of earlier versions, which do
    not say so, are left out.
    """
    counts: dict[str, dict[str, int]] = {}
    for decision in drop_undone(decisions):
        if decision.project != project or not decision.front_end:
            continue
        own = counts.setdefault(decision.reviewer, {})
        own[decision.front_end] = own.get(decision.front_end, 0) + 1
    return {reviewer: counts[reviewer] for reviewer in sorted(counts)}


def describe_front_ends(counts: Mapping[str, Mapping[str, int]]) -> str:
    """`amira 148 on the terminal; ben 20 on the page, 5 in tables`."""
    reviewers = []
    for reviewer, own in counts.items():
        places = [
            f"{own[end]:,} {where}" for end, where in PLACES.items() if end in own
        ]
        reviewers.append(f"{reviewer} {', '.join(places)}")
    return "; ".join(reviewers)
