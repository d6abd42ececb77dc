"""The report: counts, shares, intervals, quotes and notes, put together from a coded consultation."""

from coder.reporting.build import Earlier, build_report
from coder.reporting.inputs import Options, gather, report_of
from coder.reporting.report import Report

__all__ = ["Earlier", "Options", "Report", "build_report", "gather", "report_of"]
