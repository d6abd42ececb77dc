"""The survey's own columns in SAV: written, read again and compared cell by cell."""

import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder.codebook import Codebook, Theme
from coder.errors import CoderError
from coder.exporting.sav_columns import closed_columns, make_columns
from coder.exporting.to_sav import notes, variable_name, write
from coder.natural_order import order_answers
from coder.reporting import Report
from coder.settings import Settings, Source
from report_helpers import report_of

pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed")
N = 60
LONG = "ü" * 400 + " and so on"


def cycle(*answers: str) -> list[str]:
    return [answers[number % len(answers)] for number in range(N)]


COLUMNS = {
    "How far do you agree?": cycle("Agree", "Strongly agree", "Disagree", "", "Neither"),
    "Age band": cycle("65+", "Under 18", "18-24", "25-64", "Prefer not to say"),
    "Gender": cycle("Woman", "Man", "Another", "=SUM(A1)"),
    "Party": cycle("Zebra", "Apple", "Mango"),
    "children": cycle("0", "2", "", "1"),
    "income": [f"{number * 137.25:.2f}" for number in range(N)],
    "postcode": [f"{number:04d}" for number in range(N)],
    "born": [
        date(1950, 1, 1 + number % 28).isoformat() if number % 7 else "" for number in range(N)
    ],
    "sent": [f"{1 + number % 28:02d}/03/2026 {number % 24}:05" for number in range(N)],
    "unclear": cycle("01/02/2026", "03/04/2026"),
    "why": [f"{LONG} {number}" for number in range(N)],
    "blank": [""] * N,
    "to": cycle("yes", "no"),
    "Ärzte & Ämter": cycle("ja", "nein"),
    "a" * 70: cycle("x", "y"),
    "a" * 71: cycle("y", "x"),
}
FILE_ORDER = ("Mango", "Zebra", "Apple", "Never given")
SETTINGS = Settings(
    name="p",
    attributes=("postcode",),
    sources=(
        Source(
            name="Survey",
            file="s.sav",
            sha256="0" * 64,
            format="sav",
            rows=N,
            orders={"Party": FILE_ORDER},
        ),
    ),
    missing={"Age band": ("prefer not to say",)},
)


def report_with(columns: dict[str, list[str]], project: Settings = SETTINGS) -> Report:
    rows = len(next(iter(columns.values())))
    ids = [f"c{number:03d}" for number in range(rows)]
    comments = pd.DataFrame(
        {
            "comment_id": ids,
            "text": [f"We want matter number {number} looked at" for number in range(rows)],
            "source": "Survey",
            "role": "public",
            "status": "analysed",
            "reason": "",
            "weight": 1.25,
            "campaign_id": "",
            "question": "",
            **columns,
        }
    )
    judged = pd.DataFrame(
        {
            "project": "p",
            "comment_id": ids,
            "text_hash": "",
            "theme_id": "lights",
            "present": True,
            "positions": [()] * rows,
            "reviewer": "a",
            "mode": "blind",
            "chosen": "listed",
            "whole": True,
            "adjudicated": False,
            "decided_at": "2026-01-01",
            "decision_id": "",
            "text": "",
        }
    )
    book = Codebook(title="T", themes=(Theme(id="lights", name="Lights"),))
    return report_of(comments, None, book, judged, settings=project, quotes=0)


def written_again(value: Any, labels: dict[float, str], missing: str = "no answer") -> str:
    """A cell of the file as the survey had it."""
    if isinstance(value, datetime) and not pd.isna(value):
        return value.isoformat()
    if isinstance(value, date) and not pd.isna(value):
        return value.isoformat()
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value
    if labels:
        answer = labels[value]
        return "" if value == -9 and answer == missing else answer
    return f"{value:.10f}".rstrip("0").rstrip(".")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(report_with(COLUMNS), tmp_path_factory.mktemp("sav") / "t.sav")[0]


@pytest.fixture(scope="module")
def read(path: Path) -> tuple[pd.DataFrame, Any]:
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    return frame, meta


def variable_of(meta: Any, column: str) -> str:
    (name,) = [each for each, label in meta.column_names_to_labels.items() if label == column]
    return name


def test_every_cell_comes_back(read: tuple[pd.DataFrame, Any]) -> None:
    frame, meta = read
    for column, answers in COLUMNS.items():
        name = variable_of(meta, column)
        labels = meta.variable_value_labels.get(name, {})
        again = [written_again(value, labels) for value in frame[name]]
        expected = answers
        if column == "income":
            expected = [answer.rstrip("0").rstrip(".") for answer in answers]
        if column == "sent":
            expected = [
                datetime.strptime(answer, "%d/%m/%Y %H:%M").isoformat() for answer in answers
            ]
        assert again == expected, column


def test_closed_answers_are_codes_in_their_order(read: tuple[pd.DataFrame, Any]) -> None:
    _, meta = read

    def labels(column: str) -> list[str]:
        by_code = meta.variable_value_labels[variable_of(meta, column)]
        return [by_code[code] for code in sorted(by_code)]

    assert labels("How far do you agree?") == [
        "no answer",
        "Disagree",
        "Neither",
        "Agree",
        "Strongly agree",
    ]
    assert labels("Age band") == ["Prefer not to say", "Under 18", "18-24", "25-64", "65+"]
    assert labels("Party") == ["Mango", "Zebra", "Apple"], "as in the file that it came from"
    assert labels("Gender") == ["=SUM(A1)", "Another", "Man", "Woman"]


def test_measures_and_missing_answers(read: tuple[pd.DataFrame, Any]) -> None:
    _, meta = read
    measure = {column: meta.variable_measure[variable_of(meta, column)] for column in COLUMNS}
    assert measure["How far do you agree?"] == measure["Age band"] == "ordinal"
    assert measure["Gender"] == measure["Party"] == measure["why"] == "nominal"
    assert measure["income"] == measure["born"] == measure["sent"] == "scale"
    assert measure["children"] == "ordinal"
    assert meta.variable_measure["weight"] == "scale"
    missing = {}
    for column in COLUMNS:
        ranges = meta.missing_ranges.get(variable_of(meta, column))
        if ranges:
            missing[column] = [(each["lo"], each["hi"]) for each in ranges]
    assert missing == {"How far do you agree?": [(-9, -9)], "Age band": [(-9, -1)]}


def test_blanks_and_missing_answers_are_left_out_as_the_program_does(path: Path) -> None:
    frame, meta = pyreadstat.read_sav(str(path))
    assert frame[variable_of(meta, "How far do you agree?")].isna().sum() == N // 5
    assert frame[variable_of(meta, "Age band")].isna().sum() == N // 5
    assert frame[variable_of(meta, "children")].isna().sum() == N // 4


def test_dates_whose_day_is_not_certain_stay_text(read: tuple[pd.DataFrame, Any]) -> None:
    frame, meta = read
    assert frame[variable_of(meta, "unclear")].tolist() == COLUMNS["unclear"]
    assert meta.original_variable_types[variable_of(meta, "born")].startswith(("DATE", "SDATE"))
    assert frame["comment_id"].tolist()[0] == "c000"


def test_names_are_legal_and_differ(read: tuple[pd.DataFrame, Any]) -> None:
    _, meta = read
    assert variable_of(meta, "Ärzte & Ämter") == "Arzte_Amter"
    assert variable_of(meta, "to") == "to_"
    names = [name.casefold() for name in meta.column_names]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 64


@pytest.mark.parametrize(
    ("answers", "ordered"),
    [
        ("often never always rarely sometimes", "never rarely sometimes often always"),
        ("high low medium", "low medium high"),
        ("10 9 100", "9 10 100"),
        ("b c a", "a b c"),
    ],
)
def test_orders(answers: str, ordered: str) -> None:
    assert list(order_answers(answers.split()).answers) == ordered.split()


@pytest.mark.parametrize(
    "scale",
    [
        ("Strongly disagree", "Tend to disagree", "Neither agree nor disagree", "Tend to agree"),
        ("Very dissatisfied", "Fairly dissatisfied", "Neither", "Fairly satisfied"),
        ("Not at all important", "Not very important", "Fairly important", "Very important"),
        ("Strongly oppose", "Oppose", "Neither support nor oppose", "Support", "Strongly support"),
        ("Less than £10,000", "£10,000 to £19,999", "£20,000 to £29,999", "More than £30,000"),
        ("Under 16", "16-24", "25 to 64", "65 or over"),
        ("Very poor", "Poor", "Fair", "Good", "Very good", "Excellent"),
    ],
)
def test_scales_and_bands_are_ordered_whatever_order_they_come_in(scale: tuple[str, ...]) -> None:
    order = order_answers(["Don't know", *reversed(scale)])
    assert order.answers == (*scale, "Don't know")
    assert order.is_scale


def test_names_that_hold_numbers_are_no_scale() -> None:
    assert not order_answers(["Ward 2", "Ward 10", "Ward 1.5.2"]).is_scale
    assert not order_answers(["Agree", "Apple", "Strongly agree"]).is_scale


@pytest.mark.parametrize(
    "answers",
    [
        ["30 minutes", "1 hour", "2 hours"],
        ["Less than 6 months", "6 months to 1 year", "2-3 years", "More than 10 years"],
        ["500 m", "1 km", "5km"],
    ],
)
def test_numbers_of_different_units_are_no_scale(answers: list[str]) -> None:
    assert not order_answers(answers).is_scale


def test_numbers_of_one_unit_are_a_scale_however_it_is_written() -> None:
    answers = ("Under 1 hr", "1 hour", "2-3 hours", "10+ hrs")
    assert order_answers(answers[::-1]).answers == answers
    without = ("0-4", "5-9", "10 years or more")
    assert order_answers(without[::-1]).answers == without


def test_declared_attributes_are_closed_however_many_answers_they_have() -> None:
    answers = pd.DataFrame({"ward": [f"Ward {number}" for number in range(N)]})
    assert closed_columns(answers, Settings(name="p")) == set()
    assert closed_columns(answers, Settings(name="p", attributes=("ward",))) == {"ward"}


def test_numbers_that_the_project_counts_as_missing_are_missing(tmp_path: Path) -> None:
    project = SETTINGS.model_copy(update={"missing": {"age": ("99", "-1", "7", "8")}})
    ages = cycle("34", "99", "", "-1", "51")
    path = write(report_with({"age": ages}, project), tmp_path / "t.sav")[0]
    frame, _ = pyreadstat.read_sav(str(path))
    assert frame["age"].dropna().unique().tolist() == [34, 51]
    as_written, _ = pyreadstat.read_sav(str(path), user_missing=True)
    assert as_written["age"].fillna(0).astype(int).tolist()[:5] == [34, 99, 0, -1, 51]


def test_what_is_in_dispute_or_not_coded_is_missing(tmp_path: Path) -> None:
    """One comment that two reviewers judge differently, one that nobody judged, two sure ones."""
    agreed = report_with({"ward": ["North", "South", "North", "South"]})
    judged = agreed.judgements
    second = judged.assign(reviewer="b", present=[False, True, True, True])
    both = pd.concat([judged.iloc[:3].assign(present=[True, True, False]), second.iloc[:2]])
    report = report_of(
        agreed.comments, None, agreed.codebook, both, settings=agreed.settings, quotes=0
    )
    path = write(report, tmp_path / "t.sav")[0]
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    assert frame["lights"].tolist() == [-8, 1, 0, -9]
    assert meta.variable_value_labels["lights"] == {
        -9: "not coded",
        -8: "reviewers disagree",
        0: "not mentioned",
        1: "mentioned",
    }
    as_missing, _ = pyreadstat.read_sav(str(path))
    assert as_missing["lights"].isna().tolist() == [True, False, False, True]
    assert notes(report) == meta.notes
    assert notes(report) == [
        "1 value of themes is -9, which counts as missing: not coded.",
        "1 value of themes is -8, which counts as missing: reviewers disagree.",
    ]


def test_a_theme_that_is_decided_throughout_has_no_missing_code(read: Any) -> None:
    _, meta = read
    assert meta.variable_value_labels["lights"] == {0: "not mentioned", 1: "mentioned"}
    assert "lights" not in meta.missing_ranges
    assert meta.notes == []


def test_notes_with_letters_of_several_bytes_fit_the_lines_of_the_file(tmp_path: Path) -> None:
    name = "Электронная почта респондента" * 4
    source = SETTINGS.sources[0].model_copy(update={"dropped": (name,)})
    project = SETTINGS.model_copy(update={"sources": (source,)})
    report = report_with({name: cycle("a", "b"), "ward": cycle("x", "y")}, project)
    path = write(report, tmp_path / "t.sav")[0]
    _, meta = pyreadstat.read_sav(str(path))
    assert name not in meta.column_labels
    assert name.replace(" ", "") in "".join(meta.notes).replace(" ", "")
    assert max(len(line.encode()) for line in meta.notes) <= 80


TEXTS = st.text(
    alphabet=st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"),
    max_size=30,
)
CELLS = st.one_of(
    TEXTS,
    st.sampled_from(["", "Yes", "No", "007", "1e5", "-0", "+1", "1.50", " Yes", "NaN", "None"]),
    st.integers(-(10**17), 10**17).map(str),
    st.dates(date(1500, 1, 1), date(2200, 1, 1)).map(str),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(columns=st.lists(st.lists(CELLS, min_size=12, max_size=12), min_size=1, max_size=3))
def test_whatever_is_in_the_cells_comes_back(columns: list[list[str]]) -> None:
    frame = pd.DataFrame({f"q{number}": cells for number, cells in enumerate(columns)})
    comments = pd.DataFrame({"comment_id": [str(number) for number in range(12)]})
    made = make_columns(
        pd.concat([comments, frame], axis=1), Settings(name="p", attributes=("q0",))
    )
    for name, column in made.items():
        if column.format and not column.labels:
            assert np.array_equal(
                column.values.to_numpy(),
                pd.to_numeric(frame[name], errors="coerce"),
                equal_nan=True,
            )
            continue
        again = [written_again(value, dict(column.labels)) for value in column.values]
        expected = [text if text.strip() else "" for text in frame[name]]
        assert [text.removesuffix("T00:00:00") for text in again] == expected


def test_names_stay_unique_however_alike_they_are() -> None:
    taken: list[str] = []
    for name in ("", "1", "é", "E", "ALL", "x" * 80, "x" * 90, "日本"):
        taken.append(variable_name(name, taken))
    assert len({name.casefold() for name in taken}) == len(taken)
    assert all(name[0].isalpha() and len(name) <= 64 for name in taken)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_reads_the_same_labels(path: Path) -> None:
    script = (
        'if (!requireNamespace("haven", quietly=TRUE)) quit(status=7);'
        f'd <- haven::read_sav("{path}", user_na=TRUE);'
        'x <- haven::as_factor(d[["How_far_do_you_agree"]]);'
        'cat(levels(x), sep="|"); cat("\\n"); cat(table(x), sep="|")'
    )
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
    if done.returncode == 7:
        pytest.skip("haven is not installed")
    levels, counts = done.stdout.strip().splitlines()
    assert levels == "no answer|Disagree|Neither|Agree|Strongly agree"
    assert counts == "|".join(["12"] * 5)


def test_a_file_of_which_a_part_was_not_taken_is_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library says nothing where the disk does not take what it writes."""
    write_all = pyreadstat.write_sav

    def lose_a_part(data: pd.DataFrame, path: str, **options: object) -> None:
        write_all(data, path, **options)
        content = Path(path).read_bytes()
        Path(path).write_bytes(content[:-40] + bytes(40))

    report = report_with({"age": ["18", "19", "20"]})
    path = tmp_path / "t.sav"
    write(report, path)
    before = path.read_bytes()
    monkeypatch.setattr(pyreadstat, "write_sav", lose_a_part)
    with pytest.raises(CoderError, match="could not be written"):
        write(report, path)
    assert path.read_bytes() == before
