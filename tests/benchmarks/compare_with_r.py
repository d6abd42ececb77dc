"""Weighted figures beside those of R's package survey: the largest difference of each statistic.

Needs Rscript with the package survey (Debian: apt-get install r-cran-survey); without, nothing is compared.

A group counts as a sample of its own here: its variance has the factor n / (n - 1) of its own size. R's
svyby uses the size of the whole sample there. "Domain" figures have R's factor, figures "of a group" ours.

Run: python tests/benchmarks/compare_with_r.py
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from coder.statistics.tests import count_weights, rao_scott, two_weighted_shares
from coder.statistics.weighting import SampleShare, sample_share

SCRIPT = Path(__file__).with_suffix(".R")
AGREE = 1e-6
# Respondents, groups, standard deviation of the log-weights, share of the theme.
SURVEYS = {
    "even": (400, 3, 0.0, 0.30),
    "usual": (600, 4, 0.5, 0.20),
    "skewed": (800, 5, 1.0, 0.10),
    "rare": (3000, 4, 0.7, 0.03),
    "small": (120, 2, 0.7, 0.40),
    "large": (20_000, 8, 1.2, 0.15),
    "grossing": (500, 3, 0.6, 0.25),
}
GROSSING = 54_321.0  # weights that add up to a population, not to the sample

Figure = tuple[str, str, str, float]


def make_survey(name: str, rng: np.random.Generator) -> pd.DataFrame:
    """Respondents whose theme goes with the group and with the weight."""
    n, groups, spread, share = SURVEYS[name]
    group = rng.integers(0, groups, n)
    deviates = rng.standard_normal(n)
    scale = GROSSING if name == "grossing" else 1.0
    odds = np.log(share / (1 - share)) + 0.3 * (group - groups / 2) + 0.3 * deviates
    return pd.DataFrame(
        {
            "survey": name,
            "weight": scale * np.exp(spread * deviates),
            "group": [f"group {number}" for number in group],
            "region": [f"region {number}" for number in (group + rng.integers(0, 3, n)) % 3],
            "theme": (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int),
        }
    )


def share_of(respondents: pd.DataFrame) -> SampleShare:
    everyone = np.ones(len(respondents), dtype=bool)
    return sample_share(
        respondents["theme"].to_numpy() > 0,
        everyone,
        everyone,
        np.full(len(respondents), np.nan),
        respondents["weight"].to_numpy(),
    )


def figures_of(name: str, respondents: pd.DataFrame) -> Iterator[Figure]:
    """Survey, statistic, part of the survey, value."""
    total = share_of(respondents)
    yield name, "share", "all", total.share
    yield name, "standard error", "all", float(np.sqrt(total.variance))
    yield name, "design effect", "all", total.design_effect
    n = len(respondents)
    weights = respondents["weight"].to_numpy()
    carries = respondents["theme"].to_numpy() > 0
    for group, own in respondents.groupby("group"):
        part = str(group)
        share = share_of(own)
        yield name, "domain share", part, share.share
        yield name, "standard error of a group", part, float(np.sqrt(share.variance))
        yield name, "design effect of a group", part, share.design_effect
        as_domain = n / (n - 1) * (len(own) - 1) / len(own)
        error = float(np.sqrt(share.variance * as_domain))
        yield name, "domain standard error", part, error
        yield name, "domain design effect", part, share.design_effect * as_domain
        inside = (respondents["group"] == group).to_numpy()
        counts = [count_weights(carries[rows], weights[rows]) for rows in (inside, ~inside)]
        test = two_weighted_shares(*counts)
        yield name, "Rao-Scott F, group and rest", part, test.statistic
        yield name, "Rao-Scott p, group and rest", part, test.p
    cells = respondents.assign(square=weights**2).groupby(["region", "group"])
    sums = cells["weight"].sum().unstack(fill_value=0.0).to_numpy()
    squares = cells["square"].sum().unstack(fill_value=0.0).to_numpy()
    test = rao_scott(n, sums, squares)
    yield name, "Rao-Scott F, larger table", "all", test.statistic
    yield name, "Rao-Scott p, larger table", "all", test.p


def figures_by_r(respondents: pd.DataFrame) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "respondents.csv", Path(folder) / "figures.csv"
        respondents.to_csv(given, index=False, float_format="%.17g")
        subprocess.run(["Rscript", str(SCRIPT), str(given), str(made)], check=True)
        return pd.read_csv(made)


def main() -> int:
    if shutil.which("Rscript") is None:
        print(
            "Rscript is not installed: nothing was compared (Debian: apt-get install r-cran-survey)."
        )
        return 0
    rng = np.random.default_rng(3)
    surveys = {name: make_survey(name, rng) for name in SURVEYS}
    columns = ["survey", "statistic", "part", "value"]
    rows = [figure for name, made in surveys.items() for figure in figures_of(name, made)]
    ours = pd.DataFrame(rows, columns=columns)
    by_r = figures_by_r(pd.concat(surveys.values()))
    both = ours.merge(by_r, on=columns[:3], how="outer", suffixes=("", "_r"), validate="1:1")
    both["difference"] = (both["value"] - both["value_r"]).abs()
    both["relative"] = both["difference"] / both["value_r"].abs().clip(lower=1e-12)
    print(
        "| statistic | figures | largest difference | relative to the figure |\n|---|---|---|---|"
    )
    for statistic, own in both.groupby("statistic", sort=False):
        print(
            f"| {statistic} | {len(own)} | {own['difference'].max():.0e} | {own['relative'].max():.0e} |"
        )
    agrees = both["difference"].le(AGREE).all()  # NaN, where one of the two is absent, does not
    print(f"\n{'All' if agrees else 'NOT all'} {len(both)} figures agree to {AGREE:.0e}.")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
