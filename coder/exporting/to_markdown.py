"""Markdown: base line, tables, quotes, notes. What people wrote is escaped and cannot become
markup.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from coder import files
from coder.exporting.contents import (
    QuotedRow,
    Section,
    note_sections,
    quoted_rows,
    sections,
    theme_grid,
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
    """Write one Markdown file."""
    files.write_text(path, markdown(report))
    return [path]


def escaped(text: str) -> str:
    """Text that stands for itself in Markdown, on one line."""
    return SPECIAL.sub(r"\\\g<0>", " ".join(safe_text(text).split()))


def markdown(report: Report) -> str:
    """The report as Markdown text."""
    parts = [
        _warning(report),
        f"# {escaped(report.title)}",
        *_notes_for_readers(report),
        escaped(report.question),
        f"**{escaped(report.base)}**",
        table(theme_grid(report)),
        _warning(report),
        "## Quotes",
    ]
    for row in quoted_rows(report):
        parts += _quotes(row)
    for section in sections(report):
        parts += _section(section)
    parts.append("## Notes")
    for notes in note_sections(report):
        parts.append(f"### {escaped(notes.title)}")
        parts.append(_lines(f"- {escaped(note)}" for note in notes.notes))
    return "\n\n".join(part for part in parts if part) + "\n"


def _warning(report: Report) -> str:
    return f"**{escaped(report.warning)}**" if report.warning else ""


def _notes_for_readers(report: Report) -> list[str]:
    """What the counts are stands out."""
    standing, *others = map(escaped, report.notes.reader)
    return [f"*{standing}*", *others]


def _quotes(row: QuotedRow) -> list[str]:
    parts = [f"### {escaped(row.name)}"]
    for quote, source, comment_id in row.quotes:
        parts.append(
            f"> “{escaped(quote)}”\n>\n> {escaped(source)}, {escaped(comment_id)}"
        )
    return parts


def _section(section: Section) -> list[str]:
    parts = [f"## {escaped(section.title)}"]
    for grid in section.grids:
        if grid.caption != section.title:
            parts.append(f"**{escaped(grid.caption)}**")
        parts.append(table(grid))
        parts.append(_lines(f"{escaped(note)}  " for note in grid.notes))
    return parts


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
