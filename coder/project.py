"""A consultation's folder: its settings, comments, labels and run records."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder import files, tables
from coder.comment_files import (
    check_comments,
    fingerprint_comments,
    fingerprint_read_with,
    read_places,
    read_table,
    stored_columns,
    stored_question_ids,
    with_later_columns,
    write_comments,
)
from coder.errors import CoderError, command, did_you_mean, option
from coder.label_files import LabelFiles, write_parquet
from coder.notebook import html_table
from coder.old_labels import holds_reviewers_answers, model_answer
from coder.project_home import QUESTIONS_FOLDER, SETTINGS_FILE, home_of
from coder.run_records import PROJECT_SUFFIX, last_record, write_record
from coder.settings import Derived as Derived
from coder.settings import Settings as Settings
from coder.settings import Source as Source
from coder.settings import parse_settings, unknown_names, write_settings_to
from coder.transactions import Transaction, joined, settle_project

if TYPE_CHECKING:
    import pandas as pd


class Project:
    """A project folder. Files that belong together are replaced together (see `transactions`);
    what a command left that was ended is put in order when the project is opened.

    In a notebook it shows itself as a table of its sources.

    Args:
        folder: need not exist yet.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        settle_project(self.folder)
        # The file, and what it holds.
        self._parsed: tuple[bytes, Settings] | None = None

    def __repr__(self) -> str:
        return f"Project({str(self.folder)!r})"

    def _repr_html_(self) -> str:
        """Sources with the comments received, excluded and analysed; no text of a comment."""
        return _sources_as_html(self)

    @property
    def home(self) -> Path:
        """The folder of `project.yaml` and the comments (see `home_of`)."""
        return home_of(self.folder)

    @property
    def question_id(self) -> str:
        """The question whose folder this is; empty for a whole project."""
        return "" if self.home == self.folder else self.folder.absolute().name

    def of_question(self, question_id: str) -> "Project":
        """One of several questions as a project of its own: its answers, labels and runs.

        Raises:
            CoderError: there is no such question.
        """
        self.settings().of_question(question_id)
        return Project(self.folder / QUESTIONS_FOLDER / question_id)

    @property
    def settings_path(self) -> Path:
        """`project.yaml`: what the project is made of."""
        return self.home / SETTINGS_FILE

    @property
    def comments_path(self) -> Path:
        """`comments.parquet`: every comment received."""
        return self.home / "comments.parquet"

    @property
    def places_path(self) -> Path:
        """`places.parquet`: where the parts of comments are in their documents."""
        return self.home / "places.parquet"

    @property
    def labels_path(self) -> Path:
        """`labels.parquet`: the model's answer for every comment and theme."""
        return self.folder / "labels.parquet"

    @property
    def candidates_path(self) -> Path:
        """`candidates.yaml`: candidate themes, drafted as a codebook."""
        return self.folder / "candidates.yaml"

    @property
    def cache_path(self) -> Path:
        """The vectors; the file may be deleted, and is made again."""
        return self.home / "cache" / "vectors.sqlite"

    @property
    def exists(self) -> bool:
        """Whether there is a project in the folder."""
        return self.settings_path.is_file()

    def settings(self) -> Settings:
        """The project's settings.

        Raises:
            CoderError: there is no project in the folder, `project.yaml` is wrong, or its
                questions are not those of the comments.
        """
        if not self.exists:
            nearest = ""
            if not self.folder.exists():
                nearest = files.nearest_name(self.folder)
            raise CoderError(
                f"{self.folder}: there is no project here",
                f"{nearest}Make one: {read_command(self)}",
            )
        text = self.settings_path.read_bytes()
        if self._parsed is None or self._parsed[0] != text:
            settings = parse_settings(self.settings_path, text)
            _check_questions(self, settings)
            if self.question_id:
                settings = settings.of_question(self.question_id)
            self._parsed = (text, settings)
        return self._parsed[1]

    def write_settings(self, settings: Settings) -> None:
        """Replace `project.yaml`; its layout and comments stay as they are.

        Raises:
            CoderError: the project is one of several questions, whose settings are those of them
                all; or the file was changed since this object read it.
        """
        _check_is_whole(self)
        with Transaction(self.folder) as change:
            _check_is_as_read(self.settings_path, self._parsed)
            staged = change.stage(self.settings_path)
            write_settings_to(staged, settings, self.settings_path)

    @property
    def comments(self) -> "pd.DataFrame":
        """Every comment received (`tables.COMMENTS` and the survey's own columns).

        A source has the name that it has in `project.yaml` now.

        Raises:
            CoderError: there are none yet, or the file is damaged.
        """
        return self.read_comments()

    def read_comments(self, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """The same with these columns alone, those of `tables.COMMENTS` among them."""
        path, remedy = self.comments_path, read_command(self)
        if not path.is_file():
            if not self.folder.exists():
                self.settings()  # raises, and offers the nearest name
            raise CoderError(f"{path}: there is no such file yet", f"First: {remedy}")
        stored = read_table(path, remedy, self.question_id, columns)
        comments = check_comments(path, with_later_columns(stored), remedy)
        if not self.exists:
            return comments
        return with_new_source_names(comments, self.settings())

    @property
    def places(self) -> "pd.DataFrame":
        """Where in their documents the parts of comments are (`tables.PLACES`); may be empty."""
        if not self.places_path.is_file():
            return tables.empty(tables.PLACES)
        return read_places(self.places_path, read_command(self))

    def write(
        self,
        settings: Settings,
        comments: "pd.DataFrame | Sequence[pd.DataFrame]",
        places: "pd.DataFrame | None" = None,
        within: Transaction | None = None,
    ) -> None:
        """Replace `project.yaml`, `comments.parquet`, `places.parquet` and `ledger.csv` together.

        Args:
            settings: of the whole project.
            comments: all of them, or those of each of several questions.
            places: `tables.PLACES`; without any, the file is removed.
            within: the change that they belong to.
        """
        parts = comments if isinstance(comments, Sequence) else [comments]
        with joined(self.folder, within) as change:
            _stage_files(self, change, settings, parts, places)

    @property
    def labels(self) -> "pd.DataFrame":
        """The model's answer at the last coding (`tables.LABELS`): every analysed comment and
        every theme.

        Reviewers' answers are not in it, nor do sub-themes count for their parents: `decisions`
        lays both over it.

        Raises:
            CoderError: the comments are not coded yet, or the file is damaged.
        """
        labels = self.stored_labels()
        if not holds_reviewers_answers(labels):
            return labels
        last_run = self.last_run("apply") or {}
        return model_answer(labels, last_run.get("thresholds") or {})

    def label_blocks(
        self, columns: Sequence[str] | None = None
    ) -> "Iterator[pd.DataFrame]":
        """The same in blocks of whole comments, some thousands each, in the order of the comments.

        Args:
            columns: those wanted, `comment_id` among them; None for all. There may be more.

        Raises:
            CoderError: the comments are not coded yet, or a file is damaged.
        """
        label_files = self.label_files
        is_one_file = len(label_files.parts()) == 1
        if is_one_file and holds_reviewers_answers(label_files.read(["origin"])):
            yield self.labels
        else:
            yield from label_files.blocks(columns)

    @property
    def has_labels(self) -> bool:
        """Whether the comments have been coded."""
        return bool(self.label_files.parts())

    @property
    def label_files(self) -> LabelFiles:
        """`labels.parquet`: a file, or a folder of parts."""
        apply_command = command("apply", self.folder, option("codebook", "FILE"))
        return LabelFiles(self.labels_path, apply_command)

    def stored_labels(self) -> "pd.DataFrame":
        """`labels.parquet` as it is: in earlier versions with reviewers' answers laid over."""
        if not self.has_labels and not self.folder.exists():
            self.settings()  # raises, and offers the nearest name
        return self.label_files.read()

    def write_labels(
        self, labels: "pd.DataFrame", within: Transaction | None = None
    ) -> None:
        """Replace `labels.parquet` by one file; `within`: what else changes with it."""
        tables.check(labels, tables.LABELS)
        with joined(self.folder, within) as change:
            write_parquet(change.stage(self.labels_path, replaces_folder=True), labels)

    def comments_fingerprint(self) -> str:
        """16 hex digits of what was received and how it counts, whatever the order of rows."""
        return fingerprint_comments(self.comments)

    def record_run(
        self,
        name: str,
        facts: Mapping[str, Any],
        codebook: Path | None = None,
        within: Transaction | None = None,
    ) -> Path:
        """Write `runs/NNNN-NAME.json`: what was run on what, when, and with what outcome.

        Args:
            name: of the command.
            facts: what the record holds besides name, time and versions.
            codebook: whose decisions the run rests on or added to; the record names how far
                they had come, so that `coder check` finds what is lost.
            within: the change that the record is written with.
        """
        return write_record(self.folder, name, facts, codebook, within)

    def last_run(self, name: str) -> dict[str, Any] | None:
        """The newest run record of a command."""
        return last_record(self.folder, name)


def _sources_as_html(project: Project) -> str:
    rows = []
    if project.comments_path.is_file():
        for row in tables.ledger(project.comments).to_dict("records"):
            excluded = row["received"] - row["analysed"]
            rows.append((row["source"], row["received"], excluded, row["analysed"]))
    heading = f"Project {project.folder}"
    return html_table(heading, ("source", "received", "excluded", "analysed"), rows)


def _check_is_as_read(path: Path, parsed: tuple[bytes, Settings] | None) -> None:
    """Raise `CoderError` where `project.yaml` was changed since it was parsed."""
    if parsed is not None and path.is_file() and path.read_bytes() != parsed[0]:
        raise CoderError(
            f"{path}: was changed since it was read, and was not replaced",
            "Read the settings again, and change those.",
        )


def read_command(project: Project) -> str:
    """The command that reads all files of a project; with FILE where none is recorded."""
    names: dict[str, None] = {}
    if project.exists:
        with suppress(CoderError):  # reported where the settings are read
            sources = Project(project.home).settings().every_source
            names = dict.fromkeys(source.file for source in sources)
    return command("read", *(names or ["FILE"]), option("into", str(project.home)))


def _check_questions(project: Project, settings: Settings) -> None:
    """Raise `CoderError` where `project.yaml` has other questions than the comments."""
    stored = stored_question_ids(project.comments_path)
    path = project.settings_path
    again = command("read", "FILE", option("into", str(project.home)))
    if len(stored) > 1 and not settings.questions:
        raise CoderError(
            f"{path}: names no questions, and the comments answer {len(stored)}: "
            f"{', '.join(stored)}",
            f"Put `questions:` back from a backup. Or delete {path.name} and "
            f"{project.comments_path.name}, and read all files again: {again}",
        )
    for question in settings.questions:
        if stored and question.sources and question.id not in stored:
            raise CoderError(
                f"{path}: the comments hold no question {question.id!r}",
                f"Ids of questions cannot be changed. {did_you_mean(question.id, stored)}",
            )


def settings_fault(project: Project) -> str:
    """What to say where `project.yaml` was changed, since the comments were read, in what decides
    which of them count; empty where it was not.
    """
    read_with = fingerprint_read_with(project.comments_path)
    if read_with in ("", project.settings().reading_fingerprint):
        return ""
    return (
        f"{project.settings_path} was changed since the comments were read, and this has not "
        "taken effect yet"
    )


def find_unknown_names(project: Project, settings: Settings | None = None) -> list[str]:
    """The columns and sources that `project.yaml` names and the comments do not have, a sentence
    or two each.

    Args:
        settings: what `project.yaml` says, where that is known; else it is read.
    """
    columns = []
    for name in stored_columns(project.comments_path):
        if name not in tables.COMMENTS.own_names:
            columns.append(name)
    if settings is None:
        settings = Project(project.home).settings()
    return unknown_names(settings, columns)


def _check_is_whole(project: Project) -> None:
    if project.question_id:
        raise CoderError(
            f"{project.folder}: is one of several questions and has no settings of its own",
            f"Write those of the whole project: {project.home}",
        )


def _stage_files(
    project: Project,
    change: Transaction,
    settings: Settings,
    parts: "Sequence[pd.DataFrame]",
    places: "pd.DataFrame | None",
) -> None:
    _check_is_whole(project)
    for part in parts:
        tables.check(part, tables.COMMENTS)
    ledger = change.stage(project.folder / "ledger.csv")
    files.write_csv(ledger, ledger_of(settings, parts))
    new_comments = change.stage(project.comments_path)
    write_comments(new_comments, parts, settings.reading_fingerprint)
    new_settings = change.stage(project.settings_path)
    write_settings_to(new_settings, settings, project.settings_path)
    if places is not None and len(places) > 0:
        write_parquet(change.stage(project.places_path), places)
    else:
        change.remove(project.places_path)


def ledger_of(settings: Settings, parts: "Sequence[pd.DataFrame]") -> "pd.DataFrame":
    """The ledger (`tables.LEDGER`); of several questions with the question before each row."""
    import pandas as pd

    if not settings.questions:
        return tables.ledger(parts[0])
    ledgers = []
    for question, part in zip(settings.questions, parts, strict=True):
        ledger = tables.ledger(part)
        ledger.insert(0, "question_id", question.id)
        ledgers.append(ledger)
    return pd.concat(ledgers, ignore_index=True)


def new_source_names(
    stored: "pd.Series[str]", sources: Sequence[Source]
) -> dict[str, str]:
    """Sources that got another name in `project.yaml` since they were read: old name to new.

    A source is known again by its number of comments; of several with as many, by its place.

    Args:
        stored: of each comment, as it was read.
    """
    counts = stored.value_counts(sort=False)
    names = {source.name for source in sources}
    gone = [str(name) for name in counts.index if name not in names]
    new_name = {}
    for source in sources:
        if source.name in counts.index:
            continue
        alike = [name for name in gone if counts[name] == source.rows]
        if alike:
            new_name[alike[0]] = source.name
            gone.remove(alike[0])
    return new_name


def with_new_source_names(
    comments: "pd.DataFrame", settings: Settings
) -> "pd.DataFrame":
    """The comments with the names that their sources have now, those of each question."""
    if not settings.questions:
        return _renamed(comments, settings.sources)
    question_ids = comments["question_id"]
    renamed = comments
    for question in settings.questions:
        is_own = question_ids == question.id
        part = _renamed(comments[is_own], question.sources)
        names = renamed["source"].where(~is_own, part["source"])
        renamed = renamed.assign(source=names)
    return renamed


def _renamed(comments: "pd.DataFrame", sources: Sequence[Source]) -> "pd.DataFrame":
    new_name = new_source_names(comments["source"], sources)
    if not new_name:
        return comments
    return comments.assign(source=comments["source"].replace(new_name))


def project_beside(path: Path) -> Project:
    """The project of a plain file: `STEM.coding` beside it."""
    if not path.name:  # such as a full stop, for the folder that one is in
        path = path.resolve()
    stem = files.name_to_store(files.stem_of(path))
    return Project(path.with_name(stem + PROJECT_SUFFIX))
