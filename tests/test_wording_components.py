"""The components of words and spellings: scikit-learn's TF-IDF, the directions of most spread, block by block."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from coder.coding import features
from coder.coding.features import (
    feature_sums,
    fit_wording_components,
    no_components,
    regression_features,
)

NOUNS = ["bus", "tram", "park", "street", "library", "patrol", "school", "market"]
VERBS = ["needs", "lost", "gained", "wants", "deserves", "misses"]
ENDS = ["more staff", "a new roof", "clean water", "better lights at night", "fewer cars"]


def made_texts(count: int, seed: int = 0) -> list[str]:
    draw = np.random.default_rng(seed)
    texts = []
    for _ in range(count):
        parts = [str(draw.choice(words)) for words in (NOUNS, VERBS, ENDS, NOUNS, ENDS)]
        texts.append("The {} {} {}; the {} wants {}!".format(*parts))
    return texts


def wording_components(texts: list[str], seed: int = 0) -> np.ndarray:
    return fit_wording_components(texts, seed=seed).transform(texts)


def tables(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """TF-IDF of the texts, as here and as scikit-learn has it; columns in some order."""
    counts = features._count_terms(texts)
    words = features._choose_terms(counts.words, features.FEWEST_WITH_WORD)
    runs = features._choose_terms(counts.runs, features.FEWEST_WITH_RUN)
    ours = features._weigh_both(counts, words, runs)
    words_there = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_features=features.MOST_TERMS
    )
    runs_there = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(3, 5),
        sublinear_tf=True,
        min_df=3,
        max_features=features.MOST_TERMS,
    )
    theirs = hstack([words_there.fit_transform(texts), runs_there.fit_transform(texts)])
    return ours.toarray(), theirs.toarray()


def test_terms_are_weighed_as_scikit_learn_does() -> None:
    texts = [*made_texts(60), "", "the the the", "Ünïcode ß at night", "a b c"]
    ours, theirs = tables(texts)
    assert ours.shape == theirs.shape
    assert ours @ ours.T == pytest.approx(theirs @ theirs.T, abs=1e-5)
    assert np.sort(ours.sum(axis=0)) == pytest.approx(np.sort(theirs.sum(axis=0)), abs=1e-4)


def test_of_many_terms_the_most_frequent_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["bus tram", "bus tram", "bus bus", "bus bus bus"]
    monkeypatch.setattr(features, "MOST_TERMS", 2)
    counts = features._count_terms(texts)
    chosen = features._choose_terms(counts.words, 2)
    expected = TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_features=2).fit(texts)
    assert sorted(chosen.rarity) == pytest.approx(sorted(expected.idf_))
    assert len(chosen.terms) == 2


def test_components_hold_nearly_what_the_best_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "COMPONENTS", 12)
    texts = made_texts(300)
    fitted = fit_wording_components(texts)
    ours, _ = tables(texts)
    best = np.linalg.svd(ours, compute_uv=False)[:12]
    assert fitted.axes.shape[1] == 12
    assert fitted.axes.T @ fitted.axes == pytest.approx(np.eye(12), abs=1e-4)
    held = np.linalg.norm(ours @ fitted.axes) ** 2
    assert 0.98 * (best**2).sum() < held <= 1.0001 * (best**2).sum()


def test_a_block_has_the_components_that_it_has_among_all() -> None:
    texts = made_texts(90)
    fitted = fit_wording_components(texts[:60], seed=3)
    whole = fitted.transform(texts)
    parts = [fitted.transform(texts[start : start + 40]) for start in range(0, 90, 40)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert np.linalg.norm(whole, axis=1) == pytest.approx(np.ones(90), abs=1e-5)
    again = fit_wording_components(texts[:60], seed=3)
    assert np.array_equal(again.axes, fitted.axes)


@pytest.mark.parametrize("texts", [[], [""], ["bus"], ["", "!"], ["bus stop"] * 2])
def test_too_little_to_find_components_in(texts: list[str]) -> None:
    components = wording_components(texts)
    assert len(components) == len(texts)
    assert np.isfinite(components).all()


def test_copies_of_few_texts_have_few_components() -> None:
    texts = made_texts(3) * 20
    components = wording_components(texts)
    assert components.shape[1] <= 3
    assert np.isfinite(components).all()
    assert fit_wording_components(texts).transform(["🚌", ""]).tolist() == [[0, 0, 0]] * 2


def test_features_of_blocks_are_centred_as_those_of_all() -> None:
    draw = np.random.default_rng(4)
    vectors = draw.normal(size=(50, 8)).astype(np.float32)
    components = draw.normal(size=(50, 3)).astype(np.float32)
    whole = regression_features(vectors, components)
    assert whole.mean(axis=0) == pytest.approx(np.zeros(11), abs=1e-12)
    blocks = [slice(0, 20), slice(20, 50)]
    mean = sum(feature_sums(vectors[rows], components[rows]) for rows in blocks) / 50
    for rows in blocks:
        part = regression_features(vectors[rows], components[rows], mean)
        assert part == pytest.approx(whole[rows], abs=1e-12)


def test_without_components_only_the_vectors_tell_texts_apart() -> None:
    vectors = np.eye(3, dtype=np.float32)
    alone = regression_features(vectors, no_components(["a", "b", "c"]))
    assert not alone[:, 3:].any()
    assert alone.shape == (3, 4)


def test_scoring_and_learning_load_no_scikit_learn() -> None:
    code = """if True:
        import sys
        import coder.coding
        from coder.coding.features import fit_wording_components
        from coder.coding.regression import fit_offsets
        before = "scipy.optimize" in sys.modules
        components = fit_wording_components(["bus stop", "a bus", "the stop"] * 2)
        features = components.transform(["bus stop", "a bus"])
        fit_offsets(features, features > 0, features > 0, 0 * features)
        print(before, "sklearn" in sys.modules, "scipy.optimize" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]
