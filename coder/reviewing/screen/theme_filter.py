"""The box that finds themes while a few letters are typed, and ticks them."""

from collections.abc import Callable, Sequence

from textual import on
from textual.content import Content
from textual.widgets import Input

from coder.codebook import Theme
from coder.reviewing.screen.theme_list import box, percentage
from coder.reviewing.screen.theme_search import matching_themes
from coder.reviewing.theme_rows import ThemeRow
from coder.screen.dialogs import SearchDialog
from coder.screen.styled_text import StyledText, one_line


class ThemeFilter(SearchDialog[Theme, None]):
    """Finds themes by a few letters or by their key. Enter ticks one, and the next can be typed.

    With nothing typed, no theme is chosen until the arrows choose one: Enter then goes back.

    Args:
        rows: the themes as the list shows them now.
        toggle: ticks a theme or unticks it, by its id.
    """

    title_text = "Add themes"
    keys_text = "↑ ↓ choose · Enter tick, or go back if nothing is typed · Esc back"
    placeholder = "letters of the name, a keyword, or the key"

    def __init__(
        self,
        themes: Sequence[Theme],
        rows: Callable[[], Sequence[ThemeRow]],
        toggle: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._themes = themes
        self._rows = {row.theme_id: row for row in rows()}
        self._rows_now = rows
        self._toggle = toggle

    def find(self, typed: str) -> list[Theme]:
        """The theme with the key that was typed; else those that match the letters."""
        for theme in self._themes:
            if typed.strip() == self._rows[theme.id].key:
                return [theme]
        return matching_themes(self._themes, typed)

    def line(self, item: Theme) -> Content:
        """The theme with its box, its key and the model's probability."""
        row = self._rows[item.id]
        line = StyledText()
        line.add(f"{box(row)} {row.key} {one_line(item.name)}")
        line.add(f"  {percentage(row.probability)}", "dim")
        return line.content()

    def choose(self, item: Theme) -> None:
        """Tick a theme that was clicked; the list stays."""
        self._tick(item)
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
            self._tick(theme)
            event.input.clear()
            self.list_matches("")
        elif not event.value.strip():
            self.dismiss(None)

    def _tick(self, theme: Theme) -> None:
        self._toggle(theme.id)
        self._rows = {row.theme_id: row for row in self._rows_now()}
