"""What was recorded of decisions is found missing; copies stop the commands; a repair loses nothing."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import read_codebook
from coder.decisions import (
    Decision,
    DecisionLog,
    Draw,
    decisions_folder,
    drop_undone,
    read_decisions,
    store_draw,
)
from coder.decisions.chain import (
    NO_LINE,
    Body,
    chain_lines,
    encode_lines,
    split_torn,
    stated_hash,
)
from coder.decisions.repair import REPLACED_FOLDER, repair_folder
from coder.errors import CoderError, for_command_line
from coder.project import Project
from coder.stored import SEAL
from coder.text import text_hash
from coder.workflow.check import CheckOutcome, check
from coder.workflow.lost_decisions import tell_lost_decisions

BOOK = "title: T\nthemes:\n  - {id: police, name: Police}\n  - {id: roads, name: Roads}\n"
COMMENTS = 160
WORDING = "We want more police in ward"  # in every comment, and in no message
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Consultation:
    """A project of 160 comments beside a codebook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book = folder / "book.yaml"
        self.project = Project(folder / "answers.coding")

    def make(self) -> None:
        rows = "".join(f"c{n},{WORDING} {n}\n" for n in range(COMMENTS))
        (self.folder / "answers.csv").write_text("id,comment\n" + rows)
        self.book.write_text(BOOK)
        self.run("read", self.folder / "answers.csv", "--text", "comment", "--id", "id")

    @property
    def decisions(self) -> Path:
        return decisions_folder(self.book)

    def log(self, name: str = "amira") -> Path:
        return self.decisions / f"{name}.jsonl"

    def table(self, first: int, last: int, themes: str = "police") -> Path:
        path = self.folder / f"{first}-{last}-{themes}.csv"
        rows = "".join(f"c{n},{themes}\n" for n in range(first, last))
        path.write_text("comment_id,themes\n" + rows)
        return path

    def run(self, *words: object) -> str:
        """One command at the command line; `CoderError` where it fails."""
        result = CliRunner().invoke(app, [str(word) for word in words])
        if result.exception is not None:
            raise result.exception
        return result.output

    def review(self, first: int, last: int, reviewer: str = "amira", themes: str = "police") -> str:
        return self.run(
            "review", self.project.folder, "--codebook", self.book, "--reviewer", reviewer,
            "--from", self.table(first, last, themes),
        )  # fmt: skip

    def export(self, name: str = "themes.csv") -> str:
        return self.run("export", self.project.folder, "--codebook", self.book, "--to", self.folder / name)  # fmt: skip

    def check(self, *words: object) -> str:
        return self.run("check", self.project.folder, "--codebook", self.book, *words)

    def faults(self) -> str:
        """All that a check finds wrong, as it is shown at the command line."""
        with pytest.raises(CoderError):
            self.check()
        faults = "\n".join(self.outcome().faults)
        assert WORDING not in faults
        return for_command_line(faults)

    def outcome(self) -> CheckOutcome:
        return check(self.project, self.book)

    def ids(self) -> list[str]:
        return [decision.id for decision in read_decisions(self.book).decisions]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """150 comments decided by Amira in two tables, 40 by Bo; exported."""
    consultation = Consultation(tmp_path_factory.mktemp("made"))
    consultation.make()
    consultation.review(0, 100)
    shutil.copy(consultation.log(), consultation.folder / "older.jsonl")
    consultation.review(100, 150)
    consultation.review(0, 40, "bo", "roads")
    consultation.export()
    return consultation.folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Consultation:
    shutil.copytree(made, tmp_path / "here")
    return Consultation(tmp_path / "here")


def cut(path: Path, lines: int) -> None:
    """Take the last lines off."""
    kept = path.read_bytes().splitlines(keepends=True)[:-lines]
    path.write_bytes(b"".join(kept))


def stored_bodies(path: Path) -> list[Body]:
    return [json.loads(line)["decision"] for line in path.read_bytes().splitlines()]


def replaced(place: Consultation) -> list[str]:
    return sorted(path.name for path in (place.decisions / REPLACED_FOLDER).glob("*/*.jsonl"))


# ---------------------------------------------------------------- witnessed


def test_every_record_and_export_names_the_decisions(place: Consultation) -> None:
    place.export("themes.json")
    records = sorted((place.project.folder / "runs").glob("*.json"))
    assert [path.stem[5:] for path in records] == ["review", "review", "review", "export", "export"]
    last = json.loads(records[-1].read_text())["decisions"]
    assert last["codebook"] == "book.yaml"
    assert last["path"] == "../book.yaml"
    heads = {}
    for name in ("amira", "bo"):
        lines = place.log(name).read_bytes().splitlines()
        heads[f"{name}.jsonl"] = {"count": len(lines), "head": json.loads(lines[-1])["hash"]}
    assert last["files"] == heads
    assert last["states"] == [read_codebook(place.book).fingerprint]
    exported = json.loads((place.folder / "themes.json").read_text())["facts"]["decisions"]
    assert exported["files"] == heads
    assert exported["states"] == last["states"]
    notes = (place.folder / "themes.notes.txt").read_text()
    head = heads["amira.jsonl"]["head"]
    assert f"Decision file amira.jsonl: 150 decisions, the last with the hash {head}." in notes


def test_files_that_grow_are_in_order(place: Consultation) -> None:
    assert "Everything is in order" in place.check()
    place.review(150, 160)
    place.review(40, 50, "bo", "roads")
    assert "Everything is in order" in place.check()


def test_the_last_50_of_150_lines_cut_off(place: Consultation) -> None:
    cut(place.log(), 50)
    faults = place.faults()
    assert "amira.jsonl: 50 of 150 decisions are missing, the file has 100" in faults
    assert "first recorded by 0002-review.json of 20" in faults
    assert "last by 0004-export.json" in faults
    assert f"coder check {place.project.folder} --codebook {place.book} --repair" in faults


def test_exports_tell_what_is_missing_until_a_repair_recorded_it(
    place: Consultation,
) -> None:
    told = "amira.jsonl: 50 of 150 decisions are missing"
    assert tell_lost_decisions(place.project, place.book) == ()
    cut(place.log(), 50)
    assert told in " ".join(place.export("short.csv").split())
    (lost,) = tell_lost_decisions(place.project, place.book)
    assert told in lost
    assert WORDING not in lost
    place.check("--repair")
    assert tell_lost_decisions(place.project, place.book) == ()


def test_exports_tell_of_all_decisions_where_their_folder_is_gone(place: Consultation) -> None:
    shutil.rmtree(place.decisions)
    lost = "\n".join(tell_lost_decisions(place.project, place.book))
    assert "amira.jsonl is gone, with 150 decisions" in lost
    assert "bo.jsonl is gone, with 40 decisions" in lost


def test_a_file_deleted(place: Consultation) -> None:
    place.log("bo").unlink()
    assert "bo.jsonl is gone, with 40 decisions (first recorded by 0003-review" in place.faults()


def test_all_decisions_deleted(place: Consultation) -> None:
    shutil.rmtree(place.decisions)
    faults = place.faults()
    assert "amira.jsonl is gone, with 150 decisions" in faults
    assert "bo.jsonl is gone" in faults
    assert "states/" in faults


def test_codebook_and_decisions_deleted(place: Consultation) -> None:
    shutil.rmtree(place.decisions)
    place.book.unlink()
    outcome = check(place.project)
    assert "book.yaml is not where it was, and 2 files of decisions with it" in outcome.faults[0]


def test_an_older_copy_put_back(place: Consultation) -> None:
    shutil.copy(place.folder / "older.jsonl", place.log())
    assert "50 of 150 decisions are missing" in place.faults()


def test_an_older_copy_put_back_and_worked_on(place: Consultation) -> None:
    """As many lines as before and more, and not those that were exported."""
    shutil.copy(place.folder / "older.jsonl", place.log())
    place.review(90, 160, themes="roads")
    assert len(place.log().read_bytes().splitlines()) == 170
    faults = place.faults()
    assert "amira.jsonl: decision 150 is not the one that was recorded" in faults
    assert "0001-review" not in faults


def test_a_line_edited_and_the_chain_made_anew(place: Consultation) -> None:
    bodies = stored_bodies(place.log())
    bodies[20]["themes"] = {"roads": []}
    place.log().write_bytes(encode_lines(chain_lines(bodies)))
    assert read_decisions(place.book)
    assert "decision 150 is not the one that was recorded" in place.faults()


def test_a_state_or_a_draw_deleted(place: Consultation) -> None:
    draw = Draw(
        project="answers",
        kind="order",
        seed=7,
        comment_ids=("c1", "c2"),
        frame=COMMENTS,
        frame_fingerprint="f",
    )
    path = place.decisions / "draws" / f"{store_draw(place.decisions, draw).id}.json"
    place.export()
    assert "Everything is in order" in place.check()
    path.write_text(path.read_text().replace("c2", "c3"))
    assert f"draws: {path}: is damaged (it was changed after it was written)" in place.faults()
    path.unlink()
    (state,) = (place.decisions / "states").iterdir()
    state.unlink()
    faults = place.faults()
    assert f"states/{state.name} is gone (first recorded by 0001-review" in faults
    assert f"draws/{path.name} is gone (first recorded by 0005-export" in faults


@pytest.mark.parametrize("name", ["themes.json", "pack.zip"])
def test_an_export_is_a_witness_where_the_run_records_are_gone(
    place: Consultation, name: str
) -> None:
    place.export(name)
    shutil.rmtree(place.project.folder / "runs")
    assert "Everything is in order" in place.check()
    cut(place.log(), 50)
    assert f"first recorded by {name}" in place.faults()


def test_an_export_of_another_project_says_nothing_here(place: Consultation) -> None:
    place.export("themes.json")
    shutil.rmtree(place.project.folder / "runs")
    cut(place.log(), 50)
    path = place.folder / "themes.json"
    path.write_text(path.read_text().replace('"project": "answers"', '"project": "other"'))
    assert "Everything is in order" in place.check()


def test_records_of_earlier_versions_and_decisions_of_other_projects_are_no_fault(
    place: Consultation,
) -> None:
    for path in (place.project.folder / "runs").glob("*.json"):
        record = json.loads(path.read_text())
        del record["decisions"], record[SEAL]
        path.write_text(json.dumps(record))
    foreign = json.loads(place.log().read_bytes().splitlines()[0])["decision"]
    foreign |= {"id": "f" * 32, "project": "another", "comment_id": "x"}
    DecisionLog(place.book, "amira").append([Decision.model_validate(foreign)])
    shown = place.check()
    assert "Everything is in order" in shown
    assert "4 of earlier versions name no" in " ".join(shown.split())


def test_a_project_and_codebook_that_moved_together(place: Consultation, tmp_path: Path) -> None:
    moved = Consultation(tmp_path / "there")
    shutil.move(place.folder, moved.folder)
    assert "Everything is in order" in moved.check()
    cut(moved.log(), 50)
    assert "50 of 150" in moved.faults()


def test_a_codebook_renamed_with_its_decisions(place: Consultation) -> None:
    book = place.folder / "second.yaml"
    place.decisions.rename(decisions_folder(book))
    place.book.rename(book)
    place.book = book
    assert "Everything is in order" in place.check()
    cut(place.log(), 50)
    assert "50 of 150" in place.faults()


def test_two_codebooks_of_one_name_are_told_apart(place: Consultation) -> None:
    """A trial copy elsewhere, whose decisions went another way."""
    trial = Consultation(place.folder / "trial")
    trial.folder.mkdir()
    trial.project = place.project
    shutil.copy(place.book, trial.book)
    shutil.copytree(place.decisions, trial.decisions)
    trial.review(100, 110, themes="roads")
    place.review(100, 120, themes="roads")
    trial.export("themes.json")
    assert "Everything is in order" in place.check()
    assert "Everything is in order" in trial.check()
    cut(trial.log(), 5)
    assert "5 of 160 decisions are missing" in place.faults()


def test_two_people_who_finish_at_once_leave_two_records(place: Consultation) -> None:
    program = (
        "from pathlib import Path; from coder.project import Project\n"
        f"for n in range(20): Project(Path({str(place.project.folder)!r})).record_run('review', {{}})"
    )
    both = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    records = list((place.project.folder / "runs").glob("*.json"))
    assert len(records) == 44


# ---------------------------------------------------------------- copies

NAMES_OF_COPIES = (
    "amira (conflicted copy 2026-01-02).jsonl",  # Dropbox, Nextcloud
    "amira (1).jsonl",  # Google Drive, browsers
    "amira-DESKTOP-1.jsonl",  # OneDrive
    "amira.sync-conflict-20260102-101112-ABCDEF7.jsonl",  # Syncthing
    "amira_conf(1).jsonl",
    "amira - Copy.jsonl",
    "Copy of amira.jsonl",
    "zoe.jsonl",
)


def make_conflict(place: Consultation, name: str = "amira (1).jsonl") -> list[str]:
    """Two machines go on from the first 100 decisions; the ids of all decisions."""
    newer = place.log().read_bytes()
    shutil.copy(place.folder / "older.jsonl", place.log())
    place.review(60, 80, themes="roads")
    shutil.move(place.log(), place.decisions / name)
    place.log().write_bytes(newer)
    every = stored_bodies(place.log()) + stored_bodies(place.decisions / name)
    return sorted({body["id"] for body in every})


@pytest.mark.parametrize("name", NAMES_OF_COPIES)
def test_a_conflict_copy_stops_what_reads_decisions(place: Consultation, name: str) -> None:
    make_conflict(place, name)
    for command in (place.export, lambda: place.review(0, 1), lambda: place.review(0, 1, "bo")):
        with pytest.raises(CoderError, match=r"belong in amira\.jsonl") as stopped:
            command()
        assert name in stopped.value.problem
        advice = for_command_line(stopped.value.fix)
        assert f"--codebook {place.book} --repair" in advice
        assert "repair=True)" in str(stopped.value)
        assert WORDING not in str(stopped.value)
    assert f"decisions {name}: holds decisions of amira" in place.faults()


@pytest.mark.parametrize("words", [("apply",), ("agree",), ("review", "--status")])
def test_the_other_commands_stop_too(place: Consultation, words: tuple[str, ...]) -> None:
    make_conflict(place)
    with pytest.raises(CoderError, match=r"belong in amira\.jsonl"):
        place.run(words[0], place.project.folder, "--codebook", place.book, *words[1:])


def test_people_whose_names_look_alike_are_no_copies(place: Consultation) -> None:
    for name in ("sam", "sam 1", "sam-DESKTOP-1", "sam - Copy", "sam.conflict"):
        place.review(0, 5, name)
    place.export()
    assert "Everything is in order" in place.check()


def test_notes_of_other_systems_are_not_read(place: Consultation) -> None:
    (place.decisions / "._amira.jsonl").write_bytes(b"\x00\x05\x16\x07")
    assert "Everything is in order" in place.check()


def test_a_copy_of_the_codebook_is_noted(place: Consultation) -> None:
    name = "book (conflicted copy 2026-01-02).yaml"
    shutil.copy(place.book, place.folder / name)
    shutil.copy(place.book, place.folder / "book-v2.yaml")
    for shown in (place.check(), place.export()):
        flat = " ".join(shown.split())
        assert f"{name} looks like a copy" in flat
        assert "book-v2" not in flat


# ---------------------------------------------------------------- repaired


@pytest.mark.parametrize("name", NAMES_OF_COPIES)
def test_a_conflict_copy_is_merged(place: Consultation, name: str) -> None:
    ids = make_conflict(place, name)
    shared = (place.folder / "older.jsonl").read_bytes()
    shown = " ".join(place.check("--repair").split())
    assert "Everything is in order" in shown
    assert "amira.jsonl now holds 170 decisions, those of" in shown
    assert sorted(decision.id for decision in read_decisions(place.book).decisions if decision.reviewer == "amira") == ids  # fmt: skip
    assert place.log().read_bytes().startswith(shared)
    assert replaced(place) == sorted(["amira.jsonl", name])
    assert not (place.decisions / name).exists()
    place.export()
    assert "Everything is in order" in place.check()


def test_the_later_decision_counts_after_a_merge(place: Consultation) -> None:
    """The table of the other machine came later: 60 to 79 are about roads, whoever is read first."""
    make_conflict(place, "amira - Copy.jsonl")
    place.check("--repair")
    last = {}
    for decision in drop_undone(read_decisions(place.book).decisions):
        if decision.reviewer == "amira":
            last[decision.comment_id] = tuple(decision.themes)
    assert last["c59"] == ("police",)
    assert {last[f"c{n}"] for n in range(60, 80)} == {("roads",)}


def test_a_repair_is_recorded_and_a_second_finds_nothing(place: Consultation) -> None:
    make_conflict(place)
    place.check("--repair")
    (record,) = (place.decisions / REPLACED_FOLDER).glob("*/repair.json")
    (file,) = json.loads(record.read_text())["files"]
    assert (file["file"], file["count"], file["made_of"]) == (
        "amira.jsonl", 170, ["amira (1).jsonl", "amira.jsonl"],
    )  # fmt: skip
    runs = sorted((place.project.folder / "runs").glob("*-repair.json"))
    assert json.loads(runs[0].read_text())["decisions"]["files"]["amira.jsonl"]["count"] == 170
    before = contents_of(place.decisions)
    assert "No decision file needs a repair" in place.check("--repair")
    assert contents_of(place.decisions) == before
    assert len(list((place.project.folder / "runs").glob("*-repair.json"))) == 1


def test_a_file_that_is_fine_is_not_touched(place: Consultation) -> None:
    make_conflict(place)
    bo = place.log("bo")
    before = bo.read_bytes(), bo.stat().st_mtime_ns, bo.stat().st_ino
    place.check("--repair")
    assert (bo.read_bytes(), bo.stat().st_mtime_ns, bo.stat().st_ino) == before


def test_an_interrupted_repair_is_told_and_finished(place: Consultation) -> None:
    make_conflict(place)
    place.check("--repair")
    (record,) = (place.decisions / REPLACED_FOLDER).glob("*/repair.json")
    record.rename(record.with_name("unfinished.json"))
    assert f"the repair {record.parent.name} was interrupted. Finish it: coder check" in place.faults()  # fmt: skip
    assert "had been interrupted" in place.check("--repair")
    assert record.is_file()
    assert "Everything is in order" in place.check()


def test_a_loss_after_a_repair_is_found(place: Consultation) -> None:
    make_conflict(place)
    place.check("--repair")
    cut(place.log(), 1)
    assert "amira.jsonl: 1 of 170 decisions is missing" in place.faults()


def test_the_file_of_before_the_repair_put_back_is_found(place: Consultation) -> None:
    make_conflict(place)
    before = place.log().read_bytes()
    place.check("--repair")
    place.log().write_bytes(before)
    assert "20 of 170 decisions are missing" in place.faults()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda p: cut(p.log(), 50), "amira.jsonl: 50 of 150 decisions are missing"),
        (lambda p: p.log("bo").unlink(), "bo.jsonl is gone, with 40 decisions"),
        (lambda p: shutil.copy(p.folder / "older.jsonl", p.log()), "50 of 150 decisions"),
        (lambda p: shutil.rmtree(p.decisions), "amira.jsonl is gone, with 150 decisions"),
    ],
)
def test_what_cannot_be_brought_back_is_recorded_as_lost_and_goes_on_being_told(
    place: Consultation, damage: Callable[[Consultation], object], told: str
) -> None:
    whole = contents_of(place.decisions)
    damage(place)
    left = contents_of(place.decisions)
    shown = " ".join(place.check("--repair").split())
    assert told in shown
    assert "This is recorded as lost" in shown
    kept = contents_of(place.decisions)
    assert {name: kept[name] for name in left} == left
    again = place.check()
    assert "Everything is in order" in again
    assert "A repair recorded this as lost" in " ".join(again.split())
    if place.log().is_file():
        place.export()
    assert not place.outcome().faults
    for name, data in whole.items():  # a backup turns up
        (place.decisions / name).parent.mkdir(mode=0o700, exist_ok=True)
        (place.decisions / name).write_bytes(data)
        (place.decisions / name).chmod(0o600)
    assert "with a note" not in place.check()


@pytest.mark.parametrize(
    "damage",
    [
        lambda p: cut(p.log(), 50),
        lambda p: p.log().unlink(),
        lambda p: shutil.rmtree(p.decisions),
    ],
)
def test_what_an_audit_pack_holds_is_brought_back(
    place: Consultation, damage: Callable[[Consultation], object]
) -> None:
    whole = contents_of(place.decisions)
    place.export("pack.zip")
    damage(place)
    shown = " ".join(place.check("--repair").split())
    assert "amira.jsonl now holds 150 decisions, those of pack.zip/amira.jsonl among them" in shown
    left = contents_of(place.decisions)
    assert {name: left[name] for name in whole} == whole
    again = place.check()
    assert "Everything is in order" in again
    assert "lost" not in again


def test_a_pack_brings_back_what_an_older_copy_with_new_work_lacks(place: Consultation) -> None:
    place.export("pack.zip")
    shutil.copy(place.folder / "older.jsonl", place.log())
    place.review(90, 160, themes="roads")
    place.check("--repair")
    assert len(place.log().read_bytes().splitlines()) == 100 + 70 + 50
    assert "with a note" not in place.check()


def test_what_a_repair_replaced_brings_back_what_is_deleted_later(place: Consultation) -> None:
    ids = make_conflict(place)
    place.check("--repair")
    place.log().unlink()
    place.check("--repair")
    assert sorted(body["id"] for body in stored_bodies(place.log())) == ids


def test_the_missing_end_found_again_beside_the_file(place: Consultation) -> None:
    """The older copy was worked on; then the newer one turns up, and is put beside it."""
    newer = place.log().read_bytes()
    shutil.copy(place.folder / "older.jsonl", place.log())
    place.review(90, 160, themes="roads")
    (place.decisions / "from backup.jsonl").write_bytes(newer)
    place.check("--repair")
    assert len(read_decisions(place.book).decisions) == 100 + 70 + 50 + 40
    assert "Everything is in order" in place.check()


def test_a_damaged_line_is_left_out_and_the_rest_is_kept(place: Consultation) -> None:
    lines = place.log().read_bytes().splitlines(keepends=True)
    lines[74] = lines[74].replace(b'"police"', b'"roads"', 1)
    place.log().write_bytes(b"".join(lines))
    with pytest.raises(
        CoderError, match=r"amira\.jsonl:75: .*changed after it was written"
    ) as stop:
        place.export()
    assert "--repair" in for_command_line(stop.value.fix)
    shown = " ".join(place.check("--repair").split())
    assert "amira.jsonl was written anew with 149 decisions" in shown
    assert "1 damaged line could not be kept whole" in shown
    kept = [body["id"] for body in stored_bodies(place.log())]
    assert kept == [json.loads(line)["decision"]["id"] for line in lines[:74] + lines[75:]]
    assert "Everything is in order" in place.check()


def test_one_of_two_projects_repairs_and_the_other_is_content(
    place: Consultation, tmp_path: Path
) -> None:
    other = Project(place.folder / "other.coding")
    shutil.copytree(place.project.folder, other.folder)
    make_conflict(place)
    place.check("--repair")
    assert not check(other, place.book).faults


def test_damage_that_a_hash_elsewhere_vouches_for_costs_nothing(place: Consultation) -> None:
    """The hash of a line is also in the next line; so is it when the newline between is gone."""
    lines = place.log().read_bytes().splitlines(keepends=True)
    lines[10] = lines[10][:-20] + b"0000000000000000" + lines[10][-4:]
    lines[20] = lines[20][:-1]
    whole = [body["id"] for body in stored_bodies(place.log())]
    place.log().write_bytes(b"".join(lines))
    place.check("--repair")
    assert [body["id"] for body in stored_bodies(place.log())] == whole


def test_a_copy_without_one_whole_decision_is_moved_away(place: Consultation) -> None:
    (place.decisions / "amira (1).jsonl").write_bytes(b"\x00" * 4000 + b"\n")
    with pytest.raises(CoderError, match="changed after it was written"):
        place.export()
    assert "holds no whole decision and was moved away" in " ".join(place.check("--repair").split())
    assert len(read_decisions(place.book).decisions) == 190


def test_a_pack_is_not_repaired(place: Consultation) -> None:
    place.export("pack.zip")
    with pytest.raises(CoderError, match="never changed"):
        place.run("check", place.folder / "pack.zip", "--repair")
    place.run("check", place.folder / "pack.zip")


def test_permissions_are_kept(place: Consultation) -> None:
    make_conflict(place)
    place.decisions.chmod(0o700)
    for path in place.decisions.glob("*.jsonl"):
        path.chmod(0o600)
    place.check("--repair")
    for path in (place.decisions / REPLACED_FOLDER).rglob("*"):
        expected = 0o700 if path.is_dir() else 0o600
        if path.suffix != ".json":
            assert path.stat().st_mode & 0o777 == expected
    assert place.log().stat().st_mode & 0o777 == 0o600


def contents_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


# ---------------------------------------------------------------- any damage, any moment


def decision(number: int, reviewer: str = "amira", **more: object) -> Decision:
    text = f"text {number}"
    fields: dict[str, object] = {
        "project": "p",
        "comment_id": str(number),
        "text": text,
        "text_hash": text_hash(text),
        "scope": ("police", "roads"),
        "themes": {"police": ()},
        "mode": "blind",
        "chosen": "random",
        "reviewer": reviewer,
        "decided_at": (BEGIN + timedelta(minutes=number)).isoformat(),
        "codebook_version": "1",
        "codebook_fingerprint": "f",
    } | more
    return Decision.model_validate(fields)


def write_log(path: Path, decisions: Iterable[Decision]) -> None:
    bodies = [each.model_dump(mode="json") for each in decisions]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_lines(chain_lines(bodies)))


def merged(book: Path) -> list[Decision]:
    """The decisions after a repair; every file is then valid."""
    repair_folder(decisions_folder(book))
    return list(read_decisions(book).decisions)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.yaml"
    path.write_text(BOOK)
    decisions_folder(path).mkdir()
    return path


def test_undo_and_adjudication_survive_a_merge(book: Path) -> None:
    """Undo of an undo on one machine, a settlement on the other."""
    folder = decisions_folder(book)
    first, second = decision(1), decision(2)
    undo = decision(1, undoes=first.id, scope=(), themes={}, decided_at=first.decided_at)
    again = decision(1, undoes=undo.id, scope=(), themes={}, decided_at=first.decided_at)
    settled = decision(3, adjudicates=(first.id, second.id), decided_at="2026-01-01T00:00:30+00:00")
    write_log(folder / "amira.jsonl", [first, second, undo, again])
    write_log(folder / "amira (1).jsonl", [first, settled])
    decisions = merged(book)
    assert {each.id for each in decisions} == {first.id, second.id, undo.id, again.id, settled.id}
    assert {each.id for each in drop_undone(decisions)} == {first.id, second.id, settled.id}
    (kept,) = [each for each in decisions if each.adjudicates]
    assert kept == settled


def test_each_version_keeps_its_order_whatever_the_clock_said(book: Path) -> None:
    """A table with dates of last year was taken in after the screen: it counts as the later."""
    folder = decisions_folder(book)
    screen = decision(1)
    from_table = decision(1, themes={"roads": ()}, decided_at="2025-01-01T00:00:00+00:00")
    write_log(folder / "amira.jsonl", [screen, from_table])
    write_log(folder / "amira (1).jsonl", [screen, decision(5)])
    order = [each.id for each in merged(book) if each.comment_id == "1"]
    assert order == [screen.id, from_table.id]


def test_two_contents_of_one_decision_are_both_kept(place: Consultation) -> None:
    """An undo of it takes back both; check goes on telling."""
    bodies = stored_bodies(place.log())
    bodies[20] = {**bodies[20], "themes": {"roads": []}}
    other = place.decisions / "amira (1).jsonl"
    other.write_bytes(encode_lines(chain_lines(bodies)))
    shown = " ".join(place.check("--repair").split())
    assert "1 decision had two different contents. Both are kept" in shown
    both = [each for each in read_decisions(place.book).decisions if each.id == bodies[20]["id"]]
    assert sorted(tuple(each.themes) for each in both) == [("police",), ("roads",)]
    again = " ".join(place.check().split())
    assert "Everything is in order" in again
    assert (
        "with two contents and kept both; the later one counts. Look at these comments again: c20"
        in again
    )
    back = both[0].model_copy(update={"id": "b" * 32, "undoes": both[0].id})
    DecisionLog(place.book, "amira").append([back])
    assert both[0].id not in {each.id for each in drop_undone(read_decisions(place.book).decisions)}


def test_which_copy_is_read_first_makes_no_difference(book: Path) -> None:
    folder = decisions_folder(book)
    shared = [decision(n) for n in range(5)]
    versions = [[*shared, decision(10), decision(12)], [*shared, decision(11)]]
    results = []
    for one, two in (versions, versions[::-1]):
        write_log(folder / "amira.jsonl", one)
        write_log(folder / "amira (1).jsonl", two)
        results.append([each.id for each in merged(book)])
    assert results[0] == results[1]
    assert [each.comment_id for each in merged(book)] == ["0", "1", "2", "3", "4", "10", "11", "12"]


def test_a_file_under_another_name_to_which_its_new_owner_added(book: Path) -> None:
    """Copied by hand for another reviewer: each gets their own decisions."""
    folder = decisions_folder(book)
    amira = [decision(n) for n in range(4)]
    write_log(folder / "amira.jsonl", amira)
    write_log(folder / "zoe.jsonl", [*amira[:3], decision(7, "zoe")])
    decisions = merged(book)
    assert sorted(path.name for path in folder.glob("*.jsonl")) == ["amira.jsonl", "zoe.jsonl"]
    assert [each.reviewer for each in decisions] == ["amira"] * 4 + ["zoe"]


def test_names_typed_with_accents_apart_are_one_reviewer(book: Path) -> None:
    folder = decisions_folder(book)
    write_log(folder / "Zoe\u0308.jsonl", [decision(1, "Zo\u00eb")])
    assert len(read_decisions(book).decisions) == 1
    write_log(folder / "Zo\u00eb.jsonl", [decision(2, "Zo\u00eb")])
    with pytest.raises(CoderError, match="which belong in"):
        read_decisions(book)
    assert len(merged(book)) == 2


Steps = list[tuple[object, ...]]

DAMAGE = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), st.floats(0, 1)),
        st.tuples(st.just("hole"), st.floats(0, 1), st.integers(1, 900)),
        st.tuples(st.just("byte"), st.floats(0, 1), st.integers(0, 255)),
        st.tuples(st.just("swap"), st.floats(0, 1), st.floats(0, 1)),
        st.tuples(st.just("drop"), st.floats(0, 1)),
        st.tuples(st.just("fork"), st.floats(0, 1), st.integers(1, 4)),
        st.tuples(st.just("ends")),
    ),
    min_size=1,
    max_size=4,
)


def do_damage(folder: Path, steps: Steps) -> None:
    """What happens to files: each step to Amira's, in turn."""
    path = folder / "amira.jsonl"
    for number, (kind, *where) in enumerate(steps):
        data = path.read_bytes()
        lines = data.splitlines(keepends=True)
        at = int(float(where[0]) * len(data)) if where else 0
        line = min(int(float(where[0]) * len(lines)), len(lines) - 1) if where else 0
        if kind == "cut":
            data = data[:at]
        elif kind == "hole":
            data = data[:at] + data[at + int(where[1]) :]
        elif kind == "byte":
            data = data[:at] + bytes([int(where[1])]) + data[at + 1 :]
        elif kind == "ends":
            data = data.replace(b"\n", b"\r\n")
        elif kind == "fork":
            (folder / f"amira ({number}).jsonl").write_bytes(data)
            more = [
                decision(100 * number + n, project="another") for n in range(1, 1 + int(where[1]))
            ]
            head = stated_hash(split_torn(data)[0].splitlines()[-1]) if b"\n" in data else NO_LINE
            bodies = [each.model_dump(mode="json") for each in more]
            data = split_torn(data)[0] + encode_lines(chain_lines(bodies, head))
        elif lines and kind == "swap":
            other = min(int(float(where[1]) * len(lines)), len(lines) - 1)
            lines[line], lines[other] = lines[other], lines[line]
            data = b"".join(lines)
        elif lines and kind == "drop":
            data = b"".join(lines[:line] + lines[line + 1 :])
        path.write_bytes(data)


@given(DAMAGE)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_damage_makes_a_repair_lose_a_whole_decision(book: Path, steps: Steps) -> None:
    folder = decisions_folder(book)
    shutil.rmtree(folder)
    folder.mkdir()
    write_log(folder / "amira.jsonl", [decision(n) for n in range(12)])
    write_log(folder / "bo.jsonl", [decision(n, "bo") for n in range(3)])
    do_damage(folder, steps)
    before = untouched_ids(folder)
    after = {each.id for each in merged(book)}
    assert before <= after
    kept = contents_of(folder)
    assert repair_folder(folder)[1] is None
    assert contents_of(folder) == kept


@given(DAMAGE)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_check_is_content_after_any_repair(made: Path, tmp_path: Path, steps: Steps) -> None:
    """Told or not that something was lost."""
    shutil.rmtree(tmp_path / "here", ignore_errors=True)
    shutil.copytree(made, tmp_path / "here")
    place = Consultation(tmp_path / "here")
    do_damage(place.decisions, steps)
    before = untouched_ids(place.decisions)
    outcome = check(place.project, place.book, repair=True)
    assert not outcome.faults
    assert before <= {each.id for each in read_decisions(place.book).decisions}
    assert WORDING not in "".join(outcome.repair.sentences())
    again = check(place.project, place.book, repair=True)
    assert again.repair.kept_in is None
    assert not again.faults


def untouched_ids(folder: Path) -> set[str]:
    """Ids of the lines that stand whole in any file."""
    ids = set()
    for path in folder.glob("*.jsonl"):
        for line in path.read_bytes().splitlines():
            if is_line(line):
                ids.add(json.loads(line)["decision"]["id"])
    return ids


def is_line(line: bytes) -> bool:
    from coder.decisions.chain import hash_line, parse_line

    try:
        parsed = parse_line(line)
        Decision.model_validate(parsed.body)
    except (ValueError, KeyError, TypeError):
        return False
    return parsed.hash == hash_line(parsed.before, parsed.body)


KILLED = """
import os, signal, sys
from pathlib import Path
from coder.decisions.repair import finish_interrupted, repair_folder

left = int(sys.argv[2])

def count(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "os.mkdir", "os.chmod", "shutil.copyfile", "open"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[1])
finish_interrupted(folder)
sys.addaudithook(count)
repair_folder(folder)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_a_repair_killed_at_any_step_leaves_old_or_new_and_is_finished_by_the_next(
    book: Path, tmp_path: Path
) -> None:
    """Killed at every change to the disk in turn: nothing is lost, and the next repair ends it."""
    folder = decisions_folder(book)
    shared = [decision(n) for n in range(5)]
    zoe = [decision(n, "zoe") for n in range(6)]
    write_log(folder / "amira.jsonl", [*shared, decision(10), decision(12)])
    write_log(folder / "amira (1).jsonl", [*shared, decision(11)])
    write_log(folder / "zoe.jsonl", zoe)
    lines = (folder / "zoe.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "zoe.jsonl").write_bytes(b"".join(lines[:3] + lines[4:]))
    expected = {each.id for each in (*zoe, *shared)} - {zoe[3].id}
    untouched = contents_of(folder)
    kills = 0
    for step in range(1, 200, 5):
        shutil.rmtree(folder)
        for name, data in untouched.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(step)])
        for name in ("amira.jsonl", "zoe.jsonl"):
            data = (folder / name).read_bytes()
            assert data == untouched[name] or is_valid(data)
        decisions = merged_again(book)
        assert expected <= {each.id for each in decisions}
        assert len(decisions) == 8 + 5
        kept = {path.read_bytes() for path in (folder / REPLACED_FOLDER).glob("*/*.jsonl")}
        assert {*untouched.values()} <= kept
        if done.returncode == 0:
            break
        kills += 1
    assert done.returncode == 0
    assert kills > 5


def is_valid(data: bytes) -> bool:
    bodies = [json.loads(line)["decision"] for line in data.splitlines()]
    return encode_lines(chain_lines(bodies)) == data


def merged_again(book: Path) -> list[Decision]:
    from coder.decisions.repair import UNFINISHED, finish_interrupted

    folder = decisions_folder(book)
    finish_interrupted(folder)
    decisions = merged(book)
    assert not list(folder.rglob(UNFINISHED))
    return decisions


def test_a_check_of_100_000_decisions_is_quick(place: Consultation) -> None:
    """History of ten records; the chains themselves are checked apart, in time with the file."""
    from coder.workflow.checks.history import check_history
    from coder.workflow.checks.result import ProjectContents

    lines = place.log().read_bytes().splitlines(keepends=True)
    place.log().write_bytes(b"".join(lines * 667)[:-1])
    for _ in range(10):
        place.project.record_run("review", {}, place.book)
    contents = ProjectContents(place.project, place.project.settings(), codebook_path=place.book)
    began = time.process_time()
    check_history(contents)
    assert time.process_time() - began < 3
