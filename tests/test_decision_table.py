"""The one reader of decision tables: DataFrames, and the same table for both commands."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

import coder
from coder.codebook import Codebook
from coder.decisions import Decision, read_decisions
from coder.decisions.table import read_coding_table, read_decision_table
from coder.decisions.table_cells import MOST_FAULTS
from coder.decisions.table_grid import ID_COLUMN
from coder.errors import CoderError
from coder.limits import ORDINARY, use_limits
from coder.reviewing.table_decisions import take_table
from review_helpers import book_at, comments_table, labels_table, plain_texts, project_at

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TEXTS = plain_texts(8)
COLUMNS = ["comment_id", "themes", "scope", "mode", "decided_at"]
ROWS = [
    ("C-0001", "drugs=more;women", None, "blind", "2026-03-31"),
    ("C-0002", "", "drugs;women", None, None),
    ("C-0003", None, None, None, None),
]


@pytest.fixture
def book(tmp_path: Path) -> Codebook:
    return book_at(tmp_path)[1]


def take(source: Path | pd.DataFrame, folder: Path) -> list[Decision]:
    path, book = book_at(folder)
    take_table(source, comments_table(TEXTS), book, path, "amira", project="p", now=NOW)
    return [d.model_copy(update={"id": ""}) for d in read_decisions(path).decisions]


def fault(source: Path | pd.DataFrame, book: Codebook) -> str:
    with pytest.raises(CoderError) as caught:
        read_decision_table(source, book, texts=TEXTS, now=NOW)
    return str(caught.value)


# ---------------------------------------------------------------- DataFrames


def test_a_frame_gives_the_decisions_of_its_file(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    decisions = take(path, tmp_path / "file")
    assert [d.themes for d in decisions] == [{"drugs": ("more",), "women": ()}, {}, {}]
    assert take(frame, tmp_path / "frame") == decisions
    by_id = frame.set_index("comment_id")
    assert take(by_id, tmp_path / "index") == decisions
    assert take(frame.astype("string"), tmp_path / "strings") == decisions
    chosen_rows = pd.concat([frame, frame]).iloc[3:]  # any index will do
    assert take(chosen_rows, tmp_path / "chosen") == decisions


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, ""])
def test_values_of_a_frame_are_read_as_a_person_would(book: Codebook, missing: object) -> None:
    frame = pd.DataFrame(
        {
            "comment_id": ["C-0001", "C-0002"],
            "drugs": [True, missing],
            "women": [1.0, np.False_],
            "driving": [missing, "?"],
            "decided_at": [pd.Timestamp("2026-03-31 14:05"), pd.NaT],
        },
        dtype=object,
    )
    one, two = read_decision_table(frame, book, texts=TEXTS, now=NOW).rows
    assert (one.scope, one.themes) == (("drugs", "women"), {"drugs": (), "women": ()})
    assert (two.scope, two.themes, two.unsure) == (("women", "driving"), {}, ("driving",))
    assert (one.decided_at, two.decided_at) == ("2026-03-31T14:05:00.000+00:00", "")


def test_numbers_for_ids_and_lists_of_themes(book: Codebook) -> None:
    themes = [["drugs=less", "women"], [], np.array(["driving"])]
    frame = pd.DataFrame({"comment_id": [1.0, 2.0, 3.0], "themes": themes})
    rows = read_decision_table(frame, book).rows
    assert [row.comment_id for row in rows] == ["1", "2", "3"]
    assert [row.themes for row in rows] == [
        {"drugs": ("less",), "women": ()},
        {},
        {"driving": ()},
    ]


def test_every_fault_of_a_frame_is_named_by_its_row(book: Codebook) -> None:
    frame = pd.DataFrame(
        {
            "comment_id": ["C-0001", "C-99", None, "C-0001"],
            "themes": ["drgs", "drugs=les", "women", "women"],
        },
        index=list("abcd"),
    )
    message = fault(frame, book)
    for part in (
        "DataFrame: row 0, column themes: 'drgs' is no theme of the codebook. Did you mean 'drugs'?",
        "row 1, column comment_id: 'C-99' is no comment of this project.",
        "row 1, column themes: 'les' is no position of 'drugs'. Did you mean 'less'?",
        "row 2, column comment_id: is empty",
        "row 3, column comment_id: 'C-0001' is decided in row 0 too",
        "Nothing was taken. Correct these cells and try again. Rows are counted from 0.",
    ):
        assert part in message, part


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame(), "DataFrame: there is no column comment_id"),
        (pd.DataFrame({"id": ["1"]}), "no column comment_id (columns: id)"),
        (pd.DataFrame({"comment_id": ["1"]}), "no column themes (columns: comment_id)"),
        (pd.DataFrame({"comment_id": [], "themes": []}), "has a header and no rows"),
        (
            pd.DataFrame([["1", "a", "b"]], columns=["comment_id", "themes", "themes"]),
            "DataFrame: column(s) named twice: themes",
        ),
        (
            pd.DataFrame([["1"] * 20_000], columns=["comment_id"] + ["mode"] * 19_999),
            "DataFrame: has 20,000 columns, and at most 9,000 are read",
        ),
    ],
)
def test_frames_that_are_no_table(book: Codebook, frame: pd.DataFrame, message: str) -> None:
    assert message in fault(frame, book)


# ---------------------------------------------------------------- one reader for both commands


def workbook(path: Path) -> Path:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Read me first"])
    sheet = book.create_sheet("review")
    sheet.append(["comment_id", "done", "drugs", "drugs=more", "women", "driving", "note"])
    sheet.append(["C-0001", "yes", None, "yes", "no", None, "x"])
    sheet.append(["C-0002", None, "yes", None, None, None, None])
    sheet.append(["C-0003", "yes", "?", None, True, 0, None])
    book.save(path)
    return path


TABLES = {
    "long": b"comment_id,themes,scope\nC-0001,drugs=more;women,\nC-0002,,drugs;women\n",
    "semicolons": 'comment_id;themes;note\nC-0001;"drugs;women";caf\xe9\n'.encode("cp1252"),
    "UTF-16": "comment_id\tthemes\tunsure\nC-0001\tSafety of women\tdrugs\n".encode("utf-16"),
    "wide": b"a title\n\ncomment_id,Drugs,drugs=less,women\nC-0001,,yes,?\nC-0002,no,,x\n",
    "parts of a comment": b"comment_id,themes,scope\nC-0001,drugs,drugs\nC-0001,,women\n",
    "done": b"comment_id,themes,done\nC-0001,drugs,yes\nC-0002,women,\n",
}


@pytest.mark.parametrize("name", [*TABLES, "workbook"])
def test_both_commands_read_a_table_the_same_way(tmp_path: Path, name: str) -> None:
    if name == "workbook":
        path = workbook(tmp_path / "t.xlsx")
    else:
        path = tmp_path / "t.csv"
        path.write_bytes(TABLES[name])
    _, book = book_at(tmp_path)
    decided = {}
    for decision in take(path, tmp_path / "kept"):
        for theme_id in set(decision.scope) - set(decision.unsure):
            decided[decision.comment_id, theme_id] = decision.themes.get(theme_id)
    codes = {}
    for row in read_coding_table(path, book).itertuples():
        codes[row.comment_id, row.theme_id] = row.positions if row.present else None
    assert decided
    assert codes == decided


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"comment_id,themes\n",
        b"comment_id,theme\nC-0001,drugs\n",
        b"comment_id,themes,themes\nC-0001,a,b\n",
        b'comment_id,themes\nC-0001,"drugs\n',
        b"PK\x03\x04\x00\x00",
        b"comment_id,themes,mode,decided_at\n,drgs,blnd,soon\nC-1,drugs=les,,\nC-1,women,,,x\nC-1,,,\n",
        b"comment_id,drugs,drugs=more,women\nC-0001,no,yes,perhaps\nC-0002,,?,\n",
        b"comment_id,themes,done\nC-0001,drugs,later\nC-0002,wmen,yes\n",
    ],
)
def test_both_commands_report_the_same_faults(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    book_path, book = book_at(tmp_path)
    with pytest.raises(CoderError) as of_codes:
        read_coding_table(path, book)
    comments = comments_table(TEXTS | {"C-1": "one"})
    with pytest.raises(CoderError) as of_decisions:
        take_table(path, comments, book, book_path, "amira", project="p", now=NOW)
    assert str(of_codes.value) == str(of_decisions.value)
    assert not read_decisions(book_path).decisions


def test_a_cell_longer_than_the_csv_module_allows_by_default(tmp_path: Path) -> None:
    path, book = book_at(tmp_path)
    table = tmp_path / "t.csv"
    table.write_text(f"comment_id,themes,note\nC-0001,drugs,{'n' * 200_000}\n")
    taken = take_table(table, comments_table(TEXTS), book, path, "amira", project="p")
    assert taken.added == 1
    assert len(read_coding_table(table, book)) == len(book.theme_ids)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_cell_with_more_text_than_anybody_writes(
    ending: str, book: Codebook, tmp_path: Path
) -> None:
    frame = pd.DataFrame([("C-0001", "drugs", "n" * 2_000)], columns=[ID_COLUMN, "themes", "note"])
    table = tmp_path / f"t.{ending}"
    if ending == "csv":
        frame.to_csv(table, index=False)
    else:
        frame.to_excel(table, index=False)
    assert len(read_decision_table(table, book, texts=TEXTS).rows) == 1
    with use_limits(replace(ORDINARY, cell_bytes=1_000)):
        message = fault(table, book)
    assert "2: a cell holds more than" in message
    assert "nnn" not in message


def test_a_table_of_decisions_is_not_larger_than_a_million_comments(
    book: Codebook, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.touch()
    with table.open("r+b") as file:
        file.truncate(ORDINARY.decisions_bytes + 1)  # without blocks on the disk
    assert "larger than 500 MB" in fault(table, book)


@pytest.mark.parametrize("in_one_cell", [True, False])
def test_after_a_thousand_different_faults_no_more_are_sought(
    in_one_cell: bool, book: Codebook
) -> None:
    names = [f"n{number}" for number in range(5_000)]
    if in_one_cell:
        rows = [("C-0001", ";".join(names))]
    else:
        rows = [("C-0001", name) for name in names]
    frame = pd.DataFrame(rows, columns=[ID_COLUMN, "themes"])
    message = fault(frame, book)
    assert message.count("is no theme of the codebook") <= MOST_FAULTS
    assert "the rows below were not read" in message


def test_what_is_there_and_no_file_is_told_as_such(book: Codebook, tmp_path: Path) -> None:
    folder = tmp_path / "t.csv"
    assert "there is no such file" in fault(folder, book)
    folder.mkdir()
    assert "t.csv: is not a file" in fault(folder, book)


def test_retired_themes_are_faults_among_decisions_and_passed_over_among_codes(
    tmp_path: Path,
) -> None:
    _, book = book_at(
        tmp_path, "title: T\nthemes:\n  - {id: x, name: X}\n  - {id: old, name: O, retired: true}\n"
    )
    frame = pd.DataFrame({"comment_id": ["1"], "themes": ["old; x"]})
    assert "'old' is retired" in fault(frame.assign(comment_id="C-0001"), book)
    assert list(read_coding_table(frame, book)["theme_id"]) == ["x"]


# ---------------------------------------------------------------- the functions of `import coder`


def test_frames_through_the_public_functions(tmp_path: Path) -> None:
    path, book = book_at(tmp_path)
    comments = comments_table(TEXTS)
    project = project_at(tmp_path / "p.coding", comments, labels=labels_table(comments, book))
    codes = pd.DataFrame({"comment_id": ["C-0001", "C-0002"], "themes": ["drugs=more", ""]})
    scored = coder.agree(project, path, codes=codes)
    assert scored.against_table is not None
    assert scored.against_table.name == "labels - DataFrame"
    assert (scored.facts()["table"], scored.facts()["scored"]) == ("DataFrame", 2)
    outcome = coder.review(project, path, "amira", codes, blind=True)
    assert (outcome.decisions.added, outcome.facts()["file"]) == (2, "DataFrame")
    assert [d.mode for d in read_decisions(path).decisions] == ["blind", "blind"]
    codes.to_csv(tmp_path / "t.csv", index=False)
    assert coder.review(project, path, "amira", tmp_path / "t.csv", blind=True).decisions.added == 0


def test_codes_of_which_no_row_is_done(tmp_path: Path) -> None:
    path, book = book_at(tmp_path)
    comments = comments_table(TEXTS)
    project = project_at(tmp_path / "p.coding", comments, labels=labels_table(comments, book))
    codes = pd.DataFrame({"comment_id": ["C-0001"], "themes": ["drugs"], "done": [""]})
    with pytest.raises(CoderError, match="DataFrame: no row of it judges a theme"):
        coder.agree(project, path, codes=codes)


def test_what_is_neither_a_path_nor_a_frame(tmp_path: Path) -> None:
    path, _ = book_at(tmp_path)
    project = project_at(tmp_path / "p.coding", comments_table(TEXTS))
    with pytest.raises(CoderError, match="Give a DataFrame, or the path"):
        coder.review(project, path, "amira", [{"comment_id": "C-0001"}])  # type: ignore[arg-type]
    with pytest.raises(CoderError, match="Give a DataFrame, or the path"):
        coder.agree(project, path, codes={"comment_id": []})  # type: ignore[arg-type]
