"""MSG: mails as Outlook saves them."""

import struct

from coder.reading.letters.compressed_rtf import decompress_rtf
from coder.reading.letters.mail import (
    Attachment,
    Mail,
    date_of,
    pieces_of_html_mail,
)
from coder.reading.letters.pieces import LetterError, Piece
from coder.reading.letters.plain import pieces_of_plain
from coder.reading.letters.rtf import read_rtf

COMPRESSED_RTF = 0x1009  # number of the property


def parse_msg(data: bytes) -> Mail:
    """Read a mail that Outlook saved.

    Raises:
        LetterError: it is damaged.
    """
    from oxmsg import Message

    try:
        message = Message.load(data)
        headers = {
            name.lower(): value for name, value in message.message_headers.items()
        }
        date = date_of(str(headers.get("date", "")))
        if not date and message.sent_date is not None:
            date = message.sent_date.date().isoformat()
        mail = Mail(
            sender=message.sender or "",
            date=date,
            subject=message.subject,
            pieces=_pieces(message),
        )
        for attachment in message.attachments:
            name = attachment.file_name or "unnamed"
            mail.attachments.append(Attachment(name, attachment.file_bytes or b""))
    except (
        OSError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        LookupError,
        struct.error,
    ) as error:
        raise LetterError("is damaged (not a mail of Outlook)") from error
    return mail


def _pieces(message: object) -> list[Piece]:
    """The body: plain, else HTML, else the formatted text."""
    body = getattr(message, "body", None)
    if body and body.strip():
        return pieces_of_plain(body)
    page = getattr(message, "html_body", None)
    if page:
        return pieces_of_html_mail(page)
    properties = message.properties  # type: ignore[attr-defined]
    compressed = properties.binary_prop_value(COMPRESSED_RTF)
    if compressed:
        return list(read_rtf(decompress_rtf(compressed)).pieces)
    return []
