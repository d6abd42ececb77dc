"""`coder agree --by`: how often the model errs about each group of respondents."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from coder import tables
from coder.cli import app
from coder.codebook import read_codebook
from coder.decisions import Decision, DecisionLog
from coder.project import Derived, Project, Settings
from coder.statistics.model_error import MORE, NO, TOO_FEW, CheckedThemes, error_rates
from coder.text import text_hash

CODEBOOK = """\
title: Streets
themes:
  - {id: police, name: More police}
  - {id: roads, name: Roads}
  - {id: nobody, name: Nobody has this}
"""
THEMES = ("police", "roads", "nobody")
N = 200
GENDER = ["woman" if n % 2 else "man" for n in range(N)]
GENDER[0] = GENDER[2] = GENDER[4] = "other"


def carries(n: int, theme: str) -> bool:
    return {"police": n % 5 < 2, "roads": n % 3 == 0, "nobody": False}[theme]


def assigns(n: int, theme: str) -> bool:
    """The model misses the theme police for women, mostly, and is right otherwise."""
    if theme == "police" and GENDER[n] == "woman" and n % 20 > 5:
        return False
    return carries(n, theme)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of 200 comments that the model coded."""
    folder = tmp_path_factory.mktemp("errors")
    (folder / "book.yaml").write_text(CODEBOOK, encoding="utf-8")
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{n:03d}" for n in range(N)],
            "text": [f"Comment number {n} about the street" for n in range(N)],
            "source": "poll", "role": "public", "status": "analysed", "reason": "", "weight": 1.5,
            "campaign_id": "", "question": "", "gender": GENDER,
            "age": [str(20 + n % 40) for n in range(N)], "[b]all\x1b[1m": "same",
        }
    )  # fmt: skip
    project = Project(folder / "p.coding")
    project.folder.mkdir()
    young = [str(age) for age in range(20, 40)]
    derived = Derived(column="age", groups={"young": young}, other="older")
    settings = Settings(name="streets", derived={"generation": derived})
    project.write(settings, comments)
    rows = []
    for n in range(N):
        for theme in THEMES:
            p = 0.9 if assigns(n, theme) else 0.1
            rows.append((f"c{n:03d}", theme, "", p, p > 0.5, "model", "", -1, -1, "1"))
    project.write_labels(pd.DataFrame(rows, columns=list(tables.LABELS.columns)))
    decide(folder, "ann", range(150), chosen="random")
    decide(folder, "bea", range(150, 180), chosen="targeted")
    return folder


def decide(
    place: Path, reviewer: str, numbers: Sequence[int], *, chosen: str, wrong: str = ""
) -> None:
    book = read_codebook(place / "book.yaml")
    texts = Project(place / "p.coding").comments.set_index("comment_id")["text"]
    made = []
    for n in numbers:
        name = f"c{n:03d}"
        made.append(
            Decision(
                project="streets", comment_id=name, text=texts[name], text_hash=text_hash(texts[name]),
                scope=book.theme_ids, themes={t: () for t in THEMES if carries(n, t) != (t == wrong)},
                mode="blind", chosen=chosen, reviewer=reviewer, codebook_version="1",
                codebook_fingerprint=book.fingerprint,
            )
        )  # fmt: skip
    DecisionLog(place / "book.yaml", reviewer).append(made)


def run(place: Path, *words: str) -> Result:
    codebook = ("--codebook", str(place / "book.yaml"))
    return CliRunner().invoke(app, ["agree", str(place / "p.coding"), *codebook, *words])


def errors_of(place: Path, column: str) -> dict:
    result = run(place, "--by", column, "--json")
    assert result.exit_code == 0, result.output
    (errors,) = json.loads(result.stdout)["errors_by_group"]
    return errors


def row_of(errors: dict, group: str, theme: str, error: str) -> dict:
    wanted = (group, theme, error)
    (row,) = [r for r in errors["rows"] if (r["group"], r["theme_id"], r["error"]) == wanted]
    return row


def test_a_theme_missed_more_often_for_one_group_is_found(place: Path) -> None:
    errors = errors_of(place, "gender")
    women = [n for n in range(150) if GENDER[n] == "woman"]
    carrying = [n for n in women if carries(n, "police")]
    missed = [n for n in carrying if not assigns(n, "police")]
    row = row_of(errors, "woman", "police", "missed")
    assert (row["n"], row["base"], row["comments"]) == (len(missed), len(carrying), len(women))
    assert row["percent"] == pytest.approx(100 * len(missed) / len(carrying))
    assert row["low"] < row["percent"] < row["high"]
    assert row["difference"] == MORE
    assert row_of(errors, "man", "police", "missed")["n"] is None, "it protects the others"
    assert row_of(errors, "woman", "roads", "missed")["difference"] == TOO_FEW
    (finding,) = errors["findings"]
    assert finding.startswith("The program misses More police more often for woman (")


def test_only_comments_drawn_at_random_count(place: Path) -> None:
    errors = errors_of(place, "gender")
    assert errors["comments"] == 150, "Bea's thirty were picked"
    assert any("150 comments count: those that were drawn at random" in n for n in errors["notes"])


def test_small_groups_are_not_shown_nor_to_be_worked_out(place: Path) -> None:
    errors = errors_of(place, "gender")
    for error in ("missed", "wrong"):
        small = row_of(errors, "other", "police", error)
        assert (small["n"], small["base"], small["percent"]) == (None, None, None)
        assert small["difference"] == TOO_FEW


def test_derived_groups_and_one_group_alone(place: Path) -> None:
    generations = errors_of(place, "generation")
    assert {row["group"] for row in generations["rows"]} == {"young", "older"}
    alone = errors_of(place, "[b]all\x1b[1m")
    assert {row["difference"] for row in alone["rows"]} == {TOO_FEW}
    assert alone["findings"] == [
        "There are too few comments to tell whether the program errs more often for one group."
    ]


def test_the_table_in_a_narrow_terminal_and_in_files(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = [word for to in ("f.md", "f.csv") for word in ("--to", str(place / to))]
    shown = run(place, "--by", "gender", *words[:2])
    run(place, "--by", "gender", *words[2:])
    assert shown.exit_code == 0, shown.output
    table_lines = shown.stdout.split("Errors of the program")[1].splitlines()[:10]
    assert max(map(len, table_lines)) <= 80
    assert "Errors of the program by gender, 150 comments" in shown.stdout
    assert "1 theme had too few comments in every group." in shown.stdout
    written = (place / "f.md").read_text("utf-8")
    assert "## Errors of the program by gender, 150 comments" in written
    assert "| police | woman | missed |" in written
    table = pd.read_csv(place / "f.csv")
    own = table[table["comparison"] == "errors by gender"]
    assert set(tables.MODEL_ERRORS.columns) <= set(own.columns)
    assert len(own) == 3 * 3 * 2


def test_columns_that_do_not_exist_and_tables_of_codings_are_refused(place: Path) -> None:
    unknown = run(place, "--by", "gander")
    assert unknown.exit_code == 1
    assert "there is no such column" in str(unknown.exception)
    both = run(place, "--by", "gender", "--with", "codes.csv")
    assert both.exit_code == 1
    assert "errors by group are those that reviewers found" in str(both.exception)


def test_an_export_says_it_in_its_technical_record(place: Path) -> None:
    from coder.api import report

    made = report(place / "p.coding", place / "book.yaml", by=["gender"])
    record = next(b.record for b in made.breakdowns if b.column == "gender")
    (line,) = [note for note in record if note.startswith("The program's errors by gender")]
    assert "in 150 comments drawn at random and reviewed blind" in line
    assert "The program misses More police more often for woman (14 of 30, 30 to 64%)." in line


# ---------------------------------------------------------------- the statistics


def rates(truth: np.ndarray, assigned: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    checked = CheckedThemes(
        ["a"], ["A"], truth[:, None].astype(float), assigned[:, None].astype(float)
    )
    groups = sorted(set(values) - {""})
    return error_rates(checked, "group", values, groups).set_index(["group", "error"])


def test_a_hidden_group_is_protected_by_another() -> None:
    values = np.repeat(["x", "y", "z"], 40)
    truth = np.zeros(120)
    truth[:3], truth[40:49], truth[80:110] = 1, 1, 1
    table = rates(truth, truth, values)
    shown = table[table["hidden"] == ""].index.get_level_values("group")
    assert set(shown) == {"z"}, "3 and 9 are hidden: the total of 42 less 30 gives 12"


def test_disputes_and_unknown_answers_do_not_count() -> None:
    truth = np.array([1.0, np.nan, 1, 1, 1, 1, 1, 0])
    assigned = np.array([1.0, 0, np.nan, 0, 1, 1, 1, 1])
    row = rates(truth, assigned, np.array(["x"] * 8)).loc["x", "missed"]
    assert (row["n"], row["base"], row["comments"]) == (1, 5, 6)


def test_a_hidden_group_and_one_other_do_not_share_a_test() -> None:
    """What is wrong for x is hidden and has no test; what is wrong for y is compared with it."""
    values = np.array(["x"] * 7 + ["y"] * 60)
    truth = np.ones(67)
    assigned = truth.copy()
    assigned[:3] = 0
    assigned[7:24] = 0
    table = rates(truth, assigned, values)
    assert table.loc[("x", "wrong"), "hidden"] != ""
    assert table.loc[("y", "wrong"), "difference"] == TOO_FEW


def test_equal_errors_are_seldom_called_different() -> None:
    rng = np.random.default_rng(3)
    values = np.repeat(["x", "y", "z"], 60)
    claimed = 0
    for _ in range(100):
        truth = (rng.random((180, 4)) < 0.4).astype(float)
        missed = (rng.random(truth.shape) < 0.3) & (truth == 1)
        checked = CheckedThemes(list("abcd"), list("ABCD"), truth, np.where(missed, 0.0, truth))
        table = error_rates(checked, "group", values, ["x", "y", "z"])
        claimed += bool(table["difference"].isin([MORE, "less often"]).any())
        assert set(table["difference"]) <= {NO, TOO_FEW, MORE, "less often"}
    assert claimed <= 10
