"""What a letter is made of: pieces of text, each with its place in the document and its part."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

BODY, HEADER, FOOTER = "body", "header", "footer"
QUOTED, SIGNATURE, SCAN = "quoted", "signature", "scan"

# What stands between a piece and the one before it.
PARAGRAPH, LINE, WORD = "\n\n", "\n", " "

LONGEST_LETTER = 5_000_000  # characters
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
SOFT_HYPHEN = "\xad"


class LetterError(Exception):
    """A document that cannot be read; its text says why: `is encrypted`, `is damaged (...)`."""


class Piece(NamedTuple):
    """A part of a letter's text.

    Attributes:
        text: without white space around it; may hold line breaks.
        place: where it is in the document, such as `page 3` or `paragraph 2`.
        part: `BODY`, `HEADER` ...
        before: what parts it from the piece before it: `PARAGRAPH`, `LINE`, `WORD` or nothing.
    """

    text: str
    place: str
    part: str = BODY
    before: str = PARAGRAPH


class PlaceRow(NamedTuple):
    """A range of a letter's text, and where it is in the document."""

    start: int
    end: int
    place: str
    part: str


@dataclass(frozen=True)
class Letter:
    """One response as it was read.

    Attributes:
        pieces: its text.
        sender: name and address of a mail's sender, or the author in a document's properties.
        address: of a mail's sender, in lower case; empty where it is not known.
        date: `2026-03-14`, of sending or writing; empty where it is not known.
        subject: of a mail, or the title in a document's properties.
        unread: what of it could not be read, and why: `page 2 is a scan`.
        attached: names of attachments that were not read.
    """

    pieces: tuple[Piece, ...] = ()
    sender: str = ""
    address: str = ""
    date: str = ""
    subject: str = ""
    unread: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether anything was read but headers and stamps."""
        return any(piece.part in (BODY, SCAN) for piece in self.pieces)


def letter_of(facts: Mapping[str, Any]) -> Letter:
    """The letter that `dataclasses.asdict` made plain and JSON held."""
    plain: dict[str, Any] = {}
    for name, value in facts.items():
        plain[name] = tuple(value) if isinstance(value, list) else value
    plain["pieces"] = tuple(Piece(*piece) for piece in facts["pieces"])
    return Letter(**plain)


def plain_characters(text: str) -> str:
    """The text with one kind of line end, and without controls and invisible hyphens."""
    one_kind = LINE_ENDS.sub("\n", text)
    return CONTROLS.sub(" ", one_kind).replace(SOFT_HYPHEN, "")


def numbered_paragraphs(
    paragraphs: Sequence[str], part: str = BODY, first: int = 1
) -> list[Piece]:
    """Paragraphs as pieces, numbered; those without a visible character are left out."""
    pieces: list[Piece] = []
    for paragraph in paragraphs:
        text = plain_characters(paragraph).strip()
        if text:
            place = f"paragraph {first + len(pieces)}"
            pieces.append(Piece(text, place, part))
    return pieces


def margin_pieces(paragraphs: Iterable[str], part: str) -> list[Piece]:
    """The headers or footers of all pages as pieces, each text once."""
    pieces: list[Piece] = []
    for paragraph in dict.fromkeys(paragraphs):
        text = plain_characters(paragraph).strip()
        if text:
            pieces.append(Piece(text, part, part))
    return pieces


def lay_out(pieces: Sequence[Piece]) -> tuple[str, list[PlaceRow]]:
    """The text of a letter, and the rows that together cover every character of it.

    What parts two pieces belongs to the row of the first. Neighbours of the same place and part
    share a row.
    """
    text: list[str] = []
    rows: list[PlaceRow] = []
    length = 0
    for piece in pieces:
        if rows:
            text.append(piece.before)
            length += len(piece.before)
            rows[-1] = rows[-1]._replace(end=length)
        start = length
        text.append(piece.text)
        length += len(piece.text)
        row = PlaceRow(start, length, piece.place, piece.part)
        if rows and rows[-1][2:] == row[2:]:
            rows[-1] = rows[-1]._replace(end=length)
        else:
            rows.append(row)
    return "".join(text), rows


def check_length(pieces: Sequence[Piece]) -> None:
    """Raise `LetterError` where a document holds more text than any letter."""
    length = sum(len(piece.text) for piece in pieces)
    if length > LONGEST_LETTER:
        raise LetterError(
            f"holds {length:,} characters, more than a letter "
            f"({LONGEST_LETTER:,} at most)"
        )
