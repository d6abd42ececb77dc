"""People at work on a project in random order, and what must hold of its figures after every step.

A machine draws, decides, corrects, imports, adjudicates, changes the codebook and the comments, codes and exports.
After every step the figures are compared with a recount from the raw decision lines, and with each other.
"""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from coder.errors import CoderError
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
    check_pairs,
    check_percentages,
    check_relations,
    check_tables,
    differences,
    figures_of,
    figures_of_shares,
    under_new_ids,
)
from workflow_memory import Clock
from workflow_recount import Cell, Recount, random_reviews, read_draws, recount, unsure_pairs
from workflow_world import (
    COMMENTS,
    MOST_COMMENTS,
    MOST_THEMES,
    REVIEWERS,
    SETTLER,
    World,
)

SEEDS = st.integers(0, 1 << 32)
OPTIONS = Options(by=("gender",), minimum_base=10, minimum_cell=1, quotes=0)
SAMPLE, LARGER_SAMPLE = 16, 20  # comments
FULL_EVERY = 40  # steps: a whole report with its breakdowns takes long
SLOW_EVERY = 10  # steps: an action that takes long
LOSE_EVERY = 30  # steps
OFTEN = {"decide_on_screen": 4, "undo_on_screen": 3, "decide_by_table": 2, "adjudicate": 2}


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
        self.state: tuple[object, ...] = ()  # of the files that the figures are from
        self.checked_state: tuple[object, ...] = ()
        self.since_slow_step = 0
        self.turn = 0
        self.next_loss = LOSE_EVERY // 2

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------ deciding

    @initialize(seed=SEEDS)
    def begin_with_some_work(self, seed: int) -> None:
        """Half of the workflows begin with a sample, a second reader and a coding."""
        random = Random(seed)
        if seed % 2 == 0:
            mode = ReviewMode(sample=SAMPLE, blind=True)
            self.world.decide_on_screen("amira", mode, SAMPLE, random)
            ids = random.sample(sorted(self.world.texts), random.choice((10, COMMENTS)))
            self.world.decide_by_table("ben", ids, random, blind=True)
            self.world.apply()

    @rule(seed=SEEDS)
    def decide_on_screen(self, seed: int) -> None:
        random = Random(seed)
        modes = (
            ReviewMode(sample=SAMPLE, blind=True),
            ReviewMode(sample=LARGER_SAMPLE),
            ReviewMode(),
            ReviewMode(theme=random.choice(self.world.book.theme_ids)),
            ReviewMode(double=0.5),
        )
        mode = random.choice(modes)
        reviewer = random.choice(REVIEWERS)
        self.world.decide_on_screen(reviewer, mode, random.choice((1, 1, 3, 30)), random)

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
        before = self.figures
        if self.world.press_enter_in_adjudication(settler):
            # Only "cannot tell", which the settler had said before, is saved again.
            assert self.published() == before, "Enter settled a dispute"
        mode = ReviewMode(adjudicate=True)
        self.world.decide_on_screen(settler, mode, random.choice((2, 30)), random)

    @rule(seed=SEEDS)
    def declare_sample(self, seed: int) -> None:
        """A sample drawn in another program."""
        random = Random(seed)
        ids = random.sample(sorted(self.world.texts), random.choice((8, SAMPLE, LARGER_SAMPLE)))
        self.world.declare_sample(ids)

    @precondition(lambda self: self.since_slow_step > SLOW_EVERY)
    @rule(seed=SEEDS)
    def decide_on_a_sheet(self, seed: int) -> None:
        random = Random(seed)
        self.since_slow_step = 0
        reviewer = random.choice(REVIEWERS)
        ids = random.sample(sorted(self.world.texts), random.choice((3, SAMPLE)))
        self.world.decide_on_a_sheet(reviewer, ids, random)

    @precondition(lambda self: self.turn > self.next_loss and self.figures is not None)
    @rule(seed=SEEDS)
    def lose_something(self, seed: int) -> None:
        """A check is content after an export, and not when a decision file is damaged."""
        self.next_loss = self.turn + LOSE_EVERY
        self.world.export()
        faults = self.world.faults()
        assert faults == [], faults
        with self.world.damage(Random(seed)) as damage:
            assert self.world.faults() or not damage, damage
            assert self.is_refused() or not damage.endswith("copied"), damage

    def is_refused(self) -> bool:
        """Whether nothing can be exported."""
        try:
            self.inputs()
        except CoderError:
            return True
        return False

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

    @precondition(lambda self: len(self.world.book.theme_ids) < MOST_THEMES)
    @rule(seed=SEEDS)
    def add_theme(self, seed: int) -> None:
        new_id = self.world.add_theme(Random(seed))
        self.nothing_else_changed({new_id})

    @rule(seed=SEEDS)
    def rename(self, seed: int) -> None:
        old_id, new_id = self.world.rename(Random(seed))
        self.nothing_else_changed(set(), {old_id: new_id})

    @precondition(lambda self: len(self.world.book.theme_ids) < MOST_THEMES)
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
            # Nothing is published once the only theme with answers is gone.
            after = self.published() or {}
            if not after:
                before = {cell: figure for cell, figure in before.items() if figure.n}
            changed = differences(before, after, themes)
            assert not changed, changed

    # ------------------------------------------------------------ comments and coding

    @precondition(lambda self: len(self.world.texts) < MOST_COMMENTS)
    @precondition(lambda self: self.since_slow_step > SLOW_EVERY)
    @rule(seed=SEEDS)
    def add_source(self, seed: int) -> None:
        self.since_slow_step = 0
        self.world.add_source(Random(seed))

    @precondition(lambda self: self.since_slow_step > SLOW_EVERY)
    @rule(seed=SEEDS)
    def change_file(self, seed: int) -> None:
        self.since_slow_step = 0
        self.world.change_file(Random(seed))

    @precondition(lambda self: self.since_slow_step > SLOW_EVERY)
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
        state = self.world.state()
        if state != self.state:
            self.figures = None
            inputs = self.inputs()
            if inputs is not None:
                counts = count_inputs(inputs, OPTIONS)
                self.figures = figures_of_shares(estimate_counts(counts))
            self.state = state
        return self.figures

    @invariant()
    def what_is_published_is_right(self) -> None:
        RandomWorkflow.steps += 1
        self.turn += 1
        self.since_slow_step += 1
        figures = self.published()
        if figures is not None and self.state != self.checked_state:
            self.checked_state = self.state
            self.check_figures(figures)
        if figures is not None and self.turn % FULL_EVERY == 0:
            self.check_report(figures)

    def check_figures(self, figures: Figures) -> None:
        """The figures of all comments against a recount and against each other."""
        world = self.world
        recounted, samples = self.recounted()
        check_relations(figures, world.places)
        check_percentages(figures, len(world.texts))
        exact = check_exact(figures, recounted, world.texts, world.places)
        RandomWorkflow.exact_cells += exact
        called_random = world.history.chosen_at_random()
        check_intervals(figures, recounted, samples, called_random, world.texts)

    def recounted(self) -> tuple[Recount, dict[Cell, set[str]]]:
        """What stands by a recount, and the random sample of each cell."""
        world = self.world
        sheet = world.history.answers(world.texts)
        recounted = recount(sheet, world.texts, world.places)
        draws = read_draws(world.decisions_folder, world.texts)
        unsure = unsure_pairs(sheet)
        samples = {}
        for cell in cells_of(world.places):
            samples[cell] = random_reviews(draws, recounted, unsure, cell)
        return recounted, samples

    def check_report(self, figures: Figures) -> None:
        """The whole report: every table, and what its notes count."""
        inputs = self.inputs()
        assert inputs is not None
        report = build_report(inputs, OPTIONS)
        changed = differences(figures, figures_of(report.themes))
        assert not changed, changed
        check_tables(report, self.world.places)
        recounted, samples = self.recounted()
        called_random = self.world.history.chosen_at_random()
        check_pairs(report.together, recounted, samples, called_random, self.world.texts)
        reviews = self.world.reviews_in_another_order()
        if reviews is not None:
            other = replace(inputs, judgements=reviews.judgements, unsure=reviews.unsure)
            reordered = figures_of_shares(estimate_counts(count_inputs(other, OPTIONS)))
            check_alike(figures, reordered)


# ---------------------------------------------------------------- playing


def play(machine: type[RandomWorkflow], workflows: int, steps: int, **more: Any) -> None:
    """Let hypothesis choose the steps: a workflow that fails is made shorter."""
    wanted = settings(
        max_examples=workflows,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
    run_state_machine_as_test(machine, settings=wanted)


def play_seed(machine: type[RandomWorkflow], seed: int, steps: int) -> None:
    """Play one workflow; the same seed plays the same again.

    Raises:
        Exception: of a step; a note gives the seed and the steps.
    """
    random = Random(seed)
    Clock.looks = 0
    workflow = machine()
    trail: list[str] = []
    try:
        workflow.begin_with_some_work(random.getrandbits(32))
        workflow.what_is_published_is_right()
        for _ in range(steps):
            trail.append(_take_a_step(workflow, random))
            workflow.what_is_published_is_right()
    except Exception as error:
        error.add_note(f"seed {seed}, after {len(trail)} steps: {', '.join(trail)}")
        raise
    finally:
        workflow.teardown()


def _take_a_step(workflow: RandomWorkflow, random: Random) -> str:
    """Do what some rule says that can be done now; returns its name."""
    possible = {}
    for rule_ in workflow.rules:
        if all(holds(workflow) for holds in rule_.preconditions):
            possible[rule_.function.__name__] = rule_
    weights = [OFTEN.get(name, 1) for name in possible]
    name = random.choices(list(possible), weights)[0]
    seeds = {argument: random.getrandbits(32) for argument in possible[name].arguments}
    possible[name].function(workflow, **seeds)
    return name
