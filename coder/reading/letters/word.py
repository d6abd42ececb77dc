"""DOCX: every paragraph and table in their order, text boxes, footnotes, headers and footers."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from coder.reading.letters.packages import check_package
from coder.reading.letters.pieces import (
    BODY,
    FOOTER,
    HEADER,
    Letter,
    LetterError,
    Piece,
    margin_pieces,
    numbered_paragraphs,
    plain_characters,
)

if TYPE_CHECKING:
    from docx.document import Document

WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT, BREAK, TAB = f"{WORDS}t", (f"{WORDS}br", f"{WORDS}cr"), f"{WORDS}tab"
PARAGRAPH, TABLE, ROW, CELL = f"{WORDS}p", f"{WORDS}tbl", f"{WORDS}tr", f"{WORDS}tc"
HYPHEN = f"{WORDS}noBreakHyphen"
# A drawing is there twice, for new and for old programs; the second is passed over.
COPY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TEXT_BOX = f"{WORDS}txbxContent"
DELETED = (f"{WORDS}del", f"{WORDS}moveFrom")
HIDDEN = f"{WORDS}vanish"
RUN, RUN_PROPERTIES = f"{WORDS}r", f"{WORDS}rPr"
PARAGRAPH_PROPERTIES = f"{WORDS}pPr"
NOTE_KINDS = (("footnotes", "footnote"), ("endnotes", "endnote"))


def read_docx(data: bytes) -> Letter:
    """Read a Word document.

    Raises:
        LetterError: it is encrypted, damaged or far too large.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    check_package(data)
    try:
        document = docx.Document(io.BytesIO(data))
        properties = document.core_properties
        created = properties.modified or properties.created
        letter = Letter(
            pieces=tuple(_pieces(document)),
            sender=(properties.author or "").strip(),
            date=created.date().isoformat() if created else "",
            subject=(properties.title or "").strip(),
        )
    except (
        OpcError,
        LxmlError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        AttributeError,
    ) as error:
        raise LetterError(
            "is damaged (not a Word document that can be read)"
        ) from error
    return letter


def _pieces(document: "Document") -> list[Piece]:
    """Headers, body, footnotes and footers."""
    body = list(_paragraphs(document.element.body))
    return [
        *_margins(document, HEADER),
        *numbered_paragraphs(body),
        *_notes(document),
        *_margins(document, FOOTER),
    ]


def _margins(document: "Document", part: str) -> list[Piece]:
    """The headers or footers of all sections."""
    texts: list[str] = []
    for section in document.sections:
        for kind in ("", "first_page_", "even_page_"):
            margin = getattr(section, f"{kind}{part}")
            if not margin.is_linked_to_previous:
                texts.extend(_paragraphs(margin._element))
    return margin_pieces(texts, part)


def _notes(document: "Document") -> list[Piece]:
    """Footnotes and endnotes."""
    from lxml.etree import XMLParser, fromstring

    parser = XMLParser(resolve_entities=False, no_network=True)
    pieces: list[Piece] = []
    for relation in document.part.rels.values():
        for name, word in NOTE_KINDS:
            if relation.is_external or not relation.reltype.endswith(f"/{name}"):
                continue
            root = fromstring(relation.target_part.blob, parser)
            for number, note in enumerate(_written_notes(root), start=1):
                text = plain_characters("\n".join(_paragraphs(note))).strip()
                if text:
                    pieces.append(Piece(text, f"{word} {number}", BODY))
    return pieces


def _written_notes(root: Any) -> Iterator[Any]:
    """Notes without the lines that separate them from the page."""
    for note in root:
        if note.get(f"{WORDS}type") in (None, "normal"):
            yield note


# ---------------------------------------------------------------- text


def _paragraphs(element: Any) -> Iterator[str]:
    """The paragraphs in an element, a row of a table each as one, text boxes after theirs."""
    for child in element:
        if child.tag == PARAGRAPH:
            yield _text_of(child)
            for box in _text_boxes(child):
                yield from _paragraphs(box)
        elif child.tag == TABLE:
            yield from _rows(child)
        elif child.tag != COPY and child.tag not in DELETED:
            yield from _paragraphs(child)


def _rows(table: Any) -> Iterator[str]:
    """Each row of a table as its cells with bars between them; a cell of several paragraphs
    keeps them as lines.
    """
    for row in table.iter(ROW):
        if _table_of(row) is not table:
            continue  # of a table within a cell
        cells = []
        for cell in row.iter(CELL):
            if _row_of(cell) is row:
                cells.append("\n".join(filter(None, _paragraphs(cell))))
        yield " | ".join(filter(None, cells))


def _table_of(row: Any) -> Any:
    return _nearest(row, TABLE)


def _row_of(cell: Any) -> Any:
    return _nearest(cell, ROW)


def _nearest(element: Any, tag: str) -> Any:
    """The nearest element of a tag around an element."""
    return next(element.iterancestors(tag), None)


def _text_boxes(paragraph: Any) -> Iterable[Any]:
    """The text boxes of a paragraph, without those of paragraphs within them."""
    for box in paragraph.iter(TEXT_BOX):
        if _nearest(box, PARAGRAPH) is paragraph and _nearest(box, COPY) is None:
            yield box


def _text_of(paragraph: Any) -> str:
    """The text of a paragraph, without what was deleted or hidden and without its text boxes."""
    words: list[str] = []
    _collect(paragraph, words)
    return "".join(words)


def _collect(element: Any, words: list[str]) -> None:
    for child in element:
        tag = child.tag
        if tag == TEXT:
            words.append(child.text or "")
        elif tag in BREAK:
            words.append("\n")
        elif tag == TAB:
            words.append("\t")
        elif tag == HYPHEN:
            words.append("‑")
        elif tag in (
            TEXT_BOX,
            COPY,
            PARAGRAPH_PROPERTIES,
            RUN_PROPERTIES,
            *DELETED,
        ) or (tag == RUN and _is_hidden(child)):
            continue
        else:
            _collect(child, words)


def _is_hidden(run: Any) -> bool:
    properties = run.find(RUN_PROPERTIES)
    if properties is None:
        return False
    mark = properties.find(HIDDEN)
    return mark is not None and mark.get(f"{WORDS}val") not in ("0", "false")
