"""How often intervals hold what other reviewers of the same kind would have counted.

Every comment is read by one of two or three reviewers, drawn by lot; some are coded a second time, blind. Other
reviewers, drawn from the same kind, then read the same comments in the same way, and their count is the one to be
held. A reviewer misses a tenth of the comments on a theme, and gives it to a tenth as many that are not on it. With a
systematic difference, the logarithm of how generous a reviewer is has a standard deviation: of 0.3 or 0.6, one number
for all themes, or one for each. Where a part is read, the rest is estimated from a random sample beside a poor model.

How the variance between reviewers is estimated was chosen on the settings CHOSEN_ON. One constant (`OWN_ERROR`) and one
degree of freedom were chosen with the other settings in view too, so those are not fully held out.

Run: python tests/benchmarks/reviewer_error.py [RUNS]    (400 a setting: 100 CPU seconds)
"""

import sys
import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.statistics.intervals import share
from coder.statistics.reviewer_error import reviewer_error

Floats = NDArray[np.float64]
THEMES = {
    "chosen": np.array([0.4, 0.25, 0.15, 0.1, 0.06, 0.04, 0.02, 0.01]),
    "reported": np.array([0.33, 0.2, 0.12, 0.08, 0.05, 0.03]),
}


class Setting(NamedTuple):
    """One kind of project."""

    comments: int
    read: int  # drawn at random and read
    twice: int
    reviewers: int
    differ: float  # standard deviation of the logarithm of how generous a reviewer is
    each_theme: bool = False  # anew for each theme
    error: float = 0.1


CHOSEN_ON = [
    *(Setting(400, 400, 100, m, differ) for m in (2, 3) for differ in (0.0, 0.3, 0.6)),
    Setting(400, 400, 100, 2, 0.6, each_theme=True),
    Setting(1000, 1000, 200, 3, 0.6, each_theme=True),
]
REPORTED = [
    *(Setting(600, 600, 120, m, differ) for m in (2, 3) for differ in (0.0, 0.2, 0.45)),
    Setting(600, 600, 60, 2, 0.3),
    Setting(600, 600, 120, 4, 0.3, each_theme=True),
    Setting(600, 600, 120, 2, 0.0, error=0.2),
    *(Setting(1500, 300, 100, m, differ) for m in (2, 3) for differ in (0.0, 0.3)),
]


class Team(NamedTuple):
    """Reviewers: the chance to find a theme that is there, and one that is not; (n_reviewers, n_themes)."""

    finds: Floats
    invents: Floats


def draw_team(rng: np.random.Generator, setting: Setting, themes: Floats) -> Team:
    """Reviewers of one kind."""
    size = (setting.reviewers, len(themes) if setting.each_theme else 1)
    generous = np.exp(rng.normal(0.0, setting.differ, size)) * np.ones(len(themes))
    misses = np.clip(setting.error / generous, 0, 0.6)
    invents = np.clip(setting.error * generous * themes / (1 - themes), 0, 0.6)
    return Team(1 - misses, invents)


def answers_of(rng: np.random.Generator, team: Team, carries: NDArray[np.bool_]) -> Floats:
    """(n_reviewers, n_comments, n_themes) what each would say of every comment."""
    chance = np.where(carries, team.finds[:, None, :], team.invents[:, None, :])
    return (rng.random(chance.shape) < chance).astype(np.float64)


def one_run(
    rng: np.random.Generator, setting: Setting, themes: Floats
) -> list[tuple[bool, bool, float, float]]:
    """Of each theme: whether the interval with and without disagreement holds the count of others; their widths."""
    n, rows = setting.comments, np.arange(setting.comments)
    carries = rng.random((n, len(themes))) < themes
    own = answers_of(rng, draw_team(rng, setting, themes), carries)
    other = answers_of(rng, draw_team(rng, setting, themes), carries)
    first = rng.integers(setting.reviewers, size=n)
    second = (first + rng.integers(1, setting.reviewers, size=n)) % setting.reviewers
    judged, twice = rows < setting.read, rows < setting.twice
    value = own[first, rows]
    value[twice] = (value[twice] + own[second, rows][twice]) / 2
    counted = other[rng.integers(setting.reviewers, size=n), rows].mean(axis=0)
    readings = np.zeros((setting.reviewers, n))
    readings[first[judged], rows[judged]] = 1
    readings[second[twice], rows[twice]] = 1
    answers = np.where(readings[:, twice, None] > 0, own[:, twice], np.nan)
    errors = reviewer_error(answers, value[judged].mean(axis=0), readings)
    model = np.where(carries, 0.6, 0.15) * themes[None, :] ** 0.3
    results = []
    for theme in range(len(themes)):
        estimate = share(value[:, theme], judged, judged & (setting.read < n), model[:, theme])
        # Averages of two readings count as they are, not as a range.
        if setting.read == n:
            estimate = estimate._replace(low=estimate.value, high=estimate.value)
        wide = errors.widen_estimate(estimate, theme)
        results.append(
            (
                wide.low - 1e-9 <= counted[theme] <= wide.high + 1e-9,
                estimate.low - 1e-9 <= counted[theme] <= estimate.high + 1e-9,
                wide.high - wide.low,
                estimate.high - estimate.low,
            )
        )
    return results


def coverage(setting: Setting, themes: Floats, runs: int, seed: int = 1) -> Floats:
    """(n_themes, 4) means of what `one_run` gives."""
    rng = np.random.default_rng(seed)
    return np.array([one_run(rng, setting, themes) for _ in range(runs)]).mean(axis=0)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(
        "| settings | comments | read | twice | reviewers | differ | holds | least theme | without | width, points | without |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, settings in (("chosen", CHOSEN_ON), ("reported", REPORTED)):
        for setting in settings:
            table = coverage(setting, THEMES[name], runs)
            mean = table.mean(axis=0)
            differ = f"{setting.differ}{' by theme' if setting.each_theme else ''}{' error .2' if setting.error > 0.1 else ''}"
            print(
                f"| {name} | {setting.comments} | {setting.read} | {setting.twice} | {setting.reviewers} | {differ} "
                f"| {mean[0]:.3f} | {table[:, 0].min():.3f} | {mean[1]:.3f} | {100 * mean[2]:.1f} | {100 * mean[3]:.1f} |",
                flush=True,
            )
    print(f"{time.process_time():.0f} CPU seconds")


if __name__ == "__main__":
    main()
