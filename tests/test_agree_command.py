"""`coder agree`: between reviewers, model against blind reviewers only, and with a table of codings."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from coder import tables
from coder.cli import app
from coder.codebook import read_codebook
from coder.decisions import Decision, DecisionLog
from coder.errors import CoderError
from coder.project import Project, Settings
from coder.text import text_hash

CODEBOOK = """\
title: Streets
themes:
  - {id: police, name: More police, was: [bobbies]}
  - {id: roads, name: Roads}
  - id: drugs
    name: Drugs
    positions:
      - {id: more, name: More enforcement}
      - {id: less, name: Less enforcement}
"""
N = 40


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A project of 40 comments (the last one excluded), labels with known probabilities, a codebook."""
    (tmp_path / "book.yaml").write_text(CODEBOOK, encoding="utf-8")
    book = read_codebook(tmp_path / "book.yaml")
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{n:02d}" for n in range(N)],
            "text": [f"Comment number {n} [bold]about[/bold] \x1b]0;title\x07 the street" for n in range(N)],
            "source": "poll", "role": "public", "status": "analysed", "reason": "", "weight": np.nan,
            "campaign_id": "", "question": "",
        }
    )  # fmt: skip
    comments.loc[N - 1, ["status", "reason"]] = ["excluded", "duplicate"]
    project = Project(tmp_path / "p.coding")
    project.folder.mkdir()
    project.write_settings(Settings(name="streets"))
    project.write(project.settings(), comments)
    rows = []
    for n in range(N - 1):
        for theme, position in (
            ("police", ""),
            ("roads", ""),
            ("drugs", ""),
            ("drugs", "more"),
            ("drugs", "less"),
        ):
            p = 0.9 if present(n, theme, position) else 0.1
            if theme == "roads" and n % 10 == 0:
                p = 0.9  # the model is wrong here
            rows.append((f"c{n:02d}", theme, position, p, p >= 0.5, "model", "", -1, -1, "1"))
    project.write_labels(pd.DataFrame(rows, columns=list(tables.LABELS.columns)))
    thresholds = {"police": 0.5, "roads": 0.5, "drugs": 0.5}
    project.record_run(
        "apply", {"thresholds": thresholds, "codebook_fingerprint": book.fingerprint}
    )
    return tmp_path


def present(n: int, theme: str, position: str = "") -> bool:
    if theme == "drugs" and position:
        return n % 4 == 0 and (n % 8 == 0) == (position == "more")
    return {"police": n % 3 == 0, "roads": n % 5 == 1, "drugs": n % 4 == 0}[theme]


def decide(place: Path, reviewer: str, numbers: range, *, mode: str = "blind", wrong: str = "", chosen: str = "random", position: str = "") -> None:  # fmt: skip
    book = read_codebook(place / "book.yaml")
    texts = Project(place / "p.coding").comments.set_index("comment_id")["text"]
    made = []
    for n in numbers:
        themes = {t: () for t in ("police", "roads", "drugs") if present(n, t) != (t == wrong)}
        if position and "drugs" in themes:
            themes["drugs"] = (position,)
        name = f"c{n:02d}"
        made.append(
            Decision(
                project="streets",
                comment_id=name,
                text=texts[name],
                text_hash=text_hash(texts[name]),
                scope=book.theme_ids,
                themes=themes,
                mode=mode,
                chosen=chosen,
                reviewer=reviewer,
                codebook_version="1",
                codebook_fingerprint=book.fingerprint,
            )
        )
    DecisionLog(place / "book.yaml", reviewer).append(made)


def run(place: Path, *words: str) -> Result:
    return CliRunner().invoke(
        app, ["agree", str(place / "p.coding"), "--codebook", str(place / "book.yaml"), *words]
    )


def facts(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def rows_of(found: dict, name: str) -> dict[str, dict]:
    comparison = next(c for c in found["comparisons"] if c["name"] == name)
    return {row["theme_id"]: row for row in comparison["rows"]}


def truth_table(place: Path, numbers: range, name: str = "truth.csv") -> Path:
    lines = ["comment_id,themes"]
    for n in numbers:
        themes = [t for t in ("police", "roads") if present(n, t)]
        if present(n, "drugs"):
            themes.append("drugs=more" if n % 8 == 0 else "drugs=less")
        lines.append(f"c{n:02d},{';'.join(themes)}")
    (place / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place / name


# ---------------------------------------------------------------- with a table


def test_labels_against_a_table_give_counts_and_every_average(place: Path) -> None:
    found = facts(run(place, "--with", str(truth_table(place, range(N - 1))), "--json"))
    rows = rows_of(found, "labels - truth.csv")
    assert rows["police"]["f1"] == 1.0
    wrong = [n for n in range(N - 1) if n % 10 == 0 and n % 5 != 1]
    assert (rows["roads"]["fp"], rows["roads"]["fn"]) == (len(wrong), 0)
    assert rows["roads"]["tp"] == sum(n % 5 == 1 for n in range(N - 1))
    assert rows["drugs=more"]["f1"] == rows["drugs=less"]["f1"] == 1.0
    assert rows["micro"]["fp"] == len(wrong)  # positions stay out of the averages
    assert rows["roads"]["f1_low"] < rows["roads"]["f1"] < rows["roads"]["f1_high"]
    assert rows["police"]["f1_low"] is None  # every draw agrees
    assert rows["macro"]["average_precision"] < 1
    assert found["decided"] == 0


def test_excluded_comments_count_as_carrying_no_theme(place: Path) -> None:
    path = truth_table(place, range(N))
    path.write_text(path.read_text().replace("c39,police\n", "c39,police;roads\n"))
    rows = rows_of(facts(run(place, "--with", str(path), "--json")), "labels - truth.csv")
    assert (rows["police"]["fn"], rows["roads"]["fn"]) == (1, 1)
    assert "not analysed here" in run(place, "--with", str(path)).output


def test_what_the_model_learned_from_is_told_and_left_out(place: Path) -> None:
    decide(place, "ann", range(10))
    path = truth_table(place, range(N - 1))
    said = run(place, "--with", str(path))
    assert "10 of them were decided" in said.output
    assert "--unseen" in said.output
    found = facts(run(place, "--with", str(path), "--unseen", "--json"))
    assert (found["scored"], found["left_out"]) == (N - 11, 10)


def test_old_ids_are_read_and_unknown_comments_refused(place: Path) -> None:
    path = place / "t.csv"
    path.write_text("comment_id,themes\nc00,bobbies\n")
    assert (
        rows_of(facts(run(place, "--with", str(path), "--json")), "labels - t.csv")["police"]["tp"]
        == 1
    )
    path.write_text("comment_id,themes\nc00,police\nc98,\nc99,\n")
    with pytest.raises(CoderError, match=r"2 comments not in .*c98, c99"):
        raise run(place, "--with", str(path)).exception  # type: ignore[misc]


def test_scope_of_the_table_is_kept(place: Path) -> None:
    path = place / "t.csv"
    path.write_text("comment_id,themes,scope\nc00,police,police\nc10,,roads\n")
    rows = rows_of(facts(run(place, "--with", str(path), "--json")), "labels - t.csv")
    assert (rows["police"]["comments"], rows["roads"]["comments"], rows["drugs"]["comments"]) == (
        1,
        1,
        0,
    )
    assert rows["roads"]["fp"] == 1
    assert rows["drugs"]["f1"] is None


# ---------------------------------------------------------------- reviewers


def test_two_reviewers_and_the_model_against_the_blind_one_only(place: Path) -> None:
    decide(place, "ann", range(30))
    decide(place, "bo", range(20), mode="assisted", wrong="police")
    found = facts(run(place, "--json"))
    pair = rows_of(found, "ann - bo")
    assert pair["police"]["both"] == pair["police"]["neither"] == 0
    assert pair["police"]["kappa"] < 0
    assert pair["roads"]["kappa"] == 1.0
    model = rows_of(found, "model - blind reviewers")
    assert model["police"]["f1"] == 1.0  # bo, who had suggestions on the screen, does not count
    assert model["police"]["comments"] == 30
    assert model["roads"]["fp"] == 3
    blind = facts(run(place, "--blind", "--json"))
    assert [c["name"] for c in blind["comparisons"]] == ["model - blind reviewers"]


def test_the_model_is_scored_on_positions_too(place: Path) -> None:
    """A position that nobody named is scored where another of its theme was named."""
    decide(place, "ann", range(30), position="more")
    rows = rows_of(facts(run(place, "--json")), "model - blind reviewers")
    assert [rows["drugs=more"][name] for name in ("tp", "fp", "fn")] == [4, 0, 4]
    assert [rows["drugs=less"][name] for name in ("tp", "fp", "fn")] == [0, 4, 0]
    pooled = rows["positions"]
    assert (pooled["precision"], pooled["recall"], pooled["comments"]) == (0.5, 0.5, 30)
    assert pooled["f1_low"] < 0.5 < pooled["f1_high"]
    assert rows["micro"]["tp"] == sum(rows[name]["tp"] for name in ("police", "roads", "drugs"))
    shown = run(place).output
    assert "positions" in shown
    assert "drugs=less" in shown


def test_positions_that_nobody_names_are_not_scored(place: Path) -> None:
    decide(place, "ann", range(30))
    rows = rows_of(facts(run(place, "--json")), "model - blind reviewers")
    assert "drugs=more" not in rows
    assert "positions" not in rows


def test_a_narrow_window_leaves_no_figure_unsaid(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(place, "ann", range(30))
    decide(place, "bo", range(20), wrong="police")
    for width, there in ((80, False), (140, True)):
        monkeypatch.setenv("COLUMNS", str(width))
        shown = run(place).output
        table = shown.partition("one: only")[0]
        assert (" alpha " in table.splitlines()[2]) == there
        assert ("label sets (MASI)" in table) == there
        assert ("of the label sets (MASI distance): " in shown) != there


def test_model_is_what_it_said_itself_not_the_reviewers_label(place: Path) -> None:
    """`assigned` of a judged comment is the reviewer's; the model's own is its probability at its cut."""
    decide(place, "ann", range(30), wrong="roads")
    project = Project(place / "p.coding")
    labels = project.labels
    judged = labels["comment_id"] < "c30"
    labels.loc[judged, "assigned"] = [
        present(int(c[1:]), t) != (t == "roads")
        for c, t in zip(
            labels.loc[judged, "comment_id"], labels.loc[judged, "theme_id"], strict=True
        )
    ]
    labels.loc[judged, "origin"] = "ann"
    project.write_labels(labels)
    rows = rows_of(facts(run(place, "--json")), "model - blind reviewers")
    assert rows["roads"]["f1"] < 0.3


def test_three_reviewers_give_all_and_pairs_and_adjudication_is_no_coding(place: Path) -> None:
    for reviewer in ("ann", "bo", "cy"):
        decide(place, reviewer, range(20), wrong="roads" if reviewer == "cy" else "")
    book = read_codebook(place / "book.yaml")
    text = Project(place / "p.coding").comments.set_index("comment_id")["text"]["c00"]
    DecisionLog(place / "book.yaml", "dee").append(
        [
            Decision(
                project="streets", comment_id="c00", text=text, text_hash=text_hash(text),
                scope=("roads",), mode="assisted", chosen="targeted", reviewer="dee", adjudicates=("x", "y"),
                codebook_version="1", codebook_fingerprint=book.fingerprint,
            )
        ]
    )  # fmt: skip
    found = facts(run(place, "--json"))
    names = [c["name"] for c in found["comparisons"]]
    assert names[:4] == ["all reviewers", "ann - bo", "ann - cy", "bo - cy"]
    assert (
        rows_of(found, "all reviewers")["roads"]["alpha"]
        < rows_of(found, "ann - bo")["roads"]["alpha"]
    )
    assert rows_of(found, "ann - bo")["sets"]["alpha"] == 1.0
    one = facts(run(place, "--reviewer", "ann", "--reviewer", "cy", "--json"))
    assert one["comparisons"][0]["name"] == "ann - cy"


@pytest.mark.parametrize(("first", "counts"), [("blind", True), ("assisted", False)])
def test_what_settled_a_difference_of_blind_judgements_is_what_the_model_is_measured_on(
    place: Path, first: str, counts: bool
) -> None:
    decide(place, "ann", range(20))
    decide(place, "bo", range(20), wrong="roads", mode=first)
    decide(place, "cy", range(20))
    before = rows_of(facts(run(place, "--json")), "model - blind reviewers")["roads"]["f1"]
    book = read_codebook(place / "book.yaml")
    texts = Project(place / "p.coding").comments.set_index("comment_id")["text"]
    DecisionLog(place / "book.yaml", "dee").append(
        [
            Decision(
                project="streets", comment_id=c, text=texts[c], text_hash=text_hash(texts[c]), scope=("roads",),
                themes={"roads": ()}, mode="assisted", chosen="targeted", reviewer="dee", adjudicates=("x", "y"),
                codebook_version="1", codebook_fingerprint=book.fingerprint,
            )
            for c in ("c00", "c10")  # where the model finds it and the majority did not
        ]
    )  # fmt: skip
    after = rows_of(facts(run(place, "--json")), "model - blind reviewers")["roads"]["f1"]
    assert (after > before) == counts
    assert ("In 2 comments the adjudication counts" in run(place).output) == counts


def test_a_comment_drawn_for_one_reviewer_and_picked_by_another_counts_as_drawn(
    place: Path,
) -> None:
    decide(place, "ann", range(6), chosen="targeted")
    decide(place, "bo", range(4))
    said = " ".join(run(place).output.split())
    assert "4 of 6 comments were drawn at random" in said


@pytest.mark.parametrize("known", ["comments", "themes"])
def test_labels_of_something_else_are_told(place: Path, known: str) -> None:
    decide(place, "ann", range(30))
    project = Project(place / "p.coding")
    labels = project.labels
    column = {"comments": "comment_id", "themes": "theme_id"}[known]
    project.write_labels(labels.assign(**{column: "other-" + labels[column].astype(str)}))
    result = run(place)
    assert result.exit_code == 0, result.output
    assert "The labels know none of these comments" in " ".join(result.output.split())


def test_stale_decisions_do_not_count(place: Path) -> None:
    decide(place, "ann", range(20))
    decide(place, "bo", range(20))
    project = Project(place / "p.coding")
    comments = project.comments
    comments.loc[0, "text"] = "Somebody edited this"
    project.write(project.settings(), comments)
    assert rows_of(facts(run(place, "--json")), "ann - bo")["police"]["comments"] == 19


def test_one_reviewer_is_told_how_to_get_a_second(place: Path) -> None:
    decide(place, "ann", range(5))
    said = run(place).output
    assert "Only ann has" in said
    assert "--reviewer ANOTHER" in said


def test_like_comments_coded_differently_are_written_without_formulas(place: Path) -> None:
    project = Project(place / "p.coding")
    comments = project.comments
    comments.loc[1, "text"] = "=1+1 more police on the street"
    comments.loc[2, "text"] = "=1+1 more police on the STREET!"
    project.write(project.settings(), comments)
    decide(place, "ann", range(1, 5))
    listed = place / "alike.csv"
    assert (
        "Similar comments (by their words) coded differently"
        in run(place, "--alike", str(listed)).output
    )
    with listed.open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["comment_id_1"], row["comment_id_2"], row["differ"]) == ("c01", "c02", "roads")
    assert row["text_1"].startswith("'=")


# ---------------------------------------------------------------- files, errors, terminal


@pytest.mark.parametrize("suffix", ["csv", "json", "md"])
def test_every_form_is_written(place: Path, suffix: str) -> None:
    decide(place, "ann", range(20))
    decide(place, "bo", range(20), wrong="roads")
    to = place / f"out.{suffix}"
    assert run(place, "--to", str(to)).exit_code == 0
    text = to.read_text(encoding="utf-8-sig")
    assert "ann - bo" in text
    assert "model - blind reviewers" in text
    assert "NaN" not in text
    assert "nan" not in text
    if suffix == "json":
        assert rows_of(json.loads(text), "ann - bo")["roads"]["kappa"] < 0
    if suffix == "csv":
        table = pd.read_csv(to)
        assert set(table["theme_id"]) >= {
            "police",
            "roads",
            "drugs",
            "pooled",
            "mean",
            "sets",
            "micro",
        }


def test_terminal_shows_comments_harmlessly(place: Path) -> None:
    decide(place, "ann", range(10))
    decide(place, "bo", range(10), wrong="police")
    said = run(place).output
    assert "\x1b" not in said
    assert "[bold]about[/bold]" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "no decision beside"),
        (("--to", "out.xlsx"), "unsupported file type"),
        (("--unseen",), "Name the table too: with_='FILE.csv'"),
        (("--with", "nowhere.csv"), "there is no such file"),
        (("--reviewer", "zoe"), "no decision beside"),
    ],
)
def test_errors_say_what_to_do(place: Path, words: tuple[str, ...], told: str) -> None:
    error = run(place, *words).exception
    assert isinstance(error, CoderError)
    assert told in str(error)


def test_unknown_reviewer_offers_the_near_name(place: Path) -> None:
    decide(place, "ann", range(3))
    error = run(place, "--reviewer", "anne").exception
    assert isinstance(error, CoderError)
    assert "Did you mean 'ann'" in str(error)
