"""Which comments a review sheet contains, and what its page of instructions says about that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.decisions import Draw, LatestAnswers, drawn_ids, latest_answers
from coder.errors import CoderError, command, option
from coder.project import Project
from coder.reviewing.assigning.assigned_work import Task, read_assigned_work
from coder.reviewing.context import ReviewContext
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import nothing_left
from coder.reviewing.queue import in_dispute, second_coding
from coder.reviewing.queue.protocol import Pick
from coder.reviewing.random_order import drawn_sample, plan_sample
from coder.reviewing.record import Record
from coder.text import count

if TYPE_CHECKING:
    import pandas as pd

    from coder.decisions import StoredDecisions


@dataclass(frozen=True)
class Selection:
    """The comments of a sheet.

    Attributes:
        comment_ids: in the order of the rows.
        chosen: how each comment was chosen, where that is known.
        explanation: the same in sentences.
        scopes: in a sheet of disputes, the themes in dispute in each comment.
        draw: to be written down with the sheet; None where the rows are no random sample.
        blind: ids of the comments to be judged without suggestions, whatever the sheet is.
    """

    comment_ids: Sequence[str]
    chosen: Mapping[str, str]
    explanation: tuple[str, ...]
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    draw: Draw | None = None
    blind: frozenset[str] = frozenset()


class SheetSource:
    """What the rows of a sheet are selected from.

    Args:
        comments: `tables.COMMENTS`, those that are analysed; one at least.
        reviewer: whose sheet it is; empty for anybody's.
    """

    def __init__(
        self,
        project: Project,
        codebook: Codebook,
        codebook_path: Path,
        comments: "pd.DataFrame",
        stored: "StoredDecisions",
        reviewer: str,
    ) -> None:
        self._project = project
        self._codebook_path = codebook_path
        self._comments = comments
        self._codebook = codebook
        self._reviewer = reviewer
        self._name = project.settings().name
        self._stored = stored
        self.texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
        self._drawn = drawn_ids(stored.draws, self._name, list(self.texts))

    def select(self, mode: ReviewMode) -> Selection:
        """The rows that a mode asks for; a sample is not written down as drawn yet.

        Raises:
            CoderError: nothing is to be coded a second time, or nothing is in dispute.
        """
        if mode.kind == "mixed":
            comment_ids = self._comments["comment_id"].tolist()
            return Selection(comment_ids, dict.fromkeys(self._drawn, "random"), ())
        context = ReviewContext(
            self._codebook,
            self.record,
            self._name,
            self._reviewer,
            mode,
        )
        if mode.sample is not None:
            return self._sample(context, mode.sample)
        if mode.double is not None:
            return self._second_coding(context, mode.double)
        return self._disputes(context)

    def select_assigned(self) -> Selection:
        """What is assigned to the reviewer and not decided, in the order in which it is due.

        Raises:
            CoderError: there is nothing.
        """
        work = read_assigned_work(
            self._codebook_path,
            self._name,
            self.record,
            self._codebook,
            self.texts,
        )
        chosen: dict[str, str] = {}
        blind: set[str] = set()
        explanation = []
        for task in work.tasks_of(self._reviewer):
            left = work.left(task)
            if task.theme_id or not left:
                continue
            explanation.append(_describe_task(task, len(left)))
            if task.blind:
                blind.update(left)
            for comment_id in left:
                chosen.setdefault(comment_id, task.chosen)
        if not chosen:
            raise CoderError(
                f"nothing is assigned to {self._reviewer} that is not decided",
                f"Who has what: {self._command(option('status'))}. A plan for one theme is "
                f"carried out on the screen: {self._command(f'--reviewer {self._reviewer}')}",
            )
        return Selection(
            list(chosen),
            chosen,
            tuple(explanation),
            blind=frozenset(blind),
        )

    def _command(self, *parts: str) -> str:
        codebook = option("codebook", str(self._codebook_path))
        return command("review", self._project.folder, codebook, *parts)

    def answers(self) -> Mapping[str, LatestAnswers]:
        """What the reviewer decided before, by comment."""
        if not self._reviewer:
            return {}
        return latest_answers(
            self._stored.decisions,
            self._codebook,
            self.texts,
            project=self._name,
            reviewer=self._reviewer,
            states=self._stored.states,
        )

    @cached_property
    def record(self) -> Record:
        """What everybody has decided."""
        return Record(
            self._stored.decisions,
            self._codebook,
            self._name,
            self.texts,
            self._stored.states,
            self._drawn,
        )

    def _order(self, context: ReviewContext) -> tuple[str, ...]:
        seed = context.mode.seed
        return drawn_sample(self._project.folder, self._comments, seed)

    def _sample(self, context: ReviewContext, size: int) -> Selection:
        order = self._order(context)
        drawn = plan_sample(
            self._codebook,
            self._name,
            order,
            size,
            context.mode.seed,
        )
        sample = drawn.comment_ids
        record, scope = context.record, context.scope
        decided = sum(record.complete_by_anyone(c, scope) for c in sample)
        explanation = [
            f"The rows are a random sample: {count(len(sample), 'comment')} drawn from "
            f"{len(order):,}, in the order drawn (seed {context.mode.seed}). Estimates and "
            "their intervals rest on it, so judge every row, also those that are hard. Enter ? "
            "where you cannot tell.",
        ]
        if decided:
            explanation.append(_progress(decided, len(sample)))
        if not context.blind:
            explanation.append(ASSISTED)
        chosen = dict.fromkeys(sample, "random")
        return Selection(sample, chosen, tuple(explanation), draw=drawn)

    def _second_coding(self, context: ReviewContext, share: float) -> Selection:
        if not self._reviewer:
            raise CoderError(
                f"{option('double')}: whose second coding it is must be known",
                f"Name the reviewer: {option('reviewer', 'ben')}",
            )
        seed = context.mode.seed
        order = self._order(context)
        picks = second_coding(context, order, share=share, seed=seed)
        explanation = (
            f"The rows are {count(len(picks), 'comment')} that others have decided, chosen at "
            f"random (seed {seed}), to be coded a second time. What the others decided is not "
            "shown.",
        )
        return self._of_picks(context, picks, explanation)

    def _disputes(self, context: ReviewContext) -> Selection:
        picks = in_dispute(context, self._order(context))
        rows = count(len(picks), "comment")
        explanation = (f"The rows are {rows} on which reviewers differ.",)
        return self._of_picks(context, picks, explanation)

    def _of_picks(
        self,
        context: ReviewContext,
        picks: Sequence[Pick],
        explanation: tuple[str, ...],
    ) -> Selection:
        if not picks:
            folder = self._project.folder
            raise nothing_left(context, folder, self._codebook_path)
        return Selection(
            comment_ids=[pick.comment_id for pick in picks],
            chosen={pick.comment_id: pick.chosen for pick in picks},
            explanation=explanation,
            scopes={pick.comment_id: pick.scope for pick in picks},
        )


def _describe_task(task: Task, left: int) -> str:
    """`40 rows of “week 1”, due 2026-12-01, to be judged without suggestions.`"""
    sentence = f"{count(left, 'row')} of “{task.name}”"
    if task.due:
        sentence += f", due {task.due}"
    if task.blind:
        sentence += ", without suggestions; they count as blind"
    return f"{sentence}."


def _progress(decided: int, drawn: int) -> str:
    missing = drawn - decided
    if not missing:
        return f"All {drawn:,} are decided."
    return f"{decided:,} of {drawn:,} are decided, and {missing:,} are left."


ASSISTED = (
    "The sheet shows what the model suggests. People who see suggestions tend to agree with them, "
    "so estimates from this sample can be biased towards the model. A blind sheet avoids that."
)
