"""Plain text: paragraphs of a letter, and of a mail with what it quotes."""

from itertools import groupby

from coder.reading.encoding import BYTE_ORDER_MARKS
from coder.reading.letters.lines import (
    blocks_of,
    join_lines,
    width_of,
)
from coder.reading.letters.pieces import (
    CONTROLS,
    Letter,
    LetterError,
    Piece,
    plain_characters,
)
from coder.reading.letters.replies import quoted_lines, quoted_or_body

MOST_CONTROLS = 0.02  # share of the characters of a text
LEAST_ASCII = 0.6  # share of the characters of a text that is taken for UTF-16
TEXT_ENCODINGS = ("utf-8", "cp1252", "latin-1")


def read_plain(data: bytes) -> Letter:
    """Read a text file.

    Raises:
        LetterError: it is not text.
    """
    text = decode_text(data)
    controls = len(CONTROLS.findall(text.replace("\r", "")))
    if controls > MOST_CONTROLS * len(text):
        raise LetterError("is not text")
    return Letter(pieces=tuple(pieces_of_plain(text)))


def decode_text(data: bytes, encoding: str | None = None) -> str:
    """The text of a letter's bytes, in the encoding named where it fits.

    Raises:
        LetterError: the bytes are not text.
    """
    for mark, codec in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    if b"\0" in data:
        return _decode_with_zeros(data)
    for name in filter(None, (encoding, *TEXT_ENCODINGS)):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def _decode_with_zeros(data: bytes) -> str:
    """UTF-16 without a mark; its bytes of zero are on one side."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    codec = "utf-16-le" if odd > even else "utf-16-be"
    text = data.decode(codec, "replace")
    if sum(map(str.isascii, text)) < LEAST_ASCII * len(text):
        raise LetterError("is not text")
    return text


def pieces_of_plain(text: str) -> list[Piece]:
    """The paragraphs of a plain text; what is quoted in it from another mail is marked."""
    lines = plain_characters(text).split("\n")
    quoted = quoted_lines(lines)
    width = width_of(
        line for line, is_quoted in zip(lines, quoted, strict=True) if not is_quoted
    )
    pieces: list[Piece] = []
    number = 0
    for is_quoted, group in groupby(
        zip(lines, quoted, strict=True), key=lambda pair: pair[1]
    ):
        part = quoted_or_body(is_quoted)
        of_part = [line for line, _ in group]
        for block in blocks_of(of_part):
            number += 1
            joined = join_lines(block, None if is_quoted else width)
            pieces.append(Piece(joined, f"paragraph {number}", part))
    return pieces
