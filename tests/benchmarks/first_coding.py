"""How well a codebook codes before anybody decided anything, on eleven families of codebooks.

    python tests/benchmarks/first_coding.py ../shared/data --cache vectors.sqlite

The families: comments of patients with all 25 themes and with 12, 6 and 3 of them drawn at random,
the example of this project with 12, 6 and 3, two gambling questions whose themes have no keywords
and three themes of them, and ArgKP dev with key points as themes. Each is coded in one call of
`apply_codebook`, examples of the codebook included, and compared with what people said:

    true, said    labels a comment
    micro, best   F1 over all pairs as assigned, and at the one cut that the answers would choose
    comment       mean F1 of a comment's labels; two empty sets agree
    over          the largest share of a theme beside its true one, of themes with five or more
    none          comments that people gave no theme: the share left without one, where there are any

`--before` prints an earlier run, kept with `--keep`, beside this one.
"""

import argparse
import json
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.codebook import Codebook, Theme, read_codebook
from coder.coding import apply_codebook
from coder.embedding import CachedEmbedder, make_embedder
from coder.tables import ANALYSED

ROOT = Path(__file__).resolve().parents[2]
FEWEST = 5  # comments with a theme from which its over-count is looked at
FIGURES = ("true", "said", "micro", "best", "comment", "over", "none")
PARTS = {"neas": {12: 4, 6: 5, 3: 6}, "example": {6: 3, 3: 4}, "gambling": {3: 3}}

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Case(NamedTuple):
    """Comments, a codebook and what people said."""

    row: str  # of the table that it counts for
    ids: list[str]
    texts: list[str]
    codebook: Codebook
    truth: Bools  # (n, t)
    known: Bools  # (n, t) people agreed; the rest is left out

    def part(self, row: str, count: int, seed: int) -> "Case":
        """The same with `count` of its themes, drawn at random."""
        themes = self.codebook.themes
        draw = np.random.default_rng(seed)
        picked = np.sort(draw.choice(len(themes), count, replace=False))
        kept = tuple(themes[place] for place in picked)
        codebook = self.codebook.model_copy(update={"themes": kept})
        return self._replace(
            row=row,
            codebook=codebook,
            truth=self.truth[:, picked],
            known=self.known[:, picked],
        )

    def table(self) -> pd.DataFrame:
        """`tables.COMMENTS`."""
        return pd.DataFrame(
            {
                "comment_id": self.ids,
                "text": self.texts,
                "source": "s",
                "role": "public",
                "status": ANALYSED,
                "reason": "",
                "weight": np.nan,
                "campaign_id": "",
                "question": "",
            }
        )


# ---------------------------------------------------------------- the data


def coded(
    row: str,
    comments: pd.DataFrame,
    codes: pd.Series,
    codebook: Codebook,
) -> Case:
    """Comments with codes joined by semicolons; comments without a word are left out.

    Sub-themes stand beside the others, as people coded them.
    """
    flat = tuple(theme.model_copy(update={"themes": ()}) for theme in codebook.active)
    codebook = codebook.model_copy(update={"themes": flat})
    comments = comments[comments["text"].str.contains(r"\w")]
    ids = list(comments["comment_id"])
    truth = np.zeros((len(ids), len(codebook.themes)), dtype=np.bool_)
    column = {theme.id: place for place, theme in enumerate(codebook.themes)}
    for number, comment_id in enumerate(ids):
        for part in filter(None, codes[comment_id].split(";")):
            truth[number, column[part.split("=")[0]]] = True
    known = np.ones_like(truth)
    return Case(row, ids, list(comments["text"]), codebook, truth, known)


def read_table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def neas(data: Path) -> Case:
    """3,441 comments of patients, coded by the health service."""
    source = data / "patient_experience" / "neas"
    codes = read_table(source / "labels.csv").set_index("comment_id")["themes"]
    codebook = read_codebook(source / "codebook.yaml")
    return coded("neas, 25", read_table(source / "comments.csv"), codes, codebook)


def example() -> Case:
    """The made-up comments of this project, coded by their authors."""
    source = ROOT / "examples" / "police_and_crime_plan"
    codes = read_table(source / "labels.csv").set_index("comment_id")["themes"]
    comments = read_table(source / "comments.csv").rename(columns={"comment": "text"})
    comments = comments[comments["comment_id"].isin(codes.index)]
    codebook = read_codebook(ROOT / "codebooks" / "police_and_crime_plan.yaml")
    return coded("example, 12", comments, codes, codebook)


def read_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def gambling(data: Path, part: int) -> Case:
    """100 answers to one question; only themes that were used."""
    source = data / "gambling_xs"
    out = source / "outputs" / "mapping" / "2025-07-22" / f"question_part_{part}"
    answers = read_lines(source / "inputs" / f"question_part_{part}" / "responses.jsonl")
    ids = [str(row["response_id"]) for row in answers]
    texts = [str(row["response"]) for row in answers]
    labels = {str(row["response_id"]): row["labels"] for row in read_lines(out / "mapping.jsonl")}
    codes = pd.Series({name: ";".join(labels[name]).lower() for name in ids})
    used = set(";".join(codes).split(";"))
    themes = []
    for row in json.loads((out / "themes.json").read_text("utf-8")):
        if row["topic_id"].lower() in used:
            theme = Theme(
                id=row["topic_id"].lower(),
                name=row["topic_label"],
                definition=row["topic_description"],
            )
            themes.append(theme)
    codebook = Codebook(title="Gambling", themes=tuple(themes))
    comments = pd.DataFrame({"comment_id": ids, "text": texts})
    return coded(f"gambling {part}", comments, codes, codebook)


def argkp(data: Path) -> Iterator[Case]:
    """Arguments for and against four motions, with the key points of each side as themes; pairs
    on which too few people agreed are left out.
    """
    source = data / "argkp"
    arguments = read_table(source / "arguments_dev.csv")
    points = read_table(source / "key_points_dev.csv")
    labels = read_table(source / "labels_dev.csv")
    matches = labels[labels["label"] == "1"]
    matched = set(zip(matches["arg_id"], matches["key_point_id"], strict=True))
    decided = set(zip(labels["arg_id"], labels["key_point_id"], strict=True))
    for (topic, stance), part in arguments.groupby(["topic", "stance"]):
        own = points[(points["topic"] == topic) & (points["stance"] == stance)]
        themes = []
        for key, name in zip(own["key_point_id"], own["key_point"], strict=True):
            themes.append(Theme(id=key.replace("_", "-"), name=name))
        ids = list(part["arg_id"])
        pairs = list(product(ids, own["key_point_id"]))
        shape = (len(ids), len(themes))
        yield Case(
            "ArgKP dev (8)",
            ids,
            list(part["argument"]),
            Codebook(title=str(topic), themes=tuple(themes)),
            truth=np.array([pair in matched for pair in pairs]).reshape(shape),
            known=np.array([pair in decided for pair in pairs]).reshape(shape),
        )


def cases(data: Path) -> Iterator[Case]:
    """Every case, family by family."""
    patients = neas(data)
    yield patients
    yield from parts_of(patients, "neas", 0)
    made_up = example()
    yield made_up
    yield from parts_of(made_up, "example", 0)
    questions = [gambling(data, 1), gambling(data, 2)]
    yield from questions
    for number, question in enumerate(questions):
        yield from parts_of(question, "gambling", 10 * number)
    yield from argkp(data)


def parts_of(
    whole: Case,
    family: str,
    first_seed: int,
) -> Iterator[Case]:
    """Codebooks of fewer themes."""
    for count, draws in PARTS[family].items():
        for seed in range(first_seed, first_seed + draws):
            yield whole.part(f"{family}, {count}", count, seed)


# ---------------------------------------------------------------- the figures


def measure(case: Case, probability: Floats, assigned: Bools) -> dict[str, float]:
    """`FIGURES` of one case."""
    truth = case.truth
    probability = np.where(case.known, probability, 0.0)
    assigned = assigned & case.known
    none = ~truth.any(axis=1)
    left = float("nan")
    if none.any():
        left = float((~assigned[none].any(axis=1)).mean())
    return {
        "true": float(truth.sum(axis=1).mean()),
        "said": float(assigned.sum(axis=1).mean()),
        "micro": micro_f1(truth, assigned),
        "best": best_f1(truth, probability),
        "comment": comment_f1(truth, assigned),
        "over": over_count(truth, assigned),
        "none": left,
    }


def micro_f1(truth: Bools, assigned: Bools) -> float:
    return float(2 * (truth & assigned).sum() / max(1, truth.sum() + assigned.sum()))


def best_f1(truth: Bools, probability: Floats) -> float:
    """At the best single cut; chosen with the answers."""
    order = np.argsort(-probability, axis=None)
    right = np.cumsum(truth.ravel()[order])
    count = np.arange(1, len(order) + 1)
    return float((2 * right / (count + truth.sum())).max())


def comment_f1(truth: Bools, assigned: Bools) -> float:
    right = (truth & assigned).sum(axis=1)
    labels = truth.sum(axis=1) + assigned.sum(axis=1)
    f1 = np.where(labels == 0, 1.0, 2 * right / np.maximum(labels, 1))
    return float(f1.mean())


def over_count(truth: Bools, assigned: Bools) -> float:
    """The largest share of a theme beside its true one, of those people used often enough."""
    used = truth.sum(axis=0) >= FEWEST
    if not used.any():
        return float("nan")
    return float((assigned.sum(axis=0)[used] / truth.sum(axis=0)[used]).max())


def code(case: Case, embedder: CachedEmbedder) -> tuple[Floats, Bools]:
    """Probabilities and what is assigned, (n, t) each."""
    labels = apply_codebook(case.table(), case.codebook, embedder).labels
    labels = labels[labels["position_id"] == ""]
    by_theme = labels.pivot(index="comment_id", columns="theme_id").loc[case.ids]
    themes = list(case.codebook.theme_ids)
    probability = by_theme["probability"][themes].to_numpy(dtype=float)
    assigned = by_theme["assigned"][themes].to_numpy(dtype=bool)
    return probability, assigned


def run(data: Path, embedder: CachedEmbedder) -> dict[str, dict[str, float]]:
    """The mean of each row's cases."""
    figures: dict[str, list[dict[str, float]]] = {}
    for case in cases(data):
        figures.setdefault(case.row, []).append(measure(case, *code(case, embedder)))
    means = {}
    for row, each in figures.items():
        means[row] = {name: mean_of([one[name] for one in each]) for name in FIGURES}
    rows = list(means.values())
    means["mean"] = {name: mean_of([row[name] for row in rows]) for name in FIGURES}
    return means


def mean_of(values: list[float]) -> float:
    """The mean of those that are known."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def print_table(
    figures: dict[str, dict[str, float]],
    before: dict[str, dict[str, float]] | None,
) -> None:
    """One row a family; with `before`, each figure as "before -> now"."""
    width = 8 if before is None else 15
    print(" " * 14 + "".join(name.rjust(width) for name in FIGURES))
    for row, now in figures.items():
        cells = []
        for name in FIGURES:
            cell = f"{now[name]:.3f}"
            if before is not None:
                cell = f"{before[row][name]:.3f}>{cell}"
            cells.append(cell.rjust(width))
        print(row.ljust(14) + "".join(cells))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("vectors.sqlite"))
    parser.add_argument("--keep", type=Path, help="write the figures here (JSON)")
    parser.add_argument("--before", type=Path, help="figures of an earlier run (JSON)")
    options = parser.parse_args()
    started = time.process_time()
    figures = run(options.data, make_embedder(options.cache))
    before = None
    if options.before:
        before = json.loads(options.before.read_text("utf-8"))
    print_table(figures, before)
    print(f"{time.process_time() - started:.0f} CPU seconds")
    if options.keep:
        options.keep.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
