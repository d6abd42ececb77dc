"""Errors of libraries are told without what they quote of the file."""

import io
import zipfile
from pathlib import Path

import pytest

from coder.errors import CoderError
from coder.exporting.zips import read_zip
from coder.library_errors import reason_of


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "File name in directory 'my son was stabbed' and header b'x' differ.",
            "File name in directory",
        ),
        ("Bad magic number for file header", "Bad magic number for file header"),
        ("couldn't open\nmy son was stabbed", "couldn't open"),
        ("'my son was stabbed'", "ValueError"),
        ("", "ValueError"),
    ],
)
def test_nothing_behind_a_quotation_mark_is_told(said: str, told: str) -> None:
    assert reason_of(ValueError(said)) == told


def test_a_pack_whose_names_differ_is_not_quoted(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("my son was stabbed", "no")
    path = tmp_path / "pack.zip"
    path.write_bytes(packed.getvalue().replace(b"stabbed", b"knocked", 1))
    with pytest.raises(CoderError, match="cannot be read as a zip file") as raised:
        read_zip(path)
    assert "my son" not in str(raised.value)
