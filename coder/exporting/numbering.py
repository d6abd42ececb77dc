"""The numbers of a document's tables and figures: the same in every format, so that people can
cite them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from coder.exporting.document import Block, Document, FigureBlock, Part, TableBlock

Kind = Literal["Table", "Figure"]


@dataclass(frozen=True)
class Number:
    """The number of one table or figure."""

    kind: Kind
    number: int

    @property
    def label(self) -> str:
        """`Table 3`."""
        return f"{self.kind} {self.number}"

    @property
    def anchor(self) -> str:
        """Its name in links: `table-3`."""
        return f"{self.kind.lower()}-{self.number}"


class Numbers:
    """Numbers from 1, tables and figures apart, in reading order."""

    def __init__(self, document: Document) -> None:
        self._last: dict[Kind, int] = {"Table": 0, "Figure": 0}
        self._of_head = tuple(self._count(document.head))
        self._of_parts: dict[str, tuple[Number | None, ...]] = {}
        for _, part in document.walk():
            self._of_parts[part.anchor] = tuple(self._count(part.blocks))

    def _count(self, blocks: Iterable[Block]) -> Iterator[Number | None]:
        for block in blocks:
            kind = _kind_of(block)
            if kind is None:
                yield None
            else:
                self._last[kind] += 1
                yield Number(kind, self._last[kind])

    def of_head(self, document: Document) -> Iterator[tuple[Block, Number | None]]:
        """What stands before the first part, block by block."""
        return zip(document.head, self._of_head, strict=True)

    def of_part(self, part: Part) -> Iterator[tuple[Block, Number | None]]:
        """The part's own blocks."""
        return zip(part.blocks, self._of_parts[part.anchor], strict=True)

    def under(self, anchor: str) -> list[Number]:
        """The tables and figures of a part, tables first; none where there is no such part."""
        numbers = [number for number in self._of_parts.get(anchor, ()) if number]
        return sorted(numbers, key=_tables_first)


def _kind_of(block: Block) -> Kind | None:
    if isinstance(block, TableBlock):
        return "Table"
    if isinstance(block, FigureBlock):
        return "Figure"
    return None


def _tables_first(number: Number) -> tuple[bool, int]:
    return number.kind == "Figure", number.number
