"""Take decisions that were made on another machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.run_records import record_if_allowed
from coder.workflow.paths import path_from
from coder.workflow.review import ReviewTarget, open_review_target
from coder.workflow.target import Columns

if TYPE_CHECKING:
    from coder.decisions.taking import Taken
    from coder.project import Project


@dataclass(frozen=True)
class TakeOutcome:
    """The decisions that were taken.

    Attributes:
        source: what was named.
        notes: what to tell of the project's files.
    """

    target: ReviewTarget
    source: str
    taken: "Taken"
    notes: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        replaced = self.taken.replaced
        facts = {
            "source": self.source,
            **self.taken._asdict(),
            "replaced": None if replaced is None else str(replaced),
        }
        return self.target.reading_facts() | facts


def take(
    target: "Project | Path | str",
    codebook: Path | str,
    source: Path | str,
    columns: Columns | None = None,
    *,
    progress: Progress = silent,
) -> TakeOutcome:
    """Take all decisions of another decisions folder that are not beside the codebook yet.

    Args:
        target, codebook, columns: as `workflow.review.review`.
        source: a decisions folder, one with several, a reviewer's file, or a zip of such.

    Raises:
        CoderError: a file was edited, or is of another project or codebook; nothing is taken
            then. Or an input is at fault.
    """
    from coder.decisions import decisions_folder
    from coder.decisions.taking import take_decisions

    path = path_from(source, "the decisions", "Give the path of a file or folder.")
    opened = open_review_target(target, codebook, columns, progress)
    project = opened.project
    name = project.settings().name
    folder = decisions_folder(opened.codebook_path)
    taken = take_decisions(folder, path, opened.codebook, name)
    outcome = TakeOutcome(opened, str(path), taken)
    facts = outcome.facts()
    notes = record_if_allowed(project.folder, "take", facts, opened.codebook_path)
    return TakeOutcome(opened, str(path), taken, notes)
