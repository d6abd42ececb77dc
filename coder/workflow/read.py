"""Read comments into a project: detect columns, mark what is not analysed, write the project's
files.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import CoderError, command, for_command_line, option
from coder.private import closed_place
from coder.reading.formats import format_of
from coder.reading.options import Columns, FileOptions
from coder.text import count, name_some, short_cell
from coder.workflow.unchanged import digests_of_project

if TYPE_CHECKING:
    import pandas as pd

    from coder.project import Project, Settings, Source
    from coder.reading.answers import ReadResult
    from coder.reading.column_kinds import ColumnKind, OpenQuestion
    from coder.reading.columns import DetectedColumn
    from coder.reading.merge import Merged
    from coder.settings import Question

    CommentSource = Path | str | pd.DataFrame | Project | Sequence[Path | str]

# Columns on which labels depend.
COMPARED = ("comment_id", "text", "source", "role", "status", "reason")


@dataclass(frozen=True)
class ReadOptions:
    """How files are read and which comments count, where the rules are not to decide.

    Attributes:
        source_names: a name for each file's source, in their order; None to take the file names.
        encoding: of a text file; None to have it detected.
        sheet: of a workbook; None for the first that holds anything.
        keep: ids of comments that are analysed whatever the rules say.
        exclude: comment id to one of `tables.REASONS`.
        count_repeats: whether an answer that is in two sources counts each time; None keeps what
            the project says.
        leave_out: states of responses that are not analysed, `partial` and `preview`; empty or
            `none` to analyse all; None keeps what the project says.
        header_rows: how many rows of a table name its columns; None to have it detected.
        replace: whether a file takes the place of a source of its name although hardly a comment
            is the same.
    """

    source_names: Sequence[str] | None = None
    encoding: str | None = None
    sheet: str | None = None
    keep: Sequence[str] = ()
    exclude: Mapping[str, str] = field(default_factory=dict)
    count_repeats: bool | None = None
    leave_out: Sequence[str] | None = None
    header_rows: int | None = None
    replace: bool = False


@dataclass(frozen=True)
class FileReading:
    """What was read from one file.

    Attributes:
        path: the file's path; the source's name where a DataFrame was read.
        described: format, encoding and separator in words.
        format: `csv`, `xlsx`, `talk_london` ...
        rows: comments received.
        columns: the column of each role.
        questions: the open questions, by the columns that hold the answers.
        kinds: what each column was taken for, in the order of the file.
        attributes: columns that describe the respondents.
    """

    path: str
    described: str
    format: str
    rows: int
    columns: "tuple[DetectedColumn, ...]"
    attributes: tuple[str, ...]
    questions: "tuple[OpenQuestion, ...]" = ()
    kinds: "tuple[ColumnKind, ...]" = ()

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        columns = [
            {"role": role, "column": column, "why": why}
            for role, column, why in self.columns
        ]
        return {
            "file": self.path,
            "described": self.described,
            "rows": self.rows,
            "columns": columns,
            "attributes": list(self.attributes),
            "questions": [question._asdict() for question in self.questions],
            "kinds": [kind._asdict() for kind in self.kinds],
        }


@dataclass(frozen=True)
class ReadOutcome:
    """What `read` did.

    Attributes:
        project: where the comments are now.
        files: what was read, a file each; empty where a project was marked again.
        sources: all sources of the project.
        questions: of the project, where it has several.
        ledger: received, excluded by reason and analysed, a row a source and a last row `all`; of
            several questions such rows for each, with its `question_id`.
        notes: what to tell the user; `errors.for_python` spells the options named in them.
        stored: SHA-256 of the project's files as they were written, by name.
    """

    project: "Project"
    files: tuple[FileReading, ...]
    sources: "tuple[Source, ...]"
    questions: "tuple[Question, ...]"
    ledger: "pd.DataFrame"
    notes: tuple[str, ...]
    stored: Mapping[str, str] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {
            "project": str(self.project.folder),
            "files": [reading.facts() for reading in self.files],
            "sources": [source.model_dump(mode="json") for source in self.sources],
            "questions": [
                {"id": question.id, "question": question.question}
                for question in self.questions
            ],
            "ledger": self.ledger.to_dict(orient="records"),
            "notes": [for_command_line(note) for note in self.notes],
        }


def read(
    source: "CommentSource",
    into: "Path | str | Project | None" = None,
    columns: Columns | None = None,
    options: ReadOptions | None = None,
    *,
    progress: Progress = silent,
) -> ReadOutcome:
    """Read comments into a project, or mark an existing project again.

    Args:
        source: files, a DataFrame with a row for each comment, or a project whose comments to
            mark again.
        into: the project's folder, made when missing; by default the folder `STEM.coding`
            beside the file. A DataFrame and several files need it.
        columns: which columns hold what, where they are not to be detected.
        options: names of sources, encoding, sheet, comments kept or excluded by hand.

    Raises:
        CoderError: a file, a column, an id or a weight is faulty. The project is unchanged.
    """
    from coder.project_lock import hold_project

    columns = columns or Columns()
    options = options or ReadOptions()
    inputs, project = _inputs_and_project(source, into)
    project = _whole(project)
    if not inputs:
        _check_options_of_files(project, columns, options)
    with hold_project(project.folder, "coder read", progress) as hold:
        outcome = _read(inputs, project, columns, options, progress)
    return replace(outcome, notes=(*hold.notes, *outcome.notes))


def _read(
    inputs: "Sequence[Path | pd.DataFrame]",
    project: "Project",
    columns: Columns,
    options: ReadOptions,
    progress: Progress,
) -> ReadOutcome:
    """Read while nobody else writes into the project."""
    from coder.comment_files import stored_columns
    from coder.project import find_unknown_names
    from coder.reading.changes import change_notes, find_changes
    from coder.reading.merge import merge
    from coder.reading.reader import read_files
    from coder.reading.replacements import check_replacements
    from coder.workflow.questions import wording_of
    from coder.workflow.read_files import has_results, write_merged

    settings = _settings(project)
    columns_before = stored_columns(project.comments_path)
    results = read_files(
        inputs,
        columns,
        FileOptions(options.encoding, options.sheet, options.header_rows),
        source_names=options.source_names,
        earlier=settings.every_source,
        known_question=wording_of(project, columns.question),
        columns_before=columns_before,
    )
    existing = _existing(project, settings, results)
    if not options.replace:
        check_replacements(settings.every_source, existing, results)
    merged = merge(
        _settings_to_merge(settings, existing, options),
        existing,
        results,
        keep=options.keep,
        exclude=options.exclude,
        question=columns.question,
        places=project.places if existing is not None else None,
        has_results=has_results(project, settings),
        columns_before=columns_before,
        progress=progress,
    )
    changes = find_changes(
        existing,
        merged.texts,
        merged.sources,
        _sources_read(results),
        settings.every_source,
    )
    write_merged(project, merged)
    unknown_names = find_unknown_names(project, merged.settings)
    unknown = [f"project.yaml: {name}" for name in unknown_names]
    notes = _all_notes(results, (*merged.notes, *unknown))
    several = bool(merged.settings.questions)
    notes.extend(change_notes(changes, several=several))
    notes.extend(_notes_on_labels(project, existing, merged))
    return _outcome(project, results, merged, notes)


def _whole(project: "Project") -> "Project":
    """The project of all questions, where that of one is named: they are read together."""
    from coder.project import Project

    return Project(project.home) if project.question_id else project


def _outcome(
    project: "Project",
    results: "Sequence[ReadResult]",
    merged: "Merged",
    notes: Sequence[str],
) -> ReadOutcome:
    from coder.project import ledger_of

    return ReadOutcome(
        project=project,
        files=tuple(_file_reading(result, merged) for result in results),
        sources=merged.sources,
        questions=merged.settings.questions,
        ledger=ledger_of(merged.settings, [part.comments for part in merged.parts]),
        notes=tuple(notes),
        stored=digests_of_project(project.folder),
    )


def _sources_read(results: "Sequence[ReadResult]") -> set[str]:
    """The names of the sources that were read now."""
    names: set[str] = set()
    for result in results:
        names.update(source.name for source in result.sources)
    return names


def _settings_to_merge(
    settings: "Settings", existing: "pd.DataFrame | None", options: ReadOptions
) -> "Settings":
    """The settings with what the user chose; without sources where there are no comments. Several
    questions keep their ids.
    """
    from coder.reading.response_status import states_to_leave_out

    changes: dict[str, Any] = {}
    if existing is None:
        changes["sources"] = ()
    if options.count_repeats is not None:
        changes["count_repeats"] = options.count_repeats
    if options.leave_out is not None:
        changes["leave_out"] = states_to_leave_out(options.leave_out)
    return settings.model_copy(update=changes)


def _notes_on_labels(
    project: "Project", existing: "pd.DataFrame | None", merged: "Merged"
) -> list[str]:
    """A note on each question whose comments have changed since they were coded."""
    notes = []
    for part in merged.parts:
        coded, before = project, existing
        if merged.settings.questions:
            coded = project.of_question(part.question.id)
            if existing is not None:
                before = existing[existing["question_id"] == part.question.id]
        if coded.has_labels and not _same_comments(before, part.comments):
            again = command("apply", coded.folder, option("codebook", "FILE"))
            notes.append(
                "The comments have changed since they were coded. Code them again: "
                f"{again}"
            )
    return notes


def _inputs_and_project(
    source: "CommentSource", into: "Path | str | Project | None"
) -> "tuple[list[Path | pd.DataFrame], Project]":
    """What to read, nothing where a project is marked again, and the project."""
    from coder.project import Project, project_beside

    inputs = _inputs(source)
    if isinstance(source, Project):
        into = source
    folder = _first_project(inputs)
    if folder is not None:
        if len(inputs) > 1 or into is not None:
            raise CoderError(
                f"{folder}: is a folder, not a file of comments",
                f"Name the files in it, with {option('into', 'PROJECT')}.",
            )
        inputs, into = [], folder
    if into is None:
        return inputs, project_beside(_only_path(inputs))
    project = into if isinstance(into, Project) else Project(Path(into))
    _check_folder(project, exists=not inputs)
    return inputs, project


def _first_project(inputs: "Sequence[Path | pd.DataFrame]") -> Path | None:
    """The first folder that is a project, or that is to be one: it holds no letters."""
    from coder.project import Project
    from coder.reading.letters import holds_letters

    for path in inputs:
        if not isinstance(path, Path) or not path.is_dir():
            continue
        if Project(path).exists or not holds_letters(path):
            return path
    return None


def _check_folder(project: "Project", *, exists: bool) -> None:
    """Raise `CoderError` where there is a file in the project's place, or no project that
    `exists`.
    """
    if exists:
        project.settings()
    elif project.folder.exists() and not project.folder.is_dir():
        raise CoderError(
            f"{project.folder}: is a file, so it cannot be a project",
            "Name a folder. It is made when it does not exist.",
        )


def _inputs(source: "CommentSource") -> "list[Path | pd.DataFrame]":
    """The files and tables that `source` names; none where it is a project."""
    import pandas as pd

    from coder.project import Project

    if isinstance(source, Project):
        return []
    if isinstance(source, pd.DataFrame):
        return [source]
    if isinstance(source, str | Path):
        return [_path(source)]
    if isinstance(source, pd.Series):
        raise CoderError(
            "a Series is not a table of comments",
            'Make it a DataFrame: series.to_frame("comment").',
        )
    return [_path(item) for item in _items(source)]


def _path(item: object) -> Path:
    """The path of a file that need not exist."""
    if isinstance(item, Path):
        return item
    if not isinstance(item, str):
        raise CoderError(
            f"a list of {type(item).__name__} is not a list of files",
            'Give the paths of files, or a DataFrame: pandas.DataFrame({"comment": texts}).',
        )
    path = Path(item)
    if (
        any(char.isspace() for char in item)
        and format_of(path) is None
        and not path.exists()
    ):
        raise CoderError(
            "comments are read from files and tables, not from a text",
            'Give the path of a file, or a DataFrame: pandas.DataFrame({"comment": texts}).',
        )
    return path


def _items(source: object) -> list[object]:
    if isinstance(source, Iterable) and not isinstance(source, bytes | Mapping):
        return list(source)
    raise CoderError(
        f"comments cannot be read from a value of the type {type(source).__name__}",
        "Give the path of a file, several paths, or a pandas DataFrame.",
    )


def _only_path(inputs: "Sequence[Path | pd.DataFrame]") -> Path:
    """The file beside which the project is made."""
    if len(inputs) == 1 and isinstance(inputs[0], Path):
        return inputs[0]
    if not inputs:
        raise CoderError("no file of comments is named", "Name a file, or a project.")
    what = "a DataFrame needs" if len(inputs) == 1 else "several files need"
    raise CoderError(
        f"{what} a project to go into", f"Add {option('into', 'PROJECT')}."
    )


def _check_options_of_files(
    project: "Project",
    columns: Columns,
    options: ReadOptions,
) -> None:
    """Raise `CoderError` where an option concerns files and there is none to read."""
    of_files = (
        columns != Columns(),
        options.source_names,
        options.encoding,
        options.sheet,
        options.header_rows is not None,
        options.replace,
    )
    if any(of_files):
        example = command("read", "FILE", option("into", str(project.folder)))
        raise CoderError(
            "options for columns, sources and encodings need a file to read",
            f"Name the file too: {example}",
        )


def _settings(project: "Project") -> "Settings":
    """The project's settings; those of a new project where it does not exist yet."""
    from coder.project import Settings
    from coder.run_records import PROJECT_SUFFIX

    if not project.exists:
        name = project.folder.resolve().name.removesuffix(PROJECT_SUFFIX)
        return Settings(name=name or "comments")
    return project.settings()


def _existing(
    project: "Project", settings: "Settings", results: "Sequence[ReadResult]"
) -> "pd.DataFrame | None":
    """The comments as they are; without the survey's own columns where all are read again."""
    from coder import tables
    from coder.comment_files import stored_columns
    from coder.project import read_command

    if not project.exists:
        return None
    if not project.comments_path.is_file():
        if not results:
            return project.comments  # raises, with the next step
        _check_all_are_read(project, settings, results)
        return None
    wanted = None
    if {source.name for source in settings.every_source} <= _sources_read(results):
        stored = stored_columns(project.comments_path)
        wanted = [name for name in stored if name in tables.COMMENTS.own_names]
    try:
        existing = project.read_comments(wanted or None)
    except CoderError as error:
        if closed_place(project.comments_path) is not None:  # nothing is wrong with it
            raise
        raise CoderError(
            error.problem,
            f"Delete {project.comments_path} and read its files again: "
            f"{read_command(project)}",
        ) from error
    _check_all_are_named(project, settings, existing)
    return existing


def _check_all_are_named(
    project: "Project", settings: "Settings", existing: "pd.DataFrame"
) -> None:
    """Raise `CoderError` where comments are of a source that `project.yaml` does not name: they
    would be gone.
    """
    named = {source.name for source in settings.every_source}
    missing = existing.loc[~existing["source"].isin(named), "source"]
    if missing.empty:
        return
    names = name_some(map(short_cell, missing.unique()))
    raise CoderError(
        f"{project.settings_path}: does not name every source: the project holds "
        f"{count(len(missing), 'comment')} of {names}",
        f"Put {project.settings_path.name} back from a backup. Or, to do without these comments, "
        f"delete {project.comments_path} and read the other files again.",
    )


def _check_all_are_read(
    project: "Project", settings: "Settings", results: "Sequence[ReadResult]"
) -> None:
    """Raise `CoderError` where a source whose comments are missing is not read again."""
    from coder.project import read_command

    names = _sources_read(results)
    contents: set[str] = set()
    for result in results:
        contents.update(source.sha256 for source in result.sources)
    missing = []
    for source in settings.every_source:
        if source.name not in names and source.sha256 not in contents:
            missing.append(source.name)
    if missing:
        raise CoderError(
            f"{project.comments_path}: is missing, and with it the comments of "
            f"{name_some(dict.fromkeys(missing))}",
            f"Read all files of the project again: {read_command(project)}",
        )


def _all_notes(results: "Sequence[ReadResult]", merged: Sequence[str]) -> list[str]:
    """Notes on the files, then on the project, each once."""
    notes: list[str] = []
    for result in results:
        notes.extend(result.notes)
    notes.extend(merged)
    return list(dict.fromkeys(notes))


def _same_comments(before: "pd.DataFrame | None", now: "pd.DataFrame") -> bool:
    """Whether labels made for the one table hold for the other: same texts, same status."""
    if before is None or len(before) != len(now):
        return False
    columns = list(COMPARED)
    then = before[columns].sort_values("comment_id", ignore_index=True)
    after = now[columns].sort_values("comment_id", ignore_index=True)
    return bool(then.equals(after))


def _file_reading(result: "ReadResult", merged: "Merged") -> FileReading:
    """What was read from a file, its questions with the ids that they have in the project."""
    id_of = _ids_by_column(result, merged)
    questions = []
    for question in result.questions:
        own_id = id_of.get(question.column, question.question_id)
        questions.append(question._replace(question_id=own_id))
    return FileReading(
        path=result.path,
        described=result.described,
        format=result.sources[0].format,
        rows=result.rows,
        columns=result.columns,
        attributes=result.attributes,
        questions=tuple(questions),
        kinds=result.kinds,
    )


def _ids_by_column(result: "ReadResult", merged: "Merged") -> dict[str, str]:
    """A file's columns of comments, and the question of the project that each answers; without
    a column that another one splits into the answers to several.
    """
    names = {source.name for source in result.sources}
    id_of = {}
    for part in merged.parts:
        for source in part.question.sources:
            is_whole = "question" not in source.columns
            if source.name in names and is_whole:
                id_of[source.columns.get("text", "")] = part.question.id
    return id_of
