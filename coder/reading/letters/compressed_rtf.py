"""The compressed RTF of Outlook's mails (MS-OXRTFCP): Lempel-Ziv over a ring of 4,096 bytes."""

import struct

from coder.reading.letters.pieces import LetterError

HEAD = struct.Struct("<IIII")
COMPRESSED, UNCOMPRESSED = 0x75465A4C, 0x414C454D
RING = 4096
# What the ring holds before the first byte, as published.
BEFORE = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def decompress_rtf(data: bytes) -> bytes:
    """The RTF.

    Raises:
        LetterError: the data is damaged.
    """
    if len(data) < HEAD.size:
        raise LetterError("is damaged (its text is cut off)")
    _, raw_size, kind, _ = HEAD.unpack_from(data)
    content = data[HEAD.size :]
    if kind == UNCOMPRESSED:
        return content[:raw_size]
    if kind != COMPRESSED:
        raise LetterError("is damaged (its text is packed in an unknown way)")
    return _decompress(content)[:raw_size]


def _decompress(content: bytes) -> bytes:
    ring = bytearray(BEFORE.ljust(RING, b"\0"))
    place = len(BEFORE)
    text = bytearray()
    at = 0
    while at < len(content):
        control = content[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                pair = content[at : at + 2]
                at += 2
                if len(pair) < 2:
                    return bytes(text)
                start, length = pair[0] << 4 | pair[1] >> 4, (pair[1] & 15) + 2
                if start == place:
                    return bytes(text)
                run = [(start + step) % RING for step in range(length)]
                for source in run:
                    place = _put(ring, place, ring[source], text)
            elif at < len(content):
                place = _put(ring, place, content[at], text)
                at += 1
    return bytes(text)


def _put(ring: bytearray, place: int, byte: int, text: bytearray) -> int:
    """Add a byte to the text and the ring; returns the ring's next place."""
    text.append(byte)
    ring[place] = byte
    return (place + 1) % RING
