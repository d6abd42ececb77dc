"""Whether the decisions that were recorded are all still there."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from coder.errors import option
from coder.text import count
from coder.workflow.checks.history_gaps import Gap, StoredHistory, describe_gaps
from coder.workflow.checks.history_records import (
    HistoryRecord,
    read_export_records,
    read_repair_records,
    read_run_records,
)
from coder.workflow.checks.result import CheckResult, ProjectContents

SUBJECT = "history of decisions"


def check_history(contents: ProjectContents) -> list[CheckResult]:
    """Every run record and export against the decision files as they are now.

    Files only grow, so the line that was the last one when a record was written must still be
    there, and the same.
    """
    records = HistoryRecords(contents)
    faults = records.faults_of_missing_codebooks()
    notes: list[str] = []
    for folder, history in records.folders.items():
        missing, lost = records.gaps(folder)
        faults += _faults(missing, folder, contents)
        notes += _notes(lost)
        faults += _interrupted_repairs(history.folder, contents)
    return [
        CheckResult(
            SUBJECT,
            records.describe(),
            tuple(faults),
            tuple(notes),
        )
    ]


class HistoryRecords:
    """All records of a project, each with the decisions folder that it is about."""

    def __init__(self, contents: ProjectContents) -> None:
        from coder.decisions import decisions_folder

        runs, self._without = read_run_records(contents)
        exports = read_export_records(contents)
        self._number = len(runs) + len(exports)
        self.folders: dict[Path, StoredHistory] = {}
        self._records: dict[Path, list[HistoryRecord]] = {}
        self._homeless: list[HistoryRecord] = []
        self._here: Path | None = None
        if contents.codebook_path is not None:
            self._here = decisions_folder(contents.codebook_path).resolve()
            self._include(self._here, read_repair_records(self._here))
        for record in runs:
            self._include_run(record)
        for record in exports:
            self._include_export(record)

    def _include(self, folder: Path, records: Iterable[HistoryRecord]) -> None:
        self.folders.setdefault(folder, StoredHistory(folder))
        self._records.setdefault(folder, []).extend(records)

    def _include_run(self, record: HistoryRecord) -> None:
        """A record is about the folder that it names. Where that is gone, because project or
        codebook were moved or renamed, it is about the codebook that is checked.
        """
        folder = self._here
        if record.folder is not None:
            folder = record.folder.resolve()
        if folder is None:
            self._homeless.append(record)
            return
        if folder not in self.folders:
            self._include(folder, read_repair_records(folder))
        self._include(folder, [record])

    def _include_export(self, record: HistoryRecord) -> None:
        """An export names the codebook but no place: it is about any codebook of that name."""
        name = Path(record.witness.codebook).stem
        namesakes = [folder for folder in self.folders if folder.stem == name]
        for folder in namesakes:
            if not self.folders[folder].gaps([record]):
                return
        for folder in namesakes[:1]:
            self._include(folder, [record])

    def gaps(self, folder: Path) -> tuple[list[Gap], list[Gap]]:
        """What is missing of a folder, and what is known to be lost."""
        history = self.folders[folder]
        missing, lost = [], []
        for gap in history.gaps(self._records[folder]):
            if history.is_recorded_loss(gap):
                lost.append(gap)
            else:
                missing.append(gap)
        return missing, lost

    def faults_of_missing_codebooks(self) -> list[str]:
        """Codebooks with decisions that are not where a record says, one sentence each."""
        newest: dict[str, HistoryRecord] = {}
        for record in self._homeless:
            if record.witness.files:
                newest[record.witness.codebook] = record
        faults = []
        for name, record in newest.items():
            files = count(
                len(record.witness.files), "file of decisions", "files of decisions"
            )
            faults.append(
                f"{name} is not where it was, and {files} with it (recorded by "
                f"{record.named}). Say where it is with {option('codebook', 'FILE')}"
            )
        return faults

    def describe(self) -> str:
        """How many records there are."""
        content = count(self._number, "record")
        if self._without:
            content += f", {self._without:,} of earlier versions name no decisions"
        return content


def _faults(gaps: Sequence[Gap], folder: Path, contents: ProjectContents) -> list[str]:
    if not gaps:
        return []
    faults = []
    advice = (
        f"Put the file back into {folder.name} from a backup. What cannot be brought back is "
        f"recorded as lost by: {_repair(folder, contents)}"
    )
    for sentence in describe_gaps(gaps):
        faults.append(f"{sentence}. {advice}")
    return faults


def _repair(folder: Path, contents: ProjectContents) -> str:
    """The command that repairs a folder, with the codebook's path as it was given where it is
    the one that is checked.
    """
    from coder.decisions import decisions_folder
    from coder.decisions.folder import repair_command

    path = contents.codebook_path
    if path is not None and decisions_folder(path).resolve() == folder:
        folder = decisions_folder(path)
    return repair_command(folder, contents.project.folder)


def _notes(lost: Sequence[Gap]) -> list[str]:
    notes = []
    for sentence in describe_gaps(lost):
        notes.append(f"{sentence}. A repair recorded this as lost")
    return notes


def _interrupted_repairs(folder: Path, contents: ProjectContents) -> list[str]:
    from coder.decisions.repair import REPLACED_FOLDER, UNFINISHED

    faults = []
    for path in sorted((folder / REPLACED_FOLDER).glob(f"*/{UNFINISHED}")):
        faults.append(
            f"the repair {path.parent.name} was interrupted. Finish it: "
            f"{_repair(folder, contents)}"
        )
    return faults
