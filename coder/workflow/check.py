"""Check every file of a project against the others; or an audit pack."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from coder.errors import CoderError, command, option
from coder.run_records import recorded_codebook
from coder.text import count
from coder.workflow.checks.result import (
    CheckResult,
    ProjectContents,
    faults_of_error,
)
from coder.workflow.paths import path_from
from coder.workflow.questions import choose_question

if TYPE_CHECKING:
    from coder.exporting.pack_secrets import Opening
    from coder.project import Project
    from coder.workflow.checks.repairing import RepairOutcome

Part = TypeVar("Part")
Check = Callable[[ProjectContents], list[CheckResult]]


@dataclass(frozen=True)
class CheckOutcome:
    """What `check` found, and repaired where it was told to.

    Attributes:
        path: the project's folder, or the audit pack.
        results: what was checked, in the order in which one thing rests on another.
        is_pack: an audit pack was checked.
        repair: what was repaired of decisions before the check; None where nothing was to be
            changed, or no codebook is known.
        mended: what was repaired of other files, a sentence or two each.
        closed: files and folders that others could open before.
    """

    path: Path
    results: tuple[CheckResult, ...]
    is_pack: bool = False
    repair: "RepairOutcome | None" = None
    closed: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()

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
            result = self.results[0]
            return {
                "pack": str(self.path),
                "faults": [*result.faults],
                "notes": [*result.notes],
            }
        checked = [result.facts() for result in self.results]
        facts: dict[str, Any] = {"project": str(self.path), "checked": checked}
        if self.repair is not None:
            facts["repair"] = self.repair.facts()
        if self.repair is not None or self.closed:
            facts["closed"] = [*self.closed]
        if self.mended:
            facts["mended"] = list(self.mended)
        return facts

    def _repr_html_(self) -> str:
        """The results as a table, for notebooks."""
        from coder.notebook import html_table

        rows = []
        for result in self.results:
            rows.append((result.subject, "; ".join(result.faults) or "good"))
        return html_table(f"Checked: {self.path}", ("What", "Result"), rows)


def check(
    target: "Project | Path | str",
    codebook: "Path | str | None" = None,
    *,
    repair: bool = False,
    opening: "Opening | None" = None,
) -> CheckOutcome:
    """Check that a project's files are readable, as they were written, and agree with each other.

    Args:
        target: a project, its folder, its file of comments, or an audit pack (`.zip`).
        codebook: the file whose decisions are checked too; None for the one that was last
            applied, where it can be found.
        repair: first repair what can be: merge copies of decision files and save what is whole
            of damaged ones (see `coder.decisions.repair`), and put the other files in order (see
            `checks.mending`). Nothing is changed without it.
        opening: how an audit pack is opened, and who may have signed it.

    Raises:
        CoderError: there is no such project or pack. Faults of its files are returned, not raised.
            Or a repair was asked for and is not possible.
    """
    from coder.exporting.writers import is_pack
    from coder.project import Project, project_beside
    from coder.workflow.checks.mending import set_aside_journal

    if isinstance(target, Project):
        return _check_project(target, codebook, repair=repair)
    path = path_from(
        target, "the project", "Give a project, or the path of its folder."
    )
    if is_pack(path) and path.is_file():
        if repair:
            raise CoderError(
                f"{path}: an audit pack is never changed",
                "Check it without a repair, or repair the project that it was made from.",
            )
        return _check_pack(path, opening)
    if opening is not None and opening.signed_by and not is_pack(path):
        raise CoderError(
            f"{path}: is no audit pack, and only these are signed",
            "Name a pack.",
        )
    set_aside: list[str] = []
    if repair and path.is_dir():
        set_aside = set_aside_journal(path)
    project = Project(path)
    if path.is_file():
        project = project_beside(path)
        if not project.exists:
            raise CoderError(
                f"{path}: was not read into a project of its own",
                f"Name the project that it was read into, or read it: {command('read', path)}",
            )
    outcome = _check_project(project, codebook, repair=repair)
    return replace(outcome, mended=(*set_aside, *outcome.mended))


def _check_pack(path: Path, opening: "Opening | None") -> CheckOutcome:
    """Every hash of a pack, and that its tables come out the same when they are made again."""
    from coder.exporting.pack import NOT_NAMED, check_pack

    found = check_pack(path, opening or NOT_NAMED)
    result = CheckResult(path.name, "audit pack", found.faults, found.notes)
    return CheckOutcome(path, (result,), is_pack=True)


def _check_questions(
    project: "Project", codebook: "Path | str | None", *, repair: bool
) -> CheckOutcome:
    """Every question of a project of several, each with the parts of its own; a codebook is
    checked, or decisions repaired, with the question that the codebook is for.
    """
    from coder.workflow.checks.closed_files import PERMISSIONS, check_closed_files
    from coder.workflow.checks.open_files import PRIVACY, check_open_files
    from coder.workflow.checks.received import check_ledger

    if codebook is not None:
        one = choose_question(project, codebook=Path(codebook))
        return _check_project(one, codebook, repair=repair)
    mended: list[str] = []
    closed: list[str] = []
    if repair:
        mended, closed = _mend_whole(project)
    contents, results = _read_contents(project, None)
    results += check_ledger(contents)
    results += check_open_files(contents)
    results += check_closed_files(contents, results)
    if contents.comments is None:  # nothing of a question can be held against them
        return CheckOutcome(
            project.folder,
            tuple(results),
            closed=tuple(closed),
            mended=tuple(mended),
        )
    for question in project.settings().questions:
        one = project.of_question(question.id)
        outcome = _check_project(one, None, repair=repair)
        closed += outcome.closed
        for sentence in _repair_sentences(outcome):
            mended.append(f"{question.id}: {sentence}")
        for result in outcome.results:
            if result.subject in (PRIVACY, PERMISSIONS):  # of the whole project, once
                continue
            subject = f"{question.id}: {result.subject}"
            results.append(replace(result, subject=subject))
    return CheckOutcome(
        project.folder,
        tuple(results),
        closed=tuple(closed),
        mended=tuple(mended),
    )


def _repair_sentences(outcome: CheckOutcome) -> list[str]:
    sentences = list(outcome.mended)
    if outcome.repair is not None:
        sentences += outcome.repair.sentences()
    return sentences


def _mend_whole(project: "Project") -> tuple[list[str], list[str]]:
    """Repair what several questions share: what was done, and what others could open before."""
    from coder.project_lock import hold_project
    from coder.workflow.checks.mending import mend
    from coder.workflow.checks.open_files import close_open_files

    with hold_project(project.folder, "coder check"):
        contents, _ = _read_contents(project, None)
        closed = close_open_files(project)
        return mend(contents), closed


def _repair(
    project: "Project", codebook: "Path | str | None"
) -> "tuple[list[str], RepairOutcome | None, list[str]]":
    """Repair what can be: what was done to other files, and to those of decisions, and what
    others could open before.
    """
    from coder.project_lock import hold_project
    from coder.workflow.checks.mending import mend
    from coder.workflow.checks.open_files import close_open_files
    from coder.workflow.checks.repairing import repair_decisions

    with hold_project(project.folder, "coder check"):
        contents, _ = _read_contents(project, codebook)
        closed = close_open_files(project, contents.codebook_path)
        mended = mend(contents)
        repaired = repair_decisions(contents)
    if repaired is None:
        named = command(
            "check", project.folder, option("codebook", "FILE"), option("repair")
        )
        mended.append(
            f"No codebook is known, so no decision file was looked at. Name it: {named}"
        )
    return mended, repaired, closed


def _has_questions(project: "Project") -> bool:
    """Whether there are several; faults of `project.yaml` are reported later."""
    try:
        return bool(project.settings().questions)
    except CoderError:
        return False


def _check_project(
    project: "Project", codebook: "Path | str | None", *, repair: bool
) -> CheckOutcome:
    """Check one state of the project, and let nobody else write while it is repaired."""
    from coder.project_lock import hold_project
    from coder.transactions import read_one_generation

    def check_now() -> CheckOutcome:
        return _check_parts(project, codebook, repair=repair)

    if not repair:
        return read_one_generation(project.folder, check_now)
    with hold_project(project.folder, "coder check --repair"):
        return check_now()


def _check_parts(
    project: "Project", codebook: "Path | str | None", *, repair: bool
) -> CheckOutcome:
    from coder.workflow.checks.closed_files import (
        check_closed_files,
        check_nothing_closed,
    )

    if repair and project.exists:
        check_nothing_closed(project, _codebook_path(project, codebook))
    if _has_questions(project):
        return _check_questions(project, codebook, repair=repair)
    if not project.exists:
        project.settings()  # raises, with the next step
    mended: list[str] = []
    repaired = None
    closed: list[str] = []
    if repair:
        mended, repaired, closed = _repair(project, codebook)
    contents, results = _read_contents(project, codebook)
    for check_part in _all_checks():
        results += _results_of(check_part, contents)
    results += check_closed_files(contents, results)
    return CheckOutcome(
        project.folder,
        tuple(results),
        repair=repaired,
        closed=tuple(closed),
        mended=tuple(mended),
    )


def _all_checks() -> tuple[Check, ...]:
    """The checks in the order in which one thing rests on another."""
    from coder.workflow.checks.candidates import check_candidates
    from coder.workflow.checks.coded import check_labels
    from coder.workflow.checks.decided import check_decisions
    from coder.workflow.checks.groups import check_groups
    from coder.workflow.checks.history import check_history
    from coder.workflow.checks.label_tables import check_label_tables
    from coder.workflow.checks.lists import check_lists, check_quotes
    from coder.workflow.checks.open_files import check_open_files
    from coder.workflow.checks.received import (
        check_comments,
        check_ledger,
        check_settings,
        check_sources,
    )
    from coder.workflow.checks.records import check_cache, check_runs, check_samples
    from coder.workflow.checks.weights import check_weights

    return (
        check_settings,
        check_sources,
        check_comments,
        check_ledger,
        check_lists,
        check_quotes,
        _check_codebook,
        check_groups,
        check_labels,
        check_label_tables,
        check_candidates,
        check_runs,
        check_samples,
        check_cache,
        check_decisions,
        check_history,
        check_weights,
        check_open_files,
    )


def _results_of(
    check_part: Check,
    contents: ProjectContents,
) -> list[CheckResult]:
    """What one check finds. Where it fails itself, that is a fault of what it looks at, and the
    others go on.
    """
    try:
        return check_part(contents)
    except CoderError as error:
        faults = faults_of_error(error)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        faults = (f"{error.filename or contents.project.folder}: {reason}",)
    except Exception as error:  # whatever damage does to a library
        faults = (f"the check ended in {type(error).__name__}",)
    subject = check_part.__name__.removeprefix("_").removeprefix("check_")
    return [CheckResult(subject.replace("_", " "), "cannot be checked", faults)]


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
            faults = faults_of_error(error)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            faults = (f"{error.filename or subject}: {reason}",)
        except (ValueError, RecursionError) as error:
            faults = (f"it cannot be read ({type(error).__name__})",)
        unreadable.append(CheckResult(subject, "cannot be read", faults))
        return None

    settings = read("project.yaml", project.settings)
    comments = None
    if settings is not None:
        comments = read("comments", lambda: project.comments)
    path = _codebook_path(project, codebook)
    book = None
    if path is not None:
        book = read("codebook", lambda: read_codebook(path))
    contents = ProjectContents(
        project,
        settings,
        comments,
        book,
        path,
    )
    return contents, unreadable


def _codebook_path(project: "Project", codebook: "Path | str | None") -> Path | None:
    """The codebook named, or the one of the last run where it is at hand."""
    if codebook is not None:
        return path_from(codebook, "the codebook", "Give the path of a YAML file.")
    for path in _recorded_codebooks(project):
        if path.is_file():
            return path
    return None


def _recorded_codebooks(project: "Project") -> Iterator[Path]:
    """Where the codebook that was last applied may be; or the last one of any other run."""
    contents = ProjectContents(project)
    for name in ("apply", "export", "review"):
        run = contents.last_run(name)
        path = recorded_codebook(project.folder, run)
        if path is not None:
            yield path
        file_name = str(run.get("codebook_file", ""))
        if file_name:
            yield Path(file_name)
            yield project.home.parent / file_name


def _check_codebook(contents: ProjectContents) -> list[CheckResult]:
    """The codebook; that it can be read is checked before."""
    from coder.decisions.copies import notes_on_copies

    if contents.codebook is None:
        return _missing_codebook(contents)
    themes = count(len(contents.codebook.theme_ids), "theme")
    content = f"{contents.codebook_path}, {themes}"
    notes: tuple[str, ...] = ()
    if contents.codebook_path is not None:
        notes = tuple(notes_on_copies(contents.codebook_path))
    return [CheckResult("codebook", content, notes=notes)]


def _missing_codebook(contents: ProjectContents) -> list[CheckResult]:
    """A fault where the codebook of the last run is gone, and its decisions are still there."""
    from coder.decisions import decisions_folder

    run = contents.last_run("apply")
    path = recorded_codebook(contents.project.folder, run)
    if path is None or path.exists() or not decisions_folder(path).is_dir():
        return []
    named = command("check", contents.project.folder, option("codebook", "FILE"))
    fault = (
        f"{path} is missing, and its decisions are still there. Put it back from a backup, or "
        f"name it: {named}"
    )
    return [CheckResult("codebook", "missing", (fault,))]
