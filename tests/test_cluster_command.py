"""`coder cluster` and `coder codebook from`: what they write, keep and refuse."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from coder import tables
from coder.cli import app
from coder.clustering import Candidate, Clustering
from coder.clustering.map_drawing import draw_bars, note_bars
from coder.clustering.result import CommentMap, Island
from coder.codebook import Codebook, Theme, read_codebook, write_codebook
from coder.errors import CoderError
from coder.project import Project, Settings

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "police_and_crime_plan"

PATTERNS = [
    "The street lights near {} are broken.", "Please repair the street lights at {}.", "No street lights by {} at night.",
    "Dog mess all over {}.", "Fine the owners who leave dog mess at {}.", "More bins for dog mess around {}.",
    "The bus to {} is always late.", "There is no bus from {} on Sundays.", "Bus fares to {} are too expensive.",
]  # fmt: skip
PLACES = [
    "Mill Lane",
    "the station",
    "Park Street",
    "the school",
    "Church Hill",
    "the market",
    "Long Acre",
]
HOSTILE = "</script><script>alert(1)</script> [bold]street lights[/bold] \x1b]0;x\x07 & broken"


def _run(*args: str) -> str:
    result = CliRunner().invoke(app, list(args))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def _make(folder: Path, texts: list[str]) -> Project:
    project = Project(folder)
    folder.mkdir(parents=True)
    frame = pd.DataFrame({"comment_id": [f"k{i:03d}" for i in range(len(texts))], "text": texts})
    for name in tables.COMMENTS.columns:
        if name not in frame:
            frame[name] = {"weight": np.nan, "status": "analysed", "source": "s"}.get(name, "")
    project.write_settings(Settings(name="Town", question="What should change?"))
    project.write(project.settings(), frame.astype(tables.COMMENTS.dtypes))
    return project


@pytest.fixture(scope="module", autouse=True)
def few_votes() -> Iterator[None]:
    """A small ensemble: these tests are about the command, not about how good the groups are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coder.clustering.grouping.RESOLUTIONS", (2.0,))
        patch.setattr("coder.clustering.grouping.THOROUGH", 0)
        patch.setattr("coder.clustering.stability.RUNS", 2)
        yield


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [HOSTILE, "=HYPERLINK(1) street lights"] + [
        p.format(place) for p in PATTERNS for place in PLACES
    ]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> Project:
    """A project that was clustered once: its vectors are there, and its draft."""
    project = _make(tmp_path_factory.mktemp("seen") / "town", texts)
    _run("cluster", str(project.folder), "--quiet")
    return project


@pytest.fixture
def project(tmp_path: Path, seen: Project) -> Project:
    """The same project before its first clustering, vectors at hand."""
    folder = tmp_path / "town"
    shutil.copytree(seen.folder, folder)
    shutil.rmtree(folder / "runs")
    for path in folder.glob("candidates.*"):
        path.unlink()
    return Project(folder)


def test_what_is_written_and_said(project: Project, texts: list[str]) -> None:
    said = _run("cluster", str(project.folder))
    book = read_codebook(project.candidates_path)
    table = pd.read_csv(
        project.folder / "candidates.csv", encoding="utf-8-sig", keep_default_na=False
    )
    assert list(table.columns) == list(tables.CANDIDATES.columns)
    assert set(table["comment_id"]) == {f"k{i:03d}" for i in range(len(texts))}
    assert set(table["candidate_id"]) == {place.theme.id for place in book.nodes}
    run = project.last_run("cluster")
    assert run is not None
    assert run["comments"] == len(texts)
    assert run["unclear"] >= 0
    assert re.search(r"\d+ candidate themes in 65 comments", said)
    assert "Every comment is in a candidate" in said
    assert "coder apply" in said
    assert "\x1b]" not in said
    assert project.candidates_path.read_text(encoding="utf-8").startswith("# Candidate themes")


def test_the_same_again_gives_the_same_bytes_and_embeds_nothing(project: Project) -> None:
    _run("cluster", str(project.folder), "--quiet")
    files = [project.candidates_path, project.folder / "candidates.csv"]
    before = [path.read_bytes() for path in files]
    _run("cluster", str(project.folder), "--quiet")
    assert [path.read_bytes() for path in files] == before
    run = project.last_run("cluster")
    assert run is not None
    assert run["embedded"] == 0
    assert not list(project.folder.glob("*.before-*"))


def test_shuffled_rows_give_the_same_bytes(tmp_path: Path, texts: list[str]) -> None:
    first = _make(tmp_path / "one" / "town", texts)
    second = _make(tmp_path / "two" / "town", texts)
    comments = second.comments
    second.write(
        second.settings(), comments.iloc[np.random.default_rng(1).permutation(len(comments))]
    )
    for project in (first, second):
        _run("cluster", str(project.folder), "--quiet")
    for name in ("candidates.yaml", "candidates.csv"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()


def test_a_draft_that_was_edited_is_kept(project: Project) -> None:
    _run("cluster", str(project.folder), "--quiet")
    mine = project.candidates_path.read_text(encoding="utf-8") + "# my note\n"
    project.candidates_path.write_text(mine, encoding="utf-8")
    said = _run("cluster", str(project.folder))
    kept = list(project.folder.glob("candidates.before-*.yaml"))
    assert [path.read_text(encoding="utf-8") for path in kept] == [mine]
    assert kept[0].name in said
    assert "# my note" not in project.candidates_path.read_text(encoding="utf-8")


def test_json_holds_what_the_terminal_shows(project: Project) -> None:
    facts = json.loads(_run("cluster", str(project.folder), "--json", "--themes", "3"))
    tops = [c for c in facts["candidates"] if not c["parent_id"]]
    assert len(tops) == 3
    assert {"name", "comments", "keywords", "quotes", "stability"} <= set(tops[0])
    assert facts["files"]["draft"].endswith("candidates.yaml")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "the nearest neighbours of each were kept"),
        (["--method", "hdbscan"], "measured on samples of"),
    ],
)
def test_stability_of_many_comments_is_measured_and_how_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch, options: list[str], says: str
) -> None:
    exact = " ".join(_run("cluster", str(project.folder)).split())
    assert "Stability when 10 % of comments are left out: 0." in exact
    assert says not in exact
    monkeypatch.setattr("coder.clustering.stability.ENSEMBLE", 50)
    monkeypatch.setattr("coder.clustering.stability.SAMPLED", 50)
    said = " ".join(_run("cluster", str(project.folder), "--again", *options).split())
    assert says in said
    facts = json.loads(_run("cluster", str(project.folder), "--again", "--json", *options))
    assert 0 < facts["stability"] <= 1
    tops = [c for c in facts["candidates"] if not c["parent_id"]]
    assert all(0 <= c["stability"] <= 1 for c in tops)


def test_the_largest_candidates_are_printed_and_all_on_demand(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coder.cli.cluster_tables.LARGEST_SHOWN", 2)
    said = _run("cluster", str(project.folder), "--themes", "5")
    ids = [theme.id for theme in read_codebook(project.candidates_path).themes]
    shown = [i for i in ids if re.search(rf"^ +{re.escape(i)}  ", said, re.MULTILINE)]
    assert shown == ids[:2]
    assert re.search(r"3 more, of \d+ comments or fewer: add --all to see them", said)
    every = _run("cluster", str(project.folder), "--themes", "5", "--all")
    assert all(re.search(rf"^ +{re.escape(i)}  ", every, re.MULTILINE) for i in ids)
    assert "more, of" not in every


def test_the_map_holds_every_comment_and_runs_nothing_from_them(
    project: Project, tmp_path: Path, texts: list[str]
) -> None:
    page = tmp_path / "map.html"
    _run("cluster", str(project.folder), "--to", str(page), "--quiet")
    text = page.read_text(encoding="utf-8")
    assert text.count("<script") == 2
    assert text.count("</script>") == 2
    assert "http://" not in text
    assert "https://" not in text
    assert "default-src 'none'" in text
    packed = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert packed
    data = json.loads(packed.group(1))
    assert len(data["points"]) == len(texts)
    assert any("alert(1)" in point[4] for point in data["points"])
    assert "\x1b" not in text
    for x, y, *_ in data["points"]:
        assert 0 <= x <= data["wide"]
        assert 0 <= y <= 1


def test_the_script_that_may_run_is_the_one_in_the_page(project: Project, tmp_path: Path) -> None:
    import base64
    import hashlib

    page = tmp_path / "map.html"
    _run("cluster", str(project.folder), "--to", str(page), "--quiet")
    text = page.read_text(encoding="utf-8")
    script = text.rsplit("<script>", 1)[1].split("</script>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text


def test_the_map_as_an_image_is_the_same_each_time(project: Project, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="images need matplotlib")
    for name in ("a.png", "b.png"):
        _run("cluster", str(project.folder), "--to", str(tmp_path / name), "--quiet")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def _many(count: int) -> Clustering:
    """A result of so many candidates, one comment each on the map."""
    names = [f"candidate-{number}" for number in range(count)]
    candidates = tuple(
        Candidate(
            id=name, name=name, parent_id="", keywords=(), key_point="", comment_ids=(name,), examples=(),
            example_ids=(), voices=1, strength=0.5, stability=None,
        )
        for name in names
    )  # fmt: skip
    spot = np.linspace(0.1, 0.9, count)
    points = pd.DataFrame(
        {"candidate_id": names, "x": spot, "y": spot, "fit": "core", "text": "t", "copies": 1}
    )
    islands = tuple(
        Island(name, at, at, 0.02, 1) for name, at in zip(names, spot.tolist(), strict=True)
    )
    picture = CommentMap(points, islands, 0)
    return Clustering(candidates, pd.DataFrame(), (), pd.DataFrame(), picture, {})


@pytest.mark.parametrize(("count", "bars"), [(49, 49), (80, 80), (130, 80)])
def test_an_image_has_a_bar_for_each_number_or_says_how_many_it_shows(
    count: int, bars: int
) -> None:
    matplotlib_figure = pytest.importorskip("matplotlib.figure", reason="images need matplotlib")
    found = _many(count)
    chart = matplotlib_figure.Figure().add_axes((0, 0, 1, 1))
    draw_bars(chart, found, {c.id: (0.0, 0.0, 0.0) for c in found.top})
    assert len(chart.patches) == bars
    assert [label.get_text().split()[-1] for label in chart.get_yticklabels()][-1] == str(bars)
    assert note_bars(count) == (
        f"Comments in the 80 largest of {count} candidates" if count > 80 else "Comments"
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--to", "map.svg"], ".html or .png"),
        (["--campaigns", "never"], "each, once"),
        (["--method", "kmeans"], "graph, hdbscan"),
        (["--beyond", "nowhere.yaml"], "no such codebook"),
    ],
)
def test_wrong_options_write_nothing(project: Project, options: list[str], says: str) -> None:
    with pytest.raises(CoderError, match=re.escape(says)):
        _run("cluster", str(project.folder), *options)
    assert not project.candidates_path.exists()


# ---------------------------------------------------------------- interrupted


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_an_interrupted_run_keeps_its_vectors_and_the_same_command_finishes(tmp_path: Path) -> None:
    """Status 130, no file half written, nothing embedded twice."""
    file = tmp_path / "comments.csv"
    pd.read_csv(EXAMPLE / "comments.csv", dtype=str).head(160).to_csv(file, index=False)
    saves_often = (
        "import coder.embedding.cache as cache\n"
        "from coder.cli import main\n"
        "cache.TEXTS_SAVED_AT_ONCE = 32\n"
        "main()\n"
    )
    command = [sys.executable, "-c", saves_often, "cluster", str(file)]
    cache = tmp_path / "comments.coding" / "cache" / "vectors.sqlite"
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        until = time.monotonic() + 120
        while not (kept := _vectors(cache)) and running.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert kept
    assert running.returncode == 130, said
    assert "Interrupted. Every file is as it was" in said
    assert "Traceback" not in said
    project = Project(tmp_path / "comments.coding")
    assert not project.candidates_path.exists()
    assert not [path for path in project.folder.rglob("*") if path.suffix == ".tmp"]
    assert len(project.comments) == 160
    kept = _vectors(cache)
    _run("cluster", str(file), "--quiet")
    run = project.last_run("cluster")
    assert run is not None
    assert run["comments"] == (project.comments["status"] == "analysed").sum()
    assert run["comments"] > 100
    assert run["embedded"] <= _vectors(cache) - kept
    assert read_codebook(project.candidates_path).themes


def _vectors(cache: Path) -> int:
    """Texts whose vectors are saved."""
    if not cache.is_file():
        return 0
    with closing(sqlite3.connect(f"file:{cache}?mode=ro", uri=True)) as store:
        try:
            return int(store.execute("SELECT count(*) FROM encoded").fetchone()[0])
        except sqlite3.OperationalError:  # no table yet
            return 0


# ---------------------------------------------------------------- beyond a codebook


def _codebook(path: Path) -> Path:
    themes = [Theme.model_validate({"id": "lights", "name": "Street lights"})]
    write_codebook(path, Codebook.model_validate({"title": "Town", "themes": themes}))
    return path


def _label(project: Project) -> None:
    comments = project.comments
    labels = tables.empty(tables.LABELS)
    rows = [
        {"comment_id": i, "theme_id": "lights", "position_id": "", "probability": 0.5, "assigned": "lights" in t,
         "origin": "model", "evidence": "", "evidence_start": -1, "evidence_end": -1, "codebook_version": "1"}
        for i, t in zip(comments["comment_id"], comments["text"], strict=True)
    ]  # fmt: skip
    project.write_labels(pd.DataFrame(rows).astype(labels.dtypes.to_dict()))


def test_beyond_a_codebook_only_what_it_leaves(project: Project, tmp_path: Path) -> None:
    book = _codebook(tmp_path / "book.yaml")
    with pytest.raises(CoderError, match="nothing has been coded"):
        _run("cluster", str(project.folder), "--beyond", str(book))
    _label(project)
    said = _run("cluster", str(project.folder), "--beyond", str(book))
    table = pd.read_csv(
        project.folder / "candidates-beyond.csv", encoding="utf-8-sig", keep_default_na=False
    )
    text = project.comments.set_index("comment_id")["text"]
    assert not text[table["comment_id"].unique()].str.contains("lights").any()
    assert table["comment_id"].nunique() == 42
    assert "42 of 65 comments have no theme of Town" in said
    assert f"--into {book}" in said
    assert not project.candidates_path.exists()


def test_what_a_fallback_theme_takes_is_beyond_the_codebook(
    project: Project, tmp_path: Path
) -> None:
    path = _codebook(tmp_path / "book.yaml")
    other = Theme(id="other", name="Other", fallback=True)
    themes = (*read_codebook(path).themes, other)
    write_codebook(path, Codebook(title="Town", themes=themes))
    _label(project)
    lights = project.labels
    others = lights.assign(theme_id="other", assigned=~lights["assigned"])
    project.write_labels(pd.concat([lights, others], ignore_index=True))
    said = _run("cluster", str(project.folder), "--beyond", str(path))
    assert "42 of 65 comments have no theme of Town" in said


def test_beyond_a_codebook_asks_whether_a_theme_is_there_already(
    project: Project, tmp_path: Path
) -> None:
    themes = [
        {"id": "lights", "name": "Street lights"},
        {
            "id": "fouling",
            "name": "Dog fouling",
            "definition": "Mess that dogs leave and owners do not pick up.",
        },
        {
            "id": "tax",
            "name": "Income tax",
            "definition": "How much the treasury takes from wages.",
        },
    ]
    book = tmp_path / "book.yaml"
    write_codebook(book, Codebook.model_validate({"title": "Town", "themes": themes}))
    _label(project)
    said = _run("cluster", str(project.folder), "--beyond", str(book))
    asked = said.split("Do these belong to a theme that the codebook has?")[1].split("Written:")[0]
    assert "Dog fouling (fouling)" in asked
    assert "Income tax" not in asked
    facts = json.loads(_run("cluster", str(project.folder), "--beyond", str(book), "--json"))
    alike = {like["first"]: like for like in facts["most_alike"]}
    assert set(alike) == {c["id"] for c in facts["candidates"] if not c["parent_id"]}
    dogs = {
        c["id"] for c in facts["candidates"] if "dog" in c["name"].casefold() and not c["parent_id"]
    }
    assert dogs
    assert all(alike[i]["second"] == "fouling" and alike[i]["reason"] for i in dogs)
    buses = {
        c["id"] for c in facts["candidates"] if "bus" in c["name"].casefold() and not c["parent_id"]
    }
    assert buses
    assert not any(alike[i]["reason"] for i in buses)


# ---------------------------------------------------------------- candidates into a codebook

OURS = """# our codebook
title: Town   # the name
version: 3

themes:
  # first things first
  - id: lights
    name: Street lights
    definition: >-
      Broken or missing
      # not a comment

  - {id: dogs, name: "Dogs"}
  # after the last
notes: kept
"""


@pytest.fixture
def candidates(seen: Project) -> Path:
    return seen.candidates_path


def test_chosen_candidates_join_a_codebook_that_keeps_its_lines(
    candidates: Path, tmp_path: Path
) -> None:
    book = tmp_path / "ours.yaml"
    book.write_text(OURS, encoding="utf-8")
    wanted = [theme.id for theme in read_codebook(candidates).themes[:2]]
    _run("codebook", "from", str(candidates), "--into", str(book), "--themes", ",".join(wanted))
    lines = book.read_text(encoding="utf-8").splitlines()
    own = OURS.splitlines()
    position = iter(lines)
    assert all(line in position for line in own)  # every own line, in its order
    read = read_codebook(book)
    assert [theme.id for theme in read.themes] == ["lights", "dogs", *wanted]
    assert {theme.status for theme in read.active} == {"adopted"}
    assert read.themes[0].definition.endswith("# not a comment")


def test_an_id_that_is_taken_gets_a_number(candidates: Path, tmp_path: Path) -> None:
    first = read_codebook(candidates).themes[0].id
    book = tmp_path / "ours.yaml"
    book.write_text(f"title: T\nthemes:\n- id: {first}\n  name: Mine\n", encoding="utf-8")
    said = _run("codebook", "from", str(candidates), "--into", str(book), "--themes", first)
    assert read_codebook(book).themes[-1].id == f"{first}-2"
    assert f"{first}-2" in said


def test_a_new_codebook_is_made_of_all_candidates(candidates: Path, tmp_path: Path) -> None:
    book = tmp_path / "new.yaml"
    _run("codebook", "from", str(candidates), "--into", str(book))
    assert [t.id for t in read_codebook(book).themes] == [
        t.id for t in read_codebook(candidates).themes
    ]


@pytest.mark.parametrize(
    "text", ["title: T\nthemes: [{id: a, name: A}]\n", "title: T\nthemes:\n- id: a\n"]
)
def test_a_codebook_that_cannot_be_added_to_stays_as_it_was(
    candidates: Path, tmp_path: Path, text: str
) -> None:
    book = tmp_path / "ours.yaml"
    book.write_text(text, encoding="utf-8")
    with pytest.raises(CoderError):
        _run("codebook", "from", str(candidates), "--into", str(book))
    assert book.read_text(encoding="utf-8") == text


def test_an_unknown_candidate_is_refused_with_the_nearest(candidates: Path, tmp_path: Path) -> None:
    near = read_codebook(candidates).themes[0].id
    with pytest.raises(CoderError, match=f"Did you mean '{near}'"):
        _run(
            "codebook",
            "from",
            str(candidates),
            "--into",
            str(tmp_path / "n.yaml"),
            "--themes",
            near + "x",
        )
