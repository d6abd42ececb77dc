"""PNG: each chart of the report as a picture, for programs that show no SVG."""

from pathlib import Path

from coder.exporting.beside import path_beside
from coder.exporting.charts import charts_of
from coder.exporting.drawing.chart import Chart
from coder.exporting.drawing.png import draw_png
from coder.files import new_file
from coder.reporting.report import Report


def write(report: Report, path: Path) -> list[Path]:
    """Write `themes.png` and beside it `themes.by-COLUMN.png` and the others.

    Raises:
        CoderError: Pillow is not installed.
    """
    first, *others = charts_of(report).items()
    written = [path]
    for name, chart in others:
        beside = path_beside(path, name, written)
        _write_picture(chart, beside)
        written.append(beside)
    _write_picture(first[1], path)
    return written


def _write_picture(chart: Chart, path: Path) -> None:
    content = draw_png(chart)
    with new_file(path) as temporary:
        temporary.write_bytes(content)
