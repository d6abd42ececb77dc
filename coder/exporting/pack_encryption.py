"""Encrypted audit packs, `pack.zip.age`: in the age format, to a passphrase or to public keys.

Any program that knows age opens them: `age -d pack.zip.age > pack.zip`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coder.errors import CoderError, option
from coder.exporting.key_files import TooLargeError, read_key_file
from coder.exporting.optional import import_library
from coder.exporting.pack_secrets import OF_PACK, Opening

START = b"age-encryption.org/v1\n"
# How much work a passphrase is: each step doubles time and memory, 22 takes 4 GB.
PASSPHRASE = re.compile(rb"\A[^\n]*\n-> scrypt \S+ (\d+)\n")
MOST_WORK = 22
EXTRA = "sealed"
KEYS = "age1... or ssh-ed25519 ..., or a file of these, one a line"


@dataclass(frozen=True)
class Encryption:
    """Whom a pack is encrypted to.

    Attributes:
        recipients: public keys, of the kinds of pyrage.
        passphrase: in place of keys.
    """

    recipients: tuple[Any, ...] = ()
    passphrase: str = field(default="", repr=False)

    def encrypt(self, data: bytes) -> bytes:
        """A pack as a file that only they open."""
        import pyrage

        if self.passphrase:
            return bytes(pyrage.passphrase.encrypt(data, self.passphrase))
        return bytes(pyrage.encrypt(data, list(self.recipients)))


def to_recipients(places: Sequence[str]) -> Encryption:
    """Encryption to public keys.

    Args:
        places: keys of age or OpenSSH, or files of them.

    Raises:
        CoderError: something is neither, or a file holds no key.
    """
    import_library("pyrage", EXTRA, "encrypting a pack")
    recipients = []
    for place in places:
        recipients += list(_recipients_of(place))
    return Encryption(recipients=tuple(recipients))


def to_passphrase(passphrase: str) -> Encryption:
    """Encryption to a passphrase. Raises `CoderError` where it is empty."""
    import_library("pyrage", EXTRA, "encrypting a pack")
    if not passphrase:
        raise CoderError("the passphrase is empty", "Choose a long one.")
    return Encryption(passphrase=passphrase)


def _recipients_of(place: str) -> Iterator[Any]:
    key = _recipient(place)
    if key is not None:
        yield key
        return
    path = Path(place)
    lines = _key_lines(path, _content_of(path))
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        key = _recipient(line)
        if key is None:
            raise CoderError(
                f"{path}:{number}: is no public key",
                f"{option('encrypt_to')} takes {KEYS}.",
            )
        yield key


def _recipient(text: str) -> Any | None:
    """A public key; None where the text is none."""
    import pyrage

    try:
        if text.startswith("age1"):
            return pyrage.x25519.Recipient.from_str(text)
        if text.startswith("ssh-"):
            return pyrage.ssh.Recipient.from_str(text)
    except pyrage.RecipientError:
        return None
    return None


def _key_lines(path: Path, content: bytes) -> list[str]:
    lines = content.decode("utf-8", "replace").splitlines()
    stripped = [line.strip() for line in lines]
    if not any(line and not line.startswith("#") for line in stripped):
        raise CoderError(f"{path}: holds no key", f"Name {KEYS}.")
    return stripped


def _content_of(path: Path) -> bytes:
    try:
        return read_key_file(path)
    except TooLargeError as error:
        raise CoderError(
            f"{path}: is too large for a file of keys", "Check it."
        ) from error
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise CoderError(
            f"{path}: is neither a public key nor a file that can be read ({reason})",
            f"Name {KEYS}.",
        ) from error


# ---------------------------------------------------------------- opening


def is_encrypted(data: bytes) -> bool:
    """Whether a file is in the age format."""
    return data.startswith(START)


def decrypt(
    path: Path,
    data: bytes,
    opening: Opening,
) -> bytes:
    """What an encrypted file holds.

    Args:
        path: of the file, for messages.
        opening: gives the passphrase, or names a file with private keys of age or one of OpenSSH.

    Raises:
        CoderError: the passphrase or the key is another one, or the file is damaged.
    """
    import_library("pyrage", EXTRA, "opening an encrypted pack")
    import pyrage

    work = PASSPHRASE.match(data)
    try:
        if work is not None:
            _check_work(path, int(work[1]))
            return bytes(pyrage.passphrase.decrypt(data, opening.ask(OF_PACK, path)))
        if opening.identity is None:
            raise CoderError(
                f"{path}: is encrypted to a key",
                f"Name the file of your private key: {option('identity', 'FILE')}",
            )
        return bytes(pyrage.decrypt(data, _identities_of(opening.identity)))
    except pyrage.DecryptError as error:
        reason = "the passphrase is wrong"
        if work is None:
            reason = f"the key in {opening.identity} does not open it"
        raise CoderError(
            f"{path}: {reason}, or the file is damaged",
            "Ask whoever sent the pack.",
        ) from error


def _check_work(path: Path, work: int) -> None:
    if work > MOST_WORK:
        raise CoderError(
            f"{path}: opening it would take more than 4 GB of memory",
            "coder did not write this file.",
        )


def _identities_of(path: Path) -> list[Any]:
    import pyrage

    content = _content_of(path)
    try:
        if b"OPENSSH PRIVATE KEY" in content:
            return [pyrage.ssh.Identity.from_buffer(content)]
        identities = []
        for line in _key_lines(path, content):
            if line and not line.startswith("#"):
                identities.append(pyrage.x25519.Identity.from_str(line))
        return identities
    except pyrage.IdentityError as error:
        raise CoderError(
            f"{path}: holds no private key that can be read without a passphrase",
            "Name a file of age (AGE-SECRET-KEY-1...) or an OpenSSH key without a passphrase.",
        ) from error
