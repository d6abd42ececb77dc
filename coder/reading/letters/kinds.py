"""Which kind of document a file is, by how it begins, and the letter that it holds."""

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import PurePosixPath

from coder.errors import CoderError
from coder.reading.letters.html import pieces_of_html
from coder.reading.letters.mail import Attachment, Mail, parse_mail
from coder.reading.letters.odt import read_odt
from coder.reading.letters.outlook import parse_msg
from coder.reading.letters.packages import OLD_OFFICE
from coder.reading.letters.pdf import read_pdf
from coder.reading.letters.pieces import (
    SCAN,
    Letter,
    LetterError,
    Piece,
    check_length,
)
from coder.reading.letters.plain import decode_text, read_plain
from coder.reading.letters.replies import mark_signature
from coder.reading.letters.rtf import read_rtf
from coder.reading.letters.scans import can_read_scans, read_image
from coder.reading.letters.word import read_docx

PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
HTML_BEGINS = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)", re.I
)
DEEPEST = 3  # mails attached to mails
# The second is all that an ODT holds that is encrypted as a whole.
ODF_PARTS = frozenset({"content.xml", "encrypted-package"})
FORMAT_ADVICE = "is {kind} file: save it as PDF or DOCX"
# Endings of documents that are counted as received and cannot be read.
NOT_READ = {
    ".doc": "an old Word",
    ".dot": "an old Word",
    ".wps": "a Works",
    ".wpd": "a WordPerfect",
    ".pages": "a Pages",
    ".heic": "a HEIC picture",
}


def read_document(name: str, data: bytes, depth: int = 0) -> Letter:
    """Read a file as a letter, with what is attached to it.

    Args:
        name: of the file; its ending decides where its beginning does not.
        depth: of mails that this one is attached to.

    Raises:
        LetterError: it cannot be read.
        CoderError: a library is not installed.
    """
    suffix = PurePosixPath(name).suffix.lower()
    try:
        kind = _kind_of(suffix, data)
        if kind in MAILS:
            return _read_mail(MAILS[kind](data), depth)
        letter = READERS[kind](data)
    except ImportError as error:
        raise _library_missing(error) from error
    except RecursionError as error:
        raise LetterError("is damaged (parts within parts without an end)") from error
    except (LetterError, CoderError, MemoryError):
        raise
    except Exception as error:  # what its libraries raise for a damaged one
        raise LetterError(f"is damaged ({type(error).__name__})") from error
    check_length(letter.pieces)
    marked = mark_signature(letter.pieces)
    return replace(letter, pieces=tuple(marked))


def read_message(data: bytes) -> Letter:
    """Read a mail with what is attached to it. Raises as `read_document`."""
    return _read_mail(parse_mail(data), 0)


def _kind_of(suffix: str, data: bytes) -> str:
    """The name of a reader."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_package(suffix, data)
    if data.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    if data.startswith(OLD_OFFICE) and suffix == ".msg":
        return "msg"
    if suffix in PICTURES:
        return "picture"
    if suffix in (".eml", ".html", ".htm"):
        return KIND_OF_ENDING[suffix]
    if HTML_BEGINS.match(data[:2000]):
        return "html"
    if suffix in NOT_READ:
        raise LetterError(FORMAT_ADVICE.format(kind=NOT_READ[suffix]))
    return KIND_OF_ENDING.get(suffix, "plain")


def _kind_of_package(suffix: str, data: bytes) -> str:
    """What a zip archive is, whatever its name's ending."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return "odt" if suffix == ".odt" else "docx"
    if not ODF_PARTS.isdisjoint(names):
        return "odt"
    if suffix in NOT_READ:
        raise LetterError(FORMAT_ADVICE.format(kind=NOT_READ[suffix]))
    return "docx"


def _read_html(data: bytes) -> Letter:
    charset = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4000], re.IGNORECASE)
    encoding = charset[1].decode("ascii") if charset else None
    return Letter(pieces=tuple(pieces_of_html(decode_text(data, encoding))))


def _read_picture(data: bytes) -> Letter:
    """A photo or scan of a letter."""
    paragraphs = read_image(data) if can_read_scans() else None
    if paragraphs is None:
        raise LetterError("is a scan")
    pieces = [Piece(paragraph, "page 1", SCAN) for paragraph in paragraphs]
    return Letter(pieces=tuple(pieces))


READERS: dict[str, Callable[[bytes], Letter]] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "odt": read_odt,
    "rtf": read_rtf,
    "html": _read_html,
    "plain": read_plain,
    "picture": _read_picture,
}
MAILS: dict[str, Callable[[bytes], Mail]] = {"eml": parse_mail, "msg": parse_msg}
KIND_OF_ENDING = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".odt": "odt",
    ".rtf": "rtf",
    ".eml": "eml",
    ".msg": "msg",
    ".txt": "plain",
    ".html": "html",
    ".htm": "html",
}


# ---------------------------------------------------------------- mails


def _read_mail(mail: Mail, depth: int) -> Letter:
    """A mail, then the text of each of its attachments, named by it."""
    letter = mail.letter()
    pieces = mark_signature(letter.pieces)
    unread = list(letter.unread)
    attached = []
    names = _names_apart(mail.attachments)
    for name, attachment in zip(names, mail.attachments, strict=True):
        suffix = PurePosixPath(attachment.name).suffix.lower()
        if suffix not in KIND_OF_ENDING or depth >= DEEPEST:
            attached.append(name)
            continue
        try:
            if not attachment.data:
                raise LetterError("is empty")
            inner = read_document(attachment.name, attachment.data, depth + 1)
        except LetterError as error:
            unread.append(f"attachment {name} {error}")
            continue
        pieces.extend(_of_attachment(inner, name))
        unread.extend(f"attachment {name}, {part}" for part in inner.unread)
        attached.extend(inner.attached)
    check_length(pieces)
    return replace(
        letter,
        pieces=tuple(pieces),
        unread=tuple(unread),
        attached=tuple(attached),
    )


def _names_apart(attachments: Sequence[Attachment]) -> list[str]:
    """The names of attachments; of several of one name the second has a 2 after it."""
    seen: Counter[str] = Counter()
    names = []
    for attachment in attachments:
        name = attachment.name
        seen[name] += 1
        if seen[name] > 1:
            name = f"{name} ({seen[name]})"
        names.append(name)
    return names


def _of_attachment(letter: Letter, name: str) -> list[Piece]:
    pieces = []
    for piece in letter.pieces:
        place = f"attachment {name}, {piece.place}"
        pieces.append(piece._replace(place=place))
    return pieces


def _library_missing(error: ImportError) -> CoderError:
    return CoderError(
        f"letters need the library {error.name}, which is not installed",
        "Install it with: pip install 'coder[letters]'",
    )
