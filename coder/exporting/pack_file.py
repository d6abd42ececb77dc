"""The file of an audit pack: a zip whose members and bytes are known."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coder import files
from coder.errors import CoderError, command, option
from coder.exporting.pack_encryption import Encryption, decrypt, is_encrypted
from coder.exporting.pack_manifest import (
    FORMAT,
    MANIFEST,
    Manifest,
    hash_of,
    read_manifest,
    told_in_tables,
)
from coder.exporting.pack_secrets import Opening
from coder.exporting.pack_signature import SIGNATURE
from coder.exporting.zips import read_zip, write_zip

TABLES = "tables/"
ALLOWED = re.compile(
    r"""
    manifest\.json(?:\.sig)?
    | codebook\.yaml
    | codebook\.groups\.csv
    | codebook\.decisions/[^/\\\0]+\.jsonl
    | codebook\.decisions/(?:states|draws)/[^/\\\0]+
    | tables/[^/\\\0]+
    | project/(?:project|quotes)\.yaml
    | project/report\.md
    | project/cache/listed-[0-9a-f]{16}\.parquet
    | project/(?:comments|places|judgements|labels)\.parquet
    | project/(?:exclusions|ledger)\.csv
    | project/labels\.parquet/part-\d+\.parquet
    | project/runs/\d{4}-[a-z]+\.json
    """,
    re.VERBOSE,
)
MAKE_ONE = "Make a pack with: " + command(
    "export", "PROJECT", option("to", "pack.zip"), option("codebook", "FILE")
)


@dataclass(frozen=True)
class PackFile:
    """A pack that was read.

    Attributes:
        data: the bytes of the zip.
        members: each by its name, the manifest among them.
    """

    data: bytes
    members: Mapping[str, bytes]
    manifest: Manifest

    def find_changes(self) -> list[str]:
        """Members that are missing, added or changed."""
        stated = self.manifest.files
        faults = []
        for name in stated:
            if name not in self.members:
                faults.append(f"{name}: is missing")
        for name in self.members:
            if name not in stated and name not in (MANIFEST, SIGNATURE):
                faults.append(f"{name}: was added")
        for name, digest in stated.items():
            if name in self.members and hash_of(self.members[name]) != digest:
                faults.append(f"{name}: was changed")
        return faults

    def has_own_bytes(self) -> bool:
        """Whether the file is what `write_pack_file` makes of the members."""
        return zipped(self.members) == self.data

    def told_in_tables(self) -> dict[str, Any]:
        """What the manifest says and the tables repeat; nothing in packs of earlier versions."""
        if self.manifest.format < FORMAT:
            return {}
        return told_in_tables(json.loads(self.members[MANIFEST]))


def zipped(members: Mapping[str, bytes]) -> bytes:
    """The members as a zip."""
    data = io.BytesIO()
    write_zip(data, members, packed=False)
    return data.getvalue()


def write_pack_file(
    path: Path,
    members: Mapping[str, bytes],
    encryption: Encryption | None,
) -> None:
    """Write a pack, whole or not at all; an encrypted one is never on the disk as plain text."""
    data = zipped(members)
    if encryption is not None:
        data = encryption.encrypt(data)
    with files.new_file(path) as temporary:
        temporary.write_bytes(data)


def open_pack(path: Path, opening: Opening) -> PackFile:
    """Read a pack; its members are not compared with the manifest yet.

    Raises:
        CoderError: the file is not a pack, or it is encrypted and cannot be opened.
    """
    if not path.is_file():
        raise CoderError(f"{path}: there is no such file", MAKE_ONE)
    data = path.read_bytes()
    if is_encrypted(data):
        data = decrypt(path, data, opening)
    members = read_zip(path, data)
    strange = [name for name in members if not _is_allowed(name)]
    if strange:
        raise CoderError(
            f"{path}: not an audit pack (it holds {strange[0]!r})",
            MAKE_ONE,
        )
    if MANIFEST not in members:
        raise CoderError(
            f"{path}: not an audit pack (it has no {MANIFEST})",
            MAKE_ONE,
        )
    return PackFile(data, members, read_manifest(path, members[MANIFEST]))


def _is_allowed(name: str) -> bool:
    return ALLOWED.fullmatch(name) is not None and ".." not in name.split("/")
