"""Do the intervals keep their promise? Simulated audits, with the share of 95 % intervals that hold the truth.

Settings: 100 and 200 random reviews of 2,000 comments; alone, and with as many chosen by uncertainty between
them; unweighted (the truth is what all 2,000 comments carry) and weighted (the truth is the population's
weighted share). Populations: the human-coded comments of ../shared/data/patient_experience/neas, and made-up
ones. The model is fitted anew in every simulation, on the very reviews that then correct it, cross-fitted.

Run: python tests/benchmarks/coverage.py [SIMULATIONS] [--cache FILE.npz] [--model]
--model learns with coder's own model (seconds a simulation) in place of a quick stand-in that begins from the
same first guess. --cache keeps the first guess and the features of the comments between runs.
"""

import csv
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.statistics.intervals import share as theme_share
from coder.statistics.intervals import wilson
from coder.statistics.weighting import sample_share

NEAS = Path(__file__).parents[3] / "shared" / "data" / "patient_experience" / "neas"
SIZE, FOLDS, BATCH = 2000, 5, 50
Floats = NDArray[np.float64]


class Population(NamedTuple):
    """Comments to draw from: n rows, t themes."""

    name: str
    carries: Floats  # (n, t) 0 or 1
    prior: Floats  # (n, t) log-odds of the first guess
    features: Floats  # (n, d)
    weights: Floats  # (n,)


def neas(cache: Path | None) -> Population | None:
    """The human-coded comments with coder's first guess and features; None where they are absent."""
    if not NEAS.is_dir():
        return None
    from coder.codebook import read_codebook

    book = read_codebook(NEAS / "codebook.yaml")
    comments = rows_of(NEAS / "comments.csv")
    place = {row["comment_id"]: at for at, row in enumerate(comments)}
    carries = np.zeros((len(comments), len(book.theme_ids)))
    for row in rows_of(NEAS / "labels.csv"):
        for theme_id in filter(None, row["themes"].split(";")):
            carries[place[row["comment_id"]], book.theme_ids.index(theme_id)] = 1.0
    if cache and cache.is_file():
        kept = np.load(cache)
        prior, features = kept["prior"], kept["features"]
    else:
        prior, features = first_guess([row["text"] for row in comments], book)
        if cache:
            np.savez(cache, prior=prior, features=features)
    weights = np.random.default_rng(1).uniform(0.4, 2.2, len(comments)) * (1 + 0.5 * carries[:, 2])
    return Population("NHS comments", carries, prior, features, weights)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def first_guess(texts: list[str], book: object) -> tuple[Floats, Floats]:
    """Log-odds without decisions, and the features that decisions teach on, as `coder apply` makes them."""
    from coder.coding.blocks import MemoryStore, cut_texts
    from coder.coding.features import fit_wording_components, regression_features
    from coder.coding.first_guess import guess_log_odds
    from coder.coding.passes import Scorer
    from coder.coding.scoring import Workplace, count_texts, gather_vectors, score_texts
    from coder.coding.subjects import subject_of
    from coder.embedding import CachedEmbedder, ReferenceEncoder

    place = Workplace(MemoryStore())
    with tempfile.TemporaryDirectory() as folder:
        embedder = CachedEmbedder(ReferenceEncoder(), Path(folder) / "vectors.sqlite")
        scorer = Scorer(embedder, "en", opinion=True, seed=0)
        subjects = [subject_of(theme) for theme in book.active]  # type: ignore[attr-defined]
        counted = count_texts(cut_texts(texts), subjects, scorer, place)
        scored = score_texts(counted, subjects, scorer, place, blend=False)
    prior = guess_log_odds(scored.signals.score.astype(np.float64))
    vectors = gather_vectors(counted.blocks, np.arange(len(texts)), place.store)
    components = fit_wording_components(texts).transform(texts)
    return prior, regression_features(vectors, components)


def made_up(seed: int = 0) -> Population:
    """6,000 comments, 12 themes from .4 % to 30 %, a first guess of middling use, features that know more."""
    rng = np.random.default_rng(seed)
    n, shares = (
        6000,
        np.array([0.004, 0.006, 0.008, 0.012, 0.02, 0.03, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3]),
    )
    features = rng.standard_normal((n, 24))
    pull = (
        features @ rng.standard_normal((24, len(shares))) / np.sqrt(24) * 1.2
        + rng.standard_normal((n, len(shares))) * 1.5
    )
    carries = np.zeros((n, len(shares)))
    for k, share in enumerate(shares):
        carries[:, k] = pull[:, k] > np.quantile(pull[:, k], 1 - share)
    prior = pull * 1.2 + rng.standard_normal(pull.shape) * 1.2 - 4.0
    weights = rng.uniform(0.4, 2.2, n) * (1 + 0.5 * carries[:, 8])
    return Population("made-up", carries, prior, features, weights)


# ---------------------------------------------------------------- models


def sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


class Quick:
    """A stand-in for coder's model: the first guess scaled to the reviews, and a ridge on what it misses."""

    def __init__(self, population: Population) -> None:
        centred = population.features - population.features.mean(axis=0)
        u, s, _ = np.linalg.svd(centred, full_matrices=False)
        self.features = u[:, :64] * s[:64]
        self.features /= self.features.std()
        self.prior = population.prior

    def fit(self, rows: NDArray[np.int64], y: Floats) -> Floats:
        """(n, t) probabilities."""
        a, b = 0.0, 1.0
        x = self.prior[rows]
        for _ in range(10):
            p = sigmoid(a + b * x)
            w = p * (1 - p) + 1e-6
            slope = np.array([(y - p).sum(), ((y - p) * x).sum()]) - 1e-2 * np.array([a, b - 1.0])
            bend = np.array(
                [[w.sum(), (w * x).sum()], [(w * x).sum(), (w * x * x).sum()]]
            ) + 1e-2 * np.eye(2)
            step = np.linalg.solve(bend, slope)
            a, b = a + float(np.clip(step[0], -2, 2)), b + float(np.clip(step[1], -0.5, 0.5))
        first = sigmoid(a + b * self.prior)
        missed, f = y - first[rows], self.features[rows]
        ridge = np.linalg.solve(f.T @ f + 100.0 * np.eye(f.shape[1]), f.T @ missed)
        return np.clip(
            first + self.features @ ridge + missed.sum(axis=0) / (len(rows) + 50), 0.0005, 0.9995
        )

    def crossed(
        self, rows: NDArray[np.int64], y: Floats, drawn: NDArray[np.bool_], rng: np.random.Generator
    ) -> Floats:
        """Probabilities; those of reviewed rows from a fit without them. `drawn` at random may calibrate."""
        fold = rng.permutation(len(rows)) % FOLDS
        assert len(drawn) == len(rows)
        fits = [self.fit(rows[fold != k], y[fold != k]) for k in range(FOLDS)]
        found = np.mean(fits, axis=0)
        for k in range(FOLDS):
            found[rows[fold == k]] = fits[k][rows[fold == k]]
        return np.asarray(found)


class Own(Quick):
    """Coder's own model."""

    def __init__(self, population: Population) -> None:
        super().__init__(population)
        self.all_features = population.features

    def crossed(
        self, rows: NDArray[np.int64], y: Floats, drawn: NDArray[np.bool_], rng: np.random.Generator
    ) -> Floats:
        from coder.coding.learning import TrainingArrays, learn

        taught = TrainingArrays(rows, y, np.ones(y.shape), np.ones(len(rows), bool), drawn)
        return sigmoid(
            learn(self.prior, self.all_features, taught, seed=int(rng.integers(1 << 30))).odds
        )


# ---------------------------------------------------------------- one audit


class Reviewed(NamedTuple):
    """Which comments were read, in order, and which of them were drawn at random."""

    rows: NDArray[np.int64]
    drawn: NDArray[np.bool_]


def review(
    model: Quick,
    y: Floats,
    members: NDArray[np.int64],
    n: int,
    active: bool,
    rng: np.random.Generator,
) -> Reviewed:
    """`n` random reviews; with `active` as many by uncertainty, in batches of half and half after a random one."""
    queue = list(rng.permutation(members))
    if not active:
        return Reviewed(np.array(queue[:n]), np.ones(n, bool))
    read: list[int] = []
    drawn: list[bool] = []
    while sum(drawn) < n:
        done = set(read)
        if len(read) >= BATCH // 2:
            rows = np.array(read)
            p = model.fit(rows, y[rows])
            doubt = (
                -(p * np.log(p) + (1 - p) * np.log(1 - p)) / np.sqrt(1 + y[rows].sum(axis=0))
            ).sum(axis=1)
            order = members[np.argsort(-doubt[members], kind="stable")]
            chosen = [int(row) for row in order if int(row) not in done][: BATCH // 2]
            read += chosen
            drawn += [False] * len(chosen)
            done |= set(chosen)
        for _ in range(BATCH // 2):
            while int(queue[0]) in done:
                queue.pop(0)
            read.append(int(queue.pop(0)))
            drawn.append(True)
            done.add(read[-1])
    return Reviewed(np.array(read), np.array(drawn))


class Audited(NamedTuple):
    """Per theme: the truth, whether each interval holds it, and how wide it is."""

    truth: Floats
    inside: NDArray[np.bool_]
    width: Floats
    plain_inside: NDArray[np.bool_]
    plain_width: Floats
    value: Floats


def audit_once(
    population: Population,
    model: Quick,
    n: int,
    active: bool,
    weighted: bool,
    rng: np.random.Generator,
) -> Audited:
    total = len(population.carries)
    # Weighted: a sample from a large population, of which each row stands for many.
    members = rng.integers(0, total, SIZE) if weighted else rng.choice(total, SIZE, replace=False)
    local = Population(
        "",
        population.carries[members],
        population.prior[members],
        population.features[members],
        population.weights[members],
    )
    here = model.__class__.__new__(model.__class__)
    here.__dict__ = {k: v[members] for k, v in model.__dict__.items()}
    y = local.carries
    rows, drawn = review(here, y, np.arange(SIZE), n, active, rng)
    p = here.crossed(rows, y[rows], drawn, rng)
    judged, audited, order = np.zeros(SIZE, bool), np.zeros(SIZE, bool), np.full(SIZE, -1)
    judged[rows], audited[rows[drawn]], order[rows] = True, True, np.arange(len(rows))
    lines = []
    for k in range(y.shape[1]):
        carries = y[:, k] > 0
        if weighted:
            truth = float(np.average(population.carries[:, k], weights=population.weights))
            found = sample_share(carries, judged, audited, p[:, k], local.weights, order=order)
            (low, high), value = found.interval, found.share
            w = local.weights[audited]
            share = float(np.average(carries[audited], weights=w))
            size = float(w.sum() ** 2 / (w**2).sum())
        else:
            truth = float(carries.mean())
            one = theme_share(carries, judged, audited, p[:, k], order=order)
            low, high, value = one.low, one.high, one.value
            share, size = float(carries[audited].mean()), float(n)
        plain_low, plain_high = (float(end) for end in wilson(share, size))
        lines.append(
            (
                truth,
                low <= truth <= high,
                high - low,
                plain_low <= truth <= plain_high,
                plain_high - plain_low,
                value,
            )
        )
    t, i, w_, pi, pw, v = (np.array(column) for column in zip(*lines, strict=True))
    return Audited(t, i, w_, pi, pw, v)


BANDS: tuple[tuple[str, Callable[[Floats], NDArray[np.bool_]]], ...] = (
    ("all", lambda t: t >= 0),
    ("under 1%", lambda t: t < 0.01),
    ("1 to 5%", lambda t: (t >= 0.01) & (t <= 0.05)),
    ("over 5%", lambda t: t > 0.05),
)


def main() -> None:
    numbers = [part for part in sys.argv[1:] if part.isdigit()]
    simulations = int(numbers[0]) if numbers else 1000
    cache = Path(sys.argv[sys.argv.index("--cache") + 1]) if "--cache" in sys.argv else None
    populations = [p for p in (neas(cache), made_up()) if p is not None]
    for population in populations:
        model = Own(population) if "--model" in sys.argv else Quick(population)
        for weighted in (False, True):
            for active in (False, True):
                for n in (100, 200):
                    show(population, model, n, active, weighted, simulations)


def show(
    population: Population, model: Quick, n: int, active: bool, weighted: bool, simulations: int
) -> None:
    started, rng = time.perf_counter(), np.random.default_rng(n + 10 * active + weighted)
    done = [audit_once(population, model, n, active, weighted, rng) for _ in range(simulations)]
    joined = Audited(*(np.array([getattr(one, name) for one in done]) for name in Audited._fields))
    words = f"{population.name}, {n} random{f' and {n} chosen' if active else ''}, {'weighted' if weighted else 'unweighted'}"
    print(f"{words}: {simulations} audits ({time.perf_counter() - started:.0f} s)")
    for name, band in BANDS:
        here = band(joined.truth)
        if here.any():
            ratio = joined.width[here].mean() / joined.plain_width[here].mean()
            shift = 100 * (joined.value - joined.truth)[here].mean()
            print(
                f"  {name:9} holds the truth {joined.inside[here].mean():.3f} (plain Wilson {joined.plain_inside[here].mean():.3f})"
                f"  width {100 * joined.width[here].mean():.2f} points, {ratio:.2f} of plain Wilson  shift {shift:+.2f}"
            )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
