"""Keys that come in bursts: the parser of the terminal, the queue of the app, what is pasted."""

from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from coder.screen.dialogs import TextDialog
from coder.screen.escapes import EscapeParser
from review_desk import Desk, here, saved, ticked

# Search for a theme and tick it, save; a note, save; half a search, left; the definition, left; save.
TYPED = "awom\r\r\rnask q\r3\radr\x1b4d\x1b5\r"


@pytest.mark.parametrize(
    ("chunks", "keys"),
    [
        (["a\x1b2\x1b[A\x1bq"], "a escape 2 up escape q"),
        (["\x1b\x1bx"], "escape escape x"),
        (["x\x1b", "3"], "x escape 3"),
        (["\x1b", "[B"], "down"),
        (["\x1bOP"], "f1"),
        (["1\r2\n"], "1 enter 2 ctrl+j"),
    ],
)
def test_an_escape_is_a_key_unless_a_code_follows(chunks: list[str], keys: str) -> None:
    parser = EscapeParser()
    found = [event for chunk in chunks for event in parser.feed(chunk)]
    assert [event.key for event in found if isinstance(event, events.Key)] == keys.split()


async def test_a_burst_means_what_the_same_keys_mean_one_by_one(tmp_path: Path) -> None:
    said = []
    for way in ("one by one", "at once", "pasted"):
        desk = Desk(tmp_path / way)
        async with desk.screen(blind=True) as (app, pilot):
            keys = [e for e in EscapeParser().feed(TYPED) if isinstance(e, events.Key)]
            if way == "pasted":
                app.post_message(events.Paste(TYPED))
                await pilot.pause()
            elif way == "at once":
                for key in keys:
                    app.post_message(key)
                await pilot.pause()
            else:
                for key in keys:
                    app.post_message(key)
                    await pilot.pause()
            await saved(app, pilot)
        decisions = [(d.comment_id, dict(d.themes), d.note) for d in desk.read()]
        said.append(decisions)
    assert said[0] == said[1] == said[2]
    assert [sorted(themes) for _, themes, _ in said[0]] == [
        ["women"],
        ["drugs"],
        ["driving", "women"],
    ]
    assert said[0][1][2] == "ask q"


async def test_what_is_pasted_into_a_box_is_text_and_one_line(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    async with desk.screen(blind=True) as (app, pilot):
        first = here(app)
        await pilot.press("n")
        app.post_message(events.Paste("first line\r\nq 3\r\n"))
        await pilot.pause()
        assert app.screen.query_one(Input).value == "first line q 3"
        await pilot.press("enter", "question_mark")
        assert isinstance(app.screen, TextDialog)
        app.post_message(events.Paste("q4"))  # there is no box: these are keys
        await pilot.pause()
        assert not isinstance(app.screen, TextDialog)
        assert ticked(app) == {"women"}
        assert here(app) == first
