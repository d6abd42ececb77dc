"""From a project and a codebook to a session that is ready to show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from coder.codebook import Codebook
from coder.decisions import (
    Decision,
    DecisionLog,
    Draw,
    check_reviewer,
    decisions_folder,
    drawn_ids,
    model_labels,
    read_decisions,
)
from coder.errors import CoderError, command, option
from coder.label_files import COLUMNS_WITHOUT_TEXT
from coder.project import Project
from coder.reviewing.assigning.assigned_work import read_assigned_work
from coder.reviewing.assigning.claims import ClaimBook, SessionClaims
from coder.reviewing.context import ReviewContext
from coder.reviewing.copies import Copies, find_copies
from coder.reviewing.mode import ReviewMode, check_mode
from coder.reviewing.news import Beside, open_beside
from coder.reviewing.queue import (
    FixedQueue,
    MixedQueue,
    OneThemeQueue,
    Pick,
    Queue,
    SampleQueue,
    StartQueue,
    UnclaimedQueue,
    in_dispute,
    lane_of,
    second_coding,
    to_look_at_again,
)
from coder.reviewing.random_order import drawn_sample, plan_sample, record_sample
from coder.reviewing.record import Record
from coder.reviewing.screen.writer import DecisionWriter
from coder.reviewing.session import Session
from coder.reviewing.suggestions import Suggestions
from coder.reviewing.training.mixed_gold import gold_queue, split_store, with_gold
from coder.reviewing.watching import DecisionWatcher
from coder.tables import ADDED_BY_READING, analysed, own_columns
from coder.text import count

if TYPE_CHECKING:
    import pandas as pd

AT_START = "leave at any time with q: the same command goes on where you were"
ASSISTED_SAMPLE = "suggestions are shown, so estimates can be biased towards the model"


@dataclass(frozen=True)
class OpenReview:
    """A session and what goes on around it.

    Attributes:
        writer: stores the decisions; close it at the end.
        attributes: columns that describe the respondents.
        others: reads what anybody wrote since it was called last.
        has_labels: the project has been coded.
        notes: what to tell the reviewer at the beginning.
        beside: remarks, and what else happens beside the session.
    """

    session: Session
    writer: DecisionWriter
    attributes: tuple[str, ...]
    others: Callable[[], Sequence[Decision]]
    has_labels: bool
    notes: tuple[str, ...]
    beside: Beside


def open_session(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    reviewer: str,
    mode: ReviewMode,
) -> OpenReview:
    """Read and check everything that a review needs.

    Args:
        codebook_path: the file of `codebook`; the decisions are stored beside it.

    Raises:
        CoderError: there is no such theme, nothing to review, the reviewer's name cannot be
            used, a decision file or a sample file was changed, or options contradict each
            other.
    """
    check_reviewer(reviewer)
    mode = check_mode(mode, codebook)
    comments = comments_to_review(project)
    # First: what is written from now on is read later.
    others = DecisionWatcher(codebook_path)
    stored = read_decisions(codebook_path)
    name = project.settings().name
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    order = drawn_sample(project.folder, comments, mode.seed)
    log = DecisionLog(codebook_path, reviewer, codebook)
    log.begin()
    draws = record_draw(stored.draws, codebook_path, codebook, name, order, mode)
    drawn = drawn_ids(draws, name, list(texts))
    record = Record(stored.decisions, codebook, name, texts, stored.states, drawn)
    work = read_assigned_work(codebook_path, name, record, codebook, texts)
    asked, mode = mode, work.mode(reviewer, mode)
    context = ReviewContext(codebook, record, name, reviewer, mode)
    context = with_gold(context, codebook_path, texts)
    suggestions = _shown_suggestions(project, codebook, mode)
    at_work = reviewers_at_work(stored.decisions, name, codebook_path)
    writer = DecisionWriter(split_store(log, codebook_path, context.mixed))
    claims = _begin_claims(writer, ClaimBook(log.path.parent, reviewer, name))
    usual = make_queue(context, order, suggestions, at_work)
    unclaimed = without_claimed(usual, context, claims)
    queue = gold_queue(context, work.queue(context, unclaimed, asked))
    copies = _copies(mode, comments)
    session = Session(
        context, comments, queue, writer, suggestions=suggestions, copies=copies
    )
    if session.pick is None and mode.kind in ("sample", "double", "adjudicate"):
        writer.close()
        raise nothing_left(context, project.folder, codebook_path)
    beside = open_beside(context, codebook_path)
    notes = _notes_at_start(context, order) + beside.notes + stored.notes
    return OpenReview(
        session=session,
        writer=writer,
        attributes=attributes_shown(project, comments),
        others=partial(_news, claims, others),
        has_labels=suggestions is not None,
        notes=work.notes(context, asked) + notes,
        beside=beside,
    )


def _shown_suggestions(
    project: Project, codebook: Codebook, mode: ReviewMode
) -> Suggestions | None:
    """The last coding, where the reviewer sees it."""
    if mode.blind:
        return None
    return read_suggestions(project, codebook)


def _begin_claims(writer: DecisionWriter, book: ClaimBook) -> SessionClaims:
    """The claims of a session, which end with its writer."""
    claims = SessionClaims(book, writer.put_off)
    writer.at_end = claims.end
    return claims


def _news(
    claims: SessionClaims, others: Callable[[], list[Decision]]
) -> list[Decision]:
    """What others decided, after a look at what they have in hand."""
    claims.refresh()
    return others()


def without_claimed(
    queue: Queue, context: ReviewContext, claims: SessionClaims
) -> Queue:
    """The queue without what others have in hand, where one decision on a comment is enough."""
    mode, record = context.mode, context.record
    if mode.kind in ("double", "adjudicate"):
        return queue
    if mode.kind == "sample" and not mode.start:
        return queue
    enough: Literal["", "blind"] = "blind" if mode.start else ""

    def is_open(pick: Pick) -> bool:
        return not record.complete_by_anyone(pick.comment_id, pick.scope, mode=enough)

    def is_decided(pick: Pick) -> bool:
        return context.is_complete(pick.comment_id, pick.scope)

    return UnclaimedQueue(queue, claims, is_open=is_open, is_decided=is_decided)


def record_draw(
    draws: Sequence[Draw],
    codebook_path: Path,
    codebook: Codebook,
    project: str,
    order: Sequence[str],
    mode: ReviewMode,
) -> tuple[Draw, ...]:
    """The stored draws, with that of this session where it reviews a sample."""
    if mode.sample is None:
        return tuple(draws)
    theme_ids: tuple[str, ...] = ()
    if mode.theme is not None:
        theme_ids = (mode.theme,)
    planned = plan_sample(
        codebook,
        project,
        order,
        mode.sample,
        mode.seed,
        theme_ids,
    )
    return (*draws, record_sample(codebook_path, planned))


def comments_to_review(project: Project) -> "pd.DataFrame":
    """The comments that are analysed.

    Raises:
        CoderError: there are none.
    """
    comments = analysed(project.comments)
    if comments.empty:
        raise CoderError(
            f"{project.folder}: no comments to review, all are excluded",
            "The reasons are in its ledger.csv.",
        )
    return comments


def _copies(mode: ReviewMode, comments: "pd.DataFrame") -> dict[str, Copies]:
    """Copies, where one decision may count for several comments."""
    if mode.kind in ("double", "adjudicate"):
        return {}
    return find_copies(comments)


def attributes_shown(project: Project, comments: "pd.DataFrame") -> tuple[str, ...]:
    """The columns that describe a respondent; source and question where there are several."""
    settings = project.settings()
    attributes = settings.attributes
    if not attributes:
        unused = settings.dropped.union(ADDED_BY_READING)
        attributes = tuple(name for name in own_columns(comments) if name not in unused)
    if comments["source"].nunique() > 1:
        attributes = ("source", *attributes)
    if comments["question"].nunique() > 1:
        attributes = ("question", *attributes)
    return attributes


def _notes_at_start(context: ReviewContext, order: Sequence[str]) -> tuple[str, ...]:
    if context.mode.start:
        return (AT_START,)
    if context.mode.sample is not None and not context.blind:
        return (ASSISTED_SAMPLE,)
    return _waiting_notes(context, order)


def _waiting_notes(context: ReviewContext, order: Sequence[str]) -> tuple[str, ...]:
    """Comments that a changed codebook asks about again, and that this session leaves to another
    one.

    What the reviewer decided blind is asked again blind, and the other way round.
    """
    if context.kind != "mixed":
        return ()
    blind = not context.blind
    waiting = len(to_look_at_again(context, order, blind=blind))
    if not waiting:
        return ()
    decided = "with suggestions"
    how = f"without {option('blind')}"
    if blind:
        decided = "blind"
        how = f"with {option('blind')}"
    return (
        f"{count(waiting, 'comment')} that you decided {decided} {_wait(waiting)} for a new theme: "
        f"start a review {how}",
    )


def _wait(number: int) -> str:
    if number == 1:
        return "waits"
    return "wait"


def make_queue(
    context: ReviewContext,
    order: tuple[str, ...],
    suggestions: Suggestions | None,
    at_work: set[str],
) -> Queue:
    """The comments that a session shows, in the order that its mode asks for.

    Args:
        order: the random order (see `random_order.drawn_sample`).
        at_work: who decides comments of the project.
    """
    mode = context.mode
    if mode.adjudicate:
        return FixedQueue(context, in_dispute(context, order))
    if mode.double is not None:
        picks = second_coding(context, order, share=mode.double, seed=mode.seed)
        return FixedQueue(context, picks)
    if mode.sample is not None:
        make_queue = StartQueue if mode.start else SampleQueue
        return make_queue(context, order, mode.sample)
    if mode.theme is not None:
        if mode.blind:
            return MixedQueue(context, order)
        return OneThemeQueue(context, mode.theme, order, suggestions)
    return MixedQueue(
        context,
        order,
        suggestions=suggestions,
        lane=lane_of(context.reviewer, at_work),
        again=to_look_at_again(context, order, blind=mode.blind),
    )


def reviewers_at_work(
    decisions: Sequence[Decision], project: str, codebook_path: Path
) -> set[str]:
    """Who decides comments of a project on the screen, and who has just started."""
    locks = decisions_folder(codebook_path).glob("*.lock")
    started = {path.stem for path in locks} - {d.reviewer for d in decisions}
    return started | {
        d.reviewer for d in decisions if d.project == project and d.chosen != "listed"
    }


def nothing_left(
    context: ReviewContext, folder: Path, codebook_path: Path
) -> CoderError:
    """Why a sample, a second coding or an adjudication has no comment to show."""
    mode = context.mode
    if mode.adjudicate:
        return _no_dispute_left(context)
    if mode.double is None:
        return CoderError(
            f"the sample of {mode.sample or 0:,} is decided",
            f"Draw more with a larger {option('sample')}.",
        )
    record = context.record
    reviewers = {
        r for comment_id in record.comment_ids for r in record.reviewers(comment_id)
    }
    if reviewers <= {context.reviewer}:
        return CoderError(
            "nobody else has decided anything yet",
            "A second coding needs a first one: ask another reviewer to start.",
        )
    compare = command("agree", folder, option("codebook", str(codebook_path)))
    return CoderError(
        "the chosen share is coded a second time",
        f"Compare the two codings: {compare}",
    )


def _no_dispute_left(context: ReviewContext) -> CoderError:
    record, theme_ids = context.record, context.codebook.theme_ids
    disputed = sum(bool(record.differing(c, theme_ids)) for c in record.comment_ids)
    if not disputed:
        return CoderError(
            "no comment is in dispute", "Reviewers agree wherever two of them decided."
        )
    return CoderError(
        f"{context.reviewer} has settled everything; {count(disputed, 'comment')} "
        "still in dispute, because adjudicators differ",
        "Ask another adjudicator to settle them.",
    )


def read_suggestions(project: Project, codebook: Codebook) -> Suggestions | None:
    """The last coding of a project; None where there is none, or none of a theme of this
    codebook.
    """
    if not project.has_labels:
        return None
    blocks = (
        model_labels(block, codebook)
        for block in project.label_blocks(COLUMNS_WITHOUT_TEXT)
    )
    run = project.last_run("apply") or {}
    suggestions = Suggestions(blocks, codebook, str(run.get("model_fingerprint", "")))
    if np.isnan(suggestions.probability).all():
        return None
    return suggestions
