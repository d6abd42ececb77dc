"""The append-only log: what each reviewer decided, kept for good beside the codebook.

`NAME.yaml` has `NAME.decisions/REVIEWER.jsonl`: one file a reviewer, one line a decision, each
line with the hash of the line before it, flushed to disk before the reviewer is told that it is
saved. Nothing is ever rewritten: undo is another decision, and ids that a theme had before are
read through the codebook.

The chain of hashes shows a line that was changed, not an end that was cut off: for that, run
records and exports say how far each file had come (see `witness`). Files in which two versions
met, and damaged ones, are put in order by `repair`.
"""

import json
import os
import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coder import stored
from coder.codebook import Codebook
from coder.decisions.chain import (
    NO_LINE,
    Line,
    chain_lines,
    encode_lines,
    hash_line,
    numbered_lines,
    parse_line,
    split_torn,
)
from coder.decisions.copies import (
    copy_error,
    doubled_files,
    foreign_reviewers,
    notes_on_copies,
)
from coder.decisions.draws import Draw, read_draws
from coder.decisions.folder import (
    decisions_folder,
    log_paths,
    repair_command,
    reviewer_of,
    sync_store,
)
from coder.decisions.states import CodebookState, read_states, store_state
from coder.errors import CoderError
from coder.private import make_file, make_folder
from coder.text import quoted_cell

REVIEWER_NAME = re.compile(r"^[\w][\w .@\-]{0,59}$")
MOST_BYTES = 8 << 30  # of one reviewer's file
FrontEnd = Literal["", "terminal", "page", "table"]
DEVICE = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


class Decision(BaseModel):
    """One reviewer's answers for one comment, as saved once.

    Within `scope` (the theme ids judged) a theme not in `themes` is rejected; a theme outside
    it is not judged. `themes` maps each theme present to its positions (empty: none named).
    `unsure` lists themes of the scope that the reviewer could not decide; they count as not
    judged. `evidence` holds the words that the reviewer marked for a theme, as start and end in
    code points of `text`. `front_end` says where the decision was made; `ticked` which themes the
    model had ticked before the reviewer looked (None where it showed nothing). Decisions of
    earlier versions tell neither.
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
    ticked: tuple[str, ...] | None = None
    note: str = ""
    evidence: dict[str, tuple[tuple[int, int], ...]] = Field(default_factory=dict)
    front_end: FrontEnd = ""
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


class ReviewerLog(NamedTuple):
    """One reviewer's file.

    Attributes:
        hashes: of the line of each decision.
        torn: bytes of a torn last line, which is left aside.
    """

    decisions: list[Decision]
    hashes: list[str]
    torn: int

    @property
    def head(self) -> str:
        """The hash of the last whole line."""
        if not self.hashes:
            return NO_LINE
        return self.hashes[-1]


def check_reviewer(name: str) -> str:
    """The name with its accents composed, when it can be a file's; `CoderError` else."""
    name = unicodedata.normalize("NFC", name)
    device = DEVICE.match(name)  # Windows would write to the device
    if not REVIEWER_NAME.match(name) or name.endswith((".", " ")) or device:
        raise CoderError(
            f"reviewer {quoted_cell(name)} cannot be a file name",
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
            are named. Or a copy of a reviewer's file lies beside it. Or the stored state of a
            codebook that decisions were made with was changed.
    """
    decisions: list[Decision] = []
    notes: list[str] = []
    folder = decisions_folder(codebook_path)
    paths = log_paths(folder)
    for path in doubled_files(paths):
        raise copy_error(path, reviewer_of(path))
    for path in paths:
        log = read_log(path)
        check_owner(path, log.decisions)
        decisions += log.decisions
        if log.torn:
            notes.append(
                f"{path}: the last line is torn ({log.torn} bytes, never acknowledged); it is "
                "left aside"
            )
    if decisions or codebook_path.is_symlink():
        notes += notes_on_copies(codebook_path)
    fingerprints = {decision.codebook_fingerprint for decision in decisions}
    states = read_states(folder, fingerprints)
    draws = read_draws(folder)
    return StoredDecisions(tuple(decisions), tuple(notes), states, draws)


def check_owner(path: Path, decisions: Iterable[Decision]) -> None:
    """Check that a file holds only decisions of the reviewer it is named after.

    Raises:
        CoderError: it does not, so it is a copy of another file.
    """
    others = foreign_reviewers(path, (decision.reviewer for decision in decisions))
    if others:
        raise copy_error(path, others[0])


def read_log(path: Path) -> ReviewerLog:
    """One reviewer's file; whose decisions it holds is not checked.

    Raises:
        CoderError: a line was changed, removed or inserted after it was written.
    """
    whole, torn = split_torn(_read_bytes(path))
    decisions, hashes = _read_chain(path, whole)
    return ReviewerLog(decisions, hashes, len(torn))


def _read_bytes(path: Path) -> bytes:
    return stored.read_bytes(path, _restore(path), MOST_BYTES)


def _read_chain(path: Path, data: bytes) -> tuple[list[Decision], list[str]]:
    before = NO_LINE
    decisions, hashes = [], []
    for number, text in numbered_lines(data):
        try:
            line = parse_line(text)
            decision = decision_of(line, text)
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise _broken_chain(path, number) from error
        if line.before != before or line.hash != hash_line(before, line.body):
            raise _broken_chain(path, number)
        before = line.hash
        decisions.append(decision)
        hashes.append(before)
    return decisions, hashes


def _broken_chain(path: Path, number: int) -> CoderError:
    return CoderError(
        f"{path}:{number}: this line or the one before it was changed after it was written",
        "Decisions are never edited; take one back with undo in coder review. "
        f"{_restore(path)}",
    )


def _restore(path: Path) -> str:
    return (
        "Restore the file from a backup. Or keep every whole line of it: "
        f"{repair_command(path.parent)}"
    )


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
        self._is_lasting = False

    def begin(self) -> None:
        """Make the folder ready, so that a disk that cannot be written is known before anything is
        decided.

        It leaves the lock's file, by which others see that the reviewer is at work.

        Raises:
            CoderError: the folder or the reviewer's file cannot be written.
        """
        try:
            make_folder(self.path.parent)
            make_file(self.path.with_suffix(".lock"))
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
            make_folder(self.path.parent)
            lock = self.path.with_suffix(".lock")
            make_file(lock)
            with FileLock(lock, timeout=30):
                make_file(self.path)
                self._append_locked(decisions)
        except (OSError, TimeoutError) as error:
            raise CoderError(
                f"{self.path}: the decision could not be saved "
                f"({getattr(error, 'strerror', None) or error})",
                "Free some space or make the folder writable; every decision acknowledged "
                "before is kept.",
            ) from error

    def _append_locked(self, decisions: Sequence[Decision]) -> None:
        # Unbuffered: after a full disk nothing may be left in a buffer that closing would still
        # write.
        with self.path.open("ab+", buffering=0) as file:
            self._catch_up(file)
            bodies = [decision.model_dump(mode="json") for decision in decisions]
            lines = chain_lines(bodies, self._before)
            block = memoryview(encode_lines(lines))
            start = file.tell()
            try:
                written = 0
                while written < len(block):
                    written += file.write(block[written:])
                os.fsync(file.fileno())
            except OSError:
                file.truncate(start)
                raise
            self._seen = _state(os.fstat(file.fileno()))
            self._before = lines[-1].hash
        self._sync_folders()

    def _sync_folders(self) -> None:
        """Make the names of the file and of its folder last through a power cut: once a log, as
        whoever made them may have been ended before doing it.
        """
        if not self._is_lasting:
            sync_store(self.path.parent)
            self._is_lasting = True

    def _catch_up(self, file: IO[bytes]) -> None:
        """Read what another program added since; set a torn tail aside."""
        data_file = self.path
        if _state(data_file.stat()) != self._seen:
            data = data_file.read_bytes()
            whole, torn = split_torn(data)
            decisions, hashes = _read_chain(data_file, whole)
            check_owner(data_file, decisions)
            self._before = (NO_LINE, *hashes)[-1]
            if torn:
                place = data_file.with_suffix(".jsonl.torn")
                make_file(place)
                with place.open("ab") as aside:
                    aside.write(torn + b"\n")
                    aside.flush()
                    os.fsync(aside.fileno())
                os.truncate(data_file, len(whole))
            if len(whole) > len(data):  # an editor took the last newline away
                file.write(b"\n")
        file.seek(0, os.SEEK_END)


def _state(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_size, stat.st_mtime_ns


def decision_of(line: Line, written: bytes) -> Decision:
    """The decision of a line. Half a character, which some terminals send and no file can be
    written with, is replaced.

    Args:
        written: the line as it stands in the file.

    Raises:
        ValidationError: the line holds something else.
    """
    body: Any = line.body
    if stored.HALF_CHARACTER.search(written):
        body = _whole_characters(body)
    return Decision.model_validate(body)


def _whole_characters(value: Any) -> Any:
    """A JSON value with a replacement character in place of each lone surrogate."""
    text = json.dumps(value, ensure_ascii=False)
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(whole)


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
