"""CPU seconds and peak memory of the commands, each in a process of its own.

    python tests/benchmarks/speed.py COMMENTS.csv [--codebook FILE] [--runs 3] [--read-option ...]

A round reads, clusters, codes and exports three times: cold (nothing kept), warm (a new project
whose vectors are kept) and again (the same project, nothing changed). Medians of the rounds.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

CODEBOOK = Path(__file__).with_name("city_survey.yaml")


class Cost:
    """CPU seconds, seconds and peak memory in MB of a process and its children."""

    def __init__(self, cpu: float, wall: float, peak: float) -> None:
        self.cpu = cpu
        self.wall = wall
        self.peak = peak


def run(*arguments: str | Path) -> Cost:
    """Run `coder` with these arguments; stops with its error where it fails."""
    return measure(sys.executable, "-m", "coder", *map(str, arguments))


def measure(*command: str) -> Cost:
    """Run a command."""
    begin = time.perf_counter()
    process = os.posix_spawn(
        command[0],
        list(command),
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - begin
    if status:
        sys.exit(f"failed with status {os.waitstatus_to_exitcode(status)}: {command[2:]}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1000)


def run_all(asked: argparse.Namespace, project: Path, codebook: Path) -> dict[str, Cost]:
    """Read, cluster, apply and export once."""
    table = project.parent / "themes.csv"
    return {
        "read": run("read", asked.comments, "--into", project, *asked.read),
        "cluster": run("cluster", project, *asked.encoder),
        "apply": run("apply", project, "--codebook", codebook, *asked.encoder),
        "export": run("export", project, "--codebook", codebook, "--to", table),
    }


def run_round(asked: argparse.Namespace) -> dict[str, dict[str, Cost]]:
    """By state of the project, by command."""
    with tempfile.TemporaryDirectory() as folder:
        codebook = Path(folder) / "codebook.yaml"
        shutil.copy(asked.codebook, codebook)
        first, second = Path(folder) / "first", Path(folder) / "second"
        costs = {"cold": run_all(asked, first, codebook)}
        shutil.copytree(first / "cache", second / "cache")
        costs["warm"] = run_all(asked, second, codebook)
        costs["again"] = run_all(asked, second, codebook)
    return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("comments", type=Path)
    parser.add_argument("--codebook", type=Path, default=CODEBOOK)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--read", nargs="*", default=[], help="arguments of coder read")
    parser.add_argument("--peer", help="a Python that has BERTopic, to compare with")
    parser.add_argument("--precision", help="of the encoder; without it, the default of coder")
    asked = parser.parse_args()
    asked.encoder = []
    if asked.precision:
        asked.encoder = ["--precision", asked.precision]
    if asked.peer:
        script = Path(__file__).with_name("bertopic_peer.py")
        # -P: a benchmark beside the script has the name of a library.
        cost = measure(asked.peer, "-P", str(script), str(asked.comments))
        print(f"{'BERTopic':18}{cost.cpu:8.2f}{cost.wall:8.2f}{cost.peak:9.0f}")
    rounds = [run_round(asked) for _ in range(asked.runs)]
    if not rounds:
        return
    print(f"{'':8}{'command':10}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}")
    for state in rounds[0]:
        total = 0.0
        for command in rounds[0][state]:
            costs = [one[state][command] for one in rounds]
            cpu = statistics.median(cost.cpu for cost in costs)
            wall = statistics.median(cost.wall for cost in costs)
            peak = max(cost.peak for cost in costs)
            print(f"{state:8}{command:10}{cpu:8.2f}{wall:8.2f}{peak:9.0f}")
            total += cpu
        print(f"{state:8}{'all':10}{total:8.2f}")


if __name__ == "__main__":
    main()
