"""Repair of the decision files of a project's codebook."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.text import count
from coder.workflow.checks.backups import Backups
from coder.workflow.checks.history import HistoryRecords
from coder.workflow.checks.history_gaps import Gap, describe_gaps
from coder.workflow.checks.result import ProjectContents

if TYPE_CHECKING:
    from coder.decisions.repair import NewFile, RepairPlan


@dataclass(frozen=True)
class RepairOutcome:
    """What a repair did.

    Attributes:
        folder: of the decisions.
        kept_in: holds every file as it was before; None where nothing was done.
        plan: what was done to the files.
        lost: what was recorded and could not be brought back.
        restored: states and draws that were brought back from an audit pack.
        interrupted: earlier repairs that had been interrupted, by their folders.
    """

    folder: Path
    kept_in: Path | None
    plan: "RepairPlan"
    lost: tuple[Gap, ...] = ()
    restored: tuple[str, ...] = ()
    interrupted: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {
            "kept_in": str(self.kept_in or ""),
            **self.plan.facts(),
            "lost": [gap.facts() for gap in self.lost],
            "restored": list(self.restored),
            "interrupted": list(self.interrupted),
        }

    def sentences(self) -> list[str]:
        """What was done, in plain words."""
        sentences = []
        for name in self.interrupted:
            sentences.append(f"An earlier repair ({name}) had been interrupted.")
        for file in (*self.plan.new_files, *self.plan.merged):
            sentences += _describe_file(file)
        sentences += _describe_moved(self.plan)
        for name in self.restored:
            sentences.append(f"{name} was brought back from an audit pack.")
        if self.plan.replaced:
            sentences.append(f"Every file as it was before is in {self.kept_in}.")
        for sentence in describe_gaps(self.lost):
            sentences.append(
                f"{sentence}. This is recorded as lost. If you find a copy, put it into "
                f"{self.folder.name} and repair again."
            )
        if not sentences:
            sentences.append("No decision file needs a repair.")
        return sentences


def repair_decisions(contents: ProjectContents) -> RepairOutcome | None:
    """Merge copies, save what is whole of damaged files, and record what is lost; None where no
    codebook is known.

    Files that are in order are not touched; a second repair finds nothing to do.

    Raises:
        CoderError: somebody is saving decisions, or the folder cannot be written.
    """
    from coder.decisions import decisions_folder
    from coder.decisions.repair import finish_interrupted, repair_folder

    if contents.codebook_path is None:
        return None
    folder = decisions_folder(contents.codebook_path).resolve()
    interrupted = finish_interrupted(folder)
    missing, lost_before = HistoryRecords(contents).gaps(folder)
    backups = Backups(contents, folder)
    gaps = [*missing, *lost_before]
    restored = backups.restore_fixed(gaps)
    plan, kept_in = repair_folder(folder, backups.logs_for(gaps))
    lost, _ = HistoryRecords(contents).gaps(folder)
    if lost:
        kept_in = _record_losses(folder, kept_in, lost)
    outcome = RepairOutcome(
        folder,
        kept_in,
        plan,
        tuple(lost),
        tuple(restored),
        tuple(interrupted),
    )
    if kept_in is not None or restored or interrupted:
        facts = outcome.facts()
        contents.project.record_run("repair", facts, contents.codebook_path)
    return outcome


def _record_losses(folder: Path, place: Path | None, lost: Sequence[Gap]) -> Path:
    """Add to the repair's record what could not be brought back."""
    from coder.decisions.repair import RECORD, new_place, now, read_record, write_record

    if place is None:
        place = new_place(folder)
    record = read_record(place / RECORD) or {"at": now()}
    facts = [gap.facts() for gap in lost]
    write_record(place / RECORD, {**record, "lost": facts})
    return place


def _describe_file(file: "NewFile") -> list[str]:
    decisions = count(file.head.count, "decision")
    sources = [name for name in file.made_of if name != file.name]
    sentences = []
    if sources:
        names = ", ".join(sources)
        sentences.append(
            f"{file.name} now holds {decisions}, those of {names} among them."
        )
    else:
        sentences.append(f"{file.name} was written anew with {decisions}.")
    if file.damaged:
        lines = count(file.damaged, "damaged line")
        sentences.append(f"{file.name}: {lines} could not be kept whole.")
    if file.contradictions:
        ids = count(len(file.contradictions), "decision")
        sentences.append(
            f"{file.name}: {ids} had two different contents. Both are kept, and the later one "
            f"counts. Look at these comments again."
        )
    return sentences


def _describe_moved(plan: "RepairPlan") -> list[str]:
    used: set[str] = set()
    for file in (*plan.new_files, *plan.merged):
        used.update(file.made_of)
    sentences = []
    for name in plan.moved:
        if name not in used:
            sentences.append(f"{name} holds no whole decision and was moved away.")
    return sentences
