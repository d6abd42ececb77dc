"""Rows of numbers by key in one SQLite file, laid out so that a row fits its page."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from coder.errors import CoderError
from coder.private import make_file, make_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coder.embedding.protocol import Halves

PAGE_BYTES = (
    16384  # ten rows of two views fill a page; with 4096 each row takes two pages
)
KEYS_ASKED_AT_ONCE = 500  # SQLite limits the parameters of a query
# Versions to 0.2 kept rows inside the index of this table, three times as large.
OLD_TABLE = "vector"
TAKE_OVER = f"""
    BEGIN EXCLUSIVE;
    INSERT OR IGNORE INTO encoded SELECT key, value FROM {OLD_TABLE};
    DROP TABLE {OLD_TABLE};
    COMMIT;
"""  # noqa: S608  # a constant


class Rows(NamedTuple):
    """Rows that the file holds, of those that were asked for."""

    places: "NDArray[np.intp]"  # (n_held,) which of the keys asked for
    values: "Halves"  # float16 (n_held, n_numbers)


class VectorFile:
    """The file, open; use it in a `with` statement. It is made where there is none.

    Keys are 16 bytes, rows are float16. A file of an older version is rewritten when it is
    opened, with everything in it.

    Attributes:
        was_rewritten: whether the file was one of an older version.

    Raises:
        CoderError: the file cannot be read or written, here and in every method.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.was_rewritten = False
        try:
            make_folder(path.parent)
            make_file(path)  # its journals get the same mode
            self._store = sqlite3.connect(path, timeout=60)
            self._lay_out()
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._unusable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store.close()

    def _lay_out(self) -> None:
        store = self._store
        tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master")}
        if "encoded" in tables and OLD_TABLE not in tables:
            return
        store.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # holds for a new file
        store.execute(
            "CREATE TABLE IF NOT EXISTS encoded (key BLOB UNIQUE, value BLOB NOT NULL)"
        )
        if OLD_TABLE in tables:
            self._take_over_old_rows()

    def _take_over_old_rows(self) -> None:
        try:
            self._store.executescript(TAKE_OVER)
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # another process was quicker
                self._store.rollback()
                return
            raise
        self.was_rewritten = True
        # Gives the file its page size. Without the space for it on disk the file only stays large.
        with suppress(sqlite3.OperationalError):
            self._store.execute("VACUUM")

    def read(
        self,
        keys: Sequence[bytes],
        *,
        first_half: bool = False,
    ) -> Iterator[Rows]:
        """The rows that the file holds, some hundred at a time; keys may repeat.

        Args:
            first_half: give only the first half of each row.
        """
        column = "value"
        if first_half:
            column = "substr(value, 1, length(value) / 2)"
        for start in range(0, len(keys), KEYS_ASKED_AT_ONCE):
            asked = keys[start : start + KEYS_ASKED_AT_ONCE]
            values = self._values_of(asked, column)
            places = [place for place, key in enumerate(asked) if key in values]
            if places:
                rows = [values[asked[place]] for place in places]
                yield self._as_arrays(start, places, rows)

    def _values_of(self, keys: Sequence[bytes], column: str) -> dict[bytes, bytes]:
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, {column} FROM encoded WHERE key IN ({marks})"  # noqa: S608  # no user's text
        try:
            return dict(self._store.execute(query, keys))
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error

    def _as_arrays(
        self, start: int, places: Sequence[int], rows: Sequence[bytes]
    ) -> Rows:
        import numpy as np

        try:
            values = np.frombuffer(b"".join(rows), dtype=np.float16)
            return Rows(
                np.array(places, dtype=np.intp) + start,
                values.reshape(len(rows), len(rows[0]) // 2),
            )
        except (ValueError, TypeError) as error:  # a row of another length or kind
            raise self._unusable(error) from error

    def save(self, keys: Sequence[bytes], values: Any) -> None:
        """Keep rows, float16 (n_keys, n_numbers), all of them or none."""
        rows = [(key, value.tobytes()) for key, value in zip(keys, values, strict=True)]
        try:
            with self._store as store:
                store.executemany("INSERT OR REPLACE INTO encoded VALUES (?, ?)", rows)
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> CoderError:
        return CoderError(
            f"{self._path}: the cache cannot be used ({error})",
            "Everything in it can be made again: make its folder writable, or delete the file, "
            "and repeat the command.",
        )
