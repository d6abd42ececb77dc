"""What is a random sample of what: draws, targeted work around them, what is missing of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook, Theme
from coder.decisions import Draw, frame_fingerprint, place_in_order, read_draws, store_draw
from coder.errors import CoderError
from coder.reporting import Inputs, build_report
from coder.reporting.co_occurrence import pair_themes
from coder.reporting.counts import count_inputs
from coder.reporting.options import Options
from coder.reporting.shares import estimate_counts
from coder.statistics.domains import DomainEstimates, bring_to_total
from coder.statistics.intervals import Estimate
from coder.statistics.ordered_shares import Step, order_limits, order_shares
from coder.statistics.reviewed_comments import Reviews, review_comments

BOOK = Codebook(title="T", themes=(Theme(id="a", name="A"), Theme(id="b", name="B")))
KEYS = [("a", ""), ("b", "")]
N = 400
IDS = [f"c{n:03d}" for n in range(N)]
TIMES = [f"2026-0{month}-01T00:00:00+00:00" for month in range(1, 7)]


def judged(rows: list[int], carried: np.ndarray, time: int, *, drawn: bool = False) -> pd.DataFrame:
    """Judgements of one reviewer on some comments, both themes."""
    lines = []
    for row in rows:
        for number, (theme_id, _) in enumerate(KEYS):
            lines.append(
                {
                    "project": "plan",
                    "comment_id": IDS[row],
                    "text_hash": "",
                    "theme_id": theme_id,
                    "present": bool(carried[row, number]),
                    "positions": (),
                    "reviewer": f"r{time}",
                    "mode": "blind",
                    "chosen": "random" if drawn else "listed",
                    "whole": True,
                    "decided_at": TIMES[time],
                    "decision_id": f"{row}{theme_id}{time}",
                    "text": "",
                    "adjudicated": False,
                    "first_at": TIMES[time],
                    "drawn_at": TIMES[time] if drawn else "",
                }
            )
    return pd.DataFrame(lines)


def draw_of(rows: list[int], time: int, **more: object) -> Draw:
    """A draw made elsewhere, from all comments."""
    return Draw(
        project="plan",
        kind="elsewhere",
        seed=None,
        comment_ids=tuple(IDS[row] for row in rows),
        frame=N,
        frame_fingerprint=frame_fingerprint(IDS),
        frame_ids=tuple(IDS),
        drawn_at=TIMES[time],
        **more,
    )


def carried_themes(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.random((N, 2)) < [0.1, 0.3]


def test_a_draw_is_written_once_and_a_changed_file_is_refused(tmp_path: Path) -> None:
    draw = draw_of([1, 2, 3], 0)
    assert store_draw(tmp_path, draw) == draw
    later = draw.model_copy(update={"drawn_at": TIMES[3]})
    assert store_draw(tmp_path, later) == draw, "the same comments were drawn before"
    assert read_draws(tmp_path) == (draw,)
    (path,) = (tmp_path / "draws").iterdir()
    path.write_text(path.read_text().replace("c001", "c009"))
    with pytest.raises(CoderError, match="changed after it was written"):
        read_draws(tmp_path)


def test_comments_added_later_take_their_places_in_the_random_order() -> None:
    order = sorted(IDS[:200], key=lambda comment_id: place_in_order(7, comment_id))
    draw = Draw(
        project="plan",
        kind="order",
        seed=7,
        comment_ids=tuple(order[:50]),
        frame=200,
        frame_fingerprint=frame_fingerprint(order),
    )
    assert draw.members(IDS[:200]) == set(order[:50])
    members = draw.members(IDS)
    everything = sorted(IDS, key=lambda comment_id: place_in_order(7, comment_id))
    assert members == set(everything[: len(members)]), "the first of the larger order"
    assert members > set(order[:50])
    assert draw.leaves_out(IDS) == 0
    elsewhere = draw_of([1, 2], 0).model_copy(update={"frame_ids": tuple(IDS[:200])})
    assert elsewhere.leaves_out(IDS) == 200


def shares_of(reviews: Reviews) -> list[float]:
    reviewed = review_comments(IDS, KEYS, None, reviews, BOOK)
    estimates = DomainEstimates.of_comments(reviewed.audited).total
    return [estimate.value for estimate in estimates]


@pytest.mark.parametrize("when", ["before", "after", "before and after"])
def test_targeted_work_around_a_draw_leaves_the_estimate_unbiased(when: str) -> None:
    """Mean over many draws within 3 standard errors; counting the targeted ones is far off."""
    carried = carried_themes(1)
    truth = carried.mean(axis=0)
    rng = np.random.default_rng(2)
    positive = np.flatnonzero(carried[:, 0])
    errors = []
    for _ in range(60):
        drawn = rng.choice(N, 100, replace=False).tolist()
        target = rng.choice(positive, 25, replace=False).tolist()
        target += rng.choice(N, 25, replace=False).tolist()
        tables = [judged(drawn, carried, 3, drawn=False)]
        if "before" in when:
            tables.append(judged(target, carried, 1))
        if "after" in when:
            tables.append(judged(target, carried, 5))
        table = pd.concat(tables, ignore_index=True)
        table = table.drop_duplicates(["comment_id", "theme_id", "reviewer"])
        shares = shares_of(Reviews(table, draws=(draw_of(drawn, 2),)))
        errors.append(np.array(shares) - truth)
    mean, spread = np.mean(errors, axis=0), np.std(errors, axis=0) / np.sqrt(60)
    assert (np.abs(mean) <= 3 * spread).all(), (mean, spread)


def halfway(
    carried: np.ndarray, rng: np.random.Generator, *, in_order: bool
) -> tuple[Estimate, float]:
    """Half of a draw, then a search for a theme, then the other half: by place or the easy first."""
    draw = Draw(
        project="plan",
        kind="order",
        seed=int(rng.integers(1 << 30)),
        comment_ids=(),
        frame=N,
        frame_fingerprint=frame_fingerprint(IDS),
        drawn_at=TIMES[0],
    )
    order = sorted(range(N), key=lambda row: place_in_order(draw.seed or 0, IDS[row]))
    drawn = order[:120]
    draw = draw.model_copy(update={"comment_ids": tuple(IDS[row] for row in drawn)})
    first, second = drawn[:60], drawn[60:]
    if not in_order:
        drawn = sorted(drawn, key=lambda row: carried[row, 0])
        first, second = drawn[:60], drawn[60:]
    positive = np.flatnonzero(carried[:, 0])
    search = [row for row in rng.permutation(positive)[:25].tolist() if row not in first]
    rest = [row for row in second if row not in search]
    tables = [
        judged(first, carried, 1, drawn=True),
        judged(search, carried, 2),
        judged(rest, carried, 3, drawn=True),
    ]
    reviews = Reviews(pd.concat(tables, ignore_index=True), draws=(draw,))
    reviewed = review_comments(IDS, KEYS, None, reviews, BOOK)
    estimate = DomainEstimates.of_comments(reviewed.audited).total[0]
    return estimate, estimate.high - estimate.low


@pytest.mark.parametrize("in_order", [True, False])
def test_a_search_halfway_through_a_draw_leaves_it_unbiased(in_order: bool) -> None:
    """Where the draw is decided in its order, what the search finds narrows the interval too."""
    carried = carried_themes(8)
    rng = np.random.default_rng(9)
    runs = [halfway(carried, rng, in_order=in_order) for _ in range(60)]
    errors = np.array([estimate.value for estimate, _ in runs]) - carried[:, 0].mean()
    assert abs(errors.mean()) <= 3 * errors.std() / np.sqrt(60)
    width = float(np.mean([width for _, width in runs]))
    assert (width < 0.0727) == in_order, width


def test_an_incomplete_draw_gives_no_interval_and_few_missing_give_bounds() -> None:
    carried = carried_themes(3)
    drawn = list(range(0, 200, 2))
    draws = (draw_of(drawn, 0),)

    def estimate(decided: int, unsure: int = 0):
        sure = judged(drawn[: decided - unsure], carried, 1)
        doubtful = judged(drawn[decided - unsure : decided], carried, 1)
        reviewed = review_comments(IDS, KEYS, None, Reviews(sure, doubtful, draws), BOOK)
        return DomainEstimates.of_comments(reviewed.audited).total[0], reviewed.plan.states[0]

    whole, state = estimate(100)
    assert whole.method == "audit"
    assert (state.decided, state.missing) == (100, 0)
    nearly, state = estimate(95)
    assert state.missing == 5
    assert nearly.low < whole.low
    assert nearly.high > whole.high
    partly, state = estimate(66)
    assert partly.method == "coded"
    assert not state.is_usable
    undecided, state = estimate(100, unsure=8)
    assert undecided.method == "audit"
    assert (state.missing, state.unsure) == (0, 8)


def test_a_comment_of_a_draw_is_random_whoever_decides_it_and_others_are_not() -> None:
    carried = carried_themes(4)
    drawn, others = list(range(60)), list(range(100, 160))
    table = pd.concat([judged(drawn, carried, 2), judged(others, carried, 3)], ignore_index=True)
    reviewed = review_comments(IDS, KEYS, None, Reviews(table, draws=(draw_of(drawn, 1),)), BOOK)
    assert reviewed.plan.drawn[:60].all()
    assert not reviewed.plan.drawn[60:].any()
    late = review_comments(IDS, KEYS, None, Reviews(table, draws=(draw_of(drawn, 4),)), BOOK)
    assert late.plan.audited[:60].all(), "declared after it was decided, it is as random"


def test_shares_are_put_in_order_by_the_nearest_ones() -> None:
    shares = np.array([0.10, 0.16, 0.12, 0.05])
    steps = (Step(2, 1), Step(1, 0), Step(3, 0))
    ordered = order_shares(shares, np.array([100.0, 50.0, 100.0, 10.0]), steps)
    assert ordered == pytest.approx([0.12, 0.12, 0.12, 0.05])
    exact = order_shares(shares, np.array([1e12, 50.0, 100.0, 10.0]), steps)
    assert exact == pytest.approx([0.10, 0.10, 0.10, 0.05])
    assert np.isnan(order_shares(np.array([0.1, np.nan]), np.ones(2), (Step(1, 0),))[1])


def test_certain_limits_are_not_narrowed_by_an_estimate() -> None:
    steps = (Step(2, 1), Step(1, 0))
    shares, low, high = np.array([0.5, 0.4, 0.4]), np.array([0.3, 0.2, 0.35]), np.ones(3)
    estimated = order_limits(shares, low, high, steps)
    assert estimated.low == pytest.approx([0.35, 0.35, 0.35])
    certain = order_limits(shares, low, high, steps, certain=np.array([True, False, False]))
    assert certain.low == pytest.approx([0.3, 0.3, 0.3])
    low, high = np.zeros(3), np.array([0.55, 0.58, 0.6])
    estimated = order_limits(shares, low, high, steps)
    assert estimated.high == pytest.approx([0.55, 0.55, 0.55])
    certain = order_limits(shares, low, high, steps, certain=np.array([False, True, False]))
    assert certain.high == pytest.approx([0.58, 0.58, 0.58])


def test_parts_are_brought_to_their_total_within_what_is_possible() -> None:
    shares = np.array([[0.10, 0.10], [0.30, 0.20]])
    limits = [(np.zeros(2), np.array([0.12, 0.12])), (np.full(2, 0.18), np.ones(2))]
    total = np.array([0.26, 0.22])
    brought = bring_to_total(shares, np.array([100.0, 100.0]), total, limits, (Step(1, 0),))
    assert brought.mean(axis=0) == pytest.approx(total, abs=1e-6)
    assert (brought[:, 0] >= brought[:, 1] - 1e-9).all()
    assert (brought[0] <= 0.12 + 1e-6).all()


# ---------------------------------------------------------------- pairs of themes


def pairs_of(reviews: Reviews, labels: pd.DataFrame | None = None) -> pd.DataFrame:
    comments = pd.DataFrame(
        {
            "comment_id": IDS,
            "text": [f"Words about matter {n}" for n in range(N)],
            "source": "Web",
            "role": "public",
            "status": "analysed",
            "reason": "",
            "weight": np.nan,
            "campaign_id": "",
            "question": "",
        }
    )
    inputs = Inputs(comments, labels, BOOK, reviews.judgements, draws=reviews.draws)
    build_report(inputs)  # the whole report can be built too
    return pair_themes(estimate_counts(count_inputs(inputs, Options())))


def labels_like(carried: np.ndarray) -> pd.DataFrame:
    """A model that always assigns both themes together where people see one of them."""
    both = carried.any(axis=1)
    rows = [
        (comment_id, theme_id, "", 0.9 if both[n] else 0.1, bool(both[n]), "model", "", -1, -1, "1")
        for n, comment_id in enumerate(IDS)
        for theme_id, _ in KEYS
    ]
    names = ["comment_id", "theme_id", "position_id", "probability", "assigned", "origin"]
    names += ["evidence", "evidence_start", "evidence_end", "codebook_version"]
    return pd.DataFrame(rows, columns=names)


def test_pairs_are_estimated_from_the_random_sample_not_from_the_models_labels() -> None:
    """The model sees both themes wherever there is one; people see them apart."""
    carried = np.zeros((N, 2), dtype=bool)
    carried[:80, 0] = True
    carried[78:160, 1] = True
    rng = np.random.default_rng(5)
    drawn = rng.choice(N, 150, replace=False).tolist()
    reviews = Reviews(judged(drawn, carried, 1), draws=(draw_of(drawn, 0),))
    pair = pairs_of(reviews, labels_like(carried)).iloc[0]
    assert pair["low"] <= 2 <= pair["high"] < 40
    assert not pair["more_than_chance"]
    assert pair["fewer_than_chance"]
    assert pair["base"] == N
    assert pair["expected"] == pytest.approx(80 * 82 / N, rel=0.4)


def test_pairs_without_a_sample_are_those_of_decided_comments_and_are_not_tested() -> None:
    carried = carried_themes(6)
    some = list(range(60))
    pair = pairs_of(Reviews(judged(some, carried, 1)), labels_like(carried)).iloc[0]
    assert pair["n"] == carried[:60].all(axis=1).sum()
    assert pair["base"] == 60
    assert np.isnan(pair["low"])
    assert not pair["more_than_chance"]
    assert pairs_of(Reviews(judged(some[:20], carried, 1)), labels_like(carried)).empty
    whole = pairs_of(Reviews(judged(list(range(N)), carried, 1))).iloc[0]
    assert whole["n"] == carried.all(axis=1).sum() == whole["low"] == whole["high"]


def test_a_draw_for_one_theme_says_nothing_of_another() -> None:
    carried = carried_themes(7)
    drawn = list(range(0, 300, 3))
    table = judged(drawn, carried, 1)
    keep = (table["theme_id"] == "a") | table["comment_id"].isin(IDS[:30])
    draw = draw_of(drawn, 0, theme_ids=("a",))
    reviewed = review_comments(IDS, KEYS, None, Reviews(table[keep], draws=(draw,)), BOOK)
    methods = [e.method for e in DomainEstimates.of_comments(reviewed.audited).total]
    assert methods == ["audit", "coded"]
    assert reviewed.plan.drawn[:, 0].sum() == 100
