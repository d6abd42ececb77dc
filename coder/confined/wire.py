"""How answers travel: a frame of JSON in a pipe, and Arrow tables in a file that has no name."""

import json
import os
import select
import struct
import tempfile
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from coder.errors import CoderError

if TYPE_CHECKING:
    import pyarrow as pa

LENGTH = struct.Struct(">Q")  # of the frame that follows
AT_ONCE = 1 << 20  # bytes
TICK = 1.0  # seconds between looks at the clock


def nameless_file() -> IO[bytes]:
    """A file of this process alone, in memory where the system can; nothing is ever left of it."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("coder"), "w+b")  # noqa: PTH123
    return tempfile.TemporaryFile()


# ---------------------------------------------------------------- frames


def frame(message: Mapping[str, Any]) -> bytes:
    """A message as it travels."""
    data = json.dumps(message).encode()
    return LENGTH.pack(len(data)) + data


def send(descriptor: int, data: bytes) -> None:
    """Write all of a frame."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


class Frames:
    """Reads frames from a pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        self._data = bytearray()

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """The next frame; None where the other end is closed.

        Args:
            seconds: to wait for it. Time in which this process is stopped does not count.

        Raises:
            TimeoutError: it does not come within that time.
        """
        while not self._is_whole():
            if self._poll.poll(TICK * 1000):
                part = os.read(self._descriptor, AT_ONCE)
                if not part:
                    return None
                self._data += part
                continue
            seconds -= TICK
            if seconds <= 0:
                raise TimeoutError
        end = self._end()
        message: dict[str, Any] = json.loads(self._data[LENGTH.size : end])
        del self._data[:end]
        return message

    def _end(self) -> int:
        (length,) = LENGTH.unpack_from(self._data)
        return LENGTH.size + int(length)

    def _is_whole(self) -> bool:
        return len(self._data) >= LENGTH.size and len(self._data) >= self._end()


# ---------------------------------------------------------------- tables


def write_tables(file: IO[bytes], tables: "tuple[pa.Table, ...]") -> list[list[int]]:
    """Add tables at the end of the file; where each begins and ends."""
    places: list[list[int]] = []
    if not tables:
        return places
    import pyarrow as pa

    for table in tables:
        begin = file.seek(0, os.SEEK_END)
        with pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
        file.flush()
        places.append([begin, file.tell()])
    return places


def read_tables(file: IO[bytes], places: list[list[int]]) -> "tuple[pa.Table, ...]":
    """Tables that `write_tables` added. They stay in the memory of the file."""
    if not places:
        return ()
    import mmap

    import pyarrow as pa

    buffer = pa.py_buffer(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))
    tables = []
    for begin, end in places:
        table = pa.ipc.open_stream(buffer[begin:end]).read_all()
        table.validate(full=True)
        tables.append(table)
    return tuple(tables)


# ---------------------------------------------------------------- errors


def error_facts(error: CoderError) -> dict[str, str]:
    """An error of ours as it travels."""
    return {
        "kind": type(error).__name__,
        "problem": error.problem,
        "fix": error.fix,
    }


def error_of(facts: Mapping[str, str]) -> CoderError:
    """The error that travelled, of the class that it had."""
    kinds: list[type[CoderError]] = [CoderError]
    for kind in kinds:  # further ones are added on the way
        if kind.__name__ == facts["kind"]:
            return kind(facts["problem"], facts["fix"])
        kinds.extend(kind.__subclasses__())
    return CoderError(facts["problem"], facts["fix"])
