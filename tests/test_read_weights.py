"""Weights as they stand in files: notations, refusals, extreme ones; at the command line."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from coder.cli import app
from coder.errors import CoderError
from coder.project import Project
from coder.reading.numerals import COMMA, POINT, are_numbers, read_numbers
from coder.statistics.weight_check import check_weights, describe_weights, format_weight
from reading_helpers import in_shell, notes_in_shell, read_file

NO_BREAK = "\u00a0"


def survey(
    folder: Path, weights: list[str], column: str = "weight", name: str = "poll.csv"
) -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["id", "comment", column])
        for number, weight in enumerate(weights):
            text = f"More police officers on the beat in our street {number}, please"
            writer.writerow([f"c{number:03}", text, weight])
    return path


def weights_of(path: Path, **columns: object) -> list[float]:
    return read_file(path, **columns).comments["weight"].tolist()


def run_read(path: Path) -> tuple[int, str]:
    """Exit status and output of `coder read`, as one line."""
    project = path.parent / "project"
    done = CliRunner().invoke(app, ["read", str(path), "--into", str(project)])
    said = (
        f"{done.output} {in_shell(done.exception)}"
        if isinstance(done.exception, CoderError)
        else done.output
    )
    return done.exit_code, " ".join(said.split())


# ---------------------------------------------------------------- notations


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1,5", "0,75", "2"], [1.5, 0.75, 2]),
        (["1.234,5", "950,25"], [1234.5, 950.25]),
        (["1,234.5", "950.25"], [1234.5, 950.25]),
        ([f"1{NO_BREAK}234,5", f" 950,25{NO_BREAK}"], [1234.5, 950.25]),
        (["1\u202f234,5", "1'234,5"], [1234.5, 1234.5]),
        (["1,234,567", "2.5"], [1234567, 2.5]),
        ([",85", "1,2"], [0.85, 1.2]),
        ([".85", "1.", "+1.2"], [0.85, 1, 1.2]),
        (["8,5E-01", "1,2e0"], [0.85, 1.2]),
        (["0,125", "1,250"], [0.125, 1.25]),  # no group of thousands begins with 0
        (["1,234", "1,5"], [1.234, 1.5]),
        (["1,234", "1.5"], [1234, 1.5]),
        (["\u200b1.5\ufeff"], [1.5]),
    ],
)
def test_numbers_are_read_in_the_notation_of_the_column(
    cells: list[str], expected: list[float]
) -> None:
    column = read_numbers(pd.Series(cells, dtype="str"))
    assert column.numbers.tolist() == pytest.approx(expected)
    assert not column.doubtful.any()


def test_a_column_that_can_be_read_in_two_ways_takes_the_likelier_and_says_so(
    tmp_path: Path,
) -> None:
    whole = survey(tmp_path, ["950"] * 3 + ["1,234"] * 3)
    assert weights_of(whole) == [950] * 3 + [1234] * 3
    assert any("'1,234' as 1234" in note for note in notes_in_shell(read_file(whole)))
    small = survey(tmp_path, ["1"] * 3 + ["1,234"] * 3)
    assert weights_of(small) == [1] * 3 + [1.234] * 3
    assert any("two ways" in note for note in notes_in_shell(read_file(small)))


@pytest.mark.parametrize(
    "cell",
    ["", "1 5", "1,2,3", "1.2.3", "85%", "1;5", "abc", "12,34.5", "1.2e", "١٢", "--1", "e5", "."],
)
def test_what_is_no_number_is_none(cell: str) -> None:
    assert not are_numbers(pd.Series([cell], dtype="str")).any()


@given(st.floats(0.001, 1e9), st.sampled_from([POINT, COMMA]), st.booleans())
def test_every_weight_survives_being_written_and_read(
    weight: float, notation: object, grouped: bool
) -> None:
    """Two decimals beside one cell that decides the notation."""
    assert notation in (POINT, COMMA)
    cells = []
    for number in (weight, 0.5):
        text = f"{number:,.4f}" if grouped else f"{number:.4f}"
        if notation is COMMA:
            text = text.translate({ord(","): ".", ord("."): ","})
        cells.append(text)
    column = read_numbers(pd.Series(cells, dtype="str"))
    assert column.notation == notation
    assert column.numbers[0] == pytest.approx(weight, abs=1e-4)


# ---------------------------------------------------------------- through the command


def test_row_14_decimal_commas_are_weights(tmp_path: Path) -> None:
    path = survey(tmp_path, ["1,5", "0,5", "1,0"] * 3)
    status, said = run_read(path)
    assert status == 0
    assert "read with a decimal comma, '1,5' as 1.5" in said
    assert "own_weight" not in said
    comments = Project(tmp_path / "project").comments
    assert comments["weight"].tolist() == [1.5, 0.5, 1.0] * 3


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (
            ["1.5"] * 4 + ["1,5"],
            "line 6: column 'weight': the weight is '1,5', but the others have a decimal point",
        ),
        (
            ["1,5"] * 4 + ["1.25"],
            "line 6: column 'weight': the weight is '1.25', but the others have a decimal comma",
        ),
        (["85%"] * 5, "line 2: column 'weight': the weight is '85%'"),
        (["1.5"] * 4 + ["1e999"], "line 6: column 'weight': the weight is '1e999'"),
        (["1,5"] * 4 + ["-0,5"], "line 6: column 'weight': the weight is '-0,5'"),
        (["1,5"] * 4 + ["\x1b[31m9"], "the weight is '␛[31m9'"),
    ],
)
def test_row_14_what_is_no_weight_is_refused_by_line_and_column(
    tmp_path: Path, weights: list[str], said: str
) -> None:
    status, output = run_read(survey(tmp_path, weights))
    assert status == 1
    assert said in output
    assert not (tmp_path / "project").exists()


def test_columns_named_like_weights_are_never_passed_over_in_silence(tmp_path: Path) -> None:
    words = read_file(survey(tmp_path, ["heavy", "light"] * 3))
    assert words.comments["weight"].isna().all()
    assert any("Nothing is weighted: 'weight'" in note for note in notes_in_shell(words))
    path = tmp_path / "two.csv"
    path.write_text("comment;weight_design;weight_final\n" + "Open the park at night;1;2\n" * 3)
    two = read_file(path)
    assert two.comments["weight"].tolist() == [1.0] * 3
    assert any("'weight_final' is named like weights too" in note for note in notes_in_shell(two))
    chosen = read_file(path, weight="weight_final")
    assert chosen.comments["weight"].tolist() == [2.0] * 3
    assert not any("named like weights" in note for note in notes_in_shell(chosen))


def test_a_weight_is_taken_by_its_name_and_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "poll.csv"
    rows = [f"Open the park at night;{60 + row};{500.5 + row}" for row in range(6)]
    path.write_text("\n".join(["comment;weight;grossing weight", *rows]))
    result = read_file(path)
    assert result.comments["weight"].tolist() == [500.5 + row for row in range(6)]
    notes = " ".join(notes_in_shell(result))
    assert "scaled to a population" in notes
    assert "'weight' is not used as a weight: its numbers (62.5 in the middle)" in notes


def test_a_weight_beside_height_is_the_persons_own(tmp_path: Path) -> None:
    path = tmp_path / "clinic.csv"
    rows = [f"Open the park at night;1.{row};180" for row in range(6)]
    path.write_text("\n".join(["comment;weight;height", *rows]))
    result = read_file(path)
    assert result.comments["weight"].isna().all()
    assert any("it is people's own weight" in note for note in notes_in_shell(result))
    assert read_file(path, weight="weight").comments["weight"].notna().all()


# ---------------------------------------------------------------- extreme weights


def test_row_13_an_extreme_weight_is_named_while_reading(tmp_path: Path) -> None:
    status, said = run_read(survey(tmp_path, ["1"] * 29 + ["1000000000"]))
    assert status == 0
    assert "1 of 30 weights is extreme, with 100% of all weight: c029 (1,000,000,000)" in said
    assert "its 30 comments say as much as 1 of equal weight" in said


def test_weights_of_excluded_comments_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "poll.csv"
    rows = [f"c{number};Repair the bridge on road number {number};1" for number in range(29)]
    path.write_text("\n".join(["id;comment;weight", *rows, "c29;No;1000000000"]))
    _, said = run_read(path)
    assert "analysed" in said
    assert "extreme" not in said


def test_an_empty_comment_needs_no_weight_but_a_wrong_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "poll.csv"
    path.write_text("id;comment;weight\n" + "a;Repair the bridge;1,5\nb; ;\nc;Open the park;2\n")
    assert weights_of(path) == pytest.approx([1.5, np.nan, 2], nan_ok=True)
    path.write_text("id;comment;weight\n" + "a;Repair the bridge;1,5\nb; ;-1\nc;Open the park;\n")
    with pytest.raises(CoderError) as caught:
        read_file(path)
    said = in_shell(caught.value)
    assert "line 3: column 'weight': the weight is '-1'" in said
    assert "line 4: column 'weight': the weight is missing" in said


def test_ordinary_weights_are_not_called_extreme() -> None:
    rng = np.random.default_rng(0)
    for weights in (
        np.ones(100),
        np.r_[np.ones(95), np.full(5, 1.5)],  # the quartiles are equal
        np.exp(0.4 * rng.standard_normal(1000)),
        rng.uniform(0.4, 2.2, 500),
    ):
        assert len(check_weights(weights).extreme) == 0
        assert describe_weights("Poll", ["c"] * len(weights), weights) == ""


def test_many_extreme_weights_are_counted_and_ids_are_shown_safely() -> None:
    weights = np.r_[np.ones(200), np.arange(20, 40.0)]
    ids = [f"c{number}" for number in range(219)] + ["\x1b[2Jx" + "y" * 500]
    said = describe_weights("Poll", ids, weights)
    assert said.startswith("Poll: 20 of 220 weights are extreme, with 75% of all weight: ␛[2Jxyyy")
    assert "and 10 more" in said
    assert "y" * 100 not in said
    assert "\x1b" not in said


def test_very_unequal_weights_are_told_even_if_none_is_extreme() -> None:
    weights = np.r_[np.full(60, 0.2), np.full(40, 4.0)]
    assert len(check_weights(weights).extreme) == 0
    assert "100 comments say as much as 46 of equal weight" in describe_weights(
        "Poll", ["c"] * 100, weights
    )


@pytest.mark.parametrize(
    ("weight", "shown"),
    [(1.5, "1.50"), (3, "3"), (1e9, "1,000,000,000"), (1e15, "1e+15"), (0.0012345, "0.00123")],
)
def test_weights_are_shown_briefly(weight: float, shown: str) -> None:
    assert format_weight(weight) == shown
