"""Exports of what the model coded and reviewers audited: estimates, ranks, sources, campaigns, thresholds."""

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook, Position, Theme
from coder.errors import CoderError
from coder.project import Settings
from coder.reporting import Inputs, Report
from coder.reporting.coded_matrix import campaigns_once, code_comments
from coder.statistics.reviewed_comments import Reviews
from report_helpers import report_of

SHARES = {"big": 0.3, "middle": 0.12, "near": 0.115, "small": 0.03}
BOOK = Codebook(
    title="Plan", version=1, language="en",
    themes=(
        *(Theme(id=k, name=k.title()) for k in SHARES),
        Theme(id="two", name="Two", positions=(Position(id="for", name="For"), Position(id="against", name="Against"))),
    ),
)  # fmt: skip
N = 1200
KEYS = [*((k, "") for k in SHARES), ("two", ""), ("two", "for"), ("two", "against")]


def world(seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Comments of two sources, the model's labels (too eager by a half), and the truth (N, rows)."""
    rng = np.random.default_rng(seed)
    expected = np.column_stack([rng.beta(s * 4, (1 - s) * 4, N) for s in (*SHARES.values(), 0.2)])
    truth = rng.random(expected.shape) < expected
    side = rng.random(N) < 0.5
    truth = np.column_stack([truth, truth[:, 4] & side, truth[:, 4] & ~side])
    expected = np.column_stack([expected, expected[:, 4] / 2, expected[:, 4] / 2])
    ids = [f"c{i:04d}" for i in range(N)]
    comments = pd.DataFrame(
        {
            "comment_id": ids, "text": [f"Comment number {i} says some words about matters" for i in range(N)],
            "source": np.where(rng.random(N) < 0.6, "Web", "Post"), "role": "public", "status": "analysed", "reason": "",
            "weight": np.nan, "campaign_id": "", "question": "", "group": np.where(rng.random(N) < 0.5, "x", "y"),
        }
    )  # fmt: skip
    labels = pd.DataFrame(
        {
            "comment_id": np.repeat(ids, len(KEYS)), "theme_id": [k[0] for k in KEYS] * N, "position_id": [k[1] for k in KEYS] * N,
            "probability": expected.ravel(), "assigned": (expected > 0.25).ravel(), "origin": "model", "evidence": "",
            "evidence_start": -1, "evidence_end": -1, "codebook_version": "1",
        }
    )  # fmt: skip
    return comments, labels, truth


def judge(truth: np.ndarray, rows: np.ndarray, chosen: str, at: str = "2025-01-01") -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "project": "p", "comment_id": f"c{i:04d}", "text_hash": "", "theme_id": t, "present": bool(truth[i, k]),
                "positions": (("for",) if truth[i, 5] else ("against",)) if t == "two" and truth[i, 4] else (),
                "reviewer": "a", "mode": "blind", "chosen": chosen, "whole": True, "adjudicated": False, "decided_at": at,
                "decision_id": "", "text": "",
            }
            for i in rows for k, t in enumerate([*SHARES, "two"])
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def audited() -> tuple[Report, np.ndarray]:
    comments, labels, truth = world()
    drawn = np.random.default_rng(1).choice(N, 250, replace=False)
    return report_of(comments, labels, BOOK, judge(truth, drawn, "random"), by=("group",)), truth


def main(report: Report) -> pd.DataFrame:
    return report.themes[report.themes["rank"].notna()].set_index("theme_id")


def test_audited_counts_are_estimates_within_their_intervals(
    audited: tuple[Report, np.ndarray],
) -> None:
    report, truth = audited
    table = report.themes
    assert ((table["low"] < table["percent"]) & (table["percent"] < table["high"])).all()
    for row in table.to_dict(orient="records"):
        at = KEYS.index((row["theme_id"], row["position_id"]))
        assert row["low"] <= 100 * truth[:, at].mean() <= row["high"], row["theme_id"]
        assert row["n"] == round(row["percent"] * N / 100)
    assert any("corrected by the 250 comments drawn at random" in note for note in report.notes)


def test_b1_sources_add_up_to_the_estimate(audited: tuple[Report, np.ndarray]) -> None:
    for row in audited[0].themes.to_dict(orient="records"):
        assert abs(row["n_Web"] + row["n_Post"] - row["n"]) <= 1, "each is rounded"
        bases = {"Web": (audited[0].comments["source"] == "Web").sum()}
        bases["Post"] = N - bases["Web"]
        parts = sum(row[f"percent_{name}"] * base for name, base in bases.items())
        assert parts / N == pytest.approx(row["percent"], abs=1e-6)
        for name, base in bases.items():
            assert row[f"n_{name}"] == round(row[f"percent_{name}"] * base / 100)


def test_b13_ranks_have_ranges_and_the_order_is_not_claimed(
    audited: tuple[Report, np.ndarray],
) -> None:
    table = main(audited[0])
    assert table.loc["big", "rank_low"] == table.loc["big", "rank_high"] == 1
    assert table.loc["middle", "rank_low"] < table.loc["middle", "rank_high"]
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    assert any("Each rank has a 95% range" in note for note in audited[0].notes)


def test_groups_with_an_audit_of_their_own_are_tested_with_the_error_of_coding(
    audited: tuple[Report, np.ndarray],
) -> None:
    cells = next(b for b in audited[0].breakdowns if b.column == "group").cells
    tested = cells[cells["significant"] != ""]
    assert set(tested["test"]) == {"z-test with the error of coding"}
    assert (tested["effective_base"] < tested["base"]).all()


def test_a_group_without_an_audit_of_its_own_is_the_reason_for_no_tests() -> None:
    comments, labels, truth = world()
    drawn = np.flatnonzero((comments["group"] == "x").to_numpy())[:80]
    report = report_of(comments, labels, BOOK, judge(truth, drawn, "random"), by=("group",))
    found = next(b for b in report.breakdowns if b.column == "group")
    assert (found.cells["test"] == "").all()
    assert any(
        "error of coding is not known for all of these groups" in note for note in found.notes
    )


def test_without_random_draws_there_is_no_interval_and_the_notes_say_why() -> None:
    comments, labels, truth = world()
    drawn = np.arange(250)
    for judged, reason in (
        (judge(truth, drawn, "targeted"), "no comment drawn at random was reviewed"),
        (judge(truth, drawn, "listed"), "no comment drawn at random was reviewed"),
        (judge(truth, drawn[:20], "random"), "only 20 comments drawn at random"),
        (None, "no comment drawn at random was reviewed"),
    ):
        report = report_of(comments, labels, BOOK, judged)
        assert report.themes[["low", "high"]].isna().all().all()
        assert report.themes[["rank_low", "rank_high"]].isna().all().all()
        assert any(reason in note for note in report.notes), reason


def test_decisions_stand_over_the_models_labels() -> None:
    comments, labels, truth = world()
    judged = judge(truth, np.arange(300), "targeted")
    counted = code_comments(comments, labels, Reviews(judged), BOOK)
    assert (counted.carries[:300] == truth[:300]).all()
    assert (counted.carries[300:] == labels["assigned"].to_numpy().reshape(N, -1)[300:]).all()


def test_the_order_of_rows_makes_no_difference() -> None:
    comments, labels, truth = world()
    judged = judge(truth, np.arange(0, 600, 4), "random")
    one = report_of(comments, labels, BOOK, judged)
    shuffled = [frame.sample(frac=1, random_state=3) for frame in (comments, labels, judged)]
    other = report_of(shuffled[0], shuffled[1], BOOK, shuffled[2])
    pd.testing.assert_frame_equal(one.themes, other.themes)
    pd.testing.assert_frame_equal(one.quotes, other.quotes)


def test_nothing_given_is_changed() -> None:
    comments, labels, truth = world()
    judged = judge(truth, np.arange(100), "random")
    before = [frame.copy(deep=True) for frame in (comments, labels, judged)]
    report_of(comments, labels, BOOK, judged, by=("group",), campaigns="once")
    for frame, kept in zip((comments, labels, judged), before, strict=True):
        pd.testing.assert_frame_equal(frame, kept)


def test_campaigns_count_each_or_once() -> None:
    comments, labels, truth = world()
    comments = comments.assign(
        campaign_id=["k1" if i < 40 else "k2" if i < 50 else "" for i in range(N)]
    )
    each = report_of(comments, labels, BOOK, judge(truth, np.array([7]), "random"))
    assert "50 comments belong to 2 campaigns" in " ".join(each.notes)
    once = report_of(
        comments, labels, BOOK, judge(truth, np.array([7]), "random"), campaigns="once"
    )
    assert once.base.startswith(f"Base: {N - 48:,} comments")
    assert "48 further letters" in " ".join(once.notes)
    counted = campaigns_once(
        code_comments(comments, labels, Reviews(judge(truth, np.array([7]), "random")), BOOK)
    )
    assert "c0007" in set(
        counted.comments["comment_id"]
    )  # the decided letter stands for its campaign
    assert not counted.audited.any()


@pytest.mark.parametrize(("threshold", "left"), [("60", 4), ("5%", 4), ("", 5), ("0", 5)])
def test_b6_themes_under_the_threshold_are_held_back_and_the_table_says_so(
    threshold: str, left: int
) -> None:
    comments, _, truth = world()
    report = report_of(
        comments, None, BOOK, judge(truth, np.arange(N), "listed"), threshold=threshold
    )
    assert len(main(report)) == left
    if threshold in ("60", "5%"):
        assert any("1 theme under" in note and "held back" in note for note in report.notes)
        assert "small" not in set(report.quotes["theme_id"])


def test_b6_what_is_held_back_shows_in_no_other_table_or_note() -> None:
    comments, _, truth = world()
    truth[:, 0] = True
    comments["group"] = np.where(np.arange(N) % 2, "x", "y")
    judged = judge(truth, np.arange(N), "listed")
    earlier = Inputs(comments, None, BOOK, judged, Settings(name="spring"))
    report = report_of(
        comments, None, BOOK, judged, threshold="90%", by=("group",), earlier=earlier
    )
    assert report.waves is not None
    tables_ = [report.themes, report.waves, report.quotes, *(b.cells for b in report.breakdowns)]
    assert [set(table["theme_id"]) for table in tables_] == [{"big"}] * len(tables_)
    assert report.together.empty
    assert not any(note.startswith("Two: of") for note in report.notes)


def test_a_threshold_that_is_none_is_refused() -> None:
    comments, labels, _ = world()
    for wrong in ("five", "-3", "120%"):
        with pytest.raises(CoderError, match="threshold"):
            report_of(comments, labels, BOOK, None, threshold=wrong)


def test_labels_of_another_codebook_are_refused() -> None:
    comments, labels, _ = world()
    other = BOOK.model_copy(update={"themes": (Theme(id="late", name="Late"),)})
    with pytest.raises(CoderError, match="none of the codebook's themes"):
        report_of(comments, labels, other, None)


def test_a_theme_that_is_not_coded_yet_leaves_the_others_as_they_are() -> None:
    comments, labels, truth = world()
    more = BOOK.model_copy(update={"themes": (*BOOK.themes, Theme(id="late", name="Late"))})
    judged = judge(truth, np.arange(0, 600, 4), "random")
    before = report_of(comments, labels, BOOK, judged).themes.set_index(["theme_id", "position_id"])
    report = report_of(comments, labels, more, judged, by=("group",))
    after = report.themes.set_index(["theme_id", "position_id"])
    figures = ["n", "percent", "low", "high"]
    assert after.loc[("late", ""), figures].isna().all()
    pd.testing.assert_frame_equal(after.drop(index=("late", ""))[figures], before[figures])
    assert any("Late" in note and "no figures yet" in note for note in report.notes)
    assert "late" not in set(report.breakdowns[-1].cells["theme_id"])


def test_nothing_coded_is_an_error_with_the_next_command() -> None:
    comments, _, _ = world()
    with pytest.raises(CoderError, match=r"coder\.apply"):
        report_of(comments, None, BOOK, None)


def test_e9_no_percentage_on_a_small_source() -> None:
    comments, labels, _ = world()
    small = comments.assign(source=["Tiny" if i < 12 else "Web" for i in range(N)])
    report = report_of(small, labels, BOOK, None)
    assert report.themes["percent_Tiny"].isna().all()
    assert report.themes["n_Tiny"].notna().all()
    assert any("under 30: Tiny (12)" in note for note in report.notes)


def test_agreement_of_blind_reviewers_stands_in_the_report() -> None:
    comments, labels, truth = world()
    one = judge(truth, np.arange(60), "random")
    other = one.assign(reviewer="b")
    other.loc[other.index % 9 == 0, "present"] = ~other.loc[other.index % 9 == 0, "present"]
    report = report_of(comments, labels, BOOK, pd.concat([one, other], ignore_index=True))
    assert report.agreement is not None
    pooled = report.agreement.set_index("theme_id").loc["pooled"]
    assert pooled["comments"] == 60
    assert 0.5 < pooled["alpha"] < 0.9
    assert any(
        f"Krippendorff's alpha over all themes {pooled['alpha']:.2f}" in note
        for note in report.notes
    )
    assert report_of(comments, labels, BOOK, one).agreement is None
