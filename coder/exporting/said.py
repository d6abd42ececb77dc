"""What people said under one row of the theme table: a paragraph, and what it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coder.exporting.document import (
    AspectItem,
    AspectList,
    Block,
    Link,
    LinkedSentence,
    Paragraph,
    Quotation,
)
from coder.figures import format_percent
from coder.reporting.aspects import Aspect, ThemeAspects
from coder.reporting.coded_matrix import Key
from coder.reporting.hedges import describe_words
from coder.reporting.report import Report
from coder.reporting.said_sentence import Sentence
from coder.text import count

MOST_LINKS = 50  # comments of an aspect that are named one by one


@dataclass(frozen=True)
class SaidPart:
    """One row of the theme table in a document.

    Attributes:
        anchor: of its part.
        comments: the anchor of each comment that the document lists, by id; empty in documents
            that list none.
    """

    report: Report
    key: Key
    anchor: str
    comments: Mapping[str, str]

    def blocks(self) -> list[Block]:
        """The paragraph, then the aspects with counts and quotes."""
        blocks: list[Block] = [Paragraph(tuple(map(self._linked, self._sentences)))]
        if self._found is not None and self._found.aspects:
            blocks.append(AspectList(tuple(self._items(self._found))))
        return blocks

    @property
    def _sentences(self) -> Sequence[Sentence]:
        return self.report.paragraphs.get(self.key, ())

    @property
    def _found(self) -> ThemeAspects | None:
        return self.report.aspects.get(self.key)

    def _linked(self, sentence: Sentence) -> LinkedSentence:
        return LinkedSentence(
            sentence.text, tuple(self._links(sentence)), sentence.caution
        )

    def _links(self, sentence: Sentence) -> list[Link]:
        """Where the comments of a sentence are."""
        if sentence.kind == "aspects" and self._found is not None:
            links = []
            for number, aspect in enumerate(self._found.aspects, start=1):
                if aspect.key in sentence.aspects:
                    target = f"{self.anchor}-aspect-{number}"
                    links.append(
                        Link(
                            str(number),
                            target,
                            f"Comments: {aspect.name}",
                        )
                    )
            return links
        if not self.comments:
            return []
        return [
            Link(
                "comments",
                f"{self.anchor}-comments",
                "All comments as coded",
            )
        ]

    def _items(self, found: ThemeAspects) -> list[AspectItem]:
        items = []
        for number, aspect in enumerate(found.aspects, start=1):
            anchor = f"{self.anchor}-aspect-{number}"
            items.append(
                self._item(
                    aspect,
                    found.base,
                    anchor,
                )
            )
        return items

    def _item(self, aspect: Aspect, base: int, anchor: str) -> AspectItem:
        name = aspect.name[0].upper() + aspect.name[1:]
        shown = [each for each in aspect.comment_ids if each in self.comments]
        links = []
        for each in shown[:MOST_LINKS]:
            links.append(
                Link(
                    each,
                    self.comments[each],
                    f"Comment {each}",
                )
            )
        quote = None
        if aspect.quote is not None:
            origin = f"{aspect.quote.source}, {aspect.quote.comment_id}"
            quote = Quotation(aspect.quote.text, origin)
        figures = count(aspect.count, "comment")
        if base >= self.report.minimum_base:
            percent = format_percent(100 * aspect.count / base)
            figures += f", {percent} of the theme's"
        more = aspect.count - len(links)
        return AspectItem(
            anchor,
            name,
            figures,
            quote,
            tuple(links),
            more,
        )


def paragraph_notes(report: Report) -> list[str]:
    """How the paragraphs were made; nothing where no theme has aspects."""
    aspects: list[Aspect] = []
    for found in report.aspects.values():
        aspects += found.aspects
    notes = []
    if aspects:
        notes.append(describe_words())
    if any(aspect.listed for aspect in aspects):
        notes.append(
            "What comments of a theme mention was found by the program: a comment counts where one "
            "of its sentences is near, as the packaged model reads it, to what the codebook lists."
            " Nobody has reviewed these counts."
        )
    if any(not aspect.listed for aspect in aspects):
        notes.append(
            "Where the codebook lists nothing under a theme, words are counted that its comments "
            "use more than others: a comment counts where it uses one of a group of them."
        )
    fewest = count(report.minimum_cell, "comment")
    if aspects:
        notes.append(f"What fewer than {fewest} mention is not told apart.")
    return notes
