"""HTML: one file that needs no network and runs no script; themes open to their quotes and
comments.
"""

from pathlib import Path

from coder import files
from coder.exporting.annex import annex, comments_listed
from coder.exporting.document import (
    Block,
    Bullets,
    CodedComment,
    CodedComments,
    Document,
    FigureBlock,
    Part,
    Quotation,
    TableBlock,
    Text,
)
from coder.exporting.drawing.svg import draw_svg
from coder.exporting.grid import Grid, Row
from coder.exporting.tags import Element, isolated, joined, tag
from coder.reporting.report import Report

# The page loads nothing and runs nothing, whatever a comment holds.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
DEEPEST_STYLE = 2  # rows that stand deeper look like these
STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Segoe UI", Arial, sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto;
  max-width: 68rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.3rem; margin-top: 2.2rem; } h3 { font-size: 1.05rem; }
.standing { font-weight: 600; border-left: 4px solid #1f4e79; padding-left: .6rem; } .quiet { color: #555; } .small { font-size: 11px; }
.warning { position: sticky; top: 0; z-index: 1; margin: 0 0 1rem; padding: .5rem .8rem; background: #b00020; color: #fff;
  font-weight: 700; text-align: center; }
.scroll { overflow-x: auto; } .scroll:focus { outline: 2px solid #1f4e79; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #ddd; text-align: right; vertical-align: top; }
th { background: #e7ecf3; font-weight: 600; } th.words, td.words, tbody th { text-align: left; }
tbody th { background: none; font-weight: 400; min-width: 14rem; } tr.main th, tr.main td { font-weight: 600; }
tr.under1 th { padding-left: 1.8rem; } tr.under2 th { padding-left: 3rem; }
details { border-bottom: 1px solid #ddd; padding: .45rem 0; } details details { border: 0; margin-left: 1rem; }
summary { cursor: pointer; } summary:focus { outline: 2px solid #1f4e79; }
blockquote { margin: .6rem 0 .6rem 1rem; padding-left: .8rem; border-left: 3px solid #1f4e79; white-space: pre-line; }
blockquote footer { color: #555; font-size: .85rem; } mark { background: #fff3bf; color: inherit; }
li.comment { white-space: pre-line; margin: .4rem 0; } figure { margin: 1rem 0; overflow-x: auto; } figure svg { min-width: 34rem; } nav a { margin-right: 1rem; }
a { color: #1f4e79; }
@media print { .warning { position: fixed; left: 0; right: 0; background: #fff; color: #b00020; border: 2px solid #b00020; }
  .warning ~ header { padding-top: 3rem; } body { max-width: none; font-size: 11pt; } nav { display: none; } .scroll { overflow: visible; }
  figure, blockquote, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } table { font-size: 8.5pt; } }
"""


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
    links = [tag("a", part.title, href=f"#{part.anchor}") for part in document.parts]
    body = tag(
        "body",
        *_warning(document),
        tag("header", tag("h1", document.title), *map(_block, document.head)),
        tag("nav", *links, aria_label="Contents"),
        tag("main", *(_section(part) for part in document.parts)),
    )
    return tag("html", _head(document), body, lang=document.language)


def _head(document: Document) -> Element:
    title = ". ".join(filter(None, (document.warning, document.title)))
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Element(STYLE)),
    )


def _warning(document: Document) -> list[Element]:
    """What stays in sight on the screen, and stands on every printed page."""
    if not document.warning:
        return []
    return [tag("p", document.warning, class_="warning", role="note")]


# ---------------------------------------------------------------- parts


def _section(part: Part) -> Element:
    below = [_part(each, 3) for each in part.parts]
    blocks = map(_block, part.blocks)
    return tag("section", tag("h2", part.title), *blocks, *below, id=part.anchor)


def _part(part: Part, level: int) -> Element:
    """A part below a section; one that folds opens at its title."""
    content = [*map(_block, part.blocks)]
    content += [_part(each, level + 1) for each in part.parts]
    if not part.fold:
        heading = tag(f"h{level}", part.title, id=part.anchor)
        return joined([heading, *content])
    figures = f" – {part.figures}" if part.figures else None
    summary = tag("summary", tag("strong", part.title), figures)
    is_open = "" if part.fold == "open" else None
    return tag("details", summary, *content, open=is_open, id=part.anchor)


# ---------------------------------------------------------------- blocks


def _block(block: Block) -> Element:
    """One block."""
    if isinstance(block, TableBlock):
        return _table(block.grid)
    if isinstance(block, FigureBlock):
        return tag("figure", draw_svg(block.chart))
    if isinstance(block, CodedComments):
        return _comments_coded(block)
    if isinstance(block, Quotation):
        footer = tag("footer", isolated(block.origin))
        return tag("blockquote", isolated(f"“{block.text}”"), footer)
    if isinstance(block, Bullets):
        return tag("ul", *(tag("li", item) for item in block.items))
    return _text(block)


def _text(block: Text) -> Element:
    style = None if block.role in ("body", "question") else block.role
    return tag("p", block.text, class_=style)


def _comments_coded(block: CodedComments) -> Element:
    items = [tag("li", *_comment(each), class_="comment") for each in block.comments]
    content = [
        tag("summary", f"All comments as coded ({block.total:,})"),
        tag("ul", *items),
    ]
    left = block.total - len(block.comments)
    if left:
        content.append(tag("p", f"{left:,} more are not listed here.", class_="quiet"))
    return tag("details", *content)


def _comment(comment: CodedComment) -> list[Element]:
    """Who wrote it, and its text with the evidence marked."""
    who = tag("span", isolated(comment.origin), ": ", class_="quiet")
    evidence = tag("mark", comment.evidence) if comment.evidence else None
    texts = filter(None, (comment.before, evidence, comment.after))
    return [who, isolated(*texts)]


def _table(grid: Grid) -> Element:
    head = []
    for column in grid.columns:
        kind = "words" if column.is_text else None
        head.append(tag("th", column.heading, scope="col", class_=kind))
    table = tag(
        "table",
        tag("caption", grid.caption),
        tag("thead", tag("tr", *head)),
        tag("tbody", *(_table_row(grid, row) for row in grid.rows)),
    )
    scrolled = tag(
        "div",
        table,
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=grid.caption,
    )
    return joined([scrolled, *(tag("p", note, class_="quiet") for note in grid.notes)])


def _table_row(grid: Grid, row: Row) -> Element:
    cells = []
    for place, (cell, column) in enumerate(zip(row.cells, grid.columns, strict=True)):
        if place == grid.name_column:
            cells.append(tag("th", cell.text, scope="row"))
        else:
            cells.append(
                tag("td", cell.text, class_="words" if column.is_text else None)
            )
    style = f"under{min(row.depth, DEEPEST_STYLE)}"
    if row.depth == 0 and grid.has_main_rows:
        style = "main"
    return tag("tr", *cells, class_=style)
