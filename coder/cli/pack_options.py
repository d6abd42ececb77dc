"""Options of audit packs: signing, encryption, and where passphrases are asked for."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.exporting.pack_secrets import AskPassphrase, Opening
    from coder.workflow.pack_options import PackOptions

LONGEST = 10_000  # characters of a passphrase
Sign = Annotated[
    Path | None,
    typer.Option(
        "--sign",
        help="Sign an audit pack with this private key (ed25519; OpenSSH or PEM).",
        metavar="KEYFILE",
    ),
]
EncryptTo = Annotated[
    list[str] | None,
    typer.Option(
        "--encrypt-to",
        help="Encrypt an audit pack to this public key (age or ssh-ed25519), or to a file of "
        "keys (repeat).",
        metavar="KEY|FILE",
    ),
]
Passphrase = Annotated[
    bool,
    typer.Option(
        "--passphrase",
        help="Encrypt an audit pack to a passphrase, which is asked for.",
    ),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="Take the passphrase of an encrypted pack from the first line of a file. Scripts "
        "may also set CODER_PASSPHRASE; for a signing key, CODER_KEY_PASSPHRASE.",
        metavar="FILE",
    ),
]
Identity = Annotated[
    Path | None,
    typer.Option(
        "--identity",
        help="The private key that opens an encrypted pack (age or OpenSSH).",
        metavar="FILE",
    ),
]
SignedBy = Annotated[
    str,
    typer.Option(
        "--signed-by",
        help="Who must have signed a pack: a public key, a file of allowed signers, or a "
        "fingerprint.",
        metavar="KEY.pub|FILE|SHA256:...",
    ),
]


def pack_options(
    target: Path,
    sign: Path | None,
    encrypt_to: list[str] | None,
    passphrase: bool,
    passphrase_file: Path | None,
) -> "PackOptions":
    """How a pack that is written is protected. Of a pack whose tables are made anew, the file
    holds its own passphrase.
    """
    from coder.workflow.export import is_pack_file
    from coder.workflow.pack_options import PackOptions

    if is_pack_file(target):
        passphrase_file = None

    return PackOptions(
        sign,
        tuple(encrypt_to or ()),
        passphrase or passphrase_file is not None,
        _asking(passphrase_file, is_new=True),
    )


def pack_opening(
    signed_by: str,
    identity: Path | None,
    passphrase_file: Path | None,
) -> "Opening":
    """How a pack that exists is opened."""
    from coder.exporting.pack_secrets import Opening

    return Opening(signed_by, identity, _asking(passphrase_file, is_new=False))


def _asking(passphrase_file: Path | None, *, is_new: bool) -> "AskPassphrase":
    """What gives passphrases: the file, the environment, or whoever sits at the terminal.

    Args:
        is_new: a passphrase of a pack is asked for twice.
    """
    from coder.exporting.pack_secrets import OF_PACK, from_environment

    def ask(variable: str, path: Path) -> str:
        is_of_pack = variable == OF_PACK
        if is_of_pack and passphrase_file is not None:
            return _first_line(passphrase_file)
        if os.environ.get(variable) or not sys.stdin.isatty():
            return from_environment(variable, path)
        typed: str = typer.prompt(
            f"Passphrase of {path}",
            hide_input=True,
            confirmation_prompt=is_new and is_of_pack,
            err=True,
        )
        return typed

    return ask


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            line = file.readline(LONGEST).rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise CoderError(
            f"{path}: cannot be read", f"Check {option('passphrase_file')}."
        ) from error
    if not line:
        raise CoderError(
            f"{path}: its first line is empty", "Put the passphrase there."
        )
    return line
