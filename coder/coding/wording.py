"""Likeness in wording and spelling between comments and subjects: cosines of TF-IDF vectors."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from coder.coding.comments import Comments, Floats32
from coder.coding.subjects import Subject
from coder.keywords import stem_words

ANY_RUN = r"\S+"


def score_wording(
    comments: Comments,
    subjects: Sequence[Subject],
    keywords: Sequence[Sequence[str]],
    language: str,
) -> Floats32:
    """(n, t) cosines over stems, of the comments and of each subject's name and keywords."""
    wordings = []
    for subject, own_keywords in zip(subjects, keywords, strict=True):
        lines = "\n".join((subject.name, *own_keywords))
        wordings.append(" ".join(stem_words(lines, language).stems))
    texts = [" ".join(words.stems) for words in comments.words]
    stems = TfidfVectorizer(token_pattern=ANY_RUN, sublinear_tf=True)
    return _cosines(texts, wordings, stems)


def score_spelling(
    comments: Comments,
    subjects: Sequence[Subject],
    keywords: Sequence[Sequence[str]],
) -> Floats32:
    """(n, t) cosines over runs of three to five characters, which misspellings share too."""
    wordings = []
    for subject, own_keywords in zip(subjects, keywords, strict=True):
        wordings.append(" ".join((subject.name, *own_keywords)).lower())
    texts = [text.lower() for text in comments.texts]
    runs = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(3, 5),
        sublinear_tf=True,
        min_df=2,
    )
    return _cosines(texts, wordings, runs)


def _cosines(
    texts: list[str],
    wordings: list[str],
    vectorizer: TfidfVectorizer,
) -> Floats32:
    try:
        vectors = vectorizer.fit_transform([*texts, *wordings])
    except ValueError:  # not one word, or run of characters, that counts
        return np.zeros((len(texts), len(wordings)), dtype=np.float32)
    table = vectors[: len(texts)] @ vectors[len(texts) :].T
    return np.asarray(table.toarray(), dtype=np.float32)
