"""The quality report as a document, and as the last part of an annex."""

from collections.abc import Iterator
from dataclasses import replace
from textwrap import shorten

from coder import tables
from coder.exporting.document import Block, Document, Part, TableBlock, Text
from coder.exporting.grid import Cell, Grid, GridColumn, Row, lay_out
from coder.figures import ELLIPSIS
from coder.reporting.report import Report

TITLE = "About the quality of these figures"
TOPIC, STATEMENT = (
    GridColumn("Topic", "text", 16),
    GridColumn("What is known", "text", 80),
)
LONGEST_NAME = 38  # characters, so that a theme takes one line
LEFT_OUT = (
    "relative_error",
    "reviewed",
    "drawn",
    "alpha",
    "alpha_base",
    "precision",
    "precision_base",
    "recall",
    "recall_base",
)


def quality_document(report: Report) -> Document:
    """The quality report alone, on one page where the themes are few."""
    return Document(
        title=f"{report.title}: quality of the figures",
        language=report.codebook.language,
        base=report.base,
        warning=report.warning,
        head=(Text(report.standing, "standing"),),
        parts=(quality_part(report),),
        is_compact=True,
    )


def quality_part(report: Report) -> Part:
    """What a statistician asks, then the grade of each row of the theme table with its reasons."""
    blocks: list[Block] = [TableBlock(_statements_grid(report))]
    if len(report.quality.grades):
        blocks.append(TableBlock(_grades_grid(report)))
    return Part("quality", TITLE, tuple(blocks))


def _statements_grid(report: Report) -> Grid:
    rows = []
    for statement in report.quality.statements:
        texts = (statement.topic, statement.text)
        rows.append(Row(tuple(Cell(text, text) for text in texts)))
    return Grid("Quality report", (TOPIC, STATEMENT), tuple(rows))


def _grades_grid(report: Report) -> Grid:
    """The grades under the short names of the themes, with the rule below."""
    grades = report.quality.grades
    names = [_short_name(report, *key) for key in _keys(report)]
    grid = lay_out(
        grades.assign(theme=names),
        tables.GRADES,
        title="Confidence in the count of each theme",
        status=report.warning,
        leave_out=LEFT_OUT,
    )
    return replace(grid, notes=report.quality.rule)


def _keys(report: Report) -> Iterator[tuple[str, str]]:
    grades = report.quality.grades
    return zip(grades["theme_id"], grades["position_id"], strict=True)


def _short_name(report: Report, theme_id: str, position_id: str) -> str:
    """The name for charts; a position's with that of its theme."""
    theme = report.codebook.theme(theme_id)
    name = theme.short
    for position in theme.positions:
        if position.id == position_id:
            name = f"{theme.short}: {position.name}"
    short = shorten(name, LONGEST_NAME, placeholder=ELLIPSIS)
    return short.replace(f",{ELLIPSIS}", ELLIPSIS)
