"""The comments of a session: their texts, what describes the respondent, and search."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MOST_MATCHES = 200


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
        self._folded: list[str] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, comment_id: object) -> bool:
        return comment_id in self._row

    def text_of(self, comment_id: str) -> str:
        """A comment's text as it was received."""
        return self._texts[self._row[comment_id]]

    def by_id(self) -> dict[str, str]:
        """All texts, by comment."""
        return dict(zip(self.ids, self._texts, strict=True))

    def attributes(
        self, comment_id: str, names: Iterable[str]
    ) -> list[tuple[str, str]]:
        """The named columns of a comment with their values; empty ones are left out."""
        row = self._row[comment_id]
        attributes = []
        for name in names:
            if name not in self._comments:
                continue
            value = str(self._comments[name].iloc[row])
            if value and value != "nan":
                attributes.append((name, value))
        return attributes

    def search(self, words: str, most: int = MOST_MATCHES) -> list[str]:
        """Ids of the comments that contain every word, or whose id begins with `words`; ordered
        by id.
        """
        wanted = words.casefold().split()
        if not wanted:
            return []
        prefix = words.casefold().strip()
        matches = []
        for comment_id, text in zip(self.ids, self._folded_texts(), strict=True):
            contains_all = all(word in text for word in wanted)
            if contains_all or comment_id.casefold().startswith(prefix):
                matches.append(comment_id)
            if len(matches) == most:
                break
        return matches

    def _folded_texts(self) -> list[str]:
        """The texts as search compares them, made when somebody first searches."""
        if self._folded is None:
            self._folded = [text.casefold() for text in self._texts]
        return self._folded
