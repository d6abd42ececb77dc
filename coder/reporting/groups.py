"""Groups of respondents: the answers in a column without missing ones, or groups declared over
them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder import tables
from coder.errors import CoderError, did_you_mean, option
from coder.project import Derived
from coder.reporting.coded_matrix import Bools
from coder.text import count

Texts = NDArray[np.str_]

# Answers that are missing unless project.yaml says otherwise for the column.
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
MOST_LISTED = 8  # answers named in a note
LOWEST = ("under", "<", "up to")  # what the name of an open lowest group begins with


class AttributeGrouping(NamedTuple):
    """A column's groups.

    Attributes:
        values: (n_comments,) the group, empty where missing.
        notes: how the groups were made.
    """

    values: Texts
    notes: tuple[str, ...]


def group_by(
    comments: pd.DataFrame,
    name: str,
    derived: Mapping[str, Derived],
    missing: Mapping[str, Sequence[str]],
) -> AttributeGrouping:
    """Each comment's group in a column or a declared derived variable.

    Args:
        derived: name to the groups made from a column.
        missing: column (or * for all) to the answers that count as missing.

    Raises:
        CoderError: there is neither, or the derived variable's column does not exist.
    """
    if name in derived:
        return _group_derived(comments, name, derived[name], missing)
    known = [*tables.own_columns(comments), "source", "question", *derived]
    if name not in comments.columns or name not in known:
        raise CoderError(
            f"{option('by', name)}: there is no such column", did_you_mean(name, known)
        )
    answers = _answers(comments[name])
    is_missing = _find_missing(answers, name, missing)
    values = np.where(is_missing, "", answers).astype(np.str_)
    return AttributeGrouping(values, _missing_notes(answers, is_missing))


def _answers(column: "pd.Series[str]") -> Texts:
    """(n_comments,) the answers without white space around them; missing ones are empty."""
    stripped = column.fillna("").astype(str).str.strip()
    return np.asarray(stripped.to_numpy(dtype=object), dtype=np.str_)


def _find_missing(
    answers: Texts, column: str, missing: Mapping[str, Sequence[str]]
) -> Bools:
    """(n_comments,) whether each answer counts as missing."""
    rule = missing.get(column, missing.get("*", MISSING))
    missing_answers = {"", *(answer.strip().casefold() for answer in rule)}
    kinds, kind_of = np.unique(answers, return_inverse=True)
    kind_is_missing = [kind.casefold() in missing_answers for kind in kinds]
    return np.asarray(kind_is_missing, dtype=np.bool_)[kind_of]


def _missing_notes(answers: Texts, is_missing: Bools) -> tuple[str, ...]:
    if not is_missing.any():
        return ()
    parts = []
    for answer, n in zip(
        *np.unique(answers[is_missing], return_counts=True), strict=True
    ):
        if answer:
            parts.append(f"{n:,} “{answer}”")
        else:
            parts.append(f"{n:,} without an answer")
    return (f"Left out as missing: {', '.join(parts)}.",)


def _group_derived(
    comments: pd.DataFrame,
    name: str,
    rule: Derived,
    missing: Mapping[str, Sequence[str]],
) -> AttributeGrouping:
    if rule.column not in comments.columns:
        raise CoderError(
            f"project.yaml: derived: {name}: there is no column {rule.column!r}",
            did_you_mean(rule.column, tables.own_columns(comments)),
        )
    answers = _answers(comments[rule.column])
    missing_rule = name if name in missing else rule.column
    is_missing = _find_missing(answers, missing_rule, missing)
    source = comments["source"].to_numpy()
    values = np.full(len(answers), "", dtype=object)
    for each in pd.unique(source):
        group_of = _groups_by_answer(rule, str(each))
        here = np.flatnonzero((source == each) & ~is_missing)
        values[here] = [group_of.get(answers[n].casefold(), rule.other) for n in here]
    notes = [
        f"{name} is made from {rule.column} by the groups declared in project.yaml."
    ]
    notes += _missing_notes(answers, is_missing)
    in_no_group = (values == "") & ~is_missing
    if in_no_group.any():
        notes.append(_no_group_note(answers[in_no_group]))
    return AttributeGrouping(values.astype(np.str_), tuple(notes))


def _groups_by_answer(rule: Derived, source: str) -> dict[str, str]:
    """Folded answer to its group, in one source."""
    groups = rule.per_source.get(source, rule.groups)
    group_of = {}
    for group, answers in groups.items():
        for answer in answers:
            group_of[answer.casefold()] = group
    return group_of


def _no_group_note(answers: Texts) -> str:
    kinds = sorted(set(answers.tolist()))
    listed = ", ".join(f"“{kind}”" for kind in kinds[:MOST_LISTED])
    if len(kinds) > MOST_LISTED:
        listed += " ..."
    be = "is" if len(answers) == 1 else "are"
    return f"{count(len(answers), 'comment')} {be} in no group and left out: {listed}."


def ordered_groups(values: Texts) -> list[str]:
    """The groups as a table shows them: by number where the name begins with one, else by name."""
    groups = [str(name) for name in np.unique(values) if name]
    return sorted(groups, key=_place_of_group)


def _place_of_group(name: str) -> tuple[int, float, str]:
    is_lowest = name.casefold().startswith(LOWEST)
    digits = ""
    for char in name.lstrip("<>≤≥ "):
        if not char.isdigit():
            break
        digits += char
    if digits:
        number = float(digits)
        return (0, number - 0.5 if is_lowest else number, name)
    return (0 if is_lowest else 1, 0.0, name.casefold())
