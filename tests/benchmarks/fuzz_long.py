"""The long run of the fuzzers: as many changed files as asked for, over every reader, and whole commands.

    nice -n 19 python tests/benchmarks/fuzz_long.py --inputs 1000000 --state run.json
    nice -n 19 python tests/benchmarks/fuzz_long.py --commands 20000 --state run.json

It may be stopped at any time; started again with the same `--state` it goes on where it was, with the program as it is
then. Readers take turns, each for about as long, so that a cheap one reads more files. `--table` prints what there is so far. Every fault is kept by reader, seed and number, so that
`fuzz.harness.input_of` makes its file again.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.commands import COMMANDS, judge_commands
from fuzz.harness import judge_numbers
from fuzz.quick import prepare
from fuzz.readers import READERS, Reader
from fuzz.verdicts import FAULT, Verdict

SECONDS_A_TURN = 2.0  # of the processor, before it is the next reader's turn
LEAST, FIRST, MOST = 60, 60, 4000  # inputs of a turn
REAL_SHARE = 20  # one in so many turns is read as the program does, in a child process
REAL_INPUTS = 20  # of such a turn
COMMANDS_AT_ONCE = 20
FAULTS_KEPT = 200  # of one reader


class Tally:
    """What came of the inputs of one reader or command, kept as JSON."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts or {
            "next": 0, "accepted": 0, "refused": 0, "fault": 0, "slowest": 0.0, "memory": 0, "faults": [],
            "cost": 0.0,
        }  # fmt: skip

    @property
    def inputs_of_turn(self) -> int:
        """How many inputs take about as long as a turn is."""
        cost = self.facts["cost"]
        if not cost:
            return FIRST
        return max(LEAST, min(MOST, int(SECONDS_A_TURN / cost)))

    def note_cost(self, seconds: float, inputs: int) -> None:
        """Remember what an input took, in seconds of the processor."""
        cost = max(1e-6, seconds / inputs)
        before = self.facts["cost"] or cost
        self.facts["cost"] = 0.7 * before + 0.3 * cost

    def add(self, verdict: Verdict) -> None:
        """Count a verdict."""
        facts = self.facts
        facts["next"] += 1
        facts[verdict.outcome] += 1
        facts["slowest"] = max(facts["slowest"], verdict.seconds)
        facts["memory"] = max(facts["memory"], verdict.memory)
        if verdict.outcome == FAULT and len(facts["faults"]) < FAULTS_KEPT:
            facts["faults"].append([verdict.name, verdict.cause, verdict.detail])


class LongRun:
    """The tallies of all readers and commands, in a file."""

    def __init__(self, state: Path, seed: int) -> None:
        self._state = state
        self.seed = seed
        stored = json.loads(state.read_text()) if state.exists() else {}
        self.tallies = {name: Tally(facts) for name, facts in stored.items()}

    def tally(self, name: str) -> Tally:
        """Of a reader or a command."""
        return self.tallies.setdefault(name, Tally({}))

    def save(self) -> None:
        """Write the file, whole."""
        facts = {name: tally.facts for name, tally in self.tallies.items()}
        new = self._state.with_suffix(".new")
        new.write_text(json.dumps(facts))
        new.replace(self._state)

    def count(self, *, commands: bool) -> int:
        """Inputs so far."""
        return sum(
            tally.facts["next"]
            for name, tally in self.tallies.items()
            if name.startswith("coder ") == commands
        )

    def read(self, reader: Reader, turn: int) -> None:
        """The next inputs of a reader."""
        tally = self.tally(reader.name)
        start = tally.facts["next"]
        quick = turn % REAL_SHARE != 0
        some = tally.inputs_of_turn if quick else REAL_INPUTS
        reader.originals()
        prepare()
        before = _seconds()
        for verdict in judge_numbers(reader, self.seed, range(start, start + some), quick=quick):
            tally.add(verdict)
        if quick:
            tally.note_cost(_seconds() - before, some)

    def command(self, name: str) -> None:
        """The next runs of a command."""
        tally = self.tally(name)
        start = tally.facts["next"]
        for verdict in judge_commands(name, self.seed, range(start, start + COMMANDS_AT_ONCE)):
            tally.add(verdict)


def _seconds() -> float:
    """Of the processor so far, by this process and its children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def print_table(run: LongRun) -> None:
    """A line for each reader and command, and one for all."""
    head = ("", "inputs", "accepted", "refused", "faults", "slowest s", "most MB")
    print("| {:<28} | {:>9} | {:>9} | {:>9} | {:>6} | {:>9} | {:>7} |".format(*head))
    print("|---|---:|---:|---:|---:|---:|---:|")
    for wanted in (False, True):
        total = [0, 0, 0, 0, 0.0, 0]
        for name, tally in run.tallies.items():
            if name.startswith("coder ") != wanted:
                continue
            facts = tally.facts
            row = [facts["next"], facts["accepted"], facts["refused"], facts["fault"]]
            total[:4] = [before + more for before, more in zip(total[:4], row, strict=True)]
            total[4] = max(total[4], facts["slowest"])
            total[5] = max(total[5], facts["memory"])
            _print_row(name, [*row, facts["slowest"], facts["memory"]])
        _print_row("all commands" if wanted else "all readers", total)
    for name, tally in run.tallies.items():
        causes: dict[str, list[str]] = {}
        for number, cause, _ in tally.facts["faults"]:
            causes.setdefault(cause, []).append(number)
        for cause, numbers in causes.items():
            print(f"{name}: {cause}: {len(numbers)} inputs, such as {', '.join(numbers[:3])}")


def _print_row(name: str, row: list[Any]) -> None:
    *counts, slowest, memory = row
    cells = " | ".join(f"{number:>9,}" for number in counts)
    print(f"| {name:<28} | {cells} | {slowest:>9.2f} | {memory / 1e6:>7.0f} |")


def main() -> None:
    """Run until as many inputs and commands are done as asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=0)
    parser.add_argument("--commands", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, default=Path("fuzz_long.json"))
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--table", action="store_true", help="print what there is, and end")
    options = parser.parse_args()
    run = LongRun(options.state, options.seed)
    end = time.monotonic() + 60 * options.minutes
    turn = 0
    while not options.table and time.monotonic() < end:
        readers_left = run.count(commands=False) < options.inputs
        commands_left = run.count(commands=True) < options.commands
        if not readers_left and not commands_left:
            break
        turn += 1
        if readers_left:
            for reader in READERS:
                run.read(reader, turn)
                run.save()
        if commands_left:
            for name in COMMANDS:
                run.command(name)
                run.save()
    print_table(run)


if __name__ == "__main__":
    main()
