"""`workflow.apply` and what `coder apply` prints: files written, outcome, errors, one table and the next step."""

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.codebook import Codebook, read_codebook
from coder.decisions import Decision, DecisionLog
from coder.errors import CoderError
from coder.files import sha256_of
from coder.project import Project
from coder.text import text_hash
from coder.workflow.apply import ApplyOutcome, apply
from coder.workflow.target import Columns

TEXTS = [
    "The bins overflow every weekend and nobody collects the rubbish.",
    "We need more buses in the evening, please run them more often.",
    "There are too many buses on the high street, fewer buses would be quieter.",
    "Dogs are off the lead everywhere in the park.",
    "The library roof leaks whenever it rains hard.",
    "The night bus to the hospital is always late.",
]
BOOK = """title: Town
themes:
  - {id: bins, name: Bins and litter, keywords: [bin, rubbish, litter]}
  - id: buses
    name: Buses
    keywords: [bus]
    positions:
      - {id: more, name: More buses, keywords: [more buses, more often]}
      - {id: fewer, name: Fewer buses, keywords: [fewer buses, too many buses]}
  - id: parks
    name: Parks
    themes:
      - {id: dogs, name: Dogs in parks, keywords: [dog]}
"""


def decide(book_path: Path, project: Project, themes: Sequence[dict[str, tuple[str, ...]]]) -> None:
    """Ann's decisions on the first comments, whole, one for each item of `themes`."""
    book = read_codebook(book_path)
    rows = project.comments.sort_values("comment_id")[["comment_id", "text"]]
    decisions = []
    for (comment_id, text), present in zip(rows.itertuples(index=False), themes, strict=False):
        decision = Decision(
            project=project.settings().name,
            comment_id=comment_id,
            text=text,
            text_hash=text_hash(text),
            scope=book.theme_ids,
            themes=present,
            mode="blind",
            chosen="random",
            reviewer="ann",
            codebook_version="1",
            codebook_fingerprint=book.fingerprint,
        )
        decisions.append(decision)
    DecisionLog(book_path, "ann").append(decisions)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ApplyOutcome]:
    """A folder with a file that was coded without any decision."""
    folder = tmp_path_factory.mktemp("town")
    ids = [f"c{number}" for number in range(len(TEXTS))]
    pd.DataFrame({"id": ids, "comment": TEXTS}).to_csv(folder / "town.csv", index=False)
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    columns = Columns(text="comment", id="id")
    return folder, apply(folder / "town.csv", str(folder / "book.yaml"), columns)


@pytest.fixture
def town(first: tuple[Path, ApplyOutcome], tmp_path: Path) -> Path:
    """A copy of the folder, to be changed."""
    shutil.copytree(first[0], tmp_path / "town")
    return tmp_path / "town"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_is_read_coded_and_written(first: tuple[Path, ApplyOutcome]) -> None:
    folder, outcome = first
    assert outcome.project.folder == folder / "town.coding"
    assert outcome.reading is not None
    assert outcome.encoded > len(TEXTS)
    assert outcome.warnings == ()
    labels = outcome.labels.set_index(["comment_id", "theme_id", "position_id"])["assigned"]
    assert labels["c0", "bins", ""]
    assert labels["c1", "buses", "more"]
    assert labels["c3", "parks", ""]  # the sub-theme counts for its parent
    matrix = {row["comment_id"]: row for row in rows_of(outcome.project.folder / "matrix.csv")}
    assert matrix["c3"]["parks"] == matrix["c3"]["dogs"] == matrix["c1"]["buses=more"] == "1"
    written = rows_of(outcome.project.folder / "labels.csv")
    assert len(written) == int(outcome.labels["assigned"].sum())
    run = outcome.project.last_run("apply")
    assert run is not None
    assert run["codebook_file"] == "book.yaml"
    assert run["tables_sha256"] == {
        name: sha256_of(outcome.project.folder / name) for name in ("labels.csv", "matrix.csv")
    }
    assert json.loads(json.dumps(outcome.facts(), default=str))["themes"][0]["theme_id"] == "bins"


def test_people_s_answers_are_laid_over_the_tables_and_kept_out_of_the_model_s(town: Path) -> None:
    project = Project(town / "town.coding")
    before = project.labels
    decide(town / "book.yaml", project, [{"buses": ("fewer",)}, {}])
    outcome = apply(project, town / "book.yaml")
    assert outcome.reading is None
    assert outcome.encoded == 0  # every vector was kept
    stored = project.stored_labels()
    assert set(stored["origin"]) == {"model"}
    assert stored["comment_id"].tolist() == before["comment_id"].tolist()
    standing = {
        (row["theme_id"], row["position_id"], row["origin"])
        for row in rows_of(project.folder / "labels.csv")
        if row["comment_id"] in ("c0", "c1")
    }
    assert standing == {("buses", "", "ann"), ("buses", "fewer", "ann")}
    buses = outcome.themes.set_index("theme_id").loc["buses"]
    assert buses["by_reviewer"] == 1
    assert buses["decided"] == 2
    assert outcome.run["decided"] == 2
    carrying = set(outcome.labels.loc[outcome.labels["assigned"], "comment_id"])
    assert "c1" not in carrying
    assert outcome.run["comments_without_theme"] == len(TEXTS) - len(carrying)


def test_a_codebook_in_memory_has_no_decisions(town: Path) -> None:
    project = Project(town / "town.coding")
    decide(town / "book.yaml", project, [{}] * 4)
    book = read_codebook(town / "book.yaml")
    outcome = apply(project, book)
    assert isinstance(outcome.codebook, Codebook)
    assert outcome.run["decided"] == 0
    assert outcome.run["codebook_file"] == ""


@pytest.mark.parametrize(
    ("target", "codebook", "problem", "fix"),
    [
        (pd.DataFrame({"comment": TEXTS}), "book.yaml", "must be a path, not a DataFrame", "coder.read('TABLE', into='FOLDER')"),
        ("town.csv", "bok.yaml", "there is no such codebook file", "book.yaml"),
        ("town.csv", BOOK, "the codebook must be a path, not the text itself", "YAML file"),
        ("Secret words.\nMore police", "book.yaml", "the project must be a path, not the text itself", "a file of comments"),
        ("town.csv", pd.DataFrame(), "the codebook must be a path, not a DataFrame", "coder.Codebook"),
        ("twon.csv", "book.yaml", "there is no such file or project", "Did you mean 'town.csv'?"),
        ("town.csv", "", "not an empty text", "YAML file"),
    ],
)  # fmt: skip
def test_errors_say_what_to_give_instead(
    first: tuple[Path, ApplyOutcome],
    monkeypatch: pytest.MonkeyPatch,
    target: object,
    codebook: object,
    problem: str,
    fix: str,
) -> None:
    monkeypatch.chdir(first[0])
    with pytest.raises(CoderError) as raised:
        apply(target, codebook)  # type: ignore[arg-type]
    assert problem in raised.value.problem
    assert fix in str(raised.value)
    assert "Secret" not in str(raised.value)


def printed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "120")
    done = CliRunner().invoke(app, ["apply", "town.csv", "--codebook", "book.yaml"])
    assert done.exit_code == 0, done.output
    return done.output


def test_one_table_is_printed_with_the_next_step(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (town / "town.csv").write_text((town / "town.csv").read_text() + "c9,N/A\n")  # read again
    said = printed(town, monkeypatch)
    assert said.count("\n ───") == 1
    assert "Analysed: 6 of 7 comments. Excluded: 1 non-substantive." in said
    assert "Columns: text = comment, id = id" in said
    assert "found by" in said
    assert "precision" not in said
    assert "Without a theme: " in said
    assert "No comment has been reviewed yet" in said
    assert "Next: coder review town.csv --codebook book.yaml --reviewer NAME --start" in said


def test_precision_and_recall_are_explained_once_there_are_reviews(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(town / "book.yaml", Project(town / "town.coding"), [{"bins": ()}, {"buses": ()}])
    said = printed(town, monkeypatch)
    heading = next(line for line in said.splitlines() if "found by" in line)
    assert heading.split() == ["theme", "comments", "share", "found", "by", "precision", "recall"]
    assert "Precision: of the comments coded with the theme, how many were right." in said
    assert "Recall: of the comments that carry the theme, how many were coded with it." in said
    assert "Reviewed: 2 comments. Probabilities are calibrated once 10" in said
    assert "Next: coder review town.csv --codebook book.yaml --reviewer NAME --start" in said


def test_nobody_is_sent_to_a_sample_once_everything_is_decided(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything: list[dict[str, tuple[str, ...]]] = [{"bins": ()}, *[{}] * 5]
    decide(town / "book.yaml", Project(town / "town.coding"), everything)
    said = printed(town, monkeypatch)
    assert "Every comment is reviewed for every theme: the counts are exact." in said
    assert "Next: coder export town.csv --codebook book.yaml --to themes.xlsx" in said
    assert "--sample" not in said
    assert "wrong labels" not in said


def test_what_is_likely_to_be_wrong_is_said_before_anybody_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = ["high street", "park", "school", "hospital", "station", "market", "bridge", "pool"]
    texts = [f"Fix the bins by the {place}, gate {n}" for n in range(3) for place in places]
    texts += [
        f"The night bus to the {place} is late, stop {n}" for n in range(3) for place in places
    ]
    texts[0] = "Fix the bins \x1b[31mnow\x1b[0m by the park"
    ids = [f"c{number:03}" for number in range(len(texts))]
    pd.DataFrame({"id": ids, "comment": texts}).to_csv(tmp_path / "town.csv", index=False)
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
    said = printed(tmp_path, monkeypatch)
    assert "Bins and litter: 24 of 24 comments only by the keyword “bin”. Read these" in said
    assert "Buses: the keyword “bus” is in 24 of 48 comments" in said
    assert (
        "NOT FOR PUBLICATION: first guess by the program. No comment has been reviewed yet" in said
    )
    assert "\x1b[31m" not in said
    decide(tmp_path / "book.yaml", Project(tmp_path / "town.coding"), [{"bins": ()}] * 3)
    later = printed(tmp_path, monkeypatch)
    assert "only by the keyword “bin”" not in later, "somebody has found the theme in a comment"
    assert "NOT FOR PUBLICATION: first guess by the program. Reviewed: 3 comments." in later
