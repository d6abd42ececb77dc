"""Make a codebook of candidates at the workbench."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import CoderError, command, option
from coder.screen.terminal import check_terminal
from coder.workflow.paths import path_from
from coder.workflow.target import open_project

if TYPE_CHECKING:
    from coder.project import Project
    from coder.workbench.screen.app import Summary
    from coder.workbench.session import Session
    from coder.workbench.stored import CandidateFiles


@dataclass(frozen=True)
class WorkbenchOutcome:
    """How the work was left.

    Attributes:
        into: the codebook.
        written: whether it was written in this session.
    """

    project: "Project"
    into: Path
    by: str
    summary: "Summary"

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {"into": str(self.into), "by": self.by, **self.summary._asdict()}


def build_codebook(
    target: "Project | Path | str",
    into: Path | str,
    by: str | None = None,
    *,
    beyond: Path | str | None = None,
    light: bool = False,
    progress: Progress = silent,
) -> WorkbenchOutcome:
    """Show the workbench on the terminal until its user quits.

    Every step is saved in the project when it is made, and the next start goes on from there.

    Args:
        target: a project, its folder, or a file of comments, grouped by `coder cluster`.
        into: the codebook to write, or to add themes to; its own lines stay as they are.
        by: who works; the login name where none is given.
        beyond: the codebook whose `cluster --beyond` made the candidates.
        light: begin with light colours.

    Raises:
        CoderError: there is no terminal, there are no candidates yet, or a file is at fault.
    """
    from coder.workbench.run_screen import run_screen

    as_they_are = command("codebook from", "CANDIDATES.yaml", option("into", str(into)))
    check_terminal("the workbench", f"To take candidates as they are: {as_they_are}")
    bench = open_workbench(
        target,
        into,
        by,
        beyond=beyond,
        progress=progress,
    )
    settings = bench.project.settings()
    summary = run_screen(
        bench.session,
        bench.write,
        title=settings.name,
        into=bench.into.name,
        by=bench.by,
        folder=bench.project.folder,
        language=settings.language,
        light=light,
        message=bench.greeting(),
    )
    outcome = WorkbenchOutcome(
        bench.project,
        bench.into,
        bench.by,
        summary,
    )
    bench.project.record_run("workbench", outcome.facts())
    return outcome


@dataclass(frozen=True)
class Workbench:
    """What the screen works with."""

    project: "Project"
    files: "CandidateFiles"
    session: "Session"
    into: Path
    by: str

    def greeting(self) -> str:
        """What to say at the start of a session."""
        from coder.text import count

        session = self.session
        parts = []
        if session.has_steps:
            parts.append("going on where the work was left")
        analysed = set(session.findings.comment_ids)
        grouped = set(session.board.comment_ids)
        lost = len(grouped - analysed)
        if lost:
            parts.append(f"not analysed any more: {count(lost, 'comment')}")
        new = len(analysed - grouped)
        if new and self.files.beyond is None:
            parts.append(f"in no candidate: {count(new, 'comment')}")
        return "; ".join(parts)

    def write(self) -> str:
        """Write the themes and their groups; says what was written."""
        from coder.workflow.workbench_file import WorkbenchFile

        file = WorkbenchFile(
            self.project,
            self.session,
            self.into,
        )
        return file.write()


def open_workbench(
    target: "Project | Path | str",
    into: Path | str,
    by: str | None = None,
    *,
    beyond: Path | str | None = None,
    progress: Progress = silent,
) -> Workbench:
    """Everything that the screen works with; the codebook is checked first.

    Raises:
        CoderError: as `build_codebook`, but for the terminal.
    """
    from coder.clustering.group_reader import GroupReader
    from coder.embedding import make_embedder
    from coder.workbench.journal import Journal
    from coder.workbench.session import Session
    from coder.workbench.stored import CandidateFiles, comments_of
    from coder.workflow.review import reviewer_name

    path = path_from(
        into,
        "the codebook",
        "Give the path of a YAML file.",
    )
    name = reviewer_name(by)
    project = open_project(target, progress=progress).project
    beyond_path = Path(beyond) if beyond is not None else None
    files = CandidateFiles(project, beyond_path)
    check_target(path, files.draft)
    grouped = files.read()
    run = "cluster" if beyond is None else "cluster-beyond"
    names = (project.last_run(run) or {}).get("common_names", ())
    reader = GroupReader(
        comments_of(grouped, project.comments),
        make_embedder(project.cache_path, None),
        project.settings().language,
        names,
        progress,
    )
    session = Session(
        Journal(files.journal),
        grouped,
        reader,
        name,
    )
    return Workbench(
        project,
        files,
        session,
        path,
        name,
    )


def check_target(into: Path, draft: Path) -> None:
    """Check that the codebook can be written, or added to, before any work is done.

    Raises:
        CoderError: it cannot.
    """
    from coder.clustering.adopt import insert_themes
    from coder.codebook import Theme, read_codebook

    if into.suffix.lower() not in (".yaml", ".yml"):
        raise CoderError(
            f"{into}: its name must end in .yaml or .yml",
            f"For example {into.stem}.yaml",
        )
    if into.exists():
        if draft.exists() and into.samefile(draft):
            raise CoderError(
                f"{into}: is the file of the candidates",
                "Choose another name for the codebook: coder cluster writes this one again.",
            )
        read_codebook(into)
        probe = Theme.model_validate({"id": "probe", "name": "probe"})
        next(insert_themes(into.read_text(encoding="utf-8-sig"), (probe,)))
    place = into
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        raise CoderError(
            f"{into}: cannot be written",
            "Make the file and its folder writable, or choose another place.",
        )
