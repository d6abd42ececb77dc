"""What a pack's manifest says is held against every part, also where somebody sealed it again."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coder.codebook import Codebook, Theme
from coder.decisions import decisions_folder, store_state
from coder.errors import CoderError
from coder.exporting.pack import check_pack, rebuild_pack
from coder.exporting.pack_manifest import MANIFEST
from coder.exporting.zips import read_zip
from coder.workflow.export import export
from export_helpers import make_small_project
from pack_helpers import change_manifest, faults_of, manifest_of, seal_pack

EARLIER = Codebook(title="Before", themes=(Theme(id="before", name="Before"),))
LOG = "codebook.decisions/amira.jsonl"


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`full.zip` and `bare.zip`, which has no text."""
    folder = tmp_path_factory.mktemp("packs")
    project, codebook = make_small_project(folder)
    store_state(decisions_folder(codebook), EARLIER)
    export(project, folder / "full.zip", codebook=codebook)
    export(project, folder / "bare.zip", codebook=codebook, without_text=True)
    return folder


def test_the_manifest_of_a_pack_is_repeated_in_its_tables(packs: Path) -> None:
    for name in ("full.zip", "bare.zip"):
        told = json.loads(read_zip(packs / name)["tables/themes.json"])["facts"]["pack"]
        manifest = manifest_of(packs / name)
        del manifest["files"]
        assert told == manifest
        assert faults_of(packs / name) == []


def with_head(manifest: dict[str, Any], **head: Any) -> dict[str, Any]:
    decisions = manifest["decisions"]
    file = decisions["files"]["amira.jsonl"] | head
    changed = {**decisions, "files": {"amira.jsonl": file}}
    return {"decisions": changed, "facts": {**manifest["facts"], "decisions": changed}}


def with_decisions(manifest: dict[str, Any], **parts: Any) -> dict[str, Any]:
    changed = {**manifest["decisions"], **parts}
    return {"decisions": changed, "facts": {**manifest["facts"], "decisions": changed}}


Change = Callable[[dict[str, Any]], dict[str, Any]]
CHANGES: dict[str, tuple[str, Change]] = {
    "a count": ("decisions: amira.jsonl", lambda m: with_head(m, count=150)),
    "a head": ("decisions: amira.jsonl", lambda m: with_head(m, head="0" * 64)),
    "no file": ("decisions: amira.jsonl", lambda m: with_decisions(m, files={})),
    "a file more": (
        "decisions: ben.jsonl",
        lambda m: with_decisions(
            m, files={**m["decisions"]["files"], "ben.jsonl": {"count": 1, "head": ""}}
        ),
    ),
    "no state": ("decisions: states", lambda m: with_decisions(m, states=[])),
    "a draw": ("decisions: draws", lambda m: with_decisions(m, draws=["0" * 16])),
    "heads that are not those of the facts": (
        "facts: decisions",
        lambda m: {"facts": {**m["facts"], "decisions": None}},
    ),
    "another codebook's name": (
        "themes.json",
        lambda m: with_decisions(m, codebook="other.yaml"),
    ),
    "comments": (
        "facts: comments_fingerprint",
        lambda m: {"facts": m["facts"] | {"comments_fingerprint": "0" * 16}},
    ),
    "a codebook": (
        "facts: codebook_fingerprint",
        lambda m: {"facts": m["facts"] | {"codebook_fingerprint": "0" * 16}},
    ),
    "a model": (
        "facts: model_fingerprint",
        lambda m: {"facts": m["facts"] | {"model_fingerprint": "0" * 16}},
    ),
    "a project": ("facts: project", lambda m: {"facts": m["facts"] | {"project": "other"}}),
    "without text": ("without_text", lambda _: {"without_text": True}),
    "versions": ("themes.json", lambda m: {"versions": m["versions"] | {"numpy": "1.0"}}),
    "an option": ("themes.json", lambda m: {"options": m["options"] | {"minimum_cell": 4}}),
    "a column": ("themes.json", lambda _: {"columns_left_out": ["Name"]}),
    "an origin": (
        "made_from",
        lambda _: {
            "made_from": {
                "comments_fingerprint": "0" * 16,
                "codebook_fingerprint": "0" * 16,
            }
        },
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_manifest_that_was_sealed_again_is_found(
    packs: Path, tmp_path: Path, name: str
) -> None:
    place, change = CHANGES[name]
    manifest = manifest_of(packs / "full.zip")
    pack = change_manifest(packs / "full.zip", tmp_path / "p.zip", **change(manifest))
    assert any(place in fault for fault in faults_of(pack)), faults_of(pack)


@pytest.mark.parametrize(
    "fields",
    [
        {"without_text": False},
        {"made_from": {"comments_fingerprint": "0" * 16, "codebook_fingerprint": "0" * 16}},
        {"decisions": {"codebook": "plan.yaml", "files": {}, "states": [], "draws": []}},
    ],
)
def test_the_manifest_of_a_pack_without_text_is_held_against_what_is_there(
    packs: Path, tmp_path: Path, fields: dict[str, Any]
) -> None:
    pack = change_manifest(packs / "bare.zip", tmp_path / "p.zip", **fields)
    assert faults_of(pack)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"author": "me"}, "author"),
        ({"format": 3}, "later format"),
        ({"format": "2"}, "later format"),
        ({"without_text": 0}, "without_text"),
        ({"decisions": {"files": {}}}, "decisions"),
        ({"versions": {"python": "3.11.7"}}, "versions"),
        ({"columns_left_out": "Name"}, "columns_left_out"),
        ({"facts": {}}, "facts"),
    ],
)
def test_a_manifest_with_other_keys_or_types_is_refused(
    packs: Path, tmp_path: Path, fields: dict[str, Any], named: str
) -> None:
    pack = change_manifest(packs / "full.zip", tmp_path / "p.zip", **fields)
    with pytest.raises(CoderError, match=named):
        check_pack(pack)


def test_an_option_that_no_report_has_is_refused(packs: Path, tmp_path: Path) -> None:
    options = manifest_of(packs / "full.zip")["options"] | {"colour": "red"}
    pack = change_manifest(packs / "full.zip", tmp_path / "p.zip", options=options)
    with pytest.raises(CoderError, match="colour"):
        check_pack(pack)


def test_parts_that_do_not_follow_from_the_comments_are_named(packs: Path, tmp_path: Path) -> None:
    members, manifest = read_zip(packs / "full.zip"), manifest_of(packs / "full.zip")
    for name in ("project/ledger.csv", "project/exclusions.csv"):
        changed = {**members, name: members[name] + b"more\n"}
        pack = seal_pack(tmp_path / "p.zip", changed, manifest)
        assert f"{name}: does not follow from the comments" in faults_of(pack)


def test_a_table_that_was_taken_out_is_missed(packs: Path, tmp_path: Path) -> None:
    members, manifest = read_zip(packs / "full.zip"), manifest_of(packs / "full.zip")
    del members["tables/themes.notes.txt"]
    pack = seal_pack(tmp_path / "p.zip", members, manifest)
    assert faults_of(pack) == ["tables/themes.notes.txt: is missing"]


def test_a_state_or_draw_that_was_edited_is_named(packs: Path, tmp_path: Path) -> None:
    members, manifest = read_zip(packs / "full.zip"), manifest_of(packs / "full.zip")
    (state,) = [name for name in members if "/states/" in name]
    for data in (b"{}", b"[" * 100_000, b"\xff", b"no JSON"):
        pack = seal_pack(tmp_path / "p.zip", {**members, state: data}, manifest)
        assert f"{state}: is not named by the hash of what it holds" in faults_of(pack)


def test_a_file_of_decisions_that_was_cut_is_found(packs: Path, tmp_path: Path) -> None:
    members, manifest = read_zip(packs / "full.zip"), manifest_of(packs / "full.zip")
    lines = members[LOG].splitlines(keepends=True)
    cut = {**members, LOG: b"".join(lines[:-6])}
    pack = seal_pack(tmp_path / "p.zip", cut, manifest)
    stated = f"{MANIFEST}: decisions: amira.jsonl: says 151 decisions, and the pack holds 145 "
    assert any(fault.startswith(stated) for fault in faults_of(pack))
    with pytest.raises(CoderError, match="145 decisions"):
        rebuild_pack(pack, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "name", ["project/comments.parquet", "project/judgements.parquet", "codebook.yaml"]
)
def test_parts_that_cannot_be_read_are_named(packs: Path, tmp_path: Path, name: str) -> None:
    members, manifest = read_zip(packs / "bare.zip"), manifest_of(packs / "bare.zip")
    data = members[name]
    for broken in (b"", b"\x00" * 50, data[: len(data) // 2]):
        pack = seal_pack(tmp_path / "p.zip", {**members, name: broken}, manifest)
        assert any(Path(name).stem in fault for fault in faults_of(pack))


def test_decisions_made_after_the_tables_are_not_in_the_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reviewer goes on while a pack is written."""
    from coder.exporting import pack as pack_module

    project, codebook = make_small_project(tmp_path, only=40)
    log = decisions_folder(codebook) / "amira.jsonl"
    whole = log.read_bytes()
    log.write_bytes(b"".join(whole.splitlines(keepends=True)[:30]))
    copy_files = pack_module.copy_files

    def decide_meanwhile(*arguments: Any) -> Any:
        log.write_bytes(whole)
        return copy_files(*arguments)

    monkeypatch.setattr(pack_module, "copy_files", decide_meanwhile)
    export(project, tmp_path / "pack.zip", codebook=codebook)
    assert faults_of(tmp_path / "pack.zip") == []
    assert len(read_zip(tmp_path / "pack.zip")[LOG].splitlines()) == 30


def test_parts_of_another_kind_end_in_a_fault(packs: Path, tmp_path: Path) -> None:
    """A table of judgements with other columns, and one whose values are of another type."""
    name = "project/judgements.parquet"
    members, manifest = read_zip(packs / "bare.zip"), manifest_of(packs / "bare.zip")
    stored = pd.read_parquet(io.BytesIO(members[name]))
    for table in (stored.drop(columns="chosen"), stored.assign(positions=7)):
        data = io.BytesIO()
        table.to_parquet(data)
        pack = seal_pack(tmp_path / "p.zip", {**members, name: data.getvalue()}, manifest)
        (fault,) = faults_of(pack)
        assert fault.startswith("the tables cannot be rebuilt")
