"""The dialogs over the review: searches for themes and comments, and the note."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from coder.codebook import Theme
from coder.reviewing.screen.theme_search import matching_themes
from coder.screen.dialogs import Dialog, SearchDialog, framed
from coder.screen.styled_text import one_line

NOTE_LIMIT = 500  # characters


class ThemeSearch(SearchDialog[Theme, None]):
    """Finds themes by a few letters. Enter ticks one, and the next can be typed at once.

    With nothing typed, no theme is chosen until the arrows choose one: Enter then goes back.

    Args:
        is_ticked: whether a theme is ticked, by its id.
        toggle: ticks a theme or unticks it.
    """

    title_text = "Add themes"
    keys_text = "↑ ↓ choose · Enter tick, or go back if nothing is typed · Esc back"
    placeholder = "letters of the name, or a keyword"

    def __init__(
        self,
        themes: Sequence[Theme],
        is_ticked: Callable[[str], bool],
        toggle: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._themes = themes
        self._is_ticked = is_ticked
        self._toggle = toggle

    def find(self, typed: str) -> list[Theme]:
        """The themes that match the letters."""
        return matching_themes(self._themes, typed)

    def line(self, item: Theme) -> Content:
        """The theme with its box."""
        box = "[x]" if self._is_ticked(item.id) else "[ ]"
        return Content(f"{box} {one_line(item.name)}")

    def choose(self, item: Theme) -> None:
        """Tick a theme that was clicked; the list stays."""
        self._toggle(item.id)
        options, place = self.option_list, self.matches.index(item)
        options.replace_option_prompt_at_index(place, self.line(item))
        options.highlighted = None
        if self.query_one(Input).value.strip():
            options.highlighted = place

    @on(Input.Submitted)
    def tick_or_close(self, event: Input.Submitted) -> None:
        """Tick the chosen theme and begin again; with nothing typed and nothing chosen, go back."""
        theme = self.chosen
        if theme is not None:
            self._toggle(theme.id)
            event.input.clear()
            self.list_matches("")
        elif not event.value.strip():
            self.dismiss(None)


class NoteDialog(Dialog[str | None]):
    """A note about the comment; the answer is None when it was left as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back")]

    def __init__(self, note: str) -> None:
        super().__init__()
        self._note = note

    def compose(self) -> ComposeResult:
        """A frame with the input."""
        with framed("Note", "Enter keep, saved with the decision · Esc back"):
            yield Input(value=self._note, max_length=NOTE_LIMIT)

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        """Answer with what was written."""
        self.dismiss(event.value)

    def action_close(self) -> None:
        """Leave the note as it is."""
        self.dismiss(None)
