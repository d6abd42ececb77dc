"""HTML as the text that a reader sees: no scripts, styles or hidden text; quoted mails marked."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import NamedTuple

from coder.reading.letters.names import named_once
from coder.reading.letters.pieces import (
    BODY,
    QUOTED,
    LetterError,
    Piece,
    plain_characters,
)

BLOCKS = named_once(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav "
    "ol p pre section summary table tbody tfoot thead tr ul"
)
CELLS = frozenset(("td", "th"))
UNSEEN = named_once(
    "applet audio canvas head iframe math noframes noscript object script select style svg "
    "template textarea title video"
)
# Elements without an end.
VOID = named_once(
    "area base basefont br col command embed frame hr img input keygen link meta param source "
    "track wbr"
)
HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|(?:font-size|max-height|opacity)\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
# How mail programs mark what they quote.
QUOTE_CLASS = re.compile(
    r"gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra"
    r"|tutanota_quote|WordSection1_quote",
    re.IGNORECASE,
)
QUOTE_ID = re.compile(
    r"divRplyFwdMsg|appendonsend|reply-intro|OLK_SRC_BODY_SECTION", re.I
)
# What follows these is quoted to the end, since Outlook puts it beside the mark, not into it.
QUOTED_TO_THE_END = re.compile(r"divRplyFwdMsg|appendonsend", re.IGNORECASE)
# Taken out first, since Python's parser takes very long where they have no end.
UNSEEN_TEXT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<!\[[^>]*(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
PICTURE_DATA = re.compile(r"data:[\w/+.-]{1,80};base64,[A-Za-z0-9+/=\s]+")
AT_ONCE = 16_000  # characters given to the parser
LONGEST_TAG = 64_000  # characters; a longer one has no end
DEEPEST = 2_000  # elements within each other that are told apart
# Where the page says so, a table with one row a line is laid out with bars between its cells.
CELL_BREAK = " | "

Attributes = Mapping[str, str]


class HtmlParagraph(NamedTuple):
    """A paragraph of a page, and whether a mail program marked it as quoted."""

    text: str
    quoted: bool


def paragraphs_of_html(page: str) -> list[HtmlParagraph]:
    """The paragraphs that a reader sees, in their order.

    Raises:
        LetterError: the page is damaged.
    """
    parser = _VisibleText()
    page = PICTURE_DATA.sub("data:,", UNSEEN_TEXT.sub(" ", page))
    for start in range(0, len(page), AT_ONCE):
        parser.feed(page[start : start + AT_ONCE])
        if len(parser.rawdata) > LONGEST_TAG:
            raise LetterError("is damaged (a tag without an end)")
    parser.close()
    parser.end_paragraph()
    return parser.paragraphs


def pieces_of_html(page: str) -> list[Piece]:
    """The same as pieces."""
    pieces: list[Piece] = []
    for paragraph in paragraphs_of_html(page):
        place = f"paragraph {len(pieces) + 1}"
        part = QUOTED if paragraph.quoted else BODY
        pieces.append(Piece(paragraph.text, place, part))
    return pieces


class _Open(NamedTuple):
    """An element that has begun."""

    tag: str
    unseen: bool
    quoted: bool


class _VisibleText(HTMLParser):
    """Collects paragraphs; an element within an unseen or quoted one is so too."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[HtmlParagraph] = []
        self._words: list[str] = []
        self._open: list[_Open] = []
        self._rest_is_quoted = False

    @property
    def _unseen(self) -> bool:
        return bool(self._open) and self._open[-1].unseen

    @property
    def _quoted(self) -> bool:
        return self._rest_is_quoted or (bool(self._open) and self._open[-1].quoted)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.end_paragraph()
        attributes = {name: value or "" for name, value in attrs}
        if QUOTED_TO_THE_END.search(attributes.get("id", "")):
            self._rest_is_quoted = True
        if tag == "br":
            self._words.append("\n")
        elif tag not in VOID:
            self._open_element(tag, attributes)

    def _open_element(self, tag: str, attributes: Attributes) -> None:
        """Begin an element; what is unseen or quoted around it is so within it."""
        unseen = self._unseen or tag in UNSEEN or _is_hidden(attributes)
        quoted = self._quoted or _is_quote(tag, attributes)
        if len(self._open) < DEEPEST:
            self._open.append(_Open(tag, unseen, quoted))
        if tag == "li" and not unseen:
            self._words.append("• ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element such as `<p/>`, which browsers take for its beginning."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in CELLS:
            self._words.append(CELL_BREAK)
        if tag in BLOCKS:
            self.end_paragraph()
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._words.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def end_paragraph(self) -> None:
        """Keep the words since the last block as a paragraph."""
        text = plain_characters("".join(self._words)).strip().strip("|").strip()
        self._words.clear()
        lines = [re.sub(r" {2,}", " ", line).strip() for line in text.split("\n")]
        shown = "\n".join(filter(None, lines))
        if shown and shown != "•":
            self.paragraphs.append(HtmlParagraph(shown, self._quoted))


def _is_hidden(attributes: Attributes) -> bool:
    if "hidden" in attributes:
        return True
    return bool(HIDDEN_STYLE.search(attributes.get("style", "")))


def _is_quote(tag: str, attributes: Attributes) -> bool:
    if tag == "blockquote" and attributes.get("type") == "cite":
        return True
    if QUOTE_ID.search(attributes.get("id", "")):
        return True
    return bool(QUOTE_CLASS.search(attributes.get("class", "")))
