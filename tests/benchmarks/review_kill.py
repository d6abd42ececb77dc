"""Two reviewers decide; both are killed (kill -9) at a random moment, 200 times over.

    python tests/benchmarks/review_kill.py [ROUNDS]

Fails when a decision that was acknowledged is lost, a chain is broken, or the next start does not work.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from test_decisions import BOOK, kill_rounds


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "small.yaml"
        book.write_text(BOOK, encoding="utf-8")
        began = time.perf_counter()
        acknowledged, found = kill_rounds(book, rounds)
        torn = sum(p.read_bytes().count(b"\n") for p in book.parent.rglob("*.torn"))
        print(
            f"{rounds} rounds in {time.perf_counter() - began:.0f} s: {acknowledged:,} decisions acknowledged, "
            f"{found:,} on disk, none lost; {torn} torn lines set aside; both chains whole."
        )


if __name__ == "__main__":
    main()
