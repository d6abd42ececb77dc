"""What a packed file would take unpacked: known, and judged, before anything is unpacked."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from coder.errors import CoderError

LARGEST = 1_000_000_000  # bytes unpacked
DOUBTFUL = 100_000_000  # bytes unpacked above which the ratio is looked at
HIGHEST_RATIO = 100


def is_suspicious(packed: int, unpacked: int) -> bool:
    """Whether so many bytes are more than a genuine table makes of the packed ones."""
    return unpacked > LARGEST or (
        unpacked > DOUBTFUL and unpacked > HIGHEST_RATIO * packed
    )


def check_unpacked_size(
    path: Path,
    parts: Sequence[zipfile.ZipInfo],
    packed: int,
) -> None:
    """Raise `CoderError` where a workbook's parts would take suspiciously much space.

    Args:
        parts: of the archive `path`.
        packed: size of the file in bytes.
    """
    unpacked = sum(part.file_size for part in parts)
    if is_suspicious(packed, unpacked):
        raise CoderError(
            f"{path}: would unpack from {packed / 1e6:,.1f} MB to {unpacked / 1e6:,.0f} MB, "
            "more than a workbook of comments, so it was not opened",
            "If the workbook is genuine, save the sheet as CSV.",
        )
