"""The table of writers: a file's suffix chooses the one that writes it.

A new format is a module `to_x` with a `write(report, path)`, a function here that imports it,
and a line in `WRITERS`. Help texts, errors and the contract test are made from the table.
Nothing heavy is imported before a file is written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError, did_you_mean, option

if TYPE_CHECKING:
    from coder.reporting.report import Report

# Made of a project and its decisions by `coder.reviewing.sheet`.
REVIEW_SHEET = "review.xlsx"
PACK = ".zip"  # made of a project and a codebook by `coder.exporting.pack`
ENCRYPTED_PACK = ".zip.age"


def _write_csv(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import to_csv

    return to_csv.write(report, path)


def _write_xlsx(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import to_xlsx

    return to_xlsx.write(report, path)


def _write_docx(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import to_docx

    return to_docx.write(report, path)


def _write_docx_in(report: "Report", path: Path, template: Path) -> list[Path]:
    from coder.exporting import to_docx

    return to_docx.write(report, path, template)


def _write_html(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import to_html

    return to_html.write(report, path)


def _write_markdown(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import to_markdown

    return to_markdown.write(report, path)


def _write_json(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import to_json

    return to_json.write(report, path)


def _write_svg(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import to_svg

    return to_svg.write(report, path)


def _write_png(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import to_png

    return to_png.write(report, path)


def _write_sav(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import to_sav

    return to_sav.write(report, path)


def _write_qdpx(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import refi_qda

    return refi_qda.write_project(report, path)


def _write_qdc(report: "Report", path: Path) -> list[Path]:
    from coder.exporting import refi_qda

    return refi_qda.write_codebook(report, path)


def _comments_in_html(report: "Report") -> int:
    from coder.exporting import to_html

    return to_html.comments_held(report)


def _comments_in_qdpx(report: "Report") -> int:
    from coder.exporting import refi_qda

    return refi_qda.comments_held(report)


def _notes_on_sav(report: "Report") -> list[str]:
    from coder.exporting import to_sav

    return to_sav.notes(report)


def _notes_on_qdpx(report: "Report") -> list[str]:
    from coder.exporting import refi_qda

    return refi_qda.notes(report)


def _no_notes(report: "Report") -> list[str]:  # noqa: ARG001 - every writer is asked alike
    return []


def _no_comments(report: "Report") -> int:  # noqa: ARG001 - every writer is asked alike
    return 0


@dataclass(frozen=True)
class Writer:
    """One kind of file that a report can be written to.

    Attributes:
        name: of the format.
        purpose: what the file is for, in a few words.
        write: writes the file, and any beside it; returns their paths, the file's own first.
        comments_held: how many comments the file holds in full; quotes do not count.
        extra: what to install with coder where the format needs a library; empty where it needs
            none.
        has_respondents: whether it holds a row about each respondent.
        rows: what the file holds about single comments or respondents; empty for tables.
        notes: what the user must know of the file written of a report.
        write_in: writes the file in the style of a template; None where the format has none.
    """

    suffix: str
    name: str
    purpose: str
    write: Callable[["Report", Path], list[Path]]
    comments_held: Callable[["Report"], int] = _no_comments
    extra: str = ""
    has_respondents: bool = False
    rows: str = ""
    notes: Callable[["Report"], list[str]] = _no_notes
    write_in: Callable[["Report", Path, Path], list[Path]] | None = None


WRITERS = (
    Writer(".csv", "CSV", "the theme table, with notes beside it", _write_csv),
    Writer(".xlsx", "Excel", "a workbook of numbered tables", _write_xlsx),
    Writer(
        ".docx",
        "Word",
        "tables and paragraphs for a report",
        _write_docx,
        extra="word",
        write_in=_write_docx_in,
    ),
    Writer(
        ".html",
        "HTML",
        "one page with charts, for a browser without a network",
        _write_html,
        _comments_in_html,
    ),
    Writer(".md", "Markdown", "text to read and paste", _write_markdown),
    Writer(".json", "JSON", "everything, for programs", _write_json),
    Writer(".svg", "SVG", "the charts", _write_svg),
    Writer(
        ".png",
        "PNG",
        "the charts",
        _write_png,
        extra="pictures",
    ),
    Writer(
        ".sav",
        "SPSS",
        "0 or 1 for each comment and theme",
        _write_sav,
        extra="sav",
        has_respondents=True,
        rows="a row for each respondent",
        notes=_notes_on_sav,
    ),
    Writer(
        ".qdpx",
        "REFI-QDA project",
        "comments and codings for NVivo, MAXQDA, ATLAS.ti, QualCoder",
        _write_qdpx,
        _comments_in_qdpx,
        rows="every comment with its codes",
        notes=_notes_on_qdpx,
    ),
    Writer(
        ".qdc",
        "REFI-QDA codebook",
        "the codebook for the same programs",
        _write_qdc,
    ),
)
BY_SUFFIX = {writer.suffix: writer for writer in WRITERS}


def is_review_sheet(path: Path) -> bool:
    """Whether the name asks for a sheet to review in: `review.xlsx`, or `ward-7.review.xlsx`."""
    name = path.name.lower()
    return name == REVIEW_SHEET or name.endswith(f".{REVIEW_SHEET}")


def is_pack(path: Path) -> bool:
    """Whether the name asks for an audit pack, or is that of one."""
    return path.suffix.lower() == PACK or is_encrypted_pack(path)


def is_encrypted_pack(path: Path) -> bool:
    """Whether the name asks for an encrypted audit pack, or is that of one."""
    return path.name.lower().endswith(ENCRYPTED_PACK)


def row_warning(path: Path) -> str:
    """What is said of a file about single comments or respondents before it is written; empty
    for any other file.
    """
    writer = BY_SUFFIX.get(path.suffix.lower())
    rows = ""
    if is_pack(path) or is_review_sheet(path):
        rows = "a row for each comment"
    elif writer is not None:
        rows = writer.rows
    if not rows:
        return ""
    return f"{path} will hold {rows}: no small count is hidden in it."


def find_writer(path: Path) -> Writer:
    """The writer that the path's suffix chooses. Raises `CoderError` that lists what can be
    written.
    """
    suffix = path.suffix.lower()
    if suffix in BY_SUFFIX:
        return BY_SUFFIX[suffix]
    allowed = [*BY_SUFFIX, PACK]
    fix = f"There are: {', '.join(allowed)}."
    if suffix:
        fix = did_you_mean(suffix, allowed)
    raise CoderError(f"{path}: unsupported file type", fix)


def write_report(
    report: "Report",
    path: Path,
    template: Path | None = None,
) -> list[Path]:
    """Write the report in the format that the suffix names; each file whole or not at all.

    Args:
        template: a Word file in whose styles a Word document is written; other formats take
            none.

    Returns:
        The files written: `path` first, then any beside it.

    Raises:
        CoderError: the suffix is unknown, a library that it needs is missing, or the file
            cannot be written.
    """
    path = Path(path)
    writer = find_writer(path)
    if template is not None and writer.write_in is not None:
        return writer.write_in(report, path, template)
    return writer.write(report, path)


def check_template(template: Path, paths: Sequence[Path]) -> None:
    """Raise `CoderError` where no file is written in the template's style, or it cannot be used."""
    from coder.exporting.optional import import_library
    from coder.exporting.word.template import open_template

    styled = [writer.suffix for writer in WRITERS if writer.write_in is not None]
    if not any(path.suffix.lower() in styled for path in paths):
        raise CoderError(
            f"{option('template', str(template))}: no file is written that has a style",
            f"Name one with {option('to', 'annex' + styled[0])}, or leave the template out.",
        )
    import_library("docx", "word", "A Word document")
    open_template(template)


def comments_held(report: "Report", path: Path) -> int:
    """How many comments the file written to `path` holds in full; 0 where it holds quotes at
    most.
    """
    return find_writer(Path(path)).comments_held(report)


def suffixes_with_comments() -> list[str]:
    """The suffixes of files that hold comments in full, audit packs among them."""
    suffixes = [
        writer.suffix for writer in WRITERS if writer.comments_held is not _no_comments
    ]
    return [*suffixes, PACK]
