"""The review screen: draws a session, turns keys and the mouse into its methods."""

import asyncio
import gc
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style
from textual.widgets import Static

from coder.decisions import Decision
from coder.reviewing.screen.dialogs import STYLE, Ask, FindComment, FindTheme, Note, Reading
from coder.reviewing.screen.drawing import (
    OPEN,
    Line,
    about,
    definition,
    fitted,
    marked_text,
    progress_text,
    theme_lines,
)
from coder.reviewing.screen.writer import Writer
from coder.reviewing.session import Row, Session
from coder.reviewing.suggestions import Neighbours, Suggestions
from coder.text import safe_text

REFIT_AFTER = 25  # decisions
SETTLED = 0.5  # seconds after which the first comment is on the screen and other work may begin
WIDE = 116  # cells from which the comment and the themes stand side by side
AROUND = 5  # lines of the screen that are neither the comment nor the themes
FRAME = 2  # lines that a border takes, and cells; a padding takes as many cells again
LOOK_AROUND = 5.0  # seconds between looks at what other reviewers wrote
IDLE = 1.0  # seconds without a key or the mouse after which memory is tidied
GARBAGE, TOO_MUCH = (
    20_000,
    2_000_000,
)  # objects from which it is, and from which it is whatever the keys do


class Key(NamedTuple):
    """A key, what it does, and how the help says so."""

    keys: str
    action: str
    shown: str
    help: str


KEYS = (
    Key("enter", "save", "Enter", "save what is ticked, and go to the next comment"),
    Key("1,2,3,4,5,6,7,8,9", "digit", "1–9", "tick a theme of the list, or take the tick away"),
    Key("down,j", "cursor(1)", "↓ j", "move down the list of themes"),
    Key("up,k", "cursor(-1)", "↑ k", "move up the list"),
    Key("space", "tick", "Space", "tick the line under the cursor: a theme or a position"),
    Key("a,plus", "add", "a +", "add themes by typing a few letters"),
    Key("p", "position", "p", "step through the positions of the theme"),
    Key("u", "unsure", "u", "unsure about this theme: it counts as not judged"),
    Key("U", "unsure_all", "U", "unsure about the whole comment"),
    Key("0", "none", "0", "take all ticks away: no theme fits"),
    Key("n", "note", "n", "write a note to the comment"),
    Key("d", "definition", "d", "what the codebook says of the theme under the cursor"),
    Key("i", "about", "i", "all that is known of the comment and its writer"),
    Key("s", "skip", "s", "skip: it comes once more at the end"),
    Key("b,left", "previous", "b ←", "back to the comment before"),
    Key("f,right", "forward", "f →", "forward to the comment after"),
    Key("z,ctrl+z", "undo", "z", "undo the last tick or decision"),
    Key("Z,ctrl+y", "redo", "Z Ctrl+Y", "redo what was undone"),
    Key("x", "take_back", "x", "take back what you decided of this comment"),
    Key("c", "copies", "c", "which copies the decision counts for"),
    Key("m", "more", "m", "bring more comments like this one next"),
    Key("slash", "search", "/", "search the comments, or open one by its id"),
    Key("e", "evidence", "e", "go to the next evidence in a long comment"),
    Key("pagedown", "page(1)", "PgDn", "read on in a long comment"),
    Key("pageup", "page(-1)", "PgUp", "read back"),
    Key("r", "refit", "r", "learn from the decisions now (it does so by itself after every 25)"),
    Key("l", "light", "l", "light or dark"),
    Key("question_mark,f1", "help", "?", "this page"),
    Key("q", "leave", "q Ctrl+Q", "quit; all that was saved is kept"),
)
THEME_KEYS = (
    Key("y", "yes", "y", "yes, the theme is there; next comment"),
    Key("n", "no", "n", "no, it is not; next comment"),
    Key("u", "doubt", "u", "unsure; next comment"),
    Key("1,2,3,4,5,6,7,8,9", "digit", "1–9", "yes, with this position; next comment"),
    Key("N", "note", "N", "write a note to the comment"),
)


HINTS = {
    "save": "Enter save",
    "digit": "1-9 tick",
    "add": "a add",
    "undo": "z undo",
    "unsure": "u unsure",
    "definition": "d define",
    "skip": "s skip",
    "previous": "b back",
    "position": "p position",
    "note": "n note",
    "search": "/ search",
    "more": "m more like this",
    "help": "? help",
    "leave": "q quit",
    "yes": "y yes",
    "no": "n no",
    "doubt": "u unsure",
}


def keys_of(kind: str) -> tuple[Key, ...]:
    """The keys of a session: one theme at a time has yes and no on keys of their own."""
    if kind != "theme":
        return KEYS
    own = {key for entry in THEME_KEYS for key in entry.keys.split(",")}
    left_out = {"none", "add", "more", "unsure_all"}
    rest = (k for k in KEYS if k.action not in left_out and not own & set(k.keys.split(",")))
    return (KEYS[0], *THEME_KEYS, *(k for k in rest if k is not KEYS[0]))


class Lines(ScrollView, can_focus=False):
    """Wrapped or whole lines, drawn one by one, so that the longest comment costs no more than a screen."""

    class Clicked(Message):
        """A line was clicked; `line` counts from 0."""

        def __init__(self, lines: "Lines", line: int) -> None:
            super().__init__()
            self.lines, self.line = lines, line

        @property
        def control(self) -> "Lines":
            return self.lines

    def __init__(self, *, wrap: bool, id: str) -> None:
        super().__init__(id=id)
        self._wraps = wrap
        self._given: Sequence[Content] = ()
        self._lines: list[Content] = []
        self._room = Size(-1, -1)

    def show(self, contents: Sequence[Content], *, top: bool = False) -> None:
        """Draw these contents; with `top` from the first line again."""
        self._given = contents
        self._room = Size(-1, -1)
        self._lay_out()
        if top:
            self.scroll_to(y=0, animate=False)
        self.refresh()

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        room = self.container_size
        if room == self._room or not room:
            return
        self._room = room
        bar = self.styles.scrollbar_size_vertical
        # Said here: by itself the scrollbar stays from a layout in which it was needed, and takes a column.
        more = self.needs(room.width, room.height + 1) > room.height
        width = max(1, room.width - bar if more else room.width)
        if self._wraps:
            self._lines = [line for content in self._given for line in content.wrap(width)]
        else:
            self._lines = list(self._given)
        self.virtual_size = Size(width, len(self._lines))
        self.show_vertical_scrollbar = more
        self.vertical_scrollbar.display = more

    def render_line(self, y: int) -> Strip:
        number = y + int(self.scroll_offset.y)
        width = self.scrollable_content_region.width
        if number >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[number].truncate(width, ellipsis=True)
        return Strip(line.render_segments(self.visual_style)).adjust_cell_length(
            width, self.rich_style
        )

    def line_with(self, mark: str, after: int) -> int | None:
        """Number of the next line that holds a mark, round the end to the first."""
        holding = [n for n, line in enumerate(self._lines) if mark in line.plain]
        return next((n for n in holding if n > after), holding[0] if holding else None)

    def needs(self, width: int, most: int) -> int:
        """How many lines what it shows takes at a width, in cells; `most` where it takes more."""
        if not self._wraps:
            return min(len(self._given), most)
        taken = 0
        for content in self._given:
            if (
                len(content.plain) > width * most
            ):  # the longest comment is not wrapped to learn that it is long
                return most
            taken += len(content.wrap(width))
        return min(taken, most)

    @property
    def fits(self) -> bool:
        """Whether all lines are in sight."""
        return len(self._lines) <= self.scrollable_content_region.height

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            self.post_message(self.Clicked(self, offset.y + int(self.scroll_offset.y)))


class Written(Message):
    """Something was saved, or could not be."""


class Learned(Message):
    """The model learned, or could not."""

    def __init__(self, suggestions: Suggestions | None, problem: str = "") -> None:
        super().__init__()
        self.suggestions, self.problem = suggestions, problem


class Alike(Message):
    """How comments are alike is known."""

    def __init__(self, neighbours: Neighbours) -> None:
        super().__init__()
        self.neighbours = neighbours


class Heard(Message):
    """Somebody decided something: others, this window, or another of the same reviewer."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        super().__init__()
        self.decisions = decisions


class Finished(NamedTuple):
    """What came of a session on the screen."""

    decided: int  # comments, copies too; those on disk
    seconds: float
    words_read: int
    unsaved: int  # decisions that could not be written
    skipped: int


Refit = Callable[[], Suggestions]


class ReviewApp(App[Finished]):
    """One reviewer at the screen.

    Args:
        log: called with decisions to keep; a `Writer` does it behind the screen.
        attributes: columns of the comments that describe the respondent.
        refit: learns from the decisions and gives new suggestions; called in a thread.
        look: gives how comments are alike; called in a thread.
        others: what anybody wrote since it was called last; called in a thread.
        stop: called on leaving, so that the threads come to an end.
        notes: what to tell at the beginning.
    """

    CSS = (
        """
    Screen { layout: vertical; }
    Lines, VerticalScroll, OptionList { scrollbar-size-vertical: 1; }
    Lines { overflow-x: hidden; }
    #top, #where, #progress, #message, #keys { height: 1; padding: 0 1; }
    #top { background: $primary; color: $text; text-style: bold; }
    #where { color: $text-muted; }
    #body { height: 1fr; layout: vertical; }
    #text { height: 1fr; min-height: 3; border: round $foreground 40%; padding: 0 1; }
    #themes { height: 1fr; min-height: 4; border: round $foreground 40%; padding: 0 0; }
    #left { height: 1fr; layout: vertical; }
    #definition { display: none; border: round $foreground 20%; padding: 0 1; color: $text-muted; }
    .-wide #body { layout: horizontal; }
    .-wide #left { width: 1fr; height: 100%; }
    .-wide #definition { display: block; height: 40%; }
    .-wide #themes { width: 1fr; height: 100%; }
    #progress { color: $text-muted; }
    #keys { background: $panel; }
    #message { text-style: bold; }
    """
        + STYLE
    )
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        session: Session,
        writer: Writer,
        *,
        title: str,
        attributes: Sequence[str] = (),
        light: bool = False,
        refit: Refit | None = None,
        refit_now: bool = False,
        look: Callable[[], Neighbours] | None = None,
        others: Callable[[], Sequence[Decision]] | None = None,
        stop: Callable[[], None] = lambda: None,
        notes: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._last_input = time.monotonic()
        self.session = session
        self._writer = writer
        self._book_title = title
        self._attributes = tuple(attributes)
        self.theme = "textual-light" if light else "textual-dark"
        self._refit, self._refit_now, self._look, self._others = refit, refit_now, look, others
        self._stop = stop
        self._since_refit = 0
        self._refitting = False
        self._cursor = 0
        self._rows: list[Row] = []
        self._lines: list[Line] = []
        self._shown_comment: str | None = None
        self._message = "  ·  ".join(notes)
        self._began = time.monotonic()
        self._asking = False
        self._leaving = False
        self.failure: Exception | None = None  # what nobody expected, and ended the screen
        for key in keys_of(session.kind):
            for name in key.keys.split(","):
                action = f"digit({name})" if key.action == "digit" else key.action
                self.bind(name, action, description=key.help, show=False)

    def compose(self) -> ComposeResult:
        yield Static(id="top")
        yield Static(id="where")
        with Container(id="body"):
            with Container(id="left"):
                yield Lines(wrap=True, id="text")
                yield Lines(wrap=True, id="definition")
            yield Lines(wrap=False, id="themes")
        yield Static(id="progress")
        yield Static(id="message")
        yield Static(id="keys")

    def on_mount(self) -> None:
        self._writer.changed = lambda: self.post_message(Written())
        for name in (
            "SIGTERM",
            "SIGHUP",
        ):  # else the terminal is left without its echo, and the mouse on
            with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
                asyncio.get_running_loop().add_signal_handler(getattr(signal, name), self._leave)
        self.set_interval(IDLE / 2, self._tidy)
        self._draw()
        if self._look is not None:
            self.set_timer(SETTLED, self._begin_to_look)
        if self._refit is not None and self._refit_now and not self.session.blind:
            self.action_refit()
        if self._others is not None:
            self.set_interval(LOOK_AROUND, self._look_around)

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    async def on_event(self, event: events.Event) -> None:
        """Every event of the screen; notes when somebody was last there."""
        if isinstance(event, events.InputEvent):
            self._last_input = time.monotonic()
        await super().on_event(event)

    def _tidy(self) -> None:
        """Collect garbage while nobody waits: `collected_when_idle` took that from Python."""
        garbage = gc.get_count()[0]
        idle = time.monotonic() - self._last_input >= IDLE
        if not gc.isenabled() and (garbage >= TOO_MUCH or (idle and garbage >= GARBAGE)):
            gc.collect()

    # ------------------------------------------------------------ drawing

    def _draw(self) -> None:
        """Everything, from the session."""
        session = self.session
        pick = session.pick
        top_again = (pick.comment_id if pick else None) != self._shown_comment
        self._shown_comment = pick.comment_id if pick else None
        if top_again:
            self._cursor = 0
        self._rows = session.rows()
        self._cursor = self._first_line() if top_again else self._cursor
        self._draw_themes()
        self._draw_text(top=top_again)
        mode = "blind: no suggestions" if session.blind else "assisted"
        kind = {"adjudicate": "adjudication", "double": "second coding", "sample": "random sample"}
        parts = [self._book_title, session.reviewer, kind.get(session.kind, ""), mode]
        self._put("top", " · ".join(part for part in parts if part))
        self._put("where", self._where())
        progress = progress_text(session.progress(), session.skipped, self.size.width, session.kind)
        self._put("progress", progress)
        self._put("message", self._status())
        self.query_one("#keys", Static).update(self._hint())

    def _put(self, name: str, text: str) -> None:
        width = max(10, self.size.width - 2)
        self.query_one(f"#{name}", Static).update(
            Content(fitted(safe_text(text, one_line=True), width))
        )

    def _first_line(self) -> int:
        return 1 if self.session.kind == "adjudicate" else 0

    def _draw_themes(self) -> None:
        panel = self.query_one("#themes", Lines)
        width = max(20, panel.size.width or self.size.width)
        self._lines = theme_lines(self.session, self._rows, self._cursor, width)
        self._cursor = max(min(self._cursor, len(self._lines) - 1), 0)
        panel.border_title = self._list_title()
        panel.show([line.content for line in self._lines])
        height = panel.scrollable_content_region.height
        if height and not panel.scroll_offset.y <= self._cursor < panel.scroll_offset.y + height:
            panel.scroll_to(y=max(0, self._cursor - height // 2), animate=False)

    def _list_title(self) -> Content:
        session = self.session
        ticked = sum(row.ticked for row in self._rows)
        if session.kind == "theme" and self._rows:
            return Content(f"{safe_text(self._rows[0].name, one_line=True)}?")
        state = " · decided" if session.pick and session.saved else ""
        return Content(f"Themes: {ticked} ticked{state}")

    def _draw_text(self, *, top: bool) -> None:
        panel = self.query_one("#text", Lines)
        session = self.session
        if session.pick is None:
            panel.border_title = panel.border_subtitle = ""
            self._draw_definition()
            panel.show(
                [
                    Content(
                        "Nothing is left to review here.\n\nb goes back, / finds a comment to look at again, q quits."
                    )
                ],
                top=True,
            )
            self._share_room(panel)
            return
        self._draw_definition()
        strong = self._lines[self._cursor].theme_id if self._lines else ""
        panel.show([marked_text(session.text, self._rows, strong)], top=top)
        self._share_room(panel)
        extra = [] if panel.fits else [f"{len(session.text.split()):,} words, PgDn reads on"]
        same, campaign = session.copies_now()
        if same or campaign:
            extra.append(self._copies(len(same), len(campaign)))
        if note := session.draft.note:
            extra.append(f"note: {note[:60]}")
        extra += [f"{reviewer} noted: {note[:60]}" for reviewer, note in session.notes_of_others()]
        panel.border_title = Content(safe_text(session.pick.comment_id, one_line=True))
        panel.border_subtitle = Content(safe_text(" · ".join(extra), one_line=True))

    def _share_room(self, text: Lines) -> None:
        """One above the other, the comment takes the room it needs, up to half; the themes take the rest."""
        left = self.query_one("#left", Container)
        before = left.styles.height
        if self.size.width >= WIDE:
            left.styles.height = None
        else:
            half = max(1, (self.size.height - AROUND) // 2 - FRAME)
            left.styles.height = FRAME + max(
                1, text.needs(max(1, self.size.width - 2 * FRAME), half)
            )
        if left.styles.height != before:
            self.call_after_refresh(self._draw)

    def _draw_definition(self) -> None:
        """Where there is room: what the codebook says of the theme under the cursor."""
        panel = self.query_one("#definition", Lines)
        line = self._line()
        if not panel.display:
            return
        if line is None or self.session.pick is None:
            panel.show([])
            return
        theme = self.session.codebook.theme(line.theme_id)
        panel.border_title = Content(safe_text(theme.short, one_line=True))
        panel.show([definition(theme)], top=True)

    def _copies(self, same: int, campaign: int) -> str:
        chosen = self.session.copy_choice
        if chosen == "one":
            return "counts for this comment alone (c changes)"
        if chosen == "campaign":
            return f"counts for {same + campaign:,} more of the campaign too (c changes)"
        parts = [f"counts for {same:,} {'copy' if same == 1 else 'copies'} too"] if same else []
        if campaign:
            parts.append(f"{campaign:,} more of the campaign differ")
        return "; ".join(parts) + " (c changes)"

    def _where(self) -> str:
        pick = self.session.pick
        if pick is None:
            return ""
        known = [f"{name}: {value}" for name, value in self.session.attributes(self._attributes)]
        text, room = " · ".join([pick.reason, *known]), self.size.width - 2
        if cell_len(text) <= room:
            return text
        return fitted(safe_text(text, one_line=True), room - 9).rstrip() + " (i: all)"

    def _status(self) -> str:
        writer = self._writer
        if writer.error is not None:
            state = "NOT SAVED"
        elif writer.pending:
            state = "saving …"
        elif writer.saved:
            state = f"saved ({writer.saved:,})"
        else:
            state = ""
        learning = "learning …" if self._refitting else ""
        return "  ·  ".join(part for part in (state, learning, self._message) if part)

    def _hint(self) -> Content:
        """The keys that fit, the most used first, to press or to click; help and quit always."""
        if self.session.pick is None:
            shown = ["previous", "search", "undo"]
        elif self.session.kind == "theme":
            shown = ["yes", "no", "doubt", "undo", "definition", "previous", "skip", "search"]
        else:
            shown = ["save", "digit", "add", "undo", "unsure", "definition", "skip", "previous"]
            shown += ["position", "note", "search", "more"]
        last = ["help", "leave"]
        while sum(len(HINTS[name]) + 2 for name in (*shown, *last)) > self.size.width and shown:
            shown.pop()
        parts: list[tuple[str, Style | str]] = []
        for name in (*shown, *last):
            click = Style() if name == "digit" else Style.from_meta({"@click": f"app.{name}"})
            parts += [(HINTS[name], click), ("  ", "")]
        return Content.assemble(*parts)

    def _say(self, message: str) -> None:
        self._message = message
        self._draw()

    # ------------------------------------------------------------ ticking

    def _line(self) -> Line | None:
        found = self._lines[self._cursor] if 0 <= self._cursor < len(self._lines) else None
        return found if found is not None and found.theme_id else None

    def action_cursor(self, by: int) -> None:
        first = self._first_line()
        if self._lines:
            self._cursor = first + (self._cursor - first + by) % max(1, len(self._lines) - first)
        self._draw_themes()
        self._draw_text(top=False)

    def _to_theme(self, theme_id: str) -> None:
        """Put the cursor on a theme; lines shift when positions unfold."""
        self._rows = self.session.rows()
        lines = theme_lines(self.session, self._rows, -1, self.size.width)
        places = (
            n for n, line in enumerate(lines) if line.theme_id == theme_id and not line.position_id
        )
        self._cursor = next(places, self._first_line())
        self._say("")

    def action_digit(self, digit: int) -> None:
        if self.session.kind == "theme":
            self._digit_of_theme(digit)
        elif digit <= len(self._rows):
            theme_id = self._rows[digit - 1].theme_id
            self.session.toggle(theme_id)
            self._to_theme(theme_id)

    def _digit_of_theme(self, digit: int) -> None:
        if self._rows and digit <= len(self._rows[0].positions):
            row = self._rows[0]
            self.session.set_theme(row.theme_id, True, (row.positions[digit - 1].position_id,))
            self.action_save()

    def action_tick(self) -> None:
        line = self._line()
        if line is None:
            return
        if line.position_id:
            self.session.toggle_position(line.theme_id, line.position_id)
        else:
            self.session.toggle(line.theme_id)
        self._say("")

    def action_position(self) -> None:
        line = self._line()
        if line is None:
            return
        if not self.session.codebook.theme(line.theme_id).positions:
            self._say("this theme has no positions")
            return
        self.session.next_position(line.theme_id)
        self._to_theme(line.theme_id)

    def action_unsure(self) -> None:
        line = self._line()
        if line is not None:
            self.session.toggle_unsure(line.theme_id)
            self._to_theme(line.theme_id)

    def action_unsure_all(self) -> None:
        self.session.toggle_unsure_all()
        self._say("")

    def action_none(self) -> None:
        self.session.untick_all()
        self._say("no theme is ticked; Enter saves that")

    def action_yes(self) -> None:
        row = self._rows[0] if self._rows else None
        if row is not None:
            kept = tuple(p.position_id for p in row.positions if p.ticked)
            self.session.set_theme(row.theme_id, True, kept)
            self.action_save()

    def action_no(self) -> None:
        if self._rows:
            self.session.set_theme(self._rows[0].theme_id, False)
            self.action_save()

    def action_doubt(self) -> None:
        if self._rows:
            if not self._rows[0].unsure:
                self.session.toggle_unsure(self._rows[0].theme_id)
            self.action_save()

    def action_add(self) -> None:
        if self.session.pick is None:
            return

        def toggle(theme_id: str) -> None:
            self.session.toggle(theme_id)
            self._to_theme(theme_id)

        self.push_screen(
            FindTheme(
                self.session.codebook.active, lambda t: t in self.session.draft.themes, toggle
            )
        )

    def action_note(self) -> None:
        if self.session.pick is None:
            return

        def kept(note: str | None) -> None:
            if note is not None:
                self.session.set_note(note)
            self._say("")

        self.push_screen(Note(self.session.draft.note), kept)

    @on(Lines.Clicked, "#themes")
    def clicked(self, event: Lines.Clicked) -> None:
        if event.line < len(self._lines) and self._lines[event.line].theme_id:
            self._cursor = event.line
            self.action_tick()

    # ------------------------------------------------------------ deciding and moving

    def action_save(self) -> None:
        if self.session.pick is None:
            return
        records = self.session.save()
        self._since_refit += 1
        copies = len({r.comment_id for r in records}) - 1
        self._say(f"with {copies:,} {'copy' if copies == 1 else 'copies'}" if copies else "")
        if self._since_refit >= REFIT_AFTER:
            self.action_refit()

    def action_skip(self) -> None:
        self.session.skip()
        self._say("skipped")

    def action_previous(self) -> None:
        self._say("" if self.session.back() else "this is the first comment of the session")

    def action_forward(self) -> None:
        if self.session.pick is not None and not self.session.saved:
            self.action_skip()
        else:
            self.session.forward()
            self._say("")

    def action_undo(self) -> None:
        what = self.session.undo()
        self._say(f"undone: the last {what}" if what else "there is nothing to undo")

    def action_redo(self) -> None:
        what = self.session.redo()
        self._say(f"done again: the {what}" if what else "there is nothing to redo")

    def action_take_back(self) -> None:
        done = self.session.take_back()
        self._say(
            "your decision is taken back" if done else "you have decided nothing on this comment"
        )

    def action_copies(self) -> None:
        same, campaign = self.session.copies_now()
        if not same and not campaign:
            self._say("there are no copies of this comment")
            return
        choices = ["same", *(["campaign"] if campaign else []), "one"]
        now = self.session.copy_choice
        self.session.copy_choice = choices[(choices.index(now) + 1) % len(choices)]  # type: ignore[assignment]
        self._say("")

    def action_more(self) -> None:
        if self.session.neighbours is None:
            self._say("how comments are alike is still being worked out")
            return
        found = self.session.more_like_this()
        self._say(
            f"{found} comments like this one come next"
            if found
            else "no other comment is like this one"
        )

    def action_search(self) -> None:
        def opened(comment_id: str | None) -> None:
            if comment_id is not None:
                self.session.go_to(comment_id)
            self._say("")

        self.push_screen(FindComment(self.session.search, self.session.text_of), opened)

    # ------------------------------------------------------------ reading

    def action_page(self, by: int) -> None:
        panel = self.query_one("#text", Lines)
        height = max(1, panel.scrollable_content_region.height - 1)
        panel.scroll_relative(y=by * height, animate=False)

    def action_evidence(self) -> None:
        panel = self.query_one("#text", Lines)
        line = panel.line_with(OPEN, int(panel.scroll_offset.y))
        if line is not None:
            panel.scroll_to(y=line, animate=False)

    def action_definition(self) -> None:
        line = self._line()
        if line is not None:
            theme = self.session.codebook.theme(line.theme_id)
            self.push_screen(Reading(definition(theme), "Definition"))

    def action_about(self) -> None:
        pick = self.session.pick
        if pick is not None:
            known = self.session.attributes(self._attributes)
            self.push_screen(
                Reading(about(pick.comment_id, pick.reason, known), "About this comment")
            )

    def action_help(self) -> None:
        self.push_screen(Reading(help_text(self.session.kind), "Help"))

    def action_light(self) -> None:
        self.theme = "textual-dark" if self.theme == "textual-light" else "textual-light"

    # ------------------------------------------------------------ behind the screen

    @on(Written)
    def written(self) -> None:
        """Say so; ask where it could not be."""
        if self._writer.error is not None and not self._asking:
            self._ask_again()
        if self._leaving and not self._writer.pending:
            self._finish()
        if self.screen is self.screen_stack[0]:
            self._put("message", self._status())

    def _ask_again(self) -> None:
        self._asking = True

        def answered(answer: str | None) -> None:
            self._asking = False
            if answer == "q":
                self._finish()
            else:
                self._writer.retry()

        error = self._writer.error
        self.push_screen(
            Ask(
                f"{self._writer.pending} decision(s) could not be saved.\n\n{error}",
                [("q", "quit without them"), ("r", "try again")],
            ),
            answered,
        )

    def action_refit(self) -> None:
        """Learn from the decisions behind the screen."""
        if self._refit is None or self.session.blind:
            self._say("a blind session shows nothing learned" if self.session.blind else "")
            return
        if not self._refitting:
            self._refitting = True
            self._since_refit = 0
            self.run_worker(self._learn, thread=True, group="refit", exit_on_error=False)
            self._put("message", self._status())

    def _learn(self) -> None:
        assert self._refit is not None
        try:
            learned = Learned(self._refit())
        except (
            Exception
        ) as error:  # whatever failed behind the screen must not take the screen down
            learned = Learned(None, str(error))
        self.post_message(learned)

    @on(Learned)
    def learned(self, event: Learned) -> None:
        """Go on with the newer model; the comment in front stays as it is."""
        self._refitting = False
        if event.suggestions is None:
            first = event.problem.splitlines()[0] if event.problem else "no reason given"
            self._message = f"could not learn: {first}"
        elif self.session.learn(event.suggestions):
            self._message = "learned from the decisions so far"
        else:
            self._message = "the codebook has other themes now: quit and begin again to use them"
        self._draw()

    def _begin_to_look(self) -> None:
        self.run_worker(self._learn_likeness, thread=True, group="look", exit_on_error=False)

    def _learn_likeness(self) -> None:
        assert self._look is not None
        try:
            neighbours = self._look()
        except Exception:  # likeness is an aid; without it the review goes on
            return
        self.post_message(Alike(neighbours))

    @on(Alike)
    def alike(self, event: Alike) -> None:
        """Likeness becomes a reason."""
        self.session.neighbours = event.neighbours
        self._draw()

    def _look_around(self) -> None:
        self.run_worker(
            self._read_others, thread=True, group="others", exclusive=True, exit_on_error=False
        )

    def _read_others(self) -> None:
        assert self._others is not None
        decisions = self._others()
        if decisions:
            self.post_message(Heard(decisions))

    @on(Heard)
    def heard(self, event: Heard) -> None:
        """What others did is not offered again; what came under the same name from elsewhere is told."""
        elsewhere = self.session.hear(event.decisions)
        if elsewhere:
            n = len(elsewhere)
            here = self.session.pick is not None and self.session.pick.comment_id in elsewhere
            self._say(
                f"decided elsewhere under your name: {n:,} comment{'' if n == 1 else 's'}"
                + (", this one too" if here else "")
            )

    # ------------------------------------------------------------ leaving

    async def action_quit(self) -> None:
        """Ctrl+Q, which Textual binds: no way out without the question."""
        self.action_leave()

    def action_help_quit(self) -> None:
        """Ctrl+C, likewise."""
        self.action_leave()

    def action_leave(self) -> None:
        if len(self.screen_stack) > 1:
            return
        if not self.session.changed:
            self._leave()
            return

        def answered(answer: str | None) -> None:
            if answer == "s":
                self.session.save()
                self._leave()
            elif answer == "q":
                self._leave()

        self.push_screen(
            Ask(
                "What you ticked for this comment is not saved.",
                [
                    ("s", "save it and quit"),
                    ("q", "quit without it"),
                    ("escape", "go on reviewing"),
                ],
            ),
            answered,
        )

    def _leave(self) -> None:
        """Once everything is on disk."""
        self._leaving = True
        if self._writer.pending and self._writer.error is None:
            self._put("message", "saving …")
            return
        self._finish()

    def _handle_exception(self, error: Exception) -> None:
        """Keep what went wrong for a report: a trace on the terminal would show what people wrote, unmasked."""
        self.failure = self.failure or error
        super()._handle_exception(error)
        self._exit_renderables.clear()

    def _finish(self) -> None:
        self._writer.changed = lambda: None
        self._stop()
        self.exit(
            Finished(
                len(self.session.decided & self._writer.comments),
                time.monotonic() - self._began,
                self.session.words_read,
                self._writer.pending,
                self.session.skipped,
            )
        )


def help_text(kind: str) -> Content:
    """All keys, and how to read the screen."""
    parts: list[tuple[str, str]] = [("Keys\n", "bold")]
    for key in keys_of(kind):
        parts += [(f"  {key.shown:<10}", "bold"), (f"{key.help}\n", "")]
    parts += [
        ("\nThe comment\n", "bold"),
        ("  ⟦ words between such brackets ⟧¹ are what speaks for theme 1 of the list.\n", ""),
        ("\nThe list\n", "bold"),
        (
            "  [x] present  [ ] not present  [?] unsure. Every theme without a tick is saved as\n",
            "",
        ),
        ("  not present. The percentage is the model's; the words after it say why.\n", ""),
        ("  The mouse ticks a line by a click.\n", ""),
        ("\nHow comments are chosen\n", "bold"),
        (
            "  Half are drawn at random, in an order written down beforehand: on them stand the\n",
            "",
        ),
        ("  published shares. Half are those that teach the model most.\n", ""),
        (
            "\nEvery decision is on disk when the screen says saved. Nothing is ever overwritten.",
            "",
        ),
    ]
    return Content.assemble(*parts)
