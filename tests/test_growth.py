"""Ten times the comments cost ten times the work, and a bounded number of bytes each.

Ratios of processor time and differences of memory, never seconds: they hold on a busy machine.
The encoder is a stand-in, whose cost is the same for each text.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import CODEBOOK, EXAMPLE, ROOT

BENCHMARKS = ROOT / "tests" / "benchmarks"
MEASURED = ROOT / "tests" / "measured.py"
FEW, MORE, MANY = 3_000, 15_000, 30_000
# Of the work for one more comment, from thousands to tens of thousands; 2.5 is what work would grow
# that is for each pair. `read` compares texts that have runs of words in common, which more have
# among more: 1.1 to 1.2, and its short times make the measure rough.
MOST_GROWTH = {"read": 1.4, "apply": 1.15, "export": 1.15}
MOST_MEASURES = 5  # the least of each counts: what else the machine does only adds
# Of words exchanged in the made comments: so many that no sentence is found to be in many of them,
# which would cost a further search from some size on.
SWAP = ".6"
# Bytes of a further comment, a fifth above what was measured. `apply` has two workers, so that
# nothing of a block stays in memory, as with more than 50,000 comments.
MOST_BYTES = {"read": 4_200, "apply": 5_800, "export": 7_500}


@dataclass(frozen=True)
class Cost:
    """What a command used: processor seconds, and bytes at its peak."""

    cpu: float
    peak: int


def run(*words: object) -> Cost:
    """Run a script in a process of its own, one thread."""
    command = [sys.executable, str(MEASURED), sys.executable, *map(str, words)]
    result = subprocess.run(
        command,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    cpu, peak = result.stdout.split()
    return Cost(float(cpu), int(peak))


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
        # Measured again where the first time is in doubt: nothing has changed then.
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
        "--swap",
        SWAP,
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
    for _ in range(MOST_MEASURES - 1):
        if growth(costs) > MOST_GROWTH[command]:
            again = measure(consultations, command)
            costs = [
                min(pair, key=lambda cost: cost.cpu) for pair in zip(costs, again, strict=True)
            ]
    print(command, costs, growth(costs), bytes_a_comment(costs))
    assert growth(costs) <= MOST_GROWTH[command]
    assert bytes_a_comment(costs) <= MOST_BYTES[command]


def measure(consultations: list[Consultation], command: str) -> list[Cost]:
    return [consultation.run(command) for consultation in consultations]
