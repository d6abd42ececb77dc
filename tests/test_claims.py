"""Claims: comments in somebody's hands are not offered to others."""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Thread

import pytest

from coder.reviewing.assigning import claims
from coder.reviewing.assigning.claims import ClaimBook
from coder.reviewing.opening import OpenReview
from review_desk import Desk
from review_helpers import plain_texts


@pytest.fixture(autouse=True)
def _read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "READ_EVERY", -1.0)
    monkeypatch.setattr(claims, "SECONDS_FOR_LOCK", 30.0)


def test_what_one_holds_no_other_gets(tmp_path: Path) -> None:
    amira, ben = ClaimBook(tmp_path, "amira", "plan"), ClaimBook(tmp_path, "ben", "plan")
    assert amira.claim(["C-1", "C-2"]) == {"C-1", "C-2"}
    assert ben.held_by_others() == {"C-1", "C-2"}
    assert ben.claim(["C-2", "C-3"]) == {"C-3"}
    assert amira.held_by_others() == {"C-3"}
    amira.release(["C-1"])
    assert ben.held_by_others() == {"C-2"}
    amira.release_all()
    assert ben.held_by_others() == set()


def test_claims_are_of_one_project_and_windows_of_one_reviewer_keep_each_others(
    tmp_path: Path,
) -> None:
    first, second = ClaimBook(tmp_path, "amira", "plan"), ClaimBook(tmp_path, "amira", "plan")
    ben, elsewhere = ClaimBook(tmp_path, "ben", "plan"), ClaimBook(tmp_path, "ben", "other")
    first.claim(["C-1"])
    second.claim(["C-2"])
    second.claim(["C-1"])  # her own: it does not hinder her
    assert ben.held_by_others() == {"C-1", "C-2"}
    assert elsewhere.held_by_others() == set()
    first.release_all()
    assert "C-2" in ben.held_by_others()


def test_a_claim_ends_by_itself_unless_it_is_renewed(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    amira = ClaimBook(tmp_path, "amira", now=lambda: moment)
    ben = ClaimBook(tmp_path, "ben", now=lambda: moment)
    amira.claim(["C-1"])
    moment += timedelta(minutes=29)
    assert ben.held_by_others() == {"C-1"}
    amira.renew()
    moment += timedelta(minutes=29)
    assert ben.held_by_others() == {"C-1"}
    moment += timedelta(minutes=2)
    assert ben.held_by_others() == set()
    moment -= timedelta(days=2)  # a clock that is wrong hinders nobody for days
    assert ben.held_by_others() == set()


def test_damaged_files_and_closed_folders_hinder_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "claims"
    folder.mkdir()
    for name, text in {
        "a": "{",
        "b": "[]",
        "c": '{"reviewer":"c","claims":[1]}',
        "d": "\0",
    }.items():
        (folder / f"{name}.json").write_text(text)
    claim = {"project": "", "comment_id": "C-9", "until": "soon"}
    (folder / "e.json").write_text(json.dumps({"reviewer": "e", "claims": [claim]}))
    amira = ClaimBook(tmp_path, "amira")
    assert amira.held_by_others() == set()
    assert amira.claim(["C-9"]) == {"C-9"}
    closed = tmp_path / "file"
    closed.write_text("not a folder")
    book = ClaimBook(closed, "amira")
    assert book.claim(["C-1"]) == {"C-1"}
    book.release_all()


def test_twenty_at_once_never_get_the_same_comment(tmp_path: Path) -> None:
    wanted = [f"C-{n}" for n in range(60)]
    got: dict[str, list[str]] = {}

    def take(name: str) -> None:
        book = ClaimBook(tmp_path, name)
        own = got.setdefault(name, [])
        for comment_id in wanted:
            if len(own) == 3:
                return
            own += book.claim([comment_id])

    threads = [Thread(target=take, args=(f"r{n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [comment_id for own in got.values() for comment_id in own]
    assert sorted(everything) == sorted(wanted)


def test_claims_of_a_process_that_was_killed_hold_nothing(tmp_path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from coder.reviewing.assigning.claims import ClaimBook
ClaimBook(Path({str(tmp_path)!r}), "ben").claim(["C-1"])
print(os.getpid(), flush=True)
input()
"""
    words = [sys.executable, "-c", code]
    with Popen(words, stdin=PIPE, stdout=PIPE, text=True) as ben:
        assert ben.stdout is not None
        assert ben.stdout.readline()
        amira = ClaimBook(tmp_path, "amira")
        assert amira.held_by_others() == {"C-1"}
        ben.kill()
        ben.wait()
        assert amira.held_by_others() == set()


# ---------------------------------------------------------------- on the screen


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, plain_texts(12))


def in_front(opened: OpenReview) -> str:
    assert opened.session.pick is not None
    return opened.session.pick.comment_id


def test_two_people_get_different_comments_whatever_was_decided(desk: Desk) -> None:
    amira = desk.open("amira", start=True, sample=12, blind=True)
    seen = {in_front(amira)}
    book = ClaimBook(desk.folder / "plan.decisions", "ben", "plan")
    wait_for(lambda: book.held_by_others() == seen)
    ben = desk.open("ben", start=True, sample=12, blind=True)
    while ben.session.pick is not None:
        assert in_front(ben) not in seen
        ben.session.save()
    assert len(ben.session.decided) == 11
    amira.writer.close()  # she leaves without a decision: her comment is free
    ben.others()
    assert ben.session.forward()
    assert {in_front(ben)} == seen
    ben.writer.close()


def wait_for(is_so: Callable[[], bool]) -> None:
    for _ in range(200):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about")
