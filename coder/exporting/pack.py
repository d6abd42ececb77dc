"""The audit pack: all that a published table was made from, with hashes, and the tables, which it
rebuilds.

A zip with `manifest.json` (options, versions, hashes), `codebook.yaml` and its decisions, the
project's files and the tables. Members are stored uncompressed, so that the bytes of the file
follow from its contents.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from coder import files
from coder.confined import Answer, Job, run_confined
from coder.errors import CoderError
from coder.exporting.pack_contents import (
    CODEBOOK,
    copy_files,
    left_out,
    project_in,
    write_without_text,
)
from coder.exporting.pack_file import TABLES, PackFile, open_pack, write_pack_file
from coder.exporting.pack_manifest import (
    ASK_AGAIN,
    FORMAT,
    MANIFEST,
    MadeFrom,
    hash_of,
    seal,
    told_in_tables,
)
from coder.exporting.pack_parts import compare_parts
from coder.exporting.pack_secrets import Opening, Protection
from coder.exporting.pack_signature import SIGNATURE
from coder.exporting.pack_signers import check_signature
from coder.exporting.writers import write_report
from coder.private import make_folder, scratch_folder
from coder.project import Project
from coder.reporting.build import build_report
from coder.reporting.inputs import Inputs, gather
from coder.reporting.options import Options
from coder.run_records import versions

# Written without libraries that a machine may lack.
SUFFIXES = (".csv", ".xlsx", ".md", ".json", ".html")
NOT_PROTECTED, NOT_NAMED = Protection(), Opening()
# What keeps marks of direction within a comment. Pages of earlier versions are without.
ISOLATION = re.compile(b"</?bdi>")
EFFORT = 10  # times that making the tables takes longer than reading


def write_pack(
    project: Project,
    codebook_path: Path,
    inputs: Inputs,
    options: Options,
    path: Path,
    *,
    without_text: bool = False,
    protection: Protection = NOT_PROTECTED,
) -> list[str]:
    """Write a pack of a project.

    Args:
        inputs: what `gather` read of the project and the codebook.
        without_text: leave out everything that respondents wrote; the tables then have no quotes.
        protection: signs and encrypts the pack.

    Returns:
        The survey's own columns that the pack does not hold.

    Raises:
        CoderError: what the export needs is missing or broken, or the file cannot be written.
    """
    with scratch_folder() as folder:
        if without_text:
            options = replace(options, quotes=0)
            packed = write_without_text(project, inputs, options, folder)
        else:
            packed = copy_files(project, codebook_path, inputs, options, folder)
        members = _read_members(folder)
    manifest = _describe_pack(inputs, packed, options, without_text=without_text)
    members |= _make_tables(packed, options, told_in_tables(manifest))
    manifest["files"] = {name: hash_of(data) for name, data in sorted(members.items())}
    signer = protection.signer
    if signer is not None:
        manifest["signed_by"] = signer.fingerprint
    members[MANIFEST] = seal(manifest)
    if signer is not None:
        members[SIGNATURE] = signer.sign(members[MANIFEST])
    write_pack_file(path, members, protection.encryption)
    return left_out(inputs, packed)


def _describe_pack(
    inputs: Inputs,
    packed: Inputs,
    options: Options,
    *,
    without_text: bool,
) -> dict[str, Any]:
    """The manifest but for the members.

    Args:
        inputs: of the project.
        packed: of the pack.
    """
    heads = inputs.facts["decisions"]
    manifest = {
        "format": FORMAT,
        "without_text": without_text,
        "options": asdict(options),
        "facts": {
            **packed.facts,
            "project": packed.settings.name,
            "decisions": heads,
        },
        "decisions": heads,
        "versions": versions(),
        "columns_left_out": left_out(inputs, packed),
    }
    if without_text:
        origin = {name: inputs.facts[name] for name in MadeFrom.model_fields}
        manifest["made_from"] = origin
    return manifest


def _read_members(folder: Path) -> dict[str, bytes]:
    members = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            members[path.relative_to(folder).as_posix()] = path.read_bytes()
    return members


def _make_tables(
    inputs: Inputs,
    options: Options,
    told: Mapping[str, Any],
) -> dict[str, bytes]:
    """The tables as members of a pack.

    Args:
        told: what the manifest says and the tables repeat; empty in packs of earlier versions.
    """
    if told:
        inputs = replace(inputs, facts={**inputs.facts, "pack": told})
    report = build_report(inputs, options)
    with scratch_folder() as folder:
        for suffix in SUFFIXES:
            write_report(report, folder / f"themes{suffix}")
        return {
            f"{TABLES}{path.name}": path.read_bytes()
            for path in sorted(folder.iterdir())
        }


# ---------------------------------------------------------------- reading again


@dataclass(frozen=True)
class PackCheck:
    """What a check of a pack found.

    Attributes:
        faults: what is wrong, a sentence each.
        notes: what the check cannot tell.
    """

    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def rebuild_pack(
    path: Path,
    folder: Path,
    opening: Opening = NOT_NAMED,
) -> list[Path]:
    """Make the tables of a pack again from its contents, into `folder`; the pack is checked first.

    Raises:
        CoderError: the file is not a pack, or something in it was changed.
    """
    pack = open_pack(path, opening)
    signed = check_signature(pack, opening)
    faults = [*signed.faults, *pack.find_changes()]
    rebuilt: dict[str, bytes] = {}
    if not faults:
        faults, rebuilt = _remake(path, pack)
    if faults:
        raise CoderError(
            "\n".join(f"{path}: {fault}" for fault in faults),
            f"This pack was changed. {ASK_AGAIN}",
        )
    written = []
    for name, data in rebuilt.items():
        target = folder / name.removeprefix(TABLES)
        with files.new_file(target) as temporary:
            temporary.write_bytes(data)
        written.append(target)
    return written


def check_pack(path: Path, opening: Opening = NOT_NAMED) -> PackCheck:
    """Check a pack: members changed, missing or added, what the manifest and the parts say of
    each other, and whether the tables come out the same when they are made again.

    Raises:
        CoderError: the file cannot be read as a pack.
    """
    pack = open_pack(path, opening)
    signed = check_signature(pack, opening)
    faults = [*signed.faults, *pack.find_changes()]
    if not faults and not pack.has_own_bytes():
        faults = ["the file around the members was changed"]
    if not faults:
        faults = _check_contents(path, pack)
    notes = (*signed.notes, *_notes(pack))
    return PackCheck(tuple(faults), notes)


def _check_contents(path: Path, pack: PackFile) -> list[str]:
    """The same of a pack whose members are as the manifest says."""
    try:
        faults, rebuilt = _remake(path, pack)
    except CoderError as error:
        return [f"the tables cannot be rebuilt: {error.problem}"]
    differing = list(_compare_tables(pack.members, rebuilt))
    if differing and not faults:
        differing += _compare_versions(pack.manifest.versions)
    return [*faults, *differing]


def _compare_tables(
    members: Mapping[str, bytes],
    rebuilt: Mapping[str, bytes],
) -> Iterator[str]:
    for name in rebuilt:
        if name not in members:
            yield f"{name}: is missing"
    for name, data in members.items():
        if not name.startswith(TABLES):
            continue
        expected = rebuilt.get(name)
        if expected and name.endswith(".html") and not ISOLATION.search(data):
            expected = ISOLATION.sub(b"", expected)
        if expected != data:
            yield f"{name}: does not come out the same when rebuilt"


def _compare_versions(stated: Mapping[str, str]) -> list[str]:
    """Which libraries have another version here, where tables come out differently."""
    here = versions()
    others = []
    for name, version in stated.items():
        if here.get(name) != version:
            others.append(f"{name} {version} (here {here.get(name)})")
    if not others:
        return []
    return [f"it was made with other versions: {', '.join(others)}"]


def _notes(pack: PackFile) -> Iterator[str]:
    """What the check cannot tell."""
    if pack.manifest.without_text:
        yield (
            "The pack holds no decisions, so what it says of their files and of the comments "
            "with their text cannot be compared. Whoever has the project can."
        )


@dataclass(frozen=True)
class _Unpacked:
    """A pack in a folder, and what its tables are made from."""

    folder: Path
    inputs: Inputs


@contextmanager
def _unpacked(pack: PackFile) -> Iterator[_Unpacked]:
    """All members but the manifest and the tables, in a private folder.

    Raises:
        CoderError: they cannot be read; it names files as the pack does.
    """
    with scratch_folder() as folder:
        for member, data in pack.members.items():
            if member in pack.manifest.files and not member.startswith(TABLES):
                target = folder / member
                make_folder(target.parent)
                target.write_bytes(data)
        try:
            yield _Unpacked(folder, gather(project_in(folder), folder / CODEBOOK))
        except CoderError as error:
            problem = error.problem.replace(f"{folder}{os.sep}", "")
            raise CoderError(problem, ASK_AGAIN) from error
        except Exception as error:  # parts that somebody made may hold anything
            problem = f"its parts do not fit each other ({type(error).__name__})"
            raise CoderError(problem, ASK_AGAIN) from error


def _remake(path: Path, pack: PackFile) -> tuple[list[str], dict[str, bytes]]:
    """The faults of the parts of a pack, and its tables made again from them and nothing else.

    In a child process, since anybody may have made the parts.
    """
    job = Job(path, len(pack.data), effort=EFFORT)
    answer = run_confined(lambda: _remade(pack), job)
    (tables,) = answer.tables
    names, contents = tables.to_pydict().values()
    return answer.facts, dict(zip(names, contents, strict=True))


def _remade(pack: PackFile) -> Answer:
    import pyarrow as pa

    with _unpacked(pack) as unpacked:
        faults = compare_parts(pack.manifest, unpacked.inputs, unpacked.folder)
        told = pack.told_in_tables()
        tables = _make_tables(unpacked.inputs, pack.manifest.options, told)
    contents = pa.array(tables.values(), pa.large_binary())
    table = pa.table({"name": list(tables), "content": contents})
    return Answer(faults, (table,))
