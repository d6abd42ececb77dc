"""The screen of quotes: rows left, the quote and its comment right, and the lines around them."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from coder.errors import CoderError
from coder.quoting.desk import Offer, QuoteDesk
from coder.quoting.panes import QuotePane, RowsPane
from coder.screen.dialogs import TextDialog
from coder.screen.styled_text import error_text
from coder.screen.widgets import OneLine
from coder.text import count

BREAKPOINTS = [(0, "-narrow"), (116, "-wide")]
STYLE = """
Screen { layout: vertical; }
Lines { overflow-x: hidden; scrollbar-size-vertical: 1; }
#top, #progress, #message, #keys { height: 1; padding: 0 1; }
#top { background: $primary; color: $text; text-style: bold; }
#body { height: 1fr; layout: horizontal; }
#rows { width: 32; height: 100%; border: round $foreground 40%; }
#quote { width: 1fr; height: 100%; border: round $foreground 40%; padding: 0 1; }
.-wide #rows { width: 46; }
#progress { text-style: bold; }
#keys { background: $panel; }
"""


class QuoteScreen(Screen[None]):
    """Draws the choice of quotes.

    Args:
        title: of the whole screen.
        hints: the line at the bottom, for a width in cells.
    """

    def __init__(
        self, desk: QuoteDesk, *, title: str, hints: Callable[[int], Content]
    ) -> None:
        super().__init__()
        self.desk = desk
        self.rows_pane = RowsPane()
        self.quote_pane = QuotePane()
        self._rows = desk.rows
        self._title = title
        self._hints = hints
        self._row = 0
        self._place = 0
        self._message = ""

    def compose(self) -> ComposeResult:
        """The list beside the quote, between lines of title, progress and hints."""
        yield OneLine(id="top")
        with Horizontal(id="body"):
            yield self.rows_pane
            yield self.quote_pane
        yield OneLine(id="progress")
        yield OneLine(id="message")
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.draw()

    def on_resize(self) -> None:
        """Draw again at the new size."""
        self.call_after_refresh(self.draw)

    # ------------------------------------------------------------ what is chosen

    @property
    def row(self) -> int:
        """The number of the row chosen."""
        return self._row

    @property
    def offers(self) -> list[Offer]:
        """The quotes of the row chosen."""
        return self.desk.offers(self._row)

    @property
    def offer(self) -> Offer | None:
        """The quote that is shown; None where there is none."""
        offers = self.offers
        self._place = max(0, min(self._place, len(offers) - 1))
        return offers[self._place] if offers else None

    def choose_row(self, number: int) -> None:
        """Choose a row, where there is one of that number; its first quote is shown."""
        if number < len(self._rows):
            self._row, self._place = number, 0
            self.say()

    def move_row(self, by: int) -> None:
        """Move by rows; after the last comes the first."""
        self.choose_row((self._row + by) % len(self._rows))

    def move_quote(self, by: int) -> None:
        """Move by quotes of the row; after the last comes the first."""
        self._place = (self._place + by) % max(1, len(self.offers))
        self.say()

    def follow(self, comment_id: str) -> None:
        """Show the quote of a comment, wherever it stands in its row now."""
        ids = [offer.comment_id for offer in self.offers]
        if comment_id in ids:
            self._place = ids.index(comment_id)

    # ------------------------------------------------------------ drawing

    def attempt(self, step: Callable[[], None]) -> None:
        """Do a step; where it cannot be saved, say why."""
        try:
            step()
        except CoderError as error:
            page = TextDialog(Content(error_text(error)), "Not saved")
            self.app.push_screen(page)
        self.draw()

    def say(self, message: str = "") -> None:
        """Draw everything, with a message to the reader."""
        self._message = message
        self.draw()

    def draw(self) -> None:
        """Draw everything from the desk."""
        offer = self.offer
        self.query_one("#top", OneLine).show(self._title)
        self.rows_pane.draw(self._rows, self.desk.pins, self._row)
        self.quote_pane.draw(offer, self._place, len(self.offers))
        self.query_one("#progress", OneLine).show(self._progress())
        self.query_one("#message", OneLine).show(self._message)
        self.query_one("#keys", Static).update(self._hints(self.app.size.width))

    def _progress(self) -> str:
        desk = self.desk
        parts = [f"{count(desk.pins.total(), 'quote')} pinned"]
        if desk.choices.drop:
            parts.append(f"{count(len(desk.choices.drop), 'comment')} never quoted")
        if desk.declined:
            parts.append(f"{count(desk.declined, 'comment')} declined, not offered")
        return " · ".join(parts)
