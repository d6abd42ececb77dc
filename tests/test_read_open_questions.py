"""Which columns of a file are questions: exports of survey tools, made and real."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.errors import CoderError
from coder.reading.column_kinds import numbered_ids, question_id_of
from coder.reading.columns import ColumnChoices, DetectedColumns, detect_columns
from coder.reading.formats import load
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable
from made_exports import OTHER_TOOLS, SEEN_TOOLS, SIZES, Maker, People
from real_surveys import HELD_BACK, LOOKED_AT, RealSurvey


def detected_in(path: Path) -> tuple[RawTable, DetectedColumns]:
    raw = load(path, FileOptions())
    return raw, detect_columns(raw, ColumnChoices())


@pytest.mark.parametrize("maker", [*SEEN_TOOLS, *OTHER_TOOLS], ids=lambda maker: maker.__name__)
@pytest.mark.parametrize("count", SIZES)
def test_all_open_questions_of_a_tool_and_nothing_else(
    tmp_path: Path, maker: Maker, count: int
) -> None:
    export = maker(People(count, count))
    path = tmp_path / "export.csv"
    export.write(path)
    raw, detected = detected_in(path)
    assert len(raw.cells) == count, "header rows are no answers"
    answers = [raw.cells[question.column].tolist() for question in detected.questions]
    assert answers == export.answers()
    ids = [question.question_id for question in detected.questions]
    assert len(set(ids)) == len(ids)
    named = [name for kind in detected.kinds for name in (kind.columns or (kind.column,))]
    assert sorted(named) == sorted(raw.cells.columns), "every column has one kind"


@pytest.mark.parametrize("maker", [*SEEN_TOOLS, *OTHER_TOOLS], ids=lambda maker: maker.__name__)
@pytest.mark.parametrize("style", ["few", "german"])
def test_questions_that_few_answered_or_in_another_language(
    tmp_path: Path, maker: Maker, style: str
) -> None:
    export = maker(People(7, 100, style))
    path = tmp_path / "export.csv"
    export.write(path)
    raw, detected = detected_in(path)
    answers = [raw.cells[question.column].tolist() for question in detected.questions]
    assert answers == export.answers()


TEXTS = [
    "More police on the beat please",
    "The buses are late and dirty",
    "Nobody answers the phone at the council",
    "Parks need proper lighting after dark",
    "Youth clubs should be opened again",
    "Speeding on our road is out of hand",
]


def kinds_in(
    columns: dict[str, list[str]], questions: dict[str, str] | None = None
) -> dict[str, str]:
    """Column to its kind, beside a column of comments."""
    rows = len(next(iter(columns.values())))
    texts = [f"{TEXTS[row % 6]}, says person {row}" for row in range(rows)]
    cells = pd.DataFrame({"comment": texts, **columns}, dtype="str")
    numbers = np.arange(rows) + 2
    raw = RawTable(
        Path("survey.csv"), "csv", "CSV", cells, numbers, "line", questions=questions or {}
    )
    detected = detect_columns(raw, ColumnChoices())
    return {kind.column: kind.kind for kind in detected.kinds}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Q5_6_TEXT", "other answer"),
        ("Q5[other]", "other answer"),
        ("Position-Other", "other answer"),
        ("MemberSiteOther", "other answer"),
        ("Other (please specify)", "other answer"),
        ("If other, please state", "other answer"),
        ("How do you travel? - Other - Text", "other answer"),
        ("Any other comments?", "open question"),
        ("Are there any other issues we should know of?", "open question"),
        ("How do the two sites help each other?", "open question"),
        ("What do you think of the plans of others?", "open question"),
    ],
)
def test_text_beside_a_list_is_told_from_a_question(name: str, kind: str) -> None:
    answers = [TEXTS[row // 10] + f" {row}" if row % 3 == 0 else "" for row in range(60)]
    listed = ["Bus", "Train", "Other"] * 20
    columns = {"Q5": listed, name: answers}
    assert kinds_in(columns, {"Q5_6_TEXT": "How? - Other - Text"})[name] == kind


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("Please tell us why", ["", "More police", "", "cheaper buses", "", ""], "open question"),
        ("Satisfaction", ["1", "7", "3", "4", "2", "5"], "number"),
        ("Any other comments?", ["", "1", "2", "1", "", "2"], "attribute"),
        ("Do you agree?", ["Strongly agree", "Tend to disagree", "Agree", "", "No opinion",
                           "Neither agree nor disagree"], "closed"),
        ("Your town", ["Leeds", "York", "Hull", "Selby", "Otley", "Goole"], "short text"),
        ("What is your job title?", ["Ward manager", "Bus driver", "Chief of staff", "Town planner",
                                     "Head of art", "Nurse"], "short text"),
        ("Organisation name", ["Friends of Hull", "Ramblers", "", "Rotary Club of York", "", ""],
         "dropped"),
        ("First name", ["Ann", "Bob"] * 3, "dropped"),
        ("Email", ["Email", ""] * 3, "several options"),
        ("Email", [f"p{row}@example.org" for row in range(6)], "dropped"),
        ("Phone number", [f"0113 496 000{row}" for row in range(6)], "dropped"),
        ("Web page", [f"https://example.org/{row}" for row in range(6)], "dropped"),
        ("Progress", ["100", "50", "100", "100", "30", "100"], "dropped"),
        ("Notes of nobody", [""] * 6, "dropped"),
        ("Date of visit", [f"2024-05-0{row + 1}" for row in range(6)], "date"),
        ("I have read the plan in full", ["", "I have read the plan in full"] * 3,
         "several options"),
        ("How do you travel?", ["Bus;Tram", "Bus", "Tram;Car", "Car;Bus", "Bus;Tram;Car", "Tram"],
         "several options"),
        ("What did you see?", ["Litter, broken glass and dogs", "Nothing, really",
                               "A man, quite old, asleep on the bench", "Lots, I come daily",
                               "Children, they were noisy", "Cars, cars and cars"],
         "open question"),
    ],
)  # fmt: skip
def test_kinds_in_a_small_file(name: str, cells: list[str], kind: str) -> None:
    kinds = kinds_in({name: cells, "age": ["16-24", "25+"] * 3})
    assert kinds[name] == kind
    assert kinds["comment"] == "open question"
    assert kinds["age"] == "attribute"


def test_a_long_survey_has_few_attributes_and_a_line_for_each_group_of_options() -> None:
    columns = {f"How good is part {part}?": ["Good", "Bad"] * 30 for part in range(100)}
    columns |= {f"Q9_{option}": ["1", "0"] * 30 for option in range(40)}
    columns["What is your gender?"] = ["Female", "Male"] * 30
    texts = [f"{TEXTS[row % 6]}, says person {row}" for row in range(60)]
    cells = pd.DataFrame({"comment": texts, **columns}, dtype="str")
    raw = RawTable(Path("survey.csv"), "csv", "CSV", cells, np.arange(60) + 2, "line")
    detected = detect_columns(raw, ColumnChoices())
    assert detected.attributes == ("What is your gender?",)
    (options,) = [kind for kind in detected.kinds if kind.kind == "several options"]
    assert len(options.columns) == 40


def test_a_chosen_tick_box_is_read_with_a_warning() -> None:
    ticks = ["4. Database Admin (DBA).", "", "", ""] * 15
    texts = [f"{TEXTS[row % 6]}, says person {row}" for row in range(60)]
    cells = pd.DataFrame({"4. Database Admin (DBA).": ticks, "Why?": texts}, dtype="str")
    raw = RawTable(Path("survey.csv"), "csv", "CSV", cells, np.arange(60) + 2, "line")
    detected = detect_columns(raw, ColumnChoices(texts=("4. Database Admin (DBA).",)))
    assert detected.roles["text"] == "4. Database Admin (DBA)."
    assert any("holds only 1 different answer" in note for note in detected.notes)


@pytest.mark.parametrize(
    ("column", "question_id"),
    [
        ("Q12", "q12"),
        ("Q12. What should change?", "q12"),
        ("12. What should change?", "q12"),
        ("Question 5: tell us more", "q5"),
        ("Prop 1 Q8 - Please use this space to explain", "prop-1-q8"),
        ("3 things to do", "3-things-to-do"),
        ("comment-body", "comment-body"),
        ("What are the biggest pain points for you?", "biggest-pain-points"),
        ("¿?", "question"),
        ("All", "all-2"),  # `--question all` means every question
    ],
)
def test_ids_of_questions_are_short(column: str, question_id: str) -> None:
    assert question_id_of(column) == question_id


def test_ids_of_questions_differ_and_stay_when_others_follow() -> None:
    columns = [f"Aspect #1: What aspects of the {what} are good?" for what in ("bus", "train")]
    ids = numbered_ids([*columns, columns[0]])
    assert len(set(ids)) == 3
    assert numbered_ids([*columns, columns[0], "Anything else?"])[:3] == ids


def test_text_entries_of_qualtrics_belong_to_their_lists() -> None:
    said = [TEXTS[row % 6] + f" {row}" for row in range(60)]
    columns = {"Q3": ["Bus", "Train"] * 30, "Q3_6_TEXT": said, "Q4_1_TEXT": list(reversed(said))}
    kinds = kinds_in(columns)
    assert kinds["Q3_6_TEXT"] == "other answer", "beside Q3"
    assert kinds["Q4_1_TEXT"] == "open question", "there is no list Q4"


def test_few_answers_that_all_differ_are_no_list(tmp_path: Path) -> None:
    comments = ["The bus is always late", "Please mend the lights"] + [""] * 58
    path = tmp_path / "a.csv"
    table = pd.DataFrame({"id": [f"R{n}" for n in range(60)], "comments": comments})
    table.to_csv(path, index=False)
    notes = " ".join(detected_in(path)[1].notes)
    assert "'comments' is answered in 2 of 60 rows" in notes
    assert "different answer" not in notes


# ---------------------------------------------------------------- real files


@pytest.mark.parametrize("survey", [*LOOKED_AT, *HELD_BACK], ids=lambda survey: survey.path)
def test_what_the_columns_of_real_surveys_are(shared_data: Path, survey: RealSurvey) -> None:
    path = shared_data / survey.path
    if not path.is_file():
        pytest.skip(f"{survey.path} is not on this machine")
    raw = load(path, FileOptions())
    if not survey.questions and not survey.either:
        with pytest.raises(CoderError, match="no column of free text"):
            detect_columns(raw, ColumnChoices())
        return
    detected = detect_columns(raw, ColumnChoices())
    columns = [question.column for question in detected.questions]
    assert [name for name in columns if name not in survey.either] == list(survey.questions)
    assert detected.roles.get("id", "") == survey.id
    others = [kind.column for kind in detected.kinds if kind.kind == "other answer"]
    assert sorted({*others, *survey.either} & set(survey.others)) == sorted(
        set(survey.others) - set(columns)
    )
    assert "weight" not in detected.roles
