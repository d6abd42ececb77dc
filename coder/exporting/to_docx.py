"""DOCX: tables, figures and paragraphs ready for a report, in Word's own styles or those of a
template.
"""

from importlib.util import find_spec
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from coder import files
from coder.exporting.annex import annex
from coder.exporting.document import (
    AspectItem,
    AspectList,
    Block,
    Bullets,
    Document,
    FigureBlock,
    Paragraph,
    Pointer,
    Quotation,
    TableBlock,
    Text,
    without_figures,
)
from coder.exporting.drawing.chart import Chart
from coder.exporting.drawing.measures import HelveticaRuler
from coder.exporting.drawing.png import draw_png
from coder.exporting.fitting import Room, fit_tables
from coder.exporting.grid import Grid
from coder.exporting.numbering import Number, Numbers
from coder.exporting.optional import import_library
from coder.exporting.word.frame import (
    contents,
    heading,
    set_header_and_footer,
    set_page,
    set_properties,
)
from coder.exporting.word.markup import (
    KEEP_NEXT,
    bookmark,
    element,
    field,
    paragraph,
    parsed,
    run,
)
from coder.exporting.word.styles import (
    ALARM,
    BULLET_STYLE,
    CELL_MARGIN,
    prepare_styles,
    style_ids,
    table_letters,
)
from coder.exporting.word.tables import INDENT, table_xml
from coder.exporting.word.template import open_template, text_height, text_width
from coder.exporting.zips import without_clock
from coder.reporting.report import Report
from coder.text import visible

POINTS_A_CENTIMETRE = 72 / 2.54
CELL_PADDING = 2 * CELL_MARGIN / 20 + 2  # points, with a little to spare
LINE_BREAK = element("r", element("br"))
CAPTION_ROOM = 3.0  # centimetres above a chart
ROLES = {
    "standing": "Status Line",
    "question": "Question",
    "base": "Status Line",
    "quiet": "Quiet Text",
}


def write(
    report: Report,
    path: Path,
    template: Path | None = None,
) -> list[Path]:
    """Write the annex (see `write_document`)."""
    return write_document(annex(report), path, template)


def write_document(
    source: Document,
    path: Path,
    template: Path | None = None,
) -> list[Path]:
    """Write any document.

    Args:
        template: a Word file whose styles, page, header and footer are used.

    Raises:
        CoderError: python-docx is not installed, or the template cannot be used.
    """
    docx = import_library("docx", "word", "A Word document")
    if find_spec("PIL") is None:
        source = without_figures(source)
    if template is None:
        document = docx.Document()
        set_page(document, is_compact=source.is_compact)
    else:
        document = open_template(template)
    prepare_styles(document, is_house=template is not None)
    set_properties(document, source)
    _Writer(document, source).write()
    with files.new_file(path) as temporary:
        document.save(str(temporary))
        without_clock(temporary)
    return [path]


class _Writer:
    """Writes the blocks of a document one after the other."""

    def __init__(self, document: Any, source: Document) -> None:
        self.document = document
        self.source = source
        self.numbers = Numbers(source)
        self.styles = style_ids(document)
        self.bookmarks = count(1)
        self.width = text_width(document)
        self.height = text_height(document)
        size, breadth = table_letters(document)
        self.room = Room(
            self.width * POINTS_A_CENTIMETRE,
            size * breadth,
            CELL_PADDING,
            INDENT,
            HelveticaRuler(),
        )

    def write(self) -> None:
        """The whole text."""
        source = self.source
        set_header_and_footer(self.document, source, self.styles)
        if source.warning:
            self._add_text(source.warning, "Publication Warning")
        self._add_text(source.title, "Title")
        for block, number in self.numbers.of_head(source):
            self._add_block(block, number)
        for line in contents(source, self.styles):
            self._add(line)
        for level, part in source.walk():
            mark = next(self.bookmarks)
            self._add(heading(level, part.title, part.anchor, mark, self.styles))
            for block, number in self.numbers.of_part(part):
                self._add_block(block, number)

    def _add(self, markup: str) -> Any:
        """Add one element at the end of the text."""
        made = parsed(markup)
        self.document.element.body.sectPr.addprevious(made)
        return made

    def _add_text(
        self,
        text: str,
        style: str,
        *,
        keep_next: bool = False,
    ) -> None:
        layout = [KEEP_NEXT] if keep_next else []
        self._add(paragraph(self.styles[style], run(text), properties=layout))

    def _add_block(self, block: Block, number: Number | None) -> None:
        """Add one block; comments in full are left to the page."""
        if isinstance(block, TableBlock) and number is not None:
            self._add_tables(block.grid, number)
        elif isinstance(block, FigureBlock) and number is not None:
            self._add_figure(block.chart, number)
        elif isinstance(block, Quotation):
            self._add_quotation(block)
        elif isinstance(block, Pointer):
            self._add_pointer(block)
        else:
            self._add_words(block)

    def _add_words(self, block: Block) -> None:
        """Add one block of text."""
        if isinstance(block, Text):
            self._add_text(block.text, ROLES.get(block.role, "Normal"))
        elif isinstance(block, Paragraph):
            self._add_text(block.text, "Normal")
        elif isinstance(block, Bullets):
            for item in block.items:
                self._add_text(item, BULLET_STYLE)
        elif isinstance(block, AspectList):
            for aspect in block.items:
                self._add_aspect(aspect)

    def _add_aspect(self, item: AspectItem) -> None:
        """A line: its name, its figures, and a quote."""
        runs = [run(item.name, element("b")), run(f": {item.figures}.")]
        if item.quote is not None:
            runs.append(run(f" “{item.quote.text}”", element("i")))
            runs.append(run(f" ({item.quote.origin})"))
        self._add(paragraph(self.styles[BULLET_STYLE], *runs))

    def _add_quotation(self, block: Quotation) -> None:
        quote = run(f"“{block.text}”")
        origin = run(f" ({block.origin})", element("i", val=0))
        self._add(paragraph(self.styles["Quote"], quote, origin))

    def _add_pointer(self, block: Pointer) -> None:
        """A line with cross-references to the tables and figures of a part."""
        references: list[str] = []
        for number in self.numbers.under(block.anchor):
            references += [run(", "), self._reference(number)]
        if references:
            words = [run(f"{block.text}: "), *references[1:], run(".")]
            self._add(paragraph(self.styles["Normal"], *words))

    def _reference(self, number: Number) -> str:
        return field(f"REF {_bookmark_of(number)} \\h", run(number.label))

    def _add_caption(
        self,
        number: Number,
        title: str,
        status: str = "",
        *,
        is_again: bool = False,
    ) -> None:
        """A numbered caption, under what must not be overlooked; one that has a number again
        refers to the first.
        """
        if is_again:
            label = [self._reference(number)]
        else:
            shown = run(str(number.number))
            numbered = field(f"SEQ {number.kind} \\* ARABIC", shown)
            name, mark = _bookmark_of(number), next(self.bookmarks)
            label = [bookmark(mark, name, run(f"{number.kind} "), numbered)]
        words = [*label, run(f". {title}")]
        if status:
            alarm = element("color", val=ALARM)
            words = [run(status, element("b"), alarm), LINE_BREAK, *words]
        caption = paragraph(self.styles["Caption"], *words, properties=[KEEP_NEXT])
        self._add(caption)

    def _add_figure(self, chart: Chart, number: Number) -> None:
        """The chart with its text for people who cannot see it."""
        from docx.shared import Cm
        from docx.text.paragraph import Paragraph as Line

        self._add_caption(number, chart.title)
        line = Line(self._add(paragraph(self.styles["Figure"])), self.document._body)
        picture = line.add_run().add_picture(BytesIO(draw_png(chart)))
        wide = picture.width / Cm(1)
        high = picture.height / Cm(1)
        highest = self.height - CAPTION_ROOM
        scale = min(1.0, self.width / wide, highest / high)
        picture.width, picture.height = Cm(wide * scale), Cm(high * scale)
        properties = picture._inline.docPr
        properties.set("name", number.label)
        properties.set("descr", visible(chart.text_equivalent))

    def _add_tables(self, grid: Grid, number: Number) -> None:
        """The table under its caption and base, in parts where it is wide."""
        fitted = fit_tables(grid, self.room)
        for place, table in enumerate(fitted):
            self._add_caption(number, table.title, grid.status, is_again=place > 0)
            if grid.base:
                self._add_text(grid.base, "Table Base", keep_next=True)
            notes = table.grid.notes
            described = f"{number.label}. {grid.caption}"
            has_more = bool(notes)
            page = self.height * POINTS_A_CENTIMETRE
            made = table_xml(table, self.styles, described, page, has_more=has_more)
            self._add(made)
            for note in notes:
                self._add_text(note, "Table Note")
            if not notes:
                self._add(paragraph(self.styles["Table Note"]))


def _bookmark_of(number: Number) -> str:
    return f"_Ref_{number.kind}_{number.number}"
