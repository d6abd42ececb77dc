"""`comments.parquet`: every comment received, those of each question one after the other."""

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder import stored, tables
from coder.label_files import check_table
from coder.parquet_size import check_own_size

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 20_000  # comments that are Python strings at a time
READ_WITH = "coder.read_with"  # key, among the facts of the file


def stored_columns(path: Path) -> list[str]:
    """The names of a stored table's columns; none where it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (OSError, ValueError, pa.ArrowException):
        return []


def stored_question_ids(path: Path) -> list[str]:
    """The questions that stored comments answer; none where that cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = "question_id"
    try:
        table = pq.read_table(path, columns=[name], read_dictionary=[name])
        if name not in table.column_names:  # written by an earlier version
            return []
        question_ids = table[name].unique().to_pylist()
    except (OSError, ValueError, OverflowError, pa.ArrowException):
        return []
    return [str(question_id) for question_id in question_ids]


def read_table(
    path: Path,
    remedy: str,
    question_id: str = "",
    columns: Sequence[str] | None = None,
) -> "pd.DataFrame":
    """A table of the project, or its rows of one question.

    Args:
        path: of the file, which exists.
        remedy: the command that writes it.
        question_id: the question; empty for all rows.
        columns: those wanted; None for all.

    Raises:
        CoderError: the file is damaged.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    wanted = None if columns is None else list(columns)
    rows = None
    if question_id:
        rows = [("question_id", "==", question_id)]
    remedy = f"Write it again: {remedy}"
    stored.guarded(path, lambda: check_own_size(path, pq.read_metadata(path)), remedy)
    return stored.guarded(
        path,
        lambda: stored.with_valid_texts(
            pd.read_parquet(
                path, columns=wanted, filters=rows, page_checksum_verification=True
            )
        ),
        remedy,
    )


def check_comments(path: Path, comments: "pd.DataFrame", remedy: str) -> "pd.DataFrame":
    """The comments unchanged, where the file holds `tables.COMMENTS`.

    Raises:
        CoderError: it holds something else.
    """
    return check_table(path, comments, tables.COMMENTS, f"Write it again: {remedy}")


def read_places(path: Path, remedy: str) -> "pd.DataFrame":
    """`tables.PLACES` as stored.

    Raises:
        CoderError: the file is damaged.
    """
    places = read_table(path, remedy)
    return check_table(path, places, tables.PLACES, f"Write it again: {remedy}")


def write_comments(path: Path, parts: "Sequence[pd.DataFrame]", read_with: str) -> None:
    """Write the comments of each question, so that those of one can be read alone.

    Args:
        path: of the file.
        parts: `tables.COMMENTS` and own columns; an own column that a part lacks is empty there.
        read_with: fingerprint of the settings that decided which of them count.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    own_columns: dict[str, None] = {}
    for part in parts:
        own_columns.update(dict.fromkeys(part.columns))
    schema = None
    writer = None
    try:
        for part in parts:
            complete = _with_columns(part, list(own_columns))
            table = pa.Table.from_pandas(complete, schema, preserve_index=False)
            if writer is None:
                schema = table.schema
                writer = pq.ParquetWriter(
                    path, schema, compression="zstd", write_page_checksum=True
                )
                writer.add_key_value_metadata({READ_WITH: read_with})
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def fingerprint_read_with(path: Path) -> str:
    """The fingerprint of the settings that the comments were read with; empty where an earlier
    version wrote them, or they cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        facts = pq.read_metadata(path).metadata or {}
    except (OSError, ValueError, pa.ArrowException):
        return ""
    recorded: bytes = facts.get(READ_WITH.encode(), b"")
    return recorded.decode("utf-8", "replace")


def _with_columns(part: "pd.DataFrame", names: Sequence[str]) -> "pd.DataFrame":
    """The part with all columns, in this order; those that it lacks hold empty text."""
    if list(part.columns) == list(names):
        return part
    lacking = {name: "" for name in names if name not in part.columns}
    complete = part.assign(**lacking)[list(names)]
    return complete.astype(dict.fromkeys(lacking, "str"))


def with_later_columns(comments: "pd.DataFrame") -> "pd.DataFrame":
    """Comments that an earlier version stored, with the columns that it did not have yet."""
    if "question_id" not in comments.columns:
        comments = comments.assign(question_id="")
    if "respondent_id" not in comments.columns and "comment_id" in comments.columns:
        comments = comments.assign(respondent_id=comments["comment_id"])
    return comments


def fingerprint_comments(comments: "pd.DataFrame") -> str:
    """16 hex digits of `tables.COMMENTS`, whatever the order of rows.

    The columns that earlier versions did not have are left out, so that what was made with
    those versions still fits.
    """
    return _fingerprint(comments[list(tables.COMMENTS.columns)])


def fingerprint_texts(comments: "pd.DataFrame", comment_ids: Collection[str]) -> str:
    """16 hex digits of some comments, their ids and texts alone, whatever the order of rows."""
    columns = comments[["comment_id", "text"]]
    return _fingerprint(columns[columns["comment_id"].isin(comment_ids)])


def _fingerprint(columns: "pd.DataFrame") -> str:
    order = columns["comment_id"].array.argsort()
    digest = hashlib.sha256()
    for start in range(0, len(order), ROWS_AT_ONCE):
        block = columns.take(order[start : start + ROWS_AT_ONCE])
        values = [block[name].tolist() for name in block.columns]
        for row in zip(*values, strict=True):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
