"""States of a codebook stored with its decisions: written once, whole, and read instead of guessed."""

import json
import os
import random
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import Codebook, Theme, fingerprint_of, read_codebook, write_codebook
from coder.decisions import (
    CodebookHistory,
    CodebookState,
    Decision,
    DecisionLog,
    decisions_folder,
    judgements,
    read_decisions,
    store_state,
)
from coder.decisions import states as states_module
from coder.decisions.states import read_state, state_of, state_path
from coder.errors import CoderError
from coder.exporting.pack import rebuild_pack
from coder.exporting.zips import read_zip, write_zip
from coder.stored import seal
from coder.text import text_hash
from coder.workflow.check import check
from coder.workflow.checks.codebook_states import check_states
from coder.workflow.export import export
from conftest import ROOT
from export_helpers import make_small_project
from pack_helpers import faults_of
from test_check import Place, made, place
from test_living_codebook import COMMENTS, REVIEWERS, World

__all__ = ["made", "place"]  # fixtures

Answer = tuple[str, str, bool]  # comment, theme, present


def theme(theme_id: str, *was: str, retired: bool = False) -> Theme:
    return Theme(id=theme_id, name=theme_id, was=was, retired=retired)


def codebook(*themes: str | Theme) -> Codebook:
    parts = [theme(part) if isinstance(part, str) else part for part in themes]
    return Codebook(title="T", themes=tuple(parts))


class Clock:
    """Decisions in the order in which they are made."""

    def __init__(self) -> None:
        self.minute = 0

    def decide(
        self,
        book: Codebook,
        scope: str,
        present: str = "",
        comment: str = "c1",
        reviewer: str = "ann",
    ) -> Decision:
        """A decision with themes of one letter each."""
        self.minute += 1
        return Decision(
            project="p",
            comment_id=comment,
            text=comment,
            text_hash=text_hash(comment),
            scope=tuple(scope),
            themes=dict.fromkeys(present, ()),
            mode="blind",
            chosen="random",
            reviewer=reviewer,
            decided_at=f"2026-01-01T00:{self.minute:02d}:00.000+00:00",
            codebook_version="1",
            codebook_fingerprint=book.fingerprint,
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


def stored(*books: Codebook) -> dict[str, CodebookState]:
    return {book.fingerprint: state_of(book) for book in books}


def answers(
    decisions: Iterable[Decision],
    book: Codebook,
    states: dict[str, CodebookState] | None = None,
    comments: Sequence[str] = ("c1",),
) -> set[Answer]:
    table = judgements(decisions, book, states)
    table = table[table["comment_id"].isin(comments)]
    rows = table[["comment_id", "theme_id", "present"]].itertuples(index=False, name=None)
    return {(str(comment), str(name), bool(present)) for comment, name, present in rows}


def of_theme(theme_id: str, given: set[Answer]) -> list[bool]:
    return [present for _, name, present in given if name == theme_id]


# ---------------------------------------------------------------- writing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "book.yaml"
    write_codebook(path, codebook("a", "b"))
    return path


def files_of(path: Path) -> dict[str, bytes]:
    folder = decisions_folder(path) / "states"
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_state_is_written_once_with_the_first_decision_under_it(path: Path, clock: Clock) -> None:
    book = read_codebook(path)
    log = DecisionLog(path, "ann", book)
    log.append([])
    assert not decisions_folder(path).exists()
    log.append([clock.decide(book, "ab")])
    (name,) = files_of(path)
    assert name == f"{book.fingerprint}.json"
    file = decisions_folder(path) / "states" / name
    before = file.stat()
    log.append([clock.decide(book, "ab", comment="c2")])
    DecisionLog(path, "bo", book).append([clock.decide(book, "ab", reviewer="bo")])
    assert file.stat() == before
    assert list(files_of(path)) == [name]
    assert read_decisions(path).states == stored(book)
    changed = codebook("a", "b", "c")
    DecisionLog(path, "ann", changed).append([clock.decide(changed, "abc")])
    assert read_decisions(path).states == stored(book, changed)


def test_a_state_is_the_same_file_wherever_it_is_written(tmp_path: Path) -> None:
    for folder in ("here", "there"):
        for example in sorted((ROOT / "codebooks").glob("*.yaml")):
            book = read_codebook(example)
            store_state(tmp_path / folder, book)
            assert read_state(state_path(tmp_path / folder, book.fingerprint)) == state_of(book)
    names = sorted(path.name for path in (tmp_path / "here" / "states").iterdir())
    assert names
    for name in names:
        here, there = (tmp_path / folder / "states" / name for folder in ("here", "there"))
        assert here.read_bytes() == there.read_bytes()


def test_a_state_that_cannot_be_written_leaves_no_file_and_no_decision(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = read_codebook(path)
    log = DecisionLog(path, "ann", book)

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(CoderError, match="No space left"):
            log.append([clock.decide(book, "ab")])
    assert files_of(path) == {}
    assert read_decisions(path).decisions == ()
    log.append([clock.decide(book, "ab")])
    assert read_decisions(path).states == stored(book)


def test_reviewers_who_begin_at_the_same_moment_write_one_state(path: Path, clock: Clock) -> None:
    book = read_codebook(path)
    names = [f"r{number}" for number in range(6)]
    work = [
        threading.Thread(
            target=DecisionLog(path, name, book).append,
            args=([clock.decide(book, "ab", reviewer=name)],),
        )
        for name in names
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert list(files_of(path)) == [f"{book.fingerprint}.json"]
    assert len(read_decisions(path).decisions) == len(names)
    assert read_decisions(path).states == stored(book)


def test_a_state_without_a_decision_changes_nothing(path: Path, clock: Clock) -> None:
    """The power went after the state was written and before the decision was."""
    old, now = codebook("a", "b", "x"), codebook(theme("z", "a", "b"), "x")
    DecisionLog(path, "ann", old).append([clock.decide(old, "ax")])
    before = judgements(read_decisions(path).decisions, now, read_decisions(path).states)
    store_state(decisions_folder(path), codebook("a", "q"))
    after = judgements(read_decisions(path).decisions, now, read_decisions(path).states)
    pd.testing.assert_frame_equal(before, after)
    assert read_decisions(path).states == stored(old)


def test_a_state_keeps_the_whole_codebook_with_all_that_a_later_version_adds(
    tmp_path: Path,
) -> None:
    book = codebook(theme("a", "b"), theme("c", retired=True))
    store_state(tmp_path, book)
    content = json.loads(state_path(tmp_path, book.fingerprint).read_bytes())
    assert Codebook.model_validate(content) == book
    content["colour"] = "red"
    later = state_path(tmp_path, fingerprint_of(content))
    later.write_text(json.dumps(content), encoding="utf-8")
    assert read_state(later).themes == state_of(book).themes


def test_sub_themes_are_themes_of_a_state(tmp_path: Path) -> None:
    sub = Theme(id="sub", name="Sub", was=("old",), retired=True)
    book = Codebook(title="T", themes=(Theme(id="top", name="Top", themes=(sub,)), theme("other")))
    store_state(tmp_path, book)
    state = read_state(state_path(tmp_path, book.fingerprint))
    assert state == state_of(book)
    assert state.coded == {"top", "other"}
    assert state.current_ids["old"] == "sub"


# ---------------------------------------------------------------- reading


STEPS = ("add", "rename", "merge", "split", "split_off", "retire", "decide", "decide", "one")


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_stored_states_give_all_that_inference_gives_and_what_it_cannot_know(
    data: st.DataObject,
) -> None:
    """Each state is used once, by a decision on one theme, which shows nothing of the others."""
    world = World()
    inferred_world: list[Decision] = []
    states = stored(world.book)

    def pick(names: list[str]) -> str:
        return data.draw(st.sampled_from(sorted(names)))

    for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=12)):
        if step in ("decide", "one"):
            scope = world.coded if step == "decide" else [pick(world.coded)]
            present = set(data.draw(st.lists(st.sampled_from(world.coded), max_size=3)))
            world.decide(pick(list(COMMENTS)), pick(list(REVIEWERS)), scope, present)
            inferred_world.append(world.decisions[-1])
            continue
        world.decide("elsewhere", "ann", world.coded, set())
        inferred_world.append(world.decisions[-1])
        world.decisions[-1] = world.decisions[-1].model_copy(update={"scope": (world.coded[0],)})
        getattr(world, step)(pick)
        states |= stored(world.book)
    given_by = {}
    for name, decisions, known in (
        ("stored", world.decisions, states),
        ("inferred", inferred_world, None),
    ):
        table = judgements(decisions, world.book, known)
        table = table[table["comment_id"].isin(COMMENTS)]
        keys = table[["comment_id", "reviewer", "theme_id"]].itertuples(index=False, name=None)
        given_by[name] = dict(zip(keys, table["present"].astype(bool), strict=True))
    coded = {key: present for key, present in world.says.items() if key[2] in world.coded}
    assert given_by["stored"] == coded
    assert given_by["inferred"].items() <= coded.items()


def test_a_merge_and_a_rename_in_one_step(clock: Clock) -> None:
    """a and b became p while c became q; by now all of it is one theme."""
    first = codebook("a", "b", "c", "x")
    second = codebook(theme("p", "a", "b"), theme("q", "c"), "x")
    now = codebook(theme("t", "a", "b", "c", "p", "q"), "x")
    states = stored(first, second)
    others = [clock.decide(first, "abcx", comment="o"), clock.decide(second, "pqx", comment="o")]
    a_is_there = clock.decide(first, "abcx", "a")
    not_q = [*others, a_is_there, clock.decide(second, "q")]
    assert of_theme("t", answers(not_q, now, states)) == [True]
    assert of_theme("t", answers(not_q, now)) == []  # a may have become q
    not_p = [*others, a_is_there, clock.decide(second, "p")]
    assert of_theme("t", answers(not_p, now, states)) == [False]
    neither = [*others, clock.decide(first, "a", "a"), clock.decide(second, "p")]
    assert of_theme("t", answers(neither, now, states)) == []  # nobody judged c
    assert of_theme("t", answers([*neither, clock.decide(second, "q")], now, states)) == [False]


def test_a_theme_added_while_another_went_into_an_old_one(clock: Clock) -> None:
    """b went into a, and n is new: it looks as if b was renamed to n."""
    first = codebook("a", "b", "x")
    second = codebook(theme("a", "b"), "n", "x")
    now = codebook(theme("t", "a", "b", "n"), "x")
    decisions = [clock.decide(first, "abx"), clock.decide(second, "anx", comment="o")]
    assert of_theme("t", answers(decisions, now)) == [False]
    assert of_theme("t", answers(decisions, now, stored(first, second))) == []
    decisions.append(clock.decide(second, "n"))
    assert of_theme("t", answers(decisions, now, stored(first, second))) == [False]


def test_a_theme_added_and_another_retired_are_two(clock: Clock) -> None:
    first = codebook("a", "b")
    now = codebook("a", theme("b", retired=True), "n")
    decisions = [clock.decide(first, "ab", "b"), clock.decide(now, "an", comment="o")]
    for states in (None, stored(first, now)):
        assert answers(decisions, now, states) == {("c1", "a", False)}


@pytest.mark.parametrize(
    ("in_between", "back", "present_then", "expected"),
    [
        ("", "a", "", [False]),
        ("z", "a", "", []),  # of the two it may have been c
        ("z", "a", "a", [True]),
        ("z", "ac", "", [False]),
        ("z", "ac", "c", [True]),
        ("", "ac", "c", [True]),
    ],
)
def test_a_codebook_that_goes_back_to_an_earlier_state(
    clock: Clock, in_between: str, back: str, present_then: str, expected: list[bool]
) -> None:
    """a and c were one theme for a time, then two again, and are one again now."""
    first = codebook("a", "c", "x")
    now = codebook(theme("z", "a", "c"), "x")
    decisions = [
        clock.decide(first, "acx", comment="o"),
        clock.decide(now, "zx", in_between),
        clock.decide(first, back + "x", present_then),
    ]
    assert of_theme("z", answers(decisions, now, stored(first, now))) == expected
    # Read with the codebook of before, only what was said of its themes counts.
    two = {("c1", part, part in present_then) for part in back} | {("c1", "x", False)}
    assert answers(decisions, first, stored(first, now)) == two


@pytest.mark.parametrize(("present", "expected"), [("", []), ("a", [True])])
def test_a_part_that_nobody_ever_judged_leaves_the_theme_open(
    clock: Clock, present: str, expected: list[bool]
) -> None:
    first = codebook("a", "b", "x")
    now = codebook(theme("z", "a", "b"), "x")
    decisions = [clock.decide(first, "ax", present)]
    assert of_theme("z", answers(decisions, now)) == [bool(present)]  # b is not known of
    assert of_theme("z", answers(decisions, now, stored(first))) == expected


def is_whole(
    decisions: list[Decision], now: Codebook, states: dict[str, CodebookState] | None = None
) -> bool:
    return CodebookHistory(now, decisions, states).whole(decisions)


def test_themes_judged_one_at_a_time_are_a_whole_only_when_they_are_all(clock: Clock) -> None:
    old, now = codebook("a", "b", "c"), codebook("a", "b", "c", "d")
    one_by_one = [clock.decide(old, name) for name in "abc"]
    for number in (1, 2):
        assert not is_whole(one_by_one[:number], now, stored(old))
        assert not is_whole(one_by_one[:number], old)
    assert is_whole(one_by_one, now, stored(old))
    assert not is_whole(one_by_one, now)
    two = [clock.decide(old, "ab")]
    assert is_whole(two, now)  # nothing shows that there was c
    assert not is_whole(two, now, stored(old))


def test_the_only_theme_of_a_codebook_is_all_of_it(clock: Clock) -> None:
    old, now = codebook("a", theme("r", retired=True)), codebook("a", "b")
    decisions = [clock.decide(old, "a")]
    assert is_whole(decisions, now, stored(old))
    assert not is_whole(decisions, now)
    assert not is_whole([clock.decide(now, "a")], old, stored(now))


def test_decisions_of_an_older_version_are_read_as_before(path: Path, clock: Clock) -> None:
    """No folder of states: inference. Then a newer version decides: that state alone is stored."""
    first = codebook("a", "b", "x")
    now = codebook(theme("z", "a", "b"), "x")
    old = [clock.decide(first, "abx", comment="o"), clock.decide(first, "ax")]
    DecisionLog(path, "ann").append(old)
    read = read_decisions(path)
    assert read.states == {}
    assert answers(read.decisions, now, dict(read.states)) == answers(old, now)
    assert of_theme("z", answers(read.decisions, now)) == []
    DecisionLog(path, "ann", now).append([clock.decide(now, "zx", "z", comment="c2")])
    read = read_decisions(path)
    assert list(read.states) == [now.fingerprint]
    both = answers(read.decisions, now, dict(read.states), comments=("c1", "c2"))
    assert both == {("c1", "x", False), ("c2", "x", False), ("c2", "z", True)}


# ---------------------------------------------------------------- several reviewers and copies


def make_history(clock: Clock) -> tuple[list[Decision], list[Codebook]]:
    """Two reviewers, three states, four comments."""
    first = codebook("a", "b", "c", "x")
    second = codebook(theme("p", "a", "b"), theme("q", "c"), "x")
    now = codebook(theme("t", "a", "b", "c", "p", "q"), "x")
    chance = random.Random(5)
    decisions = []
    for book in (first, second, first, now):
        ids = "".join(book.theme_ids)
        for comment in ("c1", "c2", "c3", "c4"):
            for reviewer in ("ann", "bo"):
                scope = chance.choice([ids, ids[0], ids[-2:], ids[:2]])
                present = chance.choice(["", scope[0]])
                decisions.append(clock.decide(book, scope, present, comment, reviewer))
    return decisions, [first, second, now]


def sorted_table(
    decisions: Iterable[Decision], book: Codebook, states: dict[str, CodebookState]
) -> pd.DataFrame:
    table = judgements(decisions, book, states)
    return table.sort_values(["comment_id", "theme_id", "reviewer"], ignore_index=True)


def test_the_order_in_which_reviewers_and_comments_are_read_does_not_matter(clock: Clock) -> None:
    decisions, books = make_history(clock)
    table = sorted_table(decisions, books[-1], stored(*books))
    assert len(table)
    pairs = sorted({(d.reviewer, d.comment_id) for d in decisions})
    for seed in range(5):
        random.Random(seed).shuffle(pairs)
        mixed: list[Decision] = []
        for pair in pairs:  # what one reviewer says of one comment stays in its order
            mixed += [d for d in decisions if (d.reviewer, d.comment_id) == pair]
        pd.testing.assert_frame_equal(table, sorted_table(mixed, books[-1], stored(*books)))


def test_copies_of_the_folder_are_merged_by_copying_files(tmp_path: Path, clock: Clock) -> None:
    decisions, books = make_history(clock)
    by_fingerprint = {book.fingerprint: book for book in books}
    for reviewer in ("ann", "bo"):
        for decision in decisions:
            if decision.reviewer == reviewer:
                book = by_fingerprint[decision.codebook_fingerprint]
                DecisionLog(tmp_path / reviewer / "book.yaml", reviewer, book).append([decision])
    for reviewer in ("ann", "bo"):
        source = tmp_path / reviewer / "book.decisions"
        shutil.copytree(source, tmp_path / "both" / "book.decisions", dirs_exist_ok=True)
    read = read_decisions(tmp_path / "both" / "book.yaml")
    assert read.states == stored(*books)
    pd.testing.assert_frame_equal(
        sorted_table(read.decisions, books[-1], dict(read.states)),
        sorted_table(decisions, books[-1], stored(*books)),
    )


# ---------------------------------------------------------------- files of another's making


def _edit(file: Path) -> None:
    content = json.loads(file.read_bytes())
    content["themes"][0]["retired"] = True
    file.write_text(json.dumps(content), encoding="utf-8")


def _put_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _put_another(file: Path) -> None:
    other = codebook("other")
    store_state(file.parent.parent, other)
    state_path(file.parent.parent, other.fingerprint).replace(file)


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda f: f.write_bytes(b""), "ends too early"),
    "cut short": (lambda f: f.write_bytes(f.read_bytes()[:-9]), "ends too early"),
    "not JSON": (lambda f: f.write_text("title: T\n"), "not JSON"),
    "nested deeply": (lambda f: f.write_bytes(b"[" * 200_000), "nested too deeply"),
    "a very long number": (lambda f: f.write_bytes(b"1" * 9_000), "a number too long"),
    "not UTF-8": (lambda f: f.write_bytes(b'{"title": "\xff"}'), "not UTF-8"),
    "UTF-16": (
        lambda f: f.write_bytes(f.read_bytes().decode().encode("utf-16")),
        "a NUL character",
    ),
    "edited": (_edit, "was changed or renamed"),
    "another state": (_put_another, "was changed or renamed"),
    "a number": (lambda f: f.write_text("42"), "was changed or renamed"),
    "no keys": (lambda f: f.write_text("{}"), "was changed or renamed"),
    "a folder": (_put_folder, "it is a folder"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_state_that_decisions_rest_on_is_one_error_with_the_way_out(
    path: Path, clock: Clock, name: str
) -> None:
    book = read_codebook(path)
    DecisionLog(path, "ann", book).append([clock.decide(book, "ab")])
    file = state_path(decisions_folder(path), book.fingerprint)
    damage, problem = DAMAGES[name]
    damage(file)
    with pytest.raises(CoderError, match=problem) as raised:
        read_decisions(path)
    assert str(file) in raised.value.problem
    assert "Restore the file from a backup. Or delete it" in raised.value.fix
    (result,) = check_states(decisions_folder(path), read_decisions_only(path))
    assert problem in result.faults[0]
    shutil.rmtree(file) if file.is_dir() else file.unlink()  # what the message advises
    assert len(read_decisions(path).decisions) == 1
    DecisionLog(path, "ann", book).append([clock.decide(book, "ab", comment="c2")])
    assert read_decisions(path).states == stored(book)


def read_decisions_only(path: Path) -> list[Decision]:
    from coder.decisions import read_log

    return read_log(decisions_folder(path) / "ann.jsonl")[0]


def test_a_huge_file_is_refused_before_it_is_read(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = read_codebook(path)
    DecisionLog(path, "ann", book).append([clock.decide(book, "ab")])
    monkeypatch.setattr(Path, "read_bytes", read_logs_only(Path.read_bytes))
    with state_path(decisions_folder(path), book.fingerprint).open("ab") as file:
        file.truncate(states_module.MOST_BYTES + 1)
    with pytest.raises(CoderError, match="larger than 32 MB"):
        read_decisions(path)


def read_logs_only(read: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
    def read_log(path: Path) -> bytes:
        assert path.suffix == ".jsonl"
        return read(path)

    return read_log


@pytest.mark.parametrize(
    "content",
    [{"title": "T"}, {"themes": [{"id": "a"}]}, {"themes": ["a"]}, {"themes": 1}, [], 42, None],
)
def test_a_state_of_the_right_fingerprint_without_the_keys_is_one_error(
    path: Path, clock: Clock, content: object
) -> None:
    fingerprint = fingerprint_of(content)
    decision = clock.decide(codebook("a"), "a").model_copy(
        update={"codebook_fingerprint": fingerprint}
    )
    DecisionLog(path, "ann").append([decision])
    file = state_path(decisions_folder(path), fingerprint)
    file.parent.mkdir()
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CoderError, match="not a codebook that this version can read") as raised:
        read_decisions(path)
    assert str(file) in raised.value.problem
    assert "newer version" in raised.value.fix


def test_files_that_no_decision_rests_on_are_left_aside_and_named_by_the_check(
    path: Path, clock: Clock
) -> None:
    book = read_codebook(path)
    DecisionLog(path, "ann", book).append([clock.decide(book, "ab")])
    folder = decisions_folder(path) / "states"
    (folder / f"{book.fingerprint} (conflicted copy).json").write_bytes(b"\xff")
    (folder / "notes.txt").write_bytes(b"\xff")
    (folder / f"{'0' * 16}.json").write_bytes(b"\xff")
    read = read_decisions(path)
    assert read.states == stored(book)
    (result,) = check_states(decisions_folder(path), read.decisions)
    (fault,) = result.faults
    assert "0000000000000000.json" in fault
    (note,) = result.notes
    assert note.startswith("2 files not written by coder")
    assert "(conflicted copy).json, notes.txt" in note


@pytest.mark.parametrize("fingerprint", ["../../book", "x" * 5_000, "", "\0", "A" * 16])
def test_a_decision_with_a_strange_fingerprint_has_no_state(
    path: Path, clock: Clock, fingerprint: str
) -> None:
    decision = clock.decide(codebook("a"), "a").model_copy(
        update={"codebook_fingerprint": fingerprint}
    )
    DecisionLog(path, "ann").append([decision])
    assert read_decisions(path).states == {}


# ---------------------------------------------------------------- coder check


def states_result(place: Place) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    (result,) = (
        r for r in check(place.project, place.book).results if r.subject == "codebook states"
    )
    return result.content, result.faults, result.notes


def test_check_tells_states_that_were_not_stored_and_finds_nothing_wrong(place: Place) -> None:
    assert states_result(place) == ("0 stored, 1 not stored (older version)", (), ())
    book = read_codebook(place.book)
    store_state(decisions_folder(place.book), book)
    assert states_result(place) == ("1 stored", (), ())
    store_state(decisions_folder(place.book), codebook("a"))
    assert states_result(place) == ("2 stored", (), ())
    result = place.check()
    assert result.exit_code == 0
    assert "codebook states" in result.output


def test_check_reports_a_damaged_state_and_goes_on(place: Place) -> None:
    book = read_codebook(place.book)
    store_state(decisions_folder(place.book), book)
    file = state_path(decisions_folder(place.book), book.fingerprint)
    _edit(file)
    run = place.project.folder / "runs" / "0001-apply.json"
    hashes = {"labels.csv": "0", "matrix.csv": "0"}
    facts = json.loads(run.read_text()) | {"tables_sha256": hashes}
    run.write_text(json.dumps(seal(facts)))
    content, faults, _ = states_result(place)
    assert content == "1 stored"
    assert str(file) in faults[0]
    assert "delete it" in faults[0]
    notes = {r.subject: r.notes for r in check(place.project, place.book).results}
    assert notes["labels.csv"] == ("not compared with the labels: the decisions cannot be read",)
    assert place.check().exit_code == 1


# ---------------------------------------------------------------- audit packs


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`old.zip` of a project without states; `pack.zip` of the same project with them."""
    folder = tmp_path_factory.mktemp("packs")
    project, codebook_path = make_small_project(folder, only=30)
    export(project, folder / "old.zip", codebook=codebook_path)
    store_state(decisions_folder(codebook_path), read_codebook(codebook_path))
    states = decisions_folder(codebook_path) / "states"
    (states / ".DS_Store").write_bytes(b"of another program")
    (states / "copy of it.json").write_bytes(b"of another program")
    export(project, folder / "pack.zip", codebook=codebook_path)
    return folder


@pytest.mark.parametrize("name", ["old.zip", "pack.zip"])
def test_a_pack_with_states_and_one_without_are_in_order_and_rebuild(
    packs: Path, tmp_path: Path, name: str
) -> None:
    assert faults_of(packs / name) == []
    rebuild_pack(packs / name, tmp_path / "rebuilt")
    members = read_zip(packs / name)
    tables = {n.removeprefix("tables/"): d for n, d in members.items() if n.startswith("tables/")}
    assert {path.name: path.read_bytes() for path in (tmp_path / "rebuilt").iterdir()} == tables
    result = CliRunner().invoke(app, ["check", str(packs / name)])
    assert result.exit_code == 0, result.output


def test_a_pack_holds_the_states_and_no_other_file_of_their_folder(packs: Path) -> None:
    book = read_codebook(packs / "plan.yaml")
    (name,) = (name for name in read_zip(packs / "pack.zip") if "/states/" in name)
    assert name == f"codebook.decisions/states/{book.fingerprint}.json"
    assert not any("/states/" in name for name in read_zip(packs / "old.zip"))


def test_a_state_edited_in_a_pack_is_found(packs: Path, tmp_path: Path) -> None:
    members = read_zip(packs / "pack.zip")
    (name,) = (name for name in members if "/states/" in name)
    pack = tmp_path / "pack.zip"
    write_zip(pack, {**members, name: members[name].replace(b"drugs", b"drinks")}, packed=False)
    assert faults_of(pack) == [f"{name}: was changed"]
    rest = {key: data for key, data in members.items() if key != name}
    write_zip(pack, rest, packed=False)
    assert faults_of(pack) == [f"{name}: is missing"]
