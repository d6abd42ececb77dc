"""Markdown: base line, tables, quotes, notes. What people wrote is escaped and cannot become
markup.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from coder import files
from coder.exporting.annex import annex
from coder.exporting.document import (
    Block,
    Bullets,
    Document,
    Quotation,
    TableBlock,
    Text,
)
from coder.exporting.grid import Grid
from coder.reporting.report import Report
from coder.text import safe_text

# What opens markup anywhere in a line, opens a list or heading at its start, or becomes a link.
SPECIAL = re.compile(
    r"""
    [\\`*_\[\]<>#|~&$]        # markup anywhere
    | ^[+\-=](?=\s|[+\-=])    # a list or a rule under a heading
    | ^!
    | :(?=//) | @ | (?<=www)\.   # addresses
    | (?<=^\d)[.)](?=\s)      # a numbered list
    """,
    re.IGNORECASE | re.VERBOSE,
)


def write(report: Report, path: Path) -> list[Path]:
    """Write the annex as one Markdown file."""
    return write_document(annex(report), path)


def escaped(text: str) -> str:
    """Text that stands for itself in Markdown, on one line."""
    return SPECIAL.sub(r"\\\g<0>", " ".join(safe_text(text).split()))


def write_document(document: Document, path: Path) -> list[Path]:
    """Write any document as one Markdown file."""
    files.write_text(path, as_markdown(document))
    return [path]


def as_markdown(document: Document) -> str:
    """A document as Markdown text. The warning stands at its top and after every table's title."""
    warning = _strong(document.warning)
    texts = [warning, f"# {escaped(document.title)}"]
    texts += _blocks(document.head)
    for level, part in document.walk():
        texts.append(f"{'#' * (level + 1)} {escaped(part.title)}")
        texts += _blocks(part.blocks, part.title)
    return "\n\n".join(filter(None, texts)) + "\n"


def _blocks(blocks: Iterable[Block], title: str = "") -> list[str]:
    texts = []
    for block in blocks:
        if isinstance(block, TableBlock):
            texts += _table_with_title(block.grid, title)
        else:
            texts.append(_block(block))
    return texts


def _block(block: Block) -> str:
    """Anything but a table; figures and comments in full are left to other formats."""
    if isinstance(block, Text):
        return _text(block)
    if isinstance(block, Bullets):
        return _lines(f"- {escaped(item)}" for item in block.items)
    if isinstance(block, Quotation):
        return f"> “{escaped(block.text)}”\n>\n> {escaped(block.origin)}"
    return ""


def _text(block: Text) -> str:
    if block.role == "standing":
        return f"*{escaped(block.text)}*"
    if block.role == "base":
        return _strong(block.text)
    return escaped(block.text)


def _table_with_title(grid: Grid, title: str) -> list[str]:
    """The table under its title, which is left out where it is that of the part."""
    texts = [_strong(grid.status)]
    if grid.title != title:
        texts.append(_strong(grid.title))
    texts.append(_strong(grid.base))
    texts.append(table(grid))
    texts.append(_lines(f"{escaped(note)}  " for note in grid.notes))
    return texts


def _strong(text: str) -> str:
    return f"**{escaped(text)}**" if text else ""


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def table(grid: Grid) -> str:
    """A Markdown table; the names of sub-themes and positions begin with a dash."""
    heads = [escaped(column.heading) for column in grid.columns]
    rules = ["---" if column.is_text else "---:" for column in grid.columns]
    lines = [heads, rules]
    for row in grid.rows:
        cells = [escaped(text) for text in row.texts]
        cells[grid.name_column] = "– " * row.depth + cells[grid.name_column]
        lines.append(cells)
    return _lines(f"| {' | '.join(line)} |" for line in lines)
