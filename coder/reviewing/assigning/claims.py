"""Comments that somebody has in front of them now, so that nobody else is offered them.

`NAME.decisions/claims/REVIEWER.json` holds a reviewer's claims. Each ends by itself after half an
hour, so that a machine that was switched off hinders nobody for long. Claims divide the work and
nothing more: a decision counts whoever has claimed its comment, and where the folder cannot be
written or a file is damaged, there are no claims.
"""

import json
import time
from collections.abc import Callable, Collection, Container, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from coder import files
from coder.errors import CoderError
from coder.private import is_abandoned, mode_of, process_mark
from coder.stored import read_json

CLAIMS_FOLDER = "claims"
LASTS = timedelta(minutes=30)
RENEWED_FROM = LASTS / 2  # what is left of a claim when it is made anew
READ_EVERY = 2.0  # seconds
SECONDS_FOR_LOCK = 2.0
MOST_BYTES = 1 << 20  # of one reviewer's file

Clock = Callable[[], datetime]


def now_in_utc() -> datetime:
    """The present time."""
    return datetime.now(UTC)


class Claim(NamedTuple):
    """One comment in somebody's hands.

    Attributes:
        until: a moment in UTC.
        process: which process claims it (see `private.process_mark`).
    """

    project: str
    comment_id: str
    until: datetime
    process: str

    def holds_at(self, moment: datetime) -> bool:
        """Whether the claim has not ended, nor a process of this machine that made it.

        One that ends too late is of a wrong clock.
        """
        is_timely = moment < self.until <= moment + 2 * LASTS
        return is_timely and not is_abandoned(self.process)


class _ClaimFile(NamedTuple):
    """What one file says: whose claims, and which."""

    reviewer: str
    claims: tuple[Claim, ...]


NO_CLAIMS = _ClaimFile("", ())


class ClaimBook:
    """The claims of one reviewer in one window, and what others hold.

    No method raises: who cannot claim goes on without.

    Args:
        decisions_folder: `NAME.decisions`.
        project: the project's name, because comments of several may have the same ids.
        now: the present time, in UTC.
    """

    def __init__(
        self,
        decisions_folder: Path,
        reviewer: str,
        project: str = "",
        now: Clock = now_in_utc,
    ) -> None:
        self._folder = decisions_folder / CLAIMS_FOLDER
        self._path = self._folder / f"{reviewer}.json"
        self._reviewer = reviewer
        self._project = project
        self._now = now
        self._own: dict[str, datetime] = {}
        self._files: dict[str, tuple[tuple[int, ...], _ClaimFile]] = {}
        self._read_at = float("-inf")

    def claim(self, comment_ids: Collection[str]) -> frozenset[str]:
        """Claim comments for half an hour; returns those that nobody else holds."""
        if not comment_ids:
            return frozenset()
        with self._alone():
            self._read_others()
            wanted = frozenset(comment_ids)
            free = wanted - self._held()
            if free:
                self._own.update(dict.fromkeys(free, self._now() + LASTS))
                self._write(released=())
        return free

    def release(self, comment_ids: Collection[str]) -> None:
        """Give comments back."""
        released = [each for each in comment_ids if self._own.pop(each, None)]
        if released:
            with self._alone():
                self._write(released)

    def release_all(self) -> None:
        """Give back whatever was claimed in this window."""
        self.release(tuple(self._own))

    def renew(self) -> None:
        """Make claims anew that would end soon; call it now and then."""
        soon = self._now() + RENEWED_FROM
        ending = [each for each, until in self._own.items() if until < soon]
        if ending:
            self._own.update(dict.fromkeys(ending, self._now() + LASTS))
            with self._alone():
                self._write(released=())

    def held_by_others(self) -> frozenset[str]:
        """The project's comments in other reviewers' hands, not more than two seconds old."""
        if time.monotonic() - self._read_at > READ_EVERY:
            self._read_others()
        return self._held()

    def _held(self) -> frozenset[str]:
        moment = self._now()
        held: set[str] = set()
        for _, file in self._files.values():
            if file.reviewer != self._reviewer:
                held.update(self._ids_of(file, moment))
        return frozenset(held)

    def _ids_of(self, file: _ClaimFile, moment: datetime) -> Iterator[str]:
        for claim in file.claims:
            if claim.project == self._project and claim.holds_at(moment):
                yield claim.comment_id

    def _read_others(self) -> None:
        """Read the files that changed since they were read last."""
        self._read_at = time.monotonic()
        read = {}
        for path in _json_files(self._folder):
            with suppress(OSError):
                stat = path.stat()
                state = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
                known = self._files.get(path.name)
                if known is None or known[0] != state:
                    known = (state, _read_file(path))
                read[path.name] = known
        self._files = read

    def _write(self, released: Collection[str]) -> None:
        """Write this window's claims among those of the reviewer's other windows."""
        moment = self._now()
        changed = {*self._own, *released}
        claims = []
        for claim in _read_file(self._path).claims:
            is_own = claim.project == self._project and claim.comment_id in changed
            if claim.holds_at(moment) and not is_own:
                claims.append(claim)
        for comment_id, until in self._own.items():
            claims.append(Claim(self._project, comment_id, until, process_mark()))
        with suppress(OSError, CoderError):
            _replace_file(self._path, self._reviewer, claims)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Take turns with others; without it where that is not possible.

        Two people on one disk then never get the same comment. On folders that a program copies
        between machines they may, for as long as the copying takes.
        """
        with ExitStack() as stack:
            with suppress(OSError, CoderError):  # a lock that is not free is an OSError
                lock = self._folder / "claims.lock"
                stack.enter_context(files.hold_lock(lock, SECONDS_FOR_LOCK))
            yield


class SessionClaims:
    """The claims of a session whose keys wait for no file: what is read and written is put off.

    Args:
        put_off: runs what it is given soon, in another thread, in the order of the calls.

    Attributes:
        held: comments in others' hands, as known last.
    """

    def __init__(
        self, book: ClaimBook, put_off: Callable[[Callable[[], object]], object]
    ) -> None:
        self._book = book
        self._put_off = put_off
        self.held: Container[str] = book.held_by_others()

    def change(self, taken: Collection[str], released: Collection[str]) -> None:
        """Claim some comments and give others back, soon."""
        self._put_off(partial(self._change, tuple(taken), tuple(released)))

    def _change(self, taken: Collection[str], released: Collection[str]) -> None:
        self._book.release(released)
        self._book.claim(taken)

    def refresh(self) -> None:
        """Read what others hold now, and keep what this session holds."""
        self.held = self._book.held_by_others()
        self._book.renew()

    def end(self) -> None:
        """Give everything back."""
        self._book.release_all()


def _json_files(folder: Path) -> list[Path]:
    paths = folder.glob("*.json")
    return [path for path in paths if not path.name.startswith(".")]


def _read_file(path: Path) -> _ClaimFile:
    """What a file says; no claims where it cannot be read."""
    try:
        content = read_json(path, "", MOST_BYTES)
        claims = tuple(_claim_of(each) for each in content["claims"])
        return _ClaimFile(str(content["reviewer"]), claims)
    except (CoderError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return NO_CLAIMS


def _claim_of(facts: Any) -> Claim:
    until = datetime.fromisoformat(facts["until"]).astimezone(UTC)
    process = str(facts["process"])
    return Claim(str(facts["project"]), str(facts["comment_id"]), until, process)


def _replace_file(path: Path, reviewer: str, claims: Collection[Claim]) -> None:
    """Write a reviewer's claims, whole or not at all. They need not outlast a power cut."""
    listed = []
    for claim in claims:
        until = claim.until.isoformat(timespec="seconds")
        listed.append({**claim._asdict(), "until": until})
    text = json.dumps({"reviewer": reviewer, "claims": listed}, ensure_ascii=True)
    temporary = files.temporary_beside(path)
    try:
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.chmod(mode_of(path))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
