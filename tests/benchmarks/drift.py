"""How soon a reviewer who drifts is noticed, and how often one who does not is accused.

    python tests/benchmarks/drift.py [--choose]

Reviewers are simulated: comments with themes of given shares, a reviewer who finds each with a chance that also depends
on the comment, and who from some moment on changes. The lead looks after every few comparisons; a reviewer is told of
once a look finds it. `--choose` compares statistics, each at the limit that accuses 5 in 100 of those who do not drift
in its own simulation; without it the chosen one is measured on other reviewers, other themes and other seeds.
"""

import argparse
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import stats

from coder.reviewing.progress.drift import LIMIT
from coder.statistics.change_point import find_rise

Series = np.ndarray


class World(NamedTuple):
    """Who is simulated: share of each theme, chance to find one, and to give one that is not there."""

    shares: np.ndarray
    finds: float
    invents: float
    other_finds: float  # of the person compared with; 1 for a gold answer
    other_invents: float


def world(themes: int, seed: int, *, finds: float = 0.85, gold: bool = False) -> World:
    rng = np.random.default_rng(seed)
    shares = rng.beta(1.2, 10, size=themes)
    if gold:
        return World(shares, finds, 0.015, 1.0, 0.0)
    return World(shares, finds, 0.015, finds, 0.015)


def answers(rng, truth, finds, invents, hard):
    """(n, themes) what a person answers; `hard` (n,) takes some of the chance away."""
    chance = np.clip(finds - hard[:, None], 0.05, 1.0)
    return np.where(truth, rng.random(truth.shape) < chance, rng.random(truth.shape) < invents)


def play(rng, w: World, n: int, change: str, at: int) -> tuple[np.ndarray, np.ndarray]:
    """A reviewer's answers and those compared with, (n, themes) each; `change` begins after `at` comments."""
    truth = rng.random((n, len(w.shares))) < w.shares
    hard = np.abs(rng.normal(0, 0.1, size=n))
    one = answers(rng, truth, w.finds, w.invents, hard)
    other = answers(rng, truth, w.other_finds, w.other_invents, hard)
    late = np.arange(n) >= at
    if change == "tired":  # misses more of everything
        worse = answers(rng, truth, w.finds - 0.3, w.invents, hard)
        one = np.where(late[:, None], worse, one)
    elif change == "slowly":
        steps = np.clip((np.arange(n) - at) / max(1, n - at), 0, 1)
        worse = answers(rng, truth, w.finds, w.invents, hard + 0.4 * steps)
        one = np.where(late[:, None], worse, one)
    elif change == "redefines":  # the two commonest themes are given where another is meant
        first, second = np.argsort(-w.shares)[:2]
        one[late, first] = False
        one[np.ix_(late, [second])] |= truth[np.ix_(late, [first])]
    elif change == "generous":  # gives themes that are hardly there
        one = np.where(late[:, None], one | (rng.random(truth.shape) < 0.08), one)
    return one, other


def distances(one, other) -> dict[str, Series]:
    both, either = (one & other).sum(1), (one | other).sum(1)
    sizes = one.sum(1) + other.sum(1)
    return {
        "any": (one != other).any(1).astype(float),
        "count": (one != other).sum(1).astype(float),
        "jaccard": np.where(either > 0, 1 - both / np.maximum(either, 1), 0.0),
        "f1": np.where(sizes > 0, 1 - 2 * both / np.maximum(sizes, 1), 0.0),
    }


# ---------------------------------------------------------------- statistics: small means changed


def halves(values: Series) -> float:
    """Fisher's exact test of the later half against the earlier one."""
    one, two = np.array_split(values > 0, 2)
    table = [[one.sum(), (~one).sum()], [two.sum(), (~two).sum()]]
    return float(stats.fisher_exact(table, alternative="less")[1])


def last_window(values: Series) -> float:
    """Mann and Whitney's test of the last third against all before."""
    cut = len(values) - max(8, len(values) // 3)
    if np.ptp(values) == 0:
        return 1.0
    return float(stats.mannwhitneyu(values[:cut], values[cut:], alternative="less").pvalue)


def last_thirty(values: Series) -> float:
    """The same of the last thirty, or the last third of few."""
    cut = len(values) - max(8, min(30, len(values) // 3))
    if np.ptp(values) == 0:
        return 1.0
    return float(stats.mannwhitneyu(values[:cut], values[cut:], alternative="less").pvalue)


def any_point(values: Series) -> float:
    found = find_rise(values, shuffles=499)
    return 1.0 if found is None else found.p


def page(values: Series) -> float:
    """Page's CUSUM against the mean of the first sixteen; as exp(-height), so that small is changed."""
    base, rest = values[:16], values[16:]
    spread = max(values.std(), 0.1)
    height, top = 0.0, 0.0
    for value in rest:
        height = max(0.0, height + (value - base.mean()) / spread - 0.5)
        top = max(top, height)
    return float(np.exp(-top))


STATISTICS: dict[str, Callable[[Series], float]] = {
    "halves": halves,
    "last third": last_window,
    "last thirty": last_thirty,
    "any point": any_point,
    "Page": page,
}


def first_looks(statistic, values: Series, step: int, start: int = 16) -> list[tuple[int, float]]:
    """(comparisons so far, value) at every look."""
    return [(n, statistic(values[:n])) for n in range(start, len(values) + 1, step)]


def runs(w: World, change: str, n: int, at: int, rounds: int, seed: int):
    rng = np.random.default_rng(seed)
    for _ in range(rounds):
        yield distances(*play(rng, w, n, change, at))


def alarm(looks: list[tuple[int, float]], limit: float) -> int | None:
    for n, value in looks:
        if value <= limit:
            return n
    return None


CHANGES = ("tired", "slowly", "redefines", "generous")


def choose(rounds: int) -> None:
    """Every statistic with every distance, at its own limit."""
    print("detected of those who drift (mean of four kinds), median delay in comparisons")
    for n, step, gold in ((60, 4, True), (160, 10, False), (400, 20, False)):
        at = n // 2
        w = world(12, 1, gold=gold)
        print(
            f"--- {'gold' if gold else 'others'}: {n} comparisons, a look every {step}, drift after {at}"
        )
        for name, statistic in STATISTICS.items():
            for distance in ("any", "count"):
                still = [
                    first_looks(statistic, d[distance], step)
                    for d in runs(w, "", n, at, rounds, 10)
                ]
                lowest = np.sort([min(value for _, value in looks) for looks in still])
                limit = float(lowest[int(0.05 * len(lowest))]) - 1e-9
                found, delays = [], []
                for change in CHANGES:
                    for d in runs(w, change, n, at, rounds // 2, 20):
                        place = alarm(first_looks(statistic, d[distance], step), limit)
                        found.append(place is not None)
                        if place is not None:
                            delays.append(place - at)
                delay = np.median(delays) if delays else float("nan")
                print(
                    f"{name:12} {distance:8} limit {limit:.4f}  detected {np.mean(found):.2f}  delay {delay:.0f}"
                )


def report(rounds: int) -> None:
    """False alarms and delays of the chosen one."""
    print(f"limit {LIMIT}; {rounds} reviewers a row, three times as many without drift")
    print(
        "| compared with | comparisons | themes | finds | drift | told of | median delay | 90 % within |"
    )
    print("| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |")
    for gold, n, step in ((True, 40, 4), (True, 120, 4), (False, 100, 10), (False, 400, 20)):
        for themes, finds, seed in ((8, 0.9, 101), (25, 0.75, 102)):
            w, at = world(themes, seed, finds=finds, gold=gold), n // 3
            for change in ("", *CHANGES):
                places = []
                for d in runs(w, change, n, at, rounds if change else 3 * rounds, seed + 1000):
                    places.append(alarm(first_looks(any_point, d[CHOSEN], step), LIMIT))
                told = [place for place in places if place is not None]
                line = [
                    "gold" if gold else "others",
                    str(n),
                    str(themes),
                    f"{finds:.2f}",
                    change or "none",
                ]
                line.append(f"{len(told) / len(places):.3f}")
                late = np.array([place - at for place in told]) if change and told else None
                line += (
                    ["", ""]
                    if late is None
                    else [f"{np.median(late):.0f}", f"{np.quantile(late, 0.9):.0f}"]
                )
                print("| " + " | ".join(line) + " |", flush=True)


CHOSEN = "count"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    (choose if options.choose else report)(options.rounds)


if __name__ == "__main__":
    main()
