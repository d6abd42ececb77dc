"""Weighted figures through the commands: extreme weights, and two consultations with weights."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import Codebook, Theme
from coder.project import Project, Settings
from coder.reporting import Inputs, Report
from coder.statistics import tests
from coder.statistics.weighting import sample_share
from report_helpers import report_of
from test_report_population import decide

BOOK = (
    "title: Plan\nversion: 1\nthemes:\n  - {id: parks, name: Parks}\n  - {id: roads, name: Roads}\n"
)


def read_survey(
    folder: Path, name: str, weights: list[str], routes: list[str] | None = None
) -> Path:
    """A project of made-up comments: every third carries `parks`, decided by a reviewer."""
    survey = folder / f"{name}.csv"
    with survey.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "comment", "gender", "source", "weight"])
        for number, weight in enumerate(weights):
            text = f"Open the park at night in street {number} please"
            route = routes[number] if routes else "Poll"
            writer.writerow([f"c{number:03}", text, "FM"[number % 2], route, weight])
    book = folder / "book.yaml"
    book.write_text(BOOK, encoding="utf-8")
    project = folder / name
    run("read", str(survey), "--into", str(project))
    comments = Project(project).comments
    carried: dict[str, dict[str, tuple[str, ...]]] = {}
    for number, comment_id in enumerate(comments["comment_id"]):
        carried[comment_id] = {"parks": ()} if number % 3 == 0 else {}
    decide(comments, carried, book, name)
    return project


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, na_values=[""])


# ---------------------------------------------------------------- extreme weights


def test_row_13_one_weight_of_a_thousand_million(tmp_path: Path) -> None:
    """It published 100.0 % [100.0, 100.0] from an effective base of 47,619,051, all significant."""
    project = read_survey(tmp_path, "poll", ["1000000000", *["1"] * 59])
    to = tmp_path / "t.csv"
    said = run(
        "export", str(project), "--codebook", str(tmp_path / "book.yaml"), "--by", "gender",
        "--minimum-base", "10", "--to", str(to),
    )  # fmt: skip
    notes = (tmp_path / "t.notes.txt").read_text(encoding="utf-8")
    for place in (said, notes):
        assert "A few comments have nearly all the weight of Poll" in place
    assert "c000 (1,000,000,000)" in notes
    for name in ("route", "gender"):
        cells = table(tmp_path / f"t.by-{name}.csv")
        assert (cells["effective_base"] <= cells["base"] + 1e-9).all()
        assert cells["test"].isna().all()
        heavy = cells[cells["group"] != "M"]
        assert heavy[["low", "high"]].isna().all().all()
    light = cells[cells["group"] == "M"]
    assert light[["low", "high"]].notna().all().all()


def test_sources_of_one_route_with_weights_on_different_scales_are_told(tmp_path: Path) -> None:
    weights = ["0.9", "1.1"] * 20 + ["900", "1100"] * 20
    project = read_survey(tmp_path, "poll", weights, ["Poll"] * 40 + ["Boost"] * 40)
    book = str(tmp_path / "book.yaml")
    # No note is in a chart, so the terminal has them all.
    said = run("export", str(project), "--codebook", book, "--to", str(tmp_path / "t.svg"))
    assert "The weights of Boost are 1,000 times those of Poll on average" in said


# ---------------------------------------------------------------- two consultations

THEMES = Codebook(title="Plan", version=1, language="en", themes=(Theme(id="big", name="Big"), Theme(id="new", name="New")))  # fmt: skip


class Wave:
    """Comments of one consultation, what they carry, and the judgements that say so."""

    def __init__(self, n: int, share: float, seed: int, *, weighted: str = "") -> None:
        rng = np.random.default_rng(seed)
        self.carries = rng.random(n) < share
        self.new = np.zeros(n, bool)  # what is said of the second theme
        self.weights = np.exp(0.6 * rng.standard_normal(n)) * (1 + self.carries)
        ids = [f"c{number:04}" for number in range(n)]
        source = np.where(np.arange(n) % 2 == 0, "Poll", "Web")
        has_weight = np.isin(source, weighted.split())
        self.weights = np.where(has_weight, self.weights, np.nan)
        texts = [f"Comment number {number} on the matter" for number in range(n)]
        self.comments = pd.DataFrame(
            {
                "comment_id": ids, "text": texts, "source": source, "role": "public", "status": "analysed", "reason": "",
                "weight": self.weights, "campaign_id": "", "question": "",
            }
        )  # fmt: skip

    def judgements(self, rows: np.ndarray, chosen: str) -> pd.DataFrame:
        return pd.DataFrame(
            [
                {
                    "project": "p", "comment_id": f"c{row:04}", "text_hash": "", "theme_id": theme,
                    "present": bool((self.carries if theme == "big" else self.new)[row]), "positions": (), "reviewer": "a", "mode": "blind",
                    "chosen": chosen, "whole": True, "adjudicated": False, "decided_at": "2025-01-01", "decision_id": "", "text": "",
                }
                for row in rows for theme in ("big", "new")
            ]
        )  # fmt: skip

    def all_judged(self) -> pd.DataFrame:
        return self.judgements(np.arange(len(self.carries)), "listed")


def compare(now: Wave, before: Wave) -> Report:
    earlier = Inputs(before.comments, None, THEMES, before.all_judged(), Settings(name="spring"))
    return report_of(now.comments, None, THEMES, now.all_judged(), earlier=earlier)


def big(report: Report) -> pd.Series:
    assert report.waves is not None
    return report.waves.set_index("theme_id").loc["big"]


def text_of(report: Report) -> str:
    return " ".join(report.notes)


def test_two_weighted_consultations_are_compared_with_their_weights() -> None:
    now, before = Wave(400, 0.3, 1, weighted="Poll Web"), Wave(300, 0.2, 2, weighted="Poll Web")
    report = compare(now, before)
    found = big(report)
    assert found["percent"] == pytest.approx(100 * np.average(now.carries, weights=now.weights))
    assert found["percent_before"] == pytest.approx(
        100 * np.average(before.carries, weights=before.weights)
    )
    counts = [
        tests.count_weights(wave.carries, wave.weights / wave.weights.mean())
        for wave in (now, before)
    ]
    expected = tests.two_weighted_shares(*counts)
    assert (found["test"], found["p"]) == ("Rao-Scott test", pytest.approx(expected.p))
    shares = []
    for wave in (now, before):
        read = np.ones(len(wave.carries), bool)
        nothing = np.full(len(wave.carries), np.nan)
        shares.append(sample_share(wave.carries, read, read, nothing, wave.weights))
    low, high = tests.difference_interval(*shares)
    assert (found["change_low"], found["change_high"]) == pytest.approx((100 * low, 100 * high))
    assert "Percentages, changes and tests are weighted in both." in text_of(report)
    assert "The theme table is not weighted, so its percentages differ" in text_of(report)


def test_weights_in_one_consultation_only_are_told() -> None:
    weighted, plain = Wave(400, 0.3, 1, weighted="Poll"), Wave(300, 0.2, 2)
    later = compare(weighted, plain)
    assert "Only the later consultation has weights" in text_of(later)
    assert "In the later one, the comments of Web have no weights and count once each" in text_of(
        later
    )
    assert big(later)["percent_before"] == pytest.approx(100 * plain.carries.mean())
    own = np.nan_to_num(weighted.weights / np.nanmean(weighted.weights), nan=1.0)
    assert big(later)["percent"] == pytest.approx(100 * np.average(weighted.carries, weights=own))
    earlier = compare(plain, weighted)
    assert "Only the earlier consultation has weights" in text_of(earlier)
    neither = compare(plain, Wave(300, 0.2, 3))
    assert "Neither is weighted." in text_of(neither)
    assert big(neither)["test"] == "chi-square test"


def test_a_theme_that_nobody_raised_before_is_tested_by_counts() -> None:
    now, before = Wave(400, 0.3, 1, weighted="Poll"), Wave(300, 0.2, 2, weighted="Poll")
    now.new = now.carries
    report = compare(now, before)
    assert report.waves is not None
    found = report.waves.set_index("theme_id").loc["new"]
    exact = tests.fisher(int(now.new.sum()), 400, 0, 300)
    assert (found["test"], found["p"]) == (exact.name, pytest.approx(exact.p))
    assert found["percent_before"] == 0
    assert found["significant"] == "higher"


def test_an_earlier_consultation_of_one_heavy_comment_gives_no_test() -> None:
    before = Wave(300, 0.2, 2, weighted="Poll Web")
    before.comments.loc[7, "weight"] = 1e9
    report = compare(Wave(400, 0.3, 1, weighted="Poll"), before)
    assert report.waves is not None
    assert report.waves[["change_low", "change_high", "p"]].isna().all().all()
    assert "In the earlier consultation: " in text_of(report)
    assert "c0007 (1,000,000,000)" in text_of(report)


def test_estimated_weighted_shares_are_compared_with_student_s_quantile() -> None:
    now, before = Wave(400, 0.3, 1, weighted="Poll Web"), Wave(300, 0.2, 2)
    drawn = np.random.default_rng(3).choice(400, 150, replace=False)
    labels = pd.DataFrame(
        {
            "comment_id": np.repeat(now.comments["comment_id"], 2), "theme_id": ["big", "new"] * 400, "position_id": "",
            "probability": 0.25, "assigned": False, "origin": "model", "evidence": "", "evidence_start": -1,
            "evidence_end": -1, "codebook_version": "1",
        }
    )  # fmt: skip
    earlier = Inputs(before.comments, None, THEMES, before.all_judged(), Settings(name="spring"))
    report = report_of(
        now.comments,
        labels,
        THEMES,
        now.judgements(drawn, "random"),
        earlier=earlier,
    )
    found = big(report)
    assert found["test"] == "t-test with the error of coding"
    truth = 100 * (np.average(now.carries, weights=now.weights) - before.carries.mean())
    assert found["change_low"] < truth < found["change_high"]
