"""The audit pack: all that a published table was made from, its hashes, and the tables, which it rebuilds.

A zip with `manifest.json` (options, versions, hashes), `codebook.yaml` and its decisions, the project's files
and the tables. Members are stored as they are, so that the whole file follows from its contents.
"""

import hashlib
import json
import re
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from coder import files, tables
from coder.codebook import Codebook, Theme, write_codebook
from coder.decisions import decisions_folder
from coder.errors import CoderError
from coder.exporting.writers import write_report
from coder.exporting.zips import read_zip, write_zip
from coder.project import Project, Settings, versions
from coder.reporting.inputs import (
    JUDGEMENTS_FILE,
    QUOTES_FILE,
    Options,
    decision_heads,
    gather,
    report_of,
)

FORMAT = 1
MANIFEST, CODEBOOK = "manifest.json", "codebook.yaml"
TABLES = (
    ".csv",
    ".xlsx",
    ".md",
    ".json",
    ".html",
)  # written without libraries that a machine may lack
ALLOWED = re.compile(
    r"(?:manifest\.json|codebook\.yaml|codebook\.decisions/[^/\\\0]+\.jsonl|tables/[^/\\\0]+"
    r"|project/(?:[a-z]+\.(?:yaml|parquet|csv)|runs/\d{4}-[a-z]+\.json))"
)


def write_pack(
    project: Project,
    codebook_path: Path,
    options: Options,
    path: Path,
    *,
    without_text: bool = False,
) -> list[Path]:
    """Write the pack; with `without_text` nothing that respondents wrote is in it, and the tables have no quotes.

    Raises:
        CoderError: what the export needs is missing or broken, or the file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="coder-pack-") as name:
        folder = Path(name)
        if without_text:
            options = _without_quotes(options)
        _lay_out(project, codebook_path, options, folder, without_text=without_text)
        facts = gather(project, codebook_path).facts
        members = _members(folder)
        members |= _tables(folder, options)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "without_text": without_text,
            "options": asdict(options),
            "facts": facts,
            "decisions": decision_heads(codebook_path),
            "versions": versions(),
            "files": {member: _hash(data) for member, data in sorted(members.items())},
        }
        members[MANIFEST] = _sealed(manifest)
    with files.new_file(path) as temporary:
        write_zip(temporary, members, packed=False)
    return [path]


def _without_quotes(options: Options) -> Options:
    return Options(**{**asdict(options), "quotes": 0})


def _lay_out(
    project: Project, codebook_path: Path, options: Options, folder: Path, *, without_text: bool
) -> None:
    """Copy the files that the tables are made from into `folder`, as a project and a codebook."""
    inputs = gather(project, codebook_path)
    copy = Project(folder / "project")
    runs = {
        copy.folder / "runs" / p.name: p
        for p in (project.folder / "runs").glob("[0-9][0-9][0-9][0-9]-apply.json")
    }
    copied: dict[Path, Path] = {}
    if without_text:
        bare = _without_examples(inputs.codebook)
        write_codebook(folder / CODEBOOK, bare)
        for to, source in runs.items():
            _write_run(to, source, inputs.codebook.fingerprint, bare.fingerprint)
    else:
        (folder / CODEBOOK).write_bytes(codebook_path.read_bytes())
        copied |= {copy.settings_path: project.settings_path, **runs}
        copied |= {copy.comments_path: project.comments_path, copy.labels_path: project.labels_path}
        copied |= {copy.folder / QUOTES_FILE: project.folder / QUOTES_FILE}
        copied |= {
            decisions_folder(folder / CODEBOOK) / p.name: p
            for p in decisions_folder(codebook_path).glob("*.jsonl")
        }
    for to, source in copied.items():
        if source.is_file():
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(source.read_bytes())
    if without_text:
        _write_bare(
            copy, inputs.comments, inputs.labels, inputs.judgements, inputs.settings, options
        )
    excluded = inputs.comments.loc[
        inputs.comments["status"] == tables.EXCLUDED, ["comment_id", "source", "reason"]
    ]
    files.write_csv(copy.folder / "exclusions.csv", excluded.sort_values("comment_id"))
    files.write_csv(copy.folder / "ledger.csv", tables.ledger(inputs.comments))


def _write_bare(
    copy: Project,
    comments: pd.DataFrame,
    labels: pd.DataFrame | None,
    judged: pd.DataFrame,
    settings: Settings,
    options: Options,
) -> None:
    """Settings, comments, labels and judgements without what respondents wrote; only columns that tables need."""
    copy.write_settings(settings.model_copy(update={"substantive": {}}))
    wanted = {
        settings.derived[name].column if name in settings.derived else name for name in options.by
    }
    wanted |= {settings.text_declined} if settings.text_declined else set()
    kept = [name for name in comments.columns if name in tables.COMMENTS.columns or name in wanted]
    bare = comments[kept].assign(text="")
    bare.to_parquet(copy.comments_path, index=False)
    if labels is not None:
        labels.assign(evidence="", evidence_start=-1, evidence_end=-1).to_parquet(
            copy.labels_path, index=False
        )
    stripped = judged.assign(text="", text_hash="")
    stripped["positions"] = [list(positions) for positions in stripped["positions"]]
    stripped.to_parquet(copy.folder / JUDGEMENTS_FILE, index=False)


def _without_examples(codebook: Codebook) -> Codebook:
    """The codebook without its examples, which are comments as people wrote them."""

    def bare(theme: Theme) -> Theme:
        none: dict[str, Any] = {"examples": (), "counter_examples": ()}
        positions = tuple(position.model_copy(update=none) for position in theme.positions)
        return theme.model_copy(
            update={**none, "positions": positions, "themes": tuple(map(bare, theme.themes))}
        )

    return codebook.model_copy(update={"themes": tuple(map(bare, codebook.themes))})


def _write_run(to: Path, source: Path, whole: str, bare: str) -> None:
    """A run's record for a pack whose codebook has no examples: what followed it whole follows it so."""
    record = json.loads(source.read_text(encoding="utf-8"))
    if record.get("codebook_fingerprint") == whole:
        record |= {"codebook_fingerprint": bare, "codebook_fingerprint_with_examples": whole}
    files.write_text(to, json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def _members(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _tables(folder: Path, options: Options) -> dict[str, bytes]:
    """The tables, made from what lies in `folder` and nothing else."""
    report = report_of(gather(Project(folder / "project"), folder / CODEBOOK), options)
    with tempfile.TemporaryDirectory(prefix="coder-tables-") as name:
        out = Path(name)
        for suffix in TABLES:
            write_report(report, out / f"themes{suffix}")
        return {f"tables/{path.name}": path.read_bytes() for path in sorted(out.iterdir())}


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sealed(manifest: dict[str, Any]) -> bytes:
    """The manifest as text with its own hash in it."""
    body = {**manifest, "seal": _hash(_canonical(manifest))}
    return (json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _canonical(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


# ---------------------------------------------------------------- reading again


def rebuild_pack(path: Path, to: Path) -> list[Path]:
    """Make the tables of a pack anew from its contents, into the folder `to`; the pack is checked first.

    Raises:
        CoderError: the pack is no pack, or something in it was changed.
    """
    members, manifest = _opened(path)
    faults = _changed(members, manifest)
    if faults:
        raise CoderError(
            "\n".join(f"{path}: {fault}" for fault in faults),
            "Ask for the pack again: this one was changed.",
        )
    made = _rebuilt(members, manifest)
    written = []
    for name, data in made.items():
        target = to / name.removeprefix("tables/")
        with files.new_file(target) as temporary:
            temporary.write_bytes(data)
        written.append(target)
    return written


def check_pack(path: Path) -> list[str]:
    """All that is wrong with a pack: members changed, missing or added, tables that do not follow from the rest.

    Raises:
        CoderError: it cannot be read as a pack at all.
    """
    members, manifest = _opened(path)
    faults = _changed(members, manifest)
    if faults:
        return faults
    if not _same_bytes(path, members):
        return ["the file around the members was changed"]
    try:
        made = _rebuilt(members, manifest)
    except CoderError as error:
        return [f"the tables cannot be rebuilt: {error.problem}"]
    stated = {name: data for name, data in members.items() if name.startswith("tables/")}
    faults = [
        f"{name}: does not come out the same when rebuilt"
        for name, data in stated.items()
        if made.get(name) != data
    ]
    if faults and manifest["versions"] != versions():
        now, then = versions(), manifest["versions"]
        other = ", ".join(
            f"{k} {then[k]} (here {now.get(k)})" for k in then if then[k] != now.get(k)
        )
        faults.append(f"it was made with other versions: {other}")
    return faults


def _opened(path: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    if not path.is_file():
        raise CoderError(
            f"{path}: there is no such file",
            "Make a pack with: coder export PROJECT --codebook FILE --to pack.zip",
        )
    members = read_zip(path)
    strange = [name for name in members if not ALLOWED.fullmatch(name) or ".." in name.split("/")]
    if MANIFEST not in members or strange:
        what = f"holds {strange[0]!r}" if strange else f"has no {MANIFEST}"
        raise CoderError(
            f"{path}: is no audit pack ({what})",
            "Make one with: coder export PROJECT --codebook FILE --to pack.zip",
        )
    try:
        manifest = json.loads(members[MANIFEST])
        seal = manifest.pop("seal")
        whole = seal == _hash(_canonical(manifest)) and members[MANIFEST] == _sealed(manifest)
        known = manifest["format"] == FORMAT
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CoderError(
            f"{path}: {MANIFEST} was changed ({error})", "Ask for the pack again."
        ) from error
    if not whole:
        raise CoderError(f"{path}: {MANIFEST} was changed", "Ask for the pack again.")
    if not known:
        raise CoderError(f"{path}: is of a later format", "Install a newer version of coder.")
    return members, manifest


def _changed(members: dict[str, bytes], manifest: dict[str, Any]) -> list[str]:
    stated: dict[str, str] = manifest["files"]
    faults = [f"{name}: is missing" for name in stated if name not in members]
    faults += [f"{name}: was added" for name in members if name not in stated and name != MANIFEST]
    return faults + [
        f"{name}: was changed"
        for name in stated
        if name in members and _hash(members[name]) != stated[name]
    ]


def _same_bytes(path: Path, members: dict[str, bytes]) -> bool:
    with tempfile.TemporaryDirectory(prefix="coder-pack-") as name:
        again = Path(name) / "pack.zip"
        write_zip(again, members, packed=False)
        return files.sha256_of(again) == files.sha256_of(path)


def _rebuilt(members: dict[str, bytes], manifest: dict[str, Any]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="coder-pack-") as name:
        folder = Path(name)
        for member, data in members.items():
            if member != MANIFEST and not member.startswith("tables/"):
                target = folder / member
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        options = manifest["options"]
        return _tables(folder, Options(**{**options, "by": tuple(options["by"])}))
