"""Check every file of a project against the others; or an audit pack."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from coder.errors import CoderError
from coder.text import count
from coder.workflow.checks.result import CheckResult, ProjectContents
from coder.workflow.paths import path_from

if TYPE_CHECKING:
    from coder.project import Project

Part = TypeVar("Part")


@dataclass(frozen=True)
class CheckOutcome:
    """What `check` did. Nothing was changed.

    Attributes:
        path: the project's folder, or the audit pack.
        results: what was checked, in the order in which one thing rests on another.
        is_pack: an audit pack was checked.
    """

    path: Path
    results: tuple[CheckResult, ...]
    is_pack: bool = False

    @property
    def faults(self) -> tuple[str, ...]:
        """All that is wrong, each with what it is in."""
        faults: list[str] = []
        for result in self.results:
            faults += [f"{result.subject}: {fault}" for fault in result.faults]
        return tuple(faults)

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        if self.is_pack:
            faults = [*self.results[0].faults]
            return {"pack": str(self.path), "faults": faults}
        checked = [result.facts() for result in self.results]
        return {"project": str(self.path), "checked": checked}

    def _repr_html_(self) -> str:
        """The results as a table, for notebooks."""
        from coder.notebook import html_table

        rows = []
        for result in self.results:
            rows.append((result.subject, "; ".join(result.faults) or "good"))
        return html_table(f"Checked: {self.path}", ("What", "Result"), rows)


def check(
    target: "Project | Path | str", codebook: "Path | str | None" = None
) -> CheckOutcome:
    """Check that a project's files are readable, as they were written, and agree with each other.

    Args:
        target: a project, its folder, its file of comments, or an audit pack (`.zip`).
        codebook: the file whose decisions are checked too; None for the one that was last
            applied, where it can be found.

    Raises:
        CoderError: there is no such project or pack. Faults of its files are returned, not raised.
    """
    from coder.project import Project, project_beside

    if isinstance(target, Project):
        return _check_project(target, codebook)
    path = path_from(
        target, "the project", "Give a project, or the path of its folder."
    )
    if path.suffix.lower() == ".zip" and path.is_file():
        return _check_pack(path)
    if path.is_file():
        return _check_project(project_beside(path), codebook)
    return _check_project(Project(path), codebook)


def _check_pack(path: Path) -> CheckOutcome:
    """Every hash of a pack, and that its tables come out the same when they are made again."""
    from coder.exporting.pack import check_pack

    faults = tuple(check_pack(path))
    return CheckOutcome(
        path,
        (CheckResult(path.name, "audit pack", faults),),
        is_pack=True,
    )


def _check_project(project: "Project", codebook: "Path | str | None") -> CheckOutcome:
    from coder.workflow.checks.candidates import check_candidates
    from coder.workflow.checks.coded import check_label_tables, check_labels
    from coder.workflow.checks.decided import check_decisions
    from coder.workflow.checks.received import (
        check_comments,
        check_ledger,
        check_settings,
        check_sources,
    )
    from coder.workflow.checks.records import check_cache, check_runs, check_samples

    if not project.exists:
        project.settings()  # raises, with the next step
    contents, results = _read_contents(project, codebook)
    for check_part in (
        check_settings,
        check_sources,
        check_comments,
        check_ledger,
        _check_codebook,
        check_labels,
        check_label_tables,
        check_candidates,
        check_runs,
        check_samples,
        check_cache,
        check_decisions,
    ):
        results += check_part(contents)
    return CheckOutcome(project.folder, tuple(results))


def _read_contents(
    project: "Project",
    codebook: "Path | str | None",
) -> tuple[ProjectContents, list[CheckResult]]:
    """The project as far as it can be read, and a result with the faults of each part that
    cannot be.
    """
    from coder.codebook import read_codebook

    unreadable: list[CheckResult] = []

    def read(
        subject: str,
        reader: Callable[[], Part],
    ) -> Part | None:
        try:
            return reader()
        except CoderError as error:
            faults = tuple(error.problem.splitlines())
        except (OSError, ValueError) as error:
            faults = (str(error).splitlines()[0],)
        unreadable.append(CheckResult(subject, "cannot be read", faults))
        return None

    settings = read("project.yaml", project.settings)
    comments = read("comments", lambda: project.comments)
    path = _codebook_path(project, codebook)
    book = None
    if path is not None:
        book = read("codebook", lambda: read_codebook(path))
    labels = None
    if comments is not None and project.labels_path.is_file():
        labels = read("labels", lambda: project.labels)
    contents = ProjectContents(
        project,
        settings,
        comments,
        labels,
        book,
        path,
    )
    return contents, unreadable


def _codebook_path(project: "Project", codebook: "Path | str | None") -> Path | None:
    """The codebook named, or the one that was last applied where it is at hand."""
    if codebook is not None:
        return path_from(codebook, "the codebook", "Give the path of a YAML file.")
    name = str(ProjectContents(project).last_run("apply").get("codebook_file", ""))
    if not name:
        return None
    for path in (Path(name), project.folder.parent / name):
        if path.is_file():
            return path
    return None


def _check_codebook(contents: ProjectContents) -> list[CheckResult]:
    """The codebook; that it can be read is checked before."""
    if contents.codebook is None:
        return []
    themes = count(len(contents.codebook.theme_ids), "theme")
    return [CheckResult("codebook", f"{contents.codebook_path}, {themes}")]
