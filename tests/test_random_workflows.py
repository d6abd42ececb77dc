"""Random workflows: whatever people do in whatever order, what is published stays right.

A machine draws, decides, corrects, imports, adjudicates, changes the codebook and the comments, codes and exports.
After every step the figures are compared with a recount from the raw decision lines, and with each other.
"""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from coder.reporting import Inputs, Options, build_report, gather
from coder.reporting.counts import count_inputs
from coder.reporting.shares import estimate_counts
from coder.reviewing.mode import ReviewMode
from workflow_checks import (
    Figures,
    cells_of,
    check_alike,
    check_exact,
    check_intervals,
    check_percentages,
    check_relations,
    check_tables,
    differences,
    figures_of,
    figures_of_shares,
    under_new_ids,
)
from workflow_recount import random_reviews, read_draws, recount, unsure_pairs
from workflow_world import REVIEWERS, SETTLER, World, use_tiny_encoder

SEEDS = st.integers(0, 1 << 32)
OPTIONS = Options(by=("gender",), minimum_base=10, minimum_cell=1, quotes=0)
FULL_EVERY = 8  # steps: a whole report with its breakdowns takes long
WORKFLOWS, STEPS = 6, 30


class RandomWorkflow(RuleBasedStateMachine):
    """People at work on one project."""

    first: World  # set before the machine runs: every workflow begins with a copy
    steps = 0
    exact_cells = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="workflow-"))
        self.world = self.first.copy(self.folder)
        self.figures: Figures | None = None
        self.since_slow_step = 0
        self.turn = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------ deciding

    @initialize(seed=SEEDS)
    def begin_with_some_work(self, seed: int) -> None:
        """Half of the workflows begin with a sample, a second reader and a coding."""
        random = Random(seed)
        if seed % 2 == 0:
            mode = ReviewMode(sample=34, blind=True)
            self.world.decide_on_screen("amira", mode, 34, random)
            ids = random.sample(sorted(self.world.texts), random.choice((20, 44)))
            self.world.decide_by_table("ben", ids, random, blind=True)
            self.world.apply()

    @rule(seed=SEEDS)
    def decide_on_screen(self, seed: int) -> None:
        random = Random(seed)
        modes = (
            ReviewMode(sample=34, blind=True),
            ReviewMode(sample=40),
            ReviewMode(),
            ReviewMode(theme=random.choice(self.world.book.theme_ids)),
            ReviewMode(double=0.5),
        )
        mode = random.choice(modes)
        reviewer = random.choice(REVIEWERS)
        self.world.decide_on_screen(reviewer, mode, random.choice((1, 3, 40)), random)

    @rule(seed=SEEDS)
    def undo_on_screen(self, seed: int) -> None:
        self.world.undo_on_screen(Random(seed))

    @rule(seed=SEEDS)
    def decide_by_table(self, seed: int) -> None:
        """Some comments, or all; all themes, or some."""
        random = Random(seed)
        ids = sorted(self.world.texts)
        number = random.choice((1, 5, len(ids) - 2, len(ids)))
        scope: tuple[str, ...] = ()
        if random.random() < 0.3:
            scope = tuple(random.sample(self.world.book.theme_ids, 2))
        self.world.decide_by_table(
            random.choice(REVIEWERS),
            random.sample(ids, number),
            random,
            scope=scope,
            blind=random.random() < 0.5,
            chosen=random.choice(("listed", "listed", "targeted")),
        )

    @rule(seed=SEEDS)
    def adjudicate(self, seed: int) -> None:
        """Enter alone settles nothing; then each dispute gets an answer."""
        random = Random(seed)
        settler = random.choice((SETTLER, *REVIEWERS))
        saved = self.world.press_enter_in_adjudication(settler)
        assert saved == 0, f"Enter settled a dispute: {saved} decisions"
        mode = ReviewMode(adjudicate=True)
        self.world.decide_on_screen(settler, mode, random.choice((2, 40)), random)

    @rule(seed=SEEDS)
    def declare_sample(self, seed: int) -> None:
        """A sample drawn in another program."""
        random = Random(seed)
        ids = random.sample(sorted(self.world.texts), random.choice((20, 34, 40)))
        self.world.declare_sample(ids)

    @precondition(lambda self: self.since_slow_step > 5)
    @rule(seed=SEEDS)
    def decide_on_a_sheet(self, seed: int) -> None:
        random = Random(seed)
        self.since_slow_step = 0
        reviewer = random.choice(REVIEWERS)
        ids = random.sample(sorted(self.world.texts), random.choice((3, 30)))
        self.world.decide_on_a_sheet(reviewer, ids, random)

    @precondition(lambda self: self.since_slow_step > 5 and self.figures is not None)
    @rule(seed=SEEDS)
    def lose_something(self, seed: int) -> None:
        """A check is content after an export, and not when a decision file is damaged."""
        self.since_slow_step = 0
        self.world.export()
        faults = self.world.faults()
        assert faults == [], faults
        with self.world.damage(Random(seed)) as damage:
            assert self.world.faults() or not damage, damage

    @precondition(lambda self: self.world.last_table is not None)
    @rule()
    def import_again(self) -> None:
        """The same table a second time adds nothing where nothing came between."""
        assert self.world.last_table is not None
        self.world.take(self.world.last_table)
        before = self.published()
        added = self.world.take(self.world.last_table)
        assert added == 0, f"a table imported twice added {added}"
        assert self.published() == before, "a table imported twice changed figures"

    # ------------------------------------------------------------ changing the codebook

    @rule(seed=SEEDS)
    def add_theme(self, seed: int) -> None:
        new_id = self.world.add_theme(Random(seed))
        self.nothing_else_changed({new_id})

    @rule(seed=SEEDS)
    def rename(self, seed: int) -> None:
        old_id, new_id = self.world.rename(Random(seed))
        self.nothing_else_changed(set(), {old_id: new_id})

    @rule(seed=SEEDS)
    def split(self, seed: int) -> None:
        old_id, new_ids = self.world.split(Random(seed))
        self.nothing_else_changed({old_id, *self.world.family(new_ids[0])})

    @rule(seed=SEEDS)
    def merge(self, seed: int) -> None:
        old_ids, new_id = self.world.merge(Random(seed))
        self.nothing_else_changed({*old_ids, new_id})

    @rule(seed=SEEDS)
    def retire(self, seed: int) -> None:
        old_id = self.world.retire(Random(seed))
        self.nothing_else_changed(self.world.family(old_id))

    def nothing_else_changed(self, themes: set[str], new_id: dict[str, str] | None = None) -> None:
        """A change of the codebook touches the figures of these themes alone."""
        if self.figures is not None:
            before = under_new_ids(self.figures, new_id or {})
            after = self.published()
            assert after is not None
            changed = differences(before, after, themes)
            assert not changed, changed

    # ------------------------------------------------------------ comments and coding

    @precondition(lambda self: self.since_slow_step > 5)
    @rule(seed=SEEDS)
    def add_source(self, seed: int) -> None:
        self.since_slow_step = 0
        self.world.add_source(Random(seed))

    @precondition(lambda self: self.since_slow_step > 5)
    @rule(seed=SEEDS)
    def change_file(self, seed: int) -> None:
        self.since_slow_step = 0
        self.world.change_file(Random(seed))

    @precondition(lambda self: self.since_slow_step > 5)
    @rule()
    def apply(self) -> None:
        self.since_slow_step = 0
        self.world.apply()

    # ------------------------------------------------------------ what must hold

    def inputs(self) -> Inputs | None:
        """What an export would be made from now; None while nothing is decided or coded."""
        inputs = gather(self.world.project, self.world.codebook_path)
        if not inputs.has_labels and inputs.judgements.empty:
            return None
        return inputs

    def published(self) -> Figures | None:
        """The figures of all comments that an export would print now."""
        inputs = self.inputs()
        if inputs is None:
            return None
        return figures_of_shares(estimate_counts(count_inputs(inputs, OPTIONS)))

    @invariant()
    def what_is_published_is_right(self) -> None:
        type(self).steps += 1
        self.turn += 1
        self.since_slow_step += 1
        self.figures = self.published()
        if self.figures is None:
            return
        world = self.world
        sheet = world.history.answers(world.texts)
        recounted = recount(sheet, world.texts, world.places)
        check_relations(self.figures, world.places)
        check_percentages(self.figures, len(world.texts))
        exact = check_exact(self.figures, recounted, world.texts, world.places)
        type(self).exact_cells += exact
        draws = read_draws(world.decisions_folder, world.texts)
        unsure = unsure_pairs(sheet)
        samples = {}
        for cell in cells_of(world.places):
            samples[cell] = random_reviews(draws, recounted, unsure, cell)
        called_random = world.history.chosen_at_random()
        check_intervals(self.figures, recounted, samples, called_random, world.texts)
        if self.turn % FULL_EVERY == 0:
            self.check_report(self.figures)

    def check_report(self, figures: Figures) -> None:
        """The whole report: every table, and what its notes count."""
        inputs = self.inputs()
        assert inputs is not None
        report = build_report(inputs, OPTIONS)
        changed = differences(figures, figures_of(report.themes))
        assert not changed, changed
        check_tables(report, self.world.places)
        reviews = self.world.reviews_in_another_order()
        if reviews is not None:
            other = replace(inputs, judgements=reviews.judgements, unsure=reviews.unsure)
            reordered = figures_of_shares(estimate_counts(count_inputs(other, OPTIONS)))
            check_alike(figures, reordered)


@pytest.fixture(scope="module")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.begin(tmp_path_factory.mktemp("workflows") / "first")


def play(machine: type[RandomWorkflow], workflows: int, steps: int, **more: Any) -> None:
    """Run workflows of so many steps each."""
    # Explaining a failure would trace every line of every workflow.
    choices = {"phases": (Phase.generate, Phase.shrink), **more}
    wanted = settings(
        max_examples=workflows,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **choices,
    )
    run_state_machine_as_test(machine, settings=wanted)


def test_published_figures_survive_random_workflows(
    first_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_tiny_encoder(monkeypatch.setitem)
    monkeypatch.setattr(RandomWorkflow, "first", first_world, raising=False)
    monkeypatch.setattr(RandomWorkflow, "steps", 0)
    play(RandomWorkflow, workflows=WORKFLOWS, steps=STEPS, derandomize=True)
    assert RandomWorkflow.steps >= WORKFLOWS * STEPS / 2
