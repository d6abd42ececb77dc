"""Open an engine by what the caller asks for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from coder.engine.blocks import PLAIN_LOOP
from coder.errors import CoderError, option

if TYPE_CHECKING:
    from coder.engine.dask_engine import DaskEngine
    from coder.engine.passes import Engine
    from coder.engine.versions import Describe

MOST_WORKERS = 1_000  # more is a slip of the finger
LOCAL_DASK = "dask"
# dask://HOST:PORT or tls://HOST:PORT; an IPv6 address stands in brackets.
ADDRESS = re.compile(r"(dask|tls)://([\w.-]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})")


@contextmanager
def open_engine(
    name: str | None = None,
    workers: int | None = None,
    *,
    scratch: Path | None = None,
    describe: "Describe | None" = None,
) -> Iterator["Engine"]:
    """An engine, for the length of a `with`; its workers are gone afterwards.

    Args:
        name: None computes on this machine; `dask://HOST:PORT` (or `tls://HOST:PORT`) on the
            workers of a Dask scheduler; `dask` starts a Dask cluster on this machine.
        workers: processes of this machine; None or 1 computes in this process, and starts a
            worker a core for `dask`.
        scratch: the folder for arrays that processes share; None for the system's.
        describe: what must be the same on the machines of a Dask cluster (see `DaskEngine`).

    Raises:
        CoderError: there is no such engine, the number of workers is out of range, Dask is not
            installed, or no scheduler answers.
    """
    check_workers(name, workers)
    if name is not None:
        dask_engine = _open_dask(name, workers, describe)
        try:
            yield dask_engine
        finally:
            dask_engine.close()
        return
    if workers is None or workers == 1:
        yield PLAIN_LOOP
        return
    from coder.engine.processes import ProcessEngine

    engine = ProcessEngine(workers, scratch)
    try:
        yield engine
    finally:
        engine.close()


def check_workers(name: str | None, workers: int | None) -> None:
    """Raise `CoderError` where the number of workers is out of range, or not for this engine."""
    if workers is None:
        return
    if not 1 <= workers <= MOST_WORKERS:
        raise CoderError(
            f"{option('workers')}: {workers} is out of range",
            f"Give a number from 1 to {MOST_WORKERS:,}; more than this machine has cores are of "
            "no use.",
        )
    if name is not None and ADDRESS.fullmatch(name):
        raise CoderError(
            f"{option('workers')} is for this machine, and {option('engine')} names another",
            f"Leave out {option('workers')}: all workers of the scheduler are used.",
        )


def _open_dask(
    name: str, workers: int | None, describe: "Describe | None"
) -> "DaskEngine":
    address = ADDRESS.fullmatch(name)
    if name != LOCAL_DASK and address is None:
        raise CoderError(
            f"{option('engine')}: there is no engine {name!r}",
            f"Give dask://HOST:PORT of a Dask scheduler, or dask for a cluster on this machine. "
            f"Without it {option('workers', 'N')} starts processes on this machine.",
        )
    if find_spec("distributed") is None:
        raise CoderError(
            f"{option('engine')} needs Dask, which is not installed",
            "Install it: pip install 'coder[cluster]'",
        )
    from coder.engine.dask_engine import DaskEngine

    if address is None:
        return DaskEngine(None, workers, describe)
    scheme, host, port = address.groups()
    protocol = "tcp" if scheme == "dask" else scheme
    return DaskEngine(f"{protocol}://{host}:{port}", describe=describe)
