"""The workbench on its screen: keys, what is shown, hostile texts, every size of terminal."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from coder.project import Project
from coder.screen.dialogs import QuestionDialog, TextDialog
from coder.screen.keys import keys_of
from coder.workbench.screen.app import HINTS, HINTS_ALWAYS, WorkbenchApp
from coder.workbench.screen.dialogs import DescriptionDialog, NameDialog, TargetDialog
from coder.workbench.screen.group_actions import GroupActions
from coder.workbench.screen.reading_actions import ReadingActions
from coder.workbench.screen.rows import REST
from coder.workflow.workbench import Workbench
from workbench_desk import (
    bench_at,
    comments_about,
    project_with_candidates,
    running,
    screen_text,
    write_candidates,
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = project_with_candidates(tmp_path_factory.mktemp("bench") / "plan")
    bench_at(project, project.folder / "warm.yaml").session.close()
    (project.folder / "workbench.jsonl").unlink()
    return project


@pytest.fixture
def bench(prepared: Project, tmp_path: Path) -> Iterator[Workbench]:
    shutil.copytree(prepared.folder, tmp_path / "plan")
    bench = bench_at(Project(tmp_path / "plan"), tmp_path / "made.yaml")
    yield bench
    bench.session.close()


def standing(bench: Workbench, kind: str) -> list[str]:
    return sorted(
        group.id for group in bench.session.board.groups.values() if group.standing == kind
    )


# ---------------------------------------------------------------- deciding


async def test_enter_makes_a_theme_and_goes_on_and_undo_comes_back(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        assert app.desk.selected == "odd-things"  # the largest
        await pilot.press("down", "enter")
        assert standing(bench, "theme") == ["bike-lanes"]
        assert app.desk.selected == "fix-the-roads"
        assert "1 theme · 5 to decide" in screen_text(app)
        await pilot.press("d", "p")
        assert (standing(bench, "dropped"), standing(bench, "later")) == (
            ["fix-the-roads"],
            ["bus-fares"],
        )
        await pilot.press("z", "z", "z")
        assert app.desk.selected == "bike-lanes"
        assert len(standing(bench, "open")) == 6
        await pilot.press("z")
        assert "nothing to undo" in screen_text(app)
        await pilot.press("Z")
        assert standing(bench, "theme") == ["bike-lanes"]


async def test_a_number_merges_with_the_group_that_the_screen_numbers(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        app.desk.select("bus-fares")
        await pilot.press("enter")
        app.desk.select("bus-routes")
        app.desk.draw()
        await pilot.pause()
        near = [group.id for group in bench.session.findings.near("bus-routes")]
        number = near.index("bus-fares") + 1
        assert f"{number} ■ Bus fares" in screen_text(app)
        await pilot.press(str(number))
        assert "bus-routes" not in bench.session.board.groups
        assert bench.session.board.groups["bus-fares"].size == 12
        assert bench.session.group(app.desk.selected).standing == "open"  # type: ignore[union-attr]
        await pilot.press("9")
        assert "no group has the number 9" in screen_text(app)


async def test_marked_groups_are_merged_with_one_key(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        app.desk.select("bus-fares")
        await pilot.press("x", "x")
        assert app.desk.marked_groups == {"bus-fares", "bus-routes"}
        await pilot.press("m")
        (group,) = [one for one in bench.session.board.groups.values() if one.size == 18]
        assert set(group.candidates) == {"bus-fares", "bus-routes", "council-tax"}
        await pilot.press("m")
        assert "mark other groups with x" in screen_text(app)


async def test_a_proposal_is_accepted_with_enter_or_changed_with_tab(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        app.desk.select("bus-routes")
        await pilot.press("r")
        assert isinstance(app.screen, NameDialog)
        first = app.screen.matches[0]
        await pilot.press("enter")
        assert bench.session.board.groups["bus-routes"].name == first
        await pilot.press("r", "down", "tab")
        box = app.screen.query_one(Input)
        assert box.value == app.screen.matches[0] != ""
        box.value = "  More   buses [bold]"
        await pilot.pause()
        await pilot.press("enter")
        assert bench.session.board.groups["bus-routes"].name == "More buses [bold]"
        assert "More buses [bold]" in screen_text(app)
        await pilot.press("r", "escape")
        assert bench.session.board.groups["bus-routes"].name == "More buses [bold]"


async def test_split_asks_how_and_the_parts_are_there_to_decide(bench: Workbench) -> None:
    async with running(bench, (120, 40)) as (app, pilot):
        app.desk.select("fix-the-roads")
        app.desk.draw()
        await pilot.pause()
        assert "Sub-groups: Potholes 6 · Street lights 6" in screen_text(app)
        await pilot.press("s")
        assert isinstance(app.screen, QuestionDialog)
        await pilot.press("escape")
        assert "fix-the-roads" in bench.session.board.groups
        await pilot.press("s", "1")
        assert {"potholes", "street-lights"} <= set(standing(bench, "open"))
        app.desk.select("council-tax")
        await pilot.press("s")
        assert "it has no sub-groups" in screen_text(app)


async def test_a_sub_theme_is_nested_and_shown_under_its_theme(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        app.desk.select("bus-routes")
        await pilot.press("n")
        assert "there is no theme yet" in screen_text(app)
        await pilot.press("enter")
        app.desk.select("bus-fares")
        await pilot.press("n")
        assert isinstance(app.screen, TargetDialog)
        await pilot.press("enter")
        assert bench.session.board.groups["bus-fares"].parent_id == "bus-routes"
        assert "  ■ Bus fares" in screen_text(app)
        app.desk.select("bus-fares")
        await pilot.press("n", "enter")
        assert bench.session.board.groups["bus-fares"].parent_id == ""


async def test_a_description_is_written_and_kept(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        app.desk.select("council-tax")
        await pilot.press("c")
        assert isinstance(app.screen, DescriptionDialog)
        assert "xxxxx" not in screen_text(app)  # a keyword of 5,000 letters is none
        for name, text in {
            "definition": "Wants a lower tax.",
            "includes": "council tax; rates ;; ",
            "excludes": "fees",
            "keywords": "council tax; band D",
        }.items():
            app.screen.query_one(f"#{name}", Input).value = text
        await pilot.press("enter")
        group = bench.session.board.groups["council-tax"]
        assert (group.definition, group.includes, group.keywords) == (
            "Wants a lower tax.",
            ("council tax", "rates"),
            ("council tax", "band D"),
        )
        assert "Wants a lower tax." in screen_text(app)


# ---------------------------------------------------------------- comments


async def test_comments_are_marked_moved_split_off_and_made_examples(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        app.desk.select("fix-the-roads")
        await pilot.press("e", "t", "f")  # in the list they are about no comment
        assert "go to a comment with → first" in screen_text(app)
        await pilot.press("right", "e", "x", "x")
        assert bench.session.board.groups["fix-the-roads"].examples == ("potholes-0",)
        assert "marked: 2 comments" in screen_text(app)
        await pilot.press("t")
        app.screen.query_one(Input).value = "fares"
        await pilot.pause()
        await pilot.press("enter")
        assert {"potholes-0", "potholes-1"} <= set(
            bench.session.board.groups["bus-fares"].comment_ids
        )
        assert bench.session.board.groups["fix-the-roads"].size == 10
        assert bench.session.board.groups["fix-the-roads"].examples == ()
        await pilot.press("x", "s", "1")
        assert bench.session.board.groups["fix-the-roads"].size == 9


async def test_comments_without_a_theme_are_always_in_sight(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        assert "55 of 55 comments (100%) without a theme" in screen_text(app)
        await pilot.press("d", "down", "p", "up")
        progress = screen_text(app).splitlines()[-3]
        assert "55 of 55 comments (100%) without a theme · 1 put off" in progress
        await pilot.press("z", "z")
        app.desk.select(REST)
        app.desk.draw()
        await pilot.press("enter", "d", "r", "1", "n", "c", "g", "m", "x")
        assert len(standing(bench, "open")) == 6
        await pilot.press("right", "x", "s", "1")
        assert len(standing(bench, "open")) == 7


async def test_opposing_views_stand_beside_each_other(bench: Workbench) -> None:
    async with running(bench, (140, 40)) as (app, pilot):
        app.desk.select("bike-lanes")
        app.desk.draw()
        await pilot.pause()
        assert "may hold opposing views" in screen_text(app)
        await pilot.press("v")
        lines = screen_text(app).splitlines()
        assert any("We want more bike lanes" in line and "Stop building" in line for line in lines)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        await pilot.pause()
        lines = screen_text(app).splitlines()
        assert not any("We want more" in line and "Stop building" in line for line in lines)
        assert any("+We want more" in line or "-We want more" in line for line in lines)
        await pilot.press("v")
        app.desk.select("council-tax")
        await pilot.press("v")
        await pilot.pause()
        assert not app.desk.by_view or "the opposite" in screen_text(app)


async def test_words_that_hold_a_group_together_are_underlined(bench: Workbench) -> None:
    async with running(bench, (120, 40)) as (app, pilot):
        app.desk.select("bus-routes")
        app.desk.draw()
        await pilot.pause()
        marked = set()
        for line in range(6):
            for segment in app.desk.comments.render_line(line):
                if segment.style is not None and segment.style.underline:
                    marked.add(segment.text.strip())
        assert "buses" in marked
        assert "We" not in marked


async def test_hostile_comments_are_shown_as_they_are(bench: Workbench) -> None:
    async with running(bench, (200, 50)) as (app, pilot):
        app.desk.select("odd-things")
        app.desk.draw()
        await pilot.pause()
        await pilot.press("right")
        for _ in comments_about("nasty"):
            text = screen_text(app)
            assert not any(char in text for char in "\x1b\x07\u202e\x9b")
            await pilot.press("f")
            assert isinstance(app.screen, TextDialog)
            assert "\x1b" not in screen_text(app)
            await pilot.press("escape", "down")
        await pilot.press("left")
        assert "[bold red]now[/]" in screen_text(app)


# ---------------------------------------------------------------- the program


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40), (200, 50)])
async def test_every_size_shows_list_comments_and_what_is_left(
    bench: Workbench, size: tuple[int, int]
) -> None:
    async with running(bench, size) as (app, pilot):
        for key in (
            "down",
            "right",
            "down",
            "space",
            "b",
            "left",
            "v",
            "v",
            "question_mark",
            "escape",
        ):
            await pilot.press(key)
        await pilot.pause()
        lines = screen_text(app).splitlines()
        assert len(lines) == size[1]
        assert "0 themes · 6 to decide" in lines[-3]
        assert any(">" in line for line in lines)


def test_every_key_is_on_the_help_page_once() -> None:
    keys: list[str] = []
    for owner in (GroupActions, ReadingActions, WorkbenchApp):
        for declaration in keys_of(owner):
            keys += declaration.names
            assert declaration.help
            assert len(declaration.shown) < 10
    assert len(keys) == len(set(keys))
    declared = {
        key.method
        for owner in (GroupActions, ReadingActions, WorkbenchApp)
        for key in keys_of(owner)
    }
    assert {*HINTS, *HINTS_ALWAYS} <= declared


async def test_the_mouse_chooses_groups_and_comments_and_presses_keys(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        await pilot.click("#groups", offset=(6, 3))
        assert app.desk.selected == "bike-lanes"
        await pilot.click("#comments", offset=(6, 2))
        assert app.desk.comment_id
        hints = screen_text(app).splitlines()[-1]
        await pilot.click("#keys", offset=(hints.index("d drop"), 0))
        assert standing(bench, "dropped") == ["bike-lanes"]


async def test_a_step_that_cannot_be_saved_is_told_and_changes_nothing(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(bench) as (app, pilot):

        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("coder.workbench.journal.os.write", full)
        await pilot.press("enter")
        assert isinstance(app.screen, TextDialog)
        assert "─ Not saved ─" in screen_text(app)
        await pilot.press("escape", "r", "enter")  # from a dialog too
        assert isinstance(app.screen, TextDialog)
        assert standing(bench, "theme") == []


async def test_a_new_grouping_is_told_and_offered(bench: Workbench) -> None:
    bench.session.stand("bus-routes", "theme")
    bench.session.close()
    write_candidates(bench.project, without=("odd-things",))
    again = bench_at(bench.project, bench.into)
    async with running(again) as (app, pilot):
        await pilot.pause()
        assert isinstance(app.screen, QuestionDialog)
        assert "coder cluster ran again" in screen_text(app)
        await pilot.press("n")
        assert "odd-things" not in again.session.board.groups
        assert "1 theme · 4 to decide" in screen_text(app)
    again.session.close()


async def test_writing_needs_a_theme_and_says_what_is_left_out(bench: Workbench) -> None:
    async with running(bench) as (app, pilot):
        await pilot.press("w")
        assert "there is no theme yet" in screen_text(app)
        await pilot.press("enter", "w")
        assert "5 groups to decide will not be in it" in screen_text(app)
        await pilot.press("escape")
        assert not bench.into.exists()
        await pilot.press("w", "g")
        await pilot.pause()
        assert bench.into.is_file()
        assert "written to made.yaml" in screen_text(app)
        await pilot.press("q")
    assert app.return_value == (True, 1, 5)
