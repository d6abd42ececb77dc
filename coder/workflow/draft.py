"""Writes the draft of the paragraphs; no earlier text is lost."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder import files
from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.reporting import Report

LOCK = ".report.lock"
PATIENCE = 30  # seconds to wait for another program that writes a draft


def write_draft(folder: Path, report: "Report") -> Path:
    """Write `report.md` into a project's folder. The draft that is there is kept beside it as
    `report-1.md` and so on, and what the analyst wrote stays in the new one.

    Raises:
        CoderError: another program writes it, it cannot be written, or its marks are broken.
    """
    from coder.reporting.draft_file import DRAFT_FILE

    path = folder / DRAFT_FILE
    try:
        with files.hold_lock(folder / "cache" / LOCK, timeout=PATIENCE):
            _replace(path, report)
    except TimeoutError as error:
        raise CoderError(
            f"{path}: another program is writing it", "Try again when it has ended."
        ) from error
    return path


def _replace(path: Path, report: "Report") -> None:
    from dataclasses import replace

    from coder.reporting.draft_file import is_draft, parse_draft
    from coder.reporting.drafted_paragraphs import render_draft

    if not path.is_file():
        files.write_text(path, render_draft(report))
        return
    before = (
        path.read_bytes()
    )  # once more: it may have been saved since the report was made
    earlier = before.decode("utf-8", "replace").removeprefix("\ufeff")
    draft = parse_draft(path, earlier) if is_draft(earlier) else None
    text = render_draft(replace(report, draft=draft))
    if text.encode("utf-8") == before:
        return
    number = 1
    while path.with_name(f"report-{number}.md").exists():
        number += 1
    files.add_file(path.with_name(f"report-{number}.md"), before)
    files.write_text(path, text)
