"""Letters in every format: their words, where each is in the document, and which part of it."""

import io
import zipfile
from pathlib import Path

import pytest

from coder.reading.letters.compressed_rtf import decompress_rtf
from coder.reading.letters.kinds import read_document
from coder.reading.letters.pieces import Letter, LetterError, lay_out
from made_letters import PdfMaker, make_msg, make_odt, make_pdf

BUS = (
    "The bus lane on Elm Road makes the 43 bus reliable for people who work shifts, and we ask the council "
    "to keep it where it is for another five years at least."
)
PARK = "The park needs lights along the path to the station, since nobody dares to walk there in winter."


def parts_of(letter: Letter) -> list[tuple[str, str, str]]:
    """Place, part and text of each row; rows follow each other and cover all of the text."""
    text, rows = lay_out(letter.pieces)
    assert [row.start for row in rows] == [0, *(row.end for row in rows[:-1])]
    assert rows[-1].end == len(text)
    return [(row.place, row.part, text[row.start : row.end].rstrip("\n")) for row in rows]


# ---------------------------------------------------------------- PDF


def test_a_pdf_has_paragraphs_pages_headers_and_footers() -> None:
    pdf = make_pdf(
        [[BUS, PARK], [PARK, "Yours sincerely,", "Ann Smith"]],
        header="Elm Road Residents", footer="Page {page} of {pages}",
        Author="Ann Smith", CreationDate="D:20260314090000Z",
    )  # fmt: skip
    letter = read_document("a.pdf", pdf)
    assert (letter.sender, letter.date) == ("Ann Smith", "2026-03-14")
    assert parts_of(letter) == [
        ("page 1", "header", "Elm Road Residents"),
        ("page 1", "body", f"{BUS}\n\n{PARK}"),
        ("page 1", "footer", "Page 1 of 2"),
        ("page 2", "header", "Elm Road Residents"),
        ("page 2", "body", PARK),
        ("page 2", "signature", "Yours sincerely,\n\nAnn Smith"),
        ("page 2", "footer", "Page 2 of 2"),
    ]


def test_a_paragraph_that_runs_over_a_page_stays_whole() -> None:
    words = BUS.split()
    first, second = " ".join(words[:14]), " ".join(words[14:])
    pdf = make_pdf([[PARK, first], [second, PARK]], header="Residents", footer="{page}")
    letter = read_document("a.pdf", pdf)
    text, rows = lay_out(letter.pieces)
    assert f"{PARK}\n\n{BUS}\n\n" in text
    of_second = next(row for row in rows if text[row.start :].startswith(second))
    assert of_second.place == "page 2"
    assert text.count("Residents") == 2, "headers are kept"


def test_text_that_pages_share_without_a_gap_is_no_header() -> None:
    letter = read_document("a.pdf", make_pdf([[f"{BUS} {PARK} {BUS} {PARK}"]] * 2))
    assert {piece.part for piece in letter.pieces} == {"body"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["We ask for more consul-", "tation. This consultation was short."], "more consultation. This consultation"),
        (["We want a long-", "term plan. A long-term plan helps."], "a long-term plan. A long-term"),
        (["We want a well-", "lit path."], "a well-lit path."),
    ],
)  # fmt: skip
def test_a_hyphen_at_a_line_end_goes_only_where_the_letter_shows_the_word(
    lines: list[str], expected: str
) -> None:
    maker = PdfMaker()
    maker.page([(72, 700 - 14 * number, line) for number, line in enumerate(lines)])
    text, _ = lay_out(read_document("a.pdf", maker.bytes()).pieces)
    assert expected in text


def test_an_address_keeps_its_lines_and_columns_are_read_one_after_the_other() -> None:
    maker = PdfMaker()
    address = ["Mayor of London", "City Hall", "London E16 1ZE"]
    left = [
        "The left column says that the",
        "buses are late on most of the",
        "mornings of the week.",
    ]
    right = [
        "The right column says that the",
        "trains are full on most of the",
        "evenings of the week.",
    ]
    lines = [(72.0, 780.0 - 14 * number, line) for number, line in enumerate(address)]
    lines += [(72.0, 600.0 - 14 * number, line) for number, line in enumerate(left)]
    lines += [(320.0, 600.0 - 14 * number, line) for number, line in enumerate(right)]
    maker.page(lines)
    text, _ = lay_out(read_document("a.pdf", maker.bytes()).pieces)
    assert text == "\n\n".join(["\n".join(address), " ".join(left), " ".join(right)])


def test_what_was_typed_into_a_form_is_read() -> None:
    maker = PdfMaker()
    look = maker.stream(
        b"/Tx BMC BT /Helv 11 Tf 2 4 Td (More lights in the park please) Tj ET EMC",
        b"/Type /XObject /Subtype /Form /BBox [0 0 300 20] /Resources << /Font << /Helv 2 0 R >> >>",
    )
    field = maker.add(
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (answer) /V (More lights in the park please) /Rect [72 600 372 620] /F 4 "
        b"/AP << /N %d 0 R >> >>" % look
    )
    maker.page([(72, 640, "What should change?")], annotations=b"/Annots [%d 0 R]" % field)
    maker.catalog = b"/AcroForm << /Fields [%d 0 R] >>" % field
    text, _ = lay_out(read_document("form.pdf", maker.bytes()).pieces)
    assert "What should change?" in text
    assert "More lights in the park please" in text


# ---------------------------------------------------------------- DOCX and ODT


def docx_bytes(**margins: str) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Our response", 1)
    document.add_paragraph(BUS)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Lights", "Yes, many"
    document.add_paragraph(PARK)
    document.add_paragraph("Kind regards")
    document.add_paragraph("Ann Smith")
    for name, text in margins.items():
        getattr(document.sections[0], name).paragraphs[0].text = text
    document.core_properties.author = "Ann Smith"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_docx_has_tables_in_their_place_headers_and_footers() -> None:
    letter = read_document("a.docx", docx_bytes(header="Residents", footer="Elm Road 1"))
    assert letter.sender == "Ann Smith"
    assert parts_of(letter) == [
        ("header", "header", "Residents"),
        ("paragraph 1", "body", "Our response"),
        ("paragraph 2", "body", BUS),
        ("paragraph 3", "body", "Lights | Yes, many"),
        ("paragraph 4", "body", PARK),
        ("paragraph 5", "signature", "Kind regards"),
        ("paragraph 6", "signature", "Ann Smith"),
        ("footer", "footer", "Elm Road 1"),
    ]


def test_a_text_box_within_a_text_box_is_read_once() -> None:
    import docx
    from docx.oxml import parse_xml

    inner = "<w:p><w:r><w:t>inner</w:t></w:r></w:p>"
    for words in ("middle", "outer"):
        box = f"<w:pict><w:txbxContent>{inner}</w:txbxContent></w:pict>"
        inner = f"<w:p><w:r><w:t>{words}</w:t></w:r><w:r>{box}</w:r></w:p>"
    document = docx.Document()
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraph = parse_xml(inner.replace("<w:p>", f"<w:p {names}>", 1))
    document.element.body.insert(0, paragraph)
    file = io.BytesIO()
    document.save(file)
    frame = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    body = f"<text:p>outer{frame.format('middle' + frame.format('inner'))}</text:p>"
    for name, data in (("a.docx", file.getvalue()), ("a.odt", make_odt(body))):
        texts = [text for _, _, text in parts_of(read_document(name, data))]
        assert texts == ["outer", "middle", "inner"]


def test_deleted_and_hidden_words_of_a_docx_are_not_its_text() -> None:
    changed = io.BytesIO()
    words = (
        "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r><w:ins><w:r><w:t> added</w:t></w:r></w:ins>"
        "<w:r><w:t> one</w:t><w:br/><w:t>two</w:t></w:r></w:p>"
    )
    with zipfile.ZipFile(io.BytesIO(docx_bytes())) as old, zipfile.ZipFile(changed, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "word/document.xml":
                content = content.replace(b"<w:sectPr", words.encode() + b"<w:sectPr", 1)
            new.writestr(item, content)
    text, _ = lay_out(read_document("a.docx", changed.getvalue()).pieces)
    assert text.endswith("Kept added one\ntwo")


def test_an_odt_has_its_notes_tables_blanks_and_margins() -> None:
    odt = make_odt(
        "<text:h>Title</text:h><text:p>One<text:s text:c='2'/>two<text:note><text:note-body><text:p>A note"
        "</text:p></text:note-body></text:note></text:p><table:table><table:table-row><table:table-cell>"
        "<text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell>"
        "</table:table-row></table:table><office:annotation><text:p>reviewer</text:p></office:annotation>",
        "<style:header><text:p>Head</text:p></style:header><style:footer><text:p>Foot</text:p></style:footer>",
        "<dc:creator>Ann</dc:creator><dc:date>2026-03-14T09:00:00</dc:date>",
    )
    letter = read_document("a.odt", odt)
    assert (letter.sender, letter.date) == ("Ann", "2026-03-14")
    assert parts_of(letter) == [
        ("header", "header", "Head"),
        ("paragraph 1", "body", "Title"),
        ("paragraph 2", "body", "One  two"),
        ("paragraph 3", "body", "a | b"),
        ("footnote 1", "body", "A note"),
        ("footer", "footer", "Foot"),
    ]


# ---------------------------------------------------------------- RTF, HTML, text


def test_rtf_has_its_characters_notes_and_margins() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Cyr;}}{\*\generator x}"
        rb"{\header Head\par}\pard Caf\'e9\u8217?s {\b bold}\par {\v hidden}\f1\'cf\f0  second\line line"
        rb"{\footnote A note\par}\par\trowd a\cell b\cell\row {\pict ffd8}{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}}"
    )
    assert parts_of(read_document("a.rtf", rtf)) == [
        ("header", "header", "Head"),
        ("paragraph 1", "body", "Café’s bold"),
        ("paragraph 2", "body", "П second\nline"),
        ("paragraph 3", "body", "a | b"),
        ("paragraph 4", "body", "link"),
        ("footnote 1", "body", "A note"),
    ]


def test_an_emoji_of_rtf_is_one_character() -> None:
    rtf = rb"{\rtf1\ansi A park \u-10179?\u-8704?, please\par {\uc0\u-10179\u-8694 }half \u-10179?.\par}"
    texts = [text for _, _, text in parts_of(read_document("a.rtf", rtf))]
    assert texts == ["A park \U0001f600, please", "\U0001f60ahalf \ufffd."]


def test_html_is_what_a_reader_sees() -> None:
    page = (
        "<html><head><title>t</title><style>p {}</style></head><body><p>One <b>two</b><p>Three<script>alert(1)</script>"
        "<div style='display: none'>unseen <p>nor this</div><span hidden>no</span><ul><li>first<li>second</ul>"
        "<table><tr><td>a</td><td>b &amp; c</td></tr></table><!-- note --><p>Last<br>line</body></html>"
    )
    expected = ["One two", "Three", "• first", "• second", "a | b & c", "Last\nline"]
    assert [text for _, _, text in parts_of(read_document("a.html", page.encode()))] == expected


def test_lines_broken_at_the_width_are_joined_and_others_kept() -> None:
    text = "To the Mayor\nCity Hall\n\n" + "\n".join(
        [
            "The bus lane on Elm Road makes the 43 bus",
            "reliable for people who work shifts, and we",
            "ask you to keep it.",
            "- first",
            "- second",
        ]
    )
    assert [part for _, _, part in parts_of(read_document("a.txt", text.encode()))] == [
        "To the Mayor\nCity Hall",
        "The bus lane on Elm Road makes the 43 bus reliable for people who work shifts, and we ask you to keep it."
        "\n- first\n- second",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_in_the_usual_encodings(encoding: str) -> None:
    text, _ = lay_out(read_document("a.txt", "Café – “quoted”".encode(encoding)).pieces)
    assert text == "Café – “quoted”"


def test_controls_and_invisible_hyphens_do_not_come_through() -> None:
    text, _ = lay_out(
        read_document(
            "a.txt", f"{BUS} a\x1b[31mred\x07 con\u00adsul\u00adtation\r\nb".encode()
        ).pieces
    )
    assert text == f"{BUS} a [31mred  consultation\nb"


# ---------------------------------------------------------------- MSG


def test_a_mail_of_outlook_has_its_sender_date_and_attachments() -> None:
    mail = make_msg(
        {0x1A: "IPM.Note", 0x37: "Bus lanes", 0x1000: f"{BUS}\r\n\r\nKind regards\r\nAnn", 0x0C1A: "Ann Smith",
         0x0C1F: "Ann@Example.org"},
        attachments=[("plan.pdf", make_pdf([[PARK]])), ("photo.jpg", b"\xff\xd8\xff")],
        sent=134179488000000000,
    )  # fmt: skip
    letter = read_document("a.msg", mail)
    assert (letter.address, letter.date, letter.subject) == (
        "ann@example.org",
        "2026-03-14",
        "Bus lanes",
    )
    assert letter.attached == ("photo.jpg",)
    assert parts_of(letter) == [
        ("paragraph 1", "body", BUS),
        ("paragraph 2", "signature", "Kind regards\nAnn"),
        ("attachment plan.pdf, page 1", "body", PARK),
    ]


# The example of MS-OXRTFCP 4.1.1.
COMPRESSED_EXAMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af3 2068656c 0900 2062770 5b06c647d 0a80 0fa0".replace(" ", "")
)  # fmt: skip


def test_a_mail_with_formatted_text_alone() -> None:
    assert (
        decompress_rtf(COMPRESSED_EXAMPLE) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    )
    letter = read_document(
        "a.msg", make_msg({0x1A: "IPM.Note", 0x37: "x"}, {0x1009: COMPRESSED_EXAMPLE})
    )
    assert [text for _, _, text in parts_of(letter)] == ["hello world"]


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.pdf", b"%PDF-1.4 broken", "is damaged"),
        ("a.docx", b"PK\x03\x04 broken", "is damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0 encrypted", "is encrypted"),
        ("a.odt", b"PK\x03\x04", "is damaged"),
        ("a.msg", b"\xd0\xcf\x11\xe0 broken", "is damaged"),
        ("a.eml", b"\n\nno head", "is damaged"),
        ("a.rtf", rb"{\rtf1 {\b cut off", "is damaged"),
        ("a.rtf", b"{\\rtf1 " + b"{" * 5000 + b"}" * 5001, "too many groups"),
        ("a.doc", b"\xd0\xcf\x11\xe0 old", "save it as PDF or DOCX"),
        ("a.txt", bytes(range(256)) * 9 + bytes(999), "is not text"),
    ],
)
def test_a_faulty_document_says_what_is_wrong(name: str, data: bytes, problem: str) -> None:
    with pytest.raises(LetterError, match=problem):
        read_document(name, data)


def test_a_package_that_unpacks_to_far_too_much_is_not_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 400_000_000)
    with pytest.raises(LetterError, match="would unpack"):
        read_document("a.docx", bomb.getvalue())


def test_entities_of_an_odt_are_not_resolved(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret words")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
    broken = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(make_odt("<text:p>a&amp;e;b</text:p>"))) as old,
        zipfile.ZipFile(broken, "w") as new,
    ):
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "content.xml":
                content = entity.encode() + content.replace(b"&amp;e;", b"&e;")
            new.writestr(item, content)
    text, _ = lay_out(read_document("a.odt", broken.getvalue()).pieces)
    assert "secret" not in text


def test_html_nested_without_end_is_read() -> None:
    page = b"<div>" * 50_000 + b"deep words" + b"</div>" * 50_000
    text, _ = lay_out(read_document("a.html", page).pieces)
    assert text == "deep words"


@pytest.mark.parametrize("piece", [b"<a ", b"</", b"<a b='"])
def test_html_of_tags_without_an_end_is_refused_at_once(piece: bytes) -> None:
    with pytest.raises(LetterError, match="a tag without an end"):
        read_document("a.html", b"<p>words " + piece * 100_000)


def test_a_comment_without_an_end_hides_what_follows() -> None:
    letter = read_document("a.html", b"<p>words " + b"<!--" * 100_000)
    assert lay_out(letter.pieces)[0] == "words"
