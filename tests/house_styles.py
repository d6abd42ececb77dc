"""Three house styles as Word templates: what `--template` is tried with."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from coder.exporting.zips import read_zip, write_zip

TEMPLATE = "wordprocessingml.template.main+xml"
DOCUMENT = "wordprocessingml.document.main+xml"


def make_plain(folder: Path) -> Path:
    """A serif style in black with a title page, a footer of its own and narrow text."""
    document = docx.Document()
    _set_fonts(document, "Times New Roman", "000000", 11)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(3)
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "Office for Consultations"
    section.footer.paragraphs[0].text = "Office for Consultations, 1 High Street"
    document.add_paragraph("The template's own text, which is left out")
    return _save(document, folder / "plain.dotx")


def make_numbered(folder: Path) -> Path:
    """A green style whose headings are numbered, with tables of its own."""
    document = docx.Document()
    _set_fonts(document, "Verdana", "1E6B3A", 10)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    _number_headings(document)
    document.styles.element.append(_table_style("1E6B3A"))
    return _save(document, folder / "numbered.dotx")


def make_wide(folder: Path) -> Path:
    """A blue style on landscape US letter, saved as a document; it lacks most styles."""
    document = docx.Document()
    _set_fonts(document, "Arial", "0B3D91", 11)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(27.94), Cm(21.59)
    section.header.paragraphs[0].text = "County Council"
    for name in ("Quote", "Caption", "List Bullet", "Title"):
        held = document.styles[name].element
        held.getparent().remove(held)
    path = folder / "wide.docx"
    document.save(str(path))
    return path


HOUSES: tuple[Callable[[Path], Path], ...] = (make_plain, make_numbered, make_wide)


def as_macros(path: Path) -> Path:
    """The template with the content type of one that holds macros."""
    members = read_zip(path)
    types = members["[Content_Types].xml"].decode()
    kind = "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"
    whole = f"application/vnd.openxmlformats-officedocument.{TEMPLATE}"
    assert whole in types
    members["[Content_Types].xml"] = types.replace(whole, kind).encode()
    made = path.with_suffix(".dotm")
    write_zip(made, members)
    return made


def _set_fonts(document: Any, font: str, colour: str, size: int) -> None:
    names = ["Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Caption", "Quote"]
    for name in names:
        style = document.styles[name]
        style.font.name = font
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(colour)
    document.styles["Normal"].font.size = Pt(size)
    text = document.styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH)
    text.base_style, text.font.size = document.styles["Normal"], Pt(size - 2)
    text.paragraph_format.space_after = Pt(2)


def _number_headings(document: Any) -> None:
    """1, 1.1 before the headings, as a list of several levels."""
    levels = ""
    for level, shown in enumerate(("%1", "%1.%2", "%1.%2.%3")):
        levels += (
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
            f'<w:pStyle w:val="Heading{level + 1}"/><w:suff w:val="space"/>'
            f'<w:lvlText w:val="{shown}"/><w:lvlJc w:val="left"/></w:lvl>'
        )
    numbering = document.part.numbering_part.element
    made = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">'
        f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    numbering.insert(0, made)
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>')
    )
    for level in range(3):
        layout = document.styles[f"Heading {level + 1}"].element.get_or_add_pPr()
        number = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'
        layout.insert(0, parse_xml(number))


def _table_style(colour: str) -> Any:
    line = f'w:val="single" w:sz="6" w:space="0" w:color="{colour}"'
    return parse_xml(
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="House">'
        '<w:name w:val="Report Table"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        f"<w:top {line}/><w:bottom {line}/><w:insideH {line}/></w:tblBorders></w:tblPr>"
        '<w:tblStylePr w:type="firstRow"><w:tcPr>'
        '<w:shd w:val="clear" w:color="auto" w:fill="DDEEDF"/></w:tcPr></w:tblStylePr></w:style>'
    )


def _save(document: Any, path: Path) -> Path:
    """Save as a template."""
    content = BytesIO()
    document.save(content)
    made = path.with_suffix(".tmp")
    made.write_bytes(content.getvalue())
    members = read_zip(made)
    types = members["[Content_Types].xml"].decode()
    members["[Content_Types].xml"] = types.replace(DOCUMENT, TEMPLATE).encode()
    write_zip(path, members)
    made.unlink()
    return path
