"""The workbook of a report, or of the reports of several questions."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from coder.exporting.annex import own_notes
from coder.exporting.workbook.book import Book, BookNote, CoverLine, Page, text_grid
from coder.exporting.workbook.report_pages import report_pages
from coder.reporting.report import Report

SERIES = "I"
ABOUT = (
    "Each worksheet after the notes holds one table. Column headings with [note 1] and the like, "
    "and shorthand such as [x], are explained on the worksheet Notes.",
    "Exact figures for programs are in the JSON and CSV files of the same report.",
)


def book_of_report(report: Report) -> Book:
    """Cover, tables and notes of one report."""
    return Book(
        title=report.title,
        language=report.codebook.language,
        series=SERIES,
        warning=report.warning,
        cover=tuple(_cover(report)),
        pages=tuple(report_pages(report)),
        notes=tuple(BookNote(note) for note in own_notes(report)),
    )


def _cover(report: Report) -> Iterable[CoverLine]:
    if report.question:
        yield CoverLine("Question", report.question)
    for note in report.notes.reader:
        yield CoverLine("What the figures are", note)
    yield CoverLine("Base", report.base)
    yield from _source(report)
    for text in ABOUT:
        yield CoverLine("How to use this workbook", text)


def _source(report: Report) -> Iterable[CoverLine]:
    codebook = report.codebook
    text = (
        f"Comments coded with the codebook {codebook.title}, version {codebook.version}"
    )
    if report.coded_at:
        text += f", on {report.coded_at[:10]}"
    yield CoverLine("Source", f"{text}.")


def book_of_questions(reports: Mapping[str, Report]) -> Book:
    """The tables of several questions, those of each together; nothing is added over questions.

    Args:
        reports: by the id of their question, one at least.
    """
    first = next(iter(reports.values()))
    pages = [_questions_page(reports)]
    notes = []
    cover = [CoverLine("Questions", "Each question has answers and a base of its own.")]
    for question_id, report in reports.items():
        for page in report_pages(report):
            pages.append(replace(page, question_id=question_id))
        about = f"question {question_id}"
        notes += [BookNote(note, about) for note in own_notes(report)]
        for line in _cover(report):
            if line.text not in ABOUT:
                cover.append(replace(line, heading=f"{question_id}: {line.heading}"))
    cover += [CoverLine("How to use this workbook", text) for text in ABOUT]
    warnings = dict.fromkeys(report.warning for report in reports.values())
    return Book(
        title=first.title,
        language=first.codebook.language,
        series=SERIES,
        warning="; ".join(filter(None, warnings)),
        cover=tuple(cover),
        pages=tuple(pages),
        notes=tuple(notes),
    )


def _questions_page(reports: Mapping[str, Report]) -> Page:
    rows = []
    for question_id, report in reports.items():
        rows.append((question_id, report.question, report.base))
    headings = ("Question id", "Question", "Base")
    return Page("Questions", text_grid("Questions of the survey", headings, rows))
