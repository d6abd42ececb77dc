"""SVG: the chart of the themes with their intervals, as a picture of its own."""

from pathlib import Path

from coder import files
from coder.exporting.charts import themes_chart
from coder.reporting.report import Report


def write(report: Report, path: Path) -> list[Path]:
    """Write one picture."""
    files.write_text(
        path, f'<?xml version="1.0" encoding="utf-8"?>\n{themes_chart(report)}\n'
    )
    return [path]
