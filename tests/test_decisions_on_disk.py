"""Decisions where they lie: synced with their folders, found through links, whole in spite of
editors.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from coder.codebook import read_codebook
from coder.decisions import Decision, DecisionLog, decisions_folder, read_decisions
from coder.decisions.states import state_path
from coder.errors import CoderError
from coder.groups import groups_path
from coder.text import text_hash
from coder.workbench.actions import Decline
from coder.workbench.journal import Journal

CODEBOOK = "title: T\nthemes:\n  - {id: a, name: A}\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.yaml"
    path.write_text(CODEBOOK)
    return path


def decided(comment_id: str, reviewer: str = "amira", **more: object) -> Decision:
    return Decision(
        project="p",
        comment_id=comment_id,
        text="We want more",
        text_hash=text_hash("We want more"),
        scope=("a",),
        themes={"a": ()},
        mode="blind",
        chosen="random",
        reviewer=reviewer,
        codebook_version="1",
        codebook_fingerprint="0" * 16,
        **more,  # type: ignore[arg-type]
    )


def ids_of(book: Path) -> list[str]:
    return [decision.comment_id for decision in read_decisions(book).decisions]


# ---------------------------------------------------------------- synced


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """What the system was told to sync, by the path behind each descriptor, in order."""
    paths: list[Path] = []
    real = os.fsync

    def record(descriptor: int) -> None:
        paths.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    return paths


linux = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")


@linux
def test_a_new_store_is_synced_with_its_folder_and_the_one_above(
    book: Path, synced: list[Path]
) -> None:
    log = DecisionLog(book, "amira", read_codebook(book))
    log.append([decided("1")])
    folder = decisions_folder(book)
    written = synced.index(log.path)
    assert written >= 0
    for place in (folder / "states", folder, folder.parent):
        assert place in synced[written:], place
    synced.clear()
    log.append([decided("2")])
    assert synced == [log.path]  # names are synced once


@linux
def test_the_folders_are_synced_where_another_program_made_the_file(
    book: Path, synced: list[Path]
) -> None:
    DecisionLog(book, "amira", read_codebook(book)).append([decided("1")])
    synced.clear()  # that program was ended before it had synced the folders
    DecisionLog(book, "amira", read_codebook(book)).append([decided("2")])
    folder = decisions_folder(book)
    assert {folder / "states", folder, folder.parent} <= set(synced)


@linux
def test_the_journal_of_the_workbench_is_synced_with_its_folder(
    tmp_path: Path, synced: list[Path]
) -> None:
    for _ in range(2):
        synced.clear()
        journal = Journal(tmp_path / "workbench.jsonl")
        journal.append(Decline(fingerprint="0"))
        journal.close()
        assert synced == [tmp_path / "workbench.jsonl", tmp_path]


# ---------------------------------------------------------------- links


def test_a_codebook_reached_through_a_link_has_its_own_store(book: Path, tmp_path: Path) -> None:
    DecisionLog(book, "amira").append([decided("1")])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    linked = elsewhere / "current.yaml"
    linked.symlink_to(book)
    folder = tmp_path / "linked"
    folder.symlink_to(tmp_path)
    relative = tmp_path / "short.yaml"
    relative.symlink_to(book.name)
    chain = elsewhere / "chain.yaml"
    chain.symlink_to(linked)
    for number, path in enumerate((linked, folder / "book.yaml", relative, chain), start=2):
        assert ids_of(path) == ids_of(book)
        DecisionLog(path, "amira").append([decided(str(number))])
        assert groups_path(path).resolve() == groups_path(book).resolve()
    assert ids_of(book) == ["1", "2", "3", "4", "5"]
    assert [path.name for path in tmp_path.glob("*.decisions")] == ["book.decisions"]
    assert not list(elsewhere.glob("*.decisions"))


def test_decisions_that_an_earlier_version_kept_beside_a_link_are_named(
    book: Path, tmp_path: Path
) -> None:
    linked = tmp_path / "current.yaml"
    DecisionLog(linked, "amira").append([decided("1")])  # no link yet
    linked.symlink_to(book)
    stored = read_decisions(linked)
    assert stored.decisions == ()
    (note,) = stored.notes
    assert str(tmp_path / "current.decisions") in note
    assert "are not read" in note


@pytest.mark.parametrize("target", ["gone.yaml", "current.yaml"])
def test_a_link_that_leads_nowhere_is_a_plain_error(tmp_path: Path, target: str) -> None:
    linked = tmp_path / "current.yaml"
    linked.symlink_to(target)
    with pytest.raises(CoderError, match=r"current\.yaml"):
        read_codebook(linked)
    assert read_decisions(linked).decisions == ()
    assert not groups_path(linked).exists()


# ---------------------------------------------------------------- editors


def test_blank_lines_are_harmless(book: Path) -> None:
    log = DecisionLog(book, "amira")
    log.append([decided("1"), decided("2")])
    first, second = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(first + b"\n" + second + b"\n  \n")
    assert ids_of(book) == ["1", "2"]
    DecisionLog(book, "amira").append([decided("3")])
    assert ids_of(book) == ["1", "2", "3"]


@pytest.mark.parametrize("end", [b"", b"   "])
def test_a_last_newline_that_an_editor_took_away_costs_nothing(book: Path, end: bytes) -> None:
    log = DecisionLog(book, "amira")
    log.append([decided("1"), decided("2")])
    log.path.write_bytes(log.path.read_bytes().rstrip(b"\n") + end)
    assert ids_of(book) == ["1", "2"]
    assert read_decisions(book).notes == ()
    DecisionLog(book, "amira").append([decided("3")])
    assert ids_of(book) == ["1", "2", "3"]
    assert not log.path.with_suffix(".jsonl.torn").exists()


def test_line_ends_of_another_system_are_read(book: Path) -> None:
    log = DecisionLog(book, "amira")
    log.append([decided("1"), decided("2")])
    log.path.write_bytes(log.path.read_bytes().replace(b"\n", b"\r\n"))
    assert ids_of(book) == ["1", "2"]


def test_half_a_character_in_a_decision_is_replaced(book: Path) -> None:
    log = DecisionLog(book, "amira")
    log.append([decided("1", note="a \ud800 b"), decided("c\udc00")])
    first, second = read_decisions(book).decisions
    assert first.note == "a \N{REPLACEMENT CHARACTER} b"
    assert second.comment_id.encode() == "c\N{REPLACEMENT CHARACTER}".encode()


def test_zeros_after_a_power_cut_are_set_aside(book: Path) -> None:
    log = DecisionLog(book, "amira")
    log.append([decided("1")])
    with log.path.open("ab") as file:
        file.write(bytes(4096))
    DecisionLog(book, "amira").append([decided("2")])
    assert ids_of(book) == ["1", "2"]


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b"\xff\xfe",
        b"null",
        b"{}",
        b'{"before":1,"decision":{},"hash":2}',
        b"9" * 5000,
    ],
)
def test_a_line_of_anything_is_named(book: Path, line: bytes) -> None:
    log = DecisionLog(book, "amira")
    log.append([decided("1")])
    with log.path.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(CoderError, match=r"amira\.jsonl:2: "):
        read_decisions(book)


def test_a_state_of_a_link_is_stored_with_the_codebook(book: Path, tmp_path: Path) -> None:
    linked = tmp_path / "current.yaml"
    linked.symlink_to(book)
    codebook = read_codebook(linked)
    DecisionLog(linked, "amira", codebook).append([decided("1")])
    assert state_path(decisions_folder(book), codebook.fingerprint).is_file()
