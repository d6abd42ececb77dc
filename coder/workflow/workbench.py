"""Make a codebook of candidates at the workbench."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import CoderError, command, option
from coder.workflow.paths import path_from
from coder.workflow.target import open_project

if TYPE_CHECKING:
    from coder.codebook import Theme
    from coder.project import Project
    from coder.workbench.actions import Write
    from coder.workbench.screen.app import Summary
    from coder.workbench.session import Session
    from coder.workbench.stored import CandidateFiles
    from coder.workbench.themes import Adopted

HEAD = """\
Made with `coder codebook build`. `made_of` names the candidates that a theme was made of,
`comments` says how many comments it had then."""


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

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CoderError(
            "the workbench needs a terminal to show its screen",
            "To take candidates as they are: "
            + command("codebook from", "CANDIDATES.yaml", option("into", str(into))),
        )
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
        known = [one for one in session.board.comment_ids if session.findings.text(one)]
        lost = len(session.board.comment_ids) - len(known)
        if lost:
            parts.append(f"{count(lost, 'comment')} are not analysed any more")
        return "; ".join(parts)

    def write(self) -> str:
        """Write the themes and their groups; says what was written.

        A codebook that the workbench made, and that nobody has changed since, is written anew.
        To any other the themes are added that it does not have yet; its lines stay as they are.

        Raises:
            CoderError: the codebook is faulty or cannot be written.
        """
        from coder.files import sha256_of
        from coder.groups import add_groups, groups_of
        from coder.workbench.actions import Write
        from coder.workbench.themes import adopt_groups, memberships_of

        session = self.session
        last = self._last_write()
        known_ids: dict[str, str] = {}
        if last is not None and self.into.exists():
            known_ids = last.ids
        adopted = adopt_groups(
            session.board,
            session.findings,
            known_ids,
        )
        whole = not self.into.exists() or self._is_as_left(last)
        ids = adopted.ids
        message = f"written to {self.into.name}"
        if whole:
            self._write_whole(adopted, known_ids)
        else:
            ids, message = self._add(adopted, known_ids)
        memberships = memberships_of(session.board, ids)
        rows = groups_of(
            memberships, self.project.comments, {}, sorted(set(ids.values()))
        )
        add_groups(self.into, rows)
        session.note_written(
            Write(
                into=str(self.into.resolve()),
                sha256=sha256_of(self.into),
                ids=ids,
                whole=whole,
            )
        )
        return message

    def _last_write(self) -> "Write | None":
        """The last time that this codebook was written."""
        place = str(self.into.resolve())
        writes = [write for write in self.session.writes if write.into == place]
        if not writes:
            return None
        return writes[-1]

    def _is_as_left(self, last: "Write | None") -> bool:
        """Whether the workbench made the whole file, and nobody has changed it since."""
        from coder.files import sha256_of

        return last is not None and last.whole and last.sha256 == sha256_of(self.into)

    def _write_whole(self, adopted: "Adopted", known_ids: dict[str, str]) -> None:
        from coder.codebook import Codebook, write_codebook

        settings = self.project.settings()
        fields: dict[str, Any] = {
            "title": settings.name,
            "question": settings.question,
            "language": settings.language,
            "version": self._version(),
            "themes": self._with_former_ids(adopted, known_ids),
        }
        write_codebook(
            self.into,
            Codebook.model_validate(fields),
            head=HEAD,
        )

    def _version(self) -> int | str:
        """The version of the file; raised where decisions were made with it."""
        from coder.codebook import read_codebook
        from coder.decisions import decisions_folder

        if not self.into.exists():
            return 1
        version = read_codebook(self.into).version
        if isinstance(version, int) and decisions_folder(self.into).is_dir():
            return version + 1
        return version

    def _with_former_ids(
        self, adopted: "Adopted", known_ids: dict[str, str]
    ) -> "tuple[Theme, ...]":
        """The themes, each with the ids of written themes that were merged into it since."""
        from coder.codebook import read_codebook

        former: dict[str, list[str]] = {}
        if self.into.exists():
            for node in read_codebook(self.into).nodes:
                former[node.theme.id] = list(node.theme.was)
        board = self.session.board
        for group_id, theme_id in known_ids.items():
            if group_id in board.groups:
                continue
            for group, _ in board.tree():
                if group_id in group.candidates:
                    own = former.setdefault(adopted.ids[group.id], [])
                    own += [theme_id, *former.get(theme_id, ())]

        def with_former(theme: "Theme") -> "Theme":
            was = tuple(dict.fromkeys(former.get(theme.id, ())))
            subs = tuple(with_former(sub) for sub in theme.themes)
            return theme.model_copy(update={"was": was, "themes": subs})

        return tuple(with_former(theme) for theme in adopted.themes)

    def _add(
        self, adopted: "Adopted", known_ids: dict[str, str]
    ) -> tuple[dict[str, str], str]:
        """Add the themes that the file does not have; their ids, and what to say."""
        from coder.clustering.adopt import add_to_file
        from coder.text import count

        present = set(known_ids.values())
        new = tuple(_without(adopted.themes, present))
        renamed = add_to_file(self.into, new) if new else {}
        ids = {}
        for group_id, theme_id in adopted.ids.items():
            if theme_id in present:
                ids[group_id] = theme_id
            else:
                ids[group_id] = renamed.get(theme_id, theme_id)
        message = f"{count(len(ids) - len(present & set(ids.values())), 'theme')} added"
        if present:
            message += (
                f"; {self.into.name} was changed since it was written, so the themes that it had "
                "are as they were there"
            )
        return ids, message


def _without(themes: "Sequence[Theme]", present: set[str]) -> "list[Theme]":
    """The themes that a file does not have; sub-themes of those that it has come to the top."""
    new: list[Theme] = []
    for theme in themes:
        subs = tuple(_without(theme.themes, present))
        if theme.id in present:
            new += subs
        else:
            new.append(theme.model_copy(update={"themes": subs}))
    return new


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
