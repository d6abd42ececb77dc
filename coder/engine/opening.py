"""Open an engine by what the caller asks for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from coder.engine.blocks import PLAIN_LOOP
from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.engine.passes import Engine

MOST_WORKERS = 1_000  # more is a slip of the finger


@contextmanager
def open_engine(
    name: str | None = None,
    workers: int | None = None,
    scratch: Path | None = None,
) -> Iterator["Engine"]:
    """An engine, for the length of a `with`; its workers are gone afterwards.

    Args:
        name: None for this machine.
        workers: processes; None or 1 computes in this process.
        scratch: the folder for arrays that processes share; None for the system's.

    Raises:
        CoderError: there is no such engine, or the number of workers is out of range.
    """
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise CoderError(
            f"{option('workers')}: {workers} is out of range",
            f"Give a number from 1 to {MOST_WORKERS:,}: at most the cores of this machine are of "
            "use.",
        )
    if name is not None:
        raise CoderError(
            f"{option('engine')}: there is no engine {name!r}",
            f"Leave it out, and use {option('workers', 'N')} for several processes.",
        )
    if workers is None or workers == 1:
        yield PLAIN_LOOP
        return
    from coder.engine.processes import ProcessEngine

    engine = ProcessEngine(workers, scratch)
    try:
        yield engine
    finally:
        engine.close()
