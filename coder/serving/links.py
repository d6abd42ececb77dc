"""Links with a secret, one a person: who may come in, as what, and until when.

`links.json` in the project's folder holds only hashes of the secrets, so that who reads the file
cannot come in. A secret has 256 random bits: no guessing finds it, and a plain hash of it is as
good as a slow one.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from coder import files
from coder.decisions import check_reviewer
from coder.errors import CoderError, option
from coder.stored import DamagedFileError, read_json

Role = Literal["reviewer", "adjudicator", "lead"]

LINKS_FILE = "links.json"
SECRET_BYTES = 32
LONGEST_SECRET = 64  # characters; a longer one is not hashed
LONGEST_LINK = timedelta(days=366)
MOST_BYTES = 4 << 20
SECONDS_FOR_LOCK = 10.0
NO_FILE = (0, 0, 0)
REMEDY = "Remove it, and give everybody a new link."

Clock = Callable[[], datetime]


def now_in_utc() -> datetime:
    """The present time."""
    return datetime.now(UTC)


class Person(NamedTuple):
    """Somebody who came in by a link."""

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Whether the person may do what is for this role: a lead may do everything."""
        return self.role in (role, "lead")


class Link(BaseModel):
    """What is stored of a link.

    Attributes:
        secret_hash: hex SHA-256 of the secret in the link.
        session_hash: hex SHA-256 of what the browser keeps (see `session_of`).
        made_at, expires_at: ISO 8601, UTC.
        withdrawn_at: the same; empty while the link holds.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    role: Role
    secret_hash: str
    session_hash: str
    made_at: str
    expires_at: str
    withdrawn_at: str = ""

    def holds_at(self, moment: datetime) -> bool:
        """Whether the link lets its owner in."""
        return not self.withdrawn_at and moment < datetime.fromisoformat(
            self.expires_at
        )

    @property
    def person(self) -> Person:
        """Whose link it is."""
        return Person(self.name, self.role)


class _Links(BaseModel):
    links: tuple[Link, ...] = ()


def session_of(secret: str) -> str:
    """What the browser keeps in place of the secret: the link cannot be told from it."""
    return hashlib.sha256(f"session\0{secret}".encode()).hexdigest()


def csrf_token_of(session: str) -> str:
    """What a page sends with each request that changes something; of one session only."""
    return hmac.new(session.encode(), b"csrf", hashlib.sha256).hexdigest()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class LinkBook:
    """The links of a project. Several programs may change them; each sees the others' changes at
    once.

    Args:
        folder: the project's.
        now: the present time, in UTC.
    """

    def __init__(self, folder: Path, now: Clock = now_in_utc) -> None:
        self.path = folder / LINKS_FILE
        self._now = now
        self._state = NO_FILE
        self._links: tuple[Link, ...] = ()
        self._by_secret: dict[str, Link] = {}
        self._by_session: dict[str, Link] = {}

    def listed(self) -> tuple[Link, ...]:
        """The latest link of each person, by name."""
        latest = {link.name: link for link in self._read()}
        return tuple(latest[name] for name in sorted(latest))

    def of(self, name: str) -> Link | None:
        """The link that lets a person in now; None where they have none."""
        moment = self._now()
        for link in reversed(self._read()):
            if link.name == name and link.holds_at(moment):
                return link
        return None

    def enter(self, secret: str) -> tuple[Person, str, datetime] | None:
        """Who a secret lets in, the session for their browser, and when it ends."""
        if len(secret) > LONGEST_SECRET:
            return None
        self._read()
        link = self._by_secret.get(_hash(secret))
        if link is None or not link.holds_at(self._now()):
            return None
        expires = datetime.fromisoformat(link.expires_at)
        return link.person, session_of(secret), expires

    def person_of(self, session: str) -> Person | None:
        """Whose session it is; None where it is nobody's, or the link no longer holds."""
        if len(session) > LONGEST_SECRET:
            return None
        self._read()
        link = self._by_session.get(_hash(session))
        if link is None or not link.holds_at(self._now()):
            return None
        return link.person

    def make(self, name: str, role: Role, lasts: timedelta) -> str:
        """Make a person's link, in place of any that they had; returns its secret.

        Raises:
            CoderError: the name cannot be a reviewer's, the time is too long, or the file cannot
                be written.
        """
        name = check_reviewer(name)
        if not timedelta(0) < lasts <= LONGEST_LINK:
            raise CoderError(
                f"a link cannot hold for {lasts.days:,} days",
                f"Choose between one day and a year, for example {option('expires', '14d')}.",
            )
        secret = secrets.token_urlsafe(SECRET_BYTES)
        moment = self._now()
        link = Link(
            name=name,
            role=role,
            secret_hash=_hash(secret),
            session_hash=_hash(session_of(secret)),
            made_at=moment.isoformat(timespec="seconds"),
            expires_at=(moment + lasts).isoformat(timespec="seconds"),
        )
        self._change(lambda links: (*self._withdrawn(links, name), link))
        return secret

    def withdraw(self, name: str) -> bool:
        """Withdraw a person's link, and end their sessions; False where they have none."""
        if self.of(name) is None:
            return False
        self._change(lambda links: self._withdrawn(links, name))
        return True

    def change_role(self, name: str, role: Role) -> None:
        """Let a person's link stand for another role."""

        def changed(links: tuple[Link, ...]) -> tuple[Link, ...]:
            return tuple(
                link.model_copy(update={"role": role}) if link.name == name else link
                for link in links
            )

        self._change(changed)

    def _withdrawn(self, links: tuple[Link, ...], name: str) -> tuple[Link, ...]:
        """The links, with those of one person withdrawn."""
        moment = self._now()
        now = {"withdrawn_at": moment.isoformat(timespec="seconds")}
        kept = []
        for link in links:
            if link.name == name and link.holds_at(moment):
                link = link.model_copy(update=now)
            kept.append(link)
        return tuple(kept)

    def _change(self, change: Callable[[tuple[Link, ...]], tuple[Link, ...]]) -> None:
        lock = self.path.with_name(f".{LINKS_FILE}.lock")
        with files.hold_lock(lock, SECONDS_FOR_LOCK):
            links = change(self._read())
            content = _Links(links=links).model_dump(mode="json")
            with files.new_file(self.path) as temporary:
                temporary.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
        self._read()

    def _read(self) -> tuple[Link, ...]:
        """The links in the order they were made, read again where the file changed.

        Raises:
            CoderError: the file is damaged: nobody is let in by it.
        """
        try:
            stat = self.path.stat()
            state = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except FileNotFoundError:
            state = NO_FILE
        if state == self._state:
            return self._links
        self._links = self._load() if state != NO_FILE else ()
        self._by_secret = {link.secret_hash: link for link in self._links}
        self._by_session = {link.session_hash: link for link in self._links}
        self._state = state
        return self._links

    def _load(self) -> tuple[Link, ...]:
        content = read_json(self.path, REMEDY, MOST_BYTES)
        try:
            return _Links.model_validate(content).links
        except ValidationError as error:
            raise DamagedFileError(
                self.path, "it is not a list of links", REMEDY
            ) from error
