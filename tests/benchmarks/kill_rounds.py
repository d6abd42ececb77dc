"""Kill commands (kill -9) at random moments, and run two at once on one project; a table of what was found.

    python tests/benchmarks/kill_rounds.py [--share SHARE]

1,000 rounds of reviewing, in which each decision is acknowledged when it is saved; 300 each of reading, coding, finding
candidates and exporting; 200 rounds of two commands at once. After a round nothing acknowledged may be lost, each file
is old or new, `coder check` is content; after every fifth the same command runs to its end and nothing is left over.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.interposer import Interposer, restart_interposed, why_not
from faults.rounds import Tally, both, kill
from faults.world import BY_NAME, Stage, warm

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
ROUNDS_AT_ONCE = 20  # of each pair, without a kill and with one


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--share", type=float, default=1.0, help="of the rounds")
    share = arguments.parse_args().share
    if why_not():
        sys.exit(why_not())
    with tempfile.TemporaryDirectory(prefix="coder-kills-") as name:
        root = Path(name).resolve()
        restart_interposed(root)
        stage = Stage(root, Interposer())
        warm(root / "warming", [*ALONE, "export .xlsx", "read again"])
        print("| command | rounds | ended early | acknowledged | faults | CPU s |")
        print("|---|---|---|---|---|---|", flush=True)
        wrong = 0
        for step, rounds in ALONE.items():
            began = _cpu()
            wrong += _print(kill(stage, BY_NAME[step], max(1, round(rounds * share))), began)
        for first, second in AT_ONCE:
            for kills in (False, True):
                began = _cpu()
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
        f"{_cpu() - began:.0f}",
    )
    print(f"| {' | '.join(map(str, row))} |", flush=True)
    for line in tally.faults:
        print(f"    {line}", file=sys.stderr, flush=True)
    return len(tally.faults)


def _cpu() -> float:
    times = os.times()
    return float(sum(times[:4]))


if __name__ == "__main__":
    sys.exit(main())
