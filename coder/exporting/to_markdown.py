"""Markdown: base line, tables, quotes, notes. What people wrote is escaped and cannot become markup."""

import re
from pathlib import Path

from coder import files
from coder.exporting.grid import (
    Grid,
    breakdown_grids,
    breakdown_notes,
    ledger_grid,
    quoted_rows,
    theme_grid,
    together_grid,
    waves_grid,
)
from coder.reporting.report import Report
from coder.text import safe_text

# What opens markup anywhere in a line, what opens a list or heading at its start, and what becomes a link.
SPECIAL = re.compile(
    r"([\\`*_\[\]<>#|~&$]|^[+\-=](?=\s|[+\-=])|^!|:(?=//)|@|(?<=www)\.|(?<=^\d)[.)](?=\s))", re.I
)


def write(report: Report, path: Path) -> list[Path]:
    """Write one Markdown file."""
    files.write_text(path, markdown(report))
    return [path]


def escaped(text: str) -> str:
    """Text that stands for itself in Markdown, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(safe_text(text).split()))


def markdown(report: Report) -> str:
    """The report as Markdown text."""
    parts = [
        f"# {escaped(report.title)}",
        f"*{escaped(report.standing)}*",
        escaped(report.question),
        f"**{escaped(report.base)}**",
    ]
    parts += [grid(theme_grid(report)), "## Quotes"]
    for row in quoted_rows(report):
        parts.append(f"### {escaped(row.name)}")
        parts += [
            f"> “{escaped(said)}”\n>\n> {escaped(source)}, {escaped(i)}"
            for said, source, i in row.quotes
        ]
    for breakdown in report.breakdowns:
        parts.append(f"## {escaped(breakdown.title)}")
        for table in breakdown_grids(report, breakdown):
            parts += [
                f"**{escaped(table.caption)}**",
                grid(table),
                "\n".join(f"{escaped(n)}  " for n in table.notes),
            ]
    waves = waves_grid(report)
    if waves:
        parts += [
            "## Before and now",
            grid(waves),
            "\n".join(f"{escaped(n)}  " for n in waves.notes),
        ]
    if len(report.together):
        parts += ["## Themes that go together", grid(together_grid(report))]
    parts += ["## Received, excluded, analysed", grid(ledger_grid(report)), "## Notes"]
    parts.append(
        "\n".join(f"- {escaped(note)}" for note in (*report.notes, *breakdown_notes(report)))
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def grid(table: Grid) -> str:
    """A Markdown table; sub-themes and positions begin with a dash."""
    rule = ["---" if at in table.left else "---:" for at in range(len(table.head))]
    words = min(table.left)
    lines = [[escaped(name) for name in table.head], rule]
    for row, depth in zip(table.rows, table.depth, strict=True):
        cells = [escaped(cell) for cell in row]
        cells[words] = "– " * depth + cells[words]
        lines.append(cells)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
