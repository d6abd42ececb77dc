"""Decisions of several machines come together: once each, whatever the files are called."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from coder.decisions import Decision, decisions_folder, read_decisions, read_log
from coder.errors import CoderError
from coder.workflow.assign import assign
from coder.workflow.take import TakeOutcome, take
from review_desk import Desk
from review_helpers import plain_texts


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "here", plain_texts(12))


@pytest.fixture
def there(here: Desk, tmp_path: Path) -> Desk:
    return here.copy(tmp_path / "there")


def decide(desk: Desk, reviewer: str, number: int, **mode: object) -> None:
    opened = desk.open(reviewer, **mode)
    for _ in range(number):
        opened.session.save()
    opened.writer.close()


def fetch(desk: Desk, source: Path) -> TakeOutcome:
    return take(desk.project, desk.path, source)


def folder(desk: Desk) -> Path:
    return decisions_folder(desk.path)


def ids(desk: Desk) -> list[str]:
    return sorted(d.id for d in read_decisions(desk.path).decisions)


def standing(desk: Desk) -> list[Decision]:
    return desk.read()


def test_two_machines_come_together_and_nothing_is_taken_twice(here: Desk, there: Desk) -> None:
    decide(here, "amira", 3)
    decide(there, "ben", 4, sample=6)
    first = fetch(here, folder(there))
    assert first.taken.reviewers == {"ben": 4}
    assert first.taken.documents == {"draws": 1, "states": 1} or first.taken.documents == {
        "draws": 1
    }
    again = fetch(here, folder(there))
    assert (again.taken.new, again.taken.already, again.taken.documents) == (0, 4, {})
    fetch(there, folder(here))
    assert ids(here) == ids(there)
    before = (folder(here) / "ben.jsonl").read_bytes()
    assert before == (folder(there) / "ben.jsonl").read_bytes()


def test_one_reviewer_at_two_machines_in_turn(here: Desk, there: Desk) -> None:
    decide(here, "amira", 2)
    time.sleep(0.002)
    decide(there, "amira", 3)
    opened = there.open("amira")
    opened.session.go_to(there.read()[0].comment_id)
    opened.session.take_back()
    opened.writer.close()
    time.sleep(0.002)
    decide(here, "amira", 1)
    own = [d.id for d in read_log(folder(here) / "amira.jsonl").decisions]
    copy = here.folder.parent / "shared"
    copy.mkdir()
    for name in ("amira (conflicted copy 2026-01-02).jsonl", "amira-DESKTOP-1.jsonl"):
        shutil.copy(folder(there) / "amira.jsonl", copy / name)
    outcome = fetch(here, copy)
    assert outcome.taken.reviewers == {"amira": 4}
    merged = read_log(folder(here) / "amira.jsonl").decisions
    assert sorted(d.id for d in merged) == sorted({*own, *ids(there)})
    assert [d.decided_at for d in merged] == sorted(d.decided_at for d in merged)
    assert outcome.taken.replaced is not None
    assert fetch(here, copy).taken.new == 0


def test_a_file_a_zip_and_the_folder_of_several_will_do(
    here: Desk, there: Desk, tmp_path: Path
) -> None:
    decide(there, "ben", 2)
    decide(there, "carla", 1)
    archive = tmp_path / "ben.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(folder(there) / "ben.jsonl", "plan.decisions/ben.jsonl")
        file.writestr("__MACOSX/plan.decisions/._ben.jsonl", "\0")
        file.writestr("plan.decisions/.hidden.jsonl", "x")
    assert fetch(here, archive).taken.reviewers == {"ben": 2}
    assert fetch(here, folder(there) / "carla.jsonl").taken.reviewers == {"carla": 1}
    other = here.copy(tmp_path / "shared" / "third")
    for path in folder(other).glob("*.jsonl"):
        path.unlink()
    shutil.copytree(there.folder, tmp_path / "shared" / "ben's computer")
    (tmp_path / "shared" / "comments.jsonl").write_text('{"text": "not a decision"}\n')
    outcome = fetch(other, tmp_path / "shared")
    assert outcome.taken.reviewers == {"ben": 2, "carla": 1}
    assert "comments.jsonl" in outcome.taken.notes[0]


def test_assignments_are_taken_too(here: Desk, there: Desk) -> None:
    plan = here.folder / "week.yaml"
    plan.write_text("reviewers: [amira, ben]\ndraw: 4\n")
    assign(here.project, here.path, plan)
    assert fetch(there, folder(here)).taken.documents == {"assignments": 1, "draws": 1}
    opened = there.open("ben")
    assert "2 comments assigned to you" in opened.notes[0]
    opened.writer.close()


def test_an_edited_line_or_document_is_refused_by_name(here: Desk, there: Desk) -> None:
    decide(there, "ben", 3, sample=4)
    path = folder(there) / "ben.jsonl"
    lines = path.read_text().splitlines()
    lines[1] = lines[1].replace("assisted", "blind")
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(CoderError, match=r"ben\.jsonl:2: this line was changed"):
        fetch(here, folder(there))
    path.unlink()
    draw = next((folder(there) / "draws").iterdir())
    content = json.loads(draw.read_text())
    content["seed"] = 7
    draw.write_text(json.dumps(content))
    with pytest.raises(CoderError, match=f"{draw.name}: was changed"):
        fetch(here, folder(there))
    assert ids(here) == []
    assert not (folder(here) / "draws").exists()


def test_what_is_of_another_project_or_codebook_is_refused(
    here: Desk, there: Desk, tmp_path: Path
) -> None:
    decide(there, "ben", 1)
    settings = there.project.settings()
    there.project.write_settings(settings.model_copy(update={"name": "other"}))
    decide(there, "carla", 1)
    (folder(there) / "ben.jsonl").unlink()
    with pytest.raises(CoderError, match="holds decisions of other, and none of plan"):
        fetch(here, folder(there))
    strange = Desk(
        tmp_path / "strange", plain_texts(3), book="title: S\nthemes: [{id: x, name: X}]\n"
    )
    decide(strange, "dan", 1)
    with pytest.raises(CoderError, match="this codebook does not have"):
        fetch(here, folder(strange))
    for source in (tmp_path / "nowhere", here.path, tmp_path / "here" / "plan.coding"):
        with pytest.raises(CoderError):
            fetch(here, source)


def test_a_torn_end_there_is_left_out_and_one_here_does_no_harm(here: Desk, there: Desk) -> None:
    decide(there, "ben", 2)
    path = folder(there) / "ben.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    outcome = fetch(here, path)
    assert outcome.taken.reviewers == {"ben": 1}
    assert "torn" in outcome.taken.notes[0]


def test_whatever_ends_it_the_next_run_completes_it(here: Desk, there: Desk) -> None:
    for name in ("ben", "carla", "dan"):
        decide(there, name, 4, sample=5)
    decide(here, "ben", 2)
    wanted = sorted({*ids(here), *ids(there)})
    code = (
        "import sys; from coder.workflow.take import take; print('ready', flush=True); "
        "input(); take(*sys.argv[1:])"
    )
    words = [sys.executable, "-c", code, *map(str, (here.project.folder, here.path, folder(there)))]
    rng = random.Random(0)
    for _ in range(2):
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            process.stdout.readline()
            process.stdin.write(b"\n")
            process.stdin.flush()
            time.sleep(rng.uniform(0.05, 0.6))
            os.kill(process.pid, signal.SIGKILL)
        assert set(ids(here)) <= set(wanted)
    fetch(here, folder(there))
    assert ids(here) == wanted
