"""Tables in Word: headings that repeat, rows that stay whole, none left alone on a page."""

from coder.exporting.fitting import FittedTable
from coder.exporting.grid import Grid, Row
from coder.exporting.word.markup import element, paragraph, run

TWENTIETHS = 20  # of a point
INDENT = 12.0  # points, for each level that a row stands below another
ROW_HEIGHT = 26.0  # points, about, of a row of two lines
WHOLE_SHARE = 0.75  # of a page, that a table takes which is kept whole
LONGEST_GROUP = 8  # rows under one that stay with it


def table_xml(
    fitted: FittedTable,
    style_ids: dict[str, str],
    description: str,
    page: float,
    *,
    has_more: bool,
) -> str:
    """The table.

    Args:
        description: for people who cannot see it.
        page: points between the upper and the lower margin.
        has_more: whether notes stand under it, which its last row stays with.
    """
    grid = fitted.grid
    widths = [round(width * TWENTIETHS) for width in fitted.widths]
    look = element(
        "tblLook",
        val="0420",
        firstRow=1,
        lastRow=0,
        firstColumn=0,
        lastColumn=0,
        noHBand=1,
        noVBand=1,
    )
    properties = element(
        "tblPr",
        element("tblStyle", val=style_ids["Report Table"]),
        element("tblW", w=sum(widths), type="dxa"),
        element("tblLayout", type="fixed"),
        look,
        element("tblCaption", val=grid.title),
        element("tblDescription", val=description),
    )
    columns = element("tblGrid", *(element("gridCol", w=width) for width in widths))
    short = WHOLE_SHARE * page / ROW_HEIGHT
    kept = _rows_kept_with_next(grid, short, has_more=has_more)
    lines = [_head(grid, widths, style_ids["Table Heading"])]
    for row, keep in zip(grid.rows, kept, strict=True):
        lines.append(_row(grid, row, widths, style_ids["Table Text"], keep))
    return element("tbl", properties, columns, *lines)


def _rows_kept_with_next(grid: Grid, short: float, *, has_more: bool) -> list[bool]:
    """Which rows stay with the one below: all of a short table, the first and the last ones of
    a long one, and those that the next one stands under or beside.
    """
    last = len(grid.rows) - 1
    kept = []
    group = 0  # rows that were kept together so far
    for place in range(len(grid.rows)):
        if place == last:
            kept.append(has_more)
            continue
        is_over_next = grid.rows[place + 1].depth > 0
        group = group + 1 if is_over_next else 0
        is_near_end = place == 0 or place >= last - 2
        in_group = is_over_next and group <= LONGEST_GROUP
        kept.append(len(grid.rows) <= short or is_near_end or in_group)
    return kept


def _head(grid: Grid, widths: list[int], style_id: str) -> str:
    properties = element("trPr", element("cantSplit"), element("tblHeader"))
    cells = []
    for column, width in zip(grid.columns, widths, strict=True):
        layout = [element("keepNext")]
        if not column.is_text:
            layout.append(element("jc", val="right"))
        text = paragraph(style_id, run(column.heading), properties=layout)
        cells.append(_cell(width, text, element("vAlign", val="bottom")))
    return element("tr", properties, *cells)


def _row(
    grid: Grid,
    row: Row,
    widths: list[int],
    style_id: str,
    keep: bool,
) -> str:
    is_main = grid.has_main_rows and row.depth == 0
    strong = [element("b")] if is_main else []
    cells = []
    for place, (text, width) in enumerate(zip(row.texts, widths, strict=True)):
        layout = [element("keepNext")] if keep else []
        if place == grid.name_column and row.depth:
            left = round(INDENT * row.depth * TWENTIETHS)
            layout.append(element("ind", left=left))
        if not grid.columns[place].is_text:
            layout.append(element("jc", val="right"))
        words = paragraph(style_id, run(text, *strong), properties=layout)
        whole = [] if grid.columns[place].is_text else [element("noWrap")]
        cells.append(_cell(width, words, *whole))
    return element("tr", element("trPr", element("cantSplit")), *cells)


def _cell(width: int, text: str, *properties: str) -> str:
    size = element("tcW", w=width, type="dxa")
    return element("tc", element("tcPr", size, *properties), text)
