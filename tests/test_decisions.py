"""The store of decisions: nothing acknowledged is lost, nothing edited goes unseen, undo takes back."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.codebook import Codebook, read_codebook
from coder.decisions import (
    Decision,
    DecisionLog,
    check_reviewer,
    decisions_folder,
    drop_undone,
    judgements,
    own_judgements,
    read_decisions,
    read_log,
    standing_judgements,
)
from coder.decisions.chain import NO_LINE
from coder.decisions.repair import plan_repair
from coder.errors import CoderError
from coder.tables import JUDGEMENTS, check
from coder.text import text_hash

BOOK = """\
title: Small
themes:
  - {id: a, name: A}
  - id: b
    name: B
    positions: [{id: more, name: More}, {id: less, name: Less}]
  - {id: c, name: C}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


def decided(comment_id: str = "1", **more: object) -> Decision:
    fields: dict[str, object] = {
        "project": "p",
        "comment_id": comment_id,
        "text": f"text {comment_id}",
        "text_hash": text_hash(f"text {comment_id}"),
        "scope": ("a", "b", "c"),
        "mode": "assisted",
        "chosen": "random",
        "reviewer": "amira",
        "codebook_version": "1",
        "codebook_fingerprint": "f",
    } | more
    return Decision.model_validate(fields)


def undo(of: Decision) -> Decision:
    return decided(of.comment_id, undoes=of.id, scope=(), reviewer=of.reviewer)


# ---------------------------------------------------------------- kept


def test_what_was_appended_is_read_back_in_order(book: Path) -> None:
    log = DecisionLog(book, "amira")
    first = decided(
        "1",
        note="”quotes“, \u202e, 👩‍👩‍👧, \x1b[31m, \u2028",
        themes={"b": ("more",)},
        shown={"a": 0.25},
    )
    log.append([first])
    log.append([decided("2"), decided("3")])
    stored = read_decisions(book)
    assert [d.comment_id for d in stored.decisions] == ["1", "2", "3"]
    assert stored.decisions[0] == first
    assert stored.notes == ()


def test_nothing_is_written_for_no_decision(book: Path) -> None:
    DecisionLog(book, "amira").append([])
    assert not decisions_folder(book).exists()
    assert read_decisions(book).decisions == ()


def test_each_reviewer_has_a_file_and_each_line_the_hash_before(book: Path) -> None:
    for name in ("amira", "ben", "j. smith@x-y"):
        DecisionLog(book, name).append([decided(reviewer=name), decided("2", reviewer=name)])
    names = sorted(p.name for p in decisions_folder(book).glob("*.jsonl"))
    assert names == ["amira.jsonl", "ben.jsonl", "j. smith@x-y.jsonl"]
    lines = [
        json.loads(line)
        for line in (decisions_folder(book) / "ben.jsonl").read_bytes().splitlines()
    ]
    assert lines[0]["before"] == NO_LINE
    assert lines[1]["before"] == lines[0]["hash"]
    assert read_log(decisions_folder(book) / "ben.jsonl").head == lines[1]["hash"]


@pytest.mark.parametrize(
    "name",
    ["", ".hidden", "a/b", "..", "a\\b", "x" * 61, "tail.", "tail ", "a\nb", "\x1b[31m", "a:b"],
)
def test_names_that_cannot_be_files_are_refused(name: str) -> None:
    with pytest.raises(CoderError, match="cannot be a file name"):
        check_reviewer(name)


def test_two_logs_on_one_file_take_turns(book: Path) -> None:
    """The same reviewer on two machines: both chains hold, nothing is overwritten."""
    one, two = DecisionLog(book, "amira"), DecisionLog(book, "amira")
    for n in range(10):
        (one if n % 2 else two).append([decided(str(n))])
    assert [d.comment_id for d in read_decisions(book).decisions] == [str(n) for n in range(10)]


def test_two_writers_in_threads_lose_nothing(book: Path) -> None:
    def write(reviewer: str, begin: int) -> None:
        log = DecisionLog(book, reviewer)
        for n in range(begin, begin + 25):
            log.append([decided(str(n), reviewer=reviewer)])

    threads = [
        threading.Thread(target=write, args=args)
        for args in (("amira", 0), ("amira", 100), ("ben", 200))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = sorted(int(d.comment_id) for d in read_decisions(book).decisions)
    assert found == [*range(25), *range(100, 125), *range(200, 225)]


# ---------------------------------------------------------------- torn


def test_a_torn_tail_is_set_aside_and_said_at_every_length(book: Path) -> None:
    log = DecisionLog(book, "amira")
    log.append([decided("1"), decided("2")])
    path = log.path
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in {last + 1, last + 40, len(whole) - 3, len(whole) - 2}:
        path.write_bytes(whole[:cut])
        stored = read_decisions(book)
        assert [d.comment_id for d in stored.decisions] == ["1"]
        assert len(stored.notes) == 1
        assert "torn" in stored.notes[0]


def test_the_next_decision_stands_after_a_torn_tail(book: Path) -> None:
    log = DecisionLog(book, "amira")
    log.append([decided("1")])
    with log.path.open("ab") as file:
        file.write(b'{"before": "half')
    for writer in (log, DecisionLog(book, "amira")):
        writer.append([decided("2")])
    stored = read_decisions(book)
    assert [d.comment_id for d in stored.decisions] == ["1", "2", "2"]
    assert stored.notes == ()
    assert log.path.with_suffix(".jsonl.torn").read_bytes() == b'{"before": "half\n'


def test_a_file_that_is_nothing_but_a_torn_line(book: Path) -> None:
    log = DecisionLog(book, "amira")
    log.path.parent.mkdir()
    log.path.write_bytes(b'{"bef')
    log.append([decided("1")])
    assert [d.comment_id for d in read_decisions(book).decisions] == ["1"]


def test_an_empty_file_is_a_beginning(book: Path) -> None:
    log = DecisionLog(book, "amira")
    log.path.parent.mkdir()
    log.path.touch()
    assert read_log(log.path).head == NO_LINE
    log.append([decided("1")])
    assert len(read_decisions(book).decisions) == 1


# ---------------------------------------------------------------- edited


def _lines(book: Path, n: int = 5) -> tuple[Path, list[bytes]]:
    log = DecisionLog(book, "amira")
    log.append([decided(str(i), themes={"a": ()}) for i in range(n)])
    return log.path, log.path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("number", range(5))
def test_an_edit_of_any_line_is_found_and_named(book: Path, number: int) -> None:
    path, lines = _lines(book)
    lines[number] = lines[number].replace(b'"themes":{"a":[]}', b'"themes":{"c":[]}')
    path.write_bytes(b"".join(lines))
    with pytest.raises(
        CoderError, match=rf"amira\.jsonl:{number + 1}: .*changed after it was written"
    ):
        read_decisions(book)


@pytest.mark.parametrize("how", ["remove", "double", "swap", "insert", "garbage", "number"])
def test_other_edits_are_found(book: Path, how: str) -> None:
    path, lines = _lines(book)
    if how == "remove":
        del lines[2]
    elif how == "double":
        lines.insert(2, lines[2])
    elif how == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    elif how == "insert":
        lines.insert(3, b'{"before": "x", "decision": {}, "hash": "y"}\n')
    elif how == "garbage":
        lines[3] = b"\xff\xfe not json\n"
    else:
        lines[3] = b"42\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(CoderError, match="changed after it was written"):
        read_decisions(book)


@pytest.mark.parametrize("number", range(5))
def test_a_hash_that_no_encoding_takes_is_an_edit(book: Path, number: int) -> None:
    path, lines = _lines(book)
    line = json.loads(lines[number])
    line["before"] = "\ud800"
    lines[number] = json.dumps(line).encode() + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(CoderError, match=rf"amira\.jsonl:{number + 1}: "):
        read_decisions(book)
    plan_repair(path.parent)


def test_an_edited_file_takes_nothing_more(book: Path) -> None:
    path, lines = _lines(book)
    lines[1] = lines[1].replace(b'"themes":{"a":[]}', b'"themes":{"c":[]}')
    data = b"".join(lines)
    path.write_bytes(data)
    with pytest.raises(CoderError):
        DecisionLog(book, "amira").append([decided("9")])
    assert path.read_bytes() == data


def test_a_line_edited_while_the_log_is_open_and_the_length_is_the_same(book: Path) -> None:
    """An open log notices an edit that leaves the length alone: nothing is chained onto a changed file."""
    log = DecisionLog(book, "amira")
    log.append([decided("1", themes={"a": ()})])
    time.sleep(0.02)
    log.path.write_bytes(log.path.read_bytes().replace(b'"themes":{"a":[]}', b'"themes":{"c":[]}'))
    with pytest.raises(CoderError, match="changed after it was written"):
        log.append([decided("2")])


def test_line_ends_changed_by_a_tool_do_not_break_the_chain(book: Path) -> None:
    path, lines = _lines(book)
    path.write_bytes(b"".join(lines).replace(b"\n", b"\r\n"))
    assert len(read_decisions(book).decisions) == 5


def test_fields_of_a_later_version_are_kept_in_the_chain(book: Path) -> None:
    """A file written by a newer program is read: its further fields belong to the hash, not to the model."""
    from coder.decisions.chain import hash_line

    body = decided("1").model_dump(mode="json") | {"mood": "fine"}
    line = {"before": NO_LINE, "decision": body, "hash": hash_line(NO_LINE, body)}
    folder = decisions_folder(book)
    folder.mkdir()
    (folder / "amira.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    DecisionLog(book, "amira").append([decided("2")])
    assert len(read_decisions(book).decisions) == 2


# ---------------------------------------------------------------- disks that fail


def test_a_full_disk_leaves_the_file_as_it_was(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = DecisionLog(book, "amira")
    log.append([decided("1")])
    before = log.path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(CoderError, match=r"could not be saved \(No space left"):
            log.append([decided("2"), decided("3")])
    assert log.path.read_bytes() == before
    log.append([decided("4")])
    assert [d.comment_id for d in read_decisions(book).decisions] == ["1", "4"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on file size")
def test_a_disk_that_fills_in_the_middle_of_a_block(book: Path) -> None:
    """The real thing: the system refuses after some bytes; none of the block may count later."""
    program = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_decisions import decided
from coder.decisions import DecisionLog
from coder.decisions.chain import NO_LINE
from coder.decisions.repair import plan_repair
from coder.errors import CoderError
log = DecisionLog(Path({str(book)!r}), "amira")
log.append([decided("1")])
size = log.path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 700, resource.RLIM_INFINITY))
try:
    log.append([decided(str(n)) for n in range(2, 6)])
except CoderError as error:
    print("refused")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.append([decided("6")])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "refused\n"
    assert [d.comment_id for d in read_decisions(book).decisions] == ["1", "6"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(book: Path) -> None:
    folder = decisions_folder(book)
    folder.mkdir()
    folder.chmod(0o500)
    try:
        with pytest.raises(CoderError, match="could not be saved"):
            DecisionLog(book, "amira").append([decided("1")])
    finally:
        folder.chmod(0o700)


KILLED = """
import sys
from pathlib import Path
from coder.decisions import Decision, DecisionLog
log = DecisionLog(Path({book!r}), {name!r})
n = 0
while True:
    block = [
        Decision(
            project="p", comment_id="{name}-{round}-%d-%d" % (n, k), text="x" * 300, text_hash="h", scope=("a",),
            mode="blind", chosen="random", reviewer={name!r}, codebook_version="1", codebook_fingerprint="f",
        )
        for k in range(1 + n % 3)
    ]
    log.append(block)
    sys.stdout.write("".join(d.comment_id + "\\n" for d in block)); sys.stdout.flush()
    n += 1
"""


def kill_rounds(book: Path, rounds: int, seed: int = 0) -> tuple[int, int]:
    """Two reviewers decide; both are killed at a random moment; checked after each round.

    Returns decisions acknowledged and decisions found. Used by the benchmark too.
    """
    rng = random.Random(seed)
    acknowledged: set[str] = set()
    for number in range(rounds):
        running = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    KILLED.format(book=str(book), name=name, round=number),
                ],
                stdout=subprocess.PIPE,
            )
            for name in ("amira", "ben")
        ]
        for process in running:
            assert process.stdout is not None
            acknowledged.add(process.stdout.readline().decode().strip())  # both are at work
        time.sleep(rng.uniform(0.0, 0.08))
        for process in running:
            process.send_signal(signal.SIGKILL)
        for process in running:
            assert process.stdout is not None
            rest = process.stdout.read().decode()
            acknowledged |= set(rest[: rest.rfind("\n") + 1].split())
            process.wait()
        stored = read_decisions(book)  # the chain holds
        found = {d.comment_id for d in stored.decisions}
        assert acknowledged <= found, sorted(acknowledged - found)
    for name in ("amira", "ben"):
        DecisionLog(book, name).append(
            [decided(f"{name}-after", reviewer=name)]
        )  # and the next start works
    stored = read_decisions(book)
    assert stored.notes == ()
    assert sum(d.comment_id.endswith("-after") for d in stored.decisions) == 2
    return len(acknowledged), len(stored.decisions)


@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_kill_9_loses_nothing_that_was_acknowledged(book: Path) -> None:
    """Twelve rounds here; tests/benchmarks/review_kill.py makes two hundred."""
    acknowledged, found = kill_rounds(book, 12)
    assert acknowledged >= 24
    assert found >= acknowledged


# ---------------------------------------------------------------- what stands


def test_undo_redo_and_undo_again() -> None:
    first = decided("1")
    back = undo(first)
    again = undo(back)
    third = undo(again)
    assert drop_undone([first]) == [first]
    assert drop_undone([first, back]) == []
    assert drop_undone([first, back, again]) == [first]
    assert drop_undone([first, back, again, third]) == []


@given(st.lists(st.integers(0, 30), max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_run_of_decisions_and_undos_stands_as_a_stack_says(steps: list[int]) -> None:
    """Undo of undo of ... : a decision stands when the things that take it back do not."""
    everything: list[Decision] = []
    for step in steps:
        if everything and step < len(everything):
            everything.append(undo(everything[step]))
        else:
            everything.append(decided(str(len(everything))))
    takers: dict[str, list[Decision]] = {}
    for decision in everything:
        if decision.undoes:
            takers.setdefault(decision.undoes, []).append(decision)

    def stands(decision: Decision) -> bool:
        return not any(stands(taker) for taker in takers.get(decision.id, ()))

    assert drop_undone(everything) == [d for d in everything if d.undoes is None and stands(d)]


def read(book: Path, text: str) -> Codebook:
    book.write_text(text, encoding="utf-8")
    return read_codebook(book)


def test_a_theme_not_named_within_the_scope_is_rejected_and_outside_is_not_judged(
    book: Path,
) -> None:
    table = judgements([decided(scope=("a", "b"), themes={"b": ("less",)})], read_codebook(book))
    check(table, JUDGEMENTS)
    said = {row.theme_id: (row.present, row.positions, row.whole) for row in table.itertuples()}
    assert said == {"a": (False, (), False), "b": (True, ("less",), False)}


def test_the_last_word_on_a_theme_counts_and_unsure_takes_it_back(book: Path) -> None:
    codebook = read_codebook(book)
    one = decided(themes={"a": (), "b": ("more",)})
    two = decided(scope=("a",))
    three = decided(scope=("b",), unsure=("b",))
    said = judgements([one, two, three], codebook).set_index("theme_id")
    assert not said.loc["a", "present"]
    assert "b" not in said.index
    assert not said.loc["c", "present"]
    again = judgements([one, two, three, undo(three)], codebook).set_index("theme_id")
    assert again.loc["b", "positions"] == ("more",)


def test_renamed_merged_split_retired_and_added(book: Path) -> None:
    codebook = read(
        book,
        "title: New\nthemes:\n  - {id: z, name: Z, was: [a, c]}\n  - {id: b2, name: B2, split_from: b}\n"
        "  - {id: b, name: B, retired: true}\n  - {id: new, name: New}\n",
    )
    said = judgements([decided(themes={"c": (), "b": ()}), decided("2")], codebook)
    assert [(r.comment_id, r.theme_id, r.present) for r in said.itertuples()] == [
        ("1", "z", True),
        ("2", "z", False),
    ]
    assert not said["whole"].any()


@pytest.mark.parametrize("present", [True, False])
def test_a_part_that_was_renamed_stands_beside_a_later_word_on_another_part(
    book: Path, present: bool
) -> None:
    """a became t; c alone was judged later; then both were merged: what was said of a still counts."""
    whole = decided(scope=("a", "c"), themes={"a": ()} if present else {}, codebook_fingerprint="1")
    other = decided(
        "9", scope=("c", "t", "new"), codebook_fingerprint="2"
    )  # shows what the codebook had
    alone = decided(scope=("c",), codebook_fingerprint="2")
    now = read(
        book, "title: New\nthemes:\n  - {id: c, name: C, was: [a, t]}\n  - {id: new, name: New}\n"
    )
    said = judgements([whole, other, alone], now)
    mine = said[said["comment_id"] == "1"]
    assert [(r.theme_id, r.present) for r in mine.itertuples()] == [("c", present)]


def test_a_codebook_that_is_again_what_it_was_before(book: Path) -> None:
    first = decided("9", scope=("a", "c", "x"), codebook_fingerprint="1")
    second = decided(
        scope=("z", "x"), themes={"z": ()}, codebook_fingerprint="2"
    )  # a and c were one for a time
    back = decided(scope=("a", "x"), codebook_fingerprint="1")
    now = read(
        book, "title: New\nthemes:\n  - {id: z, name: Z, was: [a, c]}\n  - {id: x, name: X}\n"
    )
    said = judgements([first, second, back], now)
    mine = said[(said["comment_id"] == "1") & (said["theme_id"] == "z")]
    assert mine.empty  # which of a and c was meant is not known: the comment is asked again
    assert not said[said["theme_id"] == "x"]["present"].any()


def test_judgements_of_changed_vanished_and_foreign_comments_are_left_out(book: Path) -> None:
    said = judgements(
        [decided("1"), decided("2"), decided("3"), decided("1", project="another")],
        read_codebook(book),
    )
    comments = pd.DataFrame({"comment_id": ["1", "2"], "text": ["text 1", "text 2 edited"]})
    own = own_judgements(said, comments, "p")
    assert set(own["comment_id"]) == {"1"}
    assert set(own["project"]) == {"p"}
    assert len(own_judgements(judgements([], read_codebook(book)), comments, "p")) == 0


def at(second: int) -> str:
    return f"2026-01-01T00:00:{second:02d}.000+00:00"


def test_the_majority_stands_and_the_latest_among_equals(book: Path) -> None:
    codebook = read_codebook(book)
    yes = {"a": ()}
    said = [
        decided(reviewer="x", themes=yes, decided_at=at(1)),
        decided(reviewer="y", decided_at=at(2)),
    ]
    table = standing_judgements(judgements(said, codebook)).set_index("theme_id")
    assert not table.loc["a", "present"]
    assert table.loc["a", "contested"]
    assert not table.loc["b", "contested"]
    said.append(decided(reviewer="z", themes=yes, decided_at=at(0)))
    assert standing_judgements(judgements(said, codebook)).set_index("theme_id").loc["a", "present"]


def test_an_adjudication_stands_against_any_majority_and_beside_what_its_reviewer_said(
    book: Path,
) -> None:
    codebook = read_codebook(book)
    said = [
        decided(reviewer=name, themes={"a": ()}, decided_at=at(n))
        for n, name in enumerate("wxyz", 1)
    ]
    settling = decided(reviewer="w", scope=("a",), adjudicates=(said[0].id,), decided_at=at(9))
    table = judgements([*said, settling], codebook)
    check(table, JUDGEMENTS)
    of_w = table[(table["reviewer"] == "w") & (table["theme_id"] == "a")]
    assert sorted(zip(of_w["adjudicated"], of_w["present"], strict=True)) == [
        (False, True),
        (True, False),
    ]
    stands = standing_judgements(table).set_index("theme_id")
    assert len(stands) == 3
    assert not stands.loc["a", "present"]
    assert not stands.loc["a", "contested"]


def test_agreed_of_nothing_has_its_columns(book: Path) -> None:
    table = standing_judgements(judgements([], read_codebook(book)))
    assert "contested" in table
    assert len(table) == 0


@pytest.mark.parametrize(
    ("first", "second"), [("amira", "Amira"), ("Zoë", "ZOË"), ("a.b", "A.B"), ("straße", "strasse")]
)
def test_names_that_are_one_file_on_many_disks_are_one_reviewer(
    tmp_path: Path, first: str, second: str
) -> None:
    path = tmp_path / "book.yaml"
    folder = decisions_folder(path)
    folder.mkdir()
    (folder / f"{first}.jsonl").touch()
    DecisionLog(path, first)
    DecisionLog(path, first + "2")
    with pytest.raises(CoderError, match="there are decisions of") as found:
        DecisionLog(path, second)
    assert repr(first) in found.value.fix


def test_an_accent_typed_in_two_ways_is_one_name(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "Zoë")
    assert check_reviewer(apart) == "Zoë"
    assert DecisionLog(tmp_path / "book.yaml", apart).path.name == "Zoë.jsonl"


@pytest.mark.parametrize("name", ["con", "NUL", "Lpt1", "aux.x"])
def test_names_of_devices_are_refused(name: str) -> None:
    with pytest.raises(CoderError, match="cannot be a file name"):
        check_reviewer(name)
    check_reviewer(f"{name[0]}{name}")
