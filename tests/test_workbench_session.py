"""The workbench without its screen: every step, its undo, and what is left after a kill."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coder.errors import CoderError
from coder.project import Project
from coder.workbench.board import Board
from coder.workbench.journal import Journal
from coder.workbench.session import Session
from coder.workbench.splitting import split_proposals
from coder.workbench.themes import short_id
from coder.workflow.workbench import Workbench
from workbench_desk import (
    bench_at,
    comments_about,
    made_up_texts,
    project_with_candidates,
    write_candidates,
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = project_with_candidates(tmp_path_factory.mktemp("bench") / "plan")
    bench_at(project, project.folder / "warm.yaml").session.close()  # the vectors are there now
    (project.folder / "workbench.jsonl").unlink()
    return project


@pytest.fixture
def bench(prepared: Project, tmp_path: Path) -> Iterator[Workbench]:
    shutil.copytree(prepared.folder, tmp_path / "plan")
    bench = bench_at(Project(tmp_path / "plan"), tmp_path / "made.yaml")
    yield bench
    bench.session.close()


def open_again(bench: Workbench) -> Session:
    """The session as the next start finds it."""
    bench.session.close()
    return bench_at(bench.project, bench.into).session


def split_into_subs(session: Session) -> None:
    (proposal, *_) = split_proposals(session.findings, session.group("fix-the-roads"))
    session.split("fix-the-roads", proposal)


def nest(session: Session) -> None:
    session.stand("bus-routes", "theme")
    session.nest("bus-fares", "bus-routes")


STEPS: dict[str, Callable[[Session], object]] = {
    "theme": lambda session: session.stand("bus-routes", "theme"),
    "drop": lambda session: session.stand("bus-routes", "dropped"),
    "put off": lambda session: session.stand("bus-routes", "later"),
    "rename": lambda session: session.rename("bus-routes", "More  buses\x1b[31m"),
    "merge": lambda session: session.merge(["bus-routes", "bus-fares"]),
    "split": split_into_subs,
    "nest": nest,
    "move": lambda session: session.move(["potholes-1"], "fix-the-roads", "bus-fares"),
    "move out": lambda session: session.move(["potholes-1"], "fix-the-roads", ""),
    "describe": lambda session: session.describe(
        "bus-routes", "Wants buses.", ["routes"], ["fares"], ["bus", "buses"]
    ),
    "example": lambda session: session.mark_example("bus-routes", "bus-routes-1"),
    "new candidates": lambda session: session.take_new_candidates(),
}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_is_undone_and_done_again(bench: Workbench, name: str) -> None:
    session = bench.session
    before = session.board
    STEPS[name](session)
    after = session.board
    assert after != before
    while session.undo():
        pass
    assert session.board == before
    while session.redo():
        pass
    assert session.board == after
    assert not session.redo()


@pytest.mark.parametrize("name", STEPS)
def test_a_kill_after_any_step_loses_nothing(bench: Workbench, name: str, tmp_path: Path) -> None:
    """What is on disk when a step returns is all that the next start needs."""
    bench.session.stand("council-tax", "theme")
    STEPS[name](bench.session)
    killed = tmp_path / "killed.jsonl"
    shutil.copyfile(bench.files.journal, killed)
    journal = Journal(killed)
    assert journal.history.board == bench.session.board
    journal.close()


def test_a_torn_last_line_is_set_aside_and_the_rest_is_kept(bench: Workbench) -> None:
    bench.session.stand("council-tax", "theme")
    kept = bench.session.board
    bench.session.stand("bus-routes", "dropped")
    path = bench.files.journal
    data = path.read_bytes()
    path.write_bytes(data[:-9])
    session = open_again(bench)
    assert session.board == kept
    assert path.with_suffix(".jsonl.torn").read_bytes().startswith(b'{"by"')
    session.stand("bus-routes", "theme")  # the file goes on after the tear
    session.close()
    assert (
        bench_at(bench.project, bench.into).session.board.groups["bus-routes"].standing == "theme"
    )


def test_a_line_changed_by_hand_is_named(bench: Workbench) -> None:
    bench.session.stand("council-tax", "theme")
    bench.session.close()
    path = bench.files.journal
    lines = path.read_text().splitlines()
    step = json.loads(lines[1])
    for wrong in ({**step, "group": "no-such-group"}, {**step, "do": "explode"}, {}):
        path.write_text("\n".join([lines[0], json.dumps(wrong)]) + "\n")
        with pytest.raises(CoderError, match=r"workbench\.jsonl:2: this line is not an action"):
            bench_at(bench.project, bench.into)


def test_two_windows_cannot_work_at_once(bench: Workbench) -> None:
    with pytest.raises(CoderError, match="open in another window"):
        bench_at(bench.project, bench.into)
    bench.session.close()
    bench_at(bench.project, bench.into).session.close()


def test_a_step_that_cannot_be_saved_changes_nothing(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.session.stand("council-tax", "theme")
    before, data = bench.session.board, bench.files.journal.read_bytes()
    real_write = os.write

    def write_half(file: int, block: bytes) -> int:
        real_write(file, bytes(block)[:7])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coder.workbench.journal.os.write", write_half)
    with pytest.raises(CoderError, match="could not be saved"):
        bench.session.stand("bus-routes", "theme")
    assert bench.session.board is before
    assert bench.files.journal.read_bytes() == data


# ---------------------------------------------------------------- what each step does


def test_merging_unites_the_comments_and_a_theme_keeps_its_name(bench: Workbench) -> None:
    session = bench.session
    session.stand("bus-fares", "theme")
    assert session.merge(["bus-routes", "bus-fares", "council-tax"]) == "bus-fares"
    group = session.board.groups["bus-fares"]
    assert sorted(group.comment_ids) == sorted(comments_about("bus-routes", "bus-fares", "taxes"))
    assert group.candidates[0] == "bus-fares"
    assert set(group.candidates) == {"bus-fares", "bus-routes", "council-tax"}
    assert "bus-routes" not in session.board.groups


def test_merging_a_theme_with_its_sub_theme_leaves_no_loop(bench: Workbench) -> None:
    session = bench.session
    session.stand("bus-routes", "theme")
    session.nest("bus-fares", "bus-routes")
    session.nest("council-tax", "bus-fares")
    assert not session.nest("bus-routes", "council-tax")  # under itself
    session.merge(["bus-fares", "bus-routes"])
    assert [(group.id, depth) for group, depth in session.board.tree()] in (
        [("bus-routes", 0), ("council-tax", 1)],
        [("bus-fares", 0), ("council-tax", 1)],
    )
    assert len(list(session.board.tree())) == len(session.board.standing("theme"))


def test_sub_themes_of_a_dropped_theme_come_to_the_top(bench: Workbench) -> None:
    session = bench.session
    session.stand("bus-routes", "theme")
    session.nest("bus-fares", "bus-routes")
    session.stand("bus-routes", "dropped")
    assert [(group.id, depth) for group, depth in session.board.tree()] == [("bus-fares", 0)]


def test_sub_groups_come_only_when_they_are_asked_for(bench: Workbench) -> None:
    session = bench.session
    assert "potholes" not in session.board.groups
    session.stand("fix-the-roads", "theme")
    assert session.board.under("fix-the-roads") == ()
    split_into_subs(session)
    assert session.board.groups["potholes"].standing == "open"
    assert "fix-the-roads" not in session.board.groups  # nothing of it was left


def test_a_split_by_view_takes_those_who_refuse(bench: Workbench) -> None:
    session = bench.session
    proposals = split_proposals(session.findings, session.group("bike-lanes"))
    (by_view,) = [one for one in proposals if one.title.startswith("by view")]
    session.split("bike-lanes", by_view)
    (against,) = [group for group in session.board.groups.values() if "opposite" in group.name]
    sides = (set(comments_about("bike-lanes")), set(comments_about("no-bikes")))
    rest = set(session.board.groups["bike-lanes"].comment_ids)
    assert (set(against.comment_ids), rest) in (sides, sides[::-1])


def test_marked_comments_are_split_off_and_what_is_left_over_counts(bench: Workbench) -> None:
    session = bench.session
    assert len(session.board.without_theme) == len(made_up_texts())
    session.stand("fix-the-roads", "theme")
    marked = ["potholes-0", "potholes-1"]
    (proposal, *_) = split_proposals(session.findings, session.group("fix-the-roads"), marked)
    session.split("fix-the-roads", proposal)
    assert set(marked) < set(session.board.without_theme)
    (proposal,) = split_proposals(session.findings, None, ["music-0", "music-1"])
    session.split("-", proposal)
    assert set(session.board.groups["new-group-part"].comment_ids) == {"music-0", "music-1"}
    assert session.board.stability(session.board.groups["new-group-part"]) is None


def test_the_most_like_groups_come_first_and_names_are_from_the_comments(bench: Workbench) -> None:
    findings, board = bench.session.findings, bench.session.board
    assert findings.near("bus-routes")[0].id == "bus-fares"
    assert findings.typical_first(board.groups["bus-routes"])[0] == "bus-routes-0"
    proposals = findings.name_proposals(board.groups["bus-routes"])
    assert proposals[0] == "Bus routes"
    assert any("buses" in name.casefold() for name in proposals)
    wanting, refusing = zip(*findings.opposing(board.groups["bike-lanes"].comment_ids), strict=True)
    sides = (set(comments_about("bike-lanes")), set(comments_about("no-bikes")))
    assert (set(wanting), set(refusing)) in (sides, sides[::-1])


# ---------------------------------------------------------------- a new grouping


def regroup(bench: Workbench) -> Session:
    """`coder cluster` ran again and found one candidate less."""
    bench.session.close()
    write_candidates(bench.project, without=("odd-things",))
    return bench_at(bench.project, bench.into).session


def test_themes_stay_when_the_comments_were_grouped_again(bench: Workbench) -> None:
    bench.session.stand("bus-routes", "theme")
    bench.session.stand("council-tax", "dropped")
    session = regroup(bench)
    assert session.regrouped
    assert "odd-things" in session.board.groups  # until somebody decides
    session.take_new_candidates()
    board: Board = session.board
    assert board.groups["bus-routes"].standing == "theme"
    assert board.groups["council-tax"].standing == "dropped"
    assert "odd-things" not in board.groups
    names = [group.name for group in board.standing("open")]
    assert sorted(names) == ["Bike lanes", "Bus fares", "Fix the roads"]
    roads = next(group for group in board.standing("open") if group.name == "Fix the roads")
    assert [part.name for part in board.sub_candidates(roads)] == ["Potholes", "Street lights"]
    assert session.undo() == "taking the new candidates"
    assert "odd-things" in session.board.groups
    session.close()


def test_old_candidates_can_be_kept(bench: Workbench) -> None:
    bench.session.stand("bus-routes", "theme")
    session = regroup(bench)
    session.keep_old_candidates()
    session.close()
    session = bench_at(bench.project, bench.into).session
    assert not session.regrouped
    assert "odd-things" in session.board.groups
    session.close()


# ---------------------------------------------------------------- ids


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Lower taxes", "lower-taxes"),
        ("Improve the public transportation network of the city", "improve-the-public"),
        ("Supercalifragilisticexpialidociousness", "supercalifragilisticexpialidoc"),
        ("Émile’s café", "emiles-cafe"),
        ("漢字", "theme"),
        ("Queen's Walk", "queens-walk"),
    ],
)
def test_ids_can_be_typed(name: str, short: str) -> None:
    assert short_id(name, ()) == short
    assert short_id(name, {short}) == f"{short}-2"
