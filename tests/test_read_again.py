"""Reading a source again: what is new, changed, gone and the same; readers that take turns."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

from coder.errors import CoderError
from coder.project import Project
from coder.reading.changes import Change, change_notes, find_changes
from coder.settings import Source
from coder.workflow.read import ReadOptions, read
from coder.workflow.read_lock import LOCK
from test_read_project import coder

TEXTS = ["More buses please", "Yes", "Less noise at night", "Yes", "A bench by the pond", "No cars"]


def table_of(texts: list[str], ids: list[str] | None = None, source: str = "S") -> pd.DataFrame:
    numbered = [f"{source}-{row}" for row in range(1, len(texts) + 1)]
    return pd.DataFrame(
        {
            "comment_id": ids or numbered,
            "text": texts,
            "source": source,
            "question_id": "comment",
        }
    )


def source_of(name: str = "S", *, has_ids: bool) -> Source:
    columns = {"id": "id"} if has_ids else {}
    return Source(name=name, file="f.csv", sha256="0", format="csv", rows=1, columns=columns)


def changes_of(before: pd.DataFrame, after: pd.DataFrame, *, has_ids: bool) -> Change:
    (change,) = find_changes(before, after, [source_of(has_ids=has_ids)], ["S"])
    return change


# ---------------------------------------------------------------- what changed


def test_comments_with_ids_are_known_by_them() -> None:
    before = table_of(TEXTS, list("abcdef"))
    after = table_of([*TEXTS[:2], "Less noise, always", *TEXTS[3:5], "New"], list("abcdeg"))
    change = changes_of(before, after.iloc[::-1], has_ids=True)
    assert (change.new, change.changed, change.gone) == (("g",), ("c",), ("f",))
    assert (change.same, change.moved) == (4, 0)


@pytest.mark.parametrize("place", range(len(TEXTS) + 1))
def test_a_row_put_among_numbered_rows_is_the_only_new_one(place: int) -> None:
    texts = [*TEXTS[:place], "Something quite new", *TEXTS[place:]]
    change = changes_of(table_of(TEXTS), table_of(texts), has_ids=False)
    assert (change.new, change.changed, change.gone) == ((f"S-{place + 1}",), (), ())
    assert change.same == len(TEXTS)


@pytest.mark.parametrize("place", range(len(TEXTS)))
def test_an_edited_row_and_one_left_out_of_numbered_rows_are_told(place: int) -> None:
    edited = [*TEXTS[:place], "Another text", *TEXTS[place + 1 :]]
    change = changes_of(table_of(TEXTS), table_of(edited), has_ids=False)
    assert (change.new, change.gone, change.same) == ((), (), len(TEXTS) - 1)
    assert len(change.changed) == 1
    left_out = [*TEXTS[:place], *TEXTS[place + 1 :]]
    change = changes_of(table_of(TEXTS), table_of(left_out), has_ids=False)
    assert (change.new, change.changed, change.same) == ((), (), len(TEXTS) - 1)
    assert len(change.gone) == 1


def test_the_numbers_of_changes_always_add_up() -> None:
    for seed in range(60):
        chance = random.Random(seed)
        before = chance.choices(TEXTS, k=chance.randint(0, 12))
        after = chance.choices([*TEXTS, "x", "y"], k=chance.randint(1, 12))
        if not before:
            continue
        change = changes_of(table_of(before), table_of(after), has_ids=False)
        common = len(change.changed) + change.same
        assert common + len(change.new) == len(after)
        assert common + len(change.gone) == len(before)


def test_ids_that_got_source_or_question_in_front_or_behind_are_the_same() -> None:
    before = table_of(TEXTS, list("abcdef"))
    ids = [f"S/{name}:q1" for name in "abcdef"]
    after = table_of(TEXTS, ids).assign(question_id="q1")
    other = table_of(["Other"], ["a:q2"]).assign(question_id="q2")
    (change,) = find_changes(before, pd.concat([after, other]), [source_of(has_ids=True)], ["S"])
    assert (change.question_id, change.same, change.moved) == ("q1", 6, 0)


def test_notes_say_what_changed_and_never_what_comments_say() -> None:
    before = table_of([f"secret {n}" for n in range(40)], [f"c{n}" for n in range(40)])
    after = table_of(["secret 0", "edited secret"], ["c0", "c1"])
    notes = " ".join(change_notes([changes_of(before, after, has_ids=True)]))
    assert "read again: 1 changed (c1), 38 gone (c2, c3, c4 ...), 1 the same" in notes
    assert "Most comments of 'S' are gone: 38 of 40" in notes
    assert "1 comment of 'S' with another text" in notes
    assert "secret" not in notes
    unchanged = change_notes([changes_of(before, before, has_ids=True)])
    assert unchanged == ["The source 'S' was read again. 40 comments, all the same."]


# ---------------------------------------------------------------- in a project


def write(path: Path, texts: list[str], prefix: str = "c") -> Path:
    rows = [(f"{prefix}{n}", text) for n, text in enumerate(texts)]
    pd.DataFrame(rows, columns=["id", "comment"]).to_csv(path, index=False)
    return path


def answers(count: int, start: int = 0) -> list[str]:
    return [f"Answer {n} asks for more benches in street {n}" for n in range(start, start + count)]


def test_reading_again_says_what_changed_and_keeps_what_was_decided_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, plan = tmp_path / "a.csv", tmp_path / "plan"
    write(file, answers(20))
    assert coder("read", file, "--into", plan, "--exclude", "c3=process") == 0
    write(file, [*answers(19), "Changed at the end of the file", "One more of them"])
    capsys.readouterr()
    assert coder("read", file, "--into", plan) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "1 new (c20), 1 changed (c19), 19 the same" in printed
    comments = Project(plan).comments.set_index("comment_id")
    assert comments.loc["c3", "reason"] == "process"
    write(file, answers(2))
    assert coder("read", file, "--into", plan) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Most comments of 'a' are gone: 19 of 21" in printed
    assert Project(plan).settings().exclude == {"c3": "process"}


def test_a_second_source_of_the_same_file_does_not_remove_the_first(tmp_path: Path) -> None:
    file, plan = tmp_path / "lgr.csv", tmp_path / "plan"
    table = pd.DataFrame(
        {"id": range(30), "What is good?": answers(30), "What is bad?": answers(30, 50)}
    )
    table.to_csv(file, index=False)
    for column, name in (("What is good?", "P1"), ("What is bad?", "P2")):
        options = ("--text", column, "--source-name", name)
        assert coder("read", file, "--into", plan, *options) == 0
    comments = Project(plan).comments
    assert comments["source"].value_counts().to_dict() == {"P1": 30, "P2": 30}
    assert comments["question_id"].nunique() == 2


# ---------------------------------------------------------------- readers that take turns

READER = "from coder.cli import main; main()"


def start_reader(*arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", READER, "read", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_readers_at_once_both_leave_their_source(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    readers = []
    for name in ("one", "two"):
        file = write(tmp_path / f"{name}.csv", answers(200, len(name) * len(readers)), name)
        readers.append(start_reader(file, "--into", plan))
    for reader in readers:
        out, err = reader.communicate(timeout=120)
        assert reader.returncode == 0, out + err
    project = Project(plan)
    assert sorted(source.name for source in project.settings().every_source) == ["one", "two"]
    assert project.comments["source"].value_counts().to_dict() == {"one": 200, "two": 200}


def test_a_reader_waits_for_another_says_so_and_goes_on_when_that_is_killed(
    tmp_path: Path,
) -> None:
    plan = tmp_path / "plan"
    (plan / LOCK).parent.mkdir(parents=True)
    hold = f"from filelock import FileLock\nlock = FileLock({str(plan / LOCK)!r})\n"
    hold += "lock.acquire()\nprint('held', flush=True)\nimport time\ntime.sleep(600)"
    holder = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        reader = start_reader(write(tmp_path / "a.csv", answers(5)), "--into", plan)
        time.sleep(4)
        assert reader.poll() is None
        assert not (plan / "project.yaml").exists()
        holder.send_signal(signal.SIGKILL)
        out, err = reader.communicate(timeout=120)
    finally:
        holder.kill()
        holder.wait()
    assert reader.returncode == 0, err
    assert "for another reader of the project" in out
    assert len(Project(plan).comments) == 5


def test_a_wait_is_reported_while_it_lasts(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    file = write(tmp_path / "a.csv", answers(5))
    read(file, plan)
    reports: list[str] = []
    lock = FileLock(plan / LOCK)
    lock.acquire()

    def report(done: int, total: int, doing: str) -> None:
        reports.append(doing)
        lock.release()

    outcome = read(file, plan, progress=report)
    assert reports[0] == "Waiting for another reader"
    assert outcome.notes[0].startswith("Waited 1 second for another reader")


def test_a_reading_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    bad = tmp_path / "bad.csv"
    bad.write_text("id,comment\n", encoding="utf-8")
    with pytest.raises(CoderError):
        read(bad, plan, options=ReadOptions(sheet="none"))
    assert not plan.exists()
