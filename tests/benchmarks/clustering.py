"""Candidate themes against BERTopic on the same vectors, in one process.

    python tests/benchmarks/clustering.py [--only argkp,draws,patients,gambling] [--cache vectors.sqlite]

Needs bertopic and umap-learn. For each data set it prints a row a method:
recovery (for each human theme of five comments or more the best F1 of any candidate, mean), recovery over themes
and sub-themes, AMI (BERTopic's left out comments as a class of their own), share left out, stability (adjusted
Rand index with a run without a tenth of the comments, mean of --drops), CPU seconds after embedding, and the
memory of the process so far. BERTopic runs with its defaults and a fixed seed for UMAP, and with
`reduce_outliers(strategy="embeddings")`.
"""

import argparse
import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

sys.path.pop(0)  # this folder, whose names may hide packages
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from coder import tables
from coder.clustering import cluster, cluster_comments
from coder.embedding import make_embedder

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SENTIMENT = {
    "Negative experience & dissatisfaction",
    "Positive experience & gratitude",
    "Labelling not possible",
    "Safeguarding concerns?",
}


class Task(NamedTuple):
    """Comments with the themes that people gave them, one or several each."""

    kind: str
    texts: list[str]
    gold: list[list[str]]


class Found(NamedTuple):
    """Groups by one method: each comment's own (-1 left out), and all groups as sets of row numbers."""

    labels: list[int]
    groups: list[set[int]]  # by own group
    members: list[set[int]]  # by all that a comment belongs to
    subs: list[set[int]]


def argkp() -> Iterator[Task]:
    """One task a topic: arguments that match exactly one key point."""
    parts = ("train", "dev")
    arguments = pd.concat(pd.read_csv(SHARED / f"argkp/arguments_{part}.csv") for part in parts)
    labels = pd.concat(pd.read_csv(SHARED / f"argkp/labels_{part}.csv") for part in parts)
    matched = labels[labels["label"] == 1].groupby("arg_id")["key_point_id"].agg(list)
    single = matched[matched.map(len) == 1]
    arguments = arguments[arguments["arg_id"].isin(single.index)]
    for _, part in arguments.groupby("topic", sort=False):
        yield Task("argkp", part["argument"].tolist(), [single[i] for i in part["arg_id"]])


def patients() -> Task:
    """Patient comments with exactly one theme besides sentiment, themes of ten or more."""
    table = pd.read_csv(
        SHARED / "patient_experience/neas/original.csv", keep_default_na=False, dtype=str
    )
    first = table.columns.get_loc("Organisation & efficiency")
    themes = [name for name in table.columns[first:] if name not in SENTIMENT]
    marked = table[themes].isin(["1", "1.0"]).to_numpy()
    one = marked.sum(axis=1) == 1
    frame = pd.DataFrame(
        {"text": table["FFT answer"][one], "theme": [themes[i] for i in marked[one].argmax(axis=1)]}
    )
    frame = frame[frame["text"].str.strip() != ""].drop_duplicates("text")
    large = frame["theme"].value_counts()
    frame = frame[frame["theme"].isin(large[large >= 10].index)]
    return Task("patients", frame["text"].tolist(), [[theme] for theme in frame["theme"]])


def draws(whole: Task, count: int = 4, size: int = 500) -> Iterator[Task]:
    """Random draws of the patient comments."""
    for seed in range(count):
        rows = np.random.default_rng(seed).choice(len(whole.texts), size, replace=False)
        yield Task("draws", [whole.texts[i] for i in rows], [whole.gold[i] for i in rows])


def gambling() -> Iterator[Task]:
    """Two questions of made-up answers with several themes each."""
    for part in (1, 2):
        lines = (
            (SHARED / f"gambling_xs/inputs/question_part_{part}/responses.jsonl")
            .read_text()
            .splitlines()
        )
        answers = [json.loads(line) for line in lines]
        mapped = (
            SHARED / f"gambling_xs/outputs/mapping/2025-07-22/question_part_{part}/mapping.jsonl"
        )
        gold = {
            row["response_id"]: row["labels"]
            for row in map(json.loads, mapped.read_text().splitlines())
        }
        yield Task(
            "gambling",
            [a["response"] for a in answers],
            [gold.get(a["response_id"], []) for a in answers],
        )


class Given:
    """An embedder that looks vectors up: no method's seconds hold any embedding."""

    def __init__(self, embedder: Any, texts: list[str]) -> None:
        self.fingerprint = embedder.fingerprint
        self._embedder = embedder
        self.seconds = 0.0
        self.encode(texts)

    def encode(self, texts: Any, *_: Any) -> Any:
        start = time.process_time()
        vectors = self._embedder.encode(texts)
        self.seconds += time.process_time() - start
        return vectors


def by_coder(method: str) -> Callable[[list[str], Any, Given], Found]:
    def run(texts: list[str], _: Any, given: Given) -> Found:
        n = len(texts)
        frame = pd.DataFrame(
            {
                "comment_id": [f"{i:06d}" for i in range(n)],
                "text": texts,
                "weight": np.nan,
                "status": "analysed",
            }
        )
        for name in tables.COMMENTS.columns:
            if name not in frame:
                frame[name] = ""
        found = cluster_comments(frame.astype(tables.COMMENTS.dtypes), given, method=method)
        top = [candidate.id for candidate in found.top]
        rows = found.memberships[found.memberships["parent_id"] == ""].groupby(
            "comment_id", sort=True
        )
        own = rows["candidate_id"].first()
        labels = [top.index(candidate) for candidate in own]
        return Found(
            labels,
            [
                {i for i, label in enumerate(labels) if label == number}
                for number in range(len(top))
            ],
            [{int(i) for i in candidate.comment_ids} for candidate in found.top],
            [
                {int(i) for i in candidate.comment_ids}
                for candidate in found.candidates
                if candidate.parent_id
            ],
        )

    return run


def by_bertopic(texts: list[str], vectors: Any, given: Given) -> tuple[Found, Found]:
    from bertopic import BERTopic
    from umap import UMAP

    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42)
    model = BERTopic(umap_model=umap)
    labels, _ = model.fit_transform(texts, vectors)
    try:
        reduced = model.reduce_outliers(texts, labels, strategy="embeddings", embeddings=vectors)
    except ValueError:  # every comment is left out: there is nothing to put them to
        reduced = labels
    return _grouped(labels), _grouped(reduced)


def _grouped(labels: Any) -> Found:
    found = [int(label) for label in labels]
    groups = [
        {i for i, label in enumerate(found) if label == number}
        for number in sorted(set(found) - {-1})
    ]
    return Found(found, groups, groups, [])


def recovery(gold: list[list[str]], groups: list[set[int]]) -> float:
    """Mean over human themes of five comments or more of the best F1 of any group."""
    themes: dict[str, set[int]] = {}
    for row, names in enumerate(gold):
        for name in names:
            themes.setdefault(name, set()).add(row)
    best = [
        max((2 * len(theme & group) / (len(theme) + len(group)) for group in groups), default=0.0)
        for theme in themes.values()
        if len(theme) >= 5
    ]
    return float(np.mean(best))


def main() -> None:
    warnings.filterwarnings("ignore")
    # The five runs by which `coder` measures its own stability would be timed too.
    cluster.FEWEST_MEASURED = 1_000_000_000
    ask = argparse.ArgumentParser()
    ask.add_argument("--only", default="argkp,draws,patients,gambling")
    ask.add_argument("--cache", type=Path, default=Path("build/benchmark-vectors.sqlite"))
    ask.add_argument("--drops", type=int, default=2)
    ask.add_argument("--draws", type=int, default=4, help="draws of 500 patient comments")
    args = ask.parse_args()
    embedder = make_embedder(args.cache)
    whole = patients()
    tasks = [
        task
        for task in (*argkp(), *draws(whole, args.draws), whole, *gambling())
        if task.kind in args.only.split(",")
    ]
    rows: list[dict[str, object]] = []
    for task in tasks:
        rows += measure(task, embedder, args.drops)
        table = pd.DataFrame(rows).groupby(["data", "method"], sort=False).mean(numeric_only=True)
        print(f"... {len(rows) // 4} of {len(tasks)}", file=sys.stderr)
    base = table.xs("BERTopic", level="method")
    for name in ("recovery", "two levels", "AMI"):
        against = base["recovery" if name == "two levels" else name]
        table[f"{name} x"] = (
            table[name] / against.reindex(table.index.get_level_values("data")).to_numpy()
        )
    print(table.round(3).to_string())


def measure(task: Task, embedder: Any, drops: int) -> list[dict[str, object]]:
    given = Given(embedder, task.texts)
    vectors = given.encode(task.texts)
    rng = np.random.default_rng(1)
    subsets = [
        np.sort(rng.choice(len(task.texts), round(0.9 * len(task.texts)), replace=False))
        for _ in range(drops)
    ]
    rows = []
    for name, run in (
        ("coder", by_coder("graph")),
        ("coder hdbscan", by_coder("hdbscan")),
        ("BERTopic", by_bertopic),
    ):
        found, seconds = timed(run, task.texts, vectors, given)
        again = [
            timed(run, [task.texts[i] for i in kept], vectors[kept], given)[0] for kept in subsets
        ]
        versions = [(name, found, again)]
        if isinstance(found[0], Found):  # BERTopic gives two
            versions = [
                (name, found[0], [pair[0] for pair in again]),
                (f"{name} reduced", found[1], [pair[1] for pair in again]),
            ]
        for called, one, others in versions:
            labels = np.array(one.labels)
            steady = [
                adjusted_rand_score(labels[kept], other.labels)
                for kept, other in zip(subsets, others, strict=True)
            ]
            single = all(len(names) == 1 for names in task.gold)
            groups = one.groups if single else one.members
            rows.append(
                {
                    "data": task.kind,
                    "method": called,
                    "comments": len(labels),
                    "groups": len(set(one.labels) - {-1}),
                    "recovery": recovery(task.gold, groups),
                    "two levels": recovery(task.gold, groups + one.subs),
                    "AMI": adjusted_mutual_info_score([names[0] for names in task.gold], labels)
                    if single
                    else np.nan,
                    "left out": float((labels == -1).mean()),
                    "stability": float(np.mean(steady)) if steady else np.nan,
                    "CPU s": seconds,
                    "GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
                }
            )
    return rows


def timed(run: Any, texts: list[str], vectors: Any, given: Given) -> tuple[Any, float]:
    given.seconds, start = 0.0, time.process_time()
    found = run(texts, vectors, given)
    return found, time.process_time() - start - given.seconds


if __name__ == "__main__":
    main()
