"""What a workbook would take unpacked: known, and judged, before anything is unpacked."""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from coder.errors import CoderError
from coder.library_errors import reason_of
from coder.limits import how_to_raise, limits
from coder.workbook_cells import cells_spanned

SHEET = b"sheetData"  # in every sheet of a workbook
NO_SHEETS = ("xl/sharedStrings.xml", "xl/styles.xml")  # the large parts that are none
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# What reading a damaged, an encrypted or an unknown kind of ZIP file raises.
ZIP_ERRORS = (
    zlib.error,
    zipfile.BadZipFile,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)
HIGH_COUNT = re.compile(rb"""ount=["'][0-9]{9}""")  # of anything: 100 million or more


def check_package(path: Path, data: bytes) -> None:
    """Raise `CoderError` where a file is not a sound XLSX workbook, or says that it holds more than
    a survey does.
    """
    if data.startswith(OLD_OFFICE):
        raise CoderError(
            f"{path}: is an old or a password-protected Excel file",
            "Save it as XLSX, without a password.",
        )
    not_a_workbook = CoderError(
        f"{path}: is not an XLSX workbook, although its name says so",
        "Save it as XLSX from a spreadsheet, or rename it to what it is (.csv, .tsv, .jsonl, "
        ".parquet).",
    )
    if not data.startswith(b"PK"):
        raise not_a_workbook
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            check_unpacked_size(path, parts, len(data))
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise not_a_workbook
            damaged_part = archive.testzip()  # also one that is longer than it claims
            if not damaged_part:
                _check_parts(path, archive)
    except ZIP_ERRORS as error:
        raise CoderError(
            f"{path}: the workbook is cut off or damaged ({reason_of(error)})",
            "Open it in a spreadsheet and save it again, or get another copy.",
        ) from error
    if damaged_part:
        raise CoderError(
            f"{path}: the workbook is damaged in {damaged_part}",
            "Get another copy, or save it again.",
        )


def _check_parts(path: Path, archive: zipfile.ZipFile) -> None:
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
