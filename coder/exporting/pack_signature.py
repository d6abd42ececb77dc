"""The signature of an audit pack: ed25519, in the form of `ssh-keygen -Y sign`.

It covers the manifest, and so each part, whose hash the manifest holds. Anybody can check it
without coder (`signers` lists names with public keys):

    ssh-keygen -Y verify -f signers -I NAME -n coder-pack -s manifest.json.sig < manifest.json

The form is described in PROTOCOL.sshsig of OpenSSH.
"""

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError, option
from coder.exporting.key_files import TooLargeError, read_key_file
from coder.exporting.optional import import_library
from coder.exporting.pack_secrets import OF_KEY, AskPassphrase

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNATURE = "manifest.json.sig"
NAMESPACE = b"coder-pack"  # a signature made for anything else is none of a pack
KIND = b"ssh-ed25519"
MAGIC = b"SSHSIG"
HASH = b"sha512"
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
WIDTH = 70
FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
PUBLIC_KEY = re.compile(
    r"(?:^|(?P<before>.*?)\s)ssh-ed25519\s+(?P<key>\S+)(?P<after>.*)"
)
MAKE_KEY = "Make a key with: ssh-keygen -t ed25519 -f KEYFILE"
EXTRA = "sealed"


@dataclass(frozen=True)
class KnownKey:
    """A public key, and whose it is.

    Attributes:
        name: as the file of keys has it; empty where a fingerprint alone was given.
    """

    fingerprint: str
    name: str = ""


@dataclass(frozen=True)
class PackSignature:
    """A signature that was read; whether it is good is not checked yet.

    Attributes:
        public_key: 32 bytes.
        signature: 64 bytes.
    """

    public_key: bytes
    signature: bytes

    @property
    def fingerprint(self) -> str:
        """Of the key, as `ssh-keygen -l` shows it."""
        return fingerprint_of_key(self.public_key)

    def is_good(self, message: bytes) -> bool:
        """Whether the key's owner signed exactly this as the manifest of a pack."""
        import_library("cryptography", EXTRA, "checking a signature")
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(self.signature, _signed_data(message))
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """A private key that signs packs."""

    def __init__(self, key: "Ed25519PrivateKey") -> None:
        self._key = key
        self._public = key.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """Of the key, as `ssh-keygen -l` shows it."""
        return fingerprint_of_key(self._public)

    def sign(self, message: bytes) -> bytes:
        """The signature of a manifest, as the member of a pack."""
        signature = self._key.sign(_signed_data(message))
        return _armored(self._public, signature)


def fingerprint_of_key(public_key: bytes) -> str:
    """`SHA256:` and the hash of a public key in base64."""
    digest = hashlib.sha256(_key_blob(public_key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


# ---------------------------------------------------------------- the form


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _key_blob(public_key: bytes) -> bytes:
    return _string(KIND) + _string(public_key)


def _signed_data(message: bytes) -> bytes:
    """What is signed in place of the message."""
    digest = hashlib.sha512(message).digest()
    parts = (NAMESPACE, b"", HASH, digest)
    return MAGIC + b"".join(map(_string, parts))


def _armored(public_key: bytes, signature: bytes) -> bytes:
    signature_blob = _string(KIND) + _string(signature)
    parts = (_key_blob(public_key), NAMESPACE, b"", HASH, signature_blob)
    blob = MAGIC + struct.pack(">I", 1) + b"".join(map(_string, parts))
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + WIDTH] for start in range(0, len(text), WIDTH)]
    return "\n".join([BEGIN, *lines, END, ""]).encode()


def read_signature(data: bytes) -> PackSignature | None:
    """The signature in a member of a pack; None where it is not exactly one of this form."""
    lines = data.decode("ascii", "replace").splitlines()
    if lines[:1] != [BEGIN]:
        return None
    try:
        blob = base64.b64decode("".join(lines[1:-1]), validate=True)
    except (binascii.Error, ValueError):
        return None
    # All has a fixed length: the key comes first of what differs, the signature last.
    key_start = len(MAGIC) + 4 + 4 + len(_string(KIND)) + 4
    signature = PackSignature(blob[key_start : key_start + 32], blob[-64:])
    if _armored(signature.public_key, signature.signature) != data:
        return None
    return signature


# ---------------------------------------------------------------- keys


def read_signing_key(path: Path, ask: AskPassphrase) -> SigningKey:
    """A private key from a file in OpenSSH or PEM form.

    Args:
        ask: gives the passphrase of the file, where it has one.

    Raises:
        CoderError: the file holds no ed25519 key, or the passphrase is wrong.
    """
    import_library("cryptography", EXTRA, "signing a pack")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    data = _read_key_file(path)
    if b"PRIVATE KEY-----" not in data:
        raise CoderError(f"{path}: holds no private key", MAKE_KEY)
    try:
        key = _load_private_key(data, None)
    except TypeError:  # it has a passphrase
        key = _load_with_passphrase(path, data, ask(OF_KEY, path))
    except Exception as error:  # the library raises many kinds
        raise CoderError(
            f"{path}: holds no private key that can be read",
            MAKE_KEY,
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CoderError(f"{path}: is a key of another kind than ed25519", MAKE_KEY)
    return SigningKey(key)


def _load_with_passphrase(path: Path, data: bytes, passphrase: str) -> object:
    try:
        return _load_private_key(data, passphrase.encode())
    except Exception as error:  # the library raises many kinds
        raise CoderError(
            f"{path}: the passphrase is wrong, or the file is damaged",
            "Run the command again with the passphrase of the key.",
        ) from error


def _load_private_key(data: bytes, passphrase: bytes | None) -> object:
    from cryptography.hazmat.primitives import serialization

    if b"OPENSSH PRIVATE KEY" in data:
        return serialization.load_ssh_private_key(data, passphrase)
    return serialization.load_pem_private_key(data, passphrase)


def _read_key_file(path: Path) -> bytes:
    try:
        return read_key_file(path)
    except TooLargeError as error:
        raise CoderError(
            f"{path}: is too large for a file of keys", MAKE_KEY
        ) from error
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise CoderError(f"{path}: cannot be read ({reason})", MAKE_KEY) from error


def read_known_keys(place: str) -> tuple[KnownKey, ...]:
    """The keys whose owners are known.

    Args:
        place: a public key (`KEY.pub`, or PEM), a file of allowed signers as OpenSSH has it, or a
            fingerprint that begins with `SHA256:`.

    Raises:
        CoderError: it is none of these, or holds no ed25519 key.
    """
    if FINGERPRINT.fullmatch(place):
        return (KnownKey(place),)
    path = Path(place)
    data = _read_key_file(path)
    if b"PRIVATE KEY-----" in data:
        raise CoderError(
            f"{path}: is a private key, which nobody else should see",
            f"Name the public one: {option('signed_by', f'{path}.pub')}",
        )
    if b"BEGIN PUBLIC KEY-----" in data:
        return (_read_public_pem(path, data),)
    keys = tuple(_keys_in_lines(path, data.decode("utf-8", "replace").splitlines()))
    if not keys:
        raise CoderError(
            f"{path}: holds no public key of the kind ed25519",
            "Name the signer's KEY.pub, or a file of allowed signers.",
        )
    return keys


def _read_public_pem(path: Path, data: bytes) -> KnownKey:
    import_library("cryptography", EXTRA, "checking a signature")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(data)
    except Exception as error:  # the library raises many kinds
        raise CoderError(f"{path}: holds no public key", MAKE_KEY) from error
    if not isinstance(key, Ed25519PublicKey):
        raise CoderError(f"{path}: is a key of another kind than ed25519", MAKE_KEY)
    return KnownKey(fingerprint_of_key(key.public_bytes_raw()), path.stem)


def _keys_in_lines(path: Path, lines: Sequence[str]) -> Iterator[KnownKey]:
    for number, line in enumerate(lines, start=1):
        match = PUBLIC_KEY.match(line.strip())
        if match is None or line.lstrip().startswith("#"):
            continue
        public_key = _public_key_in(match["key"])
        if public_key is None:
            raise CoderError(
                f"{path}:{number}: holds a damaged key",
                "Ask for the public key again.",
            )
        name = match["after"].strip()
        if match["before"]:
            name = _signer(path, number, match["before"])
        yield KnownKey(fingerprint_of_key(public_key), name)


def _signer(path: Path, number: int, before: str) -> str:
    """The name in a line of allowed signers.

    Args:
        before: what stands before the key: names, and options that limit what it may sign.
    """
    name, _, options = before.strip().partition(" ")
    spaces = re.fullmatch(r'namespaces="([^"]*)"', options.strip())
    if options.strip() and spaces is None:
        raise CoderError(
            f"{path}:{number}: has options that coder does not know",
            'Leave out such a key, or all options but namespaces="coder-pack".',
        )
    if spaces is not None and NAMESPACE.decode() not in spaces[1].split(","):
        raise CoderError(
            f"{path}:{number}: the key may not sign packs",
            'Leave it out, or add "coder-pack" to its namespaces.',
        )
    return name


def _public_key_in(text: str) -> bytes | None:
    """32 bytes of a key in base64; None where it is damaged."""
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    public_key = blob[-32:]
    return public_key if blob == _key_blob(public_key) else None
