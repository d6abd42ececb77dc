"""Candidates adopted as they are, beside the groups that they were drafted from.

    python tests/benchmarks/adopted_candidates.py ../shared/data [--cache vectors.sqlite]
        [--only austin,neas,example,gambling,argkp] [--work FOLDER] [--sample FOLDER]

Each set of comments goes through the workflow of the commands: read, cluster, codebook from, apply. Printed are
labels a comment as grouped and as coded, the largest ratio of coded to grouped size, and how well groups and coded
themes match the best theme of people: that of the highest F1 with the group, for both the same. With `--work` the
projects are kept, and a second run only codes.

`--sample FOLDER` writes 150 random labels of 20 random adopted candidates of Austin for blind reading: comment and
name in `to_read.csv`; in `key.csv` whether the comment was in the group.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from coder.clustering import cluster as clustering
from coder.codebook import read_codebook
from coder.workflow.apply import apply
from coder.workflow.cluster import cluster
from coder.workflow.codebook import codebook_from
from coder.workflow.read import read
from coder.workflow.target import Columns

ROOT = Path(__file__).resolve().parents[2]
FEWEST = 5  # comments of a human theme that is compared with
CANDIDATES_READ, LABELS_READ = 20, 150


class Survey(NamedTuple):
    """Comments, and what people coded them with; None where nobody did."""

    name: str
    family: str
    texts: list[str]
    themes: list[set[str]] | None


class Measures(NamedTuple):
    """A set of adopted candidates. Means are over its candidates."""

    name: str
    candidates: int
    grouped_labels: float
    coded_labels: float
    largest: float
    grouped_f1: float
    coded_f1: float
    grouped_precision: float
    coded_precision: float
    grouped_recall: float
    coded_recall: float


# ---------------------------------------------------------------- sets of comments


def surveys(data: Path) -> Iterator[Survey]:
    """The nine sets."""
    austin = pd.read_csv(data / "austin_community_survey" / "comments.csv", dtype=str)
    yield Survey("Austin", "austin", list(austin["text"].fillna("")), None)
    yield _coded("neas", "neas", data / "patient_experience" / "neas", "text")
    yield _coded("example", "example", ROOT / "examples" / "police_and_crime_plan", "comment")
    for part in (1, 2):
        yield _gambling(data, part)
    yield from key_points(data, "dev")


def _coded(name: str, family: str, folder: Path, column: str) -> Survey:
    """`comments.csv` and `labels.csv`, whose codes are joined by semicolons."""
    comments = pd.read_csv(folder / "comments.csv", dtype=str, keep_default_na=False)
    labels = pd.read_csv(folder / "labels.csv", dtype=str, keep_default_na=False)
    codes = labels.set_index("comment_id")["themes"]
    comments = comments[comments["comment_id"].isin(codes.index)]
    themes = []
    for comment_id in comments["comment_id"]:
        parts = [part.split("=")[0] for part in codes[comment_id].split(";")]
        themes.append({part for part in parts if part})
    return Survey(name, family, list(comments[column]), themes)


def _gambling(data: Path, part: int) -> Survey:
    folder = data / "gambling_xs"
    answers = folder / "inputs" / f"question_part_{part}" / "responses.jsonl"
    mapped = folder / "outputs" / "mapping" / "2025-07-22" / f"question_part_{part}"
    rows = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    codes = {}
    for line in (mapped / "mapping.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        codes[row["response_id"]] = set(row["labels"])
    texts = [row["response"] for row in rows]
    themes = [codes.get(row["response_id"], set()) for row in rows]
    return Survey(f"gambling {part}", "gambling", texts, themes)


def key_points(data: Path, part: str) -> Iterator[Survey]:
    """One set a topic: the arguments for and against, and the key points that they match."""
    arguments = pd.read_csv(data / "argkp" / f"arguments_{part}.csv")
    labels = pd.read_csv(data / "argkp" / f"labels_{part}.csv")
    matched = labels[labels["label"] == 1].groupby("arg_id")["key_point_id"].agg(set)
    for topic, rows in arguments.groupby("topic", sort=False):
        themes = [matched.get(arg_id, set()) for arg_id in rows["arg_id"]]
        yield Survey(f"ArgKP {part}: {topic}", "argkp", list(rows["argument"]), themes)


# ---------------------------------------------------------------- through the workflow


def prepare(survey: Survey, folder: Path, cache: Path | None) -> None:
    """The project, its candidates, and the codebook that they are adopted into."""
    folder.mkdir(parents=True)
    ids = [f"{number:06d}" for number in range(len(survey.texts))]
    table = pd.DataFrame({"comment_id": ids, "text": survey.texts})
    project = folder / "project"
    read(table, project, Columns(text="text", id="comment_id"))
    if cache is not None:
        (project / "cache").mkdir()
        (project / "cache" / "vectors.sqlite").symlink_to(cache.resolve())
    cluster(project)
    codebook_from(project / "candidates.yaml", folder / "book.yaml")


def code(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Grouped and coded: whether each comment (row) has each top candidate (column)."""
    project = folder / "project"
    outcome = apply(project, folder / "book.yaml")
    model = outcome.project.labels
    assigned = model[model["assigned"] & (model["position_id"] == "")]
    ids = sorted(set(model["comment_id"]))
    memberships = pd.read_csv(project / "candidates.csv", dtype=str, keep_default_na=False)
    tops = memberships[memberships["parent_id"] == ""]
    candidates = sorted(set(tops["candidate_id"]))
    grouped = _matrix(tops["comment_id"], tops["candidate_id"], ids, candidates)
    coded = _matrix(assigned["comment_id"], assigned["theme_id"], ids, candidates)
    return grouped, coded


def _matrix(
    rows: "pd.Series[str]", columns: "pd.Series[str]", ids: list[str], candidates: list[str]
) -> pd.DataFrame:
    counts = pd.crosstab(rows.to_numpy(), columns.to_numpy())
    return counts.reindex(index=ids, columns=candidates, fill_value=0) > 0


def compare(survey: Survey, grouped: pd.DataFrame, coded: pd.DataFrame) -> Measures:
    """The figures of one set."""
    sizes = coded.sum() / grouped.sum()
    scores = np.full((1, 6), np.nan)
    if survey.themes is not None:
        scores = np.array(_scores(survey.themes, grouped, coded))
    return Measures(
        survey.name,
        grouped.shape[1],
        float(grouped.to_numpy().sum() / len(grouped)),
        float(coded.to_numpy().sum() / len(coded)),
        float(sizes.max()),
        *map(float, scores.mean(axis=0)),
    )


def _scores(
    themes: list[set[str]], grouped: pd.DataFrame, coded: pd.DataFrame
) -> list[tuple[float, ...]]:
    """F1, precision and recall of each candidate, grouped and coded, with its best human theme."""
    own = [themes[int(comment_id)] for comment_id in grouped.index]
    named = pd.Series([theme for each in own for theme in each]).value_counts()
    humans = [np.array([theme in each for each in own]) for theme in named[named >= FEWEST].index]
    rows = []
    for candidate in grouped.columns:
        group, said = grouped[candidate].to_numpy(), coded[candidate].to_numpy()
        best = max(humans, key=lambda human: f1(human, group))
        pairs = (
            (f1, group),
            (f1, said),
            (precision, group),
            (precision, said),
            (recall, group),
            (recall, said),
        )
        rows.append(tuple(measure(best, said_here) for measure, said_here in pairs))
    return rows


def f1(truth: np.ndarray, said: np.ndarray) -> float:
    """0 where neither holds anything."""
    return float(2 * (truth & said).sum() / max(1, truth.sum() + said.sum()))


def precision(truth: np.ndarray, said: np.ndarray) -> float:
    """Share of what was said that is true."""
    return float((truth & said).sum() / max(1, said.sum()))


def recall(truth: np.ndarray, said: np.ndarray) -> float:
    """Share of what is true that was said."""
    return float((truth & said).sum() / max(1, truth.sum()))


# ---------------------------------------------------------------- for blind reading


def write_sample(
    survey: Survey, folder: Path, coded: pd.DataFrame, grouped: pd.DataFrame, to: Path
) -> None:
    """Random labels of random candidates, and the key."""
    random = np.random.default_rng(20)
    names = {node.theme.id: node.theme.name for node in read_codebook(folder / "book.yaml").nodes}
    chosen = random.choice(coded.columns, CANDIDATES_READ, replace=False)
    pairs = coded[chosen].stack()
    pairs = pairs[pairs].index
    picked = [pairs[i] for i in random.choice(len(pairs), LABELS_READ, replace=False)]
    to_read, key = [], []
    for number, (comment_id, candidate) in enumerate(picked):
        text = survey.texts[int(comment_id)]
        to_read.append((number, names[candidate], text))
        key.append((number, comment_id, candidate, bool(grouped.loc[comment_id, candidate])))
    to.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(to_read, columns=["number", "name", "comment"]).to_csv(
        to / "to_read.csv", index=False
    )
    columns = ["number", "comment_id", "candidate_id", "was_in_group"]
    pd.DataFrame(key, columns=columns).to_csv(to / "key.csv", index=False)


# ---------------------------------------------------------------- run


def show(rows: list[Measures]) -> None:
    """The table, and the mean over sets with codes by people."""
    table = pd.DataFrame(rows).set_index("name")
    print(table.round(3).to_string())
    print("\nmean of all", table.mean().round(3).to_dict())


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("data", type=Path)
    ask.add_argument("--only", default="austin,neas,example,gambling,argkp")
    ask.add_argument("--cache", type=Path)
    ask.add_argument("--work", type=Path)
    ask.add_argument("--sample", type=Path)
    args = ask.parse_args()
    work = args.work or Path(tempfile.mkdtemp(prefix="adopted-"))
    rows = []
    for number, survey in enumerate(surveys(args.data)):
        if survey.family not in args.only.split(","):
            continue
        folder = work / str(number)
        if not folder.exists():
            prepare(survey, folder, args.cache)
        grouped, coded = code(folder)
        rows.append(compare(survey, grouped, coded))
        if args.sample and survey.family == "austin":
            write_sample(survey, folder, coded, grouped, args.sample)
    show(rows)
    if args.work is None:
        shutil.rmtree(work)


if __name__ == "__main__":
    clustering.MOST = 0  # stability says nothing here, and takes most of the time
    main()
