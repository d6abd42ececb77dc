"""Which writer a file's suffix chooses. A new format is a module `to_x` and a line here."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from coder.errors import CoderError, did_you_mean
from coder.export.report import Report

# Suffix to the module whose `write(report, path)` writes it, and what it is good for.
SUFFIXES: dict[str, tuple[str, str]] = {
    ".csv": ("to_csv", "the theme table, with notes beside it"),
    ".xlsx": ("to_xlsx", "a workbook of numbered tables"),
    ".md": ("to_markdown", "text to read and paste"),
    ".json": ("to_json", "everything, for programs"),
}


def check_suffix(path: Path) -> str:
    """The path's suffix in lower case. Raises `CoderError` that lists what can be written."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise CoderError(
            f"{path}: no such kind of file can be written",
            did_you_mean(suffix or path.name, SUFFIXES) if suffix else f"There are: {', '.join(SUFFIXES)}.",
        )
    return suffix


def write_report(report: Report, path: Path) -> list[Path]:
    """Write the report in the form that the suffix names; each file whole or not at all.

    Returns:
        The files written: `path` first, then any beside it.

    Raises:
        CoderError: the suffix is unknown, a library that it needs is missing, or the file cannot be written.
    """
    path = Path(path)
    module = SUFFIXES[check_suffix(path)][0]
    write: Callable[[Report, Path], list[Path]] = import_module(f"coder.export.{module}").write
    return write(report, path)
