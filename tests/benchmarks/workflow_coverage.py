"""Do intervals hold the truth whatever people do, in whatever order? Simulated projects, most of 2,000 comments.

In every run a project is drawn from a population of coded comments, people decide some of it as the setting
says, and the program's own functions make the estimates from what stands: `plan_samples`, `estimate_shares`,
`GroupShares`, `difference_interval`. The model is fitted once a population, on 150 comments that no project
holds (`coverage.py` fits it anew in every audit, on the very reviews that then correct it).

The truth is what these reviewers would have said had they read every comment; for samples of respondents
(weights, waves) in the whole population. Where reviewers err, "careful" is how often the interval holds what
readers without errors would have said: nothing promises that.

Bands are of the true share. Widths are beside Wilson's interval of the random sample alone, and, with
--before FOLDER (a checkout of an older version), beside that version's, fed the same answers as it read them:
the last answer counts, and what was last decided by choice is not random.

Run: python tests/benchmarks/workflow_coverage.py [RUNS] [--cache FILE.npz] [--data FOLDER] [--before FOLDER]
        [--only WORD] [--population WORD] [--seed N]    (100 runs: about 5 CPU minutes)
"""

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import coverage as audits
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.codebook import Codebook, read_codebook
from coder.decisions import StandingMatrix
from coder.decisions.standing import roll_up
from coder.reporting.coded_matrix import CodedMatrix, table_rows
from coder.reporting.evidence import EvidenceReader
from coder.reporting.group_shares import GroupShares
from coder.reporting.shares import Shares, estimate_shares
from coder.statistics.intervals import wilson
from coder.statistics.ordered_shares import order_of
from coder.statistics.samples import DrawnComments, plan_samples
from coder.statistics.tests import difference_interval

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LEARNED = 150  # comments that the model was fitted on
ERRORS = 0.1
BANDS = (
    ("under 2 %", 0.0, 0.02),
    ("2 to 5 %", 0.02, 0.05),
    ("5 to 15 %", 0.05, 0.15),
    ("over 15 %", 0.15, 1.1),
)
LOWEST, HIGHEST = 0.93, 0.98  # what is asked


# ---------------------------------------------------------------- populations


@dataclass(frozen=True)
class Population:
    """Coded comments that projects are drawn from; arrays are (n, t) unless noted.

    Attributes:
        carries: what careful readers say, sub-themes counted for their parents.
        probability: the model's.
        leaning: (n,) by which comments fall into groups; themes go with it.
    """

    name: str
    codebook: Codebook
    carries: Bools
    probability: Floats
    leaning: Floats


def populations(arguments: argparse.Namespace) -> Iterator[Population]:
    """The human-coded comments, where they are, and made-up ones."""
    if arguments.data:
        audits.NEAS = arguments.data
    coded = audits.neas(arguments.cache)
    if coded is not None:
        yield prepare(coded, read_codebook(audits.NEAS / "codebook.yaml"))
    made_up = audits.made_up(arguments.seed)
    yield prepare(made_up, made_up_codebook(made_up.carries.shape[1]))


def made_up_codebook(n_themes: int) -> Codebook:
    """The most common theme has two sub-themes, of about 1 and 10 %."""
    names = [f"theme-{number}" for number in range(n_themes)]
    themes: list[dict[str, object]] = [{"id": name, "name": name} for name in names]
    themes[-1]["themes"] = [themes[3], themes[8]]
    kept = [theme for number, theme in enumerate(themes) if number not in (3, 8)]
    return Codebook.model_validate({"title": "made up", "themes": kept})


def prepare(coded: audits.Population, book: Codebook) -> Population:
    """Fit the model once, and set the comments aside that it learned from."""
    rng = np.random.default_rng(5)
    rows = rng.permutation(len(coded.carries))
    probability = audits.Quick(coded).fit(rows[:LEARNED], coded.carries[rows[:LEARNED]])
    # The codebook's order of themes may be another than the population's.
    keys = [row.key for row in table_rows(book)]
    by_name = {name: number for number, name in enumerate(theme_names(coded, book))}
    columns = [by_name[theme_id] for theme_id, _ in keys]
    rest = rows[LEARNED:]
    carries = coded.carries[rest][:, columns] > 0
    noise = rng.standard_normal(len(rest))
    return Population(
        name=coded.name,
        codebook=book,
        carries=roll_up(carries, keys, book),
        probability=probability[rest][:, columns],
        leaning=standard(coded.features[rest, 0]) + noise,
    )


def theme_names(coded: audits.Population, book: Codebook) -> list[str]:
    """(t,) the id of each column of a population."""
    if coded.name == "made-up":
        return [f"theme-{number}" for number in range(coded.carries.shape[1])]
    return list(book.theme_ids)


def standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / values.std())


# ---------------------------------------------------------------- projects and what people do


@dataclass
class Project:
    """One project, and what people decided of it. Arrays are (n_comments, n_themes) unless noted.

    Attributes:
        answers: what these reviewers say, of every comment.
        target: the same as it counts: 0.5 where they would stay divided.
        first, last: when a pair was first and last decided; NaN where it was not.
        random_first: when it was first decided in a random session.
        at_random: the last decision was made in a random session (as the older version knew it).
    """

    population: Population
    rows: Rows
    rng: np.random.Generator
    answers: Bools = field(init=False)
    target: Floats = field(init=False)
    value: Floats = field(init=False)
    first: Floats = field(init=False)
    random_first: Floats = field(init=False)
    last: Floats = field(init=False)
    at_random: Bools = field(init=False)
    last_answer: Bools = field(init=False)
    unsure: Bools = field(init=False)
    draws: list[DrawnComments] = field(default_factory=list)
    clock: float = 0.0

    def __post_init__(self) -> None:
        self.answers = self.truth.copy()
        self.target = self.truth.astype(np.float64)
        self.value = (self.probability > 0.5).astype(np.float64)
        self.first = np.full(self.truth.shape, np.nan)
        self.random_first = np.full(self.truth.shape, np.nan)
        self.last = np.full(self.truth.shape, np.nan)
        self.at_random = np.zeros(self.truth.shape, dtype=np.bool_)
        self.last_answer = np.zeros(self.truth.shape, dtype=np.bool_)
        self.unsure = np.zeros(self.truth.shape, dtype=np.bool_)

    @property
    def truth(self) -> Bools:
        return self.population.carries[self.rows]

    @property
    def probability(self) -> Floats:
        return self.population.probability[self.rows]

    @property
    def size(self) -> int:
        return len(self.rows)

    def rolled_up(self, answers: Bools) -> Bools:
        """The same with sub-themes counted for their parents."""
        book = self.population.codebook
        return roll_up(answers, [row.key for row in table_rows(book)], book)

    def draw(self, members: Rows) -> Rows:
        """Write a random draw down."""
        inside = np.zeros(self.size, dtype=np.bool_)
        inside[members] = True
        self.clock += 1
        every_theme = np.ones(self.truth.shape[1], dtype=np.bool_)
        places = np.full(self.size, self.size, dtype=np.int64)
        places[members] = np.arange(len(members))
        drawn = DrawnComments(inside, self.clock, every_theme, places=places)
        self.draws.append(drawn)
        return members

    def decide(self, pairs: Bools, *, at_random: bool = False) -> None:
        """People decide these pairs, (n_comments, n_themes), as `answers` say."""
        self.clock += 1
        self.value = np.where(pairs, self.answers, self.value)
        self.last_answer = np.where(pairs, self.answers, self.last_answer)
        self.first = np.where(pairs & np.isnan(self.first), self.clock, self.first)
        if at_random:
            is_new = pairs & np.isnan(self.random_first)
            self.random_first = np.where(is_new, self.clock, self.random_first)
        self.last = np.where(pairs, self.clock, self.last)
        self.at_random = np.where(pairs, at_random, self.at_random)

    def decide_comments(self, rows: Rows, *, at_random: bool = False) -> None:
        """People decide every theme of these comments, those not decided yet."""
        pairs = np.zeros(self.truth.shape, dtype=np.bool_)
        pairs[rows] = True
        self.decide(pairs & np.isnan(self.first), at_random=at_random)

    def order_at_random(self) -> Rows:
        return self.rng.permutation(self.size)

    def uncertain(self, n: int) -> Rows:
        """The comments not decided yet that the model is least sure of."""
        p = self.probability
        doubt = -(p * np.log(p) + (1 - p) * np.log(1 - p)).sum(axis=1)
        doubt[~np.isnan(self.first).any(axis=1)] = -1.0
        return np.argsort(-doubt, kind="stable")[:n]

    def hits(self, n: int) -> Bools:
        """(n_comments, n_themes) for every theme the n comments that most look like it."""
        pairs = np.zeros(self.truth.shape, dtype=np.bool_)
        likely = np.argsort(-self.probability, axis=0, kind="stable")[:n]
        np.put_along_axis(pairs, likely, True, axis=0)
        return pairs

    def matrix(self) -> CodedMatrix:
        """What the program makes of it."""
        book, judged = self.population.codebook, ~np.isnan(self.first)
        keys = [row.key for row in table_rows(book)]
        standing = StandingMatrix(
            keys=tuple(keys),
            value=self.value,
            judged=judged,
            unsure=self.unsure & ~judged,
            probability=self.probability,
            known_at=self.first,
            random_at=np.where(judged, self.random_first, np.nan),
            labelled=np.ones(self.size, dtype=np.bool_),
            assigned=self.value > 0,
            reviewer=judged.astype(np.int32),
            reviewer_names=("", "A"),
        ).rolled_up(book)
        plan = plan_samples(standing, self.draws)
        return CodedMatrix(
            comments=pd.DataFrame({"source": self.sources()}),
            rows=table_rows(book),
            value=standing.value,
            judged=standing.judged,
            unsure=standing.unsure,
            is_drawn=plan.drawn,
            audited=plan.audited,
            missing=plan.missing,
            probability=standing.probability,
            order=plan.order,
            labelled=standing.labelled,
            assigned=standing.assigned,
            scored=np.ones(len(keys), dtype=np.bool_),
            steps=order_of(keys, book),
            known_at=standing.known_at,
            random_at=standing.random_at,
            evidence=EvidenceReader(pd.Index([]), keys).spans(),
            draws=tuple(self.draws),
            samples=plan.states,
        )

    def sources(self) -> NDArray[np.str_]:
        """(n_comments,) half of the comments, 35 and 15 %, by what they lean to."""
        leaning = self.population.leaning[self.rows]
        cuts = np.quantile(leaning, [0.5, 0.85])
        return np.array(["first", "second", "third"])[np.searchsorted(cuts, leaning)]


def draw_and_decide(project: Project, n: int) -> Rows:
    order = project.order_at_random()
    members = project.draw(order[:n])
    project.decide_comments(members, at_random=True)
    return order


# Each setting takes a project and decides some of it.


def random_alone(project: Project, n: int) -> None:
    draw_and_decide(project, n)


def uncertain_before(project: Project, n: int) -> None:
    project.decide_comments(project.uncertain(n))
    draw_and_decide(project, n)


def uncertain_after(project: Project, n: int) -> None:
    draw_and_decide(project, n)
    project.decide_comments(project.uncertain(n))


def mixed_queue(project: Project, n: int) -> None:
    members = project.draw(project.order_at_random()[:n])
    for batch in np.array_split(members, 10):
        project.decide_comments(project.uncertain(len(batch)))
        project.decide_comments(batch, at_random=True)


def hits_before(project: Project, n: int) -> None:
    project.decide(project.hits(n))
    draw_again(project, n)


def draw_again(project: Project, n: int) -> None:
    """A random draw of which every theme is decided, also where it was decided before."""
    pairs = np.zeros(project.truth.shape, dtype=np.bool_)
    pairs[project.draw(project.order_at_random()[:n])] = True
    project.decide(pairs, at_random=True)


def hits_during(project: Project, n: int) -> None:
    members = project.draw(project.order_at_random()[:n])
    project.decide_comments(members[: n // 2], at_random=True)
    project.decide(project.hits(n))
    pairs = np.zeros(project.truth.shape, dtype=np.bool_)
    pairs[members[n // 2 :]] = True
    project.decide(pairs, at_random=True)


def hits_after(project: Project, n: int) -> None:
    draw_and_decide(project, n)
    project.decide(project.hits(n))


def hits_by_another(project: Project, n: int) -> None:
    """A random draw, then another person, who errs, goes through what looks like each theme."""
    members = draw_and_decide(project, n)[:n]
    second, hits = err(project.truth, project, by_mention=True), project.hits(n)
    divide(project, second, hits)
    # Of what looks like a theme the other person's answers count, beside the first's if drawn.
    project.target = np.where(hits, second, project.truth).astype(np.float64)
    both = (project.truth.astype(np.float64) + second) / 2
    project.target[members] = np.where(hits, both, project.truth)[members]


def extended(project: Project, n: int) -> None:
    """Half a draw, a pass by uncertainty, then the draw extended to n."""
    order = draw_and_decide(project, n // 2)
    project.decide_comments(project.uncertain(n // 2))
    project.draw(order[:n])
    project.decide_comments(order[:n], at_random=True)


def missing(project: Project, n: int) -> None:
    """3 % of the draw is never decided."""
    members = project.draw(project.order_at_random()[:n])
    project.decide_comments(members[: round(0.97 * n)], at_random=True)


def missing_hard(project: Project, n: int) -> None:
    """3 % of the draw is never decided: those the model is least sure of."""
    members = project.draw(project.order_at_random()[:n])
    hard = set(project.uncertain(project.size)[: project.size // 5].tolist())
    by_ease = sorted(members.tolist(), key=lambda row: row in hard)
    project.decide_comments(np.array(by_ease[: round(0.97 * n)]), at_random=True)


def cannot_tell(project: Project, n: int) -> None:
    """Of 3 % of the pairs somebody cannot tell; the truth there is as of the others."""
    members = project.draw(project.order_at_random()[:n])
    pairs = np.zeros(project.truth.shape, dtype=np.bool_)
    pairs[members] = True
    project.unsure = pairs & (project.rng.random(pairs.shape) < 0.03)
    project.decide(pairs & ~project.unsure, at_random=True)


def corrected(project: Project, n: int) -> None:
    """Reviewers miss a tenth of what is there; where the model is sure, they correct it by table."""
    project.answers = err(project.truth, project, by_mention=True)
    draw_and_decide(project, n)
    doubtful = (project.probability > 0.5) & ~project.answers
    mended = np.where(doubtful, project.truth, project.answers)
    project.answers = project.rolled_up(mended)
    project.target = project.answers.astype(np.float64)
    project.decide(doubtful & ~np.isnan(project.first))


def again_without_mark(project: Project, n: int) -> None:
    """All that was drawn is imported again from a table that does not say so, three quarters of it."""
    order = draw_and_decide(project, n)
    pairs = np.zeros(project.truth.shape, dtype=np.bool_)
    pairs[order[: 3 * n // 4]] = True
    project.decide(pairs)


def one_reviewer(project: Project, n: int) -> None:
    project.answers = err(project.truth, project, by_mention=True)
    project.target = project.answers.astype(np.float64)
    draw_and_decide(project, n)


def two_reviewers(
    project: Project, n: int, *, by_mention: bool = True, settled: bool = False
) -> None:
    """Both decide every comment of the draw, each with errors; careful readers settle, or nobody."""
    project.answers = err(project.truth, project, by_mention=by_mention)
    project.target = project.answers.astype(np.float64)
    second = err(project.truth, project, by_mention=by_mention)
    draw_and_decide(project, n)
    divide(project, second, ~np.isnan(project.first))
    differ = project.target != second
    project.target = np.where(differ, 0.5, project.target)
    if settled:
        project.target = np.where(differ, project.truth, project.target)
        project.value = np.where(project.value == 0.5, project.truth, project.value)
        project.last_answer = np.where(differ, project.truth, project.last_answer)


def err(said: Bools, project: Project, *, by_mention: bool) -> Bools:
    """One reviewer's answers of all comments.

    By mention: a tenth of the mentions is missed, and as many are seen where there are none, mostly
    where the model sees them too. Else a tenth of all pairs is answered wrongly.
    """
    chance = project.rng.random(said.shape)
    if not by_mention:
        return project.rolled_up(said ^ (chance < ERRORS))
    likely = np.where(said, 0.0, project.probability)
    seen = ERRORS * said.sum(axis=0) * likely / likely.sum(axis=0)
    return project.rolled_up(np.where(said, chance >= ERRORS, chance < seen))


def divide(project: Project, second: Bools, pairs: Bools) -> None:
    """A second reviewer's answers on these pairs; what was decided otherwise before is divided."""
    both = pairs & ~np.isnan(project.first)
    project.clock += 1
    differ = both & (project.last_answer != second)
    alone = pairs & np.isnan(project.first)
    project.value = np.where(alone, second, np.where(differ, 0.5, project.value))
    project.last_answer = np.where(pairs, second, project.last_answer)
    project.first = np.where(alone, project.clock, project.first)
    project.last = np.where(pairs, project.clock, project.last)


SETTINGS: dict[str, Callable[[Project, int], None]] = {
    "random alone": random_alone,
    "uncertain ones before": uncertain_before,
    "mixed queue": mixed_queue,
    "uncertain ones after": uncertain_after,
    "hits of the theme before, the draw decides all": hits_before,
    "hits of the theme halfway": hits_during,
    "hits of the theme after": hits_after,
    "hits after, by another who errs": hits_by_another,
    "draw extended, uncertain ones between": extended,
    "3 % missing": missing,
    "3 % missing, the hardest": missing_hard,
    "3 % cannot tell": cannot_tell,
    "imported again without a mark": again_without_mark,
    "corrected where the model is sure": corrected,
    "one reviewer who errs": one_reviewer,
    "two reviewers who err": two_reviewers,
    "two, settled": lambda project, n: two_reviewers(project, n, settled=True),
    "two, a tenth of all pairs wrong": lambda project, n: two_reviewers(
        project, n, by_mention=False
    ),
    "two, a tenth of all pairs, settled": lambda project, n: two_reviewers(
        project, n, by_mention=False, settled=True
    ),
}


# ---------------------------------------------------------------- intervals and their truth


class Interval(NamedTuple):
    """Limits of every theme, (t,) each."""

    low: Floats
    high: Floats


class Outcome(NamedTuple):
    """What one run says of every theme; (t,) each."""

    truth: Floats
    careful: Floats  # NaN where reviewers do not err
    now: Interval
    before: Interval
    plain: Interval
    band_of: Floats  # the share by which a theme falls into a band


class Before(NamedTuple):
    """Functions of an older version."""

    intervals: ModuleType
    weighting: ModuleType


def load_before(folder: Path | None) -> Before | None:
    """The older version's estimates, beside those of today."""
    if folder is None:
        return None
    today = sys.modules["coder.statistics.intervals"]
    intervals = load_module("before_intervals", folder / "coder/statistics/intervals.py")
    sys.modules["coder.statistics.intervals"] = intervals
    try:
        weighting = load_module("before_weighting", folder / "coder/statistics/weighting.py")
    finally:
        sys.modules["coder.statistics.intervals"] = today
    return Before(intervals, weighting)


def load_module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def interval_before(
    before: Before | None, project: Project, members: Bools, weights: Floats | None = None
) -> Interval:
    """The older version's intervals, from the last answers."""
    low, high = np.full((2, project.truth.shape[1]), np.nan)
    if before is None:
        return Interval(low, high)
    judged = ~np.isnan(project.first)
    carries = np.where(judged, project.last_answer, project.probability > 0.5)
    order = np.where(judged, project.last, -1).astype(np.int64)
    for theme in range(len(low)):
        arrays = (
            carries[members, theme],
            judged[members, theme],
            (judged & project.at_random)[members, theme],
            project.probability[members, theme],
        )
        if weights is None:
            estimate = before.intervals.share(*arrays, order=order[members, theme])
            low[theme], high[theme] = estimate.low, estimate.high
            if estimate.method == "reviewed":
                low[theme] = high[theme] = np.nan
        else:
            estimate = before.weighting.sample_share(
                *arrays, weights[members], order=order[members, theme]
            )
            low[theme], high[theme] = estimate.interval
    return Interval(low, high)


def plain_interval(project: Project, members: Bools, weights: Floats | None = None) -> Interval:
    """Wilson's interval of the last draw's comments, at Kish's size where there are weights."""
    drawn = members & project.draws[-1].members
    answers = project.target[drawn]
    own = np.ones(int(drawn.sum()))
    if weights is not None:
        own = weights[drawn]
    share = np.average(answers, axis=0, weights=own)
    return Interval(*wilson(share, own.sum() ** 2 / (own**2).sum()))


def careful_share(project: Project, members: Bools) -> Floats:
    careful = project.truth[members].mean(axis=0)
    if (project.target == project.truth).all():
        careful = np.full(len(careful), np.nan)
    return careful


def look_at(project: Project, shares: Shares, members: Bools, before: Before | None) -> Outcome:
    """One part of the comments of a project, without weights."""
    estimates = shares.domains.of(members)
    low = np.array([estimate.low for estimate in estimates])
    high = np.array([estimate.high for estimate in estimates])
    truth = project.target[members].mean(axis=0)
    return Outcome(
        truth=truth,
        careful=careful_share(project, members),
        now=Interval(low, high),
        before=interval_before(before, project, members),
        plain=plain_interval(project, members),
        band_of=truth,
    )


def run_setting(
    population: Population,
    name: str,
    size: int,
    n: int,
    rng: np.random.Generator,
    before: Before | None,
) -> Outcome:
    """One run: all comments of a project."""
    project = new_project(population, size, rng)
    SETTINGS[name](project, n)
    shares = estimate_shares(project.matrix())
    return look_at(project, shares, np.ones(size, dtype=np.bool_), before)


def new_project(population: Population, size: int, rng: np.random.Generator) -> Project:
    rows = rng.choice(len(population.carries), size, replace=False)
    return Project(population, rows, rng)


def run_groups(
    population: Population,
    fraction: float,
    workflow: str,
    rng: np.random.Generator,
    before: Before | None,
) -> Outcome:
    """One run: a group of the comments, those that lean most."""
    project = new_project(population, 2000, rng)
    SETTINGS[workflow](project, 200 if workflow != "extended" else 400)
    shares = estimate_shares(project.matrix())
    leaning = population.leaning[project.rows]
    members = leaning >= np.quantile(leaning, 1 - fraction)
    return look_at(project, shares, members, before)


def run_source(
    population: Population, name: str, rng: np.random.Generator, before: Before | None
) -> Outcome:
    """One run: one of three sources, brought to the total."""
    project = new_project(population, 2000, rng)
    draw_and_decide(project, 400)
    shares = estimate_shares(project.matrix())
    return look_at(project, shares, project.sources() == name, before)


def run_weighted(
    population: Population,
    spread: float,
    half: bool,
    workflow: str,
    rng: np.random.Generator,
    before: Before | None,
) -> Outcome:
    """One run: respondents of a large population, with skewed weights; half of them perhaps without."""
    n = len(population.carries)
    fixed = np.random.default_rng(11)
    weights = np.exp(spread * fixed.standard_normal(n))
    if half:
        weights = np.where(fixed.random(n) < 0.5, weights, 1.0)
    project = Project(population, rng.integers(0, n, 2000), rng)
    SETTINGS[workflow](project, 200)
    own = weights[project.rows]
    own = own / own.mean()
    matrix = project.matrix()
    everyone = np.ones(2000, dtype=np.bool_)
    samples = GroupShares(matrix, estimate_shares(matrix), own).of(everyone)
    limits = np.array([sample.interval for sample in samples])
    truth = np.average(population.carries, axis=0, weights=weights)
    return Outcome(
        truth=truth,
        careful=np.full(len(truth), np.nan),
        now=Interval(limits[:, 0], limits[:, 1]),
        before=interval_before(before, project, everyone, own),
        plain=plain_interval(project, everyone, own),
        band_of=truth,
    )


def run_waves(
    population: Population, workflow: str, rng: np.random.Generator, before: Before | None
) -> Outcome:
    """One run: the change between two consultations whose respondents lean otherwise."""
    n = len(population.carries)
    tilt = np.exp(0.5 * standard(population.leaning))
    chances = (np.full(n, 1 / n), tilt / tilt.sum())
    samples, plain, earlier, truths = [], [], [], []
    for size, chance in zip((1000, 2000), chances, strict=True):
        project = Project(population, rng.choice(n, size, p=chance), rng)
        SETTINGS[workflow](project, 200)
        matrix = project.matrix()
        everyone = np.ones(size, dtype=np.bool_)
        groups = GroupShares(matrix, estimate_shares(matrix), np.ones(size))
        samples.append(groups.of(everyone))
        plain.append(plain_interval(project, everyone))
        earlier.append(interval_before(before, project, everyone, np.ones(size)))
        truths.append((population.carries * chance[:, None]).sum(axis=0))
    pairs = zip(samples[1], samples[0], strict=True)
    limits = np.array([difference_interval(now, then) for now, then in pairs])
    truth = truths[1] - truths[0]
    return Outcome(
        truth=truth,
        careful=np.full(len(truth), np.nan),
        now=Interval(limits[:, 0], limits[:, 1]),
        before=difference_of(*earlier),
        plain=difference_of(*plain),
        band_of=truths[0],
    )


def difference_of(then: Interval, now: Interval) -> Interval:
    """Newcombe's interval around the middles, for its width."""
    half = np.hypot(now.high - now.low, then.high - then.low) / 2
    middle = (now.low + now.high - then.low - then.high) / 2
    return Interval(middle - half, middle + half)


# ---------------------------------------------------------------- all settings

Run = Callable[[Population, np.random.Generator, Before | None], Outcome]


def all_runs() -> Iterator[tuple[str, Run]]:
    """Every setting by name."""
    for size, n in ((2000, 100), (416, 60)):
        yield f"random alone, {n} of {size:,}", of_setting("random alone", size, n)
    for name in SETTINGS:
        yield f"{name}, 200", of_setting(name, 2000, 200)
    for fraction in (0.15, 0.3, 0.5):
        for workflow in ("random alone", "uncertain ones before", "mixed queue"):
            yield f"group of {fraction:.0%}, {workflow}, 200", of_group(fraction, workflow)
    for source in ("first", "third"):
        yield f"{source} source of 3, 400", of_source(source)
    for spread in (0.7, 1.0):
        for half in (False, True):
            for workflow in ("random alone", "uncertain ones before"):
                whose = "half of the weights" if half else "weights"
                name = f"{whose} skewed {spread}, {workflow}, 200"
                yield name, of_weights(spread, half, workflow)
    for workflow in ("random alone", "uncertain ones before"):
        yield f"change between waves, {workflow}, 200 each", of_waves(workflow)


def of_setting(name: str, size: int, n: int) -> Run:
    return lambda population, rng, before: run_setting(population, name, size, n, rng, before)


def of_group(fraction: float, workflow: str) -> Run:
    return lambda population, rng, before: run_groups(population, fraction, workflow, rng, before)


def of_source(name: str) -> Run:
    return lambda population, rng, before: run_source(population, name, rng, before)


def of_weights(spread: float, half: bool, workflow: str) -> Run:
    return lambda population, rng, before: run_weighted(
        population, spread, half, workflow, rng, before
    )


def of_waves(workflow: str) -> Run:
    return lambda population, rng, before: run_waves(population, workflow, rng, before)


def show(name: str, outcomes: list[Outcome], seconds: float) -> None:
    """Print one line a band."""
    print(f"{name} ({seconds:.0f} s)")
    for band, least, most in BANDS:
        cells = [one_band(outcome, least, most) for outcome in outcomes]
        joined = {key: np.concatenate([cell[key] for cell in cells]) for key in cells[0]}
        if len(joined["held"]):
            print(f"  {band:10}" + describe(joined, cells))
    sys.stdout.flush()


def one_band(outcome: Outcome, least: float, most: float) -> dict[str, Floats]:
    """Of the themes of a band that have an interval: whether it holds the truth, and widths."""
    inside = (outcome.band_of >= least) & (outcome.band_of < most) & (outcome.band_of > 0)
    known = inside & ~np.isnan(outcome.now.low)
    truth = outcome.truth[known]
    low, high = outcome.now.low[known], outcome.now.high[known]
    careful = outcome.careful[known]
    before_low, before_high = outcome.before.low[known], outcome.before.high[known]
    return {
        "held": ((low - 1e-9 <= truth) & (truth <= high + 1e-9)).astype(float),
        "below": (high + 1e-9 < truth).astype(float),
        "width": high - low,
        "before": before_high - before_low,
        "before_held": np.where(
            np.isnan(before_low),
            np.nan,
            (before_low - 1e-9 <= truth) & (truth <= before_high + 1e-9),
        ),
        "plain": outcome.plain.high[known] - outcome.plain.low[known],
        "careful": np.where(np.isnan(careful), np.nan, (low <= careful) & (careful <= high)),
        "none": np.full(int((inside & ~known).sum()), 1.0),
    }


def describe(joined: dict[str, Floats], cells: list[dict[str, Floats]]) -> str:
    held = joined["held"]
    coverage = held.mean()
    # Themes of one run are not independent: the error is that of the means of runs.
    sums = np.array([cell["held"].sum() - coverage * len(cell["held"]) for cell in cells])
    error = np.sqrt((sums**2).sum()) / len(held)
    mark = " " if LOWEST <= round(coverage, 3) <= HIGHEST else "*"
    words = f" {100 * coverage:5.1f}{mark}(error {100 * error:.1f}, {len(held):,} intervals;"
    words += f" too low {100 * joined['below'].mean():.1f})"
    words += f"  width {100 * joined['width'].mean():5.2f}"
    words += f" = {joined['width'].mean() / joined['plain'].mean():.2f} of plain"
    older = ~np.isnan(joined["before"])
    if older.any():
        ratio = joined["width"][older].mean() / joined["before"][older].mean()
        words += f", {ratio:.2f} of before ({100 * np.nanmean(joined['before_held']):.1f}"
        words += f" held, {100 * older.mean():.0f} % have one)"
    if not np.isnan(joined["careful"]).all():
        words += f"  careful {100 * np.nanmean(joined['careful']):.1f}"
    if len(joined["none"]):
        words += f"  without interval {len(joined['none']):,}"
    return words


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("runs", nargs="?", type=int, default=1000)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--population", default="")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    before = load_before(arguments.before)
    for population in populations(arguments):
        if arguments.population not in population.name:
            continue
        print(f"{population.name}: {arguments.runs:,} runs a setting")
        for number, (name, run) in enumerate(all_runs()):
            if arguments.only in name:
                started = time.process_time()
                rng = np.random.default_rng([arguments.seed, number])
                outcomes = [run(population, rng, before) for _ in range(arguments.runs)]
                show(name, outcomes, time.process_time() - started)


if __name__ == "__main__":
    main()
