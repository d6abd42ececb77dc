"""What the review saves, what happens where it cannot, and what it does in the background."""

import dataclasses
import gc
import weakref
from collections.abc import Sequence
from pathlib import Path

import pytest

from coder.decisions import Decision, DecisionLog
from coder.errors import CoderError
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import open_session
from coder.reviewing.screen.background import BackgroundJobs
from coder.reviewing.screen.writer import DecisionWriter
from coder.reviewing.suggestions import Suggestions
from coder.screen.dialogs import QuestionDialog
from coder.screen.idle import GARBAGE, IDLE, TOO_MUCH_GARBAGE, IdleCollector
from coder.screen.running import collected_when_idle
from review_desk import Desk, here, saved, ticked, until, whole
from review_helpers import project_at


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(prepared: Desk, tmp_path: Path) -> Desk:
    return prepared.copy(tmp_path)


# ---------------------------------------------------------------- when saving fails


async def test_a_decision_that_cannot_be_saved_is_asked_about_and_not_called_saved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [True]
    attempts = []
    append = DecisionLog.append

    def sometimes(self: DecisionLog, decisions: Sequence[Decision]) -> None:
        attempts.append(decisions)
        if broken[0]:
            raise CoderError(
                "the decision could not be saved (No space left on device)", "Free some space."
            )
        append(self, decisions)

    monkeypatch.setattr(DecisionLog, "append", sometimes)
    async with desk.screen() as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, QuestionDialog))
        assert "1 decision could not be saved." in whole(app)
        assert "No space left" in whole(app)
        assert app.writer.saved == 0
        assert app.writer.status == "NOT SAVED"
        attempts.clear()
        await pilot.press("r")
        await until(pilot, lambda: attempts and isinstance(app.screen, QuestionDialog))  # and again
        broken[0] = False
        await pilot.press("r")
        await saved(app, pilot)
        assert "saved (1)" in whole(app)
    assert len(desk.read()) == 1


async def test_what_could_not_be_saved_is_not_counted_as_decided(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = DecisionLog.append

    def once(self: DecisionLog, decisions: Sequence[Decision]) -> None:
        if desk.read():
            raise CoderError("no", "")
        append(self, decisions)

    monkeypatch.setattr(DecisionLog, "append", once)
    async with desk.screen() as (app, pilot):
        await pilot.press("enter")
        await saved(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, QuestionDialog))
        await pilot.press("q")
        await until(pilot, lambda: app.return_value)
    assert app.return_value is not None
    assert (app.return_value.decided, app.return_value.unsaved) == (1, 1)


async def test_a_writer_that_breaks_unexpectedly_is_told_and_can_be_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: DecisionLog, decisions: Sequence[Decision]) -> None:
        raise ValueError("out of the blue")

    monkeypatch.setattr(DecisionLog, "append", breaks)
    async with desk.screen() as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, QuestionDialog))
        assert "ValueError: out of the blue" in whole(app)
        await pilot.press("q")
        await until(pilot, lambda: app.return_value)
    assert app.return_value is not None
    assert app.return_value.unsaved == 1


async def test_a_blind_session_without_labels_shows_its_notes_and_learns_nothing(
    desk: Desk,
) -> None:
    def never() -> Suggestions:
        pytest.fail("blind")

    opened = dataclasses.replace(desk.open(blind=True), notes=("6 wait",))
    jobs = BackgroundJobs(learn=never, learn_at_start=True)
    async with desk.screen(opened=opened, jobs=jobs) as (app, pilot):
        assert "6 wait" in whole(app)
        assert "no suggestions" not in app.review.message
        await pilot.press("r")
        assert app.review.message == "a blind session shows no suggestions"


async def test_the_mark_that_reading_sets_is_no_attribute_of_a_respondent(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    comments = desk.comments.assign(about_process="0")
    project = project_at(tmp_path / "marked.coding", comments)
    attributes = open_session(project, desk.book, desk.path, "amira", ReviewMode()).attributes
    assert "age" in attributes
    assert "about_process" not in attributes


async def test_two_windows_of_one_reviewer_hear_of_each_other(desk: Desk) -> None:
    first_window, second = desk.open(), desk.open()
    arrived = []

    def new_decisions() -> Sequence[Decision]:
        decisions = first_window.others()
        arrived.append(len(decisions))
        return decisions

    jobs = BackgroundJobs(new_decisions=new_decisions)
    async with desk.screen(opened=first_window, jobs=jobs) as (app, pilot):
        first = here(app)
        assert second.session.pick is not None
        assert second.session.pick.comment_id == first
        await pilot.press("enter")
        await saved(app, pilot)
        app.background.read_decisions()
        await until(pilot, lambda: arrived == [1])
        assert "elsewhere" not in whole(app)  # its own words come back from the file too
        heard = second.session.hear(second.others())
        assert heard == (first,)
        assert second.session.saved  # and it shows them
        second.session.forward()
        assert second.session.pick.comment_id == here(app)
        second.session.edit.toggle("driving")
        second.session.save()
        second.writer.close()
        app.background.read_decisions()
        await until(pilot, lambda: app.review.message)
        assert "decided elsewhere under your name: 1 comment, including this one" in whole(app)
        assert "driving" in ticked(app)
        assert app.session.saved


async def test_leaving_with_decisions_that_cannot_be_saved_says_how_many(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(self: DecisionLog, decisions: Sequence[Decision]) -> None:
        raise CoderError("no", "")

    monkeypatch.setattr(DecisionLog, "append", never)
    async with desk.screen() as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, QuestionDialog))
        await pilot.press("q")
        await until(pilot, lambda: app.return_value)
    assert app.return_value is not None
    assert app.return_value.unsaved == 1


def test_the_writer_keeps_order_and_says_what_is_on_disk(desk: Desk) -> None:
    log = DecisionLog(desk.path, "amira")
    writer = DecisionWriter(log)
    made = [
        Decision(
            project="p", comment_id=str(n), text="", text_hash="", scope=("a",), mode="blind", chosen="random",
            reviewer="amira", codebook_version="1", codebook_fingerprint="f",
        )
        for n in range(50)
    ]  # fmt: skip
    for decision in made:
        writer([decision])
    assert writer.close() == 0
    assert writer.saved == 50
    assert desk.read() == made


async def test_another_reviewers_decisions_arrive(desk: Desk) -> None:
    opened, other = desk.open(), desk.open("ben")
    async with desk.screen(opened=opened, jobs=BackgroundJobs(new_decisions=opened.others)) as (
        app,
        pilot,
    ):
        other.session.go_to("C-0005")
        other.session.save()
        other.writer.close()
        app.background.read_decisions()
        await until(pilot, lambda: app.session.record.reviewers("C-0005") == ["ben"])


async def test_garbage_waits_until_nobody_presses_a_key(desk: Desk) -> None:
    class Ring:
        def __init__(self) -> None:
            self.me = self

    with collected_when_idle():
        assert not gc.isenabled()
        async with desk.screen() as (app, pilot):
            gc.collect()
            rings = [Ring() for _ in range(GARBAGE)]
            gone = [weakref.ref(ring) for ring in rings[:5]]
            del rings
            app.garbage._last_input -= IDLE
            await pilot.press("down")
            app.garbage.collect()
            assert all(ref() is not None for ref in gone)
            app.garbage._last_input -= IDLE
            app.garbage.collect()
            assert all(ref() is None for ref in gone)
    assert gc.isenabled()


def test_much_garbage_is_collected_even_while_keys_are_pressed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collector = IdleCollector()
    collected = []
    monkeypatch.setattr(gc, "isenabled", lambda: False)
    monkeypatch.setattr(gc, "collect", lambda: collected.append(True))
    for objects, times in ((TOO_MUCH_GARBAGE - 1, 0), (TOO_MUCH_GARBAGE, 1)):
        monkeypatch.setattr(gc, "get_count", lambda objects=objects: (objects, 0, 0))
        collector.collect()
        assert len(collected) == times
