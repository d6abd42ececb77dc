"""Breakdowns on the example's made-up people: bases, weights, derived groups, suppression, tests."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder import tables
from coder.codebook import Codebook, read_codebook
from coder.decisions import judgements, own_judgements, read_decisions
from coder.errors import CoderError
from coder.project import Derived, Settings
from coder.reporting import Report
from report_helpers import report_of
from test_report_population import CODEBOOK, decide

EXAMPLE = Path(__file__).parent.parent / "examples" / "police_and_crime_plan"
INNER = (
    "City of London", "Camden", "Greenwich", "Hackney", "Hammersmith & Fulham", "Islington",
    "Kensington & Chelsea", "Lambeth", "Lewisham", "Southwark", "Tower Hamlets", "Wandsworth", "Westminster",
)  # fmt: skip
SETTINGS = Settings(
    name="example",
    derived={
        "area": Derived(column="borough", groups={"Inner London": INNER}, other="Outer London"),
        "ethnic_group": Derived(
            column="ethnicity",
            groups={
                "White": ("White British", "White other"),
                "Asian": ("Indian", "Pakistani", "Bangladeshi", "Chinese"),
                "Black": ("Black Caribbean", "Black African"),
                "Mixed or other": ("Mixed", "Other ethnic group"),
            },
            per_source={"Talk London": {"White": ("White",), "BAME": ("BAME",)}},
        ),
    },
)


@cache
def shipped_codebook() -> Codebook:
    return read_codebook(CODEBOOK)


def example_comments() -> pd.DataFrame:
    """The example's comments that say something, as `read` gives them."""
    with (EXAMPLE / "comments.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    coded = labels_by_id()
    frame = pd.DataFrame(
        {
            "comment_id": [r["comment_id"] for r in rows],
            "text": [r["comment"] for r in rows],
            "source": [r["route"] for r in rows],
            "role": "public",
            "status": ["analysed" if r["comment_id"] in coded else "excluded" for r in rows],
            "reason": ["" if r["comment_id"] in coded else "non_substantive" for r in rows],
            "weight": [float(r["weight"]) if r["weight"] else np.nan for r in rows],
            "campaign_id": "",
            "question": "",
        }
    )
    return frame.assign(
        **{name: [r[name] for r in rows] for name in ("age", "gender", "ethnicity", "borough")}
    )


@cache
def labels_by_id() -> dict[str, dict[str, tuple[str, ...]]]:
    carried: dict[str, dict[str, tuple[str, ...]]] = {}
    with (EXAMPLE / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            themes: dict[str, tuple[str, ...]] = {}
            for part in filter(None, row["themes"].split(";")):
                theme, _, position = part.partition("=")
                themes[theme] = (*themes.get(theme, ()), *([position] if position else []))
            carried[row["comment_id"]] = themes
    return carried


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("example")
    codebook_file = folder / "plan.yaml"
    codebook_file.write_bytes(CODEBOOK.read_bytes())
    comments = example_comments()
    decide(comments, labels_by_id(), codebook_file, "example")
    book = shipped_codebook()
    return comments, own_judgements(
        judgements(read_decisions(codebook_file).decisions, book), comments, "example"
    )


@pytest.fixture(scope="module")
def report(said: tuple[pd.DataFrame, pd.DataFrame]) -> Report:
    comments, judged = said
    return report_of(
        comments,
        None,
        shipped_codebook(),
        judged,
        by=("age", "gender", "area", "ethnic_group"),
        settings=SETTINGS,
    )


def cells(report: Report, column: str) -> pd.DataFrame:
    return next(b.cells for b in report.breakdowns if b.column == column)


def cell(report: Report, column: str, route: str, group: str, theme: str) -> pd.Series:
    table = cells(report, column)
    here = (
        (table["route"] == route)
        & (table["group"] == group)
        & (table["theme_id"] == theme)
        & (table["position_id"] == "")
    )
    assert here.sum() == 1, (column, route, group, theme)
    return table[here].iloc[0]


POLLS = "Representative Poll + Boost Poll"


def test_d2_d3_d7_the_polls_are_weighted_together_over_unweighted_bases(report: Report) -> None:
    comments, carried = example_comments(), labels_by_id()
    polls = comments[
        (comments["status"] == "analysed")
        & comments["source"].isin(["Representative Poll", "Boost Poll"])
    ]
    has = polls["comment_id"].map(lambda c: "visibility" in carried[c]).to_numpy()
    found = cell(report, "route", "", POLLS, "visibility")
    assert found["base"] == len(polls)
    assert found["n"] == has.sum()
    weights = polls["weight"].to_numpy()
    assert found["percent"] == pytest.approx(100 * weights[has].sum() / weights.sum())
    assert found["low"] < found["percent"] < found["high"]
    opt_in = cell(report, "route", "", "Talk London", "visibility")
    assert opt_in["percent"] == pytest.approx(100 * opt_in["n"] / opt_in["base"])


def test_d8_design_effect_and_effective_base_stand_beside_weighted_tests(report: Report) -> None:
    found = cell(report, "gender", POLLS, "Female", "visibility")
    assert found["test"] == "Rao-Scott test"
    assert found["effective_base"] == pytest.approx(found["base"] / found["design_effect"])
    assert found["design_effect"] > 1.0


def test_e2_inner_london_is_declared(report: Report) -> None:
    comments = example_comments()
    talk = comments[(comments["status"] == "analysed") & (comments["source"] == "Talk London")]
    inner = talk["borough"].isin(INNER)
    assert cell(report, "area", "Talk London", "Inner London", "women")["base"] == inner.sum()
    assert cell(report, "area", "Talk London", "Outer London", "women")["base"] == (~inner).sum()


def test_e3_groups_are_collapsed_per_source(report: Report) -> None:
    table = cells(report, "ethnic_group")
    assert set(table.loc[table["route"] == "Talk London", "group"]) == {"White", "BAME"}
    assert set(table.loc[table["route"] == POLLS, "group"]) == {
        "White",
        "Asian",
        "Black",
        "Mixed or other",
    }


def test_d4_prefer_not_to_say_is_missing_unless_said_otherwise(
    report: Report, said: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    assert "Prefer not to say" not in set(cells(report, "age")["group"])
    note = next(b for b in report.breakdowns if b.column == "age").notes[0]
    assert "Left out as missing" in note
    assert "“Prefer not to say”" in note
    comments, judged = said
    kept = report_of(
        comments,
        None,
        shipped_codebook(),
        judged,
        by=("age",),
        settings=Settings(name="x", missing={"age": ()}),
    )
    assert "Prefer not to say" in set(cells(kept, "age")["group"])


def test_e4_small_groups_are_suppressed_and_named(report: Report) -> None:
    for breakdown in report.breakdowns:
        if breakdown.column == "route":
            continue
        small = breakdown.cells[breakdown.cells["base"] < 30]
        assert (small["hidden"] == "base").all()
        assert small[["n", "percent", "low", "high"]].isna().all().all()
        for group in small["group"].unique():
            assert any("Suppressed" in note and group in note for note in breakdown.notes)


@pytest.mark.parametrize("column", ["age", "gender"])
def test_hidden_cells_cannot_be_worked_out_from_the_rest(report: Report, column: str) -> None:
    """Per route and theme: total less what is shown never gives one hidden cell, nor a small sum."""
    comments, carried = example_comments(), labels_by_id()
    hidden_any = False
    for (route, theme), part in (
        cells(report, column).query("position_id == ''").groupby(["route", "theme_id"])
    ):
        sources = route.split(" + ")
        own = comments[(comments["status"] == "analysed") & comments["source"].isin(sources)]
        total = sum(theme in carried[c] for c in own["comment_id"])
        shown = part[part["hidden"] == ""]
        assert not shown["n"].between(1, 4).any()
        hidden = part[part["hidden"] != ""]
        hidden_any |= len(hidden) > 0
        if len(hidden) and len(shown):
            left = total - int(shown["n"].sum())
            named = own[column].ne("Prefer not to say") if column in own.columns else None
            missing = bool(named is not None and (~named).any())
            assert len(hidden) + missing >= 2
            assert left >= 5 or (hidden["hidden"] == "base").all()
    assert hidden_any


def test_e5_tests_are_named_corrected_and_say_what_could_not_be_shown(report: Report) -> None:
    table = cells(report, "age")
    tested = table[table["significant"] != ""]
    assert len(tested)
    assert (tested["p_adjusted"] >= tested["p"] - 1e-12).all()
    assert set(tested["significant"]) <= {"higher", "lower", "no", "could not"}
    assert (tested.loc[tested["significant"].isin(["higher", "lower"]), "p_adjusted"] < 0.05).all()
    by_age = next(b for b in report.breakdowns if b.column == "age")
    record = " ".join(by_age.record)
    assert "two-sided" in record
    assert "Holm's method" in record


def test_a_difference_that_is_there_is_found() -> None:
    """Every woman names a theme, no man does: significant in a route of 200, and with its interval off zero."""
    book = shipped_codebook()
    n = 200
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{i:03d}" for i in range(n)], "text": [f"Some words about a matter {i}" for i in range(n)],
            "source": "Survey", "role": "public", "status": "analysed", "reason": "", "weight": np.nan,
            "campaign_id": "", "question": "", "gender": ["Female" if i % 2 else "Male" for i in range(n)],
        }
    )  # fmt: skip
    judged = pd.DataFrame(
        [
            {
                "project": "p", "comment_id": f"c{i:03d}", "text_hash": "", "theme_id": theme, "present": theme == "women" and i % 2 == 1,
                "positions": (), "reviewer": "a", "mode": "blind", "chosen": "random", "whole": True, "adjudicated": False,
                "decided_at": "2025-01-01T00:00:00", "decision_id": "", "text": "",
            }
            for i in range(n) for theme in book.theme_ids
        ]
    )  # fmt: skip
    made = report_of(comments, None, book, judged, by=("gender",))
    found = cell(made, "gender", "Survey", "Female", "women")
    assert (found["significant"], found["percent"], found["difference"]) == ("higher", 100.0, 100.0)
    assert found["difference_low"] > 80
    assert cell(made, "gender", "Survey", "Male", "women")["significant"] == "lower"
    assert cell(made, "gender", "Survey", "Male", "drugs")["significant"] == "could not"


def test_d7_a_weight_that_is_no_weight_names_its_rows(
    said: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    comments, judged = said
    polls = comments.index[
        (comments["source"] == "Boost Poll") & (comments["status"] == "analysed")
    ]
    for wrong in (0.0, -1.0, np.nan, np.inf):
        broken = comments.copy()
        broken.loc[polls[3], "weight"] = wrong
        with pytest.raises(CoderError, match=str(comments.loc[polls[3], "comment_id"])):
            report_of(broken, None, shipped_codebook(), judged)


def test_a_column_that_does_not_exist_is_named_with_the_nearest(
    said: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    comments, judged = said
    with pytest.raises(CoderError, match="gender"):
        report_of(comments, None, shipped_codebook(), judged, by=("gendr",))


def test_d5_pooled_counts_say_how_much_is_opt_in(report: Report) -> None:
    analysed = tables.analysed(example_comments())
    share = 100 * (analysed["source"] == "Talk London").mean()
    assert any(
        f"{share:.0f}% of the comments come from Talk London" in note for note in report.notes
    )


def test_b9_themes_that_go_together_are_counted(report: Report) -> None:
    carried = labels_by_id()
    pair = report.together.iloc[0]
    both = sum(pair["theme_id"] in t and pair["with_theme_id"] in t for t in carried.values())
    assert pair["n"] == both > 0


def test_d8_a_cell_that_nobody_carries_is_tested_exactly_and_not_marked(report: Report) -> None:
    """The weighted test does not exist for an empty cell: it once said p = 0 here."""
    empty = cell(report, "age", POLLS, "35-44", "stations")
    assert empty["n"] == 0
    assert empty["test"] == "Fisher's exact test"
    assert 0.05 < empty["p"] <= 1.0
    assert empty["significant"] not in ("higher", "lower")
    record = next(b.record for b in report.breakdowns if b.column == "age")
    assert any("Fisher's, of the unweighted counts" in note for note in record)


def test_d8_a_marked_cell_has_an_interval_that_leaves_out_zero(report: Report) -> None:
    for breakdown in report.breakdowns:
        marked = breakdown.cells[breakdown.cells["significant"].isin(["higher", "lower"])]
        assert ((marked["difference_low"] > 0) | (marked["difference_high"] < 0)).all()


def groups_of(sizes: dict[str, tuple[int, int]], **more: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Comments of groups (all, those on women's safety), every theme decided in each."""
    groups = [(group, at < n) for group, (base, n) in sizes.items() for at in range(base)]
    ids = [f"c{at:04d}" for at in range(len(groups))]
    comments = pd.DataFrame(
        {
            "comment_id": ids, "text": [f"Some words about matter {i}" for i in ids], "source": "Survey", "role": "public",
            "status": "analysed", "reason": "", "weight": np.nan, "campaign_id": "", "question": "",
            "gender": [group for group, _ in groups], **more,
        }
    )  # fmt: skip
    judged = pd.DataFrame(
        [
            {
                "project": "p", "comment_id": i, "text_hash": "", "theme_id": theme, "present": theme == "women" and has,
                "positions": (), "reviewer": "a", "mode": "blind", "chosen": "random", "whole": True, "adjudicated": False,
                "decided_at": "2025-01-01T00:00:00", "decision_id": "", "text": "",
            }
            for i, (_, has) in zip(ids, groups, strict=True) for theme in shipped_codebook().theme_ids
        ]
    )  # fmt: skip
    return comments, judged


def test_e5_two_groups_beside_a_third_have_tests_of_their_own() -> None:
    """Women against (men and a small group) is another test than men against (women and the small group)."""
    comments, judged = groups_of({"Female": (100, 50), "Male": (100, 50), "Other": (25, 0)})
    made = report_of(comments, None, shipped_codebook(), judged, by=("gender",), minimum_cell=0)
    tested = cells(made, "gender").query("test != ''")
    assert len(tested) == 2 * len(made.themes)
    ordered = np.sort(tested["p"].to_numpy())
    by_hand = np.minimum(
        np.maximum.accumulate(ordered * (len(ordered) - np.arange(len(ordered)))), 1.0
    )
    assert np.sort(tested["p_adjusted"].to_numpy()) == pytest.approx(by_hand)


def test_e4_a_difference_does_not_give_a_suppressed_group_away() -> None:
    """Beside missing answers the rest of a group is made of groups that are shown, and a lone cell is not hidden."""
    comments, judged = groups_of(
        {"Female": (100, 20), "Male": (90, 30), "Other": (8, 3), "Prefer not to say": (9, 2)}
    )
    made = report_of(comments, None, shipped_codebook(), judged, by=("gender",))
    found = cell(made, "gender", "Survey", "Female", "women")
    assert found["difference"] == pytest.approx(100 * (20 / 100 - 30 / 90))
    assert found["p_adjusted"] == cell(made, "gender", "Survey", "Male", "women")["p_adjusted"]
    notes = next(b.notes for b in made.breakdowns if b.column == "gender")
    assert any("left out of the rest" in note for note in notes)


def test_e4_no_cell_follows_from_a_difference_beside_missing_answers() -> None:
    """Three groups and missing answers: what the first differs from holds the two others together."""
    comments, judged = groups_of(
        {"Female": (100, 20), "Male": (90, 30), "Other": (40, 3), "Prefer not to say": (9, 7)}
    )
    made = report_of(comments, None, shipped_codebook(), judged, by=("gender",))
    women = cells(made, "gender").query("theme_id == 'women'")
    assert women.set_index("group")["hidden"].to_dict() == {
        "Female": "cell",
        "Male": "",
        "Other": "cell",
    }


def test_a_breakdown_with_every_group_suppressed_says_that_and_nothing_of_errors() -> None:
    comments, judged = groups_of({f"Area {n}": (9, 2) for n in range(12)})
    made = report_of(comments, None, shipped_codebook(), judged, by=("gender",))
    notes = " ".join(next(b.notes for b in made.breakdowns if b.column == "gender"))
    assert "all 12 groups (Survey)" in notes
    assert "No tests: no group has 30 comments." in notes
    assert "error of coding" not in notes


def test_answers_to_several_questions_are_broken_down_by_question() -> None:
    comments, judged = groups_of({"Female": (40, 20), "Male": (50, 10)})
    comments["question"] = comments["gender"].map(
        {"Female": "What went well?", "Male": "What did not?"}
    )
    made = report_of(comments, None, shipped_codebook(), judged, by=("question",))
    assert cell(made, "question", "Survey", "What went well?", "women")["percent"] == pytest.approx(
        50.0
    )
