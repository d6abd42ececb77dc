"""The causes of wrong figures, put back one at a time: each must be caught by the random workflows or by a test.

`python tests/mutations.py` plays every mutation in a process of its own and prints what caught it, and after how many
steps. `python tests/mutations.py NAME` plays one.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import coder.reporting.group_shares
import coder.reporting.shares
from coder.decisions import StandingMatrix, standing
from coder.decisions.draws import Draw
from coder.reporting import build, co_occurrence
from coder.reviewing.drafts import Draft
from coder.reviewing.session import Session
from coder.statistics import domains, reviewed_comments, samples, weighting
from coder.statistics.intervals import Estimate
from workflow_machine import RandomWorkflow, play_seed
from workflow_memory import prepare
from workflow_world import World, use_tiny_encoder

Patch = Callable[[pytest.MonkeyPatch], None]
MOST_WORKFLOWS, STEPS = 30, 50


class Mutation(NamedTuple):
    """A cause of wrong figures.

    Attributes:
        cause: in words.
        put_back: patches the program.
        test: the test that catches it; empty for the random workflows.
    """

    cause: str
    put_back: Patch
    test: str = ""


def guesses_overrule(patch: pytest.MonkeyPatch) -> None:
    """A sub-theme that the model guesses makes its parent present, whoever said no."""
    rolled_up = StandingMatrix.rolled_up

    def mutated(self: StandingMatrix, codebook: Any) -> StandingMatrix:
        rolled = rolled_up(self, codebook)
        for child, parent in standing.roll_up_steps(self.keys, codebook):
            guessed = ~self.judged[:, child] & (self.value[:, child] == 1)
            rolled.value[guessed, parent] = 1.0
        return rolled

    patch.setattr(StandingMatrix, "rolled_up", mutated)


def draws_by_latest_decision(patch: pytest.MonkeyPatch) -> None:
    """A comment counts as drawn while its latest decision says so: corrections take it out."""
    patch.setattr(reviewed_comments, "draw_among", _no_members(keep_blind=True))


def draws_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What is imported again without a word on the draw is not drawn any more."""
    patch.setattr(reviewed_comments, "draw_among", _no_members(keep_blind=False))


def _no_members(*, keep_blind: bool) -> Callable[..., Any]:
    """Draws without their members, or with every second one."""

    def mutated(draw: Draw, comment_ids: Any, matrix: StandingMatrix) -> samples.DrawnComments:
        drawn = samples.draw_among(draw, comment_ids, matrix)
        kept = np.arange(len(drawn.members)) % 2 == 0
        if not keep_blind:
            kept[:] = False
        return replace(drawn, members=drawn.members & kept)

    return mutated


def one_theme_opens_all(patch: pytest.MonkeyPatch) -> None:
    """A theme that is not coded takes the intervals of all the others."""
    estimate_rows = domains.estimate_rows

    def mutated(comments: Any, *rest: Any) -> tuple[Estimate, ...]:
        estimates = estimate_rows(comments, *rest)
        if comments.scored.all():
            return estimates
        nothing = float("nan")
        return tuple(estimate._replace(low=nothing, high=nothing) for estimate in estimates)

    patch.setattr(domains, "estimate_rows", mutated)


def last_import_wins(patch: pytest.MonkeyPatch) -> None:
    """Between as many who say yes as say no, the last by name stands."""
    majority = standing.standing_answer

    def mutated(answers: Any, adjudications: Any = ()) -> Any:
        voters = adjudications or answers
        stands = majority(answers, adjudications)
        if stands is not None and stands.value == standing.DIVIDED:
            return majority([max(voters, key=lambda answer: answer.reviewer)])
        return stands

    patch.setattr(standing, "standing_answer", mutated)


def copies_are_read(patch: pytest.MonkeyPatch) -> None:
    """The decisions of a conflict copy count beside those of the file, and nothing is said."""
    from coder.decisions import copies, log

    def mutated(_path: Any, _reviewers: Any) -> list[str]:
        return []

    patch.setattr(copies, "foreign_reviewers", mutated)
    patch.setattr(log, "foreign_reviewers", mutated)


def nothing_is_remembered(patch: pytest.MonkeyPatch) -> None:
    """A check does not know how far a decision file had come."""
    from coder.workflow.checks import history

    patch.setattr(history, "check_history", lambda _contents: [])


def draws_need_not_be_complete(patch: pytest.MonkeyPatch) -> None:
    """The decided part of a draw counts as the whole."""
    patch.setattr(samples, "MOST_MISSING", 1.0)


def targeted_work_is_random(patch: pytest.MonkeyPatch) -> None:
    """What was chosen counts as if it had been drawn."""
    plan_samples = samples.plan_samples

    def mutated(matrix: Any, draws: Any) -> Any:
        plan = plan_samples(matrix, draws)
        plan.audited[:] = matrix.judged
        plan.order[:] = np.where(matrix.judged, 1, -1)
        return plan

    patch.setattr(reviewed_comments, "plan_samples", mutated)


def counts_as_coded(patch: pytest.MonkeyPatch) -> None:
    """n is what is coded, per cent an estimate."""

    def mutated(self: Any, key: Any) -> int:
        column = self.matrix.row_number[key]
        return int(self.matrix.carries[:, column].sum())

    patch.setattr(coder.reporting.shares.Shares, "count_of", mutated)


def no_order_among_themes(patch: pytest.MonkeyPatch) -> None:
    """Each row is estimated on its own."""
    patch.setattr(reviewed_comments, "order_of", lambda _keys, _codebook: ())


def weights_without_floor(patch: pytest.MonkeyPatch) -> None:
    """An effective base may lie above the base."""
    sample_share = weighting.sample_share

    def mutated(*arguments: Any, **more: Any) -> Any:
        share = sample_share(*arguments, **more)
        return share._replace(effective=1e6 * share.base, variance=1e-12)

    patch.setattr(coder.reporting.group_shares, "sample_share", mutated)


def pairs_of_guesses(patch: pytest.MonkeyPatch) -> None:
    """Pairs are counted and tested as if people had decided what the model assigned."""

    def mutated(shares: Any, **more: Any) -> Any:
        everywhere = np.ones_like(shares.matrix.judged)
        decided = replace(shares.matrix, judged=everywhere)
        return co_occurrence.pair_themes(replace(shares, matrix=decided), **more)

    patch.setattr(build, "pair_themes", mutated)


def decimal_commas_are_text(patch: pytest.MonkeyPatch) -> None:
    """A column with decimal commas holds no numbers."""
    import coder.reading.columns as columns
    import coder.reading.weights as weights
    from coder.reading import numerals

    def mutated(cells: Any) -> Any:
        without = cells.where(~cells.astype(str).str.contains(","), "x")
        return numerals.read_numbers(without)

    for module in (columns, weights):
        if hasattr(module, "read_numbers"):
            patch.setattr(module, "read_numbers", mutated)


def repeats_count_twice(patch: pytest.MonkeyPatch) -> None:
    """The same answer in two sources counts twice."""
    from coder import tables
    from coder.reading import exclusions

    def mutated(*_comments: Any) -> Any:
        return tables.empty(tables.REPEATS)

    patch.setattr(exclusions, "find_repeats", mutated)


def unsure_is_absent(patch: pytest.MonkeyPatch) -> None:
    """What nobody could tell counts as absent."""
    put_unsure = standing._put_unsure

    def mutated(matrix: Any, comment_ids: Any, unsure: Any) -> None:
        put_unsure(matrix, comment_ids, unsure)
        matrix.judged[matrix.unsure] = True
        matrix.value[matrix.unsure] = 0.0

    patch.setattr(standing, "_put_unsure", mutated)


def enter_settles(patch: pytest.MonkeyPatch) -> None:
    """Enter answers every dispute with no."""
    save = Session.save

    def mutated(self: Session) -> Any:
        if self.context.adjudicating and self.pick is not None and not self.draft.themes:
            answered = frozenset((theme_id, "") for theme_id in self.pick.scope)
            self.change_draft(Draft({}, frozenset(), answered=answered))
        return save(self)

    patch.setattr(Session, "save", mutated)


ROWS = "test_ordinary_workflows.py::"
MUTATIONS = {
    "guesses": Mutation("a guess about a sub-theme overrules people", guesses_overrule),
    "corrections": Mutation("corrections take comments out of a draw", draws_by_latest_decision),
    "imports": Mutation("an import without a word on the draw ends it", draws_forgotten),
    "new-theme": Mutation("a new theme takes all intervals away", one_theme_opens_all),
    "ties": Mutation("one side wins ties", last_import_wins),
    "copies": Mutation("conflict copies are read in silence", copies_are_read),
    "history": Mutation("a lost tail is not noticed", nothing_is_remembered),
    "missing": Mutation(
        "the decided part of a draw stands for all of it", draws_need_not_be_complete
    ),
    "targeted": Mutation("targeted work counts as random", targeted_work_is_random),
    "two-figures": Mutation("n and % come from two figures", counts_as_coded),
    "order": Mutation("a sub-theme may be above its theme", no_order_among_themes),
    "pairs": Mutation("pairs of what the model assigned are tested", pairs_of_guesses),
    "weights": Mutation(
        "an effective base above the base",
        weights_without_floor,
        f"{ROWS}test_one_enormous_weight_makes_nothing_certain",
    ),
    "commas": Mutation(
        "decimal commas are no numbers",
        decimal_commas_are_text,
        f"{ROWS}test_weights_with_decimal_commas_are_weights",
    ),
    "repeats": Mutation(
        "an answer in two sources counts twice",
        repeats_count_twice,
        f"{ROWS}test_answers_in_two_files_count_once",
    ),
    "unsure": Mutation("what nobody could tell counts as absent", unsure_is_absent),
    "enter": Mutation("Enter settles disputes with no", enter_settles),
}


class Patching:
    """Patches the program for a run of pytest."""

    def __init__(self, mutation: Mutation) -> None:
        self.mutation = mutation

    @pytest.fixture(autouse=True, scope="session")
    def _put_back(self) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            self.mutation.put_back(patch)
            yield


def play_test(mutation: Mutation) -> str:
    """Run the test of a mutation; says what caught it, nothing where it passed."""
    folder = Path(__file__).parent
    status = pytest.main(
        ["-q", "--no-header", "--tb=no", str(folder / mutation.test)], plugins=[Patching(mutation)]
    )
    if status == pytest.ExitCode.TESTS_FAILED:
        return mutation.test.split("::")[1]
    return ""


def play_workflows(mutation: Mutation) -> str:
    """Play random workflows until one fails; says after how many steps, nothing where none did."""
    RandomWorkflow.steps = 0
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        use_tiny_encoder(patch.setitem)
        prepare(patch.setattr)
        RandomWorkflow.first = World.begin(Path(folder) / "first")
        mutation.put_back(patch)
        try:
            for seed in range(MOST_WORKFLOWS):
                play_seed(RandomWorkflow, seed, STEPS)
        except AssertionError as error:
            message = str(error).splitlines()[0]
            return f"random workflows, {RandomWorkflow.steps} steps: {message[:70]!r}"
    return ""


def play(name: str) -> None:
    """One mutation, in this process."""
    mutation = MUTATIONS[name]
    began = time.process_time()
    caught_by = play_test(mutation) if mutation.test else play_workflows(mutation)
    seconds = time.process_time() - began
    print(f"{mutation.cause} | {caught_by or 'NOT CAUGHT'} | {seconds:.0f} s", flush=True)
    sys.exit(not caught_by)


def play_all() -> None:
    """Every mutation, each in a process of its own."""
    missed = 0
    for name in MUTATIONS:
        done = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True)
        print((done.stdout.strip().splitlines() or [done.stderr[-300:]])[-1], flush=True)
        missed += done.returncode != 0
    print(f"{len(MUTATIONS) - missed} of {len(MUTATIONS)} caught")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        play(sys.argv[1])
    else:
        play_all()
