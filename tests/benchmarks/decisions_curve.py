"""What the first hundred decisions bring: quality by number of comments decided at random.

    python tests/benchmarks/decisions_curve.py ../shared/data --cache FOLDER
    python tests/benchmarks/decisions_curve.py ../shared/data --cache FOLDER --family neas --draws 3

Comments are drawn at random and decided as people coded them; everything is measured on the comments that were not
decided. The families: patients (NEAS, 25 themes, and parts of the codebook), the made-up example, gambling XS, and
ArgKP dev (a codebook for each topic and stance). Draws of the patient comments are also measured as in `coding.py`:
decided in the train split, measured on the test split.

Columns: F1 over all pairs; mean F1 of a comment; labels a comment, and how many there are; "stated": of pairs with a
probability of .05 or more, the mean gap between stated and true share over ten bins; "share": mean over themes of the
gap between mean probability and true share; "published": the same of the share that a report prints, over all
comments (the estimate from 30 on, else the share coded).
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from coder.codebook import Codebook, Theme, read_codebook
from coder.coding.blocks import MemoryStore, cut_texts
from coder.coding.cuts import assign_themes
from coder.coding.features import (
    FITTED_ON,
    fit_wording_components,
    no_components,
    regression_features,
)
from coder.coding.first_guess import guess_log_odds
from coder.coding.learning import learn
from coder.coding.passes import Scorer
from coder.coding.scoring import Workplace, count_texts, gather_vectors, score_texts
from coder.coding.subjects import subject_of
from coder.coding.training import TrainingAnswer, TrainingText, example_texts, training_arrays
from coder.embedding import make_embedder
from coder.statistics.intervals import FEWEST_AUDITED, share

ROOT = Path(__file__).resolve().parents[2]
DECIDED = (0, 10, 20, 30, 60, 100)
FEWEST_LEFT = 20  # comments to measure on
COLUMNS = ("decided", "micro F1", "per comment", "labels", "true", "stated", "share", "published")

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]


class Coded(NamedTuple):
    """Comments with a codebook and people's codes. n comments, t themes."""

    name: str
    texts: list[str]
    book: Codebook
    truth: Bools  # (n, t)
    test: Bools  # (n,) the comments to measure on; all where there is no split


class Prepared(NamedTuple):
    """What learning needs. Examples of the codebook follow the n comments."""

    coded: Coded
    prior: Floats  # (n + examples, t)
    features: Floats
    features_of_examples: Floats  # without decisions
    examples: list[TrainingText]


# ---------------------------------------------------------------- data


def read_patients(data: Path) -> Coded:
    """The comments of patients, with 25 themes."""
    source = data / "patient_experience" / "neas"
    comments = pd.read_csv(source / "comments.csv", dtype=str, keep_default_na=False)
    labels = pd.read_csv(source / "labels.csv", dtype=str, keep_default_na=False)
    codes = dict(zip(labels["comment_id"], labels["themes"], strict=True))
    book = read_codebook(source / "codebook.yaml")
    said = [codes[name] for name in comments["comment_id"]]
    test = (comments["split"] == "test").to_numpy()
    return Coded("neas", list(comments["text"]), book, as_matrix(said, book), test)


def read_example() -> Coded:
    """The made-up consultation, without comments that say nothing."""
    source = ROOT / "examples" / "police_and_crime_plan"
    comments = pd.read_csv(source / "comments.csv", dtype=str, keep_default_na=False)
    labels = pd.read_csv(source / "labels.csv", dtype=str, keep_default_na=False)
    both = comments.merge(labels, on="comment_id")
    book = read_codebook(ROOT / "codebooks" / "police_and_crime_plan.yaml")
    truth = as_matrix(list(both["themes"]), book)
    return Coded("example", list(both["comment"]), book, truth, everything(len(both)))


def read_gambling(data: Path, part: int) -> Coded:
    """One question of the gambling consultation."""
    source = data / "gambling_xs"
    mapping = source / "outputs" / "mapping" / "2025-07-22" / f"question_part_{part}"
    answers = read_lines(source / "inputs" / f"question_part_{part}" / "responses.jsonl")
    mapped = {row["response_id"]: row["labels"] for row in read_lines(mapping / "mapping.jsonl")}
    used = {label for labels in mapped.values() for label in labels}
    themes = []
    for theme in json.loads((mapping / "themes.json").read_text("utf-8")):
        if theme["topic_id"] in used:
            themes.append(
                Theme(
                    id=theme["topic_id"].lower(),
                    name=theme["topic_label"],
                    definition=theme["topic_description"],
                )
            )
    book = Codebook(title="Gambling", themes=tuple(themes))
    said = [";".join(mapped[row["response_id"]]).lower() for row in answers]
    texts = [row["response"] for row in answers]
    return Coded(f"gambling {part}", texts, book, as_matrix(said, book), everything(len(texts)))


def read_arguments(data: Path) -> Iterator[Coded]:
    """ArgKP dev: the key points of one side of a topic as themes; a pair nobody marked is none."""
    source = data / "argkp"
    arguments = pd.read_csv(source / "arguments_dev.csv", dtype=str)
    points = pd.read_csv(source / "key_points_dev.csv", dtype=str)
    labels = pd.read_csv(source / "labels_dev.csv", dtype=str)
    marked = labels[labels["label"] == "1"]
    for number, ((topic, stance), part) in enumerate(arguments.groupby(["topic", "stance"]), 1):
        own = points[(points["topic"] == topic) & (points["stance"] == stance)]
        themes = []
        for name, point in zip(own["key_point_id"], own["key_point"], strict=True):
            themes.append(Theme(id=name.replace("_", "-"), name=point))
        book = Codebook(title=str(topic), themes=tuple(themes))
        said = []
        for name in part["arg_id"]:
            found = marked.loc[marked["arg_id"] == name, "key_point_id"]
            said.append(";".join(found).replace("_", "-"))
        truth = as_matrix(said, book)
        yield Coded(f"argkp {number}", list(part["argument"]), book, truth, everything(len(said)))


def read_lines(path: Path) -> list[dict[str, object]]:
    """A file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def as_matrix(said: Sequence[str], book: Codebook) -> Bools:
    """(n, t) codes, written as ids joined by `;`."""
    columns = {theme_id: number for number, theme_id in enumerate(book.theme_ids)}
    matrix = np.zeros((len(said), len(columns)), dtype=np.bool_)
    for row, codes in enumerate(said):
        for code in codes.split(";"):
            theme_id = code.split("=")[0]
            if theme_id in columns:
                matrix[row, columns[theme_id]] = True
    return matrix


def everything(count: int) -> Bools:
    """(count,) all of them."""
    return np.ones(count, dtype=np.bool_)


def draw_parts(coded: Coded, sizes: Sequence[int], draws: int) -> Iterator[Coded]:
    """The same comments with some of the themes, drawn at random."""
    for size in sizes:
        for seed in range(draws):
            random = np.random.default_rng(seed)
            picked = np.sort(random.choice(len(coded.book.themes), size, replace=False))
            themes = tuple(coded.book.themes[number] for number in picked)
            book = coded.book.model_copy(update={"themes": themes})
            columns = [coded.book.theme_ids.index(theme_id) for theme_id in book.theme_ids]
            name = f"{coded.name} {size} themes, {seed}"
            yield coded._replace(name=name, book=book, truth=coded.truth[:, columns])


def read_families(data: Path) -> dict[str, list[Coded]]:
    """Every codebook, by family of data."""
    patients, made_up = read_patients(data), read_example()
    return {
        "neas": [patients],
        "neas, parts": list(draw_parts(patients, (12, 6, 3), 2)),
        "example": [made_up, *draw_parts(made_up, (6, 3), 2)],
        "gambling": [read_gambling(data, 1), read_gambling(data, 2)],
        "argkp": list(read_arguments(data)),
    }


# ---------------------------------------------------------------- a curve


def prepare(coded: Coded, cache: Path) -> Prepared:
    """Everything that does not depend on decisions, as `apply_codebook` works it out."""
    embedder = make_embedder(cache / "embeddings.sqlite")
    scorer = Scorer(embedder, coded.book.language, opinion=True, seed=0)
    subjects = [subject_of(theme) for theme in coded.book.active]
    examples = example_texts(subjects)
    n = len(coded.texts)
    blocks = cut_texts(coded.texts, [example.text for example in examples])
    place = Workplace(MemoryStore())
    counted = count_texts(blocks, subjects, scorer, place)
    scored = score_texts(counted, subjects, scorer, place)
    score = scored.blended
    prior = guess_log_odds(score[:n], scored.signals.automatic)
    shift = prior[0] - score[0]
    texts = counted.texts
    vectors = gather_vectors(counted.blocks, np.arange(len(texts)), place.store)
    components = fit_wording_components(texts[:FITTED_ON]).transform(texts)
    return Prepared(
        coded,
        np.vstack([prior, score[n:] + shift]),
        regression_features(vectors, components),
        regression_features(vectors, no_components(texts)),
        examples,
    )


def decide(prepared: Prepared, drawn: Integers) -> tuple[Floats, Bools]:
    """(n, t) probabilities, and what is assigned, once the comments drawn are decided."""
    coded = prepared.coded
    n, themes = coded.truth.shape
    texts = []
    for row in drawn:
        answers = {t: TrainingAnswer(float(coded.truth[row, t]), 1.0) for t in range(themes)}
        texts.append(TrainingText(coded.texts[row], int(row), answers, may_calibrate=True))
    texts += prepared.examples
    odds = prepared.prior
    if texts:
        rows = [*map(int, drawn), *range(n, n + len(prepared.examples))]
        features = prepared.features if len(drawn) else prepared.features_of_examples
        odds = learn(prepared.prior, features, training_arrays(texts, rows, themes)).odds
    probability = np.asarray(expit(odds[:n]))
    assignment = assign_themes(probability, coded.book, decided=len(drawn))
    return assignment.probability, assignment.assigned


def measure(coded: Coded, drawn: Integers, probability: Floats, said: Bools, on: Bools) -> Floats:
    """The figures of `COLUMNS`, but the first."""
    truth, given, stated = coded.truth[on], said[on], probability[on]
    sizes = truth.sum(axis=1) + given.sum(axis=1)
    shared = (truth & given).sum(axis=1)
    per_comment = np.where(sizes == 0, 1.0, 2 * shared / np.maximum(sizes, 1))
    gap = np.abs(stated.mean(axis=0) - truth.mean(axis=0))
    figures = (
        2 * shared.sum() / max(1, sizes.sum()),
        per_comment.mean(),
        given.sum(axis=1).mean(),
        truth.sum(axis=1).mean(),
        calibration_gap(truth, stated),
        gap.mean(),
        np.abs(published(coded, drawn, probability, said) - coded.truth.mean(axis=0)).mean(),
    )
    return np.array(figures, dtype=np.float64)


def calibration_gap(truth: Bools, stated: Floats, least: float = 0.05) -> float:
    """Mean gap between stated and true share, over pairs of at least that probability, in ten
    bins.
    """
    kept = stated >= least
    bins = np.minimum((stated[kept] * 10).astype(int), 9)
    gaps = np.bincount(bins, stated[kept] - truth[kept], minlength=10)
    return float(np.abs(gaps).sum() / max(1, kept.sum()))


def published(coded: Coded, drawn: Integers, probability: Floats, said: Bools) -> Floats:
    """(t,) the share of all comments that a report prints."""
    judged = np.zeros(len(said), dtype=np.bool_)
    judged[drawn] = True
    value = np.where(judged[:, None], coded.truth, said).astype(np.float64)
    if len(drawn) < FEWEST_AUDITED:
        return value.mean(axis=0)
    shares = []
    for column in range(value.shape[1]):
        estimate = share(value[:, column], judged, judged, probability[:, column])
        shares.append(estimate.value)
    return np.array(shares)


def curve(prepared: Prepared, draws: int) -> dict[int, Floats]:
    """By number of comments decided: (draws, figures)."""
    coded = prepared.coded
    n = len(coded.truth)
    figures: dict[int, Floats] = {}
    for count in DECIDED:
        if n - count < FEWEST_LEFT:
            continue
        rows = []
        for seed in range(draws if count else 1):
            drawn = np.random.default_rng(seed).permutation(n)[:count]
            probability, said = decide(prepared, drawn)
            left = everything(n)
            left[drawn] = False
            rows.append(measure(coded, drawn, probability, said, left))
        figures[count] = np.array(rows)
    return figures


def split_curve(prepared: Prepared, draws: int) -> dict[int, Floats]:
    """The same, decided in the train split and measured on the test split."""
    coded = prepared.coded
    train = np.flatnonzero(~coded.test)
    figures: dict[int, Floats] = {}
    for count in DECIDED:
        rows = []
        for seed in range(draws if count else 1):
            drawn = np.random.default_rng(seed).permutation(train)[:count]
            probability, said = decide(prepared, drawn)
            rows.append(measure(coded, drawn, probability, said, coded.test))
        figures[count] = np.array(rows)
    return figures


# ---------------------------------------------------------------- tables


def print_curve(name: str, curves: Sequence[dict[int, Floats]]) -> None:
    """Means over codebooks of the means over draws, and the standard error of the first figure."""
    print(f"\n{name}")
    print("  ".join(column.rjust(11) for column in COLUMNS))
    for count in DECIDED:
        means = [found[count].mean(axis=0) for found in curves if count in found]
        if not means:
            continue
        cells = "  ".join(f"{figure:11.3f}" for figure in np.mean(means, axis=0))
        print(f"{count:11d}  {cells}", flush=True)


def main() -> None:
    """Print a table for each family."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="folder for vectors")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--family", action="append", help="only these")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    for name, codebooks in read_families(options.data).items():
        if options.family and name not in options.family:
            continue
        prepared = [prepare(coded, options.cache) for coded in codebooks]
        if name == "neas":
            curves = [split_curve(part, options.draws) for part in prepared]
            print_curve("neas, test split", curves)
        print_curve(name, [curve(part, options.draws) for part in prepared])


if __name__ == "__main__":
    main()
