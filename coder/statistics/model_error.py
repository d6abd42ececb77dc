"""How often the model errs about the comments of each group of respondents.

Two errors are told apart: of the comments in which reviewers found a theme, those where the model
did not assign it (missed); and of the comments to which the model assigned a theme, those where
reviewers did not find it (wrong).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.statistics.intervals import wilson
from coder.statistics.tests import holm, two_shares
from coder.tables import MODEL_ERRORS

if TYPE_CHECKING:
    import pandas as pd

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Texts = NDArray[np.str_]

MISSED, WRONG = "missed", "wrong"
MORE, LESS, NO, TOO_FEW = "more often", "less often", "no", "too few"
SMALL = "small"  # why a figure is not shown
SIGNIFICANT = 0.05
SMALLEST_CELL = 5  # comments: smaller counts could tell who wrote what


@dataclass(frozen=True)
class CheckedThemes:
    """What reviewers found and what the model assigned, in the comments that count.

    Attributes:
        theme_ids, names: (n_themes,).
        truth: (n_comments, n_themes) 1 or 0; NaN where it is not known or does not count.
        assigned: (n_comments, n_themes) 1 or 0 as the model alone says; NaN where it says
            nothing.
    """

    theme_ids: Sequence[str]
    names: Sequence[str]
    truth: Floats
    assigned: Floats

    @property
    def checked(self) -> Bools:
        """(n_comments, n_themes) where both are known."""
        return ~np.isnan(self.truth) & ~np.isnan(self.assigned)

    @property
    def comments(self) -> int:
        """Comments with at least one theme that is checked."""
        return int(self.checked.any(axis=1).sum())


class ErrorCount(NamedTuple):
    """One group, theme and kind of error.

    Attributes:
        errors: comments in which the model erred.
        base: comments in which it could have erred so.
    """

    group: str
    theme: int
    error: str
    comments: int
    errors: int
    base: int
    is_shown: bool


def error_rates(
    checked: CheckedThemes,
    column: str,
    values: Texts,
    groups: Sequence[str],
    *,
    minimum_cell: int = SMALLEST_CELL,
) -> "pd.DataFrame":
    """The error rates of each group and theme, with tests against the other groups.

    Intervals are Wilson's. Tests are two-sided (see `tests.two_shares`) and corrected together by
    Holm's method, for all themes, groups and both kinds of error.

    A group with too few comments on a theme is not shown, nor is the group with the next fewest
    where the first could be worked out from the total. Both still count among the others that a
    group is compared with. The model's errors are counts of mistakes and are not hidden.

    Args:
        column: what the groups were made from.
        values: (n_comments,) the group of each comment, empty where it is missing.
        groups: in the order of the table.
        minimum_cell: fewest comments with a theme, and fewest in which the model could err.

    Returns:
        `tables.MODEL_ERRORS`.
    """
    import pandas as pd

    counts: list[ErrorCount] = []
    for theme in range(len(checked.theme_ids)):
        counts += _count_theme(checked, theme, values, groups, minimum_cell)
    lines = []
    for count_, verdict in zip(counts, _test_all(counts), strict=True):
        lines.append(_line(checked, column, count_, verdict))
    table = pd.DataFrame(lines, columns=list(MODEL_ERRORS.columns))
    return table.astype(MODEL_ERRORS.dtypes)


# ---------------------------------------------------------------- counts


def _count_theme(
    checked: CheckedThemes,
    theme: int,
    values: Texts,
    groups: Sequence[str],
    minimum_cell: int,
) -> Iterator[ErrorCount]:
    """Both errors of one theme in every group."""
    known = checked.checked[:, theme]
    carries = known & (checked.truth[:, theme] == 1)
    assigned = known & (checked.assigned[:, theme] == 1)
    members = [known & (values == group) for group in groups]
    carrying = [int((own & carries).sum()) for own in members]
    hidden = _too_small(carrying, minimum_cell)
    for group, own, is_hidden in zip(groups, members, hidden, strict=True):
        wanted = {
            MISSED: (carries, ~assigned),
            WRONG: (assigned, ~carries),
        }
        for error, (could_err, errs) in wanted.items():
            base = int((own & could_err).sum())
            yield ErrorCount(
                group=group,
                theme=theme,
                error=error,
                comments=int(own.sum()),
                errors=int((own & could_err & errs).sum()),
                base=base,
                is_shown=not is_hidden and base >= max(1, minimum_cell),
            )


def _too_small(carrying: Sequence[int], minimum_cell: int) -> list[bool]:
    """(n_groups,) which groups have too few comments with a theme, or protect one that has.

    Groups of which nobody carries the theme hide nothing.
    """
    hidden = [0 < number < minimum_cell for number in carrying]
    together = sum(
        number for number, small in zip(carrying, hidden, strict=True) if small
    )
    by_size = sorted(range(len(carrying)), key=lambda place: carrying[place])
    for place in by_size:
        if not 0 < together < minimum_cell:
            break
        if carrying[place] and not hidden[place]:
            hidden[place] = True
            together += carrying[place]
    return hidden


# ---------------------------------------------------------------- tests


class ErrorTest(NamedTuple):
    """A group's rate against that of all other groups together.

    Attributes:
        p: two-sided.
        p_adjusted: corrected for the tests made.
        difference: `MORE`, `LESS`, `NO`, or `TOO_FEW` where no errors could have shown one.
    """

    name: str
    p: float
    p_adjusted: float
    difference: str


class _Comparison(NamedTuple):
    """Errors and bases of a group and of all others."""

    errors: int
    base: int
    other_errors: int
    other_base: int

    def smallest_p(self) -> float:
        """The smallest p that as many errors could give, however they fell."""
        errors = self.errors + self.other_errors
        fewest = max(0, errors - self.other_base)
        most = min(errors, self.base)
        extremes = []
        for inside in (fewest, most):
            test = two_shares(inside, self.base, errors - inside, self.other_base)
            extremes.append(test.p)
        return min(extremes)


def _test_all(counts: Sequence[ErrorCount]) -> list[ErrorTest | None]:
    """A test for each count that is shown and has others of its theme and kind; else None."""
    compared = [_compare(own, counts) for own in counts]
    same_test = [_twin(place, counts) for place in range(len(counts))]
    tested = []
    for place, comparison in enumerate(compared):
        if comparison is not None and same_test[place] == place:
            tested.append(place)
    tests = {}
    for place in tested:
        comparison = compared[place]
        if comparison is not None:
            tests[place] = two_shares(*comparison)
    p_values = np.array([tests[place].p for place in tested], dtype=np.float64)
    adjusted = dict(zip(tested, holm(p_values).tolist(), strict=True))
    verdicts: list[ErrorTest | None] = []
    for place, comparison in enumerate(compared):
        if comparison is None:
            verdicts.append(None)
            continue
        test, p_adjusted = tests[same_test[place]], adjusted[same_test[place]]
        difference = _judge(comparison, p_adjusted, len(tested))
        verdicts.append(ErrorTest(test.name, test.p, p_adjusted, difference))
    return verdicts


def _others(own: ErrorCount, counts: Sequence[ErrorCount]) -> list[ErrorCount]:
    """The same theme and error in the other groups, shown or not: only their sum is used."""
    others = []
    for other in counts:
        is_same = (other.theme, other.error) == (own.theme, own.error)
        if is_same and other.group != own.group and other.base:
            others.append(other)
    return others


def _compare(own: ErrorCount, counts: Sequence[ErrorCount]) -> _Comparison | None:
    others = _others(own, counts)
    if not own.is_shown or not others:
        return None
    return _Comparison(
        own.errors,
        own.base,
        sum(other.errors for other in others),
        sum(other.base for other in others),
    )


def _twin(place: int, counts: Sequence[ErrorCount]) -> int:
    """Whose test a count has: of two groups each is the other's rest, so both have one test."""
    own = counts[place]
    others = _others(own, counts)
    if len(others) != 1 or not (own.is_shown and others[0].is_shown):
        return place
    return min(place, counts.index(others[0]))


def _judge(comparison: _Comparison, p_adjusted: float, tests: int) -> str:
    own = comparison.errors / comparison.base
    other = comparison.other_errors / comparison.other_base
    if p_adjusted < SIGNIFICANT:
        return MORE if own > other else LESS
    if comparison.smallest_p() > SIGNIFICANT / max(1, tests):
        return TOO_FEW
    return NO


# ---------------------------------------------------------------- lines


def _line(
    checked: CheckedThemes,
    column: str,
    count_: ErrorCount,
    verdict: ErrorTest | None,
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "column": column,
        "group": count_.group,
        "theme_id": checked.theme_ids[count_.theme],
        "theme": checked.names[count_.theme],
        "error": count_.error,
        "comments": count_.comments,
        "test": "",
        "difference": TOO_FEW,
        "hidden": "" if count_.is_shown else SMALL,
    }
    if not count_.is_shown:
        return line
    rate = count_.errors / count_.base
    low, high = wilson(rate, count_.base)
    line |= {
        "n": count_.errors,
        "base": count_.base,
        "percent": 100 * rate,
        "low": 100 * float(low),
        "high": 100 * float(high),
    }
    if verdict is not None:
        line |= {
            "test": verdict.name,
            "p": verdict.p,
            "p_adjusted": verdict.p_adjusted,
            "difference": verdict.difference,
        }
    return line
