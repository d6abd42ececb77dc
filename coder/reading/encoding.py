"""A file's bytes as text: its encoding is detected without guessing, or the faulty line is
named.
"""

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from coder.errors import CoderError, option

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How files begin that are not text, what they are, and what to do with them.
NOT_TEXT = (
    (
        b"PK\x03\x04",
        "a zipped file, such as an Excel workbook",
        "If it is a workbook, rename it to end in .xlsx or .ods, else in .zip.",
    ),
    (b"PAR1", "a Parquet file", "Rename it to end in .parquet."),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Office file (.xls, .doc)",
        "If it is a workbook, rename it to end in .xls.",
    ),
    (b"%PDF", "a PDF", "Export the comments as CSV or XLSX."),
    (b"\x1f\x8b", "a gzip archive", "Add .gz to its name."),
    (b"$FL2", "an SPSS file", "Rename it to end in .sav."),
    (b"$FL3", "an SPSS file", "Rename it to end in .zsav."),
    (b"<stata_dta>", "a Stata file", "Rename it to end in .dta."),
    (b"\x89PNG", "an image", "Name a file of comments."),
    (b"\xff\xd8\xff", "an image", "Name a file of comments."),
)
# Encodings whose bytes may lie in either order. A byte order mark tells which.
ORDERS = {"utf-16": ("utf-16-le", "utf-16-be"), "utf-32": ("utf-32-le", "utf-32-be")}
BYTES_AT_ONCE = 1_000_000  # of a file that is checked
CONTROLS = bytes([*range(0x09), *range(0x0E, 0x1B)])
# Bytes that are an apostrophe and an é in Mac OS Roman. In Windows-1252 they are Õ and Ž, which no
# word has after a small letter.
MAC_ROMAN = re.compile(rb"[a-z](?:\xd5(?:t|s|re|ve|ll|d|m)\b|\x8e[a-z])")
DETECTED = frozenset(
    ("UTF-8", "Windows-1252", "UTF-16", "UTF-16-LE", "UTF-16-BE", "UTF-32")
)
LABELS = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1252": "Windows-1252"}


def decode(
    data: bytes,
    path: Path,
    encoding: str | None = None,
) -> tuple[str, str]:
    """The text of a file's bytes, and the encoding's name for people.

    Raises:
        CoderError: as `find_encoding`.
    """
    found = find_encoding(data, path, encoding)
    return data.decode(found.codec).removeprefix("\ufeff"), found.label


class Encoding(NamedTuple):
    """An encoding that fits a file: Python's name of it, and its name for people."""

    codec: str
    label: str


def find_encoding(
    data: bytes,
    path: Path,
    encoding: str | None = None,
) -> Encoding:
    """The encoding of a file's bytes; all of them are checked, and the text is not kept.

    Windows-1252 is used only where no line holds UTF-8 beyond ASCII, so that a file of mixed
    encodings is refused rather than misread.

    Raises:
        CoderError: no encoding fits every line (the first faulty line is named), `encoding`
            does not fit or is unknown, or the bytes are not text.
    """
    for start, what, fix in NOT_TEXT:
        if data.startswith(start):
            raise CoderError(f"{path}: is {what}, not text", fix)
    if encoding is not None:
        return _as_named(data, path, encoding)
    for mark, codec in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            _check_fits(data, path, codec)
            return Encoding(codec, LABELS.get(codec, codec.upper()))
    wide = _unmarked_utf16(data)
    if wide:
        _check_fits(data, path, wide)
        return Encoding(wide, wide.upper())
    if _fits(data, "utf-8"):
        return Encoding("utf-8", "UTF-8")
    _check_windows_1252(data, path)
    return Encoding("cp1252", "Windows-1252")


def _as_named(data: bytes, path: Path, encoding: str) -> Encoding:
    try:
        codec = codecs.lookup(encoding)
        if not codec._is_text_encoding:  # rot13, zip and their like
            raise LookupError
    except (LookupError, ValueError) as error:
        raise CoderError(
            f"{option('encoding', encoding)}: unknown encoding",
            "Common encodings: utf-8, utf-16, cp1252 (Windows), latin-1, mac_roman, cp1250, "
            "cp1251, shift_jis, gb18030.",
        ) from error
    name = encoding
    if codec.name == "utf-8":
        name = "utf-8-sig"
    elif codec.name in ORDERS and not _has_mark(data, codec.name):
        name = _in_its_order(data, path, codec.name)
        return Encoding(name, name.upper())
    _check_fits(data, path, name)
    return Encoding(name, LABELS.get(codec.name, encoding))


def _has_mark(data: bytes, codec: str) -> bool:
    """Whether a file begins with the byte order mark of an encoding."""
    return any(
        data.startswith(mark) for mark, name in BYTE_ORDER_MARKS if name == codec
    )


def _in_its_order(data: bytes, path: Path, codec: str) -> str:
    """UTF-16 or UTF-32 without a byte order mark, by the order of its bytes: the one that reads
    more spaces, commas and line ends.

    Raises:
        CoderError: the file is not in that encoding.
    """
    counts = {}
    for order in ORDERS[codec]:
        text = data[:BYTES_AT_ONCE].decode(order, "ignore")
        counts[order] = sum(map(text.count, " ,;\t\n"))
    name = max(counts, key=counts.__getitem__)
    if data and not counts[name]:
        raise CoderError(
            f"{path}: is not {codec.upper()} text",
            f"Leave out {option('encoding', codec)}: the encoding is then detected.",
        )
    _check_fits(data, path, name)
    return name


def _fits(data: bytes, codec: str) -> bool:
    """Whether every byte can be read; a part at a time, so that no second copy is made."""
    decoder = codecs.getincrementaldecoder(codec)()
    view = memoryview(data)
    try:
        for start in range(0, len(data), BYTES_AT_ONCE):
            decoder.decode(view[start : start + BYTES_AT_ONCE])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _check_fits(data: bytes, path: Path, codec: str) -> None:
    if _fits(data, codec):
        return
    try:
        data.decode(codec)
    except UnicodeError as error:
        line = ""
        if isinstance(error, UnicodeDecodeError):
            before = error.object[: error.start].decode(codec, "ignore")
            line = f":{before.count(chr(10)) + 1}"
        raise CoderError(
            f"{path}{line}: is not {LABELS.get(codec, codec)} text",
            f"Name its encoding with {option('encoding', 'NAME')}.",
        ) from error


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without a mark shows as a NUL in every other byte of Latin text."""
    head = data[:4096]
    half = len(head) // 2
    if half < 2 or len(data) % 2:
        return ""
    even = head[0 : half * 2 : 2].count(0)
    odd = head[1 : half * 2 : 2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _check_windows_1252(data: bytes, path: Path) -> None:
    """Raise `CoderError` where bytes that are not UTF-8 are not Windows-1252 either."""
    if _is_binary(data):
        raise CoderError(f"{path}: is not a text file", "Name a file of comments.")
    _check_not_mixed(data, path)
    _check_not_mac_roman(data, path)
    try:
        data.decode("cp1252")
    except UnicodeDecodeError as error:
        line_number = data[: error.start].count(b"\n") + 1
        raise CoderError(
            f"{path}:{line_number}: holds the byte 0x{data[error.start]:02X}, which is neither "
            "UTF-8 nor Windows-1252",
            f"Name the file's encoding with {option('encoding', 'NAME')}, such as latin-1, "
            "mac_roman or cp1250.",
        ) from error


def _check_not_mac_roman(data: bytes, path: Path) -> None:
    """Raise `CoderError` where text of an older Mac program would be misread as Windows-1252."""
    match = MAC_ROMAN.search(data)
    if match is not None:
        line_number = data[: match.start()].count(b"\n") + 1
        of_windows, of_mac = match[0].decode("cp1252"), match[0].decode("mac_roman")
        raise CoderError(
            f"{path}:{line_number}: a word has {of_windows!r} in Windows-1252, and {of_mac!r} in "
            "the encoding of older Mac programs",
            f"If the file comes from a Mac, add {option('encoding', 'mac_roman')}, else "
            f"{option('encoding', 'cp1252')}.",
        )


def _is_binary(data: bytes) -> bool:
    """Whether control characters are frequent in the first bytes."""
    head = data[:65536]
    controls = len(head) - len(head.translate(None, CONTROLS))
    return controls > len(head) // 50


def _check_not_mixed(data: bytes, path: Path) -> None:
    """Raise `CoderError` where one line is UTF-8 beyond ASCII and another is not UTF-8."""
    utf8_line, other_line = 0, 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            utf8_line = utf8_line or number
        except UnicodeDecodeError:
            other_line = other_line or number
        if utf8_line and other_line:
            raise CoderError(
                f"{path}:{other_line}: is not UTF-8, but line {utf8_line} is: the file mixes "
                "encodings or is damaged",
                "Save it again as UTF-8, or name the encoding of all of it with "
                f"{option('encoding', 'NAME')}.",
            )
