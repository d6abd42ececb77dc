"""Word templates (`.dotx`) and documents (`.docx`) that lend their styles and page to ours."""

from io import BytesIO
from pathlib import Path
from typing import Any

from coder.errors import CoderError
from coder.exporting.zips import read_zip, write_zip

TEMPLATE_TYPE = "wordprocessingml.template.main+xml"
DOCUMENT_TYPE = "wordprocessingml.document.main+xml"
CONTENT_TYPES = "[Content_Types].xml"
EMU_A_CENTIMETRE = 360_000  # the unit of lengths in Word files
LEAST_ROOM = 8.0  # centimetres of text on a line
FIX = "Name a Word template (.dotx) or document (.docx) whose styles are to be used."


def open_template(path: Path) -> Any:
    """A document with the template's styles, page, header and footer, and none of its text.

    Raises:
        CoderError: the file is no Word template, holds macros, or has too narrow a page.
    """
    import docx

    members = _members(path)
    types = members[CONTENT_TYPES].decode("utf-8", "replace")
    if "macroEnabled" in types:
        raise CoderError(
            f"{path}: is a template with macros",
            "Save it as a Word template without macros (.dotx).",
        )
    members[CONTENT_TYPES] = types.replace(TEMPLATE_TYPE, DOCUMENT_TYPE).encode()
    content = BytesIO()
    write_zip(content, members)
    content.seek(0)
    try:
        document = docx.Document(content)
        _empty(document)
        _check_room(path, document)
    except CoderError:
        raise
    except Exception as error:  # a broken template fails wherever it happens to
        raise CoderError(f"{path}: is not a Word template", FIX) from error
    return document


def _members(path: Path) -> dict[str, bytes]:
    if not path.is_file():
        raise CoderError(f"{path}: there is no such file", FIX)
    try:
        members = read_zip(path)
    except CoderError as error:
        raise CoderError(f"{path}: is not a Word template", FIX) from error
    if CONTENT_TYPES not in members or "word/document.xml" not in members:
        raise CoderError(f"{path}: is not a Word template", FIX)
    return members


def _empty(document: Any) -> None:
    """Take the template's own text away; the page of its last section stays."""
    body = document.element.body
    last = body.sectPr
    for child in list(body):
        if child is not last:
            body.remove(child)
    if last is None:
        body.add_section_break()


def _check_room(path: Path, document: Any) -> None:
    room = text_width(document)
    if room < LEAST_ROOM:
        raise CoderError(
            f"{path}: its page leaves {room:.1f} cm for text",
            f"Use a template with {LEAST_ROOM:g} cm between its margins at least.",
        )


def text_width(document: Any) -> float:
    """The room between the margins of the page, in centimetres."""
    section = document.sections[-1]
    width = section.page_width - section.left_margin - section.right_margin
    return float(width - (section.gutter or 0)) / EMU_A_CENTIMETRE


def text_height(document: Any) -> float:
    """The room between the upper and the lower margin, in centimetres."""
    section = document.sections[-1]
    height = section.page_height - section.top_margin - section.bottom_margin
    return float(height) / EMU_A_CENTIMETRE
