"""Two consultations with one codebook: shares, change, interval."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.exporting.report_grids import waves_grid
from coder.project import Project, Settings
from coder.reporting import Inputs
from report_helpers import report_of
from test_report_estimates import BOOK, judge, world
from test_report_population import decide, make_project, population

SPRING = Settings(name="spring")


def test_the_change_and_its_interval() -> None:
    comments, labels, truth = world()
    then_comments, then_labels, then_truth = world(9)
    then_truth[:, 0] &= np.arange(len(then_truth)) % 2 == 0  # half as many said it then
    everything = np.arange(len(truth))
    judged_then = judge(then_truth, everything, "listed")
    earlier = Inputs(then_comments, then_labels, BOOK, judged_then, SPRING)
    report = report_of(comments, labels, BOOK, judge(truth, everything, "listed"), earlier=earlier)
    assert report.waves is not None
    table = report.waves.set_index(["theme_id", "position_id"])
    big = table.loc[("big", "")]
    assert big["change"] == pytest.approx(100 * (truth[:, 0].mean() - then_truth[:, 0].mean()))
    assert big["change_low"] < big["change"] < big["change_high"]
    assert big["significant"] == "higher"
    assert table.loc[("near", ""), "significant"] == "no"
    assert any("Compared with spring" in note for note in report.notes)


def test_no_test_where_coding_is_not_checked() -> None:
    comments, labels, truth = world()
    then_comments, then_labels, _ = world(9)
    earlier = Inputs(then_comments, then_labels, BOOK, settings=SPRING)
    drawn = np.arange(0, 1200, 4)
    report = report_of(comments, labels, BOOK, judge(truth, drawn, "random"), earlier=earlier)
    assert report.waves is not None
    assert (report.waves["test"] == "").all()
    assert report.waves["change"].notna().all()
    assert any("error of coding is not known in one of the two" in note for note in report.notes)


def test_the_command_compares_two_projects(tmp_path: Path) -> None:
    folder, codebook = make_project(tmp_path)
    comments, carried = population(5)
    half = {c: themes for c, themes in carried.items() if c.startswith("TL")}
    then = Project(tmp_path / "earlier")
    then.write_settings(Settings(name="earlier"))
    then.write(then.settings(), comments[comments["comment_id"].isin(half)])
    decide(comments, half, codebook, "earlier", reviewer="ben")
    to = tmp_path / "out" / "themes"
    files = [
        part
        for suffix in (".csv", ".xlsx", ".html", ".md", ".json")
        for part in ("--to", f"{to}{suffix}")
    ]
    done = CliRunner().invoke(
        app,
        ["export", str(folder), "--codebook", str(codebook), "--before", str(then.folder), *files],
    )
    assert done.exit_code == 0, done.output
    with (tmp_path / "out" / "themes.waves.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(r["theme_id"], r["position_id"]): r for r in csv.DictReader(file)}
    assert rows[("misconduct", "")]["base_before"] == "579"
    assert rows[("misconduct", "")]["base"] == "932"
    notes = (tmp_path / "out" / "themes.notes.txt").read_text(encoding="utf-8")
    assert "The two were not made of the same sources" in notes
    assert "Before and now" in (tmp_path / "out" / "themes.md").read_text(encoding="utf-8")
    pack = CliRunner().invoke(
        app,
        [
            "export",
            str(folder),
            "--codebook",
            str(codebook),
            "--before",
            str(then.folder),
            "--to",
            str(tmp_path / "p.zip"),
        ],
    )
    assert "audit pack holds one consultation" in str(pack.exception)
    words = [
        "export",
        str(folder),
        "--codebook",
        str(codebook),
        "--before",
        str(folder / "."),
        *files,
    ]
    itself = CliRunner().invoke(app, words)
    assert "is the project that is exported" in str(itself.exception)
    assert isinstance(rows, dict)
    assert pd.notna(rows[("drugs", "more")]["change"])


def test_e9_no_percentage_where_one_consultation_is_too_small() -> None:
    comments, labels, truth = world()
    few = np.arange(12)
    judged_then = judge(truth, few, "listed")
    earlier = Inputs(comments.head(12), labels.head(12 * 7), BOOK, judged_then, SPRING)
    report = report_of(
        comments, None, BOOK, judge(truth, np.arange(len(truth)), "listed"), earlier=earlier
    )
    assert report.waves is not None
    empty = ["percent_before", "percent", "change", "change_low", "change_high", "p", "p_adjusted"]
    assert report.waves[empty].isna().all().all()
    assert report.waves["base_before"].tolist() == [12] * len(report.waves)
    assert any("nothing is compared" in note for note in report.notes)
    grid = waves_grid(report)
    assert grid is not None
    assert all(row.texts[1:] == ("–", "–", "–", "") for row in grid.rows)
