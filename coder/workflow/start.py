"""The first review of a codebook: thirty random comments, then a coding with intervals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import option
from coder.workflow.apply import apply
from coder.workflow.review import (
    ReviewOutcome,
    ReviewTarget,
    Screen,
    StatusOutcome,
    open_review_target,
    review,
    review_status,
)
from coder.workflow.target import Columns

if TYPE_CHECKING:
    from coder.embedding import EncoderChoice
    from coder.project import Project
    from coder.reviewing.mode import ReviewMode
    from coder.workflow.apply import ApplyOutcome


@dataclass(frozen=True)
class StartOutcome:
    """How far the first review is.

    Attributes:
        mode: how the comments are reviewed; `sample` of them.
        reviewer: who reviews, as given; None for the login name.
        left: comments of it that nobody has decided yet.
        session: what was done on the screen; None where nothing was left to decide.
        coding: the coding that learned from the decisions; None while comments are left, or
            where the last one knows all decisions.
        status: every theme with its share and interval; None while comments are left.
    """

    target: ReviewTarget
    mode: "ReviewMode"
    left: int
    reviewer: str | None = None
    session: ReviewOutcome | None = None
    coding: "ApplyOutcome | None" = None
    status: StatusOutcome | None = None

    @property
    def size(self) -> int:
        """How many comments the first review has."""
        return self.mode.sample or 0

    def again(self) -> str:
        """The mark of the command that goes on with it."""
        return self.target.command("review", option("start"), *self.same_options())

    def same_options(self) -> tuple[str, ...]:
        """The marks of the options that a further review needs to be by the same reviewer, in the
        same random order; none where both are the usual ones.
        """
        options = []
        if self.reviewer is not None:
            options.append(option("reviewer", self.reviewer))
        if self.mode.seed:
            options.append(option("seed", str(self.mode.seed)))
        return tuple(options)

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        facts: dict[str, Any] = {"start": {"comments": self.size, "left": self.left}}
        if self.session is not None:
            facts["session"] = self.session.facts()
        if self.coding is not None:
            facts["apply"] = self.coding.facts()
        if self.status is not None:
            facts["status"] = self.status.facts()
        return self.target.reading_facts() | facts


def start_review(
    target: "Project | Path | str",
    codebook: Path | str,
    columns: Columns | None = None,
    screen: Screen | None = None,
    *,
    seed: int = 0,
    progress: Progress = silent,
) -> StartOutcome:
    """Review thirty comments drawn at random, blind; all comments of a project with fewer.

    Several reviewers share them. Where somebody left, the next session goes on; where all are
    decided, no screen is shown. `finish_start` codes the comments then.

    Args:
        target, codebook, columns: as `workflow.review.review`.
        seed: of the random order.

    Raises:
        CoderError: there is no terminal, no comment is analysed, or an input is at fault.
    """
    from coder.reviewing.start import count_left, record_start, start_mode

    opened = open_review_target(target, codebook, columns, progress)
    project, path = opened.project, opened.codebook_path
    mode = start_mode(project, seed)
    screen = screen or Screen()
    left = count_left(project, opened.codebook, path, mode)
    if not left:
        record_start(project, opened.codebook, path, mode)
        return StartOutcome(opened, mode, left, screen.reviewer)
    session = review(
        project,
        path,
        screen.reviewer,
        mode,
        encoder=screen.encoder,
        light=screen.light,
    )
    left = count_left(project, opened.codebook, path, mode)
    return StartOutcome(opened, mode, left, screen.reviewer, session)


def finish_start(
    outcome: StartOutcome,
    *,
    encoder: "EncoderChoice | None" = None,
    progress: Progress = silent,
) -> StartOutcome:
    """Code the comments once the first review is complete, and estimate every theme's share.

    Nothing is coded while comments are left, or where the last coding knows all decisions. The
    options of the last coding hold.

    Args:
        encoder: as `workflow.apply.apply`; None for that of the last coding.

    Raises:
        CoderError: as `workflow.apply.apply`.
    """
    if outcome.left:
        return outcome
    from coder.embedding import EncoderChoice

    target = outcome.target
    project, path = target.project, target.codebook_path
    last_run = project.last_run("apply") or {}
    coding = None
    if encoder in (None, EncoderChoice()):
        encoder = EncoderChoice.of_facts(last_run)
    if not _knows_all(last_run, target):
        coding = apply(
            project,
            path,
            opinion=bool(last_run.get("opinion", True)),
            encoder=encoder,
            seed=int(last_run.get("seed", 0)),
            progress=progress,
        )
    status = review_status(project, path)
    return replace(outcome, coding=coding, status=status)


def _knows_all(last_run: Mapping[str, Any], target: ReviewTarget) -> bool:
    """Whether a coding was made of these comments, with this codebook and all its decisions."""
    from coder.decisions import take_witness

    project = target.project
    if not last_run or not project.has_labels:
        return False
    if last_run.get("codebook_fingerprint") != target.codebook.fingerprint:
        return False
    if last_run.get("comments_fingerprint") != project.comments_fingerprint():
        return False
    decisions = last_run.get("decisions", {}).get("files")
    return bool(decisions == take_witness(target.codebook_path).facts()["files"])
