"""Mails: what their sender wrote, what they quote, and what is attached."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath

from coder.reading.letters.html import paragraphs_of_html
from coder.reading.letters.pieces import (
    BODY,
    HEADER,
    QUOTED,
    Letter,
    LetterError,
    Piece,
)
from coder.reading.letters.plain import decode_text, pieces_of_plain
from coder.reading.letters.replies import (
    HEAD_LINE,
    ORIGINAL,
    QUOTE_MARK,
    quoted_lines,
    quoted_or_body,
)
from coder.text import word_count

MOST_PARTS = 1_000
DEEPEST = 30  # parts within each other
FORWARDED = re.compile(r"\s*(?:Fwd?|FW|WG|TR|RV)\s*:", re.IGNORECASE)
FORWARD_MARK = re.compile(
    r"[-\s]*(?:Begin\s+)?forwarded\s+(?:message|by)", re.IGNORECASE
)
MOST_OWN_WORDS = 40  # of who forwards a letter and says little about it
# Encodings that mail programs name and that stand for a larger one.
LARGER = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
}
ID_DIGITS = 8
ADDRESS = re.compile(r"[^][\s<>\"(),;:@]+@[^][\s<>\"(),;:@]+")


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    data: bytes


@dataclass
class Mail:
    """A mail as it was received.

    Attributes:
        pieces: of its body.
        attachments: its files.
    """

    sender: str = ""
    date: str = ""
    subject: str = ""
    pieces: list[Piece] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)

    def letter(self) -> Letter:
        """The mail without its attachments; of one without words the subject is the text."""
        mail = self
        if _is_forwarded(mail):
            mail = _original_of(mail)
        pieces = mail.pieces
        if not pieces and mail.subject:
            pieces = [Piece(mail.subject, "subject")]
        return Letter(
            pieces=tuple(pieces),
            sender=mail.sender,
            address=address_of(mail.sender),
            date=mail.date,
            subject=mail.subject,
        )


# ---------------------------------------------------------------- reading


def parse_mail(data: bytes) -> Mail:
    """Read a mail.

    Raises:
        LetterError: it has no head, or its parts are nested too deeply.
    """
    try:
        message = message_from_bytes(data)
        if not message.keys():
            raise LetterError("is damaged (it does not begin as a mail does)")
        mail = Mail(
            sender=header_text(message.get("From")),
            date=date_of(header_text(message.get("Date"))),
            subject=header_text(message.get("Subject")),
        )
        for number, part in enumerate(_leaves(message, 0)):
            if number >= MOST_PARTS:
                raise LetterError(f"has more than {MOST_PARTS:,} parts")
            _add_part(mail, part)
    except RecursionError as error:
        raise LetterError("is damaged (parts within parts without an end)") from error
    return mail


def message_id(data: bytes) -> str:
    """Hex digits that stand for a message, the same whenever it is read: of its Message-ID, or of
    all of it where it has none.
    """
    head = data.split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0]
    named = re.search(rb"^message-id:\s*(\S+)", head, re.IGNORECASE | re.MULTILINE)
    known = named[1] if named else data
    return hashlib.sha256(known).hexdigest()[:ID_DIGITS]


def header_text(value: object) -> str:
    """A header as people read it, on one line; encoded words that are faulty stay as they are."""
    if value is None:
        return ""
    raw = _header_bytes(str(value))
    text = decode_text(raw) if not raw.isascii() else raw.decode("ascii")
    try:
        pieces = decode_header(text)
    except (HeaderParseError, binascii.Error, ValueError):
        return " ".join(text.split())
    words = []
    for piece, charset in pieces:
        if isinstance(piece, bytes):
            words.append(decode_text(piece, _larger(charset)))
        else:
            words.append(piece)
    return " ".join("".join(words).replace("\0", " ").split())


def _header_bytes(text: str) -> bytes:
    """A header as it was sent; beyond ASCII, bytes stand in it as lone surrogates."""
    try:
        return text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def address_of(sender: str) -> str:
    """The address in a header as people read it, in lower case; empty where there is none.

    Names such as `Smith, Ann` are often without the marks that would tell them from addresses.
    """
    addresses = ADDRESS.findall(sender)
    if not addresses:
        return ""
    return str(addresses[-1]).strip("'").lower()


def date_of(header: str) -> str:
    """`2026-03-14` of a mail's Date, where it was sent; empty where the header is faulty."""
    try:
        return parsedate_to_datetime(header).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _leaves(message: Message, depth: int) -> Iterator[Message]:
    """The parts to read, in order: of alternatives the one that shows most of the words."""
    if depth > DEEPEST:
        raise LetterError("is damaged (parts within parts without an end)")
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    if message.get_content_subtype() == "alternative":
        parts = _chosen(parts)
    for part in parts:
        yield from _leaves(part, depth + 1)


def _chosen(alternatives: list[Message]) -> list[Message]:
    """Of alternatives plain text with words; else the last, which is the fullest.

    What is in none of them, such as a calendar entry, is passed over.
    """
    for part in alternatives:
        if part.get_content_type() == "text/plain" and _text_of(part).strip():
            return [part]
    readable = []
    for part in alternatives:
        if part.is_multipart() or part.get_content_maintype() == "text":
            readable.append(part)
    return readable[-1:]


def _add_part(mail: Mail, part: Message) -> None:
    kind = part.get_content_type()
    name = header_text(part.get_filename())
    attached = part.get_content_disposition() == "attachment" or bool(name)
    if kind == "message/rfc822":
        _add_attached_mail(mail, part, name)
    elif kind == "text/plain" and not attached:
        _extend(mail, pieces_of_plain(_text_of(part)))
    elif kind == "text/html" and not attached:
        _extend(mail, pieces_of_html_mail(_text_of(part)))
    elif attached or part.get_content_maintype() != "text":
        _add_file(mail, part, name)


def _add_file(mail: Mail, part: Message, name: str) -> None:
    """Add an attachment; one without a name and without content is none."""
    kind = part.get_content_type()
    data = _bytes_of(part)
    if (data or name) and kind != "application/pgp-signature":
        mail.attachments.append(Attachment(name or _unnamed(kind), data))


def _add_attached_mail(mail: Mail, part: Message, name: str) -> None:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else payload
    if isinstance(inner, Message):
        data = inner.as_bytes()
        name = name or header_text(inner.get("Subject"))
    else:
        data = _bytes_of(part)
    title = name or "message"
    # The ending says that it is a mail, whatever its sender called it.
    if not title.lower().endswith(".eml"):
        title += ".eml"
    mail.attachments.append(Attachment(title, data))


def _unnamed(kind: str) -> str:
    """A name for a file that has none, with the ending that its kind has."""
    endings = {"application/pdf": "pdf", "application/rtf": "rtf"}
    return f"unnamed.{endings.get(kind, PurePosixPath(kind).name)}"


def _extend(mail: Mail, pieces: list[Piece]) -> None:
    """Add the pieces of a further part of the body, their numbers going on."""
    first = len(mail.pieces)
    for number, piece in enumerate(pieces, start=first + 1):
        mail.pieces.append(piece._replace(place=f"paragraph {number}"))


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return b""
    encoded = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoded == "base64" and payload[:8].isascii() and not payload.strip():
        return _lenient_base64(str(part.get_payload()))
    return payload


def _lenient_base64(text: str) -> bytes:
    """What can be decoded of damaged base64."""
    kept = re.sub(r"[^A-Za-z0-9+/]", "", text)
    return base64.b64decode(kept[: len(kept) // 4 * 4])


def _text_of(part: Message) -> str:
    charset = part.get_content_charset()
    data = _bytes_of(part)
    if charset is not None and charset.startswith("utf-16"):
        return decode_text(data, charset)
    return decode_text(data.replace(b"\0", b" "), _larger(charset))


def _larger(charset: str | None) -> str | None:
    if charset is None:
        return None
    return LARGER.get(charset.lower(), charset)


# ---------------------------------------------------------------- bodies


def pieces_of_html_mail(page: str) -> list[Piece]:
    """The paragraphs of an HTML body; what it quotes is marked."""
    paragraphs = paragraphs_of_html(page)
    lines: list[str] = []
    first_lines = []
    for paragraph in paragraphs:
        first_lines.append(len(lines))
        sign = "> " if paragraph.quoted else ""
        lines.extend(f"{sign}{line}" for line in paragraph.text.split("\n"))
        lines.append("")
    quoted = quoted_lines(lines)
    pieces = []
    for number, paragraph in enumerate(paragraphs, start=1):
        part = quoted_or_body(quoted[first_lines[number - 1]])
        pieces.append(Piece(paragraph.text, f"paragraph {number}", part))
    return pieces


# ---------------------------------------------------------------- forwarded letters


def _is_forwarded(mail: Mail) -> bool:
    """Whether a mail passes on somebody's letter and says little itself."""
    own = [piece.text for piece in mail.pieces if piece.part == BODY]
    quoted = [piece.text for piece in mail.pieces if piece.part == QUOTED]
    if not quoted or word_count("\n".join(own)) > MOST_OWN_WORDS:
        return False
    is_marked = any(FORWARD_MARK.match(text) for text in quoted)
    return is_marked or bool(FORWARDED.match(mail.subject))


def _original_of(mail: Mail) -> Mail:
    """The forwarded letter as its writer's: its head marked, its words the body."""
    pieces = []
    sender = date = ""
    for piece in mail.pieces:
        if piece.part != QUOTED:
            pieces.append(piece)
            continue
        lines = [
            QUOTE_MARK.sub("", line, count=1).strip() for line in piece.text.split("\n")
        ]
        text = "\n".join(lines)
        if ORIGINAL.match(lines[0]) or _is_head(lines):
            sender = sender or _head_value(lines, "from")
            date = date or _date_in_head(lines)
            pieces.append(Piece(text, piece.place, HEADER))
        else:
            pieces.append(Piece(text, piece.place))
    if not sender:
        return replace(mail, pieces=pieces)
    return replace(mail, pieces=pieces, sender=sender, date=date)


def _is_head(lines: list[str]) -> bool:
    return sum(HEAD_LINE.match(line) is not None for line in lines) >= 2


def _head_value(lines: list[str], name: str) -> str:
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip(" *").casefold() == name:
            return value.strip(" *")
    return ""


def _date_in_head(lines: list[str]) -> str:
    """The date of a forwarded mail, where it is written in one of the usual ways."""
    written = _head_value(lines, "date") or _head_value(lines, "sent")
    exact = date_of(written)
    if exact:
        return exact
    named = re.search(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})", written)
    if named is None:
        return ""
    for pattern in ("%d %B %Y", "%d %b %Y"):
        try:
            return datetime.strptime(named[0], pattern).date().isoformat()
        except ValueError:
            continue
    return ""
