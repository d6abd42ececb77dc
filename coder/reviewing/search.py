"""Search in the comments: every match is counted, and shown in the words around it."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from coder.figures import ELLIPSIS
from coder.text import Span

BEFORE = 24  # characters of a comment that an excerpt shows before the match
EXCERPT = 200  # characters of an excerpt, the ellipses left out
MOST_WORDS = 20  # of one query; the rest is not looked for
# A phrase in any of the quotation marks that keyboards have.
PHRASE = re.compile(r'["“”„«»]([^"“”„«»]{1,200})["“”„«»]?')


class Excerpt(NamedTuple):
    """Part of a comment around the first match.

    Attributes:
        text: as it was received, with an ellipsis where the comment goes on.
        marks: what matches in it; offsets in `text`.
    """

    text: str
    marks: tuple[Span, ...]


class Query:
    """What somebody looks for.

    A comment matches that contains all the words, be it within longer ones, and all the phrases
    in quotation marks, these as whole words one after another. Capitals do not matter. A comment
    matches too whose id begins with what was typed.

    Args:
        typed: as it was typed.
    """

    def __init__(self, typed: str) -> None:
        self.prefix = typed.strip().casefold()
        self._words = PHRASE.sub(" ", typed).casefold().split()[:MOST_WORDS]
        self._phrases: list[re.Pattern[str]] = []
        patterns = [re.escape(word) for word in self._words]
        for phrase in PHRASE.findall(typed):
            if phrase.strip():
                pattern = _whole_words(phrase.casefold())
                patterns.append(pattern)
                self._phrases.append(re.compile(pattern))
        self._any = re.compile("|".join(patterns), re.IGNORECASE)

    def __bool__(self) -> bool:
        return bool(self._words or self._phrases)

    def fits(self, folded: str) -> bool:
        """Whether a text holds everything.

        Args:
            folded: the text as `str.casefold` gives it.
        """
        for word in self._words:
            if word not in folded:
                return False
        return all(phrase.search(folded) for phrase in self._phrases)

    def places(self, text: str) -> list[Span]:
        """Where a text holds one of the words or phrases, in order.

        What only folding finds, such as "strasse" in "Straße", is not among them: folding
        changes the length of the text.
        """
        if not self:
            return []
        places = []
        for match in self._any.finditer(text):
            start, end = match.span()
            places.append(Span(start, end))
        return places


def _whole_words(phrase: str) -> str:
    """A pattern of the phrase, whatever white space stands between its words."""
    words = map(re.escape, phrase.split())
    pattern = r"\s{1,9}".join(words)
    return rf"(?<!\w){pattern}(?!\w)"


class SearchableTexts:
    """Comments with their texts folded, so that each search is quick.

    Args:
        ids, texts: of the comments, in the order in which matches are listed.
    """

    def __init__(self, ids: Sequence[str], texts: Sequence[str]) -> None:
        self._ids = ids
        self._texts = texts
        self._folded: list[str] | None = None

    def search(self, query: Query) -> list[str]:
        """Ids of all comments that match, those first whose id begins with what was typed."""
        if not query:
            return []
        by_id, by_text = [], []
        for comment_id, folded in zip(self._ids, self._folded_texts(), strict=True):
            if comment_id.casefold().startswith(query.prefix):
                by_id.append(comment_id)
            elif query.fits(folded):
                by_text.append(comment_id)
        return by_id + by_text

    def _folded_texts(self) -> list[str]:
        """The texts as search compares them, made when somebody first searches."""
        if self._folded is None:
            self._folded = [text.casefold() for text in self._texts]
        return self._folded


def excerpt(text: str, query: Query, longest: int = EXCERPT) -> Excerpt:
    """The words around the first match in a text; its beginning where nothing in it matches.

    Args:
        longest: characters of the text shown, at least 1.
    """
    places = query.places(text)
    start = 0
    before = ""
    if places and places[0].end > longest:
        start = _word_start(text, places[0].start)
        before = f"{ELLIPSIS} "
    end = start + longest
    shown = before + text[start:end]
    shift = len(before) - start
    marks = []
    for place in places:
        if place.end <= end:
            first = place.start + shift
            last = place.end + shift
            marks.append(Span(first, last))
    if end < len(text):
        shown += f" {ELLIPSIS}"
    return Excerpt(shown, tuple(marks))


def _word_start(text: str, match: int) -> int:
    """Where an excerpt begins: some words before the match."""
    earliest = max(0, match - BEFORE)
    space = text.find(" ", earliest, match)
    return max(earliest, space + 1)


# ---------------------------------------------------------------- what both front ends list


class Match(NamedTuple):
    """A comment that was found.

    Attributes:
        decided: the reviewer has judged every theme that the session asks for.
    """

    comment_id: str
    excerpt: Excerpt
    decided: bool


class Matches(NamedTuple):
    """What a search found.

    Attributes:
        total: all comments that match.
        matches: the first of them.
    """

    total: int
    matches: tuple[Match, ...]


class Comments(Protocol):
    """Comments that can be searched."""

    def search(self, typed: str) -> list[str]:
        """Ids of all comments that match."""

    def text_of(self, comment_id: str) -> str:
        """The text of a comment."""


def search_comments(
    comments: Comments, typed: str, is_decided: Callable[[str], bool], most: int
) -> Matches:
    """All comments that match are counted, the first of them listed with their excerpts.

    Args:
        typed: see `Query`.
        is_decided: whether the reviewer has decided a comment, by its id.
        most: comments that are listed.
    """
    query = Query(typed)
    found = comments.search(typed)
    matches = []
    for comment_id in found[:most]:
        text = comments.text_of(comment_id)
        match = Match(
            comment_id=comment_id,
            excerpt=excerpt(text, query),
            decided=is_decided(comment_id),
        )
        matches.append(match)
    return Matches(len(found), tuple(matches))
