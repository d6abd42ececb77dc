"""A whole review in a real terminal (tmux): hostile comments, the window's title, what is on disk after."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from coder.decisions import judgements, read_decisions
from coder.project import Project
from review_helpers import NASTY, book_at, comments_table, labels_table, plain_texts, project_at

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """A tmux pane of its own server, 80 by 24."""

    def __init__(self, folder: Path) -> None:
        self._server = ["tmux", "-L", f"coder-{uuid4().hex[:8]}", "-f", "/dev/null"]
        subprocess.run(
            [
                *self._server,
                "new-session",
                "-d",
                "-x",
                "80",
                "-y",
                "24",
                "-c",
                str(folder),
                "env PS1='$ ' sh",
            ],
            check=True,
        )
        self._run("set-option", "-g", "allow-rename", "on")
        self._run("select-pane", "-T", "UNTOUCHED")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._server, *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        for key in keys:
            self._run("send-keys", key)

    def line(self, text: str) -> None:
        self._run("send-keys", "-l", text)
        self._run("send-keys", "Enter")

    @property
    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    @property
    def title(self) -> str:
        return self._run("display-message", "-p", "#{pane_title}").strip()

    def wait_for(self, text: str, seconds: float = 30) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            screen = self.screen
            if text in screen:
                return screen
            time.sleep(0.05)
        raise AssertionError(f"{text!r} did not come; the screen is:\n{self.screen}")

    def wait_until_gone(self, text: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while text in self.screen:
            assert time.monotonic() < end, f"{text!r} did not go"
            time.sleep(0.05)

    def close(self) -> None:
        subprocess.run([*self._server, "kill-server"], check=False, capture_output=True)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    found = Terminal(tmp_path)
    yield found
    found.close()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    _, book = book_at(tmp_path)
    texts = {f"N-{k}": v.replace("\x00", "\ufffd") for k, v in NASTY.items()} | plain_texts(5)
    comments = comments_table(texts)
    return project_at(tmp_path / "plan.coding", comments, labels=labels_table(comments, book))


def command(*more: str) -> str:
    return " ".join(
        [sys.executable, "-m", "coder", "review", "plan.coding", "--codebook", "plan.yaml", *more]
    )


def test_a_whole_session_on_hostile_comments(
    tmp_path: Path, project: Project, terminal: Terminal
) -> None:
    before = terminal.title
    terminal.line(command("--reviewer", "amira"))
    terminal.wait_for("? help")
    for name in NASTY:
        terminal.type("/")
        terminal.wait_for("Find comments")
        terminal.line(f"N-{name}")
        screen = terminal.wait_for(f"─ N-{name} ─")
        lines = screen.splitlines()
        assert lines[0].startswith(" A plan · amira · assisted")
        assert lines[2].startswith("╭─ N-")
        frames = "".join(line[:1] for line in lines[2:21])
        assert re.fullmatch("╭│+╰╭│+╰", frames), (
            frames
        )  # the comment takes the room it needs, the themes the rest
        assert "q quit" in lines[23]
        assert terminal.title == before
        if name == "esc":
            assert "␛]0;PWNED␇" in screen
        if name == "markup":
            assert "[v]aping near [/b] the school [bold red]now[/]" in screen
        if name == "long":
            assert "5,125 words, PgDn for more" in screen
            terminal.type("NPage", "NPage", "e")
    terminal.type("Enter")
    terminal.wait_for("saved (1)")
    terminal.type("z")
    terminal.wait_for("undone: the last decision")
    terminal.type("Z")
    terminal.wait_for("saved (3)")
    terminal.type("?")
    terminal.wait_for("Deciding and moving")
    terminal.type("Escape")
    terminal.wait_until_gone("Deciding and moving")  # Escape and q at once would be Alt+q
    terminal.type("q")
    terminal.wait_for("decided by amira")
    screen = terminal.wait_for("coder apply")  # the last line comes a moment later
    assert "1 comment decided by amira" in screen
    assert "coder apply plan.coding --codebook plan.yaml" in screen.replace("\n", "")
    assert terminal.title == before
    _, book = book_at(tmp_path)
    said = judgements(read_decisions(tmp_path / "plan.yaml").decisions, book)
    assert set(said["comment_id"]) == {"N-spaces"}
    assert len(said) == 5
    terminal.line(command("--reviewer", "amira", "--status"))
    terminal.wait_for("11 more random reviews")


def test_killing_the_window_loses_nothing_that_was_saved(
    tmp_path: Path, project: Project, terminal: Terminal
) -> None:
    terminal.line(command("--reviewer", "ben", "--blind"))
    terminal.wait_for("blind: no suggestions")
    terminal.type("1", "Enter", "2", "Enter", "Enter")
    terminal.wait_for("saved (3)")
    terminal.close()
    decisions = read_decisions(tmp_path / "plan.yaml").decisions
    assert [tuple(d.themes) for d in decisions] == [("visibility",), ("stations",), ()]
    assert {d.mode for d in decisions} == {"blind"}


def test_the_login_name_is_the_reviewer_when_none_is_named(
    tmp_path: Path, project: Project, terminal: Terminal
) -> None:
    terminal.line("LOGNAME='o\"neil/x' " + command("--sample", "2", "--blind"))
    terminal.wait_for("o-neil-x")
    terminal.type("Enter", "Enter")
    terminal.wait_for("There is nothing left to review here")
    terminal.type("q")
    terminal.wait_for("2 comments decided by o-neil-x")
    assert len(read_decisions(tmp_path / "plan.yaml").decisions) == 2
