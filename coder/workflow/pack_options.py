"""How an audit pack is to be protected, as the user asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError, option
from coder.exporting.pack_secrets import (
    OF_PACK,
    AskPassphrase,
    Opening,
    from_environment,
)

if TYPE_CHECKING:
    from coder.exporting.pack_secrets import Protection


@dataclass(frozen=True)
class PackOptions:
    """Whether a pack is signed and encrypted.

    Attributes:
        sign: the file of a private key.
        encrypt_to: public keys, or files of them.
        passphrase: encrypt it to a passphrase.
        ask: gives passphrases.
    """

    sign: Path | None = None
    encrypt_to: tuple[str, ...] = ()
    passphrase: bool = False
    ask: AskPassphrase = from_environment

    @property
    def encrypts(self) -> bool:
        """Whether the pack is encrypted."""
        return bool(self.encrypt_to) or self.passphrase

    @property
    def given(self) -> list[str]:
        """The names of the options that say something."""
        names = ("sign", "encrypt_to", "passphrase")
        return [name for name in names if getattr(self, name)]

    def name_files(self, files: Sequence[Path]) -> list[Path]:
        """The files as they will be called: an encrypted pack is `pack.zip.age`.

        Raises:
            CoderError: there is no pack to protect, or a pack is named as an encrypted one that
                nobody could open.
        """
        from coder.exporting.writers import is_encrypted_pack, is_pack

        packs = [path for path in files if is_pack(path)]
        if self.given and not packs:
            raise CoderError(
                f"{option(self.given[0])} is for an audit pack, and none is written",
                f"Name one: {option('to', 'pack.zip')}",
            )
        named = []
        for path in files:
            if is_encrypted_pack(path) and not self.encrypts:
                raise CoderError(
                    f"{option('to', str(path))}: nobody is named who may open it",
                    f"Name them with {option('encrypt_to', 'KEY')}, or use "
                    f"{option('passphrase')}.",
                )
            is_plain = path in packs and not is_encrypted_pack(path)
            if is_plain and self.encrypts:
                path = path.with_name(f"{path.name}.age")
            named.append(path)
        return named

    def protection(self, files: Sequence[Path]) -> "Protection":
        """Keys and passphrases, read and asked for before anything is written.

        Args:
            files: what is written; a question for the passphrase names the pack.

        Raises:
            CoderError: a key cannot be read, or a passphrase is wrong or missing.
        """
        from coder.exporting.pack_secrets import Protection
        from coder.exporting.writers import is_pack

        signer = encryption = None
        if self.sign is not None:
            from coder.exporting.pack_signature import read_signing_key

            signer = read_signing_key(self.sign, self.ask)
        if self.encrypt_to and self.passphrase:
            raise CoderError(
                "a pack is encrypted to keys or to a passphrase, not to both",
                f"Leave out {option('encrypt_to')} or {option('passphrase')}.",
            )
        if self.encrypts:
            from coder.exporting.pack_encryption import to_passphrase, to_recipients

            encryption = to_recipients(self.encrypt_to)
            if self.passphrase:
                pack = next(path for path in files if is_pack(path))
                encryption = to_passphrase(self.ask(OF_PACK, pack))
        return Protection(signer, encryption)


def pack_options(
    sign: Path | str | None,
    encrypt_to: Sequence[str],
    passphrase: str,
) -> PackOptions:
    """The options of a caller who hands the passphrase of the pack over."""
    key = None if sign is None else Path(sign)
    recipients = tuple(encrypt_to)
    if isinstance(encrypt_to, str):
        recipients = (encrypt_to,)
    return PackOptions(key, recipients, bool(passphrase), _handed_over(passphrase))


def pack_opening(
    signed_by: Path | str,
    identity: Path | str | None,
    passphrase: str,
) -> Opening:
    """How a caller opens a pack who hands its passphrase over."""
    key = None if identity is None else Path(identity)
    return Opening(str(signed_by), key, _handed_over(passphrase))


def _handed_over(passphrase: str) -> AskPassphrase:
    def ask(variable: str, path: Path) -> str:
        if variable == OF_PACK and passphrase:
            return passphrase
        return from_environment(variable, path)

    return ask
