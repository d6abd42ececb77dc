"""Files that change together: all old or all new, wherever a program ends."""

import errno
import json
import os
import shutil
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from coder import commit_journal, files
from coder.commit_journal import GENERATION, JOURNAL, STAGED, read_state
from coder.errors import CoderError
from coder.files import write_text
from coder.project import Project
from coder.project_lock import HOLDER, LOCK, held, hold_project
from coder.transactions import ATTEMPTS, Transaction, read_one_generation, settle_project
from crashing import DONE, FAILED, KILLED, TOLERATED, run_until

HIDDEN = {LOCK, GENERATION}


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder but the lock and the generation."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in HIDDEN
    }


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder with a project, and a file beside that changes with it."""
    project = tmp_path / "town" / "plan"
    project.mkdir(parents=True)
    (project / "project.yaml").write_text("name: plan\n")
    (project / "labels.csv").write_text("old")
    (project / "gone.csv").write_text("old")
    for name in ("labels.parquet", "runs"):
        (project / name).mkdir()
        for part in ("1", "2"):
            (project / name / part).write_text(f"old {part}")
    (project.parent / "codebook.yaml").write_text("old")
    return project.parent


def change(town: Path) -> None:
    project = town / "plan"
    with Transaction(project) as transaction:
        write_text(transaction.stage(project / "labels.csv"), "new")
        labels = transaction.stage(project / "labels.parquet", replaces_folder=True)
        labels.mkdir()
        (labels / "1").write_text("new 1")
        write_text(transaction.stage(project / "questions" / "q1" / "ledger.csv"), "new")
        transaction.move(project / "runs", project / "questions" / "q1" / "runs")
        transaction.remove(project / "gone.csv")
        write_text(transaction.stage(town / "codebook.yaml"), "new")


def relabel(project: Path) -> None:
    with Transaction(project) as transaction:
        transaction.stage(project / "labels.csv").write_text("new")


def by_another(work: Callable[[Path], None], place: Path) -> None:
    thread = threading.Thread(target=work, args=(place,))
    thread.start()
    thread.join()


def changed(town: Path) -> dict[str, str]:
    copy = town.with_name("changed")
    shutil.copytree(town, copy)
    change(copy)
    return contents(copy)


def test_a_change_is_whole(town: Path) -> None:
    new = changed(town)
    assert new == {
        "codebook.yaml": "new",
        "plan/labels.csv": "new",
        "plan/labels.parquet/1": "new 1",
        "plan/project.yaml": "name: plan\n",
        "plan/questions/q1/ledger.csv": "new",
        "plan/questions/q1/runs/1": "old 1",
        "plan/questions/q1/runs/2": "old 2",
    }
    assert read_state(town.with_name("changed") / "plan").generation == 1


def test_wherever_it_is_killed_all_is_old_or_all_is_new(town: Path) -> None:
    old, new = contents(town), changed(town)
    is_new = []
    for number in range(1, 500):
        copy = town.with_name(f"town-{number}")
        shutil.copytree(town, copy)
        status = run_until(number, partial(change, copy), copy)
        assert status in (KILLED, DONE)
        settle_project(copy / "plan")
        assert contents(copy) in (old, new), number
        is_new.append(contents(copy) == new)
        if status == DONE:
            break
    assert len(is_new) > 40
    assert is_new == sorted(is_new), "once a change counts it stays"
    assert not is_new[0]
    assert is_new[-2], "the last operations only clear away"


def test_whatever_fails_all_is_old_or_all_is_new(town: Path) -> None:
    old, new = contents(town), changed(town)
    statuses = []
    for number in range(1, 500):
        copy = town.with_name(f"town-{number}")
        shutil.copytree(town, copy)
        statuses.append(run_until(number, partial(change, copy), copy, fails=True))
        if statuses[-1] == TOLERATED:
            assert read_state(copy / "plan").generation == 1
        settle_project(copy / "plan")
        assert contents(copy) in (old, new), number
        if statuses[-1] == TOLERATED:
            assert contents(copy) == new
        if statuses[-1] == DONE:
            break
    assert statuses[-1] == DONE
    assert statuses.count(FAILED) > 20


def test_a_recovery_that_is_killed_is_done_by_the_next(town: Path) -> None:
    new = changed(town)
    numbers = range(1, 500)
    stopped = town.with_name("stopped")
    for number in numbers:  # just after the journal counts
        shutil.rmtree(stopped, ignore_errors=True)
        shutil.copytree(town, stopped)
        run_until(number, partial(change, stopped), stopped)
        if commit_journal.has_journal(stopped / "plan"):
            break
    kept = stopped.rename(town.with_name("kept"))
    for number in numbers:
        shutil.rmtree(stopped, ignore_errors=True)
        shutil.copytree(kept, stopped)
        status = run_until(number, partial(settle_project, stopped / "plan"), stopped)
        settle_project(stopped / "plan")
        assert contents(stopped) == new, number
        if status == DONE:
            break
    assert number > 20


def test_a_question_opens_what_was_left_in_the_survey(town: Path) -> None:
    project = town / "plan"
    part = project / "questions" / "q1"
    part.mkdir(parents=True)
    (project / STAGED).mkdir()
    (project / STAGED / "000-labels.csv").write_text("torn")
    Project(part)
    assert not (project / STAGED).exists()


def test_an_error_leaves_everything_as_it_was(town: Path) -> None:
    old = contents(town)
    project = town / "plan"
    with pytest.raises(KeyError), Transaction(project) as transaction:
        raise KeyError(transaction.stage(project / "labels.csv").write_text("new"))
    assert contents(town) == old


def test_what_cannot_be_put_in_place_is_refused_before_anything_counts(town: Path) -> None:
    old = contents(town)
    project = town / "plan"
    for target in ("labels.csv/below", "runs"):
        with pytest.raises(CoderError, match="cannot be written"), Transaction(project) as one:
            one.stage(project / target)
    assert contents(town) == old


# ---------------------------------------------------------------- stale writes


def test_a_write_after_another_is_refused(town: Path) -> None:
    project = town / "plan"
    with hold_project(project, "coder apply"):
        write_text(project / GENERATION, "7\n")  # another writer, where there are no locks
        with pytest.raises(CoderError, match="another command wrote"), Transaction(project) as one:
            one.stage(project / "labels.csv").write_text("new")
    assert (project / "labels.csv").read_text() == "old"
    assert not (project / STAGED).exists()


def test_settings_edited_meanwhile_are_not_overwritten(town: Path) -> None:
    project = town / "plan"
    with hold_project(project, "coder read"):
        (project / "project.yaml").write_text("name: mine\n")
        with (
            pytest.raises(CoderError, match=r"project\.yaml: was changed"),
            Transaction(project) as one,
        ):
            one.stage(project / "project.yaml").write_text("name: theirs\n")
    assert (project / "project.yaml").read_text() == "name: mine\n"


def test_several_changes_of_one_holder_follow_each_other(town: Path) -> None:
    project = town / "plan"
    with hold_project(project):
        for text in ("one", "two"):
            with Transaction(project) as transaction:
                transaction.stage(project / "project.yaml").write_text(text)
    assert read_state(project).generation == 2
    assert (project / "project.yaml").read_text() == "two"


# ---------------------------------------------------------------- reading


def test_a_reader_reads_again_what_changed_meanwhile(town: Path) -> None:
    project = town / "plan"
    readings = []

    def read() -> tuple[str, str]:
        first = (project / "labels.csv").read_text()
        if not readings:
            by_another(change, town)
        readings.append(first)
        return first, (project / "labels.parquet" / "1").read_text()

    assert read_one_generation(project, read) == ("new", "new 1")
    assert readings == ["old", "new"]


def test_a_file_that_mixes_two_states_is_not_published(town: Path) -> None:
    project = town / "plan"
    target = town / "export.csv"
    published = []

    def export() -> None:
        labels = (project / "labels.csv").read_text()
        if not published:
            by_another(change, town)
        published.append(labels)
        write_text(target, labels)
        assert target.read_text() == "new"

    read_one_generation(project, export)
    assert published == ["old", "new"]


def test_an_error_of_a_reading_that_was_disturbed_is_not_told(town: Path) -> None:
    project = town / "plan"

    def read() -> str:
        if read_state(project).generation:
            return "read"
        by_another(change, town)
        raise CoderError("labels.parquet: is damaged")

    assert read_one_generation(project, read) == "read"


def test_a_reader_keeps_others_out_that_write_all_the_time(town: Path) -> None:
    project = town / "plan"
    disturbed = []

    def read() -> str:
        if held(project) is None:
            disturbed.append(by_another(relabel, project))
        return (project / "labels.csv").read_text()

    assert read_one_generation(project, read) == "new"
    assert len(disturbed) == ATTEMPTS


# ---------------------------------------------------------------- journals of strangers


@pytest.mark.parametrize(
    "step",
    [
        {"do": "replace", "paths": [".staged/000", "../victim"]},
        {"do": "replace", "paths": [".staged/000", "link/victim"]},
        {"do": "replace", "paths": [".staged/000", "{town}/victim"]},
        {"do": "replace", "paths": ["{town}/plan/.staged/000", "{town}/victim"]},
        {"do": "replace", "paths": ["{town}/codebook.yaml", "{town}/victim"]},
        {"do": "move", "paths": ["../codebook.yaml", "labels.csv"]},
        {"do": "remove", "paths": ["../victim"]},
        {"do": "remove", "paths": ["questions/.."]},
        {"do": "remove", "paths": ["{town}/victim"]},
        {"do": "replace", "paths": ["{town}/.\0.a1b2c3-1.x.tmp", "{town}/\0"]},
        {"do": "replace", "paths": ["{town}/.\ud800.a1b2c3-1.x.tmp", "{town}/\ud800"]},
        {"do": "remove", "paths": ["\ud800"]},
        {"do": "run", "paths": ["labels.csv"]},
        {"do": "remove", "paths": []},
        {"do": "remove"},
        {},
        "remove",
    ],
)
def test_a_journal_reaches_nothing_outside_its_project(town: Path, step: object) -> None:
    project = town / "plan"
    (town / "victim").write_text("mine")
    (project / "link").symlink_to(town)
    (project / STAGED).mkdir()
    (project / STAGED / "000").write_text("theirs")
    text = json.dumps({"steps": [step]})
    (project / JOURNAL).write_text(text.replace("{town}", str(town)))
    before = contents(town)
    with pytest.raises(CoderError, match=r"\.commit\.json: is damaged"):
        Project(project)
    assert contents(town) == before


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"steps": 1}', '{"steps": [1]}', "[" * 99_999, " " * 5_000_000]
)
def test_a_damaged_journal_is_named(town: Path, text: str) -> None:
    (town / "plan" / JOURNAL).write_text(text)
    with pytest.raises(CoderError, match=r"\.commit\.json: is damaged"):
        Project(town / "plan")


def test_a_folder_of_staged_files_that_is_a_link_leads_nowhere(town: Path) -> None:
    project = town / "plan"
    (town / "old-0").mkdir()
    (town / "old-0" / "mine").write_text("mine")
    (project / STAGED).symlink_to(town)
    steps = [{"do": "remove", "paths": ["runs"]}]
    (project / JOURNAL).write_text(json.dumps({"steps": steps}))
    Project(project)
    assert (town / "old-0" / "mine").exists()
    assert not (project / "runs").exists()
    (project / STAGED).symlink_to(town)
    Project(project)
    assert not (project / STAGED).is_symlink()
    assert (town / "codebook.yaml").exists()


@pytest.mark.parametrize("name", [JOURNAL, HOLDER, GENERATION, "project.yaml"])
def test_a_pipe_in_the_place_of_a_file_stops_nobody(town: Path, name: str) -> None:
    project = town / "plan"
    (project / name).unlink(missing_ok=True)
    os.mkfifo(project / name)
    if name == JOURNAL:
        with pytest.raises(CoderError, match="is damaged"):
            Project(project)
        return
    Project(project)
    read_one_generation(project, lambda: None)


def test_a_list_of_temporary_files_of_strangers_removes_nothing(town: Path) -> None:
    project = town / "plan"
    (project / STAGED).mkdir()
    others = [town / "codebook.yaml", project / "labels.csv", town / ".x.tmp"]
    (project / STAGED / "beside.json").write_text(json.dumps([str(path) for path in others]))
    Project(project)
    assert (town / "codebook.yaml").exists()
    assert (project / "labels.csv").exists()


def test_a_full_disk_names_the_project_and_not_a_staged_file(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with (
        pytest.raises(CoderError) as raised,
        Transaction(tmp_path) as change,
        files.new_file(change.stage(tmp_path / "ledger.csv")),
    ):
        raise full
    assert STAGED not in str(raised.value)
    assert "could not be written (No space left on device); its files" in str(raised.value)
