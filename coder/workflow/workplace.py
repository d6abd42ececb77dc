"""Where the blocks of a large project are computed, and where they are kept meanwhile."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from coder.engine.checkpoints import keep_blocks
from coder.files import hold_lock, sha256_of

if TYPE_CHECKING:
    from coder.embedding import EncoderChoice
    from coder.engine import Engine
    from coder.engine.checkpoints import KeptRun
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
    project: "Project",
    place: Place | None,
    encoder: "EncoderChoice | None",
    key: Sequence[object],
) -> Iterator[tuple["Engine", "KeptRun"]]:
    """An engine, and a private folder for what is kept of blocks between the passes.

    The folder stays where the run is interrupted: the next run of the same key begins with its
    finished blocks.

    Args:
        encoder: the workers of a cluster must have the same.
        key: everything besides the comments that the first pass depends on.

    Raises:
        CoderError: there is no such engine, or its workers have other versions.
    """
    import numpy.linalg  # noqa: F401  # so that its threads can be limited
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from coder.engine import open_engine

    place = place or Place()
    # Workers may have another working folder.
    cache = project.folder.resolve() / "cache"
    comments = sha256_of(project.comments_path)
    with (
        _own_folder(cache) as folder,
        keep_blocks(folder, repr((comments, *key))) as kept,
        # Blocks are too small to gain from sharing a product among threads.
        threadpool_limits(1, user_api="blas"),
        open_engine(
            place.engine,
            place.workers,
            scratch=cache,
            describe=partial(_describe_model, encoder),
        ) as engine,
    ):
        yield engine, kept


@contextmanager
def _own_folder(cache: Path) -> Iterator[Path]:
    """A folder for blocks that no other run uses at the same time."""
    with ExitStack() as stack:
        place = cache
        try:
            stack.enter_context(hold_lock(cache / ".blocks.lock", timeout=0))
        except TimeoutError:  # another run of the same project
            own = tempfile.TemporaryDirectory(prefix="blocks-", dir=cache)
            place = Path(stack.enter_context(own))
        yield place / "blocks"


def _describe_model(encoder: "EncoderChoice | None") -> dict[str, str]:
    """What of the model must be the same on all machines."""
    from coder.embedding import embedder_of

    return {"model": embedder_of(encoder, "unused").fingerprint}
