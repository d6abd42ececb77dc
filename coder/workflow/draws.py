"""Declare a random sample that was drawn in another program."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.engine import Progress, silent
from coder.errors import CoderError
from coder.text import count
from coder.workflow.paths import path_or_table
from coder.workflow.review import ReviewTarget, open_review_target
from coder.workflow.target import Columns

if TYPE_CHECKING:
    import pandas as pd

    from coder.decisions.table_cells import TableCells
    from coder.project import Project
    from coder.reviewing.progress.status import SampleStatus

MOST_NAMED = 8  # faulty rows in one message


@dataclass(frozen=True)
class DrawOutcome:
    """A random sample that was declared.

    Attributes:
        table: the file's path, or `DataFrame`.
        not_analysed: comments of the sample that are not analysed; they are left out of it.
        sample: how far it is decided.
    """

    target: ReviewTarget
    table: str
    not_analysed: int
    sample: "SampleStatus"

    def __repr__(self) -> str:
        return f"DrawOutcome({count(self.sample.drawn, 'comment')} drawn)"

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        facts = {
            "file": self.table,
            "not_analysed": self.not_analysed,
            "sample": self.sample._asdict(),
        }
        return self.target.reading_facts() | facts


def declare_draw(
    target: "Project | Path | str",
    codebook: Path | str,
    table: "pd.DataFrame | Path | str",
    columns: Columns | None = None,
    *,
    progress: Progress = silent,
) -> DrawOutcome:
    """Write down that comments were drawn at random from all that the project analyses.

    Args:
        target, codebook, columns: as `workflow.review.review`.
        table: a DataFrame, a CSV file or a workbook with a column `comment_id`: a row for each
            comment drawn, decided or not.

    Raises:
        CoderError: a row names no comment of the project, or one twice; or an input is at fault.
    """
    from coder.decisions.table_cells import read_cells
    from coder.decisions.table_grid import full_name
    from coder.reviewing.progress.status import read_sample_status
    from coder.reviewing.random_order import declare_sample
    from coder.tables import analysed

    opened = open_review_target(target, codebook, columns, progress)
    source = path_or_table(table, "the table of comments drawn")
    comments = opened.project.comments
    drawn = _read_ids(read_cells(source), set(comments["comment_id"]))
    frame = analysed(comments)["comment_id"].tolist()
    members = [comment_id for comment_id in drawn if comment_id in set(frame)]
    if not members:
        raise CoderError(
            f"{full_name(source)}: none of its comments is analysed",
            "Name the comments that were drawn from those of this project.",
        )
    name = opened.project.settings().name
    draw = declare_sample(opened.codebook_path, opened.codebook, name, frame, members)
    samples = read_sample_status(
        comments, opened.codebook, opened.codebook_path, name, only=draw.id
    )
    return DrawOutcome(
        target=opened,
        table=full_name(source),
        not_analysed=len(drawn) - len(members),
        sample=samples[0],
    )


def _read_ids(cells: "TableCells", known: Collection[str]) -> list[str]:
    """The ids of the table's rows, in their order."""
    ids: list[str] = []
    faults = []
    seen: set[str] = set()
    for row in cells.rows:
        comment_id = row.plain_text("comment_id")
        place = f"{cells.name}: {cells.row_word} {row.number}"
        if comment_id not in known:
            faults.append(f"{place}: the project has no comment {comment_id!r}")
        elif comment_id in seen:
            faults.append(f"{place}: {comment_id!r} is there twice")
        else:
            ids.append(comment_id)
        seen.add(comment_id)
    if faults:
        problem = "\n".join(faults[:MOST_NAMED])
        if len(faults) > MOST_NAMED:
            problem += f"\nand {count(len(faults) - MOST_NAMED, 'more row')}"
        raise CoderError(problem, "Name each comment drawn once, by its id.")
    return ids
