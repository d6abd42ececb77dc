"""Candidate themes: everybody placed, the same answer whatever the order of rows, names and quotes, the draft."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coder import tables
from coder.clustering import (
    HEAD,
    Clustering,
    Members,
    cluster_comments,
    draft_codebook,
    sides_of,
)
from coder.clustering.naming import Namer
from coder.clustering.telling_phrases import Group
from coder.codebook import codebook_yaml, read_codebook
from coder.embedding import CachedEmbedder
from coder.engine import Progress, silent
from coder.errors import CoderError
from coder.phrases.noun_phrases import PhraseFinder
from coder.text import normal_key, word_count

SUBJECTS = {
    "lights": ("street lights", ["The street lights on {} road are broken again.", "Please repair the street lights near {}.",
        "It is so dark by {} without any street lights.", "More street lights are needed at {}.",
        "Walking past {} at night is frightening because the street lights are off."]),
    "dogs": ("dog mess", ["There is dog mess all over {}.", "Dog owners never clean up the dog mess at {}.",
        "Fine people who leave dog mess by {}.", "My children step into dog mess every day at {}.",
        "We need more bins for dog mess around {}."]),
    "buses": ("bus", ["The bus to {} is always late.", "Bus fares to {} have become too expensive.",
        "There is no bus from {} on Sundays.", "Bring back the night bus to {}.", "The bus driver at {} was very rude."]),
    "library": ("library", ["The library in {} should open on Saturdays.", "Do not close the library at {}.",
        "Our library near {} needs more books for children.", "I use the library computers at {} each week.",
        "Staff at the library in {} are wonderful."]),
}  # fmt: skip
PLACES = [
    "Mill Lane",
    "the station",
    "Park Street",
    "the school",
    "Church Hill",
    "the market",
    "Long Acre",
    "the harbour",
]


def comment_table(
    texts: Sequence[str], ids: Sequence[str] | None = None, **own: object
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"comment_id": list(ids or (f"c{i:04d}" for i in range(len(texts)))), "text": list(texts)}
    )
    for name in tables.COMMENTS.columns:
        if name not in frame:
            frame[name] = {"weight": np.nan, "status": "analysed"}.get(name, "")
    return frame.assign(**own).astype(tables.COMMENTS.dtypes)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [
        pattern.format(place)
        for _, patterns in SUBJECTS.values()
        for pattern in patterns
        for place in PLACES
    ]


@pytest.fixture(scope="module")
def found(texts: list[str], embedder: CachedEmbedder) -> Clustering:
    return cluster_comments(comment_table(texts), embedder)


@pytest.fixture
def few_votes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small ensemble: for tests that are not about how good the groups are."""
    monkeypatch.setattr("coder.clustering.grouping.RESOLUTIONS", (2.0,))
    monkeypatch.setattr("coder.clustering.grouping.THOROUGH", 0)
    monkeypatch.setattr("coder.clustering.grouping.TRIES", 2)
    monkeypatch.setattr("coder.clustering.stability.RUNS", 1)


def test_every_comment_is_in_a_candidate_and_the_subjects_are_found(
    texts: list[str], found: Clustering
) -> None:
    rows = tables.check(found.memberships, tables.CANDIDATES)
    assert set(rows["comment_id"]) == {f"c{i:04d}" for i in range(len(texts))}
    assert set(rows["fit"]) <= {"core", "weak", "unclear"}
    assert rows["strength"].between(-1, 1).all()
    assert set(rows["candidate_id"]) == {candidate.id for candidate in found.candidates}
    for number, (keyword, _) in enumerate(SUBJECTS.values()):
        subject = {f"c{i:04d}" for i in range(40 * number, 40 * number + 40)}
        mine = [c for c in found.top if len(subject & set(c.comment_ids)) > 0.8 * c.size]
        assert sum(len(subject & set(c.comment_ids)) for c in mine) >= 36
        assert any(keyword in " ".join((c.name, *c.keywords)).casefold() for c in mine)


def test_candidates_say_what_the_memberships_say(found: Clustering) -> None:
    for candidate in found.candidates:
        rows = found.memberships[found.memberships["candidate_id"] == candidate.id]
        assert tuple(rows["comment_id"]) == candidate.comment_ids
        assert set(rows["parent_id"]) == {candidate.parent_id}
        if candidate.parent_id:
            assert set(candidate.comment_ids) <= set(found.by_id[candidate.parent_id].comment_ids)
    assert [c.size for c in found.top] == sorted((c.size for c in found.top), reverse=True)


@pytest.mark.usefixtures("few_votes")
def test_sub_themes_are_of_some_size_and_named_by_several(
    texts: list[str], embedder: CachedEmbedder
) -> None:
    found = cluster_comments(comment_table(texts), embedder, themes=2)
    subs = [c for c in found.candidates if c.parent_id]
    assert subs
    assert min(sub.voices for sub in subs) >= 5
    said = dict(
        zip((f"c{i:04d}" for i in range(len(texts))), map(str.casefold, texts), strict=True)
    )
    for sub in subs:
        uses = sum(sub.name.casefold() in said[i] for i in sub.comment_ids)
        assert uses >= 3 or " " in sub.name


def test_a_small_sub_theme_is_named_by_what_several_say_rather_than_by_one_comment(
    embedder: CachedEmbedder,
) -> None:
    inside = [
        "Bring Google fiber to our town, the cable firm charges what it likes.",
        "Competition in town for the cable firm would lower what we pay for internet.",
        "Google fiber would be a blessing for everybody who works from home.",
        "The only internet firm here has no rival and it shows.",
        "Nobody else offers internet on our road, so they never answer the phone.",
    ]
    around = [f"The internet at {place} is slow in the evening." for place in PLACES]
    texts = inside + around
    space = embedder.encode(texts)
    everything = np.arange(len(texts))
    namer = Namer(texts, space, embedder.encode, PhraseFinder(texts, "en"))
    namer.name_groups([Group(everything, everything)])
    (name,) = namer.name_sub_groups([Group(np.arange(len(inside)), everything)])
    assert sum(name.name.casefold() in text.casefold() for text in inside) >= 2


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], "there is no comment to group"),
        (["More buses"], "1 different comment cannot"),
        (["a b", "c d"], "2 different comments cannot"),
    ],
)
def test_too_few_comments_are_said_in_words(
    texts: list[str], said: str, embedder: CachedEmbedder
) -> None:
    with pytest.raises(CoderError, match=said):
        cluster_comments(comment_table(texts), embedder)


@pytest.mark.usefixtures("few_votes")
def test_shuffled_rows_and_other_ids_give_the_same_draft(
    texts: list[str], embedder: CachedEmbedder
) -> None:
    order = np.random.default_rng(5).permutation(len(texts))
    shuffled = comment_table(texts).iloc[order]
    found = cluster_comments(comment_table(texts), embedder)
    again = cluster_comments(shuffled, embedder)
    pd.testing.assert_frame_equal(again.memberships, found.memberships)
    other = cluster_comments(
        comment_table([texts[i] for i in order]), embedder
    )  # ids by row number
    drafts = [codebook_yaml(draft_codebook(c, "T"), head=HEAD) for c in (found, again, other)]
    assert drafts[0] == drafts[1] == drafts[2]


@pytest.mark.usefixtures("few_votes")
def test_the_input_is_left_as_it_was(texts: list[str], embedder: CachedEmbedder) -> None:
    table = comment_table(texts[:60])
    before = table.copy()
    cluster_comments(table, embedder)
    pd.testing.assert_frame_equal(table, before)


def test_names_are_told_apart_and_quotes_are_verbatim(texts: list[str], found: Clustering) -> None:
    names = [c.name.casefold() for c in found.candidates]
    assert len(set(names)) == len(names)
    assert len({c.id for c in found.candidates}) == len(found.candidates)
    for candidate in found.top:
        assert 1 <= len(candidate.examples) <= 5
        assert len({normal_key(quote) for quote in candidate.examples}) == len(candidate.examples)
        for quote, comment_id in zip(candidate.examples, candidate.example_ids, strict=True):
            assert quote in texts[int(comment_id[1:])]
            assert word_count(quote) <= 60
        assert candidate.key_point == "" or any(candidate.key_point in text for text in texts)


@pytest.mark.usefixtures("few_votes")
def test_one_quote_a_person(texts: list[str], embedder: CachedEmbedder) -> None:
    table = comment_table(texts)
    table["author"] = ["prolific" if i % 40 < 36 else f"person {i}" for i in range(len(texts))]
    for candidate in cluster_comments(table, embedder).top:
        who = [table["author"][int(comment_id[1:])] for comment_id in candidate.example_ids]
        assert len(set(who)) == len(who)


def test_stability_is_high_on_clear_subjects(found: Clustering) -> None:
    assert found.facts["stability"] > 0.6
    assert all(c.stability is not None and 0 <= c.stability <= 1 for c in found.top)


@pytest.mark.usefixtures("few_votes")
def test_copies_are_grouped_once_and_counted_each(
    texts: list[str], embedder: CachedEmbedder
) -> None:
    copies = [texts[0].upper(), texts[0].replace(".", " !"), texts[0]]
    table = comment_table([*texts, *copies])
    found = cluster_comments(table, embedder)
    assert found.facts["comments"] == len(texts) + 3
    assert found.facts["different_comments"] == len(texts)
    rows = found.memberships[
        found.memberships["comment_id"].isin(["c0000", "c0160", "c0161", "c0162"])
    ]
    assert rows.groupby("candidate_id")["comment_id"].nunique().eq(4).all()
    assert sum(c.size - c.voices for c in found.top if "c0000" in c.comment_ids) >= 3


@pytest.mark.usefixtures("few_votes")
def test_a_campaign_is_one_voice(texts: list[str], embedder: CachedEmbedder) -> None:
    sent = [
        f"I am {who}. Keep the old swimming pool open for us."
        for who in ("Ann", "Bo", "Cy", "Di", "Ed")
    ]
    table = comment_table([*texts, *sent])
    table.loc[len(texts) :, "campaign_id"] = "campaign-1"
    found = cluster_comments(table, embedder)
    assert found.facts["different_comments"] == len(texts) + 1
    assert found.campaigns["comments"].tolist() == [5]
    assert found.campaigns["campaign_id"].tolist() == ["campaign-1"]
    assert found.campaigns["candidate_id"][0] in {c.id for c in found.top}


@pytest.mark.usefixtures("few_votes")
def test_the_place_that_all_name_is_in_no_name(texts: list[str], embedder: CachedEmbedder) -> None:
    where = [text.replace(".", " in Dunmore.") if i % 3 else text for i, text in enumerate(texts)]
    found = cluster_comments(comment_table(where), embedder)
    assert "dunmore" in found.facts["common_names"]
    assert not [c.name for c in found.candidates if "dunmore" in c.name.casefold()]


@pytest.mark.usefixtures("few_votes")
@pytest.mark.parametrize("themes", [2, 4, 7])
def test_as_many_candidates_as_asked_for(
    texts: list[str], embedder: CachedEmbedder, themes: int
) -> None:
    assert len(cluster_comments(comment_table(texts), embedder, themes=themes).top) == themes


@pytest.mark.usefixtures("few_votes")
def test_smallest_size_is_kept(texts: list[str], embedder: CachedEmbedder) -> None:
    found = cluster_comments(comment_table(texts), embedder, min_size=15)
    assert min(c.voices for c in found.top) >= 15


@pytest.mark.usefixtures("few_votes")
def test_hdbscan_places_everybody_too(texts: list[str], embedder: CachedEmbedder) -> None:
    found = cluster_comments(comment_table(texts), embedder, method="hdbscan")
    assert found.memberships["comment_id"].nunique() == len(texts)
    assert len(found.top) >= 4


@pytest.mark.usefixtures("few_votes")
@pytest.mark.parametrize("count", [5, 6, 12, 39])
def test_few_comments_are_grouped_and_said_to_be_few(
    texts: list[str], embedder: CachedEmbedder, count: int
) -> None:
    few = texts[:: len(texts) // count][:count]
    found = cluster_comments(comment_table(few), embedder)
    assert found.memberships["comment_id"].nunique() == count
    assert "few" in found.notes[0]


@pytest.mark.usefixtures("few_votes")
def test_long_comments_are_grouped_by_sentences_and_belong_to_several(
    embedder: CachedEmbedder,
) -> None:
    rng = np.random.default_rng(1)
    sets = [patterns for _, patterns in SUBJECTS.values()]
    said = []
    for _ in range(60):
        pair = rng.choice(4, 2, replace=False)
        said.append(" ".join(str(rng.choice(sets[i])).format(rng.choice(PLACES)) for i in pair))
    found = cluster_comments(comment_table(said), embedder)
    assert found.facts["unit"] == "sentence"
    tops = found.memberships[found.memberships["parent_id"] == ""]
    assert tops.groupby("comment_id").size().mean() > 1.5


@pytest.mark.parametrize(
    ("options", "says"),
    [({"method": "kmeans"}, "graph"), ({"themes": 1}, "2 to 200"), ({"min_size": 0}, "1 or more")],
)
def test_wrong_options_are_refused(
    texts: list[str], embedder: CachedEmbedder, options: dict[str, object], says: str
) -> None:
    with pytest.raises(CoderError, match=says):
        cluster_comments(comment_table(texts[:20]), embedder, **options)


def test_too_few_comments_are_refused(embedder: CachedEmbedder) -> None:
    few = comment_table(["One.", "one", "Two.", "Three.", "Four."])
    with pytest.raises(CoderError, match="at least 5 are needed") as refused:
        cluster_comments(few, embedder)
    named = [comment_id for comment_id in few["comment_id"] if comment_id in refused.value.fix]
    assert len(named) == 4  # which to read: copies once


@pytest.mark.usefixtures("few_votes")
@pytest.mark.parametrize(
    "odd",
    [
        [
            "=1+1",
            "@cmd",
            "[bold]x[/bold]",
            "</script><b>",
            "\x1b]0;x\x07",
            "\u202eabc",
            "😀😀",
            "!!!",
            "a",
            "the of and",
        ],
        [
            "Ж" * 40,
            "日本語のコメント",
            "مرحبا بكم",
            "a\nb\nc",
            "x" * 5_000,
            "- - -",
            "…",
            "12 34",
            "n/a",
            "None",
        ],
    ],
)
def test_odd_texts_are_placed(odd: list[str], embedder: CachedEmbedder, tmp_path: Path) -> None:
    found = cluster_comments(comment_table(odd), embedder)
    assert found.memberships["comment_id"].nunique() == len(odd)
    path = tmp_path / "c.yaml"
    path.write_text(codebook_yaml(draft_codebook(found, "T"), head=HEAD), encoding="utf-8")
    assert len(read_codebook(path).themes) == len(found.top)


@pytest.mark.usefixtures("few_votes")
def test_another_language_needs_no_english_rules(embedder: CachedEmbedder) -> None:
    texts = [f"{was} in {wo}." for was in ("Die Straßenbeleuchtung ist kaputt", "Der Bus kommt zu spät", "Die Bücherei hat zu")
             for wo in ("Altona", "Barmbek", "Eimsbüttel", "Wandsbek", "Harburg", "Bergedorf", "Eppendorf", "Lokstedt")]  # fmt: skip
    found = cluster_comments(comment_table(texts), embedder, language="de")
    assert found.memberships["comment_id"].nunique() == len(texts)


def test_the_draft_is_a_valid_codebook(found: Clustering, tmp_path: Path) -> None:
    book = draft_codebook(found, "Roads", "What should change?")
    path = tmp_path / "candidates.yaml"
    path.write_text(codebook_yaml(book, head=HEAD), encoding="utf-8")
    read = read_codebook(path)
    assert read == book
    assert {theme.status for theme in read.active} == {"candidate"}
    assert all(
        theme.keywords and theme.examples and theme.cluster["comments"] for theme in read.themes
    )


# ---------------------------------------------------------------- opposing views


class NoPairs:
    """An embedder of the least that is needed: it reads no pairs."""

    fingerprint = "no pairs"

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        progress(len(texts), len(texts), "Reading comments")
        rows = []
        for text in texts:
            counts = [text.lower().count(chr(97 + n)) + 0.01 for n in range(26)]
            rows.append(np.array(counts, dtype=np.float32) / np.linalg.norm(counts))
        return np.array(rows, dtype=np.float32).reshape(len(texts), 26)


def test_two_sides_of_a_group_by_words_where_the_model_compares_none() -> None:
    texts = ["More bike lanes please", "We need bike lanes", "No more bike lanes", "Bike lanes"]
    vectors = np.eye(4, dtype=np.float32) + 0.5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    sides = sides_of(Members(texts, vectors), NoPairs())
    assert sides.by_words
    assert [member.row for member in sides.agreeing] == [0, 1]
    assert [member.row for member in sides.opposing] == [2]
    assert [member.row for member in sides.silent] == [3]
    assert sides.one_way == pytest.approx(2 / 3)
    assert not sides.opposed  # four are too few to tell


KEEP = ["Zoos protect rare animals", "Zoos teach children about animals", "Keep the zoos open",
    "Zoos save species from dying out", "I love zoos", "Zoos breed animals that are nearly extinct",
    "Animals are safe and well fed in zoos", "Zoos do important research",
    "Children should be able to see animals in zoos", "Zoos are good for conservation"]  # fmt: skip
CLOSE = ["Zoos are cruel to animals", "Close the zoos", "Animals suffer in the cages of zoos",
    "Zoos should be banned", "No animal belongs in a zoo", "Zoos are prisons for animals",
    "Wild animals are unhappy in zoos", "Zoos only want to make money from animals"]  # fmt: skip


def test_two_sides_of_a_group_pair_by_pair(embedder: CachedEmbedder) -> None:
    both = sides_of(Members(KEEP + CLOSE, embedder.encode(KEEP + CLOSE)), embedder)
    assert not both.by_words
    assert both.opposed
    sides = (both.agreeing, both.opposing)
    keeping = max(sides, key=lambda side: sum(member.row < len(KEEP) for member in side))
    right = sum(member.row < len(KEEP) for member in keeping)
    right += sum(
        member.row >= len(KEEP) for side in sides if side is not keeping for member in side
    )
    assert right >= 14
    one = sides_of(Members(KEEP, embedder.encode(KEEP)), embedder)
    assert one.one_way > both.one_way
    assert both == sides_of(Members(KEEP + CLOSE, embedder.encode(KEEP + CLOSE)), embedder)


def test_of_a_large_group_a_sample_is_compared(embedder: CachedEmbedder) -> None:
    many = [f"{text}, says number {number}" for number in range(8) for text in CLOSE]
    sides = sides_of(Members(many, embedder.encode(many)), embedder)
    assert len(sides.agreeing) + len(sides.opposing) == 40
    alone = sides_of(Members(many[:1], embedder.encode(many[:1])), embedder)
    assert [member.row for member in alone.agreeing] == [0]
    assert not alone.opposing
    assert not alone.opposed


def test_another_model_counts_words_and_says_so(texts: list[str], few_votes: None) -> None:
    found = cluster_comments(comment_table(texts), NoPairs(), themes=2)
    assert found.facts["views_compared_by"] == "words"
    assert any("by words of wanting and refusing alone" in note for note in found.notes)
