"""How well `coder apply` codes, without and with decisions, beside simpler ways, in one run.

    python tests/benchmarks/coding.py ../shared/data                 # everything, some 15 minutes on two cores
    python tests/benchmarks/coding.py ../shared/data --seeds 1 --quick

Patient comments (NEAS, coded by people with 25 themes) go through the commands alone: `coder read`, `apply`,
`review --from` a table of the people's codes for comments drawn at random from the train split, `apply`. Every
figure is of the test split, whose codes are never shown. Peers see the same comments and decisions: TF-IDF
with a linear support vector machine, cosine of vectors, keyword search, and SetFit where it is installed.

Then gambling XS and the project's own made-up example, without decisions and with half of them, and ArgKP dev
with key points as themes (the measure of the 2021 key point analysis task: average precision of the best
match of the half of the arguments that are surest, times the share of right ones; undecided pairs count as
wrong in strict, as right in relaxed).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import average_precision_score
from sklearn.svm import LinearSVC

from coder.codebook import Codebook, Theme, read_codebook, write_codebook

ROOT = Path(__file__).resolve().parents[2]
Truth = NDArray[np.bool_]


def coder(*words: object) -> None:
    """Run the program as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", "coder", *map(str, words), "--quiet"], text=True, capture_output=True
    )
    if done.returncode:
        raise SystemExit(f"coder {' '.join(map(str, words))}: {done.stderr}")


# ---------------------------------------------------------------- measures


def macro_ap(truth: Truth, score: NDArray[np.float64]) -> float:
    """Mean over themes that occur of the average precision of the scores."""
    return float(
        np.mean(
            [
                average_precision_score(truth[:, t], score[:, t])
                for t in np.flatnonzero(truth.any(0))
            ]
        )
    )


def micro_f1(truth: Truth, said: Truth) -> float:
    """F1 over all pairs of comment and theme."""
    return float(2 * (truth & said).sum() / max(1, truth.sum() + said.sum()))


def comment_f1(truth: Truth, said: Truth) -> float:
    """Mean over comments of the F1 of the two sets; two empty sets agree."""
    both = truth.sum(1) + said.sum(1)
    return float(np.where(both == 0, 1.0, 2 * (truth & said).sum(1) / np.maximum(both, 1)).mean())


def calibration_error(truth: Truth, probability: NDArray[np.float64], least: float = 0.05) -> float:
    """Expected calibration error over pairs of at least that probability, in tenths."""
    kept = probability >= least
    p, y = probability[kept], truth[kept]
    bins = np.minimum((p * 10).astype(int), 9)
    return float(
        sum(abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).sum() for b in set(bins))
        / len(p)
    )


def best_global(truth: Truth, score: NDArray[np.float64]) -> float:
    """Micro F1 at the best cut that the truth itself would choose: flatters those that it is used for."""
    order = np.argsort(-score, axis=None)
    found = np.cumsum(truth.ravel()[order])
    return float((2 * found / (np.arange(1, len(order) + 1) + truth.sum())).max())


# ---------------------------------------------------------------- a data set through the commands


class Data:
    """Comments, a codebook and people's codes in a folder of its own."""

    def __init__(
        self, folder: Path, comments: pd.DataFrame, book: Codebook, codes: pd.Series
    ) -> None:
        self.folder, self.ids, self.book = folder, list(comments["comment_id"]), book
        self.texts, self.codes = list(comments["text"]), codes
        folder.mkdir(parents=True)
        self.file = folder / "comments.csv"
        comments.to_csv(self.file, index=False)
        self.project = folder / "project"
        coder("read", self.file, "--into", self.project, "--text", "text", "--id", "comment_id")
        themes = book.theme_ids
        sets = [{part.split("=")[0] for part in codes[i].split(";")} for i in self.ids]
        self.truth: Truth = np.array([[theme in found for theme in themes] for found in sets])

    def coded(
        self, name: str, decided: Sequence[int] = ()
    ) -> tuple[NDArray[np.float64], Truth, float]:
        """Probabilities, assignments and seconds of `coder apply` with those comments decided."""
        book = self.folder / f"{name}.yaml"
        write_codebook(book, self.book)
        if len(decided):
            table = self.folder / f"{name}.csv"
            ids = [self.ids[i] for i in decided]
            pd.DataFrame({"comment_id": ids, "themes": [self.codes[i] for i in ids]}).to_csv(
                table, index=False
            )
            coder(
                "review", self.project, "--codebook", book, "--reviewer", "people", "--from", table
            )
        started = time.perf_counter()
        coder("apply", self.project, "--codebook", book)
        seconds = time.perf_counter() - started
        labels = pd.read_parquet(self.project / "labels.parquet")
        labels = labels[labels["position_id"] == ""]
        probability = labels.pivot(index="comment_id", columns="theme_id", values="probability")
        standing = pd.read_csv(self.project / "matrix.csv", dtype={"comment_id": str})
        standing = standing.set_index("comment_id")
        order = list(self.book.theme_ids)
        return (  # comments that say nothing have no label
            probability.reindex(self.ids)[order].fillna(0).to_numpy(dtype=float),
            standing.reindex(self.ids)[order].eq(1).to_numpy(dtype=bool),
            seconds,
        )


def neas(data: Path, folder: Path) -> tuple[Data, Truth]:
    """The patient comments and which of them are for testing."""
    source = data / "patient_experience" / "neas"
    comments = pd.read_csv(source / "comments.csv", dtype=str, keep_default_na=False)
    codes = pd.read_csv(source / "labels.csv", dtype=str, keep_default_na=False).set_index(
        "comment_id"
    )["themes"]
    test = (comments["split"] == "test").to_numpy()
    return Data(folder, comments, read_codebook(source / "codebook.yaml"), codes), test


def gambling(data: Path, folder: Path, part: int) -> Data:
    """One question of the synthetic gambling consultation; themes have no keywords."""
    source = data / "gambling_xs"
    out = source / "outputs" / "mapping" / "2025-07-22" / f"question_part_{part}"
    lines = (
        (source / "inputs" / f"question_part_{part}" / "responses.jsonl")
        .read_text("utf-8")
        .splitlines()
    )
    answers = [json.loads(line) for line in lines]
    mapped = {
        row["response_id"]: row["labels"]
        for row in map(json.loads, (out / "mapping.jsonl").read_text("utf-8").splitlines())
    }
    used = {label for labels in mapped.values() for label in labels}
    themes = [
        t for t in json.loads((out / "themes.json").read_text("utf-8")) if t["topic_id"] in used
    ]
    book = Codebook(
        title="Gambling",
        themes=tuple(
            Theme(
                id=t["topic_id"].lower(), name=t["topic_label"], definition=t["topic_description"]
            )
            for t in themes
        ),
    )
    ids = [str(row["response_id"]) for row in answers]
    codes = pd.Series(
        [";".join(x.lower() for x in mapped[row["response_id"]]) for row in answers], index=ids
    )
    return Data(
        folder,
        pd.DataFrame({"comment_id": ids, "text": [row["response"] for row in answers]}),
        book,
        codes,
    )


def example(folder: Path) -> Data:
    """The project's own made-up comments, coded by their authors; the codebook was written without them."""
    source = ROOT / "examples" / "police_and_crime_plan"
    comments = pd.read_csv(source / "comments.csv", dtype=str, keep_default_na=False)
    codes = pd.read_csv(source / "labels.csv", dtype=str, keep_default_na=False).set_index(
        "comment_id"
    )["themes"]
    comments = comments[comments["comment_id"].isin(codes.index)].rename(
        columns={"comment": "text"}
    )
    book = read_codebook(ROOT / "codebooks" / "police_and_crime_plan.yaml")
    return Data(folder, comments[["comment_id", "text"]].reset_index(drop=True), book, codes)


# ---------------------------------------------------------------- peers


def peer_svc(
    texts: list[str], truth: Truth, taught: NDArray[np.int64]
) -> tuple[NDArray[np.float64], Truth]:
    """TF-IDF of one and two words and a linear support vector machine a theme: margins and their signs."""
    table = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit(texts).transform(texts)
    margin = np.full(truth.shape, -1.0)
    for t in range(truth.shape[1]):
        wanted = truth[taught, t]
        if wanted.any() and not wanted.all():
            margin[:, t] = (
                LinearSVC(class_weight="balanced")
                .fit(table[taught], wanted)
                .decision_function(table)
            )
    said = margin > 0
    said[np.arange(len(said)), margin.argmax(1)] = (
        True  # as the health service's tool does: never none
    )
    return margin, said


def peer_cosine(data: Data) -> NDArray[np.float64]:
    """Cosine of whole comment and `name: definition`."""
    from coder.embedding import ReferenceEncoder

    embedder = ReferenceEncoder()
    asked = [f"{theme.name}: {theme.definition}" for theme in data.book.active]
    return np.asarray(embedder.encode(data.texts) @ embedder.encode(asked).T, dtype=np.float64)


def peer_keywords(data: Data) -> NDArray[np.float64]:
    """Number of the theme's keywords that a comment contains, as typed."""
    folded = [text.casefold() for text in data.texts]
    return np.array(
        [
            [sum(word.casefold() in text for word in theme.keywords) for theme in data.book.active]
            for text in folded
        ],
        dtype=float,
    )


def peer_setfit(data: Data, taught: NDArray[np.int64]) -> tuple[NDArray[np.float64], float] | None:
    """SetFit on the packaged encoder, 100 steps of 32 pairs; None where it is not installed."""
    try:
        from datasets import Dataset
        from setfit import SetFitModel, Trainer, TrainingArguments
    except ImportError:
        return None
    from coder.embedding import packaged_model

    used = np.flatnonzero(data.truth[taught].any(0))
    started = time.perf_counter()
    net = SetFitModel.from_pretrained(
        str(packaged_model()), multi_target_strategy="one-vs-rest", local_files_only=True
    )
    rows = Dataset.from_dict(
        {
            "text": [data.texts[i] for i in taught],
            "label": data.truth[np.ix_(taught, used)].astype(int).tolist(),
        }
    )
    arguments = TrainingArguments(batch_size=32, num_epochs=1, max_steps=100, report_to="none")
    Trainer(model=net, args=arguments, train_dataset=rows).train()
    score = np.zeros(data.truth.shape)
    score[:, used] = np.asarray(net.predict_proba(data.texts))
    return score, time.perf_counter() - started


# ---------------------------------------------------------------- tables


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain table."""
    cells = [[f"{c:.3f}" if isinstance(c, float) else str(c) for c in row] for row in rows]
    width = [max(len(r[i]) for r in [list(columns), *cells]) for i in range(len(columns))]
    print(f"\n{title}")
    for row in [list(columns), *cells]:
        print(
            "  ".join(
                c.ljust(w) if i == 0 else c.rjust(w)
                for i, (c, w) in enumerate(zip(row, width, strict=True))
            )
        )
    sys.stdout.flush()


def run_neas(data: Path, work: Path, seeds: int, quick: bool) -> None:
    """The learning curve."""
    found, test = neas(data, work / "neas")
    truth, train = found.truth[test], np.flatnonzero(~test)
    rows: list[list[object]] = []

    def add(
        name: str, n: object, score: NDArray[np.float64], said: Truth | None, seconds: float
    ) -> None:
        f1 = micro_f1(truth, said[test]) if said is not None else best_global(truth, score[test])
        per = comment_f1(truth, said[test]) if said is not None else float("nan")
        error = (
            calibration_error(truth, score[test]) if name == "coder" and n != 0 else float("nan")
        )
        rows.append([name, n, macro_ap(truth, score[test]), f1, per, error, seconds])

    add("coder", 0, *found.coded("zero"))
    add("cosine (best cut)", 0, peer_cosine(found), None, 0.0)
    add("keywords (best cut)", 0, peer_keywords(found), None, 0.0)
    for n in (50, 100, 200, 400, len(train)):
        ours, theirs = [], []
        for seed in range(1 if n == len(train) else seeds):
            taught = np.sort(np.random.default_rng(seed).choice(train, n, replace=False))
            score, said, seconds = found.coded(f"n{n}s{seed}", taught)
            ours.append([macro_ap(truth, score[test]), micro_f1(truth, said[test]), comment_f1(truth, said[test]),
                         calibration_error(truth, score[test]), seconds])  # fmt: skip
            started = time.perf_counter()
            margin, said = peer_svc(found.texts, found.truth, taught)
            theirs.append([macro_ap(truth, margin[test]), micro_f1(truth, said[test]), comment_f1(truth, said[test]),
                           float("nan"), time.perf_counter() - started])  # fmt: skip
        rows.append(["coder", n, *map(float, np.mean(ours, axis=0))])
        rows.append(["TF-IDF + SVC", n, *map(float, np.mean(theirs, axis=0))])
        if n in (100, 400) and not quick:
            taught = np.sort(np.random.default_rng(0).choice(train, n, replace=False))
            peer = peer_setfit(found, taught)
            if peer:
                add("SetFit (best cut)", n, peer[0], None, peer[1])
    columns = (
        "NEAS, test split",
        "decided",
        "macro AP",
        "micro F1",
        "F1 per comment",
        "ECE p>=.05",
        "seconds",
    )
    show(
        f"Patient comments: {len(found.ids):,}, {len(found.book.active)} themes; mean of {seeds} draws",
        columns,
        rows,
    )


def run_small(data: Path, work: Path, seeds: int) -> None:
    """Gambling XS and the example, without decisions and with half of the comments decided."""
    rows: list[list[object]] = []
    sets = [("gambling XS 1", gambling(data, work / "g1", 1)), ("gambling XS 2", gambling(data, work / "g2", 2)), ("example", example(work / "example"))]  # fmt: skip
    for name, found in sets:
        score, said, _ = found.coded("zero")
        cosine = peer_cosine(found)
        rows.append([name, 0, macro_ap(found.truth, score), micro_f1(found.truth, said), best_global(found.truth, score),
                     macro_ap(found.truth, cosine), best_global(found.truth, cosine)])  # fmt: skip
        results = []
        for seed in range(seeds):
            order = np.random.default_rng(seed).permutation(len(found.ids))
            taught, rest = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
            score, said, _ = found.coded(f"half{seed}", taught)
            margin, guess = peer_svc(found.texts, found.truth, taught)
            t = found.truth[rest]
            results.append([macro_ap(t, score[rest]), micro_f1(t, said[rest]), best_global(t, score[rest]),
                            macro_ap(t, margin[rest]), micro_f1(t, guess[rest])])  # fmt: skip
        rows.append([name, len(found.ids) // 2, *map(float, np.mean(results, axis=0))])
    show("Smaller sets (peer: cosine at its best cut without decisions, TF-IDF + SVC with)",
         ("", "decided", "macro AP", "micro F1", "at best cut", "peer AP", "peer F1"), rows)  # fmt: skip


def run_few(data: Path, work: Path, seeds: int) -> None:
    """Parts of the patient comments' codebook, drawn at random, without decisions: is as much assigned as is there?"""
    source = data / "patient_experience" / "neas"
    rows: list[list[object]] = []
    found, _ = neas(data, work / "few")
    whole, codes = found.truth, found.book
    for count in (3, 6, 12):
        results = []
        for seed in range(seeds):
            picked = np.sort(
                np.random.default_rng(seed).choice(len(codes.themes), count, replace=False)
            )
            found.book = codes.model_copy(update={"themes": tuple(codes.themes[i] for i in picked)})
            found.truth = whole[:, picked]
            score, said, _ = found.coded(f"few{count}s{seed}")
            words = peer_keywords(found) > 0
            results.append([micro_f1(found.truth, said), best_global(found.truth, score), said.sum(1).mean(),
                            found.truth.sum(1).mean(), micro_f1(found.truth, words)])  # fmt: skip
        rows.append(
            [f"{count} of {len(codes.themes)} themes", *map(float, np.mean(results, axis=0))]
        )
    show(f"{source.name}, part of the codebook, no decisions; mean of {seeds} draws",
         ("", "micro F1", "at best cut", "labels said", "there are", "any keyword"), rows)  # fmt: skip


def run_argkp(data: Path, work: Path) -> None:
    """Key points as a codebook, argument by argument."""
    source = data / "argkp"
    arguments, points, labels = (
        pd.read_csv(source / f"{n}_dev.csv", dtype=str)
        for n in ("arguments", "key_points", "labels")
    )
    known = {(r.arg_id, r.key_point_id): int(r.label) for r in labels.itertuples()}
    results: list[list[float]] = []
    for number, ((topic, _), part) in enumerate(arguments.groupby(["topic", "stance"])):
        mine = points[(points["topic"] == topic) & (points["stance"] == part["stance"].iloc[0])]
        book = Codebook(
            title=str(topic),
            themes=tuple(
                Theme(id=i.replace("_", "-"), name=n)
                for i, n in zip(mine["key_point_id"], mine["key_point"], strict=True)
            ),
        )
        table = pd.DataFrame({"comment_id": part["arg_id"], "text": part["argument"]}).reset_index(
            drop=True
        )
        found = Data(
            work / f"argkp{number}", table, book, pd.Series("", index=list(part["arg_id"]))
        )
        score, _, _ = found.coded("zero")
        cosine = peer_cosine(found)
        truth = [[known.get((a, p)) for p in mine["key_point_id"]] for a in found.ids]
        results.append([*key_point_ap(score, truth), *key_point_ap(cosine, truth)])
    mean = list(map(float, np.mean(results, axis=0)))
    show(
        "ArgKP dev, key points as themes",
        ("", "strict mAP", "relaxed mAP"),
        [["coder", *mean[:2]], ["cosine", *mean[2:]]],
    )


def key_point_ap(score: NDArray[np.float64], truth: list[list[int | None]]) -> tuple[float, float]:
    """Strict and relaxed average precision of the best match of the surest half."""
    best, kept = score.argmax(1), len(score) // 2
    surest = np.argsort(-score.max(1), kind="stable")[:kept]
    found = []
    for otherwise in (0, 1):
        y = np.array([otherwise if (v := truth[i][best[i]]) is None else v for i in surest])
        found.append(
            float(average_precision_score(y, score.max(1)[surest]) * y.sum() / kept)
            if y.any()
            else 0.0
        )
    return found[0], found[1]


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="leave SetFit out")
    parser.add_argument("--small", action="store_true", help="leave the learning curve out")
    options = parser.parse_args()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if not options.small:
            run_neas(options.data, work, options.seeds, options.quick)
        run_small(options.data, work, options.seeds)
        run_few(options.data, work, options.seeds)
        run_argkp(options.data, work)


if __name__ == "__main__":
    main()
