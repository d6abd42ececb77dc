"""Word documents: tables that fit, captions that count, references that lead somewhere, house styles."""

import re
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from coder.errors import CoderError
from coder.exporting.drawing.measures import HelveticaRuler
from coder.exporting.to_docx import write_document
from coder.workflow.export import export
from house_styles import HOUSES, as_macros, make_numbered, make_plain
from made_charts import WARNING
from made_documents import SOURCES, document
from test_export_writers import small_report

RULER = HelveticaRuler()
ARIAL_9, MARGINS = 9.0, 8.0  # points
EMU = 12_700  # in a point


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("word") / "annex.docx"
    write_document(document(), path)
    return docx.Document(str(path))


def texts_of(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(qn("w:t")))


def width_between_margins(made: Any) -> float:
    section = made.sections[0]
    return (section.page_width - section.left_margin - section.right_margin) / EMU


@pytest.mark.parametrize(("themes", "sources", "groups"), [(14, 4, 12), (60, 1, 3), (3, 2, 1)])
def test_tables_fit_the_page_and_no_word_leaves_its_column(
    themes: int, sources: int, groups: int, tmp_path: Path
) -> None:
    path = tmp_path / "t.docx"
    write_document(document(themes, sources, groups), path)
    written = docx.Document(str(path))
    room = width_between_margins(written)
    assert written.sections[0].page_width < written.sections[0].page_height
    cells = 0
    for table in written.tables:
        widths = [int(column.get(qn("w:w"))) / 20 for column in table._tbl.tblGrid]
        assert sum(widths) <= room + 0.5
        for row in table._tbl.tr_lst:
            for width, cell in zip(widths, row.tc_lst, strict=True):
                is_figure = cell.find(".//" + qn("w:noWrap")) is not None
                pieces = [texts_of(cell)] if is_figure else texts_of(cell).split()
                is_bold = cell.find(".//" + qn("w:b")) is not None
                needed = max(RULER.width(piece, ARIAL_9, bold=is_bold) for piece in pieces)
                assert needed + MARGINS <= width or width >= 0.39 * room, pieces
                cells += 1
    assert cells > 20


def test_sources_are_rows_where_columns_are_too_many(made: Any) -> None:
    first, by_source = made.tables[:2]
    assert [cell.text for cell in first.rows[0].cells] == ["Rank", "Theme", "n", "% of all", "95% interval"]  # fmt: skip
    assert [cell.text for cell in by_source.rows[0].cells] == ["Theme and source", "n", "%"]
    names = [row.cells[0].text for row in by_source.rows[2:6]]
    assert names == list(SOURCES)
    assert [cell.text for cell in by_source.rows[1].cells[1:]] == ["1,234", "13.2"]
    boroughs = made.tables[2:]
    heads = [cell.text for table in boroughs for cell in table.rows[0].cells[1:]]
    assert len(boroughs) > 1
    assert len(heads) == len(set(heads)) == 12


def test_no_cell_is_blank_and_no_row_is_left_alone(made: Any) -> None:
    for table in made.tables:
        rows = table._tbl.tr_lst
        assert rows[0].find(".//" + qn("w:tblHeader")) is not None
        for row in rows:
            assert row.find(".//" + qn("w:cantSplit")) is not None
            assert all(texts_of(cell).strip() for cell in row.tc_lst)
        for row in (*rows[:2], *rows[-3:-1]):
            paragraphs = row.findall(".//" + qn("w:p"))
            assert all(p.find(".//" + qn("w:keepNext")) is not None for p in paragraphs)


def test_captions_count_and_references_and_contents_lead_to_them(made: Any) -> None:
    body = made.element.body
    codes = [node.text.strip() for node in body.iter(qn("w:instrText"))]
    names = {node.get(qn("w:name")) for node in body.iter(qn("w:bookmarkStart"))}
    assert [code for code in codes if code.startswith("SEQ")] == [
        "SEQ Figure \\* ARABIC", "SEQ Table \\* ARABIC", "SEQ Table \\* ARABIC",
    ]  # fmt: skip
    references = {code.split()[1] for code in codes if code.startswith("REF")}
    assert references == {"_Ref_Table_1", "_Ref_Figure_1", "_Ref_Table_2"}
    linked = {node.get(qn("w:anchor")) for node in body.iter(qn("w:hyperlink"))}
    assert len(linked) == 8
    assert references | linked <= names
    said = "How many comments mention each theme: Table 1, Figure 1."
    assert said in [texts_of(paragraph) for paragraph in body.iter(qn("w:p"))]
    captions = [p.text.split("\n") for p in made.paragraphs if p.style.name == "Caption"]
    assert captions[1] == [WARNING, "Table 1. Themes in the comments"]
    assert captions[2] == [WARNING, "Table 1. Themes in the comments (by source)"]
    assert captions[3][1].startswith("Table 2. Themes by borough, per cent (1 of ")
    starts = len(list(body.iter(qn("w:bookmarkStart"))))
    assert len({node.get(qn("w:id")) for node in body.iter(qn("w:bookmarkStart"))}) == starts


def test_a_picture_says_in_words_what_it_shows(made: Any) -> None:
    pictures = list(made.element.body.iter(qn("wp:docPr")))
    assert len(pictures) == 1
    assert len(pictures[0].get("descr")) > 40


@pytest.mark.parametrize("house", HOUSES)
def test_a_house_style_keeps_its_look_page_and_header(house: Any, tmp_path: Path) -> None:
    template = house(tmp_path)
    path = tmp_path / "annex.docx"
    write_document(document(), path, template)
    again = tmp_path / "again.docx"
    write_document(document(), again, template)
    assert path.read_bytes() == again.read_bytes()
    written = docx.Document(str(path))
    section = written.sections[0]
    assert WARNING in section.header.paragraphs[0].text
    text = "\n".join(paragraph.text for paragraph in written.paragraphs)
    assert "own text" not in text
    assert {"Title", "Heading 1", "Caption", "Quote", "List Bullet", "Table Text"} <= {
        paragraph.style.name for paragraph in written.paragraphs
    } | {written.tables[0].cell(0, 1).paragraphs[0].style.name, "Table Text"}
    room = width_between_margins(written)
    for table in written.tables:
        assert sum(int(column.get(qn("w:w"))) / 20 for column in table._tbl.tblGrid) <= room + 0.5
    if house is make_plain:
        assert section.footer.paragraphs[0].text.endswith("1 High Street")
        assert WARNING in section.first_page_header.paragraphs[0].text
        assert written.styles["Heading 1"].font.name == "Times New Roman"
    if house is make_numbered:
        assert written.tables[0].style.style_id == "House"
        assert texts_of(section.footer._element) == "Page 1 of 1"


def test_a_bad_template_is_one_clear_error(tmp_path: Path) -> None:
    text = tmp_path / "notes.dotx"
    text.write_text("not a template", encoding="utf-8")
    narrow = docx.Document()
    narrow.sections[0].page_width = narrow.sections[0].left_margin * 3
    narrow.save(str(tmp_path / "narrow.docx"))
    cases = {
        text: "is not a Word template",
        tmp_path / "missing.dotx": "there is no such file",
        as_macros(make_numbered(tmp_path)): "macros",
        tmp_path / "narrow.docx": r"leaves \d\.\d cm for text",
    }
    for template, said in cases.items():
        with pytest.raises(CoderError, match=said) as caught:
            write_document(document(3, 1, 1), tmp_path / "t.docx", template)
        assert re.match(re.escape(str(template)), str(caught.value))
    assert not (tmp_path / "t.docx").exists()


def test_export_writes_word_files_in_the_style_of_a_template(tmp_path: Path) -> None:
    report = small_report(
        "title: T\nthemes:\n  - {id: one, name: One}\n", {"place": ["x", "y"] * 20}, {"one": ()}
    )
    template = make_plain(tmp_path)
    export(report, tmp_path / "t.docx", tmp_path / "t.md", template=template)
    written = docx.Document(str(tmp_path / "t.docx"))
    assert written.styles["Heading 1"].font.name == "Times New Roman"
    with pytest.raises(CoderError, match=r"plain\.dotx.: no file is written that has a style"):
        export(report, tmp_path / "t.html", template=template)
    assert not (tmp_path / "t.html").exists()
