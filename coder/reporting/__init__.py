"""The report: counts, shares, intervals, quotes and notes of a coded consultation."""

from coder.reporting.build import build_report
from coder.reporting.inputs import Inputs, gather
from coder.reporting.options import Options
from coder.reporting.report import Breakdown, Report

__all__ = ["Breakdown", "Inputs", "Options", "Report", "build_report", "gather"]
