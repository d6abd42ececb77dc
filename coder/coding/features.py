"""What the regressions see of a text: its vector, and a few hundred components of its wording."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float64]

COMPONENTS = 300
MOST_TERMS = 20_000  # of words and of runs of characters each
FITTED_ON = 10_000  # texts at most that the components are fitted on
# Of vectors of length 1 beside the penalty of the regressions. Measured on the patient
# comments: larger is a little better up to 400 decisions (average precision +.001 at 1.3 times
# as much) and worse with thousands (-.01).
FEATURE_SCALE = 3.3


def regression_features(
    vectors: NDArray[np.float32],
    components: Floats,
) -> Floats:
    """(n, d + k) what the themes' regressions see: the vectors (n, d) beside the wording's
    components (n, k).

    Each column is centred: what all comments of a consultation share tells no two of them
    apart, and left in it takes up a good part of every coefficient.
    """
    both = np.hstack([vectors.astype(np.float64), components])
    return np.asarray(FEATURE_SCALE * (both - both.mean(axis=0)))


def no_components(texts: Sequence[str]) -> Floats:
    """(n, 1) in place of `wording_components` where there is too little to learn their meaning
    from.
    """
    return np.zeros((len(texts), 1))


def wording_components(
    texts: Sequence[str],
    *,
    seed: int = 0,
) -> Floats:
    """Latent semantic analysis of words and spellings.

    TF-IDF of words (1 to 2) and of runs of characters (3 to 5), then a truncated singular value
    decomposition, fitted on a sample when there are many texts.

    Returns:
        (n, k) components, rows of length 1 (0 for a text without a known term), k at most
        `COMPONENTS`.
    """
    texts = [text.lower() for text in texts]
    sample = _sample(texts, seed)
    sample_terms, terms = _count_terms(sample, texts)
    if sample_terms is None:
        return no_components(texts)
    size = min(COMPONENTS, min(sample_terms.shape) - 1)
    if size < 1:
        return no_components(texts)
    reduction = TruncatedSVD(size, random_state=seed, n_iter=3).fit(sample_terms)
    components = reduction.transform(terms)
    length = np.linalg.norm(components, axis=1, keepdims=True)
    return np.asarray(components / np.maximum(length, 1e-9))


def _sample(
    texts: Sequence[str],
    seed: int,
) -> Sequence[str]:
    if len(texts) <= FITTED_ON:
        return texts
    rows = np.random.default_rng(seed).choice(
        len(texts),
        FITTED_ON,
        replace=False,
    )
    return [texts[row] for row in np.sort(rows)]


def _count_terms(
    sample: Sequence[str],
    texts: Sequence[str],
) -> tuple[sparse.csr_matrix | None, sparse.csr_matrix | None]:
    """TF-IDF of the sample and of all texts, over the same terms; None where no term is in
    enough texts.
    """
    of_sample, of_texts = [], []
    for vectorizer in (_words(), _character_runs()):
        try:
            of_sample.append(vectorizer.fit_transform(sample))
        except ValueError:  # no term in enough texts
            continue
        if sample is texts:
            of_texts.append(of_sample[-1])
        else:
            of_texts.append(vectorizer.transform(texts))
    if not of_sample:
        return None, None
    return sparse.hstack(of_sample).tocsr(), sparse.hstack(of_texts).tocsr()


def _words() -> TfidfVectorizer:
    return TfidfVectorizer(
        ngram_range=(1, 2),
        sublinear_tf=True,
        min_df=2,
        max_features=MOST_TERMS,
    )


def _character_runs() -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(3, 5),
        sublinear_tf=True,
        min_df=3,
        max_features=MOST_TERMS,
    )
