"""The README's walk from file to table, typed as it stands, with the network taken away."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from readme_commands import blocks, shell_blocks
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
NO_NETWORK = """
import socket

def refused(*_, **__):
    raise OSError("this test has no network")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refused
"""


@pytest.fixture(scope="module")
def walk(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, list[subprocess.CompletedProcess[str]]]:
    folder = tmp_path_factory.mktemp("walk")
    for name in ("examples", "codebooks"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.coding", "*.decisions")
        )
    (folder / "offline").mkdir()
    (folder / "offline" / "sitecustomize.py").write_text(NO_NETWORK)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {**os.environ, "PATH": path, "PYTHONPATH": str(folder / "offline")}
    lines = [line for block in shell_blocks()[2:] for line in block.splitlines() if line.strip()]
    assert len(lines) >= 7
    assert all(line.startswith("coder ") for line in lines)
    return folder, [
        subprocess.run(line, shell=True, cwd=folder, env=settings, text=True, capture_output=True)
        for line in lines
    ]


def test_every_command_of_the_walk_works_without_a_network(
    walk: tuple[Path, list[subprocess.CompletedProcess[str]]],
) -> None:
    for done in walk[1]:
        assert done.returncode == 0, f"{done.args}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr


def test_it_ends_in_the_published_table(
    walk: tuple[Path, list[subprocess.CompletedProcess[str]]],
) -> None:
    folder = walk[0]
    table = (folder / "themes.csv").read_text("utf-8-sig").splitlines()
    assert table[0].startswith("rank,theme_id,theme,parent_id,position_id,description,n,percent")
    assert any(line.split(",")[1] == "misconduct" for line in table)
    for name in (
        "themes.xlsx",
        "themes.md",
        "themes.notes.txt",
        "plan/ledger.csv",
        "plan/candidates.yaml",
        "plan/labels.csv",
    ):
        assert (folder / name).stat().st_size > 0


def test_what_is_declared_is_taken_as_it_stands(
    walk: tuple[Path, list[subprocess.CompletedProcess[str]]],
) -> None:
    folder = walk[0]
    declared, choices = blocks("yaml")
    settings = folder / "plan" / "project.yaml"
    yaml = YAML(typ="safe")
    before = yaml.load(settings.read_text("utf-8"))
    with settings.open("w", encoding="utf-8") as file:
        yaml.dump(before | yaml.load(declared), file)
    (folder / "plan" / "quotes.yaml").write_text(choices, "utf-8")
    words = [
        "export",
        "plan",
        "--codebook",
        "codebooks/police_and_crime_plan.yaml",
        "--to",
        "declared.md",
    ]
    more = [part for column in ("area", "background", "route") for part in ("--by", column)]
    done = subprocess.run(
        [sys.executable, "-m", "coder", *words, *more], cwd=folder, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    page = (folder / "declared.md").read_text("utf-8")
    for said in (
        "Inner London",
        "Outer London",
        "BAME",
        "Polls",
        "deter[r]ent",
        "Prefer not to say",
    ):
        assert said in page.replace("\\", ""), said


def test_no_network_means_none(tmp_path: Path) -> None:
    # the guard itself works: without this the test above could pass with the network there
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK)
    done = subprocess.run(
        [sys.executable, "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, text=True, capture_output=True,
    )  # fmt: skip
    assert "this test has no network" in done.stderr
