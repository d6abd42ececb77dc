"""Text in lines that fit the terminal: broken between words, commands kept whole so that they
can be copied.
"""

import re
from typing import TYPE_CHECKING

from coder.errors import for_command_line
from coder.text import safe_text

if TYPE_CHECKING:
    from rich.console import Console

# A blank at which a line is not broken; a private character, never in shown text.
NO_BREAK = "\ue0f3"
CODE = re.compile(r"`[^`\n]+`")
LIST_ITEM = re.compile(r"\s*(?:[-*•] )?")


def console(*, error: bool = False) -> "Console":
    """A console that reads nothing as markup, emoji codes or highlights."""
    from rich.console import Console

    return Console(
        stderr=error, markup=False, emoji=False, highlight=False, soft_wrap=False
    )


def shown(text: str) -> str:
    """Text as the command line shows it: marks spelled as commands and options, nothing that
    acts on a terminal.
    """
    return safe_text(for_command_line(text))


def shown_prose(text: str, screen: "Console") -> str:
    """A message as the command line shows it, wrapped on a terminal; lines of files and pipes
    stay whole.
    """
    if not screen.is_terminal:
        return shown(text)
    return wrap(safe_text(for_command_line(text, blank=NO_BREAK)), screen.width)


def wrap(text: str, width: int) -> str:
    """Lines of at most `width` cells, broken at blanks; a longer word or command has a line of its
    own.

    Blanks inside `code` in backquotes are no places to break. Later lines of a paragraph are
    indented as its first is, or as the text of its list item is.
    """
    protected = CODE.sub(lambda match: match.group().replace(" ", NO_BREAK), text)
    lines = [_wrap_line(line, width) for line in protected.split("\n")]
    return "\n".join(lines).replace(NO_BREAK, " ")


def _wrap_line(line: str, width: int) -> str:
    from rich.cells import cell_len

    if cell_len(line) <= width:
        return line
    start = LIST_ITEM.match(line)
    indent = " " * (start.end() if start else 0)
    wrapped: list[str] = []
    current = line[: len(indent)]
    is_empty = True
    for word in line[len(indent) :].split(" "):
        if is_empty:
            current += word
        elif cell_len(current) + 1 + cell_len(word) <= width:
            current += " " + word
        else:
            wrapped.append(current.rstrip(" "))
            current = indent + word
        is_empty = False
    wrapped.append(current)
    return "\n".join(wrapped)
