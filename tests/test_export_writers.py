"""One contract over all writers: whole, repeatable, unharmed by what people write; and what each promises."""

import hashlib
import json
import re
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest

from coder import tables
from coder.codebook import Codebook, read_codebook
from coder.codebook.qdc_file import read_qdc_codes
from coder.codebook.refi_codes import guid
from coder.errors import CoderError
from coder.exporting import optional
from coder.exporting.writers import WRITERS, find_writer, write_report
from coder.figures import format_percent, format_tenth
from coder.project import Settings
from coder.reporting import Report
from coder.tables import JUDGEMENTS
from report_helpers import report_of
from spreadsheet_rules import faults_of
from test_report_population import CODEBOOK

SUFFIXES = [writer.suffix for writer in WRITERS]
WITHOUT_TABLES = {".svg", ".png", ".sav", ".qdpx", ".qdc"}
FilesOf = Callable[[str], tuple[Path, ...]]  # a suffix to the files written
HOSTILE = (
    '=HYPERLINK("http://example.org","click") drugs are sold openly by the shops here',
    "+44 is how it starts and the dealers are never arrested by anybody",
    "-1 for the plan because nobody arrests the dealers by the station",
    "@SUM(A1:A9) is what they will do to the drug dealers of this town",
    "<script>document.title='owned'</script> and the dealers laugh at the police all day",
    "</script><img src=x onerror=alert(1)> says the dealer to the police officer here",
    "| a | table | of dealers | and `code` *stars* _lines_ [link](http://example.org) here",
    "Line one about dealers\nand line two about dealers\r\nand a third one, with a tab\tinside",
    "Curly “quotes” ’n’ emoji 👮🏽‍♀️ and dealers \u202eevil\u202c right to left again",
    "A bell \x07 and an escape \x1b]0;owned\x07 before the dealers come to the park",
    "]]> &amp; &lt;b&gt; the dealers & the police < the law > all of us here",
    "{{ 7*7 }} ${7*7} %s %d the dealers by the canal were never arrested at all",
)


@pytest.fixture(scope="module")
def report() -> Report:
    book = read_codebook(CODEBOOK)
    texts = [
        *HOSTILE,
        *(f"Number {i}: arrest the dealers at corner {i} of the market please" for i in range(80)),
    ]
    comments = pd.DataFrame(
        {
            "comment_id": [f"=c{i:03d}" for i in range(len(texts))], "text": texts,
            "source": ["=Survey" if i % 2 else "<b>Page</b>" for i in range(len(texts))], "role": "public",
            "status": "analysed", "reason": "", "weight": np.nan, "campaign_id": "", "question": "",
            "age band": ["=young" if i % 3 else "old|er" for i in range(len(texts))],
        }
    )  # fmt: skip
    rows = [
        {
            "project": "p", "comment_id": c, "text_hash": "", "theme_id": t, "present": t == "drugs", "positions": ("more",) if t == "drugs" else (),
            "reviewer": "a", "mode": "blind", "chosen": "random", "whole": True, "adjudicated": False,
            "decided_at": "2025-01-01T00:00:00", "decision_id": "", "text": "",
            "first_at": "2025-01-01T00:00:00", "drawn_at": "2025-01-01T00:00:00",
        }
        for c in comments["comment_id"] for t in book.theme_ids
    ]  # fmt: skip
    judged = pd.DataFrame(rows)
    assert set(JUDGEMENTS.columns) <= set(judged.columns)
    odd = book.model_copy(update={"title": "=Plan <b>"})
    return report_of(comments, None, odd, judged, by=("age band",), quotes=12)


def digest(report: Report) -> str:
    frames = [
        report.themes,
        report.quotes,
        report.ledger,
        report.together,
        report.comments,
        report.labels,
    ]
    text = "".join(
        frame.to_json(orient="split") for frame in [*frames, *(b.cells for b in report.breakdowns)]
    )
    return hashlib.sha256((text + repr(report.notes)).encode("utf-8", "replace")).hexdigest()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_writer_writes_whole_files_and_changes_nothing(
    suffix: str, report: Report, tmp_path: Path
) -> None:
    before = digest(report)
    path = tmp_path / "out" / f"themes{suffix}"
    written = write_report(report, path)
    assert written[0] == path
    assert all(file.is_file() and file.stat().st_size for file in written)
    assert {file.name for file in path.parent.iterdir()} == {file.name for file in written}
    assert digest(report) == before


@pytest.fixture(scope="module")
def written(report: Report, tmp_path_factory: pytest.TempPathFactory) -> FilesOf:
    """The files of the report in one format, written once for all tests that only read them."""
    folder = tmp_path_factory.mktemp("written")

    @cache
    def files_of(suffix: str) -> tuple[Path, ...]:
        return tuple(write_report(report, folder / suffix[1:] / f"themes{suffix}"))

    return files_of


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_writer_gives_the_same_bytes_again(
    suffix: str, report: Report, written: FilesOf, tmp_path: Path
) -> None:
    one = written(suffix)
    other = write_report(report, tmp_path / "two" / f"themes{suffix}")
    assert [file.read_bytes() for file in one] == [file.read_bytes() for file in other]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_cannot_be_written_leaves_the_old_one(
    suffix: str, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"themes{suffix}"
    path.write_bytes(b"the old one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coder.files.os.fsync", full)
    with pytest.raises(CoderError, match="No space left"):
        write_report(report, path)
    assert path.read_bytes() == b"the old one"
    assert [file for file in tmp_path.iterdir() if file.suffix == ".tmp"] == []


def test_every_table_of_a_report_is_declared(report: Report) -> None:
    held = [
        (report.themes, tables.THEMES),
        (report.quotes, tables.QUOTES),
        (report.ledger, tables.LEDGER),
        (report.together, tables.PAIRS),
        *((breakdown.cells, tables.CELLS) for breakdown in report.breakdowns),
    ]
    for table, kind in held:
        tables.check(table, kind)
        assert [name for name in table.columns if kind.column(name) is None] == [], kind.name
        for name, column in kind.columns.items():
            is_number = pd.api.types.is_numeric_dtype(table[name])
            is_bool = pd.api.types.is_bool_dtype(table[name])
            assert (column.decimals is not None) == (is_number and not is_bool), name


def test_a_statistic_declared_in_tables_is_in_the_output_of_every_writer_of_tables(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line in `tables.THEMES` and the figures: no writer is changed."""
    statistic = tables.Column("words", "float64", "Mean words", 1, "of the comments with the theme")
    layout = tables.THEMES.layout
    declared = replace(tables.THEMES, layout=(*layout[:8], statistic, *layout[8:]))
    monkeypatch.setattr(tables, "THEMES", declared)
    made = replace(report, themes=report.themes.assign(words=1234.56))
    seen = []
    for writer in WRITERS:
        if writer.suffix in WITHOUT_TABLES:
            continue
        text = document_text(write_report(made, tmp_path / f"t{writer.suffix}")[0])
        is_for_programs = writer.suffix in (".csv", ".json")
        assert ("words" if is_for_programs else "Mean words") in text, writer.suffix
        assert ("1234.56" if writer.suffix == ".json" else "1234.6") in text, writer.suffix
        seen.append(writer.suffix)
    assert seen == [".csv", ".xlsx", ".docx", ".html", ".md", ".json"]


def document_text(path: Path) -> str:
    """The text of a file, of a workbook and a Word document cell by cell."""
    if path.suffix == ".xlsx":
        sheets = openpyxl.load_workbook(path).worksheets
        return "\n".join(str(cell.value) for s in sheets for row in s.iter_rows() for cell in row)
    if path.suffix == ".docx":
        found = docx.Document(str(path)).tables
        return "\n".join(cell.text for t in found for row in t.rows for cell in row.cells)
    return path.read_text(encoding="utf-8")


def test_an_unknown_suffix_lists_the_known_ones(report: Report, tmp_path: Path) -> None:
    with pytest.raises(CoderError, match=r"\.xlsx"):
        write_report(report, tmp_path / "themes.xls")


@pytest.mark.parametrize(
    ("suffix", "module", "extra"),
    [(".docx", "docx", "word"), (".png", "PIL.Image", "pictures"), (".sav", "pyreadstat", "sav")],
)
def test_a_missing_library_is_named_with_the_command(
    suffix: str,
    module: str,
    extra: str,
    report: Report,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(optional, "import_module", missing)
    with pytest.raises(CoderError, match=rf"{module}.*\n.*pip install 'coder\[{extra}\]'"):
        write_report(report, tmp_path / f"x{suffix}")


def test_c5_formulas_stay_text_in_csv(written: FilesOf) -> None:
    for file in written(".csv"):
        if file.suffix != ".csv":
            continue
        import csv

        with file.open(encoding="utf-8-sig", newline="") as lines:
            cells = [cell for row in csv.reader(lines) for cell in row]
        live = [cell for cell in cells if cell[:1] in "=+@\t\r" and cell]
        assert live == []
        assert [
            c for c in cells if c.startswith("-") and not re.fullmatch(r"-\d+(\.\d+)?", c)
        ] == []


def test_c5_formulas_stay_text_in_xlsx_and_quotes_are_whole(
    report: Report, written: FilesOf
) -> None:
    path = written(".xlsx")[0]
    assert faults_of(path) == []
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    # The links of a workbook lead to its own sheets, from cells that name them.
    linked = [cell for cell in cells if cell.hyperlink is not None]
    assert {cell.hyperlink.target for cell in linked} == {None}
    assert {cell.value for cell in linked} <= {*book.sheetnames}
    values = {cell.value for cell in cells}
    assert "=Survey" in values
    quoted = {quote for quote in report.quotes["quote"] if quote.isprintable()}
    assert len(quoted & set(HOSTILE)) >= 3
    assert quoted <= values


def test_html_runs_nothing_and_needs_no_network(written: FilesOf) -> None:
    page = written(".html")[0].read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "url(" not in page
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert "&lt;script&gt;document.title" in page
    assert '<html lang="en">' in page
    assert "\x1b" not in page
    for picture in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        assert 'role="img"' in picture
        assert "<title>" in picture
        assert "<desc>" in picture
    ET.fromstring(page.split("\n", 1)[1].replace('open=""', ""))  # noqa: S314


def test_svg_is_well_formed(written: FilesOf) -> None:
    root = ET.fromstring(written(".svg")[0].read_bytes())  # noqa: S314
    assert root.tag.endswith("svg")
    assert root.get("aria-label")


def test_markdown_shows_markup_as_it_was_written(report: Report, written: FilesOf) -> None:
    text = written(".md")[0].read_text(encoding="utf-8")
    assert "<script" not in text.replace(r"\<", "")
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
    bare = re.sub(r"\\(.)", r"\1", text)
    for quote in report.quotes["quote"]:
        assert " ".join(quote.split())[:5] in bare


def test_docx_has_headings_a_header_row_and_the_table(
    written: FilesOf,
) -> None:
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    document = docx.Document(str(written(".docx")[0]))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert {"Title", "Heading 1", "Heading 2", "Caption", "Quote", "List Bullet"} <= set(styles)
    table = document.tables[0]
    assert table.rows[0]._tr.xpath("w:trPr/w:tblHeader")
    assert [cell.text for cell in table.rows[1].cells][1:3] == [
        "Change how drugs are dealt with",
        "92",
    ]
    assert any("92 comments analysed" in paragraph.text for paragraph in document.paragraphs)


def test_sav_holds_0_and_1_for_each_theme_with_labels(report: Report, written: FilesOf) -> None:
    pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed")
    frame, meta = pyreadstat.read_sav(str(written(".sav")[0]))
    assert frame["drugs"].sum() == frame["drugs_more"].sum() == 92
    assert frame["women"].sum() == 0
    assert meta.column_names_to_labels["drugs"] == "Change how drugs are dealt with"
    assert meta.variable_value_labels["drugs"] == {0.0: "not mentioned", 1.0: "mentioned"}
    assert frame["comment_id"].tolist() == report.comments["comment_id"].tolist()
    assert meta.column_names_to_labels["age_band"] == "age band"


def test_qdc_read_again_gives_the_same_codebook(report: Report, written: FilesOf) -> None:
    assert read_qdc_codes(written(".qdc")[0]).themes == report.codebook.themes


def test_qdpx_holds_every_comment_code_and_coding(report: Report, written: FilesOf) -> None:
    with zipfile.ZipFile(written(".qdpx")[0]) as archive:
        root = ET.fromstring(archive.read("project.qde"))  # noqa: S314
        texts = {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith("sources/")
        }
    space = {"q": "urn:QDA-XML:project:1.0"}
    sources = root.findall("q:Sources/q:TextSource", space)
    assert len(sources) == len(texts) == len(report.comments)
    by_id = {s.get("name"): s for s in sources}
    for comment_id, text in zip(
        report.comments["comment_id"], report.comments["text"], strict=True
    ):
        source = by_id[comment_id]
        stored = texts[f"sources/{guid('source', comment_id)}.txt"]
        assert len(stored) == len(text)
        codes = {c.get("targetGUID") for c in source.findall(".//q:CodeRef", space)}
        assert codes == {guid("theme", "drugs"), guid("position", "drugs", "more")}
        for selection in source.findall("q:PlainTextSelection", space):
            assert (
                0
                <= int(selection.get("startPosition"))
                < int(selection.get("endPosition"))
                <= len(stored)
            )
    ids = [e.get("guid") for e in root.iter() if e.get("guid")]
    assert len(ids) == len(set(ids))


def test_json_is_strict_and_holds_the_breakdowns(
    written: FilesOf,
) -> None:
    text = written(".json")[0].read_text(encoding="utf-8")
    tree = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert {b["column"] for b in tree["breakdowns"]} == {"route", "age band"}


def test_declined_comments_appear_in_no_output(tmp_path: Path) -> None:
    """Text of those who declined publication stays out of quotes, the page's lists and the project file."""
    book = read_codebook(CODEBOOK)
    n = 40
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{i:02d}" for i in range(n)], "source": "S", "role": "public", "status": "analysed", "reason": "",
            "text": [f"{'SECRET ' if i % 2 else ''}Arrest the dealers at corner {i} of the market please" for i in range(n)],
            "weight": np.nan, "campaign_id": "", "question": "", "declined": ["yes" if i % 2 else "no" for i in range(n)],
        }
    )  # fmt: skip
    rows = [
        {
            "project": "p", "comment_id": c, "text_hash": "", "theme_id": t, "present": t == "drugs", "positions": (), "reviewer": "a",
            "mode": "blind", "chosen": "listed", "whole": True, "adjudicated": False, "decided_at": "2025-01-01", "decision_id": "", "text": "",
        }
        for c in comments["comment_id"] for t in book.theme_ids
    ]  # fmt: skip
    made = report_of(
        comments,
        None,
        book,
        pd.DataFrame(rows),
        settings=Settings(name="x", text_declined="declined"),
        quotes=20,
    )
    assert len(made.quotes) >= 1
    for suffix in SUFFIXES:
        for file in write_report(made, tmp_path / f"t{suffix}"):
            data = file.read_bytes()
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    data = b"".join(archive.read(name) for name in archive.namelist())
            assert b"SECRET" not in data, suffix
    left_out = "20 comments whose authors declined publication are left out."
    assert find_writer(tmp_path / "t.qdpx").notes(made) == [left_out]


def book_of(text: str) -> Codebook:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.yaml"
        path.write_text(text, encoding="utf-8")
        return read_codebook(path)


def small_report(
    book_yaml: str, columns: dict[str, list[str]], present: dict[str, tuple[str, ...]]
) -> Report:
    """Forty comments, each theme of `present` in all of them with the positions given."""
    book = book_of(book_yaml)
    ids = [f"c{i:03d}" for i in range(40)]
    comments = pd.DataFrame(
        {
            "comment_id": ids, "text": [f"We want matter number {i} looked at by somebody" for i in ids],
            "source": "Survey", "role": "public", "status": "analysed", "reason": "", "weight": np.nan,
            "campaign_id": "", "question": "", **columns,
        }
    )  # fmt: skip
    judged = pd.DataFrame(
        [
            {
                "project": "p", "comment_id": c, "text_hash": "", "theme_id": t, "present": at < 5 * (1 + n),
                "positions": present[t], "reviewer": "a", "mode": "blind", "chosen": "random", "whole": True,
                "adjudicated": False, "decided_at": "2025-01-01T00:00:00", "decision_id": "", "text": "",
            }
            for n, t in enumerate(present) for at, c in enumerate(ids)
        ]
    )  # fmt: skip
    return report_of(comments, None, book, judged, by=tuple(columns), quotes=1)


def test_names_of_columns_never_stop_a_writer_nor_lose_a_table(tmp_path: Path) -> None:
    names = [
        "Do you trust the MPS? [Q7/a]",
        "Q1: age",
        "Q1- age",
        "it's \\ a * name that goes on and on '" * 9,
    ]
    made = small_report(
        "title: T\nthemes:\n  - {id: one, name: One}\n",
        {name: ["x", "y"] * 20 for name in names},
        {"one": ()},
    )
    for suffix in SUFFIXES:
        written = write_report(made, tmp_path / f"t{suffix}")
        if suffix == ".csv":
            assert len({file.name.casefold() for file in written}) == 2 + len(names)
            assert all(file.is_file() for file in written)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert sum(" By " in sheet.title for sheet in book) == len(names)
    assert faults_of(tmp_path / "t.xlsx") == []


def test_a_name_that_ends_in_a_colon_gets_no_second_one(tmp_path: Path) -> None:
    made = small_report(
        "title: T\nthemes:\n  - {id: one, name: One}\n",
        {"Do you live in:": ["x", "y"] * 20},
        {"one": ()},
    )
    for suffix in (".md", ".html", ".xlsx"):
        write_report(made, tmp_path / f"t{suffix}")
    for name in ("t.md", "t.html"):
        page = (tmp_path / name).read_text(encoding="utf-8")
        assert "Do you live in: " in page
        assert "in::" not in page
    for sheet in openpyxl.load_workbook(tmp_path / "t.xlsx"):
        for row in sheet.iter_rows(values_only=True):
            assert not any("in::" in str(value) for value in row)


def test_numbers_of_a_workbook_are_without_the_noise_of_arithmetic(tmp_path: Path) -> None:
    made = small_report(
        "title: T\nthemes:\n  - {id: one, name: One}\n",
        {"place": ["x", "y"] * 20},
        {"one": ()},
    )
    cells = made.breakdowns[-1].cells
    noisy = cells.assign(percent=0.07 * 100)
    assert str(noisy["percent"].iloc[0]) == "7.000000000000001"
    breakdown = replace(made.breakdowns[-1], cells=noisy)
    write_report(replace(made, breakdowns=(breakdown,)), tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        pages = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        written = "".join(book.read(name).decode() for name in pages)
    assert "<v>7</v>" in written
    assert "7.0000000" not in written


def test_b15_quotes_of_positions_with_one_name_stand_under_their_own_theme(tmp_path: Path) -> None:
    made = small_report(
        "title: T\nthemes:\n"
        "  - {id: parks, name: Parks, positions: [{id: yes, name: Support}]}\n"
        "  - {id: roads, name: Roads, positions: [{id: yes, name: Support}]}\n",
        {}, {"parks": ("yes",), "roads": ("yes",)},
    )  # fmt: skip
    said = {(q.theme_id, q.position_id): q.quote for q in made.quotes.itertuples()}
    assert len(set(said.values())) == len(said) == 4
    write_report(made, tmp_path / "t.docx")
    under, found = "", {}
    for paragraph in docx.Document(str(tmp_path / "t.docx")).paragraphs:
        if paragraph.style.name.startswith("Heading"):
            under = paragraph.text
        elif paragraph.style.name == "Quote":
            found[under] = paragraph.text
    for theme, name in (("parks", "Parks"), ("roads", "Roads")):
        assert said[(theme, "yes")] in found[f"{name}: Support"]
        assert said[(theme, "")] in found[name]
    write_report(made, tmp_path / "t.md")
    assert "### Parks: Support" in (tmp_path / "t.md").read_text(encoding="utf-8")


def test_e9_halves_are_rounded_alike_in_every_format(tmp_path: Path) -> None:
    """5 of 40 is 12.5 %, which a spreadsheet shows as 13 %; 6.25 % as 6.3 %."""
    assert (format_percent(12.5), format_percent(13.5), format_percent(0.5)) == (
        "13%",
        "14%",
        "<1%",
    )
    assert (format_tenth(6.25), format_tenth(-6.25), format_tenth(-0.04), format_tenth(14.45), format_tenth(float("nan"))) == (
        "6.3", "-6.3", "0.0", "14.5", "",
    )  # fmt: skip
    made = small_report(
        "title: T\nthemes:\n  - {id: one, name: One}\n", {"group": ["x"] * 40}, {"one": ()}
    )
    write_report(made, tmp_path / "t.md")
    assert "| One | 13% |" in (tmp_path / "t.md").read_text(encoding="utf-8")


def test_d2_one_weighted_source_gets_its_weighted_percentages() -> None:
    book = book_of("title: T\nthemes:\n  - {id: one, name: One}\n")
    ids = [f"c{i:03d}" for i in range(40)]
    comments = pd.DataFrame(
        {
            "comment_id": ids, "text": [f"We want matter number {i} looked at" for i in ids], "source": "Poll",
            "role": "public", "status": "analysed", "reason": "", "weight": [3.0] * 10 + [1.0] * 30,
            "campaign_id": "", "question": "",
        }
    )  # fmt: skip
    judged = pd.DataFrame(
        [
            {
                "project": "p", "comment_id": c, "text_hash": "", "theme_id": "one", "present": at < 10, "positions": (),
                "reviewer": "a", "mode": "blind", "chosen": "random", "whole": True, "adjudicated": False,
                "decided_at": "2025-01-01T00:00:00", "decision_id": "", "text": "",
            }
            for at, c in enumerate(ids)
        ]
    )  # fmt: skip
    made = report_of(comments, None, book, judged)
    assert made.themes["percent"].iloc[0] == pytest.approx(25.0)
    routes = made.breakdowns[0]
    assert (routes.column, routes.cells["percent"].iloc[0]) == ("route", pytest.approx(50.0))
    assert any("theme table is not weighted" in note for note in made.notes)
