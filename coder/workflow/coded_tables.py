"""The tables that `apply` writes, block by block: what the model answers, and what stands."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from coder.coding.labels import matrix_table
from coder.coding.tally import LabelTally, count_labels
from coder.decisions import StandingDecisions
from coder.files import BYTE_ORDER_MARK, csv_lines
from coder.label_files import PART, write_parquet
from coder.places import Places
from coder.private import make_folder
from coder.transactions import Transaction

if TYPE_CHECKING:
    import pandas as pd

    from coder.project import Project

TABLES = ("labels.csv", "matrix.csv")
MOST_IN_ONE_FILE = 50_000  # comments; the labels of more are a folder of parts
COMMENTS_IN_A_PART = 10_000


class TableBlock(NamedTuple):
    """What becomes of the labels of a block of comments."""

    labels: "pd.DataFrame"  # `tables.LABELS`, the model's answer
    assigned_csv: str  # lines of labels.csv
    matrix_csv: str  # lines of matrix.csv
    head: str  # first line of both
    matrix_head: str
    tally: LabelTally  # of what stands
    judged: "pd.DataFrame"  # labels of themes, in comments with a judgement


class BlockFinisher:
    """Lays the reviewers' decisions over the labels of a block and puts them into lines.

    It works where the block is coded, which may be another process.
    """

    def __init__(
        self,
        standing: StandingDecisions,
        judged: frozenset[str],
        places: Places | None = None,
    ) -> None:
        self._standing = standing
        self._judged = judged
        self._places = places

    def __call__(self, labels: "pd.DataFrame") -> TableBlock:
        """The lines and counts of a block of the model's answers."""
        stands = self._standing.over(labels)
        assigned = stands[stands["assigned"]]
        if self._places:
            places = _evidence_places(assigned, self._places)
            assigned = assigned.assign(evidence_place=places)
        matrix = matrix_table(stands)
        is_judged = stands["comment_id"].isin(self._judged)
        return TableBlock(
            labels=labels,
            assigned_csv=csv_lines(assigned),
            matrix_csv=csv_lines(matrix),
            head=csv_lines(assigned.iloc[:0], head=True),
            matrix_head=csv_lines(matrix.iloc[:0], head=True),
            tally=count_labels(stands),
            judged=stands[is_judged & (stands["position_id"] == "")],
        )


def _evidence_places(labels: "pd.DataFrame", places: Places) -> list[str]:
    """Where the evidence of each label is in its document; empty where it is in none."""
    columns = labels[["comment_id", "evidence_start", "evidence_end"]]
    names = []
    for comment_id, start, end in columns.itertuples(index=False):
        names.append(places.name(comment_id, start, end))
    return names


class CodedTables:
    """`labels.parquet`, `labels.csv` and `matrix.csv` of a project, written in a stream.

    Attributes:
        tally: of what was written.
        judged: labels of themes as they stand, in comments with a judgement, by block.
    """

    def __init__(
        self,
        assigned: IO[str],
        matrix: IO[str],
        comments: int,
        change: Transaction,
    ) -> None:
        self.tally = LabelTally()
        self.judged: list[pd.DataFrame] = []
        self._assigned = assigned
        self._matrix = matrix
        self._is_large = comments > MOST_IN_ONE_FILE
        self._change = change

    def write(self, blocks: Iterator[TableBlock], project: "Project") -> None:
        """Write all blocks."""
        import pandas as pd

        if not self._is_large:
            labels = [self._take(block) for block in blocks]
            project.write_labels(pd.concat(labels, ignore_index=True), self._change)
            return
        folder = self._change.stage(project.labels_path, replaces_folder=True)
        make_folder(folder)
        waiting: list[pd.DataFrame] = []
        number = 0
        written = 0
        for block in blocks:
            waiting.append(self._take(block))
            if self.tally.comments - written >= COMMENTS_IN_A_PART:
                _write_part(folder, number, waiting)
                number, written = number + 1, self.tally.comments
                waiting = []
        if waiting:
            _write_part(folder, number, waiting)

    def _take(self, block: TableBlock) -> "pd.DataFrame":
        """Write the lines of a block, and give its labels."""
        if not self.tally.comments:
            self._assigned.write(block.head)
            self._matrix.write(block.matrix_head)
        self._assigned.write(block.assigned_csv)
        self._matrix.write(block.matrix_csv)
        self.tally.add(block.tally)
        self.judged.append(block.judged)
        return block.labels


def write_tables_anew(project: "Project", standing: StandingDecisions) -> None:
    """Write `labels.csv` and `matrix.csv` from the labels as they are, and what people decided.

    Raises:
        CoderError: the labels cannot be read, or the folder cannot be written.
    """
    finish = BlockFinisher(standing, frozenset(), Places(project.places))
    with Transaction(project.folder, "coder check") as change, ExitStack() as stack:
        assigned, matrix = (
            stack.enter_context(_new_table(change.stage(project.folder / name)))
            for name in TABLES
        )
        is_first = True
        for labels in project.label_blocks():
            block = finish(labels)
            if is_first:
                assigned.write(block.head)
                matrix.write(block.matrix_head)
                is_first = False
            assigned.write(block.assigned_csv)
            matrix.write(block.matrix_csv)


def _write_part(folder: Path, number: int, labels: "list[pd.DataFrame]") -> None:
    import pandas as pd

    table = pd.concat(labels, ignore_index=True)
    write_parquet(folder / PART.format(number=number), table)


@contextmanager
def open_tables(
    project: "Project", comments: int, change: Transaction
) -> Iterator[CodedTables]:
    """New tables for a number of comments, which replace those of the project with the change."""
    with ExitStack() as stack:
        tables = []
        for name in TABLES:
            table = _new_table(change.stage(project.folder / name))
            tables.append(stack.enter_context(table))
        assigned, matrix = tables
        yield CodedTables(assigned, matrix, comments, change)


@contextmanager
def _new_table(path: Path) -> Iterator[IO[str]]:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BYTE_ORDER_MARK)
        yield file
