"""Likeness in meaning between comments and subjects: cosines of vectors, whole and sentence by
sentence.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coder.coding.comments import Comments, Floats32, Integers
from coder.coding.subjects import Subject
from coder.embedding import Embedder, Views, views_of

CLAUSE_BORDER = re.compile(r"(?<=[.;])\s+|,\s+")
ROWS_AT_ONCE = 20_000  # sentences compared in one block, to bound the memory
SHARED_FIT = 0.9  # of a sentence's mean over subjects that is taken off
# Of a comment's mean likeness over themes, taken off with very many themes.
SHARED_LIKENESS = 0.8


class VectorLikeness(NamedTuple):
    """Likeness in meaning. n comments, m sentences, t subjects; float32."""

    comment: Floats32  # (n, t) mean cosine of the whole comment, its best sentence, its best phrase
    # (n, t) standard deviations above the comment's mean over subjects.
    prominence: Floats32
    sentence: Floats32  # (m, t) how well each sentence fits, beyond how well it fits every subject


class _SubjectVectors(NamedTuple):
    """Vectors of subjects in both views. t subjects, p phrases."""

    names: Views  # (t, d)
    definitions: Views  # (t, d)
    keywords: Views  # (t, d) of all keywords in one line
    phrases: Views  # (p, d)
    owner: Integers  # (p,) subject that each phrase is of, ascending


class _ViewLikeness(NamedTuple):
    """`VectorLikeness` in one view."""

    comment: Floats32  # (n, t)
    prominence: Floats32  # (n, t)
    sentence: Floats32  # (m, t)
    sentence_to_subject: Floats32  # (m, t) cosines to the subjects' own vectors alone


def score_likeness(
    comments: Comments,
    subjects: Sequence[Subject],
    keywords: Sequence[Sequence[str]],
    embedder: Embedder,
    *,
    opinion: bool,
) -> VectorLikeness:
    """Compare every comment and sentence with every subject.

    Args:
        keywords: of each subject, its own or those taken from its name and definition.
        opinion: use the opinion view too, where the embedder has one.
    """
    vectors = _encode_subjects(
        subjects,
        _phrases(subjects, keywords),
        embedder,
    )
    views = [_score_view(comments, vectors, 0)]
    if opinion and vectors.names.opinion is not None:
        views.append(_score_view(comments, vectors, 1))
    sentence = np.mean([view.sentence for view in views], axis=0)
    # What a sentence says is told best by the last view, the opinion where there is one, and
    # beside what it says of the other subjects: a sentence that fits them all is no evidence of
    # any.
    sentence = (sentence + views[-1].sentence_to_subject) / 2
    if len(subjects) > 1:
        sentence = sentence - SHARED_FIT * sentence.mean(axis=1, keepdims=True)
    # Two views that agree stand out more than one: their sum counts, not their mean.
    prominence = np.mean([view.prominence for view in views], axis=0) * len(views)
    return VectorLikeness(
        comment=_float32(np.mean([view.comment for view in views], axis=0)),
        prominence=_float32(prominence),
        sentence=_float32(sentence),
    )


def beyond_shared(likeness: VectorLikeness, subjects: int) -> Floats32:
    """(n, t) likeness without most of what a comment shares with every subject.

    With one subject nothing is taken off: there is nothing to stand out from.
    """
    share = SHARED_LIKENESS * (1 - 1 / subjects)
    mean = likeness.comment.mean(axis=1, keepdims=True)
    return np.asarray(likeness.comment - share * mean)


def _phrases(
    subjects: Sequence[Subject],
    keywords: Sequence[Sequence[str]],
) -> list[tuple[str, ...]]:
    """What sentences are compared with one by one: keywords; else also the name and the
    definition's clauses.
    """
    phrases = []
    for subject, own_keywords in zip(subjects, keywords, strict=True):
        if subject.keywords:
            phrases.append(subject.keywords)
        else:
            clauses = [
                part for part in CLAUSE_BORDER.split(subject.definition) if part.strip()
            ]
            phrases.append((*own_keywords, subject.name, *clauses))
    return phrases


def _encode_subjects(
    subjects: Sequence[Subject],
    phrases: Sequence[tuple[str, ...]],
    embedder: Embedder,
) -> _SubjectVectors:
    flat: list[str] = []
    owner: list[int] = []
    for number, own_phrases in enumerate(phrases):
        flat.extend(own_phrases)
        owner.extend([number] * len(own_phrases))
    return _SubjectVectors(
        names=views_of(embedder, [s.name for s in subjects]),
        definitions=views_of(embedder, [s.definition or s.name for s in subjects]),
        keywords=views_of(
            embedder, [", ".join(s.keywords) or s.name for s in subjects]
        ),
        phrases=views_of(embedder, flat),
        owner=np.array(owner, dtype=np.int64),
    )


def _score_view(
    comments: Comments,
    subjects: _SubjectVectors,
    view: int,
) -> _ViewLikeness:
    """Likeness in one view: 0 the plain one, 1 the opinion view."""
    subject = _subject_vectors(subjects, view)
    whole = np.asarray(comments.vectors[view])
    to_subject, to_phrase = _score_sentences(comments, subjects, subject, view)
    bare = whole @ subject.T
    best_to_subject = _best_of_comment(to_subject, comments.owner, bare)
    best_to_phrase = _best_of_comment(to_phrase, comments.owner, bare)
    comment = _float32((bare + best_to_subject + best_to_phrase) / 3)
    sentence = _float32((to_subject + to_phrase) / 2)
    best_sentence = _best_of_comment(
        _standardise(sentence),
        comments.owner,
        _standardise(bare),
    )
    prominence = (_standardise(comment) + best_sentence) / np.float32(2)
    return _ViewLikeness(comment, prominence, sentence, to_subject)


def _subject_vectors(subjects: _SubjectVectors, view: int) -> Floats32:
    """(t, d) the sum of each subject's three vectors, at length 1."""
    parts = (subjects.names, subjects.definitions, subjects.keywords)
    total = sum(np.asarray(part[view]) for part in parts)
    return np.asarray(
        total
        / np.linalg.norm(
            total,
            axis=1,
            keepdims=True,
        )
    )


def _score_sentences(
    comments: Comments,
    subjects: _SubjectVectors,
    subject: Floats32,
    view: int,
) -> tuple[Floats32, Floats32]:
    """Cosine of each sentence to each subject, and to the nearest phrase of each subject; (m,
    t) both.
    """
    sentences = np.asarray(comments.sentence_vectors[view])
    phrases = np.asarray(subjects.phrases[view])
    shape = (len(sentences), len(subject))
    to_subject = np.empty(shape, dtype=np.float32)
    to_phrase = np.empty(shape, dtype=np.float32)
    for start in range(0, len(sentences), ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        to_subject[block] = sentences[block] @ subject.T
        to_phrase[block] = _best_phrase(
            sentences[block], phrases, subjects.owner, to_subject[block]
        )
    return to_subject, to_phrase


def _best_phrase(
    sentences: Floats32,
    phrases: Floats32,
    owner: Integers,
    otherwise: Floats32,
) -> Floats32:
    """Best cosine of each sentence to any phrase of a subject; `otherwise` for a subject
    without one.
    """
    best = np.array(otherwise)
    if len(owner):
        firsts = _first_of_each(owner)
        cosines = sentences @ phrases.T
        best[:, owner[firsts]] = np.maximum.reduceat(
            cosines,
            firsts,
            axis=1,
        )
    return best


def _best_of_comment(
    values: Floats32,
    owner: Integers,
    otherwise: Floats32,
) -> Floats32:
    """Maximum over each comment's sentences, (m, t) to (n, t); `otherwise` for a comment
    without one.
    """
    best = np.array(otherwise, dtype=np.float32)
    if len(owner):
        firsts = _first_of_each(owner)
        best[owner[firsts]] = np.maximum.reduceat(
            values,
            firsts,
            axis=0,
        )
    return best


def _first_of_each(owner: Integers) -> Integers:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])


def _standardise(values: Floats32) -> Floats32:
    """Each row in its own standard deviations around its own mean; zero where a row does not
    vary.
    """
    centred = values - values.mean(axis=1, keepdims=True)
    return _float32(centred / (values.std(axis=1, keepdims=True) + 1e-6))


def _float32(values: object) -> Floats32:
    return np.asarray(values, dtype=np.float32)
