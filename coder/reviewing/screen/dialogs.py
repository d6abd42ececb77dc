"""The small screens over the review: help, definition, finding a theme or a comment, note, questions."""

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from coder.codebook import Theme
from coder.reviewing.screen.drawing import fitted, matching_themes
from coder.text import safe_text

# Belongs to the app's own style, which is read once: a screen's own would be read when it is first opened.
STYLE = """
Small { align: center middle; background: $background 60%; }
Small > Vertical {
    width: 90%; max-width: 100; height: auto; max-height: 90%;
    border: round $primary; background: $surface; padding: 0 1;
}
Small VerticalScroll { height: auto; max-height: 100%; }
Small OptionList { height: auto; max-height: 12; border: none; }
"""

Answer = TypeVar("Answer")


class Small(ModalScreen[Answer]):
    """A frame in the middle of the screen."""


def _box(title: str, keys: str) -> Vertical:
    """A frame with what it is on top and its keys at the foot."""
    box = Vertical()
    box.border_title, box.border_subtitle = Content(title), Content(keys)
    return box


class Reading(Small[None]):
    """Something to read; any of a few keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d,enter,question_mark,f1", "dismiss_reading", "Close"),
        Binding("down,j", "scroll(1)"),
        Binding("up,k", "scroll(-1)"),
        Binding("pagedown,space", "scroll(10)"),
        Binding("pageup", "scroll(-10)"),
    ]

    def __init__(self, content: Content, title: str) -> None:
        super().__init__()
        self._content, self._title = content, title

    def compose(self) -> ComposeResult:
        with _box(self._title, "↑ ↓ PgDn read on · Esc closes"), VerticalScroll(can_focus=False):
            yield Static(self._content)

    def action_dismiss_reading(self) -> None:
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)


class FindTheme(Small[None]):
    """Themes found by typing a few letters; Enter ticks, and the next can be typed at once.

    With nothing typed no line is chosen until the arrows choose one: Enter then goes back.

    Args:
        ticked: whether a theme is ticked now.
        toggle: ticks a theme or takes its tick away.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back"),
        Binding("down", "move(1)", priority=True),
        Binding("up", "move(-1)", priority=True),
    ]

    def __init__(
        self, themes: Sequence[Theme], ticked: Callable[[str], bool], toggle: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._themes, self._ticked, self._toggle = themes, ticked, toggle
        self._found: list[Theme] = []

    def compose(self) -> ComposeResult:
        with _box("Add themes", "↑ ↓ choose · Enter ticks, on an empty box goes back · Esc back"):
            yield Input(
                placeholder="a few letters of the name, or of a word it stands for", id="letters"
            )
            yield OptionList(id="found")

    def on_mount(self) -> None:
        self.query_one("#found", OptionList).can_focus = False
        self._list("")

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def _list(self, typed: str) -> None:
        self._found = matching_themes(self._themes, typed)
        found = self.query_one("#found", OptionList)
        found.clear_options()
        found.add_options(Option(self._line(theme)) for theme in self._found)
        found.highlighted = 0 if self._found and typed.strip() else None

    def _line(self, theme: Theme) -> Content:
        return Content(
            f"[{'x' if self._ticked(theme.id) else ' '}] {safe_text(theme.name, one_line=True)}"
        )

    def action_move(self, by: int) -> None:
        found = self.query_one("#found", OptionList)
        if self._found:
            at = found.highlighted
            start = at if at is not None else -1 if by > 0 else 0
            found.highlighted = (start + by) % len(self._found)

    @on(Input.Submitted)
    def chosen(self, event: Input.Submitted) -> None:
        """Tick the chosen theme; with nothing typed and nothing chosen go back."""
        found = self.query_one("#found", OptionList)
        if found.highlighted is not None and self._found:
            self._toggle(self._found[found.highlighted].id)
            event.input.clear()
            self._list("")
        elif not event.value.strip():
            self.dismiss(None)

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        theme, found = self._found[event.option_index], self.query_one("#found", OptionList)
        self._toggle(theme.id)
        found.replace_option_prompt_at_index(event.option_index, self._line(theme))
        found.highlighted = (
            None if not self.query_one("#letters", Input).value.strip() else event.option_index
        )

    def action_close(self) -> None:
        self.dismiss(None)


class FindComment(Small[str | None]):
    """Comments that hold every word typed; gives the id of the one chosen.

    Args:
        search: ids for what is typed.
        text_of: a comment's text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back"),
        Binding("down", "move(1)", priority=True),
        Binding("up", "move(-1)", priority=True),
    ]

    def __init__(self, search: Callable[[str], list[str]], text_of: Callable[[str], str]) -> None:
        super().__init__()
        self._search, self._text_of = search, text_of
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        with _box("Find comments", "↑ ↓ choose · Enter opens · Esc back"):
            yield Input(placeholder="words that it holds, or its id", id="words")
            yield OptionList(id="found")
            yield Static(id="hint")

    def on_mount(self) -> None:
        self.query_one("#found", OptionList).can_focus = False

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        self._found = self._search(event.value)[:50]
        found = self.query_one("#found", OptionList)
        found.clear_options()
        found.add_options(Option(self._line(comment_id)) for comment_id in self._found)
        if self._found:
            found.highlighted = 0
        nothing = event.value.strip() and not self._found
        self.query_one("#hint", Static).update(Content("no comment holds that" if nothing else ""))

    def _line(self, comment_id: str) -> Content:
        width = self.query_one("#found", OptionList).scrollable_content_region.width
        room = max(20, width - 3)  # less an option's padding and a scrollbar
        name = safe_text(comment_id, one_line=True)
        name = fitted(name, min(cell_len(name), room // 2))
        text = safe_text(self._text_of(comment_id)[:200], one_line=True)
        left = room - cell_len(name) - 2
        return Content.assemble((f"{name}  ", "dim"), fitted(text, min(cell_len(text), left)))

    def action_move(self, by: int) -> None:
        found = self.query_one("#found", OptionList)
        if self._found and found.highlighted is not None:
            found.highlighted = (found.highlighted + by) % len(self._found)

    @on(Input.Submitted)
    def chosen(self) -> None:
        found = self.query_one("#found", OptionList)
        if self._found and found.highlighted is not None:
            self.dismiss(self._found[found.highlighted])

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])

    def action_close(self) -> None:
        self.dismiss(None)


class Note(Small[str | None]):
    """A note to the comment; None when it was left as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back")]

    def __init__(self, note: str) -> None:
        super().__init__()
        self._note = note

    def compose(self) -> ComposeResult:
        with _box("Note", "Enter keeps it, saved with the decision · Esc back"):
            yield Input(value=self._note, max_length=500)

    @on(Input.Submitted)
    def kept(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    def action_close(self) -> None:
        self.dismiss(None)


class Ask(Small[str]):
    """A question with a few answers, each a key; Escape is the last."""

    def __init__(self, question: str, answers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._question, self._answers = question, answers

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content(safe_text(self._question)))
            yield Static("")
            for key, answer in self._answers:
                shown = "Esc" if key == "escape" else key
                line = Content.assemble((f" {shown} ", "reverse"), f"  {answer}")
                yield Static(line.stylize(Style.from_meta({"@click": f"screen.answer({key!r})"})))

    def action_answer(self, key: str) -> None:
        self.dismiss(key)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        keys = [key for key, _ in self._answers]
        if event.key == "escape":
            self.dismiss(keys[-1])
        elif event.key in keys or event.character in keys:
            self.dismiss(event.key if event.key in keys else str(event.character))
