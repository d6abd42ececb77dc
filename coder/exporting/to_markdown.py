"""Markdown: base line, tables, quotes, notes. What people wrote is escaped and cannot become
markup.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from coder import files
from coder.exporting.annex import annex
from coder.exporting.commands import split_commands
from coder.exporting.document import (
    AspectItem,
    AspectList,
    Block,
    Bullets,
    Document,
    Paragraph,
    Pointer,
    Quotation,
    TableBlock,
    Text,
)
from coder.exporting.fitting import FittedTable, Room, fit_tables
from coder.exporting.grid import Grid
from coder.exporting.numbering import Number, Numbers
from coder.figures import join_names
from coder.reporting.report import Report
from coder.text import safe_text

WIDTH = 100  # characters of a table, where its longer cells may be broken into lines
# What opens markup anywhere in a line, opens a list or heading at its start, or becomes a link.
# A sign that means nothing where it stands is left as people wrote it.
SPECIAL = re.compile(
    r"""
    [`|]
    | \\(?=[!-/:-@\[-`{-~]|$)       # would take the meaning of the next sign away
    | \*(?=\S) | (?<=\S)\* | ^\*
    | (?<!\w)_ | _(?!\w)            # stress; not inside a word
    | (?<=\S)~ | ~(?=~)             # struck out
    | (?<=\S)\$ | \$(?=\$)          # formulas, in some programs
    | ^\[ | (?<=!)\[ | \[(?=\^) | \](?=[(\[:{])   # links, pictures, footnotes
    | <(?=[a-z/!?])                 # elements
    | &(?=\#?\w+;)                  # a sign by its name
    | ^[+\-=>](?=[\s+\-=>]|$) | ^>  # a list, a rule, a quotation
    | ^\#+(?=\s|$)                  # a heading
    | ^\d{1,9}(?=[.)](?:\s|$))      # a numbered list
    | :(?=//) | @(?=\w) | (?<=www)\.   # addresses
    """,
    re.IGNORECASE | re.VERBOSE,
)


class CharacterRuler:
    """Measures in characters."""

    def width(self, text: str, size: float, *, bold: bool = False) -> float:  # noqa: ARG002 - asked like every ruler
        """How many, times their size."""
        return len(text) * size


ROOM = Room(WIDTH, size=1, padding=3, indent=2, ruler=CharacterRuler())


def write(report: Report, path: Path) -> list[Path]:
    """Write the annex as one Markdown file."""
    return write_document(annex(report), path)


def escaped(text: str) -> str:
    """Text that stands for itself in Markdown, on one line."""
    return SPECIAL.sub(_without_meaning, " ".join(safe_text(text).split()))


def _without_meaning(match: re.Match[str]) -> str:
    """The sign after a backslash; of a number, its stop is what would count."""
    if match[0].isdigit():
        return match[0] + "\\"
    return "\\" + match[0]


def write_document(document: Document, path: Path) -> list[Path]:
    """Write any document as one Markdown file."""
    files.write_text(path, as_markdown(document))
    return [path]


def as_markdown(document: Document) -> str:
    """A document as Markdown text. The warning stands at its top and after every table's title."""
    numbers = Numbers(document)
    warning = _strong(document.warning)
    texts = [warning, f"# {escaped(document.title)}"]
    texts += _blocks(numbers.of_head(document), numbers)
    for level, part in document.walk():
        texts.append(f"{'#' * (level + 1)} {escaped(part.title)}")
        texts += _blocks(numbers.of_part(part), numbers)
    return "\n\n".join(filter(None, texts)) + "\n"


def _blocks(
    blocks: Iterable[tuple[Block, Number | None]], numbers: Numbers
) -> Iterator[str]:
    for block, number in blocks:
        if isinstance(block, TableBlock) and number is not None:
            yield from _tables(block.grid, number)
        else:
            yield _block(block, numbers)


def _block(block: Block, numbers: Numbers) -> str:
    """Anything but a table; figures and comments in full are left to other formats."""
    if isinstance(block, Text):
        return _text(block)
    if isinstance(block, Pointer):
        return _pointer(block, numbers)
    if isinstance(block, Paragraph):
        return escaped(block.text)
    if isinstance(block, AspectList):
        return _lines(map(_aspect, block.items))
    if isinstance(block, Bullets):
        return _lines(f"- {_with_commands(item)}" for item in block.items)
    if isinstance(block, Quotation):
        quote = escaped(f"“{block.text}”")
        return f"> {quote}\n>\n> {escaped(block.origin)}"
    return ""


def _aspect(item: AspectItem) -> str:
    line = f"1. {_strong(item.name)}: {escaped(item.figures)}."
    if item.quote is not None:
        quote = escaped(f"“{item.quote.text}”")
        line += f" {quote} ({escaped(item.quote.origin)})"
    return line


def _text(block: Text) -> str:
    if block.role == "standing":
        return f"*{escaped(block.text)}*"
    if block.role == "base":
        return _strong(block.text)
    return _with_commands(block.text)


def _pointer(block: Pointer, numbers: Numbers) -> str:
    """The tables alone, since there are no figures."""
    labels = []
    for number in numbers.under(block.anchor):
        if number.kind == "Table":
            labels.append(number.label)
    if not labels:
        return ""
    return f"{escaped(block.text)}: {join_names(labels)}."


def _with_commands(text: str) -> str:
    """Escaped, with commands as they are typed."""
    pieces = []
    for piece, is_command in split_commands(text):
        if is_command and "`" not in piece:
            pieces.append(f"`{safe_text(piece, one_line=True)}`")
        else:
            pieces.append(_escaped_inside(piece))
    return "".join(pieces)


def _escaped_inside(piece: str) -> str:
    """A piece of a line, with the blanks at its ends."""
    before = " " if piece[:1].isspace() else ""
    after = " " if piece[-1:].isspace() else ""
    return before + escaped(piece) + after


# ---------------------------------------------------------------- tables


def _tables(grid: Grid, number: Number) -> Iterator[str]:
    """The table, in parts where it is wide: each with its number, title and base above."""
    for fitted in fit_tables(grid, ROOM):
        yield _strong(grid.status)
        yield _strong(f"{number.label}. {fitted.title}")
        yield escaped(grid.base)
        yield table(fitted.grid)
        yield _notes(fitted)


def _notes(fitted: FittedTable) -> str:
    """Notes on lines of their own."""
    return "\\\n".join(map(escaped, fitted.grid.notes))


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
