"""Encrypted packs: opened by whom they are for, and never on the disk as plain text."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.errors import CoderError
from coder.exporting.pack import check_pack
from coder.exporting.pack_encryption import decrypt, to_passphrase
from coder.exporting.pack_secrets import OF_PACK, Opening
from coder.exporting.zips import read_zip
from coder.workflow.export import export
from coder.workflow.pack_options import PackOptions, pack_opening, pack_options
from export_helpers import make_small_project
from test_report_population import population

pyrage = pytest.importorskip("pyrage", reason="pyrage is not installed")
WORDS = "correct horse"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`identity`, and `pack.zip.age` to its public key; `locked.zip.age` to a passphrase."""
    folder = tmp_path_factory.mktemp("encrypted")
    project, codebook = make_small_project(folder)
    identity = pyrage.x25519.Identity.generate()
    (folder / "identity").write_text(f"# mine\n{identity}\n", encoding="utf-8")
    (folder / "keys").write_text(f"# for us\n\n{identity.to_public()}\n", encoding="utf-8")
    to_key = PackOptions(encrypt_to=(str(identity.to_public()),))
    export(project, folder / "pack.zip", codebook=codebook, pack=to_key)
    to_words = pack_options(None, (), WORDS)
    export(project, folder / "locked.zip", codebook=codebook, pack=to_words)
    return folder


def test_an_encrypted_pack_has_its_own_name_and_opens_for_whom_it_is(place: Path) -> None:
    assert not (place / "pack.zip").exists()
    opening = Opening(identity=place / "identity")
    assert check_pack(place / "pack.zip.age", opening).faults == ()
    opening = pack_opening("", None, WORDS)
    assert check_pack(place / "locked.zip.age", opening).faults == ()


def test_an_encrypted_pack_shows_nothing(place: Path) -> None:
    comments, _ = population()
    for name in ("pack.zip.age", "locked.zip.age"):
        data = (place / name).read_bytes()
        assert b"manifest.json" not in data
        for text in comments["text"].head(40):
            assert len(text) < 12 or text.encode() not in data


def test_a_wrong_passphrase_or_key_is_one_clear_error(place: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n", encoding="utf-8")
    tries = (
        ("locked.zip.age", pack_opening("", None, "wrong"), "the passphrase is wrong"),
        ("locked.zip.age", Opening(), "needs a passphrase"),
        ("pack.zip.age", Opening(identity=other), "does not open it"),
        ("pack.zip.age", Opening(), "is encrypted to a key"),
        ("pack.zip.age", Opening(identity=place / "keys"), "holds no private key"),
    )
    for name, opening, problem in tries:
        with pytest.raises(CoderError, match=problem) as error:
            check_pack(place / name, opening)
        assert WORDS not in str(error.value)


def test_a_damaged_encrypted_pack_is_refused(place: Path, tmp_path: Path) -> None:
    data = (place / "pack.zip.age").read_bytes()
    opening = Opening(identity=place / "identity")
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    for damaged in (data[:30], data[:-1], flipped, data + b"x"):
        (tmp_path / "p.zip.age").write_bytes(damaged)
        with pytest.raises(CoderError):
            check_pack(tmp_path / "p.zip.age", opening)


def test_a_file_that_asks_for_too_much_memory_is_not_opened(tmp_path: Path) -> None:
    """The work of a passphrase is chosen by whoever made the file."""
    data = to_passphrase("x").encrypt(b"pack")
    head, salt_and_work, rest = data.split(b"\n", 2)
    salt = salt_and_work.rpartition(b" ")[0]
    hostile = b"\n".join([head, salt + b" 30", rest])
    opening = pack_opening("", None, "x")
    with pytest.raises(CoderError, match="memory"):
        decrypt(tmp_path / "p.zip.age", hostile, opening)


def test_plain_text_is_never_written_outside_the_scratch_folder(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = {path for path in place.rglob("*") if path.is_file()}
    opening = Opening(identity=place / "identity")
    export(place / "pack.zip.age", tmp_path / "out", opening=opening)
    assert {path for path in place.rglob("*") if path.is_file()} == before
    assert list(scratch.iterdir()) == []
    assert (tmp_path / "out" / "themes.csv").stat().st_mode & 0o077 == 0


def test_what_cannot_be_meant_is_refused(place: Path, tmp_path: Path) -> None:
    project, codebook = place / "consultation", place / "plan.yaml"
    key = (place / "keys").read_text(encoding="utf-8").split()[-1]
    refused = (
        ("t.csv", PackOptions(encrypt_to=(key,))),
        ("p.zip.age", PackOptions()),
        ("p.zip", pack_options(None, (key,), WORDS)),
        ("p.zip", PackOptions(encrypt_to=("age1nokey",))),
        ("p.zip", PackOptions(encrypt_to=(str(codebook),))),
    )
    for name, options in refused:
        with pytest.raises(CoderError):
            export(project, tmp_path / name, codebook=codebook, pack=options)
    assert list(tmp_path.iterdir()) == []


def test_scripts_hand_the_passphrase_over_by_file_or_environment(
    place: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words"
    words.write_text(f"{WORDS}\nand more\n", encoding="utf-8")
    by_file = ["--passphrase-file", str(words)]
    pack = str(place / "locked.zip.age")
    assert CliRunner().invoke(app, ["check", pack, *by_file]).exit_code == 0
    environment = {**os.environ, OF_PACK: WORDS}
    assert CliRunner().invoke(app, ["check", pack], env=environment).exit_code == 0
    said = CliRunner().invoke(app, ["check", pack])
    assert isinstance(said.exception, CoderError)
    source = ["export", str(place / "consultation"), "--codebook", str(place / "plan.yaml")]
    made = tmp_path / "made.zip"
    said = CliRunner().invoke(app, [*source, "--to", str(made), *by_file])
    assert said.exit_code == 0, said.output
    opened = decrypt(
        made, made.with_name("made.zip.age").read_bytes(), pack_opening("", None, WORDS)
    )
    assert set(read_zip(made, opened)) > {"manifest.json"}
    records = (place / "consultation" / "runs").glob("*.json")
    for path in records:
        assert WORDS not in path.read_text(encoding="utf-8")
