"""A codebook that is changed while a review is open: what changed, and what to do."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from coder.codebook import Change, Codebook, compare_codebooks, read_codebook
from coder.errors import CoderError
from coder.text import count, name_some, safe_text

NAMED = 3  # themes that a message names of each kind

# What happened to themes, in the order of a message.
KINDS = {
    "added": "new",
    "split": "split off",
    "merged": "merged",
    "renamed": "with another id",
    "retired": "no longer coded",
    "removed": "removed",
    "revived": "coded again",
    "moved": "moved",
}


class CodebookChange(NamedTuple):
    """How a codebook differs from the one that a session works with.

    Attributes:
        fingerprint: of the codebook as it is now.
        changes: theme by theme; none where only the title or the settings differ.
        themes: other themes are coded now.
        description: what changed, in one line.
    """

    fingerprint: str
    changes: tuple[Change, ...]
    themes: bool
    description: str


class CodebookWatcher:
    """Tells when a codebook's file says something else.

    Args:
        path: the file of `codebook`.
    """

    def __init__(self, path: Path, codebook: Codebook) -> None:
        self._path = path
        self._codebook = codebook
        self._told = codebook.fingerprint
        self._looked_at = self._stamp()

    def __call__(self) -> CodebookChange | None:
        """The change since the session began, once for each state of the file; None for none.

        A file that cannot be read now, perhaps because somebody is writing it, is looked at
        again with the next call.
        """
        stamp = self._stamp()
        if stamp == self._looked_at or not stamp:
            return None
        try:
            now = read_codebook(self._path)
        except CoderError:
            return None
        self._looked_at = stamp
        fingerprint = now.fingerprint
        if fingerprint == self._told:
            return None
        self._told = fingerprint
        return describe_change(self._codebook, now)

    def _stamp(self) -> tuple[int, int]:
        """When the file was written and how long it is; zeros where it is not there."""
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)


def describe_change(old: Codebook, now: Codebook) -> CodebookChange:
    """How a codebook differs from an earlier state of it."""
    changes = tuple(compare_codebooks(old, now))
    parts = []
    for kind, words in KINDS.items():
        ids = [change.theme_id for change in changes if change.kind == kind]
        if ids:
            parts.append(f"{count(len(ids), 'theme')} {words} ({_some(ids)})")
    parts += _changed_details(changes)
    if not parts and old.fingerprint == now.fingerprint:
        parts = ["it is again as it was when you began"]
    elif not parts:
        parts = ["its title or settings, nothing about the themes"]
    return CodebookChange(
        now.fingerprint,
        changes,
        old.theme_ids != now.theme_ids,
        "; ".join(parts),
    )


def _changed_details(changes: Sequence[Change]) -> list[str]:
    """Names and definitions that are other now, and themes that changed in another way."""
    named, defined, other = [], [], []
    for change in changes:
        details = [detail.partition(":")[0] for detail in change.details]
        if "name" in details:
            named.append(change.theme_id)
        if "definition rewritten" in details:
            defined.append(change.theme_id)
        elif change.kind == "changed" and "name" not in details:
            other.append(change.theme_id)
    parts = []
    for ids, words in (
        (named, "with another name"),
        (defined, "with another definition"),
        (other, "changed otherwise"),
    ):
        if ids:
            parts.append(f"{count(len(ids), 'theme')} {words} ({_some(ids)})")
    return parts


def _some(theme_ids: Sequence[str]) -> str:
    shown = [safe_text(theme_id, one_line=True) for theme_id in theme_ids]
    return name_some(shown, NAMED)
