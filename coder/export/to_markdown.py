"""Markdown: base line, table, quotes, notes. What people wrote is escaped and cannot become markup."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from coder import files
from coder.export.report import Report, percent_text, rank_span, span_text, tenth
from coder.text import safe_text

# What opens markup anywhere in a line, what opens a list or heading at its start, and what becomes a link.
SPECIAL = re.compile(
    r"([\\`*_\[\]<>#|~&$]|^[+\-=](?=\s|[+\-=])|(?<=^)!|:(?=//)|@|(?<=www)\.|(?<=^\d)[.)](?=\s))", re.I
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
        escaped(report.question),
        f"**{escaped(report.base)}**",
        themes(report),
    ]
    parts += ["## Quotes", *_quotes(report)]
    parts += ["## Received, excluded, analysed", _ledger(report)]
    parts += ["## Notes", "\n".join(f"- {escaped(note)}" for note in report.notes)]
    return "\n\n".join(part for part in parts if part) + "\n"


def themes(report: Report) -> str:
    """The theme table; sub-themes and positions are set in."""
    table, sources = report.themes, report.sources
    intervals, ranks = report.intervals, report.rank_ranges
    head = [
        "Rank",
        *(["Rank (95%)"] if ranks else []),
        "Theme",
        "n",
        "%",
        *(["95% interval"] if intervals else []),
    ]
    head += [f"{name}: {unit}" for name in sources for unit in ("n", "%")] if len(sources) > 1 else []
    lines = []
    for row in table.to_dict(orient="records"):
        under = bool(row["position_id"]) or bool(row["parent_id"])
        name = ("– " if under else "") + str(row["theme"])
        cells = ["" if pd.isna(row["rank"]) else str(row["rank"])]
        cells += [rank_span(row["rank_low"], row["rank_high"])] if ranks else []
        cells += [name, f"{row['n']:,}", tenth(row["percent"])]
        cells += [span_text(row["low"], row["high"])] if intervals else []
        if len(sources) > 1:
            for source in sources:
                cells += [f"{row[f'n_{source}']:,}", percent_text(row[f"percent_{source}"])]
        lines.append(cells)
    return grid(head, lines, left={"Theme"})


def grid(head: Sequence[str], lines: Sequence[Sequence[str]], *, left: set[str]) -> str:
    """A Markdown table; columns not in `left` hold numbers."""
    rule = ["---" if name in left else "---:" for name in head]
    rows = [[escaped(name) for name in head], rule, *([escaped(cell) for cell in line] for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _quotes(report: Report) -> list[str]:
    names = {
        (t, p): name
        for t, p, name in report.themes[["theme_id", "position_id", "theme"]].itertuples(index=False)
    }
    order = {key: place for place, key in enumerate(names)}
    parts, last = [], None
    rows = sorted(
        report.quotes.to_dict(orient="records"), key=lambda q: order[(q["theme_id"], q["position_id"])]
    )
    for quote in rows:
        key = (quote["theme_id"], quote["position_id"])
        if key != last:
            parts.append(f"### {escaped(names[key])}")
            last = key
        parts.append(
            f"> “{escaped(quote['quote'])}”\n>\n> {escaped(quote['source'])}, {escaped(quote['comment_id'])}"
        )
    return parts


def _ledger(report: Report) -> str:
    table = report.ledger
    used = [c for c in table.columns if not c.startswith("excluded_") or (table[c] > 0).any()]
    head = [name.replace("excluded_", "").replace("_", " ") for name in used]
    lines = [
        [str(row[c]) if c == "source" else f"{row[c]:,}" for c in used]
        for row in table.to_dict(orient="records")
    ]
    return grid(head, lines, left={"source"})
