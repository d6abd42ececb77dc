"""What the review screen shows: layout, evidence, hostile texts, the mouse, every size of terminal."""

import re
from pathlib import Path

import pytest
from textual.widgets import OptionList

from coder.reviewing.screen.app import ReviewApp
from coder.reviewing.screen.theme_search import matching_themes
from coder.screen.dialogs import TextDialog
from coder.screen.widgets import Lines
from review_desk import Desk, cursor, here, saved, shown, ticked, type_in, whole
from review_helpers import BOOK, NASTY, plain_texts


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(prepared: Desk, tmp_path: Path) -> Desk:
    return prepared.copy(tmp_path)


# ---------------------------------------------------------------- the mouse


async def test_a_click_ticks_a_line_or_presses_a_key(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, pilot):
        await pilot.click(
            "#themes", offset=(10, 4)
        )  # under the border and the third theme: a position
        assert app.session.draft.themes["drugs"] == ()
        await pilot.click("#themes", offset=(10, 3))
        assert not ticked(app)
        await pilot.click("#themes", offset=(10, 9))  # nothing there
        assert not ticked(app)
        keys = shown(app)[-1]
        await pilot.click("#keys", offset=(keys.index("u unsure") + 1, 0))
        assert "[?]" in whole(app)
        await pilot.click("#keys", offset=(keys.index("z undo"), 0))
        assert "[?]" not in whole(app)
        await pilot.click(
            "#keys", offset=(keys.index("number tick"), 0)
        )  # not one key: only to read
        await pilot.click("#keys", offset=(keys.index("Enter"), 0))
        assert here(app) != "C-0001"
        await pilot.click("#keys", offset=(keys.index("? help"), 0))
        assert isinstance(app.screen, TextDialog)


async def test_the_comment_takes_the_room_it_needs_and_the_themes_the_rest(tmp_path: Path) -> None:
    texts = {
        "S": "Safer stations",
        "L": " ".join(f"word{n}" for n in range(3000)),
        "M": "Ban cars. " * 30,
    }
    themes = "".join(f"  - {{id: theme-{n}, name: Theme {n}}}\n" for n in range(20))
    desk = Desk(tmp_path, texts, f"title: T\nthemes:\n{themes}")
    async with desk.screen(at="S") as (app, pilot):
        text, themes_box = app.query_one("#text"), app.query_one("#themes")
        assert (text.size.height, themes_box.size.height) == (1, 14)
        assert len([line for line in shown(app) if "Theme " in line]) == 14
        app.session.go_to("M")
        await pilot.press("down")
        await pilot.pause()
        assert (text.size.height, themes_box.size.height) == (4, 11)
        app.session.go_to("L")
        await pilot.press("down")
        await pilot.pause()
        assert (text.size.height, themes_box.size.height) == (7, 8)
        assert "PgDn for more" in whole(app)
        await pilot.press("up", "up", "up", "up")  # round to the last ones, which must be in sight
        await pilot.pause()
        theme = app.session.codebook.theme(cursor(app))
        assert theme.id == app.session.rows()[-4].theme_id
        assert any(
            line.strip(" │").startswith(">[ ]") and theme.name in line for line in shown(app)
        )
        await pilot.resize_terminal(130, 30)
        await pilot.pause()
        assert text.size.height > 10


LONG_BOOK = "title: T\nthemes:\n" + "".join(
    f"  - {{id: theme-{n}, name: Theme {n}, keywords: [w{n}w]}}\n" for n in range(1, 41)
).replace(
    "keywords: [w33w]", "keywords: [w33w], positions: [{id: a, name: For}, {id: b, name: No}]"
)


def listed(app: ReviewApp) -> list[str]:
    """The numbers of the themes in view."""
    found = (re.match(r"│.\[.\].0?(\d+) Theme", line) for line in shown(app))
    return [match[1] for match in found if match]


async def test_a_long_list_has_pages_and_the_frame_names_what_is_on_others(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"A": "w2w and w33w", "B": "nothing"}, LONG_BOOK)
    async with desk.screen(at="A") as (app, pilot):
        assert cursor(app) == "theme-2"
        assert listed(app)[0] == "1"
        assert "not in view: [x] 33 Theme 33 90%" in whole(app)
        assert ">[x]•02 Theme 2" in whole(app)
        height = len(listed(app))
        await pilot.press("full_stop")
        assert listed(app)[0] == str(height + 1)
        assert cursor(app) == f"theme-{height + 2}", "the cursor stays on its line"
        assert "not in view: [x] 02 Theme 2 90%, [x] 33" in whole(app)
        await pilot.press(*["full_stop"] * 5)
        assert listed(app)[-1] == "40"
        assert "(x) A For" not in whole(app)
        await pilot.press(*["comma"] * 5)
        assert (listed(app)[0], cursor(app)) == ("1", "theme-1")
        await pilot.press("3")
        assert "33" in listed(app), "half a number shows where it leads"
        await pilot.press("escape", "enter")
        assert here(app) == "A", "Escape takes the digit back, Enter saves"


async def test_half_a_number_saves_nothing_and_all_positions_come_into_sight(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, {"A": "plain", "B": "nothing"}, LONG_BOOK)
    async with desk.screen(at="A") as (app, pilot):
        await pilot.press("3", "enter")
        assert here(app) == "A"
        assert "3_ is not a whole number" in whole(app)
        await pilot.press("9", "9")
        assert "no theme has the key 99" in whole(app)
        for theme in ("30", "31", "32"):  # whatever the page ends with
            await pilot.press(*theme, *"33")
            assert "( ) A For" in whole(app)
            assert "( ) B No" in whole(app)
            await pilot.press(*"33")
        await pilot.press(*"33", "B", *"00")
        assert not ticked(app)
        await pilot.press("3", "j", "1", "enter", "enter")
        await saved(app, pilot)
    assert [decision.themes for decision in desk.read()] == [{}]


@pytest.mark.parametrize("size", [(20, 10), (39, 30), (100, 11)])
async def test_a_terminal_that_is_too_small_says_so_until_it_is_larger(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.screen(at="C-0006") as (app, pilot):
        await pilot.press("n", "x")
        await pilot.resize_terminal(*size)
        text = whole(app)
        assert f"Too small: {size[0]} x {size[1]}." in text
        assert "Themes" not in text
        await pilot.press("y", "enter")
        await pilot.resize_terminal(80, 24)
        await pilot.press("enter")
        assert "note: x" in whole(app), "the dialog below is as it was"
        await pilot.press("z")
        await pilot.resize_terminal(*size)
        await pilot.press("q")
        await pilot.pause()
    assert not app.is_running
    assert desk.read() == []


async def test_a_wide_screen_shows_the_definition_beside(desk: Desk) -> None:
    async with desk.screen(size=(140, 40), at="C-0001") as (app, pilot):
        assert "Keywords: drugs, dealers, cannabis" in whole(app)
        await pilot.press("up", "up")
        assert "Wants more officers, or to see them." in whole(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "Wants more officers" not in whole(app)
        await pilot.press("d")
        assert "Wants more officers" in whole(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_scrollbar_stands_only_beside_what_does_not_fit(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    desk = Desk(tmp_path, {"short": "Women.", "fits": "w" * 76, "long": NASTY["long"]})
    async with desk.screen(size=size, at="short") as (app, pilot):
        for name in ("short", "fits", "long", "short", "fits"):
            app.session.go_to(name)
            app.review.draw()
            await pilot.pause()
            await pilot.pause()
            panel = app.query_one("#text", Lines)
            assert panel.show_vertical_scrollbar == (name == "long")
            assert panel.fits == (name != "long")
            assert ("PgDn for more" in whole(app)) == (name == "long")
        assert not app.query_one("#themes", Lines).show_vertical_scrollbar


async def test_clicks_in_the_dialogs(desk: Desk) -> None:
    async with desk.screen(at="C-0006") as (app, pilot):
        await pilot.press("a")
        found = app.screen.query_one("#matches", OptionList)
        await pilot.click(found, offset=(4, 2))
        assert len(ticked(app)) == 1
        await pilot.press("escape", "/")
        await type_in(app, pilot, "cannabis")
        await pilot.click("#items", offset=(4, 1))
        await pilot.click("#items", offset=(4, 1))  # a second click opens it
        assert here(app) == "C-0009"
        await pilot.press("d")
        await pilot.click(offset=(0, 0))  # beside it
        assert not isinstance(app.screen, TextDialog)


# ---------------------------------------------------------------- what is shown


async def test_evidence_is_bracketed_underlined_and_numbered(desk: Desk) -> None:
    async with desk.screen(at="C-0001") as (app, _):
        assert "the ⟦drugs⟧³ and" in whole(app)
        strips = app.query_one("#text", Lines).render_line(0)
        (segment,) = [s for s in strips if s.text == "drugs"]
        assert segment.style is not None
        assert segment.style.underline
        assert segment.style.bold


async def test_blind_shows_no_percentage_no_evidence_no_reason(desk: Desk) -> None:
    async with desk.screen(at="C-0001", blind=True) as (app, _):
        text = whole(app)
        assert "⟦" not in text
        assert "%" not in text
        assert "says" not in text
        assert "blind: no suggestions" in text


async def test_the_progress_line_says_how_many_reviews_are_needed(desk: Desk) -> None:
    async with desk.screen(size=(130, 30), sample=4, blind=True) as (app, pilot):
        await pilot.press("enter")
        text = whole(app)
        assert "1 of 4 drawn are decided, 3 left · 1 of 40 reviewed at random" in text
        assert "0 of 5 themes within 2 points" in text
        await pilot.press("enter", "enter", "enter")
        assert "There is nothing left to review here" in whole(app)
        await pilot.press("enter", "2", "space", "a", "n", "d", "u", "p", "c", "m", "e", "x", "s")
        await pilot.press("b")
        assert here(app)


async def test_a_sample_that_is_not_reviewed_blind_is_marked_on_the_screen(desk: Desk) -> None:
    async with desk.screen(sample=10) as (app, pilot):
        text = whole(app)
        assert "random sample · not blind" in text
        assert "estimates can be biased towards the model" in text
        assert "0 of 10 drawn are decided, 10 left" in text
        await pilot.press("question_mark", *["pagedown"] * 6)
        assert "tend to agree with them" in whole(app)
    async with desk.screen(sample=10, blind=True) as (app, _):
        assert "random sample · blind: no suggestions" in whole(app)
        assert "biased" not in whole(app)


async def test_adjudication_side_by_side(desk: Desk) -> None:
    for name, press in (("amira", "4"), ("ben", "5")):
        async with desk.screen(at="C-0006", reviewer=name, blind=True) as (app, pilot):
            await pilot.press(press, "enter")
            await saved(app, pilot)
    async with desk.screen(reviewer="carla", adjudicate=True) as (app, pilot):
        text = whole(app)
        assert "adjudication" in text
        assert "amira" in text
        assert "ben" in text
        assert "In dispute: 2 not answered yet" in text
        lines = shown(app)
        (women,) = [line for line in lines if "[   ] 4 Safety of women" in line]
        assert women.index("yes amira") < women.index("no ben")
        assert cursor(app) == "women"
        await pilot.press("space", "down", "n", "enter")
        await saved(app, pilot)
        assert "There is nothing left" in whole(app)
    decision = desk.read()[-1]
    assert decision.reviewer == "carla"
    assert decision.themes == {"women": ()}
    assert len(decision.adjudicates) == 2


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    texts = {f"N-{k}": v.replace("\x00", "\ufffd") for k, v in NASTY.items()}
    return Desk(tmp_path_factory.mktemp("nasty"), {**texts, **plain_texts(3)})


@pytest.mark.parametrize(
    ("size", "light"), [((80, 24), False), ((80, 24), True), ((60, 20), False), ((140, 40), True)]
)
async def test_every_size_holds_all_parts(
    nasty: Desk, tmp_path: Path, size: tuple[int, int], light: bool
) -> None:
    desk = nasty.copy(tmp_path)
    async with desk.screen(size=size, light=light, reviewer="r") as (app, pilot):
        for name in NASTY:
            comment_id = f"N-{name}"
            app.session.go_to(comment_id)
            app.review.draw()
            await pilot.pause()
            lines = shown(app)
            assert len(lines) == size[1]
            text = "\n".join(lines)
            assert comment_id in text
            assert "Drugs" in text
            assert "? help" in text
            assert "q quit" in text
            for char in text:
                assert char == "\n" or ord(char) >= 0x20
                assert char not in "\x7f\x9b\u202e\u2066\u200b\u200f"
            for key in ("down", "2", "pagedown", "e"):
                app.action_press(key)
            await pilot.press("d", "escape")
            assert len(shown(app)) == size[1]


async def test_markup_in_texts_attributes_names_and_notes_stays_text(tmp_path: Path) -> None:
    book = BOOK.replace("name: Driving", 'name: "[red]Driving[/red] [/b]"').replace(
        "definition: Wants more officers, or to see them.",
        'definition: "[bold]Wants[/bold] [/x] \\x1b[31m"',
    )
    desk = Desk(tmp_path, {"[b]1": "[v]aping near [/b] [bold red]x[/]", **plain_texts(3)}, book)
    desk.comments["borough"] = "[link=x]Lam[/] \x1b]0;t\x07"
    desk.project.write(desk.project.settings(), desk.comments)
    async with desk.screen(size=(120, 40), at="[b]1", reviewer="amira") as (app, pilot):
        text = whole(app)
        for part in (
            "[v]aping near [/b] [bold red]x[/]",
            "[red]Driving[/red] [/b]",
            "[link=x]Lam[/]",
            "[b]1",
        ):
            assert part in text
        assert "\x1b" not in text
        await pilot.press("d")
        await pilot.press("escape", "/")
        await type_in(app, pilot, "aping")
        assert "[v]aping near" in whole(app)
        await pilot.press("enter", "a")
        assert "[red]Driving[/red]" in whole(app)
        await pilot.press("escape")
        app.session.go_to("C-0000")
        await pilot.press("down", "up", "d")
        assert "[bold]Wants[/bold] [/x] ␛[31m" in whole(app)


# ---------------------------------------------------------------- finding themes


def test_themes_are_found_by_word_starts_then_anywhere_then_keywords(desk: Desk) -> None:
    def ids(typed: str) -> list[str]:
        return [t.id for t in matching_themes(desk.book.active, typed)]

    assert ids("") == list(desk.book.theme_ids)
    assert ids("pol")[0] == "visibility"
    assert ids("wom") == ["women"]
    assert ids("cannabis") == ["drugs"]
    assert ids("sta")[0] == "stations"
    assert ids("safety of")[0] == "women"
    assert ids("zzzz") == []
    assert "driving" in ids("drvg")  # letters in order
