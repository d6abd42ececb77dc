"""Sentences that say what a codebook lists under a theme, by their vectors."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coder import tables
from coder.codebook import Codebook
from coder.engine import Progress, silent
from coder.reporting.coded_matrix import Bools, Floats, Integers
from coder.text import WORD, sentences, stem, stop_words

if TYPE_CHECKING:
    from coder.embedding import Embedder, Views

# Cosine, the mean of both views, from which a sentence says what a line lists; and from which it
# does where it also has a word that tells the line from others. Chosen by reading the sentences
# of some themes, see RESULTS.md.
ALIKE, ALIKE_WITH_WORD = 0.52, 0.36
MOST_LINES = (
    2  # lines of the codebook that share a word that still tells a line from others
)
BEHIND = 0.03  # how much nearer a sentence may be to what another theme lists
AT_ONCE = 4_000  # comments
DTYPES = {
    "comment_id": "str",
    "theme_id": "str",
    "line": "str",
    "start": "int64",
    "end": "int64",
    "score": "float64",
}


class _Lines(NamedTuple):
    """What a codebook lists, theme by theme."""

    theme: Integers  # (n_lines,) number of each line's theme
    theme_ids: tuple[str, ...]
    texts: tuple[str, ...]
    stems: tuple[
        frozenset[str], ...
    ]  # of each line and its theme's keywords, common ones apart
    views: "Views"

    @classmethod
    def of(cls, codebook: Codebook, embedder: "Embedder") -> "_Lines":
        from coder.embedding import views_of

        numbers: list[int] = []
        texts: list[str] = []
        stems: list[frozenset[str]] = []
        keywords: list[frozenset[str]] = []
        for number, theme in enumerate(codebook.active):
            numbers += [number] * len(theme.includes)
            texts += theme.includes
            stems += [_stems(line, codebook.language) for line in theme.includes]
            single = " ".join(word for word in theme.keywords if " " not in word)
            keywords += [_stems(single, codebook.language)] * len(theme.includes)
        ids = tuple(theme.id for theme in codebook.active)
        # With a full stop, as the coding has embedded them.
        views = views_of(embedder, [f"{text}." for text in texts])
        return cls(
            np.array(numbers, dtype=np.int64),
            ids,
            tuple(texts),
            _telling(stems, keywords),
            views,
        )


def _telling(
    stems: Sequence[frozenset[str]], keywords: Sequence[frozenset[str]]
) -> tuple[frozenset[str], ...]:
    """The stems of each line and its theme's keywords, without those that many lines have, such
    as `officer`.
    """
    lines = Counter(stem for own in stems for stem in own)
    common = frozenset(stem for stem, number in lines.items() if number > MOST_LINES)
    pairs = zip(stems, keywords, strict=True)
    return tuple((own | more) - common for own, more in pairs)


def has_lists(codebook: Codebook) -> bool:
    """Whether any theme lists what it includes."""
    return any(theme.includes for theme in codebook.active)


def match_listed(
    comments: pd.DataFrame,
    codebook: Codebook,
    embedder: "Embedder",
    progress: Progress = silent,
) -> pd.DataFrame:
    """Sentences of the analysed comments and the listed line that each is most like, theme by
    theme: comment_id, theme_id, line, start, end (offsets of the sentence), score.

    Args:
        comments: `tables.COMMENTS`.
    """
    analysed = tables.analysed(comments)
    lines = _Lines.of(codebook, embedder)
    parts = [pd.DataFrame({name: [] for name in DTYPES})]
    for start in range(
        0,
        len(analysed),
        AT_ONCE,
    ):
        progress(
            start,
            len(analysed),
            "comments",
        )
        block = analysed.iloc[start : start + AT_ONCE]
        parts.append(
            _match_block(
                block,
                lines,
                codebook.language,
                embedder,
            )
        )
    matched = pd.concat([part.astype(DTYPES) for part in parts], ignore_index=True)
    in_order = ["comment_id", "theme_id", "start"]
    return matched.sort_values(in_order, ignore_index=True)


def _match_block(
    comments: pd.DataFrame, lines: _Lines, language: str, embedder: "Embedder"
) -> pd.DataFrame:
    from coder.embedding import views_of

    texts = comments["text"].tolist()
    owner, starts, ends, pieces = [], [], [], []
    for place, spans in enumerate(sentences(texts, language)):
        for span in spans:
            owner.append(place)
            starts.append(span.start)
            ends.append(span.end)
            pieces.append(texts[place][span.start : span.end])
    likeness = _likeness(views_of(embedder, pieces), lines.views)
    ids = comments["comment_id"].to_numpy().astype(str)
    rows = []
    for piece, line, score in _best_lines(likeness, lines.theme):
        if score < ALIKE and lines.stems[line].isdisjoint(
            _stems(pieces[piece], language)
        ):
            continue
        theme_id = lines.theme_ids[lines.theme[line]]
        text = lines.texts[line]
        rows.append(
            (
                ids[owner[piece]],
                theme_id,
                text,
                starts[piece],
                ends[piece],
                score,
            )
        )
    return pd.DataFrame(rows, columns=list(DTYPES))


def _stems(text: str, language: str) -> frozenset[str]:
    """The stems of a text's words, without function words."""
    empty = stop_words(language)
    stems = set()
    for word in WORD.findall(text):
        folded = word.casefold()
        if folded not in empty:
            stems.add(stem(folded, language))
    return frozenset(stems)


def _likeness(pieces: "Views", lines: "Views") -> Floats:
    """(n_pieces, n_lines) the mean cosine of both views."""
    plain = pieces.plain @ lines.plain.T
    if pieces.opinion is None or lines.opinion is None:
        return np.asarray(plain, dtype=np.float64)
    opinion = pieces.opinion @ lines.opinion.T
    return np.asarray((plain + opinion) / 2, dtype=np.float64)


def _best_lines(likeness: Floats, theme: Integers) -> Iterator[tuple[int, int, float]]:
    """Each piece with the line of each theme that it is most like, where it is alike and no other
    theme's is much more so.
    """
    asked = np.maximum(likeness.max(axis=1, initial=0.0) - BEHIND, ALIKE_WITH_WORD)
    for number in np.unique(theme):
        columns = np.flatnonzero(theme == number)
        own = likeness[:, columns]
        best = own.argmax(axis=1)
        score = own[np.arange(len(own)), best]
        for piece in np.flatnonzero(score >= asked):
            line = int(columns[best[piece]])
            yield int(piece), line, round(float(score[piece]), 4)


def members_of(
    matched: pd.DataFrame, lines: Sequence[str], comment_ids: "pd.Index[str]"
) -> Bools:
    """(n_comments, n_lines) which comments say what each line lists.

    Args:
        matched: of one theme.
    """
    says = np.zeros((len(comment_ids), len(lines)), dtype=np.bool_)
    row = comment_ids.get_indexer(pd.Index(matched["comment_id"]))
    column = pd.Index(lines).get_indexer(pd.Index(matched["line"]))
    is_known = (row >= 0) & (column >= 0)
    says[row[is_known], column[is_known]] = True
    return says
