"""Let every file operation of every command fail, or end the process, one at a time; a table of what was found.

    python tests/benchmarks/fault_injection.py [--most ROUNDS] [STEP...]

Of operations of one kind on one file the first two and the last two are tried. Operations are those of the C
library below the folder of the consultation: open for writing, write, sync, rename, unlink, mkdir, lock, truncate and
change of mode; of Python, SQLite, Arrow and all other libraries (see tests/faults/interpose.c for what is not seen).
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.rounds import inject
from faults.stage import cpu_seconds, interposed_stage
from faults.world import BY_NAME, warm


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("steps", nargs="*", default=list(BY_NAME))
    arguments.add_argument("--most", type=int, help="rounds of a step, spread evenly")
    chosen = arguments.parse_args()
    with interposed_stage() as stage:
        warm(stage.root / "warming", chosen.steps)
        print(
            "| command | operations | rounds | faults | CPU s |\n|---|---|---|---|---|", flush=True
        )
        found = 0
        for step in chosen.steps:
            began = cpu_seconds()
            tally = inject(stage, BY_NAME[step], chosen.most)
            row = (
                step,
                tally.operations,
                tally.rounds,
                len(tally.faults),
                f"{cpu_seconds() - began:.0f}",
            )
            print(f"| {' | '.join(map(str, row))} |", flush=True)
            found += len(tally.faults)
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
