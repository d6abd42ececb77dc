"""A review that is ended from outside: the terminal works after it, and what was said to be saved is on disk."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coder.decisions import read_decisions
from review_helpers import book_at, comments_table, labels_table, plain_texts, project_at
from test_review_terminal import Terminal

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.skipif(os.name == "nt", reason="signals of POSIX"),
]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    found = Terminal(tmp_path)
    yield found
    found.close()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_gives_the_terminal_back_and_keeps_what_was_saved(
    tmp_path: Path, terminal: Terminal, name: str
) -> None:
    path, book = book_at(tmp_path)
    comments = comments_table(plain_texts())
    project_at(tmp_path / "plan.coding", comments, labels=labels_table(comments, book))
    run = f"{sys.executable} -m coder review plan.coding --codebook plan.yaml --reviewer amira --sample 9"
    terminal.line(f"sh -c 'echo $$ > pid; exec {run}'")
    terminal.wait_for("drawn at random, number 1")
    terminal.type("Enter", "Enter")
    terminal.wait_for("saved (2)")
    terminal.type("1")
    os.kill(int((tmp_path / "pid").read_text()), getattr(signal, name))
    terminal.wait_for("2 comments decided by amira")
    terminal.line("echo the shell $((40 + 2)) answers")
    terminal.wait_for("the shell 42 answers")
    time.sleep(0.2)
    assert len(read_decisions(path).decisions) == 2


def test_a_fault_of_the_program_leaves_a_clean_terminal_a_report_and_what_was_saved(
    tmp_path: Path, terminal: Terminal
) -> None:
    path, book = book_at(tmp_path)
    comments = comments_table(plain_texts() | {"Z": "the secret \x1b]0;owned\x07 comment"})
    project = project_at(tmp_path / "plan.coding", comments, labels=labels_table(comments, book))
    program = tmp_path / "faulty.py"
    program.write_text(
        "from coder.cli import main\n"
        "from coder.reviewing.session import Session\n"
        "def undo(self):\n"
        "    secret = self.comments.text_of('Z')\n"
        "    raise KeyError(secret)\n"
        "Session.undo = undo\n"
        "if __name__ == '__main__':\n"
        "    main()\n",
        encoding="utf-8",
    )
    terminal.line(
        f"{sys.executable} faulty.py review plan.coding --codebook plan.yaml --reviewer amira --sample 9"
    )
    terminal.wait_for("drawn at random, number 1")
    terminal.type("Enter", "Enter")
    terminal.wait_for("saved (2)")
    terminal.type("z")
    told = " ".join(terminal.wait_for("Start again with the same command").split())
    assert "Error: the review stopped because of a fault in the program: KeyError" in told
    assert "2 decisions of this session are saved" in told
    assert "Traceback" not in told
    assert terminal.title == "UNTOUCHED"
    terminal.line("echo status $? and the shell $((40 + 2)) answers")
    terminal.wait_for("status 1 and the shell 42 answers")
    assert len(read_decisions(path).decisions) == 2
    (report,) = project.folder.glob("review-error-*.txt")
    assert "in undo" in report.read_text(encoding="utf-8")
