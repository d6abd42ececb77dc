"""The reader of decision tables: what each row says, or every fault with its place.

A table is a CSV file, a workbook such as the review sheet of `coder export`, or a DataFrame,
with a column `comment_id` and one of two layouts. Long: `themes` (ids joined by `;`,
`drugs=less` for a position, empty for none) and optionally `scope`, the themes that were judged
(empty for all), and `unsure`. Wide: a column for each theme (`drugs`, and `drugs=less` for a
position) with yes, no or ? (unsure); a theme with an empty cell is not judged. Either may have
`mode`, `chosen`, `decided_at` and `note`. Texts in a column `text` must be those of the project.

In a table with a column `done` only rows with yes in it count, and there an empty cell of a
theme says no. A table with a column `in_dispute` settles what reviewers disagree on; there an
empty cell leaves the theme in dispute. Decisions to keep and codes to score against are read the
same way.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, cast

from coder.codebook import Codebook
from coder.decisions.table_cells import CellFaults, TableCells, TableRow, read_cells
from coder.decisions.table_columns import ThemeColumns, check_columns
from coder.decisions.table_grid import ID_COLUMN, short_name, without_apostrophe
from coder.decisions.table_layouts import (
    NO,
    YES,
    Layout,
    LongLayout,
    ThemeAnswers,
    ThemeColumn,
    ThemeNames,
    ThemeVerdict,
    WideLayout,
    theme_column,
)
from coder.errors import CoderError, did_you_mean
from coder.text import count, normal_key, quoted_cell

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

Mode = Literal["blind", "assisted"]
Chosen = Literal["random", "targeted", "listed"]
MODES = ("blind", "assisted")
CHOSEN = ("random", "targeted", "listed")
# Columns of either layout that are not about a single theme.
ROW_COLUMNS = frozenset({ID_COLUMN, "mode", "decided_at", "chosen", "note"})
RESERVED = ROW_COLUMNS | LongLayout.used_columns
DONE = "done"
IN_DISPUTE, REVIEWERS_ANSWERS = "in_dispute", "reviewers_answers"
SHEET_COLUMNS = frozenset({"source", "suggested", DONE, "reviewer"})
# By which a review sheet is known, also where it was saved as CSV.
OF_A_SHEET = frozenset({DONE, "mode", "chosen", "reviewer"})
DISPUTE_COLUMNS = frozenset({"source", IN_DISPUTE, REVIEWERS_ANSWERS, "reviewer"})
KNOWN_COLUMNS = RESERVED | SHEET_COLUMNS | DISPUTE_COLUMNS | {"text"}
# A formula in these is no matter.
SHOWN_COLUMNS = frozenset({"text", "source", "suggested", REVIEWERS_ANSWERS})
# Unknown ids for which the nearest is sought: each costs a look at all of them.
MOST_OFFERS = 5
MOST_UNKNOWN = 8  # ids of no comment that are named
# Characters compared of a text that a spreadsheet's cell has cut off.
CELL_START = 10_000
CODES_COLUMNS = (
    ID_COLUMN,
    "theme_id",
    "present",
    "positions",
    "reviewer",
    "decided_at",
)


@dataclass(frozen=True)
class RowAnswers:
    """What one row says of a comment.

    Attributes:
        scope: ids of the themes judged, one at least.
        themes: ids of those present with the positions named.
        unsure: ids of those left open.
        mode: empty where the row does not tell.
        chosen: how the comment was chosen; empty where the row does not tell.
        decided_at: ISO 8601 in UTC; empty where the row does not tell.
        cells: yes, no or ? by theme and position, of the cells that say so; in the wide layout.
        others: the text and the cells of columns that say nothing of themes, by column; where they
            were asked for.
    """

    comment_id: str
    scope: tuple[str, ...]
    themes: dict[str, tuple[str, ...]]
    unsure: tuple[str, ...]
    mode: Mode | Literal[""]
    chosen: Chosen | Literal[""]
    note: str
    decided_at: str
    cells: Mapping[ThemeColumn, ThemeVerdict] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DecisionTable:
    """What a table says.

    Attributes:
        rows: those that judge a theme.
        counts_done_rows: the table has a column `done`, and only its rows with yes count.
        settles: the table has a column `in_dispute`: its rows settle what reviewers differ on.
        not_done: rows that do not count.
        begun: of these, rows with an entry for a theme.
        unused: columns that say nothing here.
    """

    rows: tuple[RowAnswers, ...]
    counts_done_rows: bool
    settles: bool
    not_done: int
    begun: int
    unused: tuple[str, ...]


def read_decision_table(
    source: "pd.DataFrame | Path",
    codebook: Codebook,
    *,
    texts: Mapping[str, str] | None = None,
    ids: Mapping[str, str] | None = None,
    reviewer: str = "",
    now: datetime | None = None,
    pass_over_retired: bool = False,
    own_texts: bool = False,
) -> DecisionTable:
    """Read a table of decisions and check every cell.

    Args:
        texts: the project's comments by id; None takes any id and any text.
        ids: other names of comments, such as respondents, to their ids.
        reviewer: whose decisions they are; a row of somebody else's is a fault. Empty for
            anybody's.
        now: nothing may have been decided later than a day after; None for the present time.
        pass_over_retired: retired themes are passed over; else they are faults.
        own_texts: a row with a text may be about a comment that is not in the project; rows come
            with the text and all cells that say nothing of themes.

    Raises:
        CoderError: it is not a table, or cells are faulty: every one with its place and what
            is allowed.
    """
    cells = read_cells(source)
    names = ThemeNames(codebook, pass_over_retired=pass_over_retired)
    layout, by_done = _layout(cells, names)
    faults = CellFaults(cells)
    now = now or datetime.now(UTC)
    checks = _RowChecks(texts, ids or {}, reviewer, now, faults, own_texts=own_texts)
    return _TableReader(cells, layout, by_done, checks, faults).read()


def read_coding_table(
    source: "pd.DataFrame | Path", codebook: Codebook
) -> "pd.DataFrame":
    """Codes to score labels against, from a table of decisions.

    Themes that the table leaves open (`unsure`) count as not judged. Retired themes are passed
    over. Comments are not looked up in a project.

    Returns:
        A row for each comment and theme judged: comment_id, theme_id, present, positions,
        reviewer (the file's name, or `DataFrame`), decided_at (empty).

    Raises:
        CoderError: as `read_decision_table`.
    """
    import pandas as pd

    name = short_name(source)
    table = read_decision_table(source, codebook, pass_over_retired=True)
    theme_ids = codebook.theme_ids
    codes = []
    for row in table.rows:
        judged = set(row.scope) - set(row.unsure)
        for theme_id in theme_ids:
            if theme_id not in judged:
                continue
            positions = tuple(sorted(row.themes.get(theme_id, ())))
            present = theme_id in row.themes
            codes.append((row.comment_id, theme_id, present, positions, name, ""))
    return pd.DataFrame(codes, columns=list(CODES_COLUMNS))


def _layout(cells: TableCells, names: ThemeNames) -> tuple[Layout, bool]:
    """The layout of the table, and whether its column `done` tells which rows count."""
    columns = {}
    for name in cells.columns:
        column = theme_column(name, names, RESERVED)
        if column is not None:
            columns[name] = column
    by_done = DONE in cells.columns and DONE not in columns
    if "themes" in cells.columns:
        return LongLayout(names), by_done
    strange = [name for name in cells.columns if name not in KNOWN_COLUMNS]
    asked = _asked_for(cells, names)
    check_columns(cells.name, ThemeColumns(names, columns, strange, asked))
    if columns:
        return WideLayout(names, columns, empty_is_no=by_done), by_done
    raise CoderError(
        f"{cells.name}: there is no column themes (columns: {', '.join(cells.columns)})",
        "Add a column themes (theme ids joined by ;, empty for none), or a column for each "
        "theme id with yes or no.",
    )


def _asked_for(cells: TableCells, names: ThemeNames) -> Sequence[str]:
    """What the columns of a table must ask for: all that a review sheet had, and anything in
    people's own tables.
    """
    if not OF_A_SHEET.issubset(cells.columns):
        return ()
    return cells.asked or names.active


def _settles(cells: TableCells, layout: Layout) -> bool:
    """Whether the table settles what reviewers differ on."""
    has_column = IN_DISPUTE in cells.columns and IN_DISPUTE not in layout.theme_columns
    return has_column and "themes" not in cells.columns


class _TableReader:
    """Reads the rows of one table."""

    def __init__(
        self,
        cells: TableCells,
        layout: Layout,
        by_done: bool,
        checks: "_RowChecks",
        faults: CellFaults,
    ) -> None:
        self._cells = cells
        self._layout = layout
        self._by_done = by_done
        self._checks = checks
        self._faults = faults
        self._scopes: dict[str, list[tuple[int, Set[str]]]] = {}
        used = ROW_COLUMNS | layout.used_columns | {"text"}
        if by_done:
            used |= SHEET_COLUMNS
        self._settles = _settles(cells, layout)
        if self._settles:
            used |= DISPUTE_COLUMNS
        self._used = used
        self._not_done = self._begun = 0

    def read(self) -> DecisionTable:
        """Every row's answers. Raises `CoderError` with all faults."""
        rows = []
        for row in self._cells.rows:
            answers = self._read_row(row)
            if answers is not None:
                rows.append(answers)
            if self._faults.are_many:
                break
        self._checks.finish()
        self._faults.raise_any()
        return DecisionTable(
            tuple(rows),
            self._by_done,
            self._settles,
            self._not_done,
            self._begun,
            tuple(name for name in self._cells.columns if name not in self._used),
        )

    def _read_row(self, row: TableRow) -> RowAnswers | None:
        """What the row says; None where it does not count, judges nothing or is faulty."""
        if row.is_too_long:
            self._faults.add(
                row,
                "",
                f"more cells than the {len(self._cells.columns)} columns; put quotation marks "
                "around a cell that holds a comma, and join several themes with ;",
            )
            return None
        if self._by_done and not self._counts(row):
            return None
        if self._has_open_formula(row, self._used - SHOWN_COLUMNS):
            return None
        before = self._faults.count
        comment_id = self._checks.comment_id(row)
        answers = self._layout.answers(row, self._faults)
        mode = self._checks.choice(row, "mode", MODES)
        chosen = self._checks.choice(row, "chosen", CHOSEN)
        decided_at = self._checks.moment(row)
        if comment_id:
            about = {column.theme_id for column in answers.cells}
            self._check_decided_once(row, comment_id, about.union(answers.scope))
        if self._faults.count > before or not self._judges(row, answers):
            return None
        return RowAnswers(
            comment_id,
            answers.scope,
            answers.themes,
            answers.unsure,
            cast("Mode", mode),
            cast("Chosen", chosen),
            row.text("note"),
            decided_at,
            answers.cells,
            self._other_cells(row),
        )

    def _other_cells(self, row: TableRow) -> dict[str, str]:
        """The text, and the cells that say nothing of themes, where they were asked for."""
        if not self._checks.own_texts:
            return {}
        names = [name for name in self._cells.columns if name not in self._used]
        return {name: row.text(name) for name in ("text", *names)}

    def _judges(self, row: TableRow, answers: ThemeAnswers) -> bool:
        """Whether the row says something; where it settles a dispute, its reviewer is checked."""
        if not self._settles:
            return bool(answers.scope)
        if answers.cells:
            self._checks.check_reviewer(row)
        return bool(answers.cells)

    def _counts(self, row: TableRow) -> bool:
        """Whether the column `done` says that the row is judged whole; other rows are
        counted.
        """
        if self._has_open_formula(row, frozenset({DONE})):
            return False
        answer = row.text(DONE)
        if answer.casefold() in YES:
            self._checks.check_reviewer(row)
            return True
        if answer and answer.casefold() not in NO:
            self._faults.add(
                row, DONE, f"{quoted_cell(answer)} is not yes, no or empty"
            )
        self._not_done += 1
        self._begun += any(row.text(name) for name in self._layout.theme_columns)
        return False

    def _has_open_formula(self, row: TableRow, columns: frozenset[str]) -> bool:
        """Whether one of these cells holds a formula without a result, which is a fault."""
        names = [name for name in row.cells if name in row.open_formulas & columns]
        for name in names:
            self._faults.add(
                row,
                name,
                "holds a formula without a result: open the file in a spreadsheet program and "
                "save it, or type the value",
            )
        return bool(names)

    def _check_decided_once(
        self, row: TableRow, comment_id: str, scope: Set[str]
    ) -> None:
        """A comment may have several rows, but none about the same theme."""
        earlier = self._scopes.setdefault(comment_id, [])
        for number, other_scope in earlier:
            if other_scope & scope:
                place = self._faults.row_place(number)
                problem = f"{comment_id!r} is decided in {place} too"
                self._faults.add(row, ID_COLUMN, problem)
                break
        earlier.append((row.number, scope))


class _RowChecks:
    """Checks the cells of a row that are not about themes."""

    def __init__(
        self,
        texts: Mapping[str, str] | None,
        ids: Mapping[str, str],
        reviewer: str,
        now: datetime,
        faults: CellFaults,
        *,
        own_texts: bool,
    ) -> None:
        self.own_texts = own_texts
        self._texts = texts
        self._ids = ids
        self._reviewer = reviewer
        self._now = now
        self._faults = faults
        self._unknown_ids: list[TableRow] = []

    def comment_id(self, row: TableRow) -> str:
        """The id of the row's comment; empty where it is faulty."""
        written = row.text(ID_COLUMN)
        comment_id = without_apostrophe(written)
        if not written:
            self._faults.add(row, ID_COLUMN, "is empty")
            return ""
        if self._texts is None:
            return comment_id
        if written in self._texts:
            comment_id = written
        elif comment_id not in self._texts:
            comment_id = self._ids.get(comment_id, comment_id)
        text = row.text("text")
        if comment_id not in self._texts:
            if self.own_texts and text:
                return comment_id
            self._add_unknown_id(row, written)
            return ""
        if text and not _is_same_text(text, self._texts[comment_id]):
            self._faults.add(
                row,
                "text",
                f"differs from the text of {comment_id!r} in the project: is it the same file?",
            )
        return comment_id

    def _add_unknown_id(self, row: TableRow, written: str) -> None:
        self._unknown_ids.append(row)
        if len(self._unknown_ids) <= MOST_UNKNOWN:
            offer = self._nearest_id(written)
            problem = (
                f"{quoted_cell(written)} is no comment of this project. {offer}".strip()
            )
            self._faults.add(row, ID_COLUMN, problem)

    def finish(self) -> None:
        """Note what all rows together have: ids of no comment, but for the first few."""
        more = self._unknown_ids[MOST_UNKNOWN:]
        ids = count(len(more), "more id", "more ids")
        problem = f"{ids} of no comment of this project"
        for row in more:
            self._faults.add(row, ID_COLUMN, problem)

    def _nearest_id(self, written: str) -> str:
        """`Did you mean 'ID'?`, or nothing."""
        if len(self._unknown_ids) > MOST_OFFERS:
            return ""
        offer, mark, _ = did_you_mean(written, self._texts or ()).partition("?")
        if offer.startswith("Did you mean"):
            return offer + mark
        return ""

    def check_reviewer(self, row: TableRow) -> None:
        """Note a fault where the row belongs to somebody else."""
        name = row.text("reviewer")
        if name and self._reviewer and name != self._reviewer:
            self._faults.add(
                row,
                "reviewer",
                f"the row belongs to {quoted_cell(name)}, and the reviewer here is "
                f"{self._reviewer!r}",
            )

    def choice(self, row: TableRow, column: str, allowed: tuple[str, ...]) -> str:
        """The value of a cell that takes one of a few; empty where it is empty or faulty."""
        value = row.text(column)
        if not value or value.casefold() in allowed:
            return value.casefold()
        offer = did_you_mean(value, allowed)
        self._faults.add(row, column, f"{quoted_cell(value)} is not allowed. {offer}")
        return ""

    def moment(self, row: TableRow) -> str:
        """When the row was decided, in UTC; empty where that is empty or faulty."""
        value = row.text("decided_at")
        if not value:
            return ""
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            # Overflow: the first and last days of all may have no day in UTC.
            example = "2026-03-31 or 2026-03-31T14:05:00+01:00"
            problem = f"{quoted_cell(value)} is no time such as {example}"
            self._faults.add(row, "decided_at", problem)
            return ""
        if moment > self._now + timedelta(days=1):
            self._faults.add(row, "decided_at", f"{value!r} lies in the future")
        return moment.isoformat(timespec="milliseconds")


def _is_same_text(cell: str, text: str) -> bool:
    """Whether a cell holds the comment, or the part of it that a spreadsheet's cell can
    hold.
    """
    in_cell, in_project = normal_key(cell), normal_key(text)
    if in_cell == in_project:
        return True
    is_cut_off = len(in_cell) > CELL_START
    return is_cut_off and in_project.startswith(in_cell[:CELL_START])
