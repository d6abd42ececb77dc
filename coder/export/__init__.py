"""Room: counts, shares, quotes and notes put together, and written in the form that the file's name asks for."""

from coder.export.building import Earlier, build_report
from coder.export.counted import Typed
from coder.export.inputs import Options, gather, report_of
from coder.export.pack import check_pack, rebuild_pack, write_pack
from coder.export.report import Report
from coder.export.review_sheet import write_review_sheet
from coder.export.writers import SUFFIXES, check_suffix, comments_held, is_review_sheet, write_report

__all__ = [
    "SUFFIXES",
    "Earlier",
    "Options",
    "Report",
    "Typed",
    "build_report",
    "check_pack",
    "check_suffix",
    "comments_held",
    "gather",
    "is_review_sheet",
    "rebuild_pack",
    "report_of",
    "write_pack",
    "write_report",
    "write_review_sheet",
]
