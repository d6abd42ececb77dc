"""Whether a table has the columns of themes that it should have: a column that was renamed, deleted
or doubled must not count as an answer that was not given.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from coder.decisions.table_layouts import ThemeColumn, ThemeNames, theme_column
from coder.errors import CoderError
from coder.text import name_some, quoted_cell

NEARLY = 0.8  # likeness from which a strange name is taken for that of a theme
MOST_NAMED = 8
FIX = (
    "Nothing was taken. Give the columns back the names that the page of themes lists, or export "
    "a new sheet."
)


class ThemeColumns(NamedTuple):
    """The columns of a table that are about themes, and those that are not.

    Attributes:
        columns: what each column asks about, by its name.
        strange: names of columns that nothing is known of, the columns of themes among them.
        asked: what the table must have: ids as columns have them.
    """

    names: ThemeNames
    columns: Mapping[str, ThemeColumn]
    strange: Sequence[str]
    asked: Sequence[str]

    @property
    def unknown(self) -> list[str]:
        """Columns that are neither about a theme nor anything else."""
        return [name for name in self.strange if name not in self.columns]


def check_columns(table: str, found: ThemeColumns) -> None:
    """Check the columns of a table with a column for each theme.

    Args:
        table: its name, for messages.

    Raises:
        CoderError: a column of a theme is missing, doubled, or has a name that is nearly a
            theme's; each by name, with what it looks like.
    """
    problems = [*_doubled(found), *_missing(found)]
    if not problems:
        problems += _nearly_named(found)
    if problems:
        listed = [f"{table}: {problem}" for problem in problems[:MOST_NAMED]]
        if len(problems) > MOST_NAMED:
            listed.append(f"{table}: and {len(problems) - MOST_NAMED:,} more columns")
        raise CoderError("\n".join(listed), FIX)


def _doubled(found: ThemeColumns) -> Iterator[str]:
    first: dict[ThemeColumn, str] = {}
    for name, column in found.columns.items():
        earlier = first.setdefault(column, name)
        if earlier != name:
            yield (
                f"the columns {quoted_cell(earlier)} and {quoted_cell(name)} are both about "
                f"{_id_of(column)!r}"
            )


def _missing(found: ThemeColumns) -> Iterator[str]:
    present = set(found.columns.values())
    for asked in found.asked:
        column = theme_column(asked, found.names, frozenset())
        if column is None or column in present:  # not coded any more, or there
            continue
        problem = f"the column {_id_of(column)!r} is missing"
        near = get_close_matches(asked, found.unknown, n=1, cutoff=0.6)
        if near:
            problem += f"; {quoted_cell(near[0])} looks like it"
        elif found.unknown:
            unknown = name_some(map(quoted_cell, found.unknown))
            problem += f"; of no theme is {unknown}"
        yield problem


def _nearly_named(found: ThemeColumns) -> Iterator[str]:
    """Strange columns that are nearly called like a theme that has none."""
    present = {column.theme_id for column in found.columns.values()}
    absent = [each for each in found.names.active if each not in present]
    for name in found.unknown:
        near = get_close_matches(name.casefold(), absent, n=1, cutoff=NEARLY)
        if near:
            yield (
                f"the column {quoted_cell(name)} is of no theme; did you mean {near[0]!r}?"
            )


def _id_of(column: ThemeColumn) -> str:
    if column.position:
        return f"{column.theme_id}={column.position}"
    return column.theme_id
