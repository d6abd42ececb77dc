"""What a packed file would take unpacked: known, and judged, before anything is unpacked."""

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from coder.errors import CoderError
from coder.limits import how_to_raise, limits
from coder.workbook_cells import cells_spanned

SHEET = b"sheetData"  # in every sheet of a workbook
NO_SHEETS = ("xl/sharedStrings.xml", "xl/styles.xml")  # the large parts that are none
HIGH_COUNT = re.compile(rb"""ount=["'][0-9]{9}""")  # of anything: 100 million or more


def check_parts(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise `CoderError` where an XLSX workbook says that it holds more than a survey does.

    The library makes room for as many cells and texts as a workbook says that it has.

    Args:
        archive: the workbook, whose unpacked size was checked.
    """
    for part in archive.infolist():
        if not part.filename.endswith(".xml"):
            continue
        content = archive.read(part)
        if HIGH_COUNT.search(content) or _spans_too_much(part.filename, content):
            raise CoderError(
                f"{path}: {part.filename} has more cells or texts than a survey, so it was not "
                "read",
                "If the workbook is genuine, delete what stands far below or beside the table, "
                "or save the sheet as CSV.",
            )


def _spans_too_much(name: str, content: bytes) -> bool:
    if name in NO_SHEETS or SHEET not in content:
        return False
    cells = cells_spanned(content)
    return cells > limits().cells or cells > limits().sparse_cells + len(content)


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
    if limits().is_bomb(packed, unpacked):
        raise CoderError(
            f"{path}: would unpack from {packed / 1e6:,.1f} MB to {unpacked / 1e6:,.0f} MB, "
            "more than a workbook of comments, so it was not opened",
            f"If the workbook is genuine, save the sheet as CSV. {how_to_raise()}",
        )
