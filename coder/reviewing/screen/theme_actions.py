"""What keys do with the list of themes, in sessions on all themes and on one theme."""

from typing import ClassVar

from coder.reviewing.screen.comment_actions import DecisionActions
from coder.reviewing.screen.review_screen import ReviewScreen
from coder.reviewing.screen.theme_filter import ThemeFilter
from coder.reviewing.theme_keys import POSITION_KEYS, TypedKeys, theme_keys
from coder.reviewing.theme_rows import ThemeRow
from coder.screen.keys import key

DIGITS = "1,2,3,4,5,6,7,8,9"
THEME_KEYS = "0,1,2,3,4,5,6,7,8,9,g,h,t"
THEME_KEYS_SHOWN = "0–9 g h t"
POSITION_LETTERS = ",".join(POSITION_KEYS)
BREAKS_OFF = ("enter", "escape", "backspace")


class ListActions:
    """Move the cursor over the list and take the keys of themes, in every kind of session."""

    hints: ClassVar[
        tuple[str, ...]
    ]  # methods to hint at, of all actions, the most important first

    def __init__(self, screen: ReviewScreen, decisions: DecisionActions) -> None:
        self._screen = screen
        self._session = screen.session
        self._themes = screen.themes
        self._decisions = decisions
        self._keys = theme_keys(self._session.codebook.theme_ids)
        self._typed = TypedKeys(self._keys)

    def take_theme_key(self, name: str) -> None:
        """Take a digit or a letter; where it completes the key of a theme, use the theme."""
        typed = self._typed.press(name)
        self._themes.typed = self._typed.typed
        if not typed:
            self._screen.say(f"{self._typed.typed}_  the next digit, or Esc")
            return
        theme_id = self._typed.theme_of(typed)
        if self._session.pick is None:
            return
        if theme_id:
            self.use_theme(theme_id)
        elif typed == self._typed.no_theme:
            self.use_no_theme()
        else:
            self._screen.say(f"no theme has the key {typed}")

    def use_theme(self, theme_id: str) -> None:
        """Do what the key of a theme is for."""

    def use_no_theme(self) -> None:
        """Do what zeros are for."""

    def break_off(self, name: str) -> bool:
        """Drop half a number when a key comes that does not go on with it.

        Returns whether that key is used up: what was meant must not be saved without a theme.
        """
        if not self._typed.typed or name in THEME_KEYS.split(","):
            return False
        half = self._typed.forget()
        self._themes.typed = ""
        self._screen.say(f"{half}_ is not a whole number: nothing is ticked")
        return name in BREAKS_OFF

    @key("down,j", "↓ j")
    def move_down(self) -> None:
        """Move down the list."""
        self._themes.move_cursor(1)
        self._screen.draw_cursor()

    @key("up,k", "↑ k")
    def move_up(self) -> None:
        """Move up the list."""
        self._themes.move_cursor(-1)
        self._screen.draw_cursor()

    @key("full_stop", ".", hint=". page")
    def next_page(self) -> None:
        """Go to the next page of the list."""
        self._themes.turn_page(1)
        self._screen.draw_cursor()

    @key("comma", ",")
    def page_before(self) -> None:
        """Go to the page before."""
        self._themes.turn_page(-1)
        self._screen.draw_cursor()

    def tick_line(self, line: int) -> None:
        """Do what Space does with a line of the list, for a click."""
        place = self._themes.entry_at(line)
        if place is not None:
            self._themes.cursor = place
            self.tick()

    def tick(self) -> None:
        """Change what is under the cursor."""
        raise NotImplementedError

    def _show(self, theme_id: str) -> None:
        """Put the cursor on a theme and draw."""
        self._themes.select(theme_id)
        self._screen.say()


class ThemeActions(ListActions):
    """Tick what is under the cursor."""

    @key("space", "Space")
    def tick(self) -> None:
        """Tick or untick the theme or position under the cursor."""
        entry = self._themes.selected
        if entry is None:
            return
        if entry.position is not None:
            self._session.edit.toggle_position(entry.theme_id, entry.position_id)
        else:
            self._session.edit.toggle(entry.theme_id)
        self._screen.say()

    @key("p", "p", hint="p position")
    def next_position(self) -> None:
        """Step through the positions of the theme."""
        theme_id = self._themes.selected_theme
        if not theme_id:
            return
        if not self._session.codebook.theme(theme_id).positions:
            self._screen.say("this theme has no positions")
            return
        self._session.edit.next_position(theme_id)
        self._show(theme_id)


class AllThemesActions(ThemeActions):
    """Tick the themes that fit a comment."""

    hints = (
        "save",
        "type_key",
        "add",
        "next_page",
        "undo",
        "mark_unsure",
        "show_definition",
        "skip",
        "go_back",
        "next_position",
        "note",
        "search",
        "mark_words",
        "show_mine",
        "flag",
        "show_similar",
    )

    @key(THEME_KEYS, THEME_KEYS_SHOWN, hint="number tick", named=True)
    def type_key(self, name: str) -> None:
        """Tick the theme with this key; 0 or 00 unticks all."""
        self.take_theme_key(name)

    def use_theme(self, theme_id: str) -> None:
        """Tick or untick the theme whose key was typed."""
        self._session.edit.toggle(theme_id)
        self._show(theme_id)

    def use_no_theme(self) -> None:
        """Untick everything: no theme fits."""
        self._session.edit.untick_all()
        self._screen.say("no theme is ticked; Enter saves that")

    @key(POSITION_LETTERS, "A–E", hint="A-E position", named=True)
    def tick_position(self, name: str) -> None:
        """Tick a position of the theme under the cursor."""
        entry = self._themes.selected
        if entry is None:
            return
        for position in entry.row.positions:
            if position.key == name:
                self._session.edit.toggle_position(entry.theme_id, position.position_id)
                self._themes.select(entry.theme_id)
                self._screen.say()
                return
        self._screen.say(f"this theme has no position {name}")

    @key("a,plus", "a +", hint="a add")
    def add(self) -> None:
        """Find themes by a few letters and tick them."""
        if self._session.pick is None:
            return

        def toggle(theme_id: str) -> None:
            self._session.edit.toggle(theme_id)
            self._show(theme_id)

        themes = self._session.codebook.active
        self._screen.app.push_screen(ThemeFilter(themes, self._session.rows, toggle))

    @key("u", "u", hint="u unsure")
    def mark_unsure(self) -> None:
        """Unsure about this theme; it is saved as not judged."""
        theme_id = self._themes.selected_theme
        if theme_id:
            self._session.edit.toggle_unsure(theme_id)
            self._show(theme_id)

    @key("U", "U")
    def mark_all_unsure(self) -> None:
        """Unsure about the whole comment."""
        self._session.edit.toggle_unsure_all()
        self._screen.say()


class OneThemeActions(ThemeActions):
    """Answer yes or no to one theme; each answer is saved and the next comment comes."""

    hints = (
        "answer_yes",
        "answer_no",
        "answer_unsure",
        "undo",
        "show_definition",
        "go_back",
        "skip",
        "search",
    )

    @key("y", "y", hint="y yes")
    def answer_yes(self) -> None:
        """Yes, the theme is present; next comment."""
        row = self._row
        if row is not None:
            ticked = (p.position_id for p in row.positions if p.ticked)
            self._answer(row, True, tuple(ticked))

    @key("n", "n", hint="n no")
    def answer_no(self) -> None:
        """No, it is not; next comment."""
        row = self._row
        if row is not None:
            self._answer(row, False)

    @key("u", "u", hint="u unsure")
    def answer_unsure(self) -> None:
        """Unsure; next comment."""
        row = self._row
        if row is None:
            return
        if not row.unsure:
            self._session.edit.toggle_unsure(row.theme_id)
        self._decisions.save()

    @key(DIGITS, "1–9", numbered=True)
    def answer_position(self, number: int) -> None:
        """Yes, with this position; next comment."""
        row = self._row
        if row is not None and number <= len(row.positions):
            self._answer(row, True, (row.positions[number - 1].position_id,))

    @property
    def _row(self) -> ThemeRow | None:
        """The theme; None while there is nothing to review."""
        if self._themes.rows:
            return self._themes.rows[0]
        return None

    def _answer(
        self, row: ThemeRow, present: bool, positions: tuple[str, ...] = ()
    ) -> None:
        self._session.edit.set_theme(row.theme_id, present, positions)
        self._decisions.save()
