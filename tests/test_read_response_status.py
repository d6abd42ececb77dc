"""Partial responses and previews: found as each survey tool marks them, counted, left out."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from coder.errors import CoderError
from coder.project import Project
from coder.reading.response_status import states_to_leave_out
from coder.workflow.read import ReadOptions, read
from reading_helpers import in_shell, notes_in_shell, read_file

TEXTS = [
    "More police on the beat please",
    "The buses are late and dirty",
    "Nobody answers the phone at the council",
    "Parks need proper lighting after dark",
]
IDS = ["R_1", "R_2", "R_3", "R_4"]


def survey(folder: Path, columns: dict[str, list[str]]) -> Path:
    path = folder / "survey.csv"
    table = {"ResponseId": IDS, **columns, "What should change?": TEXTS}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    return path


def states(path: Path) -> list[str]:
    comments = read_file(path).comments
    if "response_status" not in comments.columns:
        return []
    return comments["response_status"].tolist()


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param(
            {
                "Status": ["IP Address", "Survey Preview", "IP Address", "Imported"],
                "Finished": ["True", "True", "False", "True"],
                "RecordedDate": ["2024-05-01 10:00:00"] * 4,
            },
            ["", "preview", "partial", ""],
            id="Qualtrics, in words",
        ),
        pytest.param(
            {
                "Status": ["0", "1", "2", "4"],
                "Progress": ["100", "30", "100", "55"],
                "Finished": ["1", "0", "1", "0"],
                "RecordedDate": ["2024-05-01 10:00:00"] * 4,
                "DistributionChannel": ["anonymous", "preview", "test", "email"],
            },
            ["", "preview", "preview", "partial"],
            id="Qualtrics, in numbers",
        ),
        pytest.param(
            {"Status": ["Complete", "Partial", "Complete", "Disqualified"]},
            ["", "partial", "", "partial"],
            id="Alchemer",
        ),
        pytest.param(
            {
                "Response Status": ["Completed", "Incomplete"] * 2,
                "Test Data": ["", "", "1", ""],
            },
            ["", "partial", "preview", "partial"],
            id="status and test data",
        ),
        pytest.param(
            {
                "submitdate": ["2024-05-01 10:00:00", "", "2024-05-02 10:00:00", ""],
                "lastpage": ["5", "2", "5", "1"],
            },
            ["", "partial", "", "partial"],
            id="LimeSurvey",
        ),
        pytest.param(
            {"Response Type": ["completed", "completed", "started", "partial"]},
            ["", "", "partial", "partial"],
            id="Typeform",
        ),
        pytest.param(
            {"feedback_timestamp": ["2024-05-01", "[not completed]", "2024-05-02", ""]},
            ["", "partial", "", ""],
            id="REDCap",
        ),
        pytest.param(
            {"Status": ["Employed", "Retired", "Student", "Employed"]},
            [],
            id="employment is no state of a response",
        ),
        pytest.param({"Finished": ["True"] * 4}, [], id="all are complete"),
        pytest.param({"submitdate": [""] * 4}, [], id="no response has a time"),
    ],
)
def test_states_as_survey_tools_write_them(
    tmp_path: Path, columns: dict[str, list[str]], expected: list[str]
) -> None:
    assert states(survey(tmp_path, columns)) == expected


FINISHED = {"Finished": ["True", "False", "False", "True"]}


def test_partial_responses_are_counted_and_said(tmp_path: Path) -> None:
    result = read_file(survey(tmp_path, FINISHED))
    assert result.comments["reason"].tolist() == ["", "", "", ""]
    (note,) = [note for note in notes_in_shell(result) if "not finished" in note]
    assert note.startswith("2 responses with 2 comments were not finished (partial).")
    assert "--leave-out partial" in note


def test_left_out_responses_stand_in_the_ledger(tmp_path: Path) -> None:
    path = survey(tmp_path, FINISHED)
    outcome = read(path, tmp_path / "plan", None, ReadOptions(leave_out=["partial"]))
    last = outcome.ledger.iloc[-1]
    assert (last["received"], last["excluded_partial"], last["analysed"]) == (4, 2, 2)
    assert Project(tmp_path / "plan").settings().leave_out == ("partial",)
    assert any("They are left out." in note for note in outcome.notes)
    again = read(path, tmp_path / "plan")
    assert again.ledger.iloc[-1]["excluded_partial"] == 2, "as the project says"
    marked = read(Project(tmp_path / "plan"), None, None, ReadOptions(leave_out=["none"]))
    assert marked.ledger.iloc[-1]["analysed"] == 4


def test_a_kept_comment_counts_and_a_complete_one_is_no_copy_of_it(
    tmp_path: Path,
) -> None:
    path = survey(tmp_path, FINISHED)
    table = pd.read_csv(path)
    table["What should change?"] = TEXTS[0]
    table["Respondent ID"] = "p1"
    table.to_csv(path, index=False)
    options = ReadOptions(leave_out=["partial"], keep=["R_2"])
    reasons = read(path, tmp_path / "plan", None, options).project.comments["reason"]
    assert reasons.tolist() == ["", "", "partial", "duplicate"]


def test_an_own_column_of_that_name_stays_beside_it(tmp_path: Path) -> None:
    own = {**FINISHED, "response_status": list("abcd")}
    comments = read_file(survey(tmp_path, own)).comments
    assert comments["own_response_status"].tolist() == list("abcd")
    assert comments["response_status"].tolist() == ["", "partial", "partial", ""]


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(CoderError, match="there is no such state") as caught:
        states_to_leave_out(["partly"])
    assert "--leave-out partly" in in_shell(caught.value)
    assert "partial" in caught.value.fix
    with pytest.raises(CoderError, match="stands beside a state"):
        states_to_leave_out(["none", "partial"])
