"""Words that a reviewer marks in a comment, because they carry a theme."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from coder.decisions.evidence import Marks
from coder.errors import CoderError
from coder.text import Span

VISIBLE = re.compile(r"\S+")
MOST_MARKS = 50  # of one theme in one comment


def word_spans(text: str) -> list[Span]:
    """The words of a text as somebody marks them: without the punctuation around them.

    What is all punctuation or symbols, such as an emoji, is a word too.
    """
    words = []
    for match in VISIBLE.finditer(text):
        start, end = match.span()
        words.append(_bare(text, start, end))
    return words


def _bare(text: str, first: int, last: int) -> Span:
    """A run of visible characters without punctuation at its ends, where something is left."""
    start, end = first, last
    while start < end and _is_punctuation(text[start]):
        start += 1
    while end > start and _is_punctuation(text[end - 1]):
        end -= 1
    if start == end:
        return Span(first, last)
    return Span(start, end)


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char).startswith("P")


def whole_words(text: str, start: int, end: int) -> Span | None:
    """The words that a range of a text touches, from the first to the last; None where it holds
    white space alone.
    """
    touched = [w for w in word_spans(text) if w.start < end and start < w.end]
    if not touched:
        return None
    return Span(touched[0].start, touched[-1].end)


def joined_spans(spans: Iterable[Span]) -> list[Span]:
    """Spans in order; those that overlap or touch are one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            last = joined.pop()
            span = Span(last.start, max(last.end, span.end))
        joined.append(span)
    return joined


def with_mark(marks: Iterable[Span], added: Span) -> Marks:
    """The marks with another one; those that overlap or touch are one."""
    return tuple(joined_spans([*marks, added]))


def without_mark(marks: Iterable[Span], place: int) -> Marks:
    """The marks without the one that holds a place of the text."""
    return tuple(mark for mark in marks if not mark.start <= place < mark.end)


def check_marks(text: str, marks: Sequence[Sequence[int]]) -> Marks:
    """Ranges from outside as marks: whole words, in order, each once.

    Args:
        marks: start and end of each, in code points of `text`.

    Raises:
        CoderError: a range lies outside the text, or there are more than `MOST_MARKS`.
    """
    if len(marks) > MOST_MARKS:
        raise CoderError(
            f"{len(marks)} marked passages for one theme",
            f"Mark at most {MOST_MARKS} passages.",
        )
    found = []
    for start, end in marks:
        if not 0 <= start < end <= len(text):
            raise CoderError(
                f"the marked words {start} to {end} are not in the comment",
                f"It has {len(text):,} characters. Load the comment again.",
            )
        span = whole_words(text, start, end)
        if span is not None:
            found.append(span)
    return tuple(joined_spans(found))
