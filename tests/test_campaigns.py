"""Campaigns: one text sent by several people, exact or changed; questions and strangers stay out."""

import random

import numpy as np
import pandas as pd
import pytest

from coder.reading.campaigns import COLUMNS, Comparison, find_campaigns

TEMPLATE = (
    "Our town centre has been left without a police station for three years now. "
    "Shopkeepers along the high street no longer bother to report thefts because nobody comes. "
    "Please reopen the front desk and put two officers on the evening beat."
)
PARTS = TEMPLATE.split(". ")
STRANGERS = [
    "I would like to see more lighting on the footpath behind the station.",
    "Speeding on the ring road is out of control at night and nobody does anything about it.",
    "More police please",
    "more police please",
    "More police, please!",
    "No comment.",
    "The new cycle lane is excellent and I use it to take my children to school every day.",
    "Please reopen the swimming pool, our children have nothing to do in the holidays.",
]
VARIANTS = {
    "exact": TEMPLATE,
    "case": TEMPLATE.upper(),
    "marks": TEMPLATE.replace(".", " !"),
    "name": f"My name is Jo Bell and I live in Hackney. {TEMPLATE}",
    "more": f"{TEMPLATE} My own mother was robbed last winter.",
    "less": ". ".join(PARTS[:2]) + ".",
    "edited": TEMPLATE.replace("three", "five")
    .replace("two officers", "some officers")
    .replace("town", "village"),
}


def _found(texts: list[str], question: str = "") -> pd.DataFrame:
    return find_campaigns(texts, [f"c{i}" for i in range(len(texts))], question)


def test_every_kind_of_copy_is_found_and_nobody_else() -> None:
    found = _found([*VARIANTS.values(), *STRANGERS])
    assert sorted(found["comment_id"]) == [f"c{i}" for i in range(len(VARIANTS))]
    assert found["campaign_id"].nunique() == 1
    assert set(found["size"]) == {len(VARIANTS)}
    match = found.set_index("comment_id")["match"]
    assert [match[f"c{i}"] for i in range(3)] == ["exact"] * 3
    assert set(found["template"]) <= {TEMPLATE, VARIANTS["marks"]}


def test_the_order_of_comments_makes_no_difference() -> None:
    texts = [*VARIANTS.values(), *STRANGERS]
    ids = [f"c{i}" for i in range(len(texts))]
    first = find_campaigns(texts, ids)
    order = np.random.default_rng(3).permutation(len(texts))
    again = find_campaigns([texts[i] for i in order], [ids[i] for i in order])
    pd.testing.assert_frame_equal(first, again)


def test_short_texts_that_several_people_write_are_no_campaign() -> None:
    assert _found(["More police please"] * 9 + ["No"] * 5).empty


def test_two_senders_are_no_campaign_and_three_are() -> None:
    assert _found([TEMPLATE, TEMPLATE, *STRANGERS]).empty
    assert len(_found([TEMPLATE, TEMPLATE, TEMPLATE.lower(), *STRANGERS])) == 3


def test_words_of_the_question_never_make_a_campaign() -> None:
    question = "Should we subsidise the building of new railway lines between the larger cities of the north?"
    echo = "Yes we should subsidise the building of new railway lines between the larger cities of the north because"
    texts = [
        f"{echo} {why}"
        for why in ("trains are clean", "roads are full", "jobs will follow", "it is fair")
    ]
    assert not _found(texts).empty
    assert _found(texts, question).empty


def test_strangers_who_each_share_a_part_are_not_chained() -> None:
    """A text that quotes two campaigns joins one; the two stay apart."""
    other = TEMPLATE.translate(str.maketrans("aeiou", "eioua"))
    both = f"{PARTS[0]}. {PARTS[1]}. {'. '.join(other.split('. ')[:2])}."
    found = _found([TEMPLATE] * 4 + [other] * 4 + [both])
    assert found["campaign_id"].nunique() == 2
    assert found.set_index("comment_id").loc[["c0", "c4"], "campaign_id"].nunique() == 2


@pytest.mark.parametrize("texts", [[], [""], ["", "", ""], ["a b", "a b c"], ["  ", "\x00"]])
def test_nothing_to_find(texts: list[str]) -> None:
    found = _found(texts)
    assert found.empty
    assert list(found.columns) == list(COLUMNS)


def test_recall_and_false_merges_on_edited_copies() -> None:
    """Word changes of a tenth are found; texts without anything in common are left alone."""
    rng = np.random.default_rng(0)
    words = [f"word{i}" for i in range(4_000)]
    others = [" ".join(rng.choice(words, 25)) for _ in range(2_000)]
    template = rng.choice(words, 40)
    copies = []
    for _ in range(40):
        copy = template.copy()
        copy[rng.random(40) < 0.1] = "changed"
        copies.append(" ".join(copy))
    found = _found([*copies, *others])
    mine = found["comment_id"].str[1:].astype(int) < 40
    assert mine.sum() >= 37
    assert not (~mine).any()


def test_a_long_answer_that_quotes_others_makes_no_campaign_of_them() -> None:
    said = [
        f"Reason {n}: {subject} should be looked at by the council before the {season} because {who} ask for it "
        "again and again and are never told what became of their letters to the office."
        for n, (subject, season, who) in enumerate(
            [
                ("lighting", "winter", "nurses"),
                ("parking", "fair", "shops"),
                ("litter", "summer", "schools"),
            ]
        )
    ]
    apart = [
        f"{word} ".join(text.split())
        for word, text in zip(("zebra", "otter", "heron"), said, strict=True)
    ]
    filler = " ".join(
        f"Paragraph{n} tells what resident{n} of road{n} wrote to us." for n in range(200)
    )
    assert _found([*apart, f"{filler} {' '.join(apart)}"]).empty


def test_a_campaign_shows_what_is_shared_and_what_differs() -> None:
    found = _found([*VARIANTS.values(), *STRANGERS]).iloc[0]
    assert found["shared"] in found["template"]
    assert len(found["shared"].split()) > 30
    added = VARIANTS[list(VARIANTS)[int(found["differs_in"][1:])]]
    assert found["difference"] in added
    assert found["difference"] not in found["template"]


def test_the_comment_that_differs_is_never_one_of_the_campaigns_own_text() -> None:
    alike = _found([TEMPLATE] * 3 + STRANGERS)
    assert set(alike["differs_in"]) == {""}
    tail = " ".join(f"tail{number}" for number in range(40))
    longer = [f"{TEMPLATE} {tail}"] * 3
    found = _found([*longer, f"{TEMPLATE} And do it soon, please."])
    assert set(found["differs_in"]) == {"c3"}
    assert set(found["difference"]) == {"And do it soon, please"}


def test_what_was_decided_on_a_campaign_stays_when_its_commonest_wording_changes() -> None:
    name = _found([TEMPLATE] * 3 + STRANGERS)["campaign_id"].iloc[0]
    texts = [TEMPLATE] * 3 + [VARIANTS["more"]] * 9
    ids = [f"c{i}" for i in range(len(texts))]
    decided = Comparison(decisions={name: "apart"})
    found = find_campaigns(texts, ids, comparison=decided)
    assert set(found["campaign_id"]) == {name}
    assert set(found["decision"]) == {"apart"}
    assert set(find_campaigns(texts, ids)["campaign_id"]) != {name}


def test_looking_at_all_texts_at_once_leaves_out_none_that_match(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = random.Random(5)
    words = [f"word{number}" for number in range(60)]
    letters = [draw.sample(words, 25) for _ in range(6)]
    texts = []
    for number in range(240):
        text = list(letters[number // 3 % 6]) if number % 3 == 0 else draw.choices(words, k=30)
        for _ in range(number % 5):
            text[draw.randrange(len(text))] = draw.choice(words)
        texts.append(" ".join(text))
    ids = [f"c{number}" for number in range(len(texts))]
    found = find_campaigns(texts, ids)
    assert found["campaign_id"].nunique() == 6
    monkeypatch.setattr("coder.reading.likeness.MANY_TEXTS", 1)
    pd.testing.assert_frame_equal(find_campaigns(texts, ids), found)
    for most in (0, 10):  # none, or few, are looked into before
        monkeypatch.setattr("coder.reading.likeness.MOST_PAIRS", most)
        pd.testing.assert_frame_equal(find_campaigns(texts, ids), found)
    monkeypatch.setattr("coder.reading.likeness.MOST_PAIRS", 10**9)
    monkeypatch.setattr("coder.reading.likeness.PAIRS_AT_ONCE", 50)
    pd.testing.assert_frame_equal(find_campaigns(texts, ids), found)
