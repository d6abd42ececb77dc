"""Real exports of survey tools: header rows gone, names as people would give them, every cell as another reader has it."""

import csv
import io
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from coder.reading.formats import load
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable


class Case(NamedTuple):
    """What a careful person says of a file."""

    header: int  # rows at the top that are no response, blank ones left aside
    rows: int
    names: dict[int, str]  # some columns by their place
    grouped: int = 0  # questions whose options have a column each
    encoding: str = "utf-8-sig"


CASES = {
    "cantera-responses.csv": Case(2, 60, {
        0: "#",
        1: "What operating system(s) do you use?: macOS",
        8: "Which interface(s) do you use to access Cantera?: Python",
        21: "What version of Cantera do you use most often?",
        111: "What question do you wish we had asked you? How would you have answered that question?",
    }, 10),
    "carpentries-2017-surveymonkey.csv": Case(1, 476, {0: "Country", 4: "Column2"}),
    "jupyter-2016-google-forms.csv": Case(1, 125, {0: "Timestamp"}),
    "polis-football.csv": Case(1, 298, {2: "comment-id", 7: "comment-body"}),
    "qualtrics-legacy.csv": Case(2, 1, {0: "ResponseID", 2: "Name", 7: "StartDate", 10: "Q1", 11: "Q2"}),
    "qualtrics-sample.csv": Case(3, 1, {0: "StartDate", 8: "ResponseId", 18: "Q2"}),
    "qualtrics-text-entry.csv": Case(3, 15, {0: "ResponseID", 15: "MCMA_text_1"}, 4),
    "redcap-simple.csv": Case(1, 5, {0: "record_id", 16: "race___1"}, 1),
    "regulations-gov-half.csv": Case(1, 100, {0: "Document ID", 1: "Text Comment"}),
    "star-wars-surveymonkey.csv": Case(2, 1186, {
        0: "RespondentID",
        15: "Please state whether you view the following characters favorably, unfavorably, or are "
            "unfamiliar with him/her.: Han Solo",
        29: "Which character shot first?",
        37: "Location (Census Region)",
    }, 3, "cp1252"),
    "themefinder-biomass.csv": Case(2, 5, {0: "Ident 1", 4: "Ident 5"}),
    "themefinder-lgr.csv": Case(1, 5, {1: "Location - address"}),
    "themefinder-scr.csv": Case(1, 5, {0: "Responding as"}),
}  # fmt: skip
WORDINGS = {
    "qualtrics-legacy.csv": ("Q2", "This is a free text question."),
    "qualtrics-sample.csv": ("Q2", "This is a free text question."),
    "themefinder-biomass.csv": ("Ident 2", "What is your email address?"),
}


def independent_rows(path: Path, encoding: str) -> list[list[str]]:
    """The file's rows that hold anything, by the standard library alone."""
    text = path.read_bytes().decode(encoding)
    rows = csv.reader(io.StringIO(text, newline=""))
    return [row for row in rows if any(cell.strip() for cell in row)]


@pytest.fixture(params=CASES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def raw(shared_data: Path, name: str) -> RawTable:
    return load(shared_data / "intake" / name, FileOptions())


def test_rows_names_and_cells(shared_data: Path, name: str, raw: RawTable) -> None:
    case = CASES[name]
    rows = independent_rows(shared_data / "intake" / name, case.encoding)[case.header :]
    assert len(raw.cells) == len(rows) == case.rows
    width = len(raw.cells.columns)
    assert raw.cells.to_numpy().tolist() == [row[:width] for row in rows]
    assert not any(cell for row in rows for cell in row[width:])
    names = list(raw.cells.columns)
    assert {place: names[place] for place in case.names} == case.names
    assert len(set(names)) == len(names)
    assert len(raw.option_groups) == case.grouped
    if name in WORDINGS:
        column, wording = WORDINGS[name]
        assert raw.questions[column] == wording


def test_rows_are_where_the_file_has_them(shared_data: Path, name: str, raw: RawTable) -> None:
    """A response begins on the line that is named for it."""
    lines = (shared_data / "intake" / name).read_bytes().decode(CASES[name].encoding)
    of_file = lines.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first_cells = raw.cells.iloc[:, 0].tolist()
    for number, cell in zip(raw.numbers.tolist(), first_cells, strict=True):
        start = cell.split("\n")[0].split("\r")[0]
        assert of_file[number - 1].lstrip('"').startswith(start)


def test_a_sheet_under_two_lines_of_explanation(shared_data: Path) -> None:
    path = shared_data / "intake" / "consult-qu-a.xlsx"
    for sheet in openpyxl.load_workbook(path):
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
        if len(rows) == 3:
            continue  # names and no rows
        raw = load(path, FileOptions(sheet=sheet.title))
        assert list(raw.cells.columns) == rows[2]
        assert raw.cells.to_numpy().tolist() == rows[3:]
