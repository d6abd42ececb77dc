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

from coder.errors import CoderError, option
from coder.project import Project
from coder.project_lock import LOCK
from coder.reading.changes import Change, change_notes, find_changes
from coder.reading.options import Columns
from coder.settings import Source
from coder.workflow.read import ReadOptions, read
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
    assert "for another command on the project" in out
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
    assert reports[0] == "Waiting for a command"
    assert outcome.notes[0].startswith("Waited 1 second for another command")


def test_a_reading_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    bad = tmp_path / "bad.csv"
    bad.write_text("id,comment\n", encoding="utf-8")
    with pytest.raises(CoderError):
        read(bad, plan, options=ReadOptions(sheet="none"))
    assert not plan.exists()


# ---------------------------------------------------------------- another file of the same name


def month(folder: Path, start: int, question: str = "What should change?") -> Path:
    rows = [(f"c{n}", text) for n, text in enumerate(answers(20, start))]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "w.csv"
    pd.DataFrame(rows, columns=["id", question]).to_csv(path, index=False)
    return path


def sources_of(plan: Path) -> list[str]:
    return [source.name for source in Project(plan).settings().every_source]


@pytest.mark.parametrize("question", ["What should change?", "What worries you most?"])
def test_other_comments_do_not_take_the_place_of_a_source_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    plan = tmp_path / "plan"
    march, april = month(tmp_path / "mar", 0), month(tmp_path / "apr", 50, question)
    assert coder("read", march, "--into", plan) == 0
    capsys.readouterr()
    assert coder("read", april, "--into", plan) == 1
    error = capsys.readouterr().err
    assert "has none of its 20 comments" in error
    assert "--source-name NAME" in error
    assert "--replace" in error
    assert Project(plan).settings().sources[0].rows == 20
    assert coder("read", april, "--into", plan, "--source-name", "April") == 0
    assert sorted(sources_of(plan)) == ["April", "w"]
    assert coder("read", march, "--into", plan) == 0, "its content tells which it is"
    assert len(Project(plan).comments) == 40
    alone = tmp_path / "alone"
    assert coder("read", march, "--into", alone) == 0
    assert coder("read", april, "--into", alone, "--replace") == 0
    assert sources_of(alone) == ["w"]
    assert set(Project(alone).comments["text"]) == set(answers(20, 50))


@pytest.mark.parametrize("has_ids", [True, False])
def test_a_few_answers_that_are_the_same_by_chance_make_no_later_state(
    tmp_path: Path, has_ids: bool
) -> None:
    often = ["", "No", "No", "More buses please in all of the town"]
    for name, start in (("mar", 0), ("apr", 50)):
        (tmp_path / name).mkdir()
        file = write(tmp_path / name / "w.csv", [*often, *answers(40, start)])
        if not has_ids:
            pd.read_csv(file)[["comment"]].to_csv(file, index=False)
    read(tmp_path / "mar/w.csv", tmp_path / "plan")
    with pytest.raises(CoderError, match="only 1 of its"):
        read(tmp_path / "apr/w.csv", tmp_path / "plan")


def test_another_question_is_no_later_state_however_few_answer_it(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    for part in ("1", "2"):
        (tmp_path / part).mkdir()
        write(tmp_path / part / "responses.csv", answers(3, 10 * int(part)))
    first = Columns(question="What should change?")
    read(tmp_path / "1/responses.csv", plan, first)
    second = Columns(question="What worries you most?")
    with pytest.raises(CoderError, match="would take the place of the source 'responses'"):
        read(tmp_path / "2/responses.csv", plan, second)
    read(tmp_path / "2/responses.csv", plan, second, ReadOptions(["part 2"]))
    assert len(Project(plan).settings().questions) == 2


def test_another_sheet_takes_the_place_of_none_and_is_read_again_by_its_name(
    tmp_path: Path,
) -> None:
    file, plan = tmp_path / "months.xlsx", tmp_path / "plan"
    with pd.ExcelWriter(file) as book:
        for sheet, start in (("April", 0), ("March", 50)):
            rows = [(f"c{n}", text) for n, text in enumerate(answers(5, start))]
            table = pd.DataFrame(rows, columns=["id", "What should change?"])
            table.to_excel(book, sheet_name=sheet, index=False)
    read(file, plan, options=ReadOptions(sheet="April"))
    march = ReadOptions(sheet="March")
    with pytest.raises(CoderError, match="would take the place of the source 'months'"):
        read(file, plan, options=march)
    read(file, plan, options=ReadOptions(["March"], sheet="March"))
    assert len(Project(plan).comments) == 10
    with pytest.raises(CoderError, match="sheets of this file were read as 'months' and 'March'"):
        read(file, plan)
    outcome = read(file, plan, options=march)
    assert "The source 'March' was read again. 5 comments, all the same." in outcome.notes
    assert sources_of(plan) == ["months", "March"]


# ---------------------------------------------------------------- questions of a later state

CHANGE, WORRY = "What should the council change?", "What worries you most about the plan?"


def two_questions(folder: Path, first: str = CHANGE, *, left_out: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame(
        {
            "id": [f"R{n}" for n in range(20)],
            first: answers(20),
            WORRY: [f"I fear the traffic will move to lane {n} and stay" for n in range(20)],
        }
    )
    path = folder / "w.csv"
    table.drop(columns=left_out or []).to_csv(path, index=False)
    return path


def question_ids(plan: Path) -> list[str]:
    return sorted(question.id for question in Project(plan).settings().questions)


def test_a_question_that_a_file_lost_comes_back_when_the_earlier_file_is_read_again(
    tmp_path: Path,
) -> None:
    plan = tmp_path / "plan"
    file = two_questions(tmp_path)
    read(file, plan)
    before = Project(plan).comments.set_index("comment_id")["text"].to_dict()
    lost = read(two_questions(tmp_path / "later", left_out=CHANGE), plan)
    assert question_ids(plan) == []
    assert "have it back, read the earlier file again" in " ".join(lost.notes)
    read(file, plan)
    assert question_ids(plan) == ["council-change", "worries-most-plan"]
    assert Project(plan).comments.set_index("comment_id")["text"].to_dict() == before


def test_a_question_that_was_left_out_by_hand_stays_out_until_it_is_named(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    file = two_questions(tmp_path)
    read(file, plan)
    narrowed = read(file, plan, Columns(text=WORRY))
    note = f"beside those that are read now: {option('text', CHANGE)}"
    assert note in " ".join(narrowed.notes)
    read(file, plan)
    assert question_ids(plan) == []
    read(file, plan, Columns(text=[CHANGE, WORRY]))
    assert question_ids(plan) == ["council-change", "worries-most-plan"]


@pytest.mark.parametrize("chosen", [None, [CHANGE, WORRY]])
def test_a_header_that_is_corrected_keeps_its_question_and_ids(
    tmp_path: Path, chosen: list[str] | None
) -> None:
    plan = tmp_path / "plan"
    read(two_questions(tmp_path / "first", "What shuold teh concil chnage?"), plan)
    before = Project(plan).comments.set_index("comment_id")["text"].to_dict()
    outcome = read(two_questions(tmp_path / "later"), plan, Columns(text=chosen))
    assert Project(plan).comments.set_index("comment_id")["text"].to_dict() == before
    worded = {question.id: question.question for question in outcome.questions}
    assert worded["shuold-teh-concil-chnage"] == CHANGE
    assert f"has another wording now: {CHANGE!r}" in " ".join(outcome.notes)


def test_swapped_headers_that_are_corrected_swap_the_answers(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    file = two_questions(tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"{CHANGE},{WORRY}", f"{WORRY},{CHANGE}"), encoding="utf-8")
    read(file, plan)
    read(two_questions(tmp_path), plan)
    change = Project(plan).of_question("council-change").comments
    assert change["text"].str.contains("benches").all()
