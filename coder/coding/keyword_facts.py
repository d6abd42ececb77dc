"""What keywords bring: themes that hang on one keyword, and keywords that say little."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from coder.coding.comments import Bools, Integers
from coder.coding.keyword_hits import KeywordHits
from coder.coding.signals import Signals

MOSTLY = 0.8  # of a theme's comments that one keyword brings
FEWEST_COMMENTS = 20  # fewer are soon read
COMMENTS_TO_READ = 5
COMMON = 1 / 3  # of all comments; a keyword in more of them tells none from another
# A keyword is far from its theme where so many of its comments are less like the theme than
# most comments are. Of comments drawn at random half would be.
FAR = 0.4


class _Coded(NamedTuple):
    """Comments as they were coded. n comments, t themes."""

    comment_ids: Sequence[str]  # (n)
    theme_ids: Sequence[str]  # (t)
    signals: Signals
    assigned: Bools  # (n, t)


def keyword_facts(
    comment_ids: Sequence[str],
    theme_ids: Sequence[str],
    signals: Signals,
    assigned: Bools,
) -> dict[str, Any]:
    """What a person should know of the keywords before the coding is used.

    Args:
        comment_ids: of the n comments.
        theme_ids: of the t themes.
        signals: of these comments and themes.
        assigned: (n, t).

    Returns:
        `brought_by_one_keyword`: theme id to `keyword`, `comments` (those whose only keyword of
        the theme it is), `of` (all that the theme is assigned to) and `comment_ids` (five of
        them, from the least like the theme to the most), where one keyword brings most of a
        theme. `general_keywords`: a list of `theme_id`, `keyword`, `comments` with it, `of` all
        comments, and `reason`: "common" or "far from the theme". Only keywords of the codebook
        are told of, not those taken from a name.
    """
    coded = _Coded(comment_ids, theme_ids, signals, assigned)
    brought = {}
    for column, theme_id in enumerate(theme_ids):
        fact = _main_keyword(coded, column)
        if fact and not signals.automatic[column]:
            brought[theme_id] = fact
    return {
        "brought_by_one_keyword": brought,
        "general_keywords": list(_general_keywords(coded)),
    }


def _main_keyword(coded: _Coded, column: int) -> dict[str, Any] | None:
    """The keyword that brings most of a theme's comments; None where none does."""
    hits = coded.signals.hits
    carrying = coded.assigned[:, column]
    only_one = carrying & (hits.distinct[:, column] == 1)
    own_uses = hits.uses[hits.owner[hits.uses[:, 1]] == column]
    brought = own_uses[only_one[own_uses[:, 0]]]
    if not len(brought):
        return None
    keyword = int(np.bincount(brought[:, 1]).argmax())
    rows = brought[brought[:, 1] == keyword, 0]
    total = int(carrying.sum())
    if len(rows) < max(FEWEST_COMMENTS, MOSTLY * total):
        return None
    chosen = _spread(rows, coded.signals.likeness[rows, column])
    return {
        "keyword": hits.keywords[keyword],
        "comments": len(rows),
        "of": total,
        "comment_ids": [str(coded.comment_ids[row]) for row in chosen],
    }


def _spread(rows: Integers, likeness: np.ndarray) -> Integers:
    """Five of the rows, evenly spread from the least likeness to the most."""
    order = np.argsort(likeness, kind="stable")
    places = np.linspace(0, len(rows) - 1, COMMENTS_TO_READ).round()
    return np.asarray(rows[order[places.astype(np.int64)]])


def _general_keywords(coded: _Coded) -> Iterator[dict[str, Any]]:
    """Keywords that say little of their theme, by theme."""
    hits = coded.signals.hits
    far = _share_far(hits, coded.signals)
    n = len(coded.comment_ids)
    uses = np.bincount(hits.uses[:, 1], minlength=len(hits.keywords))
    for keyword, column in enumerate(hits.owner):
        reason = ""
        if uses[keyword] > COMMON * n:
            reason = "common"
        elif far[keyword] > FAR:
            reason = "far from the theme"
        enough = uses[keyword] >= FEWEST_COMMENTS
        if reason and enough and not coded.signals.automatic[column]:
            yield {
                "theme_id": coded.theme_ids[column],
                "keyword": hits.keywords[keyword],
                "comments": int(uses[keyword]),
                "of": n,
                "reason": reason,
            }


def _share_far(hits: KeywordHits, signals: Signals) -> np.ndarray:
    """(k,) share of each keyword's comments that are less like its theme than most comments."""
    middle = np.array([np.median(near) for near in signals.likeness.T])
    rows, keywords = hits.uses[:, 0], hits.uses[:, 1]
    columns = hits.owner[keywords]
    is_far = signals.likeness[rows, columns] < middle[columns]
    count = np.bincount(keywords, minlength=len(hits.keywords))
    far = np.bincount(keywords, weights=is_far, minlength=len(hits.keywords))
    return np.asarray(far / np.maximum(count, 1))
