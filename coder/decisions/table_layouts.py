"""The two layouts of a decision table, and what each row says of the themes.

Long: a column `themes` with ids joined by `;`. Wide: a column for each theme with yes, no or ?.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from coder.codebook import Codebook
from coder.decisions.table_cells import CellFaults, TableRow
from coder.errors import did_you_mean
from coder.text import quoted_cell

YES = frozenset({"yes", "y", "1", "x", "true", "present"})
NO = frozenset({"no", "n", "0", "false", "absent"})
UNSURE = frozenset({"?", "unsure", "maybe"})

ThemeVerdict = Literal["yes", "no", "?"]
PositionsByTheme = dict[str, tuple[str, ...]]
VERDICTS: dict[str, ThemeVerdict] = {
    **dict.fromkeys(YES, "yes"),
    **dict.fromkeys(NO, "no"),
    **dict.fromkeys(UNSURE, "?"),
}


@dataclass(frozen=True)
class ThemeAnswers:
    """What a row says of the themes.

    Attributes:
        scope: ids of the themes judged.
        themes: ids of those present with the positions named.
        unsure: ids of those left open.
        cells: what each cell of a theme or position says that is not empty; in the wide layout.
    """

    scope: tuple[str, ...]
    themes: PositionsByTheme
    unsure: tuple[str, ...]
    cells: "VerdictByColumn" = field(default_factory=dict)


class ThemeNames:
    """The themes of a codebook by what tables call them: present and earlier ids, and names.

    Args:
        pass_over_retired: retired themes in a list are passed over; else they are faults.
    """

    def __init__(self, codebook: Codebook, *, pass_over_retired: bool = False) -> None:
        self.active = codebook.theme_ids
        self.pass_over_retired = pass_over_retired
        self._current_ids = codebook.current_ids
        self._categories = set()
        for node in codebook.nodes:
            if node.theme.category:
                self._categories.add(node.theme.id)
        self._id_of_name = {}
        self._positions = {}
        for theme in codebook.active:
            self._id_of_name[theme.name.casefold()] = theme.id
            self._positions[theme.id] = [position.id for position in theme.positions]
        self._problems: dict[str, str] = {}  # of names that were looked up before

    def theme_id(self, name: str) -> str | None:
        """The id that is coded now, or None."""
        theme_id = self._current_ids.get(name) or self._id_of_name.get(name.casefold())
        if theme_id in self._positions:
            return theme_id
        return None

    def positions(self, theme_id: str) -> Sequence[str]:
        """Ids of the positions that a theme has."""
        return self._positions[theme_id]

    def is_retired(self, name: str) -> bool:
        """Whether this is the id of a theme that is no longer coded."""
        return name in self._current_ids and self.theme_id(name) is None

    def unknown_problem(self, name: str) -> str:
        """Why a name is not that of a theme that is coded, and what is allowed."""
        if name not in self._problems:
            self._problems[name] = self._problem_of(name)
        return self._problems[name]

    def _problem_of(self, name: str) -> str:
        if self._current_ids.get(name) in self._categories:
            return f"{name!r} is a category: name one of its sub-themes"
        if self.is_retired(name):
            return f"{name!r} is retired and no longer coded"
        parts = name.split(",")
        if len(parts) > 1 and all(self.theme_id(part.strip()) for part in parts):
            return f"{quoted_cell(name)}: join themes with ; and not with a comma"
        allowed = did_you_mean(name, self.active)
        return f"{quoted_cell(name)} is no theme of the codebook. {allowed}"


class Layout(Protocol):
    """How rows say which themes a comment carries."""

    theme_columns: tuple[str, ...]  # what a reviewer fills in
    used_columns: frozenset[str]  # those and others that the layout reads

    def answers(self, row: TableRow, faults: CellFaults) -> ThemeAnswers:
        """What the row says; faulty cells are added to `faults` and left out."""


# ---------------------------------------------------------------- themes in one column


class LongLayout:
    """Columns `themes`, `scope` (empty: all themes) and `unsure`."""

    theme_columns: tuple[str, ...] = ("themes",)
    used_columns: frozenset[str] = frozenset({"themes", "scope", "unsure"})

    def __init__(self, names: ThemeNames) -> None:
        self._names = names

    def answers(self, row: TableRow, faults: CellFaults) -> ThemeAnswers:
        """See `Layout`."""
        themes = self._listed(row, "themes", faults)
        unsure = tuple(self._listed(row, "unsure", faults))
        scope = self._names.active
        if row.text("scope"):
            scope = tuple(self._listed(row, "scope", faults))
        for theme_id in (*themes, *unsure):
            if theme_id not in scope:
                problem = f"{theme_id!r} is named in this row and not in its scope"
                faults.add(row, "scope", problem)
        for theme_id in unsure:
            if theme_id in themes:
                problem = f"{theme_id!r} cannot be both present and unsure"
                faults.add(row, "unsure", problem)
        return ThemeAnswers(scope, themes, unsure)

    def _listed(
        self, row: TableRow, column: str, faults: CellFaults
    ) -> PositionsByTheme:
        """The positions named of each theme in a list such as `drugs=less; women`."""
        listed: PositionsByTheme = {}
        for part in row.plain_text(column).split(";"):
            if faults.are_many:
                break
            name, equals, position = (piece.strip() for piece in part.partition("="))
            if not name and not equals:
                continue
            theme_id = self._names.theme_id(name)
            if theme_id is None:
                self._refuse_unknown(row, column, name, faults)
                continue
            positions = listed.get(theme_id, ())
            if equals:
                problem = self._position_problem(theme_id, position)
                if column != "themes":
                    problem = (
                        f"{quoted_cell(part.strip())}: only theme ids here, no position"
                    )
                if problem:
                    faults.add(row, column, problem)
                    continue
                if position not in positions:
                    positions = (*positions, position)
            listed[theme_id] = positions
        return listed

    def _refuse_unknown(
        self, row: TableRow, column: str, name: str, faults: CellFaults
    ) -> None:
        if not (self._names.pass_over_retired and self._names.is_retired(name)):
            faults.add(row, column, self._names.unknown_problem(name))

    def _position_problem(self, theme_id: str, position: str) -> str:
        """What is wrong with a position; empty where nothing is."""
        positions = self._names.positions(theme_id)
        if position in positions:
            return ""
        allowed = did_you_mean(position, positions)
        return f"{quoted_cell(position)} is no position of {theme_id!r}. {allowed}"


# ---------------------------------------------------------------- a column for each theme


class ThemeColumn(NamedTuple):
    """What a column of the wide layout asks about: a theme, or one of its positions."""

    theme_id: str
    position: str = ""


VerdictByColumn = dict[ThemeColumn, ThemeVerdict]


class WideLayout:
    """A column for each theme (`drugs`) and position (`drugs=less`) with yes, no or ?.

    Args:
        columns: by the column's name.
        empty_is_no: an empty cell of a theme's column says no; else the theme is not judged.
    """

    def __init__(
        self,
        names: ThemeNames,
        columns: Mapping[str, ThemeColumn],
        *,
        empty_is_no: bool,
    ) -> None:
        self.theme_columns = tuple(columns)
        self.used_columns = frozenset(columns)
        self._names = names
        self._columns = columns
        self._name_of = {column: name for name, column in columns.items()}
        self._empty_is_no = empty_is_no

    def answers(self, row: TableRow, faults: CellFaults) -> ThemeAnswers:
        """See `Layout`."""
        verdicts = self._verdicts(row, faults)
        positions = self._positions_present(verdicts)
        scope = []
        themes = {}
        unsure = []
        for theme_id in self._names.active:
            verdict = self._theme_verdict(theme_id, verdicts, positions)
            named = positions.get(theme_id, ())
            if verdict is None:
                continue
            if named and verdict != "yes":
                column = self._name_of[ThemeColumn(theme_id)]
                problem = f"{verdict}, and yes to its position {named[0]!r}"
                faults.add(row, column, problem)
            scope.append(theme_id)
            if verdict == "yes":
                themes[theme_id] = named
            elif verdict == "?":
                unsure.append(theme_id)
        return ThemeAnswers(tuple(scope), themes, tuple(unsure), verdicts)

    def _verdicts(self, row: TableRow, faults: CellFaults) -> VerdictByColumn:
        """What each filled cell says."""
        verdicts = {}
        for name, column in self._columns.items():
            text = row.plain_text(name).casefold()
            if not text:
                continue
            verdict = VERDICTS.get(text)
            if verdict is None:
                problem = f"{quoted_cell(row.text(name))} is not yes, no, ? or empty"
                faults.add(row, name, problem)
            elif verdict == "?" and column.position:
                faults.add(
                    row,
                    name,
                    f"{quoted_cell(row.text(name))} goes with a theme; a position takes yes, "
                    "no or nothing",
                )
            else:
                verdicts[column] = verdict
        return verdicts

    def _positions_present(self, verdicts: VerdictByColumn) -> PositionsByTheme:
        present: PositionsByTheme = {}
        for column, verdict in verdicts.items():
            if column.position and verdict == "yes":
                before = present.get(column.theme_id, ())
                present[column.theme_id] = (*before, column.position)
        return present

    def _theme_verdict(
        self,
        theme_id: str,
        verdicts: VerdictByColumn,
        positions: PositionsByTheme,
    ) -> ThemeVerdict | None:
        """What the row says of a theme; None where it is not judged."""
        column = ThemeColumn(theme_id)
        if column in verdicts:
            return verdicts[column]
        if theme_id in positions:
            return "yes"  # a position is part of its theme
        if self._empty_is_no and column in self._name_of:
            return "no"
        return None


def theme_column(
    name: str, names: ThemeNames, reserved: frozenset[str]
) -> ThemeColumn | None:
    """What a column of this name asks about; None where it is not about a theme."""
    theme, _, position = (piece.strip() for piece in name.partition("="))
    theme_id = names.theme_id(theme)
    if theme_id is None or name in reserved:
        return None
    if position and position not in names.positions(theme_id):
        return None
    return ThemeColumn(theme_id, position)
