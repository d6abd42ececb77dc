"""`coder apply` gives the same files whatever computes the blocks, and says what is wrong with an engine."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.errors import CoderError, for_command_line
from coder.files import sha256_of
from coder.workflow.apply import apply
from coder.workflow.read import read
from coder.workflow.workplace import Place
from conftest import CODEBOOK, EXAMPLE

TABLES = ("labels.parquet", "labels.csv", "matrix.csv")


@pytest.fixture(scope="module")
def plan_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as read and coded in a loop; its vectors are kept."""
    folder = tmp_path_factory.mktemp("workers") / "plan"
    read(EXAMPLE / "comments.csv", into=folder)
    apply(folder, CODEBOOK)
    return folder


@pytest.mark.parametrize("place", [Place(workers=2), Place("dask", workers=2)])
def test_the_same_files_whatever_computes_the_blocks(
    plan_project: Path, tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "plan"
    shutil.copytree(plan_project, copied)
    for name in TABLES:
        (copied / name).unlink()
    monkeypatch.chdir(tmp_path)  # a project by a path that only this process understands
    apply(Path("plan"), CODEBOOK, place=place)
    for name in TABLES:
        assert sha256_of(copied / name) == sha256_of(plan_project / name)
    assert {path.name for path in (copied / "cache").iterdir()} == {
        ".blocks.lock",
        "vectors.sqlite",
    }


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--workers", "0"], "--workers: 0 is out of range"),
        (["--engine", "foo"], "--engine: there is no engine 'foo'"),
        (["--engine", "dask://localhost:1", "--workers", "2"], "--workers is for this machine"),
    ],
)
def test_a_wrong_engine_is_one_clear_error(
    plan_project: Path, words: list[str], problem: str
) -> None:
    command = ["apply", str(plan_project), "--codebook", str(CODEBOOK), *words]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, CoderError)
    assert for_command_line(result.exception.problem).startswith(problem)
