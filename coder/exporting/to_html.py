"""HTML: one file that needs no network and runs no script; themes open to their quotes and
comments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from coder import files
from coder.exporting.charts import breakdown_chart, positions_chart, themes_chart
from coder.exporting.contents import (
    Section,
    full_name,
    note_sections,
    quoted_rows,
    sections,
    theme_grid,
    with_warning,
)
from coder.exporting.grid import Grid, Row
from coder.exporting.tags import Element, isolated, joined, tag
from coder.figures import ELLIPSIS, format_tenth
from coder.reporting.redaction import mask_details
from coder.reporting.report import Report
from coder.text import count

MOST_LISTED = 300  # comments under one row of the table
LONGEST_LISTED = 1500  # characters of a comment
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
    """Write one HTML file."""
    files.write_text(path, "<!DOCTYPE html>\n" + page(report) + "\n")
    return [path]


def comments_held(report: Report) -> int:
    """How many comments the page lists, beside its quotes."""
    rows = set(
        zip(report.themes["theme_id"], report.themes["position_id"], strict=True)
    )
    shown: set[str] = set()
    for key, part in report.labels.groupby(["theme_id", "position_id"], sort=False):
        if key in rows:
            shown |= set(_listed(part, report.private)["comment_id"])
    return len(shown)


def page(report: Report) -> Element:
    """The whole page."""
    parts = [
        _section(
            "themes",
            "Themes",
            _figure(themes_chart(report)),
            _table(theme_grid(report)),
        ),
        _section("quotes", "Quotes and comments", *_theme_details(report)),
    ]
    links = [("themes", "Themes"), ("quotes", "Quotes and comments")]
    for section in sections(report):
        parts.append(
            _section(section.anchor, section.title, *_contents(report, section))
        )
        links.append((section.anchor, section.title))
    parts.append(_section("notes", "Notes", _notes(report)))
    links.append(("notes", "Notes"))
    contents = [tag("a", title, href=f"#{anchor}") for anchor, title in links]
    body = tag(
        "body",
        *_warning(report),
        _header(report),
        tag("nav", *contents, aria_label="Contents"),
        tag("main", *parts),
    )
    return tag(
        "html",
        _head(report),
        body,
        lang=report.codebook.language,
    )


def _head(report: Report) -> Element:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", with_warning(report, report.title)),
        tag("style", Element(STYLE)),
    )


def _warning(report: Report) -> list[Element]:
    """What stays in sight on the screen, and stands on every printed page."""
    if not report.warning:
        return []
    return [tag("p", report.warning, class_="warning", role="note")]


def _header(report: Report) -> Element:
    standing, *others = report.notes.reader
    return tag(
        "header",
        tag("h1", report.title),
        tag("p", standing, class_="standing"),
        *(tag("p", note) for note in others),
        tag("p", report.question),
    )


def _section(anchor: str, title: str, *content: Element) -> Element:
    return tag("section", tag("h2", title), *content, id=anchor)


def _contents(report: Report, section: Section) -> list[Element]:
    """The tables of a section, those of a breakdown with their charts and notes."""
    breakdown = section.breakdown
    if breakdown is None:
        return [_table(grid) for grid in section.grids]
    content = []
    routes = dict.fromkeys(breakdown.cells["route"])
    for route, grid in zip(routes, section.grids, strict=True):
        content += [_figure(breakdown_chart(report, breakdown, route)), _table(grid)]
    if breakdown.column == "route":
        for theme in report.codebook.active:
            if theme.positions:
                content.append(_figure(positions_chart(report, theme.id)))
    content.append(_list(breakdown.notes))
    return content


def _figure(picture: Element | None) -> Element:
    return tag("figure", picture) if picture else Element("")


def _list(items: "list[str] | tuple[str, ...]") -> Element:
    return tag("ul", *(tag("li", item) for item in items))


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


def _notes(report: Report) -> Element:
    """What analysts need; the technical record opens."""
    analyst, record = note_sections(report)
    summary = tag("summary", tag("strong", record.title))
    return joined(
        [
            tag("h3", analyst.title),
            _list(analyst.notes),
            tag("details", summary, _list(record.notes)),
        ]
    )


# ---------------------------------------------------------------- themes, opening to their comments


@dataclass(frozen=True)
class CommentSection:
    """Text and source of each comment, by id."""

    texts: Mapping[str, str]
    sources: Mapping[str, str]
    private: frozenset[str]

    @classmethod
    def of(cls, report: Report) -> "CommentSection":
        """The analysed comments of a report."""
        ids = report.comments["comment_id"].astype(str)
        texts = dict(zip(ids, report.comments["text"], strict=True))
        sources = dict(zip(ids, report.comments["source"].astype(str), strict=True))
        return cls(texts, sources, report.private)


def _theme_details(report: Report) -> list[Element]:
    """Each row of the theme table, opening to its quotes and then to the comments that carry it."""
    comments = CommentSection.of(report)
    quotes = {row.key: row.quotes for row in quoted_rows(report)}
    labels = dict(iter(report.labels.groupby(["theme_id", "position_id"], sort=False)))
    details = []
    for row in report.themes.to_dict(orient="records"):
        key = (row["theme_id"], row["position_id"])
        content = []
        if row["description"]:
            content.append(tag("p", row["description"], class_="quiet"))
        for quote, source, comment_id in quotes.get(key, ()):
            footer = tag("footer", isolated(f"{source}, {comment_id}"))
            words = isolated(f"“{quote}”")
            content.append(tag("blockquote", words, footer))
        if key in labels:
            content.append(_comments_coded(labels[key], comments))
        is_open = key in quotes and pd.notna(row["rank"])
        summary = _summary(report, row)
        details.append(tag("details", summary, *content, open="" if is_open else None))
    return details


def _summary(report: Report, row: Mapping[Any, Any]) -> Element:
    name = full_name(report, row)
    if pd.notna(row["rank"]):
        name = f"{row['rank']}. {name}"
    figures = "not counted yet"
    if pd.notna(row["n"]):
        figures = count(row["n"], "comment")
    if pd.notna(row["percent"]):
        figures += f", {format_tenth(row['percent'])}%"
    return tag("summary", tag("strong", name), f" – {figures}")


def _listed(labels: pd.DataFrame, private: frozenset[str]) -> pd.DataFrame:
    """The labels of a row whose comments the page shows: the likeliest, of people who did not
    decline.
    """
    public = labels[~labels["comment_id"].isin(private)]
    in_order = public.sort_values(
        ["probability", "comment_id"], ascending=[False, True]
    )
    return in_order.head(MOST_LISTED)


def _comments_coded(labels: pd.DataFrame, comments: CommentSection) -> Element:
    shown = _listed(labels, comments.private)
    items = []
    for label in shown.to_dict(orient="records"):
        comment_id = label["comment_id"]
        author = f"{comments.sources[comment_id]}, {comment_id}"
        if label["origin"] == "reviewer":
            author += ", reviewed"
        text = comments.texts[comment_id]
        evidence = mark_evidence(
            text,
            int(label["evidence_start"]),
            int(label["evidence_end"]),
        )
        who = tag("span", isolated(author), ": ", class_="quiet")
        items.append(tag("li", who, isolated(*evidence), class_="comment"))
    content = [
        tag("summary", f"All comments as coded ({len(labels):,})"),
        tag("ul", *items),
    ]
    left = len(labels) - len(shown)
    if left:
        content.append(tag("p", f"{left:,} more are not listed here.", class_="quiet"))
    return tag("details", *content)


def mark_evidence(text: str, start: int, end: int) -> list[str]:
    """A comment as text and marked elements: its evidence marked, personal details masked, long
    ones cut.

    Args:
        start, end: the evidence is `text[start:end]`; a negative start says there is none.
    """
    last = min(len(text), LONGEST_LISTED)
    rest = [f" {ELLIPSIS}"] if last < len(text) else []
    if start < 0 or end <= start or end > last:
        return [mask_details(text, 0, last).text, *rest]
    evidence = tag("mark", mask_details(text, start, end).text)
    return [
        mask_details(text, 0, start).text,
        evidence,
        mask_details(text, end, last).text,
        *rest,
    ]
