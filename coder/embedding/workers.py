"""Threads that encode beside each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


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
