"""The quality report: its statements, and the grade of each theme with its reasons."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import Codebook, Position, Theme
from coder.exporting.annex import annex
from coder.exporting.quality_document import TITLE, quality_document
from coder.exporting.to_markdown import as_markdown
from coder.reporting import Report
from coder.reporting.grades import HIGH, LOW, MODERATE, NOT_KNOWN, Coding, ThemeMeasures, grade_of
from export_helpers import RECEIVED, make_small_project
from report_helpers import report_of

BOOK = Codebook(title="Streets", themes=(Theme(id="a", name="A"),))
GOOD = ThemeMeasures(
    relative_error=10.0,
    is_read=False,
    reviewed=200,
    drawn=200,
    found=40,
    disputed=0,
    alpha=0.9,
    twice=60,
    coding=Coding(0.9, 40, 0.8, 45),
    stale=False,
)
READ = {"is_read": True, "relative_error": 0.0, "coding": None, "drawn": 0}


@pytest.mark.parametrize(
    ("change", "grade", "reason"),
    [
        ({}, HIGH, "± 20% of the count; alpha 0.90; precision 0.90, recall 0.80"),
        (READ, HIGH, "every comment was read"),
        ({"relative_error": 16.7}, MODERATE, "± 33% of the count"),
        ({"relative_error": 33.4}, LOW, "± 65% of the count"),
        ({"relative_error": float("inf")}, LOW, "± over 100% of the count"),
        ({"relative_error": float("nan")}, NOT_KNOWN, "no interval"),
        ({"alpha": float("nan")}, MODERATE, "agreement not measured"),
        ({"twice": 29}, MODERATE, "agreement measured in 29 comments alone"),
        ({"alpha": 0.79}, MODERATE, "alpha 0.79"),
        ({"alpha": 0.796}, HIGH, "alpha 0.80"),
        ({"alpha": 0.66}, LOW, "alpha 0.66"),
        (READ | {"alpha": 0.5}, LOW, "alpha 0.50"),
        ({"coding": None}, MODERATE, "errors of the program not measured"),
        ({"coding": Coding(1.0, 9, 1.0, 9)}, MODERATE, "few checked (9 given, 9 found)"),
        ({"coding": Coding(0.69, 40, 0.9, 40)}, MODERATE, "precision 0.69, recall 0.90"),
        ({"found": 0}, LOW, "coded from words alone"),
        ({"drawn": 99}, MODERATE, "99 random reviews"),
        ({"disputed": 3}, MODERATE, "3 comments in dispute"),
        ({"disputed": 2}, HIGH, "alpha 0.90"),
        ({"stale": True}, MODERATE, "codebook changed since the coding"),
    ],
)
def test_the_grade_is_the_lowest_that_a_reason_allows(
    change: dict, grade: str, reason: str
) -> None:
    found, reasons = grade_of(GOOD.__class__(**{**vars(GOOD), **change}))
    assert found == grade
    assert reason in "; ".join(reasons)


def frame(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "comment_id": [f"c{i:04d}" for i in range(n)], "text": [f"Comment {i} about a street" for i in range(n)],
            "source": "poll", "role": "public", "status": "analysed", "reason": "", "weight": np.nan,
            "campaign_id": "", "question": "",
        }
    )  # fmt: skip


def label(probability: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "comment_id": [f"c{i:04d}" for i in range(len(probability))], "theme_id": "a", "position_id": "",
            "probability": probability, "assigned": probability > 0.5, "origin": "model", "evidence": "",
            "evidence_start": -1, "evidence_end": -1, "codebook_version": "1",
        }
    )  # fmt: skip


def judge(truth: np.ndarray, rows: np.ndarray) -> pd.DataFrame:
    """Blind decisions of one reviewer on comments drawn at random."""
    return pd.DataFrame(
        {
            "project": "p", "comment_id": [f"c{i:04d}" for i in rows], "text_hash": "", "theme_id": "a",
            "present": truth[rows], "positions": [()] * len(rows), "reviewer": "a", "mode": "blind",
            "chosen": "random", "whole": True, "adjudicated": False, "decided_at": "2025-01-01",
            "decision_id": "", "text": "",
        }
    )  # fmt: skip


def statements(report: Report) -> dict[str, str]:
    return {each.topic: each.text for each in report.quality.statements}


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The quality report of a project whose every comment was decided, as JSON."""
    project, codebook = make_small_project(tmp_path_factory.mktemp("quality"))
    out = project.parent / "quality.json"
    command = ["export", str(project), "--codebook", str(codebook), "--quality", "--quiet"]
    done = CliRunner().invoke(
        app, [*command, "--to", str(out), "--to", str(out.with_suffix(".docx"))]
    )
    assert done.exit_code == 0, done.output
    return json.loads(out.read_text(encoding="utf-8"))


def test_every_topic_is_told_from_the_reports_own_figures(exact: dict) -> None:
    told = exact["quality"]["statements"]
    assert list(told) == [
        "Purpose", "Sources", "Base", "Response", "Exclusions", "Coding", "Agreement", "Error of the program",
        "Uncertainty", "Disclosure", "Revisions", "Limits",
    ]  # fmt: skip
    base = int(exact["base"].split()[1].replace(",", ""))
    assert f"{base} of {RECEIVED} answers received" in told["Response"]
    assert told["Coding"] == f"1 reviewer decided {base} of {base} comments on every theme."
    assert told["Agreement"].startswith("Not measured")
    assert told["Error of the program"] == "No program coded the comments."
    grades = exact["quality"]["grades"]
    assert {row["grade"] for row in grades} == {MODERATE}  # nobody read them a second time
    assert {row["reasons"] for row in grades} == {"agreement not measured"}


def test_what_was_not_measured_is_told_as_such() -> None:
    """A first guess by the program alone."""
    truth = np.arange(200) % 5 == 0
    report = report_of(frame(200), label(np.where(truth, 0.9, 0.1)), BOOK)
    told = statements(report)
    assert "No reviewer has decided anything." in told["Coding"]
    assert told["Error of the program"].startswith("Not measured")
    assert "1 row of the theme table has no interval" in told["Uncertainty"]
    (grade,) = report.quality.grades.to_dict("records")
    assert grade["grade"] == NOT_KNOWN
    assert pd.isna(grade["relative_error"])
    document = as_markdown(quality_document(report))
    assert TITLE in document
    assert "NOT FOR PUBLICATION" in document


def test_precision_and_recall_are_those_of_the_random_blind_reviews() -> None:
    truth = np.arange(400) % 5 == 0
    given = np.where(np.arange(400) % 20 == 0, False, truth)  # misses a quarter
    given[1:40:4] = True  # and gives ten wrongly
    rows = np.arange(0, 200)
    report = report_of(frame(400), label(np.where(given, 0.9, 0.1)), BOOK, judge(truth, rows))
    (grade,) = report.quality.grades.to_dict("records")
    both = int((truth & given)[rows].sum())
    assert (grade["precision_base"], grade["recall_base"]) == (given[rows].sum(), truth[rows].sum())
    assert grade["precision"] == pytest.approx(both / given[rows].sum())
    assert grade["recall"] == pytest.approx(both / truth[rows].sum())
    theme = report.themes.iloc[0]
    error = (theme["high"] - theme["low"]) / (2 * 1.959964) / theme["percent"] * 100
    assert grade["relative_error"] == pytest.approx(error, rel=1e-4)
    assert "precision" in statements(report)["Error of the program"]


def test_positions_are_measured_beside_the_themes() -> None:
    truth = np.arange(120) % 3 == 0
    position = Position(id="more", name="More")
    book = Codebook(title="Streets", themes=(Theme(id="a", name="A", positions=(position,)),))
    of_theme = label(np.where(truth, 0.9, 0.1))
    given = np.arange(120) % 4 == 0
    labels = pd.concat([of_theme, label(np.where(given, 0.9, 0.1)).assign(position_id="more")])
    named = [("more",) if row % 6 == 0 else () for row in range(120)]
    judged = judge(truth, np.arange(120)).assign(positions=named)
    told = statements(report_of(frame(120), labels, book, judged))["Error of the program"]
    assert "Over their positions precision 0.33 of 30 given and recall 0.50 of 20 found." in told
    without = statements(report_of(frame(120), labels, book, judged.assign(positions=[()] * 120)))
    assert "positions" not in without["Error of the program"]


def test_the_annex_ends_with_the_quality_of_its_figures() -> None:
    truth = np.arange(60) % 3 == 0
    report = report_of(frame(60), label(np.where(truth, 0.9, 0.1)), BOOK)
    assert annex(report).parts[-1].title == TITLE
