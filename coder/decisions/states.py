"""States of a codebook, stored beside the decisions that were made with them.

`NAME.decisions/states/FINGERPRINT.json` holds the whole codebook as it was. A file is named by
the hash of what it holds and never changes: copies of a decisions folder can be merged by copying
files, two programs need no lock, and a file that was edited is noticed.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from coder import files
from coder.codebook import Codebook, fingerprint_of
from coder.errors import CoderError
from coder.stored import read_json

STATES_FOLDER = "states"
FINGERPRINT = re.compile(r"[0-9a-f]{16}")
MOST_BYTES = 32 << 20  # far more than a codebook of a thousand themes needs
RESTORE = (
    "Restore the file from a backup. Or delete it: the themes that the codebook had then are "
    "inferred from the decisions, as far as these show them."
)


@dataclass(frozen=True)
class ThemeState:
    """What counts of one theme when decisions are read: the same names as in the codebook."""

    id: str
    was: tuple[str, ...]
    retired: bool  # not coded: categories too


@dataclass(frozen=True)
class CodebookState:
    """A codebook as it was when decisions were made with it."""

    fingerprint: str
    themes: tuple[ThemeState, ...]

    @cached_property
    def coded(self) -> frozenset[str]:
        """Ids of the themes that were coded."""
        return frozenset(theme.id for theme in self.themes if not theme.retired)

    @cached_property
    def current_ids(self) -> Mapping[str, str]:
        """Each id that a decision could carry, to the id it had in this state."""
        ids = {theme.id: theme.id for theme in self.themes}
        for theme in self.themes:
            for old in theme.was:
                ids.setdefault(old, theme.id)
        return ids


def state_of(codebook: Codebook) -> CodebookState:
    """The state of a codebook now."""
    themes = []
    for node in codebook.nodes:
        theme = node.theme
        themes.append(ThemeState(theme.id, theme.was, not theme.is_coded))
    return CodebookState(codebook.fingerprint, tuple(themes))


def state_path(decisions_folder: Path, fingerprint: str) -> Path:
    """Where a state is stored."""
    return decisions_folder / STATES_FOLDER / f"{fingerprint}.json"


def is_state_file(path: Path) -> bool:
    """Whether a file is named as `store_state` names them."""
    return path.suffix == ".json" and bool(FINGERPRINT.fullmatch(path.stem))


def store_state(decisions_folder: Path, codebook: Codebook) -> None:
    """Write the state of a codebook once; one that is stored already is left as it is.

    Raises:
        CoderError: the folder cannot be written.
    """
    path = state_path(decisions_folder, codebook.fingerprint)
    if not path.exists():
        content = codebook.model_dump(mode="json")
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=True)
        files.write_text(path, text + "\n")


def read_states(
    decisions_folder: Path, fingerprints: Collection[str]
) -> dict[str, CodebookState]:
    """The stored states with these fingerprints; those that were never stored are missing.

    Other files of the folder are not opened: no decision rests on them.

    Raises:
        CoderError: a file is not as `store_state` wrote it.
    """
    states = {}
    for fingerprint in sorted(fingerprints):
        path = state_path(decisions_folder, fingerprint)
        if is_state_file(path) and path.exists():
            states[fingerprint] = read_state(path)
    return states


def read_state(path: Path) -> CodebookState:
    """One stored state.

    Raises:
        CoderError: the file is not as `store_state` wrote it.
    """
    content, fingerprint = _read_content(path)
    if fingerprint != path.stem:
        raise CoderError(
            f"{path}: the file was changed or renamed (its content has the fingerprint "
            f"{fingerprint})",
            RESTORE,
        )
    try:
        themes = tuple(_theme_states(content["themes"]))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CoderError(
            f"{path}: is not a codebook that this version can read",
            f"Install a newer version of coder. {RESTORE}",
        ) from error
    return CodebookState(fingerprint, themes)


def _read_content(path: Path) -> tuple[Any, str]:
    """The JSON of a file, which may be of any program's making, and its fingerprint."""
    content = read_json(path, RESTORE, MOST_BYTES)
    return content, fingerprint_of(content)


def _theme_states(themes: list[dict[str, Any]]) -> Iterator[ThemeState]:
    """Themes and their sub-themes, as `Codebook.nodes` lists them."""
    for theme in themes:
        is_category = theme.get("category", False)
        retired = theme["retired"] or is_category
        yield ThemeState(theme["id"], tuple(theme["was"]), retired)
        yield from _theme_states(theme["themes"])
