"""A consultation's folder: its settings, comments, labels and run records."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder import files, tables
from coder.errors import CoderError, command, option
from coder.label_files import LabelFiles, write_parquet
from coder.notebook import html_table
from coder.old_labels import holds_reviewers_answers, model_answer
from coder.run_records import PROJECT_SUFFIX, last_record, write_record
from coder.settings import Derived as Derived
from coder.settings import Settings as Settings
from coder.settings import Source as Source
from coder.settings import parse_settings, write_settings_to

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 20_000  # comments that are Python strings at a time


class Project:
    """A project folder. Reading never changes it; each `write_` method replaces one file whole.

    In a notebook it shows itself as a table of its sources.

    Args:
        folder: need not exist yet.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._parsed: tuple[bytes, Settings] | None = (
            None  # the file, and what it holds
        )

    def __repr__(self) -> str:
        return f"Project({str(self.folder)!r})"

    def _repr_html_(self) -> str:
        """Sources with the comments received, excluded and analysed; no text of a comment."""
        rows = []
        if self.comments_path.is_file():
            for row in tables.ledger(self.comments).to_dict("records"):
                excluded = row["received"] - row["analysed"]
                rows.append((row["source"], row["received"], excluded, row["analysed"]))
        heading = f"Project {self.folder}"
        return html_table(heading, ("source", "received", "excluded", "analysed"), rows)

    @property
    def settings_path(self) -> Path:
        """`project.yaml`: what the project is made of."""
        return self.folder / "project.yaml"

    @property
    def comments_path(self) -> Path:
        """`comments.parquet`: every comment received."""
        return self.folder / "comments.parquet"

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
        """The file of vectors; it may be deleted, and is made again."""
        return self.folder / "cache" / "vectors.sqlite"

    @property
    def exists(self) -> bool:
        """Whether there is a project in the folder."""
        return self.settings_path.is_file()

    # ------------------------------------------------------------ settings

    def settings(self) -> Settings:
        """The project's settings.

        Raises:
            CoderError: there is no project in the folder, or `project.yaml` is wrong.
        """
        if not self.exists:
            nearest = ""
            if not self.folder.exists():
                nearest = files.nearest_name(self.folder)
            raise CoderError(
                f"{self.folder}: there is no project here",
                f"{nearest}Make one: {self._read_command()}",
            )
        text = self.settings_path.read_bytes()
        if self._parsed is None or self._parsed[0] != text:
            self._parsed = (text, parse_settings(self.settings_path, text))
        return self._parsed[1]

    def write_settings(self, settings: Settings) -> None:
        """Replace `project.yaml`; its layout and comments stay as they are."""
        with files.new_file(self.settings_path) as temporary:
            write_settings_to(temporary, settings, self.settings_path)

    def _read_command(self) -> str:
        return command("read", "FILE", option("into", str(self.folder)))

    # ------------------------------------------------------------ comments and labels

    @property
    def comments(self) -> "pd.DataFrame":
        """Every comment received (`tables.COMMENTS` and the survey's own columns).

        A source has the name that it has in `project.yaml` now.

        Raises:
            CoderError: there are none yet, or the file is damaged.
        """
        stored = self._read_parquet(self.comments_path, self._read_command())
        comments = tables.check(with_later_columns(stored), tables.COMMENTS)
        if not self.exists:
            return comments
        new_name = new_source_names(comments["source"], self.settings().sources)
        if not new_name:
            return comments
        return comments.assign(source=comments["source"].replace(new_name))

    def write(self, settings: Settings, comments: "pd.DataFrame") -> None:
        """Replace `project.yaml`, `comments.parquet` and `ledger.csv`; none is replaced before all
        are ready.

        The settings go last: they hold the hashes of what was read, so after a power cut in
        between the files are read again rather than taken for read.
        """
        tables.check(comments, tables.COMMENTS)
        ledger = tables.ledger(comments)
        with (
            files.new_file(self.settings_path) as new_settings,
            files.new_file(self.folder / "ledger.csv") as new_ledger,
            files.new_file(self.comments_path) as new_comments,
        ):
            write_settings_to(new_settings, settings, self.settings_path)
            files.write_csv(new_ledger, ledger)
            write_parquet(new_comments, comments)

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
        """`labels.parquet` as it is; earlier versions wrote reviewers' answers over the model's
        there.
        """
        if not self.has_labels and not self.folder.exists():
            self.settings()  # raises, and offers the nearest name
        return self.label_files.read()

    def write_labels(self, labels: "pd.DataFrame") -> None:
        """Replace `labels.parquet` by one file."""
        self.label_files.write(labels)

    def _read_parquet(self, path: Path, remedy: str) -> "pd.DataFrame":
        """A table of the project; `remedy` is the command that writes it."""
        import pandas as pd

        if not path.is_file():
            if not self.folder.exists():
                self.settings()  # raises, and offers the nearest name
            raise CoderError(f"{path}: there is no such file yet", f"First: {remedy}")
        try:
            return pd.read_parquet(path)
        except (OSError, ValueError) as error:
            problem = str(error).splitlines()[0]
            raise CoderError(
                f"{path}: is damaged ({problem})", f"Write it again: {remedy}"
            ) from error

    def comments_fingerprint(self) -> str:
        """16 hex digits of what was received and how it counts, whatever the order of rows."""
        return fingerprint_comments(self.comments)

    # ------------------------------------------------------------ run records

    def record_run(
        self, name: str, facts: Mapping[str, Any], codebook: Path | None = None
    ) -> Path:
        """Write `runs/NNNN-NAME.json`: what was run on what, with which versions, and with what
        outcome.

        Args:
            name: of the command.
            facts: what the record holds besides name, time and versions.
            codebook: whose decisions the run rests on or added to. The record then names how
                far each decision file had come, so that `coder check` finds what is lost.
        """
        return write_record(self.folder, name, facts, codebook)

    def last_run(self, name: str) -> dict[str, Any] | None:
        """The newest run record of a command, or None."""
        return last_record(self.folder, name)


def with_later_columns(comments: "pd.DataFrame") -> "pd.DataFrame":
    """Comments that an earlier version stored, with the columns that it did not have yet."""
    if "question_id" not in comments.columns:
        comments = comments.assign(question_id="")
    if "respondent_id" not in comments.columns and "comment_id" in comments.columns:
        comments = comments.assign(respondent_id=comments["comment_id"])
    return comments


def fingerprint_comments(comments: "pd.DataFrame") -> str:
    """16 hex digits of `tables.COMMENTS`, whatever the order of rows.

    The columns that earlier versions did not have are left out, so that what was made with
    those versions still fits.
    """
    columns = comments[list(tables.COMMENTS.columns)]
    order = columns["comment_id"].array.argsort()
    digest = hashlib.sha256()
    for start in range(0, len(order), ROWS_AT_ONCE):
        block = columns.take(order[start : start + ROWS_AT_ONCE])
        values = [block[name].tolist() for name in block.columns]
        for row in zip(*values, strict=True):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]


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
    gone = [str(name) for name in dict.fromkeys(stored) if name not in names]
    new_name = {}
    for source in sources:
        if source.name in counts.index:
            continue
        alike = [name for name in gone if counts[name] == source.rows]
        if alike:
            new_name[alike[0]] = source.name
            gone.remove(alike[0])
    return new_name


def project_beside(path: Path) -> Project:
    """The project of a plain file: `STEM.coding` beside it."""
    return Project(path.with_name(path.stem + PROJECT_SUFFIX))
