"""Agreement: published examples, scikit-learn, plain re-computation; gaps, edges and speed."""

import itertools
import math
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from coder.codebook import Codebook, Theme, read_codebook
from coder.decisions.table import read_coding_table
from coder.errors import CoderError
from coder.statistics import (
    agreement,
    between_coders,
    codings,
    drift,
    resampling,
    scores,
    similar_comments,
)

DOT = math.nan
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: 4 observers, 12 units, gaps.
# Gwet's Handbook of Inter-Rater Reliability (4th edition, 2014, p. 120) uses the same data.
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, DOT, DOT, DOT],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, DOT, 3],
        [DOT, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, DOT],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, DOT],
    ]
)


def nominal(said: np.ndarray, categories: int) -> dict[str, float]:
    counts = agreement.category_counts(said[:, :, None], categories)
    sums = agreement.agreement_sums(counts).sum(axis=0)
    measures = agreement.measures_of_sums(sums, categories)
    return {name: float(value[0]) for name, value in measures.items()}


def krippendorff_alpha(values: np.ndarray, distance: np.ndarray | None = None) -> float:
    """Alpha of value numbers (n_coders, n_units); without a distance the values are nominal."""
    if distance is None:
        distance = 1.0 - np.eye(int(values.max(initial=0)) + 1)
    once = np.ones((1, values.shape[1]))
    return float(agreement.coincidences(values, distance).alpha(once)[0])


def codes(said: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(said), -1, said).astype(int)


# ---------------------------------------------------------------- published figures


def test_alpha_krippendorff_2011_four_observers_with_gaps() -> None:
    """Published: alpha = .743."""
    assert round(nominal(FOUR - 1, 5)["alpha"], 3) == 0.743
    assert round(krippendorff_alpha(codes(FOUR - 1)), 3) == 0.743


def test_alpha_krippendorff_2011_binary_two_observers() -> None:
    """Section A, Meg and Owen, ten articles: alpha = .095."""
    said = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], dtype=float)
    assert round(nominal(said, 2)["alpha"], 3) == 0.095


def test_alpha_krippendorff_2011_nominal_two_observers() -> None:
    """Section B, Ben and Gerry, twelve units: alpha = .692."""
    said = np.array(
        [[ord(x) - ord("a") for x in row] for row in ("aabbdcccedda", "babbbccceddd")], float
    )
    assert round(nominal(said, 5)["alpha"], 3) == 0.692


def test_ac1_gwet_2014_four_raters_with_gaps() -> None:
    """Published for the same data: agreement .81818, chance .19032, AC1 .77544 (irrCAC's cac.raw4raters)."""
    found = nominal(FOUR - 1, 5)
    assert round(found["agreement"], 5) == 0.81818
    assert round(found["ac1"], 5) == 0.77544


def test_ac1_gwet_two_raters_high_agreement() -> None:
    """Gwet (2002), Kappa statistic is not satisfactory: 118, 5, 2, 0 of 125: kappa -.023, AC1 .941."""
    first = np.repeat([1.0, 1.0, 0.0, 0.0], [118, 5, 2, 0])
    second = np.repeat([1.0, 0.0, 1.0, 0.0], [118, 5, 2, 0])
    assert round(nominal(np.stack([first, second]), 2)["ac1"], 3) == 0.941
    kappa = agreement.cohen_kappa(*(np.array(float(n)) for n in (118, 5, 2, 0)))
    assert round(float(kappa), 3) == -0.023


def test_ac1_and_alpha_published_contingency_table() -> None:
    """irrCAC's cont3x3abstractors (Gwet 2014): kappa .7964094, AC1 .8493305, alpha .7972585."""
    table = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    said = np.array(pairs, dtype=float).T
    found = nominal(said, 3)
    assert round(found["ac1"], 7) == 0.8493305
    assert round(found["alpha"], 7) == 0.7972585


def test_specific_agreement_cicchetti_feinstein() -> None:
    """Cicchetti and Feinstein (1990): p_pos = 2a/(2a+b+c), p_neg = 2d/(2d+b+c)."""
    said = np.array(
        [[1] * 80 + [1] * 10 + [0] * 5 + [0] * 5, [1] * 80 + [0] * 10 + [1] * 5 + [0] * 5]
    )
    found = nominal(said.astype(float), 2)
    assert found["positive_agreement"] == pytest.approx(160 / 175, abs=1e-12)
    assert found["negative_agreement"] == pytest.approx(10 / 25, abs=1e-12)


def test_masi_passonneau_2006() -> None:
    """Weights of the paper: 1 equal, 2/3 subset, 1/3 overlap, 0 disjoint, times Jaccard; {a} vs {a,b}: 1/3."""
    sets = np.array(
        [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 0]]
    )
    distance = agreement.masi_distance(sets)
    expected = {
        (0, 0): 0.0,
        (4, 4): 0.0,
        (0, 1): 1 - 1 / 2 * 2 / 3,
        (1, 2): 1 - 1 / 3 * 1 / 3,
        (1, 5): 1 - 2 / 3 * 2 / 3,
        (0, 3): 1.0,
        (0, 4): 1.0,
    }
    for (i, j), value in expected.items():
        assert distance[i, j] == pytest.approx(value, abs=1e-12)
        assert distance[j, i] == pytest.approx(value, abs=1e-12)


# ---------------------------------------------------------------- against other ways to compute


def plain_alpha(said: list[list[object]], distance: object) -> float:
    """Alpha straight from its definition, over all pairs."""
    units = [[v for v in unit if v is not None] for unit in zip(*said, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    values = [v for unit in units for v in unit]
    n = len(values)
    observed = sum(
        sum(distance(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    )
    expected = sum(distance(a, b) for a, b in itertools.permutations(values, 2))
    return math.nan if not expected else 1 - (n - 1) * observed / expected


def plain_masi(a: frozenset[int], b: frozenset[int]) -> float:
    if a == b:
        return 0.0
    if not a & b:
        return 1.0
    weight = 2 / 3 if a <= b or b <= a else 1 / 3
    return 1 - len(a & b) / len(a | b) * weight


@given(
    st.lists(
        st.lists(
            st.one_of(st.none(), st.frozensets(st.integers(0, 3), max_size=3)),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=9,
    )
)
@settings(max_examples=150, deadline=None)
def test_alpha_with_masi_is_its_definition(units: list[list[frozenset[int] | None]]) -> None:
    distinct = sorted({s for unit in units for s in unit if s is not None}, key=sorted)
    if not distinct:
        return
    number = {s: n for n, s in enumerate(distinct)}
    table = np.array(
        [[number.get(s, -1) if s is not None else -1 for s in unit] for unit in units]
    ).T
    members = np.array([[m in s for m in range(4)] for s in distinct])
    found = krippendorff_alpha(table, agreement.masi_distance(members))
    wanted = plain_alpha([list(row) for row in zip(*units, strict=True)], plain_masi)
    assert found == pytest.approx(wanted, abs=1e-9, nan_ok=True)


@given(st.lists(st.tuples(*[st.sampled_from([0.0, 1.0, DOT])] * 3), min_size=1, max_size=25))
@settings(max_examples=150, deadline=None)
def test_binary_alpha_is_its_definition(units: list[tuple[float, ...]]) -> None:
    said = np.array(units).T
    plain = [[None if math.isnan(v) else v for v in row] for row in said]
    wanted = plain_alpha(plain, lambda a, b: float(a != b))
    assert nominal(said, 2)["alpha"] == pytest.approx(wanted, abs=1e-9, nan_ok=True)


@given(st.integers(0, 10_000), st.integers(2, 60), st.integers(2, 4))
@settings(max_examples=50, deadline=None)
def test_scores_equal_scikit_learn(seed: int, n: int, themes: int) -> None:
    rng = np.random.default_rng(seed)
    truth = (rng.random((n, themes)) < 0.4).astype(float)
    score = np.round(rng.random((n, themes)), 1)  # many ties
    found = (score > 0.55).astype(float)
    names = [f"t{t}" for t in range(themes)]
    result = scores.score_labels(truth, found, names, score, resamples=0)
    for t in range(themes):
        row = result.themes.iloc[t]
        y, z = truth[:, t], found[:, t]
        if z.any():
            assert row["precision"] == pytest.approx(metrics.precision_score(y, z), abs=1e-9)
        else:
            assert math.isnan(row["precision"])
        if y.any():
            assert row["recall"] == pytest.approx(metrics.recall_score(y, z), abs=1e-9)
            assert row["average_precision"] == pytest.approx(
                metrics.average_precision_score(y, score[:, t]), abs=1e-9
            )
        else:
            assert math.isnan(row["average_precision"])
        if y.any() or z.any():
            assert row["f1"] == pytest.approx(metrics.f1_score(y, z), abs=1e-9)
        if len({*y, *z}) > 1:
            assert row["kappa"] == pytest.approx(metrics.cohen_kappa_score(y, z), abs=1e-9)
    overall = result.overall.set_index("theme_id")
    if truth.any() or found.any():
        assert overall.loc["micro", "f1"] == pytest.approx(
            metrics.f1_score(truth, found, average="micro"), abs=1e-9
        )
    assert overall.loc["comment", "f1"] == pytest.approx(
        metrics.f1_score(truth, found, average="samples", zero_division=1), abs=1e-9
    )
    kept = result.themes["f1"].dropna()
    if len(kept):
        assert overall.loc["macro", "f1"] == pytest.approx(kept.mean(), abs=1e-12)


def test_pair_equals_scikit_learn_kappa_and_f1() -> None:
    rng = np.random.default_rng(3)
    said = (rng.random((2, 200, 3)) < 0.3).astype(np.float32)
    found = codings.Codings(
        ("a", "b"), tuple(map(str, range(200))), ("x", "y", "z"), said, np.full((2, 200), "t")
    )
    result = between_coders.coder_agreement(found, resamples=50)
    for t in range(3):
        row = result.themes.iloc[t]
        assert row["kappa"] == pytest.approx(
            metrics.cohen_kappa_score(said[0, :, t], said[1, :, t]), abs=1e-9
        )
        assert row["f1"] == pytest.approx(metrics.f1_score(said[0, :, t], said[1, :, t]), abs=1e-9)
        assert row["f1"] == pytest.approx(row["positive_agreement"], abs=1e-12)
        assert row[["both", "first", "second", "neither"]].sum() == 200
    pooled = result.overall.set_index("theme_id").loc["pooled"]
    assert pooled["kappa"] == pytest.approx(
        metrics.cohen_kappa_score(said[0].ravel(), said[1].ravel()), abs=1e-9
    )


# ---------------------------------------------------------------- not defined


def test_everybody_said_the_same_is_not_defined() -> None:
    said = np.zeros((2, 10, 1), dtype=np.float32)
    result = between_coders.coder_agreement(
        codings.Codings(
            ("a", "b"), tuple(map(str, range(10))), ("x",), said, np.full((2, 10), "t")
        ),
        resamples=20,
    )
    row = result.themes.iloc[0]
    for name in ("alpha", "kappa", "f1", "positive_agreement"):
        assert math.isnan(row[name])
    assert row["agreement"] == 1.0
    assert row["ac1"] == 1.0
    assert row["negative_agreement"] == 1.0
    assert math.isnan(row["ac1_low"])  # every draw says the same: no interval, not one of no width


def test_nobody_in_common_and_nothing_at_all() -> None:
    said = np.full((2, 4, 1), np.nan, dtype=np.float32)
    said[0, :2], said[1, 2:] = 1, 0
    names = tuple("wxyz")
    result = between_coders.coder_agreement(
        codings.Codings(("a", "b"), names, ("x",), said, np.full((2, 4), "t"))
    )
    assert result.comments == 0
    assert result.themes["comments"].tolist() == [0]
    assert result.themes[["alpha", "ac1", "kappa", "agreement"]].isna().all(axis=None)
    assert result.overall["alpha"].isna().all()


def test_scores_of_nothing() -> None:
    empty = np.zeros((0, 2))
    result = scores.score_labels(empty, empty, ["a", "b"], empty)
    assert result.comments == 0
    assert result.themes[list(scores.MEASURES)].isna().all(axis=None)


def test_theme_without_positives_is_left_out_of_macro_ap() -> None:
    truth = np.array([[1, 0], [0, 0], [1, 0]], dtype=float)
    score = np.array([[0.9, 0.5], [0.8, 0.4], [0.7, 0.3]])
    result = scores.score_labels(truth, truth, ["a", "b"], score, resamples=0)
    assert math.isnan(result.themes.loc[1, "average_precision"])
    macro = result.overall.set_index("theme_id").loc["macro", "average_precision"]
    assert macro == pytest.approx((1 + 2 / 3) / 2)


def test_what_is_outside_the_scope_counts_nowhere() -> None:
    truth = np.array([[1, DOT], [0, DOT], [1, 1]])
    found = np.array([[1, 1], [0, 1], [0, 1]], dtype=float)
    result = scores.score_labels(truth, found, ["a", "b"], found, resamples=0)
    assert result.themes["comments"].tolist() == [3, 1]
    assert result.themes["fp"].tolist() == [0, 0]
    assert result.overall.set_index("theme_id").loc["comment", "f1"] == pytest.approx(
        (1 + 1 + 2 / 3) / 3
    )


# ---------------------------------------------------------------- intervals


def test_intervals_hold_the_value_and_shrink_with_comments() -> None:
    rng = np.random.default_rng(0)

    def width(n: int) -> float:
        truth = (rng.random((n, 1)) < 0.3).astype(float)
        found = np.where(rng.random((n, 1)) < 0.15, 1 - truth, truth)
        row = scores.score_labels(truth, found, ["a"], resamples=400).themes.iloc[0]
        assert row["f1_low"] < row["f1"] < row["f1_high"]
        return row["f1_high"] - row["f1_low"]

    assert width(2_000) < width(200) / 2


def test_interval_covers_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for n in range(120):
        truth = (rng.random((250, 1)) < 0.4).astype(float)
        found = np.where(rng.random((250, 1)) < 0.2, 1 - truth, truth)
        row = scores.score_labels(truth, found, ["a"], resamples=300, seed=n).themes.iloc[0]
        hits += row["recall_low"] <= 0.8 <= row["recall_high"]
    assert 0.88 <= hits / 120 <= 1.0


def test_same_seed_same_figures_whatever_the_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    truth = (rng.random((80, 2)) < 0.3).astype(float)
    found = (rng.random((80, 2)) < 0.3).astype(float)
    score = rng.random((80, 2))
    whole = scores.score_labels(truth, found, ["a", "b"], score, resamples=100)
    monkeypatch.setattr(resampling, "LARGEST_BLOCK", 80 * 7)
    pd.testing.assert_frame_equal(
        whole.themes, scores.score_labels(truth, found, ["a", "b"], score, resamples=100).themes
    )


def test_positions_are_pooled_beside_the_themes_and_stay_out_of_their_averages() -> None:
    rng = np.random.default_rng(5)
    truth = (rng.random((80, 4)) < 0.4).astype(float)
    found = (rng.random((80, 4)) < 0.4).astype(float)
    truth[:9, 3] = math.nan
    main = np.array([True, True, False, False])
    both = scores.score_labels(truth, found, ["a", "b", "a=x", "a=y"], main=main, resamples=50)
    themes = scores.score_labels(truth[:, :2], found[:, :2], ["a", "b"], resamples=50)
    asides = scores.score_labels(truth[:, 2:], found[:, 2:], ["a=x", "a=y"], resamples=50)
    pd.testing.assert_frame_equal(both.overall.iloc[:3], themes.overall)
    pooled = both.overall.iloc[3].drop("theme_id")
    assert pooled.to_dict() == pytest.approx(
        asides.overall.iloc[0].drop("theme_id").to_dict(), nan_ok=True
    )
    assert both.overall["theme_id"].iloc[3] == scores.POSITIONS


def test_a_thousand_draws_of_3000_comments_and_35_themes_take_seconds() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.random((3_000, 35)) < 0.05).astype(float)
    score = rng.random((3_000, 35)).astype(np.float32)
    started = time.process_time()
    scores.score_labels(truth, (score > 0.9).astype(float), [f"t{n}" for n in range(35)], score)
    assert time.process_time() - started < 12  # about two seconds where nothing else runs


# ---------------------------------------------------------------- judgements to arrays

BOOK = Codebook(
    title="T",
    themes=(
        Theme.model_validate({"id": "crime", "name": "Crime", "themes": [
            {"id": "theft", "name": "Theft"}, {"id": "asb", "name": "ASB", "aggregate": False}]}),
        Theme.model_validate({"id": "drugs", "name": "Drugs", "was": ["dope"], "positions": [
            {"id": "more", "name": "More"}, {"id": "less", "name": "Less"}]}),
        Theme(id="old", name="Old", retired=True),
    ),
)  # fmt: skip


def judged(
    *rows: tuple[str, str, str, bool, tuple[str, ...]], at: str = "2025-01-01"
) -> pd.DataFrame:
    names = ["reviewer", "comment_id", "theme_id", "present", "positions"]
    return pd.DataFrame(rows, columns=names).assign(decided_at=at)


def test_parents_carry_what_their_sub_themes_carry_unless_associated() -> None:
    table = judged(
        ("ann", "1", "crime", False, ()), ("ann", "1", "theft", True, ()),
        ("ann", "2", "crime", False, ()), ("ann", "2", "asb", True, ()),
    )  # fmt: skip
    found = codings.codings(table, BOOK)
    crime = found.items.index("crime")
    assert found.answers[0, :, crime].tolist() == [1, 0]


def test_positions_become_items_only_where_somebody_named_them() -> None:
    table = judged(("ann", "1", "drugs", True, ("more",)), ("bo", "1", "drugs", True, ()))
    found = codings.codings(table, BOOK)
    assert found.items == ("crime", "theft", "asb", "drugs", "drugs=more")
    assert found.n_themes == 4
    assert found.answers[:, 0, 4].tolist() == [1, 0]
    assert np.isnan(found.answers[:, 0, 0]).all()


def test_sets_are_compared_on_what_all_judged() -> None:
    names = ("a", "b")
    said = np.array(
        [[[1, 0, 0], [1, 1, 0], [1, np.nan, 0]], [[1, 0, 0], [1, 0, 0], [1, 1, 0]]],
        dtype=np.float32,
    )
    found = codings.Codings(names, ("1", "2", "3"), ("x", "y", "z"), said, np.full((2, 3), "t"))
    sets = (
        between_coders.coder_agreement(found, resamples=0).overall.set_index("theme_id").loc["sets"]
    )
    assert sets["comments"] == 3
    assert sets["agreement"] == pytest.approx(2 / 3)
    assert sets["f1"] == pytest.approx((1 + 2 / 3 + 1) / 3)
    wanted = plain_alpha(
        [[frozenset({0}), frozenset({0, 1}), frozenset({0})], [frozenset({0})] * 3], plain_masi
    )
    assert sets["alpha"] == pytest.approx(wanted, abs=1e-9)


# ---------------------------------------------------------------- over time, and like comments


def test_drift_sees_a_reviewer_who_gives_fewer_themes_later() -> None:
    rng = np.random.default_rng(0)
    steady = (rng.random((100, 2)) < 0.5).astype(np.float32)
    tired = steady.copy()
    tired[50:, 0] = 0
    when = np.array([[f"2025-01-{1 + n // 5:02d}" for n in range(100)]] * 2)
    found = codings.Codings(
        ("steady", "tired"),
        tuple(f"{n:03d}" for n in range(100)),
        ("x", "y"),
        np.stack([steady, tired]),
        when,
    )
    table = drift.drift(found).set_index(["reviewer", "block"])
    assert (
        table.loc[("tired", 4), "themes_per_comment"]
        < table.loc[("tired", 1), "themes_per_comment"] - 0.2
    )
    assert table.loc[("tired", 1), "f1"] == 1.0
    assert table.loc[("tired", 4), "f1"] < 1.0
    assert table["comments"].tolist() == [25] * 8
    shifts = drift.theme_drift(found)
    assert (shifts.iloc[0]["reviewer"], shifts.iloc[0]["theme_id"]) == ("tired", "x")
    assert shifts.iloc[0]["p"] < 0.01
    assert (shifts[shifts["reviewer"] == "steady"]["p"] > 0.05).all()


def test_like_comments_coded_differently_by_words_and_by_vectors() -> None:
    texts = {
        "1": "More police on the high street!",
        "2": "more police on the HIGH street",
        "3": "Potholes everywhere.",
        "4": "More police patrols on our high street please",
        "5": "",
    }
    said = np.zeros((2, 5, 2), dtype=np.float32)
    said[0, 0, 0] = said[1, 3, 0] = 1
    said[1, 0] = np.nan
    found = codings.Codings(
        ("ann", "bo"), tuple(texts), ("police", "roads"), said, np.full((2, 5), "t")
    )
    table = similar_comments.coded_differently(found, texts)
    copies = table[table["likeness"] == 1.0]
    assert set(zip(copies["comment_id_1"], copies["comment_id_2"], strict=True)) == {("1", "2")}
    assert set(copies["reviewer_2"]) == {"ann", "bo"}
    assert set(table["differ"]) == {"police"}
    assert "3" not in set(table["comment_id_2"])
    vectors = np.eye(5)
    vectors[3] = [0.95, 0, 0, math.sqrt(1 - 0.95**2), 0]
    by_meaning = similar_comments.coded_differently(found, texts, vectors)
    assert ("1", "4") in set(
        zip(by_meaning["comment_id_1"], by_meaning["comment_id_2"], strict=True)
    ) or (by_meaning["likeness"].max() == 1.0)
    assert 0.95 in set(by_meaning["likeness"].round(6)) or set(by_meaning["comment_id_2"]) == {"2"}


# ---------------------------------------------------------------- the table of a reference


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_reference_is_read_through_was_with_positions_and_scope(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        "comment_id,themes,scope,note\n1,dope=less;theft,,x\n2,,,\n3,crime,crime;theft,\n",
    )
    reference = read_coding_table(path, BOOK)
    found = codings.codings(reference, BOOK)
    assert found.reviewers == ("t.csv",)
    assert found.items == ("crime", "theft", "asb", "drugs", "drugs=less")
    one, two, three = found.answers[0]
    assert one.tolist() == [1, 1, 0, 1, 1]
    assert two.tolist() == [0, 0, 0, 0, 0]
    assert three[:2].tolist() == [1, 0]
    assert np.isnan(three[2:]).all()


def test_all_faults_of_a_reference_at_once_by_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        'comment_id,themes\n1,drug\n1,drugs\n2,drugs=most\n,theft\n3,theft,more\n4,"a\nb"\n',
    )
    with pytest.raises(CoderError) as error:
        read_coding_table(path, BOOK)
    text = error.value.problem
    for line in (2, 3, 4, 5, 6, 7):
        assert f"t.csv: line {line}" in text
    assert "Did you mean 'drugs'" in text
    assert "'most' is no position of 'drugs'" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column comment_id"),
        ("id,themes\n1,x\n", r"no column comment_id \(columns: id, themes\)"),
        ("comment_id,themes\n", "no comment in it"),
        ('comment_id,themes\n1,"theft\n2,theft\n', "t.csv:2"),
        ("comment_id,themes,scope\n1,theft,drugs\n", "not in its scope"),
    ],
)
def test_one_clear_error_for_each_bad_reference(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CoderError, match=said):
        read_coding_table(write(tmp_path / "t.csv", text), BOOK)


def test_missing_reference_offers_the_near_name(tmp_path: Path) -> None:
    write(tmp_path / "labels.csv", "x")
    with pytest.raises(CoderError, match=r"labels\.csv"):
        read_coding_table(tmp_path / "label.csv", BOOK)


def test_line_breaks_inside_cells_keep_the_line_numbers(tmp_path: Path) -> None:
    text = 'comment_id\tthemes\ttext\n1\ttheft\t"two\nlines\u2028three"\n2\tnone\tx\n'
    with pytest.raises(CoderError, match=r"t\.csv: line 4, .*'none'"):
        read_coding_table(write(tmp_path / "t.csv", text), BOOK)


def test_the_shipped_example_agrees_with_itself() -> None:
    root = Path(__file__).parents[1]
    book = read_codebook(root / "codebooks" / "police_and_crime_plan.yaml")
    reference = read_coding_table(root / "examples" / "police_and_crime_plan" / "labels.csv", book)
    found = codings.codings(reference, book)
    result = scores.score_labels(found.answers[0], found.answers[0], found.items, resamples=10)
    assert result.comments >= 300
    assert result.overall.set_index("theme_id").loc["micro", "f1"] == 1.0
