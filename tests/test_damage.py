"""Damage to any file of a project: every command ends in a result or in the program's own message,
`check` names the file where the damage matters, and `check --repair` mends what is no decision.

Each run takes a sample; `benchmarks/damage_every_file.py` does all of it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from damage import WAYS, Coded, make_several, make_single, run

# Whose damage changes no result: what is computed again, what `check` does not know, what other
# codebooks have.
HARMLESS = ("cache/results/", ".generation", ".newest", "adopted.", "decided.csv", "themes.json")
MAY_GO = ("answers.csv", "vectors.sqlite", "candidates.csv", "candidates.yaml")


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Coded:
    return make_single(tmp_path_factory.mktemp("made") / "single")


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Coded:
    return make_several(tmp_path_factory.mktemp("made") / "several")


@pytest.fixture
def coded(single: Coded, tmp_path: Path) -> Coded:
    return single.copy_to(tmp_path / "copy")


def damages(made: Coded, ways_each: int) -> Iterator[tuple[Path, str]]:
    """Each file with some of the ways, in turn, so that all ways are used."""
    ways = cycle(WAYS)
    for file in made.files():
        for _ in range(ways_each):
            yield file, next(ways)


def test_check_names_whatever_is_damaged(single: Coded, tmp_path: Path) -> None:
    for number, (file, way) in enumerate(damages(single, 2)):
        copy = single.copy_to(tmp_path / str(number))
        WAYS[way](copy.folder / file, Random(number))
        answer = copy.check()
        assert answer.crash is None, (file, way, answer.crash)
        may_go = way in ("delete", "empty") and file.name in MAY_GO
        is_harmless = any(part in file.as_posix() for part in HARMLESS)
        if way in ("folder", "zeros", "delete", "empty") and not may_go and not is_harmless:
            assert answer.status == 1, (file, way)
            named = file.name in answer.text or file.stem in answer.text
            is_gone = file.parent.name == "runs" and "records are missing" in answer.text
            assert named or is_gone, (file, way, answer.text)


def test_check_of_several_questions_names_whatever_is_damaged(
    several: Coded, tmp_path: Path
) -> None:
    for number, (file, way) in enumerate(damages(several, 1)):
        copy = several.copy_to(tmp_path / str(number))
        WAYS[way](copy.folder / file, Random(number))
        answer = run("check", copy.plan)
        assert answer.crash is None, (file, way, answer.crash)


def test_every_command_ends_in_its_own_words(single: Coded, tmp_path: Path) -> None:
    files = single.files()
    for number, (file, way) in enumerate(zip(files[::4], cycle(WAYS), strict=False)):
        copy = single.copy_to(tmp_path / str(number))
        WAYS[way](copy.folder / file, Random(number))
        for words in copy.commands():
            answer = run(*words)
            assert answer.crash is None, (file, way, words, answer.crash)


# ---------------------------------------------------------------- repaired


TABLES = ("labels.csv", "matrix.csv", "ledger.csv")


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_made_anew_as_they_were(coded: Coded, name: str) -> None:
    path = coded.plan / name
    whole = path.read_bytes()
    for way in ("0xff", "cut", "delete", "folder"):
        WAYS[way](path, Random(1))
        assert coded.check().status == 1, way
        answer = coded.check("--repair")
        assert answer.status == 0, answer.text
        assert f"{name} " in answer.text
        assert "written anew" in answer.text
        assert path.read_bytes() == whole, way


def test_damaged_labels_are_set_aside_and_the_comments_coded_again(coded: Coded) -> None:
    path = coded.plan / "labels.parquet"
    whole = path.read_bytes()
    WAYS["flip"](path, Random(3))
    damaged = path.read_bytes()
    answer = coded.check("--repair")
    assert "labels.parquet was damaged" in answer.text
    assert (coded.plan / "damaged" / "labels.parquet").read_bytes() == damaged
    assert run("apply", coded.plan, "--codebook", coded.book).status == 0
    assert path.read_bytes() == whole
    assert coded.check().status == 0


def test_a_torn_run_record_is_set_aside(coded: Coded) -> None:
    path = coded.plan / "runs" / "0004-apply.json"
    path.write_bytes(path.read_bytes()[:200])
    told = run("export", coded.plan, "--codebook", coded.book, "--to", coded.folder / "a.html")
    assert told.status == 1
    assert "0004-apply.json:" in told.text
    assert "--repair" in told.text
    assert "0004-apply.json was damaged" in coded.check("--repair").text
    assert (path.parent / "damaged" / path.name).is_file()
    to = coded.folder / "b.html"
    assert run("export", coded.plan, "--codebook", coded.book, "--to", to).status == 0
    run("apply", coded.plan, "--codebook", coded.book)
    assert coded.check().status == 0


def test_damaged_vectors_are_removed(coded: Coded) -> None:
    path = coded.plan / "cache" / "vectors.sqlite"
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE encoded SET value = x'00' WHERE rowid = 2")
    assert "1 vector damaged" in coded.check().text
    assert "1 damaged vector removed" in coded.check("--repair").text
    path.write_bytes(b"no database")
    assert "vectors.sqlite" in coded.check().text
    assert coded.check("--repair").status == 0
    assert run("apply", coded.plan, "--codebook", coded.book, "--again").status == 0


def test_a_repair_of_what_is_in_order_changes_nothing(coded: Coded) -> None:
    before = {file: (coded.folder / file).read_bytes() for file in coded.files()}
    assert coded.check("--repair").status == 0
    after = {file: (coded.folder / file).read_bytes() for file in coded.files()}
    assert before == after


def test_several_questions_are_repaired_each(several: Coded, tmp_path: Path) -> None:
    copy = several.copy_to(tmp_path / "copy")
    for question, name in (("q1", "labels.csv"), ("q2", "matrix.csv")):
        (copy.plan / "questions" / question / name).write_bytes(b"\xff")
    (copy.plan / "ledger.csv").unlink()
    assert run("check", copy.plan).status == 1
    answer = run("check", copy.plan, "--repair")
    assert answer.status == 0, answer.text
    for sentence in ("ledger.csv was written anew", "q1: labels.csv", "q2: labels.csv"):
        assert sentence in answer.text


# ---------------------------------------------------------------- what was lost


def test_decisions_removed_with_the_newest_record_are_missed(coded: Coded) -> None:
    newest = sorted((coded.plan / "runs").glob("*.json"))[-1]
    newest.unlink()
    (coded.folder / "book.decisions" / "amira.jsonl").unlink()
    text = coded.check().text
    assert "records are missing: 5" in text
    assert "amira.jsonl is gone, with 3 decisions" in text


def test_a_record_that_was_set_aside_still_tells_of_decisions(coded: Coded) -> None:
    (coded.folder / "book.decisions" / "amira.jsonl").unlink()
    for record in (coded.plan / "runs").glob("*.json"):
        record.write_text(record.read_text().replace('"at"', '"at "', 1))
    (coded.folder / "themes.json").unlink()
    assert "amira.jsonl is gone, with 3 decisions" in coded.check("--repair").text


def test_labels_without_any_record_are_a_fault(coded: Coded) -> None:
    for record in (coded.plan / "runs").glob("*-apply.json"):
        record.unlink()
    assert "no run record tells how they were made" in coded.check().text


def test_a_damaged_journal_is_set_aside_by_a_repair_alone(coded: Coded) -> None:
    journal = coded.plan / ".commit.json"
    journal.write_text('{"steps": [')
    (coded.plan / ".staged").mkdir()
    checked = coded.check()
    assert checked.status == 1
    assert "--repair" in checked.text
    repaired = coded.check("--repair")
    assert repaired.status == 0, repaired.text
    assert "Some files may be of before it" in repaired.text
    assert not journal.exists()
    assert (coded.plan / "damaged" / ".commit.json").read_text() == '{"steps": ['
    assert coded.check().status == 0


def test_a_codebook_that_is_gone_while_its_decisions_are_there_is_missed(coded: Coded) -> None:
    coded.book.unlink()
    checked = run("check", coded.plan)
    assert checked.status == 1
    assert "book.yaml is missing, and its decisions are still there" in checked.text


def test_other_line_ends_are_no_damage(coded: Coded) -> None:
    texts = [*coded.plan.glob("*.csv"), *coded.plan.glob("*.yaml"), coded.book]
    texts += coded.folder.glob("book.decisions/*.jsonl")
    for path in texts:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    checked = coded.check()
    assert checked.status == 0, checked.text


def test_a_copy_of_a_run_record_that_a_program_made_is_taken_out(coded: Coded) -> None:
    record = max((coded.plan / "runs").glob("*-apply.json"))
    record.with_stem(f"{record.stem} (1)").write_bytes(record.read_bytes())
    checked = coded.check()
    assert checked.status == 1
    assert "It is a copy that another program made" in checked.text
    assert coded.check("--repair").status == 0
    assert coded.check().status == 0
