"""The report as the lead's browser gets it: the HTML of `coder export`, with its own policy."""

import base64
import hashlib
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from coder.serving.helper_process import HelperProcess
from coder.serving.lead_figures import make_lead_worker

STYLE, END_OF_STYLE = b"<style>", b"</style>"
MOST_BYTES = 64 << 20  # of a report that is kept in memory


class ReportFile(NamedTuple):
    """A report.

    Attributes:
        policy: what the page may do: apply its own style sheet, and nothing else.
        warning: that the report carries; empty for none.
    """

    html: bytes
    policy: str
    warning: str


def make_report(project_folder: Path, codebook_path: Path) -> ReportFile:
    """The report as it is now, made in a process of its own.

    Raises:
        CoderError: nothing is coded, or a file is at fault.
    """
    helper = HelperProcess(make_lead_worker, project_folder, codebook_path)
    try:
        with tempfile.TemporaryDirectory(prefix="coder-report-") as folder:
            place = Path(folder) / "report.html"
            facts: dict[str, Any] = helper.ask("report", place=str(place))
            html = place.read_bytes()
    finally:
        helper.stop()
    return ReportFile(html, policy_of(html), facts["warning"])


def policy_of(html: bytes) -> str:
    """A content security policy that allows a page its one style sheet, by its hash."""
    style = html.partition(STYLE)[2].partition(END_OF_STYLE)[0]
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    return (
        f"sandbox; default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
