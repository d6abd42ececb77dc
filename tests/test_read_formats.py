"""Files to rows: every format gives the same comments, nothing in them is changed, and each fault has its error."""

import codecs
import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder.errors import CoderError
from coder.limits import ORDINARY, use_limits
from coder.reading.formats import load
from coder.reading.options import FileOptions
from reading_helpers import error_of, notes_in_shell, read_file

# What CSV readers and spreadsheets like to change.
AWKWARD = [
    "None", "N/A", "NA", "null", "nan", "No", "007", "1e5", "7.0", "TRUE", "  spaces stay  ", "a, b; c | d",
    'she said "no"', "it’s “curly” – and … more", "two\nlines", "two\r\nlines", "=1+1", "@here", "-", "£5 café",
    "emoji 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\u00a0nbsp\u00a0", "tab\there", "'", '"', "",
]  # fmt: skip


def csv_bytes(rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def as_rows(texts: list[str]) -> list[list[str]]:
    return [
        ["ref", "comment", "age"],
        *([str(n), text, "35"] for n, text in enumerate(texts, start=1)),
    ]


def write_csv(path: Path, texts: list[str]) -> Path:
    path.write_bytes(csv_bytes(as_rows(texts)))
    return path


def write_tsv(path: Path, texts: list[str]) -> Path:
    path.write_bytes(csv_bytes(as_rows(texts), delimiter="\t"))
    return path


def write_xlsx(path: Path, texts: list[str]) -> Path:
    book = openpyxl.Workbook()
    for row in as_rows(texts):
        book.active.append(row)
    for (cell,) in book.active.iter_rows(min_col=2, max_col=2):
        cell.data_type = "s" if cell.value is not None else cell.data_type
    book.save(path)
    return path


def write_jsonl(path: Path, texts: list[str]) -> Path:
    header, *rows = as_rows(texts)
    path.write_text("".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows))
    return path


def write_parquet(path: Path, texts: list[str]) -> Path:
    header, *rows = as_rows(texts)
    pd.DataFrame(rows, columns=header).to_parquet(path)
    return path


WRITERS: dict[str, Callable[[Path, list[str]], Path]] = {
    ".csv": write_csv,
    ".tsv": write_tsv,
    ".xlsx": write_xlsx,
    ".jsonl": write_jsonl,
    ".parquet": write_parquet,
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_format_keeps_what_was_written(tmp_path: Path, suffix: str) -> None:
    # A carriage return in XML is a line feed to whoever reads it: workbooks cannot hold one.
    texts = [text.replace("\r\n", "\n") for text in AWKWARD] if suffix == ".xlsx" else AWKWARD
    result = read_file(WRITERS[suffix](tmp_path / f"survey{suffix}", texts), text="comment")
    assert result.comments["text"].tolist() == texts
    assert result.comments["comment_id"].tolist() == [str(n) for n in range(1, len(texts) + 1)]
    assert result.comments["age"].tolist() == ["35"] * len(texts)
    assert set(result.comments["source"]) == {"survey"}
    assert result.sources[0].rows == len(texts)
    assert result.sources[0].cleaned == 0


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(anything, min_size=1, max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_csv_text_comes_back_whatever_it_is(
    tmp_path: Path, texts: list[str], delimiter: str
) -> None:
    path = tmp_path / "any.csv"
    rows = [["id", "comment"], *([f"c{n}", text] for n, text in enumerate(texts))]
    path.write_bytes(csv_bytes(rows, delimiter=delimiter))
    assert load(path, FileOptions()).cells["comment"].tolist() == texts


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(anything, min_size=1, max_size=8))
def test_comments_are_the_text_whatever_it_is(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "any.csv"
    rows = [["id", "comment"], *([f"c{n}", text] for n, text in enumerate(texts))]
    path.write_bytes(csv_bytes(rows))
    result = read_file(path, text="comment", id="id")
    assert result.comments["text"].tolist() == texts


# ---------------------------------------------------------------- encodings

CAFE = "A café costs £5 – “too much”"


@pytest.mark.parametrize(
    ("data", "label"),
    [
        (codecs.BOM_UTF8 + f"id,comment\n1,{CAFE}\n".encode(), "UTF-8"),
        (f"id,comment\n1,{CAFE}\n".encode(), "UTF-8"),
        (f"id,comment\n1,{CAFE}\n".encode("cp1252"), "Windows-1252"),
        (f"id,comment\n1,{CAFE}\n".encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + f"id,comment\n1,{CAFE}\n".encode("utf-16-be"), "UTF-16"),
        (f"id,comment\n1,{CAFE}\n".encode("utf-16-le"), "UTF-16-LE"),
        (f"id,comment\n1,{CAFE}\n".encode("utf-16-be"), "UTF-16-BE"),
        (f"id,comment\n1,{CAFE}\n".encode("utf-32"), "UTF-32"),
    ],
)
def test_encodings_are_found(tmp_path: Path, data: bytes, label: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    result = read_file(path, text="comment")
    assert result.comments["text"].tolist() == [CAFE]
    assert result.sources[0].facts["encoding"] == label


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("encoding", ["utf-16", "UTF_32"])
def test_wide_encodings_that_are_named_need_no_mark(
    tmp_path: Path, encoding: str, order: str
) -> None:
    path, codec = tmp_path / "a.csv", f"{encoding}-{order}"
    path.write_bytes(f"id,comment\n1,{CAFE}\n".encode(codec))
    result = read_file(path, text="comment", encoding=encoding)
    assert result.comments["text"].tolist() == [CAFE]
    assert result.sources[0].facts["encoding"] == codec.upper().replace("_", "-")
    path.write_bytes(f"id,comment\n1,{CAFE}\n".encode())
    assert "a.csv: is not UTF-" in error_of(path, encoding=encoding)


def test_mixed_encodings_are_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,comment\n1,\xc2\xa35\n2,plain\n3,caf\xe9\n")
    assert "a.csv:4: is not UTF-8, but line 2 is" in error_of(path)


def test_one_damaged_byte_in_utf8_is_refused_rather_than_misread(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id,comment\n1,café\n2,naïve\n".encode().replace("ï".encode(), b"\xc3"))
    assert "a.csv:3" in error_of(path)


def test_bytes_of_no_known_encoding_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,comment\n1,fine\n2,\x8ft\x8e here\n")
    assert "a.csv:3: holds the byte 0x8F" in error_of(path)
    assert (
        read_file(path, encoding="mac_roman", text="comment").comments["text"].iloc[1] == "èté here"
    )


@pytest.mark.parametrize("comment", ["I don’t like it", "The council’s plan", "Les dépôts ici"])
def test_text_of_a_mac_is_not_misread(tmp_path: Path, comment: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"id,comment\n1,plain\n2,{comment}\n".encode("mac_roman"))
    error = error_of(path)
    assert "a.csv:3: a word has" in error
    assert "--encoding mac_roman" in error
    read = read_file(path, encoding="mac_roman", text="comment")
    assert read.comments["text"].tolist() == ["plain", comment]
    assert len(read_file(path, encoding="cp1252", text="comment").comments) == 2


def test_words_of_windows_are_not_taken_for_those_of_a_mac(tmp_path: Path) -> None:
    texts = ["I don’t like it", "Žižek, Õuna, ÕS", "šŽ", "SÕNA", "The 'Õ' key", "café Žatec"]
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(["comment", *(f'"{text}"' for text in texts)]).encode("cp1252"))
    assert read_file(path, text="comment").comments["text"].tolist() == texts


def test_encoding_option_that_does_not_fit_or_exist(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,comment\n1,caf\xe9\n")
    assert "a.csv:2: is not UTF-8 text" in error_of(path, encoding="utf-8")
    with pytest.raises(CoderError, match="unknown encoding"):
        read_file(path, encoding="utf9")
    with pytest.raises(CoderError, match="unknown encoding"):
        read_file(path, encoding="rot13")


def test_nul_is_replaced_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,comment,note\n1,ab\x00cd ef,x\n2,fine too,y\x00\n3,fine,z\n")
    result = read_file(path, text="comment")
    assert result.comments["text"].tolist() == ["ab\ufffdcd ef", "fine too", "fine"]
    assert result.comments["note"].tolist() == ["x", "y\ufffd", "z"]
    assert result.sources[0].cleaned == 1


def test_lone_surrogates_are_replaced_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"id": "1", "comment": "half \\ud83d a face"}\n{"id": "2", "comment": "whole \\ud83d\\ude00"}\n'
    )
    result = read_file(path, text="comment")
    assert result.comments["text"].tolist() == ["half \ufffd a face", "whole 😀"]
    assert result.sources[0].cleaned == 1


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_in_the_company_of_others(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    texts = ["one, two; three | four\tfive", "price 3,50; or 4", "a|b", "x, y, z", "plain", "; ; ;"]
    path.write_bytes(csv_bytes(as_rows(texts), delimiter=delimiter))
    assert read_file(path, text="comment").comments["text"].tolist() == texts


def test_empty_lines_of_a_file_of_one_column_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("comment\nMore buses please\n\nFewer cars on our street\n", encoding="utf-8")
    result = read_file(path)
    assert len(result.comments) == 2
    assert "Skipped 1 blank row (line 3)." in notes_in_shell(result)


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        'comment\nMore buses, please\n"Quoted, with\na line"\n""\nNo; really no more cuts\n'
    )
    result = read_file(path)
    assert result.comments["text"].tolist() == [
        "More buses, please", "Quoted, with\na line", "", "No; really no more cuts",
    ]  # fmt: skip
    assert result.comments["comment_id"].tolist()[:2] == ["a-0001", "a-0002"]


def test_spreadsheet_hint_line_names_the_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nid;comment\n1;More, and more; \n")
    assert "a.csv:3: has 3 fields" in error_of(path)
    path.write_text("sep=;\nid;comment\n1;More, and more\n")
    assert read_file(path).comments["text"].tolist() == ["More, and more"]


def test_blank_lines_and_rows_are_skipped_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\nid,comment,age\n\n1,More buses,30\n,,\n\n2,Fewer cars,40\n   \n")
    result = read_file(path)
    assert result.comments["comment_id"].tolist() == ["1", "2"]
    assert any("2 blank rows" in note for note in notes_in_shell(result))


QUALTRICS = [
    ["StartDate", "ResponseId", "Q1", "Q2"],
    ["Start Date", "Response ID", "Is there anything else to prioritise?", "Your age"],
    [
        '{"ImportId":"startDate"}',
        '{"ImportId":"_recordId"}',
        '{"ImportId":"QID1_TEXT"}',
        '{"ImportId":"QID2"}',
    ],
    ["2024-03-01", "R_1", "More buses in the evening", "18-24"],
    ["2024-03-02", "R_2", "Fewer cars near the school", "25-34"],
]
SURVEYMONKEY = [
    ["Respondent ID", "Any other comments?", "Which apply to you?", "", ""],
    ["", "Open-Ended Response", "Resident", "Worker", "Other (please specify)"],
    ["118", "More buses in the evening", "Resident", "", ""],
    ["119", "Fewer cars near the school", "", "Worker", "Visitor"],
]


def rows_to_csv(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize("labels_only", [False, True])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_header_rows_of_qualtrics_are_no_comments(
    tmp_path: Path, suffix: str, labels_only: bool
) -> None:
    rows = QUALTRICS[:2] + QUALTRICS[3:] if labels_only else QUALTRICS
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        rows_to_csv(path, rows)
    else:
        book_of(path, {"Data": [list(row) for row in rows]})
    result = read_file(path)
    assert result.comments["text"].tolist() == [
        "More buses in the evening",
        "Fewer cars near the school",
    ]
    assert result.comments["comment_id"].tolist() == ["R_1", "R_2"]
    assert set(result.comments["question"]) == {"Is there anything else to prioritise?"}
    assert any(re.search("Qualtrics.* not (a comment|comments)", note) for note in result.notes)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_second_header_row_of_surveymonkey_is_no_comment(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        rows_to_csv(path, SURVEYMONKEY)
    else:
        book_of(path, {"Data": [list(row) for row in SURVEYMONKEY]})
    result = read_file(path)
    assert result.comments["comment_id"].tolist() == ["118", "119"]
    assert result.comments["text"].tolist() == [
        "More buses in the evening",
        "Fewer cars near the school",
    ]
    assert result.comments["Which apply to you?: Worker"].tolist() == ["", "Worker"]
    assert any("SurveyMonkey" in note for note in notes_in_shell(result))


def test_an_answer_that_is_called_response_is_no_header(tmp_path: Path) -> None:
    path = rows_to_csv(
        tmp_path / "a.csv", [["id", "comment"], ["1", "Response"], ["2", "More buses"]]
    )
    assert read_file(path).comments["comment_id"].tolist() == ["1", "2"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_headings_and_titles_above_the_column_names_are_no_comments(
    tmp_path: Path, suffix: str
) -> None:
    rows = [["About you", "", "", "Your views"], ["ID", "Age", "Borough", "Comments"]]
    rows += [[str(n), "18-24", "Camden", f"More buses on line {n}"] for n in range(5)]
    for first in (rows[0], ["Export of March", "", "", ""]):
        path = tmp_path / f"a{suffix}"
        if suffix == ".csv":
            rows_to_csv(path, [first, *rows[1:]])
        else:
            book_of(path, {"A": [list(row) for row in [first, *rows[1:]]]})
        result = read_file(path)
        assert result.comments["comment_id"].tolist() == ["0", "1", "2", "3", "4"]
        assert result.comments["Age"].tolist() == ["18-24"] * 5
        assert any(re.search("above the column names|header", note) for note in result.notes)


def test_a_header_that_comes_once_more_is_skipped_and_said(tmp_path: Path) -> None:
    rows = [["id", "comment"], ["1", "More buses"], ["id", "comment"], ["2", "Fewer cars"]]
    for path in (
        rows_to_csv(tmp_path / "a.csv", rows),
        book_of(tmp_path / "a.xlsx", {"A": [list(row) for row in rows]}),
    ):
        result = read_file(path)
        assert result.comments["comment_id"].tolist() == ["1", "2"]
        assert any(
            "1 row that repeated the column names" in note for note in notes_in_shell(result)
        )


def test_a_cover_sheet_is_not_taken_for_the_answers(tmp_path: Path) -> None:
    answers = [["id", "comment"], *([str(n), f"More buses on line {n}, please"] for n in range(9))]
    path = book_of(tmp_path / "a.xlsx", {"Read me": [["Responses"], ["Ask us"]], "Data": answers})
    result = read_file(path)
    assert len(result.comments) == 9
    assert any("'Data'" in note and "'Read me'" in note for note in notes_in_shell(result))


def test_rows_of_white_space_are_no_comments(tmp_path: Path) -> None:
    rows = [["id", "comment"], ["1", "More buses"], [" ", "  "], ["2", "Fewer cars"]]
    assert (
        len(read_file(book_of(tmp_path / "a.xlsx", {"A": [list(r) for r in rows]})).comments) == 2
    )
    assert len(read_file(rows_to_csv(tmp_path / "a.csv", rows)).comments) == 2


def test_unnamed_columns_with_data_stay_and_without_go(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",id,comment,\n0,1,More buses,\n1,2,Fewer cars,\n")
    assert [c for c in read_file(path).comments.columns if c.startswith("column")] == ["column 1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("\ufeff\n\n", "is empty"),
        ("id,comment\n", "has column names but no rows"),
        ("id,comment\n1,a\n2,b,c\n3,d\n4\n", "a.csv:3: has 3 fields, the header has 2"),
        ("id,comment\n1,a\n2,b,c\n3,d\n4\n", "a.csv:5: has 1 field, the header has 2"),
        ('id,comment\n1,"two\nlines"\n2,b,c\n', "a.csv:4: has 3 fields"),
        (
            'id,comment\n1,a\n2,"open\n3,b\n4,c\n',
            "a.csv:3: a quote mark opens in the row that begins here",
        ),
        ('id,comment\n1,a\n2,"open\n3,"b"\n4,c\n', "a.csv:4: a quoted text ends"),
        ('id,comment\n1,"say "hi" now"\n', "a.csv:2: a quoted text ends"),
        ("Export\n" + "1,a b c,2\n" * 6, "a.csv:2: has 3 fields, the header has 1"),
        ("PK\x03\x04 not text", "a zipped file, such as an Excel workbook"),
        ("%PDF-1.7", "is a PDF"),
    ],
)
def test_faulty_csv_is_one_clear_error(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode())
    assert said in error_of(path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 9)
    assert "is not a text file" in error_of(path)


def test_a_cut_off_file_is_never_read_in_part(tmp_path: Path) -> None:
    whole = csv_bytes(as_rows(["More buses, please", 'He said "stop"', "Third\nwith a line"]))
    path = tmp_path / "a.csv"
    path.write_bytes(whole[: whole.index(b'""stop')])
    error_of(path)


def test_many_ragged_rows_are_counted_not_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,comment\n" + "1,a\n" * 20 + "2,b,c\n" * 9)
    said = error_of(path)
    assert said.count("has 3 fields") == 5
    assert "4 more such rows" in said


def test_a_comment_of_a_megabyte_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([["id", "comment"], ["1", "word " * 200_000]]))
    assert len(read_file(path).comments["text"].iloc[0]) == 1_000_000


# ---------------------------------------------------------------- XLSX


def test_cells_are_read_as_typed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["id", "comment", "n", "share", "day", "at", "flag"])
    book.active.append(
        [
            "007",
            "More buses",
            7.0,
            0.1,
            dt.date(2024, 12, 18),
            dt.datetime(2024, 12, 18, 10, 5),
            True,
        ]
    )
    book.active.append([8, 12, 1200000, 1.5e-7, None, dt.time(3, 4), False])
    book.save(path)
    rows = read_file(path, text="comment").comments
    assert rows["comment_id"].tolist() == ["007", "8"]
    assert rows["text"].tolist() == ["More buses", "12"]
    assert rows["n"].tolist() == ["7", "1200000"]
    assert rows["share"].tolist() == ["0.1", "1.5e-07"]
    assert rows["day"].tolist() == ["2024-12-18", ""]
    assert rows["at"].tolist() == ["2024-12-18T10:05:00", "03:04:00"]
    assert rows["flag"].tolist() == ["TRUE", "FALSE"]


def test_a_comment_that_became_a_formula_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in (
        ["id", "comment", "sum"],
        ["1", "=more police, simple as that", 1],
        ["2", "Fewer cars", "=1+1"],
    ):
        book.active.append(row)
    book.save(path)
    result = read_file(path, text="comment")
    assert result.comments["text"].tolist() == ["=more police, simple as that", "Fewer cars"]
    assert result.comments["sum"].tolist() == ["1", "=1+1"]
    assert any(
        "2 cells became a formula without a result" in note for note in notes_in_shell(result)
    )


def test_a_formula_with_a_result_is_its_result(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate((["id", "comment", "sum", "nil"], ["1", "", "", ""])):
            sheet.write_row(row, 0, cells)
        sheet.write_formula(1, 1, "=more police please")  # the writer puts 0 for its result
        sheet.write_formula(1, 2, "=1+1", value=2)
        sheet.write_formula(1, 3, '=IF(A1="not a word",1,0)', value=0)
    rows = read_file(path, text="comment").comments
    assert rows[["text", "sum", "nil"]].to_numpy().tolist() == [["=more police please", "2", "0"]]


def book_of(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_zeros_that_a_number_format_shows_are_kept(tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "a.xlsx",
        {
            "S": [
                ["id", "comment", "n"],
                [7, "More buses to the station", 7],
                [1234, "Fewer cars", 8],
            ]
        },
    )
    book = openpyxl.load_workbook(path)
    for row in (2, 3):
        book["S"].cell(row, 1).number_format = "000"
    book["S"]["C2"].number_format = "0.00"
    book.save(path)
    rows = read_file(path, text="comment", id="id").comments
    assert rows["comment_id"].tolist() == ["007", "1234"]
    assert rows["n"].tolist() == ["7", "8"]


def test_the_first_sheet_with_anything_is_read_and_others_are_said(tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "a.xlsx",
        {
            "Empty": [],
            "Poll": [["id", "comment"], ["1", "More buses"]],
            "Web": [["comment"], ["Fewer cars"]],
        },
    )
    result = read_file(path)
    assert result.comments["text"].tolist() == ["More buses"]
    assert any(
        "'Poll'" in note and "'Web'" in note and "--sheet" in note
        for note in notes_in_shell(result)
    )
    assert read_file(path, sheet="Web").comments["text"].tolist() == ["Fewer cars"]
    assert "Did you mean 'Web'" in error_of(path, sheet="web ")


def test_leading_blank_rows_and_a_title_in_a_sheet(tmp_path: Path) -> None:
    blank: list[list[object]] = [[], []]
    path = book_of(
        tmp_path / "a.xlsx",
        {"A": [*blank, ["id", "comment"], ["1", "More buses"], [], ["2", "Cars"]]},
    )
    assert read_file(path).comments["comment_id"].tolist() == ["1", "2"]
    titled = book_of(
        tmp_path / "b.xlsx",
        {"A": [["Survey 2024"], ["id", "comment", "age"], ["1", "More buses", "30"]]},
    )
    assert read_file(titled).comments["comment_id"].tolist() == ["1"]


def test_faulty_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"")
    assert "is empty" in error_of(path)
    path.write_bytes(b"id,comment\n1,More buses\n")
    assert "is not an XLSX workbook" in error_of(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert "an old or a password-protected Excel file" in error_of(path)
    whole = book_of(path, {"A": [["id", "comment"], ["1", "More buses"]]}).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "cut off or damaged" in error_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "is not an XLSX workbook" in error_of(path)
    book_of(path, {"A": [["id", "comment"]]})
    assert "has column names but no rows" in error_of(path)
    book_of(path, {"A": []})
    assert "every sheet is empty" in error_of(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(130):
                part.write(b"\x00" * 1_000_000)
    assert path.stat().st_size < 1_000_000
    assert "to 130 MB, more than a workbook" in error_of(path)


# ---------------------------------------------------------------- JSONL and Parquet


def test_json_values_keep_their_own_spelling(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"id": 12345678901234567890, "comment": "More buses", "x": 7.0, "who": {"age": "35", "at": {"b": 1e5}}}\n\n'
        '{"id": 2, "comment": null, "flag": true, "tags": ["a", "é"]}\n'
    )
    rows = read_file(path, text="comment").comments
    assert rows["comment_id"].tolist() == ["12345678901234567890", "2"]
    assert rows["text"].tolist() == ["More buses", ""]
    assert rows["x"].tolist() == ["7.0", ""]
    assert rows["who.age"].tolist() == ["35", ""]
    assert rows["who.at.b"].tolist() == ["1e5", ""]
    assert rows["flag"].tolist() == ["", "true"]
    assert rows["tags"].tolist() == ["", "a; é"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("{}\n{}\n", "has column names but no rows"),
        ('{"comment": "a"}\n{"comment": \n', "a.jsonl:2: is not JSON"),
        ('{"comment": "a"}\n["b"]\n', "a.jsonl:2: is not a JSON object"),
        ('{"comment": "a", "comment": "b"}\n', "a.jsonl:1: the key 'comment' occurs twice"),
        ('{"a.b": "1", "a": {"b": "2"}}\n', "a.jsonl:1: the key 'a.b' occurs twice"),
        ('{"comment": ' + '{"a":' * 40 + "1" + "}" * 41 + "\n", "nested deeper"),
        ("[" * 100_000, "a.jsonl:1: "),
    ],
)
def test_faulty_jsonl_names_the_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    assert said in error_of(path)


def test_parquet_types_become_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pd.DataFrame(
        {
            "id": [1, 2],
            "comment": ["More buses", None],
            "score": [7.0, None],
            "share": np.array([0.1, 3.0], dtype="float32"),
            "day": [dt.date(2024, 12, 18), None],
            "group": pd.Categorical(["a", "b"]),
            "tags": [["x", "y"], None],
            "who": [{"age": 35}, None],
            "notes": [["a; b", "c"], None],
        }
    ).to_parquet(path)
    rows = read_file(path, text="comment").comments
    assert rows["comment_id"].tolist() == ["1", "2"]
    assert rows["text"].tolist() == ["More buses", ""]
    assert rows["score"].tolist() == ["7", ""]
    assert rows["share"].tolist() == ["0.1", "3"]
    assert rows["day"].tolist() == ["2024-12-18", ""]
    assert rows["group"].tolist() == ["a", "b"]
    assert rows["tags"].tolist() == ["x; y", ""]
    assert rows["who.age"].tolist() == ["35", ""]
    assert rows["notes"].tolist() == ['["a; b", "c"]', ""]


def test_faulty_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"")
    assert "is empty" in error_of(path)
    path.write_bytes(b"PAR1 and then nothing")
    assert "is damaged or not a Parquet file" in error_of(path)
    pd.DataFrame({"comment": ["More buses"] * 500}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    assert "is damaged or not a Parquet file" in error_of(path)
    pd.DataFrame({"comment": []}).to_parquet(path)
    assert "has column names but no rows" in error_of(path)
    pd.DataFrame({"id": ["1"], "comment": [b"\xff\xfe"]}).to_parquet(path)
    assert "the column 'comment' holds bytes" in error_of(path)


# ---------------------------------------------------------------- other files


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.sav", "is neither an SPSS nor a Stata file"),
        ("a.json", "a.json:1: is not JSON"),
        ("a.xls", "has column names but no rows"),
        ("a.por", "choose File > Save as > SAV"),
        ("a.xyz", "Supported: CSV, TSV, XLSX, ODS, XLS, SAV, DTA, JSON, JSONL, Parquet, ZIP, GZ"),
        ("comments", "the file name has no ending"),
    ],
)
def test_files_that_are_not_read_say_what_is(tmp_path: Path, name: str, said: str) -> None:
    path = tmp_path / name
    path.write_text("Just some words.")
    assert said in error_of(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert "there is no such file" in error_of(tmp_path / "a.csv")
    write_csv(tmp_path / "austin.csv", ["More buses"])
    assert "there is no such file" in error_of(tmp_path / "austin.cvs")
    with pytest.raises(CoderError, match=r"Did you mean 'austin\.csv'\?"):
        read_file(tmp_path / "austin.cvs")
    (tmp_path / "b.csv").mkdir()
    assert "is not a file" in error_of(tmp_path / "b.csv")


def test_options_for_another_kind_of_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CoderError, match="none of the files is a workbook"):
        read_file(write_csv(tmp_path / "a.csv", ["More buses"]), sheet="Data")
    with pytest.raises(CoderError, match="define their encoding"):
        read_file(write_parquet(tmp_path / "a.parquet", ["More buses"]), encoding="cp1252")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_cell_with_more_text_than_anybody_writes(ending: str, tmp_path: Path) -> None:
    texts = ["Later buses please", "n" * 2_000]
    frame = pd.DataFrame({"comment_id": ["a", "b"], "comment": texts})
    path = tmp_path / f"t.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False)
    elif ending == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_parquet(path)
    assert load(path, FileOptions()).cells["comment"].tolist() == texts
    lower = replace(ORDINARY, cell_bytes=1_000)
    message = "a cell holds more than"
    with use_limits(lower), pytest.raises(CoderError, match=message) as error:
        load(path, FileOptions())
    assert "nnn" not in str(error.value)


def test_a_file_that_was_never_filled_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.touch()
    with path.open("r+b") as file:
        file.truncate(20_000_000_000)  # without blocks on the disk
    with pytest.raises(CoderError, match="begins with nothing but zeros"):
        load(path, FileOptions())
