"""How CPU seconds and memory of each command grow with the comments; the encoder is a stand-in.

    python tests/benchmarks/growth.py REAL.csv [--sizes 3000 10000 30000] [--commands read cluster ...]

Comments are made from the real ones (`made_comments.py`), each size is read, clustered, coded and
exported once, each command in a process of its own (`stand_in.py`). Between two sizes an exponent of
1 means that twice the comments take twice the seconds. With --folder the projects are kept, and a
command can be measured again without those before it.
"""

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CODEBOOK = HERE / "city_survey.yaml"
COMMANDS = ("read", "cluster", "apply", "export")


class Cost:
    """CPU seconds, seconds and peak memory in MB of a process and its children."""

    def __init__(self, cpu: float, wall: float, peak: float) -> None:
        self.cpu = cpu
        self.wall = wall
        self.peak = peak


def run(*arguments: str | Path) -> Cost:
    """Run `coder` with the stand-in; stops with its error where it fails."""
    begin = time.perf_counter()
    command = [sys.executable, str(HERE / "stand_in.py"), *map(str, arguments)]
    quiet = [(os.POSIX_SPAWN_OPEN, output, os.devnull, os.O_WRONLY, 0) for output in (1, 2)]
    process = os.posix_spawn(sys.executable, command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - begin
    if status:
        sys.exit(f"failed with status {os.waitstatus_to_exitcode(status)}: {command[2:]}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1000)


class Measured:
    """The commands on so many made comments."""

    def __init__(self, asked: argparse.Namespace, folder: Path, size: int) -> None:
        self._table = folder / f"made-{size}.csv"
        self._project = folder / f"project-{size}"
        self._codebook = folder / f"codebook-{size}.yaml"
        shutil.copy(asked.codebook, self._codebook)
        if not self._table.exists():
            make = [sys.executable, str(HERE / "made_comments.py")]
            make += [str(asked.comments), str(size), str(self._table), "--text", asked.text]
            subprocess.run(make, check=True)

    def cost(self, command: str) -> Cost:
        """What one of the commands takes."""
        book = ("--codebook", self._codebook)
        to = ("--to", self._project.with_suffix(".csv"))
        arguments: dict[str, tuple[str | Path, ...]] = {
            "read": ("read", self._table, "--into", self._project),
            "cluster": ("cluster", self._project),
            "apply": ("apply", self._project, *book),
            "export": ("export", self._project, *book, *to),
        }
        return run(*arguments[command])


def exponent(smaller: float, larger: float, ratio: float) -> float:
    """How fast a figure grows where the comments grow by a ratio."""
    return math.log(larger / smaller) / math.log(ratio)


def measure(asked: argparse.Namespace, folder: Path) -> None:
    """Print a row for each size and command as soon as it is measured."""
    print(f"{'comments':>10} {'command':8} {'CPU s':>8} {'wall s':>8} {'peak MB':>8}  exponents")
    before: dict[str, tuple[int, Cost]] = {}
    for size in asked.sizes:
        measured = Measured(asked, folder, size)
        for command in asked.commands:
            cost = measured.cost(command)
            growth = ""
            if command in before:
                last, other = before[command]
                cpu = exponent(other.cpu, cost.cpu, size / last)
                peak = exponent(other.peak, cost.peak, size / last)
                growth = f"CPU {cpu:.2f}, memory {peak:.2f}"
            before[command] = (size, cost)
            figures = f"{cost.cpu:8.2f} {cost.wall:8.2f} {cost.peak:8.0f}"
            print(f"{size:10,} {command:8} {figures}  {growth}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("comments", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[3_000, 10_000, 30_000])
    parser.add_argument("--commands", nargs="+", choices=COMMANDS, default=COMMANDS)
    parser.add_argument("--codebook", type=Path, default=CODEBOOK)
    parser.add_argument("--text", default="text", help="the column of comments")
    parser.add_argument("--folder", type=Path, help="where projects are kept")
    asked = parser.parse_args()
    if asked.folder is not None:
        asked.folder.mkdir(parents=True, exist_ok=True)
        measure(asked, asked.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(asked, Path(folder))


if __name__ == "__main__":
    main()
