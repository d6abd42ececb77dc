"""What stands after all decisions: one rule, whatever the order of rows, files and reviewers."""

import random
from itertools import product

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.codebook import Codebook, Position, Theme
from coder.decisions import (
    labels_now,
    lay_over,
    model_labels,
    roll_up,
    standing_answer,
    standing_judgements,
    standing_matrix,
)
from coder.decisions.standing import _Row
from coder.tables import JUDGEMENTS, LABELS

BOOK = Codebook(
    title="Plan",
    themes=(
        Theme(
            id="safety",
            name="Safety",
            positions=(Position(id="more", name="More"), Position(id="less", name="Less")),
            themes=(
                Theme(id="police", name="Police", themes=(Theme(id="patrols", name="Patrols"),)),
                Theme(id="lights", name="Lights", aggregate=False),
                Theme(id="gone", name="Gone", retired=True),
            ),
        ),
        Theme(id="roads", name="Roads"),
    ),
)
KEYS = tuple(
    (theme.id, position)
    for theme in BOOK.active
    for position in ("", *(p.id for p in theme.positions))
)
REVIEWERS = ("amira", "bo", "cy")
TIMES = tuple(f"2026-01-01T00:00:0{second}+00:00" for second in range(3))


@st.composite
def judgement_tables(draw: st.DrawFn) -> pd.DataFrame:
    """Any reviewers' judgements of three comments, with equal times and adjudications."""
    keys = list(product("123", BOOK.theme_ids, REVIEWERS, (False, True)))
    chosen = draw(st.lists(st.sampled_from(keys), unique=True, max_size=30))
    rows = []
    for comment_id, theme_id, reviewer, adjudicated in chosen:
        present = draw(st.booleans())
        named = st.sets(st.sampled_from(("more", "less"))) if theme_id == "safety" else st.just(())
        rows.append(
            {
                "project": "plan",
                "comment_id": comment_id,
                "text_hash": "",
                "theme_id": theme_id,
                "present": present,
                "positions": tuple(sorted(draw(named))) if present else (),
                "reviewer": reviewer,
                "mode": "blind",
                "chosen": draw(st.sampled_from(("random", "targeted"))),
                "whole": True,
                "decided_at": draw(st.sampled_from(TIMES)),
                "decision_id": f"{comment_id}{theme_id}{reviewer}{adjudicated}",
                "text": "",
                "adjudicated": adjudicated,
            }
        )
    table = pd.DataFrame(rows, columns=list(JUDGEMENTS.columns))
    return table.astype({"present": bool, "adjudicated": bool})


def model_table(seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    rows = [
        (comment, *key, round(float(generator.random()), 3), bool(generator.random() < 0.4))
        for comment, key in product("123", KEYS)
    ]
    table = pd.DataFrame(
        rows, columns=["comment_id", "theme_id", "position_id", "probability", "assigned"]
    )
    return table.assign(
        origin="model", evidence="", evidence_start=-1, evidence_end=-1, codebook_version="1"
    )[list(LABELS.columns)]


def shuffled(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    order = list(range(len(table)))
    random.Random(seed).shuffle(order)
    return table.iloc[order].reset_index(drop=True)


def by_key(table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    return table.sort_values(key).reset_index(drop=True)


PAIR = ["comment_id", "theme_id"]
LABEL = ["comment_id", "theme_id", "position_id"]


@settings(max_examples=50, deadline=None)
@given(judgement_tables(), st.integers(0, 99))
def test_nothing_depends_on_the_order_of_rows(table: pd.DataFrame, seed: int) -> None:
    other = shuffled(table, seed)
    pd.testing.assert_frame_equal(
        by_key(standing_judgements(table), PAIR),
        by_key(standing_judgements(other), PAIR),
        check_dtype=False,
    )
    labels = model_table(seed)
    stands = lay_over(labels, table, BOOK)
    again = lay_over(shuffled(labels, seed + 1), other, BOOK)
    pd.testing.assert_frame_equal(by_key(stands, LABEL), by_key(again, LABEL))
    assert stands[LABEL].equals(labels[LABEL]), "labels keep their order"


@settings(max_examples=50, deadline=None)
@given(judgement_tables())
def test_the_table_stands_as_the_rule_says_for_each_comment_and_theme(table: pd.DataFrame) -> None:
    stands = standing_judgements(table).set_index(PAIR)
    for pair, rows in table.groupby(PAIR):
        parts = {True: [], False: []}
        for place, row in enumerate(rows.itertuples()):
            answer = _Row(place, row.present, row.decided_at, row.reviewer, row.adjudicated)
            parts[row.adjudicated].append((answer, row.decision_id))
        rule = standing_answer([a for a, _ in parts[False]], [a for a, _ in parts[True]])
        ids = {a.place: decision_id for part in parts.values() for a, decision_id in part}
        assert stands.loc[pair, "decision_id"] == ids[rule.place]
        sides = {a.present for a, _ in parts[False]}
        assert stands.loc[pair, "contested"] == (not parts[True] and len(sides) > 1)
    assert len(stands) == table.groupby(PAIR).ngroups


@settings(max_examples=50, deadline=None)
@given(judgement_tables(), st.integers(0, 99))
def test_labels_and_the_matrix_of_a_report_say_the_same(table: pd.DataFrame, seed: int) -> None:
    labels = model_table(seed)
    stands = lay_over(labels, table, BOOK).set_index(LABEL)
    matrix = standing_matrix(list("123"), KEYS, labels, table).rolled_up(BOOK)
    for row, comment_id in enumerate("123"):
        for column, key in enumerate(KEYS):
            assert matrix.carries[row, column] == stands.loc[(comment_id, *key), "assigned"]
    assert (matrix.order >= 1)[matrix.judged].all()
    assert matrix.audited[~matrix.judged].sum() == 0


def test_the_rule() -> None:
    def answer(present: bool, second: int, reviewer: str) -> _Row:
        return _Row(0, present, TIMES[second], reviewer, False)

    yes, no = answer(True, 0, "amira"), answer(False, 1, "bo")
    assert standing_answer([]) is None
    assert standing_answer([yes]) is yes
    assert standing_answer([yes, no]) is no, "the latest of as many"
    late = answer(True, 2, "cy")
    assert standing_answer([yes, no, late]) is late, "the latest of the majority"
    assert standing_answer([no, late, yes], [no]) is no, "an adjudication stands"
    same_time = answer(True, 1, "cy")
    assert standing_answer([no, same_time]) is standing_answer([same_time, no]) is same_time


def test_sub_themes_count_for_their_parents_to_the_top() -> None:
    column = {key: number for number, key in enumerate(KEYS)}
    carries = np.zeros((3, len(KEYS)), dtype=bool)
    carries[0, column["patrols", ""]] = True
    carries[1, column["lights", ""]] = True
    rolled = roll_up(carries, KEYS, BOOK)
    assert rolled[0, column["police", ""]]
    assert rolled[0, column["safety", ""]]
    assert not rolled[0, column["safety", "more"]]
    assert not rolled[1, column["safety", ""]], "aggregate: false"
    assert not rolled[2].any()
    assert carries.sum() == 2, "the array that was given is left as it is"


def test_the_model_s_own_answer_counts_sub_themes_for_parents() -> None:
    labels = model_table().assign(assigned=False)
    labels.loc[labels["theme_id"] == "patrols", "assigned"] = True
    own = model_labels(labels, BOOK).set_index(LABEL)
    assert own.loc[("1", "safety", ""), "assigned"]
    assert not own.loc[("1", "lights", ""), "assigned"]
    assert set(own["origin"]) == {"model"}


@given(st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_merged_themes_are_one_whatever_the_order_of_rows(seed: int) -> None:
    book = Codebook(title="Plan", themes=(Theme(id="all", name="All", was=("safety", "roads")),))
    labels = model_table(seed)
    labels = labels[labels["theme_id"].isin(["safety", "roads"]) & (labels["position_id"] == "")]
    labels = labels.assign(evidence=labels["theme_id"], probability=0.5)
    one = labels_now(labels.reset_index(drop=True), book)
    two = labels_now(shuffled(labels, seed), book)
    assert len(one) == 3
    pd.testing.assert_frame_equal(by_key(one, LABEL), by_key(two, LABEL))
    whole = labels.groupby("comment_id")["assigned"].any()
    assert (one.set_index("comment_id")["assigned"] == whole).all()
