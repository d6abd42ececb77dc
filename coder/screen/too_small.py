"""What a terminal shows that is too small for the screen."""

from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

LEAST_WIDTH = 40  # cells
LEAST_HEIGHT = 12  # lines
STYLE = "TooSmallScreen { background: $background; }"


def is_too_small(size: Size) -> bool:
    """Whether a screen of this size would leave out what one has to see."""
    return size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT


class TooSmallScreen(ModalScreen[None]):
    """Says how much room is needed, over everything else; no key decides what nobody can see."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", "Quit")]

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(self._text())

    def _text(self) -> Content:
        width, height = self.app.size
        return Content(
            f"Too small: {width} x {height}.\n"
            f"At least {LEAST_WIDTH} columns and {LEAST_HEIGHT} lines are needed.\n"
            "Make the window larger, or press q to quit."
        )

    def on_resize(self, event: events.Resize) -> None:
        """Go away when there is room."""
        if is_too_small(event.size):
            self.query_one(Static).update(self._text())
        else:
            self.go_away()

    def on_screen_resume(self) -> None:
        """The same when a dialog that came later was answered."""
        if not is_too_small(self.app.size):
            self.go_away()

    def go_away(self) -> None:
        """Show again what is below."""
        if self.is_current:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Quit the program."""
        app: Any = self.app
        self.dismiss(None)
        app.call_later(app.action_quit)
