"""Parts of clustering against the libraries that they stand in for, and many vectors against few."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score
from sknetwork.clustering import Louvain, get_modularity

from coder import tables
from coder.clustering import cluster_comments
from coder.clustering.communities import Network
from coder.clustering.neighbours import find_nearest, find_nearest_in_sample, top
from coder.clustering.spaces import make_spaces
from coder.clustering.stability import _adjusted_rand
from coder.clustering.vectors import HalfRows, centre_rows, mean_row, unit_rows
from coder.clustering.word_table import WordTable
from coder.embedding import CachedEmbedder
from coder.text import WORD, stem, stop_words

UNITS = 300


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    rng = np.random.default_rng(5)
    middles = rng.normal(size=(12, 40))
    vectors = middles[rng.integers(0, 12, UNITS)] + rng.normal(size=(UNITS, 40))
    return unit_rows(vectors.astype(np.float32))


@pytest.mark.parametrize("seed", [None, 0, 7])
def test_communities_are_those_of_scikit_network(rows: np.ndarray, seed: int | None) -> None:
    """The weights are below and above 1: scikit-network counts whole parts of float32 twice."""
    cosines = np.triu(rows @ rows.T, 1)
    cosines[cosines < 0.3] = 0
    edges = csr_matrix((cosines + cosines.T) * np.float32(2.5))
    louvain = Louvain(resolution=2.0, shuffle_nodes=seed is not None, random_state=seed or 0)
    network = Network(edges)
    communities = network.find_communities(2.0, seed)
    theirs = louvain.fit_predict(edges)
    assert adjusted_rand_score(theirs, communities) == 1
    assert len(set(theirs)) > 3
    modularity = get_modularity(edges, theirs, resolution=2.0)
    assert network.modularity(communities, 2.0) == pytest.approx(modularity, abs=1e-6)


def test_word_overlap_is_that_of_scikit_learn(example_comments: pd.DataFrame) -> None:
    texts = tables.analysed(example_comments)["text"].tolist()
    stops = stop_words("en")

    def cut(text: str) -> list[str]:
        words = [word for word in WORD.findall(text.casefold()) if word not in stops]
        stems = [stem(word) for word in words]
        return stems + [f"{a} {b}" for a, b in pairwise(stems)]

    table = TfidfVectorizer(analyzer=cut, min_df=2, sublinear_tf=True).fit_transform(texts)
    theirs = unit_rows(TruncatedSVD(50, random_state=3).fit_transform(table).astype(np.float32))
    overlap = WordTable.of_texts(texts, "en").reduce(3)
    assert overlap is not None
    np.testing.assert_allclose(overlap @ overlap.T, theirs @ theirs.T, atol=1e-4)


def test_words_of_which_none_occurs_twice_tell_nothing() -> None:
    assert WordTable.of_texts(["trees", "roads", "", "the"], "en").reduce(0) is None


def test_the_earlier_of_equal_values_comes_first() -> None:
    values = np.zeros((2, 4_000), dtype=np.float32)
    values[0, [3_999, 5, 70]] = [1, 2, 1]
    columns, largest = top(values, 4)
    assert columns.tolist() == [[5, 70, 3_999, 0], [0, 1, 2, 3]]
    assert largest[0].tolist() == [2, 1, 1, 0]


def test_neighbours_in_a_sample_are_those_found_anew(rows: np.ndarray) -> None:
    nearest = find_nearest(make_spaces(rows, None, 0))
    kept = np.flatnonzero(np.random.default_rng(1).random(UNITS) < 0.9)
    spaces = make_spaces(rows[kept], None, 0)
    sample = find_nearest_in_sample(nearest, spaces, kept, 10)
    assert sample is not None
    for of_all, of_sample in zip(find_nearest(spaces), sample, strict=True):
        assert np.mean(of_all.who[:, :10] == of_sample) > 0.99


def test_a_unit_with_too_few_neighbours_left_is_noticed(rows: np.ndarray) -> None:
    spaces = make_spaces(rows, None, 0)
    kept = np.arange(0, UNITS, 20)
    sample = make_spaces(rows[kept], None, 0)
    assert find_nearest_in_sample(find_nearest(spaces), sample, kept, 14) is None


def test_agreement_of_two_partitions() -> None:
    rng = np.random.default_rng(2)
    one, two = rng.integers(0, 6, 200), rng.integers(0, 4, 200)
    two[:120] = one[:120] % 4
    assert _adjusted_rand(one, two) == pytest.approx(adjusted_rand_score(one, two))
    assert _adjusted_rand(one, one) == 1


def test_halves_give_the_same_vectors_as_an_array(rows: np.ndarray) -> None:
    halves = HalfRows(rows.astype(np.float16), np.arange(UNITS))
    np.testing.assert_allclose(halves[3:60], rows[3:60], atol=1e-3)
    centred = centre_rows(halves, mean_row(halves))
    whole = centre_rows(rows, mean_row(rows))
    places = np.array([7, 250, 7])
    np.testing.assert_allclose(centred[places], whole[places], atol=3e-3)
    halves.put(np.array([5]), rows[9:10])
    np.testing.assert_allclose(halves[5:6], rows[9:10], atol=1e-3)


def test_many_sentences_are_grouped_at_half_precision(
    embedder: CachedEmbedder, example_comments: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coder.clustering.cluster.EXACT", 50)
    clustering = cluster_comments(example_comments, embedder)
    counted = tables.analysed(example_comments)
    assert set(clustering.memberships["comment_id"]) == set(counted["comment_id"])
    assert len(clustering.top) >= 4
    assert len(clustering.comment_map.points) == clustering.facts["different_comments"]
