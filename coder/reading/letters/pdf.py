"""PDF: the text of each page, its headers and footers marked, scanned pages read or named."""

import io
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coder.reading.letters.hyphens import Hyphens
from coder.reading.letters.page_margins import parts_of_pages
from coder.reading.letters.pdf_lines import (
    PdfLine,
    lines_of,
    separators,
)
from coder.reading.letters.pieces import (
    BODY,
    FOOTER,
    HEADER,
    PARAGRAPH,
    SCAN,
    WORD,
    Letter,
    LetterError,
    Piece,
)
from coder.reading.letters.scans import can_read_scans, read_page

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MOST_PAGES = 3_000
STAMP = (
    80  # characters on a scanned page that are no text of the letter: a date received
)
LARGE = 0.5  # of a page's area: a picture that is the page
FORM_FIELD, FREE_TEXT = 20, 3  # kinds of annotations that hold what people typed
TITLE_BEGINS = re.compile(r"Microsoft Word - ")  # as Word's printer writes titles
DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")


@dataclass
class _Page:
    """What was read of a page."""

    lines: list[PdfLine] = field(default_factory=list)
    height: float = 0.0
    scan: list[str] | None = None  # paragraphs, where the page is a scan that was read
    is_unread: bool = False


def read_pdf(data: bytes) -> Letter:
    """Read a PDF.

    Raises:
        LetterError: it is encrypted or damaged.
    """
    import pypdfium2

    try:
        with closing(pypdfium2.PdfDocument(io.BytesIO(data))) as document:
            return _letter_of(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise LetterError("is encrypted: it needs a password") from error
        raise LetterError(f"is damaged ({_first_line(error)})") from error


def _letter_of(document: "PdfDocument") -> Letter:
    if len(document) > MOST_PAGES:
        raise LetterError(f"has {len(document):,} pages, more than {MOST_PAGES:,}")
    document.init_forms()
    pages = []
    for number in range(len(document)):
        pages.append(_read_page(document, number))
    pieces = _pieces(pages)
    unread = []
    for number, page in enumerate(pages, start=1):
        if page.is_unread:
            unread.append(f"page {number} is a scan")
    properties = document.get_metadata_dict()
    date = DATE.match(properties.get("CreationDate", ""))
    return Letter(
        pieces=tuple(pieces),
        sender=properties.get("Author", "").strip(),
        date="-".join(date.groups()) if date else "",
        subject=TITLE_BEGINS.sub("", properties.get("Title", "")).strip(),
        unread=tuple(unread),
    )


def _read_page(document: "PdfDocument", number: int) -> _Page:
    """A page's lines; those that tesseract reads where it is a scan.

    Raises:
        LetterError: the page is damaged.
    """
    import pypdfium2

    try:
        with closing(_page_with_fields(document, number)) as page:
            with closing(page.get_textpage()) as text:
                lines = lines_of(text)
            read = _Page(lines, page.get_height())
            if _is_scan(page, lines):
                _read_scan(page, read)
            return read
    except pypdfium2.PdfiumError as error:
        problem = _first_line(error)
        raise LetterError(f"page {number + 1} is damaged ({problem})") from error


def _page_with_fields(document: "PdfDocument", number: int) -> "PdfPage":
    """A page on which what was typed into its form counts as text."""
    import pypdfium2.raw as pdfium

    page = document[number]
    if not _has_typed_text(page):
        return page
    pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    return document[number]


def _has_typed_text(page: "PdfPage") -> bool:
    import pypdfium2.raw as pdfium

    for place in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, place)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind in (FORM_FIELD, FREE_TEXT):
            return True
    return False


# ---------------------------------------------------------------- scans


def _is_scan(page: "PdfPage", lines: Sequence[PdfLine]) -> bool:
    """Whether a page shows something and holds no text but a stamp."""
    if sum(len(line.text) for line in lines) > STAMP:
        return False
    if not lines:
        return any(True for _ in page.get_objects(max_depth=1))
    area = page.get_width() * page.get_height()
    return any(_area(picture) > LARGE * area for picture in _pictures(page))


def _pictures(page: "PdfPage") -> list[Any]:
    import pypdfium2.raw as pdfium

    return list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _area(picture: Any) -> float:
    left, bottom, right, top = picture.get_bounds()
    return float(abs((right - left) * (top - bottom)))


def _read_scan(page: "PdfPage", read: _Page) -> None:
    """Read a scanned page; what is not read is marked."""
    if can_read_scans():
        read.scan = read_page(page)
    if read.scan is None:
        read.is_unread = True


# ---------------------------------------------------------------- pieces


def _pieces(pages: Sequence[_Page]) -> list[Piece]:
    """The pieces of all pages; a paragraph that goes over to the next page stays whole.

    Headers and footers that part such a paragraph follow after it.
    """
    parts = parts_of_pages(
        [page.lines for page in pages],
        [page.height for page in pages],
    )
    texts: list[str] = []
    for page in pages:
        texts.extend(line.text for line in page.lines)
    flow = _Flow(Hyphens(texts))
    for number, page in enumerate(pages, start=1):
        place = f"page {number}"
        if page.scan is not None:
            flow.add_scan(page.scan, place)
        elif page.is_unread:
            flow.add_stamp(page.lines, place)
        else:
            flow.add_page(page.lines, parts[number - 1], place)
    return flow.pieces()


class _Flow:
    """Puts the lines of pages one after the other."""

    def __init__(self, hyphens: Hyphens) -> None:
        self._hyphens = hyphens
        self._pieces: list[Piece] = []
        self._held: list[Piece] = []  # headers and footers within a paragraph
        self._last: PdfLine | None = None  # of the body

    def pieces(self) -> list[Piece]:
        """All pieces so far."""
        return [*self._pieces, *self._held]

    def add_scan(self, paragraphs: Sequence[str], place: str) -> None:
        """Add a scanned page."""
        self._release()
        for paragraph in paragraphs:
            self._pieces.append(Piece(paragraph, place, SCAN))
        self._last = None

    def add_stamp(self, lines: Sequence[PdfLine], place: str) -> None:
        """Add what is printed over a scan that was not read; no paragraph runs over it."""
        self._release()
        self._hold(lines, place, HEADER)
        self._last = None

    def add_page(
        self, lines: Sequence[PdfLine], parts: Sequence[str], place: str
    ) -> None:
        """Add a page."""
        margins: dict[str, list[PdfLine]] = {}
        body = []
        for line, part in zip(lines, parts, strict=True):
            if part == BODY:
                body.append(line)
            else:
                margins.setdefault(part, []).append(line)
        # The header stands before the page's body, the footer after it, unless a paragraph
        # runs on: then both wait for its end.
        self._hold(margins.pop(HEADER, []), place, HEADER)
        for number, (line, before) in enumerate(
            zip(body, separators(body), strict=True)
        ):
            if number == 0:
                before = self._across_pages(line)
            self._add(line, before, place)
        self._hold(margins.pop(FOOTER, []), place, FOOTER)

    def _hold(self, lines: Sequence[PdfLine], place: str, part: str) -> None:
        for line in lines:
            self._held.append(Piece(line.text, place, part))

    def _release(self) -> None:
        self._pieces.extend(self._held)
        self._held.clear()

    def _across_pages(self, line: PdfLine) -> str:
        """What parts the first line of a page from the last of the page before."""
        last = self._last
        if last is None:
            return PARAGRAPH
        goes_on = line.text[:1].islower() and last.text[-1:] not in ".:;!?"
        if goes_on or last.hyphen:
            return WORD
        return PARAGRAPH

    def _add(self, line: PdfLine, before: str, place: str) -> None:
        last, self._last = self._last, line
        if before == PARAGRAPH:
            self._release()
        if last is not None and before == WORD:
            self._continue(last, line, place)
            return
        if last is not None and last.hyphen:
            piece = self._pieces[-1]
            self._pieces[-1] = piece._replace(text=piece.text + last.hyphen)
        self._pieces.append(Piece(line.text, place, BODY, before))

    def _continue(self, last: PdfLine, line: PdfLine, place: str) -> None:
        """Add a line to the paragraph of the line before it."""
        piece = self._pieces[-1]
        before = WORD
        text = line.text
        if last.hyphen:
            before = ""
            if self._hyphens.belongs(piece.text, text):
                piece = piece._replace(text=piece.text + last.hyphen)
                self._pieces[-1] = piece
        if piece.place == place:
            self._pieces[-1] = piece._replace(text=piece.text + before + text)
        else:
            self._pieces.append(Piece(text, place, BODY, before))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
