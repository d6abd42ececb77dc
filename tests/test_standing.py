"""What stands after all decisions: one rule, whatever the order of rows, files and reviewers."""

import random
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.codebook import Codebook, Position, Theme
from coder.decisions import (
    StandingDecisions,
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
                "first_at": TIMES[0],
                "drawn_at": "",
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
@given(judgement_tables(), st.integers(0, 99))
def test_labels_laid_over_block_by_block_are_those_laid_over_at_once(
    table: pd.DataFrame, seed: int
) -> None:
    labels = model_table(seed)
    decisions = StandingDecisions(table, BOOK)
    blocks = [labels[labels["comment_id"] == comment_id] for comment_id in "312"]
    blocks.append(labels[:0])
    laid = pd.concat([decisions.over(block) for block in blocks]).sort_index()
    pd.testing.assert_frame_equal(laid, lay_over(labels, table, BOOK))
    whole = standing_matrix(list("123"), KEYS, labels, table)
    parts = standing_matrix(list("123"), KEYS, iter(blocks), table)
    np.testing.assert_array_equal(whole.value, parts.value)
    np.testing.assert_array_equal(whole.probability, parts.probability)


@settings(max_examples=50, deadline=None)
@given(judgement_tables())
def test_the_table_stands_as_the_rule_says_for_each_comment_and_theme(table: pd.DataFrame) -> None:
    stands = standing_judgements(table).set_index(PAIR)
    for pair, rows in table.groupby(PAIR):
        parts = {True: [], False: []}
        for row in rows.itertuples():
            parts[row.adjudicated].append(
                _Row(row.present, row.positions, row.reviewer, row.adjudicated)
            )
        voters = parts[True] or parts[False]
        yes = sum(answer.present for answer in voters)
        value = 0.5 if 2 * yes == len(voters) else float(2 * yes > len(voters))
        standing = stands.loc[pair]
        assert standing["value"] == value == standing_answer(parts[False], parts[True]).value
        assert standing["present"] == (value == 1)
        for position in ("more", "less"):
            named = sum(position in answer.positions for answer in voters)
            assert (position in standing["positions"]) == (2 * named > len(voters))
            assert (position in standing["open_positions"]) == (2 * named == len(voters) > 0)
        sides = {(a.present, frozenset(a.positions)) for a in parts[False]}
        divided = value == 0.5 or bool(standing["open_positions"])
        assert standing["contested"] == (divided or (not parts[True] and len(sides) > 1))
    assert len(stands) == table.groupby(PAIR).ngroups


@settings(max_examples=50, deadline=None)
@given(judgement_tables(), st.permutations(TIMES))
def test_what_stands_does_not_depend_on_when_it_was_decided(
    table: pd.DataFrame, times: list[str]
) -> None:
    then = dict(zip(TIMES, times, strict=True))
    other = table.assign(decided_at=table["decided_at"].map(then))
    said = ["value", "positions", "open_positions", "reviewer", "contested"]
    one, two = (standing_judgements(each).set_index(PAIR)[said] for each in (table, other))
    pd.testing.assert_frame_equal(one, two)


@settings(max_examples=50, deadline=None)
@given(judgement_tables(), st.integers(0, 99))
def test_labels_and_the_matrix_of_a_report_say_the_same(table: pd.DataFrame, seed: int) -> None:
    labels = model_table(seed)
    stands = lay_over(labels, table, BOOK).set_index(LABEL)
    matrix = standing_matrix(list("123"), KEYS, labels, table).rolled_up(BOOK)
    for row, comment_id in enumerate("123"):
        for column, key in enumerate(KEYS):
            assert matrix.carries[row, column] == stands.loc[(comment_id, *key), "assigned"]
    assert np.isfinite(matrix.known_at[matrix.judged]).all()
    assert np.isnan(matrix.known_at[~matrix.judged]).all()


def test_the_rule() -> None:
    def answer(present: bool, reviewer: str, *positions: str) -> _Row:
        return _Row(present, positions, reviewer, False)

    yes, no = answer(True, "amira", "more"), answer(False, "bo")
    assert standing_answer([]) is None
    assert standing_answer([yes]) == (1.0, ("more",), (), "amira")
    tie = standing_answer([yes, no])
    assert tie == standing_answer([no, yes]) == (0.5, (), ("more",), "amira")
    assert tie.is_unresolved
    assert not tie.present
    late = answer(True, "cy", "less")
    assert standing_answer([yes, no, late]) == (1.0, (), (), "amira"), "no position has a majority"
    assert standing_answer([no, late, yes], [no]) == (0.0, (), (), "bo"), "an adjudication stands"
    assert standing_answer([no], [yes, late]).open_positions == ("less", "more")
    assert standing_answer([no, no], [yes, answer(False, "dee")]).value == 0.5, "two adjudicators"


def decided(*rows: tuple[str, str, bool]) -> pd.DataFrame:
    """Judgements on comment 1: reviewer, theme, present."""
    cells = [
        {
            "project": "plan",
            "comment_id": "1",
            "text_hash": "",
            "theme_id": theme_id,
            "present": present,
            "positions": (),
            "reviewer": reviewer,
            "mode": "blind",
            "chosen": "listed",
            "whole": False,
            "decided_at": TIMES[0],
            "decision_id": f"{reviewer}{theme_id}",
            "text": "",
            "adjudicated": False,
            "first_at": TIMES[0],
            "drawn_at": "",
        }
        for reviewer, theme_id, present in rows
    ]
    return pd.DataFrame(cells)


def values_of(table: pd.DataFrame, *, guessed: tuple[str, ...] = ()) -> dict[str, float]:
    """What comment 1 carries where the model assigns the themes named."""
    labels = model_table()
    is_guessed = labels["theme_id"].isin(guessed) & (labels["position_id"] == "")
    labels = labels.assign(assigned=is_guessed)
    matrix = standing_matrix(["1"], KEYS, labels, table).rolled_up(BOOK)
    return {key[0]: matrix.value[0, n] for n, key in enumerate(KEYS) if not key[1]}


def test_what_people_decided_is_never_changed_by_a_guess() -> None:
    no = decided(("amira", "safety", False))
    assert values_of(no, guessed=("police", "patrols"))["safety"] == 0
    assert values_of(no, guessed=("police", "patrols"))["patrols"] == 0, "absent with its parent"
    assert values_of(no, guessed=("lights",))["lights"] == 1, "it does not count for its parent"
    yes = decided(("amira", "patrols", True))
    assert values_of(yes)["police"] == values_of(yes)["safety"] == 1
    both = decided(("amira", "safety", False), ("bo", "patrols", True))
    assert values_of(both)["safety"] == 1, "people decided both; the comment carries the sub-theme"


def test_a_parent_is_as_likely_as_its_sub_theme_whether_or_not_it_was_read() -> None:
    labels = model_table().assign(probability=0.1)
    labels.loc[labels["theme_id"] == "patrols", "probability"] = 0.6
    table = decided(("amira", "police", False), ("amira", "safety", False))
    for judgements in (None, table):
        matrix = standing_matrix(["1"], KEYS, labels, judgements).rolled_up(BOOK)
        likely = dict(zip(KEYS, matrix.probability[0], strict=True))
        assert likely["police", ""] == likely["safety", ""] == 0.6


@pytest.mark.parametrize(
    ("first", "second"),
    [("patrols", "police"), ("police", "patrols")],
)
def test_what_follows_from_another_theme_is_known_from_then(first: str, second: str) -> None:
    """A present sub-theme tells its parent, an absent parent its sub-theme."""
    present = first == "patrols"
    table = decided(("amira", first, present), ("amira", second, present))
    times = ["2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"]
    table = table.assign(first_at=times)
    matrix = standing_matrix(["1"], KEYS, model_table(), table).rolled_up(BOOK)
    known = dict(zip(KEYS, matrix.known_at[0], strict=True))
    assert known[second, ""] == known[first, ""]


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
