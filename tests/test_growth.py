"""Ten times the comments cost ten times the work, and a bounded number of bytes each.

Ratios of processor time and differences of memory, never seconds: they hold on a busy machine.
The encoder is a stand-in, whose cost is the same for each text.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import CODEBOOK, EXAMPLE, ROOT

BENCHMARKS = ROOT / "tests" / "benchmarks"
FEW, MORE, MANY = 3_000, 15_000, 30_000
MOST_GROWTH = 1.15  # of the work for one more comment, from thousands to tens of thousands
# Bytes of a further comment, a fifth above what was measured. `apply` has two workers, so that
# nothing of a block stays in memory, as with more than 50,000 comments.
MOST_BYTES = {"read": 4_600, "apply": 3_500, "export": 5_300}


@dataclass(frozen=True)
class Cost:
    """What a command used: processor seconds, and bytes at its peak."""

    cpu: float
    peak: int


def run(*words: object) -> Cost:
    """Run a script in a process of its own, one thread."""
    command = [sys.executable, *map(str, words)]
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(
        sys.executable, command, os.environ | {"OMP_NUM_THREADS": "1"}, file_actions=silence
    )
    _, status, used = os.wait4(process, 0)
    assert status == 0, command
    scale = 1 if sys.platform == "darwin" else 1024
    return Cost(used.ru_utime + used.ru_stime, scale * used.ru_maxrss)


@dataclass(frozen=True)
class Consultation:
    """A project of made comments in a folder."""

    folder: Path
    comments: int

    def run(self, command: str) -> Cost:
        """Run a command on it."""
        project = self.folder / "project"
        words: dict[str, list[object]] = {
            "read": [self.folder / "comments.csv", "--into", project],
            "apply": [project, "--codebook", self.folder / "codebook.yaml", "--workers", 2],
            "export": [
                project,
                "--codebook",
                self.folder / "codebook.yaml",
                "--to",
                self.folder / "themes.csv",
            ],
        }
        # Measured twice where the first time is in doubt: nothing has changed then.
        return run(BENCHMARKS / "stand_in.py", command, *words[command], "--again")


def make_consultation(folder: Path, comments: int) -> Consultation:
    folder.mkdir()
    (folder / "codebook.yaml").write_bytes(CODEBOOK.read_bytes())
    run(
        BENCHMARKS / "made_comments.py",
        EXAMPLE / "comments.csv",
        comments,
        folder / "comments.csv",
        "--text",
        "comment",
    )
    return Consultation(folder, comments)


@pytest.fixture(scope="module")
def consultations(tmp_path_factory: pytest.TempPathFactory) -> list[Consultation]:
    folder = tmp_path_factory.mktemp("growth")
    return [make_consultation(folder / str(size), size) for size in (FEW, MORE, MANY)]


def growth(costs: list[Cost]) -> float:
    """Work for a comment among MANY as a multiple of that among FEW; or for one more comment
    from MORE to MANY as a multiple of that from FEW to MORE, where this is worse.
    """
    few, more, many = costs
    whole = (many.cpu / MANY) / (few.cpu / FEW)
    first = (more.cpu - few.cpu) / (MORE - FEW)
    further = (many.cpu - more.cpu) / (MANY - MORE)
    return max(whole, further / first)


def bytes_a_comment(costs: list[Cost]) -> float:
    return (costs[2].peak - costs[0].peak) / (MANY - FEW)


@pytest.mark.parametrize("command", ["read", "apply", "export"])
def test_work_and_memory_grow_no_faster_than_comments(
    consultations: list[Consultation], command: str
) -> None:
    costs = measure(consultations, command)
    if growth(costs) > MOST_GROWTH:  # what else the machine does can also be in the way of one run
        again = measure(consultations, command)
        costs = [min(pair, key=lambda cost: cost.cpu) for pair in zip(costs, again, strict=True)]
    print(command, costs, growth(costs), bytes_a_comment(costs))
    assert growth(costs) <= MOST_GROWTH
    assert bytes_a_comment(costs) <= MOST_BYTES[command]


def measure(consultations: list[Consultation], command: str) -> list[Cost]:
    return [consultation.run(command) for consultation in consultations]
