"""Random workflows: whatever people do in whatever order, what is published stays right.

A workflow that fails names its seed: `play_seed(RandomWorkflow, SEED, STEPS)` plays it again.
`tests/benchmarks/random_workflows.py` plays many more.
"""

from collections.abc import Iterator

import pytest
from hypothesis import Phase

from workflow_machine import RandomWorkflow, play, play_seed
from workflow_memory import prepare
from workflow_world import World, use_tiny_encoder

WORKFLOWS, STEPS = 40, 50
PARTS = 4


@pytest.fixture(scope="module", autouse=True)
def _first_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The files that every workflow begins with."""
    with pytest.MonkeyPatch.context() as patch:
        use_tiny_encoder(patch.setitem)
        prepare(patch.setattr)
        first = World.begin(tmp_path_factory.mktemp("workflows") / "first")
        patch.setattr(RandomWorkflow, "first", first, raising=False)
        yield


@pytest.mark.parametrize("part", range(PARTS))
def test_published_figures_survive_random_workflows(part: int) -> None:
    RandomWorkflow.steps = 0
    RandomWorkflow.exact_cells = 0
    seeds = range(part, WORKFLOWS, PARTS)
    for seed in seeds:
        play_seed(RandomWorkflow, seed, STEPS)
    assert RandomWorkflow.steps >= len(seeds) * STEPS
    assert RandomWorkflow.exact_cells, "nothing was ever decided everywhere"


def test_workflows_that_hypothesis_chooses() -> None:
    # Explaining a failure would trace every line of every workflow.
    phases = (Phase.generate, Phase.shrink)
    play(RandomWorkflow, 3, 20, phases=phases, derandomize=True)
