"""HTML: one file that needs no network and runs no script; themes open to their quotes and
comments.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from coder import files
from coder.exporting.annex import annex, comments_listed
from coder.exporting.commands import split_commands
from coder.exporting.document import (
    AspectList,
    Block,
    Bullets,
    CodedComment,
    CodedComments,
    Document,
    FigureBlock,
    Paragraph,
    Part,
    Pointer,
    Quotation,
    TableBlock,
    Text,
)
from coder.exporting.drawing.chart import NARROW, WIDE
from coder.exporting.drawing.svg import draw_svg
from coder.exporting.html_said import draw_aspects, draw_paragraph
from coder.exporting.html_style import style_sheet
from coder.exporting.html_tables import draw_table
from coder.exporting.numbering import Number, Numbers
from coder.exporting.tags import Element, isolated, joined, tag, text
from coder.reporting.report import Report

# The page loads nothing and runs nothing, whatever a comment holds.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


DEEPEST_HEADING = 6


def write(report: Report, path: Path) -> list[Path]:
    """Write the annex as one HTML file."""
    return write_document(annex(report, with_comments=True), path)


def write_document(document: Document, path: Path) -> list[Path]:
    """Write any document as one HTML file."""
    files.write_text(path, "<!DOCTYPE html>\n" + page(document) + "\n")
    return [path]


def comments_held(report: Report) -> int:
    """How many comments the page lists, beside its quotes."""
    return comments_listed(report)


def page(document: Document) -> Element:
    """The whole page."""
    numbers = Numbers(document)
    links = [_link(part.anchor, part.title) for part in document.parts]
    contents = tag("ul", *(tag("li", link) for link in links))
    head = _blocks(numbers.of_head(document), numbers)
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#content", class_="skip"),
        *_warning(document),
        tag("header", tag("h1", document.title), *head),
        tag("nav", contents, aria_label="Contents") if document.parts else None,
        tag(
            "main",
            *(_section(part, numbers) for part in document.parts),
            id="content",
            tabindex="-1",
        ),
        class_="compact" if document.is_compact else None,
    )
    return tag("html", _head(document), body, lang=document.language)


def _link(anchor: str, words: str) -> Element:
    return tag("a", words, href=f"#{anchor}")


def _head(document: Document) -> Element:
    title = ". ".join(filter(None, (document.warning, document.title)))
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Element(style_sheet(document.warning))),
    )


def _warning(document: Document) -> list[Element]:
    """What stays in sight on the screen."""
    if not document.warning:
        return []
    words = tag("p", document.warning)
    return [tag("aside", words, class_="warning", aria_label="Warning")]


# ---------------------------------------------------------------- parts


def _section(part: Part, numbers: Numbers) -> Element:
    blocks = _blocks(numbers.of_part(part), numbers)
    below = [_part(each, 3, numbers) for each in part.parts]
    return tag("section", tag("h2", part.title), *blocks, *below, id=part.anchor)


def _part(part: Part, level: int, numbers: Numbers) -> Element:
    """A part below a section; one that folds opens at its title."""
    content = [*_blocks(numbers.of_part(part), numbers)]
    content += [_part(each, level + 1, numbers) for each in part.parts]
    name = f"h{min(level, DEEPEST_HEADING)}"
    if not part.fold:
        heading = tag(name, part.title, id=part.anchor)
        return joined([heading, *content])
    figures = f" – {part.figures}" if part.figures else None
    summary = tag("summary", tag(name, part.title), figures)
    is_open = "" if part.fold == "open" else None
    return tag("details", summary, *content, open=is_open, id=part.anchor)


# ---------------------------------------------------------------- blocks


def _blocks(
    blocks: Iterable[tuple[Block, Number | None]], numbers: Numbers
) -> Iterator[Element]:
    for block, number in blocks:
        if isinstance(block, TableBlock) and number is not None:
            yield draw_table(block.grid, number)
        elif isinstance(block, FigureBlock) and number is not None:
            yield _figure(block, number)
        elif isinstance(block, Pointer):
            yield from _pointer(block, numbers)
        else:
            yield _block(block)


def _figure(block: FigureBlock, number: Number) -> Element:
    """The chart in two layouts; the style sheet shows the one that the screen has room for."""
    chart = block.chart
    return tag(
        "figure",
        tag("figcaption", f"{number.label}. {chart.title}"),
        tag("div", draw_svg(chart, WIDE), class_="wide"),
        tag("div", draw_svg(chart, NARROW), class_="narrow"),
        id=number.anchor,
    )


def _pointer(block: Pointer, numbers: Numbers) -> Iterator[Element]:
    """A line with links to the tables and figures of a part, where it has any."""
    links: list[str] = []
    for number in numbers.under(block.anchor):
        links += [", ", _link(number.anchor, number.label)]
    if links:
        yield tag("p", f"{block.text}: ", *links[1:], ".")


def _block(block: Block) -> Element:
    """Any other block."""
    if isinstance(block, CodedComments):
        return _comments_coded(block)
    if isinstance(block, Paragraph):
        return draw_paragraph(block)
    if isinstance(block, AspectList):
        return draw_aspects(block)
    if isinstance(block, Quotation):
        footer = tag("footer", isolated(block.origin))
        return tag("blockquote", isolated(f"“{block.text}”"), footer)
    if isinstance(block, Bullets):
        return tag("ul", *(tag("li", _with_commands(item)) for item in block.items))
    if isinstance(block, Text):
        style = None if block.role == "body" else block.role
        return tag("p", _with_commands(block.text), class_=style)
    return Element("")


def _with_commands(words: str) -> Element:
    """A text with commands as they are typed."""
    pieces = []
    for piece, is_command in split_commands(words):
        pieces.append(tag("code", piece) if is_command else text(piece))
    return joined(pieces)


def _comments_coded(block: CodedComments) -> Element:
    items = []
    for each in block.comments:
        anchor = each.anchor or None
        items.append(tag("li", *_comment(each), class_="comment", id=anchor))
    content = [
        tag("summary", f"All comments as coded ({block.total:,})"),
        tag("ul", *items),
    ]
    left = block.total - len(block.comments)
    if left:
        content.append(tag("p", f"{left:,} more are not listed here.", class_="quiet"))
    anchor = block.anchor or None
    return tag("details", *content, class_="listing", id=anchor)


def _comment(comment: CodedComment) -> list[Element]:
    """Who wrote it, and its text with the evidence marked."""
    who = tag("span", isolated(comment.origin), ": ", class_="quiet")
    evidence = tag("mark", comment.evidence) if comment.evidence else None
    texts = filter(None, (comment.before, evidence, comment.after))
    return [who, isolated(*texts)]
