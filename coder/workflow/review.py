"""Review comments on a screen, take decisions from a table, and tell how far a review is."""

import getpass
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from coder.engine import Progress, silent
from coder.errors import CoderError, command, did_you_mean, option
from coder.reviewing.mode import ReviewMode, check_mode
from coder.run_records import record_if_allowed
from coder.screen.terminal import check_terminal
from coder.workflow.lost_decisions import tell_lost_decisions
from coder.workflow.paths import path_from, path_or_table
from coder.workflow.standing_labels import ANSWERS
from coder.workflow.target import Columns, open_project

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.decisions.table import Chosen, Mode
    from coder.embedding import EncoderChoice
    from coder.project import Project
    from coder.reviewing.opening import OpenReview
    from coder.reviewing.progress.assistance import ReviewerAssistance
    from coder.reviewing.progress.drift import ReviewerDrift
    from coder.reviewing.progress.status import SampleStatus, Status
    from coder.reviewing.remarks_desk import Thread
    from coder.reviewing.screen.app import SessionSummary
    from coder.reviewing.table_decisions import DecisionCounts
    from coder.workflow.read import ReadOutcome

HALF_WIDTH = 0.02  # plus or minus 2 points
NOT_IN_A_NAME = re.compile(r"[^\w .@\-]")


@dataclass(frozen=True)
class ReviewTarget:
    """What a review works on.

    Attributes:
        reading: what was read, where the target was a file that was new or had changed.
    """

    project: "Project"
    codebook: "Codebook"
    codebook_path: Path
    reading: "ReadOutcome | None"

    def command(self, name: str, *parts: object) -> str:
        """The mark of a command on the same project and codebook (see `errors.command`)."""
        return command(
            name,
            self.project.folder,
            option("codebook", str(self.codebook_path)),
            *parts,
        )

    def reading_facts(self) -> dict[str, Any]:
        """What was read, for JSON; empty where nothing was."""
        if self.reading is None:
            return {}
        return {"read": self.reading.facts()}


@dataclass(frozen=True)
class Screen:
    """Who looks at the screen, and how it begins; as `review` takes it."""

    reviewer: str | None = None
    encoder: "EncoderChoice | None" = None
    light: bool = False


@dataclass(frozen=True)
class ReviewOutcome:
    """What was done in a session on the screen.

    Attributes:
        samples: after a session on a random sample, how far each sample is decided.
        notes: what to tell of the project's files.
    """

    target: ReviewTarget
    reviewer: str
    summary: "SessionSummary"
    samples: "tuple[SampleStatus, ...]" = ()
    notes: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        facts = {
            "reviewer": self.reviewer,
            **self.summary._asdict(),
            "samples": [sample._asdict() for sample in self.samples],
        }
        return self.target.reading_facts() | facts


@dataclass(frozen=True)
class TableOutcome:
    """The decisions that were taken from a table.

    Attributes:
        table: the file's path, or `DataFrame`.
    """

    target: ReviewTarget
    reviewer: str
    table: str
    decisions: "DecisionCounts"

    def __repr__(self) -> str:
        added = self.decisions.added
        return f"TableOutcome(reviewer={self.reviewer!r}, decisions={added})"

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        samples = [sample._asdict() for sample in self.decisions.samples]
        facts = {
            "reviewer": self.reviewer,
            "file": self.table,
            **self.decisions._asdict(),
            "samples": samples,
        }
        return self.target.reading_facts() | facts

    def _repr_html_(self) -> str:
        """What was taken in, for notebooks."""
        from coder.notebook import html_table

        rows = [("decisions kept", self.decisions.added)]
        if self.decisions.already:
            rows.append(("kept before", self.decisions.already))
        return html_table(
            f"Decisions of {self.reviewer}",
            ("What", "Rows"),
            rows,
            notes=self.decisions.notes,
        )


@dataclass(frozen=True)
class StatusOutcome:
    """How far a review is.

    Attributes:
        half_width: the precision that is wanted, as a share: 0.02 is plus or minus 2 points.
        is_coded: the shares also use what the model expects of the comments that nobody reviewed.
        drift: whether reviewers hold the codebook over time.
        assistance: what they do with the model's suggestions.
        threads: what reviewers asked and proposed, with the answers.
    """

    target: ReviewTarget
    status: "Status"
    half_width: float
    is_coded: bool
    drift: "tuple[ReviewerDrift, ...]" = ()
    assistance: "tuple[ReviewerAssistance, ...]" = ()
    threads: "tuple[Thread, ...]" = ()

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        status = self.status
        facts = {
            "analysed": status.analysed,
            "decided": status.decided,
            "partly": status.partly,
            "disputed": status.disputed,
            "again": status.again,
            "again_blind": status.again_blind,
            "half_width": self.half_width,
            "more": status.more,
            "themes": [theme._asdict() for theme in status.themes],
            "samples": [sample._asdict() for sample in status.samples],
            "reviewers": [reviewer._asdict() for reviewer in status.reviewers],
            "assignments": [row._asdict() for row in status.workloads],
            "stale": [stale._asdict() for stale in status.stale],
            "drift": [_drift_facts(drift) for drift in self.drift],
            "assistance": [_assistance_facts(one) for one in self.assistance],
            "remarks": [thread.facts() for thread in self.threads],
        }
        return self.target.reading_facts() | facts


def _drift_facts(drift: "ReviewerDrift") -> dict[str, Any]:
    windows = [window._asdict() for window in drift.windows]
    return {**drift._asdict(), "windows": windows}


def _assistance_facts(one: "ReviewerAssistance") -> dict[str, Any]:
    themes = [theme._asdict() for theme in one.themes]
    shares = {"share_kept": one.share_kept, "share_unread": one.share_unread}
    return {**one._asdict(), **shares, "themes": themes}


def review(
    target: "Project | Path | str",
    codebook: Path | str,
    reviewer: str | None = None,
    mode: ReviewMode | None = None,
    columns: Columns | None = None,
    *,
    encoder: "EncoderChoice | None" = None,
    light: bool = False,
    progress: Progress = silent,
) -> ReviewOutcome:
    """Show comments on the terminal and save what the reviewer decides, until they quit.

    Args:
        target: a project, its folder, or a file of comments.
        codebook: a YAML file; the decisions are saved beside it.
        reviewer: who decides; the login name where none is given.
        mode: blind or with suggestions, and which comments; None for suggestions and the usual
            queue.
        columns: which columns of the file hold what, where they are not to be detected.
        encoder: as `workflow.apply.apply`.
        light: begin with light colours.

    Raises:
        CoderError: there is no terminal, nothing to review, or an input is at fault.
    """
    from coder.reviewing.run_screen import run_screen
    from coder.reviewing.screen.background import BackgroundJobs
    from coder.workflow.model_process import BackgroundModel

    mode = mode or ReviewMode()
    opened = open_review_target(target, codebook, columns, progress, mode)
    name = reviewer_name(reviewer)
    project, codebook_path = opened.project, opened.codebook_path
    from_table = opened.command("review", option("from", "FILE.csv"))
    check_terminal("a review", f"To take decisions from a table instead: {from_table}")
    with BackgroundModel(project.folder, codebook_path, encoder) as background:
        session = _open_session(opened, name, mode)
        find_neighbours = None
        if not session.session.blind:
            find_neighbours = background.load_neighbours
        if mode.start and not project.has_labels:
            background.prepare()
        jobs = BackgroundJobs(
            learn=background.refit,
            learn_at_start=not session.has_labels,
            find_neighbours=find_neighbours,
            new_decisions=session.others,
            news=session.beside.news,
            stop=background.stop,
        )
        summary = run_screen(session, jobs, folder=project.folder, light=light)
    samples = _samples_after(opened, mode)
    outcome = ReviewOutcome(opened, name, summary, samples)
    notes = record_if_allowed(project.folder, "review", outcome.facts(), codebook_path)
    return replace(outcome, notes=notes)


def _open_session(
    opened: ReviewTarget,
    reviewer: str,
    mode: ReviewMode,
) -> "OpenReview":
    """Read what a session needs, all of it from one state of the project."""
    from coder.reviewing.opening import open_session
    from coder.transactions import read_one_generation

    project, path = opened.project, opened.codebook_path

    def read_session() -> "OpenReview":
        return open_session(project, opened.codebook, path, reviewer, mode)

    return read_one_generation(project.folder, read_session)


def _samples_after(
    opened: ReviewTarget,
    mode: ReviewMode,
) -> "tuple[SampleStatus, ...]":
    """How far the random samples are decided, after a session on one."""
    from coder.reviewing.progress.status import read_sample_status

    if mode.sample is None:
        return ()
    return read_sample_status(
        opened.project.comments,
        opened.codebook,
        opened.codebook_path,
        opened.project.settings().name,
    )


def review_from_table(
    target: "Project | Path | str",
    codebook: Path | str,
    table: "pd.DataFrame | Path | str",
    reviewer: str | None = None,
    columns: Columns | None = None,
    *,
    blind: bool = False,
    chosen: str | None = None,
    progress: Progress = silent,
) -> TableOutcome:
    """Take decisions from a table or a review sheet; all rows, or none where a single cell is
    faulty.

    Args:
        target, codebook, reviewer, columns: as `review`.
        table: a DataFrame, a CSV file or a workbook (see `coder.decisions.table`).
        blind: rows that do not tell were judged without suggestions.
        chosen: how the comments of rows that do not tell were chosen: random, targeted or
            listed (where nothing is said).

    Raises:
        CoderError: every faulty cell with line, column and what is allowed; or an input is at
            fault.
    """
    from coder.decisions.table_grid import full_name
    from coder.reviewing.table_decisions import take_table

    checked = _check_chosen(chosen)
    opened = open_review_target(target, codebook, columns, progress)
    name = reviewer_name(reviewer)
    source = path_or_table(table, "the table of decisions")
    mode: Mode | Literal[""] = ""
    if blind:
        mode = "blind"
    decisions = take_table(
        source,
        opened.project.comments,
        opened.codebook,
        opened.codebook_path,
        name,
        project=opened.project.settings().name,
        mode=mode,
        chosen=checked,
    )
    outcome = TableOutcome(opened, name, full_name(source), decisions)
    facts = outcome.facts()
    about_record = record_if_allowed(
        opened.project.folder,
        "review",
        facts,
        opened.codebook_path,
    )
    notes = (*decisions.notes, *about_record)
    return replace(outcome, decisions=decisions._replace(notes=notes))


def review_status(
    target: "Project | Path | str",
    codebook: Path | str,
    columns: Columns | None = None,
    *,
    half_width: float = HALF_WIDTH,
    progress: Progress = silent,
) -> StatusOutcome:
    """Count what is decided, and estimate each theme's share and how many reviews are left.

    Args:
        target, codebook, columns: as `review`.
        half_width: the precision that is wanted, as a share: 0.02 is plus or minus 2 points.
    """
    from coder.transactions import read_one_generation

    opened = open_review_target(target, codebook, columns, progress)
    lost = tell_lost_decisions(opened.project, opened.codebook_path)

    def count_now() -> StatusOutcome:
        return _count_status(opened, half_width, lost)

    return read_one_generation(opened.project.folder, count_now)


def _count_status(
    opened: ReviewTarget,
    half_width: float,
    lost: Sequence[str],
) -> StatusOutcome:
    """The status; what to tell of decisions that are `lost` is said first."""
    from coder.decisions import decisions_folder
    from coder.reviewing.progress.assistance import read_assistance
    from coder.reviewing.progress.drift import read_drift
    from coder.reviewing.progress.status import count_status
    from coder.reviewing.remarks_desk import read_threads

    project = opened.project
    labels = None
    if project.has_labels:
        labels = project.label_blocks(ANSWERS)
    status = count_status(
        project.comments,
        opened.codebook,
        opened.codebook_path,
        project=project.settings().name,
        half_width=half_width,
        labels=labels,
    )
    status = status._replace(notes=(*lost, *status.notes))
    watched = (opened.codebook, opened.codebook_path, project.comments)
    name = project.settings().name
    return StatusOutcome(
        opened,
        status,
        half_width,
        labels is not None,
        drift=read_drift(*watched, name),
        assistance=read_assistance(*watched, name),
        threads=tuple(read_threads(decisions_folder(opened.codebook_path), name)),
    )


def reviewer_name(name: str | None) -> str:
    """The name that decisions are saved under; the login name where none is given.

    Raises:
        CoderError: the name cannot be that of a file, or there is no login name.
    """
    from coder.decisions import check_reviewer

    if name is not None:
        return check_reviewer(name)
    try:
        login = getpass.getuser()
    except (OSError, KeyError, ImportError):
        login = ""
    login = NOT_IN_A_NAME.sub("-", login).strip(" .-")
    if not login:
        raise CoderError(
            "there is no login name to save the decisions under",
            f"Give the name of the reviewer: {option('reviewer', 'amira')}",
        )
    return check_reviewer(login)


def open_review_target(
    target: "Project | Path | str",
    codebook: Path | str,
    columns: Columns | None,
    progress: Progress,
    mode: ReviewMode | None = None,
) -> ReviewTarget:
    """Read the codebook and check the mode first: both are quick, and reading comments may not
    be.
    """
    from coder.codebook import read_codebook

    path = path_from(codebook, "the codebook", "Give the path of a YAML file.")
    book = read_codebook(path)
    if mode is not None:
        check_mode(mode, book)
    opened = open_project(target, columns, codebook=book, progress=progress)
    return ReviewTarget(opened.project, book, path, opened.reading)


def _check_chosen(chosen: str | None) -> "Chosen | Literal['']":
    from coder.decisions.table import CHOSEN

    if chosen is None:
        return ""
    if chosen not in CHOSEN:
        raise CoderError(
            f"{option('chosen', chosen)}: not one of the allowed values",
            did_you_mean(chosen, CHOSEN),
        )
    return cast("Chosen", chosen)
