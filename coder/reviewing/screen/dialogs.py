"""The dialogs over the review: searches for themes and comments, and the note."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from coder.codebook import Theme
from coder.reviewing.screen.theme_search import matching_themes
from coder.screen.dialogs import Dialog, SearchDialog, framed
from coder.screen.styled_text import StyledText, cut, one_line

MATCHES_SHOWN = 50
NOTE_LIMIT = 500  # characters
EXCERPT = 200  # characters of a comment in the list of matches


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


class CommentSearch(SearchDialog[str, str | None]):
    """Finds comments by their words or their id; the answer is the id of the one chosen, or None.

    Args:
        search: ids of the comments that match a text.
        text_of: the text of a comment by its id.
    """

    title_text = "Find comments"
    keys_text = "↑ ↓ choose · Enter open · Esc back"
    placeholder = "words of the comment, or its id"

    def __init__(
        self,
        search: Callable[[str], list[str]],
        text_of: Callable[[str], str],
    ) -> None:
        super().__init__()
        self._search = search
        self._text_of = text_of

    def find(self, typed: str) -> list[str]:
        """Ids of the comments that match."""
        return self._search(typed)[:MATCHES_SHOWN]

    def line(self, item: str) -> Content:
        """The id of the comment and the beginning of its text, cut to the width of the list."""
        width = self.option_list.scrollable_content_region.width
        space = max(20, width - 3)  # without an option's padding and a scrollbar
        name = cut(one_line(item), space // 2)
        text = one_line(self._text_of(item)[:EXCERPT])
        line = StyledText()
        line.add(f"{name}  ", "dim")
        line.add(cut(text, space - cell_len(name) - 2))
        return line.content()

    def choose(self, item: str) -> None:
        """Answer with a comment that was clicked."""
        self.dismiss(item)

    def list_matches(self, typed: str) -> None:
        """List what matches, or say that nothing does."""
        super().list_matches(typed)
        hint = ""
        if typed.strip() and not self.matches:
            hint = "no comment matches"
        self.query_one("#hint", Static).update(Content(hint))

    @on(Input.Submitted)
    def open_chosen(self) -> None:
        """Answer with the chosen comment."""
        if self.chosen is not None:
            self.dismiss(self.chosen)


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
