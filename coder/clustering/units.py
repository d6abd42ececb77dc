"""From comments to what is grouped: one text for each set of copies, whole or cut into
sentences.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coder.text import normal_key, sentences

if TYPE_CHECKING:
    import pandas as pd

Indices = NDArray[np.intp]
# From here on a comment says several things, and its sentences are grouped.
SENTENCES_A_COMMENT = 1.6
# Copies from which the first of equally frequent wordings is not sought.
TOO_MANY_TO_ORDER = 1_000
CUT_AT_ONCE = 20_000  # comments whose sentences are sought at once


@dataclass(frozen=True)
class Voices:
    """The distinct comments in an order that does not depend on the order of rows.

    Copies (one normal form, or one campaign) are one voice: grouped once, counted as often as
    they came.
    """

    texts: tuple[str, ...]
    ids: tuple[tuple[str, ...], ...]  # the comments behind each text, sorted
    people: tuple[str, ...]  # who wrote it; empty where that is not known
    campaigns: tuple[str, ...]  # campaign_id, empty for most


def distinct_voices(comments: "pd.DataFrame") -> Voices:
    """Analysed comments, copies folded: equal normal forms and equal campaign_id are one.

    A campaign is shown by its most frequent wording. Nothing here looks at ids except to list
    them, so that two files with the same texts give the same voices whatever their ids or
    order.
    """
    texts = comments["text"].tolist()
    ids = comments["comment_id"].tolist()
    campaigns = comments["campaign_id"].tolist()
    people = [""] * len(texts)
    if "author" in comments.columns:
        people = [str(person) for person in comments["author"].tolist()]
    keys = [normal_key(text) for text in texts]
    copies = _fold_copies(texts, keys, campaigns, people)
    shown = [(_most_frequent(rows, keys), rows) for rows in copies]
    shown.sort(key=lambda voice: (keys[voice[0]], texts[voice[0]]))
    return Voices(
        texts=tuple(texts[row] for row, _ in shown),
        ids=tuple(_sorted_ids(ids, rows) for _, rows in shown),
        people=tuple(people[row] for row, _ in shown),
        campaigns=tuple(campaigns[row] for row, _ in shown),
    )


def _fold_copies(
    texts: Sequence[str],
    keys: Sequence[str],
    campaigns: Sequence[str],
    people: Sequence[str],
) -> list[list[int]]:
    """The rows of each set of copies, in an order that depends on the texts alone."""
    folds: dict[str, list[int]] = {}
    for row in sorted(range(len(texts)), key=lambda i: (keys[i], texts[i], people[i])):
        if campaigns[row]:
            fold = f"c\0{campaigns[row]}"
        else:  # a text without letters or digits is a copy of nothing but itself
            fold = f"t\0{keys[row] or texts[row]}"
        folds.setdefault(fold, []).append(row)
    return list(folds.values())


def _sorted_ids(ids: Sequence[object], rows: Sequence[int]) -> tuple[str, ...]:
    return tuple(sorted(str(ids[row]) for row in rows))


def _most_frequent(rows: list[int], keys: Sequence[str]) -> int:
    """The row whose wording occurs most among `rows`, the first of equals."""
    if len(rows) == 1:
        return rows[0]
    count = Counter(keys[row] for row in rows)
    if len(rows) >= TOO_MANY_TO_ORDER:
        return max(rows, key=lambda row: count[keys[row]])
    return max(rows, key=lambda row: (count[keys[row]], -rows.index(row)))


@dataclass(frozen=True)
class Units:
    """What is grouped, and the sentences that belong to it.

    `owner` gives each unit's voice. With `whole` a unit is a comment and `pieces` are the
    sentences of those comments that have several; else a unit is a sentence.
    """

    texts: tuple[str, ...]
    owner: Indices  # (n_units,) into the voices
    whole: bool
    pieces: tuple[str, ...]
    piece_owner: Indices  # (n_pieces,) into the voices
    sentences_a_comment: float


def make_units(voices: Voices, language: str) -> Units:
    """Whole comments where they are short, sentences where they say several things."""
    n = len(voices.texts)
    counts = np.zeros(n, dtype=np.intp)
    parts: list[str] = []
    for voice, own in enumerate(_cut_into_sentences(voices.texts, language)):
        parts += own
        counts[voice] = len(own)
    owner = np.repeat(np.arange(n), counts)
    sentences_a_comment = float(counts.sum()) / max(1, n)
    if sentences_a_comment >= SENTENCES_A_COMMENT:
        none = np.empty(0, dtype=np.intp)
        return Units(tuple(parts), owner, False, (), none, sentences_a_comment)
    is_piece = counts[owner] > 1  # a comment of one sentence is a unit as it is
    pieces = tuple(compress(parts, is_piece.tolist()))
    return Units(
        voices.texts,
        np.arange(n),
        True,
        pieces,
        owner[is_piece],
        sentences_a_comment,
    )


def _cut_into_sentences(texts: Sequence[str], language: str) -> Iterator[list[str]]:
    """The sentences of each text; a text without one stays whole."""
    for start in range(0, len(texts), CUT_AT_ONCE):
        block = texts[start : start + CUT_AT_ONCE]
        for text, spans in zip(block, sentences(block, language), strict=True):
            parts = [text[span.start : span.end] for span in spans]
            yield parts or [text]
