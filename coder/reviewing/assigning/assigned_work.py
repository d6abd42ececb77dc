"""What is assigned to each reviewer, and what of it is left."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from coder.codebook import Codebook
from coder.decisions import (
    Assignment,
    decisions_folder,
    read_documents,
    standing_assignments,
)
from coder.reviewing.context import ReviewContext
from coder.reviewing.mode import ReviewMode
from coder.reviewing.queue import AssignedQueue, Chosen, Pick, Queue
from coder.reviewing.record import Record
from coder.text import count

NO_DUE = "9999"  # sorts after every date


class Task(NamedTuple):
    """A part of an assignment that one reviewer does in one way.

    Attributes:
        name: of the plan.
        comment_ids: in the order in which they are to be judged.
        blind: without suggestions.
        theme_id: the one theme to judge, as the codebook calls it now; empty for all.
        due: an ISO date; empty where there is none.
        is_second: somebody else is to judge these comments first.
    """

    reviewer: str
    name: str
    comment_ids: tuple[str, ...]
    blind: bool
    theme_id: str
    chosen: Chosen
    due: str
    is_second: bool

    @property
    def mode(self) -> str:
        """How decisions must have been made to count: blind, or either way where it is empty."""
        if self.blind:
            return "blind"
        return ""


@dataclass(frozen=True)
class AssignedWork:
    """What stands assigned in a project, and what is decided.

    Attributes:
        assignments: those of the project that stand.
        known: ids of the comments that are analysed.
    """

    assignments: tuple[Assignment, ...]
    record: Record
    codebook: Codebook
    known: Container[str]

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks, in the order in which they are to be done."""
        tasks: list[Task] = []
        for assignment in self.assignments:
            tasks += _tasks_of(assignment, self.codebook)
        return tuple(sorted(tasks, key=_urgency))

    def tasks_of(self, reviewer: str) -> list[Task]:
        """One reviewer's tasks, in that order."""
        return [task for task in self.tasks if task.reviewer == reviewer]

    def scope(self, task: Task) -> tuple[str, ...]:
        """Ids of the themes that a task judges."""
        if task.theme_id:
            return (task.theme_id,)
        return self.codebook.theme_ids

    def counted(self, task: Task) -> list[str]:
        """The comments of a task that are still analysed."""
        if task.theme_id and task.theme_id not in self.codebook.theme_ids:
            return []
        return [each for each in task.comment_ids if each in self.known]

    def left(self, task: Task) -> list[str]:
        """The comments of a task that its reviewer has not decided."""
        scope = self.scope(task)
        left = []
        for comment_id in self.counted(task):
            if not self.record.complete(
                comment_id,
                task.reviewer,
                scope,
                mode=task.mode,
            ):
                left.append(comment_id)
        return left

    def mode(self, reviewer: str, asked: ReviewMode) -> ReviewMode:
        """How a session goes: as the reviewer's next task wants it, unless something else was
        asked for.
        """
        if asked.kind != "mixed" or asked.blind:
            return asked
        for task in self.tasks_of(reviewer):
            if self.left(task):
                return replace(asked, blind=task.blind, theme=task.theme_id or None)
        return asked

    def queue(self, context: ReviewContext, usual: Queue, asked: ReviewMode) -> Queue:
        """The reviewer's assigned comments that fit the session, then the usual ones without those
        assigned to others.

        Args:
            asked: the mode that was asked for, before `mode` changed it. Where the two differ,
                and where other tasks wait, the session ends with the assigned comments.
        """
        if context.kind not in ("mixed", "theme"):
            return usual
        picks = self.picks(context, asked)
        elsewhere = self._elsewhere(context)
        if not picks and not elsewhere:
            return usual
        afterwards: Queue | None = usual
        others_wait = self._count_left(context.reviewer) > len(picks)
        if picks and (context.mode != asked or others_wait):
            afterwards = None
        return AssignedQueue(context, picks, afterwards, elsewhere)

    def picks(self, context: ReviewContext, asked: ReviewMode) -> list[Pick]:
        """What is left of the reviewer's tasks that fit a session."""
        picks: dict[str, Pick] = {}
        for task in self.tasks_of(context.reviewer):
            if not self._fits(task, context, asked):
                continue
            left = self.left(task)
            done = len(self.counted(task)) - len(left)
            for number, comment_id in enumerate(left, start=done + 1):
                reason = _reason(task, number, done + len(left))
                pick = Pick(comment_id, task.chosen, reason, self.scope(task))
                picks.setdefault(comment_id, pick)
        return list(picks.values())

    def _fits(self, task: Task, context: ReviewContext, asked: ReviewMode) -> bool:
        """Whether a session judges what a task asks for, and as it asks; blind will always do
        where the reviewer asked for it.
        """
        as_asked = task.blind == context.blind or asked.blind
        return as_asked and task.theme_id == (context.mode.theme or "")

    def _elsewhere(self, context: ReviewContext) -> frozenset[str]:
        """Comments assigned to others and not to this reviewer."""
        own: set[str] = set()
        others: set[str] = set()
        for task in self.tasks:
            if task.theme_id != (context.mode.theme or ""):
                continue
            held = own if task.reviewer == context.reviewer else others
            held.update(task.comment_ids)
        return frozenset(others - own)

    def notes(self, context: ReviewContext, asked: ReviewMode) -> tuple[str, ...]:
        """What to tell the reviewer at the start; nothing where nothing is assigned."""
        picks = self.picks(context, asked)
        if context.kind not in ("mixed", "theme") or not picks:
            return ()
        note = f"{count(len(picks), 'comment')} assigned to you"
        dues = [task.due for task in self.tasks_of(context.reviewer) if task.due]
        if dues:
            note += f", due {min(dues)}"
        if context.blind:
            note += ", blind"
        waiting = self._count_left(context.reviewer) - len(picks)
        if waiting > 0:
            return (f"{note}; {waiting:,} more when you start again after them",)
        if context.mode == asked:
            note += ": they come first"
        return (note,)

    def _count_left(self, reviewer: str) -> int:
        tasks = self.tasks_of(reviewer)
        return sum(len(self.left(task)) for task in tasks)


def read_assigned_work(
    codebook_path: Path,
    project: str,
    record: Record,
    codebook: Codebook,
    texts: Container[str],
) -> AssignedWork:
    """What stands assigned in a project.

    Args:
        texts: holds the ids of the comments that are analysed.

    Raises:
        CoderError: an assignment was edited.
    """
    documents = read_documents(decisions_folder(codebook_path), Assignment)
    assignments = standing_assignments(documents, project)
    return AssignedWork(tuple(assignments.values()), record, codebook, texts)


def _urgency(task: Task) -> tuple[str, bool]:
    """What sorts tasks: those due first; of these, those that allow no suggestions."""
    return task.due or NO_DUE, not task.blind


def _tasks_of(assignment: Assignment, codebook: Codebook) -> Iterable[Task]:
    """The tasks of an assignment: what is judged second is judged blind."""
    theme_id = codebook.current_ids.get(assignment.theme_id, assignment.theme_id)
    for share in assignment.shares:
        second = set(share.second)
        first_ids = [each for each in share.comment_ids if each not in second]
        parts = {False: first_ids, True: list(share.second)}
        for is_second, comment_ids in parts.items():
            if comment_ids:
                yield Task(
                    reviewer=share.reviewer,
                    name=assignment.name,
                    comment_ids=tuple(comment_ids),
                    blind=assignment.blind or is_second,
                    theme_id=theme_id,
                    chosen=assignment.chosen,
                    due=share.due,
                    is_second=is_second,
                )


def _reason(task: Task, number: int, of: int) -> str:
    reason = f"assigned to you, {number:,} of {of:,}"
    if task.due:
        reason += f", due {task.due}"
    return reason
