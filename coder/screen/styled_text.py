"""Text for the terminal. What people wrote is made safe and shown as it is, never read as
markup.
"""

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.style import Style

from coder.errors import CoderError, for_command_line
from coder.text import safe_text


class StyledText:
    """A text of parts in different styles."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, str | Style]] = []

    def add(self, text: str, style: str | Style = "") -> None:
        """Add a part."""
        self._parts.append((text, style))

    def content(self) -> Content:
        """The text as Textual shows it."""
        return Content.assemble(*self._parts)


def one_line(text: str) -> str:
    """Text that people wrote, safe to show in one line."""
    return safe_text(text, one_line=True)


def fitted(text: str, width: int) -> str:
    """The text in exactly `width` cells, cut with an ellipsis or padded."""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells, cut with an ellipsis."""
    return fitted(text, min(cell_len(text), width))


def error_text(error: Exception) -> str:
    """An error in words, with options and commands as they are typed in a terminal."""
    if not isinstance(error, CoderError):
        return str(error)
    text = error.problem
    if error.fix:
        text = f"{text}\n{error.fix}"
    return for_command_line(text)
