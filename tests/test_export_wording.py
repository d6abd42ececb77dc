"""Generated sentences: an ordinal never stands without its range or its tie, and no figure is contradicted."""

import numpy as np
import pytest
from test_export_audit import BOOK, N, judge, world

from coder.export import Report, build_report
from coder.export.wording import theme_sentence


def sentences(report: Report) -> dict[str, str]:
    return {
        row["theme_id"]: theme_sentence(report, row)
        for row in report.themes.to_dict(orient="records")
        if not row["position_id"]
    }


def test_b13_no_ordinal_without_its_range() -> None:
    comments, labels, truth = world()
    coded = sentences(build_report(comments, labels, BOOK, None))
    assert all("most commonly" not in text for text in coded.values())
    drawn = np.arange(0, N, 5)
    audited = build_report(comments, labels, BOOK, judge(truth, drawn, "random"), calibrated=True)
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
    report = build_report(comments, None, BOOK, judge(truth, np.arange(N), "listed"))
    text = sentences(report)["near"]
    assert f"99 of {N:,} comments" in text
    assert "One decision would change its order" in text
    assert any("Near ties" in note and "(100 and 99 comments)" in note for note in report.notes)
    assert not report.rank_ranges


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nobody_and_everybody_are_said_plainly(share: float) -> None:
    comments, _, truth = world()
    truth[:, 0] = share > 0
    report = build_report(comments, None, BOOK, judge(truth, np.arange(N), "listed"))
    row = report.themes[report.themes["theme_id"] == "big"].iloc[0]
    assert (row["n"], row["percent"]) == (share * N, 100 * share)
    assert f"({100 * share:.1f}%" in theme_sentence(report, row)
