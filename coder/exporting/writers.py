"""Which writer a file's suffix chooses. A new format is a module `to_x` and a line here."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from coder.errors import CoderError, did_you_mean
from coder.reporting.report import Report

# Suffix to the module and function that write it, and what it is good for.
SUFFIXES: dict[str, tuple[str, str, str]] = {
    ".csv": ("to_csv", "write", "the theme table, with notes beside it"),
    ".xlsx": ("to_xlsx", "write", "a workbook of numbered tables"),
    ".docx": ("to_docx", "write", "tables and paragraphs for a report"),
    ".html": ("to_html", "write", "one page for a browser, with charts, that needs no network"),
    ".md": ("to_markdown", "write", "text to read and paste"),
    ".json": ("to_json", "write", "everything, for programs"),
    ".svg": ("to_svg", "write", "the chart of the themes"),
    ".sav": ("to_sav", "write", "0 or 1 for each comment and theme, for SPSS"),
    ".qdpx": (
        "refi_qda",
        "write_project",
        "comments, codes and codings for NVivo, MAXQDA, ATLAS.ti, QualCoder",
    ),
    ".qdc": ("refi_qda", "write_codebook", "the codebook for the same programs"),
}
WITH_COMMENTS = (".html", ".qdpx")  # hold comments in full, where others hold quotes at most
REVIEW_SHEET = (
    "review.xlsx"  # made by `review_sheet` of a project and its decisions, before any report
)


def is_review_sheet(path: Path) -> bool:
    """Whether the name asks for a sheet to review in: `review.xlsx`, or `ward-7.review.xlsx`."""
    name = path.name.lower()
    return name == REVIEW_SHEET or name.endswith(f".{REVIEW_SHEET}")


def check_suffix(path: Path) -> str:
    """The path's suffix in lower case. Raises `CoderError` that lists what can be written."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise CoderError(
            f"{path}: no such kind of file can be written",
            did_you_mean(suffix or path.name, SUFFIXES)
            if suffix
            else f"There are: {', '.join(SUFFIXES)}.",
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
    module, function, _ = SUFFIXES[check_suffix(path)]
    write: Callable[[Report, Path], list[Path]] = getattr(
        import_module(f"coder.exporting.{module}"), function
    )
    return write(report, path)


def comments_held(report: Report, path: Path) -> int:
    """How many comments the file written to `path` holds in full; 0 where it holds quotes at most."""
    suffix = check_suffix(Path(path))
    if suffix not in WITH_COMMENTS:
        return 0
    held: Callable[[Report], int] = import_module(
        f"coder.exporting.{SUFFIXES[suffix][0]}"
    ).comments_held
    return held(report)
