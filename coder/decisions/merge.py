"""One file out of several versions of a reviewer's file."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from coder.decisions.chain import NO_LINE, Body, hash_line
from coder.decisions.salvage import StoredLine


class Key(NamedTuple):
    """What makes two stored decisions the same: id and content. It sorts by time."""

    decided_at: float  # seconds since 1970; 0 where it cannot be read
    id: str
    content: str  # a hash


class MergedDecisions(NamedTuple):
    """The decisions of several versions together.

    Attributes:
        bodies: each decision once.
        contradictions: ids that stand for decisions with different contents.
    """

    bodies: list[Body]
    contradictions: list[str]


def merge_versions(versions: Sequence[Sequence[StoredLine]]) -> MergedDecisions:
    """Put the versions of one reviewer's file together.

    Each version keeps its order, which says what was decided later and what an undo takes back;
    between versions the time of the decision counts. Up to where the versions part, the result is
    what all of them have. Which version is named first makes no difference.

    Two contents under one id are both kept: nothing here can tell which of them the reviewer
    saved. An undo of the id takes back both.
    """
    bodies: dict[Key, Body] = {}
    keys: list[list[Key]] = []
    for version in versions:
        keys_of_version = []
        for stored in version:
            key = _key(stored)
            bodies[key] = stored.line.body
            keys_of_version.append(key)
        keys.append(keys_of_version)
    order = _order(bodies, _followers(versions, keys))
    return MergedDecisions([bodies[key] for key in order], _contradictions(order))


def _key(stored: StoredLine) -> Key:
    content = hash_line(NO_LINE, stored.line.body)
    return Key(_seconds(stored.decision.decided_at), stored.decision.id, content)


def _seconds(decided_at: str) -> float:
    try:
        time = datetime.fromisoformat(decided_at)
    except ValueError:
        return 0.0
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return time.timestamp()


def _followers(
    versions: Sequence[Sequence[StoredLine]], keys: Sequence[Sequence[Key]]
) -> dict[Key, set[Key]]:
    """What must come after each decision: the line that names it as the one before, and after a
    gap the next line of the file.
    """
    key_of_hash: dict[str, Key] = {}
    for version, keys_of_version in zip(versions, keys, strict=True):
        for stored, key in zip(version, keys_of_version, strict=True):
            key_of_hash[stored.line.hash] = key
    followers: dict[Key, set[Key]] = defaultdict(set)
    for version, keys_of_version in zip(versions, keys, strict=True):
        line_above: Key | None = None
        for stored, key in zip(version, keys_of_version, strict=True):
            before = key_of_hash.get(stored.line.before, line_above)
            if before is not None and before != key:
                followers[before].add(key)
            line_above = key
    return followers


def _order(
    keys: Iterable[Key],
    followers: Mapping[Key, set[Key]],
) -> list[Key]:
    """Every decision after those that it follows, by time where that leaves a choice.

    Where two versions name each other's decisions as earlier, time decides.
    """
    by_time = sorted(keys)
    waiting_for = dict.fromkeys(by_time, 0)
    for later in followers.values():
        for key in later:
            waiting_for[key] += 1
    ready = [key for key in by_time if waiting_for[key] == 0]
    order: dict[Key, None] = {}
    for earliest in [None, *by_time]:
        if earliest is not None and earliest not in order:
            ready.append(earliest)
        while ready:
            key = heapq.heappop(ready)
            if key in order:
                continue
            order[key] = None
            for later_key in followers.get(key, ()):
                waiting_for[later_key] -= 1
                if waiting_for[later_key] == 0:
                    heapq.heappush(ready, later_key)
    return list(order)


def _contradictions(order: Sequence[Key]) -> list[str]:
    ids: set[str] = set()
    several = set()
    for key in order:
        if key.id in ids:
            several.add(key.id)
        ids.add(key.id)
    return sorted(several)
