"""What 10 and 100 million comments cost, by calculation from measured rates.

    python tests/benchmarks/large_costs.py [--encode .0046] [--texts 1.94] [--blocks .0005] ...

Prints a table for the guide. The rates are CPU seconds on one core; `coder apply --estimate --json`
measures them on any machine. Not measured, and said beside the table: that hundreds of workers keep
the scheduler and the shared folder no busier than a few do.
"""

import argparse
import sys
from pathlib import Path

sys.path.pop(0)  # this folder, whose names may hide packages
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from coder.cli.apply_estimate import format_bytes
from coder.cli.durations import format_duration
from coder.workflow.estimate import BETWEEN_BYTES, Rates, plan_run

SIZES = (1_000_000, 10_000_000, 100_000_000)
WORKERS = (1, 8, 64, 512)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", type=float, default=3.0, help="CPU s of a start")
    parser.add_argument("--texts", type=float, default=1.94, help="distinct texts a comment")
    parser.add_argument("--encode", type=float, default=1 / 216, help="CPU s a text")
    parser.add_argument("--blocks", type=float, default=0.00042, help="CPU s a comment, on workers")
    parser.add_argument(
        "--rest", type=float, default=0.00005, help="CPU s a comment, in the program"
    )
    parser.add_argument("--base", type=float, default=500e6, help="bytes of a process")
    parser.add_argument("--label-bytes", type=float, default=400, help="of the tables, a comment")
    asked = parser.parse_args()
    rates = Rates(
        sample=100,
        fixed=asked.fixed,
        blocks=asked.blocks,
        rest=asked.rest,
        encode=asked.encode,
        missing=asked.texts,
        labels=(15.0, 1.5),
        vector_bytes=1_674,
        base_bytes=round(asked.base),
    )
    heads = [f"{workers} worker{'s' * (workers > 1)}" for workers in WORKERS]
    print(
        f"| comments | CPU | {' | '.join(heads)} | vectors | tables | between | memory, program |"
    )
    print("|---" * (len(WORKERS) + 6) + "|")
    for size in SIZES:
        plans = [plan_run(rates, size, workers, cores=1) for workers in WORKERS]
        driver = plans[-1].memory - WORKERS[-1] * rates.base_bytes
        cells = [
            f"{size:,}",
            format_duration(plans[0].cpu_seconds),
            *(format_duration(plan.seconds) for plan in plans),
            format_bytes(round(size * rates.missing * rates.vector_bytes)),
            format_bytes(round(size * asked.label_bytes)),
            format_bytes(size * BETWEEN_BYTES),
            format_bytes(driver),
        ]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
