"""What a Parquet file says of its size, looked at before anything of it is read.

A few bytes can stand for any number of equal values, and damage can make any number of them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.limits import how_to_raise, limits
from coder.text import count

if TYPE_CHECKING:
    import pyarrow.parquet as pq

MOST_GROWTH = 1_000  # times; equal texts in every column grow 100 times


def check_size(path: Path, metadata: "pq.FileMetaData") -> None:
    """Raise `CoderError` where a file promises more than a survey holds."""
    columns = metadata.num_columns
    cells = metadata.num_rows * columns
    now = limits()
    is_bomb = now.is_bomb(path.stat().st_size, unpacked_bytes(metadata))
    if is_bomb or cells > now.cells or columns > now.columns:
        raise CoderError(
            f"{path}: has {count(metadata.num_rows, 'row')} and {count(columns, 'column')}, more "
            "than a survey, so it was not read",
            f"Write the rows and columns that you need to a file of their own. {how_to_raise()}",
        )


def check_own_size(path: Path, metadata: "pq.FileMetaData") -> None:
    """Raise `ValueError` where a file of a project promises more than its bytes can hold.

    Every row of ours has an id of its own, which takes more than a byte.
    """
    size = path.stat().st_size
    if metadata.num_rows > size or unpacked_bytes(metadata) > MOST_GROWTH * size:
        raise ValueError("it promises more than it can hold")


def unpacked_bytes(metadata: "pq.FileMetaData") -> int:
    """The size of all parts before they were packed, as the file says."""
    groups = range(metadata.num_row_groups)
    return sum(metadata.row_group(group).total_byte_size for group in groups)
