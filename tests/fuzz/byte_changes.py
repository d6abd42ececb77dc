"""Changes of a file's bytes, whatever the bytes mean."""

import struct
from random import Random

MOST_BYTES = 400_000  # a changed file is no larger
WHOLE_NUMBERS = (0, 1, 2, 7, 127, 128, 255, 256, 32767, 65535, 2**31 - 1, 2**31, 2**32 - 1)
SNIPPETS = (
    b"\x00",
    b"\xff",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x80",
    b"\xed\xa0\x80",  # a lone surrogate in UTF-8
    b"\r",
    b"\n",
    b"\n\n",
    b'"',
    b"\x1b[31m",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<!DOCTYPE a [<!ENTITY a 'b'>]>",
    b'encoding="utf-7"',
    b"PK\x03\x04",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b";",
    b":",
    b"'",
    b"\\u0000",
    b"\\ud800",
    b"1e999",
    b"9" * 40,
    b"- ",
    b"&a ",
    b"*a",
    b"\t",
    b"\xc2\x85",
)


def flip_bit(data: bytes, chance: Random) -> bytes:
    """One bit the other way round."""
    if not data:
        return data
    place = chance.randrange(len(data))
    changed = bytearray(data)
    changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed)


def set_byte(data: bytes, chance: Random) -> bytes:
    """One byte replaced by any other."""
    if not data:
        return data
    changed = bytearray(data)
    changed[chance.randrange(len(data))] = chance.choice(
        (0, 1, 127, 128, 255, chance.randrange(256))
    )
    return bytes(changed)


def set_number(data: bytes, chance: Random) -> bytes:
    """A whole number of two, four or eight bytes written over what is there."""
    size = chance.choice((2, 4, 8))
    if len(data) <= size:
        return data
    number = chance.choice(WHOLE_NUMBERS) % 256**size
    place = chance.randrange(len(data) - size)
    coded = struct.pack("<Q", number)[:size]
    if chance.random() < 0.3:
        coded = coded[::-1]
    return data[:place] + coded + data[place + size :]


def cut_end(data: bytes, chance: Random) -> bytes:
    """The file ends early."""
    return data[: chance.randint(0, len(data))]


def cut_out(data: bytes, chance: Random) -> bytes:
    """A stretch is missing."""
    start, end = _stretch(data, chance)
    return data[:start] + data[end:]


def insert(data: bytes, chance: Random) -> bytes:
    """A snippet stands where none should."""
    place = chance.randint(0, len(data))
    snippet = chance.choice(SNIPPETS)
    if chance.random() < 0.05:
        snippet *= 2000
    return data[:place] + snippet + data[place:]


def repeat(data: bytes, chance: Random) -> bytes:
    """A stretch stands there again."""
    start, end = _stretch(data, chance)
    times = chance.choice((1, 1, 1, 3, 50))
    return (data[:end] + data[start:end] * times + data[end:])[:MOST_BYTES]


def swap(data: bytes, chance: Random) -> bytes:
    """Two stretches of one length change places."""
    if len(data) < 4:
        return data
    size = chance.randint(1, max(1, min(64, len(data) // 3)))
    first, second = sorted(chance.randrange(len(data) - size) for _ in range(2))
    if second < first + size:
        return data
    middle = data[first + size : second]
    head, tail = data[first : first + size], data[second : second + size]
    return data[:first] + tail + middle + head + data[second + size :]


def splice(data: bytes, other: bytes, chance: Random) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]


def _stretch(data: bytes, chance: Random) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    longest = chance.choice((1, 8, 64, len(data)))
    return start, min(len(data), start + chance.randint(0, longest))


BYTE_CHANGES = (flip_bit, set_byte, set_number, cut_end, cut_out, insert, repeat, swap)


def change_bytes(data: bytes, chance: Random) -> bytes:
    """One of these changes."""
    return chance.choice(BYTE_CHANGES)(data, chance)
