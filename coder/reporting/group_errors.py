"""How often the model errs about the comments of each group, over all themes together."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coder import tables
from coder.reporting.coded_matrix import Bools
from coder.reporting.groups import Texts
from coder.reporting.representation import SMALL, hide_small
from coder.reporting.suppression import Limits
from coder.statistics.intervals import wilson
from coder.statistics.model_error import LESS, MORE, NO, TOO_FEW, CheckedThemes
from coder.statistics.tests import holm, two_shares

SIGNIFICANT = 0.05


class _Checked(NamedTuple):
    """The comments of a group that were checked, and how many have a theme wrong."""

    group: str
    comments: int
    wrong: int
    members: Bools


def group_errors(
    characteristic: str,
    checked: CheckedThemes,
    values: Texts,
    groups: Sequence[str],
    limits: Limits,
) -> pd.DataFrame:
    """The share of each group's comments in which the model has a theme wrong
    (`tables.GROUP_ERRORS`).

    A comment counts once, however many themes are wrong. Intervals are Wilson's. Each group is
    tested against the other groups that are shown, two-sided, corrected by Holm's method.

    Args:
        characteristic: its id.
        values: (n_comments,) the group of each comment, empty where it is not known.
        groups: whose size may be told.
    """
    is_checked = checked.checked.any(axis=1)
    differs = checked.checked & (checked.truth != checked.assigned)
    is_wrong = differs.any(axis=1)
    counted = []
    for group in groups:
        members = is_checked & (values == group)
        wrong = int((members & is_wrong).sum())
        counted.append(_Checked(group, int(members.sum()), wrong, members))
    sizes = {each.group: each.comments for each in counted}
    others = int(is_checked.sum()) - sum(sizes.values())
    hidden, _ = hide_small(sizes, others, limits)
    shown = [each for each in counted if each.group not in hidden and each.comments]
    verdicts = _test_all(shown)
    lines = []
    for each in counted:
        line: dict[str, Any] = {"characteristic": characteristic, "group": each.group}
        line |= {"difference": "", "hidden": SMALL}
        if each.group not in hidden:
            line |= _figures(checked, each, verdicts)
        lines.append(line)
    table = pd.DataFrame(lines, columns=list(tables.GROUP_ERRORS.columns))
    return table.astype(tables.GROUP_ERRORS.dtypes)


def _figures(
    checked: CheckedThemes, each: _Checked, verdicts: Mapping[str, tuple[float, str]]
) -> dict[str, Any]:
    """The cells of a group that is shown."""
    line: dict[str, Any] = {"comments": each.comments, "hidden": ""}
    if not each.comments:
        return line
    share = each.wrong / each.comments
    low, high = wilson(share, each.comments)
    inside = checked.checked & each.members[:, None]
    truth, assigned = checked.truth[inside], checked.assigned[inside]
    p_adjusted, difference = verdicts[each.group]
    return {
        **line,
        "n": each.wrong,
        "percent": 100 * share,
        "low": 100 * float(low),
        "high": 100 * float(high),
        "missed": int(((truth == 1) & (assigned == 0)).sum()),
        "found": int((truth == 1).sum()),
        "wrong": int(((truth == 0) & (assigned == 1)).sum()),
        "given": int((assigned == 1).sum()),
        "p_adjusted": p_adjusted,
        "difference": difference,
    }


def _test_all(shown: Sequence[_Checked]) -> dict[str, tuple[float, str]]:
    """The corrected p-value and the verdict on each group."""
    comments = sum(each.comments for each in shown)
    wrong = sum(each.wrong for each in shown)
    if len(shown) < 2:
        return {each.group: (float("nan"), "") for each in shown}
    p_values = []
    for each in shown:
        rest = (wrong - each.wrong, comments - each.comments)
        p_values.append(two_shares(each.wrong, each.comments, *rest).p)
    # Of two groups each is the other's rest, so there is one test.
    tests = len(shown) if len(shown) > 2 else 1
    adjusted = holm(np.array(p_values)) if tests > 1 else np.array(p_values)
    verdicts = {}
    for each, p_adjusted in zip(shown, adjusted.tolist(), strict=True):
        verdict = NO
        if p_adjusted < SIGNIFICANT:
            is_more = each.wrong * comments > wrong * each.comments
            verdict = MORE if is_more else LESS
        elif _smallest_p(each, wrong, comments) * tests > SIGNIFICANT:
            verdict = TOO_FEW
        verdicts[each.group] = (p_adjusted, verdict)
    return verdicts


def _smallest_p(each: _Checked, wrong: int, comments: int) -> float:
    """The smallest p that as many errors could have given, however they fell."""
    others = comments - each.comments
    p_values = []
    for inside in (max(0, wrong - others), min(wrong, each.comments)):
        p_values.append(two_shares(inside, each.comments, wrong - inside, others).p)
    return min(p_values)
