"""More units than are grouped at once: a sample is grouped, all are placed, the worst placed are looked at again."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from coder import tables
from coder.clustering import cluster_comments, methods
from coder.clustering.grouping import default_smallest
from coder.clustering.methods import Wanted, group_by_graph
from coder.clustering.spaces import Spaces, make_spaces
from coder.clustering.vectors import Floats, unit_rows
from coder.embedding import CachedEmbedder

UNITS = 3_000
SAMPLE = 1_500


def _mixed(vectors: Floats, n: int) -> Floats:
    """Each of n vectors lies between a comment and one of the thirty nearest to it."""
    rng = np.random.default_rng(0)
    centred = unit_rows(vectors - vectors.mean(axis=0))
    near = np.argsort(-(centred @ centred.T), axis=1, kind="stable")[:, 1:31]
    one = rng.integers(0, len(vectors), n)
    other = near[one, rng.integers(0, 30, n)]
    share = rng.uniform(0.3, 0.5, (n, 1))
    noise = rng.normal(0, 0.03, (n, vectors.shape[1]))
    return unit_rows(
        (vectors[one] * (1 - share) + vectors[other] * share + noise).astype(np.float32)
    )


@pytest.fixture(scope="module")
def spaces(embedder: CachedEmbedder, example_comments: pd.DataFrame) -> Spaces:
    texts = sorted(set(tables.analysed(example_comments)["text"]))
    return make_spaces(_mixed(embedder.encode(texts), UNITS), None, 0)


@pytest.fixture(autouse=True)
def few_votes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small ensemble: what is compared is a sample with the whole, both voted on alike."""
    monkeypatch.setattr("coder.clustering.grouping.RESOLUTIONS", (2.0,))
    monkeypatch.setattr("coder.clustering.grouping.THOROUGH", 0)
    monkeypatch.setattr("coder.clustering.grouping.TRIES", 2)
    monkeypatch.setattr("coder.clustering.stability.RUNS", 1)


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "LARGEST", 150)
    monkeypatch.setattr(methods, "SAMPLE", SAMPLE)


def test_a_sample_finds_nearly_what_all_would(
    spaces: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs on all the units agree to 0.86; two thirds of it is what a sample of half keeps."""
    everything, graph = group_by_graph(spaces, Wanted())
    assert graph is not None
    monkeypatch.setattr(methods, "LARGEST", 150)
    monkeypatch.setattr(methods, "SAMPLE", SAMPLE)
    groups, graph = group_by_graph(spaces, Wanted())
    assert graph is None
    assert len(groups) == UNITS
    assert adjusted_mutual_info_score(everything, groups) > 0.5
    sizes = np.bincount(groups)
    assert sizes.min() >= default_smallest(UNITS)
    assert sizes.tolist() == sorted(sizes, reverse=True)


@pytest.mark.usefixtures("sampled")
def test_a_small_subject_stays_together_and_alone(
    spaces: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in fifty speak about it, so that a sample of 750 holds some fifteen of them."""
    monkeypatch.setattr(methods, "SAMPLE", 750)
    rng = np.random.default_rng(4)
    apart = rng.normal(size=(1, spaces.raw.shape[1]))
    rare = unit_rows((apart + rng.normal(0, 0.2, (60, spaces.raw.shape[1]))).astype(np.float32))
    raw = np.concatenate([spaces.raw, rare])
    groups, _ = group_by_graph(make_spaces(raw, None, 0), Wanted())
    mine = np.bincount(groups[UNITS:]).argmax()
    assert (groups[UNITS:] == mine).sum() >= 54
    assert (groups[:UNITS] == mine).sum() <= 6


@pytest.mark.usefixtures("sampled")
@pytest.mark.parametrize("themes", [5, 30, 60])
def test_as_many_groups_as_asked_for(spaces: Spaces, themes: int) -> None:
    groups, _ = group_by_graph(spaces, Wanted(themes=themes))
    assert len(groups) == UNITS
    assert groups.max() + 1 == themes


@pytest.mark.usefixtures("sampled")
def test_the_smallest_size_is_kept(spaces: Spaces) -> None:
    groups, _ = group_by_graph(spaces, Wanted(smallest=100))
    assert np.bincount(groups).min() >= 100


def test_more_groups_than_the_smallest_size_allows_are_not_one(spaces: Spaces) -> None:
    """High resolutions leave pieces too small to stand; as many as can stand are to be had."""
    groups, _ = group_by_graph(spaces, Wanted(themes=150))
    assert 60 < groups.max() + 1 <= 150


@pytest.mark.usefixtures("sampled")
def test_no_comment_is_lost_and_the_order_of_rows_says_nothing(
    embedder: CachedEmbedder, example_comments: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(methods, "SAMPLE", 120)
    found = cluster_comments(example_comments, embedder)
    counted = tables.analysed(example_comments)
    assert set(found.memberships["comment_id"]) == set(counted["comment_id"])
    assert len(found.top) >= 4
    order = np.random.default_rng(2).permutation(len(example_comments))
    again = cluster_comments(example_comments.iloc[order], embedder)
    pd.testing.assert_frame_equal(again.memberships, found.memberships)
    assert [c.name for c in again.candidates] == [c.name for c in found.candidates]
