"""ODT: paragraphs, headings, tables and footnotes in their order; headers and footers marked."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from coder.reading.letters.packages import check_package
from coder.reading.letters.pieces import (
    FOOTER,
    HEADER,
    Letter,
    LetterError,
    Piece,
    margin_pieces,
    numbered_paragraphs,
    plain_characters,
)

NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
TEXT, OFFICE = f"{{{NAMES}text:1.0}}", f"{{{NAMES}office:1.0}}"
TABLE, STYLE = f"{{{NAMES}table:1.0}}", f"{{{NAMES}style:1.0}}"
DRAWING = f"{{{NAMES}drawing:1.0}}"
META, PURL = f"{{{NAMES}meta:1.0}}", "{http://purl.org/dc/elements/1.1/}"
PARAGRAPHS = (f"{TEXT}p", f"{TEXT}h")
NOTE = f"{TEXT}note"
# Elements whose text is none of the letter's.
SKIPPED = (
    f"{TEXT}tracked-changes",
    f"{OFFICE}annotation",
    f"{OFFICE}forms",
    f"{TEXT}sequence-decls",
    f"{TEXT}variable-decls",
    f"{TEXT}table-of-content",
)
HEADERS = ("header", "header-left", "header-first")
FOOTERS = ("footer", "footer-left", "footer-first")
MOST_BLANKS = 1_000  # that one element stands for


def read_odt(data: bytes) -> Letter:
    """Read an OpenDocument text.

    Raises:
        LetterError: it is encrypted, damaged or far too large.
    """
    from lxml.etree import LxmlError

    check_package(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_open(archive)
            content = _parsed(archive, "content.xml")
            styles = _parsed(archive, "styles.xml")
            meta = _parsed(archive, "meta.xml")
    except (LxmlError, zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise LetterError("is damaged (not an OpenDocument text)") from error
    pieces = [
        *_margins(styles, HEADERS, HEADER),
        *_body(content),
        *_margins(styles, FOOTERS, FOOTER),
    ]
    date = _first_text(meta, f"{PURL}date") or _first_text(meta, f"{META}creation-date")
    return Letter(
        pieces=tuple(pieces),
        sender=_first_text(meta, f"{PURL}creator")
        or _first_text(meta, f"{META}initial-creator"),
        date=date[:10] if re.match(r"\d{4}-\d{2}-\d{2}", date) else "",
        subject=_first_text(meta, f"{PURL}title"),
    )


def _check_open(archive: zipfile.ZipFile) -> None:
    """Raise `LetterError` where the manifest says that parts are encrypted."""
    if "META-INF/manifest.xml" not in archive.namelist():
        return
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise LetterError("is encrypted: it needs a password")


def _parsed(archive: zipfile.ZipFile, name: str) -> Any:
    """The root of a part; None where there is no such part but the content.

    No entity is resolved, and nothing is fetched.
    """
    from lxml.etree import XMLParser, fromstring

    if name != "content.xml" and name not in archive.namelist():
        return None
    parser = XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return fromstring(archive.read(name), parser)


def _first_text(root: Any, tag: str) -> str:
    if root is None:
        return ""
    return (next((element.text for element in root.iter(tag)), "") or "").strip()


def _body(content: Any) -> list[Piece]:
    """The paragraphs of the body, and its footnotes after them."""
    body = next(content.iter(f"{OFFICE}text"), None)
    if body is None:
        raise LetterError("is damaged (it holds no text document)")
    notes = []
    for number, note in enumerate(body.iter(NOTE), start=1):
        text = plain_characters("\n".join(_note_text(note))).strip()
        if text:
            notes.append(Piece(text, f"footnote {number}"))
    return [*numbered_paragraphs(list(_paragraphs(body))), *notes]


def _note_text(note: Any) -> Iterator[str]:
    for body in note.iter(f"{TEXT}note-body"):
        yield from _paragraphs(body)


def _margins(styles: Any, names: tuple[str, ...], part: str) -> list[Piece]:
    """The headers or footers of all page styles."""
    texts: list[str] = []
    if styles is not None:
        for name in names:
            for margin in styles.iter(f"{STYLE}{name}"):
                texts.extend(_paragraphs(margin))
    return margin_pieces(texts, part)


def _paragraphs(element: Any) -> Iterator[str]:
    """The paragraphs in an element, a row of a table as one."""
    for child in element:
        if child.tag in PARAGRAPHS:
            yield _text_of(child)
            yield from _framed(child)
        elif child.tag == f"{TABLE}table-row":
            cells = ["\n".join(_paragraphs(cell)).strip() for cell in child]
            yield " | ".join(filter(None, cells))
        elif child.tag not in SKIPPED and isinstance(child.tag, str):
            yield from _paragraphs(child)


def _framed(paragraph: Any) -> Iterator[str]:
    """The paragraphs in text boxes that hang on a paragraph."""
    for box in paragraph.iter(f"{DRAWING}text-box"):
        if next(box.iterancestors(*PARAGRAPHS)) is paragraph:
            yield from _paragraphs(box)


def _text_of(paragraph: Any) -> str:
    words: list[str] = []
    _collect(paragraph, words)
    return "".join(words)


def _collect(element: Any, words: list[str]) -> None:
    words.append(element.text or "")
    for child in element:
        if child.tag == f"{TEXT}s":
            blanks = child.get(f"{TEXT}c", "1")
            words.append(" " * min(MOST_BLANKS, int(blanks) if blanks.isdigit() else 1))
        elif child.tag == f"{TEXT}tab":
            words.append("\t")
        elif child.tag == f"{TEXT}line-break":
            words.append("\n")
        elif _is_text(child):
            _collect(child, words)
        words.append(child.tail or "")


def _is_text(child: Any) -> bool:
    """Whether an element's text stands in the paragraph, unlike that of notes and frames."""
    if not isinstance(child.tag, str) or child.tag in (NOTE, *SKIPPED):
        return False
    return not child.tag.startswith(DRAWING)
