"""`NAME.groups.csv`: what a candidate's group knew, kept beside the codebook that adopted it."""

from pathlib import Path

import pandas as pd
import pytest

from coder.errors import CoderError
from coder.groups import add_groups, groups_of, groups_path, read_groups
from coder.tables import GROUPS
from coder.text import text_hash

MEMBERSHIPS = pd.DataFrame(
    [
        ("comment-1", "roads", "", 0.6, "core"),
        ("comment-2", "roads", "", 0.3, "weak"),
        ("comment-3", "roads", "", 0.5, "core"),
        ("comment-3", "parks", "", 0.1, "unclear"),
        ("comment-4", "parks", "", 0.4, "core"),
    ],
    columns=["comment_id", "candidate_id", "parent_id", "strength", "fit"],
)
TEXTS = {
    "comment-1": "Fix the roads",
    "comment-2": "Potholes",
    "comment-3": "Fix the roads",
    "comment-4": "More trees",
}
COMMENTS = pd.DataFrame(
    {"comment_id": list(TEXTS), "text": list(TEXTS.values()), "status": "analysed"}
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "plan.yaml"


def test_groups_come_back_as_they_were_kept(book: Path) -> None:
    rows = groups_of(MEMBERSHIPS, COMMENTS, {}, ["roads", "parks"])
    add_groups(book, rows)
    assert groups_path(book) == book.with_name("plan.groups.csv")
    pd.testing.assert_frame_equal(read_groups(book), rows)


def test_copies_of_a_text_count_once_with_their_best_strength() -> None:
    rows = groups_of(MEMBERSHIPS, COMMENTS, {}, ["roads"]).set_index("text_hash")
    assert list(rows["of"]) == [3, 3]
    assert rows.loc[text_hash("Fix the roads"), "strength"] == 0.6


def test_candidates_with_one_new_id_become_one_group() -> None:
    rows = groups_of(
        MEMBERSHIPS, COMMENTS, {"roads": "streets", "parks": "streets"}, ["roads", "parks"]
    )
    assert set(rows["theme_id"]) == {"streets"}
    assert len(rows) == 3


def test_comments_that_are_not_analysed_are_left_out() -> None:
    excluded = COMMENTS.assign(status=["analysed", "excluded", "analysed", "analysed"])
    rows = groups_of(MEMBERSHIPS, excluded, {}, ["roads"])
    assert list(rows["text_hash"]) == [text_hash("Fix the roads")]
    assert list(rows["of"]) == [2]


def test_a_new_group_replaces_that_of_its_theme_and_no_other(book: Path) -> None:
    add_groups(book, groups_of(MEMBERSHIPS, COMMENTS, {}, ["roads", "parks"]))
    add_groups(book, groups_of(MEMBERSHIPS, COMMENTS, {"parks": "roads"}, ["parks"]))
    kept = read_groups(book)
    assert set(kept.loc[kept["theme_id"] == "roads", "text_hash"]) == {
        text_hash("Fix the roads"),
        text_hash("More trees"),
    }
    assert (kept["theme_id"] == "parks").sum() == 2


def test_the_file_holds_no_text_and_no_comment_id(book: Path) -> None:
    add_groups(book, groups_of(MEMBERSHIPS, COMMENTS, {}, ["roads", "parks"]))
    content = groups_path(book).read_text("utf-8-sig")
    for word in (*TEXTS, *TEXTS.values()):
        assert word not in content


def test_no_groups_leave_no_file(book: Path) -> None:
    add_groups(book, groups_of(MEMBERSHIPS, COMMENTS, {}, ["nothing"]))
    assert not groups_path(book).exists()
    assert list(read_groups(book).columns) == list(GROUPS.columns)


@pytest.mark.parametrize(
    ("cell", "wrong", "fault"),
    [
        ("0.6000", "high", "groups.csv:3: strength is not a number from -1 to 1"),
        ("0.6000", "nan", "strength is not a number"),
        (text_hash("Fix the roads"), "1.2E+31", "text_hash is not 32 hex digits"),
        ("weak", "good", "fit is not one of core, weak, unclear"),
        (",3,", ",0,", "of is not a whole number over 0"),
        ("roads,", ",", "theme_id is empty"),
        (text_hash("Potholes"), text_hash("Fix the roads"), "the same theme and text"),
        ("theme_id", "theme", "lacks 1 column: theme_id"),
        ("core", '"core', "inside a quoted cell"),
    ],
)
def test_a_damaged_file_is_refused(book: Path, cell: str, wrong: str, fault: str) -> None:
    add_groups(book, groups_of(MEMBERSHIPS, COMMENTS, {}, ["roads"]))
    path = groups_path(book)
    content = path.read_text("utf-8-sig")
    assert cell in content
    path.write_text(content.replace(cell, wrong), "utf-8")
    with pytest.raises(CoderError, match="Or delete it") as refused:
        read_groups(book)
    assert fault in refused.value.problem


def test_an_empty_file_is_refused(book: Path) -> None:
    groups_path(book).write_bytes(b"")
    with pytest.raises(CoderError, match=r"plan\.groups\.csv"):
        read_groups(book)


@pytest.mark.parametrize("how", ["cut at the end", "first row gone", "foreign row", "changed"])
def test_rows_that_are_missing_added_or_changed_are_noticed(book: Path, how: str) -> None:
    add_groups(book, groups_of(MEMBERSHIPS, COMMENTS, {}, ["roads"]))
    path = groups_path(book)
    head, *rows = path.read_bytes().splitlines(keepends=True)
    if how == "cut at the end":
        rows.pop()
    elif how == "first row gone":
        rows.pop(0)
    elif how == "foreign row":
        rows.append(b"roads," + b"0" * 32 + b",0.5000,core,3,AAAAAAAA\n")
    else:
        rows[0] = rows[0].replace(b"0.", b"0.1", 1)
    path.write_bytes(b"".join([head, *rows]))
    with pytest.raises(CoderError, match=r"groups\.csv:\d+: this line is not as it was written"):
        read_groups(book)
