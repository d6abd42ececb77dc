"""JSON: records wherever they stand, values in their own spelling, a fault named with its line."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.errors import CoderError
from coder.reading.formats import load
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable
from reading_helpers import error_of, read_file

RECORDS = [{"id": "1", "comment": "More buses"}, {"id": "2", "comment": "Fewer cars"}]


def table_of(folder: Path, content: str) -> RawTable:
    path = folder / "a.json"
    path.write_text(content, encoding="utf-8")
    return load(path, FileOptions())


@pytest.mark.parametrize(
    "value",
    [
        RECORDS,
        {"responses": RECORDS},
        {"total": 2, "data": RECORDS, "meta": {"page": 1}},
        {"data": {"comments": RECORDS, "tags": []}},
        {"data": {"proposals": {"edges": [{"node": record} for record in RECORDS]}}},
        {"anything": RECORDS},
        {"id": ["1", "2"], "comment": ["More buses", "Fewer cars"]},
        {"id": {"0": "1", "1": "2"}, "comment": {"0": "More buses", "1": "Fewer cars"}},
        {
            "columns": ["id", "comment"],
            "index": [0, 1],
            "data": [["1", "More buses"], ["2", "Fewer cars"]],
        },
        [["id", "comment"], ["1", "More buses"], ["2", "Fewer cars"]],
    ],
)
def test_records_are_found_wherever_they_stand(tmp_path: Path, value: object) -> None:
    cells = table_of(tmp_path, json.dumps(value)).cells
    assert cells.to_dict("records") == RECORDS


def test_records_under_keys_keep_their_keys(tmp_path: Path) -> None:
    cells = table_of(tmp_path, json.dumps({"a7": RECORDS[0], "b8": RECORDS[1]})).cells
    assert cells["key"].tolist() == ["a7", "b8"]
    assert cells["comment"].tolist() == ["More buses", "Fewer cars"]


def test_lines_in_a_json_file_are_read_as_such(tmp_path: Path) -> None:
    raw = table_of(tmp_path, "\n".join(json.dumps(record) for record in RECORDS))
    assert raw.format == "jsonl"
    assert raw.cells.to_dict("records") == RECORDS


def test_texts_alone_are_a_column(tmp_path: Path) -> None:
    assert table_of(tmp_path, '["More buses", "Fewer cars"]').cells["text"].tolist() == [
        "More buses",
        "Fewer cars",
    ]


def test_values_keep_their_spelling(tmp_path: Path) -> None:
    content = (
        '[{"id": 12345678901234567890, "x": 7.0, "who": {"age": "35", "at": {"b": 1e5}},'
        ' "tags": ["a", "é"], "ambiguous": ["a; b", "c"], "list": [{"n": 1.50, "m": 2}], "flag": true},'
        ' {"id": 2, "x": null, "y": NaN, "none": [], "empty": {}}]'
    )
    cells = table_of(tmp_path, content).cells
    assert cells["id"].tolist() == ["12345678901234567890", "2"]
    assert cells["x"].tolist() == ["7.0", ""]
    assert cells["who.at.b"].tolist() == ["1e5", ""]
    assert cells["tags"].tolist() == ["a; é", ""]
    assert cells["ambiguous"].tolist() == ['["a; b", "c"]', ""]
    assert cells["list"].tolist() == ['[{"n": 1.50, "m": 2}]', ""]
    assert cells["flag"].tolist() == ["true", ""]
    assert cells["y"].tolist() == ["", ""]
    assert cells["none"].tolist() == ["", ""]
    assert cells["empty"].tolist() == ["", ""]


def test_what_stands_beside_the_records_is_said(tmp_path: Path) -> None:
    raw = table_of(tmp_path, json.dumps({"page": 1, "items": RECORDS}))
    (note,) = raw.notes
    assert "'items'" in note
    assert "'page'" in note


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("[]", "holds no records"),
        ('{"responses": []}', "holds no records"),
        ("5", "holds one value"),
        ('[\n{"a": 1},\n{"a": }]', "a.json:3: is not JSON (Expecting value, character 7)"),
        ('[\n{"a": 1},\n{"b": 1, "b": 2}]', "a.json:3: the key 'b' occurs twice"),
        ('[{"a.b": 1, "a": {"b": 2}}]', "entry 1: the key 'a.b' occurs twice"),
        ('{"a": 1}\n{"a": 2\n', "a.json:2: is not JSON"),
        ('[{"a": 1}, "b"]', "entry 2 is not a JSON object"),
        ('{"one": [{"a": 1}], "two": [{"a": 1}]}', "several lists of records: 'one', 'two'"),
        ("[" * 100_000, "nest"),
        ('[{"a": ' + '{"a":' * 40 + "1" + "}" * 41 + "]", "nested deeper"),
        (json.dumps([{f"k{n}": 1 for n in range(20_000)}]), "more than 9,000 different keys"),
    ],
)
def test_faulty_json_is_one_error(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    if said == "nest":
        said = "recursion"
    assert said in error_of(path)


# ---------------------------------------------------------------- exports of tools


def test_typeform_answers_get_the_titles_of_their_questions(tmp_path: Path) -> None:
    answers = [
        {"field": {"id": "f1", "type": "long_text", "ref": "why"}, "type": "text", "text": "Safer\nstreets"},
        {"field": {"id": "f2", "type": "multiple_choice"}, "type": "choices",
         "choices": {"labels": ["Bus", "Bike"], "other": "My scooter"}},
        {"field": {"id": "f3", "type": "opinion_scale"}, "type": "number", "number": 8},
        {"field": {"id": "f4", "type": "yes_no"}, "type": "boolean", "boolean": True},
        {"field": {"id": "f5", "type": "dropdown"}, "type": "choice", "choice": {"label": "Hackney"}},
    ]  # fmt: skip
    response = {
        "response_id": "r1",
        "submitted_at": "2024-03-01T10:00:00Z",
        "metadata": {"platform": "mobile"},
        "hidden": {"ward": "E8"},
        "answers": answers,
    }
    titles = {"f1": "Why do you say so?", "f2": "How do you travel?"}
    form = {"fields": [{"id": key, "title": title} for key, title in titles.items()]}
    raw = table_of(tmp_path, json.dumps({"total_items": 1, "items": [response], "form": form}))
    (row,) = raw.cells.to_dict("records")
    assert row == {
        "response_id": "r1",
        "submitted_at": "2024-03-01T10:00:00Z",
        "metadata.platform": "mobile",
        "hidden.ward": "E8",
        "Why do you say so?": "Safer\nstreets",
        "How do you travel?": "Bus; Bike",
        "How do you travel?: Other": "My scooter",
        "f3": "8",
        "f4": "true",
        "f5": "Hackney",
    }
    assert raw.questions == {title: title for title in titles.values()}


def test_qualtrics_answers_are_shown_by_their_labels(tmp_path: Path) -> None:
    responses = [
        {
            "responseId": f"R_{n}",
            "values": {"finished": 1, "QID1": n, "QID2_TEXT": f"Comment number {n}"},
            "labels": {"finished": "True", "QID1": f"Option {n}"},
            "displayedFields": ["QID1"],
            "displayedValues": {"QID1": [1, 2]},
        }
        for n in (1, 2)
    ]
    cells = table_of(tmp_path, json.dumps({"responses": responses})).cells
    assert cells.to_dict("list") == {
        "responseId": ["R_1", "R_2"],
        "finished": ["True", "True"],
        "QID1": ["Option 1", "Option 2"],
        "QID2_TEXT": ["Comment number 1", "Comment number 2"],
    }


def test_regulations_gov_attributes_are_columns(tmp_path: Path) -> None:
    resources = [
        {
            "id": f"EPA-2024-0001-{n:04}",
            "type": "comments",
            "attributes": {
                "comment": f"Please act, said person {n}",
                "postedDate": "2024-03-01T05:00:00Z",
            },
            "links": {"self": f"https://example.org/{n}"},
        }
        for n in (1, 2)
    ]
    expected = ["EPA-2024-0001-0001", "EPA-2024-0001-0002"]
    listed = table_of(tmp_path, json.dumps({"data": resources, "meta": {"totalElements": 2}}))
    assert listed.cells["id"].tolist() == expected
    assert listed.cells["comment"].str.startswith("Please act").all()
    details = [{"data": resource, "included": []} for resource in resources]
    lines = table_of(tmp_path, "\n".join(json.dumps(detail) for detail in details))
    assert lines.cells["id"].tolist() == expected
    assert lines.cells["comment"].tolist() == listed.cells["comment"].tolist()


def test_a_json_file_is_read_to_comments(tmp_path: Path) -> None:
    path = tmp_path / "polis.json"
    comments = [{"tid": n, "txt": f"We should plant {n} trees in every street"} for n in range(9)]
    path.write_text(json.dumps(comments))
    result = read_file(path)
    assert result.comments["text"].tolist() == [comment["txt"] for comment in comments]


@pytest.mark.parametrize(
    "answers",
    [
        {"answers": [{"question": "Why?", "answer": "Safer"}, {"question": "Else?", "answer": ""}]},
        {"fields": [{"label": "Why?", "value": "Safer", "type": "t"}, {"label": "Else?", "value": None, "type": "t"}]},
        {"pages": [
            {"id": "1", "questions": [{"id": "11", "heading": "Why?", "answers": [{"text": "Safer"}]}]},
            {"id": "2", "questions": [{"id": "12", "heading": "Else?", "answers": []}]},
        ]},
        {"Why?": {"textAnswers": {"answers": [{"value": "Safer"}]}}, "Else?": None},
    ],
)  # fmt: skip
def test_a_list_of_questions_and_answers_becomes_columns(
    tmp_path: Path, answers: dict[str, object]
) -> None:
    cells = table_of(tmp_path, json.dumps([{"id": "1", **answers}])).cells
    (why,) = [name for name in cells if name.startswith("Why?")]
    (row,) = cells.to_dict("records")
    assert row["id"] == "1"
    assert row[why] == "Safer"
    assert row["Else?"] == ""
    assert len(row) == 3


def test_replies_do_not_become_columns(tmp_path: Path) -> None:
    replies = [{"name": "Ann", "text": "I agree"}, {"name": "Ben", "text": "So do I"}]
    cells = table_of(
        tmp_path, json.dumps([{"id": "1", "comment": "Buses", "replies": replies}])
    ).cells
    assert list(cells) == ["id", "comment", "replies"]
    assert json.loads(cells["replies"][0]) == replies


def test_responses_under_their_numbers_are_responses(tmp_path: Path) -> None:
    responses = [{str(n): {"id": str(n), "why": f"Comment {n}"}} for n in (4, 5)]
    cells = table_of(tmp_path, json.dumps({"responses": responses})).cells
    assert cells.to_dict("list") == {"id": ["4", "5"], "why": ["Comment 4", "Comment 5"]}


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["data", "id", "type", "attributes", "node", "answers", "field", "choice", "values",
                 "labels", "responseId", "submitted_at", "form", "fields", "title", "question",
                 "answer", "pages", "questions", "1", "", "name", "value", "form_response"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=150, deadline=None, database=None)
@given(VALUES)
def test_any_json_is_read_or_is_one_error(value: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            raw = table_of(Path(folder), json.dumps(value))
        except CoderError:
            return
    assert len(raw.cells) == len(raw.numbers)
    assert all(isinstance(cell, str) for cell in raw.cells.to_numpy().ravel())
