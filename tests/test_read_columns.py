"""Which column is taken for what, and what is said when that fails."""

import csv
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest

from coder.cli import app
from coder.errors import CoderError
from coder.reading.column_notes import reads_like_a_comment
from coder.reading.merge import ReadResult
from reading_helpers import in_shell, notes_in_shell, read_file

TEXTS = [
    "More police on the beat please",
    "The buses are late and dirty",
    "Nobody answers the phone at the council",
    "Parks need proper lighting after dark",
    "Youth clubs should be opened again",
    "Speeding on our road is out of hand",
]


def table(tmp_path: Path, columns: dict[str, list[str]], name: str = "survey.csv") -> Path:
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def roles(result: ReadResult) -> dict[str, str]:
    return {role: column for role, column, _ in result.columns}


def numbers(count: int = 6) -> list[str]:
    return [str(n) for n in range(1, count + 1)]


@pytest.mark.parametrize(
    "name",
    [
        "comment",
        "Comments",
        "comment-body",
        "Free text",
        "free_text",
        "RESPONSE",
        "commentText",
        "FFT answer",
        "Verbatim",
    ],
)
def test_text_is_recognised_by_its_name(tmp_path: Path, name: str) -> None:
    path = table(
        tmp_path,
        {"ref": numbers(), "place of work and study": ["Lambeth town hall"] * 6, name: TEXTS},
    )
    assert roles(read_file(path))["text"] == name


def test_text_is_recognised_by_what_it_holds(tmp_path: Path) -> None:
    long_ids = [f"2024-11-20T10:0{n}:00 submission number {n}" for n in range(6)]
    path = table(
        tmp_path, {"submission id": long_ids, "answer": ["Yes", "No"] * 3, "why is that": TEXTS}
    )
    assert roles(read_file(path))["text"] == "why is that"


def test_a_question_as_header_is_the_question(tmp_path: Path) -> None:
    path = table(tmp_path, {"id": numbers(), "What should change?": TEXTS})
    result = read_file(path)
    assert roles(result)["text"] == "What should change?"
    assert set(result.comments["question"]) == {"What should change?"}


def test_no_free_text_is_an_error_that_lists_the_columns(tmp_path: Path) -> None:
    path = table(tmp_path, {"id": numbers(), "themes": ["a;b", "", "a", "b", "c", "d"]})
    with pytest.raises(CoderError, match="no column of free text was detected") as caught:
        read_file(path)
    assert "--text COL" in in_shell(caught.value)
    assert "themes" in in_shell(caught.value)


@pytest.mark.parametrize("option", ["text", "id", "source", "weight", "respondent"])
def test_a_named_column_that_is_missing_offers_the_nearest(tmp_path: Path, option: str) -> None:
    path = table(tmp_path, {"id": numbers(), "comment": TEXTS, "weighting": ["1"] * 6})
    with pytest.raises(CoderError, match="has no column 'coment'") as caught:
        read_file(path, **{option: "coment"})
    assert f"has no column 'coment' (--{option})" in in_shell(caught.value)
    assert "Did you mean 'comment'?" in in_shell(caught.value)
    with pytest.raises(CoderError) as caught:
        read_file(path, attributes=["age"])
    assert "has no column 'age' (--attribute)" in in_shell(caught.value)


def test_one_column_cannot_be_two_things(tmp_path: Path) -> None:
    path = table(tmp_path, {"id": numbers(), "comment": TEXTS})
    with pytest.raises(CoderError, match="was named for text and id"):
        read_file(path, text="comment", id="comment")
    with pytest.raises(CoderError, match="was named for text and attribute"):
        read_file(path, text="comment", attributes=["comment"])


def test_an_id_that_comes_again_with_each_question_is_the_respondent(tmp_path: Path) -> None:
    columns = {
        "Response ID": ["a", "a", "b", "b", "c", "c"],
        "Question": ["What is good?", "What is bad?"] * 3,
        "Answer": TEXTS,
    }
    result = read_file(table(tmp_path, columns))
    assert roles(result)["respondent"] == "Response ID"
    assert "id" not in roles(result)
    assert [len(answers.comments) for answers in result.answers] == [3, 3]
    assert result.comments["respondent_id"].tolist() == ["a", "b", "c"] * 2
    columns["Question"] = ["What is good?"] * 3 + ["What is bad?"] * 3
    with pytest.raises(CoderError, match="the id 'a' occurs in lines 2, 3"):
        read_file(table(tmp_path, columns))


def test_what_the_user_calls_an_attribute_is_no_question(tmp_path: Path) -> None:
    columns = {"id": numbers(), "comment": TEXTS, "why": TEXTS[::-1]}
    path = table(tmp_path, columns)
    assert [question.column for question in read_file(path).questions] == ["comment", "why"]
    result = read_file(path, attributes=["why"])
    assert [question.column for question in result.questions] == ["comment"]
    assert result.attributes == ("why",)
    assert {kind.column: kind.kind for kind in result.kinds}["why"] == "attribute"
    assert result.comments["why"].tolist() == columns["why"]
    assert not any("free text" in note for note in notes_in_shell(result))


@pytest.mark.parametrize(
    "columns",
    [
        {"comment_id": numbers(), "respondent": numbers()},
        {"Comment ID": numbers(), "Respondent ID": ["1", "1", "2", "2", "3", "3"]},
        {"arg_id": numbers()},
        {"ID": numbers()},
        {"respondent_id": numbers()},
    ],
)
def test_the_id_is_the_unique_column_named_so(
    tmp_path: Path, columns: dict[str, list[str]]
) -> None:
    result = read_file(table(tmp_path, {**columns, "comment": TEXTS}))
    assert roles(result)["id"] == next(iter(columns))
    assert result.comments["comment_id"].tolist() == numbers()


def test_rows_are_numbered_where_nothing_names_them(tmp_path: Path) -> None:
    path = table(tmp_path, {"comment": TEXTS}, "my survey.csv")
    result = read_file(path)
    assert result.comments["comment_id"].tolist()[0] == "my-survey-0001"
    assert any("the rows of my survey.csv were numbered" in note for note in notes_in_shell(result))
    named = read_file(table(tmp_path, {"id": numbers(), "comment": TEXTS}), id="-")
    assert named.comments["comment_id"].tolist()[0] == "survey-0001"
    assert named.comments["id"].tolist() == numbers()


@pytest.mark.parametrize("option", [None, "id"])
def test_a_doubled_id_is_an_error_that_names_the_lines(tmp_path: Path, option: str | None) -> None:
    path = table(tmp_path, {"id": ["1", "2", "2", "3", "4", "1"], "comment": TEXTS})
    with pytest.raises(CoderError, match="the id '1' occurs in lines 2, 7") as caught:
        read_file(path, id=option)
    assert "the id '2' occurs in lines 3, 4" in in_shell(caught.value)
    assert "--id -" in in_shell(caught.value)


def test_a_blank_id_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    path = table(tmp_path, {"id": ["1", "2", " ", "3", "4", "5"], "comment": TEXTS})
    with pytest.raises(CoderError, match="the id column 'id' is empty in line 4"):
        read_file(path)


def test_an_id_need_only_be_unique_in_its_source(tmp_path: Path) -> None:
    path = table(
        tmp_path, {"id": ["1", "2", "3"] * 2, "comment": TEXTS, "source": ["A"] * 3 + ["B"] * 3}
    )
    result = read_file(path)
    assert result.comments["comment_id"].tolist() == ["1", "2", "3", "B/1", "B/2", "B/3"]
    assert any("B/1" in note for note in notes_in_shell(result))


def test_respondents_are_those_who_can_write_twice(tmp_path: Path) -> None:
    path = table(
        tmp_path, {"id": numbers(), "author-id": ["a", "a", "b", "c", "d", "e"], "comment": TEXTS}
    )
    result = read_file(path)
    assert roles(result)["respondent"] == "author-id"
    assert result.sources[0].person == ("author-id",)
    assert result.comments["author-id"].tolist()[0] == "a", "an own column still"


def test_source_column_or_name_or_stem(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        {
            "id": numbers(),
            "comment": TEXTS,
            "Route": ["Web ", "Web", "Web", "Post", "Post", "Post"],
        },
    )
    result = read_file(path)
    assert [(source.name, source.rows) for source in result.sources] == [("Web", 3), ("Post", 3)]
    assert {source.file for source in result.sources} == {"survey.csv"}
    named = read_file(path, source_name="Wave 1")
    assert [source.name for source in named.sources] == ["Wave 1"]
    assert named.comments["Route"].tolist()[0] == "Web "
    assert [source.name for source in read_file(path, source="-").sources] == ["survey"]


def test_a_blank_source_is_an_error_when_named(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        {"id": numbers(), "comment": TEXTS, "route": ["Web", "", "Web", "Post", " ", "Post"]},
    )
    assert "source" not in roles(read_file(path))
    with pytest.raises(CoderError, match="the source column 'route' is empty in lines 3, 6"):
        read_file(path, source="route")


def test_d7_weights_of_one_source_and_none_of_another(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        {
            "id": numbers(),
            "comment": TEXTS,
            "route": ["W"] * 3 + ["P"] * 3,
            "weight": ["", "", "", "0.5", "1.20", "2"],
        },
    )
    result = read_file(path)
    assert result.comments["weight"].isna().tolist() == [True] * 3 + [False] * 3
    assert result.comments["weight"].tolist()[3:] == [0.5, 1.2, 2.0]
    assert {source.name: "weight" in source.columns for source in result.sources} == {
        "W": False,
        "P": True,
    }
    assert any("Weighted: P. Unweighted: W." in note for note in notes_in_shell(result))


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ("", "the weight is missing"),
        ("0", "the weight is '0'"),
        ("-1", "'-1'"),
        ("abc", "'abc'"),
        ("nan", "'nan'"),
        ("inf", "'inf'"),
    ],
)
def test_d7_a_faulty_weight_names_its_row(tmp_path: Path, weight: str, said: str) -> None:
    path = table(
        tmp_path, {"id": numbers(), "comment": TEXTS, "wt": ["1", "1", weight, "1", "1", "1"]}
    )
    with pytest.raises(CoderError, match=r"survey\.csv: line 4: ") as caught:
        read_file(path)
    assert said in in_shell(caught.value)
    assert "--weight -" in in_shell(caught.value)
    assert read_file(path, weight="-").comments["weight"].isna().all()


def test_a_body_weight_is_no_survey_weight(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        {"id": numbers(), "comment": TEXTS, "weight kg": ["70", "80", "65", "90", "", "0"]},
    )
    assert "weight" not in roles(read_file(path))


def test_questions_by_column_option_and_name(tmp_path: Path) -> None:
    asked = ["Why?", "What then?"] * 3
    path = table(tmp_path, {"id": numbers(), "comment": TEXTS, "FFT question": asked})
    answers = read_file(path).answers
    assert [(each.question_id, each.wording) for each in answers] == [
        ("why", "Why?"),
        ("what-then", "What then?"),
    ]
    assert answers[1].comments["text"].tolist() == TEXTS[1::2]
    assert set(read_file(path, question="Anything else?").comments["question"]) == {
        "Why?",
        "What then?",
    }
    asking = {"id": numbers(), "comment": TEXTS, "prompted by": asked}
    assert len(read_file(table(tmp_path, asking)).answers) == 2
    topics = ["Streets", "Parks"] * 3
    other = table(tmp_path, {"id": numbers(), "comment": TEXTS, "prompted by": topics})
    assert set(read_file(other, question="Anything else?").comments["question"]) == {
        "Anything else?"
    }
    assert len(read_file(other, question="prompted by").answers) == 2


def test_attributes_are_columns_of_few_values_unless_named(tmp_path: Path) -> None:
    count = 60
    path = table(
        tmp_path,
        {
            "id": numbers(count),
            "comment": [f"{TEXTS[n % 6]} {n}" for n in range(count)],
            "age": [("16-24", "25-34", "35+")[n % 3] for n in range(count)],
            "borough": [f"Borough {n % 33}" for n in range(count)],
            "ward id": [str(n % 4) for n in range(count)],
            "started": [f"2024-01-{n % 28 + 1:02d}" for n in range(count)],
            "steps": [str(n) for n in range(count)],
            "always": ["the same"] * count,
        },
    )
    assert read_file(path).attributes == ("age",)
    assert read_file(path, attributes=["steps"]).attributes == ("steps",)


def test_every_column_of_own_words_is_a_question(tmp_path: Path) -> None:
    count = 60
    path = table(
        tmp_path,
        {
            "id": numbers(count),
            "What was good?": [
                f"{TEXTS[n % 6]}, said person {n} at great length" for n in range(count)
            ],
            "What was bad?": [f"{TEXTS[(n + 1) % 6]} {n}" for n in range(count)],
        },
    )
    result = read_file(path)
    assert roles(result)["text"] == "What was good?"
    wordings = [answers.wording for answers in result.answers]
    assert wordings == ["What was good?", "What was bad?"]
    assert not any("more free text" in note for note in notes_in_shell(result))
    narrowed = read_file(path, text="What was bad?")
    kinds = {kind.column: kind.kind for kind in narrowed.kinds}
    assert kinds["What was good?"] == "open question"
    assert [answers.column for answers in narrowed.answers] == ["What was bad?"]
    assert any(
        "There is more free text in 'What was good?'" in note and "--text 'What was good?'" in note
        for note in notes_in_shell(narrowed)
    )


def test_a_first_row_that_is_a_comment_is_pointed_out(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text(
        "I would like to see many more officers on foot in the evenings because nobody feels safe here any more\n"
        "More buses at night\nFewer cars on the road\n"
    )
    assert any("reads like a comment" in note for note in notes_in_shell(read_file(path)))


def test_own_columns_keep_their_values_and_give_way_to_the_tables_names(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        {
            "id": numbers(),
            "comment": TEXTS,
            "status": ["employed", "None", "N/A", "007", " retired ", ""],
            "own_status": list("abcdef"),
            "self": list("ghijkl"),
        },
    )
    result = read_file(path)
    rows = result.comments
    assert rows["own_own_status"].tolist() == ["employed", "None", "N/A", "007", " retired ", ""]
    assert rows["own_status"].tolist() == list("abcdef")
    assert rows["self"].tolist() == list("ghijkl")
    assert set(rows["status"]) == {"analysed"}
    assert any("'status' is kept as 'own_own_status'" in note for note in notes_in_shell(result))


def test_questions_are_found_also_in_a_small_file(tmp_path: Path) -> None:
    liked = [f"I like the part about bus number {n}, it comes at last" for n in range(12)]
    other = [f"What about the {n} trees in our street that were felled" for n in range(12)]
    path = tmp_path / "a.csv"
    table = pd.DataFrame({"id": range(12), "What do you like?": liked, "Anything else?": other})
    table.to_csv(path, index=False)
    columns = [answers.column for answers in read_file(path).answers]
    assert columns == ["What do you like?", "Anything else?"]


def test_a_comment_that_stands_where_the_column_name_should_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "I want more buses in the evening\nFewer cars near the school please\nMore trees\n"
    )
    assert any("reads like a comment" in note for note in notes_in_shell(read_file(path)))


# ---------------------------------------------------------------- found in files read blind

REASONS = (
    "I do not want to look foolish in front of everybody",
    "Somebody else asks my question before I can",
    "I would rather talk to the speaker afterwards",
    "There is never enough time left at the end",
    "I am not sure that my question is a good one",
)


def test_options_that_read_like_sentences_are_no_comments(tmp_path: Path) -> None:
    chosen = [", ".join(pair) for pair in permutations(REASONS, 2)]
    path = table(
        tmp_path,
        {
            "Reasons you do not ask": chosen,
            "Other comments": [f"{text}, number {n}" for n, text in enumerate(chosen)],
        },
    )
    assert [each.column for each in read_file(path).answers] == ["Other comments"]


def test_a_list_that_ends_in_semicolons_is_one_of_options(tmp_path: Path) -> None:
    options = ["Not enough time to visit;", "Too far to walk there;It costs too much;"] * 3
    path = table(tmp_path, {"Comments": TEXTS, "What stops you from coming?": options})
    assert [each.column for each in read_file(path).answers] == ["Comments"]


def test_a_column_of_questions_is_known_by_its_cells(tmp_path: Path) -> None:
    asked = ["Why do you say so?", "What should change?"] * 3
    path = table(tmp_path, {"main": asked, "text_answer": TEXTS})
    wordings = [each.wording for each in read_file(path).answers]
    assert wordings == ["Why do you say so?", "What should change?"]


def test_the_records_of_a_redcap_project_with_visits_are_respondents(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        {
            "study_id": ["1", "1", "2", "2", "3", "3"],
            "redcap_event_name": ["first_arm_1", "second_arm_1"] * 3,
            "comments": TEXTS,
        },
    )
    comments = read_file(path).comments
    assert comments["respondent_id"].tolist() == ["1", "1", "2", "2", "3", "3"]
    assert comments["comment_id"].is_unique


def test_a_total_that_says_of_what_is_no_response(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    rows = [f"2026-03-0{n},{text}" for n, text in enumerate(TEXTS, 1)]
    path.write_text("\n".join(["Timestamp,Comments", *rows, ",", "Total responses,6", ""]))
    assert read_file(path).comments["text"].tolist() == TEXTS


def test_a_comment_in_place_of_a_name_is_measured_and_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also one that has the word comment in it, which names of columns of comments have."""
    mine = "My comment is that the buses to the hospital where I work stop at eight every evening"
    for number, rows in enumerate(([[mine], *[[text] for text in TEXTS]], [["id", mine]])):
        path = tmp_path / f"{number}.csv"
        if len(rows) == 1:
            rows += [[str(row), text] for row, text in enumerate(TEXTS)]
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        app(["read", str(path)], standalone_mode=False)
        shown = capsys.readouterr().out
        assert "hospital" not in shown
        assert f"(a text of {len(mine)} characters)" in shown
        assert "reads like a comment" in shown


@pytest.mark.parametrize(
    "name",
    [
        "What else should we know about the buses, the trains and everything else in my street?",
        "Please tell us in your own words what you would like to change about the parks near you",
        "comment",
    ],
)
def test_the_wording_of_a_question_is_no_comment(name: str) -> None:
    assert not reads_like_a_comment(name, 1)
    assert not reads_like_a_comment(name, 5)
