"""What the counts are stands under the title, notes agree with the facts, and equal counts share a rank."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.exporting.writers import write_report
from coder.project import Project
from coder.reporting import Report
from coder.reporting.coded_matrix import code_comments
from coder.reporting.notes.base import process_note
from coder.reporting.notes.quotes import quote_note
from coder.reporting.notes.reviews import review_note
from coder.reporting.sentences import theme_sentence
from coder.statistics.reviewed_comments import Reviews
from report_helpers import report_of
from test_report_estimates import BOOK, N, judge, world

FIRST_GUESS = "First guess by the program, not for publication"
GUESS = f"{FIRST_GUESS}: no comment drawn at random has been reviewed"
WARNING = "NOT FOR PUBLICATION: first guess by the program"


def made(judgements: pd.DataFrame | None, *, labelled: bool = True) -> Report:
    comments, labels, _ = world()
    return report_of(comments, labels if labelled else None, BOOK, judgements)


def said(rows: int, chosen: str) -> pd.DataFrame:
    return judge(world()[2], np.arange(rows), chosen)


@pytest.mark.parametrize(
    ("judgements", "labelled", "wanted"),
    [
        (None, True, f"{GUESS}."),
        (said(3, "targeted"), True, f"{GUESS} (reviewers decided 3 of {N:,} comments, none drawn at random)."),
        (said(8, "random"), True, f"{FIRST_GUESS}: reviewers decided 8 of {N:,} "
         "comments, 8 of them drawn at random, and an interval needs 30."),
        (said(40, "random"), True, "Estimated with 95% intervals, from 40 comments drawn at random and reviewed."),
        (said(9, "listed"), False, f"Partly reviewed: reviewers decided 9 of {N:,} comments, and only those are counted."),
        (said(N, "listed"), False, "Exact: every comment was decided by a reviewer."),
    ],
)  # fmt: skip
def test_e6_what_the_counts_are_is_said_in_one_line(
    judgements: pd.DataFrame | None, labelled: bool, wanted: str
) -> None:
    report = made(judgements, labelled=labelled)
    assert report.standing == wanted
    assert report.intervals == wanted.startswith("Estimated")


def test_e6_every_writer_says_it_under_the_title_and_above_the_table(tmp_path: Path) -> None:
    report = made(None)
    for suffix in ("csv", "md", "html", "docx", "xlsx"):
        write_report(report, tmp_path / f"themes.{suffix}")
    notes = (tmp_path / "themes.notes.txt").read_text(encoding="utf-8").splitlines()
    assert notes[:2] == [WARNING, f"{GUESS}."]
    lines = [
        line for line in (tmp_path / "themes.md").read_text(encoding="utf-8").splitlines() if line
    ]
    assert lines[:3] == [f"**{WARNING}**", "# Plan", f"*{GUESS}.*"]
    page = (tmp_path / "themes.html").read_text(encoding="utf-8")
    assert page.index("<h1>Plan</h1>") < page.index(GUESS) < page.index("<table")
    assert page.split("</h1>", 1)[1].startswith('<p class="standing">')
    paragraphs = [p.text for p in docx.Document(str(tmp_path / "themes.docx")).paragraphs]
    assert paragraphs[:3] == [WARNING, "Plan", f"{GUESS}."]
    book = openpyxl.load_workbook(tmp_path / "themes.xlsx")
    assert [cell.value for cell in book["Cover"]["A"]][:4] == [
        "Plan",
        WARNING,
        "What the figures are",
        f"{GUESS}.",
    ]
    assert [cell.value for cell in book["I2 Ranked themes"]["A"]][1:3] == [WARNING, f"{GUESS}."]


def test_no_page_of_a_first_guess_can_be_taken_for_a_result(tmp_path: Path) -> None:
    report = replace(made(None), breakdowns=())
    for suffix in ("csv", "md", "html", "docx", "xlsx", "svg", "json"):
        write_report(report, tmp_path / f"themes.{suffix}")
    with (tmp_path / "themes.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["warning"] for row in csv.DictReader(file)} == {WARNING}
    for name in ("themes.html", "themes.svg"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        for chart in text.split("<svg")[1:]:
            assert chart.split("</svg>")[0].count("NOT FOR PUBLICATION") >= 3
    for sheet in openpyxl.load_workbook(tmp_path / "themes.xlsx").worksheets:
        assert WARNING in [cell.value for cell in sheet["A"]][:4]
        assert WARNING in sheet.oddHeader.center.text
    header = docx.Document(str(tmp_path / "themes.docx")).sections[0].header
    assert header.paragraphs[0].text == WARNING
    assert json.loads((tmp_path / "themes.json").read_text())["warning"] == WARNING


def test_figures_with_intervals_carry_no_warning(tmp_path: Path) -> None:
    report = made(said(40, "random"))
    for suffix in ("csv", "md", "html", "docx", "xlsx", "svg"):
        write_report(report, tmp_path / f"themes.{suffix}")
    assert report.warning == ""
    for name in ("themes.csv", "themes.notes.txt", "themes.md", "themes.html", "themes.svg"):
        assert "NOT FOR PUBLICATION" not in (tmp_path / name).read_text(encoding="utf-8")
    workbook = openpyxl.load_workbook(tmp_path / "themes.xlsx")
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert not any("NOT FOR PUBLICATION" in str(cell.value) for cell in cells)
    assert not any(sheet.oddHeader.center.text for sheet in workbook)


def test_e6_the_terminal_says_it_above_the_table(tmp_path: Path) -> None:
    comments, labels, _ = world()
    source = tmp_path / "answers.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "comment"])
        writer.writerows(comments[["comment_id", "text"]].itertuples(index=False, name=None))
    run = CliRunner()
    folder = tmp_path / "answers"
    read = run.invoke(
        app, ["read", str(source), "--text", "comment", "--id", "id", "--into", str(folder)]
    )
    assert read.exit_code == 0, read.output
    Project(folder).write_labels(labels)
    book = tmp_path / "book.yaml"
    book.write_text(
        "title: Plan\nthemes:\n"
        + "".join(f"  - {{id: {t.id}, name: {t.name}}}\n" for t in BOOK.themes[:4])
    )
    shown = run.invoke(
        app, ["export", str(folder), "--codebook", str(book), "--to", str(tmp_path / "out.csv")]
    )
    assert shown.exit_code == 0, shown.output
    assert "NOT FOR PUBLICATION: first guess by the program." in shown.output
    assert shown.stdout.splitlines()[:2] == ["Plan", f"{GUESS}."]
    assert f"coder review {folder} --codebook {book} --reviewer NAME --start" in shown.output
    assert "PROJECT" not in shown.output


def test_one_of_eight_left_unsure_is_explained() -> None:
    judgements = said(8, "random")
    unsure = (judgements["comment_id"] == "c0003") & (judgements["theme_id"] == "small")
    notes = " ".join(made(judgements[~unsure]).notes)
    assert (
        "8 comments drawn at random were reviewed, but only 7 of them on all themes (in 1 a theme was left unsure"
        in notes
    )


def test_decisions_of_a_table_are_not_said_to_have_seen_suggestions() -> None:
    comments, labels, _ = world()
    table = said(5, "listed").assign(mode="assisted")
    note = review_note(code_comments(comments, labels, Reviews(table), BOOK), table)
    assert "suggestions shown" not in note
    assert "5 from a table" in note


def test_copies_are_not_said_to_be_chosen_by_the_queue() -> None:
    comments, labels, _ = world()
    judgements = said(3, "targeted")
    times = {
        "c0000": "T10:00:00.000+00:00",
        "c0001": "T10:00:00.001+00:00",
        "c0002": "T10:05:00.000+00:00",
    }
    judgements["decided_at"] = ["2025-01-01" + times[c] for c in judgements["comment_id"]]
    note = review_note(code_comments(comments, labels, Reviews(judgements), BOOK), judgements)
    assert "2 chosen by the queue" in note
    assert "1 decided as copies of another" in note


def test_comments_about_the_process_do_not_read_as_if_the_others_did_not_count() -> None:
    comments, labels, _ = world()
    comments["about_process"] = ["1" if i < 3 else "" for i in range(N)]
    assert process_note(code_comments(comments, labels, Reviews(), BOOK)) == (
        f"3 analysed comments are about the consultation itself; they count like the other {N - 3:,}."
    )


def test_rows_without_a_quote_are_named() -> None:
    comments, labels, _ = world()
    report = made(None)
    quotes = report.quotes
    removed = (quotes["theme_id"] == "big") | (quotes["position_id"] == "against")
    matrix = code_comments(comments, labels, Reviews(), BOOK)
    note = quote_note(quotes[~removed], report.themes, matrix)
    # Every comment for one position is coded with the other too, and so illustrates neither.
    assert note.endswith("No suitable quote for Big, Two: For and Two: Against.")


def test_b13_equal_counts_share_a_rank() -> None:
    comments, _, truth = world()
    truth[:, :5] = False
    truth[:, 5:] = False
    truth[:172, :2] = True
    truth[:9, 2] = True
    report = report_of(comments, None, BOOK, judge(truth, np.arange(N), "listed"))
    assert list(
        report.themes.loc[report.themes["rank"].notna(), ["n", "rank"]].itertuples(
            index=False, name=None
        )
    ) == [(172, 1), (172, 1), (9, 3), (0, 4), (0, 4)]
    near = next(note for note in report.notes if "equal counts" in note)
    assert near == "Themes with equal counts share a rank: 1st (2 themes with 172 comments each)."
    rows = {
        row["theme_id"]: row
        for row in report.themes.to_dict(orient="records")
        if not row["position_id"]
    }
    assert "Equal with Middle." in theme_sentence(report, rows["big"])
    assert "Equal" not in theme_sentence(report, rows["small"])
