"""How far a review is: what is decided by theme and by reviewer, and what does not count any
more.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coder.codebook import Codebook
from coder.decisions import (
    Decision,
    Verdict,
    drawn_ids,
    drop_undone,
    read_decisions,
)
from coder.reviewing.assigning.assigned_work import read_assigned_work
from coder.reviewing.assigning.workload import Workload, workloads
from coder.reviewing.progress.theme_status import ThemeStatus, theme_status
from coder.reviewing.record import Record
from coder.reviewing.suggestions import theme_and_position_keys
from coder.statistics.domains import estimate_rows
from coder.statistics.reviewed_comments import (
    ReviewedComments,
    Reviews,
    read_reviews,
    review_comments,
)
from coder.tables import ANALYSED, analysed
from coder.text import word_count

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

PAUSE = 300.0  # seconds between two decisions from which on the reviewer took a break
FEWEST_GAPS = 3  # needed for a median time


class ReviewerStatus(NamedTuple):
    """One reviewer's work in this project, on the screen and in tables.

    Attributes:
        comments, blind, assisted, random, adjudicated: comments decided, and decided in that way.
        seconds: median time between a decision on the screen and the next; None where unknown.
        last: when the reviewer last decided something.
        front_ends: number of decisions made on the terminal, the page and in tables; those of
            earlier versions do not say so.
    """

    reviewer: str
    comments: int
    blind: int
    assisted: int
    random: int
    adjudicated: int
    words: int
    seconds: float | None
    last: str
    front_ends: Mapping[str, int]


class StaleComment(NamedTuple):
    """A decided comment that is not what it was: changed, gone, or not analysed any more."""

    comment_id: str
    what: str
    reviewers: tuple[str, ...]

    @property
    def is_excluded(self) -> bool:
        """Whether it is in the project and not analysed."""
        return self.what.startswith("not analysed")


class SampleStatus(NamedTuple):
    """How far a random draw is decided. Numbers are of comments.

    Attributes:
        kind, seed, theme_ids: of the draw (see `decisions.Draw`).
        drawn: those of the draw, `decided` those judged on every theme that it was made for.
        unsure: of the decided, those with a theme for which somebody could not tell.
        missing: those not decided yet.
        not_blind: those decided by somebody who may have seen the model's suggestions.
        leaves_out: those added later, which it could not have drawn.
        is_usable: estimates rest on it.
    """

    kind: str
    seed: int | None
    theme_ids: tuple[str, ...]
    drawn: int
    decided: int
    unsure: int
    missing: int
    not_blind: int
    leaves_out: int
    is_usable: bool


class Status(NamedTuple):
    """How far a review is. Numbers are of comments.

    Attributes:
        decided: those in which one reviewer judged every theme.
        partly: those in which only some themes were judged.
        disputed: those that reviewers judged differently.
        again: decided before the codebook got a theme that nobody has judged in them.
        again_blind: of those, decided blind.
        notes: what to tell the user about the files of decisions.
        samples: how far each random draw is decided, in the order in which they were made.
        workloads: what is assigned to each reviewer, and how far it is.
    """

    analysed: int
    decided: int
    partly: int
    disputed: int
    themes: tuple[ThemeStatus, ...]
    reviewers: tuple[ReviewerStatus, ...]
    stale: tuple[StaleComment, ...]
    again: int
    again_blind: int
    notes: tuple[str, ...]
    samples: tuple[SampleStatus, ...] = ()
    workloads: tuple[Workload, ...] = ()

    @property
    def more(self) -> int:
        """Random reviews until every theme is known as precisely as wanted."""
        return max((theme.more for theme in self.themes), default=0)


def count_status(
    comments: "pd.DataFrame",
    codebook: Codebook,
    codebook_path: "Path",
    *,
    project: str,
    half_width: float = 0.02,
    labels: "pd.DataFrame | Iterable[pd.DataFrame] | None" = None,
) -> Status:
    """Count what the decisions say of a project's comments.

    Args:
        comments: `tables.COMMENTS`, all received.
        half_width: the precision that is wanted, as a share (0.02: plus or minus 2 points).
        labels: `tables.LABELS` of the model, whole or in blocks of whole comments, where there
            are any; what it expects of the
            comments that nobody reviewed narrows the intervals.
    """
    stored = read_decisions(codebook_path)
    here = analysed(comments)
    texts = dict(zip(here["comment_id"], here["text"], strict=True))
    drawn = drawn_ids(stored.draws, project, list(texts))
    record = Record(stored.decisions, codebook, project, texts, stored.states, drawn)
    own = [decision for decision in stored.decisions if decision.project == project]
    names = sorted({decision.reviewer for decision in own})
    counts = _count_comments(record, codebook.theme_ids, names)
    reviews = read_reviews(stored, comments, codebook, project)
    reviewed = review_comments(
        list(texts),
        theme_and_position_keys(codebook),
        labels,
        reviews,
        codebook,
    )
    comment_ids = np.array(list(texts), dtype=object)
    random_ids = set(comment_ids[np.asarray(reviewed.plan.drawn.any(axis=1))])
    reviewers = tuple(
        _reviewer_status(record, own, name, texts, random_ids) for name in names
    )
    work = read_assigned_work(codebook_path, project, record, codebook, texts)
    paces = {reviewer.reviewer: reviewer.seconds for reviewer in reviewers}
    return Status(
        analysed=len(here),
        decided=counts.decided,
        partly=counts.touched - counts.decided,
        disputed=counts.disputed,
        themes=_theme_status(reviewed, codebook, half_width),
        reviewers=reviewers,
        stale=_stale_comments(record, comments),
        again=counts.again,
        again_blind=counts.again_blind,
        notes=stored.notes,
        samples=_sample_status(reviews, reviewed, list(texts)),
        workloads=workloads(work, texts, paces, date.today()),
    )


def _theme_status(
    reviewed: ReviewedComments,
    codebook: Codebook,
    half_width: float,
) -> tuple[ThemeStatus, ...]:
    everything = np.ones(len(reviewed.audited.value), dtype=np.bool_)
    estimates = estimate_rows(reviewed.audited, everything)
    return tuple(
        theme_status(reviewed, estimates, theme, half_width)
        for theme in codebook.active
    )


def read_sample_status(
    comments: "pd.DataFrame",
    codebook: Codebook,
    codebook_path: "Path",
    project: str,
    *,
    only: str = "",
) -> tuple[SampleStatus, ...]:
    """How far each random draw of a project is decided.

    Args:
        comments: `tables.COMMENTS`, all received.
        only: the id of the one draw that is wanted; empty for all.
    """
    stored = read_decisions(codebook_path)
    if not stored.draws:
        return ()
    reviews = read_reviews(stored, comments, codebook, project)
    if only:
        wanted = tuple(draw for draw in reviews.draws if draw.id == only)
        reviews = replace(reviews, draws=wanted)
    comment_ids = analysed(comments)["comment_id"].tolist()
    keys = theme_and_position_keys(codebook)
    reviewed = review_comments(comment_ids, keys, None, reviews, codebook)
    return _sample_status(reviews, reviewed, comment_ids)


def _sample_status(
    reviews: Reviews,
    reviewed: ReviewedComments,
    comment_ids: Sequence[str],
) -> tuple[SampleStatus, ...]:
    """How far each draw is decided."""
    seen = reviews.judgements["mode"] != "blind"
    not_blind = set(reviews.judgements.loc[seen, "comment_id"])
    samples = []
    for draw, state in zip(reviews.draws, reviewed.plan.states, strict=True):
        members = draw.members(comment_ids)
        samples.append(
            SampleStatus(
                kind=draw.kind,
                seed=draw.seed,
                theme_ids=draw.theme_ids,
                drawn=state.drawn,
                decided=state.decided,
                unsure=state.unsure,
                missing=state.missing,
                not_blind=len(members & not_blind),
                leaves_out=state.leaves_out,
                is_usable=state.is_usable,
            )
        )
    return tuple(samples)


class _CommentCounts(NamedTuple):
    touched: int
    decided: int
    disputed: int
    again: int
    again_blind: int


def _count_comments(
    record: Record,
    scope: tuple[str, ...],
    reviewers: Sequence[str],
) -> _CommentCounts:
    touched = decided = disputed = again = again_blind = 0
    for comment_id in record.comment_ids:
        touched += bool(record.reviewers(comment_id))
        decided += record.complete_by_anyone(comment_id, scope)
        disputed += bool(record.differing(comment_id, scope))
        if record.unseen(comment_id, scope) and record.whole_by(comment_id):
            again += 1
            again_blind += _was_whole_blind(record, comment_id, reviewers)
    return _CommentCounts(touched, decided, disputed, again, again_blind)


def _was_whole_blind(record: Record, comment_id: str, reviewers: Iterable[str]) -> bool:
    return any(record.was_whole(comment_id, name, mode="blind") for name in reviewers)


def _reviewer_status(
    record: Record,
    decisions: Iterable[Decision],
    name: str,
    texts: Mapping[str, str],
    random_ids: Collection[str],
) -> ReviewerStatus:
    standing = drop_undone(
        decision for decision in decisions if decision.reviewer == name
    )
    verdicts = _verdicts_of(record, name)
    return ReviewerStatus(
        reviewer=name,
        comments=len(verdicts),
        blind=sum(_any_in_mode(own, "blind") for own in verdicts.values()),
        assisted=sum(_any_in_mode(own, "assisted") for own in verdicts.values()),
        random=sum(comment_id in random_ids for comment_id in verdicts),
        adjudicated=len({d.comment_id for d in standing if d.adjudicates}),
        words=sum(word_count(texts[c]) for c in verdicts if c in texts),
        seconds=median_seconds(standing),
        last=max((decision.decided_at for decision in standing), default=""),
        front_ends=_front_ends(standing),
    )


def _front_ends(decisions: Iterable[Decision]) -> dict[str, int]:
    places = [decision.front_end for decision in decisions if decision.front_end]
    return dict(Counter(places))


def _verdicts_of(record: Record, reviewer: str) -> dict[str, list[Verdict]]:
    """The reviewer's verdicts by comment, of the comments with any."""
    verdicts = {}
    for comment_id in record.comment_ids:
        own = record.verdicts(comment_id, reviewer)
        if own:
            verdicts[comment_id] = list(own.values())
    return verdicts


def _any_in_mode(verdicts: Iterable[Verdict], mode: str) -> bool:
    return any(verdict.mode == mode for verdict in verdicts)


def median_seconds(decisions: Iterable[Decision]) -> float | None:
    """Median time from a decision on the screen to the next, breaks left out; None where there are
    too few.
    """
    times = {
        decision.decided_at for decision in decisions if decision.chosen != "listed"
    }
    moments = [datetime.fromisoformat(time) for time in sorted(times)]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    without_breaks = [gap for gap in gaps if gap < PAUSE]
    if len(without_breaks) < FEWEST_GAPS:
        return None
    return median(without_breaks)


def _stale_comments(
    record: Record,
    comments: "pd.DataFrame",
) -> tuple[StaleComment, ...]:
    """The comments with decisions on another text that their reviewer has not decided again, by
    id.
    """
    status = dict(zip(comments["comment_id"], comments["status"], strict=True))
    reason = dict(zip(comments["comment_id"], comments["reason"], strict=True))
    stale = []
    for comment_id, decisions in sorted(record.stale.items()):
        decided_again = set(record.reviewers(comment_id))
        authors = {
            decision.reviewer for decision in drop_undone(decisions)
        } - decided_again
        if not authors:
            continue
        what = "its text changed since"
        if comment_id not in status:
            what = "no longer in the project"
        elif status[comment_id] != ANALYSED:
            what = f"not analysed ({reason[comment_id]})"
        stale.append(StaleComment(comment_id, what, tuple(sorted(authors))))
    return tuple(stale)
