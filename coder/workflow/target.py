"""From what the user names, a project folder or a file of comments, to the project."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coder.engine import Progress, silent
from coder.errors import CoderError, command, option
from coder.files import nearest_name, sha256_of
from coder.reading.formats import format_labels
from coder.reading.options import Columns
from coder.text import normal_key
from coder.workflow.paths import path_from
from coder.workflow.questions import choose_question

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.project import Project
    from coder.workflow.read import ReadOutcome

__all__ = ["Columns", "Opened", "hold_target", "open_project", "open_survey"]


@dataclass(frozen=True)
class Opened:
    """A project, and what was read into it when its file was new or had changed."""

    project: "Project"
    reading: "ReadOutcome | None" = None


def open_project(
    target: "Project | Path | str",
    columns: Columns | None = None,
    *,
    codebook: "Codebook | Path | None" = None,
    progress: Progress = silent,
) -> Opened:
    """Open a project folder, or the project of a file of comments; of several questions the
    project of one.

    The project of `plan.csv` is the folder `plan.coding` beside it. The file is read where it
    is new, has changed since, or where `columns` says how to read it.

    Args:
        target: a project, its folder, or a file of comments.
        columns: which columns of a file hold what; `question` also names one of several questions.
        codebook: whose question decides where several could be meant.

    Raises:
        CoderError: there is neither a file nor a project of that name, the file cannot be read,
            `project.yaml` was changed and has not taken effect, or there are several questions
            and none is named.
    """
    columns = columns or Columns()
    opened = open_survey(target, columns, progress=progress)
    asked = columns.question
    if opened.reading is not None and not opened.project.settings().questions:
        asked = (
            ""  # the wording of the file's only question, or the column that holds it
        )
    one = choose_question(opened.project, asked, codebook)
    return replace(opened, project=one)


def open_survey(
    target: "Project | Path | str",
    columns: Columns | None = None,
    *,
    progress: Progress = silent,
) -> Opened:
    """The same with all questions of the project.

    Raises:
        CoderError: as `open_project`, but for questions.
    """
    from coder.project import Project, project_beside

    columns = columns or Columns()
    if isinstance(target, Project):
        target.settings()  # raises, with the next step, where there is no project
        _check_is_read(target)
        return Opened(target)
    path = path_from(target, "the project", _what_to_give())
    if (
        path.is_dir() or Project(path).exists
    ):  # a question that is not there has no folder
        return open_survey(Project(path))
    if not path.exists():
        raise _no_such_target(path)
    from coder.workflow.read import read

    project = project_beside(path)
    own_columns = columns
    if project.exists and project.settings().questions:
        own_columns = replace(columns, question="")
    reading = None
    if own_columns != Columns() or not _is_up_to_date(project, path):
        reading = read(path, project.folder, columns, progress=progress)
    _check_is_read(project)
    return Opened(project, reading)


@contextmanager
def hold_target(
    target: "Project | Path | str", command_name: str, progress: Progress
) -> Iterator[Sequence[str]]:
    """Keep others from writing into the project of a target (see `open_project`).

    Yields:
        What to tell of the wait for others.

    Raises:
        CoderError: as `project_lock.hold_project`.
    """
    from coder.project_lock import hold_project

    folder = _folder_of(target)
    if folder is None:
        yield ()
        return
    with hold_project(folder, command_name, progress) as hold:
        yield hold.notes


def _folder_of(target: "Project | Path | str") -> Path | None:
    """The folder of a target's project; None where there is no such target."""
    from coder.project import Project, project_beside

    if isinstance(target, Project):
        return target.folder
    path = path_from(target, "the project", _what_to_give())
    if path.is_dir() or Project(path).exists:
        return path if Project(path).exists else None
    return project_beside(path).folder if path.exists() else None


def _check_is_read(project: "Project") -> None:
    """Raise `CoderError` where reading would change which comments count."""
    from coder.project import settings_fault

    fault = settings_fault(project)
    if fault:
        raise CoderError(fault, f"Let it take effect: {command('read', project.home)}")


def open_earlier(target: "Project | Path | str", project: "Project") -> "Project":
    """Open the earlier project that `project` is compared with; of several questions the same.

    Raises:
        CoderError: there is no such project, or it asked another question.
    """
    settings = project.settings()
    earlier = open_survey(target).project
    if earlier.settings().questions:
        try:
            earlier = choose_question(earlier, settings.question)
        except CoderError:
            earlier = choose_question(earlier, project.question_id)
    before, now = earlier.settings().question, settings.question
    is_of_survey = bool(earlier.question_id or project.question_id)
    if is_of_survey and before and now and normal_key(before) != normal_key(now):
        raise CoderError(
            f"{option('before', str(target))}: asked {before!r}, and this project asks {now!r}",
            "Compare answers to the same question. If it is the same in other words, give both "
            f"the same wording: {option('question_of', 'COL=TEXT')}",
        )
    return earlier


def _what_to_give() -> str:
    read = command("read", "TABLE", option("into", "FOLDER"))
    return f"Give a project, its folder or a file of comments. To read a table first: {read}"


def _no_such_target(path: Path) -> CoderError:
    return CoderError(
        f"{path}: there is no such file or project",
        f"{nearest_name(path)}Name a project folder or a file of comments ({format_labels()}).",
    )


def _is_up_to_date(project: "Project", path: Path) -> bool:
    """Whether the project holds the file as it is now."""
    if not project.exists or not project.comments_path.is_file():
        return False
    digest = sha256_of(path)
    return any(
        source.file == path.name and source.sha256 == digest
        for source in project.settings().every_source
    )
