"""Decisions that are written while a session is open."""

from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from coder.decisions import Decision, decisions_folder
from coder.decisions.chain import parse_line
from coder.decisions.log import decision_of


class DecisionWatcher:
    """Reads what was added to the reviewers' files since it was asked last.

    The reviewer's own file is among them: they may have a second window open. This divides the
    work, so that two people do not take the same comment; the files are checked where their
    decisions count.
    """

    def __init__(self, codebook_path: Path) -> None:
        self._folder = decisions_folder(codebook_path)
        self._read: dict[str, int] = {}  # bytes read of each file, whole lines only
        for path in self._folder.glob("*.jsonl"):
            with suppress(OSError):  # said where decisions count
                self._read[path.name] = path.read_bytes().rfind(b"\n") + 1

    def __call__(self) -> list[Decision]:
        """The new decisions, in the order of each file.

        Lines that are not whole yet come with a later call. A file that cannot be read now, and
        a line that is not a decision, are left out.
        """
        decisions: list[Decision] = []
        for path in sorted(self._folder.glob("*.jsonl")):
            for line in self._new_lines(path):
                with suppress(ValueError, KeyError, TypeError, ValidationError):
                    decisions.append(decision_of(parse_line(line), line))
        return decisions

    def _new_lines(self, path: Path) -> list[bytes]:
        start = self._read.get(path.name, 0)
        try:
            with path.open("rb") as file:
                file.seek(start)
                data = file.read()
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read[path.name] = start + len(whole)
        return whole.splitlines()
