"""The choice of quotes on its screen: what each key writes to quotes.yaml, and what is never offered."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from coder.errors import CoderError
from coder.project import Project
from coder.project_lock import hold_project
from coder.quoting.app import QuoteApp, Summary, TrimDialog
from coder.quoting.choices_file import Change, ChoicesFile
from coder.quoting.desk import CHOSEN, PINNED, QuoteDesk
from coder.reporting import build_report, gather
from coder.reporting.quotes_file import PinnedQuote
from coder.screen.dialogs import TextDialog
from coder.workflow.quotes import open_desk
from coder.workflow.review import open_review_target
from review_helpers import NASTY, book_at, comments_table, labels_table, project_at

DRUGS = "drugs", "more"
SAID = {
    "C-1": "Crack down on the dealers who wait at the school gate every afternoon.",
    "C-2": "The police must crack down on drugs in our park before somebody is hurt.",
    "C-3": "Crack down on drugs! My name is on the lease and jo@example.org is my address for you.",
    "C-4": "Please crack down on the drugs that are sold on our stairs at night.",
    "W-1": "Women and girls should be able to wait for a bus without fear.",
    "W-2": "Light the underpass so that women can walk home along the canal.",
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quotes")
    texts = SAID | NASTY
    comments = comments_table(texts, declined=["yes" if name == "C-4" else "" for name in texts])
    _, book = book_at(folder)
    project = project_at(folder / "plan", comments, labels=labels_table(comments, book))
    settings = project.settings().model_copy(update={"text_declined": "declined"})
    project.write(settings, comments)
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    shutil.copytree(prepared, tmp_path / "work")
    return tmp_path / "work"


def desk_at(folder: Path) -> QuoteDesk:
    return open_desk(
        open_review_target(Project(folder / "plan"), folder / "plan.yaml", None, print)
    )


@asynccontextmanager
async def running(
    folder: Path, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[QuoteApp, Pilot[Summary]]]:
    app = QuoteApp(desk_at(folder), title="plan")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.quotes.choose_row(row_of(app.desk))
        yield app, pilot


def row_of(desk: QuoteDesk, key: tuple[str, str] = DRUGS) -> int:
    return next(row.number for row in desk.rows if row.key == key)


def pins(folder: Path) -> dict[str, str]:
    file = ChoicesFile(folder / "plan", folder / "plan" / "quotes.yaml")
    return {pin.comment: pin.quote for pin in file.read().pin}


def screen_text(app: QuoteApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def report_quotes(folder: Path) -> dict[str, str]:
    report = build_report(gather(Project(folder / "plan"), folder / "plan.yaml"))
    own = report.quotes[report.quotes["position_id"] == "more"]
    return dict(zip(own["comment_id"], own["quote"], strict=True))


async def test_keys_pin_swap_unpin_and_undo_and_the_report_prints_what_is_pinned(
    folder: Path,
) -> None:
    async with running(folder) as (app, pilot):
        first = app.quotes.offers[0]
        assert first.standing == CHOSEN
        assert "1 of" in screen_text(app)
        await pilot.press("enter")
        assert pins(folder) == {first.comment_id: first.quote}
        await pilot.press("s")
        second = app.quotes.offer
        assert second is not None
        assert second.standing == PINNED
        assert list(pins(folder)) == [second.comment_id] != [first.comment_id]
        assert second.comment_id in report_quotes(folder)
        await pilot.press("z")
        assert list(pins(folder)) == [first.comment_id]
        app.quotes.follow(first.comment_id)
        await pilot.press("u")
        assert pins(folder) == {}
        await pilot.press("z", "z", "z", "q")
    assert pins(folder) == {}
    assert (folder / "plan" / "quotes.yaml").stat().st_mode & 0o777 == 0o600


async def test_a_trimmed_quote_is_an_exact_part_and_other_words_are_not_taken(folder: Path) -> None:
    async with running(folder) as (app, pilot):
        app.quotes.follow("C-1")
        await pilot.press("t")
        assert isinstance(app.screen, TrimDialog)
        box = app.screen.query_one(Input)
        box.value = "Crack down on those dealers"
        await pilot.pause()
        assert "not in the comment from “those dealers”" in " ".join(screen_text(app).split())
        await pilot.press("enter")
        assert isinstance(app.screen, TrimDialog)
        box.value = "[C]rack down on the dealers … every afternoon."
        await pilot.press("enter")
        assert pins(folder) == {"C-1": "[C]rack down on the dealers … every afternoon."}
        assert app.quotes.offer is not None
        assert app.quotes.offer.standing == PINNED
    assert report_quotes(folder)["C-1"] == "[C]rack down on the dealers … every afternoon."


async def test_who_declined_is_never_offered_and_details_are_masked_before_they_are_pinned(
    folder: Path,
) -> None:
    async with running(folder) as (app, pilot):
        offered = {
            offer.comment_id for row in app.desk.rows for offer in app.desk.offers(row.number)
        }
        assert {"C-1", "C-2", "C-3", "W-1"} <= offered
        assert "C-4" not in offered
        assert "1 comment declined, not offered" in screen_text(app)
        app.quotes.follow("C-3")
        app.quotes.say()
        await pilot.pause()
        assert "Personal details: e-mail address." in screen_text(app)
        await pilot.press("enter")
    assert "example.org" not in pins(folder)["C-3"]
    assert "example.org" not in report_quotes(folder)["C-3"]


async def test_a_comment_that_is_never_to_be_quoted_is_gone_everywhere(folder: Path) -> None:
    async with running(folder) as (app, pilot):
        gone = app.quotes.offers[0].comment_id
        await pilot.press("x")
        for row in app.desk.rows:
            assert gone not in {offer.comment_id for offer in app.desk.offers(row.number)}
        assert gone not in report_quotes(folder)
        await pilot.press("z")
        assert gone in {offer.comment_id for offer in app.quotes.offers}
    assert gone in report_quotes(folder)


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_hostile_comments_are_shown_as_text_at_every_size(
    folder: Path, size: tuple[int, int]
) -> None:
    async with running(folder, size) as (app, pilot):
        shown = ""
        for key in ("down",) * len(app.desk.rows):
            await pilot.press(key, "right")
            shown += screen_text(app)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", shown)
        await pilot.press("question_mark")
        assert isinstance(app.screen, TextDialog)


def test_changes_keep_what_others_wrote_and_the_notes_in_the_file(folder: Path) -> None:
    path = folder / "plan" / "quotes.yaml"
    path.write_text(
        "# agreed on Monday\npin:\n  - {theme: women, comment: W-1}  # for the foreword\ndrop: [C-2]\n",
        encoding="utf-8",
    )
    file = ChoicesFile(folder / "plan", path)
    text = 'Say "no": # it is [not] {so}: \\n'
    after = file.apply(Change(pin=(PinnedQuote(theme="drugs", comment="1e3", quote=text),)))
    assert [(pin.comment, pin.quote) for pin in after.pin] == [("W-1", ""), ("1e3", text)]
    stored = path.read_text(encoding="utf-8")
    assert "# agreed on Monday" in stored
    assert "# for the foreword" in stored
    assert file.apply(Change(unpin=("1e3",), allow=("C-2",))).pin == after.pin[:1]
    before = file.read()
    change = Change(pin=(PinnedQuote(theme="women", comment="W-1", quote="Women"),), drop=("C-1",))
    file.apply(change)
    assert file.apply(change.inverse(before)) == before


def test_nothing_is_written_while_another_command_holds_the_project(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coder.quoting.choices_file.PATIENCE", 0.1)
    from threading import Thread

    desk = desk_at(folder)
    number = row_of(desk)
    failures: list[Exception] = []

    def pin() -> None:
        try:
            desk.pin(number, desk.offers(number)[0])
        except CoderError as error:
            failures.append(error)

    with hold_project(folder / "plan", "coder apply"):
        thread = Thread(target=pin)
        thread.start()
        thread.join()
    assert len(failures) == 1
    assert "coder apply" in str(failures[0])
    assert not desk.pins
    assert not (folder / "plan" / "quotes.yaml").exists()
