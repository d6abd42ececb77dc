"""A list in a dialog of which only the lines in view are made, so that it may be long."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from coder.screen.dialogs import Dialog, framed
from coder.screen.styled_text import one_line
from coder.screen.widgets import Lines

Item = TypeVar("Item")
Answer = TypeVar("Answer")

WHEEL = 3  # lines that a turn of the mouse wheel moves
WIDEST = 140  # cells of a frame
MARGIN = 2  # cells at the end of a line that stay free


def widened(frame: Vertical) -> Vertical:
    """The frame nearly as wide as the screen, so that its keys can be read."""
    frame.styles.width = "96%"
    frame.styles.max_width = WIDEST
    return frame


class ItemList(Lines, Generic[Item]):
    """Items, one a line, with a cursor.

    Args:
        line: draws an item for a width in cells.
    """

    def __init__(self, line: Callable[[Item, int], Content]) -> None:
        super().__init__(wrap=False, id="items")
        self._line = line
        self.items: Sequence[Item] = ()
        self.cursor = 0
        self._top = 0  # number of the first item in view

    @property
    def selected(self) -> Item | None:
        """The item under the cursor; None in an empty list."""
        if self.cursor < len(self.items):
            return self.items[self.cursor]
        return None

    def load(self, items: Sequence[Item]) -> None:
        """List other items; the cursor keeps its place as far as there is one."""
        self.items = items
        self.cursor = max(0, min(self.cursor, len(items) - 1))
        self.draw()

    def move(self, by: int) -> None:
        """Move the cursor by lines, at most to the end."""
        last = max(0, len(self.items) - 1)
        self.cursor = max(0, min(last, self.cursor + by))
        self.draw()

    @property
    def page(self) -> int:
        """How many lines are in view, less one that stays."""
        return max(1, self.size.height - 1)

    def draw(self) -> None:
        """Draw the lines in view."""
        height = max(1, self.size.height)
        last_top = max(0, len(self.items) - height)
        if self.cursor < self._top:
            self._top = self.cursor
        elif self.cursor >= self._top + height:
            self._top = self.cursor - height + 1
        self._top = min(self._top, last_top)
        lines = []
        width = max(20, self.size.width) - MARGIN
        shown = self.items[self._top : self._top + height]
        for place, item in enumerate(shown, start=self._top):
            line = self._line(item, width)
            if place == self.cursor:
                line = (Content(">") + line).stylize("bold")
            else:
                line = Content(" ") + line
            lines.append(line)
        self.show(lines)

    def on_resize(self) -> None:
        """Draw as many lines as fit now."""
        super().on_resize()
        self.draw()

    def item_at(self, line: int) -> int:
        """Number of the item on a line that was clicked."""
        return self._top + line

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down with the mouse wheel."""
        event.stop()
        self.move(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up with the mouse wheel."""
        event.stop()
        self.move(-WHEEL)


class ListDialog(Dialog[Answer], Generic[Item, Answer]):
    """A list, a line above it that says what is listed, and more about the item below it.

    Subclasses say how an item is drawn and what is done with it.
    """

    DEFAULT_CSS = """
    ListDialog > Vertical { height: 90%; }
    ListDialog #items { height: 1fr; min-height: 3; }
    ListDialog #listed, ListDialog #said { height: 1; }
    ListDialog #below { height: auto; max-height: 6; color: $text-muted; }
    ListDialog #said { text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back"),
        Binding("down", "move(1)", "Next", priority=True),
        Binding("up", "move(-1)", "Previous", priority=True),
        Binding("j", "move(1)", "Next"),
        Binding("k", "move(-1)", "Previous"),
        Binding("pagedown", "page(1)", "Page down", priority=True),
        Binding("pageup", "page(-1)", "Page up", priority=True),
        Binding("enter", "open", "Open"),
    ]
    # Nothing has the focus unless a subclass gives it: keys go to the list, also after a dialog.
    AUTO_FOCUS = ""
    title_text: ClassVar[str]
    keys_text: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.list = ItemList[Item](self.line)

    def compose(self) -> ComposeResult:
        """A frame with the list."""
        with self.frame():
            yield from self.above()
            yield Static(id="listed")
            yield self.list
            yield Static(id="below")
            yield Static(id="said")

    def frame(self) -> Vertical:
        """The frame with its title and keys."""
        return widened(framed(self.title_text, self.keys_text))

    def above(self) -> ComposeResult:
        """What stands above the list."""
        yield from ()

    def line(self, item: Item, width: int) -> Content:
        """An item in one line of at most so many cells."""
        raise NotImplementedError

    def say_listed(self, text: str) -> None:
        """Say above the list what it holds."""
        self.query_one("#listed", Static).update(Content(one_line(text)))

    def show_below(self, content: Content) -> None:
        """Show below the list what belongs to the item under the cursor."""
        self.query_one("#below", Static).update(content)

    def say(self, text: str) -> None:
        """Tell the reviewer what was done."""
        self.query_one("#said", Static).update(Content(one_line(text)))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.list.move(by)
        self.moved()

    def action_page(self, pages: int) -> None:
        """Move the cursor by pages."""
        self.list.move(pages * self.list.page)
        self.moved()

    def moved(self) -> None:
        """Show what depends on the item under the cursor."""

    def on_lines_clicked(self, event: Lines.Clicked) -> None:
        """Put the cursor on the line that was clicked; a second click opens it."""
        place = self.list.item_at(event.line)
        if place >= len(self.list.items):
            return
        if place == self.list.cursor:
            self.action_open()
            return
        self.list.cursor = place
        self.list.draw()
        self.moved()

    def action_open(self) -> None:
        """Open the item under the cursor."""
        raise NotImplementedError

    def action_close(self) -> None:
        """Go back to the screen."""
        self.dismiss(None)
