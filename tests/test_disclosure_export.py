"""What a reader can work out from exported files: the attacks by subtraction, and nothing hidden left in a file."""

import json
import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from docx import Document
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import Codebook, Position, Theme, write_codebook
from coder.exporting.drawing.marks import COLOURS
from coder.exporting.grid import HIDDEN
from coder.project import Derived, Project, Settings
from disclosure_attacker import Attack, Cell, Definition, Published
from spreadsheet_rules import rows_of
from test_report_population import decide

POSITIONS = (Position(id="more", name="More"), Position(id="less", name="Less"))
BOOK = Codebook(
    title="Plan",
    themes=(
        Theme(id="drugs", name="Drugs", positions=POSITIONS),
        Theme(id="women", name="Women"),
    ),
)
# Comments of each group that ask for more enforcement, for less, and on neither.
GENDERS = {"Female": (20, 3, 77), "Male": (25, 15, 60)}
AREAS = {"A": (60, 23), "B": (55, 18), "C": (12, 3), "D": (73, 20)}  # comments; those on women
REGIONS = {"West": ("A", "C"), "East": ("B", "D")}
SUFFIXES = (".json", ".csv", ".xlsx", ".html", ".md", ".docx", ".svg")
NUMBERS = ("n", "percent", "low", "high", "effective_base", "difference", "p", "resolves")


def make_project(folder: Path) -> tuple[Path, Path]:
    """200 decided comments: what a reader may attack by positions, and by areas within regions."""
    rows: list[tuple[str, str, tuple[str, ...] | None]] = []
    for gender, (more, less, neither) in GENDERS.items():
        rows += [(gender, "", ("more",))] * more
        rows += [(gender, "", ("less",))] * less
        rows += [(gender, "", None)] * neither
    order = np.random.default_rng(0).permutation(len(rows))
    areas, on_women = [], []
    for area, (size, women) in AREAS.items():
        areas += [area] * size
        on_women += [place < women for place in range(size)]
    ids = [f"c{number:03d}" for number in range(len(rows))]
    carried: dict[str, dict[str, tuple[str, ...]]] = {}
    for place, comment_id in enumerate(ids):
        positions = rows[order[place]][2]
        carried[comment_id] = {"drugs": positions} if positions else {}
        if on_women[place]:
            carried[comment_id]["women"] = ()
    comments = pd.DataFrame(
        {
            "comment_id": ids, "text": [f"Some words about matter {i}" for i in ids], "source": "Survey",
            "role": "public", "status": "analysed", "reason": "", "weight": np.nan, "campaign_id": "",
            "question": "", "gender": [rows[number][0] for number in order], "area": areas,
        }
    )  # fmt: skip
    derived = {"region": Derived(column="area", groups=REGIONS)}
    project = Project(folder / "survey")
    project.write(Settings(name="survey", derived=derived), comments)
    codebook = folder / "plan.yaml"
    write_codebook(codebook, BOOK)
    decide(comments, carried, codebook, "survey", chosen="random")
    return project.folder, codebook


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One export by gender, area and region, in every format of tables."""
    folder = tmp_path_factory.mktemp("attacked")
    project, codebook = make_project(folder)
    words = ["export", str(project), "--codebook", str(codebook), "--minimum-base", "30"]
    for column in ("gender", "area", "region"):
        words += ["--by", column]
    for suffix in SUFFIXES:
        words += ["--to", str(folder / f"themes{suffix}")]
    outcome = CliRunner().invoke(app, words)
    assert outcome.exit_code == 0, outcome.output
    return folder


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    tree = json.loads((folder / "themes.json").read_text(encoding="utf-8"))
    tables = {each["column"]: pd.DataFrame(each["cells"]) for each in tree["breakdowns"]}
    return {"themes": pd.DataFrame(tree["themes"]), **tables}


def attack(tables: dict[str, pd.DataFrame], question: str, rows: list[tuple[str, str]]) -> Attack:
    themes = tables["themes"].copy()
    themes.attrs["minimum_base"] = 30
    drugs = ("drugs", "")
    published = Published(
        themes=themes,
        breakdowns={column: cells for column, cells in tables.items() if column != "themes"},
        definitions={
            "gender": Definition("gender", {group: (group,) for group in GENDERS}),
            "area": Definition("area", {area: (area,) for area in AREAS}),
            "region": Definition("area", REGIONS),
        },
        answers={"gender": tuple(GENDERS), "area": tuple(AREAS)},
        parents={("drugs", "more"): drugs, ("drugs", "less"): drugs},
        additive=frozenset([drugs]),
        sources={"Survey": 200},
    )
    return Attack(published, question, rows)


def width(system: Attack, cell: Cell) -> float:
    ((low, high),) = system.ranges([cell])
    return high - low


DRUGS = [("drugs", ""), ("drugs", "more"), ("drugs", "less")]
LESS = Cell("gender", "Survey", "Female", ("drugs", "less"))
SMALL_AREA = Cell("area", "Survey", "C", ("women", ""))


def test_a_position_does_not_follow_from_its_theme(tables: dict[str, pd.DataFrame]) -> None:
    """Drugs 23, more 20: less was 3."""
    assert width(attack(tables, "gender", DRUGS), LESS) >= 5
    shown = tables["gender"].copy()
    is_more = (shown["position_id"] == "more") & (shown["group"] == "Female")
    is_theme = (shown["position_id"] == "") & (shown["theme_id"] == "drugs")
    shown.loc[is_more, ["n", "hidden"]] = [20, ""]
    shown.loc[is_theme & (shown["group"] == "Female"), ["n", "hidden"]] = [23, ""]
    told = attack({**tables, "gender": shown}, "gender", DRUGS)
    assert told.ranges([LESS]) == [(3.0, 3.0)]


@pytest.mark.parametrize("region", ["West", "East"])
def test_an_area_does_not_follow_from_its_region(
    tables: dict[str, pd.DataFrame], region: str
) -> None:
    """West (A and C) less A was C; with C known and the total, East less B is D."""
    system = attack(tables, "area", [("women", "")])
    assert tables["area"].query("group == 'C'")["hidden"].eq("base").all()
    assert width(system, SMALL_AREA) >= 5
    shown = tables["area"].copy()
    women = {area: n for area, (_, n) in AREAS.items()}
    for group in AREAS:
        if group != "C":
            is_group = (shown["theme_id"] == "women") & (shown["group"] == group)
            shown.loc[is_group, ["n", "hidden"]] = [women[group], ""]
    regions = tables["region"].copy()
    is_region = (regions["theme_id"] == "women") & (regions["group"] == region)
    total = sum(women[area] for area in REGIONS[region])
    regions.loc[is_region, ["n", "hidden"]] = [total, ""]
    told = attack({**tables, "area": shown, "region": regions}, "area", [("women", "")])
    assert told.ranges([SMALL_AREA]) == [(3.0, 3.0)]


def test_no_hidden_figure_is_in_a_data_file(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    n_hidden = 0
    for column in ("gender", "area", "region"):
        table = tables[column]
        hidden = table[table["hidden"] != ""]
        n_hidden += len(hidden)
        assert hidden[list(NUMBERS)].isna().all().all()
        assert table.loc[table["hidden"] == "", "n"].notna().all()
        lines = pd.read_csv(folder / f"themes.by-{column}.csv")
        assert lines.loc[lines["hidden"].notna(), list(NUMBERS)].isna().all().all()
        assert set(hidden["hidden"]) <= {"base", "cell"}
    assert n_hidden > 5
    book = openpyxl.load_workbook(folder / "themes.xlsx")
    shown_as_hidden = 0
    for sheet in book.worksheets[3:]:
        kind = sheet.title.split(" ", 1)[1]
        if kind.startswith("By "):
            for row in rows_of(sheet):
                shown_as_hidden += list(row.values()).count("[c]")
        elif kind.startswith("Figures by "):
            for row in rows_of(sheet):
                figures = {row[heading] for heading in ("n", "%", "95% from", "95% to")}
                assert "[c]" not in figures or figures == {"[c]"}
    assert shown_as_hidden == n_hidden


def test_documents_show_a_mark_for_each_hidden_figure(
    folder: Path, tables: dict[str, pd.DataFrame]
) -> None:
    columns = [tables[column] for column in ("gender", "area", "region")]
    n_hidden, left_out = 0, []
    for table in columns:
        for (_, group), part in table.groupby(["route", "group"]):
            if (part["hidden"] != "").all():
                left_out.append(str(group))
            else:
                n_hidden += int((part["hidden"] != "").sum())
    assert n_hidden > 3
    page = (folder / "themes.html").read_text(encoding="utf-8")
    assert page.count(f">{HIDDEN}<") == n_hidden
    for group in left_out:  # columns without a figure are named in a note
        assert re.search(f"Every figure is hidden of [^<]*{group}", page)
    cells = []
    for table in Document(str(folder / "themes.docx")).tables:
        for row in table.rows:
            cells += [cell.text for cell in row.cells]
    assert cells.count(HIDDEN) == n_hidden
    text = (folder / "themes.md").read_text(encoding="utf-8")
    in_tables = [line for line in text.splitlines() if line.startswith("|")]
    marks = [cell.strip() for line in in_tables for cell in line.split("|")]
    assert sum(mark.replace("\\", "") == HIDDEN for mark in marks) == n_hidden


def test_charts_have_no_dot_for_a_hidden_figure(
    folder: Path, tables: dict[str, pd.DataFrame]
) -> None:
    for column in ("gender", "area", "region"):
        table = tables[column]
        shown = table[(table["hidden"] == "") & (table["position_id"] == "")]
        in_key = len(shown[["route", "group"]].drop_duplicates())
        dots = 0
        for picture in folder.glob(f"themes.by-{column}*.svg"):
            text = picture.read_text(encoding="utf-8")
            outlines = re.findall(r'<(?:circle|polygon)[^>]* stroke="(#\w+)"', text)
            dots += sum(colour in COLOURS for colour in outlines)
        assert dots - in_key == len(shown), column


def test_the_notes_say_what_is_protected_and_what_not(folder: Path) -> None:
    notes = (folder / "themes.notes.txt").read_text(encoding="utf-8")
    assert "leave a range of at least 5 comments" in notes
    assert "other exports of the same comments" in notes
    assert "linear programs" in notes
    assert ".sav" in notes
