"""The app of the quotes: desk, screen and keys together."""

from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from coder.quoting import screen
from coder.quoting.desk import PINNED, Offer, QuoteDesk
from coder.quoting.panes import EXPLANATIONS
from coder.quoting.screen import QuoteScreen
from coder.reporting.pinned_quotes import describe_departure, place_of
from coder.screen import dialogs
from coder.screen.dialogs import Dialog, TextDialog, framed
from coder.screen.keyed_app import DARK, LIGHT, KeyedApp
from coder.screen.keys import Keymap, help_page, hint_line, key
from coder.screen.styled_text import one_line
from coder.screen.widgets import Lines

HINTS = ("pin", "show_next", "swap", "trim", "unpin", "drop", "undo")
HINTS_ALWAYS = ("show_help", "leave")


class Summary(NamedTuple):
    """How the choice was left."""

    changes: int  # in this session
    pinned: int
    never_quoted: int


class TrimDialog(Dialog[str]):
    """The words of a quote, to be cut and edited in [brackets].

    Args:
        text: the comment.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back")]

    def __init__(self, quote: str, text: str) -> None:
        super().__init__()
        self._quote = " ".join(quote.split())
        self._text = text

    def compose(self) -> ComposeResult:
        """A frame with the words and what is wrong with them."""
        with framed("Trim the quote", "Enter pins it · Esc back"):
            yield Input(self._quote, id="words", select_on_focus=False)
            yield Static(Content("Outside [brackets] and … the comment's own words."))
            yield Static(id="shown")

    @on(Input.Changed)
    def check(self, event: Input.Changed) -> None:
        """Show the words in full, or say where they leave the comment."""
        fault = self._fault(event.value)
        shown = Content.styled(one_line(event.value), "bold")
        if fault:
            shown = Content(fault)
        self.query_one("#shown", Static).update(shown)

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Pin the words, if they are the comment's."""
        if event.value.strip() and not self._fault(event.value):
            self.dismiss(event.value.strip())

    def action_close(self) -> None:
        """Go back to the screen."""
        self.dismiss("")

    def _fault(self, words: str) -> str:
        if not words.strip():
            return "no words are left"
        if place_of(words.strip(), self._text) is not None:
            return ""
        return one_line(describe_departure(words.strip(), self._text))


class Choosing:
    """What the keys do to the quotes of a row."""

    def __init__(self, screen: QuoteScreen) -> None:
        self._screen = screen
        self._desk = screen.desk

    @key("enter,a", "Enter a", hint="Enter pin")
    def pin(self) -> None:
        """Accept the quote: pin it, so that the report prints it."""
        offer = self._screen.offer
        if offer is not None:
            self._pin(offer, "")

    def _pin(self, offer: Offer, quote: str) -> None:
        if offer.standing == PINNED and quote in ("", offer.quote):
            self._screen.say("pinned already")
            return
        self._desk.pin(self._screen.row, offer, quote)
        self._screen.follow(offer.comment_id)
        self._screen.say("pinned")

    @key("s", "s", hint="s swap")
    def swap(self) -> None:
        """Pin the next possible quote instead of this one."""
        old = self._screen.offer
        offers = self._screen.offers
        free = [offer for offer in offers if offer.standing != PINNED]
        if old is not None and old.standing != PINNED:
            free = free[free.index(old) + 1 :]
        if old is None or not free:
            self._screen.say("there is no other quote for this row")
            return
        self._desk.swap(self._screen.row, old, free[0])
        self._screen.follow(free[0].comment_id)
        instead = f" in place of {old.comment_id}" if old.standing == PINNED else ""
        self._screen.say(f"pinned{instead}")

    @key("t", "t", hint="t trim")
    def trim(self) -> None:
        """Cut words out and edit in [brackets], then pin."""
        offer = self._screen.offer
        if offer is None:
            return

        def take(words: str | None) -> None:
            if words:
                self._screen.attempt(lambda: self._pin(offer, words))

        self._screen.app.push_screen(TrimDialog(offer.quote, offer.text), take)

    @key("u", "u", hint="u unpin")
    def unpin(self) -> None:
        """Unpin the quote; the program chooses again."""
        offer = self._screen.offer
        if offer is None or offer.standing != PINNED:
            self._screen.say("this quote is not pinned")
            return
        self._desk.unpin(offer)
        self._screen.follow(offer.comment_id)
        self._screen.say("unpinned")

    @key("x", "x", hint="x never")
    def drop(self) -> None:
        """Never quote this comment, under any row."""
        offer = self._screen.offer
        if offer is not None:
            self._desk.drop(offer)
            self._screen.say(f"{offer.comment_id} is never quoted; z takes that back")

    @key("z,ctrl+z", "z Ctrl+Z", hint="z undo")
    def undo(self) -> None:
        """Undo the last change of this session."""
        done = self._desk.undo()
        self._screen.say("undone" if done else "nothing to undo")


class Moving:
    """What the keys do to what is shown."""

    def __init__(self, screen: QuoteScreen) -> None:
        self._screen = screen

    @key("down,j", "↓ j")
    def next_row(self) -> None:
        """Next theme or position."""
        self._screen.move_row(1)

    @key("up,k", "↑ k")
    def row_before(self) -> None:
        """Theme or position before."""
        self._screen.move_row(-1)

    @key("right,n", "→ n", hint="→ next")
    def show_next(self) -> None:
        """Next possible quote."""
        self._screen.move_quote(1)

    @key("left,p", "← p")
    def show_before(self) -> None:
        """Possible quote before."""
        self._screen.move_quote(-1)

    @key("pagedown,space", "PgDn")
    def read_on(self) -> None:
        """Read on in a long comment."""
        self._screen.quote_pane.scroll_page(1)

    @key("pageup", "PgUp")
    def read_back(self) -> None:
        """Read back."""
        self._screen.quote_pane.scroll_page(-1)


class QuoteApp(KeyedApp[Summary]):
    """One person who chooses quotes."""

    CSS = screen.STYLE + dialogs.STYLE
    HORIZONTAL_BREAKPOINTS = screen.BREAKPOINTS

    def __init__(self, desk: QuoteDesk, *, title: str, light: bool = False) -> None:
        super().__init__(light=light)
        self.desk = desk
        self.quotes = QuoteScreen(desk, title=title, hints=self._hints)
        keymap = Keymap(
            {
                "Choosing": Choosing(self.quotes),
                "Moving and reading": Moving(self.quotes),
                "The program": self,
            }
        )
        self.use_keys(keymap)

    def get_default_screen(self) -> QuoteScreen:
        """The screen under all dialogs; Textual asks for it."""
        return self.quotes

    def on_mount(self) -> None:
        """Leave cleanly when the terminal closes."""
        self.watch_terminal(self.finish)

    def action_press(self, name: str) -> None:
        """Do what a key is for; where a change cannot be saved, say so and change nothing."""
        if self.screen is self.quotes:
            self.quotes.attempt(lambda: self.keymap.press(name))

    @on(Lines.Clicked, "#rows")
    def choose_clicked(self, event: Lines.Clicked) -> None:
        """Choose the row that was clicked."""
        self.quotes.choose_row(event.line)

    def _hints(self, width: int) -> Content:
        return hint_line(
            self.keymap.hints(HINTS), self.keymap.hints(HINTS_ALWAYS), width
        )

    # ------------------------------------------------------------ keys of the program

    @key("l", "l")
    def switch_light(self) -> None:
        """Switch between light and dark."""
        self.theme = LIGHT if self.theme == DARK else DARK

    @key("question_mark,f1", "? F1", hint="? help")
    def show_help(self) -> None:
        """Show this page."""
        page = help_page(self.keymap, EXPLANATIONS)
        self.push_screen(TextDialog(page, "Help"))

    @key("q", "q Ctrl+Q", hint="q quit")
    def leave(self) -> None:
        """Quit; every change is saved."""
        self.finish()

    async def action_quit(self) -> None:
        """Ctrl+Q, which Textual binds."""
        self.finish()

    def action_help_quit(self) -> None:
        """Ctrl+C, likewise: every change is saved already."""
        self.finish()

    def finish(self) -> None:
        """Leave the screen."""
        self.exit(summary_of(self.desk))


def summary_of(desk: QuoteDesk) -> Summary:
    """How the choice stands."""
    return Summary(desk.changes, desk.pins.total(), len(desk.choices.drop))
