"""What a packed file would take unpacked: known, and judged, before anything is unpacked."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from coder.errors import CoderError
from coder.workbook_cells import cells_spanned

LARGEST = 1_000_000_000  # bytes unpacked
DOUBTFUL = 100_000_000  # bytes unpacked above which the ratio is looked at
HIGHEST_RATIO = 100
SHEET = b"sheetData"  # in every sheet of a workbook
NO_SHEETS = ("xl/sharedStrings.xml", "xl/styles.xml")  # the large parts that are none
MOST_CELLS = 64_000_000  # of a sheet: as many rows as it can have, and 60 columns


def is_suspicious(packed: int, unpacked: int) -> bool:
    """Whether so many bytes are more than a genuine table makes of the packed ones."""
    return unpacked > LARGEST or (
        unpacked > DOUBTFUL and unpacked > HIGHEST_RATIO * packed
    )


def check_sheets(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise `CoderError` where a sheet of an XLSX workbook spans more cells than a survey has.

    Args:
        archive: the workbook, whose unpacked size was checked.
    """
    for part in archive.infolist():
        if part.filename in NO_SHEETS or not part.filename.endswith(".xml"):
            continue
        content = archive.read(part)
        cells = cells_spanned(content) if SHEET in content else 0
        if cells > MOST_CELLS:
            raise CoderError(
                f"{path}: a sheet spans {cells:,} cells, more than a survey, so it was not read",
                "If the workbook is genuine, delete what stands far below or beside the table, "
                "or save the sheet as CSV.",
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
