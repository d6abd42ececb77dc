"""The dictionary at the start of an SPSS file, for what the library does not say: its weight.

The layout is described in "System File Format" of the PSPP developer's guide.
"""

import struct
from typing import NamedTuple

LAYOUT_AT = 64  # the number 2 or 3, in the byte order of the file
WEIGHT_AT = (
    76  # place of the weight among the variables, from 1; 0 where none is switched on
)
RECORDS_AT = 176
VARIABLE, VALUE_LABELS, LABELLED, DOCUMENT, EXTENSION = 2, 3, 4, 6, 7
LONG_NAMES = 13  # the extension that gives variables their full names
ENCODING = 20  # the extension that names the encoding of the file
CONTINUES = -1  # the type of a record that belongs to the variable before it
NAME_BYTES = 8
LABEL_UNIT = 8  # a value and its label fill whole units of so many bytes
DOCUMENT_LINE = 80


class _Dictionary(NamedTuple):
    """Names of the variables, and what stands in the file about its text."""

    short: list[str]  # a place for each record, empty where it continues a variable
    full: dict[str, str]  # by short name in upper case
    encoding: str


def weight_variable(data: bytes) -> str:
    """The variable by which cases are weighted; empty where there is none or it cannot be told."""
    try:
        order = _byte_order(data)
        place = int(struct.unpack_from(f"{order}i", data, WEIGHT_AT)[0])
        if place < 1:
            return ""
        dictionary = _dictionary(data, order)
        short = dictionary.short[place - 1]
    except (struct.error, IndexError, ValueError):
        return ""
    return dictionary.full.get(short.upper(), short)


def named_encoding(data: bytes) -> str:
    """The encoding that the file names; empty where it names none, as before SPSS 16."""
    try:
        return _dictionary(data, _byte_order(data)).encoding
    except (struct.error, IndexError, ValueError):
        return ""


def _byte_order(data: bytes) -> str:
    if data[LAYOUT_AT] in (2, 3):
        return "<"
    return ">"


def _dictionary(data: bytes, order: str) -> _Dictionary:
    """What the records say, up to the one that ends the dictionary.

    Raises:
        struct.error, ValueError: the file ends in a record, or a length is negative.
    """
    short: list[str] = []
    full: dict[str, str] = {}
    encoding = ""
    at = RECORDS_AT
    while True:
        (kind,) = struct.unpack_from(f"{order}i", data, at)
        at += 4
        if kind == VARIABLE:
            name, at = _variable(data, at, order)
            short.append(name)
        elif kind == VALUE_LABELS:
            at = _after_labels(data, at, order)
        elif kind == LABELLED:
            at += 4 + 4 * _length(data, at, order)
        elif kind == DOCUMENT:
            at += 4 + DOCUMENT_LINE * _length(data, at, order)
        elif kind == EXTENSION:
            subtype, content, at = _extension(data, at, order)
            if subtype == LONG_NAMES:
                full = _full_names(content)
            elif subtype == ENCODING:
                encoding = _text(content)
        else:
            return _Dictionary(short, full, encoding)


def _variable(data: bytes, at: int, order: str) -> tuple[str, int]:
    """The short name in a variable's record, and where the next record begins."""
    kind, has_label, missing = struct.unpack_from(f"{order}3i", data, at)
    at += 20  # with two print formats
    name = data[at : at + NAME_BYTES].decode("latin-1").rstrip()
    at += NAME_BYTES
    if has_label:
        at += 4 + _filled_up(_length(data, at, order), 4)
    at += 8 * abs(missing)
    if kind == CONTINUES:
        name = ""
    return name, at


def _after_labels(data: bytes, at: int, order: str) -> int:
    """Where the record after these value labels begins."""
    labels = _length(data, at, order)
    at += 4
    for _ in range(labels):
        at += LABEL_UNIT
        at += _filled_up(1 + data[at], LABEL_UNIT)
    return at


def _extension(data: bytes, at: int, order: str) -> tuple[int, bytes, int]:
    """Kind and content of an extension record, and where the next record begins."""
    (subtype,) = struct.unpack_from(f"{order}i", data, at)
    size = _length(data, at + 4, order) * _length(data, at + 8, order)
    at += 12
    return subtype, data[at : at + size], at + size


def _full_names(content: bytes) -> dict[str, str]:
    """Full names by short name in upper case, of content such as `V1=Age<tab>V2=Opinion`."""
    names: dict[str, str] = {}
    for pair in _text(content).split("\t"):
        short, _, full = pair.partition("=")
        names[short.upper()] = full
    return names


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _length(data: bytes, at: int, order: str) -> int:
    (length,) = struct.unpack_from(f"{order}i", data, at)
    if length < 0:
        raise ValueError("a negative length")
    return int(length)


def _filled_up(length: int, unit: int) -> int:
    """The length with what fills the last unit."""
    return -(-length // unit) * unit
