"""Facts that are written down once beside the decisions: remarks, assignments, training answers.

`NAME.decisions/FOLDER/ID.json` holds one; the file is named by the hash of what it holds and never
changes, as random draws are (see `draws`). So copies of a decisions folder are merged by copying
files, two programs need no lock, and a file that was edited is noticed.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coder import files
from coder.codebook import fingerprint_of
from coder.decisions.folder import DOCUMENT_FOLDERS
from coder.files import sync_folder
from coder.stored import DamagedFileError, read_json

DOCUMENT_ID = re.compile(r"[0-9a-f]{16}")
MOST_BYTES = 256 << 20  # an assignment of several million comments
REMEDY = "It is written down once and never changed. Restore the file from a backup."


class Document(BaseModel):
    """A fact, as written down once; each kind is a subclass.

    Attributes:
        folder: of the decisions folder, where documents of the kind are stored; one of
            `DOCUMENT_FOLDERS`.
        title: what the kind is called in messages: "a remark".
        project: the project that it belongs to.
        made_at: ISO 8601, UTC.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    folder: ClassVar[str]
    title: ClassVar[str]

    project: str
    made_at: str = Field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds")
    )

    @property
    def id(self) -> str:
        """The hash of all that the document says."""
        return fingerprint_of(self.model_dump(mode="json"))


Kind = TypeVar("Kind", bound=Document)


def store_document(decisions_folder: Path, document: Document) -> Path:
    """Write a document down, on disk when this returns; one that is stored already is left alone.

    Raises:
        CoderError: the folder cannot be written.
    """
    path = decisions_folder / document.folder / f"{document.id}.json"
    if not path.exists():
        content = document.model_dump(mode="json")
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=True)
        files.write_text(path, text + "\n")
    for folder in (path.parent, decisions_folder):
        sync_folder(folder)
    return path


def read_documents(decisions_folder: Path, kind: type[Kind]) -> tuple[Kind, ...]:
    """All stored documents of a kind, of all projects, in the order in which they were made.

    Raises:
        CoderError: a file is not as `store_document` wrote it.
    """
    documents = [
        read_document(path, kind) for path in document_paths(decisions_folder, kind)
    ]
    return tuple(sorted(documents, key=lambda found: (found.made_at, found.id)))


def document_paths(decisions_folder: Path, kind: type[Document]) -> list[Path]:
    """The files of a kind, by name; files that are named otherwise are left out."""
    folder = decisions_folder / kind.folder
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if is_document_file(path))


def is_document_file(path: Path) -> bool:
    """Whether a file is named as `store_document` names them."""
    return path.suffix == ".json" and bool(DOCUMENT_ID.fullmatch(path.stem))


def read_document(path: Path, kind: type[Kind]) -> Kind:
    """One stored document.

    Raises:
        CoderError: the file is not as `store_document` wrote it.
    """
    content = read_json(path, REMEDY, MOST_BYTES)
    if fingerprint_of(content) != path.stem:
        raise DamagedFileError(path, "it was changed after it was written", REMEDY)
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise DamagedFileError(path, f"it is not {kind.title}", REMEDY) from error


__all__ = [
    "DOCUMENT_FOLDERS",
    "Document",
    "document_paths",
    "is_document_file",
    "read_document",
    "read_documents",
    "store_document",
]
