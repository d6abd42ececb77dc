"""Generated sentences: an ordinal never stands without its range or its tie, and no figure is contradicted."""

import re
from pathlib import Path

import numpy as np
import pytest

from coder.errors import CoderError
from coder.exporting.writers import WRITERS, write_report
from coder.reporting import Report
from coder.reporting.sentences import theme_sentence
from report_helpers import report_of
from test_report_estimates import BOOK, N, judge, world


def sentences(report: Report) -> dict[str, str]:
    return {
        row["theme_id"]: theme_sentence(report, row)
        for row in report.themes.to_dict(orient="records")
        if not row["position_id"]
    }


def test_b13_no_ordinal_without_its_range() -> None:
    comments, labels, truth = world()
    coded = sentences(report_of(comments, labels, BOOK, None))
    assert all("most commonly" not in text for text in coded.values())
    drawn = np.arange(0, N, 5)
    audited = report_of(comments, labels, BOOK, judge(truth, drawn, "random"))
    for row in audited.themes[audited.themes["rank"].notna()].to_dict(orient="records"):
        text = theme_sentence(audited, row)
        assert "most commonly" in text
        assert "95% interval" in text
        assert ("anywhere from" in text) == (row["rank_low"] < row["rank_high"])


def test_b13_exact_near_ties_are_named_both_in_the_sentence_and_the_notes() -> None:
    comments, _, truth = world()
    truth[:, 1:3] = False
    truth[:100, 1] = True
    truth[:99, 2] = True
    report = report_of(comments, None, BOOK, judge(truth, np.arange(N), "listed"))
    text = sentences(report)["near"]
    assert f"99 of {N:,} comments" in text
    assert "One decision would change its order" in text
    assert any("Near ties" in note and "(100 and 99 comments)" in note for note in report.notes)
    assert not report.rank_ranges


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nobody_and_everybody_are_said_plainly(share: float) -> None:
    comments, _, truth = world()
    truth[:, 0] = share > 0
    report = report_of(comments, None, BOOK, judge(truth, np.arange(N), "listed"))
    row = report.themes[report.themes["theme_id"] == "big"].iloc[0]
    assert (row["n"], row["percent"]) == (share * N, 100 * share)
    assert f"({100 * share:.1f}%" in theme_sentence(report, row)


def test_e9_no_percentage_on_a_base_under_the_minimum(tmp_path: Path) -> None:
    comments, labels, truth = world()
    few = comments.head(29)
    judged = judge(truth, np.arange(29), "listed")
    report = report_of(few, labels[labels["comment_id"].isin(few["comment_id"])], BOOK, judged)
    assert (
        report.themes[["percent", "low", "high", "percent_Web", "percent_Post"]].isna().all().all()
    )
    assert report.themes["n"].notna().all()
    assert any(
        "No percentages are given: there are 29 comments in all" in note for note in report.notes
    )
    said = {name: text for name, text in sentences(report).items() if "most commonly" in text}
    assert said
    assert not any("%" in text or "nan" in text for text in said.values())
    for suffix in (writer.suffix for writer in WRITERS):
        write_report(report, tmp_path / f"t{suffix}")
    for name in ("t.md", "t.html", "t.csv", "t.svg"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert not re.search(r"\bnan\b|\(%|, %", text.lower()), name
    shown = report_of(few, None, BOOK, judged, minimum_base=29)
    assert shown.themes["percent"].notna().all()


def test_a_theme_that_nobody_mentioned_takes_no_place_in_words() -> None:
    comments, _, truth = world()
    truth[:, 3] = False
    report = report_of(comments, None, BOOK, judge(truth, np.arange(N), "listed"))
    assert sentences(report)["small"] == f"Mentioned in 0 of {N:,} comments (0.0%)."


def test_a_threshold_over_every_theme_is_refused_with_the_largest() -> None:
    comments, _, truth = world()
    judged = judge(truth, np.arange(N), "listed")
    with pytest.raises(CoderError, match=rf"the most common has {100 * truth[:, 0].mean():.1f}%"):
        report_of(comments, None, BOOK, judged, threshold="90%")
    with pytest.raises(CoderError, match=rf"the most common has {truth[:, 0].sum():,}\b"):
        report_of(comments, None, BOOK, judged, threshold="5000")


def test_without_an_analysed_comment_that_is_the_error() -> None:
    comments = world()[0].assign(status="excluded", reason="non_substantive")
    with pytest.raises(CoderError, match="no comment is analysed"):
        report_of(comments, None, BOOK, None)
