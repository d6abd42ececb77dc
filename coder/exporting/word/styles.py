"""The styles that a document uses: those of its template, and for those that it lacks our own."""

from dataclasses import dataclass
from typing import Any

from coder.exporting.word.markup import element, parsed

FONT = "Arial"
ACCENT, QUIET, ALARM, HEAD_FILL, LINE = "1F4E79", "555555", "B00020", "E7ECF3", "B8C0CC"
TABLE_STYLE = "Report Table"
TABLE_SIZE = 9.0  # points, where a style says nothing else
CELL_MARGIN = 80  # twentieths of a point, left and right
BULLET_STYLE = "List Bullet"
# How wide letters of a font are beside those of Arial; fonts not named here may be wider.
WIDTHS = {
    "arial": 1.0, "helvetica": 1.0, "liberation sans": 1.0, "calibri": 0.95,
    "carlito": 0.95, "cambria": 0.98, "times new roman": 0.92, "liberation serif": 0.92,
    "garamond": 0.9, "gill sans mt": 0.95, "georgia": 1.07, "tahoma": 1.03,
    "trebuchet ms": 1.06, "segoe ui": 1.06, "aptos": 1.03, "verdana": 1.3,
    "dejavu sans": 1.3, "open sans": 1.1, "century gothic": 1.15,
}  # fmt: skip
UNKNOWN_WIDTH = 1.15


@dataclass(frozen=True)
class Look:
    """How a style of paragraphs looks; sizes and spaces in points."""

    name: str
    size: float
    before: float = 0.0
    after: float = 6.0
    bold: bool = False
    italic: bool = False
    colour: str = ""
    left: float = 0.0
    hanging: float = 0.0
    keep_next: bool = False
    keep_lines: bool = False
    base: str = "Normal"


NORMAL = Look("Normal", 10.5)
LOOKS = (
    Look("Title", 22, after=10, bold=True, colour=ACCENT, keep_next=True),
    Look("Heading 1", 16, 20, 6, bold=True, colour=ACCENT, keep_next=True),
    Look("Heading 2", 12.5, 14, 4, bold=True, colour=ACCENT, keep_next=True),
    Look("Heading 3", 11, 10, 4, bold=True, keep_next=True),
    Look("Caption", 10, 10, 3, bold=True, colour=ACCENT, keep_next=True),
    Look("Quote", 10.5, 2, 6, italic=True, left=18, keep_lines=True),
    Look(BULLET_STYLE, 10.5, after=4, left=18, hanging=18),
    Look("TOC Heading", 13, 12, 4, bold=True, colour=ACCENT, keep_next=True),
    Look("toc 1", 10.5, 3, 1),
    Look("toc 2", 10, after=1, left=14),
    Look("Status Line", 11, after=8, bold=True),
    Look("Question", 10.5, italic=True),
    Look("Quiet Text", 10, colour=QUIET),
    Look("Publication Warning", 12, after=4, bold=True, colour=ALARM, keep_next=True),
    Look("Figure", 10.5, after=10),
    Look("Table Base", 9, after=3, colour=QUIET, keep_next=True),
    Look("Table Heading", TABLE_SIZE, 2, 2, bold=True, keep_next=True),
    Look("Table Text", TABLE_SIZE, 1.5, 1.5),
    Look("Table Note", 8.5, 3, 6, colour=QUIET, keep_lines=True),
)
HEADER_LOOKS = (
    Look("Header", 8.5, after=8, colour=QUIET),
    Look("Footer", 8.5, after=0, colour=QUIET),
)


def prepare_styles(document: Any, *, is_house: bool) -> None:
    """Add the styles that are missing; without a house style, give all of them our look."""
    styles = document.styles
    known = {style.name for style in styles}
    if not is_house:
        _set_look(styles["Normal"], NORMAL, font=FONT)
    for look in (*LOOKS, *HEADER_LOOKS):
        if look.name in known:
            if not is_house:
                _set_look(styles[look.name], look, font=FONT)
            continue
        _set_look(_added(styles, look), look, font="")
    if TABLE_STYLE not in known:
        styles.element.append(_table_style())


def style_ids(document: Any) -> dict[str, str]:
    """The id of each style by its name; templates of other languages have ids of their own."""
    return {style.name: style.style_id for style in document.styles}


def table_letters(document: Any) -> tuple[float, float]:
    """The size of letters in tables in points, and how wide they are beside Arial's."""
    text, head = document.styles["Table Text"], document.styles["Table Heading"]
    sizes = [_size_of(style) for style in (text, head)]
    widths = [WIDTHS.get(_font_of(style).casefold(), 0) for style in (text, head)]
    known = [width or UNKNOWN_WIDTH for width in widths]
    return max(sizes), max(known)


def _size_of(style: Any) -> float:
    while style is not None:
        if style.font.size is not None:
            return float(style.font.size.pt)
        style = style.base_style
    return TABLE_SIZE


def _font_of(style: Any) -> str:
    while style is not None:
        if style.font.name:
            return str(style.font.name)
        style = style.base_style
    return ""


def _added(styles: Any, look: Look) -> Any:
    from docx.enum.style import WD_STYLE_TYPE

    style = styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles["Normal"]
    style.quick_style = True
    return style


def _set_look(style: Any, look: Look, font: str) -> None:
    """Give a style our look, and nothing of the one that it had."""
    from docx.shared import Pt, RGBColor

    for child in list(style.element):
        if child.tag.endswith(("}rPr", "}pPr")) and look.name != BULLET_STYLE:
            style.element.remove(child)
    if font:
        _set_font(style, font)
    style.font.size = Pt(look.size)
    style.font.bold = look.bold
    style.font.italic = look.italic
    if look.colour:
        style.font.color.rgb = RGBColor.from_string(look.colour)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(look.before), Pt(look.after)
    layout.keep_with_next, layout.keep_together = look.keep_next, look.keep_lines
    layout.widow_control = True
    if look.left:
        layout.left_indent = Pt(look.left)
    if look.hanging:
        layout.first_line_indent = Pt(-look.hanging)
    if look.name.startswith("Heading "):
        level = int(look.name[-1]) - 1
        outline = parsed(element("outlineLvl", val=level))
        style.element.get_or_add_pPr().append(outline)


def _set_font(style: Any, font: str) -> None:
    """One font for all letters, in place of the theme's."""
    from docx.oxml.ns import qn

    style.font.name = font
    fonts = style.element.rPr.rFonts
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), font)


def _table_style() -> Any:
    """Lines between rows, and a shaded row of headings."""
    line: dict[str, Any] = {"val": "single", "sz": 4, "space": 0, "color": LINE}
    borders = element(
        "tblBorders",
        element("top", **line),
        element("bottom", **line),
        element("insideH", **line),
    )
    margins = element(
        "tblCellMar",
        element("left", w=CELL_MARGIN, type="dxa"),
        element("right", w=CELL_MARGIN, type="dxa"),
    )
    shade = element("shd", val="clear", color="auto", fill=HEAD_FILL)
    first = element("tblStylePr", element("tcPr", shade), type="firstRow")
    return parsed(
        element(
            "style",
            element("name", val=TABLE_STYLE),
            element("basedOn", val="TableNormal"),
            element("uiPriority", val=99),
            element("qFormat"),
            element("tblPr", borders, margins),
            first,
            type="table",
            customStyle=1,
            styleId="ReportTable",
        )
    )
