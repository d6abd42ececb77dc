"""Threads that encode beside each other."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from coder.embedding.protocol import Views
from coder.engine import Progress, map_blocks

EncodeRows = Callable[[Sequence[int]], tuple[Any, Any]]


def empty_views(texts: int, dimensions: int, *, opinion: bool = True) -> Views:
    """Views with room for the vectors of so many texts."""
    import numpy as np

    plain = np.empty((texts, dimensions), dtype=np.float32)
    if opinion:
        return Views(plain, np.empty_like(plain))
    return Views(plain, None)


def fill_views(
    views: Views,
    encode_rows: EncodeRows,
    batches: Sequence[Sequence[int]],
    workers: Executor,
    progress: Progress,
) -> Views:
    """Fill views with what the workers compute, and give them back.

    Args:
        encode_rows: gives the plain and the opinion vectors of some texts.
        batches: the rows of all texts, those together that are encoded together.
    """
    for rows, (plain, opinion) in map_blocks(
        encode_rows,
        batches,
        workers,
        progress=progress,
        what="Reading comments",
    ):
        views.plain[rows] = plain
        if views.opinion is not None:
            views.opinion[rows] = opinion
    return views


@contextmanager
def torch_workers() -> Iterator[ThreadPoolExecutor]:
    """A worker for each core that torch may use, computing on one thread: batches this small
    gain nothing from sharing.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(
            threads, initializer=torch.set_num_threads, initargs=(1,)
        ) as workers:
            try:
                yield workers
            except BaseException:  # an interrupt does not wait for the queue
                workers.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        torch.set_num_threads(threads)
