"""Where the subjects' keywords stand in comments."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coder.coding.comments import Comments, Floats32, Integers
from coder.keywords import KeywordMatcher
from coder.text import Span


class KeywordHits(NamedTuple):
    """Keywords in comments. n comments, t subjects, k keywords, u uses."""

    distinct: Floats32  # (n, t) number of distinct keywords of the subject
    spans: dict[tuple[int, int], list[Span]]  # (comment, subject) to where they stand
    keywords: tuple[str, ...]  # (k)
    owner: Integers  # (k,) subject that each keyword is of
    uses: Integers  # (u, 2) comment and keyword, each pair once, by comment

    def first(self, n: int) -> "KeywordHits":
        """Those in the first n comments."""
        spans = {pair: spans for pair, spans in self.spans.items() if pair[0] < n}
        uses = self.uses[self.uses[:, 0] < n]
        return self._replace(distinct=self.distinct[:n], spans=spans, uses=uses)


def find_keywords(
    comments: Comments,
    keywords: Sequence[Sequence[str]],
    language: str = "en",
) -> KeywordHits:
    """Find each subject's keywords, whatever their case, endings and hyphens."""
    matcher = KeywordMatcher(keywords, language)
    numbers = _number_keywords(keywords)
    distinct = np.zeros((len(comments.texts), len(keywords)), dtype=np.float32)
    spans: dict[tuple[int, int], list[Span]] = {}
    uses: list[tuple[int, int]] = []
    for row, words in enumerate(comments.words):
        matches = matcher.find(words)
        for match in matches:
            spans.setdefault((row, match.group), []).append(match.span)
        in_comment = {(match.group, match.keyword) for match in matches}
        for group, keyword in in_comment:
            distinct[row, group] += 1
            uses.append((row, numbers[group, keyword]))
    return KeywordHits(
        distinct,
        spans,
        keywords=tuple(keyword for _, keyword in numbers),
        owner=np.array([group for group, _ in numbers], dtype=np.int64),
        uses=np.array(sorted(uses), dtype=np.int64).reshape(-1, 2),
    )


def _number_keywords(
    keywords: Sequence[Sequence[str]],
) -> dict[tuple[int, str], int]:
    """The number of each subject's keywords, counted through all subjects."""
    numbers: dict[tuple[int, str], int] = {}
    for group, own_keywords in enumerate(keywords):
        for keyword in own_keywords:
            numbers.setdefault((group, keyword), len(numbers))
    return numbers
