"""The comments of a session: their texts, what describes the respondent, and search."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from coder.reviewing.search import Query, SearchableTexts

if TYPE_CHECKING:
    import pandas as pd


class CommentTexts:
    """The analysed comments by id.

    Args:
        comments: `tables.COMMENTS`, those that are analysed.
    """

    def __init__(self, comments: "pd.DataFrame") -> None:
        self._comments = comments
        self.ids = [str(comment_id) for comment_id in comments["comment_id"]]
        self._texts = [str(text) for text in comments["text"]]
        self._row = {comment_id: number for number, comment_id in enumerate(self.ids)}
        self._by_id: dict[str, str] = {}
        self._columns: dict[str, Any] = {}
        self._searchable = SearchableTexts(self.ids, self._texts)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, comment_id: object) -> bool:
        return comment_id in self._row

    def text_of(self, comment_id: str) -> str:
        """A comment's text as it was received."""
        return self._texts[self._row[comment_id]]

    def by_id(self) -> dict[str, str]:
        """All texts, by comment; the same dictionary for everybody who asks."""
        if not self._by_id:
            self._by_id = dict(zip(self.ids, self._texts, strict=True))
        return self._by_id

    def attributes(
        self, comment_id: str, names: Iterable[str]
    ) -> list[tuple[str, str]]:
        """The named columns of a comment with their values; empty ones are left out."""
        row = self._row[comment_id]
        attributes = []
        for name in names:
            if name not in self._comments:
                continue
            if name not in self._columns:  # looking a column up costs more than a value
                self._columns[name] = self._comments[name].array
            value = str(self._columns[name][row])
            if value and value != "nan":
                attributes.append((name, value))
        return attributes

    def search(self, typed: str, most: int | None = None) -> list[str]:
        """Ids of the comments that match (see `search.Query`), those first whose id begins so.

        Args:
            most: how many; None for all.
        """
        return self._searchable.search(Query(typed))[:most]
