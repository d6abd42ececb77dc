"""Audit packs for tests: what a check finds, and packs that somebody changed and sealed again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coder.exporting.pack import check_pack
from coder.exporting.pack_manifest import MANIFEST, hash_of, seal
from coder.exporting.zips import read_zip, write_zip


def faults_of(pack: Path) -> list[str]:
    """What a check finds wrong."""
    return list(check_pack(pack).faults)


def manifest_of(pack: Path) -> dict[str, Any]:
    """What the manifest says, but for its seal."""
    manifest = json.loads(read_zip(pack)[MANIFEST])
    del manifest["seal"]
    return manifest


def seal_pack(target: Path, members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Path:
    """A pack of these members whose manifest has their hashes and a seal of its own."""
    packed = {name: data for name, data in members.items() if name != MANIFEST}
    files = {name: hash_of(data) for name, data in packed.items()}
    packed[MANIFEST] = seal({**manifest, "files": files})
    write_zip(target, packed, packed=False)
    return target


def change_manifest(pack: Path, changed: Path, **fields: object) -> Path:
    """A pack whose manifest has other fields and is sealed again; None takes a field away."""
    members = read_zip(pack)
    manifest = manifest_of(pack) | fields
    kept = {name: value for name, value in manifest.items() if value is not None}
    members[MANIFEST] = seal(kept)
    write_zip(changed, members, packed=False)
    return changed
