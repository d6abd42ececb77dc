"""Dialogs over a screen: texts to read, searches, questions."""

from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from coder.screen import too_small
from coder.screen.styled_text import StyledText
from coder.text import safe_text

# Belongs to the app's own style, which is read once; a screen's own is read when it is first
# opened.
STYLE = (
    too_small.STYLE
    + """
Dialog { align: center middle; background: $background 60%; }
Dialog > Vertical {
    width: 90%; max-width: 100; height: auto; max-height: 90%;
    border: round $primary; background: $surface; padding: 0 1;
}
Dialog VerticalScroll { height: auto; max-height: 100%; }
Dialog OptionList { height: auto; max-height: 12; border: none; }
"""
)

Answer = TypeVar("Answer")
Item = TypeVar("Item")


class Dialog(ModalScreen[Answer]):
    """A frame in the middle of the screen."""


def framed(title: str, keys: str) -> Vertical:
    """A frame with a title above and its keys below."""
    frame = Vertical()
    frame.border_title = Content(title)
    frame.border_subtitle = Content(keys)
    return frame


class TextDialog(Dialog[None]):
    """A text to read."""

    keys_text: ClassVar[str] = "↑ ↓ PgDn scroll · Esc close"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d,enter,question_mark,f1", "close", "Close"),
        Binding("down,j", "scroll(1)", "Scroll down"),
        Binding("up,k", "scroll(-1)", "Scroll up"),
        Binding("pagedown,space", "scroll(10)", "Scroll down by 10 lines"),
        Binding("pageup", "scroll(-10)", "Scroll up by 10 lines"),
    ]

    def __init__(self, content: Content, title: str) -> None:
        super().__init__()
        self._content = content
        self._title = title

    def compose(self) -> ComposeResult:
        """A frame with the text."""
        frame = framed(self._title, self.keys_text)
        with frame, VerticalScroll(can_focus=False):
            yield Static(self._content)

    def action_close(self) -> None:
        """Go back to the screen."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll down by lines, up by a negative number."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def on_click(self, event: events.Click) -> None:
        """Close after a click beside the frame."""
        if event.widget is self:  # beside the frame
            self.dismiss(None)


class SearchDialog(Dialog[Answer], Generic[Item, Answer]):
    """A box to type in, and a list of what matches.

    Subclasses say what matches, how a match is shown and what choosing it does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back"),
        Binding("down", "move(1)", "Next match", priority=True),
        Binding("up", "move(-1)", "Previous match", priority=True),
    ]
    title_text: ClassVar[str]
    keys_text: ClassVar[str]
    placeholder: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.matches: list[Item] = []

    def compose(self) -> ComposeResult:
        """A frame with the input, the list of matches and a hint."""
        with framed(self.title_text, self.keys_text):
            yield Input(placeholder=self.placeholder, id="search")
            yield OptionList(id="matches")
            yield Static(id="hint")

    def on_mount(self) -> None:
        """List everything at first; the input keeps the focus."""
        self.option_list.can_focus = False
        self.list_matches("")

    @property
    def option_list(self) -> OptionList:
        """The list of matches."""
        return self.query_one("#matches", OptionList)

    def find(self, typed: str) -> list[Item]:
        """What matches the text typed."""
        raise NotImplementedError

    def line(self, item: Item) -> Content:
        """A match, in one line."""
        raise NotImplementedError

    def choose(self, item: Item) -> None:
        """Do what choosing a match is for."""
        raise NotImplementedError

    def list_matches(self, typed: str) -> None:
        """List what matches; the first match is chosen as soon as something is typed."""
        self.matches = self.find(typed)
        options = self.option_list
        options.clear_options()
        options.add_options(Option(self.line(item)) for item in self.matches)
        options.highlighted = None
        if self.matches and typed.strip():
            options.highlighted = 0

    @property
    def chosen(self) -> Item | None:
        """The match under the cursor."""
        place = self.option_list.highlighted
        if place is None or not self.matches:
            return None
        return self.matches[place]

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        """List what matches now."""
        self.list_matches(event.value)

    @on(OptionList.OptionSelected)
    def choose_clicked(self, event: OptionList.OptionSelected) -> None:
        """Choose the match that was clicked."""
        self.choose(self.matches[event.option_index])

    def action_move(self, by: int) -> None:
        """Move the cursor by lines; after the last match comes the first."""
        if not self.matches:
            return
        options = self.option_list
        place = options.highlighted
        if (
            place is None
        ):  # the arrow down goes to the first match, the arrow up to the last
            place = min(0, -by)
        options.highlighted = (place + by) % len(self.matches)

    def action_close(self) -> None:
        """Go back to the screen."""
        self.dismiss()


class QuestionDialog(Dialog[str]):
    """A question with a few answers, each chosen by a key or a click; Escape gives the last.

    Args:
        answers: what each answer says, by its key.
    """

    def __init__(self, question: str, answers: dict[str, str]) -> None:
        super().__init__()
        self._question = question
        self._answers = answers

    def compose(self) -> ComposeResult:
        """The question and a line for each answer."""
        with Vertical():
            yield Static(Content(safe_text(self._question)))
            yield Static("")
            for key, answer in self._answers.items():
                yield Static(_answer_line(key, answer))

    def action_answer(self, key: str) -> None:
        """Give an answer by its key."""
        self.dismiss(key)

    def on_key(self, event: events.Key) -> None:
        """Answer with the key pressed; Escape gives the last answer."""
        event.stop()
        if event.key == "escape":
            self.dismiss(list(self._answers)[-1])
            return
        for pressed in (event.key, event.character):
            if pressed in self._answers:
                self.dismiss(pressed)
                return


def _answer_line(key: str, answer: str) -> Content:
    """A key and what it answers, to read or to click."""
    shown = "Esc" if key == "escape" else key
    line = StyledText()
    line.add(f" {shown:^3} ", "reverse")
    line.add(f"  {answer}")
    click = Style.from_meta({"@click": f"screen.answer({key!r})"})
    return line.content().stylize(click)
