"""Where the blocks of a large project are computed, and where they are kept meanwhile."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coder.engine import Engine
    from coder.project import Project


@dataclass(frozen=True)
class Place:
    """Where comments are coded.

    Attributes:
        engine: `dask`, `dask://HOST:PORT`, or None for this machine without Dask.
        workers: processes; None for this process alone.
    """

    engine: str | None = None
    workers: int | None = None


@contextmanager
def open_workplace(
    project: "Project", place: Place | None
) -> Iterator[tuple["Engine", Path]]:
    """An engine, and a private folder for what is kept of blocks between the passes.

    Both are gone at the end.

    Raises:
        CoderError: there is no such engine.
    """
    import numpy.linalg  # noqa: F401  # so that its threads can be limited
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from coder.engine import open_engine

    place = place or Place()
    scratch = project.folder / "cache" / "blocks"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        # Blocks are too small to gain from sharing a product among threads.
        with (
            threadpool_limits(1, user_api="blas"),
            open_engine(place.engine, place.workers, scratch=scratch.parent) as engine,
        ):
            yield engine, scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
