"""Commands inside notes, so that writers can set them apart and leave them as they are typed."""

import re
from collections.abc import Iterator

# A word of a command, quoted where it holds blanks; a stop after it ends the sentence.
_WORD = r"(?:'[^']*'|[^\s'.,;:]+(?:[.,;:]+[^\s'.,;:]+)*)"
_NAMES = "read|cluster|apply|review|agree|export|check|codebook"
_COMMAND = re.compile(rf"(?<!\S)coder (?:{_NAMES})(?: {_WORD})+")


def split_commands(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a note in order, each with whether it is a command to type."""
    start = 0
    for match in _COMMAND.finditer(text):
        if match.start() > start:
            yield text[start : match.start()], False
        yield match[0], True
        start = match.end()
    if start < len(text):
        yield text[start:], False


def without_commands(text: str) -> str:
    """A note without the sentences that name a command; empty where there is no other."""
    kept = ""
    for piece, is_command in split_commands(text):
        if is_command:
            kept = kept[: kept.rfind(". ") + 1]
        elif kept:
            kept += piece.lstrip(".")
        else:
            kept = piece.lstrip(". ")
    return kept.strip()
