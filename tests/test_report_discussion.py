"""A16: comments of discussion pages are pooled with survey answers only when asked, and it is said."""

import csv
import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from coder import tables
from coder.cli import app
from coder.project import Project, Settings, Source
from export_helpers import make_small_project
from pack_helpers import faults_of
from test_report_population import SOURCES, make_project, population

PAGE, POLL, BOOST = "Talk London", "Representative Poll", "BAME Boost Poll"
SURVEY = SOURCES[POLL] + SOURCES[BOOST]


def source(name: str, format_: str) -> Source:
    return Source(name=name, file=f"{name}.x", sha256="", format=format_, rows=SOURCES[name])


class Ground:
    """The made-up consultation, with its first source read from a discussion page."""

    def __init__(
        self,
        folder: Path,
        *,
        only: str = "",
        routes: dict[str, tuple[str, ...]] | None = None,
        make: Callable[[Path], tuple[Path, Path]] = make_project,
    ) -> None:
        self.folder = folder
        path, self.codebook = make(folder)
        self.project = Project(path)
        sources = [source(name, "talk_london" if name == PAGE else "csv") for name in SOURCES]
        self.project.write_settings(
            Settings(name="consultation", sources=tuple(sources), routes=routes or {})
        )
        comments = self.project.comments
        self.project.write(
            self.project.settings(), comments[comments["source"] == only] if only else comments
        )

    def export(self, *more: str) -> tuple[dict[str, dict[str, str]], str]:
        """Rows of the theme table by theme and position, and the notes."""
        out = self.folder / "t.csv"
        arguments = [
            "export",
            str(self.project.folder),
            "--codebook",
            str(self.codebook),
            "--to",
            str(out),
        ]
        done = CliRunner().invoke(app, [*arguments, *more], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        with out.open(encoding="utf-8-sig", newline="") as file:
            rows = {f"{r['theme_id']}={r['position_id']}": r for r in csv.DictReader(file)}
        return rows, out.with_name("t.notes.txt").read_text(encoding="utf-8")


def true_counts() -> dict[tuple[str, str], int]:
    """Comments by theme and source as they were made up."""
    comments, carried = population()
    of = comments.set_index("comment_id")["source"]
    pairs = pd.Series([(theme, of[c]) for c, themes in carried.items() for theme in themes])
    return {(str(t), str(s)): int(n) for (t, s), n in pairs.value_counts().items()}  # type: ignore[misc]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("mixed"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A part of the consultation, for what does not depend on its size."""
    return Ground(tmp_path_factory.mktemp("small"), make=make_small_project)


Outputs = tuple[Path, dict[str, dict[str, str]], str]


@pytest.fixture(scope="module")
def outputs(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """One export without options: its folder, the rows of the theme table and the notes."""
    folder = tmp_path_factory.mktemp("outputs")
    files = [folder / "t.json", folder / "t.docx"]
    if importlib.util.find_spec("pyreadstat"):
        files.append(folder / "t.sav")
    names = [part for file in files for part in ("--to", str(file))]
    return folder, *ground.export(*names)


def test_a16_discussion_pages_have_columns_of_their_own_and_are_not_pooled(
    outputs: Outputs,
) -> None:
    _, rows, notes = outputs
    true = true_counts()
    for theme in ("misconduct", "visibility", "drugs", "groups"):
        row = rows[f"{theme}="]
        n = true[theme, POLL] + true[theme, BOOST]
        assert int(row["n"]) == n == int(row[f"n_{POLL}"]) + int(row[f"n_{BOOST}"])
        assert row["percent"] == f"{100 * n / SURVEY:.1f}"
        assert int(row[f"n_{PAGE}"]) == true[theme, PAGE]
        assert row[f"percent_{PAGE}"] == f"{100 * true[theme, PAGE] / SOURCES[PAGE]:.1f}"
    ranked = sorted((r for r in rows.values() if r["rank"]), key=lambda r: int(r["rank"]))
    counts = [int(r["n"]) for r in ranked]
    assert counts == sorted(counts, reverse=True)
    assert f"Base: {SURVEY} comments analysed" in notes
    assert "Not included: Talk London 579." in notes
    assert "Talk London (579 comments) is a discussion page" in notes
    assert "To include them: --pool-discussion" in notes


def test_a16_pooling_is_opt_in_and_said(ground: Ground) -> None:
    rows, notes = ground.export("--pool-discussion")
    true = true_counts()
    assert int(rows["misconduct="]["n"]) == sum(true["misconduct", s] for s in SOURCES)
    assert "Base: 932 comments analysed" in notes
    assert (
        "include the discussion page Talk London (579 comments), as chosen with --pool-discussion"
        in notes
    )


def test_a16_a_project_of_discussion_pages_alone_is_reported_as_it_is(tmp_path: Path) -> None:
    rows, notes = Ground(tmp_path, only=PAGE).export()
    assert int(rows["misconduct="]["n"]) == true_counts()["misconduct", PAGE]
    assert "Base: 579 comments analysed" in notes
    assert "discussion page" not in notes


def test_a16_breakdowns_pairs_and_sentences_leave_the_page_out(
    outputs: Outputs,
) -> None:
    folder = outputs[0]
    text = (folder / "t.json").read_text(encoding="utf-8")
    report = json.loads(text)
    (route,) = [b for b in report["breakdowns"] if b["column"] == "route"]
    assert PAGE not in json.dumps(route)
    from docx import Document

    said = " ".join(p.text for p in Document(str(folder / "t.docx")).paragraphs)
    assert f"of {SURVEY:,} comments (" in said
    assert "of 932 comments (" not in said


def test_a16_a_declared_route_of_a_page_alone_is_no_route(tmp_path: Path) -> None:
    routes = {"Open": (PAGE,), "Polls": (POLL, BOOST)}
    ground = Ground(tmp_path, routes=routes, make=make_small_project)
    rows, _ = ground.export()
    assert int(rows["misconduct="][f"n_{PAGE}"]) > 0


def test_a16_a_pack_keeps_what_was_asked(small: Ground, tmp_path: Path) -> None:
    for number, more in enumerate(((), ("--pool-discussion",))):
        pack = tmp_path / f"{number}.zip"
        small.export("--to", str(pack), *more)
        assert faults_of(pack) == []


def test_a16_every_analysed_comment_stands_in_the_data_for_programs(
    outputs: Outputs,
) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    table, _ = pyreadstat.read_sav(str(outputs[0] / "t.sav"))
    assert len(table) == sum(SOURCES.values())


def test_a16_both_consultations_leave_their_pages_out(small: Ground, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    shutil.copytree(small.project.folder, earlier)
    small.export("--to", str(tmp_path / "t.json"), "--before", str(earlier))
    waves = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))["waves"]
    by_source = tables.analysed(small.project.comments)["source"].value_counts()
    survey = int(by_source[POLL] + by_source[BOOST])
    assert 0 < survey < by_source.sum()
    assert {(row["base_before"], row["base"]) for row in waves} == {(survey, survey)}
