"""Made-up documents of every size: many sources, groups and themes, long names, hostile text."""

from coder.exporting.document import (
    Block,
    Bullets,
    CodedComment,
    CodedComments,
    Document,
    FigureBlock,
    Part,
    Pointer,
    Quotation,
    TableBlock,
    Text,
)
from coder.exporting.grid import Cell, Grid, GridColumn, Repeat, Row
from made_charts import NAMES, WARNING, bodies, chart_of

SOURCES = ("Talk London", "Representative Poll", "BAME Boost Poll", "Young Londoners' postcard")
HOSTILE = "<script>alert(1)</script> | *+more officers* [link](http://example.org) \u202e =1+1"


def theme_grid(themes: int, sources: int, *, status: str = "") -> Grid:
    """Rank, theme, n, per cent, interval, then two columns a source; some rows stand under others."""
    columns = [
        GridColumn("Rank", "whole", 6), GridColumn("Theme", "text", 34), GridColumn("n", "whole", 8),
        GridColumn("% of all", "tenth", 8), GridColumn("95% interval", "range", 13),
    ]  # fmt: skip
    for source in SOURCES[:sources]:
        columns.append(GridColumn(f"{source}: n", "whole", 10, Repeat("source", source, "n")))
        columns.append(GridColumn(f"{source}: %", "tenth", 10, Repeat("source", source, "%")))
    rows = []
    for number in range(themes):
        depth = 1 if number % 5 == 3 else 0
        cells = [number_cell("" if depth else str(number + 1)), Cell(name_of(number), "")]
        cells += map(number_cell, ("1,234", "13.2", "10.8 to 16.1"))
        cells += [number_cell(text) for text in ("140", "12.1") * sources]
        rows.append(Row(tuple(cells), depth))
    base = f"Base: 932 comments analysed ({', '.join(SOURCES[:sources])})."
    notes = ("▲ ▼ significantly higher or lower than the rest",)
    return Grid("Themes in the comments", tuple(columns), tuple(rows), notes, True, base, status)


def group_grid(themes: int, groups: int, *, status: str = "") -> Grid:
    """Per cent of each theme in each group."""
    columns = [GridColumn("Theme", "text", 44)]
    columns += [GridColumn(f"{name_of(n)} (n={30 + n})", "percent", 13) for n in range(groups)]
    rows = []
    for number in range(themes):
        cells = [number_cell("13% ▲") for _ in range(groups)]
        rows.append(Row((Cell(name_of(number), ""), *cells)))
    return Grid("Themes by borough, per cent", tuple(columns), tuple(rows), status=status)


def number_cell(text: str) -> Cell:
    return Cell(text, text)


def name_of(number: int) -> str:
    return f"{NAMES[number % len(NAMES)]} {number}"


def document(themes: int = 14, sources: int = 4, groups: int = 12, *, warned: bool = True) -> Document:  # fmt: skip
    warning = WARNING if warned else ""
    chart = chart_of(next(bodies(min(themes, 12), 2)))
    comments = CodedComments((CodedComment("Poll, c1", "We want ", HOSTILE, " soon"),), 7)
    said: list[Block] = [Text("Mentioned in 140 of 932 comments."), Quotation(HOSTILE, "Poll, c1")]
    parts = (
        Part("themes", "Themes", (FigureBlock(chart), TableBlock(theme_grid(themes, sources, status=warning)))),
        Part(
            "said", "What people said", (Pointer("How many comments mention each theme", "themes"),),
            (Part("theme-a", NAMES[0], (*said, comments), figures="140 comments", fold="open"),
             Part("theme-b", HOSTILE, tuple(said), figures="3 comments", fold="closed")),
        ),
        Part("by-1", "Themes by borough", (TableBlock(group_grid(themes, groups, status=warning)),)),
        Part("notes", "Notes", parts=(
            Part("analysts", "For analysts", (Bullets(("To draw a sample: coder review plan --codebook 'my plan.yaml' --sample 100.", HOSTILE)),)),
            Part("record", "Technical record", (Bullets(("Seed: 0.",)),), fold="closed"),
        )),
    )  # fmt: skip
    head = (Text("Estimated, from 200 comments.", "standing"), Text("Anything else?", "question"))
    return Document(f"Plan {HOSTILE}", "en", "Base: 932 comments.", warning, head, parts)
