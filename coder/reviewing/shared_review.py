"""One project and codebook, opened for several reviewers at once.

What is large is held once: the comments, all decisions, the random order, the suggestions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.decisions import Decision, Draw, drawn_ids, read_decisions
from coder.project import Project
from coder.reviewing.assigning.assigned_work import AssignedWork, read_assigned_work
from coder.reviewing.assigning.claims import SessionClaims
from coder.reviewing.comment_texts import CommentTexts
from coder.reviewing.context import ReviewContext
from coder.reviewing.copies import Copies, find_copies
from coder.reviewing.mode import ReviewMode, check_mode
from coder.reviewing.opening import (
    attributes_shown,
    comments_to_review,
    make_queue,
    read_suggestions,
    record_draw,
    reviewers_at_work,
    without_claimed,
)
from coder.reviewing.queue import Queue
from coder.reviewing.random_order import drawn_sample
from coder.reviewing.record import Record
from coder.reviewing.suggestions import Suggestions
from coder.reviewing.training.mixed_gold import gold_queue, with_gold
from coder.reviewing.watching import DecisionWatcher

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class SharedReview:
    """What several reviewers work on.

    Attributes:
        mode: how all review who have nothing assigned.
        comments: `tables.COMMENTS`, those that are analysed.
        order: the random order of the comments.
        suggestions: the last coding; None where there is none.
        copies: the copies of each comment that has any.
        attributes: columns that describe the respondents.
        others: reads what other programs wrote since it was called last.
        at_work: who decides comments of the project.
        notes: on the files of decisions.
    """

    project: Project
    codebook: Codebook
    codebook_path: Path
    name: str
    mode: ReviewMode
    comments: "pd.DataFrame"
    texts: CommentTexts
    order: tuple[str, ...]
    record: Record
    suggestions: Suggestions | None
    copies: Mapping[str, Copies]
    attributes: tuple[str, ...]
    others: DecisionWatcher
    at_work: set[str]
    stored: Sequence[Decision]
    notes: tuple[str, ...]

    def context(self, reviewer: str, mode: ReviewMode) -> ReviewContext:
        """What one reviewer works with, on a page; in the mode of what is assigned to them next.

        Raises:
            CoderError: options contradict each other, there is no such theme, or an assignment
                was edited.
        """
        checked = check_mode(mode, self.codebook)
        own = self.assigned_work().mode(reviewer, checked)
        context = ReviewContext(
            self.codebook,
            self.record,
            self.name,
            reviewer,
            own,
            "page",
        )
        return with_gold(context, self.codebook_path, self.texts.by_id())

    def assigned_work(self) -> AssignedWork:
        """What stands assigned now, as it is written down.

        Raises:
            CoderError: an assignment was edited.
        """
        return read_assigned_work(
            self.codebook_path,
            self.name,
            self.record,
            self.codebook,
            self.texts,
        )

    def queue(self, context: ReviewContext, claims: SessionClaims) -> Queue:
        """The comments that one reviewer is shown: those assigned to them, then the usual ones.

        Args:
            claims: what others have in hand.
        """
        suggestions = self.suggestions
        if context.blind:
            suggestions = None
        usual = make_queue(context, self.order, suggestions, self.at_work)
        unclaimed = without_claimed(usual, context, claims)
        led = self.assigned_work().queue(context, unclaimed, self.mode)
        return gold_queue(context, led)


def open_shared(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    mode: ReviewMode,
) -> SharedReview:
    """Read and check everything that reviewers need.

    Args:
        codebook_path: the file of `codebook`; the decisions are stored beside it.
        mode: how all review; its sample is written down as a random draw.

    Raises:
        CoderError: as `opening.open_session`.
    """
    mode = check_mode(mode, codebook)
    comments = comments_to_review(project)
    # First: what is written from now on is read later.
    others = DecisionWatcher(codebook_path)
    stored = read_decisions(codebook_path)
    name = project.settings().name
    texts = CommentTexts(comments)
    order = drawn_sample(project.folder, comments, mode.seed)
    draws: Sequence[Draw] = record_draw(
        stored.draws,
        codebook_path,
        codebook,
        name,
        order,
        mode,
    )
    drawn = drawn_ids(draws, name, texts.ids)
    record = Record(
        stored.decisions,
        codebook,
        name,
        texts.by_id(),
        stored.states,
        drawn,
    )
    return SharedReview(
        project=project,
        codebook=codebook,
        codebook_path=codebook_path,
        name=name,
        mode=mode,
        comments=comments,
        texts=texts,
        order=order,
        record=record,
        suggestions=read_suggestions(project, codebook),
        copies=find_copies(comments),
        attributes=attributes_shown(project, comments),
        others=others,
        at_work=reviewers_at_work(stored.decisions, name, codebook_path),
        stored=stored.decisions,
        notes=stored.notes,
    )
