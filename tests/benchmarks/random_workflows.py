"""Many random workflows (see `tests/test_random_workflows.py`): `python tests/benchmarks/random_workflows.py 200000`.

Prints how many steps were played, and the steps to the first failure where there is one.
"""

import sys
import tempfile
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hypothesis import Phase

from test_random_workflows import RandomWorkflow, play
from workflow_world import World, remember_files, use_tiny_encoder

STEPS = 50  # of one workflow


def main(steps: int) -> None:
    """Play until so many steps are done."""
    began = time.process_time()
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        use_tiny_encoder(patch.setitem)
        remember_files(patch.setattr)
        RandomWorkflow.first = World.begin(Path(folder) / "first")
        try:
            while RandomWorkflow.steps < steps:
                play(RandomWorkflow, 20, STEPS, phases=(Phase.generate,))
        finally:
            seconds = time.process_time() - began
            print(f"{RandomWorkflow.steps:,} steps, {RandomWorkflow.exact_cells:,} exact cells")
            print(f"{seconds:.0f} CPU seconds")


if __name__ == "__main__":
    main(int(sys.argv[1]))
