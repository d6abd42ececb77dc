"""How far the count of each theme can be relied on: a grade by a declared rule, with its reasons.

A grade is the lowest that any of its reasons allows (see `RULE`). The limits for the standard error
are those of Statistics Canada's guidelines for releasing estimates (16.6 % and 33.3 % of the
estimate); those for agreement are Krippendorff's (Content Analysis, 2004, chapter 11: .800 and
.667).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coder import tables
from coder.figures import round_half_up
from coder.reporting.coded_matrix import Key
from coder.reporting.model_errors import check_themes
from coder.reporting.parts import ReportParts
from coder.statistics.codings import item_key
from coder.statistics.intervals import Z95, Estimate
from coder.statistics.model_error import CheckedThemes
from coder.text import count

NOT_KNOWN, LOW, MODERATE, HIGH = "not known", "low", "moderate", "high"
GRADES = (NOT_KNOWN, LOW, MODERATE, HIGH)
NARROW, WIDE = 16.6, 33.3  # standard error, per cent of the share
GOOD_AGREEMENT, FAIR_AGREEMENT = 0.8, 0.667
FEWEST_TWICE = 30  # comments coded blind by two, for agreement on a theme
GOOD_CODING = 0.7  # precision and recall
MOST_DISPUTED = 0.05  # of the comments in which reviewers found it
FEWEST_CHECKED = 10  # comments that precision or recall rest on
ENOUGH_DRAWN = 100  # random reviews
RULE = (
    f"High: standard error up to {NARROW}% of the count, alpha from {GOOD_AGREEMENT}, precision "
    f"and recall from {GOOD_CODING}, {ENOUGH_DRAWN} random reviews (or all comments read), few "
    f"disputes, codebook unchanged. Moderate: standard error up to {WIDE}%, alpha from "
    f"{FAIR_AGREEMENT}, or one of the others not met or not measured. Low: beyond that, or found "
    "by no reviewer. Not known: no interval. The reasons are what stands against a higher grade.",
)


class Reason(NamedTuple):
    """One reason for a grade: the highest grade that it allows, and what it is."""

    allows: str
    text: str


class Coding(NamedTuple):
    """How well the model codes a theme, in comments drawn at random and reviewed blind.

    Attributes:
        precision, recall: in [0, 1]; NaN where there is nothing to count.
        given, found: comments with the theme, by the model and by reviewers.
    """

    precision: float
    given: int
    recall: float
    found: int


@dataclass(frozen=True)
class ThemeMeasures:
    """What a grade is made from, for one row of the theme table.

    Attributes:
        relative_error: standard error in per cent of the share, from the interval; NaN for none.
        is_read: every comment was decided by a reviewer.
        reviewed, drawn: comments decided by people, and those drawn at random among them.
        found: comments in which reviewers found it.
        disputed: comments on which reviewers differ and nobody has settled it.
        alpha, twice: agreement of blind reviewers (NaN for none), and comments that two coded.
        coding: None where the model's errors were not measured.
        stale: the codebook has changed since the model coded the comments.
    """

    relative_error: float
    is_read: bool
    reviewed: int
    drawn: int
    found: int
    disputed: int
    alpha: float
    twice: int
    coding: Coding | None
    stale: bool


def grade_themes(parts: ReportParts) -> pd.DataFrame:
    """The grade of each row of the theme table, with what it is made from (`tables.GRADES`)."""
    coding = _codings(parts)
    alphas = _agreement(parts.agreement)
    lines = []
    for row in parts.themes.to_dict(orient="records"):
        key = (str(row["theme_id"]), str(row["position_id"]))
        measures = _measure(parts, key, coding.get(key), alphas.get(key, (np.nan, 0)))
        grade, reasons = grade_of(measures)
        line = {**_figures(measures), "grade": grade, "reasons": "; ".join(reasons)}
        line |= {"theme_id": key[0], "position_id": key[1], "theme": row["theme"]}
        lines.append(line)
    table = pd.DataFrame(lines, columns=list(tables.GRADES.columns))
    return table.astype(tables.GRADES.dtypes)


def grade_of(measures: ThemeMeasures) -> tuple[str, list[str]]:
    """The grade and its reasons: those that hold it down, or those that support a high one."""
    reasons = list(_reasons(measures))
    grade = min((reason.allows for reason in reasons), key=GRADES.index)
    if grade == HIGH:
        return grade, [reason.text for reason in reasons]
    against = [reason for reason in reasons if reason.allows != HIGH]
    if grade == NOT_KNOWN:
        against = [reason for reason in against if reason.allows in (NOT_KNOWN, LOW)]
    against.sort(key=lambda reason: GRADES.index(reason.allows))
    return grade, [reason.text for reason in against]


# ---------------------------------------------------------------- reasons


def _reasons(measures: ThemeMeasures) -> Iterator[Reason]:
    yield _interval_reason(measures)
    yield _agreement_reason(measures)
    if measures.disputed > MOST_DISPUTED * measures.found:
        disputed = count(measures.disputed, "comment")
        yield Reason(MODERATE, f"{disputed} in dispute")
    if measures.is_read:
        return
    yield _coding_reason(measures.coding)
    if not measures.found:
        yield Reason(LOW, "no reviewer found it: coded from words alone")
    if measures.drawn < ENOUGH_DRAWN:
        drawn = count(measures.drawn, "random review")
        yield Reason(MODERATE, drawn if measures.drawn else "no random review")
    if measures.stale:
        yield Reason(MODERATE, "codebook changed since the coding")


def _interval_reason(measures: ThemeMeasures) -> Reason:
    if measures.is_read and measures.relative_error == 0:
        return Reason(HIGH, "every comment was read")
    error = measures.relative_error
    if np.isnan(error):
        return Reason(NOT_KNOWN, "no interval: the error is not known")
    reach = "over 100%"
    if error * Z95 <= 100:
        reach = f"{round_half_up(error * Z95):.0f}%"
    text = f"± {reach} of the count"
    if error <= NARROW:
        return Reason(HIGH, text)
    return Reason(MODERATE if error <= WIDE else LOW, text)


def _agreement_reason(measures: ThemeMeasures) -> Reason:
    if np.isnan(measures.alpha):
        return Reason(MODERATE, "agreement not measured")
    if measures.twice < FEWEST_TWICE:
        twice = count(measures.twice, "comment")
        return Reason(MODERATE, f"agreement measured in {twice} alone")
    alpha = round_half_up(measures.alpha, 2)  # as it is shown
    text = f"alpha {alpha:.2f}"
    if alpha >= GOOD_AGREEMENT:
        return Reason(HIGH, text)
    return Reason(MODERATE if alpha >= FAIR_AGREEMENT else LOW, text)


def _coding_reason(coding: Coding | None) -> Reason:
    if coding is None:
        return Reason(MODERATE, "errors of the program not measured")
    if min(coding.given, coding.found) < FEWEST_CHECKED:
        checked = f"{coding.given:,} given, {coding.found:,} found"
        return Reason(MODERATE, f"few checked ({checked})")
    figures = f"precision {coding.precision:.2f}, recall {coding.recall:.2f}"
    lower = round_half_up(min(coding.precision, coding.recall), 2)  # as it is shown
    is_good = lower >= GOOD_CODING
    return Reason(HIGH if is_good else MODERATE, figures)


# ---------------------------------------------------------------- measures


def _measure(
    parts: ReportParts,
    key: Key,
    coding: Coding | None,
    agreement: tuple[float, int],
) -> ThemeMeasures:
    matrix = parts.counts.pooled
    number = matrix.row_number[key]
    judged = matrix.judged[:, number]
    return ThemeMeasures(
        relative_error=_relative_error(parts.shares.total[key]),
        is_read=bool(judged.all()),
        reviewed=int(judged.sum()),
        drawn=int(matrix.audited[:, number].sum()),
        found=int((judged & matrix.carries[:, number]).sum()),
        disputed=int(matrix.unresolved[:, number].sum()),
        alpha=agreement[0],
        twice=agreement[1],
        coding=coding,
        stale=parts.inputs.stale,
    )


def _relative_error(estimate: Estimate) -> float:
    """The standard error in per cent of the share; NaN without an interval."""
    if not estimate.has_interval:
        return float("nan")
    error = (estimate.high - estimate.low) / (2 * Z95)
    if not error:
        return 0.0
    return 100 * error / estimate.value if estimate.value else float("inf")


def _figures(measures: ThemeMeasures) -> dict[str, Any]:
    """The cells of a row that come before its grade."""
    line: dict[str, Any] = {
        "reviewed": measures.reviewed,
        "drawn": measures.drawn,
        "alpha": measures.alpha,
        "alpha_base": measures.twice,
    }
    if np.isfinite(measures.relative_error):
        line["relative_error"] = measures.relative_error
    if measures.coding is not None:
        line |= {
            "precision": measures.coding.precision,
            "precision_base": measures.coding.given,
            "recall": measures.coding.recall,
            "recall_base": measures.coding.found,
        }
    return line


def _agreement(agreement: pd.DataFrame | None) -> dict[Key, tuple[float, int]]:
    """Row of the theme table to the agreement of blind reviewers, and its comments."""
    if agreement is None:
        return {}
    found = {}
    for item, alpha, twice in agreement[["theme_id", "alpha", "comments"]].itertuples(
        index=False, name=None
    ):
        found[item_key(item)] = (float(alpha), int(twice))
    return found


def _codings(parts: ReportParts) -> dict[Key, Coding]:
    """Row of the theme table to how well the model codes it."""
    if not parts.inputs.has_labels:
        return {}
    matrix = parts.counts.pooled
    checked = check_themes(parts.inputs, matrix, positions=True)
    codings = {}
    for place, row in enumerate(matrix.rows):
        if checked.checked[:, place].any():
            codings[row.key] = measure_coding(checked, [place])
    return codings


def measure_coding(checked: CheckedThemes, columns: Sequence[int]) -> Coding:
    """Precision and recall of some themes or positions together, each comment and column a
    unit.
    """
    themes = list(columns)
    known = checked.checked[:, themes]
    found = known & (checked.truth[:, themes] == 1)
    given = known & (checked.assigned[:, themes] == 1)
    both = int((found & given).sum())
    n_found, n_given = int(found.sum()), int(given.sum())
    precision = both / n_given if n_given else float("nan")
    recall = both / n_found if n_found else float("nan")
    return Coding(precision, n_given, recall, n_found)
