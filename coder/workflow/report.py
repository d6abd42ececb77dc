"""Report: the theme table, breakdowns, quotes and notes of a coded consultation."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from coder.engine import Progress, silent
from coder.errors import CoderError, CommandNames, option
from coder.workflow.target import Columns, open_earlier, open_project

if TYPE_CHECKING:
    from coder.project import Project
    from coder.reporting import Options, Report
    from coder.reporting.options import OptionArguments


def report(
    target: "Project | Path | str",
    codebook: Path | str,
    *,
    by: str | Sequence[str] = (),
    before: "Project | Path | str | None" = None,
    columns: Columns | None = None,
    progress: Progress = silent,
    **options: "Unpack[OptionArguments]",
) -> "Report":
    """Count what comments carry, with intervals where reviews allow them.

    Args:
        target: a project, its folder, or a file of comments.
        codebook: what the comments were coded with; decisions are read from beside it.
        by: a column of the comments or a derived variable of the project, or several, to break
            the themes down by.
        before: an earlier project coded with the same codebook, to compare with.
        columns: which columns of a file of comments hold what.
        options: see `coder.reporting.Options`: `threshold="5%"`, `campaigns="once"`, `quotes=0` ...

    Returns:
        The report; `report.themes` is the theme table as a DataFrame. A notebook shows it as a
        table.

    Raises:
        CoderError: nothing is coded, a file is missing or broken, or a column or an option is
            wrong.
    """
    from coder.reporting import Options
    from coder.transactions import read_one_generation

    chosen = Options(by=(by,) if isinstance(by, str) else tuple(by), **options)
    book = Path(codebook)
    opened = open_project(target, columns, codebook=book, progress=progress)
    project = opened.project
    name: object = project.folder
    if isinstance(target, (str, Path)) and not project.question_id:
        name = target
    names = CommandNames(str(name), str(codebook))

    def make_report() -> "Report":
        return _report(project, book, names, before, chosen)

    return read_one_generation(project.folder, make_report)


def _report(
    project: "Project",
    codebook: Path,
    names: CommandNames,
    before: "Project | Path | str | None",
    options: "Options",
) -> "Report":
    """The report of a project, and of the earlier one that it is compared with."""
    from coder.reporting import build_report, gather
    from coder.workflow.listed_aspects import seek_listed

    seek_listed(project, codebook)
    inputs = gather(project, codebook, names)
    if before is None:
        return build_report(inputs, options)
    earlier = open_earlier(before, project)
    if earlier.folder.resolve() == project.folder.resolve():
        raise CoderError(
            f"{option('before', str(before))}: this is the project that is reported",
            "Name the folder of the earlier project.",
        )
    of_earlier = CommandNames(str(earlier.folder), str(codebook))
    return build_report(inputs, options, gather(earlier, codebook, of_earlier))
