"""What people said, as HTML: sentences that lead to their comments."""

from collections.abc import Iterable

from coder.exporting.document import (
    AspectItem,
    AspectList,
    Link,
    LinkedSentence,
    Paragraph,
)
from coder.exporting.tags import Element, isolated, tag


def draw_paragraph(block: Paragraph) -> Element:
    """The sentences one after the other."""
    return tag("p", *_spaced(map(_sentence, block.sentences)))


def draw_aspects(block: AspectList) -> Element:
    """A numbered list that opens: each aspect with its figures, a quote and its comments."""
    items = [
        tag(
            "li",
            *_aspect(item),
            id=item.anchor,
        )
        for item in block.items
    ]
    summary = tag("summary", "What the comments mention, with quotes")
    return tag(
        "details",
        summary,
        tag("ol", *items),
        class_="aspects",
    )


def _sentence(sentence: LinkedSentence) -> Element:
    """A sentence, its caution marked, and links to its comments."""
    parts: list[Element | str] = [sentence.text]
    if sentence.caution:
        parts += [" ", tag("mark", f"[{sentence.caution}]")]
    if sentence.links:
        links = _spaced(map(_link, sentence.links))
        parts += [
            " ",
            tag(
                "span",
                *links,
                class_="links",
            ),
        ]
    return tag("span", *parts)


def _aspect(item: AspectItem) -> list[Element | str]:
    parts: list[Element | str] = [tag("strong", isolated(item.name))]
    parts.append(f": {item.figures}.")
    if item.quote is not None:
        words = isolated(f"“{item.quote.text}”")
        footer = tag("footer", isolated(item.quote.origin))
        parts.append(
            tag(
                "blockquote",
                words,
                footer,
            )
        )
    if item.comments:
        links = _spaced(map(_link, item.comments))
        more = f" and {item.more:,} more" if item.more else None
        parts.append(
            tag(
                "p",
                "Comments: ",
                *links,
                more,
                class_="links",
            )
        )
    return parts


def _link(link: Link) -> Element:
    return tag(
        "a",
        link.label,
        href=f"#{link.target}",
        aria_label=link.name,
    )


def _spaced(elements: Iterable[Element]) -> list[Element | str]:
    """The elements with a space between them."""
    parts: list[Element | str] = []
    for element in elements:
        parts += [element, " "]
    return parts[:-1]
