"""Where the blocks of a large project are computed, and where they are kept meanwhile."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coder.embedding import EncoderChoice
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
    project: "Project", place: Place | None, encoder: "EncoderChoice | None" = None
) -> Iterator[tuple["Engine", Path]]:
    """An engine, and a private folder for what is kept of blocks between the passes.

    Both are gone at the end.

    Args:
        encoder: the workers of a cluster must have the same.

    Raises:
        CoderError: there is no such engine, or its workers have other versions.
    """
    import numpy.linalg  # noqa: F401  # so that its threads can be limited
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from coder.engine import open_engine

    place = place or Place()
    # Workers may have another working folder.
    scratch = project.folder.resolve() / "cache" / "blocks"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        # Blocks are too small to gain from sharing a product among threads.
        with (
            threadpool_limits(1, user_api="blas"),
            open_engine(
                place.engine,
                place.workers,
                scratch=scratch.parent,
                describe=partial(_describe_model, encoder),
            ) as engine,
        ):
            yield engine, scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _describe_model(encoder: "EncoderChoice | None") -> dict[str, str]:
    """What of the model must be the same on all machines."""
    from coder.embedding import embedder_of

    return {"model": embedder_of(encoder, "unused").fingerprint}
