"""Write the review sheet of a project."""

from pathlib import Path

from coder import files
from coder.codebook import Codebook
from coder.errors import GENERIC, CoderError, CommandNames
from coder.project import Project
from coder.reviewing.sheet.content import SheetOwner, make_sheet
from coder.reviewing.sheet.workbook import write_workbook

LAST_COLUMN = 16_384  # of a sheet


def write_review_sheet(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    path: Path,
    *,
    reviewer: str,
    blind: bool,
    typed: CommandNames = GENERIC,
) -> list[Path]:
    """Write the sheet of a project's analysed comments for one reviewer.

    Args:
        reviewer: whose decisions are shown, and who alone can hand the sheet in; empty for a
            sheet that shows nobody's and that anybody may hand in.
        blind: show no suggestions; decisions in the sheet count as blind.
        typed: how the sheet names the project and the codebook in commands.

    Raises:
        CoderError: no comment is analysed, a theme has the name of another column, or there are
            more themes than a sheet has columns.
    """
    hand_in = typed.command(
        "review", f"--reviewer {reviewer or 'NAME'}", f"--from {path.name}"
    )
    sheet = make_sheet(
        project, codebook, codebook_path, SheetOwner(reviewer, blind, hand_in)
    )
    if len(sheet.columns) > LAST_COLUMN:
        raise CoderError(
            f"{path}: the codebook has more themes and positions than the {LAST_COLUMN:,} columns "
            "of a sheet",
            "Review in the terminal instead.",
        )
    with files.new_file(path) as temporary:
        write_workbook(sheet, temporary)
    return [path]
