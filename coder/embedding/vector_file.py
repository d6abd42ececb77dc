"""Rows of numbers by key in one SQLite file, laid out so that a row fits its page.

Each row has a checksum. A row that is damaged is as good as missing: it is computed again, and
replaced.
"""

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from coder.errors import CoderError
from coder.private import closed_place, how_to_open, make_file, make_folder

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
NEW_TABLE = (
    "CREATE TABLE IF NOT EXISTS encoded "
    "(key BLOB UNIQUE, value BLOB NOT NULL, checksum INTEGER)"
)
# Versions to 0.3 stored rows without.
ADD_CHECKSUM = "ALTER TABLE encoded ADD COLUMN checksum INTEGER"
TAKE_OVER = f"""
    BEGIN EXCLUSIVE;
    INSERT OR IGNORE INTO encoded (key, value) SELECT key, value FROM {OLD_TABLE};
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
            self._store.text_factory = _as_text
            self._lay_out()
        except (sqlite3.DatabaseError, OSError, UnicodeDecodeError) as error:
            raise self._unusable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._store.close()

    def _lay_out(self) -> None:
        store = self._store
        tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master")}
        if "encoded" not in tables:
            store.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # holds for a new file
            store.execute(NEW_TABLE)
        self._has_checksums = self._add_checksums()
        if OLD_TABLE in tables:
            self._take_over_old_rows()

    def _add_checksums(self) -> bool:
        """Whether rows have checksums: not those of a file of an earlier version that cannot be
        written.
        """
        if has_checksums(self._store):
            return True
        try:
            self._store.execute(ADD_CHECKSUM)
        except sqlite3.OperationalError:  # or another process was quicker
            return has_checksums(self._store)
        return True

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
        """The rows that the file holds whole, some hundred at a time; keys may repeat.

        Args:
            first_half: give only the first half of each row.
        """
        length = 0
        for start in range(0, len(keys), KEYS_ASKED_AT_ONCE):
            asked = keys[start : start + KEYS_ASKED_AT_ONCE]
            values = self._values_of(asked)
            if values and not length:
                ((length, _),) = Counter(map(len, values.values())).most_common(1)
            places, rows = [], []
            for place, key in enumerate(asked):
                value = values.get(key, b"")
                if value and len(value) == length:
                    places.append(place)
                    rows.append(value[: length // 2] if first_half else value)
            if places:
                yield _as_arrays(start, places, rows)

    def _values_of(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The rows of these keys that are whole."""
        marks = ",".join("?" * len(keys))
        checksum = "checksum" if self._has_checksums else "NULL"
        query = f"SELECT key, value, {checksum} FROM encoded WHERE key IN ({marks})"  # noqa: S608  # no user's text
        values = {}
        try:
            for key, value, stated in self._store.execute(query, keys):
                if is_whole(value, stated):
                    values[key] = value
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error
        return values

    def save(self, keys: Sequence[bytes], values: Any) -> None:
        """Keep rows, float16 (n_keys, n_numbers), all of them or none."""
        rows = []
        for key, value in zip(keys, values, strict=True):
            data = value.tobytes()
            rows.append((key, data, zlib.crc32(data)))
        try:
            with self._store as store:
                store.executemany(
                    "INSERT OR REPLACE INTO encoded (key, value, checksum) "
                    "VALUES (?, ?, ?)",
                    rows,
                )
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error

    def remove_damaged(self) -> int:
        """Remove the rows that are not as they were written; gives how many there were."""
        try:
            damaged = [(row,) for row, whole in _examined(self._store) if not whole]
            with self._store as store:
                store.executemany("DELETE FROM encoded WHERE rowid = ?", damaged)
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error
        return len(damaged)

    def _unusable(self, error: Exception) -> CoderError:
        if closed_place(self._path) is not None:
            return CoderError(
                f"{self._path}: cannot be read (permission denied)",
                how_to_open(self._path),
            )
        return CoderError(
            f"{self._path}: the cache cannot be used ({error})",
            "Everything in it can be made again: free some space, make its folder writable, or "
            "delete the file, and repeat the command.",
        )


def _as_arrays(start: int, places: Sequence[int], rows: Sequence[bytes]) -> Rows:
    import numpy as np

    values = np.frombuffer(b"".join(rows), dtype=np.float16)
    return Rows(
        np.array(places, dtype=np.intp) + start,
        values.reshape(len(rows), len(rows[0]) // 2),
    )


def _as_text(data: bytes) -> str:
    """Text where damage may have made bytes into it."""
    return data.decode("utf-8", "replace")


def is_whole(value: object, checksum: object) -> bool:
    """Whether a stored row is as it was written, as far as that can be told."""
    if not isinstance(value, bytes) or len(value) % 2 or not value:
        return False
    return checksum is None or checksum == zlib.crc32(value)


def has_checksums(store: sqlite3.Connection) -> bool:
    """Whether the rows of a file have a place for a checksum."""
    columns = store.execute("PRAGMA table_info(encoded)").fetchall()
    return any(column[1] == "checksum" for column in columns)


class CacheState(NamedTuple):
    """What a look at a whole file of vectors tells.

    Attributes:
        rows: how many it holds.
        damaged: those that are not as they were written.
        fault: why the file cannot be read; empty where it can.
    """

    rows: int
    damaged: int
    fault: str = ""


def examine(path: Path) -> CacheState:
    """Read every row of a file.

    Nothing is changed, unless a program was ended while it wrote: SQLite takes back what that
    left half written.
    """
    if not path.is_file():
        return CacheState(0, 0, "it is not a file")
    for mode in ("ro", "rw"):
        try:
            return _examine_opened(path, mode)
        except sqlite3.OperationalError as error:
            if not _needs_writing(error):
                return CacheState(0, 0, str(error))
        except (sqlite3.Error, OSError) as error:
            return CacheState(0, 0, str(error))
    return CacheState(0, 0)  # in a folder that cannot be written; it is no damage


def _examine_opened(path: Path, mode: str) -> CacheState:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(uri, uri=True, timeout=60)) as store:
        (verdict,) = store.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            return CacheState(0, 0, str(verdict).splitlines()[0])
        rows = [0, 0]
        for _, whole in _examined(store):
            rows[whole] += 1
        return CacheState(sum(rows), rows[False])


def _needs_writing(error: sqlite3.OperationalError) -> bool:
    """Whether a program was ended while it wrote: who opens the file next takes that back."""
    code = getattr(error, "sqlite_errorcode", 0)  # none where Python itself complains
    return code & 0xFF == sqlite3.SQLITE_READONLY


def remove_damaged(path: Path) -> int:
    """Remove the rows that are not as they were written; gives how many there were.

    Raises:
        CoderError: the file cannot be read or written.
    """
    with VectorFile(path) as file:
        return file.remove_damaged()


def _examined(store: sqlite3.Connection) -> Iterator[tuple[int, bool]]:
    """Each row by its number in the table, and whether it is whole.

    Rows of earlier versions have no checksum; of these one is damaged whose length no other has.
    """
    store.text_factory = _as_text
    tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master")}
    if "encoded" not in tables:
        return
    query = "SELECT length(value), count(*) FROM encoded GROUP BY 1"
    times = dict(store.execute(query).fetchall())
    several = sum(times.values()) > 1
    checksum = "checksum" if has_checksums(store) else "NULL"
    for number, key, value, stated in store.execute(
        f"SELECT rowid, key, value, {checksum} FROM encoded"  # noqa: S608  # a constant
    ):
        whole = is_whole(value, stated) and isinstance(key, bytes)
        if whole and stated is None and several:
            whole = times.get(len(value), 0) > 1
        yield number, whole
