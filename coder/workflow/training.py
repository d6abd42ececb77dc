"""Training of reviewers: comments with known answers, apart from all that counts."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import CoderError, option
from coder.reviewing.mode import ReviewMode
from coder.screen.terminal import check_terminal
from coder.workflow.review import ReviewTarget, open_review_target, reviewer_name
from coder.workflow.target import Columns

if TYPE_CHECKING:
    from coder.decisions.training import GoldSet
    from coder.project import Project
    from coder.reviewing.screen.app import SessionSummary
    from coder.reviewing.training.scores import TrainingScore

MOST_BETWEEN = 1_000  # comments from one that is mixed in to the next


@dataclass(frozen=True)
class TrainingOutcome:
    """What a trainee did.

    Attributes:
        gold: the set that was trained with.
        score: over this round, with intervals.
    """

    target: ReviewTarget
    reviewer: str
    gold: "GoldSet"
    summary: "SessionSummary"
    score: "TrainingScore"

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        score = self.score._asdict()
        score["themes"] = [theme._asdict() for theme in self.score.themes]
        facts = {
            "reviewer": self.reviewer,
            "gold": self.gold.name,
            **self.summary._asdict(),
            "score": score,
        }
        return self.target.reading_facts() | facts


@dataclass(frozen=True)
class MixingOutcome:
    """What will be mixed into the sessions of everybody.

    Attributes:
        in_project: comments of the set that are the project's, and can be mixed in.
    """

    target: ReviewTarget
    gold: "GoldSet"
    in_project: int

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        facts = {
            "gold": self.gold.name,
            "comments": len(self.gold.comments),
            "in_project": self.in_project,
            "every": self.gold.every,
        }
        return self.target.reading_facts() | facts


def train(
    target: "Project | Path | str",
    codebook: Path | str,
    gold: Path | str,
    reviewer: str | None = None,
    mode: ReviewMode | None = None,
    columns: Columns | None = None,
    *,
    light: bool = False,
    progress: Progress = silent,
) -> TrainingOutcome:
    """Show comments with known answers on the terminal, and compare each answer at once.

    Args:
        target, codebook, reviewer, columns, light: as for `workflow.review.review`.
        gold: a table of decisions with explanations (see `coder.reviewing.training.gold`), or
            `settled` for the comments that were adjudicated.
        mode: how the list of themes is shown.

    Raises:
        CoderError: there is no terminal, the table is faulty, or there is nothing to train with.
    """
    from coder.reviewing.run_screen import run_screen
    from coder.reviewing.screen.background import NO_JOBS
    from coder.reviewing.training.scores import RESAMPLES
    from coder.reviewing.training.training_session import make_gold, open_training

    mode = mode or ReviewMode()
    opened = open_review_target(target, codebook, columns, progress, mode)
    name = reviewer_name(reviewer)
    check_terminal("training", "Run it in a terminal.")
    project, book, path = opened.project, opened.codebook, opened.codebook_path
    kept = make_gold(project, book, path, gold, reviewer=name)
    session = open_training(project, book, path, name, kept, mode)
    trainer = session.session.trainer
    summary = run_screen(session, NO_JOBS, folder=project.folder, light=light)
    if trainer is None:
        raise ValueError("a training session has a trainer")
    return TrainingOutcome(
        opened,
        name,
        kept,
        summary,
        trainer.score(resamples=RESAMPLES),
    )


def mix_gold(
    target: "Project | Path | str",
    codebook: Path | str,
    gold: Path | str,
    every: int,
    reviewer: str | None = None,
    columns: Columns | None = None,
    *,
    progress: Progress = silent,
) -> MixingOutcome:
    """Have comments with known answers mixed into everybody's sessions from now on.

    Args:
        target, codebook, gold, columns: as for `train`.
        every: one of so many comments is one of these; 0 for none from now on.
        reviewer: who wants it.

    Raises:
        CoderError: the table is faulty, or none of its comments is the project's.
    """
    from coder.reviewing.training.training_session import make_gold

    if every and not 2 <= every <= MOST_BETWEEN:
        raise CoderError(
            f"{option('mix', str(every))}: must be between 2 and {MOST_BETWEEN:,}, or 0 for none",
            f"For example {option('mix', '25')}: one of 25 comments.",
        )
    opened = open_review_target(target, codebook, columns, progress)
    name = reviewer_name(reviewer)
    project = opened.project
    kept = make_gold(
        project,
        opened.codebook,
        opened.codebook_path,
        gold,
        every=every,
        reviewer=name,
    )
    known = set(project.comments["comment_id"])
    in_project = sum(comment.comment_id in known for comment in kept.comments)
    if every and not in_project:
        raise CoderError(
            f"{kept.name}: none of its comments is a comment of this project",
            "Only comments of the project can be mixed in: others would be noticed.",
        )
    return MixingOutcome(opened, kept, in_project)
