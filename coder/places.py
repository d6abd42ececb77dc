"""Where in its document a part of a letter is, and which parts are not its writer's own words."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from coder.text import Span

if TYPE_CHECKING:
    import pandas as pd

# Parts that are kept with a letter's text, and are neither coded nor quoted.
NOT_OWN_WORDS = frozenset(("header", "footer", "quoted", "signature"))


class Place(NamedTuple):
    """A range of a comment's text: a row of `tables.PLACES` without the comment."""

    start: int
    end: int
    place: str
    part: str


class Places:
    """The places of all comments that were read from documents.

    Args:
        table: `tables.PLACES`.
    """

    def __init__(self, table: "pd.DataFrame") -> None:
        self._of_comment: dict[str, list[Place]] = {}
        columns = ["comment_id", *Place._fields]
        for row in table[columns].sort_values("start").itertuples(index=False):
            places = self._of_comment.setdefault(str(row[0]), [])
            places.append(Place(*row[1:]))

    def __bool__(self) -> bool:
        """Whether any comment has places."""
        return bool(self._of_comment)

    def name(self, comment_id: str, start: int, end: int) -> str:
        """Where a range of a text is: `page 3`, or `page 3 to page 4`; empty where it is not
        known.
        """
        names: dict[str, None] = {}
        for place in self._of_comment.get(comment_id, ()):
            if place.start < end and place.end > start:
                names[place.place] = None
        if not names:
            return ""
        first, last = next(iter(names)), next(reversed(names))
        if first == last:
            return first
        return f"{first} to {last}"

    def marked(self, comment_id: str) -> list[Span]:
        """The ranges of a text that are not its writer's own words, in order."""
        spans = []
        for place in self._of_comment.get(comment_id, ()):
            if place.part in NOT_OWN_WORDS:
                spans.append(Span(place.start, place.end))
        return spans

    def own_words(self, comment_id: str, text: str) -> str:
        """A text with blanks in place of what is not its writer's own words.

        Every character of the result stands where it stands in the text, and line ends stay. A
        text of which nothing would be left stays as it is.
        """
        marked = self.marked(comment_id)
        if not marked:
            return text
        pieces = list(_pieces_between(text, marked))
        own = "".join(pieces)
        if not own.strip():
            return text
        return own


def _pieces_between(text: str, marked: Sequence[Span]) -> Iterator[str]:
    """The text in pieces; those of `marked` blank but for their line ends."""
    start = 0
    for span in marked:
        yield text[start : span.start]
        hidden = text[span.start : span.end]
        yield "".join("\n" if char == "\n" else " " for char in hidden)
        start = span.end
    yield text[start:]


def own_texts(comments: "pd.DataFrame", places: "pd.DataFrame") -> list[str]:
    """The text of each comment with blanks in place of what is not its writer's own words.

    Args:
        comments: `tables.COMMENTS`.
        places: `tables.PLACES`.
    """
    texts: list[str] = comments["text"].tolist()
    if places.empty:
        return texts
    of_comments = Places(places)
    own = []
    for comment_id, text in zip(comments["comment_id"], texts, strict=True):
        own.append(of_comments.own_words(comment_id, text))
    return own
