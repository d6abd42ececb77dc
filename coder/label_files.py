"""`labels.parquet` of a project: one file, or for a large project a folder of parts."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder import stored, tables
from coder.errors import CoderError
from coder.files import sha256_of

if TYPE_CHECKING:
    import pandas as pd

# What a report or a screen reads of labels: evidence is looked up in the comments.
COLUMNS_WITHOUT_TEXT = (
    "comment_id",
    "theme_id",
    "position_id",
    "probability",
    "assigned",
    "evidence_start",
    "evidence_end",
)
PART = "part-{number:05d}.parquet"
ROWS_AT_ONCE = 300_000  # of a file that was written as one: some 20,000 comments


class LabelFiles:
    """The labels at one path, read whole or in blocks of whole comments.

    Args:
        path: a Parquet file, or a folder of them; need not exist.
        remedy: the command that writes them, for errors.
    """

    def __init__(self, path: Path, remedy: str) -> None:
        self.path = path
        self._remedy = remedy

    def parts(self) -> list[Path]:
        """The files, in the order of the comments; none where there are no labels."""
        if self.path.is_file():
            return [self.path]
        return sorted(self.path.glob("part-*.parquet"))

    def changed_parts(self, recorded: object) -> list[str]:
        """Names of the files that are not those that a run wrote.

        Args:
            recorded: SHA-256 by file name, as the run's record has it; earlier versions did not
                record it, and nothing is known then.
        """
        if not isinstance(recorded, dict):
            return []
        hashes = {path.name: sha256_of(path) for path in self.parts()}
        names = sorted({*recorded, *hashes})
        return [name for name in names if recorded.get(name) != hashes.get(name)]

    def read(self, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """`tables.LABELS` of all comments, or some of its columns.

        Raises:
            CoderError: there are no labels, or a file is damaged.
        """
        import pandas as pd

        parts = [self._read_part(path, columns) for path in self._existing_parts()]
        if len(parts) == 1:
            return parts[0]
        return pd.concat(parts, ignore_index=True)

    def blocks(self, columns: Sequence[str] | None = None) -> "Iterator[pd.DataFrame]":
        """The same in blocks of whole comments, in the order of the comments.

        Args:
            columns: those wanted, `comment_id` among them; None for all.

        Raises:
            CoderError: there are no labels, or a file is damaged.
        """
        parts = self._existing_parts()
        if len(parts) == 1:
            yield from self._whole_comments(parts[0], columns)
            return
        for path in parts:
            yield self._read_part(path, columns)

    def _whole_comments(
        self, path: Path, columns: Sequence[str] | None
    ) -> "Iterator[pd.DataFrame]":
        """Blocks of one large file; rows of a comment that is cut wait for the next block."""
        import pandas as pd

        rest: pd.DataFrame | None = None
        for batch in self._batches(path, columns):
            if rest is not None:
                batch = pd.concat([rest, batch], ignore_index=True)
            last = batch["comment_id"].iloc[-1]
            ends = batch["comment_id"] == last
            if not ends.all():
                yield batch[~ends]
            rest = batch[ends]
        if rest is not None:
            yield rest

    def _batches(
        self, path: Path, columns: Sequence[str] | None
    ) -> "Iterator[pd.DataFrame]":
        import pyarrow.parquet as pq

        file = self._guarded(
            path, lambda: pq.ParquetFile(path, page_checksum_verification=True)
        )
        names = None if columns is None else list(columns)
        batches = file.iter_batches(batch_size=ROWS_AT_ONCE, columns=names)
        while True:
            batch = self._guarded(path, lambda: next(batches, None))
            if batch is None:
                return
            if batch.num_rows:
                table = self._guarded(path, batch.to_pandas)
                self._guarded(path, partial(stored.with_valid_texts, table))
                yield self._checked(path, table, columns)

    def _read_part(self, path: Path, columns: Sequence[str] | None) -> "pd.DataFrame":
        import pandas as pd

        names = None if columns is None else list(columns)
        table = self._guarded(
            path,
            lambda: stored.with_valid_texts(
                pd.read_parquet(path, columns=names, page_checksum_verification=True)
            ),
        )
        return self._checked(path, table, columns)

    def _existing_parts(self) -> list[Path]:
        parts = self.parts()
        if not parts:
            raise CoderError(
                f"{self.path}: there is no such file yet", f"First: {self._remedy}"
            )
        return parts

    def _guarded(self, path: Path, read: Callable[[], Any]) -> Any:
        return stored.guarded(path, read, self._again)

    @property
    def _again(self) -> str:
        return f"Write it again: {self._remedy}"

    def _checked(
        self, path: Path, table: "pd.DataFrame", columns: Sequence[str] | None
    ) -> "pd.DataFrame":
        if columns is not None:
            missing = [name for name in columns if name not in table]
            if missing:
                raise CoderError(
                    f"{path}: is damaged (there is no column {missing[0]!r})",
                    self._again,
                )
            check_values(path, table, tables.LABELS, self._again)
            return table
        return check_table(path, table, tables.LABELS, self._again)


def write_parquet(path: Path, table: "pd.DataFrame") -> None:
    """Write a table with checksums, so that damage is seen when it is read."""
    table.to_parquet(path, index=False, compression="zstd", write_page_checksum=True)


def check_table(
    path: Path, table: "pd.DataFrame", kind: tables.Table, remedy: str
) -> "pd.DataFrame":
    """The table unchanged, where the file holds one of the kind.

    Args:
        remedy: how to get the file again: a sentence.

    Raises:
        CoderError: a column is missing or of another type, or a key occurs twice.
    """
    try:
        tables.check(table, kind)
    except CoderError as error:
        raise stored.DamagedFileError(path, error.problem, remedy) from error
    check_values(path, table, kind, remedy)
    return table


def check_values(
    path: Path, table: "pd.DataFrame", kind: tables.Table, remedy: str
) -> None:
    """Raise `CoderError` where a column of the kind has another type, or lacks a value; numbers
    with decimals may be missing.
    """
    for name, dtype in kind.dtypes.items():
        if name not in table:
            continue
        fault = ""
        if not _is_of(table[name], dtype):
            fault = f"the column {name} is not of type {dtype}"
        elif dtype != "float64" and table[name].hasnans:
            fault = f"the column {name} lacks a value"
        if fault:
            raise stored.DamagedFileError(path, fault, remedy)


def _is_of(column: "pd.Series[Any]", dtype: str) -> bool:
    """Whether a column holds what it should, missing values apart."""
    from pandas.api import types

    if dtype == "str":
        return types.is_string_dtype(column)
    if dtype == "bool":
        return types.is_bool_dtype(column)
    return types.is_numeric_dtype(column) and not types.is_bool_dtype(column)
