"""Assign comments to reviewers by a plan, and take assignments back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coder import files
from coder.engine import Progress, silent
from coder.errors import CoderError, did_you_mean, option
from coder.text import count, name_some, word_count
from coder.workflow.paths import path_from
from coder.workflow.review import ReviewTarget, open_review_target
from coder.workflow.target import Columns

if TYPE_CHECKING:
    from coder.decisions import Assignment, Draw
    from coder.project import Project
    from coder.reviewing.assigning.plans import Plan

YAML_SUFFIXES = (".yaml", ".yml")
SECONDS_FOR_LOCK = 30.0


class AssignedPart(NamedTuple):
    """What one reviewer gets, or has taken back.

    Attributes:
        second: of the comments, those to be judged blind after somebody else.
        words: of all of them; `hours` they take at the reviewer's pace.
        decided: comments of a part taken back that the reviewer had decided; these decisions
            are kept.
    """

    reviewer: str
    comments: int
    second: int
    words: int
    hours: float
    due: str
    decided: int = 0


@dataclass(frozen=True)
class AssignOutcome:
    """What was assigned or taken back.

    Attributes:
        name: of the plan.
        is_new: False where the plan was carried out before, and nothing changed.
        withdrawn: the parts were taken back.
        notes: what to tell of the comments.
    """

    target: ReviewTarget
    name: str
    parts: tuple[AssignedPart, ...]
    is_new: bool
    withdrawn: bool = False
    notes: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        facts = {
            "plan": self.name,
            "is_new": self.is_new,
            "withdrawn": self.withdrawn,
            "parts": [part._asdict() for part in self.parts],
            "notes": list(self.notes),
        }
        return self.target.reading_facts() | facts


def assign(
    target: "Project | Path | str",
    codebook: Path | str,
    plan: Path | str,
    columns: Columns | None = None,
    *,
    progress: Progress = silent,
) -> AssignOutcome:
    """Deal comments out as a plan says, and write that down beside the codebook.

    The same plan again changes nothing, a later one adds.

    Args:
        target, codebook, columns: as `workflow.review.review`.
        plan: a YAML file or a table (see `coder.reviewing.assigning.plans`).

    Raises:
        CoderError: the plan is at fault or nothing is left to assign; or an input is.
    """
    path = path_from(plan, "the plan", "Give the path of a YAML or CSV file.")
    opened = open_review_target(target, codebook, columns, progress)
    with _alone(opened.codebook_path):
        desk = _AssigningDesk(opened)
        if path.suffix.lower() not in YAML_SUFFIXES:
            return desk.assign_table(path)
        from coder.reviewing.assigning.plans import read_plan

        read = read_plan(path)
        if read.withdraw:
            return desk.withdraw(path, read)
        return desk.assign_plan(path, read)


@contextmanager
def _alone(codebook_path: Path) -> Iterator[None]:
    """Two leads who assign at the same time would deal the same comments out."""
    from coder.decisions import Assignment, decisions_folder

    folder = decisions_folder(codebook_path) / Assignment.folder
    try:
        with files.hold_lock(folder / "assign.lock", SECONDS_FOR_LOCK):
            yield
    except TimeoutError as error:
        raise CoderError(
            f"{folder}: somebody else is assigning comments now",
            "Run the command again when they are done.",
        ) from error


class _Chosen(NamedTuple):
    """The comments that a plan deals out.

    Attributes:
        draw: to be written down; None where they are no random sample.
    """

    comment_ids: Sequence[str]
    draw: "Draw | None"
    is_random: bool
    notes: tuple[str, ...] = ()


class _AssigningDesk:
    """The project and what was assigned and decided in it."""

    def __init__(self, opened: ReviewTarget) -> None:
        from coder.decisions import (
            Assignment,
            decisions_folder,
            read_decisions,
            read_documents,
            standing_assignments,
        )
        from coder.reviewing.progress.status import median_seconds
        from coder.reviewing.record import Record
        from coder.tables import analysed

        self._opened = opened
        self._name = opened.project.settings().name
        self._comments = analysed(opened.project.comments)
        ids, texts = self._comments["comment_id"], self._comments["text"]
        self._texts: Mapping[str, str] = dict(zip(ids, texts, strict=True))
        stored = read_decisions(opened.codebook_path)
        self._record: Record = Record(
            stored.decisions, opened.codebook, self._name, self._texts, stored.states
        )
        self._own = [d for d in stored.decisions if d.project == self._name]
        self._median_seconds = median_seconds
        self._folder = decisions_folder(opened.codebook_path)
        documents = read_documents(self._folder, Assignment)
        self._standing = standing_assignments(documents, self._name)

    def assign_plan(self, path: Path, plan: "Plan") -> AssignOutcome:
        """Deal out what a plan asks for."""
        from coder.decisions import Share
        from coder.reviewing.assigning.dealing import deal

        earlier = self._earlier(plan.request)
        if earlier is not None:
            return self._outcome(earlier, is_new=False)
        theme_ids = self._theme_ids(path, plan)
        chosen = self._choose(path, plan, theme_ids)
        shares = []
        for part in deal(chosen.comment_ids, plan.weights, plan.twice, plan.seed):
            share = Share(
                reviewer=part.reviewer,
                comment_ids=part.comment_ids,
                second=part.second,
                due=plan.due_date,
            )
            shares.append(share)
        dealt = {
            "request": plan.request,
            "shares": shares,
            "blind": plan.blind,
            "theme_id": plan.theme,
            "chosen": "random" if chosen.is_random else "targeted",
        }
        return self._store(plan.name, dealt, chosen)

    def assign_table(self, path: Path) -> AssignOutcome:
        """Assign what a table says."""
        from coder.codebook import fingerprint_of
        from coder.decisions import Share
        from coder.reviewing.assigning.plans import read_plan_table

        shares = []
        for reviewer, part in read_plan_table(path, self._texts).items():
            share = Share(
                reviewer=reviewer,
                comment_ids=tuple(part.comment_ids),
                second=tuple(part.second),
                due=part.due,
            )
            shares.append(share)
        listed = [share.model_dump(mode="json") for share in shares]
        request = fingerprint_of({"table": listed})
        earlier = self._earlier(request)
        if earlier is not None:
            return self._outcome(earlier, is_new=False)
        everything = _Chosen((), None, is_random=False)
        dealt = {"request": request, "shares": shares}
        return self._store(files.stem_of(path), dealt, everything)

    def withdraw(self, path: Path, plan: "Plan") -> AssignOutcome:
        """Take assignments back; what was decided of them stays decided."""
        from coder.decisions import Assignment, store_document

        found = {
            assignment_id: one
            for assignment_id, one in self._standing.items()
            if one.name == plan.withdraw
        }
        if not found:
            names = sorted({one.name for one in self._standing.values()})
            raise CoderError(
                f"{path}: withdraw: no assignment of a plan {plan.withdraw!r} stands",
                did_you_mean(plan.withdraw, names),
            )
        everybody = {s.reviewer for one in found.values() for s in one.shares}
        for reviewer in plan.reviewers:
            if reviewer not in everybody:
                raise CoderError(
                    f"{path}: reviewers: {reviewer!r} has no part in {plan.withdraw!r}",
                    did_you_mean(reviewer, sorted(everybody)),
                )
        parts: list[AssignedPart] = []
        for assignment_id, one in found.items():
            wanted = set(plan.reviewers) or everybody
            parts += self._parts(one, wanted)
            withdrawal = Assignment(
                project=self._name,
                name=one.name,
                withdraws=assignment_id,
                withdrawn=plan.reviewers,
            )
            store_document(self._folder, withdrawal)
        return AssignOutcome(
            self._opened, plan.withdraw, tuple(parts), is_new=True, withdrawn=True
        )

    # ------------------------------------------------------------ which comments

    def _choose(self, path: Path, plan: "Plan", theme_ids: Sequence[str]) -> _Chosen:
        if isinstance(plan.comments, tuple):
            unknown = [each for each in plan.comments if each not in self._texts]
            if unknown:
                raise CoderError(
                    f"{path}: comments: the project analyses no {name_some(unknown)}",
                    did_you_mean(unknown[0], self._texts),
                )
            return _Chosen(plan.comments, None, is_random=False)
        return self._in_random_order(path, plan, theme_ids)

    def _in_random_order(
        self, path: Path, plan: "Plan", theme_ids: Sequence[str]
    ) -> _Chosen:
        """The next comments of the random order that are neither assigned nor decided."""
        from coder.reviewing.random_order import drawn_sample, plan_sample

        folder = self._opened.project.folder
        order = drawn_sample(folder, self._comments, plan.seed)
        assigned = self._assigned(plan.theme)
        scope = theme_ids or self._opened.codebook.theme_ids
        free = []
        for comment_id in order:
            is_decided = self._record.complete_by_anyone(comment_id, scope)
            if comment_id not in assigned and not is_decided:
                free.append(comment_id)
        if not free:
            raise CoderError(
                f"{path}: all {count(len(order), 'comment')} are assigned or decided",
                f"How far they are: {self._opened.command('review', option('status'))}",
            )
        if plan.draw is None:
            return _Chosen(free, None, is_random=True, notes=_left_out(order, free))
        chosen = free[: plan.draw]
        size = order.index(chosen[-1]) + 1
        draw = plan_sample(
            self._opened.codebook, self._name, order, size, plan.seed, theme_ids
        )
        notes = [f"they are among the first {size:,} of the random order"]
        if len(chosen) < plan.draw:
            notes.append(f"only {len(chosen):,} were left to draw")
        return _Chosen(chosen, draw, is_random=True, notes=tuple(notes))

    def _assigned(self, theme_id: str) -> set[str]:
        assigned: set[str] = set()
        for one in self._standing.values():
            if one.theme_id == theme_id:
                for share in one.shares:
                    assigned.update(share.comment_ids)
        return assigned

    def _theme_ids(self, path: Path, plan: "Plan") -> tuple[str, ...]:
        theme_ids = self._opened.codebook.theme_ids
        if not plan.theme:
            return ()
        if plan.theme not in theme_ids:
            raise CoderError(
                f"{path}: theme: the codebook has no theme {plan.theme!r}",
                did_you_mean(plan.theme, theme_ids),
            )
        return (plan.theme,)

    # ------------------------------------------------------------ what is written down

    def _earlier(self, request: str) -> "Assignment | None":
        """The assignment that stands for the same request."""
        for one in self._standing.values():
            if one.request == request:
                return one
        return None

    def _store(
        self, name: str, dealt: Mapping[str, Any], chosen: _Chosen
    ) -> AssignOutcome:
        from coder.decisions import Assignment, store_document
        from coder.reviewing.random_order import record_sample

        assignment = Assignment(project=self._name, name=name, **dealt)
        # The draw first: where the program is ended between, the plan can be given again.
        if chosen.draw is not None:
            record_sample(self._opened.codebook_path, chosen.draw)
        store_document(self._folder, assignment)
        return self._outcome(assignment, is_new=True, notes=chosen.notes)

    def _outcome(
        self, assignment: "Assignment", *, is_new: bool, notes: tuple[str, ...] = ()
    ) -> AssignOutcome:
        everybody = {share.reviewer for share in assignment.shares}
        parts = tuple(self._parts(assignment, everybody))
        return AssignOutcome(
            self._opened, assignment.name, parts, is_new=is_new, notes=notes
        )

    def _parts(
        self, assignment: "Assignment", reviewers: set[str]
    ) -> Iterator[AssignedPart]:
        from coder.reviewing.assigning.workload import (
            SECONDS_A_COMMENT,
            SECONDS_AN_HOUR,
        )

        scope = self._opened.codebook.theme_ids
        if assignment.theme_id:
            scope = (assignment.theme_id,)
        for share in assignment.shares:
            if share.reviewer not in reviewers:
                continue
            own = [d for d in self._own if d.reviewer == share.reviewer]
            seconds = self._median_seconds(own) or SECONDS_A_COMMENT
            texts = [self._texts.get(each, "") for each in share.comment_ids]
            decided = 0
            for comment_id in share.comment_ids:
                decided += self._record.complete(comment_id, share.reviewer, scope)
            yield AssignedPart(
                reviewer=share.reviewer,
                comments=len(texts),
                second=len(share.second),
                words=sum(map(word_count, texts)),
                hours=len(texts) * seconds / SECONDS_AN_HOUR,
                due=share.due,
                decided=decided,
            )


def _left_out(order: Sequence[str], free: Sequence[str]) -> tuple[str, ...]:
    """What to say of comments that are assigned or decided already."""
    left_out = len(order) - len(free)
    if not left_out:
        return ()
    return (
        f"{count(left_out, 'comment')} assigned or decided before left as they are",
    )
