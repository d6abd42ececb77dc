"""The published table: Section I's counts, order, percentages and bases, through the store and the command."""

import csv
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.text import word_count
from export_helpers import RECEIVED, make_small_project
from spreadsheet_rules import faults_of, sheet_named
from spreadsheet_rules import rows_of as sheet_rows
from test_report_population import BESIDE, DRUGS, MAIN, SOURCES, make_project, population

PERCENT = [15.0, 13.7, 7.4, 7.3, 7.2, 6.9, 6.3, 6.2, 5.8, 5.4]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("section-one")
    project, codebook = make_project(folder)
    outputs = [folder / f"themes{suffix}" for suffix in (".csv", ".xlsx", ".md", ".json")]
    to = [part for path in outputs for part in ("--to", str(path))]
    result = CliRunner().invoke(app, ["export", str(project), "--codebook", str(codebook), *to])
    assert result.exit_code == 0, result.output
    assert "932 comments" in result.output
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_b4_main_themes_in_order_with_their_counts(exported: Path) -> None:
    main = [row for row in rows_of(exported / "themes.csv") if row["rank"]]
    assert [(row["theme_id"], int(row["n"])) for row in main] == list(MAIN.items())
    assert [int(row["rank"]) for row in main] == list(range(1, 11))


def test_b5_associated_themes_stand_under_their_parent_without_rank(exported: Path) -> None:
    rows = rows_of(exported / "themes.csv")
    for theme_id, (parent, count) in BESIDE.items():
        at = next(i for i, row in enumerate(rows) if row["theme_id"] == theme_id)
        assert (
            rows[at]["rank"],
            rows[at]["rank_low"],
            rows[at]["parent_id"],
            int(rows[at]["n"]),
        ) == (
            "",
            "",
            parent,
            count,
        )
        assert rows[at - 1]["theme_id"] == parent


def test_b6_percentages_of_932_with_one_decimal(exported: Path) -> None:
    rows = {(row["theme_id"], row["position_id"]): row for row in rows_of(exported / "themes.csv")}
    assert [rows[(theme_id, "")]["percent"] for theme_id in MAIN] == [f"{p:.1f}" for p in PERCENT]
    assert rows[("antisocial-behaviour", "")]["percent"] == "6.0"
    assert rows[("stations", "")]["percent"] == "3.4"


def test_b7_positions_of_drugs_per_source(exported: Path) -> None:
    rows = {(row["theme_id"], row["position_id"]): row for row in rows_of(exported / "themes.csv")}
    for source, (more, less) in DRUGS.items():
        assert int(rows[("drugs", "more")][f"n_{source}"]) == more
        assert int(rows[("drugs", "less")][f"n_{source}"]) == less
    order = [(row["theme_id"], row["position_id"]) for row in rows_of(exported / "themes.csv")]
    at = order.index(("drugs", ""))
    assert order[at + 1 : at + 3] == [("drugs", "more"), ("drugs", "less")]


def test_c2_counts_and_percentages_per_source(exported: Path) -> None:
    _, carried = population()
    source_of = population()[0].set_index("comment_id")["source"]
    for row in rows_of(exported / "themes.csv"):
        if row["position_id"]:
            continue
        for source, base in SOURCES.items():
            n = sum(
                row["theme_id"] in themes and source_of[c] == source
                for c, themes in carried.items()
            )
            assert (int(row[f"n_{source}"]), row[f"percent_{source}"]) == (
                n,
                f"{100 * n / base:.1f}",
            )
        assert sum(int(row[f"n_{source}"]) for source in SOURCES) == int(row["n"])


def test_b13_everything_reviewed_is_exact_and_near_ties_are_named(exported: Path) -> None:
    for row in rows_of(exported / "themes.csv"):
        assert row["low"] == row["percent"] == row["high"]
        assert row["rank"] == row["rank_low"] == row["rank_high"]
    notes = (exported / "themes.notes.txt").read_text(encoding="utf-8")
    assert "3rd to 5th (69, 68 and 67 comments)" in notes
    assert "Counts are exact" in notes


def test_b1_b2_bases_and_exclusions_stand_in_every_output(exported: Path) -> None:
    base = "932 comments analysed (Talk London 579, Representative Poll 242, BAME Boost Poll 111)"
    received = "The figures count 932 of 1,003 comments received: 71 are left out"
    texts = {
        "csv": (exported / "themes.notes.txt").read_text(encoding="utf-8"),
        "md": (exported / "themes.md").read_text(encoding="utf-8"),
        "json": (exported / "themes.json").read_text(encoding="utf-8"),
    }
    book = openpyxl.load_workbook(exported / "themes.xlsx")
    texts["xlsx"] = "\n".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
    )
    for kind, text in texts.items():
        assert base in text, kind
        assert received in text, kind
        assert "percentages can add up to more than 100" in text, kind


def test_b14_b15_quotes_are_verbatim_carry_their_theme_and_come_once(exported: Path) -> None:
    comments, carried = population()
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    seen: list[str] = []
    for row in rows_of(exported / "themes.csv"):
        assert row["quote_1"], row["theme_id"]
        for place in (1, 2):
            quote, comment_id = row[f"quote_{place}"], row[f"quote_{place}_id"]
            if not quote:
                continue
            seen.append(comment_id)
            assert quote.strip("… ") in texts[comment_id]
            assert 6 <= word_count(quote) <= 60
            themes = carried[comment_id]
            assert row["theme_id"] in themes
            assert not row["position_id"] or row["position_id"] in themes["drugs"]
    assert len(seen) == len(set(seen)) >= 20


def test_c2_c3_c4_sheets_are_numbered_and_hold_the_table_of_the_report(exported: Path) -> None:
    book = openpyxl.load_workbook(exported / "themes.xlsx")
    for number, sheet in enumerate(book.worksheets[3:], start=1):
        assert sheet.title.startswith(f"I{number} ")
        assert str(sheet["A1"].value).startswith(f"Table I{number}:")
    themes = sheet_named(book, "Themes")
    assert any(str(cell.value).startswith("Base: 932") for cell in themes["A"])
    rows = sheet_rows(themes)
    columns = ("Theme", "Kind", "Description", "n", "% of all", "Talk London: n", "Quote 1")
    assert set(columns) <= set(rows[0])
    kinds = [row["Kind"] for row in rows if row["Rank"] == "[z]"]
    assert kinds[:2] == ["Sub-theme of Visibility", "Sub-theme of Volume crime"]
    assert kinds[2:] == ["Position on Drugs"] * 2
    ranked = sheet_rows(sheet_named(book, "Ranked themes"))
    main = [row for row in ranked if row["Rank"] != "[z]"]
    assert [row["n"] for row in main] == list(MAIN.values())
    assert [row["% of all"] for row in main] == PERCENT
    assert faults_of(exported / "themes.xlsx") == []


def test_json_holds_the_same_table(exported: Path) -> None:
    tree = json.loads((exported / "themes.json").read_text(encoding="utf-8"))
    table = pd.read_csv(exported / "themes.csv", encoding="utf-8-sig")
    assert [row["n"] for row in tree["themes"]] == table["n"].tolist()


def test_decisions_alone_name_what_is_not_decided(tmp_path: Path) -> None:
    comments, carried = population()
    received = set(comments.head(RECEIVED)["comment_id"])
    analysed = sorted(received & set(carried))
    left = analysed[-2:]
    project, codebook = make_small_project(tmp_path, only=len(analysed) - 2)
    result = CliRunner().invoke(
        app,
        ["export", str(project), "--codebook", str(codebook), "--to", str(tmp_path / "themes.csv")],
    )
    assert result.exit_code == 0, result.output
    notes = (tmp_path / "themes.notes.txt").read_text(encoding="utf-8")
    assert (
        f"2 comments in the base were neither decided nor coded and carry no theme: {', '.join(left)}"
        in notes
    )
    assert "the intervals run from none to all of the comments not decided" in notes
    for row in rows_of(tmp_path / "themes.csv"):
        assert float(row["low"]) == float(row["percent"]), "nothing is known of the two"
        width = float(row["high"]) - float(row["low"])
        assert width == pytest.approx(200 / len(analysed), abs=0.11)
