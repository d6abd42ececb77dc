"""What a pack is signed, encrypted and opened with, and where passphrases come from."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.exporting.pack_encryption import Encryption
    from coder.exporting.pack_signature import KnownKey, SigningKey

# Variables of the environment that scripts put passphrases into.
OF_PACK, OF_KEY = "CODER_PASSPHRASE", "CODER_KEY_PASSPHRASE"

# Gives the passphrase of a file; the variable says whether it is a pack or a key.
AskPassphrase = Callable[[str, Path], str]


def from_environment(variable: str, path: Path) -> str:
    """A passphrase that a script handed over. Raises `CoderError` where there is none."""
    passphrase = os.environ.get(variable, "")
    if not passphrase:
        raise CoderError(
            f"{path}: needs a passphrase",
            f"Run the command in a terminal, or put it into the variable {variable}.",
        )
    return passphrase


@dataclass(frozen=True)
class Protection:
    """How a pack is protected when it is written.

    Attributes:
        signer: signs it; None for no signature.
        encryption: encrypts it; None for a plain zip.
    """

    signer: "SigningKey | None" = None
    encryption: "Encryption | None" = None


@dataclass(frozen=True)
class Opening:
    """How a pack is opened and checked.

    Attributes:
        signed_by: names the keys that may have signed it (see `read_known_keys`); empty where
            nobody said.
        identity: a file with private keys, for packs encrypted to one.
        ask: gives the passphrase of a pack.
    """

    signed_by: str = ""
    identity: Path | None = None
    ask: AskPassphrase = from_environment

    def known_keys(self) -> "Sequence[KnownKey] | None":
        """The keys that may have signed a pack; None where nobody said.

        Raises:
            CoderError: what names them holds no key.
        """
        if not self.signed_by:
            return None
        from coder.exporting.pack_signature import read_known_keys

        return read_known_keys(self.signed_by)
