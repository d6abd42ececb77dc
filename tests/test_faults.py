"""Every operation on a file may fail, or be the last: a sample, evenly chosen; tests/benchmarks/fault_injection.py tries all."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from faults.interposer import why_not

SCRIPT = Path(__file__).parent / "benchmarks" / "fault_injection.py"
STEPS = (
    "read, more comments",
    "apply again",
    "review: decide, undo",
    "export tables",
    "codebook to",
)
ROUNDS = 4  # of each step

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can run")


def test_faults_leave_the_old_state_or_the_new() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--most", str(ROUNDS), *STEPS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = re.findall(r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \|", done.stdout, re.MULTILINE)
    assert [row[0] for row in rows] == [*STEPS]
    for _, operations, rounds, faults in rows:
        assert int(operations) > int(rounds) == ROUNDS
        assert faults == "0"
