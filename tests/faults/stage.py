"""A place in which steps are done with the library of faults in between."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.interposer import Interposer, restart_interposed, why_not
from faults.world import IN_MEMORY, Stage


@contextmanager
def interposed_stage() -> Iterator[Stage]:
    """Start this program again with the library, and give it an empty place.

    Raises:
        SystemExit: the library cannot be used here, or the program that was started has ended.
    """
    if why_not():
        sys.exit(why_not())
    with tempfile.TemporaryDirectory(prefix="coder-faults-", dir=IN_MEMORY) as name:
        root = Path(name).resolve()
        restart_interposed(root)
        yield Stage(root, Interposer())


def cpu_seconds() -> float:
    """Seconds of computing that this process and those it started have taken."""
    return float(sum(os.times()[:4]))
