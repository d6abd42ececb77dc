"""Passes for the tests of engines: functions that worker processes find by their names."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from coder.errors import CoderError


def project_texts(texts: Sequence[str], weights: np.ndarray) -> np.ndarray:
    """Sums that show in their last bits in which order they were added up."""
    counts = np.array([[text.count(letter) for letter in "aeiounrst "] for text in texts])
    return (counts / 7.0) @ weights @ weights.T


def double(numbers: Sequence[int]) -> list[int]:
    return [2 * number for number in numbers]


def double_unless_poisoned(numbers: Sequence[int], poison: dict[int, str]) -> list[int]:
    """Ends the worker, or raises, at certain numbers."""
    for number in numbers:
        match poison.get(int(number)):
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                os._exit(3)
            case "raise":
                raise ValueError("the whole comment: my doctor Jane Doe, 12 High Street")
            case "tell":
                raise CoderError("the cache is full", "Free some space.")
    return double(numbers)


def die_once(numbers: Sequence[int], folder: str) -> list[int]:
    """Ends the worker at the first sight of each block."""
    mark = Path(folder) / str(numbers[0])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return double(numbers)


def fail_together(numbers: Sequence[int], most: int) -> list[int]:
    """As where memory is short: many at once fail, few do not."""
    if len(numbers) > most:
        raise MemoryError
    return double(numbers)


def describe(numbers: Sequence[int], folder: str) -> dict[str, Any]:
    """A result that can be kept; leaves a file for each block that is computed."""
    (Path(folder) / str(numbers[0])).touch()
    return describe_unless_poisoned(numbers, {})


def describe_slowly(numbers: Sequence[int], folder: str) -> dict[str, Any]:
    time.sleep(0.1)
    return describe(numbers, folder)


def describe_unless_poisoned(numbers: Sequence[int], poison: dict[int, str]) -> dict[str, Any]:
    double_unless_poisoned(numbers, poison)
    return {
        "numbers": np.sqrt(np.array(numbers, dtype=np.float32)),
        "words": {"first": f"£ {numbers[0]}", "all": [None, 1.5]},
        "names": np.array([f"é{number}" for number in numbers]),
    }


def objects(numbers: Sequence[int]) -> dict[str, Any]:
    return {"numbers": np.array([*numbers, None], dtype=object)}


def facts_of_worker(numbers: Sequence[int], table: Any = None) -> dict[str, Any]:
    """What the tests want to know of the process that computes."""
    facts = {
        "pid": os.getpid(),
        "threads": os.environ.get("OMP_NUM_THREADS"),
        "main": getattr(__import__("sys").modules["__main__"], "__file__", None),
    }
    if table is not None:
        big = table["big"]
        facts |= {"mapped": isinstance(big.base, np.memmap), "writeable": big.flags.writeable}
        time.sleep(0.05)  # so that every worker gets a block
    return facts


def sleep_long(numbers: Sequence[int]) -> list[int]:
    time.sleep(60)
    return list(numbers)


def own_process() -> dict[str, str]:
    """A description in which every process differs."""
    return {"model": str(os.getpid())}
