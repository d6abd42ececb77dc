"""What files with a row a comment leave out of the survey's own columns."""

from collections.abc import Iterator, Sequence

from coder import tables
from coder.figures import choose_form, join_names
from coder.reporting.report import Report
from coder.text import count, safe_text

COLUMNS_SHOWN = 8


def dropped_columns(report: Report) -> list[str]:
    """The survey's own columns that reading dropped: no file for other programs holds them."""
    names = tables.own_columns(report.comments)
    return [name for name in names if name in report.settings.dropped]


def dropped_note(report: Report) -> Iterator[str]:
    """Which columns the file leaves out; nothing where it has all."""
    yield from note_on_columns(dropped_columns(report))


def note_on_columns(dropped: Sequence[str]) -> Iterator[str]:
    """That a file leaves out these columns, which reading dropped; nothing of none."""
    if not dropped:
        return
    names = [repr(safe_text(name, one_line=True)) for name in dropped[:COLUMNS_SHOWN]]
    more = len(dropped) - len(names)
    if more:
        names.append(f"{more:,} more")
    it, be = (
        choose_form(len(dropped), "it", "them"),
        choose_form(len(dropped), "is", "are"),
    )
    yield (
        f"{count(len(dropped), 'column')} that reading dropped {be} left out: "
        f"{join_names(names)}. To have {it} in the file, add {it} to the attributes in "
        "project.yaml."
    )
