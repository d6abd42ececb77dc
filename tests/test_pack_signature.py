"""Signed packs: who vouches for one, and what a forger tries."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.errors import CoderError
from coder.exporting import key_files
from coder.exporting.pack import PackCheck, check_pack, rebuild_pack
from coder.exporting.pack_manifest import MANIFEST, seal
from coder.exporting.pack_secrets import OF_KEY, Opening, from_environment
from coder.exporting.pack_signature import (
    SIGNATURE,
    SigningKey,
    read_known_keys,
    read_signing_key,
)
from coder.exporting.zips import read_zip, write_zip
from coder.workflow.export import export
from coder.workflow.pack_options import PackOptions
from export_helpers import make_small_project
from pack_helpers import manifest_of, seal_pack

serialization = pytest.importorskip(
    "cryptography.hazmat.primitives.serialization", reason="cryptography is not installed"
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402

WORDS = "correct horse"


def write_key(
    path: Path, comment: str = "", *, passphrase: str = "", form: str = "OpenSSH"
) -> Path:
    """A new private key, and its public key beside it as `NAME.pub`."""
    key = Ed25519PrivateKey.generate()
    encryption = serialization.NoEncryption()
    if passphrase:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    formats = {
        "OpenSSH": serialization.PrivateFormat.OpenSSH,
        "PEM": serialization.PrivateFormat.PKCS8,
    }
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, formats[form], encryption))
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    path.with_name(f"{path.name}.pub").write_bytes(public + f" {comment}\n".encode())
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of Amira and of Eve, and `pack.zip`, signed by Amira."""
    folder = tmp_path_factory.mktemp("signed")
    project, codebook = make_small_project(folder)
    amira = write_key(folder / "amira", "amira@example.org")
    write_key(folder / "eve", "eve")
    options = PackOptions(sign=amira)
    export(project, folder / "pack.zip", codebook=codebook, pack=options)
    export(project, folder / "plain.zip", codebook=codebook)
    return folder


def check(pack: Path, signed_by: object = "") -> PackCheck:
    return check_pack(pack, Opening(str(signed_by)))


def key_of(path: Path) -> SigningKey:
    return read_signing_key(path, from_environment)


def test_a_signed_pack_says_by_whom(place: Path) -> None:
    fingerprint = key_of(place / "amira").fingerprint
    known = check(place / "pack.zip", place / "amira.pub")
    assert known.faults == ()
    assert known.notes == (f"Signed by amira@example.org, with the key {fingerprint}.",)
    by_fingerprint = check(place / "pack.zip", fingerprint)
    assert by_fingerprint.faults == ()
    assert fingerprint in by_fingerprint.notes[0]


def test_a_signature_by_a_key_that_nobody_named_proves_no_person(place: Path) -> None:
    found = check(place / "pack.zip")
    assert found.faults == ()
    assert "Nobody has said whose key that is" in found.notes[0]
    assert key_of(place / "amira").fingerprint in found.notes[0]


def test_a_pack_without_a_signature_says_what_its_seal_is_worth(place: Path) -> None:
    said = CliRunner().invoke(app, ["check", str(place / "plain.zip")])
    assert said.exit_code == 0
    assert "finds accidents, not forgers" in " ".join(said.output.split())
    assert check(place / "plain.zip", place / "amira.pub").faults == ("the pack is not signed",)


def test_openssh_agrees(place: Path, tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    members = read_zip(place / "pack.zip")
    signature = tmp_path / "sig"
    signature.write_bytes(members[SIGNATURE])
    signers = tmp_path / "signers"
    signers.write_text(f"amira {(place / 'amira.pub').read_text()}", encoding="utf-8")
    verify = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "amira", "-n", "coder-pack"]
    for message, status in ((members[MANIFEST], 0), (members[MANIFEST] + b" ", 255)):
        done = subprocess.run([*verify, "-s", signature], input=message, capture_output=True)
        assert done.returncode == status, done.stderr


# ---------------------------------------------------------------- what a forger does


def test_a_forger_who_signs_with_another_key_is_named(place: Path, tmp_path: Path) -> None:
    members, eve = read_zip(place / "pack.zip"), key_of(place / "eve")
    manifest = manifest_of(place / "pack.zip") | {"signed_by": eve.fingerprint}
    members[MANIFEST] = seal(manifest)
    members[SIGNATURE] = eve.sign(members[MANIFEST])
    write_zip(tmp_path / "p.zip", members, packed=False)
    assert check(tmp_path / "p.zip").faults == ()
    (fault,) = check(tmp_path / "p.zip", place / "amira.pub").faults
    assert eve.fingerprint in fault
    with pytest.raises(CoderError, match=eve.fingerprint.replace("+", r"\+")):
        rebuild_pack(tmp_path / "p.zip", tmp_path / "out", Opening(str(place / "amira.pub")))


def test_a_signature_that_was_taken_off_is_missed(place: Path, tmp_path: Path) -> None:
    members = read_zip(place / "pack.zip")
    del members[SIGNATURE]
    write_zip(tmp_path / "p.zip", members, packed=False)
    assert "is missing" in check(tmp_path / "p.zip").faults[0]
    manifest = manifest_of(place / "pack.zip")
    del manifest["signed_by"]
    members[MANIFEST] = seal(manifest)
    write_zip(tmp_path / "p.zip", members, packed=False)
    assert check(tmp_path / "p.zip", place / "amira.pub").faults == ("the pack is not signed",)


def test_the_signature_of_another_pack_is_none_of_this(place: Path, tmp_path: Path) -> None:
    members = read_zip(place / "plain.zip")
    members[SIGNATURE] = read_zip(place / "pack.zip")[SIGNATURE]
    write_zip(tmp_path / "p.zip", members, packed=False)
    (fault,) = check(tmp_path / "p.zip", place / "amira.pub").faults
    assert "names nobody" in fault
    manifest = manifest_of(place / "plain.zip")
    manifest["signed_by"] = key_of(place / "amira").fingerprint
    manifest["columns_left_out"] = ["Name"]
    members[MANIFEST] = seal(manifest)
    write_zip(tmp_path / "p.zip", members, packed=False)
    fault = check(tmp_path / "p.zip", place / "amira.pub").faults[0]
    assert "did not sign this manifest.json" in fault


def test_a_changed_part_breaks_the_signature_even_when_sealed_again(
    place: Path, tmp_path: Path
) -> None:
    members = read_zip(place / "pack.zip")
    signature = members.pop(SIGNATURE)
    members["tables/themes.csv"] += b"9,Forged\n"
    pack = seal_pack(tmp_path / "p.zip", members, manifest_of(place / "pack.zip"))
    members = {**read_zip(pack), SIGNATURE: signature}
    write_zip(pack, members, packed=False)
    assert any("did not sign" in fault for fault in check(pack).faults)


@pytest.mark.parametrize("change", ["two", "empty", "spaces", "cut", "flipped", "other use"])
def test_a_signature_in_any_other_form_is_refused(place: Path, tmp_path: Path, change: str) -> None:
    members = read_zip(place / "pack.zip")
    own = members[SIGNATURE]
    forms = {
        "two": own + own,
        "empty": b"",
        "spaces": own.replace(b"\n", b" \n"),
        "cut": own[:-40],
        "flipped": own.replace(b"U1NIU0lH", b"U1NIU0lI"),
        "other use": own,
    }
    members[SIGNATURE] = forms[change]
    if change == "other use":
        if shutil.which("ssh-keygen") is None:
            pytest.skip("ssh-keygen is not installed")
        message = tmp_path / "message"
        message.write_bytes(members[MANIFEST])
        words = ["ssh-keygen", "-q", "-Y", "sign", "-f", place / "amira", "-n", "file", message]
        (place / "amira").chmod(0o600)
        subprocess.run(words, check=True, capture_output=True)
        members[SIGNATURE] = message.with_suffix(".sig").read_bytes()
    write_zip(tmp_path / "p.zip", members, packed=False)
    (fault,) = check(tmp_path / "p.zip", place / "amira.pub").faults
    assert fault == f"{SIGNATURE}: is not one signature as coder writes it"


# ---------------------------------------------------------------- keys


def test_a_key_with_a_passphrase_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ("OpenSSH", "PEM"):
        key = write_key(tmp_path / form, passphrase=WORDS, form=form)
        monkeypatch.delenv(OF_KEY, raising=False)
        with pytest.raises(CoderError, match="needs a passphrase"):
            read_signing_key(key, from_environment)
        monkeypatch.setenv(OF_KEY, "wrong")
        with pytest.raises(CoderError, match="the passphrase is wrong") as error:
            read_signing_key(key, from_environment)
        assert WORDS not in str(error.value)
        monkeypatch.setenv(OF_KEY, WORDS)
        assert read_signing_key(key, from_environment).fingerprint.startswith("SHA256:")


def test_what_is_no_key_is_refused_before_anything_is_written(place: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.write_bytes(b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n")
    for path in (nothing, place / "amira.pub", tmp_path / "missing", tmp_path):
        options = PackOptions(sign=path)
        with pytest.raises(CoderError):
            export(
                place / "consultation",
                tmp_path / "pack.zip",
                codebook=place / "plan.yaml",
                pack=options,
            )
    assert not (tmp_path / "pack.zip").exists()


def test_what_never_ends_is_no_key(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CoderError, match="is too large for a file of keys"):
        read_known_keys("/dev/zero")
    silent = place / "silent.pub"
    os.mkfifo(silent)
    monkeypatch.setattr(key_files, "PIPE_SECONDS", 0)
    with pytest.raises(CoderError, match="nothing comes out of this pipe"):
        read_known_keys(str(silent))


def test_a_key_may_come_out_of_a_pipe(place: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, (place / "amira.pub").read_bytes())
    os.close(writer)
    try:
        (key,) = read_known_keys(f"/dev/fd/{reader}")
    finally:
        os.close(reader)
    (same,) = read_known_keys(str(place / "amira.pub"))
    assert key.fingerprint == same.fingerprint


def test_a_file_of_allowed_signers_names_them(place: Path, tmp_path: Path) -> None:
    amira, eve = ((place / name).read_text() for name in ("amira.pub", "eve.pub"))
    signers = tmp_path / "signers"
    head = "# who may sign\n\n"
    signers.write_text(
        f'{head}amira,a.s@example.org namespaces="coder-pack,git" {amira}eve {eve}',
        encoding="utf-8",
    )
    names = [key.name for key in read_known_keys(str(signers))]
    assert names == ["amira,a.s@example.org", "eve"]
    assert "amira,a.s@example.org" in check(place / "pack.zip", signers).notes[0]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('amira namespaces="git" {key}', "may not sign packs"),
        ("amira cert-authority {key}", "options"),
        ('amira valid-before="20250101" {key}', "options"),
        ("ssh-ed25519 AAAAnokey", "damaged"),
        ("ssh-rsa AAAA amira", "no public key"),
        ("", "no public key"),
    ],
)
def test_a_key_that_may_not_sign_packs_is_refused(
    place: Path, tmp_path: Path, line: str, named: str
) -> None:
    signers = tmp_path / "signers"
    key = (place / "amira.pub").read_text()
    signers.write_text(line.format(key=key), encoding="utf-8")
    with pytest.raises(CoderError, match=named):
        check(place / "pack.zip", signers)


def test_a_private_key_named_by_mistake_is_not_taken(place: Path) -> None:
    with pytest.raises(CoderError, match=r"amira\.pub"):
        check(place / "pack.zip", place / "amira")


def test_the_command_line_signs_and_checks(place: Path, tmp_path: Path) -> None:
    pack = str(tmp_path / "pack.zip")
    source = ["export", str(place / "consultation"), "--codebook", str(place / "plan.yaml")]
    said = CliRunner().invoke(app, [*source, "--to", pack, "--sign", str(place / "amira")])
    assert said.exit_code == 0, said.output
    signed_by = ["--signed-by", str(place / "amira.pub")]
    said = CliRunner().invoke(app, ["check", pack, *signed_by, "--json"])
    assert said.exit_code == 0, said.output
    assert "Signed by amira@example.org" in json.loads(said.output)["notes"][0]
    said = CliRunner().invoke(app, ["check", pack, "--signed-by", str(place / "eve.pub")])
    assert said.exit_code == 1
    said = CliRunner().invoke(app, [*source, "--to", "t.csv", "--sign", str(place / "amira")])
    assert isinstance(said.exception, CoderError)
