"""Marks the words of a comment that carry a theme: with keys, or with the mouse."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import chain
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Static

from coder.decisions.evidence import Marks
from coder.reviewing.marking import (
    MOST_MARKS,
    with_mark,
    without_mark,
    word_spans,
)
from coder.reviewing.screen.item_list import widened
from coder.reviewing.session import Session
from coder.screen.dialogs import Dialog, framed
from coder.screen.styled_text import StyledText, cut, one_line
from coder.screen.widgets import Lines
from coder.text import Span, safe_text, sentences

KEYS = "←→ · Space from · Enter mark · s sentence · x clear · Tab next · Esc"
CHOSEN = "reverse"  # what Enter would mark
MARKED = "bold underline"
OF_OTHERS = "underline"
AROUND = 7  # lines of the frame and below the comment
MARGIN = 2  # lines of the screen that stay free
LONGEST_SHOWN = 40  # characters of a marked passage below the text


def wrapped(text: str, width: int) -> list[Span]:
    """The lines of a text at most so many cells wide; all together they hold every character.

    Lines end after white space where they can, and a line break ends one.
    """
    lines: list[Span] = []
    start = after_space = cells = 0
    for place, char in enumerate(text):
        size = cell_len(char)
        end = 0
        if char == "\n":
            end = place + 1
        elif cells + size > width and not char.isspace():
            end = max(start, after_space)
            if end == start:  # one long word
                end = place
        if end:
            lines.append(Span(start, end))
            start = end
            cells = cell_len(text[end:place])
        cells += size
        if char.isspace():
            after_space = place + 1
    lines.append(Span(start, len(text)))
    return lines


class WordsPane(Lines):
    """A comment in which a cursor goes from word to word.

    Attributes:
        words: its words, in order.
        at: number of the word under the cursor.
        begun_at: number of the word where choosing began; None where one word is chosen.
    """

    class Chosen(Message):
        """Words were chosen with the mouse."""

    def __init__(self, text: str) -> None:
        super().__init__(wrap=False, id="words")
        self._text = text
        self._safe = safe_text(text)
        self.words = word_spans(text)
        self._starts = [word.start for word in self.words]
        self._spans: list[Span] = []
        self._width = 0  # in cells, that the lines were made for
        self.at = 0
        self.begun_at: int | None = None
        self._marks: Marks = ()
        self._others: Marks = ()

    @property
    def chosen(self) -> Span | None:
        """What is chosen; None in a comment without words."""
        if not self.words:
            return None
        begun_at = self.begun_at
        if begun_at is None:
            begun_at = self.at
        ends = (self.at, begun_at)
        first = self.words[min(ends)]
        last = self.words[max(ends)]
        return Span(first.start, last.end)

    @property
    def lines_needed(self) -> int:
        """How many lines the comment has."""
        return len(self._spans)

    def draw(self, marks: Marks, others: Marks) -> None:
        """Draw the comment.

        Args:
            marks: of the theme; `others`, of any theme.
        """
        self._marks, self._others = marks, others
        width = max(10, self.size.width - 1)
        if width != self._width:
            self._width = width
            self._spans = wrapped(self._safe, width)
        chosen = self.chosen
        parts = [(others, OF_OTHERS), (marks, MARKED)]
        if chosen is not None:
            parts.append(((chosen,), CHOSEN))
        self.show([self._line(line, parts) for line in self._spans])
        if chosen is not None:
            word = self.words[self.at]
            line = self._line_of(word.start)
            self.keep_in_view(line)

    def _line(self, line: Span, parts: Sequence[tuple[Marks, str]]) -> Content:
        content = Content(self._safe[line.start : line.end].rstrip("\n"))
        for spans, style in parts:
            for span in spans:
                start = span.start - line.start
                end = span.end - line.start
                if end > 0:
                    content = content.stylize(style, max(0, start), end)
        return content

    def _line_of(self, place: int) -> int:
        starts = [line.start for line in self._spans]
        return max(0, bisect_right(starts, place) - 1)

    def on_resize(self) -> None:
        """Draw again for the new width."""
        super().on_resize()
        self.draw(self._marks, self._others)

    # ------------------------------------------------------------ the cursor

    def move(self, by: int) -> None:
        """Go on by words."""
        last = max(0, len(self.words) - 1)
        self.at = max(0, min(last, self.at + by))

    def move_lines(self, by: int) -> None:
        """Go up or down by lines, to the nearest word."""
        if not self.words:
            return
        start = self.words[self.at].start
        line = self._line_of(start)
        wanted = max(0, min(len(self._spans) - 1, line + by))
        column = start - self._spans[line].start
        target = self._spans[wanted]
        before = self.at
        self.go_to(min(target.start + column, target.end - 1))
        if self.at == before:  # a line without words, or one long word
            self.move(by)

    def go_to(self, place: int) -> None:
        """Put the cursor on the word at a place of the text, or the one before it."""
        self.at = max(0, bisect_right(self._starts, place) - 1)

    def choose_sentence(self, language: str) -> None:
        """Choose the sentence that the cursor stands in."""
        if not self.words:
            return
        here = self.words[self.at].start
        for span in sentences([self._text], language)[0]:
            if span.start <= here < span.end:
                self.go_to(span.start)
                if self._starts[self.at] < span.start:
                    self.move(1)
                self.begun_at = self.at
                self.go_to(span.end - 1)

    # ------------------------------------------------------------ the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to choose at the word that is pressed."""
        place = self._place_at(event.get_content_offset(self))
        if place is not None and self.words:
            self.go_to(place)
            self.begun_at = self.at
            self.capture_mouse()
            self.draw(self._marks, self._others)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Choose up to the word under the mouse."""
        if self.app.mouse_captured is not self or self.begun_at is None:
            return
        place = self._place_at(event.get_content_offset(self))
        if place is not None:
            self.go_to(place)
            self.draw(self._marks, self._others)

    def on_mouse_up(self) -> None:
        """Mark what was chosen; a click on one word only puts the cursor there."""
        if self.app.mouse_captured is not self:
            return
        self.release_mouse()
        if self.begun_at == self.at:
            self.begun_at = None
            self.draw(self._marks, self._others)
        else:
            self.post_message(self.Chosen())

    def _place_at(self, offset: Offset | None) -> int | None:
        """The place in the text of a cell of the pane."""
        if offset is None:
            return None
        number = int(self.scroll_offset.y) + offset.y
        if number >= len(self._spans):
            return None
        line = self._spans[number]
        cells = 0
        for place in range(line.start, line.end):
            cells += cell_len(self._safe[place])
            if cells > offset.x:
                return place
        return max(line.start, line.end - 1)


class WordsDialog(Dialog[None]):
    """Marks words for a theme; each mark can be undone as a tick can.

    Args:
        theme_ids: the themes that Tab goes through, the first one first.
        changed: called after each change.
    """

    DEFAULT_CSS = """
    WordsDialog > Vertical { height: 90%; }
    WordsDialog #words { height: 1fr; min-height: 3; }
    WordsDialog #marked { height: auto; max-height: 4; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back"),
        Binding("w,q", "leave", "Back"),
        Binding("right,l", "move(1)", "Next word"),
        Binding("left,h", "move(-1)", "Word before"),
        Binding("down,j", "move_lines(1)", "Line down"),
        Binding("up,k", "move_lines(-1)", "Line up"),
        Binding("pagedown", "move_lines(8)", "Page down"),
        Binding("pageup", "move_lines(-8)", "Page up"),
        Binding("home", "move(-1000000)", "First word"),
        Binding("end", "move(1000000)", "Last word"),
        Binding("space", "anchor", "From here"),
        Binding("enter", "mark", "Mark"),
        Binding("s", "sentence", "Mark the sentence"),
        Binding("x,backspace,delete", "unmark", "Unmark"),
        Binding("tab", "next_theme", "Next theme", priority=True),
        Binding("z", "undo", "Undo"),
    ]

    def __init__(
        self, session: Session, theme_ids: Sequence[str], changed: Callable[[], None]
    ) -> None:
        super().__init__()
        self._session = session
        self._theme_ids = list(theme_ids)
        self._changed = changed
        self._pick = session.pick
        self._pane = WordsPane(session.text)

    @property
    def _theme_id(self) -> str:
        return self._theme_ids[0]

    @property
    def _marks(self) -> Marks:
        return self._session.draft.evidence.get(self._theme_id, ())

    def compose(self) -> ComposeResult:
        """The comment, and what is marked below it."""
        with widened(framed("", KEYS)):
            yield self._pane
            yield Static(id="marked")

    def on_mount(self) -> None:
        """Begin at the first marked word."""
        if self._marks:
            first = self._marks[0]
            self._pane.go_to(first.start)
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        evidence = self._session.draft.evidence
        everything = chain.from_iterable(evidence.values())
        self._pane.draw(self._marks, tuple(everything))
        theme = self._session.codebook.theme(self._theme_id)
        frame = self.query_one(Vertical)
        frame.border_title = Content(f"Words for: {one_line(theme.name)}")
        most = self.app.size.height - MARGIN
        frame.styles.height = min(most, self._pane.lines_needed + AROUND)
        self.query_one("#marked", Static).update(self._what_is_marked())

    def _what_is_marked(self) -> Content:
        """The marked passages in words."""
        if not self._pane.words:
            return Content("this comment has no words")
        if not self._marks:
            return Content("nothing is marked for this theme")
        text = StyledText()
        text.add("marked: ")
        shown = []
        for start, end in self._marks:
            shown.append(
                f"“{cut(one_line(self._session.text[start:end]), LONGEST_SHOWN)}”"
            )
        text.add(" · ".join(shown), "bold")
        return text.content()

    # ------------------------------------------------------------ keys

    def action_move(self, by: int) -> None:
        """Go on by words."""
        self._pane.move(by)
        self._draw()

    def action_move_lines(self, by: int) -> None:
        """Go up or down."""
        self._pane.move_lines(by)
        self._draw()

    def action_anchor(self) -> None:
        """Choose from here to where the cursor goes; a second time, mark that."""
        if self._pane.begun_at is not None:
            self.action_mark()
            return
        self._pane.begun_at = self._pane.at
        self._draw()

    def action_mark(self) -> None:
        """Mark what is chosen."""
        chosen = self._pane.chosen
        self._pane.begun_at = None
        if chosen is not None and len(self._marks) < MOST_MARKS:
            self._set_marks(with_mark(self._marks, chosen))
        self._draw()

    def on_words_pane_chosen(self) -> None:
        """Mark what was chosen with the mouse."""
        self.action_mark()

    def action_sentence(self) -> None:
        """Mark the sentence around the cursor."""
        self._pane.choose_sentence(self._session.codebook.language)
        self.action_mark()

    def action_unmark(self) -> None:
        """Unmark the words under the cursor."""
        self._pane.begun_at = None
        if self._pane.words:
            word = self._pane.words[self._pane.at]
            marks = without_mark(self._marks, word.start)
            self._set_marks(marks)
        self._draw()

    def _set_marks(self, marks: Marks) -> None:
        self._session.edit.mark(self._theme_id, marks)
        self._changed()

    def action_next_theme(self) -> None:
        """Go on with the next theme that is ticked."""
        self._theme_ids.append(self._theme_ids.pop(0))
        self._pane.begun_at = None
        self._draw()

    def action_undo(self) -> None:
        """Undo the last mark or tick on this comment."""
        if self._session.changed:
            self._session.undo()
            self._changed()
        self._draw()

    def action_close(self) -> None:
        """Drop what is chosen; with nothing chosen, go back."""
        if self._pane.begun_at is None:
            self.dismiss(None)
            return
        self._pane.begun_at = None
        self._draw()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
