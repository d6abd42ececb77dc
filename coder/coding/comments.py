"""Comments made ready for scoring: cut into sentences, encoded and stemmed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.stems import StemTable, stem_texts
from coder.embedding import Embedder, Views, views_of
from coder.engine import Progress, silent
from coder.text import Span, sentences, word_count

Floats32 = NDArray[np.float32]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

# A longer comment is read sentence by sentence only: its vector is their mean. As good,
# measured, a third quicker, and nothing is lost beyond the encoder's window.
LONGEST_WHOLE = 40  # words


class Comments(NamedTuple):
    """Comments ready to be scored. n comments, m sentences, d dimensions."""

    texts: tuple[str, ...]
    sentences: tuple[Span, ...]  # (m) those of one comment together
    owner: Integers  # (m,) row of the comment that each sentence is of, ascending
    vectors: Views  # (n, d)
    sentence_vectors: Views  # (m, d)
    words: StemTable  # of the n comments
    is_long: Bools  # (n,) read sentence by sentence only


def prepare_comments(
    texts: Sequence[str],
    embedder: Embedder,
    language: str = "en",
    progress: Progress = silent,
) -> Comments:
    """Cut texts into sentences, encode both (each distinct text once), and stem the words."""
    spans: list[Span] = []
    owner: list[int] = []
    pieces: list[str] = []
    is_long = np.zeros(len(texts), dtype=np.bool_)
    for row, spans_of_text in enumerate(sentences(texts, language)):
        text = texts[row]
        is_long[row] = len(spans_of_text) > 1 and word_count(text) > LONGEST_WHOLE
        for span in spans_of_text:
            spans.append(span)
            owner.append(row)
            pieces.append(text[span.start : span.end])
    owners = np.array(owner, dtype=np.int64)
    short = [text for text, long in zip(texts, is_long, strict=True) if not long]
    views = views_of(embedder, [*short, *pieces], progress)
    of_short = _pick_rows(views, np.arange(len(short)))
    of_sentences = _pick_rows(views, np.arange(len(short), len(short) + len(pieces)))
    return Comments(
        texts=tuple(texts),
        sentences=tuple(spans),
        owner=owners,
        vectors=_whole_views(of_short, of_sentences, owners, is_long),
        sentence_vectors=of_sentences,
        words=stem_texts(texts, language),
        is_long=is_long,
    )


def _whole_views(
    short: Views,
    sentence: Views,
    owner: Integers,
    is_long: Bools,
) -> Views:
    plain = _whole_vectors(
        short.plain,
        sentence.plain,
        owner,
        is_long,
    )
    if short.opinion is None or sentence.opinion is None:
        return Views(plain, None)
    opinion = _whole_vectors(
        short.opinion,
        sentence.opinion,
        owner,
        is_long,
    )
    return Views(plain, opinion)


def _whole_vectors(
    short: Floats32,
    sentence: Floats32,
    owner: Integers,
    is_long: Bools,
) -> Floats32:
    """(n, d) the vector of each short comment, and for a long one the mean of its sentences',
    at length 1.
    """
    dimensions = sentence.shape[1] if len(sentence) else short.shape[1]
    whole = np.zeros((len(is_long), dimensions), dtype=np.float32)
    np.add.at(whole, owner, sentence)
    whole[~is_long] = short
    length = np.linalg.norm(whole, axis=1, keepdims=True)
    whole = whole / np.maximum(length, 1e-12)
    return np.asarray(whole, dtype=np.float32)


def _pick_rows(views: Views, rows: Integers) -> Views:
    if views.opinion is None:
        return Views(views.plain[rows], None)
    return Views(views.plain[rows], views.opinion[rows])


def choose_view(views: Views, opinion: bool) -> Floats32:
    """The opinion view where there is one and it is wanted, else the plain one."""
    if opinion and views.opinion is not None:
        return views.opinion
    return views.plain
