"""One lock a project: who waits, what they are told, and what is left of a holder that was killed."""

import errno
import fcntl
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from coder import project_lock
from coder.errors import CoderError
from coder.project_lock import HOLDER, LOCK, hold_project, read_holder
from coder.transactions import Transaction, settle_project


@contextmanager
def held_by_another(folder: Path, command: str = "coder apply") -> Iterator[int]:
    """A process that holds a project until it is killed; gives its id."""
    ready, say = os.pipe()
    child = os.fork()
    if not child:
        with hold_project(folder, command):
            os.write(say, b"held")
            signal.pause()
        os._exit(0)
    os.read(ready, 4)
    try:
        yield child
    finally:
        end(child)


def end(child: int) -> None:
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def in_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_who_holds_a_project_can_hold_it_again(tmp_path: Path) -> None:
    with hold_project(tmp_path, "coder read") as first, hold_project(tmp_path) as second:
        assert second is first
        holder = read_holder(tmp_path)
        assert holder is not None
        assert (holder.pid, holder.command) == (os.getpid(), "coder read")
    assert not (tmp_path / HOLDER).exists()
    assert read_holder(tmp_path) is None


def test_another_waits_is_told_for_whom_and_goes_on_when_that_is_killed(tmp_path: Path) -> None:
    reports: list[str] = []
    with held_by_another(tmp_path, "coder cluster") as child:
        holder = read_holder(tmp_path)
        assert holder is not None
        assert holder.pid == child

        def report(done: int, total: int, doing: str) -> None:
            reports.append(doing)
            end(child)

        with hold_project(tmp_path, "coder read", report) as hold:
            assert hold.notes[0].startswith("Waited 1 second for another command")
    since = holder.since[11:16]
    assert reports[0] == f"Waiting for coder cluster by {holder.user}, since {since}"


def test_after_an_hour_the_holder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_lock, "LONGEST_WAIT", 0)
    with held_by_another(tmp_path) as child, pytest.raises(CoderError) as raised:  # noqa: SIM117
        with hold_project(tmp_path, "coder read"):
            pass
    assert "coder apply by" in raised.value.problem
    assert f"(process {child} on " in raised.value.problem


def test_threads_take_turns(tmp_path: Path) -> None:
    seen: list[str] = []

    def work() -> None:
        with hold_project(tmp_path):
            seen.append("second")

    with hold_project(tmp_path):
        thread = in_thread(work)
        thread.join(0.3)
        seen.append("first")
    thread.join()
    assert seen == ["first", "second"]


def test_a_question_shares_the_lock_of_its_survey(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text("name: survey\n")
    part = tmp_path / "questions" / "q1"
    part.mkdir(parents=True)
    with hold_project(part) as hold:
        assert hold.home == tmp_path
        assert hold_in_child(tmp_path) == "waits"


def hold_in_child(folder: Path) -> str:
    child = os.fork()
    if not child:
        project_lock.LONGEST_WAIT = project_lock.BETWEEN_REPORTS = 0
        try:
            with hold_project(folder):
                os._exit(0)
        except CoderError:
            os._exit(1)
    return ["holds", "waits"][os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]


def test_a_child_process_does_not_hold_what_its_parent_holds(tmp_path: Path) -> None:
    with hold_project(tmp_path):
        assert hold_in_child(tmp_path) == "waits"
        assert hold_in_child(tmp_path) == "waits", "the child has not let go of it"
    assert hold_in_child(tmp_path) == "holds"


def test_a_child_that_outlives_its_parent_keeps_nobody_waiting(tmp_path: Path) -> None:
    ready, say = os.pipe()
    child = os.fork()
    if not child:
        with hold_project(tmp_path):
            grandchild = os.fork()
            if grandchild:
                os.write(say, str(grandchild).encode())
            signal.pause()
    grandchild = int(os.read(ready, 20))
    end(child)
    try:
        assert hold_in_child(tmp_path) == "holds"
    finally:
        os.kill(grandchild, signal.SIGKILL)


def test_a_new_folder_of_work_that_fails_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with pytest.raises(KeyError), hold_project(folder):
        raise KeyError
    assert not folder.exists()
    with pytest.raises(KeyError), hold_project(folder):
        raise KeyError((folder / "kept").write_text("x"))
    assert (folder / "kept").exists()


def test_who_waits_for_work_that_fails_makes_the_folder_again(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    ready, say = os.pipe()
    child = os.fork()
    if not child:
        try:
            with hold_project(folder):
                os.write(say, b"x")
                time.sleep(0.5)
                raise KeyError
        finally:
            os._exit(0)
    os.read(ready, 1)
    with hold_project(folder):
        assert (folder / LOCK).exists()
    os.waitpid(child, 0)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(CoderError, match="cannot be written"),
        hold_project(tmp_path / "file" / "p"),
    ):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_without_locks_the_user_is_told_and_a_stale_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def no_locks(descriptor: int, how: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with hold_project(tmp_path, "coder apply") as hold:
        assert "has no locks" in hold.notes[0]
        other = in_thread(lambda: write(tmp_path, "other"))
        other.join()
        with pytest.raises(CoderError, match="another command wrote"):
            write(tmp_path, "mine")
    assert (tmp_path / "labels.csv").read_text() == "other"


def test_without_locks_whoever_is_at_work_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with held_by_another(tmp_path) as child:
        with pytest.raises(CoderError, match=f"process {child}") as raised:
            write(tmp_path, "mine")
        assert str(tmp_path / HOLDER) in raised.value.fix
        assert (tmp_path / HOLDER).exists()
    write(tmp_path, "mine")
    assert (tmp_path / "labels.csv").read_text() == "mine"


def write(folder: Path, text: str) -> None:
    with Transaction(folder) as change:
        change.stage(folder / "labels.csv").write_text(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"pid": "x"}', "[" * 99_999, '{"pid": 1, "host": 1, "user": 1}']
)
def test_a_damaged_note_of_the_holder_keeps_nobody_out(tmp_path: Path, text: str) -> None:
    (tmp_path / HOLDER).write_text(text)
    assert read_holder(tmp_path) is None
    with hold_project(tmp_path):
        pass


def test_what_a_holder_says_of_itself_is_safe_to_show(tmp_path: Path) -> None:
    facts = {"pid": 1, "host": "h", "user": "\x1b]0;x\x07" * 99, "command": "c", "since": "no"}
    (tmp_path / HOLDER).write_text(json.dumps(facts))
    holder = read_holder(tmp_path)
    assert holder is not None
    assert "\x1b" not in holder.described()
    assert len(holder.described()) < 100


def test_a_link_in_the_place_of_the_note_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    project = tmp_path / "plan"
    project.mkdir()
    (project / HOLDER).symlink_to(victim)
    with hold_project(project, "coder apply"):
        pass
    (project / LOCK).unlink()
    (project / LOCK).symlink_to(victim)
    with pytest.raises(CoderError, match="cannot be written"), hold_project(project):
        pass
    assert victim.read_text() == "mine"


def test_what_a_killed_holder_left_goes_with_the_next_command(tmp_path: Path) -> None:
    with held_by_another(tmp_path):
        settle_project(tmp_path)
        assert (tmp_path / HOLDER).exists(), "it is at work"
    assert (tmp_path / HOLDER).exists()
    settle_project(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]
