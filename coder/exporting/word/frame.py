"""What stands around the text of a Word document: page, header, footer, properties, contents."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from coder.exporting.document import Document
from coder.exporting.word.markup import (
    KEEP_NEXT,
    bookmark,
    element,
    field,
    link,
    paragraph,
    parsed,
    run,
)
from coder.text import visible

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 21.0, 29.7, 2.0  # centimetres: portrait A4
NARROW_MARGIN = 1.3
NO_TIME = datetime(2000, 1, 1)
REGIONS = {"en": "en-GB"}  # Word knows languages by their region
LEAST_LINES, MOST_LINES = 4, 40  # of a table of contents; a longer one has one level


def set_page(document: Any, *, is_compact: bool) -> None:
    """Portrait A4; a compact document has narrow margins."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(PAGE_WIDTH), Cm(PAGE_HEIGHT)
    margin = NARROW_MARGIN if is_compact else MARGIN
    section.left_margin = section.right_margin = Cm(margin)
    section.top_margin = section.bottom_margin = Cm(margin + 0.4)


def set_properties(document: Any, source: Document) -> None:
    """Title and language, without a clock."""
    properties = document.core_properties
    properties.title = visible(source.title)
    properties.author = "coder"
    properties.last_modified_by = "coder"
    properties.comments = visible(source.base)
    properties.revision = 1
    properties.created = properties.modified = NO_TIME
    properties.last_printed = NO_TIME
    properties.language = source.language
    language = REGIONS.get(source.language, source.language)
    normal = document.styles["Normal"].element.get_or_add_rPr()
    for old in normal.findall(_tag("lang")):
        normal.remove(old)
    normal.append(parsed(element("lang", val=language)))


def set_header_and_footer(
    document: Any, source: Document, style_ids: dict[str, str]
) -> None:
    """The title above and the number below each page, unless the template says something there;
    the warning above them all.
    """
    section = document.sections[-1]
    header, footer = section.header, section.footer
    if not _says_something(header):
        _fill(header, [paragraph(style_ids["Header"], run(source.title))])
    if not _says_something(footer):
        of = [run("Page "), field("PAGE", run("1")), run(" of ")]
        pages = field("NUMPAGES", run("1"))
        right = element("jc", val="right")
        line = paragraph(style_ids["Footer"], *of, pages, properties=[right])
        _fill(footer, [line])
    if source.warning:
        for each in _headers(document, section):
            warning = run(source.warning)
            line = paragraph(style_ids["Publication Warning"], warning)
            each._element.insert(0, parsed(line))


def _headers(document: Any, section: Any) -> Iterator[Any]:
    """The headers of all pages."""
    yield section.header
    if section.different_first_page_header_footer:
        yield section.first_page_header
    if document.settings.odd_and_even_pages_header_footer:
        yield section.even_page_header


def _says_something(part: Any) -> bool:
    """Whether a header or footer of a template holds text, a field or a picture."""
    if part.is_linked_to_previous:
        return False
    held = part._element
    kinds = ("t", "instrText", "drawing", "pict", "fldSimple")
    return any(held.findall(f".//{_tag(kind)}") for kind in kinds)


def _fill(part: Any, paragraphs: Sequence[str]) -> None:
    held = part._element
    for child in list(held):
        held.remove(child)
    for each in paragraphs:
        held.append(parsed(each))


def _tag(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))


# ---------------------------------------------------------------- contents


def contents(source: Document, style_ids: dict[str, str]) -> list[str]:
    """The table of contents, a line a heading with a link to it; none for a single heading. It
    names no pages, since only Word knows them.
    """
    levels = 2 if len(list(source.walk())) <= MOST_LINES else 1
    lines = [part for part in source.walk() if part[0] <= levels]
    not_numbered = element("numPr", element("numId", val=0))
    layout = [KEEP_NEXT, not_numbered]
    title = run("Contents")
    paragraphs = [paragraph(style_ids["TOC Heading"], title, properties=layout)]
    begin, end = _field_ends(f'TOC \\o "1-{levels}" \\n \\h \\z')
    for place, (level, part) in enumerate(lines):
        children = [link(heading_bookmark(part.anchor), run(part.title))]
        if place == 0:
            children.insert(0, begin)
        if place == len(lines) - 1:
            children.append(end)
        paragraphs.append(paragraph(style_ids[f"toc {level}"], *children))
    return paragraphs if len(lines) >= LEAST_LINES else []


def _field_ends(instruction: str) -> tuple[str, str]:
    """What begins and what ends a field over several paragraphs."""
    whole = field(instruction, "|")
    begin, _, end = whole.partition("|")
    return begin, end


def heading(
    level: int, title: str, anchor: str, number: int, style_ids: dict[str, str]
) -> str:
    """A heading that the table of contents leads to."""
    style_id = style_ids[f"Heading {min(level, 3)}"]
    marked = bookmark(number, heading_bookmark(anchor), run(title))
    return paragraph(style_id, marked, properties=[KEEP_NEXT])


def heading_bookmark(anchor: str) -> str:
    """A name that Word allows: letters, digits and `_`, at most 40."""
    letters = [sign if sign.isascii() and sign.isalnum() else "_" for sign in anchor]
    return f"_Toc_{''.join(letters)}"[:40]
