"""The exports of survey tools, read with nothing but the file's name: questions, ids, weights, values."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coder.reading.answers import ReadResult
from coder.reading.reader import read_comments
from survey_tools import EXPORTS, Expected

Make = Callable[[Path], tuple[Path, Expected]]


@pytest.fixture(scope="module", params=EXPORTS, ids=[make.__name__ for make in EXPORTS])
def reading(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ReadResult, Expected]:
    path, expected = request.param(tmp_path_factory.mktemp(request.param.__name__))
    return read_comments(path), expected


def roles(result: ReadResult) -> dict[str, str]:
    return {column.role: column.column for column in result.columns}


def test_the_open_questions_are_found_with_their_wordings(
    reading: tuple[ReadResult, Expected],
) -> None:
    result, expected = reading
    asked = [answers.wording or answers.column for answers in result.answers]
    assert sorted(asked) == sorted(expected.texts)


def test_no_answer_is_altered_and_no_header_row_is_one(
    reading: tuple[ReadResult, Expected],
) -> None:
    result, expected = reading
    for answers in result.answers:
        texts = expected.texts[answers.wording or answers.column]
        assert answers.comments["text"].tolist() == list(texts)


def test_responses_keep_their_ids(reading: tuple[ReadResult, Expected]) -> None:
    result, expected = reading
    if not expected.ids:
        assert "id" not in roles(result)
        return
    column = "respondent_id" if len(result.answers) > 1 else "comment_id"
    for answers in result.answers:
        assert answers.comments[column].tolist() == list(expected.ids)


def test_the_weight_is_the_survey_weight(reading: tuple[ReadResult, Expected]) -> None:
    result, expected = reading
    assert roles(result).get("weight", "") == expected.weight


def test_closed_questions_are_no_comments(reading: tuple[ReadResult, Expected]) -> None:
    result, expected = reading
    kinds = {}
    for kind in result.kinds:
        for column in kind.columns or (kind.column,):
            kinds[column] = kind.kind
    for column in expected.closed:
        named = [name for name in kinds if name == column or name.startswith(column)]
        assert named, f"{column} is still there: {sorted(kinds)}"
        assert "open question" not in {kinds[name] for name in named}


def test_every_answer_is_in_the_ledger_once(reading: tuple[ReadResult, Expected]) -> None:
    result, expected = reading
    rows = len(next(iter(expected.texts.values())))
    for answers in result.answers:
        assert len(answers.comments) == rows
        counted = answers.comments["status"].value_counts().sum()
        assert counted == rows
