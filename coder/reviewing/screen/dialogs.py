"""The dialog for a note about a comment."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from coder.screen.dialogs import Dialog, framed

NOTE_LIMIT = 500  # characters


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
