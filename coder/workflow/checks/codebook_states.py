"""The states of the codebook that are stored with the decisions."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.text import count, name_some
from coder.workflow.checks.result import CheckResult

if TYPE_CHECKING:
    from coder.decisions import Decision

SUBJECT = "codebook states"


def check_states(
    decisions_folder: Path, decisions: "Iterable[Decision]"
) -> list[CheckResult]:
    """Each stored state is whole and named by what it holds; each decision has one, or was made
    with a version that stored none.
    """
    from coder.decisions.states import STATES_FOLDER, is_state_file, read_state

    folder = decisions_folder / STATES_FOLDER
    needed = {decision.codebook_fingerprint for decision in decisions}
    stored: set[str] = set()
    faults: list[str] = []
    others: list[str] = []
    for path in _files_in(folder):
        if not is_state_file(path):
            others.append(path.name)
            continue
        stored.add(path.stem)
        try:
            read_state(path)
        except CoderError as error:
            faults.append(f"{error.problem}. {error.fix}")
    content = _describe(len(stored), len(needed - stored))
    return [CheckResult(SUBJECT, content, tuple(faults), _notes(others))]


def _files_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(folder.iterdir())


def _describe(stored: int, not_stored: int) -> str:
    content = f"{stored:,} stored"
    if not_stored:
        content += f", {not_stored:,} not stored (older version)"
    return content


def _notes(others: list[str]) -> tuple[str, ...]:
    if not others:
        return ()
    number = count(len(others), "file")
    return (f"{number} not written by coder, and not read: {name_some(others)}",)
