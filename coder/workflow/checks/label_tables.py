"""What `apply` wrote for people: `labels.csv` and `matrix.csv`, which show what stands."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError, command, option
from coder.files import sha256_of
from coder.stored import read_rows
from coder.text import count, short_cell
from coder.workflow.checks.coded import apply_again
from coder.workflow.checks.result import (
    CheckResult,
    ProjectContents,
    faults_of_error,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from coder.decisions import StandingDecisions

LABELS, MATRIX = "labels.csv", "matrix.csv"
# Columns that each table must have.
COLUMNS = {LABELS: ("comment_id", "theme_id", "position_id"), MATRIX: ("comment_id",)}
NOT_COMPARED = "not compared with the labels: the decisions cannot be read"
NO_RECORD = "not compared with the labels: no run record tells how they were made"
Assignment = tuple[str, str]  # comment id, and theme or `theme=position`


@dataclass
class Assignments:
    """Assignments in any number, as 8 bytes each."""

    digests: "array[int]" = field(default_factory=lambda: array("Q"))

    def add(self, assignment: Assignment) -> None:
        """Take in one more."""
        self.digests.append(_digest(assignment))


def _digest(assignment: Assignment) -> int:
    text = "\0".join(assignment).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def check_label_tables(contents: ProjectContents) -> list[CheckResult]:
    """Both tables: as `apply` wrote them, or at least with the same assignments."""
    if not contents.project.has_labels:
        return []
    results = []
    for name in COLUMNS:
        result = _check_table(name, contents)
        if result is not None:
            results.append(result)
    return results


def _check_table(name: str, contents: ProjectContents) -> CheckResult | None:
    hashes = contents.last_run("apply").get("tables_sha256") or {}
    path = contents.project.folder / name
    if not path.exists():
        if name not in hashes:  # an earlier version did not write it
            return None
        fault = f"{path} is missing. {write_again(contents)}"
        return CheckResult(name, "missing", (fault,))
    written = Assignments()
    try:
        rows = 0
        for _ in _assignments_in(path, write_again(contents), written):
            rows += 1
        content = count(rows, "row")
        if hashes.get(name) == sha256_of(path):
            return CheckResult(name, content)
    except CoderError as error:
        return CheckResult(name, "cannot be read", faults_of_error(error))
    if not contents.last_run("apply"):
        return CheckResult(name, content, notes=(NO_RECORD,))
    try:
        fault = _compare(contents, path, written, recorded=name in hashes)
    except CoderError:  # reported with the decisions, or the labels
        return CheckResult(name, content, notes=(NOT_COMPARED,))
    return CheckResult(name, content, (fault,) if fault else ())


def write_again(contents: ProjectContents) -> str:
    """What writes the tables anew."""
    if contents.codebook is None:
        return f"Code the comments again: {apply_again(contents)}"
    repair = command("check", contents.project.folder, option("repair"))
    return f"Write it again: {repair}"


def _assignments_in(
    path: Path, remedy: str, written: Assignments
) -> Iterator[list[Assignment]]:
    """Those of each row of a file; they are also put into `written`."""
    for row in read_rows(path, COLUMNS[path.name], remedy):
        comment_id = row.cells["comment_id"]
        assignments = []
        if path.name == LABELS:
            item = _item(row.cells["theme_id"], row.cells["position_id"])
            assignments.append((comment_id, item))
        else:
            for column, value in row.cells.items():
                if value == "1" and column != "comment_id":
                    assignments.append((comment_id, column))
        for assignment in assignments:
            written.add(assignment)
        yield assignments


def _item(theme_id: str, position_id: str) -> str:
    return f"{theme_id}={position_id}" if position_id else theme_id


def _compare(
    contents: ProjectContents, path: Path, written: Assignments, *, recorded: bool
) -> str:
    """What to say where a table holds other assignments than it should; empty where it does
    not.
    """
    import numpy as np

    expected = Assignments()
    for assignment in _expected(contents, recorded=recorded):
        expected.add(assignment)
    different = np.setxor1d(
        np.frombuffer(written.digests, dtype=np.uint64),
        np.frombuffer(expected.digests, dtype=np.uint64),
    )
    if not different.size:
        return ""
    first = _first_of(different, contents, path, recorded=recorded)
    number = count(int(different.size), "assignment")
    return (
        f"{number} not those of labels.parquet and the decisions (first: {first}). "
        f"{write_again(contents)}"
    )


def _first_of(
    different: "NDArray[np.uint64]",
    contents: ProjectContents,
    path: Path,
    *,
    recorded: bool,
) -> str:
    """The first by name of those that differ, which few read again to find."""
    wanted = set(different.tolist())
    names: set[Assignment] = set()
    for assignments in _assignments_in(path, "", Assignments()):
        names.update(each for each in assignments if _digest(each) in wanted)
    for assignment in _expected(contents, recorded=recorded):
        if _digest(assignment) in wanted:
            names.add(assignment)
    return " ".join(map(short_cell, min(names)))


def _expected(contents: ProjectContents, *, recorded: bool) -> Iterator[Assignment]:
    """What the tables should hold.

    Args:
        recorded: the run record holds the tables' hashes. Earlier versions recorded none, and
            stored what stood in `labels.parquet` itself.
    """
    from coder.files import spreadsheet_safe

    columns = ["comment_id", "theme_id", "position_id"]
    for block in _standing_blocks(contents, recorded=recorded):
        rows = block.loc[block["assigned"], columns].itertuples(index=False, name=None)
        for comment_id, theme_id, position_id in rows:
            item = _item(theme_id, position_id)
            yield str(spreadsheet_safe(comment_id)), item


def _standing_blocks(
    contents: ProjectContents, *, recorded: bool
) -> "Iterator[pd.DataFrame]":
    project = contents.project
    standing = standing_decisions(contents) if recorded else None
    if not recorded:
        yield project.stored_labels()
        return
    for block in project.label_blocks():
        yield block if standing is None else standing.over(block)


def standing_decisions(contents: ProjectContents) -> "StandingDecisions | None":
    """What people decided on the comments of this project; None where the codebook, the
    settings or the comments cannot be read.

    Raises:
        CoderError: the decisions cannot be read.
    """
    from coder.decisions import (
        StandingDecisions,
        judgements,
        own_judgements,
        read_decisions,
    )

    path, book = contents.codebook_path, contents.codebook
    settings, comments = contents.settings, contents.comments
    if path is None or book is None or settings is None or comments is None:
        return None
    stored = read_decisions(path)
    judged = judgements(stored.decisions, book, stored.states)
    own = own_judgements(judged, comments, settings.name)
    return StandingDecisions(own, book)
