"""Who signed a pack, as far as a check can tell."""

from collections.abc import Sequence
from typing import NamedTuple

from coder.errors import option
from coder.exporting.pack_file import PackFile
from coder.exporting.pack_manifest import MANIFEST
from coder.exporting.pack_secrets import Opening
from coder.exporting.pack_signature import SIGNATURE, KnownKey, read_signature

SEAL = (
    "The pack is not signed. Its seal finds accidents, not forgers: whoever changes a pack on "
    "purpose can make all its hashes and tables anew."
)


class SignatureCheck(NamedTuple):
    """What the check of a signature found: what is wrong, and what is worth knowing."""

    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check_signature(pack: PackFile, opening: Opening) -> SignatureCheck:
    """Check the signature of a pack, and by whom it is.

    Without a known key a signature says that the pack is whole and whose key made it, and not
    whose key that is: whoever changes a pack can sign it with a key of their own.

    Raises:
        CoderError: what names the known keys holds none.
    """
    known = opening.known_keys()
    stated = pack.manifest.signed_by
    if SIGNATURE not in pack.members:
        return _unsigned(stated, known)
    signature = read_signature(pack.members[SIGNATURE])
    if signature is None:
        return SignatureCheck(
            (f"{SIGNATURE}: is not one signature as coder writes it",)
        )
    signer = signature.fingerprint
    if stated != signer:
        place = stated or "nobody"
        fault = f"{SIGNATURE}: is by the key {signer}, and {MANIFEST} names {place}"
        return SignatureCheck((fault,))
    if not signature.is_good(pack.members[MANIFEST]):
        return SignatureCheck(
            (f"{SIGNATURE}: the key {signer} did not sign this {MANIFEST}",)
        )
    return _signed(signer, opening.signed_by, known)


def _unsigned(stated: str, known: Sequence[KnownKey] | None) -> SignatureCheck:
    if stated:
        fault = (
            f"{SIGNATURE}: is missing; {MANIFEST} says that the key {stated} signed it"
        )
        return SignatureCheck((fault,))
    if known is not None:
        return SignatureCheck(("the pack is not signed",))
    return SignatureCheck(notes=(SEAL,))


def _signed(
    signer: str,
    place: str,
    known: Sequence[KnownKey] | None,
) -> SignatureCheck:
    """By whom a good signature is.

    Args:
        signer: the fingerprint of its key.
        place: what named the known keys.
    """
    if known is None:
        note = (
            f"Signed with the key {signer}. Nobody has said whose key that is, and anybody can "
            f"make one: ask the signer for the fingerprint, or name their public key with "
            f"{option('signed_by', 'KEY.pub')}."
        )
        return SignatureCheck(notes=(note,))
    names = [key.name for key in known if key.fingerprint == signer]
    if not names:
        fault = f"the pack is signed with the key {signer}, which is not in {place}"
        return SignatureCheck((fault,))
    named = ", ".join(name for name in names if name)
    if not named:
        return SignatureCheck(notes=(f"Signed with the key {signer}, as expected.",))
    return SignatureCheck(notes=(f"Signed by {named}, with the key {signer}.",))
