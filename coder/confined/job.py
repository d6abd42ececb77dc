"""What is done in a child process, and what comes back."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coder.limits import limits

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Job:
    """Reading one file.

    Attributes:
        path: as messages name it.
        size: of the file in bytes, by which memory and time are allowed.
        others: seconds by the clock that programs which it starts may take beside.
        effort: times the computing that reading takes, where more is done than to read.
    """

    path: Path | str
    size: int
    others: int = 0
    effort: int = 1

    @classmethod
    def of(cls, path: Path) -> "Job":
        """The job of reading a file; of one that is not there the size is 0."""
        try:
            return cls(path, path.stat().st_size)
        except OSError:
            return cls(path, 0)

    @property
    def memory(self) -> int:
        """Bytes that it may take."""
        return limits().memory_for(self.size)

    @property
    def seconds(self) -> int:
        """Seconds of computing that it may take."""
        return self.effort * limits().seconds_for(self.size)

    @property
    def longest(self) -> int:
        """Seconds by the clock that it may take."""
        return self.seconds * limits().waiting + self.others


class Answer(NamedTuple):
    """What was read.

    Attributes:
        facts: anything that JSON can hold.
        tables: Arrow tables.
    """

    facts: Any
    tables: "tuple[pa.Table, ...]" = ()
