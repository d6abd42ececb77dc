"""A survey of several questions: the answers to each are a project of their own, never pooled."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet
import pyreadstat
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.errors import CoderError, for_command_line
from coder.project import Project
from coder.stored import SEAL
from coder.workflow.apply import apply
from coder.workflow.check import check
from coder.workflow.export import export
from coder.workflow.read import ReadOptions, ReadOutcome, read
from coder.workflow.report import report as make_report
from coder.workflow.target import Columns
from spreadsheet_rules import faults_of

STREETS = (
    "The street lights on Mill Lane are broken and nobody comes",
    "Dog mess all over the park, please fine the owners",
    "The bus to the station is always late on Sundays",
    "Please mend the street lights by the school",
    "",
    "More litter bins in the market square",
)
POLICE = (
    "I want to see officers walking the beat in the evening",
    "Nothing",
    "Knife crime frightens my children",
    "Officers should answer the phone when people call",
    "Train the officers to listen to victims of crime",
    "Knife crime near the school gates must stop",
)
FIRST, SECOND = "Q1 streets", "Q2 police"
BOOK = """title: Streets
question: What about your street?
themes:
  - {id: lights, name: Street lights, keywords: [street light]}
  - {id: dogs, name: Dog mess, keywords: [dog]}
"""


def survey_table(rows: int = 6) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person": [f"P{number}" for number in range(rows)],
            "age": ["18-24", "65+"] * (rows // 2),
            "wt": [0.5, 1.5] * (rows // 2),
            FIRST: STREETS[:rows],
            SECOND: POLICE[:rows],
        }
    )


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    path = tmp_path / "survey.csv"
    survey_table().to_csv(path, index=False)
    return path


def read_columns(
    path: Path, texts: Sequence[str], name: str | None = None, **wordings: str
) -> ReadOutcome:
    columns = Columns(texts, id="person", weight="wt", wordings=wordings)
    names = None if name is None else [name]
    return read(path, path.parent / "plan", columns, ReadOptions(source_names=names))


def run(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})
    if done.exit_code:
        assert isinstance(done.exception, CoderError), done.output
        raise done.exception
    return done.output


def test_each_question_has_comments_ids_and_a_ledger_of_its_own(survey: Path) -> None:
    outcome = read_columns(survey, [FIRST, SECOND])
    project = outcome.project
    comments = project.comments
    assert len(comments) == 12
    assert comments["comment_id"].is_unique
    assert comments["respondent_id"].tolist() == [f"P{n}" for n in range(6)] * 2
    assert comments["weight"].tolist() == [0.5, 1.5] * 6
    assert comments["age"].tolist() == ["18-24", "65+"] * 6
    first, second = project.of_question("q1"), project.of_question("q2")
    assert first.comments["text"].tolist() == list(STREETS)
    assert second.comments["text"].tolist() == list(POLICE)
    assert first.comments["comment_id"].iloc[0] == "P0:q1"
    assert {FIRST, SECOND}.isdisjoint(first.comments.columns)
    assert outcome.ledger["question_id"].tolist() == ["q1"] * 2 + ["q2"] * 2
    assert outcome.ledger["excluded_empty"].tolist() == [1, 1, 0, 0]
    assert outcome.ledger["excluded_non_substantive"].tolist() == [0, 0, 1, 1]
    assert outcome.ledger["analysed"].tolist() == [5, 5, 5, 5]
    stored = pd.read_csv(first.folder / "ledger.csv")
    assert stored["analysed"].tolist() == [5, 5]
    assert not check(project).faults


@pytest.mark.parametrize("named", [None, ["role"]])
def test_an_attribute_of_a_reserved_name_is_kept_under_its_new_name(
    tmp_path: Path, named: list[str] | None
) -> None:
    table = survey_table()
    table = pd.concat([table, table.assign(person=table["person"] + "b")], ignore_index=True)
    table["role"] = ["resident", "business"] * 6
    path = tmp_path / "survey.csv"
    table[["person", FIRST, "role"]].to_csv(path, index=False)
    columns = Columns(FIRST, id="person", attributes=named)
    for _ in range(2):  # the second time as before
        outcome = read(path, tmp_path / "plan", columns)
        assert outcome.files[0].attributes == ("own_role",)
        assert outcome.project.settings().attributes == ("own_role",)
        assert set(outcome.project.comments["own_role"]) == {"resident", "business"}


def test_the_same_answer_to_two_questions_is_no_duplicate(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    table = survey_table()
    table[SECOND] = table[FIRST]
    table.to_csv(path, index=False)
    outcome = read_columns(path, [FIRST, SECOND])
    assert outcome.ledger["analysed"].tolist() == [5, 5, 5, 5]
    assert outcome.ledger["excluded_duplicate"].tolist() == [0, 0, 0, 0]


def test_columns_with_the_same_wording_stay_two_questions(survey: Path) -> None:
    outcome = read_columns(survey, [FIRST, SECOND], **{FIRST: "Why?", SECOND: "Why?"})
    assert [question.question for question in outcome.questions] == ["Why?", "Why?"]
    again = read_columns(survey, [FIRST, SECOND])
    assert again.questions == outcome.questions
    assert len(again.project.comments) == 12


def test_reading_a_second_question_under_another_name_keeps_the_first(survey: Path) -> None:
    read_columns(survey, [FIRST], "P1")
    outcome = read_columns(survey, [SECOND], "P2")
    comments = outcome.project.comments
    texts = comments.groupby("source")["text"].agg(list)
    assert texts["P1"] == list(STREETS)
    assert texts["P2"] == list(POLICE)
    assert {question.id for question in outcome.questions} == {"q1", "q2"}


def test_naming_another_column_of_the_same_source_corrects_it(survey: Path) -> None:
    read_columns(survey, [SECOND])
    outcome = read_columns(survey, [FIRST])
    assert not outcome.questions
    assert outcome.project.comments["text"].tolist() == list(STREETS)
    assert outcome.project.comments["comment_id"].iloc[0] == "P0"


def test_columns_narrow_a_survey_that_was_read_before(survey: Path) -> None:
    read_columns(survey, [FIRST, SECOND])
    outcome = read_columns(survey, [FIRST])
    assert not outcome.questions
    assert outcome.project.settings().sources[0].columns["text"] == FIRST
    assert outcome.project.comments["comment_id"].iloc[0] == "P0"
    assert any("q2" in note for note in outcome.notes)


def test_a_coded_question_that_is_read_no_longer_keeps_its_results(survey: Path) -> None:
    project = read_columns(survey, [FIRST, SECOND]).project
    book = write_book(survey)
    apply(project.of_question("q1"), book)
    apply(project.of_question("q2"), book)
    outcome = read_columns(survey, [FIRST])
    assert [question.id for question in outcome.questions] == ["q1"]
    assert (project.folder / "questions" / "q2" / "labels.parquet").is_file()
    assert project.of_question("q1").has_labels
    read_columns(survey, [FIRST, SECOND])
    assert project.of_question("q2").has_labels


def test_reading_again_without_columns_reads_the_same_questions(survey: Path) -> None:
    read_columns(survey, [FIRST, SECOND], **{FIRST: "What about your street?"})
    table = survey_table()
    table.loc[0, SECOND] = "The officers were kind"
    table.to_csv(survey, index=False)
    outcome = read(survey, survey.parent / "plan")
    assert [question.id for question in outcome.questions] == ["q1", "q2"]
    assert outcome.questions[0].question == "What about your street?"
    second = outcome.project.of_question("q2").comments
    assert second["text"].iloc[0] == "The officers were kind"
    assert second["comment_id"].iloc[0] == "P0:q2"


def write_book(survey: Path, text: str = BOOK) -> Path:
    book = survey.parent / "streets.yaml"
    book.write_text(text, encoding="utf-8")
    return book


def test_a_coded_project_that_gets_a_second_question_keeps_labels_and_decisions(
    survey: Path,
) -> None:
    project = read_columns(survey, [FIRST]).project
    book = write_book(survey)
    run("review", project.folder, "--codebook", book, "--reviewer", "ann", "--from",
        write_decisions(survey.parent, "P0"))  # fmt: skip
    apply(project, book)
    ids = project.comments["comment_id"].tolist()
    outcome = read(
        survey,
        project.folder,
        Columns([SECOND], id="person", weight="wt"),
        ReadOptions(source_names=["later"]),
    )
    assert [question.id for question in outcome.questions] == ["q1", "q2"]
    first = project.of_question("q1")
    assert first.comments["comment_id"].tolist() == ids
    assert first.has_labels
    assert not project.labels_path.exists()
    apply(first, book)
    labels = pd.read_csv(first.folder / "labels.csv").set_index("comment_id")
    assert labels.loc["P0", "origin"] == "ann"
    assert not check(project).faults


def write_decisions(folder: Path, comment_id: str) -> Path:
    path = folder / "decided.csv"
    path.write_text(f"comment_id,themes\n{comment_id},lights\n", encoding="utf-8")
    return path


def test_commands_ask_which_question_and_take_its_id_or_the_codebooks(survey: Path) -> None:
    plan = survey.parent / "plan"
    wording = "What about your street?"
    read_columns(survey, [FIRST, SECOND], **{FIRST: wording})
    with pytest.raises(CoderError, match=r"q1.*What about your street"):
        run("cluster", plan)
    with pytest.raises(CoderError, match="no question 'q3'"):
        run("cluster", plan, "--question", "q3")
    assert "candidate" in run("cluster", plan, "--question", "q2")
    assert (plan / "questions" / "q2" / "candidates.yaml").is_file()
    assert not (plan / "candidates.yaml").exists()
    book = write_book(survey)
    run("apply", plan, "--codebook", book)  # the codebook names the question
    assert (plan / "questions" / "q1" / "labels.csv").is_file()
    table = plan.parent / "t.csv"
    run("export", plan, "--codebook", book, "--to", table)
    assert "5 comments" in (plan.parent / "t.notes.txt").read_text(encoding="utf-8")
    assert "q2" not in run("check", plan, "--question", "q1")


def test_tables_of_decisions_and_codes_may_name_respondents(survey: Path) -> None:
    plan = survey.parent / "plan"
    project = read_columns(survey, [FIRST, SECOND], **{FIRST: "What about your street?"}).project
    book = write_book(survey)
    words = ["review", plan, "--codebook", book, "--reviewer", "ann", "--from"]
    run(*words, write_decisions(survey.parent, "P0"))
    first = project.of_question("q1")
    apply(first, book)
    labels = pd.read_csv(first.folder / "labels.csv").set_index("comment_id")
    assert labels.loc["P0:q1", "origin"] == "ann"
    said = run("agree", plan, "--codebook", book, "--with", write_decisions(survey.parent, "P3"))
    assert "1 comment" in said
    with pytest.raises(CoderError, match="'P99' is no comment"):
        run(*words, write_decisions(survey.parent, "P99"))


def test_one_workbook_holds_a_table_of_each_coded_question(survey: Path) -> None:
    plan = survey.parent / "plan"
    read_columns(survey, [FIRST, SECOND], **{FIRST: "What about your street?"})
    book = write_book(survey)
    run("apply", plan, "--question", "q1", "--codebook", book)
    target = survey.parent / "all.xlsx"
    said = run("export", plan, "--question", "all", "--to", target)
    assert "q2 is not in the workbook" in said
    other = survey.parent / "police.yaml"
    other.write_text("title: P\nthemes:\n  - {id: knives, name: Knife crime}\n", encoding="utf-8")
    run("apply", plan, "--question", "q2", "--codebook", other)
    run("export", plan, "--question", "all", "--to", target)
    workbook = openpyxl.load_workbook(target)
    themes = [name for name in workbook.sheetnames if name.endswith("Themes")]
    assert faults_of(target) == []
    assert [name.split()[1] for name in themes] == ["q1", "q2"]
    cells = {str(cell) for row in workbook[themes[1]].values for cell in row}
    assert "Knife crime" in cells
    assert "Street lights" not in cells
    with pytest.raises(CoderError, match="one workbook"):
        run("export", plan, "--question", "all", "--to", survey.parent / "all.csv")


def test_a_pack_of_one_question_can_be_checked_and_holds_no_other(survey: Path) -> None:
    project = read_columns(survey, [FIRST, SECOND]).project
    book = write_book(survey)
    apply(project.of_question("q1"), book)
    pack = survey.parent / "pack.zip"
    export(project.of_question("q1"), pack, codebook=book)
    assert not check(pack).faults
    assert b"Knife crime" not in pack.read_bytes()


def test_a_column_of_questions_splits_the_answers(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    pd.DataFrame(
        {
            "person": [f"P{number // 2}" for number in range(12)],
            "question": ["What about streets?", "What about police?"] * 6,
            "comment": [text for pair in zip(STREETS, POLICE, strict=True) for text in pair],
        }
    ).to_csv(path, index=False)
    outcome = read(path, tmp_path / "plan", Columns("comment", respondent="person"))
    wordings = [question.question for question in outcome.questions]
    assert wordings == ["What about streets?", "What about police?"]
    parts = [outcome.project.of_question(question.id) for question in outcome.questions]
    assert parts[0].comments["text"].tolist() == list(STREETS)
    assert parts[1].comments["respondent_id"].tolist() == [f"P{n}" for n in range(6)]
    assert outcome.project.comments["comment_id"].is_unique


def test_files_of_one_question_each_are_one_question_of_several_sources(
    tmp_path: Path,
) -> None:
    for name, texts in (("paper", STREETS), ("online", POLICE)):
        table = pd.DataFrame({"comment": texts, "id": [f"{name}{n}" for n in range(6)]})
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    outcome = read([tmp_path / "paper.csv", tmp_path / "online.csv"], tmp_path / "plan")
    assert not outcome.questions
    assert outcome.project.comments["question_id"].nunique() == 1
    assert len(outcome.project.comments) == 12


def test_a_comment_of_one_question_is_kept_or_left_out_by_its_own_id(survey: Path) -> None:
    project = read_columns(survey, [FIRST, SECOND]).project
    outcome = read(
        project,
        options=ReadOptions(keep=["P1:q2"], exclude={"P0:q1": "process"}),
    )
    assert outcome.ledger["analysed"].tolist() == [4, 4, 6, 6]
    assert outcome.ledger["excluded_process"].tolist() == [1, 1, 0, 0]


def test_a_later_wave_finds_its_questions_by_their_wording(survey: Path) -> None:
    wordings = {FIRST: "What about your street?", SECOND: "What about the police?"}
    read_columns(survey, [FIRST, SECOND], **wordings)
    later = survey.parent / "wave2.csv"
    table = survey_table().rename(columns={FIRST: "A", SECOND: "B"})
    table["person"] = [f"W{number}" for number in range(6)]
    table.to_csv(later, index=False)
    columns = Columns(
        ["B", "A"],
        id="person",
        weight="wt",
        wordings={"A": "What about your street? ", "B": "what about the police?"},
    )
    outcome = read(later, survey.parent / "plan", columns)
    assert [question.id for question in outcome.questions] == ["q1", "q2"]
    assert outcome.project.of_question("q1").comments["text"].tolist() == [*STREETS] * 2


def test_a_breakdown_names_the_question_that_a_short_name_stands_for(survey: Path) -> None:
    table = survey_table()
    wordings = ["", "How old are you?", "", "What about your street?", "And the police?"]
    table.columns = ["ResponseId", "Q4", "weight", "Q1", "Q2"]
    lines = [list(table.columns), ["Response ID", *wordings[1:]]]
    head = pd.DataFrame(lines[1:], columns=table.columns)
    pd.concat([head, table.astype(str)]).to_csv(survey, index=False)
    project = read(survey, survey.parent / "plan", Columns(["Q1", "Q2"])).project
    assert project.settings().wordings["Q4"] == "How old are you?"
    book = write_book(survey)
    apply(project.of_question("q1"), book)
    report = make_report(project.of_question("q1"), book, by="Q4")
    assert [part.title for part in report.breakdowns if part.column == "Q4"] == [
        "Themes by Q4: How old are you?"
    ]
    target = survey.parent / "coded.sav"
    export(report, target)
    _, meta = pyreadstat.read_sav(target, metadataonly=True)
    assert meta.column_names_to_labels["Q4"] == "How old are you?"


def test_reading_into_the_folder_of_a_question_reads_into_the_whole_project(
    survey: Path,
) -> None:
    project = read_columns(survey, [FIRST, SECOND]).project
    stored = project.settings_path.read_bytes()
    outcome = read(project.of_question("q1"))
    assert outcome.project.folder == project.folder
    assert project.settings_path.read_bytes() == stored
    assert len(project.comments) == 12


WORDINGS = ("What about your street?", "What worries you about the police?")


def numbered_survey(path: Path, first: str, second: str, prefix: str) -> Path:
    """A survey whose columns Q1 and Q2 ask what is said; people answer as in `survey_table`."""
    answers = dict(zip(WORDINGS, (STREETS, POLICE), strict=True))
    table = pd.DataFrame(
        {
            "ResponseId": [f"{prefix}{number}" for number in range(6)],
            "Finished": ["TRUE"] * 6,
            "Q1": answers[first],
            "Q2": answers[second],
        }
    )
    head = pd.DataFrame([["Response ID", "Finished", first, second]], columns=table.columns)
    pd.concat([head, table]).to_csv(path, index=False)
    return path


def test_a_wave_that_numbers_its_questions_otherwise_is_matched_by_wording(
    tmp_path: Path,
) -> None:
    streets, police = WORDINGS
    plan = tmp_path / "plan"
    read(numbered_survey(tmp_path / "a.csv", streets, police, "A"), plan, Columns(["Q1", "Q2"]))
    later = numbered_survey(tmp_path / "b.csv", police, streets, "B")
    outcome = read(later, plan, Columns(["Q1", "Q2"]))
    assert [question.question for question in outcome.questions] == list(WORDINGS)
    texts = outcome.project.of_question("q1").comments["text"].tolist()
    assert texts == [*STREETS, *STREETS]


def test_another_question_of_the_same_number_is_a_question_of_its_own(tmp_path: Path) -> None:
    streets, police = WORDINGS
    plan = tmp_path / "plan"
    read(numbered_survey(tmp_path / "a.csv", streets, police, "A"), plan, Columns(["Q1", "Q2"]))
    later = tmp_path / "b.csv"
    numbered_survey(later, streets, police, "B")
    content = later.read_text(encoding="utf-8")
    later.write_text(content.replace(streets, "How do you like the park?"), encoding="utf-8")
    outcome = read(later, plan, Columns(["Q1", "Q2"]))
    assert [question.id for question in outcome.questions] == ["q1", "q2", "q1-2"]
    assert any("How do you like the park" in note for note in outcome.notes)
    assert len(outcome.project.of_question("q1").comments) == 6


def test_a_codebook_for_another_question_is_refused(survey: Path) -> None:
    wordings = dict(zip((FIRST, SECOND), WORDINGS, strict=True))
    project = read_columns(survey, [FIRST, SECOND], **wordings).project
    book = write_book(survey)
    with pytest.raises(CoderError, match="the codebook is for the question"):
        apply(project.of_question("q2"), book)
    apply(project.of_question("q1"), book)
    apply(project.of_question("q2"), write_book(survey, BOOK.replace(WORDINGS[0], WORDINGS[1])))
    read_columns(survey, [SECOND])
    with pytest.raises(CoderError, match="the codebook is for the question"):
        apply(project, write_book(survey))


def test_a_source_may_be_renamed_in_a_survey_of_several_questions(survey: Path) -> None:
    project = read_columns(survey, [FIRST, SECOND]).project
    path = project.settings_path
    renamed = path.read_text(encoding="utf-8").replace("name: survey", "name: postal")
    path.write_text(renamed, encoding="utf-8")
    assert set(project.comments["source"]) == {"postal"}
    outcome = read(Project(project.folder))
    assert set(outcome.ledger["source"]) == {"postal", "all"}
    assert outcome.ledger["analysed"].tolist() == [5, 5, 5, 5]


def test_ids_of_questions_cannot_be_changed(survey: Path) -> None:
    project = read_columns(survey, [FIRST, SECOND]).project
    path = project.settings_path
    path.write_text(path.read_text(encoding="utf-8").replace("id: q1", "id: streets"), "utf-8")
    with pytest.raises(CoderError, match="the comments hold no question 'streets'"):
        read(Project(project.folder))
    path.write_text(path.read_text(encoding="utf-8").replace("id: streets", "id: Q2"), "utf-8")
    with pytest.raises(CoderError, match="two questions have the id q2"):
        read(Project(project.folder))


def test_a_folder_of_letters_that_changed_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.txt").write_text("Please mend the street lights.", encoding="utf-8")
    run("read", folder, "--into", tmp_path / "plan")
    (folder / "b.txt").write_text("Knife crime must stop.", encoding="utf-8")
    assert "Nothing has changed" not in run("read", folder, "--into", tmp_path / "plan")
    assert len(Project(tmp_path / "plan").comments) == 2


def test_files_that_ask_different_things_are_not_put_together(tmp_path: Path) -> None:
    for name, texts in (("What about your street?", STREETS), ("How are the police?", POLICE)):
        table = pd.DataFrame({"id": [f"{name[:3]}{n}" for n in range(6)], name: texts})
        table.to_csv(tmp_path / f"{name[:3]}.csv", index=False)
    paths = [tmp_path / "Wha.csv", tmp_path / "How.csv"]
    outcome = read(paths, tmp_path / "apart")
    assert len(outcome.questions) == 2
    assert any("so its answers are a question of their own" in note for note in outcome.notes)
    same = {"How are the police?": "What about your street?"}
    read(paths[0], tmp_path / "together")
    outcome = read(paths[1], tmp_path / "together", Columns(wordings=same))
    assert not outcome.questions
    assert len(outcome.project.comments) == 12


def test_no_list_of_campaigns_stays_from_when_there_was_one_question(tmp_path: Path) -> None:
    letter = "Please mend the street lights on Mill Lane before the winter, it is dark there"
    table = survey_table()
    table[FIRST] = [letter, letter, letter, letter, STREETS[1], STREETS[2]]
    survey = tmp_path / "survey.csv"
    table.to_csv(survey, index=False)
    project = read_columns(survey, [FIRST]).project
    assert (project.folder / "campaigns.csv").is_file()
    read_columns(survey, [FIRST, SECOND])
    assert not (project.folder / "campaigns.csv").exists()
    assert (project.of_question("q1").folder / "campaigns.csv").is_file()


def read_worded(folder: Path, first: str, second: str, *, at_once: bool = True) -> ReadOutcome:
    """Two files with a question each."""
    paths = []
    for number, (wording, texts) in enumerate(((first, STREETS), (second, POLICE))):
        path = folder / f"file{number}.csv"
        table = pd.DataFrame({"id": [f"{number}-{row}" for row in range(6)], wording: texts})
        table.to_csv(path, index=False)
        paths.append(path)
    if at_once:
        return read(paths, folder / "plan")
    read(paths[0], folder / "plan")
    return read(paths[1], folder / "plan")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Why do you support the scheme?", "Why do you oppose the scheme?"),
        ("Why do you agree with the plan?", "Why do you disagree with the plan?"),
        ("What do you think about option 1?", "What do you think about option 2?"),
        ("Why do you use the bus to work?", "Why don’t you use the bus to work?"),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_files_that_ask_the_opposite_are_not_put_together(
    tmp_path: Path, first: str, second: str, at_once: bool
) -> None:
    outcome = read_worded(tmp_path, first, second, at_once=at_once)
    assert [question.question for question in outcome.questions] == [first, second]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("What would you change on your street?", "What would you change in your street?"),
        ("What do you like about your neighborhood?", "What do you like about your neighbourhood?"),
        ("1. What would you change here?", "Q4: What would you change here?"),
    ],
)
def test_files_that_ask_the_same_in_other_words_are_put_together_and_named(
    tmp_path: Path, first: str, second: str
) -> None:
    outcome = read_worded(tmp_path, first, second)
    assert not outcome.questions
    assert len(outcome.project.comments) == 12
    (note,) = [note for note in outcome.notes if "taken for one question" in note]
    assert first in note
    assert second in note
    again = read([tmp_path / "file0.csv", tmp_path / "file1.csv"], outcome.project)
    assert not any("taken for one question" in note for note in again.notes)


def read_waves(folder: Path, first: Sequence[str], second: Sequence[str]) -> ReadOutcome:
    """Two waves of a survey with several questions, the answers to each its own."""
    outcome = None
    for wave, wordings in enumerate((first, second)):
        table = pd.DataFrame({"id": [f"{wave}-{row}" for row in range(6)]})
        for place, wording in enumerate(wordings):
            prefix = f"Wave {wave} answer {place}"
            table[wording] = [f"{prefix}: {text}" for text in STREETS]
        path = folder / f"wave{wave}.csv"
        table.to_csv(path, index=False)
        outcome = read(path, folder / "plan")
    assert outcome is not None
    return outcome


CENTRE = "What should the council change about the town centre?"
WORRY = "What worries you most about the plan?"


def test_a_wave_that_spells_a_question_otherwise_asks_the_same_and_it_is_named(
    tmp_path: Path,
) -> None:
    spelled = "What should the Council change about the town center?"
    outcome = read_waves(tmp_path, [CENTRE, WORRY], [WORRY.upper(), spelled])
    assert [question.question for question in outcome.questions] == [CENTRE, WORRY]
    assert [len(question.sources) for question in outcome.questions] == [2, 2]
    assert any("They are taken for one question" in note for note in outcome.notes)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("What do you like most about the plan?", "What do you like least about the plan?"),
        ("What do you like about the plan?", "What do you like about the plan for parking?"),
        ("What did you like about the fair in 2018?", "What did you like about the fair in 2019?"),
    ],
)
def test_a_wave_that_asks_nearly_the_same_asks_its_own_question_and_it_is_named(
    tmp_path: Path, first: str, second: str
) -> None:
    outcome = read_waves(tmp_path, [WORRY, first], [WORRY, second])
    assert [question.question for question in outcome.questions] == [WORRY, first, second]
    (note,) = [note for note in outcome.notes if "question of their own" in note]
    assert f"asks {second!r}, not {first!r}" in note
    assert f"--question-of '{second}=TEXT'" in for_command_line(note)


def test_questions_of_a_wave_that_look_like_no_other_need_no_note(tmp_path: Path) -> None:
    outcome = read_waves(tmp_path, [CENTRE], ["Why do you cycle?", "Where do you shop?"])
    assert len(outcome.questions) == 3
    assert not [note for note in outcome.notes if "of their own" in note]


def test_what_a_project_was_coded_with_is_known_after_it_got_a_second_question(
    survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = read_columns(survey, [FIRST]).project
    book = write_book(survey)
    run("review", project.folder, "--codebook", book, "--reviewer", "ann", "--from",
        write_decisions(survey.parent, "P0"))  # fmt: skip
    apply(project, book)
    read_columns(survey, [SECOND], "later")
    elsewhere = survey.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    contents = {result.subject: result.content for result in check(project).results}
    assert contents["q1: codebook"] == f"{book}, 2 themes"
    said = run("export", project.folder, "--question", "all", "--to", survey.parent / "all.xlsx")
    assert "q1 is not in the workbook" not in said
    (book.parent / "streets.decisions" / "ann.jsonl").unlink()
    assert check(project).faults


def test_a_codebook_is_found_where_an_earlier_version_recorded_it(survey: Path) -> None:
    project = read_columns(survey, [FIRST, SECOND], **{FIRST: WORDINGS[0]}).project
    first, book = project.of_question("q1"), write_book(survey)
    apply(first, book)
    (record,) = (first.folder / "runs").glob("*-apply.json")
    text = record.read_text(encoding="utf-8")
    assert f'"../{book.name}"' in text
    facts = json.loads(text.replace(f'"../{book.name}"', f'"../../../{book.name}"'))
    del facts[SEAL]
    record.write_text(json.dumps(facts), encoding="utf-8")
    run("export", project.folder, "--question", "all", "--to", survey.parent / "all.xlsx")
    assert not check(project).faults


def test_what_other_commands_say_of_a_file_is_said_of_each_question(survey: Path) -> None:
    wordings = {FIRST: "What about your street?"}
    columns = Columns([FIRST, SECOND], id="person", weight="wt", wordings=wordings)
    plan = survey.with_name("survey.coding")
    read(survey, plan, columns)
    survey.write_text(survey.read_text("utf-8") + "P6,65+,1,,\n", "utf-8")
    said = run("apply", survey, "--codebook", write_book(survey))
    assert f"text = {FIRST}, text = {SECOND}, " in said
    assert "Analysed of q1: 5 of 7 comments. Excluded: 2 empty." in said
    assert "Analysed of q2: 5 of 7 comments. Excluded: 1 empty, 1 non-substantive." in said
    said = run("export", survey, "--question", "all", "--to", survey.parent / "all.xlsx")
    assert "q1: What about your street?\n" in said


def test_an_id_may_be_named_where_there_is_one_question_and_no_other_one(survey: Path) -> None:
    plan = read_columns(survey, [FIRST]).project.folder
    run("cluster", plan, "--question", "q1")
    assert "question: q1" not in (plan / "candidates.yaml").read_text("utf-8")
    book = write_book(survey)
    run("apply", plan, "--question", "Q1", "--codebook", book)
    for words in (["apply", plan, "--codebook", book], ["check", plan], ["cluster", plan]):
        with pytest.raises(CoderError, match="has no question 'q2'"):
            run(*words, "--question", "q2")
    run("read", survey, "--into", plan, "--text", FIRST, "--question", "q1")
    assert Project(plan).settings().question != "q1"


def test_the_questions_of_a_file_are_named_as_in_the_project(tmp_path: Path) -> None:
    streets, police = WORDINGS
    plan = tmp_path / "plan"
    read(numbered_survey(tmp_path / "a.csv", streets, police, "A"), plan, Columns(["Q1", "Q2"]))
    later = numbered_survey(tmp_path / "b.csv", police, streets, "B")
    outcome = read(later, plan, Columns(["Q1", "Q2"]))
    named = {question.column: question.question_id for question in outcome.files[0].questions}
    assert named == {"Q1": "q2", "Q2": "q1"}


def test_a_note_says_where_a_column_holds_answers_to_two_questions(tmp_path: Path) -> None:
    paths = []
    for name, wording in (("a", "How old are you?"), ("b", "Which party do you like?")):
        table = pd.DataFrame({"Response ID": [f"{name}{row}" for row in range(6)]})
        table["Finished"] = "TRUE"
        table["Q1"] = STREETS
        table["Q4"] = ["18-24", "65+"] * 3
        table.columns = ["ResponseId", "Finished", "Q1", "Q4"]
        head = pd.DataFrame(
            [["Response ID", "Finished", WORDINGS[0], wording]], columns=table.columns
        )
        paths.append(tmp_path / f"{name}.csv")
        pd.concat([head, table]).to_csv(paths[-1], index=False)
    outcome = read(paths, tmp_path / "plan", Columns("Q1"))
    note = "'Q4' was 'How old are you?' and is 'Which party do you like?' in b.csv"
    assert [True for line in outcome.notes if line.startswith(note)] == [True]
    assert outcome.project.settings().wordings["Q4"] == "How old are you?"
    read(paths[0], tmp_path / "alone", Columns("Q1"))
    content = paths[0].read_text("utf-8").replace("How old are you?", "What is your age?")
    paths[0].write_text(content, "utf-8")
    outcome = read(paths[0], tmp_path / "alone")
    assert not any("two questions stand in one column" in line for line in outcome.notes)


def test_a_breakdown_says_that_its_column_holds_answers_to_two_questions(
    tmp_path: Path,
) -> None:
    paths = []
    for name, wording in (("a", "How old are you?"), ("b", "Which party do you like?")):
        table = survey_table()[["person", "age", FIRST]]
        table.columns = ["ResponseId", "Q4", "Q1"]
        table["ResponseId"] = [f"{name}{number}" for number in range(6)]
        head = pd.DataFrame([["Response ID", wording, WORDINGS[0]]], columns=table.columns)
        paths.append(tmp_path / f"{name}.csv")
        pd.concat([head, table]).to_csv(paths[-1], index=False)
    project = read(paths, tmp_path / "plan", Columns("Q1")).project
    read(paths[0], project)  # the other file's question is still known
    book = write_book(paths[0])
    apply(project, book)
    by_age = make_report(project, book, by="Q4").breakdowns[-1]
    both = "How old are you?; in b: Which party do you like?"
    assert by_age.title == f"Themes by Q4: {both}"
    assert any("answers to different questions" in note for note in by_age.notes)
    export(project, tmp_path / "t.sav", codebook=book)
    _, meta = pyreadstat.read_sav(tmp_path / "t.sav", metadataonly=True)
    assert meta.column_names_to_labels["Q4"] == both
    worded = paths[1].read_text("utf-8").replace("Which party do you like?", "How old are you?")
    paths[1].write_text(worded, "utf-8")
    assert not read(paths[1], project).project.settings().other_wordings


@pytest.mark.parametrize("name", ["runs", "cache"])
def test_a_project_that_cannot_be_written_is_an_error_that_names_it(
    survey: Path, name: str
) -> None:
    project = read_columns(survey, [FIRST]).project
    place = project.folder / name
    for path in sorted(place.rglob("*"), reverse=True):
        path.unlink()
    if place.exists():
        place.rmdir()
    place.write_text("in the way")
    with pytest.raises(CoderError, match=f"{name}.*cannot be written"):
        apply(project, write_book(survey))


def test_options_named_like_a_question_are_not_shown_as_its_answers(tmp_path: Path) -> None:
    rows = len(STREETS) - 1
    table = {"Q5": STREETS[:4] + STREETS[5:], "Q6": POLICE[:rows]}
    for option in ("Q5_1", "Q5_2"):
        table[option] = ["1", "0", "1", "0", "1"]
    path = tmp_path / "survey.csv"
    pd.DataFrame(table).to_csv(path, index=False)
    printed = run("read", path, "--into", tmp_path / "plan")
    assert f"“{STREETS[0]}”" in printed
    assert "Q5 (2 columns)" in printed


def test_a_file_that_is_compared_with_keeps_its_own_question(survey: Path) -> None:
    earlier = survey.with_name("earlier.csv")
    survey_table().to_csv(earlier, index=False)
    columns = Columns(FIRST, id="person", question="What about your town?")
    before = read(earlier, None, columns).project
    wordings = {FIRST: "What about your street?"}
    project = read_columns(survey, [FIRST, SECOND], **wordings).project.of_question("q1")
    book = write_book(survey)
    apply(project, book)
    with pytest.raises(CoderError, match="asked 'What about your town"):
        make_report(project, book, before=earlier)
    assert before.settings().question == "What about your town?"


def test_a_question_that_is_read_again_is_named_beside_a_new_one(survey: Path) -> None:
    read_columns(survey, [FIRST])
    outcome = read_columns(survey, [FIRST, SECOND])
    notes = [note for note in outcome.notes if "was read again" in note]
    assert notes == ["q1: The source 'survey' was read again. 6 comments, all the same."]


def test_a_question_is_known_where_its_folder_is_named_in_short(
    survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = read_columns(survey, [FIRST, SECOND]).project
    folder = project.of_question("q2").folder
    for place, named in ((folder, "."), (folder.parent, "q2"), (project.folder, "questions/q2")):
        monkeypatch.chdir(place)
        question = Project(Path(named))
        assert question.question_id == "q2"
        assert question.comments["text"].tolist() == list(POLICE)
    assert Project(project.folder).question_id == ""


def test_settings_of_one_question_are_not_written_over_those_of_all(survey: Path) -> None:
    project = read_columns(survey, [FIRST, SECOND]).project
    stored = project.settings_path.read_bytes()
    first = project.of_question("q1")
    with pytest.raises(CoderError, match="one of several questions"):
        first.write_settings(first.settings())
    with pytest.raises(CoderError, match="one of several questions"):
        first.write(first.settings(), first.comments)
    assert project.settings_path.read_bytes() == stored


def test_no_export_is_written_over_the_file_that_was_read(tmp_path: Path) -> None:
    path = tmp_path / "survey.xlsx"
    survey_table().to_excel(path, index=False)
    project = read_columns(path, [FIRST, SECOND]).project
    book = write_book(path, BOOK.replace("What about your street?", FIRST))
    run("apply", project.folder, "--question", "q1", "--codebook", book)
    content = path.read_bytes()
    for words in (["--question", "q1", "--codebook", book], ["--question", "all"]):
        with pytest.raises(CoderError, match="the export is made from this file"):
            run("export", project.folder, *words, "--to", path)
    assert path.read_bytes() == content


def test_all_questions_are_not_exported_with_what_only_one_can_have(survey: Path) -> None:
    plan = read_columns(survey, [FIRST, SECOND]).project.folder
    words = ["export", plan, "--question", "all", "--to", survey.parent / "all.xlsx"]
    for more in (["--before", plan], ["--without-text"], ["--sample", "10"], ["--id", "person"]):
        with pytest.raises(CoderError, match="is for the export of one question"):
            run(*words, *more)
    with pytest.raises(CoderError, match="each with the codebook"):
        run(*words, "--codebook", write_book(survey))


def test_results_stay_in_place_where_a_second_question_cannot_be_written(
    survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = read_columns(survey, [FIRST]).project
    apply(project, write_book(survey))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pyarrow.parquet.ParquetWriter, "write_table", full)
        with pytest.raises(CoderError, match="No space left on device"):
            read_columns(survey, [SECOND], "later")
    assert project.has_labels
    outcome = read_columns(survey, [SECOND], "later")
    assert outcome.project.of_question("q1").has_labels
    assert outcome.questions[0].was_alone


def test_nothing_is_gone_where_a_source_gets_another_name(survey: Path) -> None:
    read_columns(survey, [FIRST, SECOND], "first")
    outcome = read_columns(survey, [FIRST, SECOND], "second")
    notes = [note for note in outcome.notes if "was read again." in note]
    again = "The source 'second' was read again. 6 comments, all the same."
    assert notes[-2:] == [f"q1: {again}", f"q2: {again}"]
    assert not any("gone" in note for note in outcome.notes)


def test_a_codebook_for_another_question_is_refused_where_there_is_one_question(
    survey: Path,
) -> None:
    project = read_columns(survey, [FIRST], **{FIRST: WORDINGS[0]}).project
    other = write_book(survey, BOOK.replace(WORDINGS[0], WORDINGS[1]))
    for name in ("apply", "export", "cluster"):
        words = {"export": ["--to", survey.parent / "t.csv"]}.get(name, [])
        codebook = "--beyond" if name == "cluster" else "--codebook"
        with pytest.raises(CoderError, match=r"the codebook is for the question .*police"):
            run(name, project.folder, codebook, other, *words)
    apply(project, write_book(survey, BOOK.replace("What about your", "what about your ")))
    apply(project, write_book(survey, BOOK.replace("question:", "notes:")))


def test_an_error_says_why_a_codebook_does_not_tell_which_question_is_meant(
    survey: Path,
) -> None:
    wordings = dict(zip((FIRST, SECOND), WORDINGS, strict=True))
    plan = read_columns(survey, [FIRST, SECOND], **wordings).project.folder
    missing = survey.parent / "nofile.yaml"
    with pytest.raises(CoderError, match=r"nofile\.yaml: there is no such codebook file"):
        run("apply", plan, "--codebook", missing)
    other = write_book(survey, BOOK.replace(WORDINGS[0], "Who are you?"))
    with pytest.raises(CoderError, match=r"'Who are you\?', which is none of .*(\n.*)*q1"):
        run("apply", plan, "--codebook", other)
    unnamed = write_book(survey, BOOK.replace("question:", "notes:"))
    with pytest.raises(CoderError, match="it is not said which is meant"):
        run("apply", plan, "--codebook", unnamed)


@pytest.mark.parametrize("columns", [[FIRST, SECOND], [FIRST]])
def test_letters_join_the_question_whose_id_is_named(survey: Path, columns: Sequence[str]) -> None:
    wordings = dict(zip((FIRST, SECOND), WORDINGS, strict=True))
    plan = read_columns(survey, columns, **{name: wordings[name] for name in columns}).project
    letters = survey.parent / "letters"
    letters.mkdir()
    letters.joinpath("one.txt").write_text("Please mend our street lights.\n", encoding="utf-8")
    run("read", letters, "--into", plan.folder, "--question", "Q1")
    questions = [question.id for question in plan.settings().questions]
    assert questions == (["q1", "q2"] if len(columns) > 1 else [])
    first = plan.of_question("q1") if questions else plan
    assert set(first.comments["source"]) == {"survey", "letters"}
    assert set(first.comments["question"]) <= {"", WORDINGS[0]}
    assert first.settings().question == WORDINGS[0]


def test_an_earlier_project_that_is_not_coded_is_named(survey: Path) -> None:
    plan = read_columns(survey, [FIRST]).project.folder
    book = write_book(survey, BOOK.replace("question:", "notes:"))
    apply(plan, book)
    earlier = survey.parent / "earlier"
    read(survey, earlier, Columns([FIRST]))
    target = survey.parent / "t.csv"
    with pytest.raises(CoderError) as raised:
        export(plan, target, codebook=book, before=earlier)
    assert str(earlier) in str(raised.value)
    with pytest.raises(CoderError) as raised:
        make_report(plan, book, before=earlier)
    assert str(earlier) in str(raised.value)


def test_the_ledger_of_all_questions_is_checked(survey: Path) -> None:
    project = read_columns(survey, [FIRST, SECOND]).project
    path = project.folder / "ledger.csv"
    whole = path.read_text(encoding="utf-8")
    changed = whole.replace("q2,all,6", "q2,all,7")
    assert changed != whole
    path.write_text(changed, encoding="utf-8")
    (fault,) = check(project).faults
    assert "ledger.csv is not what the comments add up to: q2 all" in fault
    path.write_text("x\n", encoding="utf-8")
    assert any("its header" in fault for fault in check(project).faults)
    path.unlink()
    (fault,) = check(project).faults
    assert "ledger.csv is missing" in fault
    read(project)
    assert check(project).faults == ()
    assert path.read_text(encoding="utf-8") == whole


def test_missing_comments_are_read_from_all_files_or_not_at_all(survey: Path) -> None:
    later = survey.with_name("later.csv")
    renamed = survey_table()
    renamed["person"] = [f"L{number}" for number in range(len(renamed))]
    renamed.to_csv(later, index=False)
    project = read_columns(survey, (FIRST, SECOND)).project
    read_columns(later, (FIRST, SECOND))
    before = project.comments
    settings = project.settings_path.read_bytes()
    project.comments_path.unlink()
    again = f"coder read survey.csv later.csv --into {project.folder}"
    one = project.of_question("q2")
    with pytest.raises(CoderError, match="there is no such file yet") as error:
        one.comments  # noqa: B018
    assert again in for_command_line(error.value.fix)
    with pytest.raises(CoderError, match="the comments of later") as error:
        read_columns(survey, (FIRST, SECOND))
    assert again in for_command_line(error.value.fix)
    with pytest.raises(CoderError, match="there is no such file yet") as error:
        read(project)
    assert again in for_command_line(error.value.fix)
    assert project.settings_path.read_bytes() == settings
    columns = Columns((FIRST, SECOND), id="person", weight="wt")
    read([survey, later], project.folder, columns)
    assert project.comments.equals(before)


def test_comments_keep_their_ids_where_missing_ones_are_read_again(survey: Path) -> None:
    project = read_columns(survey, [FIRST]).project
    apply(project, write_book(survey))
    read_columns(survey, [SECOND], "police")
    before = project.comments
    project.comments_path.unlink()
    read_columns(survey, [FIRST, SECOND])
    assert project.comments["comment_id"].tolist() == before["comment_id"].tolist()
    first, second = project.settings().questions
    assert (first.was_alone, second.was_alone) == (True, False)


def test_renamed_or_deleted_questions_are_one_error_of_every_command(survey: Path) -> None:
    project = read_columns(survey, (FIRST, SECOND)).project
    settings = project.settings_path.read_text()
    codebook = write_book(survey)
    project.settings_path.write_text(settings.replace("id: q1", "id: streets"))
    for words in (
        ("apply", project.folder, "--codebook", codebook, "--question", "streets"),
        ("apply", project.folder / "questions" / "streets", "--codebook", codebook),
        ("apply", project.folder / "questions" / "q1", "--codebook", codebook),
        ("export", project.folder, "--codebook", codebook, "--to", survey.with_suffix(".md")),
        ("cluster", project.folder, "--question", "q1"),
        ("read", project.folder),
        ("read", survey, "--into", project.folder),
    ):
        with pytest.raises(CoderError, match="the comments hold no question 'streets'") as error:
            run(*words)
        assert "Ids of questions cannot be changed. There are: q1, q2." in error.value.fix
    (fault,) = check(project).faults
    assert "Ids of questions cannot be changed" in fault
    start, end = settings.index("questions:"), settings.index("attributes:")
    project.settings_path.write_text(settings[:start] + settings[end:])
    with pytest.raises(CoderError, match="the comments answer 2: q1, q2"):
        run("read", project.folder)
    (fault,) = check(project).faults
    assert "Put `questions:` back" in fault
    project.settings_path.write_text(settings)
    shutil.rmtree(project.folder / "questions" / "q2")
    (fault,) = check(project).faults
    assert fault.startswith("q2: ledger: ")
