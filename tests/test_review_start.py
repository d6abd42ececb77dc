"""`coder review --start`: thirty random comments, blind, shared and resumable; then a coding with intervals."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli import app as cli
from coder.decisions import read_decisions, read_draws
from coder.errors import CoderError
from coder.project import Project
from coder.reviewing.screen.app import is_finished
from coder.reviewing.start import count_left, start_mode
from coder.workflow.start import finish_start, start_review
from review_desk import Desk, saved, until, whole
from review_helpers import comments_table, plain_texts, project_at
from test_review_terminal import Terminal, command


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(prepared: Desk, tmp_path: Path) -> Desk:
    return prepared.copy(tmp_path)


def left(desk: Desk) -> int:
    return count_left(desk.project, desk.book, desk.path, start_mode(desk.project, 0))


def open_start(desk: Desk, reviewer: str = "amira"):  # type: ignore[no-untyped-def]
    mode = start_mode(desk.project, 0)
    return desk.open(reviewer, blind=mode.blind, sample=mode.sample, start=True)


def decide_all(desk: Desk, reviewer: str = "amira", most: int = 100) -> None:
    """Decide comments of the first review without a screen; every fourth carries a theme."""
    opened = open_start(desk, reviewer)
    for number in range(most):
        if is_finished(opened.session):
            break
        if number % 4 == 0:
            opened.session.edit.toggle("driving")
        opened.session.save()
    opened.writer.close()


# ---------------------------------------------------------------- on the screen


async def test_it_goes_on_after_twelve_and_leaves_by_itself_after_the_thirtieth(desk: Desk) -> None:
    assert left(desk) == 30
    async with desk.screen(opened=open_start(desk)) as (app, pilot):
        assert "blind: no suggestions" in whole(app)
        assert "0 of 30 drawn are decided, 30 left" in whole(app)
        assert "the same command goes on" in whole(app)
        rows = [row.theme_id for row in app.session.rows()]
        assert rows == list(desk.book.theme_ids), "the order of the codebook, not the model's"
        for _ in range(12):
            await pilot.press("enter")
        await saved(app, pilot)
        await pilot.press("q")
        await until(pilot, lambda: app.return_value)
        assert app.return_value.decided == 12
    assert left(desk) == 18
    async with desk.screen(opened=open_start(desk)) as (app, pilot):
        assert "12 of 30 drawn are decided, 18 left" in whole(app)
        for _ in range(17):
            await pilot.press("enter")
        await saved(app, pilot)
        assert app.return_value is None
        await pilot.press("1", "enter")
        await until(pilot, lambda: app.return_value)
        assert app.return_value.decided == 18
        assert not app.return_value.unsaved
    assert left(desk) == 0
    decisions = desk.read()
    assert {(d.mode, d.chosen) for d in decisions} == {("blind", "random")}
    draw = read_draws(desk.path.parent / "plan.decisions")[0]
    assert {d.comment_id for d in decisions} == set(draw.comment_ids)


async def test_what_another_reviewer_finishes_ends_the_session_unless_something_is_ticked(
    desk: Desk,
) -> None:
    decide_all(desk, most=28)
    opened = open_start(desk, "ben")
    async with desk.screen(opened=opened) as (app, pilot):
        assert "28 of 30 drawn are decided, 2 left" in whole(app)
        assert len(opened.others()) == 0
        await pilot.press("1")
        decide_all(desk)
        app.use_decisions(_arrived(opened.others()))
        await pilot.pause()
        assert app.return_value is None, "what is ticked is not thrown away"
        await pilot.press("enter")
        await until(pilot, lambda: app.return_value)
    assert left(desk) == 0
    assert {d.reviewer for d in desk.read()} == {"amira", "ben"}


def _arrived(decisions):  # type: ignore[no-untyped-def]
    from coder.reviewing.screen.background import DecisionsArrived

    return DecisionsArrived(decisions)


# ---------------------------------------------------------------- what counts


def test_comments_decided_with_suggestions_are_asked_again_blind(desk: Desk) -> None:
    first = open_start(desk)
    comment_id = first.session.pick.comment_id  # type: ignore[union-attr]
    first.writer.close()
    assisted = desk.open("ben")
    assisted.session.go_to(comment_id)
    assisted.session.save()
    assisted.writer.close()
    assert left(desk) == 30
    decide_all(desk)
    assert left(desk) == 0
    modes = {d.reviewer: d.mode for d in desk.read() if d.comment_id == comment_id}
    assert modes == {"ben": "assisted", "amira": "blind"}


def test_a_new_theme_is_asked_for_in_the_same_thirty_comments(desk: Desk) -> None:
    decide_all(desk)
    text = desk.path.read_text(encoding="utf-8")
    desk.path.write_text(text + "  - {id: noise, name: Noise}\n", encoding="utf-8")
    from coder.codebook import read_codebook

    desk.book = read_codebook(desk.path)
    assert left(desk) == 30
    opened = open_start(desk)
    assert opened.session.pick is not None
    assert opened.session.pick.scope == ("noise",)
    opened.writer.close()


def test_a_declared_sample_of_thirty_takes_its_place(desk: Desk) -> None:
    ids = [f"C-{number:04d}" for number in range(35)]
    drawn = desk.folder / "drawn.csv"
    drawn.write_text("\n".join(["comment_id", *ids]) + "\n")
    table = desk.folder / "table.csv"
    table.write_text("\n".join(["comment_id,themes", *(f"{name},driving" for name in ids)]) + "\n")
    options = ("review", desk.project.folder, "--codebook", desk.path, "--quiet")
    for more in (("--drawn", drawn), ("--from", table, "--reviewer", "amira")):
        done = CliRunner().invoke(cli, [str(word) for word in (*options, *more)])
        assert done.exit_code == 0, done.output
    assert left(desk) == 0


def test_a_small_project_is_reviewed_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path, plain_texts(7))
    mode = start_mode(desk.project, 0)
    assert (mode.sample, left(desk)) == (7, 7)
    decide_all(desk)
    finished = finish_start(start_review(desk.project, desk.path))
    assert finished.status is not None
    shares = {theme.theme_id: theme for theme in finished.status.status.themes}
    driving = shares["driving"]
    assert driving.share == driving.low == driving.high == pytest.approx(2 / 7)


def test_a_project_without_comments_says_so(tmp_path: Path, desk: Desk) -> None:
    comments = comments_table(plain_texts(3))
    comments["status"] = "excluded"
    comments["reason"] = "non_substantive"
    project = project_at(tmp_path / "none.coding", comments)
    with pytest.raises(CoderError, match="no comments to review"):
        start_review(project, desk.path)


@pytest.mark.parametrize(
    "other", [("--sample", "5"), ("--sample", "0"), ("--status",), ("--theme", "drugs")]
)
def test_it_stands_alone(desk: Desk, other: tuple[str, ...]) -> None:
    words = ["review", str(desk.project.folder), "--codebook", str(desk.path), "--start", *other]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 1
    assert "cannot be used together" in str(done.exception)


# ---------------------------------------------------------------- afterwards


@pytest.fixture(scope="module")
def finished(prepared: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A project that was never coded, with the thirty decided."""
    desk = prepared.copy(tmp_path_factory.mktemp("finished"))
    desk.project.labels_path.unlink()
    shutil.rmtree(desk.project.folder / "runs")
    decide_all(desk)
    return desk


def test_it_codes_by_itself_once_and_gives_every_theme_an_interval(finished: Desk) -> None:
    outcome = finish_start(start_review(finished.project, finished.path))
    assert outcome.session is None
    assert outcome.coding is not None
    assert outcome.coding.run["decided"] == 30
    assert outcome.coding.run["calibrated"]
    assert outcome.status is not None
    for theme in outcome.status.status.themes:
        assert theme.low is not None
        assert theme.high is not None
        assert theme.low < theme.high
    again = finish_start(start_review(finished.project, finished.path))
    assert again.coding is None, "the coding knows all decisions"
    opened = finished.open("ben")
    opened.session.save()
    opened.writer.close()
    later = finish_start(start_review(finished.project, finished.path))
    assert later.coding is not None


def test_a_complete_one_says_so_and_what_comes_next(finished: Desk) -> None:
    finish_start(start_review(finished.project, finished.path))
    words = ["review", str(finished.project.folder), "--codebook", str(finished.path), "--start"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    text = " ".join(done.output.split())
    assert "no comment of it is left" in text
    assert "95% interval" in text
    assert "--sample 40 --blind" in text
    by_ben = CliRunner().invoke(cli, [*words, "--reviewer", "ben"])
    assert "--sample 40 --blind --reviewer ben" in " ".join(by_ben.output.split())
    quiet = CliRunner().invoke(cli, [*words, "--quiet"])
    assert quiet.output == ""
    facts = json.loads(CliRunner().invoke(cli, [*words, "--json"]).stdout)
    assert facts["start"] == {"comments": 30, "left": 0}
    assert len(facts["status"]["themes"]) == len(finished.book.theme_ids)


def test_a_theme_that_somebody_was_unsure_of_has_no_interval_and_the_reason_is_said(
    desk: Desk,
) -> None:
    decide_all(desk)
    opened = desk.open("amira", blind=True)
    opened.session.go_to(desk.read()[0].comment_id)
    opened.session.edit.toggle_unsure("drugs")
    opened.session.save()
    opened.writer.close()
    words = ["review", str(desk.project.folder), "--codebook", str(desk.path), "--start"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    text = " ".join(done.output.split())
    assert "the reviewers were sure of the theme in fewer than 30" in text
    row = next(line for line in done.output.splitlines() if line.strip().startswith("Drugs"))
    assert row.rstrip().endswith("–")


def test_without_a_terminal_no_draw_is_left_behind(desk: Desk) -> None:
    with pytest.raises(CoderError, match="needs a terminal"):
        start_review(desk.project, desk.path)
    assert not read_draws(desk.path.parent / "plan.decisions")


def test_nothing_is_coded_while_comments_are_left(desk: Desk) -> None:
    decide_all(desk, most=12)
    with pytest.raises(CoderError, match="needs a terminal"):
        start_review(desk.project, desk.path)
    assert left(desk) == 18


def test_the_queue_gives_back_a_comment_whose_decision_was_withdrawn(desk: Desk) -> None:
    decide_all(desk, most=30)
    opened = desk.open("amira")
    comment_id = desk.read()[0].comment_id
    opened.session.go_to(comment_id)
    assert opened.session.take_back()
    opened.writer.close()
    assert left(desk) == 1
    again = open_start(desk)
    assert here_in(again) == comment_id
    again.writer.close()


def here_in(opened) -> str:  # type: ignore[no-untyped-def]
    return str(opened.session.pick.comment_id)


# ---------------------------------------------------------------- in a terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    found = Terminal(tmp_path)
    yield found
    found.close()


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_killed_session_goes_on_and_ends_with_the_table(
    desk: Desk, tmp_path: Path, terminal: Terminal
) -> None:
    (desk.project.folder / "labels.parquet").unlink()
    decide_all(desk, most=20)
    terminal.line(command("--reviewer", "amira", "--start"))
    terminal.wait_for("20 of 30 drawn are decided")
    terminal.type("1", "Enter", "Enter")
    terminal.wait_for("saved (2)")
    terminal.close()
    assert len(read_decisions(desk.path).decisions) == 22
    second = Terminal(tmp_path)
    try:
        second.line(command("--reviewer", "ben", "--start"))
        second.wait_for("22 of 30 drawn are decided")
        for number in range(8):
            second.type("Enter")
            if number < 7:
                second.wait_for(f"saved ({number + 1})")
        screen = second.wait_for("coder export plan.coding", seconds=120)
    finally:
        second.close()
    assert "95% interval" in screen
    assert Project(desk.project.folder).labels_path.is_file()
