"""HTML: one file that needs no network and runs no script; themes open to their quotes and comments."""

from pathlib import Path

import pandas as pd

from coder import files
from coder.exporting.charts import breakdown_chart, positions_chart, themes_chart
from coder.exporting.grid import (
    Grid,
    breakdown_grids,
    breakdown_notes,
    full_name,
    ledger_grid,
    theme_grid,
    together_grid,
    waves_grid,
)
from coder.exporting.tags import Element, joined, tag
from coder.reporting.figures import ELLIPSIS, format_tenth
from coder.reporting.redaction import masked
from coder.reporting.report import Report

MOST_LISTED = 300  # comments under one row of the table
LONGEST_LISTED = 1500  # characters of a comment
STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Segoe UI", Arial, sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto;
  max-width: 68rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.3rem; margin-top: 2.2rem; } h3 { font-size: 1.05rem; }
.base { font-weight: 600; } .standing { font-weight: 600; border-left: 4px solid #1f4e79; padding-left: .6rem; } .quiet { color: #555; } .small { font-size: 11px; }
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
@media print { body { max-width: none; font-size: 11pt; } nav { display: none; } .scroll { overflow: visible; }
  figure, blockquote, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } table { font-size: 8.5pt; } }
"""


def write(report: Report, path: Path) -> list[Path]:
    """Write one HTML file."""
    files.write_text(path, "<!DOCTYPE html>\n" + page(report) + "\n")
    return [path]


def comments_held(report: Report) -> int:
    """How many comments the page lists, beside its quotes."""
    groups = report.labels.groupby(["theme_id", "position_id"], sort=False)
    shown = set(zip(report.themes["theme_id"], report.themes["position_id"], strict=True))
    listed = [
        set(_listed(part, report.private)["comment_id"]) for key, part in groups if key in shown
    ]
    return len(set[str]().union(*listed))


def page(report: Report) -> Element:
    """The whole page."""
    waves = waves_grid(report)
    sections = [
        ("themes", "Themes", [_figure(themes_chart(report)), _table(theme_grid(report))]),
        ("quotes", "Quotes and comments", _rows(report)),
        *_breakdowns(report),
        *([("waves", "Before and now", [_table(waves)])] if waves else []),
        ("together", "Themes that go together", [_table(together_grid(report))]),
        ("ledger", "Received, excluded, analysed", [_table(ledger_grid(report))]),
        ("notes", "Notes", [_notes(report)]),
    ]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag(
            "meta",
            http_equiv="Content-Security-Policy",
            content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        ),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", report.title),
        tag("style", Element(STYLE)),
    )
    links = [tag("a", name, href=f"#{anchor}") for anchor, name, _ in sections]
    body = tag(
        "body",
        tag(
            "header",
            tag("h1", report.title),
            tag("p", report.standing, class_="standing"),
            tag("p", report.question),
            tag("p", report.base, class_="base"),
        ),
        tag("nav", *links, aria_label="Contents"),
        tag(
            "main",
            *(
                tag("section", tag("h2", name), *content, id=anchor)
                for anchor, name, content in sections
            ),
        ),
    )
    return tag("html", head, body, lang=report.codebook.language)


def _figure(picture: Element | None) -> Element:
    return tag("figure", picture) if picture else Element("")


def _table(grid: Grid) -> Element:
    words = min(grid.left)
    head = [
        tag("th", name, scope="col", class_="words" if at in grid.left else None)
        for at, name in enumerate(grid.head)
    ]
    body = []
    for row, depth in zip(grid.rows, grid.depth, strict=True):
        cells = [
            tag("th", cell, scope="row")
            if at == words
            else tag("td", cell, class_="words" if at in grid.left else None)
            for at, cell in enumerate(row)
        ]
        body.append(
            tag(
                "tr",
                *cells,
                class_="main" if depth == 0 and "Rank" in grid.head else f"under{min(depth, 2)}",
            )
        )
    notes = [tag("p", note, class_="quiet") for note in grid.notes]
    table = tag(
        "table", tag("caption", grid.caption), tag("thead", tag("tr", *head)), tag("tbody", *body)
    )
    return joined(
        [
            tag("div", table, class_="scroll", tabindex=0, role="region", aria_label=grid.caption),
            *notes,
        ]
    )


def _breakdowns(report: Report) -> list[tuple[str, str, list[Element]]]:
    found = []
    for number, breakdown in enumerate(report.breakdowns, start=1):
        content = []
        grids = breakdown_grids(report, breakdown)
        for route, grid in zip(dict.fromkeys(breakdown.cells["route"]), grids, strict=True):
            content += [_figure(breakdown_chart(report, breakdown, route)), _table(grid)]
        if breakdown.column == "route":
            pictures = [
                positions_chart(report, t.id) for t in report.codebook.active if t.positions
            ]
            content += [_figure(picture) for picture in pictures]
        content += [tag("ul", *(tag("li", note) for note in breakdown.notes))]
        found.append((f"by-{number}", breakdown.title, content))
    return found


def _notes(report: Report) -> Element:
    notes = [*report.notes, *breakdown_notes(report)]
    facts = [
        f"{key.replace('_', ' ')}: {value}"
        for key, value in report.facts.items()
        if isinstance(value, (str, int)) and value != ""
    ]
    return joined(
        [
            tag("ul", *(tag("li", note) for note in notes)),
            tag("p", "; ".join(facts), class_="quiet"),
        ]
    )


def _rows(report: Report) -> list[Element]:
    """Each row of the table, opening to its quotes and then to every comment that carries it."""
    texts = dict(
        zip(report.comments["comment_id"].astype(str), report.comments["text"], strict=True)
    )
    sources = dict(
        zip(
            report.comments["comment_id"].astype(str),
            report.comments["source"].astype(str),
            strict=True,
        )
    )
    groups = dict(iter(report.labels.groupby(["theme_id", "position_id"], sort=False)))
    found = []
    for row in report.themes.to_dict(orient="records"):
        key = (row["theme_id"], row["position_id"])
        quotes = report.quotes[
            (report.quotes["theme_id"] == key[0]) & (report.quotes["position_id"] == key[1])
        ]
        said = [
            tag("blockquote", f"“{q.quote}”", tag("footer", f"{q.source}, {q.comment_id}"))
            for q in quotes.itertuples()
        ]
        part = groups.get(key)
        listing = _comments(part, texts, sources, report.private) if part is not None else None
        number = "" if pd.isna(row["rank"]) else f"{row['rank']}. "
        summary = tag(
            "summary",
            tag("strong", f"{number}{full_name(report, row)}"),
            f" – {row['n']:,} comment{'' if row['n'] == 1 else 's'}"
            + (f", {format_tenth(row['percent'])}%" if row["percent"] == row["percent"] else ""),
        )
        about = tag("p", row["description"], class_="quiet") if row["description"] else None
        found.append(
            tag("details", summary, about, *said, listing, open="" if said and number else None)
        )
    return found


def _listed(part: pd.DataFrame, private: frozenset[str]) -> pd.DataFrame:
    """The comments of a row that the page shows: the likeliest, of people who did not decline."""
    public = part[~part["comment_id"].isin(private)]
    return public.sort_values(["probability", "comment_id"], ascending=[False, True]).head(
        MOST_LISTED
    )


def _comments(
    part: pd.DataFrame, texts: dict[str, str], sources: dict[str, str], private: frozenset[str]
) -> Element:
    shown = _listed(part, private)
    items = []
    for comment_id, origin, start, end in shown[
        ["comment_id", "origin", "evidence_start", "evidence_end"]
    ].itertuples(index=False, name=None):
        who = f"{sources[comment_id]}, {comment_id}{', reviewed' if origin == 'reviewer' else ''}: "
        items.append(
            tag(
                "li",
                tag("span", who, class_="quiet"),
                *_marked(texts[comment_id], int(start), int(end)),
                class_="comment",
            )
        )
    left = len(part) - len(shown)
    more = tag("p", f"{left:,} more are not listed here.", class_="quiet") if left else None
    return tag(
        "details", tag("summary", f"All comments as coded ({len(part):,})"), tag("ul", *items), more
    )


def _marked(text: str, start: int, end: int) -> list[str]:
    """A comment with its evidence marked and personal details masked."""
    last = min(len(text), LONGEST_LISTED)
    more = [f" {ELLIPSIS}"] if last < len(text) else []
    if start < 0 or end <= start or end > last:
        return [masked(text, 0, last)[0], *more]
    said = tag("mark", masked(text, start, end)[0])
    return [masked(text, 0, start)[0], said, masked(text, end, last)[0], *more]
