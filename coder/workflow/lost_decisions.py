"""What commands that use decisions tell of those that were recorded and are gone."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import command, option
from coder.workflow.checks.history_gaps import Gap, StoredHistory, describe_gaps
from coder.workflow.checks.history_records import (
    HistoryRecord,
    read_repair_records,
    read_run_records,
)
from coder.workflow.checks.result import ProjectContents

if TYPE_CHECKING:
    from coder.project import Project


def tell_lost_decisions(project: "Project", codebook_path: Path) -> tuple[str, ...]:
    """A sentence for each decision file that is not what the project's run records say, because
    an older copy took its place or it was removed. None of what a repair recorded as lost.

    Exports are not looked at: `coder check` does.
    """
    from coder.decisions import decisions_folder

    folder = decisions_folder(codebook_path).resolve()
    contents = ProjectContents(project, codebook_path=codebook_path)
    history = StoredHistory(folder)
    gaps: list[Gap] = []
    for gap in history.gaps(_records_about(folder, contents)):
        if not history.is_recorded_loss(gap):
            gaps.append(gap)
    check = command("check", project.folder, option("codebook", str(codebook_path)))
    return tuple(f"{sentence}. What to do: {check}" for sentence in describe_gaps(gaps))


def _records_about(folder: Path, contents: ProjectContents) -> Iterator[HistoryRecord]:
    """The records of repairs and runs that are about one folder of decisions. Where the folder
    that a run names is gone, it is about this one.
    """
    yield from read_repair_records(folder)
    runs, _ = read_run_records(contents)
    for record in runs:
        if record.folder is None or record.folder.resolve() == folder:
            yield record
