"""From comments to what is grouped: one text for each set of copies, whole or cut into sentences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from coder.text import normal_key, sentences

if TYPE_CHECKING:
    import pandas as pd

Indices = NDArray[np.intp]
SENTENCES_A_COMMENT = (
    1.6  # from here on a comment says several things, and its sentences are grouped
)


@dataclass(frozen=True)
class Voices:
    """The distinct comments in an order that does not hang on the order of rows.

    Copies (one normal form, or one campaign) are one voice: grouped once, counted as often as they came.
    """

    texts: tuple[str, ...]
    keys: tuple[str, ...]  # normal forms
    ids: tuple[tuple[str, ...], ...]  # the comments behind each text, sorted
    people: tuple[str, ...]  # who wrote it where known, else a stand-in of its own
    campaigns: tuple[str, ...]  # campaign_id, empty for most

    @property
    def weights(self) -> NDArray[np.float64]:
        """Comments behind each voice, (n_voices,)."""
        return np.array([len(ids) for ids in self.ids], dtype=np.float64)


def distinct_voices(comments: "pd.DataFrame") -> Voices:
    """Analysed comments, copies folded: equal normal forms and equal campaign_id are one.

    A campaign is shown by its most frequent wording. Nothing here looks at ids except to list them, so that
    two files with the same texts give the same voices whatever their ids or order.
    """
    texts = comments["text"].tolist()
    keys = [normal_key(text) for text in texts]
    campaigns = comments["campaign_id"].tolist()
    people = comments["author"].tolist() if "author" in comments.columns else [""] * len(texts)
    folds: dict[str, list[int]] = {}
    for row in sorted(range(len(texts)), key=lambda i: (keys[i], texts[i], str(people[i]))):
        # a text without letters or digits is a copy of nothing but itself
        fold = f"c\0{campaigns[row]}" if campaigns[row] else f"t\0{keys[row] or texts[row]}"
        folds.setdefault(fold, []).append(row)
    ids = comments["comment_id"].tolist()
    shown = [_shown(rows, keys) for rows in folds.values()]
    order = sorted(range(len(shown)), key=lambda i: (keys[shown[i]], texts[shown[i]]))
    members = list(folds.values())
    return Voices(
        texts=tuple(texts[shown[i]] for i in order),
        keys=tuple(keys[shown[i]] for i in order),
        ids=tuple(tuple(sorted(str(ids[row]) for row in members[i])) for i in order),
        people=tuple(str(people[shown[i]]) or f"\0{number}" for number, i in enumerate(order)),
        campaigns=tuple(campaigns[shown[i]] for i in order),
    )


def _shown(rows: list[int], keys: Sequence[str]) -> int:
    """The row whose wording occurs most among `rows`, the first of equals."""
    if len(rows) == 1:
        return rows[0]
    count = Counter(keys[row] for row in rows)
    return max(
        rows,
        key=lambda row: (
            (count[keys[row]], -rows.index(row)) if len(rows) < 1000 else count[keys[row]]
        ),
    )


@dataclass(frozen=True)
class Units:
    """What is grouped, and the sentences that belong to it.

    `owner` gives each unit's voice. With `whole` a unit is a comment and `pieces` are the sentences of those
    comments that have several; else a unit is a sentence.
    """

    texts: tuple[str, ...]
    owner: Indices  # (n_units,) into the voices
    whole: bool
    pieces: tuple[str, ...]
    piece_owner: Indices  # (n_pieces,) into the voices
    sentences_a_comment: float


def make_units(voices: Voices, language: str, whole: bool | None = None) -> Units:
    """Whole comments where they are short, sentences where they say several things (see the constant)."""
    spans = sentences(voices.texts, language)
    cut = [
        [text[s.start : s.end] for s in found] or [text]
        for text, found in zip(voices.texts, spans, strict=True)
    ]
    mean = sum(map(len, cut)) / max(1, len(cut))
    if whole is None:
        whole = mean < SENTENCES_A_COMMENT
    several = [
        (v, piece)
        for v, pieces in enumerate(cut)
        if len(pieces) > 1 or not whole
        for piece in pieces
    ]
    pieces = tuple(piece for _, piece in several)
    owner = np.array([v for v, _ in several], dtype=np.intp)
    if whole:
        return Units(voices.texts, np.arange(len(voices.texts)), True, pieces, owner, mean)
    return Units(pieces, owner, False, (), np.empty(0, dtype=np.intp), mean)
