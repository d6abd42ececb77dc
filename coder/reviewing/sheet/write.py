"""Write the review sheet of a project."""

from pathlib import Path

from coder import files
from coder.codebook import Codebook
from coder.errors import GENERIC, CoderError, CommandNames
from coder.private import mode_of
from coder.project import Project
from coder.reviewing.mode import ReviewMode, check_mode
from coder.reviewing.random_order import record_sample
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
    mode: ReviewMode,
    assigned: bool = False,
    typed: CommandNames = GENERIC,
) -> int:
    """Write the sheet of a project's analysed comments, or of some of them, for one reviewer.

    A sample that the mode asks for is stored as a random draw just before the sheet takes its
    place.

    Args:
        reviewer: whose decisions are shown, and who alone can hand the sheet in; empty for a
            sheet that shows nobody's and that anybody may hand in.
        mode: which comments, and whether suggestions are shown; decisions in a blind sheet
            count as blind.
        assigned: the comments that are assigned to the reviewer, instead of those that the mode
            selects.
        typed: how the sheet names the project and the codebook in commands.

    Returns:
        How many comments the sheet holds.

    Raises:
        CoderError: no comment is analysed or selected, options contradict each other, a theme
            has the name of another column, or there are more themes than a sheet has columns.
    """
    mode = check_mode(mode, codebook)
    hand_in = typed.command(
        "review", f"--reviewer {reviewer or 'NAME'}", f"--from {path.name}"
    )
    owner = SheetOwner(reviewer, mode.blind, hand_in)
    sheet = make_sheet(project, codebook, codebook_path, owner, mode, assigned=assigned)
    if len(sheet.columns) > LAST_COLUMN:
        raise CoderError(
            f"{path}: the codebook has more themes and positions than the {LAST_COLUMN:,} columns "
            "of a sheet",
            "Review in the terminal instead.",
        )
    with files.new_file(path) as temporary:
        write_workbook(sheet, temporary)
        files.sync_whole(temporary, mode_of(path))
        # Only once the sheet is sure of its space: a draw without a sheet would be an orphan.
        if sheet.draw is not None:
            record_sample(codebook_path, sheet.draw)
    return len(sheet.rows)
