"""Fallback themes: they take what nothing else fits."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from coder.codebook import Codebook, Theme
from coder.coding import Coding, apply_codebook
from coder.coding.leftovers import assign_leftovers, guess_leftovers
from coder.embedding import CachedEmbedder
from coder.tables import ANALYSED

BINS = Theme(id="bins", name="Bins and litter", keywords=("bin", "rubbish", "litter"))
BUSES = Theme(id="buses", name="Buses", keywords=("bus", "buses"))
OTHER = Theme(id="other", name="Other", fallback=True)
TEXTS = (
    "The bins overflow and nobody collects the rubbish.",
    "More buses in the evening, please.",
    "The library roof leaks.",
    "Hello.",
    "Litter everywhere, and the bus never comes.",
)


def code(
    themes: Sequence[Theme],
    embedder: CachedEmbedder,
    texts: Sequence[str] = TEXTS,
) -> Coding:
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{number}" for number in range(len(texts))],
            "text": list(texts),
            "source": "s",
            "role": "public",
            "status": ANALYSED,
            "reason": "",
            "weight": np.nan,
            "campaign_id": "",
            "question": "",
        }
    )
    codebook = Codebook(title="Town", themes=tuple(themes))
    return apply_codebook(comments, codebook, embedder)


def carried(labels: pd.DataFrame) -> list[set[str]]:
    """Ids of the themes of each comment."""
    assigned = labels[labels["assigned"]]
    by_comment = dict(iter(assigned.groupby("comment_id")["theme_id"]))
    ids = sorted(set(labels["comment_id"]))
    return [set(by_comment.get(comment_id, ())) for comment_id in ids]


def test_what_nothing_else_fits_goes_to_the_fallback_theme(embedder: CachedEmbedder) -> None:
    coding = code((BINS, BUSES, OTHER), embedder)
    expected = [{"bins"}, {"buses"}, {"other"}, {"other"}, {"bins", "buses"}]
    assert carried(coding.labels) == expected
    assert coding.facts["comments_without_theme"] == 0


def test_the_probability_and_the_recorded_cut_give_the_labels(embedder: CachedEmbedder) -> None:
    coding = code((BINS, BUSES, OTHER), embedder)
    cut = coding.labels["theme_id"].map(coding.facts["thresholds"]).astype(float)
    reached = coding.labels["probability"] >= cut
    assert reached.equals(coding.labels["assigned"])


def test_other_themes_are_coded_as_without_a_fallback_theme(embedder: CachedEmbedder) -> None:
    assert carried(code((BINS, BUSES), embedder).labels) == [
        {"bins"},
        {"buses"},
        set(),
        set(),
        {"bins", "buses"},
    ]


def test_of_two_fallback_themes_a_comment_gets_the_likelier(embedder: CachedEmbedder) -> None:
    praise = Theme(id="praise", name="All is well", keywords=("thank you",), fallback=True)
    texts = (*TEXTS, "Thank you, all is well.")
    labels = code((BINS, BUSES, OTHER, praise), embedder, texts).labels
    assert carried(labels)[-1] == {"praise"}
    assert all(len(themes & {"other", "praise"}) <= 1 for themes in carried(labels))
    assert all(carried(labels))


def test_a_fallback_sub_theme_does_not_bring_everything_to_its_parent(
    embedder: CachedEmbedder,
) -> None:
    elsewhere = OTHER.model_copy(update={"id": "other-buses", "name": "Other about buses"})
    parent = BUSES.model_copy(update={"themes": (elsewhere,)})
    labels = code((BINS, parent), embedder).labels
    assert carried(labels)[2:4] == [set(), set()]


def test_a_codebook_of_a_fallback_theme_alone_codes_by_its_words(
    embedder: CachedEmbedder,
) -> None:
    alone = BINS.model_copy(update={"fallback": True})
    labels = code((alone,), embedder).labels
    assert carried(labels)[0] == {"bins"}
    assert carried(labels)[1] == set()


def test_nothing_else_is_as_likely_as_the_fallback_theme() -> None:
    probability = np.array([[0.2, 0.5, 0.9, 0.3], [0.99, 0.01, 0.5, 0.5]])
    leftover = np.array([False, False, True, True])
    odds = guess_leftovers(logit(probability), leftover)
    guessed = expit(odds)
    assert guessed[:, 2:].sum(axis=1) == pytest.approx([0.8 * 0.5, 0.01 * 0.99])
    assert np.array_equal(odds[:, :2], logit(probability)[:, :2])
    assert guessed[0, 2] > guessed[0, 3]
    certain = guess_leftovers(np.full((1, 2), -60.0), np.array([False, True]))
    assert np.isfinite(certain).all()


def test_no_comment_is_left_and_none_gets_two() -> None:
    probability = np.random.default_rng(0).random((50, 4))
    leftover = np.array([False, True, False, True])
    assigned = (probability > 0.6) & ~leftover
    settled, after = assign_leftovers(probability, assigned, leftover)
    specific = assigned.any(axis=1)
    assert np.array_equal(after[:, leftover].sum(axis=1), np.where(specific, 0, 1))
    assert np.array_equal(after[:, ~leftover], assigned[:, ~leftover])
    assert np.array_equal(settled[:, leftover] >= 0.5, after[:, leftover])
