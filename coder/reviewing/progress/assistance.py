"""What the model's suggestions do to reviewers: how often they keep what was ticked for them, how
fast, and whether they find themes more or less often than without.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coder.codebook import Codebook
from coder.decisions import Decision, StoredDecisions, drop_undone, read_decisions
from coder.statistics.intervals import wilson
from coder.statistics.reviewed_comments import read_reviews
from coder.statistics.tests import fisher, holm
from coder.text import word_count

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

PAUSE = 300.0  # seconds between two decisions from which on the reviewer took a break
AT_ONCE = (
    0.2  # seconds within which decisions were saved together, such as those on copies
)
# Words a second. Adults read 238 words a minute (Brysbaert 2019, Journal of Memory and Language
# 109, 104047); nobody reads twice as fast and decides as well.
FASTEST = 8.0
FEWEST = 10  # comments on each side of a comparison
SIGNIFICANT = 0.05


class ThemeRates(NamedTuple):
    """How often a theme was found with suggestions and without. Numbers are of comments.

    Attributes:
        difference: of the shares, assisted less blind; `low` to `high` is its 95 % interval.
        differs: more than chance tells, corrected for the number of themes (Fisher, Holm).
    """

    theme_id: str
    assisted: int
    assisted_of: int
    blind: int
    blind_of: int
    difference: float
    low: float
    high: float
    differs: bool


class ReviewerAssistance(NamedTuple):
    """What one reviewer does with suggestions. Numbers are of comments, but for the ticks.

    Attributes:
        comments: decided with suggestions, where what was ticked in advance is known.
        suggested, kept, added: themes ticked in advance, those kept, and those ticked besides.
        with_ticks: comments with something ticked in advance.
        unchanged: of these, saved as they were ticked.
        timed: of these, those whose time is known.
        quick: of these, saved faster than anybody reads (`FASTEST`).
        blind_by: whose blind decisions the rates are compared with: `own`, or `all` where the
            reviewer has too few; empty where there are too few to compare.
        themes: rates in comments drawn at random; empty where they cannot be compared.
    """

    reviewer: str
    comments: int
    suggested: int
    kept: int
    added: int
    with_ticks: int
    unchanged: int
    timed: int
    quick: int
    blind_by: str = ""
    themes: tuple[ThemeRates, ...] = ()

    @property
    def share_kept(self) -> float | None:
        """Share of the ticks made in advance that were kept; None where there were none."""
        if not self.suggested:
            return None
        return self.kept / self.suggested

    @property
    def share_unread(self) -> float | None:
        """Share of the comments with ticks that were saved unchanged and faster than anybody
        reads, of those whose time is known; None where there are none.
        """
        known = self.with_ticks - self.unchanged + self.timed
        if not known:
            return None
        return self.quick / known


def read_assistance(
    codebook: Codebook,
    codebook_path: "Path",
    comments: "pd.DataFrame",
    project: str,
) -> tuple[ReviewerAssistance, ...]:
    """What every reviewer of a project does with suggestions, from what is on disk.

    Args:
        comments: `tables.COMMENTS`, all received.

    Raises:
        CoderError: a file of decisions is damaged.
    """
    stored = read_decisions(codebook_path)
    return measure_assistance(codebook, stored, comments, project)


def measure_assistance(
    codebook: Codebook,
    stored: StoredDecisions,
    comments: "pd.DataFrame",
    project: str,
) -> tuple[ReviewerAssistance, ...]:
    """What every reviewer does with suggestions, by name; those who never saw any are left out."""
    judged = read_reviews(stored, comments, codebook, project).judgements
    rates = _Rates(judged, codebook)
    by_reviewer: dict[str, list[Decision]] = {}
    for decision in drop_undone(stored.decisions):
        if decision.project == project and not decision.adjudicates:
            by_reviewer.setdefault(decision.reviewer, []).append(decision)
    found = []
    for reviewer, decisions in sorted(by_reviewer.items()):
        assistance = _count_ticks(reviewer, decisions)
        blind_by, themes = rates.compare(reviewer)
        if assistance.comments or themes:
            found.append(assistance._replace(blind_by=blind_by, themes=themes))
    return tuple(found)


# ---------------------------------------------------------------- ticks


class _Saved(NamedTuple):
    """What was saved at once of one comment, put together from its decisions."""

    at: str
    words: int
    ticked: frozenset[str] | None
    themes: frozenset[str]
    unsure: bool


def _count_ticks(reviewer: str, decisions: Iterable[Decision]) -> ReviewerAssistance:
    saved = _saved_comments(decisions)
    seconds = _seconds_taken(saved)
    comments = suggested = kept = added = with_ticks = unchanged = timed = quick = 0
    for number, one in enumerate(saved):
        if one.ticked is None:
            continue
        comments += 1
        suggested += len(one.ticked)
        kept += len(one.ticked & one.themes)
        added += len(one.themes - one.ticked)
        with_ticks += bool(one.ticked)
        if not one.ticked or one.ticked != one.themes or one.unsure:
            continue
        unchanged += 1
        if number in seconds:
            timed += 1
            quick += one.words > FASTEST * seconds[number]
    return ReviewerAssistance(
        reviewer,
        comments,
        suggested,
        kept,
        added,
        with_ticks,
        unchanged,
        timed,
        quick,
    )


def _saved_comments(decisions: Iterable[Decision]) -> list[_Saved]:
    """What was saved on a screen, in the order of time; what was saved for copies is left out."""
    parts: dict[tuple[str, str], list[Decision]] = {}
    for decision in decisions:
        is_table = decision.chosen == "listed" or decision.front_end == "table"
        if not is_table and decision.scope:
            key = (decision.decided_at, decision.comment_id)
            parts.setdefault(key, []).append(decision)
    saved: list[_Saved] = []
    last: datetime | None = None
    for (at, _), together in sorted(parts.items()):
        moment = datetime.fromisoformat(at)
        is_copy = last is not None and (moment - last).total_seconds() < AT_ONCE
        if not is_copy:
            saved.append(_put_together(at, together))
            last = moment
    return saved


def _put_together(at: str, decisions: Sequence[Decision]) -> _Saved:
    ticked: set[str] = set()
    themes: set[str] = set()
    for decision in decisions:
        ticked.update(decision.ticked or ())
        themes.update(decision.themes)
    is_known = all(decision.ticked is not None for decision in decisions)
    return _Saved(
        at,
        word_count(decisions[0].text),
        frozenset(ticked) if is_known else None,
        frozenset(themes),
        any(decision.unsure for decision in decisions),
    )


def _seconds_taken(saved: Sequence[_Saved]) -> dict[int, float]:
    """Number of a comment to the time since the one before; breaks are left out."""
    moments = [datetime.fromisoformat(one.at) for one in saved]
    seconds = {}
    for number, (earlier, later) in enumerate(pairwise(moments), start=1):
        gap = (later - earlier).total_seconds()
        if gap < PAUSE:
            seconds[number] = gap
    return seconds


# ---------------------------------------------------------------- rates


class _Rates:
    """Who found which theme in comments drawn at random, with suggestions and without.

    Args:
        judged: `tables.JUDGEMENTS` of the project's comments.
    """

    def __init__(self, judged: "pd.DataFrame", codebook: Codebook) -> None:
        own = judged[~judged["adjudicated"].astype(bool)]
        own = own[own["chosen"] == "random"]
        self._theme_ids = codebook.theme_ids
        self._blind = own[own["mode"] == "blind"]
        self._assisted = own[own["mode"] != "blind"]

    def compare(self, reviewer: str) -> tuple[str, tuple[ThemeRates, ...]]:
        """Whose blind decisions a reviewer is compared with, and the rates; empty where there are
        too few.
        """
        assisted = self._assisted[self._assisted["reviewer"] == reviewer]
        own = self._blind[self._blind["reviewer"] == reviewer]
        if assisted["comment_id"].nunique() < FEWEST:
            return "", ()
        if own["comment_id"].nunique() >= FEWEST:
            return "own", self._compare(assisted, own)
        if self._blind["comment_id"].nunique() >= FEWEST:
            return "all", self._compare(assisted, self._blind)
        return "", ()

    def _compare(
        self,
        assisted: "pd.DataFrame",
        blind: "pd.DataFrame",
    ) -> tuple[ThemeRates, ...]:
        with_ticks, without = _present_counts(assisted), _present_counts(blind)
        compared = []
        for theme_id in self._theme_ids:
            if theme_id in with_ticks and theme_id in without:
                one, other = with_ticks[theme_id], without[theme_id]
                compared.append((theme_id, one, other))
        p = [fisher(*one, *other).p for _, one, other in compared]
        corrected = holm(np.array(p))
        rows = []
        for (theme_id, one, other), p_value in zip(compared, corrected, strict=True):
            low, high = difference_of_shares(one, other)
            difference = one[0] / one[1] - other[0] / other[1]
            differs = bool(p_value < SIGNIFICANT)
            rows.append(
                ThemeRates(theme_id, *one, *other, difference, low, high, differs),
            )
        return tuple(rows)


def _present_counts(judged: "pd.DataFrame") -> Mapping[str, tuple[int, int]]:
    """Theme to the judgements that find it, and all."""
    present = judged["present"].astype(bool).groupby(judged["theme_id"])
    table = present.agg(["sum", "count"])
    return {
        str(theme_id): (int(found), int(of))
        for theme_id, found, of in table.itertuples(name=None)
    }


def difference_of_shares(
    one: tuple[int, int],
    other: tuple[int, int],
) -> tuple[float, float]:
    """95 % interval of the difference of two shares, each a count and what it is of.

    Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10.
    """
    (k, n), (m, of) = one, other
    share, other_share = k / n, m / of
    low, high = wilson(share, n)
    other_low, other_high = wilson(other_share, of)
    difference = share - other_share
    below = np.hypot(share - low, other_high - other_share)
    above = np.hypot(high - share, other_share - other_low)
    return float(difference - below), float(difference + above)
