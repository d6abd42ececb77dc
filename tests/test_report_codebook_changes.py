"""A codebook that changed after `coder apply`: renamed and merged themes are read through `was`, new ones refused."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from coder import tables
from coder.cli import app
from coder.codebook import Codebook, Theme, read_codebook
from coder.decisions import labels_now
from coder.errors import CoderError, for_command_line
from coder.project import Project
from report_helpers import report_of
from test_report_estimates import BOOK, N, judge, world

BEFORE = (
    "title: Town\nthemes:\n  - {id: traffic, name: Traffic}\n  - {id: parks, name: Parks}\n"
    "  - {id: trees, name: Trees}\n"
)
RENAMED = BEFORE.replace("id: traffic,", "id: congestion, was: [traffic],")
MERGED = "title: Town\nthemes:\n  - {id: traffic, name: Traffic}\n  - {id: green, name: Green, was: [parks, trees]}\n"
ADDED = BEFORE + "  - {id: noise, name: Noise}\n"
SPLIT = BEFORE.replace(
    "  - {id: traffic, name: Traffic}\n",
    "  - {id: cars, name: Cars, split_from: traffic}\n  - {id: vans, name: Vans, split_from: traffic}\n",
)
DROPPED = BEFORE.replace("  - {id: trees, name: Trees}\n", "")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Forty coded comments: 30 on traffic, 10 on parks, 6 on trees of which 4 are on parks too."""
    source = tmp_path / "town.csv"
    source.write_text(
        "id,comment\n" + "".join(f"c{i:02d},Words about matter {i} here\n" for i in range(40))
    )
    said = CliRunner().invoke(
        app,
        [
            "read",
            str(source),
            "--text",
            "comment",
            "--id",
            "id",
            "--into",
            str(tmp_path / "town"),
            "--quiet",
        ],
    )
    assert said.exit_code == 0, said.output
    carry = {"traffic": range(30), "parks": range(30, 40), "trees": range(28, 34)}
    rows = [
        (f"c{i:02d}", theme, "", 0.8 if i in here else 0.1, i in here, "model", "", -1, -1, "1")
        for i in range(40)
        for theme, here in carry.items()
    ]
    project = Project(tmp_path / "town")
    project.write_labels(pd.DataFrame(rows, columns=list(tables.LABELS.columns)))
    project.record_run("apply", {})
    return tmp_path


def run(town: Path, codebook: str, command: str) -> Result:
    book = town / "book.yaml"
    book.write_text(codebook)
    more = ["--to", str(town / "out.csv")] if command == "export" else []
    return CliRunner().invoke(app, [command, str(town / "town"), "--codebook", str(book), *more])


def counts(town: Path) -> dict[str, int]:
    table = pd.read_csv(town / "out.csv", encoding="utf-8-sig")
    return dict(zip(table["theme_id"], table["n"], strict=True))


@pytest.mark.parametrize(
    ("codebook", "wanted"),
    [
        (BEFORE, {"traffic": 30, "parks": 10, "trees": 6}),
        (RENAMED, {"congestion": 30, "parks": 10, "trees": 6}),
        (MERGED, {"traffic": 30, "green": 12}),
        (DROPPED, {"traffic": 30, "parks": 10}),
    ],
)
def test_renamed_and_merged_themes_keep_their_labels(
    town: Path, codebook: str, wanted: dict[str, int]
) -> None:
    said = run(town, codebook, "export")
    assert said.exit_code == 0, said.output
    assert counts(town) == wanted


@pytest.mark.parametrize(
    ("codebook", "new", "wanted"),
    [
        (ADDED, ["noise"], {"traffic": 30, "parks": 10, "trees": 6}),
        (SPLIT, ["cars", "vans"], {"parks": 10, "trees": 6}),
    ],
)
def test_themes_that_the_labels_do_not_know_have_no_figures_and_change_no_other(
    town: Path, codebook: str, new: list[str], wanted: dict[str, int]
) -> None:
    said = run(town, codebook, "export")
    assert said.exit_code == 0, said.output
    table = pd.read_csv(town / "out.csv", encoding="utf-8-sig").set_index("theme_id")
    assert table.loc[new, ["n", "percent", "rank"]].isna().all().all()
    assert table["n"].dropna().to_dict() == wanted
    notes = (town / "out.notes.txt").read_text(encoding="utf-8")
    assert "no figures yet" in notes
    assert f"coder apply {town / 'town'} --codebook {town / 'book.yaml'}" in notes


def test_a_few_decisions_do_not_stand_for_labels_of_a_theme() -> None:
    comments, labels, truth = world()
    without = labels[labels["theme_id"] != "small"]
    few = report_of(comments, without, BOOK, judge(truth, range(2), "random"))  # type: ignore[arg-type]
    assert pd.isna(few.themes.set_index("theme_id").loc["small", "n"])
    whole = report_of(comments, without, BOOK, judge(truth, range(N), "listed"))  # type: ignore[arg-type]
    assert int(whole.themes.set_index("theme_id").loc["small", "n"]) == truth[:, 3].sum()


def test_a_merged_theme_keeps_one_row_a_comment_with_the_greater_probability() -> None:
    rows = [
        ("a", "one", "", 0.9, False, "model", "", -1, -1, "1"),
        ("a", "two", "", 0.4, True, "amira", "words", 0, 5, "1"),
    ]
    labels = pd.DataFrame(rows, columns=list(tables.LABELS.columns))
    book = Codebook(title="T", themes=(Theme(id="two", name="Two", was=("one",)),))
    found = labels_now(labels, book).to_dict(orient="records")
    assert [(r["theme_id"], r["probability"], r["assigned"], r["evidence"]) for r in found] == [
        ("two", 0.9, True, "words")
    ]


@pytest.mark.parametrize(
    ("codebook", "wrong"),
    [(RENAMED, ""), (MERGED, ""), (ADDED, "noise"), (SPLIT, "cars, vans"), (DROPPED, "trees")],
)
def test_check_finds_labels_of_another_codebook_wrong_but_not_a_rename(
    town: Path, codebook: str, wrong: str
) -> None:
    said = run(town, codebook, "check")
    assert isinstance(said.exception, CoderError) is bool(wrong), said.output
    if wrong:
        message = for_command_line(str(said.exception.args[0]))
        assert wrong in message
        assert f"coder apply {town / 'town'} --codebook {town / 'book.yaml'}" in message
    else:
        assert "themes were renamed since" in said.output


def test_published_notes_say_that_the_labels_follow_an_earlier_codebook(town: Path) -> None:
    earlier = town / "earlier.yaml"
    earlier.write_text(BEFORE)
    project = Project(town / "town")
    project.record_run("apply", {"codebook_fingerprint": read_codebook(earlier).fingerprint})
    for text, stale in (
        (BEFORE, False),
        (BEFORE.replace("name: Trees", "name: Trees, keywords: [oak]"), True),
    ):
        assert run(town, text, "export").exit_code == 0
        notes = (town / "out.notes.txt").read_text(encoding="utf-8")
        assert ("The codebook has changed since the program coded the comments" in notes) == stale
