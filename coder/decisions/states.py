"""States of a codebook, stored beside the decisions that were made with them.

`NAME.decisions/states/FINGERPRINT.json` holds the themes of one state: ids, ids they had
before, positions, and which were retired. A file is named by what it holds and never changes,
so that copies of a decisions folder can be merged by copying files, and two programs need no
lock.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from coder import files
from coder.codebook import Codebook
from coder.errors import CoderError

STATES_FOLDER = "states"


@dataclass(frozen=True)
class ThemeState:
    """What counts of one theme when decisions are read: the same names as in the codebook."""

    id: str
    was: tuple[str, ...] = ()
    split_from: str = ""
    retired: bool = False
    positions: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodebookState:
    """A codebook as it was when decisions were made with it."""

    fingerprint: str
    version: str
    stored_at: str  # ISO 8601, UTC
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
        themes.append(
            ThemeState(
                id=theme.id,
                was=theme.was,
                split_from=theme.split_from or "",
                retired=theme.retired,
                positions=tuple(position.id for position in theme.positions),
            )
        )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return CodebookState(
        codebook.fingerprint, str(codebook.version), now, tuple(themes)
    )


def store_state(decisions_folder: Path, codebook: Codebook) -> None:
    """Write the state of a codebook once; one that is stored already is left as it is.

    Raises:
        CoderError: the folder cannot be written.
    """
    path = decisions_folder / STATES_FOLDER / f"{codebook.fingerprint}.json"
    if not path.exists():
        text = json.dumps(asdict(state_of(codebook)), indent=1, ensure_ascii=True)
        files.write_text(path, text + "\n")


def read_states(decisions_folder: Path) -> dict[str, CodebookState]:
    """The stored states by fingerprint; empty where none was ever stored.

    Raises:
        CoderError: a file is not as `store_state` wrote it.
    """
    paths = sorted((decisions_folder / STATES_FOLDER).glob("*.json"))
    return {path.stem: _read_state(path) for path in paths}


def _read_state(path: Path) -> CodebookState:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        themes = tuple(_theme_state(record) for record in content["themes"])
        state = CodebookState(
            content["fingerprint"], content["version"], content["stored_at"], themes
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CoderError(
            f"{path}: cannot be read as a state of a codebook ({type(error).__name__})",
            "Restore the file from a backup, or delete it: the state is then inferred from the "
            "decisions.",
        ) from error
    if state.fingerprint != path.stem:
        raise CoderError(
            f"{path}: the file holds the state {state.fingerprint}",
            f"Rename it to {state.fingerprint}.json.",
        )
    return state


def _theme_state(record: Mapping[str, Any]) -> ThemeState:
    return ThemeState(
        id=str(record["id"]),
        was=tuple(record["was"]),
        split_from=str(record["split_from"]),
        retired=bool(record["retired"]),
        positions=tuple(record["positions"]),
    )
