"""Many random workflows (see `tests/test_random_workflows.py`): `python tests/benchmarks/random_workflows.py 200000`.

Prints how many steps were played, and the steps to the first failure where there is one.
"""

import sys
import tempfile
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from workflow_machine import RandomWorkflow, play_seed
from workflow_memory import prepare
from workflow_world import World, use_tiny_encoder

STEPS = 50  # of one workflow


def main(steps: int, first_seed: int) -> None:
    """Play until so many steps are done."""
    began = time.process_time()
    seed = first_seed
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        use_tiny_encoder(patch.setitem)
        prepare(patch.setattr)
        RandomWorkflow.first = World.begin(Path(folder) / "first")
        try:
            while RandomWorkflow.steps < steps:
                play_seed(RandomWorkflow, seed, STEPS)
                seed += 1
        finally:
            seconds = time.process_time() - began
            print(f"seeds {first_seed} to {seed - 1}: {RandomWorkflow.steps:,} steps")
            print(f"{RandomWorkflow.exact_cells:,} exact cells, {seconds:.0f} CPU seconds")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
