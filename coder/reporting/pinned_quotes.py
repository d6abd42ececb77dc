"""Quotes that the analyst pinned, each checked against its comment; an edit changes nothing
outside brackets.
"""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from coder.errors import CoderError, did_you_mean
from coder.figures import ELLIPSIS
from coder.reporting.coded_matrix import Bools, CodedMatrix, Key
from coder.reporting.quote_spans import add_ellipses
from coder.reporting.quotes import Quote
from coder.reporting.quotes_file import PinnedQuote, QuoteChoices
from coder.reporting.redaction import personal_details
from coder.text import Span

EDIT = re.compile(r"\[[^\[\]]*\]|…|\.\.\.")
EDIT_AT_END = re.compile(rf"(?:{EDIT.pattern})$")
MOST_REPLACED = 200  # characters of the comment that one bracket may stand for
MOST_SHOWN = 60  # characters of a faulty quote in an error


def pinned_quotes(
    choices: QuoteChoices, matrix: CodedMatrix, declined: Bools
) -> list[Quote]:
    """The pinned quotes, each checked against its comment.

    Args:
        declined: (n_comments,) the author declined publication.

    Raises:
        CoderError: a comment is not analysed, its author declined publication, it does not
            carry the theme, or the quote has words outside brackets that the comment does not
            have. Names all faults.
    """
    checker = _PinChecker(matrix, declined)
    quotes, faults = [], []
    for number, pin in enumerate(choices.pin, start=1):
        try:
            quotes.append(checker.quote_of(pin))
        except _PinError as fault:
            faults.append(f"quotes.yaml: pin {number} ({pin.comment}): {fault}")
    if faults:
        raise CoderError(
            "\n".join(faults),
            "Outside [brackets] and ellipses (…) a quote is an exact part of its comment. "
            "Correct quotes.yaml.",
        )
    return quotes


class _PinError(Exception):
    """What is wrong with one pinned quote."""


class _PinChecker:
    """Turns pins into quotes; a comment may be pinned once."""

    def __init__(self, matrix: CodedMatrix, declined: Bools) -> None:
        ids = matrix.comments["comment_id"].astype(str)
        self._place = {comment_id: place for place, comment_id in enumerate(ids)}
        self._texts = matrix.comments["text"].astype(str).tolist()
        self._sources = matrix.comments["source"].astype(str).tolist()
        self._matrix = matrix
        self._declined = declined
        self._quoted: set[str] = set()

    def quote_of(self, pin: PinnedQuote) -> Quote:
        """The quote that a pin asks for. Raises `_PinError` where it cannot be quoted."""
        place = self._check(pin)
        text = self._texts[place]
        quote = pin.quote.strip() or text.strip()
        span = place_of(quote, text)
        if span is None:
            raise _PinError(describe_departure(quote, text))
        return Quote(
            theme_id=pin.theme,
            position_id=pin.position,
            number=0,
            quote=_add_outer_ellipses(quote, text, span),
            source=self._sources[place],
            comment_id=pin.comment,
            start=span.start,
            end=span.end,
            masked=False,
            edited=quote != text[span.start : span.end],
        )

    def _check(self, pin: PinnedQuote) -> int:
        """The place of the comment, which may be quoted for the theme."""
        key = (pin.theme, pin.position)
        row = self._matrix.row_number.get(key)
        place = self._place.get(pin.comment)
        if row is None:
            known = [_spell_key(other) for other in self._matrix.row_number]
            raise _PinError(
                f"no such theme or position. {did_you_mean(_spell_key(key), known)}"
            )
        if place is None:
            raise _PinError(
                "not an analysed comment, and only analysed comments are quoted"
            )
        if self._declined[place]:
            raise _PinError("its author declined publication")
        if not self._matrix.carries[place, row]:
            raise _PinError(f"the comment does not carry {_spell_key(key)}")
        if pin.comment in self._quoted:
            raise _PinError("pinned twice; a comment is quoted once")
        self._quoted.add(pin.comment)
        return place


def _spell_key(key: Key) -> str:
    """`drugs`, or `drugs=less` for a position."""
    return "=".join(filter(None, key))


def dropped(choices: QuoteChoices, comments: pd.DataFrame) -> Bools:
    """(n_comments,) comments that the analyst does not want quoted. Raises `CoderError` for an
    unknown id.
    """
    ids = comments["comment_id"].astype(str)
    known = set(ids)
    unknown = [comment_id for comment_id in choices.drop if comment_id not in known]
    if unknown:
        raise CoderError(
            f"quotes.yaml: drop: no analysed comment {', '.join(unknown)}",
            did_you_mean(unknown[0], sorted(known)),
        )
    return ids.isin(list(choices.drop)).to_numpy(dtype=bool)


def _add_outer_ellipses(quote: str, text: str, span: Span) -> str:
    """Ellipses where words before or after are left out, unless the quote begins or ends with
    an edit.
    """
    shown = add_ellipses(quote, text, span)
    if EDIT.match(quote):
        shown = shown.removeprefix(f"{ELLIPSIS} ")
    if EDIT_AT_END.search(quote):
        shown = shown.removesuffix(f" {ELLIPSIS}")
    return shown


# ---------------------------------------------------------------- an edited quote and its comment


def place_of(quote: str, text: str) -> Span | None:
    """Where an edited quote stands in a comment; None unless all outside brackets and ellipses
    is in it.
    """
    match = re.search(_pattern_of(quote), text, re.DOTALL)
    if match is None or not match.group().strip():
        return None
    return Span(*match.span())


def _pattern_of(quote: str) -> str:
    """A pattern of the quote: literal words, any white space, brackets for a few characters,
    ellipses for any.

    Only a bracket stands within a word: “able” is not part of “unable”.
    """
    parts: list[str] = []
    end = 0
    begins_word = True
    for edit in EDIT.finditer(quote):
        is_bracket = edit.group().startswith("[")
        words = quote[end : edit.start()]
        parts.append(
            _literal_pattern(words, begins_word=begins_word, ends_word=not is_bracket)
        )
        if is_bracket:
            parts.append(rf".{{0,{MOST_REPLACED}}}?")
        else:
            parts.append(".*?")
        end = edit.end()
        begins_word = not is_bracket
    parts.append(_literal_pattern(quote[end:], begins_word=begins_word, ends_word=True))
    return "".join(parts)


def _literal_pattern(words: str, *, begins_word: bool, ends_word: bool) -> str:
    """Words with any white space between them; at the ends, next to an edit, there may be none.

    Args:
        begins_word: the comment has no letter right before the words.
        ends_word: the comment has no letter right after the words.
    """
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    if not pattern:
        return r"\s*" if words else ""
    if begins_word and words.lstrip()[0].isalnum():
        pattern = r"(?<!\w)" + pattern
    if ends_word and words.rstrip()[-1].isalnum():
        pattern += r"(?!\w)"
    if words[0].isspace():
        pattern = r"\s*" + pattern
    if words[-1].isspace():
        pattern += r"\s*"
    return pattern


def describe_departure(quote: str, text: str) -> str:
    """Where an edited quote leaves its comment, for the error."""
    same = 0
    for word in re.finditer(r"\S+", quote):
        if re.search(_pattern_of(quote[: word.end()]), text, re.DOTALL) is None:
            break
        same = word.end()
    return f"not in the comment from “{quote[same:].strip()[:MOST_SHOWN]}” on"


# ---------------------------------------------------------------- what the report keeps of edits


def edit_log(quotes: Sequence[Quote], texts: Mapping[str, str]) -> list[dict[str, str]]:
    """Each edited quote beside the exact part of the comment that it was made from."""
    edits = []
    for quote in quotes:
        if quote.edited:
            stored = texts[quote.comment_id][quote.start : quote.end]
            edits.append(
                {
                    "comment_id": quote.comment_id,
                    "stored": stored,
                    "published": quote.quote,
                }
            )
    return edits


def quotes_with_details(quotes: Sequence[Quote]) -> list[str]:
    """Ids of the comments whose pinned quote still shows personal details."""
    return [quote.comment_id for quote in quotes if personal_details(quote.quote)]
