"""Kill commands (kill -9) at random moments, and run two at once on one project; a table of what was found.

    python tests/benchmarks/kill_rounds.py [--share SHARE] [--at-once] [STEP...]

1,000 rounds of reviewing, in which each decision is acknowledged when it is saved; 300 each of reading, coding, finding
candidates and exporting; 200 rounds of two commands at once. After a round nothing acknowledged may be lost, each file
is old or new; the same commands then run to their ends, and nothing is left over. `coder check` is content before and
after every fifth round of one command, and after every round of two.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.rounds import Tally, both, kill
from faults.stage import cpu_seconds, interposed_stage
from faults.world import BY_NAME, warm

ALONE = {
    "review: decide, undo": 1000,
    "read, more comments": 300,
    "apply again": 300,
    "cluster": 300,
    "export tables": 300,
}
AT_ONCE = (
    ("apply again", "apply again"),
    ("export tables", "export .xlsx"),
    ("review: decide, undo", "review: decide, undo"),
    ("apply again", "review: decide, undo"),
    ("read again", "export tables"),
)
BATCHES = 5  # so that an interrupted run has tried every command
ROUNDS_AT_ONCE = 20  # of each pair, without a kill and with one


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--share", type=float, default=1.0, help="of the rounds")
    arguments.add_argument("--at-once", action="store_true", help="only two commands at once")
    arguments.add_argument("steps", nargs="*", help="only these, one at a time")
    chosen = arguments.parse_args()
    share = chosen.share
    alone = {step: rounds for step, rounds in ALONE.items() if step in (chosen.steps or ALONE)}
    if chosen.at_once:
        alone = {}
    pairs = () if chosen.steps else AT_ONCE
    with interposed_stage() as stage:
        warm(stage.root / "warming", [*ALONE, "export .xlsx", "read again"])
        print("| command | rounds | ended early | acknowledged | faults | CPU s |")
        print("|---|---|---|---|---|---|", flush=True)
        wrong = 0
        for batch in range(BATCHES):
            for step, rounds in alone.items():
                began = cpu_seconds()
                some = max(1, round(rounds * share / BATCHES))
                wrong += _print(kill(stage, BY_NAME[step], some, seed=batch), began)
        for first, second in pairs:
            for kills in (False, True):
                began = cpu_seconds()
                rounds = max(1, round(ROUNDS_AT_ONCE * share))
                pair = (BY_NAME[first], BY_NAME[second])
                wrong += _print(both(stage, *pair, rounds, kills=kills), began)
    return int(wrong > 0)


def _print(tally: Tally, began: float) -> int:
    row = (
        tally.step,
        tally.rounds,
        tally.unfinished,
        tally.acknowledged,
        len(tally.faults),
        f"{cpu_seconds() - began:.0f}",
    )
    print(f"| {' | '.join(map(str, row))} |", flush=True)
    return len(tally.faults)


if __name__ == "__main__":
    sys.exit(main())
