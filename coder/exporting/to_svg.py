"""SVG: each chart of the report as a picture of its own."""

from pathlib import Path

from coder import files
from coder.exporting.beside import path_beside
from coder.exporting.charts import charts_of
from coder.exporting.drawing.svg import draw_svg
from coder.reporting.report import Report


def write(report: Report, path: Path) -> list[Path]:
    """Write `themes.svg` and beside it `themes.by-COLUMN.svg` and the others."""
    first, *others = charts_of(report).items()
    written = [path]
    for name, chart in others:
        beside = path_beside(path, name, written)
        files.write_text(beside, _text(draw_svg(chart)))
        written.append(beside)
    files.write_text(path, _text(draw_svg(first[1])))
    return written


def _text(element: str) -> str:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{element}\n'
