"""The audit pack: it rebuilds its tables byte for byte, and one changed character is found and named."""

import json
import os
import random
import re
import subprocess
import sys
import zipfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import Codebook, Theme, read_codebook, write_codebook
from coder.decisions import decisions_folder, store_state
from coder.errors import CoderError
from coder.exporting.pack import rebuild_pack
from coder.exporting.pack_manifest import seal
from coder.exporting.zips import read_zip, write_zip
from coder.project import Project
from coder.reporting import inputs
from coder.workflow import coded_tables
from coder.workflow.apply import apply
from conftest import ROOT
from export_helpers import RECEIVED, make_small_project
from pack_helpers import change_manifest, faults_of, manifest_of, seal_pack
from test_report_population import population

EARLIER = Codebook(title="Before", themes=(Theme(id="before", name="Before"),))


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose codebook has an earlier state, its pack and its pack without text."""
    folder = tmp_path_factory.mktemp("packs")
    project, codebook = make_small_project(folder)
    store_state(decisions_folder(codebook), EARLIER)
    run_export(project, codebook, folder / "pack.zip")
    run_export(project, codebook, folder / "bare.zip", "--without-text")
    return folder


def run_export(project: Path, codebook: Path, pack: Path, *more: str) -> None:
    arguments = ["export", str(project), "--codebook", str(codebook), "--to", str(pack), *more]
    done = CliRunner().invoke(app, [*arguments, "--quiet"])
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def faults_by_pack(packs: Path) -> dict[str, list[str]]:
    """What the check says about the two packs as they were written."""
    return {name: faults_of(packs / name) for name in ("pack.zip", "bare.zip")}


def test_a_pack_whose_labels_are_in_parts_is_checked_too(tmp_path: Path) -> None:
    project, codebook = make_small_project(tmp_path)
    with (
        patch.object(coded_tables, "MOST_IN_ONE_FILE", 10),
        patch.object(coded_tables, "COMMENTS_IN_A_PART", 10),
    ):
        apply(project, codebook)
    assert Project(project).labels_path.is_dir()
    run_export(project, codebook, tmp_path / "pack.zip")
    assert any("/part-00000." in name for name in read_zip(tmp_path / "pack.zip"))
    assert faults_of(tmp_path / "pack.zip") == []


def test_a_pack_rebuilds_its_tables_in_a_clean_environment(packs: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere.zip"
    moved.write_bytes((packs / "pack.zip").read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "coder", "export", str(moved), "--to", "rebuilt", "--quiet"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    stated = {
        n.removeprefix("tables/"): d for n, d in read_zip(moved).items() if n.startswith("tables/")
    }
    assert {path.name: path.read_bytes() for path in (tmp_path / "rebuilt").iterdir()} == stated
    assert {
        "themes.csv",
        "themes.xlsx",
        "themes.html",
        "themes.json",
        "themes.md",
        "themes.notes.txt",
    } <= set(stated)


def test_a_whole_pack_is_in_order(faults_by_pack: dict[str, list[str]]) -> None:
    assert faults_by_pack["pack.zip"] == []
    assert faults_by_pack["bare.zip"] == []


def test_the_same_project_gives_the_same_pack_and_is_read_once(packs: Path) -> None:
    again = packs / "again.zip"
    with patch("coder.reporting.gather", wraps=inputs.gather) as reading:
        run_export(packs / "consultation", packs / "plan.yaml", again)
    assert reading.call_count == 1
    assert again.read_bytes() == (packs / "pack.zip").read_bytes() != b""


def test_one_changed_character_in_any_member_is_found_and_named(
    packs: Path, tmp_path: Path
) -> None:
    members = read_zip(packs / "bare.zip")
    for name, data in members.items():
        changed = {
            **members,
            name: data[: len(data) // 2]
            + bytes([data[len(data) // 2] ^ 1])
            + data[len(data) // 2 + 1 :],
        }
        write_zip(tmp_path / "p.zip", changed, packed=False)
        try:
            faults = faults_of(tmp_path / "p.zip")
        except CoderError as error:
            faults = [str(error)]
        assert any(name in fault for fault in faults), name
        with pytest.raises(CoderError, match=name.replace(".", r"\.")):
            rebuild_pack(tmp_path / "p.zip", tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_one_changed_byte_anywhere_in_the_file_is_found(packs: Path, tmp_path: Path) -> None:
    data = (packs / "bare.zip").read_bytes()
    places = random.Random(1).sample(range(len(data)), 60)
    for place in [*places, 0, 8, 10, 12, len(data) - 1, len(data) - 5]:
        (tmp_path / "p.zip").write_bytes(
            data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        )
        with suppress(CoderError):  # what cannot be opened at all says so by raising
            assert faults_of(tmp_path / "p.zip"), place


def test_members_added_or_taken_away_are_named(packs: Path, tmp_path: Path) -> None:
    members = read_zip(packs / "bare.zip")
    write_zip(
        tmp_path / "p.zip",
        {k: v for k, v in members.items() if k != "project/ledger.csv"},
        packed=False,
    )
    assert faults_of(tmp_path / "p.zip") == ["project/ledger.csv: is missing"]
    write_zip(tmp_path / "p.zip", {**members, "tables/more.csv": b"x"}, packed=False)
    assert faults_of(tmp_path / "p.zip") == ["tables/more.csv: was added"]
    write_zip(tmp_path / "p.zip", {**members, "../evil.txt": b"x"}, packed=False)
    with pytest.raises(CoderError, match=r"not an audit pack"):
        faults_of(tmp_path / "p.zip")


def test_a_pack_without_text_holds_nothing_that_people_wrote(packs: Path) -> None:
    comments, _ = population()
    members = read_zip(packs / "bare.zip")
    everything = b"".join(members.values())
    own = comments.head(RECEIVED)
    for text in own.loc[own["status"] == "analysed", "text"].head(50):
        assert text.encode() not in everything
    assert b"I have lived here for" not in everything
    assert "codebook.decisions/amira.jsonl" not in members
    manifest = json.loads(members["manifest.json"])
    assert list(manifest["decisions"]["files"]) == ["amira.jsonl"]
    full = read_zip(packs / "pack.zip")
    counts = [
        line.split(b",quote")[0]
        for line in (members["tables/themes.csv"], full["tables/themes.csv"])
    ]
    assert counts[0].splitlines()[0].startswith(counts[1].splitlines()[0][:60])


def test_a_pack_without_text_leaves_out_examples_and_answers_named_in_the_settings(
    tmp_path: Path,
) -> None:
    """Examples in a codebook are comments as people wrote them."""
    place, path = make_small_project(tmp_path, only=40)
    project = Project(place)
    texts = project.comments["text"].tolist()
    book = read_codebook(path)
    drugs = book.theme("drugs")
    assert drugs.positions
    shown = drugs.positions[0].model_copy(update={"examples": (texts[1],)})
    taught = drugs.model_copy(
        update={
            "examples": (texts[0],),
            "counter_examples": (texts[2],),
            "positions": (shown, *drugs.positions[1:]),
        }
    )
    themes = tuple(taught if theme.id == "drugs" else theme for theme in book.themes)
    write_codebook(path, book.model_copy(update={"themes": themes}), head=f"begun with: {texts[3]}")
    settings = project.settings().model_copy(update={"substantive": {"*": (texts[4],)}})
    project.write(settings, project.comments)
    project.record_run("apply", {"codebook_fingerprint": read_codebook(path).fingerprint})
    pack = tmp_path / "bare.zip"
    run_export(place, path, pack, "--without-text")
    members = read_zip(pack)
    assert texts[0] in path.read_text(encoding="utf-8")
    for name, data in members.items():
        for text in texts[:5]:
            assert text.encode() not in data, name
    assert b"The codebook has changed" not in members["tables/themes.notes.txt"]
    assert faults_of(pack) == []


def test_what_is_no_pack_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(CoderError, match="cannot be read"):
        faults_of(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(CoderError, match="not an audit pack"):
        faults_of(tmp_path / "b.zip")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("files", None),
        ("files", ["codebook.yaml"]),
        ("files", {"codebook.yaml": 3}),
        ("versions", None),
        ("versions", "0.1"),
        ("options", None),
        ("options", {"by": 3}),
        ("options", {"quotes": "many"}),
        ("options", {"threshold": "many"}),
    ],
)
def test_a_manifest_that_lacks_what_it_must_hold_is_refused(
    packs: Path, tmp_path: Path, name: str, value: object
) -> None:
    pack = tmp_path / "pack.zip"
    change_manifest(packs / "pack.zip", pack, **{name: value})
    for read in (faults_of, lambda path: rebuild_pack(path, tmp_path)):
        with pytest.raises(CoderError, match=r"manifest\.json does not hold what it must") as error:
            read(pack)
        assert name in error.value.problem or "threshold" in error.value.problem


def test_a_pack_whose_contents_are_damaged_names_them_as_the_pack_does(
    packs: Path, tmp_path: Path
) -> None:
    members = read_zip(packs / "pack.zip")
    manifest = json.loads(members["manifest.json"])
    del manifest["seal"]
    members["project/project.yaml"] = b"name: [" * 3
    digest = sha256(members["project/project.yaml"]).hexdigest()
    manifest["files"]["project/project.yaml"] = digest
    members["manifest.json"] = seal(manifest)
    write_zip(tmp_path / "pack.zip", members, packed=False)
    (fault,) = faults_of(tmp_path / "pack.zip")
    assert fault.startswith("the tables cannot be rebuilt: project/project.yaml")


def test_the_states_of_a_codebook_are_in_the_pack_and_in_none_without_text(
    packs: Path, faults_by_pack: dict[str, list[str]]
) -> None:
    """States of a codebook hold its examples, which are comments."""
    members = read_zip(packs / "pack.zip")
    name = f"states/{EARLIER.fingerprint}.json"
    stored = (packs / "plan.decisions" / name).read_bytes()
    assert members[f"codebook.decisions/{name}"] == stored
    assert faults_by_pack["pack.zip"] == []
    assert not any("states" in name for name in read_zip(packs / "bare.zip"))


def test_pages_of_packs_of_earlier_versions_are_without_isolated_comments(
    packs: Path, tmp_path: Path
) -> None:
    members = read_zip(packs / "pack.zip")
    page = members["tables/themes.html"]
    assert b"<bdi>" in page
    members["tables/themes.html"] = re.sub(b"</?bdi>", b"", page)
    earlier = seal_pack(tmp_path / "earlier.zip", members, manifest_of(packs / "pack.zip"))
    assert faults_of(earlier) == []
    members["tables/themes.html"] = page.replace(b"<bdi>", b"", 1)
    changed = seal_pack(tmp_path / "changed.zip", members, manifest_of(packs / "pack.zip"))
    assert faults_of(changed) == ["tables/themes.html: does not come out the same when rebuilt"]
