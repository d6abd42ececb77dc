"""Labels on disk: one file or a folder of parts, read whole or in blocks."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from coder import label_files
from coder.commit_journal import GENERATION
from coder.errors import CoderError
from coder.label_files import PART, LabelFiles, write_parquet
from coder.project_lock import LOCK
from coder.tables import LABELS
from coder.transactions import Transaction

COMMENTS, THEMES = 7, 3


def made_up(first: int, last: int) -> pd.DataFrame:
    """Labels of comments `first` to `last` - 1."""
    rows = [(f"c{n}", f"theme-{k}") for n in range(first, last) for k in range(THEMES)]
    table = pd.DataFrame(rows, columns=["comment_id", "theme_id"])
    table = table.assign(
        position_id="",
        probability=0.5,
        assigned=True,
        origin="model",
        evidence="",
        evidence_start=-1,
        evidence_end=-1,
        codebook_version="1",
    )
    return table.astype(LABELS.dtypes)


@pytest.fixture
def labels(tmp_path: Path) -> LabelFiles:
    return LabelFiles(tmp_path / "labels.parquet", "coder apply")


def write_parts(labels: LabelFiles, cuts: list[int]) -> None:
    with Transaction(labels.path.parent) as change:
        folder = change.stage(labels.path, replaces_folder=True)
        folder.mkdir()
        for number, (first, last) in enumerate(pairwise(cuts)):
            write_parquet(folder / PART.format(number=number), made_up(first, last))


def write_whole(labels: LabelFiles, table: pd.DataFrame) -> None:
    with Transaction(labels.path.parent) as change:
        write_parquet(change.stage(labels.path, replaces_folder=True), table)


def visible(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name not in (LOCK, GENERATION)]


def test_a_file_and_a_folder_hold_the_same(labels: LabelFiles) -> None:
    write_whole(labels, made_up(0, COMMENTS))
    of_file = labels.read()
    write_parts(labels, [0, 4, COMMENTS])
    assert labels.path.is_dir()
    pd.testing.assert_frame_equal(labels.read(), of_file)


def test_a_folder_gives_way_to_a_file_and_leaves_nothing(labels: LabelFiles) -> None:
    write_parts(labels, [0, 4, COMMENTS])
    write_whole(labels, made_up(0, 2))
    assert labels.path.is_file()
    assert visible(labels.path.parent) == ["labels.parquet"]
    assert len(labels.read()) == 2 * THEMES


@pytest.mark.parametrize("rows", [1, 2, 4, 5, 100])
def test_blocks_of_a_file_end_between_comments(
    labels: LabelFiles, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_files, "ROWS_AT_ONCE", rows)
    write_whole(labels, made_up(0, COMMENTS))
    blocks = list(labels.blocks())
    assert all(len(block) % THEMES == 0 for block in blocks)
    together = pd.concat(blocks, ignore_index=True)
    pd.testing.assert_frame_equal(together, made_up(0, COMMENTS))


def test_blocks_of_a_folder_are_its_parts(labels: LabelFiles) -> None:
    write_parts(labels, [0, 4, COMMENTS])
    blocks = list(labels.blocks(["comment_id", "assigned"]))
    assert [len(block) for block in blocks] == [4 * THEMES, 3 * THEMES]


def test_parts_that_fail_leave_the_old_labels(labels: LabelFiles) -> None:
    write_parts(labels, [0, 4, COMMENTS])
    with pytest.raises(KeyError), Transaction(labels.path.parent) as change:
        raise KeyError(change.stage(labels.path, replaces_folder=True).mkdir())
    assert len(labels.read()) == COMMENTS * THEMES
    assert visible(labels.path.parent) == ["labels.parquet"]


def test_a_damaged_part_is_named(labels: LabelFiles) -> None:
    write_parts(labels, [0, 4, COMMENTS])
    part = labels.path / PART.format(number=1)
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(CoderError, match=r"part-00001.parquet: is damaged"):
        list(labels.blocks())


@pytest.mark.parametrize("missing", ["comment_id", "assigned"])
@pytest.mark.parametrize("cuts", [[0, COMMENTS], [0, 4, COMMENTS]])
def test_a_file_without_a_column_is_damaged(
    labels: LabelFiles, missing: str, cuts: list[int]
) -> None:
    write_parts(labels, cuts)
    part = labels.parts()[-1]
    write_parquet(part, made_up(0, 2).drop(columns=missing))
    with pytest.raises(CoderError, match="is damaged"):
        list(labels.blocks(["comment_id", "assigned"]))


@pytest.mark.parametrize("column", ["comment_id", "assigned", "evidence_start"])
@pytest.mark.parametrize("wanted", [None, ["comment_id", "assigned", "evidence_start"]])
def test_a_file_that_lacks_a_value_is_damaged(
    labels: LabelFiles, column: str, wanted: list[str] | None
) -> None:
    table = made_up(0, COMMENTS).astype(object)
    table.loc[2, column] = None
    write_parquet(labels.path, table)
    with pytest.raises(CoderError, match=f"the column {column}"):
        list(labels.blocks(wanted))


def test_without_labels_the_error_names_the_command(labels: LabelFiles) -> None:
    with pytest.raises(CoderError, match="no such file") as raised:
        labels.read()
    assert "coder apply" in raised.value.fix
