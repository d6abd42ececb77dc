"""The manifest of an audit pack: what the pack says of itself, and the hash of each part.

Its seal is a hash of its own content. It finds accidents; whoever changes a pack on purpose can
seal it again, so a pack may be signed (see `pack_signature`).
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from coder.errors import CoderError
from coder.reporting.options import Options

FORMAT = 2
FORMATS = (1, FORMAT)
MANIFEST = "manifest.json"
MOST_BYTES = 64 << 20
ASK_AGAIN = "Ask for the pack again."
# Of the members, the tables among them, and of whoever signs; not of the tables' sources.
OF_MEMBERS = frozenset({"files", "seal", "signed_by"})


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class LogHead(_Strict):
    """How far a reviewer's file of decisions had come (see `coder.decisions.FileHead`)."""

    count: int
    head: str


class DecisionHeads(_Strict):
    """The decisions that a pack was made from (see `coder.decisions.Witness`)."""

    codebook: str
    files: dict[str, LogHead]
    states: tuple[str, ...]
    draws: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    training: tuple[str, ...] = ()


class Facts(_Strict):
    """What a pack was made from, as run records say it.

    Attributes:
        front_ends: how many decisions each reviewer made where (see `decisions.front_ends`).
    """

    comments_fingerprint: str
    codebook_fingerprint: str
    model_fingerprint: str
    project: str | None = None
    decisions: DecisionHeads | None = None
    front_ends: dict[str, dict[str, int]] | None = None


class MadeFrom(_Strict):
    """The whole project that a pack without text was made from; nothing in the pack proves it."""

    comments_fingerprint: str
    codebook_fingerprint: str


class Manifest(_Strict):
    """What `manifest.json` holds.

    Attributes:
        format: 1 of earlier versions, whose tables do not repeat what the manifest says.
        without_text: nothing that respondents wrote is in the pack.
        options: of the report.
        facts: of the parts in the pack.
        decisions: of the store beside the codebook.
        versions: of the libraries it was made with.
        columns_left_out: the survey's own columns that the pack does not hold.
        made_from: of a pack without text, the project with its text.
        signed_by: the fingerprint of the key that it is signed with; empty where it is not.
        files: the SHA-256 of each member but the manifest and its signature.
        seal: the hash of all the rest.
    """

    format: Literal[1, 2]
    without_text: bool
    options: Options
    facts: Facts
    decisions: DecisionHeads | None = None
    versions: dict[str, str]
    columns_left_out: tuple[str, ...] = ()
    made_from: MadeFrom | None = None
    signed_by: str = ""
    files: dict[str, str]
    seal: str


def told_in_tables(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the tables of a pack repeat of its manifest, in the order of its names."""
    kept = {}
    for name, value in manifest.items():
        if name not in OF_MEMBERS:
            kept[name] = value
    told: dict[str, Any] = json.loads(json.dumps(kept, sort_keys=True))
    return told


def hash_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def seal(manifest: Mapping[str, Any]) -> bytes:
    """A manifest as text, with its own hash in it."""
    sealed = {**manifest, "seal": hash_of(_canonical(manifest))}
    text = json.dumps(
        sealed,
        indent=1,
        sort_keys=True,
        ensure_ascii=False,
    )
    return f"{text}\n".encode()


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    text = json.dumps(
        manifest,
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return text.encode()


def read_manifest(path: Path, data: bytes) -> Manifest:
    """The manifest of a pack.

    Raises:
        CoderError: it was changed, has a later format, or does not hold what it must.
    """
    try:
        tree: dict[str, Any] = json.loads(data[:MOST_BYTES])
        stated = tree.pop("seal")
        is_whole = stated == hash_of(_canonical(tree)) and data == seal(tree)
        is_known = tree["format"] in FORMATS
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise CoderError(
            f"{path}: {MANIFEST} was changed (it is not what coder writes)",
            ASK_AGAIN,
        ) from error
    if not is_whole:
        raise CoderError(f"{path}: {MANIFEST} was changed", ASK_AGAIN)
    if not is_known:
        raise CoderError(
            f"{path}: has a later format",
            "Install a newer version of coder.",
        )
    try:
        _check_names(tree)
        return Manifest.model_validate_json(data)
    except (ValidationError, CoderError, KeyError, TypeError) as error:
        raise CoderError(
            f"{path}: {MANIFEST} does not hold what it must ({_describe(error)})",
            ASK_AGAIN,
        ) from error


def _check_names(tree: Mapping[str, Any]) -> None:
    """Raise `CoderError` for an option that no report has, which pydantic would pass over, and
    where no version of coder is named.
    """
    options, libraries = tree["options"], tree["versions"]
    if isinstance(options, dict):
        for name in options:
            if name not in Options.__dataclass_fields__:
                raise CoderError(f"options: there is no option {name!r}")
    for name in ("python", "coder"):
        if tree["format"] == FORMAT and name not in libraries:
            raise CoderError(f"versions: there is none of {name}")


def _describe(error: Exception) -> str:
    """The first fault of a manifest that somebody sealed, in one line."""
    if isinstance(error, CoderError):
        return error.problem
    if isinstance(error, ValidationError):
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, fault["loc"]))
        return f"{place}: {fault['msg']}"
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    return "versions: they are no names with versions"
