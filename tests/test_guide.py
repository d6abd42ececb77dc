"""README and guide: every block runs as it stands, in order, without a network."""

import os
import pty
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from guide_blocks import (
    GUIDE,
    README,
    ROOT,
    Block,
    Done,
    blocks_of,
    formats_of_readme,
    inside,
    run_line,
    setup_commands,
)

PAGES = (
    "tutorial.md",
    "reviewers.md",
    "page.md",
    "numbers.md",
    "codebooks.md",
    "files.md",
    "letters.md",
    "large.md",
    "private.md",
    "faults.md",
    "python.md",
)
KEYS_TYPED = b"\r\r\rq"  # three comments decided, then quit
KEYS_IN_TRAINING = b"\r\r\r\rq"  # two comments decided and their comparisons read, then quit
LONGEST_WAIT = 60.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the pages use, outside the project."""
    place = tmp_path_factory.mktemp("guide")
    for name in ("examples", "codebooks"):
        shutil.copytree(
            ROOT / name, place / name, ignore=shutil.ignore_patterns("*.coding", "*.decisions")
        )
    return place


@pytest.fixture(scope="module", autouse=True)
def few_votes() -> Iterator[None]:
    """A small ensemble: these tests are not about how good the candidates are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coder.clustering.grouping.RESOLUTIONS", (2.0,))
        patch.setattr("coder.clustering.grouping.THOROUGH", 0)
        patch.setattr("coder.clustering.stability.RUNS", 2)
        yield


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be connected to."""

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("this test has no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_no_network_means_none(no_network: None) -> None:
    # The guard works: otherwise the tests below could pass with the network there.
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("127.0.0.1", 9))


@pytest.fixture(scope="module")
def walk(folder: Path) -> list[Done]:
    """The README's seven commands."""
    done: list[Done] = []
    shell = [block for block in blocks_of(README) if block.language == "sh"]
    with inside(folder):
        for block in shell[2:]:
            done += run_shell(block)
    return done


def test_the_readme_shows_two_set_up_commands_and_one_consultation(walk: list[Done]) -> None:
    start, test = setup_commands()
    assert start.count("\n") == 1
    assert test.count("\n") == 1
    assert [done.line.split()[1] for done in walk] == [
        "read", "cluster", "apply", "review", "apply", "agree", "export",
    ]  # fmt: skip
    check_done(walk)


def test_the_readme_ends_in_the_published_table(walk: list[Done], folder: Path) -> None:
    for name in ("themes.xlsx", "themes.html", "plan/ledger.csv", "plan/candidates.yaml"):
        assert (folder / name).stat().st_size > 0, name


def test_the_readme_lists_the_formats_of_the_tables() -> None:
    assert formats_of_readme() in README.read_text("utf-8")


def test_the_readme_is_short() -> None:
    assert len(README.read_text("utf-8").split()) <= 900


def test_the_readme_runs_in_python(walk: list[Done], folder: Path, no_network: None) -> None:
    run_python([block for block in blocks_of(README) if block.language == "python"], folder)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_the_guide_runs(
    page: str, walk: list[Done], folder: Path, no_network: None
) -> None:
    blocks = blocks_of(GUIDE / page)
    assert blocks
    with inside(folder):
        for block in blocks:
            if block.language == "sh":
                check_done(run_shell(block))
            elif block.language == "yaml":
                write_yaml(block)
    run_python([block for block in blocks if block.language == "python"], folder)


def test_what_the_tutorial_declares_is_used(folder: Path, walk: list[Done]) -> None:
    with inside(folder):
        for block in blocks_of(GUIDE / "tutorial.md"):
            if block.language == "yaml":
                write_yaml(block)
        done = run_line(
            "coder export plan --codebook codebooks/police_and_crime_plan.yaml --to declared.md "
            "--by area --by background --by route"
        )
    check_done([done])
    page = (folder / "declared.md").read_text("utf-8").replace("\\", "")
    for words in ("Inner London", "Outer London", "BAME", "Polls", "deter[r]ent"):
        assert words in page, words


# ---------------------------------------------------------------- running


def check_done(done: list[Done]) -> None:
    for command in done:
        assert command.status == 0, f"{command.line}\n{command.printed}"
        assert "Traceback" not in command.printed


def run_shell(block: Block) -> list[Done]:
    return [run_in_its_way(line) for line in block.text.splitlines() if line.strip()]


def run_in_its_way(line: str) -> Done:
    if shlex.split(line)[1] == "serve":
        return run_server(line)
    return run_screen(line) if on_screen(line) else run_line(line)


def run_server(line: str) -> Done:
    """Serve until the links are printed, then end it with Ctrl-C."""
    words = [sys.executable, "-m", "coder", *shlex.split(line)[1:], "--port", "0"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    printed = []
    for told in process.stdout or ():
        printed.append(told)
        if told.startswith("Ctrl-C"):
            process.send_signal(signal.SIGINT)
    return Done(line, process.wait(LONGEST_WAIT), "".join(printed))


def on_screen(line: str) -> bool:
    words = shlex.split(line)
    if words[1:3] == ["codebook", "build"]:
        return True
    return words[1] == "review" and "--from" not in words and "--status" not in words


def run_screen(line: str) -> Done:
    """Open the review screen on a terminal, decide three comments, quit."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
    words = [sys.executable, "-m", "coder", *shlex.split(line)[1:]]
    process = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    printed = b""
    keys = KEYS_IN_TRAINING if "--train" in words else KEYS_TYPED
    unsent = [bytes([key]) for key in keys]
    deadline = time.monotonic() + LONGEST_WAIT
    while process.poll() is None and time.monotonic() < deadline:
        ready, _, _ = select.select([ours], [], [], 0.3)
        if ready:
            printed += read_some(ours)
        elif b"help" in printed and unsent:  # the screen stands still and waits for a key
            os.write(ours, unsent.pop(0))
    process.kill()
    os.close(ours)
    return Done(line, process.wait(), printed.decode("utf-8", "replace"))


def read_some(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the program has gone
        return b""


def write_yaml(block: Block) -> None:
    """Write the block to its file; settings are laid over those that are there."""
    path = Path(block.file)
    yaml = YAML(typ="safe")
    tree = yaml.load(block.text)
    if path.name == "project.yaml":
        tree = yaml.load(path.read_text("utf-8")) | tree
        with path.open("w", encoding="utf-8") as file:
            yaml.dump(tree, file)
    else:
        path.write_text(block.text, "utf-8")


def run_python(blocks: list[Block], folder: Path) -> None:
    """Execute the blocks of one page, one after the other, with the same names."""
    names: dict[str, Any] = {}
    with inside(folder):
        for block in blocks:
            exec(compile(block.text, "guide", "exec"), names)  # noqa: S102
