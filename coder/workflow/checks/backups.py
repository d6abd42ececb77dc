"""Decisions that are missing and lie elsewhere: in audit packs, and in what repairs replaced."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coder.workflow.checks.history_gaps import Gap
from coder.workflow.checks.history_records import exports_near
from coder.workflow.checks.result import ProjectContents

if TYPE_CHECKING:
    from coder.decisions.salvage import SalvagedFile

PACKED_DECISIONS = "codebook.decisions/"
MOST_BYTES = 1 << 30  # of one file of decisions in a pack


class Backup(NamedTuple):
    """An earlier version of one file.

    Attributes:
        shown: where it is, for messages.
        name: of the file in the decisions folder.
    """

    shown: str
    name: str
    data: bytes

    @property
    def owner(self) -> str:
        """The reviewer that it is named after, where it is a reviewer's file."""
        return self.name.removesuffix(".jsonl")


class Backups:
    """Earlier versions of the files of a decisions folder.

    A version from a pack is used only where it holds the very line whose hash was recorded, so
    that nothing foreign comes in.
    """

    def __init__(self, contents: ProjectContents, folder: Path) -> None:
        self._contents = contents
        self._folder = folder

    def logs_for(self, gaps: Sequence[Gap]) -> "list[SalvagedFile]":
        """Versions of reviewers' files that hold what is missing."""
        from coder.decisions.salvage import salvage

        wanted = [gap for gap in gaps if gap.count > 0]
        names = {gap.file for gap in wanted}
        logs = {}
        for backup in self._packed(names):
            if any(_holds(backup.data, gap) for gap in wanted):
                logs[backup.shown] = backup
        for backup in self._replaced({gap.head for gap in wanted}):
            logs[backup.shown] = backup
        salvaged = []
        for shown, backup in logs.items():
            salvaged.append(salvage(shown, backup.owner, backup.data))
        return salvaged

    def restore_fixed(self, gaps: Sequence[Gap]) -> list[str]:
        """Write back states and draws that are missing; the names of those that were there."""
        from coder import files

        names = {gap.file for gap in gaps if gap.count == 0}
        restored = []
        for backup in self._packed(names):
            path = self._folder / backup.name
            if path.exists() or not _has_its_hash(backup):
                continue
            with files.new_file(path) as temporary:
                temporary.write_bytes(backup.data)
            restored.append(backup.name)
        return restored

    def _packed(self, names: set[str]) -> "Iterator[Backup]":
        """These files as audit packs hold them."""
        if not names:
            return
        for pack in exports_near(self._contents):
            if pack.suffix == ".zip":
                yield from _read_pack(pack, names)

    def _replaced(self, heads: set[str]) -> "Iterator[Backup]":
        """What repairs replaced by a file that ended with one of these hashes."""
        from coder.decisions.repair import RECORD, REPLACED_FOLDER, read_record

        for record in sorted((self._folder / REPLACED_FOLDER).glob(f"*/{RECORD}")):
            made = read_record(record).get("files") or ()
            if heads.isdisjoint(file["head"] for file in made):
                continue
            for path in sorted(record.parent.glob("*.jsonl")):
                shown = path.relative_to(self._folder).as_posix()
                with suppress(OSError):
                    yield Backup(shown, path.name, path.read_bytes())


def _read_pack(pack: Path, names: set[str]) -> Iterator[Backup]:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(pack) as members:
            for member in members.infolist():
                name = member.filename.removeprefix(PACKED_DECISIONS)
                is_wanted = name in names and name != member.filename
                if is_wanted and member.file_size <= MOST_BYTES:
                    yield Backup(f"{pack.name}/{name}", name, members.read(member))
    except (OSError, ValueError, BadZipFile, NotImplementedError):
        return  # not a pack that can be read


def _holds(data: bytes, gap: Gap) -> bool:
    from coder.decisions.chain import numbered_lines, stated_hash

    lines = [line for _, line in numbered_lines(data)]
    return len(lines) >= gap.count and stated_hash(lines[gap.count - 1]) == gap.head


def _has_its_hash(backup: Backup) -> bool:
    import json

    from coder.codebook import fingerprint_of

    try:
        content = json.loads(backup.data)
    except (ValueError, RecursionError):
        return False
    return fingerprint_of(content) == Path(backup.name).stem
