"""ODS and XLS: what a cell shows, the sheet of the answers, faults named."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from coder.reading.formats import load
from coder.reading.options import FileOptions
from reading_helpers import error_of, notes_in_shell, read_file
from written_files import ods_sheet, write_ods, write_xls

HEADER = ["id", "comment", "day"]
ROWS = [
    HEADER,
    ["1", "More buses\nand\ttrams  now", dt.date(2024, 3, 1)],
    ["2", " Fewer cars <b>&amp;</b> 'noise' ", dt.date(2024, 12, 31)],
]
KINDS = ("ods", "xls")
kinds = pytest.mark.parametrize("kind", KINDS)


def write(folder: Path, kind: str, sheets: dict, hidden: tuple[str, ...] = ()) -> Path:
    path = folder / f"a.{kind}"
    if kind == "xls":
        return write_xls(path, sheets, hidden)
    return write_ods(path, *[ods_sheet(n, rows, hidden=n in hidden) for n, rows in sheets.items()])


@kinds
def test_cells_are_read_as_they_are_shown(tmp_path: Path, kind: str) -> None:
    raw = load(write(tmp_path, kind, {"Answers": ROWS}), FileOptions())
    assert raw.cells.to_dict("list") == {
        "id": ["1", "2"],
        "comment": [ROWS[1][1], ROWS[2][1]],
        "day": ["2024-03-01", "2024-12-31"],
    }
    assert raw.numbers.tolist() == [2, 3]
    assert raw.format == kind
    assert raw.facts["sheet"] == "Answers"


@kinds
def test_numbers_and_truth_values(tmp_path: Path, kind: str) -> None:
    rows = [["n", "x", "flag"], [7, 0.35, True], [12345678901, 1.5, False]]
    cells = load(write(tmp_path, kind, {"S": rows}), FileOptions()).cells
    assert cells["n"].tolist() == ["7", "12345678901"]
    assert cells["x"].tolist() == ["0.35", "1.5"]
    assert cells["flag"].tolist() == ["TRUE", "FALSE"]


@kinds
def test_the_sheet_of_the_answers_is_found(tmp_path: Path, kind: str) -> None:
    cover = [["Results"]]
    other = [HEADER, ["9", "A comment of the second wave", dt.date(2024, 5, 1)]]
    path = write(
        tmp_path,
        kind,
        {"Secret": [["x" * 9000]], "Cover": cover, "Web": ROWS, "Post": other},
        hidden=("Secret",),
    )
    result = read_file(path)
    assert result.comments["text"].tolist() == [ROWS[1][1], ROWS[2][1]]
    (note,) = [note for note in notes_in_shell(result) if "--sheet" in note]
    assert "'Web'" in note
    assert "'Post'" in note
    assert "Secret" not in note
    post = read_file(path, sheet="Post").comments
    assert post["text"].tolist() == ["A comment of the second wave"]
    assert "Did you mean 'Post'" in error_of(path, sheet="post ")


@kinds
def test_empty_and_damaged_workbooks(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, kind, {"A": [], "B": []})
    assert "every sheet is empty" in error_of(path)
    whole = write(tmp_path, kind, {"A": ROWS}).read_bytes()
    for share in (0.1, 0.5, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert "cut off or damaged" in error_of(path)
    path.write_bytes(b"")
    assert "is empty" in error_of(path)


# ---------------------------------------------------------------- ODS alone


def one_cell(folder: Path, cell: str) -> list[str]:
    """The texts of a sheet with one row under its header; `cell` is its XML."""
    row = f"<table:table-row>{cell}</table:table-row>"
    sheet = ods_sheet("S", [["a", "b"]])
    sheet = sheet.replace("</table:table-row>", f"</table:table-row>{row}", 1)
    cells = load(write_ods(folder / "a.ods", sheet), FileOptions()).cells
    return cells.iloc[0].tolist()


CELL = '<table:table-cell office:value-type="{}" {}>{}</table:table-cell>'


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (CELL.format("string", "", "<text:p>a<text:line-break/>b<text:tab/>c</text:p>"), "a\nb\tc"),
        (CELL.format("string", "", '<text:p>x<text:s text:c="3"/>y</text:p>'), "x   y"),
        (CELL.format("string", "", "<text:p>a</text:p><text:p/><text:p>c</text:p>"), "a\n\nc"),
        (CELL.format("string", "", "<text:p>p<text:span>q<text:s/></text:span>r</text:p>"), "pq r"),
        (
            CELL.format(
                "string",
                "",
                "<office:annotation><text:p>a note</text:p></office:annotation><text:p>real</text:p>",
            ),
            "real",
        ),
        (CELL.format("float", 'office:value="7"', "<text:p>007</text:p>"), "007"),
        (CELL.format("float", 'office:value="7"', "<text:p>7.00</text:p>"), "7"),
        (CELL.format("percentage", 'office:value="0.35"', "<text:p>35%</text:p>"), "0.35"),
        (CELL.format("time", 'office:time-value="PT09H05M00S"', "<text:p>9:05</text:p>"), "09:05:00"),
        (
            CELL.format("date", 'office:date-value="2024-03-01T00:00:00"', "<text:p>1 Mar</text:p>"),
            "2024-03-01",
        ),
        (
            CELL.format("date", 'office:date-value="2024-03-01T10:11:12"', "<text:p>1 Mar</text:p>"),
            "2024-03-01T10:11:12",
        ),
    ],
)  # fmt: skip
def test_what_an_ods_cell_says(tmp_path: Path, cell: str, text: str) -> None:
    assert one_cell(tmp_path, cell)[0] == text


def test_a_repeated_cell_stands_in_each_of_its_columns(tmp_path: Path) -> None:
    cell = CELL.format("string", 'table:number-columns-repeated="2"', "<text:p>Yes</text:p>")
    assert one_cell(tmp_path, cell) == ["Yes", "Yes"]


def test_a_table_inside_a_cell_does_not_end_the_sheet(tmp_path: Path) -> None:
    inner = "<table:table><table:table-row><table:table-cell/></table:table-row></table:table>"
    sheet = ods_sheet("S", ROWS).replace("</text:p>", f"</text:p>{inner}", 1)
    cells = load(write_ods(tmp_path / "a.ods", sheet), FileOptions()).cells
    assert cells["id"].tolist() == ["1", "2"]


def test_millions_of_repeated_cells_are_refused(tmp_path: Path) -> None:
    sheet = ods_sheet("S", ROWS)
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
    rows = (
        f'<table:table-row table:number-rows-repeated="1000000">{cell}'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )
    path = write_ods(tmp_path / "a.ods", sheet.replace("</table:table>", f"{rows}</table:table>"))
    assert "more cells than a survey" in error_of(path)
    endless = sheet.replace(
        "<table:table-cell ", '<table:table-cell table:number-columns-repeated="99999999999" ', 1
    )
    assert "more cells than a survey" in error_of(write_ods(path, endless))


def test_other_faulty_ods_files(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "a.ods", ods_sheet("S", ROWS))
    content = zipfile.ZipFile(path).read("content.xml").decode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        archive.writestr("content.xml", b"\x00scrambled")
    assert "protected by a password" in error_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "is not an ODS workbook" in error_of(path)
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">{entities}]>'
    body = content.split("?>", 1)[1].replace("buses", "&e11;")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", bomb + body)
    assert "damaged" in error_of(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b" " * 130_000_000)
    assert "more than a workbook" in error_of(path)


# ---------------------------------------------------------------- what is called .xls


def test_other_files_under_the_name_of_xls(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(b"id\tcomment\r\n1\tMore buses\r\n2\tFewer cars\r\n")
    assert read_file(path).comments["text"].tolist() == ["More buses", "Fewer cars"]
    path.write_text("<html><table><tr><td>id</td></tr></table></html>")
    assert "is a web page or an XML file" in error_of(path)


# ---------------------------------------------------------------- XLSX that says too much


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", 'r="B3"', 'r="XFD1048576"'),
        ("xl/worksheets/sheet1.xml", 'r="B3"', 'r="A99999999999999999999"'),
        ("xl/worksheets/sheet1.xml", 'r="B3"', 'r="AAAAAAAAAAAAA1"'),
        ("xl/sharedStrings.xml", 'uniqueCount="', 'uniqueCount="9999999999'),
    ],
)
def test_a_workbook_for_which_no_memory_is_enough_is_refused(
    tmp_path: Path, part: str, old: str, new: str
) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for number, row in enumerate([["id", "comment"], ["1", "More buses"], ["2", "Fewer cars"]]):
        sheet.write_row(number, 0, row)
    book.close()
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    assert old in contents[part]
    contents[part] = contents[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    assert "more cells or texts than a survey" in error_of(path)


def test_an_ods_workbook_that_is_encrypted_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("encrypted-package", bytes(range(256)))
    assert "is protected by a password" in error_of(path)


def test_a_long_name_of_a_sheet_is_cut(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "a.ods", ods_sheet("S" * 50_000, ROWS))
    assert len(load(path, FileOptions()).described) < 100
