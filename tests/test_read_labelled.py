"""SAV and DTA: labels in place of codes, missing codes empty, questions, sets, weights, encodings."""

import datetime as dt
import shutil
import struct
import subprocess
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from coder.errors import CoderError
from coder.reading.formats import load
from coder.reading.formats.sav_header import weight_variable
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable
from reading_helpers import error_of, read_file
from written_files import with_extension, with_weight, write_sav

INTAKE = Path(__file__).parents[1].parent / "shared" / "data" / "intake"
LONG = "A long answer, é and 👩. " * 40  # beyond the 255 bytes of one segment


def survey() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [1.0, 2.0, 3.0, 4.0],
            "support": [1.0, 2.0, 99.0, None],
            "reason_in_full": ["More buses", "", LONG, "None"],
            "day": [dt.date(2024, 3, 1), None, dt.date(2023, 12, 31), None],
            "at": [dt.datetime(2024, 3, 1, 10, 11, 12), None, None, None],
            "wt_final": [0.5, 1.5, 1.25, 0.75],
            "area": ["N", "S", "N", ""],
        }
    )


@pytest.fixture
def sav(tmp_path: Path) -> Path:
    return write_sav(
        tmp_path / "a.sav",
        survey(),
        column_labels={"support": "Do you support the plan?", "reason_in_full": "Why?"},
        variable_value_labels={
            "support": {1: "Yes", 2: "No", 3: "Don't know", 99: "Refused"},
            "area": {"N": "North", "S": "South"},
        },
        missing_ranges={"support": [99]},
    )


def read_raw(path: Path, encoding: str | None = None) -> RawTable:
    return load(path, FileOptions(encoding))


def test_answers_are_read_as_their_labels(sav: Path) -> None:
    raw = read_raw(sav)
    assert raw.cells.to_dict("list") == {
        "id": ["1", "2", "3", "4"],
        "support": ["Yes", "No", "", ""],
        "reason_in_full": ["More buses", "", LONG.rstrip(" "), "None"],
        "day": ["2024-03-01", "", "2023-12-31", ""],
        "at": ["2024-03-01T10:11:12", "", "", ""],
        "wt_final": ["0.5", "1.5", "1.25", "0.75"],
        "area": ["North", "South", "North", ""],
    }
    assert raw.questions == {"support": "Do you support the plan?", "reason_in_full": "Why?"}
    assert raw.orders == {"support": ("Yes", "No", "Don't know"), "area": ("North", "South")}
    assert raw.facts == {}


@pytest.mark.parametrize("compress", [False, True])
def test_the_weight_that_is_switched_on_is_known(tmp_path: Path, compress: bool) -> None:
    path = write_sav(tmp_path / "a.sav", survey(), compress=compress)
    variables = list(survey().columns)
    weights: dict[str, int] = {}
    for place in range(1, 200):
        with_weight(path, place)
        weights[weight_variable(path.read_bytes())] = place
    assert set(variables) - set(weights) == set(), "each has a place"
    # The long text takes a place for each eight of its bytes.
    assert weights["wt_final"] > weights["support"] + len(LONG) / 8
    with_weight(path, weights["wt_final"])
    assert read_raw(path).facts["weight"] == "wt_final"


@pytest.mark.parametrize(
    "content", [b"", b"$FL2", b"$FL2" + b"\x00" * 200, b"$FL2" + b"\xff" * 400]
)
def test_a_cut_off_dictionary_has_no_weight(content: bytes) -> None:
    assert weight_variable(content) == ""


def test_multiple_response_sets_are_option_groups(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"bus": [1.0, 0.0], "bike": [0.0, 1.0], "why": ["It is fast", "It is cheap"]}
    )
    path = write_sav(tmp_path / "a.sav", table)
    with_extension(path, 7, b"$modes=D1 1 11 How do you? bus bike\n")
    assert read_raw(path).option_groups == {"How do you?": ("bus", "bike")}


def test_codes_between_labelled_ones_keep_their_place(tmp_path: Path) -> None:
    table = pd.DataFrame({"rating": [5.0, 3.0, 1.0], "why": ["Good", "So so", "Bad"]})
    labels = {"rating": {1: "Very bad", 5: "Very good"}}
    raw = read_raw(write_sav(tmp_path / "a.sav", table, variable_value_labels=labels))
    assert raw.cells["rating"].tolist() == ["Very good", "3", "Very bad"]
    assert raw.orders["rating"] == ("Very bad", "3", "Very good")


def test_a_stata_file(tmp_path: Path) -> None:
    path = tmp_path / "a.dta"
    table = survey().drop(columns=["at"])
    pyreadstat.write_dta(
        table,
        str(path),
        column_labels={"support": "Do you support the plan?"},
        variable_value_labels={"support": {1: "Yes", 2: "No"}},
    )
    raw = read_raw(path)
    assert raw.cells["support"].tolist() == ["Yes", "No", "99", ""]
    assert raw.cells["reason_in_full"].tolist() == ["More buses", "", LONG, "None"]
    assert raw.cells["day"].tolist() == ["2024-03-01", "", "2023-12-31", ""]
    assert raw.orders["support"] == ("Yes", "No", "99")
    assert raw.format == "dta"


def test_an_older_encoding_is_read_and_a_wrong_one_is_an_error(tmp_path: Path) -> None:
    path = write_sav(
        tmp_path / "a.sav", pd.DataFrame({"why": ["Caf\u00e9 \u2013 near", "plain words"]})
    )
    in_utf8 = "Caf\u00e9 \u2013 near".encode()
    in_cp1252 = "Caf\u00e9 \u2013 near".encode("cp1252").ljust(len(in_utf8))
    data = path.read_bytes().replace(in_utf8, in_cp1252)
    path.write_bytes(data)
    assert "--encoding NAME" in error_of(path)
    assert read_raw(path, "cp1252").cells["why"].tolist() == ["Café – near", "plain words"]
    assert read_raw(path, "windows-1252").facts["encoding"] == "windows-1252"
    assert "holds text that is not utf-8" in error_of(path, encoding="utf-8")
    assert "unknown encoding" in str(error_of_encoding(path))
    in_latin = "Caf\u00e9 \u00e0 c".encode("latin-1").ljust(len(in_cp1252))
    path.write_bytes(data.replace(in_cp1252, in_latin).replace(b"UTF-8", b"CP819"))
    assert read_raw(path).cells["why"].tolist() == ["Café à c", "plain words"]


def error_of_encoding(path: Path) -> CoderError:
    with pytest.raises(CoderError) as caught:
        read_raw(path, "no-such")
    return caught.value


def test_an_encoding_that_is_not_named_is_seen_by_the_texts(tmp_path: Path) -> None:
    table = pd.DataFrame({"why": ["Too dear: caf\u00e9", "plain words"]})
    sav = write_sav(tmp_path / "a.sav", table)
    data = sav.read_bytes()
    at = data.index(struct.pack("<ii", 7, 20))
    (size,) = struct.unpack_from("<i", data, at + 12)
    data = data[:at] + data[at + 16 + size :]
    data = data.replace(struct.pack("<i", 65001), struct.pack("<i", 2))
    dta = tmp_path / "a.dta"
    pyreadstat.write_dta(table, str(dta), version=12)
    for path, content in ((sav, data), (dta, dta.read_bytes())):
        path.write_bytes(content)
        assert read_raw(path).cells["why"].tolist() == table["why"].tolist()
        path.write_bytes(content.replace("\u00e9".encode(), b"\xe9 "))
        cells = read_raw(path).cells["why"]
        assert [cell.rstrip() for cell in cells] == table["why"].tolist(), path.suffix


def test_a_date_beyond_the_calendar_does_not_stop_the_reading(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"day": [4.0e11, 13_630_723_200.0], "at": [13_630_764_645.0, None], "why": ["More", "Less"]}
    )
    shown_as = {"day": "DATE11", "at": "DATETIME20"}
    path = write_sav(tmp_path / "a.sav", table, variable_format=shown_as)
    cells = read_raw(path).cells
    assert cells["day"].tolist() == ["400000000000", "2014-09-22"]
    assert cells["at"].tolist() == ["2014-09-22T11:30:45", ""]
    assert cells["why"].tolist() == ["More", "Less"]


@pytest.mark.parametrize(
    ("labelled", "other", "shown"),
    [
        (dt.date(1900, 1, 1), dt.date(2024, 3, 1), "Not known"),
        (dt.datetime(1900, 1, 1), dt.datetime(2024, 3, 1, 10, 11, 12), "Not known"),
        (dt.time(0, 0), dt.time(10, 11, 12), "00:00:00"),  # the library gives its code otherwise
    ],
)
def test_dates_and_times_may_have_labels(
    tmp_path: Path, labelled: dt.date, other: dt.date, shown: str
) -> None:
    table = pd.DataFrame({"when": [labelled, other], "why": ["More", "Less"]})
    labels = {"when": {labelled: "Not known"}}
    path = write_sav(tmp_path / "a.sav", table, variable_value_labels=labels)
    assert read_raw(path).cells["when"].tolist() == [shown, other.isoformat()]


def test_files_cut_off_anywhere_are_refused(sav: Path) -> None:
    whole = sav.read_bytes()
    for share in (0.02, 0.3, 0.6, 0.9, 0.99):
        sav.write_bytes(whole[: int(len(whole) * share)])
        assert "cut off or damaged" in error_of(sav)


def test_a_survey_of_spss_becomes_comments(sav: Path) -> None:
    with_weight(sav, 1)
    result = read_file(sav, text="reason_in_full", id="id")
    assert result.comments["text"].tolist() == ["More buses", "", LONG.rstrip(" "), "None"]
    assert result.comments["comment_id"].tolist() == ["1", "2", "3", "4"]


@pytest.mark.skipif(not INTAKE.is_dir(), reason="the development cases are not at hand")
def test_files_of_haven() -> None:
    iris = read_raw(INTAKE / "haven-iris.sav")
    assert iris.cells["Species"].unique().tolist() == ["setosa", "versicolor", "virginica"]
    assert iris.cells.iloc[0].tolist() == ["5.1", "3.5", "1.4", "0.2", "setosa"]
    notes = read_raw(INTAKE / "haven-notes.dta")
    assert notes.cells.columns.tolist() == ["id", "female", "treatment", "outcome"]


HAVEN = """
library(haven)
survey <- data.frame(
  q = labelled_spss(c(1, 2, -9, NA), c(Yes = 1, No = 2, DK = -9), na_values = -9, label = "Sure?"),
  why = c("a", "", "caf\\u00e9", strrep("x", 400)))
write_sav(survey, "r.sav")
coded <- data.frame(
  q = labelled(c(1, 2, tagged_na("a"), NA), c(Yes = 1, No = 2, Ref = tagged_na("a"))),
  month = structure(c(770, 771, NA, 0), format.stata = "%tm"),
  why = c("a", "", strrep("y", 3000), "z"))
write_dta(coded, "r.dta")
"""


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine")
def test_files_that_haven_writes(tmp_path: Path) -> None:
    done = subprocess.run(["Rscript", "-e", HAVEN], cwd=tmp_path, capture_output=True, text=True)
    if "there is no package" in done.stderr:
        pytest.skip("R has no haven")
    sav = read_raw(tmp_path / "r.sav")
    assert sav.cells["q"].tolist() == ["Yes", "No", "", ""]
    assert sav.cells["why"].tolist() == ["a", "", "café", "x" * 400]
    assert sav.orders["q"] == ("Yes", "No")
    dta = read_raw(tmp_path / "r.dta")
    assert dta.cells["q"].tolist() == ["Yes", "No", "", ""]
    assert dta.cells["month"].tolist() == ["2024m3", "2024m4", "", "1960m1"]
    assert dta.cells["why"].tolist() == ["a", "", "y" * 3000, "z"]
