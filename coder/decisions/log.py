"""The append-only log: what each reviewer decided, kept for good beside the codebook.

`NAME.yaml` has `NAME.decisions/REVIEWER.jsonl`: one file a reviewer, one line a decision, each
line with the hash of the line before it, flushed to disk before the reviewer is told that it is
saved. Nothing is ever rewritten: undo is another decision, and ids that a theme had before are
read through the codebook.
"""

import hashlib
import json
import os
import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coder import files
from coder.codebook import Codebook
from coder.decisions.draws import Draw, read_draws
from coder.decisions.states import CodebookState, read_states, store_state
from coder.errors import CoderError

REVIEWER_NAME = re.compile(r"^[\w][\w .@\-]{0,59}$")
DEVICE = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
NO_LINE = "0" * 64  # what the first line names as the line before it


class Decision(BaseModel):
    """One reviewer's answers for one comment, as saved once.

    Within `scope` (the theme ids judged) a theme not in `themes` is rejected; a theme outside
    it is not judged. `themes` maps each theme present to its positions (empty: none named).
    `unsure` lists themes of the scope that the reviewer could not decide; they count as not
    judged.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    project: str
    comment_id: str
    text: str  # as seen by the reviewer: what the next consultation learns from
    text_hash: str
    scope: tuple[str, ...]
    themes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    mode: Literal["blind", "assisted"]
    chosen: Literal["random", "targeted", "listed"]
    shown: dict[str, float] = Field(
        default_factory=dict
    )  # probabilities on the screen, by theme
    note: str = ""
    reviewer: str
    decided_at: str = Field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds")
    )
    codebook_version: str
    codebook_fingerprint: str
    model_fingerprint: str = ""
    adjudicates: tuple[
        str, ...
    ] = ()  # ids of the differing decisions that this one settles
    # Id of the decision that this one takes back; the rest is then ignored.
    undoes: str | None = None


class StoredDecisions(NamedTuple):
    """All decisions of a codebook, in the order of each file, notes on the files, the
    codebook's stored states, and the random draws.
    """

    decisions: tuple[Decision, ...]
    notes: tuple[str, ...]
    states: Mapping[str, CodebookState]  # by fingerprint
    draws: tuple[Draw, ...] = ()  # of all projects


def decisions_folder(codebook_path: Path) -> Path:
    """`NAME.decisions` beside `NAME.yaml`."""
    return codebook_path.with_name(codebook_path.stem + ".decisions")


def check_reviewer(name: str) -> str:
    """The name with its accents composed, when it can be a file's; `CoderError` else."""
    name = unicodedata.normalize("NFC", name)
    device = DEVICE.match(name)  # Windows would write to the device
    if not REVIEWER_NAME.match(name) or name.endswith((".", " ")) or device:
        raise CoderError(
            f"reviewer {name!r} cannot be a file name",
            "Use up to 60 letters, digits, spaces, dots, hyphens, @ or _; for example "
            "--reviewer amira",
        )
    return name


def _check_alike(folder: Path, name: str) -> None:
    """Names that many disks take for one file are one reviewer's."""

    def key(text: str) -> str:
        return unicodedata.normalize("NFC", text).casefold()

    for path in sorted(folder.glob("*.jsonl")):
        if path.stem != name and key(path.stem) == key(name):
            raise CoderError(
                f"reviewer {name!r}: there are decisions of {path.stem!r} in {folder}",
                "Names that differ in capitals alone share a file on many disks. Say "
                f"--reviewer {path.stem!r}, or choose another name.",
            )


# ---------------------------------------------------------------- reading


def read_decisions(codebook_path: Path) -> StoredDecisions:
    """Every decision beside a codebook.

    A torn last line (the power went while it was written, so nobody was told it was saved) is
    left aside and noted.

    Raises:
        CoderError: a line was changed, removed or inserted after it was written; file and line
            are named. Or the stored state of a codebook that decisions were made with was changed.
    """
    decisions: list[Decision] = []
    notes: list[str] = []
    for path in sorted(decisions_folder(codebook_path).glob("*.jsonl")):
        logged, torn = read_log(path)
        decisions += logged
        if torn:
            notes.append(
                f"{path}: the last line is torn ({torn} bytes, never acknowledged); it is left "
                "aside"
            )
    fingerprints = {decision.codebook_fingerprint for decision in decisions}
    folder = decisions_folder(codebook_path)
    states = read_states(folder, fingerprints)
    draws = read_draws(folder)
    return StoredDecisions(tuple(decisions), tuple(notes), states, draws)


def read_log(path: Path) -> tuple[list[Decision], int]:
    """The decisions of one reviewer's file, and how many bytes of a torn last line were left aside.

    Raises:
        CoderError: as `read_decisions`.
    """
    whole, torn = _split(path.read_bytes())
    return _chained(path, whole), len(torn)


def _split(data: bytes) -> tuple[bytes, bytes]:
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:]


def _chained(path: Path, data: bytes) -> list[Decision]:
    before = NO_LINE
    decisions = []
    for number, line in enumerate(data.splitlines(), start=1):
        broken = CoderError(
            f"{path}:{number}: this line or the one before it was changed after it was written",
            "Decisions are never edited: restore the file from a backup, and take a decision "
            "back with undo in coder review.",
        )
        try:
            record = json.loads(line)
            stated, body = record["before"], record["decision"]
            decision = Decision.model_validate(body)
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise broken from error
        if stated != before or record.get("hash") != _line_hash(before, body):
            raise broken
        before = record["hash"]
        decisions.append(decision)
    return decisions


def _line_hash(before: str, body: dict[str, object]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def head_hash(path: Path) -> str:
    """Hash of the last whole line of a reviewer's file: what an export prints so that a cut
    tail is found.
    """
    lines = _split(path.read_bytes())[0].splitlines()
    return str(json.loads(lines[-1])["hash"]) if lines else NO_LINE


# ---------------------------------------------------------------- writing


class DecisionLog:
    """One reviewer's file, for appending.

    `append` returns once the decisions are on disk: what it returned for is never lost. Two
    programs may append to one file; a lock takes turns. A torn last line is moved to
    `REVIEWER.jsonl.torn` first.
    """

    def __init__(
        self, codebook_path: Path, reviewer: str, codebook: Codebook | None = None
    ) -> None:
        """Prepare the file of one reviewer.

        Args:
            codebook: the one that decisions are made with. Its state is stored beside the first
                decision; without it the state is inferred when decisions are read (see
                `history`).

        Raises:
            CoderError: the name cannot be a file's, or is nearly that of another reviewer.
        """
        self._codebook = codebook
        self.reviewer = check_reviewer(reviewer)
        _check_alike(decisions_folder(codebook_path), self.reviewer)
        self.path = decisions_folder(codebook_path) / f"{self.reviewer}.jsonl"
        self._seen = (-1, -1)  # size and time of the file as this log left it
        self._before = NO_LINE

    def begin(self) -> None:
        """Make the folder ready, so that a disk that cannot be written is known before anything is
        decided.

        It leaves the lock's file, by which others see that the reviewer is at work.

        Raises:
            CoderError: the folder or the reviewer's file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.with_suffix(".lock").touch()
            if self.path.exists():
                self.path.open("ab").close()
        except OSError as error:
            raise CoderError(
                f"{self.path}: decisions cannot be saved there ({error.strerror or error})",
                "Make the folder and the file writable; or copy the codebook to a folder that is.",
            ) from error

    def append(self, decisions: Sequence[Decision]) -> None:
        """Write decisions as one block, all or none of them as far as the disk allows, and sync.

        Raises:
            CoderError: the folder cannot be written, or the file was edited; nothing is then added.
        """
        if not decisions:
            return
        if self._codebook is not None:
            store_state(self.path.parent, self._codebook)
            self._codebook = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_suffix(".lock"), timeout=30):
                self._append_locked(decisions)
        except (OSError, TimeoutError) as error:
            raise CoderError(
                f"{self.path}: the decision could not be saved "
                f"({getattr(error, 'strerror', None) or error})",
                "Free some space or make the folder writable; every decision acknowledged "
                "before is kept.",
            ) from error

    def _append_locked(self, decisions: Sequence[Decision]) -> None:
        new = not self.path.exists()
        # Unbuffered: after a full disk nothing may be left in a buffer that closing would still
        # write.
        with self.path.open("ab+", buffering=0) as file:
            self._catch_up(file)
            lines: list[bytes] = []
            before = self._before
            for decision in decisions:
                body = decision.model_dump(mode="json")
                line = {"before": before, "decision": body}
                before = line["hash"] = _line_hash(before, body)
                lines.append(
                    json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode()
                    + b"\n"
                )
            block = memoryview(b"".join(lines))
            start = file.tell()
            try:
                written = 0
                while written < len(block):
                    written += file.write(block[written:])
                os.fsync(file.fileno())
            except OSError:
                file.truncate(start)
                raise
            self._seen, self._before = _state(os.fstat(file.fileno())), before
        if new:
            files.sync_folder(self.path.parent)

    def _catch_up(self, file: "object") -> None:
        """Read what another program added since; set a torn tail aside."""
        data_file = self.path
        if _state(data_file.stat()) != self._seen:
            whole, torn = _split(data_file.read_bytes())
            decisions = _chained(data_file, whole)
            self._before = head_hash(data_file) if decisions else NO_LINE
            if torn:
                with data_file.with_suffix(".jsonl.torn").open("ab") as aside:
                    aside.write(torn + b"\n")
                    aside.flush()
                    os.fsync(aside.fileno())
                os.truncate(data_file, len(whole))
        file.seek(0, os.SEEK_END)  # type: ignore[attr-defined]


def _state(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_size, stat.st_mtime_ns


def drop_undone(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that were not taken back, in their order; an undone undo gives the decision
    back.
    """
    listed = list(decisions)
    undone: set[str] = set()
    for decision in reversed(listed):
        if decision.undoes is not None and decision.id not in undone:
            undone.add(decision.undoes)
    return [d for d in listed if d.undoes is None and d.id not in undone]
