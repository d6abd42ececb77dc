"""Reading as a library: DataFrames, projects opened by name, errors that a Python user can act on."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.errors import CoderError
from coder.project import Project
from coder.workflow.read import ReadOptions, read
from coder.workflow.target import Columns, open_project

TEXTS = ["More police on the beat please", "The buses are late and dirty", "Parks need lights"]


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame({"id": [7, 8, 9], "answer": TEXTS, "age": ["18-24", None, "65+"]})


@pytest.fixture
def survey(tmp_path: Path, table: pd.DataFrame) -> Path:
    path = tmp_path / "plan.csv"
    table.to_csv(path, index=False)
    return path


# ---------------------------------------------------------------- DataFrames


def test_a_dataframe_becomes_a_source(tmp_path: Path, table: pd.DataFrame) -> None:
    before = table.copy(deep=True)
    outcome = read(table, tmp_path / "plan")
    pd.testing.assert_frame_equal(table, before)
    comments = outcome.project.comments
    assert comments["text"].tolist() == TEXTS
    assert comments["comment_id"].tolist() == ["7", "8", "9"]
    assert comments["age"].tolist() == ["18-24", "", "65+"]
    assert set(comments["source"]) == {"DataFrame"}
    assert [file.path for file in outcome.files] == ["DataFrame"]
    assert outcome.ledger["analysed"].tolist() == [3, 3]
    assert outcome.facts()["files"][0]["rows"] == 3


def test_values_of_a_dataframe_become_text(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "answer": [*TEXTS[:2], None],
            "number": [7.0, 0.5, float("nan")],
            "count": [1, 2, 3],
            "flag": [True, False, True],
            "day": [pd.Timestamp(2024, 12, 18), pd.Timestamp(2024, 12, 18, 10, 5), pd.NaT],
            "date": [dt.date(2024, 1, 2), None, None],
            "group": pd.Categorical(["a", "b", None]),
            "mixed": [np.float64(1.5), "x", np.int64(3)],
        }
    )
    comments = read(table, tmp_path / "plan", Columns(text="answer")).project.comments
    assert comments["text"].tolist() == [*TEXTS[:2], ""]
    assert comments["number"].tolist() == ["7", "0.5", ""]
    assert comments["count"].tolist() == ["1", "2", "3"]
    assert comments["flag"].tolist() == ["TRUE", "FALSE", "TRUE"]
    assert comments["day"].tolist() == ["2024-12-18", "2024-12-18T10:05:00", ""]
    assert comments["date"].tolist() == ["2024-01-02", "", ""]
    assert comments["group"].tolist() == ["a", "b", ""]
    assert comments["mixed"].tolist() == ["1.5", "x", "3"]


def test_a_dataframe_read_again_replaces_itself_and_keeps_its_columns(
    tmp_path: Path, table: pd.DataFrame
) -> None:
    read(table, tmp_path / "plan", Columns(text="answer", id="-"))
    outcome = read(table.iloc[:2], tmp_path / "plan")
    assert outcome.project.comments["comment_id"].tolist() == ["DataFrame-0001", "DataFrame-0002"]
    named = ReadOptions(source_names=["Wave 2"])
    outcome = read(table, tmp_path / "plan", options=named)
    assert [source.name for source in outcome.sources] == ["DataFrame", "Wave 2"]


def test_a_dataframe_and_a_file_go_into_one_project(
    tmp_path: Path, table: pd.DataFrame, survey: Path
) -> None:
    project = read(survey, tmp_path / "both").project
    outcome = read(table, project)
    assert [source.name for source in outcome.sources] == ["plan", "DataFrame"]
    assert len(outcome.project.comments) == 6


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (pd.DataFrame(), "the DataFrame has no columns"),
        (pd.DataFrame({"answer": []}), "the DataFrame has no rows"),
        (pd.DataFrame([["a", "b"]]), "a column named 0, which is not text"),
        (pd.DataFrame([["a", "b"]], columns=["x", "x "]), "2 columns named 'x'"),
        (pd.DataFrame({"number": [1, 2]}), "no column of free text was detected among 1"),
    ],
)
def test_a_table_of_the_wrong_shape_is_refused(
    tmp_path: Path, table: pd.DataFrame, problem: str
) -> None:
    with pytest.raises(CoderError) as caught:
        read(table, tmp_path / "plan")
    assert problem in caught.value.problem
    assert caught.value.fix
    assert not (tmp_path / "plan").exists()


# ---------------------------------------------------------------- what is not a table or a file


def test_other_values_are_refused_with_what_is_wanted(tmp_path: Path, table: pd.DataFrame) -> None:
    into = tmp_path / "plan"
    for source, problem, fix in (
        (table["answer"], "a Series is not a table", "to_frame"),
        ([3, *TEXTS], "a list of int is not a list of files", "DataFrame"),
        (7, "a value of the type int", "DataFrame"),
        ({"answer": TEXTS}, "a value of the type dict", "DataFrame"),
        (TEXTS[0], "comments are read from files and tables, not from a text", "DataFrame"),
        (TEXTS, "comments are read from files and tables, not from a text", "DataFrame"),
    ):
        with pytest.raises(CoderError) as caught:
            read(source, into)  # type: ignore[arg-type]
        assert problem in caught.value.problem
        assert fix in caught.value.fix
        assert TEXTS[0] not in str(caught.value), "a comment is not repeated in an error"
    assert not into.exists()
    with pytest.raises(CoderError, match="no file of comments is named"):
        read([])


def test_a_path_or_a_list_in_place_of_a_column_is_refused() -> None:
    with pytest.raises(CoderError, match=r"text= must be text, not \w+Path"):
        Columns(text=Path("comments.csv"))  # type: ignore[arg-type]
    with pytest.raises(CoderError, match="must be a list of columns"):
        Columns(attributes="age")


def test_a_missing_column_offers_the_nearest(tmp_path: Path, table: pd.DataFrame) -> None:
    with pytest.raises(CoderError, match=r"has no column 'anwser' \(text=\)") as caught:
        read(table, tmp_path / "plan", Columns(text="anwser"))
    assert "Did you mean 'answer'?" in caught.value.fix


def test_several_inputs_need_a_project(table: pd.DataFrame, survey: Path) -> None:
    with pytest.raises(CoderError, match="a DataFrame needs a project"):
        read(table)
    with pytest.raises(CoderError, match="several files need a project") as caught:
        read([survey, survey])
    assert "into='PROJECT'" in str(caught.value)


# ---------------------------------------------------------------- opening


def test_a_file_is_read_once_and_when_it_changes(survey: Path, table: pd.DataFrame) -> None:
    first = open_project(survey)
    assert first.reading is not None
    assert first.project.folder == survey.with_name("plan.coding")
    assert open_project(str(survey)).reading is None
    again = open_project(survey, Columns(text="answer"))
    assert again.reading is not None, "options are applied"
    table.iloc[:2].to_csv(survey, index=False)
    changed = open_project(survey).reading
    assert changed is not None
    assert changed.ledger["received"].iloc[-1] == 2


def test_projects_are_opened_by_folder_and_as_they_are(survey: Path) -> None:
    project = open_project(survey).project
    assert open_project(project.folder).project.folder == project.folder
    assert open_project(project).project is project
    assert open_project(str(project.folder)).reading is None


def test_a_target_that_does_not_exist_offers_the_nearest(survey: Path) -> None:
    with pytest.raises(CoderError, match=r"Did you mean 'plan\.csv'\?"):
        open_project(survey.with_name("plam.csv"))
    with pytest.raises(CoderError, match="there is no project here"):
        open_project(survey.parent)
    with pytest.raises(CoderError, match="there is no project here"):
        open_project(Project(survey.with_name("none")))


def test_marking_again_takes_no_options_of_files(survey: Path) -> None:
    project = open_project(survey).project
    kept = read(project, options=ReadOptions(exclude={"7": "process"}))
    assert kept.files == ()
    assert kept.project.comments["reason"].tolist() == ["process", "", ""]
    with pytest.raises(CoderError, match="need a file to read"):
        read(project, columns=Columns(text="answer"))
