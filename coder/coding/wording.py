"""A few hundred components of how comments are worded: latent semantic analysis of words and spellings."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from coder.coding.model import Floats

COMPONENTS = 300
MOST_TERMS = 20_000  # of words and of spellings each
LEARNED_FROM = 10_000  # comments at most that the components are fitted on


def wording_components(texts: Sequence[str], *, seed: int = 0) -> Floats:
    """(n, k) components, rows of length 1 (0 for a text without a known term), k at most `COMPONENTS`.

    TF-IDF of words (1 to 2) and of runs of characters (3 to 5), then a truncated singular value
    decomposition, fitted on a sample when there are many texts.
    """
    folded = [text.lower() for text in texts]
    sample = folded
    if len(folded) > LEARNED_FROM:
        picked = np.random.default_rng(seed).choice(len(folded), LEARNED_FROM, replace=False)
        sample = [folded[i] for i in np.sort(picked)]
    kinds = [
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_features=MOST_TERMS),
        TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 5),
            sublinear_tf=True,
            min_df=3,
            max_features=MOST_TERMS,
        ),
    ]
    learned, tables = [], []
    for kind in kinds:
        try:
            learned.append(kind.fit_transform(sample))
        except ValueError:  # no term in enough comments
            continue
        tables.append(kind.transform(folded) if sample is not folded else learned[-1])
    if not learned:
        return np.zeros((len(texts), 1))
    terms = sparse.hstack(learned).tocsr()
    size = min(COMPONENTS, min(terms.shape) - 1)
    if size < 1:
        return np.zeros((len(texts), 1))
    reduced = TruncatedSVD(size, random_state=seed, n_iter=3).fit(terms)
    found = reduced.transform(sparse.hstack(tables).tocsr())
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9))
