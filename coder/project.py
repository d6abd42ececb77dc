"""One consultation's folder: what lies where, its settings, its comments, its ledger, its run records."""

import hashlib
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from coder import files, tables
from coder.errors import CoderError
from coder.old_labels import holds_reviewers_answers, model_answer

if TYPE_CHECKING:
    import pandas as pd

PROJECT_SUFFIX = ".coding"


class Source(BaseModel):
    """A file that was read, and what its columns were taken for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    file: str  # its name, not its path: a project may move
    sha256: str
    format: str
    columns: dict[str, str] = Field(default_factory=dict)  # role to the file's column
    rows: int
    cleaned: int = 0  # texts in which NUL or lone surrogates were replaced
    facts: dict[str, str] = Field(
        default_factory=dict
    )  # what the file says of itself (a page's window ...)
    person: tuple[
        str, ...
    ] = ()  # own columns that tell respondents apart: one that names them, or several


class Derived(BaseModel):
    """Groups made from the answers in a column: inner London from the borough, age bands from ages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    groups: dict[str, tuple[str, ...]] = Field(description="group to the answers in it")
    other: str = Field(
        default="", description="group of every other answer; empty: they count as missing"
    )
    per_source: dict[str, dict[str, tuple[str, ...]]] = Field(
        default_factory=dict, description="source to its own groups, in place of those above"
    )


class Settings(BaseModel):
    """What `project.yaml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    question: str = ""
    language: str = "en"
    sources: tuple[Source, ...] = ()
    attributes: tuple[str, ...] = ()  # the survey's own columns that describe the respondent
    keep: tuple[str, ...] = Field(
        default=(), description="comment ids analysed whatever the rules say"
    )
    exclude: dict[str, str] = Field(
        default_factory=dict, description="comment id to reason, by hand"
    )
    substantive: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="question (or * for all) to answers that count although the rules say they say nothing",
    )
    text_declined: str = Field(
        default="", description="column that says a respondent declined publication"
    )
    routes: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="route to the sources that are reported as one"
    )
    missing: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="column (or * for all) to the answers that count as missing",
    )
    derived: dict[str, Derived] = Field(
        default_factory=dict, description="name to the groups made from a column"
    )


class Project:
    """A project folder. Reading never changes it; each `write_` replaces one file whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    @property
    def settings_path(self) -> Path:
        return self.folder / "project.yaml"

    @property
    def comments_path(self) -> Path:
        return self.folder / "comments.parquet"

    @property
    def labels_path(self) -> Path:
        return self.folder / "labels.parquet"

    @property
    def candidates_path(self) -> Path:
        return self.folder / "candidates.yaml"

    @property
    def cache_path(self) -> Path:
        return self.folder / "cache" / "vectors.sqlite"

    @property
    def exists(self) -> bool:
        return self.settings_path.is_file()

    def settings(self) -> Settings:
        """The project's settings. Raises `CoderError` where there is no project or `project.yaml` is wrong."""
        if not self.exists:
            near = "" if self.folder.exists() else files.nearest_name(self.folder)
            raise CoderError(
                f"{self.folder}: there is no project here",
                f"{near}Make one with: coder read FILE --into {self.folder}",
            )
        try:
            tree = YAML(typ="safe").load(self.settings_path.read_text(encoding="utf-8"))
            return Settings.model_validate(tree)
        except (YAMLError, UnicodeDecodeError) as error:
            raise CoderError(
                f"{self.settings_path}: {str(error).splitlines()[0]}", "Correct the file."
            ) from error
        except ValidationError as error:
            faults = "\n".join(
                f"{self.settings_path}: {'.'.join(map(str, e['loc']))}: {e['msg']}"
                for e in error.errors()
            )
            raise CoderError(faults, "Correct the file.") from error

    def write_settings(self, settings: Settings) -> None:
        with files.new_file(self.settings_path) as temporary:
            self._settings_to(temporary, settings)

    @property
    def comments(self) -> "pd.DataFrame":
        """Every comment received (`tables.COMMENTS` and the survey's own columns)."""
        return tables.check(
            self._parquet(self.comments_path, "coder read FILE --into"), tables.COMMENTS
        )

    def write_comments(self, comments: "pd.DataFrame") -> None:
        """Replace `comments.parquet` and `ledger.csv`."""
        tables.check(comments, tables.COMMENTS)
        account = tables.ledger(comments)
        self._write_parquet(self.comments_path, comments)
        files.write_csv(self.folder / "ledger.csv", account)

    def write(self, settings: Settings, comments: "pd.DataFrame") -> None:
        """Replace `project.yaml`, `comments.parquet` and `ledger.csv`; none is replaced before all are ready.

        The settings go last: they hold the hashes of what was read, so after a power cut in between the
        files are read again rather than taken for read.
        """
        tables.check(comments, tables.COMMENTS)
        account = tables.ledger(comments)
        with (
            files.new_file(self.settings_path) as new_settings,
            files.new_file(self.folder / "ledger.csv") as new_ledger,
            files.new_file(self.comments_path) as new_comments,
        ):
            self._settings_to(new_settings, settings)
            files.write_csv(new_ledger, account)
            self._write_parquet(new_comments, comments)

    def _settings_to(self, path: Path, settings: Settings) -> None:
        """Write the settings to `path`; what `project.yaml` says already stays as it was laid out, with its comments."""
        yaml = YAML()
        yaml.preserve_quotes = True
        yaml.width = 4096
        yaml.indent(mapping=2, sequence=4, offset=2)
        tree = settings.model_dump(mode="json")
        head = "# What this consultation is made of. Written by `coder read`; yours to edit.\n"
        if self.exists:
            held = yaml.load(self.settings_path.read_text(encoding="utf-8"))
            for key, value in tree.items():
                if key not in held or held[key] != value:
                    held[key] = value
            tree, head = held, ""
        with path.open("w", encoding="utf-8") as out:
            out.write(head)
            yaml.dump(tree, out)

    @property
    def labels(self) -> "pd.DataFrame":
        """The model's answer at the last `coder apply` (`tables.LABELS`): every analysed comment and every theme.

        Reviewers' answers are not in it, nor do sub-themes count for their parents: `decisions` lays both over it.
        """
        labels = self.stored_labels()
        if not holds_reviewers_answers(labels):
            return labels
        thresholds = (self.last_run("apply") or {}).get("thresholds") or {}
        return model_answer(labels, thresholds)

    def stored_labels(self) -> "pd.DataFrame":
        """`labels.parquet` as it is; earlier versions wrote reviewers' answers over the model's there."""
        return tables.check(
            self._parquet(self.labels_path, "coder apply", " --codebook FILE"), tables.LABELS
        )

    def write_labels(self, labels: "pd.DataFrame") -> None:
        self._write_parquet(self.labels_path, tables.check(labels, tables.LABELS))

    def _parquet(self, path: Path, command: str, rest: str = "") -> "pd.DataFrame":
        import pandas as pd

        if not path.is_file():
            if not self.folder.exists():
                self.settings()  # says so, and offers the nearest name
            raise CoderError(
                f"{path}: there is no such file yet", f"First: {command} {self.folder}{rest}"
            )
        try:
            return pd.read_parquet(path)
        except (OSError, ValueError) as error:
            raise CoderError(
                f"{path}: is damaged ({str(error).splitlines()[0]})",
                f"Write it anew with: {command} {self.folder}{rest}",
            ) from error

    @staticmethod
    def _write_parquet(path: Path, table: "pd.DataFrame") -> None:
        with files.new_file(path) as temporary:
            table.to_parquet(temporary, index=False, compression="zstd", write_page_checksum=True)

    def comments_fingerprint(self) -> str:
        """Hash of what was received and how it counts, whatever the order of rows: 16 hex digits."""
        frame = self.comments.sort_values("comment_id")
        digest = hashlib.sha256()
        for row in frame[list(tables.COMMENTS.columns)].itertuples(index=False, name=None):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:16]

    # ------------------------------------------------------------ run records

    def record_run(self, command: str, facts: Mapping[str, Any]) -> Path:
        """Write `runs/NNNN-COMMAND.json`: what was run on what, with which versions, and what came of it."""
        folder = self.folder / "runs"
        number = 1 + max(
            (int(p.name[:4]) for p in folder.glob("[0-9][0-9][0-9][0-9]-*.json")), default=0
        )
        path = folder / f"{number:04d}-{command}.json"
        record = {
            "command": command,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": versions(),
            **facts,
        }
        files.write_text(path, json.dumps(record, indent=2, ensure_ascii=False, default=str) + "\n")
        return path

    def last_run(self, command: str) -> dict[str, Any] | None:
        """The newest run record of a command, or None."""
        found = sorted((self.folder / "runs").glob(f"[0-9][0-9][0-9][0-9]-{command}.json"))
        return json.loads(found[-1].read_text(encoding="utf-8")) if found else None


def project_beside(path: Path) -> Project:
    """The project of a plain file: `STEM.coding` beside it."""
    return Project(path.with_name(path.stem + PROJECT_SUFFIX))


def versions() -> dict[str, str]:
    """Versions of what a result depends on."""
    names = (
        "coder",
        "numpy",
        "scipy",
        "pandas",
        "scikit-learn",
        "sentence-transformers",
        "torch",
        "spacy",
        "hdbscan",
    )
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
