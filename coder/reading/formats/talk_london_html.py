"""A Talk London discussion page saved as HTML: read as the text that a visitor sees."""

import re
from html.parser import HTMLParser
from pathlib import Path

from coder.reading.encoding import decode
from coder.reading.formats.talk_london_page import page_as_table
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable

# Elements that begin and end a line.
BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "button",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "tr",
        "ul",
    )
)
INVISIBLE = frozenset(("script", "style", "template", "noscript", "head", "svg"))


def load(path: Path, options: FileOptions) -> RawTable:
    """Read a page saved as HTML. Raises as `talk_london_page.page_as_table` does."""
    page, encoding = decode(path.read_bytes(), path, options.encoding)
    return page_as_table(text_of_html(page), path, encoding)


def text_of_html(page: str) -> str:
    """What a visitor sees of an HTML page, a line a block, without scripts and styles."""
    parser = _VisibleText()
    parser.feed(page)
    parser.close()
    lines = [line.strip(" ") for line in "".join(parser.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


class _VisibleText(HTMLParser):
    """Collects the text between tags, with a line break around each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open_invisible: list[str] = []

    def handle_starttag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],
    ) -> None:
        if tag in INVISIBLE:
            self._open_invisible.append(tag)
        elif tag in BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("• ")
        if tag == "img":
            alternative = dict(attrs).get("alt") or ""
            if alternative.startswith("Avatar for"):
                self.parts.append(f"\n{alternative}\n")

    def handle_endtag(self, tag: str) -> None:
        if self._open_invisible and tag == self._open_invisible[-1]:
            self._open_invisible.pop()
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._open_invisible:
            # Line ends in the source are spaces on the page.
            self.parts.append(re.sub(r"[ \t\r\n]+", " ", data))
