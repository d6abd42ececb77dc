"""The equality read-out and the quality report as files of their own."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.exporting.document import Document
    from coder.reporting.report import Report

ReadOut = Literal["equality", "quality"]
SUFFIXES = (".docx", ".html", ".md", ".xlsx", ".json")


def check_read_out(path: Path, kind: ReadOut) -> None:
    """Raise `CoderError` where a read-out cannot be written to a file of this name."""
    if path.suffix.lower() not in SUFFIXES:
        raise CoderError(
            f"{path}: {option(kind)} is not written to this type of file",
            f"There are: {', '.join(SUFFIXES)}.",
        )


def write_read_out(
    report: "Report",
    path: Path,
    kind: ReadOut,
    template: Path | None = None,
) -> list[Path]:
    """Write a read-out of a report in the format that the suffix names.

    Args:
        template: a Word file in whose styles a Word document is written.

    Raises:
        CoderError: the suffix is none of `SUFFIXES`, the report has no such read-out, a library
            is missing, or the file cannot be written.
    """
    check_read_out(path, kind)
    suffix = path.suffix.lower()
    if suffix == ".json":
        from coder.exporting import to_json

        return to_json.write_part(report, path, kind)
    document = _document_of(report, kind)
    if suffix == ".docx":
        from coder.exporting import to_docx

        return to_docx.write_document(document, path, template)
    if suffix == ".xlsx":
        from coder.exporting import to_xlsx

        return to_xlsx.write_document(document, path)
    if suffix == ".html":
        from coder.exporting import to_html

        return to_html.write_document(document, path)
    from coder.exporting import to_markdown

    return to_markdown.write_document(document, path)


def _document_of(report: "Report", kind: ReadOut) -> "Document":
    if kind == "quality":
        from coder.exporting.quality_document import quality_document

        return quality_document(report)
    from coder.exporting.equality_document import equality_document

    if report.equality is None:
        raise CoderError("the report was made without an equality read-out")
    return equality_document(report, report.equality)
