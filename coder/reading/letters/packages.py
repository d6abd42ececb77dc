"""Documents that are zip archives: none is unpacked before its size is known."""

import io
import zipfile

from coder.limits import limits
from coder.reading.letters.pieces import LetterError

OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # how encrypted documents begin, too


def check_package(data: bytes) -> None:
    """Raise `LetterError` where a document is encrypted, no archive, or unpacks to far too much."""
    if data.startswith(OLD_OFFICE):
        raise LetterError("is encrypted, or an old .doc under another name")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise LetterError("is damaged (not a zip archive)") from error
    unpacked = sum(part.file_size for part in parts)
    now = limits()
    if unpacked > now.document_bytes or len(parts) > now.document_members:
        raise LetterError(f"would unpack to {unpacked:,} bytes, more than a letter")
    if any(part.flag_bits & 1 for part in parts):
        raise LetterError("is encrypted: it needs a password")
