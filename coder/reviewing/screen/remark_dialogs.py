"""Questions about comments, answers to them, and proposed themes."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Label

from coder.decisions import Remark
from coder.errors import CoderError
from coder.reviewing.remarks_desk import LONGEST_REMARK, RemarksDesk, Thread
from coder.reviewing.screen.item_list import ListDialog
from coder.screen.dialogs import Dialog, framed
from coder.screen.styled_text import StyledText, cut, error_text, one_line
from coder.text import count

KINDS = {"flag": "question", "proposal": "theme", "answer": "answer"}
MOST_ID = 16  # cells of a comment's id


class WritingDialog(Dialog[tuple[str, ...] | None]):
    """Asks for one text or several; Enter in the last box sends them. The answer is None where
    nothing is to be sent.

    Args:
        title: of the dialog.
        asked: what each box is for.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back")]

    def __init__(self, title: str, asked: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._asked = tuple(asked)

    def compose(self) -> ComposeResult:
        """A frame with the boxes."""
        with framed(one_line(self._title), "Enter send · Esc back, nothing is sent"):
            for asked in self._asked:
                yield Label(Content(asked))
                yield Input(max_length=LONGEST_REMARK)

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Go to the next box; from the last one, send."""
        boxes = list(self.query(Input))
        place = boxes.index(event.input)
        if not event.value.strip() and place == 0:
            return
        if place + 1 < len(boxes):
            self.set_focus(boxes[place + 1])  # at once, for keys in a burst
            return
        self.dismiss(tuple(box.value for box in boxes))

    def action_close(self) -> None:
        """Send nothing."""
        self.dismiss(None)


class RemarksDialog(ListDialog[Thread, str | None]):
    """Lists questions and proposed themes with their answers; the answer is the comment to open.

    Args:
        person: who looks at it.
        changed: called after something was written.
    """

    title_text = "Questions and proposed themes"
    keys_text = "a answer · Enter open the comment · x take back · Esc back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "answer", "Answer"),
        Binding("x", "take_back", "Take back"),
    ]

    def __init__(
        self, remarks: RemarksDesk, person: str, changed: Callable[[], None]
    ) -> None:
        super().__init__()
        self._remarks = remarks
        self._person = person
        self._changed = changed

    def on_mount(self) -> None:
        """List everything."""
        self._load()

    def _load(self) -> None:
        threads = self._remarks.threads()
        self.list.load(threads)
        still_open = sum(thread.is_open for thread in threads)
        listed = "none yet: F asks about the comment in front, P proposes a theme"
        if threads:
            listed = f"{count(len(threads), 'remark')}, {still_open:,} open"
        self.say_listed(listed)
        self.moved()

    def line(self, item: Thread, width: int) -> Content:
        """Whether it is open, what it is, who wrote it, and how it begins."""
        remark = item.remark
        state, style = "answered", "dim"
        if item.is_open:
            state, style = "open", ""
        who = one_line(remark.reviewer)
        if remark.reviewer == self._person:
            who = "you"
        name = cut(one_line(remark.comment_id), MOST_ID)
        text = remark.text
        if remark.name:
            text = f"{remark.name}: {remark.text}"
        line = StyledText()
        line.add(f"{state:<9}", style)
        line.add(f"{KINDS[remark.kind]:<9}", "dim")
        line.add(cut(f"{name} · {who}: {one_line(text)}", width - 18))
        return line.content()

    def moved(self) -> None:
        """Show all that was written under the cursor."""
        thread = self.list.selected
        full = Content("")
        if thread is not None:
            full = _in_full(thread)
        self.show_below(full)

    def action_answer(self) -> None:
        """Answer the remark under the cursor."""
        thread = self.list.selected
        if thread is None:
            return
        remark = thread.remark

        def send(texts: tuple[str, ...] | None) -> None:
            if texts is not None:
                self._try(lambda: self._remarks.answer(remark.id, texts[0]))

        title = f"Answer to {remark.reviewer}, {remark.comment_id}"
        self.app.push_screen(WritingDialog(title, ("your answer",)), send)

    def action_take_back(self) -> None:
        """Take back a remark of one's own."""
        thread = self.list.selected
        if thread is not None:
            self._try(lambda: self._remarks.take_back(thread.remark.id))

    def _try(self, write: Callable[[], Remark]) -> None:
        """Write something, or say why that is not possible."""
        try:
            write()
        except CoderError as error:
            self.say(error_text(error))
            return
        self._load()
        self._changed()

    def action_open(self) -> None:
        """Answer with the comment of the remark."""
        if self.list.selected is not None:
            self.dismiss(self.list.selected.remark.comment_id)


def _in_full(thread: Thread) -> Content:
    """A remark and its answers."""
    text = StyledText()
    remark = thread.remark
    if remark.name:
        text.add(f"{one_line(remark.name)}\n", "bold")
    text.add(f"{one_line(remark.reviewer)}: ", "bold")
    text.add(one_line(remark.text))
    for answer in thread.answers:
        text.add(f"\n{one_line(answer.reviewer)}: ", "bold")
        text.add(one_line(answer.text))
    return text.content()
