"""Names of candidates: what their comments want, in their words, and no side where views differ."""

from collections.abc import Sequence

import numpy as np
import pytest

from coder.clustering.given_names import GivenNames
from coder.clustering.naming import OTHERS, Name, Namer
from coder.clustering.plain_sentences import plain_sentences
from coder.clustering.telling_phrases import Group
from coder.clustering.witnesses import Witnesses
from coder.embedding import CachedEmbedder
from coder.phrases.noun_phrases import PhraseFinder
from coder.phrases.sayings import SayingFinder

TAXES = [
    "Stop raising taxes on our homes.",
    "Stop raising taxes, we cannot pay more.",
    "Please stop raising taxes!",
    "Lower taxes would keep families here.",
    "Reduce taxes now.",
    "Taxes are too high for pensioners.",
    "Stop raising taxes every single year.",
    "Lower taxes, please.",
]
LANES = [
    "More bike lanes please.",
    "Build more bike lanes on the main road.",
    "We need more bike lanes for our children.",
    "Stop building bike lanes.",
    "Remove the bike lanes, nobody uses them.",
    "Too many bike lanes already.",
    "Fewer bike lanes and more room for cars.",
    "Add bike lanes to every street.",
]
POOL = [f"The swimming pool at {place} is closed." for place in ("Hill", "Park", "Lea", "Wye")]


def name_of(texts: Sequence[str], embedder: CachedEmbedder, opposed: Sequence[int] = ()) -> Name:
    """The name of the group that all but the swimming pool belong to."""
    units = [*texts, *POOL]
    finder = PhraseFinder(units, "en")
    namer = Namer(units, embedder.encode(units), embedder.encode, finder)
    group = Group(np.arange(len(texts)), np.arange(len(units)))
    (name,) = namer.name_groups([group], opposed)
    return name


def test_a_name_wants_what_its_comments_want(embedder: CachedEmbedder) -> None:
    name = name_of(TAXES, embedder).name
    assert name in ("Stop raising taxes", "Lower taxes", "Reduce taxes", "Taxes are too high")


def test_a_name_takes_no_side_where_comments_do_not_agree(embedder: CachedEmbedder) -> None:
    assert name_of(LANES, embedder).name == "Bike lanes"


def test_a_wish_for_better_things_is_no_name_where_some_refuse_them(
    embedder: CachedEmbedder,
) -> None:
    refusing = [
        "Better bike lanes please.",
        "We need better bike lanes.",
        "Stop putting bike lanes on every street.",
        "Stop putting bike lanes where nobody rides.",
        "Too many bike lanes already.",
        "The bike lanes are empty.",
    ]
    assert name_of(refusing, embedder).name == "Bike lanes"


def test_a_waiting_time_is_a_subject(embedder: CachedEmbedder) -> None:
    texts = [
        "The waiting time was three hours.",
        "Waiting time over 3 hrs",
        "Waited over one hour for a call",
        "The waiting time for the doctor.",
        "A long waiting time again.",
    ]
    assert name_of(texts, embedder).name == "Waiting time"


def test_a_car_park_is_no_meadow() -> None:
    finder = PhraseFinder(["The parking at the station", "The parks in the north"], "en")
    parking = finder.phrases("the parking")
    assert parking
    assert parking.keys().isdisjoint(finder.phrases("the parks"))


def test_what_means_the_same_is_not_new() -> None:
    given = GivenNames()
    given.add(frozenset(["polite"]), np.array([1.0, 0.0], np.float32))
    assert not given.is_new(np.array([0.9, 0.436], np.float32))
    assert given.is_new(np.array([0.6, 0.8], np.float32))


def test_few_bear_out_a_name_that_they_neither_use_nor_mean(embedder: CachedEmbedder) -> None:
    units = [*TAXES, *POOL]
    finder = PhraseFinder(units, "en")
    space = embedder.encode(units)
    witnesses = Witnesses(units, space, finder, np.arange(len(units)))
    taxes = np.arange(len(TAXES))
    (vector,) = embedder.encode(["Swimming pool"])
    assert witnesses.share(taxes, finder.stem("taxes"), vector) > 0.8
    assert witnesses.share(taxes, finder.stem("pool"), vector) < 0.2


def test_a_group_known_to_hold_two_views_is_named_by_its_subject(embedder: CachedEmbedder) -> None:
    agreed = [*LANES[:2], "More bike lanes would help.", "More bike lanes and bike lanes again."]
    assert "more" in name_of(agreed, embedder).name.casefold()
    assert "more" not in name_of(agreed, embedder, opposed=[0]).name.casefold()


def test_no_keyword_is_a_link_or_a_slip(embedder: CachedEmbedder) -> None:
    long_word = "x" * 5_000
    texts = [f"{text} {long_word} www.example.org/{long_word}" for text in TAXES]
    name = name_of(texts, embedder)
    assert all(len(keyword) < 60 for keyword in name.keywords)
    assert long_word not in name.name


@pytest.mark.parametrize(
    ("text", "spoken", "want", "feel"),
    [
        ("Stop raising taxes", "stop raising taxes", -1, 0),
        ("You should lower the taxes", "lower the taxes", -1, 0),
        ("More street lights near the school", "more street lights", 1, 0),
        ("No more street lights", "no more street lights", -1, 0),
        ("Too many apartments", "too many apartments", -1, 0),
        ("There are not enough buses", "not enough buses", 1, 0),
        ("Taxes are too high", "taxes are too high", -1, -1),
        ("The drivers were very friendly", "drivers were friendly", 0, 1),
        ("The drivers were not friendly", "drivers were not friendly", 0, -1),
        ("Marijuana should not be banned", "marijuana should not be banned", 1, 0),
        ("Fix the roads", "fix the roads", 0, 0),
    ],
)
def test_what_a_saying_wants(text: str, spoken: str, want: int, feel: int) -> None:
    examples = ["the lights", "the buses", "the apartments", "the taxes", "the roads"]
    finder = SayingFinder(PhraseFinder([text, *examples], "en"))
    sayings = {" ".join(saying.words): saying for saying in finder.sayings(text)}
    assert spoken in sayings
    assert (sayings[spoken].want, sayings[spoken].feel) == (want, feel)


@pytest.mark.parametrize(
    "text", ["An increase in taxes", "No jobs round here", "They fix the roads"]
)
def test_what_is_only_told_is_no_wish(text: str) -> None:
    finder = SayingFinder(PhraseFinder([text, "the taxes", "the jobs", "the roads"], "en"))
    assert not [saying for saying in finder.sayings(text) if saying.want or saying.named]


def test_a_sentence_stands_for_many_only_where_it_is_nobodys_own() -> None:
    lines = [
        "My ex broke a court order.",
        "Ive never had a rude person",
        "Waited over an hour for a call",
        "Answered a little quicker",
        "Two hours in the cold hall",
        "This is what I meant.",
        "Parents should be made responsible because nobody else is.",
        "Build a shelter: it is cold.",
    ]
    assert plain_sentences(lines) == ["Parents should be made responsible", "Build a shelter"]


def test_what_several_say_in_the_same_words_is_nobodys_own() -> None:
    lines = ["Nothing I can think of", "Nothing that I can think of!", "Nothing I can think of now"]
    assert plain_sentences(lines[:1], lines) == lines[:1]
    assert plain_sentences(lines[:1], lines[:2]) == []


def test_comments_that_share_nothing_are_called_other_remarks_once(
    embedder: CachedEmbedder,
) -> None:
    said = ["So it goes.", "We shall see.", "As I said before.", "It is what it is.", "Whatever."]
    units = [*said, *POOL, *TAXES, *LANES]
    finder = PhraseFinder(units, "en")
    namer = Namer(units, embedder.encode(units), embedder.encode, finder)
    everything = np.arange(len(units))
    groups = [Group(np.arange(len(said)), everything), Group(np.arange(2), everything)]
    names = [name.name for name in namer.name_groups(groups)]
    assert names.count(OTHERS) == 1
