"""A document before it has a format: texts, tables and figures. A writer renders its blocks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from coder.exporting.drawing.chart import Chart
from coder.exporting.grid import Grid

# What a text is for, which decides how it looks. `standing` says what the counts are.
Role = Literal["body", "standing", "question", "base", "quiet"]
# On a page that can fold: always shown, or opened by the reader, and how it is at first.
Fold = Literal["", "open", "closed"]


@dataclass(frozen=True)
class Text:
    """One paragraph."""

    text: str
    role: Role = "body"


@dataclass(frozen=True)
class Link:
    """A place in the same document, and what stands for it in a line."""

    label: str
    target: str  # an anchor
    name: str  # what it leads to, for who hears the page


@dataclass(frozen=True)
class LinkedSentence:
    """A sentence and where its comments are.

    Attributes:
        caution: why it must not be published as it is; empty where nothing speaks against it.
    """

    text: str
    links: tuple[Link, ...] = ()
    caution: str = ""

    @property
    def whole(self) -> str:
        """The sentence, with its caution in brackets."""
        return f"{self.text} [{self.caution}]" if self.caution else self.text


@dataclass(frozen=True)
class Paragraph:
    """Sentences about what people said; formats without links show their text."""

    sentences: tuple[LinkedSentence, ...]

    @property
    def text(self) -> str:
        """All sentences."""
        return " ".join(sentence.whole for sentence in self.sentences)


@dataclass(frozen=True)
class Bullets:
    """A list of short texts."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Quotation:
    """What somebody wrote, and where it comes from."""

    text: str
    origin: str


@dataclass(frozen=True)
class AspectItem:
    """One thing that comments of a theme mention.

    Attributes:
        figures: how many comments.
        comments: where those that the page lists are.
        more: how many are not listed.
    """

    anchor: str
    name: str
    figures: str
    quote: Quotation | None
    comments: tuple[Link, ...]
    more: int


@dataclass(frozen=True)
class AspectList:
    """What comments of a theme mention, with counts and a quote for each."""

    items: tuple[AspectItem, ...]


@dataclass(frozen=True)
class TableBlock:
    """A table with its title, base line, status and notes."""

    grid: Grid


@dataclass(frozen=True)
class FigureBlock:
    """A chart; its figures stand in a table too."""

    chart: Chart


@dataclass(frozen=True)
class CodedComment:
    """A comment as it was coded: its origin, and its text before, in and after the evidence.

    Attributes:
        anchor: its name in links.
    """

    origin: str
    before: str
    evidence: str
    after: str
    comment_id: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class CodedComments:
    """Comments in full that carry a theme; only a page lists them.

    Attributes:
        total: how many carry it, those not listed too.
        anchor: the name of the list in links.
    """

    comments: tuple[CodedComment, ...]
    total: int
    anchor: str = ""


@dataclass(frozen=True)
class Pointer:
    """A line that sends readers to the tables and figures of a part.

    Attributes:
        text: what they find there, such as `Counts and shares`.
        anchor: of the part; a part without tables and figures leaves the line out.
    """

    text: str
    anchor: str


Block = (
    Text
    | Paragraph
    | Bullets
    | Quotation
    | AspectList
    | TableBlock
    | FigureBlock
    | CodedComments
    | Pointer
)


@dataclass(frozen=True)
class Part:
    """A part of a document, with the parts below it.

    Attributes:
        anchor: its name in links; unique in the document.
        figures: what stands beside its title in a contents list or on a folded page.
    """

    anchor: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple["Part", ...] = ()
    figures: str = ""
    fold: Fold = ""


@dataclass(frozen=True)
class Document:
    """A whole document.

    Attributes:
        language: of its text, such as `en`.
        base: one line, for the properties of a file.
        warning: what must stand on every page, table and figure; empty where nothing must.
        head: what stands before the first part.
        is_compact: it is printed on as little paper as can be read.
    """

    title: str
    language: str
    base: str
    warning: str
    head: tuple[Block, ...]
    parts: tuple[Part, ...]
    is_compact: bool = False

    def walk(self) -> Iterator[tuple[int, Part]]:
        """Every part with its level, from 1, in reading order."""
        for part in self.parts:
            yield from _walk(part, 1)


def _walk(part: Part, level: int) -> Iterator[tuple[int, Part]]:
    yield level, part
    for below in part.parts:
        yield from _walk(below, level + 1)


def without_figures(document: Document) -> Document:
    """The same document for a format, or a machine, that draws no charts."""
    parts = tuple(map(_part_without_figures, document.parts))
    return replace(document, head=_no_figures(document.head), parts=parts)


def _part_without_figures(part: Part) -> Part:
    below = tuple(map(_part_without_figures, part.parts))
    return replace(part, blocks=_no_figures(part.blocks), parts=below)


def _no_figures(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if not isinstance(block, FigureBlock))
