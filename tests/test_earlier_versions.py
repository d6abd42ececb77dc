"""Projects of the version before: without seals, hashes of labels, a generation, checksums of
vectors, and open to others on the machine. That is no damage.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from damage import Coded, make_several, make_single, run

LATER_FILES = (".generation", ".newest", ".lock")
LATER_NAMES = ("sealed_sha256", "labels_sha256", "facts_sha256")


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Coded:
    return make_single(tmp_path_factory.mktemp("made") / "single")


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Coded:
    return make_several(tmp_path_factory.mktemp("made") / "several")


def make_earlier(coded: Coded) -> None:
    """Take out of a project what the version before did not write."""
    for path in sorted(coded.folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        if path.name in LATER_FILES:
            path.unlink()
        elif path.suffix == ".json" and path.parent.name in ("runs", "results"):
            _take_names_out(path)
    with closing(sqlite3.connect(coded.plan / "cache" / "vectors.sqlite")) as store:
        store.execute("ALTER TABLE encoded DROP COLUMN checksum")


def _take_names_out(path: Path) -> None:
    content = json.loads(path.read_text())
    kept = {name: value for name, value in content.items() if name not in LATER_NAMES}
    path.write_text(json.dumps(kept))


def themes_of(coded: Coded) -> object:
    """The figures that were exported; notes name the folder, which was copied."""
    return json.loads((coded.folder / "themes.json").read_text())["themes"]


def test_a_project_of_an_earlier_version_is_in_order_and_stays_as_it_is(
    single: Coded, tmp_path: Path
) -> None:
    coded = single.copy_to(tmp_path / "copy")
    make_earlier(coded)
    themes = themes_of(coded)
    checked = coded.check()
    assert checked.status == 0, checked.text
    assert "wrong:" not in checked.text
    assert "damaged" not in checked.text
    repaired = coded.check("--repair")
    assert repaired.status == 0, repaired.text
    assert "damaged" not in repaired.text
    for words in coded.commands():
        answer = run(*words)
        assert answer.status == 0, (words, answer.text)
    assert themes_of(coded) == themes
    assert coded.check().status == 0


def test_all_questions_are_closed_to_others_and_said_to_be(several: Coded, tmp_path: Path) -> None:
    coded = several.copy_to(tmp_path / "copy")
    make_earlier(coded)
    assert "Others on this machine" in run("check", coded.plan).text
    repaired = run("check", coded.plan, "--repair")
    assert "can now be opened by you alone" in repaired.text
    assert "Others on this machine" not in repaired.text
    assert "damaged" not in repaired.text
