"""XLSX: a cover, contents and notes, and numbered tables with a sheet each."""

from collections.abc import Mapping
from pathlib import Path

from coder.exporting.document import Document
from coder.exporting.workbook.document_book import book_of_document
from coder.exporting.workbook.file import write_book
from coder.exporting.workbook.report_book import book_of_questions, book_of_report
from coder.reporting.report import Report


def write(report: Report, path: Path) -> list[Path]:
    """Write the workbook of a report."""
    write_book(book_of_report(report), path)
    return [path]


def write_several(reports: Mapping[str, Report], path: Path) -> None:
    """Write one workbook for several questions: a list of them, then the tables of each.

    Args:
        reports: by the id of their question, one at least.
        path: of the workbook.
    """
    write_book(book_of_questions(reports), path)


def write_document(document: Document, path: Path) -> list[Path]:
    """Write the tables of a document as a workbook, with its texts as notes."""
    write_book(book_of_document(document), path)
    return [path]
