"""What keywords are worth, and what a person is told of them."""

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook, Theme
from coder.coding import Coding, apply_codebook
from coder.coding.keyword_hits import KeywordHits, KeywordPlaces
from coder.coding.keyword_worth import keyword_agreement, weigh_keywords
from coder.embedding import CachedEmbedder
from coder.tables import ANALYSED

PLACES = [
    "the high street",
    "Mill Lane",
    "our village",
    "the station",
    "the old town",
    "Queens Road",
    "the estate",
    "the market square",
]
BUSES = [
    "Run a bus to {} in the evening.",
    "The bus to {} is always late.",
    "There is no bus from {} on Sundays.",
]
PARKS = [
    "The park near {} needs new swings and a slide.",
    "Plant more trees and flowers around {}.",
    "The lawn of {} needs a gardener.",
    "The duck pond of {} needs clean water.",
]
OTHERS = [
    "The dentist at {} has a long waiting list.",
    "Waiting at the doctor's surgery in {} takes hours.",
    "Years of waiting for a council flat near {}.",
]
CODEBOOK = Codebook(
    title="Town",
    themes=(
        Theme(
            id="buses",
            name="Better buses",
            definition="Wants more frequent and punctual buses.",
            keywords=("bus", "timetable", "fares", "route", "driver"),
        ),
        Theme(
            id="parks",
            name="Parks and green spaces",
            definition="Wants playgrounds, trees and flowers.",
            keywords=("playground", "slide", "trees"),
        ),
    ),
)


def table(texts: list[str]) -> pd.DataFrame:
    ids = [f"c{number:03d}" for number in range(len(texts))]
    return pd.DataFrame(
        {
            "comment_id": ids,
            "text": texts,
            "source": "s",
            "role": "public",
            "status": ANALYSED,
            "reason": "",
            "weight": np.nan,
            "campaign_id": "",
            "question": "",
        }
    )


def written(*patterns: str) -> list[str]:
    return [pattern.format(place) for pattern in patterns for place in PLACES]


@pytest.fixture(scope="module")
def town(embedder: CachedEmbedder) -> Coding:
    comments = table(written(*BUSES, *PARKS, *OTHERS))
    return apply_codebook(comments, CODEBOOK, embedder)


def test_a_keyword_used_for_other_things_is_told(embedder: CachedEmbedder) -> None:
    buses, parks = CODEBOOK.themes
    wide = buses.model_copy(update={"keywords": (*buses.keywords, "needs")})
    codebook = CODEBOOK.model_copy(update={"themes": (wide, parks)})
    comments = table(written(*BUSES, *PARKS, *OTHERS))
    facts = apply_codebook(comments, codebook, embedder).facts
    reasons = {fact["keyword"]: fact["reason"] for fact in facts["general_keywords"]}
    assert reasons == {"needs": "far from the theme"}


def test_a_theme_that_hangs_on_one_keyword_is_told_with_five_comments(town: Coding) -> None:
    fact = town.facts["brought_by_one_keyword"]["buses"]
    labels = town.labels
    carrying = labels[(labels["theme_id"] == "buses") & labels["assigned"]]
    assert fact["keyword"] == "bus"
    assert fact["of"] == len(carrying)
    assert 24 <= fact["comments"] <= fact["of"]
    assert len(set(fact["comment_ids"])) == 5
    assert set(fact["comment_ids"]) <= set(carrying["comment_id"])
    assert "parks" not in town.facts["brought_by_one_keyword"]  # several words bring these


def test_a_keyword_that_most_comments_hold_is_told(embedder: CachedEmbedder) -> None:
    theme = Theme(
        id="police",
        name="More police officers",
        keywords=("police", "officers"),
    )
    codebook = Codebook(title="Plan", themes=(theme, *CODEBOOK.themes))
    crimes = written(
        "The police should deal with drugs at {}.",
        "Police, please stop the burglaries around {}.",
        "Dear police, cars race through {} at night.",
    )
    comments = table(crimes + written(*BUSES))
    facts = apply_codebook(comments, codebook, embedder).facts
    police = [fact for fact in facts["general_keywords"] if fact["keyword"] == "police"]
    expected = {"theme_id": "police", "keyword": "police", "comments": 24, "of": 48}
    assert police == [{**expected, "reason": "common"}]


def test_words_that_nobody_chose_are_not_told_of(embedder: CachedEmbedder) -> None:
    named = Theme(id="buses", name="Bus service")
    codebook = Codebook(title="Town", themes=(named,))
    facts = apply_codebook(table(written(*BUSES)), codebook, embedder).facts
    assert facts["brought_by_one_keyword"] == {}
    assert facts["general_keywords"] == []


# ---------------------------------------------------------------- worth


NO_PLACES = KeywordPlaces(*np.zeros((5, 0), dtype=np.int64))


def hits_of(uses: list[tuple[int, int]], owner: list[int], n: int) -> KeywordHits:
    distinct = np.zeros((n, max(owner) + 1), dtype=np.float32)
    for row, keyword in uses:
        distinct[row, owner[keyword]] += 1
    names = tuple(f"word{number}" for number in range(len(owner)))
    return KeywordHits(distinct, NO_PLACES, names, np.array(owner), np.array(sorted(uses)))


def test_a_keyword_is_worth_what_the_vectors_confirm() -> None:
    """One word stands in the comments nearest to the theme, one anywhere, one is not used."""
    likeness = np.linspace(0, 1, 200, dtype=np.float32)[:, None]
    near = [(row, 0) for row in range(190, 200)]
    anywhere = [(row, 1) for row in range(5, 200, 20)]
    hits = hits_of(near + anywhere, [0, 0, 0], 200)
    agreement = keyword_agreement(hits, likeness)
    assert agreement == pytest.approx([1.0, 0.0, 0.0], abs=0.15)
    worth = weigh_keywords(hits, likeness, np.array([2.0]))
    assert worth[191, 0] > 2.3  # row 185 has both
    assert worth[5, 0] < 1.3
    assert worth[0, 0] == 0


def test_a_keyword_used_once_keeps_nearly_its_usual_worth() -> None:
    likeness = np.linspace(0, 1, 200, dtype=np.float32)[:, None]
    once = weigh_keywords(hits_of([(100, 0)], [0], 200), likeness, np.array([2.0]))
    assert once[100, 0] == pytest.approx(1.7, abs=0.05)


def test_among_few_comments_or_equal_ones_a_keyword_keeps_its_usual_worth() -> None:
    few = np.linspace(0, 1, 49, dtype=np.float32)[:, None]
    hits = hits_of([(row, 0) for row in range(10)], [0], 49)
    assert weigh_keywords(hits, few, np.array([2.0]))[3, 0] == 2.0
    equal = np.zeros((60, 1), dtype=np.float32)
    assert keyword_agreement(hits_of([(0, 0)], [0], 60), equal) == pytest.approx([0.0])


def test_the_two_best_keywords_of_a_comment_count() -> None:
    uses = [(0, 0), (0, 1), (0, 2), (0, 3)]
    hits = hits_of(uses, [0, 0, 0, 1], 10)
    worth = weigh_keywords(hits, np.zeros((10, 2), dtype=np.float32), np.array([2.0, 1.5]))
    assert worth[0].tolist() == [4.0, 1.5]


def test_a_codebook_whose_keywords_nobody_uses(embedder: CachedEmbedder) -> None:
    unused = Theme(id="a", name="Buses", keywords=("zeppelin",))
    codebook = Codebook(title="Town", themes=(unused,))
    labels = apply_codebook(table(written(*BUSES, *PARKS)), codebook, embedder).labels
    assert labels["probability"].between(0, 1).all()
