"""What records name of the decisions and is not there any more."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.text import count
from coder.workflow.checks.history_records import HistoryRecord

if TYPE_CHECKING:
    from coder.decisions.witness import FileHead


@dataclass(frozen=True)
class Gap:
    """A file that is not what a record says.

    Attributes:
        file: its name within the decisions folder.
        count: how many decisions were recorded; 0 for a file that never changes.
        head: the hash recorded of the last of them.
        present: how many decisions the file has now; -1 where it is gone.
        record: what names it, and when.
    """

    file: str
    count: int
    head: str
    present: int
    record: str

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {
            "file": self.file,
            "count": self.count,
            "head": self.head,
            "present": self.present,
            "record": self.record,
        }


class StoredHistory:
    """The files of one decisions folder as they are now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lines: dict[Path, list[bytes]] = {}

    def gaps(self, records: Iterable[HistoryRecord]) -> list[Gap]:
        """All that the records name and that is not there, in their order."""
        gaps = []
        for record in records:
            for name, head in record.witness.files.items():
                if not self._holds(name, head):
                    present = self._count(name)
                    gaps.append(Gap(name, head.count, head.head, present, record.named))
            for name in record.witness.fixed:
                if not (self.folder / name).is_file():
                    gaps.append(Gap(name, 0, "", -1, record.named))
        return gaps

    def _holds(self, name: str, head: "FileHead") -> bool:
        """Whether the lines recorded are there; or were replaced by a repair, which kept them."""
        if head.count == 0 or not head.head:
            return True
        if self._hash_of_line(self.folder / name, head.count) == head.head:
            return True
        for path in self._replaced_files:
            if self._hash_of_line(path, head.count) == head.head:
                return True
        return False

    def _hash_of_line(self, path: Path, number: int) -> str:
        from coder.decisions.chain import stated_hash

        lines = self._lines_of(path)
        if len(lines) < number:
            return ""
        return stated_hash(lines[number - 1])

    def _count(self, name: str) -> int:
        path = self.folder / name
        if not path.is_file():
            return -1
        return len(self._lines_of(path))

    def _lines_of(self, path: Path) -> list[bytes]:
        """The whole lines of a file; none where there is no such file."""
        from coder.decisions.chain import numbered_lines, split_torn

        if path not in self._lines:
            data = b""
            with suppress(OSError):  # said where the decisions are checked
                data, _ = split_torn(path.read_bytes())
            self._lines[path] = [line for _, line in numbered_lines(data)]
        return self._lines[path]

    @cached_property
    def _replaced_files(self) -> list[Path]:
        from coder.decisions.repair import REPLACED_FOLDER

        return sorted((self.folder / REPLACED_FOLDER).glob("*/*.jsonl"))

    @cached_property
    def losses(self) -> dict[tuple[str, str], str]:
        """What earlier repairs could not bring back: file and head to the repair's folder."""
        from coder.decisions.repair import RECORD, REPLACED_FOLDER, read_record

        losses = {}
        for path in sorted((self.folder / REPLACED_FOLDER).glob(f"*/{RECORD}")):
            for loss in read_record(path).get("lost") or ():
                losses[loss["file"], loss["head"]] = path.parent.name
        return losses

    def is_recorded_loss(self, gap: Gap) -> bool:
        """Whether an earlier repair found the same missing, and said so."""
        return (gap.file, gap.head) in self.losses


def describe_gaps(gaps: Sequence[Gap]) -> list[str]:
    """One sentence a file: what is missing, since which record."""
    by_file: dict[str, list[Gap]] = {}
    for gap in gaps:
        by_file.setdefault(gap.file, []).append(gap)
    return [_describe_file(name, by_file[name]) for name in by_file]


def _describe_file(name: str, gaps: Sequence[Gap]) -> str:
    most = max(gaps, key=lambda gap: gap.count)
    since = f"first recorded by {gaps[0].record}"
    if len(gaps) > 1:
        since += f", last by {gaps[-1].record}"
    if most.count == 0:
        return f"{name} is gone ({since})"
    decisions = count(most.count, "decision")
    if most.present < 0:
        return f"{name} is gone, with {decisions} ({since})"
    missing = most.count - most.present
    if missing > 0:
        be = "is" if missing == 1 else "are"
        return (
            f"{name}: {missing:,} of {decisions} {be} missing, the file has "
            f"{most.present:,} ({since})"
        )
    return (
        f"{name}: decision {most.count:,} is not the one that was recorded, so the file is an "
        f"older copy, or was written anew ({since})"
    )
