"""The rows of a file: header rows, titles, names, totals and options are told from responses."""

import csv
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from coder.cli import main
from coder.errors import CoderError, for_command_line
from coder.reading.formats import load
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable
from coder.reading.reader import read_comments

Rows = list[list[object]]
ANSWERS = [
    "More buses in the evening please",
    "Why is the park closed? It should be open",
    "Nothing to add",
    "I like the library. What about Sundays?",
    "Please fix the road",
]


def write(path: Path, rows: Sequence[Sequence[object]], merged: Sequence[str] = ()) -> Path:
    """The rows as a CSV, a TSV in UTF-16 as Qualtrics writes it, or a workbook."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([cell if cell != "" else None for cell in row])
        for cells in merged:
            book.active.merge_cells(cells)
        book.save(path)
        return path
    encoding, delimiter = ("utf-16", "\t") if path.suffix == ".tsv" else ("utf-8", ",")
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def table(path: Path, rows: Sequence[Sequence[object]], **options: int) -> RawTable:
    return load(write(path, rows), FileOptions(**options))


def notes(raw: RawTable) -> str:
    return "\n".join(for_command_line(note) for note in raw.notes)


def body(raw: RawTable) -> list[list[str]]:
    return [list(row) for row in raw.cells.to_numpy().tolist()]


# ---------------------------------------------------------------- Qualtrics

QUALTRICS_NAMES = ["StartDate", "Progress", "ResponseId", "Q1", "Q2_1", "Q2_2", "Q3"]
QUALTRICS_WORDS = ["Start Date", "Progress", "Response ID", "What do you think?", "Which apply? - Resident",
                   "Which apply? - Worker", "Anything else?"]  # fmt: skip
GERMAN_WORDS = ["Anfangsdatum", "Fortschritt", "Antwort-ID", "Was denken Sie?", "Trifft zu - Anwohner",
                "Trifft zu - Pendler", "Sonst noch etwas?"]  # fmt: skip
QUALTRICS_IDS = [
    '{"ImportId":"startDate","timeZone":"Europe/London"}',
    '{"ImportId":"progress"}',
    '{"ImportId":"_recordId"}',
    '{"ImportId":"QID1_TEXT"}',
    '{"ImportId":"QID2","choiceId":"1"}',
    '{"ImportId":"QID2","choiceId":"2"}',
    '{"ImportId":"QID3_TEXT"}',
]
QUALTRICS_ROWS = [
    ["2024-01-01 10:00:00", "100", f"R_{n}aB", text, "Resident" if n % 2 else "", "Worker", ""]
    for n, text in enumerate(ANSWERS)
]
SPELLINGS = {
    "as exported": lambda cell: cell,
    "single quotes": lambda cell: cell.replace('"', "'").replace(":", ": "),
    "doubled quotes": lambda cell: cell.replace('"', '""'),
    "curly quotes": lambda cell: cell.replace('"', "“"),
    "spaces": lambda cell: cell.replace('{"', '{ "').replace('":', '" : '),
}


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_import_ids_are_known_in_any_spelling(tmp_path: Path, suffix: str, spelling: str) -> None:
    ids = [SPELLINGS[spelling](cell) for cell in QUALTRICS_IDS]
    rows = [QUALTRICS_NAMES, QUALTRICS_WORDS, ids, *QUALTRICS_ROWS]
    raw = table(tmp_path / f"a{suffix}", rows)
    assert list(raw.cells.columns) == QUALTRICS_NAMES
    assert body(raw) == QUALTRICS_ROWS
    assert raw.numbers.tolist() == [4, 5, 6, 7, 8]
    assert raw.questions["Q1"] == "What do you think?"
    assert raw.option_groups == {"Which apply?": ("Q2_1", "Q2_2")}
    assert "1, 2 and 3 are the header, as Qualtrics writes it" in notes(raw)


@pytest.mark.parametrize("words", [QUALTRICS_WORDS, GERMAN_WORDS, QUALTRICS_NAMES])
def test_two_rows_of_qualtrics_are_known_in_any_language(tmp_path: Path, words: list[str]) -> None:
    raw = table(tmp_path / "a.csv", [QUALTRICS_NAMES, words, *QUALTRICS_ROWS])
    assert body(raw) == QUALTRICS_ROWS
    assert raw.questions.get("Q3", "Q3") == words[6]


def test_one_row_of_qualtrics_loses_no_response(tmp_path: Path) -> None:
    raw = table(tmp_path / "a.csv", [QUALTRICS_NAMES, *QUALTRICS_ROWS])
    assert body(raw) == QUALTRICS_ROWS
    assert raw.option_groups == {"Q2": ("Q2_1", "Q2_2")}


def test_names_above_import_ids_may_repeat_and_stand_under_a_title(tmp_path: Path) -> None:
    names = [*QUALTRICS_NAMES[:4], "Q1", "Q1", "Q1"]
    rows = [["My survey", *[""] * 6], names, QUALTRICS_WORDS, QUALTRICS_IDS, *QUALTRICS_ROWS]
    raw = table(tmp_path / "a.csv", rows)
    assert list(raw.cells.columns)[3:] == ["Q1", "Q1 (2)", "Q1 (3)", "Q1 (4)"]
    assert raw.questions["Q1 (4)"] == "Anything else?"
    assert body(raw) == QUALTRICS_ROWS
    assert "Numbered 3 columns whose names come again: 'Q1 (2)' and 2 more" in notes(raw)


def test_older_qualtrics_names_its_fields_in_the_second_row(tmp_path: Path) -> None:
    names = ["V1", "V2", "V8", "V10", "Q1", "Q2", ""]
    words = ["ResponseID", "ResponseSet", "StartDate", "Finished", "What do you think?", "Your age", ""]  # fmt: skip
    answers = [["R_1", "Default Response Set", "2017-01-01", "1", text, "2", ""] for text in ANSWERS]  # fmt: skip
    raw = table(tmp_path / "a.csv", [names, words, *answers])
    assert list(raw.cells.columns) == [*words[:4], "Q1", "Q2"]
    assert raw.questions == {"Q1": "What do you think?", "Q2": "Your age"}
    assert raw.cells["Q1"].tolist() == ANSWERS
    assert "Left out 1 column without a name and without any content." in raw.notes


# ---------------------------------------------------------------- SurveyMonkey and its like

FIELDS = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "First Name"]
MONKEY_TITLES = [*FIELDS, "What do you think?", "Which apply?", "", "", "Other comments"]
MONKEY_OPTIONS = [*[""] * 6, "Open-Ended Response", "Resident", "Worker", "Other (please specify)", "Open-Ended Response"]  # fmt: skip
GERMAN_TITLES = ["Teilnehmer-ID", "Collector-ID", "Startdatum", "Enddatum", "IP", "Vorname",
                 "Was denken Sie?", "Was trifft zu?", "", "", "Kommentare"]  # fmt: skip
GERMAN_OPTIONS = [*[""] * 6, "Offen-Frage-Antwort", "Resident", "Worker", "Sonstiges", "Offen-Frage-Antwort"]  # fmt: skip
MONKEY_ROWS = [
    [f"1180{n}", "77", "01/02/2020 10:11:12 AM", "01/02/2020 10:15:12 AM", "1.2.3.4", "",
     text, "Resident" if n % 2 else "", "" if n % 2 else "Worker", "", ""]
    for n, text in enumerate(ANSWERS)
]  # fmt: skip


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize(
    ("titles", "options"), [(MONKEY_TITLES, MONKEY_OPTIONS), (GERMAN_TITLES, GERMAN_OPTIONS)]
)
def test_options_under_their_question_name_the_columns(
    tmp_path: Path, suffix: str, titles: list[str], options: list[str]
) -> None:
    raw = table(tmp_path / f"a{suffix}", [titles, options, *MONKEY_ROWS])
    question = titles[7]
    of_question = [f"{question}: {option}" for option in options[7:10]]
    assert list(raw.cells.columns) == [*titles[:7], *of_question, titles[10]]
    assert body(raw) == MONKEY_ROWS
    assert raw.option_groups[question][:2] == tuple(of_question[:2])
    assert raw.questions[of_question[0]] == question


@pytest.mark.parametrize(
    ("titles", "options"),
    [
        (["RespondentID", "What?", "Which?", "Gender"], ["", "Open-Ended Response", "Response", "Response"]),
        (["What?", "Which?", "Gender"], ["Open-Ended Response", "Response", "Response"]),
        (["UserID", "Started", "What?", "Which?", ""], ["", "", "", "Resident", "Worker"]),
        (["Comments"], ["Open-Ended Response"]),
    ],
)  # fmt: skip
def test_second_rows_without_options_or_ids(
    tmp_path: Path, titles: list[str], options: list[str]
) -> None:
    answers = [[f"{n}0" if title[-2:] in ("ID", "ed") else text for title in titles] for n, text in enumerate(ANSWERS, 1)]  # fmt: skip
    raw = table(tmp_path / "a.csv", [titles, options, *answers])
    assert body(raw) == answers


def test_a_single_response_under_two_rows_is_kept(tmp_path: Path) -> None:
    raw = table(tmp_path / "a.csv", [MONKEY_TITLES, MONKEY_OPTIONS, MONKEY_ROWS[0]])
    assert body(raw) == [MONKEY_ROWS[0]]


def test_limesurvey_writes_its_codes_under_the_questions(tmp_path: Path) -> None:
    rows: Rows = [
        ["Response ID", "Date submitted", "Last page", "What do you think?", "Which? [A]", "Which? [B]"],
        ["id", "submitdate", "lastpage", "Q1", "Q2_SQ001", "Q2_SQ002"],
    ]  # fmt: skip
    rows += [[str(n), "2020-01-01 10:11:12", "3", text, "Y", ""] for n, text in enumerate(ANSWERS)]
    raw = table(tmp_path / "a.csv", rows)
    assert list(raw.cells.columns) == rows[1]
    assert raw.questions["Q1"] == "What do you think?"
    assert len(raw.cells) == 5


# ---------------------------------------------------------------- names and wordings


def test_questions_under_short_names_are_wordings(tmp_path: Path) -> None:
    names = ["Ident 1", "Ident 2", "Question 1", "Question 2"]
    words = ["What is your name?", "Are you an individual or an organisation?", "What do you think?", "Anything else to say?"]  # fmt: skip
    answers = [[f"Ann {n}", "Individual", text, ""] for n, text in enumerate(ANSWERS)]
    raw = table(tmp_path / "a.csv", [names, words, *answers])
    assert raw.questions == dict(zip(names, words, strict=True))
    assert body(raw) == answers


def test_three_rows_of_sections_names_and_wordings(tmp_path: Path) -> None:
    rows: Rows = [
        ["About you", "", "", "Your views", ""],
        ["Q1", "Q2", "Q3", "Q4", "Q5"],
        ["Response number", "Where do you live?", "How old are you?", "What do you think?", "Do you agree?"],
    ]  # fmt: skip
    answers = [[str(n), "Camden", "35", text, "Yes"] for n, text in enumerate(ANSWERS)]
    path = write(tmp_path / "a.xlsx", [*rows, *answers], ["A1:C1", "D1:E1"])
    raw = load(path, FileOptions())
    assert list(raw.cells.columns) == rows[1]
    assert raw.questions["Q4"] == "What do you think?"
    assert body(raw) == answers


def test_a_row_that_may_hold_questions_is_kept_and_said(tmp_path: Path) -> None:
    rows: Rows = [["Q1", "Q2"], ["What do you think of it?", "Is there anything else?"]]
    rows += [["More buses", "No"], ["Fewer cars", "Trees"], ["Parks", "Lights"]]
    raw = table(tmp_path / "a.csv", rows)
    assert len(raw.cells) == 4
    assert "kept as a response" in notes(raw)
    assert "--header-rows 2" in notes(raw)
    again = load(tmp_path / "a.csv", FileOptions(header_rows=2))
    assert again.questions["Q1"] == "What do you think of it?"
    assert body(again) == rows[2:]
    assert again.facts["header_rows"] == "2"


# ---------------------------------------------------------------- titles and headings

TITLES: dict[str, Rows] = {
    "a title": [["Parks survey 2024", "", ""]],
    "a title and who exported": [["Parks survey", "", ""], ["Exported by Ann", "", ""], ["", "", ""]],
    "short lines": [["Parks survey"], ["Exported 2024-01-01"], []],
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("titles", TITLES.values(), ids=TITLES)
@pytest.mark.parametrize("names", [["Ref", "Comment", "Age"], ["No", "Views", "How old are you?"]])
def test_titles_above_the_names(
    tmp_path: Path, suffix: str, titles: Rows, names: list[str]
) -> None:
    answers = [[str(n), text, f"3{n}"] for n, text in enumerate(ANSWERS)]
    raw = table(tmp_path / f"a{suffix}", [*titles, names, *answers])
    assert list(raw.cells.columns) == names
    assert body(raw) == answers
    assert raw.numbers.tolist() == [len(titles) + 2 + n for n in range(5)]
    assert "above the column names" in notes(raw)


def test_lines_about_a_docket_above_the_names(tmp_path: Path) -> None:
    rows: Rows = [["Docket ID:", "EPA-2020-0001"], ["Docket Title:", "A rule, and more"], []]
    names = ["Document ID", "Agency", "Title", "Posted Date", "Comment", "Attachments", "Country"]
    answers = [[f"EPA-{n}", "EPA", "Comment", f"2020-01-0{n}", text, "", "USA"] for n, text in enumerate(ANSWERS, 1)]  # fmt: skip
    raw = table(tmp_path / "a.csv", [*rows, names, *answers])
    assert list(raw.cells.columns) == names
    assert body(raw) == answers


def test_cells_merged_down_and_across(tmp_path: Path) -> None:
    rows: Rows = [
        ["Parks survey", "", "", "", ""],
        [],
        ["ID", "About you", "", "Comments", "Agree"],
        ["", "Borough", "Age", "", ""],
    ]
    answers = [[str(n), "Camden", "35", text, "Yes"] for n, text in enumerate(ANSWERS)]
    merged = ["A1:E1", "A3:A4", "B3:C3", "D3:D4", "E3:E4"]
    raw = load(write(tmp_path / "a.xlsx", [*rows, *answers], merged), FileOptions())
    assert list(raw.cells.columns) == ["ID", "Borough", "Age", "Comments", "Agree"]
    assert body(raw) == answers
    without = load(write(tmp_path / "b.xlsx", [*rows[2:], *answers]), FileOptions())
    assert list(without.cells.columns) == list(raw.cells.columns)


def test_a_name_merged_over_two_columns_is_no_heading(tmp_path: Path) -> None:
    rows = [["Name", "Address", "", "Comments"]]
    rows += [["Ann", "Smith St", "York", text] for text in ANSWERS]
    raw = load(write(tmp_path / "a.xlsx", rows, ["B1:C1"]), FileOptions())
    assert body(raw) == rows[1:]


def test_headings_tell_repeated_names_apart_and_name_options(tmp_path: Path) -> None:
    rows: Rows = [
        ["id", "2023", "", "2024", "", "Which apply to you?", ""],
        ["", "Views", "Score", "Views", "Score", "Resident", "Worker"],
    ]
    answers = [[str(n), text, "3", text, "4", "x", ""] for n, text in enumerate(ANSWERS)]
    raw = table(tmp_path / "a.csv", [*rows, *answers])
    assert list(raw.cells.columns) == [
        "id", "2023: Views", "2023: Score", "2024: Views", "2024: Score",
        "Which apply to you?: Resident", "Which apply to you?: Worker",
    ]  # fmt: skip
    assert list(raw.option_groups) == ["Which apply to you?"]
    assert body(raw) == answers


# ---------------------------------------------------------------- names


def test_repeated_and_blank_names(tmp_path: Path) -> None:
    rows = [["id", "Comments", "Comments", "", "Comments (2)", ""]]
    rows += [[str(n), text, "b", "x", "y", ""] for n, text in enumerate(ANSWERS)]
    raw = table(tmp_path / "a.csv", rows)
    names = ["id", "Comments", "Comments (3)", "column 4", "Comments (2)"]
    assert list(raw.cells.columns) == names
    assert raw.cells["Comments (3)"].tolist() == ["b"] * 5
    assert "Left out 1 column without a name" in notes(raw)


def test_a_question_that_comes_again_is_the_question_of_each_column(tmp_path: Path) -> None:
    rows = [["Do you agree?", "Why?", "Is it safe?", "Why?", "Notes", "Notes"]]
    rows += [["Yes", f"More buses {n}", "No", f"Less noise {n}", "a", "b"] for n in range(9)]
    raw = table(tmp_path / "a.csv", rows)
    assert list(raw.cells.columns)[1::2] == ["Why?", "Why? (2)", "Notes (2)"]
    assert raw.questions == {"Why? (2)": "Why?"}


def test_blanks_around_names_are_no_part_of_them(tmp_path: Path) -> None:
    rows = [["\ufeff id ", "Comment\xa0", "\u3000Age\n"], *[["1", text, "35"] for text in ANSWERS]]
    raw = table(tmp_path / "a.csv", rows)
    assert list(raw.cells.columns) == ["id", "Comment", "Age"]


@pytest.mark.parametrize(
    ("names", "cells", "question"),
    [
        (["race___1", "race___2"], ["0", "1"], "race"),
        (["Q5_1", "Q5_2"], ["Checked", ""], "Q5"),
        (["Q5[SQ001]", "Q5[SQ002]"], ["Y", "N"], "Q5"),
        (["Which apply?: A", "Which apply?: B"], ["A", "B"], "Which apply?"),
        (["A:Which apply?", "B:Which apply?"], ["A", "B"], "Which apply?"),
        (["Rate it [Bus]", "Rate it [Tram]"], ["Good", "Bad"], "Rate it"),
        (["where/home", "where/work"], ["1", "0"], "where"),
    ],
)
def test_options_in_names_are_grouped(
    tmp_path: Path, names: list[str], cells: list[str], question: str
) -> None:
    rows = [["id", "comment", *names]]
    rows += [[str(n), text, *cells] for n, text in enumerate(ANSWERS)]
    raw = table(tmp_path / "a.csv", rows)
    assert raw.option_groups == {question: tuple(names)}
    assert body(raw) == rows[1:]


def test_open_answers_are_no_options(tmp_path: Path) -> None:
    rows = [["id", "Q1_1", "Q1_2", "Which?: A", "Which?: B", "Which?: Other (please specify)"]]
    rows += [[str(n), text, f"{text} too", "A", "B", text] for n, text in enumerate(ANSWERS)]
    raw = table(tmp_path / "a.csv", rows)
    assert raw.option_groups == {"Which?": ("Which?: A", "Which?: B")}


# ---------------------------------------------------------------- the end of the file

SCORES: Rows = [["id", "comment", "score"]]
SCORES += [[str(n), text, str(n)] for n, text in enumerate(ANSWERS, start=1)]
ENDS: dict[str, Rows] = {
    "a total": [["Total", "", "15"]],
    "a total and a footer": [["Grand total:", "", "15"], ["Generated by Tool on 1 May", "", ""]],
    "an average without an id": [["", "Average", "3"]],
    "a number after a blank row": [["", "", ""], ["n = 5", "", ""]],
    "shorter rows": [["Total", "15"], ["Generated by Tool on 1 May"]],
    "answered and skipped": [["Answered", "n/a", "5"], ["Skipped", "-", "0"]],
}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_totals_and_footers_are_no_responses(tmp_path: Path, suffix: str, end: Rows) -> None:
    raw = table(tmp_path / f"a{suffix}", [*SCORES, *end])
    assert body(raw) == SCORES[1:]
    written = sum(any(row) for row in end)
    assert f"Left out {written} row" in notes(raw)
    assert str(len(SCORES) + len(end)) in notes(raw)


@pytest.mark.parametrize(
    "end", [["Total", ""], ["Source: my own eyes", ""], ["Average", ""], ["Page 3 of 4", ""]]
)
def test_a_comment_that_reads_like_a_total_is_kept_and_said(tmp_path: Path, end: list[str]) -> None:
    rows = [["comment", "area"], *[[text, "Camden"] for text in ANSWERS], end]
    raw = table(tmp_path / "a.csv", rows)
    assert body(raw) == rows[1:]
    assert "line 7) may be a total" in notes(raw)


def test_a_short_row_that_is_no_total_is_a_fault(tmp_path: Path) -> None:
    for end in (["More buses"], ["6", "Total"]):
        path = write(tmp_path / "a.csv", [*SCORES, end])
        with pytest.raises(CoderError, match=f"a.csv:7: has {len(end)} field"):
            load(path, FileOptions())


def test_rows_left_out_are_named(tmp_path: Path) -> None:
    rows = [*SCORES[:3], ["", "", ""], SCORES[0], *SCORES[3:]]
    raw = table(tmp_path / "a.csv", rows)
    assert body(raw) == SCORES[1:]
    assert "1 blank row (line 4)" in notes(raw)
    assert "1 row that repeated the column names (line 5)" in notes(raw)
    assert raw.numbers.tolist() == [2, 3, 6, 7, 8]


# ---------------------------------------------------------------- no response is taken for a header

PLAIN: list[Rows] = [
    [["Name", "Comment"], ["Ann", "Why is the bus late?"], ["Bob", "What is this?"], ["Cy", "More"]],
    [["id", "comment"], ["1", "Response"], ["2", "Open"]],
    [["name", "comment"], ["Ann", "Response"], ["Bob", "More buses"]],
    [["name", "comment"], ["Ann", "Open-Ended Response"], ["Bob", "More buses"]],
    [["age", "comment", "score"], ["prefer not to say", "Fix the road", "n/a"], ["34", "More", "3"], ["35", "Less", "4"]],
    [["id", "", "comment"], ["a", "x", "Comments are good"], ["b", "y", "More buses"]],
    [["name", "", "age"], ["Ann", "Smith", "unknown"], ["Bob", "J", "34"], ["Cat", "K", "40"]],
    [["comment", "", ""], ["More buses", "Bus", "Yes"], ["Fewer cars", "Car", "No"], ["Trees", "Tree", "Yes"]],
    [["comment"], ["Response"], ["Total"], ["More buses"]],
    [["First name", "Last name", "Email", "Comment"], ["", "", "", "Anonymous"], ["A", "L", "a@b.c", "More"], ["B", "R", "b@b.c", "Less"]],
    [["User ID", "Start Date", "Comment"], ["", "", "My comment"], ["12", "2020-01-01", "More"], ["13", "2020-01-02", "Less"]],
    [["Q1", "Q2", "Q3", "Q4"], ["would not say", "keine Angabe", "no idea", "The bus is late"], ["1", "2", "3", "More"], ["2", "2", "1", "Less"], ["3", "1", "1", "Tree"]],
    [["id", "comment", "age"], ["What is this for?", "Yes", "Is it open? I hope so"], ["Yes", "", "Yes"], ["Yes", "", "Yes"], ["Yes", "", "Yes"], ["Camden", "More buses", "30"]],
    [["comment", "age"], ["More buses, please", ""], ["Age", "40"], ["Fewer", ""]],
    [["comment", "rating"], ["Total", "5"], ["Average", "3"], ["Average", "4"]],
    [["StartDate", "ResponseId", "Q1"], ["2024-01-01", "R_1", "Start Date"], ["2024-01-02", "R_2", "Response ID"]],
]  # fmt: skip


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("rows", PLAIN, ids=range(len(PLAIN)))
def test_first_responses_that_read_like_headers_are_kept(
    tmp_path: Path, suffix: str, rows: Rows
) -> None:
    assert body(table(tmp_path / f"a{suffix}", rows)) == rows[1:]


cells = st.sampled_from(
    ["", "Yes", "No", "5", "12", "n/a", "Total", "Response", "Why?", "What is this for?", "Q1", "Comments",
     "More buses, please", "Average", "2024-01-02", "Is it open? I hope so", "Please fix it", "Camden", "id"]
)  # fmt: skip


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.lists(cells, min_size=3, max_size=3).filter(any), min_size=1, max_size=9),
    st.sampled_from([("id", "comment", "age"), ("Q1", "Q2", "Q3"), ("Name", "Views", "Area")]),
)
def test_no_response_is_lost_whatever_people_write(
    tmp_path: Path, answers: list[list[str]], names: tuple[str, str, str]
) -> None:
    """Names that are all there are the whole header, whatever the first answers are; but for a
    row of several "Response", which is SurveyMonkey's.
    """
    assume(all(row.count("Response") < 2 for row in answers))
    answers = [*answers, ["Camden", "More buses, please", "30"]]
    raw = table(tmp_path / "a.csv", [names, *answers])
    assert body(raw) == answers


# ---------------------------------------------------------------- as the user says


def test_header_rows_as_the_user_says_them(tmp_path: Path) -> None:
    rows: Rows = [
        ["Our survey", ""],
        ["Ward", "Views"],
        ["Camden", "More buses"],
        ["Barnet", "Less"],
    ]
    path = write(tmp_path / "a.csv", rows)
    assert len(load(path, FileOptions()).cells) == 3
    two = load(path, FileOptions(header_rows=2))
    assert list(two.cells.columns) == ["Ward", "Views"]
    assert body(two) == rows[2:]
    none = load(path, FileOptions(header_rows=0))
    assert list(none.cells.columns) == ["column 1", "column 2"]
    assert body(none) == rows


def test_header_rows_of_the_command_line_hold_when_the_file_is_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: Rows = [["Q1", "Q2"], ["What do you think of it?", "Is there anything else?"]]
    rows += [[f"{text} on line {n}, as I said", "No"] for n, text in enumerate(ANSWERS)]
    path, project = write(tmp_path / "a.csv", rows), str(tmp_path / "plan")
    words = ["coder", "read", str(path), "--into", project]
    for extra in (["--header-rows", "2"], []):
        monkeypatch.setattr("sys.argv", [*words, *extra])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
        said = " ".join(capsys.readouterr().out.split())
        assert "Lines 1 and 2 are the header" in said


def test_header_rows_are_refused_where_no_row_names_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"comment": "More buses please"}\n', encoding="utf-8")
    with pytest.raises(CoderError, match="none of the files has rows that name its columns"):
        read_comments(path, options=FileOptions(header_rows=2))
