"""The words of a text with their places, and the passages that it has in common with another."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from coder.reading.text_runs import RUN
from coder.text import Span, normal_key

PIECE = re.compile(r"\S+")
GAP = " … "  # stands for what is left out between two passages

Run = tuple[str, ...]


class Word(NamedTuple):
    """A word in its normal form, and where it stands in the text."""

    key: str
    span: Span


def words_of(text: str) -> list[Word]:
    """The words of a text; their keys, joined by blanks, are the text's normal form.

    Words that belong to one piece of text between blanks have the place of the piece.
    """
    words: list[Word] = []
    for piece in PIECE.finditer(text):
        span = _without_marks(
            text,
            piece.start(),
            piece.end(),
        )
        words.extend(
            Word(
                key,
                span,
            )
            for key in normal_key(piece.group()).split()
        )
    return words


def _without_marks(
    text: str,
    start: int,
    end: int,
) -> Span:
    """The same place without punctuation before and after the word."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return Span(
        start,
        end,
    )


def runs_in(keys: Sequence[str]) -> list[Run]:
    """The runs of words of a text, in its order."""
    return [tuple(keys[start : start + RUN]) for start in range(len(keys) - RUN + 1)]


def shared_words(
    keys: Sequence[str],
    runs: Collection[Run],
) -> list[bool]:
    """For each word of a text, whether it stands in one of the runs."""
    is_shared = [False] * len(keys)
    for start, run in enumerate(runs_in(keys)):
        if run in runs:
            is_shared[start : start + RUN] = [True] * RUN
    return is_shared


def stretches(wanted: Sequence[bool]) -> list[Span]:
    """Where words that are wanted follow each other, from the first to after the last of them."""
    spans: list[Span] = []
    start = -1
    for place, is_wanted in enumerate([*wanted, False]):
        if is_wanted and start < 0:
            start = place
        if not is_wanted and start >= 0:
            spans.append(
                Span(
                    start,
                    place,
                )
            )
            start = -1
    return spans


def quote(
    text: str,
    words: Sequence[Word],
    span: Span,
) -> str:
    """The part of a text from one word to another, exactly as it is written."""
    first, last = words[span.start], words[span.end - 1]
    return text[first.span.start : last.span.end]


def without_passages(
    text: str,
    passages: Sequence[str],
) -> str:
    """A text without the passages, which are given in their normal form; marks beside them stay."""
    for passage in passages:
        words = words_of(text)
        keys = [word.key for word in words]
        kept: list[str] = []
        end_of_last = 0
        for span in places_of(
            passage.split(),
            keys,
        ):
            kept.append(text[end_of_last : words[span.start].span.start])
            end_of_last = words[span.end - 1].span.end
        text = " ".join([*kept, text[end_of_last:]])
    return text


def places_of(
    passage: Sequence[str],
    keys: Sequence[str],
) -> list[Span]:
    """Where a passage stands in a text; both are words in their normal form."""
    wanted = list(passage)
    spans: list[Span] = []
    start = 0
    while start + len(wanted) <= len(keys):
        end = start + len(wanted)
        if list(keys[start:end]) == wanted:
            spans.append(
                Span(
                    start,
                    end,
                )
            )
            start = end
        else:
            start += 1
    return spans


def cut_passages(
    key: str,
    passages: Sequence[str],
) -> str:
    """The same of a text in its normal form."""
    padded = f" {key} "
    for passage in passages:
        while f" {passage} " in padded:
            padded = padded.replace(
                f" {passage} ",
                " ",
            )
    return padded.strip()
