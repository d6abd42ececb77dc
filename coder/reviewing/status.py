"""What is known so far: per theme, per reviewer, and what does not count any more."""

from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coder.codebook import Codebook
from coder.decisions import Decision, drop_undone, read_decisions
from coder.reviewing.precision import reviews_needed
from coder.reviewing.record import Record
from coder.statistics.estimates import Bools, Estimate, share, wilson
from coder.tables import analysed
from coder.text import word_count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from coder.reviewing.suggestions import Suggestions

PAUSE = 300.0  # seconds between two decisions from which on it was a break, not a reading


class ThemeStatus(NamedTuple):
    """One theme: everything decided, and what that says of all analysed comments (see `estimates.audit`)."""

    theme_id: str
    name: str
    decided: int
    present: int
    random: int
    random_present: int
    share: float | None  # of all comments; None before anything was judged at random
    low: float | None  # None with fewer random reviews than an interval can stand on
    high: float | None
    more: int  # random reviews until the interval is as narrow as wanted


class ReviewerStatus(NamedTuple):
    """One reviewer's work in this project, table rows too."""

    reviewer: str
    comments: int
    blind: int
    assisted: int
    random: int
    adjudicated: int
    words: int
    seconds: (
        float | None
    )  # median between one decision on the screen and the next; None where unknown
    last: str


class Stale(NamedTuple):
    """A decided comment that is not what it was: changed, vanished, or not analysed any more."""

    comment_id: str
    what: str
    reviewers: tuple[str, ...]


class Status(NamedTuple):
    """All that `coder review --status` says."""

    analysed: int
    decided: int  # comments of which every theme was looked at by one reviewer at least
    partly: int  # comments of which only some themes were
    disputed: int
    themes: tuple[ThemeStatus, ...]
    reviewers: tuple[ReviewerStatus, ...]
    stale: tuple[Stale, ...]
    again: int  # comments decided whole before the codebook got a theme that nobody has looked at in them
    again_blind: int  # of those, decided blind
    notes: tuple[str, ...]

    @property
    def more(self) -> int:
        """Random reviews until every theme is as narrow as wanted."""
        return max((theme.more for theme in self.themes), default=0)


def review_status(
    comments: "pd.DataFrame",
    codebook: Codebook,
    codebook_path: "Path",
    *,
    project: str,
    half_width: float = 0.02,
    suggestions: "Suggestions | None" = None,
) -> Status:
    """Count what the decisions say of a project's comments.

    Args:
        comments: `tables.COMMENTS`, all received.
        half_width: the wanted precision of a share, as a share (0.02: plus or minus 2 points).
        suggestions: the last coding where its probabilities are calibrated; what the model expects of the
            comments that nobody read narrows the intervals.
    """
    stored = read_decisions(codebook_path)
    here = analysed(comments)
    texts = dict(zip(here["comment_id"], here["text"], strict=True))
    record = Record(stored.decisions, codebook, project, texts)
    scope = codebook.theme_ids
    names = sorted({d.reviewer for d in stored.decisions if d.project == project})
    touched = [c for c in record.comment_ids if record.reviewers(c)]
    decided = [c for c in touched if any(record.complete(c, r, scope) for r in names)]
    again = [c for c in record.comment_ids if record.unseen(c, scope) and record.whole_by(c)]
    return Status(
        analysed=len(here),
        decided=len(decided),
        partly=len(touched) - len(decided),
        disputed=sum(bool(record.differing(c, scope)) for c in touched),
        themes=tuple(
            _theme(record, theme.id, theme.short, list(texts), half_width, suggestions)
            for theme in codebook.active
        ),
        reviewers=tuple(
            _reviewer(record, stored.decisions, name, project, texts) for name in names
        ),
        stale=_stale(record, comments),
        again=len(again),
        again_blind=sum(any(record.was_whole(c, r, mode="blind") for r in names) for c in again),
        notes=stored.notes,
    )


def _theme(
    record: Record,
    theme_id: str,
    name: str,
    ids: "Sequence[str]",
    half_width: float,
    suggestions: "Suggestions | None",
) -> ThemeStatus:
    carries = np.zeros(len(ids), dtype=np.bool_)
    judged, drawn = carries.copy(), carries.copy()
    since: list[str] = []
    for number, comment_id in enumerate(ids):
        verdict = record.stands(comment_id, theme_id)
        since.append("")
        if verdict is not None:
            carries[number], judged[number] = verdict.present, True
            drawn[number] = record.chosen_before(comment_id, theme_id) == "random"
            since[number] = record.known_since(comment_id, theme_id)
    tally = record.tally(theme_id)
    found: tuple[float | None, float | None, float | None] = (None, None, None)
    more = int(reviews_needed(tally.present, tally.judged, len(ids), half_width))
    if drawn.any() or judged.all():
        expected = np.full(len(ids), np.nan)
        if suggestions is not None:
            for number, comment_id in enumerate(ids):
                one = suggestions.of(comment_id, theme_id)
                expected[number] = one.probability if one is not None else np.nan
        order = np.unique(since, return_inverse=True)[1].astype(np.int64)
        estimate = share(carries, judged, drawn, expected, order=order)
        if estimate.has_interval:
            found = (estimate.value, estimate.low, estimate.high)
            more = _more(estimate, judged, drawn, half_width)
        else:
            found = (float(carries[drawn].mean()), None, None)
    return ThemeStatus(
        theme_id,
        name,
        int(judged.sum()),
        int((carries & judged).sum()),
        int(drawn.sum()),
        int((carries & drawn).sum()),
        *found,
        more,
    )


def _more(estimate: Estimate, judged: "Bools", drawn: "Bools", half_width: float) -> int:
    """Random reviews until the interval is as narrow as wanted, if each tells as much as those so far."""
    half = (estimate.high - estimate.low) / 2
    if half <= half_width:
        return 0
    n, pool = int(drawn.sum()), int((~judged | drawn).sum())
    weight = (pool / len(judged)) ** 2

    def size(reviews: int) -> float:
        return 1 / (weight * max(1 / reviews - 1 / pool, 1e-12))

    effective = _effective(estimate.value, half)
    gain = effective / size(n)
    low, high = n + 1, pool
    while low < high:
        middle = (low + high) // 2
        least, most = wilson(estimate.value, gain * size(middle))
        if (float(most) - float(least)) / 2 > half_width:
            low = middle + 1
        else:
            high = middle
    return max(0, low - n)


def _effective(value: float, half: float) -> float:
    """The sample size at which Wilson's interval has this half width."""
    low, high = 1.0, 1e12
    for _ in range(100):
        middle = (low * high) ** 0.5
        least, most = wilson(value, middle)
        if (float(most) - float(least)) / 2 > half:
            low = middle
        else:
            high = middle
    return high


def _reviewer(
    record: Record, decisions: "Sequence[Decision]", name: str, project: str, texts: dict[str, str]
) -> ReviewerStatus:
    own = drop_undone(d for d in decisions if d.reviewer == name and d.project == project)
    said = {c: record.verdicts(c, name) for c in record.comment_ids if record.verdicts(c, name)}
    moments = sorted({d.decided_at for d in own if d.chosen != "listed"})
    gaps = [
        gap
        for a, b in pairwise(moments)
        if (gap := (datetime.fromisoformat(b) - datetime.fromisoformat(a)).total_seconds()) < PAUSE
    ]
    return ReviewerStatus(
        name,
        len(said),
        sum(any(v.mode == "blind" for v in verdicts.values()) for verdicts in said.values()),
        sum(any(v.mode == "assisted" for v in verdicts.values()) for verdicts in said.values()),
        sum(any(v.chosen == "random" for v in verdicts.values()) for verdicts in said.values()),
        len({d.comment_id for d in own if d.adjudicates}),
        sum(word_count(texts[c]) for c in said if c in texts),
        median(gaps) if len(gaps) >= 3 else None,
        max((d.decided_at for d in own), default=""),
    )


def _stale(record: Record, comments: "pd.DataFrame") -> tuple[Stale, ...]:
    now = dict(zip(comments["comment_id"], comments["status"], strict=True))
    reasons = dict(zip(comments["comment_id"], comments["reason"], strict=True))
    found = []
    for comment_id, decisions in sorted(record.stale.items()):
        again = set(record.reviewers(comment_id))  # who decided the text as it is now
        stands = [d for d in drop_undone(decisions) if d.reviewer not in again]
        if not stands:
            continue
        if comment_id not in now:
            what = "no longer in the project"
        elif now[comment_id] != "analysed":
            what = f"not analysed ({reasons[comment_id]})"
        else:
            what = "its text changed since"
        found.append(Stale(comment_id, what, tuple(sorted({d.reviewer for d in stands}))))
    return tuple(found)
