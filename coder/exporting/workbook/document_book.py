"""The workbook of any document: each of its tables on a sheet, its texts as notes."""

from collections.abc import Iterator

from coder.exporting.document import (
    Block,
    Bullets,
    Document,
    Quotation,
    TableBlock,
    Text,
)
from coder.exporting.workbook.book import Book, BookNote, CoverLine, Page

SOURCE = "The coded comments of this consultation, and what reviewers decided."


def book_of_document(document: Document) -> Book:
    """Cover, tables and notes of a document. Figures are left out: their tables say the same."""
    cover = [CoverLine("About", text) for text in _texts(document.head)]
    if document.base:
        cover.append(CoverLine("Base", document.base))
    cover.append(CoverLine("Source", SOURCE))
    pages: list[Page] = []
    notes: list[BookNote] = []
    for block in document.head:
        pages += _pages(block, "Summary")
    for _, part in document.walk():
        for block in part.blocks:
            pages += _pages(block, part.title)
        notes += [BookNote(text, part.title) for text in _texts(part.blocks)]
    return Book(
        title=document.title,
        language=document.language,
        series="",
        warning=document.warning,
        cover=tuple(cover),
        pages=tuple(pages),
        notes=tuple(notes),
    )


def _pages(block: Block, name: str) -> Iterator[Page]:
    if isinstance(block, TableBlock):
        yield Page(name, block.grid)


def _texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Text):
            yield block.text
        elif isinstance(block, Bullets):
            yield from block.items
        elif isinstance(block, Quotation):
            yield f"{block.text} ({block.origin})"
