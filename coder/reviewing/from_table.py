"""Decisions from a table: read, check every cell, and turn into what the screen would have written.

Two layouts. Long: `comment_id, themes` (ids joined by `;`, `drugs=less` gives a position, empty
for none) with optional `scope`, `mode`, `decided_at`, `chosen`, `unsure`, `note`. Wide:
`comment_id` and a column a theme (`drugs`, and `drugs=less` for a position) with yes, no or ?
(unsure); an empty cell is not judged.

A column `done`, as in the review sheet that `coder export` writes: only rows with yes in it are
taken, and in those an empty cell of a theme says no. What stands already is not taken again.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from coder.codebook import Codebook
from coder.decisions import (
    Decision,
    DecisionLog,
    LatestAnswers,
    drop_undone,
    latest_answers,
    read_decisions,
)
from coder.errors import CoderError, did_you_mean
from coder.files import nearest_name
from coder.tables import EXCLUDED
from coder.text import normal_key, text_hash
from coder.workbook_cells import formulas_without_result

if TYPE_CHECKING:
    import pandas as pd

Mode = Literal["blind", "assisted"]
Chosen = Literal["random", "targeted", "listed"]
MODES = ("blind", "assisted")
CHOSEN = ("random", "targeted", "listed")
LONG = (
    "comment_id",
    "themes",
    "scope",
    "mode",
    "decided_at",
    "chosen",
    "unsure",
    "note",
)
YES = {"yes", "y", "1", "x", "true", "present"}
NO = {"no", "n", "0", "false", "absent"}
UNSURE = {"?", "unsure", "maybe"}
DONE = "done"
SHEET = (
    "source",
    "suggested",
    DONE,
    "reviewer",
)  # what a review sheet has beside `LONG` and the themes
SPREADSHEETS = (".xlsx", ".xlsm", ".ods")


class Cells(NamedTuple):
    """One row of the file: its line (a sheet's row), and its cells by column, white space
    trimmed.
    """

    line: int
    cells: dict[str, str]
    formulas: frozenset[str] = frozenset()  # columns whose formula has no result


class Read(NamedTuple):
    """A file's rows."""

    columns: tuple[str, ...]
    rows: list[Cells]
    letters: dict[str, str]  # a spreadsheet's column letters by name; empty for text


class Fault(NamedTuple):
    """A cell that cannot be taken; equal faults of a column are told once, with all their lines."""

    line: int
    column: str
    what: str


class Said(NamedTuple):
    """What one row says."""

    comment_id: str
    scope: tuple[str, ...]
    themes: dict[str, tuple[str, ...]]
    unsure: tuple[str, ...]
    mode: Mode
    chosen: Chosen
    note: str
    decided_at: str  # empty: now


class Taken(NamedTuple):
    """What came of a table."""

    added: int
    already: int  # rows whose decision by the same reviewer stands as it is
    excluded: int  # rows on comments that are not analysed
    with_theme: int  # rows that name one theme at least
    unused: tuple[str, ...]  # columns that say nothing here
    not_done: int  # rows left out because their `done` does not say yes
    begun: int  # of these, rows with something in a theme's cell
    notes: tuple[str, ...]  # what a reader should be told of the decision files


def take_table(
    path: Path,
    comments: "pd.DataFrame",
    codebook: Codebook,
    codebook_path: Path,
    reviewer: str,
    *,
    project: str,
    mode: Mode = "assisted",
    chosen: Chosen = "listed",
    now: datetime | None = None,
) -> Taken:
    """Take a table's rows as one reviewer's decisions; all rows, or none when a single cell is
    faulty.

    A row that repeats what the reviewer's last decision on that comment and scope says is
    counted and left out, so that the same file taken twice adds nothing.

    Args:
        comments: `tables.COMMENTS`; excluded comments may be decided too.
        mode: of rows that do not say; "assisted" is the claim that needs no proof.
        chosen: of rows that do not say how their comment came to be judged.

    Raises:
        CoderError: every faulty cell with line, column and what is allowed.
    """
    read = read_rows(path)
    now = now or datetime.now(UTC)
    table = _Checked(
        path, comments, codebook, mode, chosen, now, reviewer, read.letters
    )
    said = table.said(read.columns, read.rows)
    stored = read_decisions(codebook_path)
    mine = [
        d
        for d in drop_undone(stored.decisions)
        if d.reviewer == reviewer and d.project == project
    ]
    last = {(d.comment_id, frozenset(d.scope)): _content(d) for d in mine}
    dated = {(_content(d), d.decided_at) for d in mine}
    stamp = now.isoformat(timespec="milliseconds")
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    stands = (
        latest_answers(
            stored.decisions,
            codebook,
            texts,
            project=project,
            reviewer=reviewer,
            states=stored.states,
        )
        if table.sheet
        else {}
    )
    fingerprint = codebook.fingerprint
    new: list[Decision] = []
    for row in said:
        decision = Decision(
            project=project,
            comment_id=row.comment_id,
            text=texts[row.comment_id],
            text_hash=text_hash(texts[row.comment_id]),
            scope=row.scope,
            themes=row.themes,
            unsure=row.unsure,
            mode=row.mode,
            chosen=row.chosen,
            note=row.note,
            reviewer=reviewer,
            decided_at=row.decided_at or stamp,
            codebook_version=str(codebook.version),
            codebook_fingerprint=fingerprint,
        )
        content = _content(decision)
        known = (
            (content, row.decided_at) in dated
            if row.decided_at
            else last.get((row.comment_id, frozenset(row.scope))) == content
        )
        if not known and not _stands(decision, stands.get(row.comment_id)):
            new.append(decision)
    DecisionLog(codebook_path, reviewer, codebook).append(new)
    return Taken(
        added=len(new),
        already=len(said) - len(new),
        excluded=sum(row.comment_id in table.excluded for row in said),
        with_theme=sum(bool(row.themes) for row in said),
        unused=table.unused,
        not_done=table.not_done,
        begun=table.begun,
        notes=stored.notes,
    )


def _content(decision: Decision) -> tuple[object, ...]:
    """What makes two decisions of a reviewer say the same."""
    themes = tuple(
        sorted((theme, tuple(sorted(p))) for theme, p in decision.themes.items())
    )
    return (
        decision.comment_id,
        decision.text_hash,
        tuple(sorted(decision.scope)),
        themes,
        tuple(sorted(decision.unsure)),
        decision.mode,
        decision.chosen,
        decision.note,
    )


def _stands(decision: Decision, said: LatestAnswers | None) -> bool:
    """Whether the reviewer's decisions, perhaps several of them, say the same of every theme of
    the scope.
    """
    if said is None or decision.note != said.note:
        return False
    return all(
        theme in said.unsure
        if theme in decision.unsure
        else theme in said.themes
        and said.themes[theme]
        == (tuple(sorted(decision.themes[theme])) if theme in decision.themes else None)
        for theme in decision.scope
    )


# ---------------------------------------------------------------- the file


def read_rows(path: Path) -> Read:
    """Column names and rows of a CSV, TSV or XLSX file; every cell as text.

    Raises:
        CoderError: no such file, not a table, or a table without `comment_id`.
    """
    if not path.is_file():
        raise CoderError(
            f"{path}: there is no such file",
            f"{nearest_name(path)}Name a CSV or XLSX file with a column comment_id.",
        )
    spreadsheet = path.suffix.lower() in SPREADSHEETS
    grid = list(_sheet(path)) if spreadsheet else list(_csv(path))
    head = next(
        (n for n, row in enumerate(grid) if "comment_id" in _names(row.cells)), None
    )
    if head is None:
        first = [name for name in _names(grid[0].cells) if name] if grid else []
        raise CoderError(
            f"{path}: there is no column comment_id "
            f"({'columns: ' + ', '.join(first) if first else 'the file is empty'})",
            f"The table needs comment_id and themes; it may have {', '.join(LONG[2:])}.",
        )
    names = _names(grid[head].cells)
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise CoderError(
            f"{path}:{grid[head].line}: column(s) named twice: {', '.join(doubled)}",
            "Leave one of each.",
        )
    rows, ragged = [], []
    for line, values, formulas in grid[head + 1 :]:
        if not formulas and not any(value.strip() for value in values):
            continue
        if any(value.strip() for value in values[len(names) :]):
            ragged.append(line)
        padded = [*values, *[""] * (len(names) - len(values))]
        cells = {n: v.strip() for n, v in zip(names, padded, strict=False) if n}
        rows.append(
            Cells(line, cells, frozenset(names[n] for n in formulas if n < len(names)))
        )
    if ragged:
        raise CoderError(
            f"{path}: {_lines(ragged)}: more cells than the {len(names)} columns",
            "Put quotes around a cell that holds a comma; join several themes with ; in one cell.",
        )
    if not rows:
        raise CoderError(
            f"{path}: has a header and no rows", "Add a row for each comment decided."
        )
    letters = (
        {name: _letters(number) for number, name in enumerate(names) if name}
        if spreadsheet
        else {}
    )
    return Read(tuple(name for name in names if name), rows, letters)


def _letters(number: int) -> str:
    """`A` for the first column, `AA` for the 27th."""
    left, last = divmod(number, 26)
    return (_letters(left - 1) if left else "") + chr(ord("A") + last)


class _Row(NamedTuple):
    line: int
    cells: Sequence[str]
    formulas: frozenset[int] = (
        frozenset()
    )  # columns, from 0, whose formula has no result


def _names(cells: Sequence[str]) -> list[str]:
    return [_unquoted(cell.strip()) for cell in cells]


def _unquoted(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running a cell as a formula."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@" else cell


def _csv(path: Path) -> Iterator[_Row]:
    data = path.read_bytes()
    text = None
    for encoding in (
        ("utf-16",)
        if data[:2] in (b"\xff\xfe", b"\xfe\xff")
        else ("utf-8-sig", "cp1252")
    ):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\0" in text:
        raise CoderError(
            f"{path}: is not a text file", "Save the table as CSV (UTF-8) or XLSX."
        )
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
    )
    line = 1
    try:
        for cells in reader:
            yield _Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise CoderError(
            f"{path}:{line}: {error}",
            "Close the quotes that open in this row, then run the command again.",
        ) from error


def _delimiter(text: str) -> str:
    for line in text.splitlines()[:20]:
        found = [
            d
            for d in ",;\t"
            if "comment_id" in [c.strip().strip('"') for c in line.split(d)]
        ]
        if found:
            return max(found, key=line.count)
    return ","


def _sheet(path: Path) -> Iterator[_Row]:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [
            (name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        ]
    except (
        Exception
    ) as error:  # calamine has no one base class for what a file can have wrong
        raise CoderError(
            f"{path}: cannot be read as a spreadsheet ({error})", "Save it as CSV."
        ) from error
    for name, sheet in sheets:  # the first sheet with a column comment_id
        texts = [[_as_text(value) for value in row] for row in sheet]
        if any("comment_id" in _names(row) for row in texts[:20]):
            open_ = _formulas(path, name)
            yield from (
                _Row(n, row, frozenset(open_.get(n, ())))
                for n, row in enumerate(texts, start=1)
            )
            return
    first = sheets[0][1] if sheets else []
    yield from (_Row(n, [_as_text(v) for v in row]) for n, row in enumerate(first, 1))


def _formulas(path: Path, sheet: str) -> dict[int, list[int]]:
    """By row (from 1), the columns (from 0) whose formula has no result: their cells would be
    taken for empty.
    """
    from xml.etree.ElementTree import ParseError

    if path.suffix.lower() == ".ods":
        return {}
    found: dict[int, list[int]] = {}
    with suppress(ParseError):  # what the reader forgives is not looked into
        for row, column in formulas_without_result(path.read_bytes(), sheet):
            found.setdefault(row + 1, []).append(column)
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


# ---------------------------------------------------------------- the check


class _Checked:
    """The rows against the project and the codebook: what they say, or all their faults."""

    def __init__(
        self,
        path: Path,
        comments: "pd.DataFrame",
        codebook: Codebook,
        mode: Mode,
        chosen: Chosen,
        now: datetime,
        reviewer: str,
        letters: Mapping[str, str],
    ) -> None:
        self.path = path
        self.book = codebook
        self.active = codebook.theme_ids
        self.positions = {
            theme.id: [p.id for p in theme.positions] for theme in codebook.active
        }
        self.names = {theme.name.casefold(): theme.id for theme in codebook.active}
        self.current = codebook.current_ids
        self.texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
        self.excluded = set(comments.loc[comments["status"] == EXCLUDED, "comment_id"])
        self.mode, self.chosen, self.now = mode, chosen, now
        self.reviewer, self.letters = reviewer, letters
        self.sheet = False  # rows count when `done` says so
        self.not_done = self.begun = 0
        self.faults: list[Fault] = []
        self._strangers = 0
        self.unused: tuple[str, ...] = ()

    def said(self, columns: Sequence[str], rows: Sequence[Cells]) -> list[Said]:
        """What every row says. Raises `CoderError` with all faults."""
        wide = {name: pair for name in columns if (pair := self._wide_column(name))}
        if "themes" not in columns and not wide:
            raise CoderError(
                f"{self.path}: there is no column themes (columns: {', '.join(columns)})",
                "Add a column themes (theme ids joined by ;, empty for none), or a column for "
                "each theme id "
                "with yes or no.",
            )
        long_ = "themes" in columns
        self.sheet = DONE in columns and DONE not in wide
        used = (
            {*LONG, "text"}
            if long_
            else {*LONG, "text"} - {"themes", "scope", "unsure"} | set(wide)
        )
        used |= set(SHEET) if self.sheet else set()
        self.unused = tuple(name for name in columns if name not in used)
        seen: dict[str, list[tuple[int, frozenset[str]]]] = {}
        found = []
        asked = used - {"text", "source", "suggested"}
        for row in rows:
            if self._without_result(row, {DONE} if self.sheet else set()):
                continue
            if self.sheet and not self._done(
                row, ("themes",) if long_ else tuple(wide)
            ):
                continue
            if self._without_result(row, asked):
                continue
            said = self._row(row, wide if not long_ else {})
            if said is None:
                continue
            scope = frozenset(said.scope)
            for line, before in seen.setdefault(said.comment_id, []):
                if before & scope:
                    self._fault(
                        row.line,
                        "comment_id",
                        f"{said.comment_id!r} is decided in line {line} too",
                    )
                    break
            seen[said.comment_id].append((row.line, scope))
            if said.scope:
                found.append(said)
        if self.faults:
            raise CoderError(
                "\n".join(_told(self.path, self.faults, self.letters)),
                "Nothing was taken. Correct these cells and run the command again.",
            )
        return found

    def _wide_column(self, name: str) -> tuple[str, str] | None:
        theme, _, position = name.partition("=")
        theme_id = self._theme_id(theme.strip())
        if theme_id is None or name in LONG:
            return None
        return (
            (theme_id, position.strip())
            if position.strip() in ("", *self.positions[theme_id])
            else None
        )

    def _theme_id(self, given: str) -> str | None:
        """The id that is coded now, for an id (an earlier one too) or a theme's whole name."""
        now = self.current.get(given) or self.names.get(given.casefold())
        return now if now in self.positions else None

    def _fault(self, line: int, column: str, what: str) -> None:
        self.faults.append(Fault(line, column, what))

    def _without_result(self, row: Cells, columns: set[str]) -> bool:
        """Whether one of these cells holds a formula and no result; named as a fault."""
        found = [name for name in row.cells if name in columns & row.formulas]
        for name in found:
            self._fault(
                row.line,
                name,
                "holds a formula without a result: open the file in a spreadsheet program and "
                "save it, or type the "
                "value",
            )
        return bool(found)

    def _done(self, row: Cells, themes: Sequence[str]) -> bool:
        """Whether the reviewer says that the row is judged whole; other rows are counted."""
        given = row.cells.get(DONE, "").casefold()
        if given in YES:
            named = row.cells.get("reviewer", "")
            if named and named != self.reviewer:
                self._fault(
                    row.line,
                    "reviewer",
                    f"the row is {named!r}'s, and --reviewer says {self.reviewer!r}",
                )
            return True
        if given and given not in NO:
            self._fault(row.line, DONE, f"{row.cells[DONE]!r} is not yes, no or empty")
        self.not_done += 1
        self.begun += any(row.cells.get(name) for name in themes)
        return False

    def _row(self, row: Cells, wide: Mapping[str, tuple[str, str]]) -> Said | None:
        cells = row.cells
        before = len(self.faults)
        comment_id = self._comment(row)
        if wide:
            scope, themes, unsure = self._wide(row, wide)
        else:
            scope, themes, unsure = self._long(row)
        mode = self._choice(row, "mode", MODES, self.mode)
        chosen = self._choice(row, "chosen", CHOSEN, self.chosen)
        decided_at = self._moment(row)
        if len(self.faults) > before:
            return None
        return Said(
            comment_id,
            scope,
            themes,
            unsure,
            cast("Mode", mode),
            cast("Chosen", chosen),
            cells.get("note", ""),
            decided_at,
        )

    def _comment(self, row: Cells) -> str:
        given = row.cells.get("comment_id", "")
        comment_id = given if given in self.texts else _unquoted(given)
        if comment_id not in self.texts:
            self._strangers += 1  # each nearest id costs a look at all of them
            offered = (
                did_you_mean(given, self.texts)
                if given and self._strangers <= 5
                else ""
            )
            near = offered.split("?")[0] + "?" if "Did you mean" in offered else ""
            what = (
                f"{given!r} is no comment of this project. {near}".strip()
                if given
                else "is empty"
            )
            self._fault(row.line, "comment_id", what)
        elif (text := row.cells.get("text", "")) and not _same_text(
            text, self.texts[comment_id]
        ):
            self._fault(
                row.line,
                "text",
                f"differs from the text of {comment_id!r} in the project: is it the same file?",
            )
        return comment_id

    def _long(
        self, row: Cells
    ) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]], tuple[str, ...]]:
        themes = self._ids(row, "themes", with_positions=True)
        unsure = tuple(self._ids(row, "unsure"))
        scope = (
            tuple(self._ids(row, "scope")) if row.cells.get("scope") else self.active
        )
        for theme_id in (*themes, *unsure):
            if theme_id not in scope:
                self._fault(
                    row.line,
                    "scope",
                    f"{theme_id!r} is named in this row and not in its scope",
                )
        for theme_id in unsure:
            if theme_id in themes:
                self._fault(
                    row.line,
                    "unsure",
                    f"{theme_id!r} cannot be both present and unsure",
                )
        return scope, themes, unsure

    def _ids(
        self, row: Cells, column: str, *, with_positions: bool = False
    ) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for part in _unquoted(row.cells.get(column, "")).split(";"):
            given, equals, position = (piece.strip() for piece in part.partition("="))
            if not given and not equals:
                continue
            theme_id = self._theme_id(given)
            if theme_id is None:
                self._fault(row.line, column, self._no_theme(given))
            elif equals and not with_positions:
                self._fault(
                    row.line,
                    column,
                    f"{part.strip()!r}: only theme ids here, no position",
                )
            elif equals and position not in self.positions[theme_id]:
                allowed = did_you_mean(position, self.positions[theme_id])
                self._fault(
                    row.line,
                    column,
                    f"{position!r} is no position of {theme_id!r}. {allowed}",
                )
            else:
                known = found.get(theme_id, ())
                found[theme_id] = (
                    known if not equals or position in known else (*known, position)
                )
        return found

    def _no_theme(self, given: str) -> str:
        if given in self.current:
            return f"{given!r} is retired and no longer coded"
        if "," in given and all(
            self._theme_id(part.strip()) for part in given.split(",")
        ):
            return f"{given!r}: join themes with ; and not with a comma"
        return (
            f"{given!r} is no theme of the codebook. {did_you_mean(given, self.active)}"
        )

    def _wide(
        self, row: Cells, wide: Mapping[str, tuple[str, str]]
    ) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]], tuple[str, ...]]:
        verdicts: dict[tuple[str, str], str] = {}
        for column, pair in wide.items():
            value = _unquoted(row.cells.get(column, "")).casefold()
            if value in UNSURE and pair[1]:
                self._fault(
                    row.line,
                    column,
                    f"{row.cells[column]!r} goes with a theme; a position takes yes, no or nothing",
                )
            elif value in YES | NO | UNSURE:
                verdicts[pair] = "yes" if value in YES else "no" if value in NO else "?"
            elif value:
                self._fault(
                    row.line,
                    column,
                    f"{row.cells[column]!r} is not yes, no, ? or empty",
                )
        named = {
            theme: [
                p for (t, p), v in verdicts.items() if t == theme and p and v == "yes"
            ]
            for theme, _ in wide.values()
        }
        scope, themes, unsure = [], {}, []
        columns = {pair: column for column, pair in wide.items()}
        for theme_id in self.active:
            verdict = verdicts.get((theme_id, ""))
            if verdict in ("no", "?") and named.get(theme_id):
                column = columns[theme_id, ""]
                self._fault(
                    row.line,
                    column,
                    f"{verdict}, and yes to its position {named[theme_id][0]!r}",
                )
            if verdict is None and named.get(theme_id):
                verdict = "yes"  # a position says that the theme is there
            if verdict is None and self.sheet and (theme_id, "") in columns:
                verdict = "no"  # a row that is done is judged whole
            if verdict is None:
                continue
            scope.append(theme_id)
            if verdict == "yes":
                themes[theme_id] = tuple(named.get(theme_id, ()))
            elif verdict == "?":
                unsure.append(theme_id)
        return tuple(scope), themes, tuple(unsure)

    def _choice(
        self, row: Cells, column: str, allowed: tuple[str, ...], default: str
    ) -> str:
        given = row.cells.get(column, "")
        if given and given.casefold() not in allowed:
            self._fault(
                row.line,
                column,
                f"{given!r} is not allowed. {did_you_mean(given, allowed)}",
            )
        return given.casefold() or default

    def _moment(self, row: Cells) -> str:
        given = row.cells.get("decided_at", "")
        if not given:
            return ""
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            self._fault(
                row.line,
                "decided_at",
                f"{given!r} is no time such as 2026-03-31 or 2026-03-31T14:05:00+01:00",
            )
            return ""
        moment = (
            moment.replace(tzinfo=UTC)
            if moment.tzinfo is None
            else moment.astimezone(UTC)
        )
        if moment > self.now + timedelta(days=1):
            self._fault(row.line, "decided_at", f"{given!r} lies in the future")
        return moment.isoformat(timespec="milliseconds")


def _same_text(given: str, text: str) -> bool:
    """Whether a sheet's cell holds the comment, or the part of it that a cell can hold."""
    ours, theirs = normal_key(text), normal_key(given)
    return ours == theirs or (len(theirs) > 10_000 and ours.startswith(theirs[:10_000]))


def _told(path: Path, faults: Iterable[Fault], letters: Mapping[str, str]) -> list[str]:
    """A line for each different fault, with all the lines that it stands in; a spreadsheet's
    cells by name.
    """
    lines: dict[tuple[str, str], list[int]] = {}
    for fault in faults:
        lines.setdefault((fault.column, fault.what), []).append(fault.line)
    told = []
    for (column, what), at in lines.items():
        if letter := letters.get(column):
            cells = ", ".join(f"{letter}{line}" for line in sorted(set(at)))
            told.append(f"{path}: {cells}, column {column}: {what}")
        else:
            told.append(f"{path}: {_lines(at)}, column {column}: {what}")
    return told


def _lines(numbers: Sequence[int]) -> str:
    """`line 3`, or `lines 3, 5-9, 12`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    told = [str(a) if a == b else f"{a}-{b}" for a, b in runs]
    return f"line{'s' if len(runs) > 1 or runs[0][0] != runs[0][1] else ''} {', '.join(told)}"
