"""Writers: a report to files, in the form that each file's name asks for; audit packs."""

from coder.exporting.pack import check_pack, rebuild_pack, write_pack
from coder.exporting.writers import (
    SUFFIXES,
    check_suffix,
    comments_held,
    is_review_sheet,
    write_report,
)

__all__ = [
    "SUFFIXES",
    "check_pack",
    "check_suffix",
    "comments_held",
    "is_review_sheet",
    "rebuild_pack",
    "write_pack",
    "write_report",
]
