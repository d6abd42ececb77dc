"""Two commands on one project at the same time, in processes of their own; one of them killed."""

import os
import shutil
import signal
import time
import traceback
from collections.abc import Callable
from functools import partial
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest

from coder.commit_journal import GENERATION, JOURNAL, STAGED
from coder.decisions import read_decisions
from coder.errors import CoderError
from coder.files import sha256_of
from coder.project import Project
from coder.project_lock import HOLDER
from coder.reading.options import Columns
from coder.run_records import record_paths
from coder.workflow.apply import apply
from coder.workflow.check import check
from coder.workflow.cluster import ClusterOptions, cluster
from coder.workflow.export import export
from coder.workflow.read import read
from coder.workflow.review import review_from_table
from crashing import DONE, FAILED, TOLERATED, run_until
from workbench_desk import bench_at, project_with_candidates

SUBJECTS = ("the buses are late", "the street lights are broken", "the park is full of litter")
PLACES = ("in our street", "near the school", "behind the church", "at the market")
ROWS = [f"{subject.capitalize()} {place}." for subject in SUBJECTS for place in PLACES]
SPREAD = [1 + n * (n + 1) // 2 for n in range(40)]  # numbers of operations, denser at first
LEFTOVERS = (HOLDER, JOURNAL, STAGED)
Work = Callable[[], object]


def write_file(path: Path, name: str) -> Path:
    ids = [f"{name}{n}" for n in range(len(ROWS))]
    pd.DataFrame({"id": ids, "comment": [f"{row} {name}" for row in ROWS]}).to_csv(
        path, index=False
    )
    return path


def write_book(path: Path, *theme_ids: str) -> Path:
    words = {"buses": "buses", "lights": "street lights", "parks": "park"}
    themes = [f"  - {{id: {one}, name: {one}, keywords: [{words[one]}]}}" for one in theme_ids]
    path.write_text("title: Town\nthemes:\n" + "\n".join(themes) + "\n")
    return path


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a coded project, two codebooks and two files of comments."""
    folder = tmp_path_factory.mktemp("coded")
    write_file(folder / "one.csv", "one")
    write_file(folder / "two.csv", "two")
    project = read(folder / "one.csv", folder / "plan").project
    apply(project, write_book(folder / "a.yaml", "buses", "lights", "parks"))
    apply(project, write_book(folder / "b.yaml", "buses", "lights"))
    return folder


@pytest.fixture
def town(coded: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "town"
    shutil.copytree(coded, copy)
    return copy


def start(work: Work) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def run_together(*works: Work) -> list[int]:
    """The exit statuses of works that begin at once."""
    children = [start(work) for work in works]
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def assert_in_order(project: Path, codebook: Path | None = None) -> None:
    """No fault, and nothing left over."""
    Project(project)
    assert check(project, codebook).faults == ()
    assert [name for name in LEFTOVERS if (project / name).exists()] == []
    assert [path.name for path in project.rglob("*.tmp")] == []


def runs_of(project: Path, name: str) -> int:
    return len(record_paths(project, name))


def sources_of(project: Path) -> dict[str, int]:
    return Project(project).comments["source"].value_counts().to_dict()


# ---------------------------------------------------------------- both to the end


@pytest.mark.parametrize("names", list(permutations(("one", "two"))))
def test_two_reads_at_once_keep_both_sources(tmp_path: Path, names: tuple[str, str]) -> None:
    plan = tmp_path / "plan"
    files = [write_file(tmp_path / f"{name}.csv", name) for name in names]
    assert run_together(*(partial(read, file, plan) for file in files)) == [0, 0]
    assert sources_of(plan) == {"one": len(ROWS), "two": len(ROWS)}
    assert Project(plan).settings().sources[0].rows == len(ROWS)
    assert int((plan / GENERATION).read_text()) == 2
    assert_in_order(plan)


@pytest.mark.parametrize("names", list(permutations("ab")))
def test_two_codings_at_once_leave_the_files_of_one(town: Path, names: tuple[str, str]) -> None:
    project = town / "plan"
    before = runs_of(project, "apply")
    works = [partial(apply, project, town / f"{name}.yaml") for name in names]
    assert run_together(*works) == [0, 0]
    assert runs_of(project, "apply") == before + 2
    assert_coding_is_whole(project)
    assert_in_order(project)


def assert_coding_is_whole(project: Path) -> None:
    """Labels, their tables and the last run record are of one coding."""
    run = Project(project).last_run("apply")
    assert run is not None
    for name, digest in run["tables_sha256"].items():
        assert sha256_of(project / name) == digest
    themes = set(Project(project).labels["theme_id"])
    expected = {"a.yaml": {"buses", "lights", "parks"}, "b.yaml": {"buses", "lights"}}
    assert themes == expected[run["codebook_file"]]


def test_a_reading_and_a_coding_at_once_take_turns(town: Path) -> None:
    project = town / "plan"
    works = [partial(apply, project, town / "a.yaml"), partial(read, town / "two.csv", project)]
    assert run_together(*works) == [0, 0]
    assert sources_of(project) == {"one": len(ROWS), "two": len(ROWS)}
    assert_coding_is_whole(project)


def test_exports_at_once_write_all_files_and_records(town: Path) -> None:
    project, book = town / "plan", town / "b.yaml"
    targets = [town / f"{number}.csv" for number in range(4)]
    works = [partial(export, project, target, codebook=book) for target in targets]
    assert run_together(*works) == [0] * 4
    assert len({sha256_of(target) for target in targets}) == 1
    assert runs_of(project, "export") == 4
    numbers = [path.name[:4] for path in sorted((project / "runs").glob("*.json"))]
    assert len(numbers) == len(set(numbers))
    assert_in_order(project, book)


def test_two_reviewers_hand_in_at_once(town: Path) -> None:
    project, book = town / "plan", town / "b.yaml"
    table = pd.DataFrame({"comment_id": Project(project).comments["comment_id"], "buses": "yes"})
    works = [
        partial(review_from_table, project, book, table, name) for name in ("ana", "bob", "eve")
    ]
    assert run_together(*works) == [0] * 3
    decisions = read_decisions(book).decisions
    assert len(decisions) == 3 * len(ROWS)
    assert runs_of(project, "review") == 3
    assert_in_order(project, book)


def test_one_reviewer_hands_in_twice_at_once(town: Path) -> None:
    project, book = town / "plan", town / "b.yaml"
    ids = list(Project(project).comments["comment_id"])
    tables = [pd.DataFrame({"comment_id": part, "buses": "yes"}) for part in (ids[:6], ids[6:])]
    works = [partial(review_from_table, project, book, table, "ana") for table in tables]
    assert run_together(*works) == [0, 0]
    assert {one.comment_id for one in read_decisions(book).decisions} == set(ids)
    assert_in_order(project, book)


def test_an_export_beside_codings_is_of_one_of_them(town: Path) -> None:
    project, book = town / "plan", town / "b.yaml"
    expected = set()
    for number in (0.4, 1.5):
        apply(project, book, labels_per_comment=number)
        export(project, town / "t.csv", codebook=book)
        expected.add(sha256_of(town / "t.csv"))
    assert len(expected) == 2

    def code() -> None:
        for number in (0.4, 1.5) * 3:
            apply(project, book, labels_per_comment=number)

    def write() -> None:
        for number in range(8):
            export(project, town / f"{number}.csv", town / f"{number}.zip", codebook=book)

    assert run_together(code, write) == [0, 0]
    for number in range(8):
        assert sha256_of(town / f"{number}.csv") in expected
        assert check(town / f"{number}.zip").faults == ()
    assert_in_order(project)


def test_an_export_with_another_codebook_than_that_of_the_labels_is_refused(town: Path) -> None:
    project = town / "plan"
    with pytest.raises(CoderError, match=r"was coded last with .*b\.yaml, not with .*a\.yaml"):
        export(project, town / "t.csv", codebook=town / "a.yaml")
    assert not (town / "t.csv").exists()


def test_decisions_under_the_name_that_a_project_had_are_told_of(town: Path) -> None:
    project, book = town / "plan", town / "b.yaml"
    table = pd.DataFrame({"comment_id": Project(project).comments["comment_id"], "buses": "yes"})
    review_from_table(project, book, table, "ana")
    assert not any("kept under" in warning for warning in apply(project, book).warnings)
    settings = project / "project.yaml"
    settings.write_text(settings.read_text().replace("name: plan", "name: town plan"))
    for warnings in (
        apply(project, book).warnings,
        export(project, town / "t.csv", codebook=book).warnings,
    ):
        (note,) = [warning for warning in warnings if "kept under" in warning]
        assert "Decisions on 12 comments of it are kept under the name 'plan'" in note
        assert "put `name: plan` back" in note


# ---------------------------------------------------------------- one is killed


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.4])
def test_a_coding_that_is_killed_keeps_nobody_waiting(town: Path, seconds: float) -> None:
    project = town / "plan"
    before = runs_of(project, "apply")
    child = start(partial(apply, project, town / "a.yaml"))
    other = start(partial(apply, project, town / "b.yaml"))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]) == 0
    assert runs_of(project, "apply") in (before + 1, before + 2)
    assert_coding_is_whole(project)
    assert_in_order(project)


COMMANDS: dict[str, Callable[[Path], object]] = {
    "read": lambda town: read(town / "two.csv", town / "plan"),
    "apply": lambda town: apply(town / "plan", town / "a.yaml"),
    "cluster": lambda town: cluster(town / "plan", options=ClusterOptions(themes=3, min_size=3)),
    "export": lambda town: export(town / "plan", town / "t.csv", codebook=town / "b.yaml"),
}


def state(project: Path) -> tuple[dict[str, int], str, int]:
    run = Project(project).last_run("apply") or {}
    return (
        sources_of(project),
        run.get("codebook_file", ""),
        len(list((project / "runs").glob("*.json"))),
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_wherever_a_command_is_killed_the_project_is_old_or_new(town: Path, name: str) -> None:
    old = state(town / "plan")
    kept = town.with_name("kept")
    shutil.copytree(town, kept)
    COMMANDS[name](town)
    new = state(town / "plan")
    assert old != new
    for number in SPREAD:
        shutil.rmtree(town)
        shutil.copytree(kept, town)
        status = run_until(number, partial(COMMANDS[name], town), town / "plan")
        assert state(town / "plan") in (old, new), number
        assert [each for each in LEFTOVERS if (town / "plan" / each).exists()] == [], number
        if status == DONE:
            break
    assert number > 8
    COMMANDS[name](town)
    assert sources_of(town / "plan") == new[0]


def test_results_move_to_their_question_as_one_wherever_it_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    rows = {"id": range(12), "What of buses?": ROWS, "What of lamps?": ROWS[::-1]}
    pd.DataFrame(rows).to_csv(folder / "survey.csv", index=False)
    plan = folder / "plan"
    ask = partial(read, folder / "survey.csv", plan)
    ask(Columns("What of buses?", id="id"))
    apply(plan, write_book(folder / "a.yaml", "buses", "lights", "parks"))
    (plan / "workbench.jsonl").write_text("")
    made = ("labels.parquet", "labels.csv", "matrix.csv", "runs", "workbench.jsonl")
    kept = tmp_path / "kept"
    shutil.copytree(folder, kept)
    seen = set()
    for number in SPREAD:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        both = Columns(["What of buses?", "What of lamps?"], id="id")
        status = run_until(number, partial(ask, both), plan)
        questions = Project(plan).settings().questions
        place = plan / "questions" / questions[0].id if questions else plan
        assert all((place / name).exists() for name in made), number
        other = plan if questions else plan / "questions"
        assert not any((other / name).exists() for name in made)
        assert Project(place).last_run("apply") is not None
        assert len(Project(plan).comments) == 12 * (1 + bool(questions))
        seen.add(bool(questions))
        if status == DONE:
            break
    assert seen == {False, True}


# ---------------------------------------------------------------- the workbench


def test_themes_are_added_once_whatever_fails_while_they_are_written(tmp_path: Path) -> None:
    project = project_with_candidates(tmp_path / "plan")
    book = write_book(tmp_path / "made.yaml", "buses")  # with lines of its own

    bench = bench_at(project, book)
    for group_id in ("fix-the-roads", "bus-fares"):
        bench.session.stand(group_id, "theme")
    bench.session.close()
    kept = tmp_path.with_name("kept")
    shutil.copytree(tmp_path, kept)
    statuses = []
    for number in SPREAD:
        shutil.rmtree(tmp_path)
        shutil.copytree(kept, tmp_path)
        statuses.append(run_until(number, bench.write, tmp_path, fails=True))
        again = bench_at(project, book)
        again.write()
        again.session.close()
        text = book.read_text()
        assert text.count("- id: fix-the-roads") == text.count("- id: bus-fares") == 1, number
        assert "fix-the-roads-2" not in text
        if statuses[-1] == DONE:
            break
    assert statuses[-1] == DONE
    assert {FAILED, TOLERATED} <= {*statuses}


def test_a_workbench_does_not_wait_for_a_long_coding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coder.project_lock import hold_project
    from coder.workflow import workbench_file

    monkeypatch.setattr(workbench_file, "PATIENCE", 0.0)
    project = project_with_candidates(tmp_path / "plan")
    bench = bench_at(project, tmp_path / "made.yaml")
    bench.session.stand("fix-the-roads", "theme")
    ready, say = os.pipe()

    def hold() -> None:
        with hold_project(project.folder, "coder apply"):
            os.write(say, b"x")
            time.sleep(60)

    child = start(hold)
    os.read(ready, 1)
    with pytest.raises(CoderError, match=r"coder apply by .* is still at work"):
        bench.write()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert bench.write() == "written to made.yaml"
