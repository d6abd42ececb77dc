"""What stands: the answer that counts for each comment and theme after all decisions.

Everything that shows, counts or compares what comments carry takes it from here: the screen one
comment at a time (`standing_answer`), tables of judgements (`standing_judgements`), the labels
(`lay_over`) and arrays of comments by themes (`standing_matrix`, `roll_up`). No result depends
on the order of rows or files.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from coder.codebook import Codebook, ThemeNode
from coder.decisions.answers import with_times

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

PAIR = ["project", "comment_id", "theme_id"]
DIVIDED = 0.5  # the value of what as many reviewers affirm as deny
LATEST = "~"  # sorts after every time
Key = tuple[str, str]  # theme id, and position id (empty for the theme itself)


# ---------------------------------------------------------------- one comment and theme


class Answer(Protocol):
    """What one reviewer last answered: whether a comment carries a theme, and which positions."""

    @property
    def present(self) -> bool:
        """Whether the theme was judged present."""

    @property
    def positions(self) -> tuple[str, ...]:
        """Ids of the positions named; none where the theme is absent."""

    @property
    def reviewer(self) -> str:
        """Who decided."""


class Standing(NamedTuple):
    """What stands for one comment and theme.

    Attributes:
        value: 1 where the theme is present, 0 where it is absent, 0.5 where reviewers are
            divided and nobody has settled it.
        positions: ids of the positions that stand.
        open_positions: ids of those on which reviewers are divided.
        reviewer: one whose answer it is; of several the first by name.
    """

    value: float
    positions: tuple[str, ...]
    open_positions: tuple[str, ...]
    reviewer: str

    @property
    def present(self) -> bool:
        """Whether the theme is present for certain."""
        return self.value > DIVIDED

    @property
    def is_unresolved(self) -> bool:
        """Whether reviewers are divided on the theme or one of its positions."""
        return self.value == DIVIDED or bool(self.open_positions)


NOBODY = Standing(0.0, (), (), "")


def standing_answer(
    answers: Sequence[Answer], adjudications: Sequence[Answer] = ()
) -> Standing | None:
    """What stands for one comment and theme; None where nobody answered.

    Adjudications stand before other answers. Among those that count the majority stands, for
    the theme and for each position; where as many say yes as no, it is unresolved. The order of
    the answers and their times do not matter.

    Args:
        answers: the last answer of each reviewer. Unsure is no answer.
        adjudications: the last answer of each reviewer who settled a difference.
    """
    voters = adjudications or answers
    if not voters:
        return None
    value = _majority(sum(answer.present for answer in voters), len(voters))
    named: Counter[str] = Counter()
    for answer in voters:
        if answer.present:
            named.update(set(answer.positions))
    standing, divided = [], []
    for position_id, times in sorted(named.items()):
        vote = _majority(times, len(voters))
        if vote == DIVIDED:
            divided.append(position_id)
        elif vote > DIVIDED:
            standing.append(position_id)
    side = value >= DIVIDED
    own_side = [answer.reviewer for answer in voters if answer.present == side]
    return Standing(value, tuple(standing), tuple(divided), min(own_side))


def _majority(votes: int, voters: int) -> float:
    """1 where more than half of the voters say yes, 0 where fewer do, 0.5 at half."""
    if 2 * votes == voters:
        return DIVIDED
    return float(2 * votes > voters)


# ---------------------------------------------------------------- a table of judgements


class _Row(NamedTuple):
    """One row of a table of judgements, as an `Answer`."""

    present: bool
    positions: tuple[str, ...]
    reviewer: str
    adjudicated: bool


def standing_judgements(judgements: "pd.DataFrame") -> "pd.DataFrame":
    """One row a comment and theme: what stands (see `standing_answer`).

    Args:
        judgements: `tables.JUDGEMENTS`, of any number of reviewers and projects; further
            columns are kept.

    Returns:
        A row for each pair, in the order in which the pairs first occur, with the columns of a
        judgement that stands and further `value` (0, 0.5 or 1), `open_positions` (a tuple) and
        `contested`: True where reviewers differ and nobody has settled it. `first_at` and
        `drawn_at` are the earliest of all judgements of the pair.
    """
    import numpy as np
    import pandas as pd

    judgements = with_times(judgements).reset_index(drop=True)
    no_positions: list[Any] = [()] * len(judgements)
    table = judgements.assign(
        value=judgements["present"].astype(float),
        open_positions=no_positions,
        contested=False,
    )
    several = judgements.duplicated(PAIR, keep=False).to_numpy()
    if not several.any():
        return table
    places = np.flatnonzero(several)
    keep = ~several
    standing = _standing_of_pairs(judgements.iloc[places], places)
    keep[list(standing)] = True
    for name in ("present", "positions", "value", "open_positions", "contested"):
        cells = table[name].tolist()
        for place, row in standing.items():
            cells[place] = row[name]
        table[name] = pd.Series(cells, dtype=table[name].dtype)
    for name in ("first_at", "drawn_at"):
        table[name] = _earliest(judgements, name)
    return table[keep].reset_index(drop=True)


def _standing_of_pairs(
    judgements: "pd.DataFrame", places: "Integers"
) -> dict[int, dict[str, Any]]:
    """Of pairs judged several times, the place of the row that is kept, and its cells.

    Args:
        places: (n_judgements,) of the rows in the whole table.
    """
    names = ["present", "positions", "reviewer", "adjudicated"]
    columns = [judgements[name].tolist() for name in names]
    rows = [_Row(*cells) for cells in zip(*columns, strict=True)]
    groups = judgements.groupby(PAIR, sort=False).indices
    standing_rows = {}
    for numbers in groups.values():
        own_rows = [rows[number] for number in numbers]
        kept, cells = _stand(own_rows)
        standing_rows[int(places[numbers[kept]])] = cells
    return standing_rows


def _stand(rows: Sequence[_Row]) -> tuple[int, dict[str, Any]]:
    """Which of a pair's rows stands for the others, and what it says then."""
    adjudications = [row for row in rows if row.adjudicated]
    answers = [row for row in rows if not row.adjudicated]
    standing = standing_answer(answers, adjudications) or NOBODY
    sides = {(row.present, frozenset(row.positions)) for row in answers}
    differ = len(sides) > 1 and not adjudications
    cells = {
        "present": standing.present,
        "positions": standing.positions,
        "value": standing.value,
        "open_positions": standing.open_positions,
        "contested": standing.is_unresolved or differ,
    }
    return _place_of(standing, rows, adjudicated=bool(adjudications)), cells


def _place_of(standing: Standing, rows: Sequence[_Row], *, adjudicated: bool) -> int:
    """Which row stands for the others: that of the reviewer named."""
    for place, row in enumerate(rows):
        if row.reviewer == standing.reviewer and row.adjudicated == adjudicated:
            return place
    return 0


def _earliest(judgements: "pd.DataFrame", name: str) -> list[str]:
    """(n_judgements,) the earliest time of the pair in a column of times; empty where none."""
    columns = [judgements[column].tolist() for column in PAIR]
    pairs = list(zip(*columns, strict=True))
    earliest: dict[tuple[Any, ...], str] = {}
    for pair, time in zip(pairs, judgements[name].tolist(), strict=True):
        if time and time < earliest.get(pair, LATEST):
            earliest[pair] = time
    return [earliest.get(pair, "") for pair in pairs]


# ---------------------------------------------------------------- sub-themes counted for their
# parents


def roll_up(carries: "Bools", keys: Sequence[Key], codebook: Codebook) -> "Bools":
    """What a sub-theme carries its parent carries too, unless the sub-theme is `aggregate: false`.

    Args:
        carries: (..., n_columns).
        keys: (n_columns,) theme and position of each column.
    """
    rolled = carries.copy()
    for child, parent in roll_up_steps(keys, codebook):
        rolled[..., parent] |= rolled[..., child]
    return rolled


def roll_up_steps(keys: Sequence[Key], codebook: Codebook) -> list[tuple[int, int]]:
    """(column of a sub-theme, column of its parent), the deepest first; retired themes are left
    out.
    """
    column = {key: number for number, key in enumerate(keys)}
    place_of = {place.theme.id: place for place in codebook.nodes}
    steps = []
    for place in sorted(codebook.nodes, key=lambda place: -place.depth):
        child = column.get((place.theme.id, ""))
        parent = _column_above(place, place_of, column)
        counts = place.theme.aggregate and not place.theme.retired
        if counts and child is not None and parent is not None:
            steps.append((child, parent))
    return steps


def _column_above(
    place: ThemeNode,
    place_of: Mapping[str, ThemeNode],
    column: Mapping[Key, int],
) -> int | None:
    """The column of a theme's parent; labels have none for categories, so the next above it."""
    above = place_of.get(place.parent_id)
    while above is not None:
        number = column.get((above.theme.id, ""))
        if number is not None or not above.theme.category:
            return number
        if not above.theme.aggregate:
            return None
        above = place_of.get(above.parent_id)
    return None


def category_columns(
    keys: Sequence[Key], codebook: Codebook
) -> list[tuple[int, list[int]]]:
    """(column of a category, columns of the sub-themes that it counts), the deepest first."""
    categories = {node.theme.id for node in codebook.nodes if node.theme.category}
    members: dict[int, list[int]] = {}
    for child, parent in roll_up_steps(keys, codebook):
        if keys[parent][0] in categories:
            members.setdefault(parent, []).append(child)
    return list(members.items())


# ---------------------------------------------------------------- comments by themes


@dataclass(frozen=True)
class StandingMatrix:
    """Comments by themes and positions. Arrays are (n_comments, n_columns) unless noted.

    Attributes:
        keys: (n_columns,) theme and position of each column.
        value: as judged: 1, 0, or 0.5 where reviewers are divided; else 1 or 0 as the model
            assigned.
        judged: reviewers' judgements stand.
        unsure: somebody answered "cannot tell", and nobody answered otherwise.
        probability: the model's, in [0, 1]; NaN where there is none.
        known_at: when it was first judged, in seconds since 1970; NaN where it was not.
        random_at: when it was first judged after a random draw that no file records; NaN where
            it was not.
        labelled: (n_comments,) the model scored the comment.
        assigned: as the model assigned.
        reviewer: place in `reviewer_names` of whose judgement stands; 0, the empty name, for none.
    """

    keys: tuple[Key, ...]
    value: "Floats"
    judged: "Bools"
    unsure: "Bools"
    probability: "Floats"
    known_at: "Floats"
    random_at: "Floats"
    labelled: "Bools"
    assigned: "Bools"
    reviewer: "NDArray[np.int32]"
    reviewer_names: tuple[str, ...]

    @property
    def carries(self) -> "Bools":
        """What a comment carries for certain."""
        import numpy as np

        return np.asarray(self.value > DIVIDED, dtype=np.bool_)

    def rolled_up(self, codebook: Codebook) -> "StandingMatrix":
        """The same with sub-themes counted for their parents.

        What people decided of a theme is never changed by a guess about another. A parent is
        present where a sub-theme was judged present, from the time of that, whoever judged the
        parent absent. Where a parent was judged absent, sub-themes that nobody judged are
        absent too. Of what nobody judged, a parent carries what its sub-themes carry, and is
        at least as likely.
        """
        steps = roll_up_steps(self.keys, codebook)
        if not steps:
            return self
        rolled = replace(
            self,
            value=self.value.copy(),
            assigned=roll_up(self.assigned, self.keys, codebook),
            judged=self.judged.copy(),
            unsure=self.unsure.copy(),
            probability=self.probability.copy(),
            known_at=self.known_at.copy(),
            random_at=self.random_at.copy(),
            reviewer=self.reviewer.copy(),
        )
        for child, parent in steps:
            rolled._raise_parent(child, parent)
        for category, members in category_columns(self.keys, codebook):
            rolled._judge_category(category, members)
        for child, parent in reversed(steps):
            rolled._lower_child(child, parent)
        for child, parent in steps:
            rolled._raise_guess(child, parent)
        return rolled

    def _raise_parent(self, child: int, parent: int) -> None:
        """A sub-theme judged present makes its parent present."""
        import numpy as np

        present = self.judged[:, child] & (self.value[:, child] == 1)
        newly = present & ~self.judged[:, parent]
        self._judge(newly, parent, child)
        both = self.judged[:, child] & self.judged[:, parent]
        higher = np.maximum(self.value[:, parent], self.value[:, child])
        self.value[:, parent] = np.where(both, higher, self.value[:, parent])
        self._know_from(present & both, parent, child)

    def _judge_category(self, category: int, members: list[int]) -> None:
        """A category is judged where all of its sub-themes are; it carries what they carry."""
        import numpy as np

        newly = self.judged[:, members].all(axis=1) & ~self.judged[:, category]
        rows = newly.nonzero()[0]
        columns = np.array(members)
        cells = np.ix_(rows, columns)
        known_last = (rows, columns[self.known_at[cells].argmax(axis=1)])
        self.judged[rows, category] = True
        self.value[rows, category] = self.value[cells].max(axis=1)
        for array in (self.known_at, self.random_at, self.reviewer):
            array[rows, category] = array[known_last]

    def _lower_child(self, child: int, parent: int) -> None:
        """A parent judged absent makes its sub-themes absent, with their positions."""
        absent = self.judged[:, parent] & (self.value[:, parent] == 0)
        theme_id = self.keys[child][0]
        for column, key in enumerate(self.keys):
            if key[0] == theme_id:
                self._know_from(absent & self.judged[:, column], column, parent)
                self._judge(absent & ~self.judged[:, column], column, parent)

    def _judge(self, rows: "Bools", column: int, like: int) -> None:
        """In these comments a column counts as judged, as another one is."""
        self.judged[rows, column] = True
        self.unsure[rows, column] = False
        self.value[rows, column] = self.value[rows, like]
        self.known_at[rows, column] = self.known_at[rows, like]
        self.random_at[rows, column] = self.random_at[rows, like]
        self.reviewer[rows, column] = self.reviewer[rows, like]

    def _know_from(self, rows: "Bools", column: int, other: int) -> None:
        """In these comments a column was known no later than another one, which decides it.

        Else it would seem to be first known from a random draw in the comments drawn, and from
        the other one in the rest.
        """
        import numpy as np

        for times in (self.known_at, self.random_at):
            times[rows, column] = np.fmin(times[rows, column], times[rows, other])

    def _raise_guess(self, child: int, parent: int) -> None:
        """What nobody judged: a parent is at least as likely as its sub-theme."""
        import numpy as np

        open_parent = ~self.judged[:, parent]
        higher = np.maximum(self.value[:, parent], self.value[:, child])
        self.value[open_parent, parent] = higher[open_parent]
        # Also where the parent was judged: estimates compare what was found in comments that
        # were read with what was expected of them, and expect as much of the others.
        self.probability[:, parent] = np.fmax(
            self.probability[:, parent],
            self.probability[:, child],
        )
        # A guess is not above what people decided of the parent.
        guess = ~self.judged[:, child] & self.judged[:, parent]
        lower = np.minimum(self.value[:, child], self.value[:, parent])
        self.value[guess, child] = lower[guess]


def standing_matrix(
    comment_ids: "Sequence[str] | pd.Index[str]",
    keys: Sequence[Key],
    labels: "pd.DataFrame | Iterable[pd.DataFrame] | None",
    judgements: "pd.DataFrame | JudgedComments | None",
    unsure: "pd.DataFrame | None" = None,
) -> StandingMatrix:
    """The model's labels with the reviewers' judgements over them; sub-themes are not rolled up
    yet.

    Args:
        comment_ids: the rows.
        keys: the columns; labels and judgements of others are left out.
        labels: `tables.LABELS` of the model, under the ids of the codebook (see `labels_now`),
            whole or in blocks of any size.
        judgements: `tables.JUDGEMENTS` of this project's comments, any number of reviewers.
        unsure: the same of the answers "cannot tell".
    """
    import pandas as pd

    matrix = _open_matrix(len(comment_ids), keys)
    ids = pd.Index(comment_ids)
    row = 0
    for block in blocks_of(labels):
        row = _put_labels(matrix, ids, block, row)
    if judgements is not None and len(judgements):
        judged = judgements
        if not isinstance(judged, JudgedComments):
            judged = JudgedComments.of(judged)
        matrix = _open_for_judgements(matrix, judged.reviewer_names)
        _put_judgements(matrix, ids, judged)
    if unsure is not None and len(unsure):
        _put_unsure(matrix, ids, unsure)
    return matrix


def _open_matrix(n_comments: int, keys: Sequence[Key]) -> StandingMatrix:
    """Comments of which nothing is known. Columns are contiguous: most work goes by column.

    What only judgements fill is one value for all until there are some.
    """
    import numpy as np

    shape = (n_comments, len(keys))
    never = np.broadcast_to(np.float64("nan"), shape)
    return StandingMatrix(
        keys=tuple(keys),
        value=np.zeros(shape, order="F"),
        judged=np.zeros(shape, dtype=np.bool_, order="F"),
        unsure=np.zeros(shape, dtype=np.bool_, order="F"),
        probability=np.full(shape, np.nan, order="F"),
        known_at=never,
        random_at=never,
        labelled=np.zeros(n_comments, dtype=np.bool_),
        assigned=np.zeros(shape, dtype=np.bool_, order="F"),
        reviewer=np.zeros(shape, dtype=np.int32, order="F"),
        reviewer_names=("",),
    )


def _open_for_judgements(
    matrix: StandingMatrix, reviewer_names: tuple[str, ...]
) -> StandingMatrix:
    """The same with times that can be filled in."""
    return replace(
        matrix,
        known_at=matrix.known_at.copy(order="F"),
        random_at=matrix.random_at.copy(order="F"),
        reviewer_names=reviewer_names,
    )


def blocks_of(
    labels: "pd.DataFrame | Iterable[pd.DataFrame] | None",
) -> "Iterable[pd.DataFrame]":
    """Labels that may be one table as blocks; none where there are no labels."""
    import pandas as pd

    if labels is None:
        return ()
    if isinstance(labels, pd.DataFrame):
        return (labels,)
    return labels


def _put_labels(
    matrix: StandingMatrix,
    comment_ids: "pd.Index[str]",
    labels: "pd.DataFrame",
    start: int,
) -> int:
    """Put a block of labels in its place.

    Args:
        start: the row of the first comment, where labels are in the order of the comments.

    Returns:
        The row after the last comment, in that order.
    """
    row, column = _label_places(labels, comment_ids, matrix.keys, start)
    known = (row >= 0) & (column >= 0)
    assigned = labels["assigned"].to_numpy(dtype=bool)
    probability = labels["probability"].to_numpy(dtype=float)
    if not known.all():
        row, column = row[known], column[known]
        assigned, probability = assigned[known], probability[known]
    matrix.value[row, column] = assigned
    matrix.assigned[row, column] = assigned
    matrix.probability[row, column] = probability
    matrix.labelled[row] = True
    return int(row.max(initial=start - 1)) + 1


def label_places(
    labels: "pd.DataFrame", comment_ids: Sequence[str], keys: Sequence[Key]
) -> tuple["Integers", "Integers"]:
    """Row and column of each label among comments and keys, (n_labels,) each; -1 for one that
    is not there.
    """
    import pandas as pd

    return _label_places(labels, pd.Index(comment_ids), keys, 0)


def _label_places(
    labels: "pd.DataFrame",
    comment_ids: "pd.Index[str]",
    keys: Sequence[Key],
    start: int,
) -> tuple["Integers", "Integers"]:
    import numpy as np
    import pandas as pd

    comment, distinct_ids = pd.factorize(labels["comment_id"])
    row = rows_of(pd.Index(distinct_ids), comment_ids, start)
    pair, label_keys = number_keys(labels)
    number = {key: place for place, key in enumerate(keys)}
    column = np.array([number.get(key, -1) for key in label_keys], dtype=np.int64)
    return row[comment], column[pair]


def rows_of(
    wanted: "pd.Index[str]", comment_ids: "pd.Index[str]", start: int
) -> "Integers":
    """(n_wanted,) the place of each id among all; -1 for one that is not there.

    Args:
        start: where the wanted ids are likely to begin, one after the other: then none of them
            has to be looked up.
    """
    import numpy as np

    end = start + len(wanted)
    if wanted.equals(comment_ids[start:end]):
        return np.arange(start, end)
    return np.asarray(comment_ids.get_indexer(wanted), dtype=np.int64)


def number_keys(labels: "pd.DataFrame") -> tuple["Integers", list[Key]]:
    """The theme and position of each label as a number, (n_labels,), and what each number stands
    for; numbered in the order in which they occur.
    """
    import pandas as pd

    theme, theme_ids = pd.factorize(labels["theme_id"])
    position, position_ids = pd.factorize(labels["position_id"])
    pair, pairs = pd.factorize(theme * max(len(position_ids), 1) + position)
    keys = []
    for number in pairs.tolist():
        place, position_place = divmod(number, len(position_ids))
        keys.append((str(theme_ids[place]), str(position_ids[position_place])))
    return pair, keys


@dataclass(frozen=True)
class JudgedComments:
    """What stands by judgement, to be looked up for any comments.

    Attributes:
        table: `standing_judgements`, the rows of a comment one after the other.
        comment_ids: the comments judged.
        starts: (n_judged + 1,) where the rows of each begin, and the end of the last.
        known_at, random_at: (n_rows,) see `StandingMatrix`.
        reviewer: (n_rows,) places in `reviewer_names`.
        reviewer_names: the first is empty.
    """

    table: "pd.DataFrame"
    comment_ids: "pd.Index[str]"
    starts: "Integers"
    known_at: "Floats"
    random_at: "Floats"
    reviewer: "Integers"
    reviewer_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def of(cls, judgements: "pd.DataFrame") -> "JudgedComments":
        """Prepare `tables.JUDGEMENTS` of one project, any number of reviewers."""
        import numpy as np
        import pandas as pd

        standing = standing_judgements(judgements)
        comment, comment_ids = pd.factorize(standing["comment_id"])
        by_comment = np.argsort(comment, kind="stable")
        table = standing.take(by_comment).reset_index(drop=True)
        sizes = np.bincount(comment, minlength=len(comment_ids))
        names = ("", *sorted(set(judgements["reviewer"])))
        return cls(
            table=table,
            comment_ids=pd.Index(comment_ids),
            starts=np.concatenate([[0], np.cumsum(sizes)]),
            known_at=seconds_of(table["first_at"].tolist()),
            random_at=seconds_of(table["drawn_at"].tolist()),
            reviewer=pd.Index(names).get_indexer(pd.Index(table["reviewer"])),
            reviewer_names=names,
        )

    def rows_of(self, comment_ids: "pd.Index[str]") -> tuple["Integers", "Integers"]:
        """Of each judgement on these comments: the place of the comment, and the row of the
        table.
        """
        import numpy as np

        judged = self.comment_ids.get_indexer(comment_ids)
        places = np.flatnonzero(judged >= 0)
        first = self.starts[judged[places]]
        sizes = self.starts[judged[places] + 1] - first
        place = np.repeat(places, sizes)
        before = np.cumsum(sizes) - sizes
        row = np.arange(len(place)) + np.repeat(first - before, sizes)
        return place, row


def _put_judgements(
    matrix: StandingMatrix, comment_ids: "pd.Index[str]", judged: JudgedComments
) -> None:
    import numpy as np
    import pandas as pd

    place, row = judged.rows_of(comment_ids)
    standing = judged.table.take(row)
    value = standing["value"].to_numpy(dtype=float)
    columns = _columns_by_theme(matrix.keys)
    theme, theme_ids = pd.factorize(standing["theme_id"])
    for number, theme_id in enumerate(theme_ids):
        own = np.flatnonzero(theme == number)
        at, of = place[own], row[own]
        for column, position_id in columns.get(str(theme_id), ()):
            matrix.value[at, column] = value[own]
            if position_id:
                matrix.value[at, column] = _position_values(
                    standing.take(own), position_id
                )
            matrix.judged[at, column] = True
            matrix.known_at[at, column] = judged.known_at[of]
            matrix.random_at[at, column] = judged.random_at[of]
            matrix.reviewer[at, column] = judged.reviewer[of]


def seconds_of(times: Sequence[str]) -> "Floats":
    """(n,) times in ISO 8601 as seconds since 1970; NaN for an empty one."""
    import numpy as np

    second = {time: _second_of(time) for time in set(times)}
    return np.array([second[time] for time in times], dtype=np.float64)


def _second_of(time: str) -> float:
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return float("nan")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _position_values(standing: "pd.DataFrame", position_id: str) -> "Floats":
    """(n_judgements,) 1 where a position stands, 0.5 where reviewers are divided on it, else 0."""
    import numpy as np

    values = np.zeros(len(standing))
    cells = zip(standing["positions"], standing["open_positions"], strict=True)
    for number, (positions, open_positions) in enumerate(cells):
        if position_id in positions:
            values[number] = 1.0
        elif position_id in open_positions:
            values[number] = DIVIDED
    return values


def _put_unsure(
    matrix: StandingMatrix, comment_ids: "pd.Index[str]", unsure: "pd.DataFrame"
) -> None:
    import pandas as pd

    row = comment_ids.get_indexer(pd.Index(unsure["comment_id"]))
    columns = _columns_by_theme(matrix.keys)
    for theme_id, places in unsure.groupby("theme_id", sort=False).indices.items():
        at = row[places][row[places] >= 0]
        for column, _ in columns.get(str(theme_id), ()):
            matrix.unsure[at, column] = ~matrix.judged[at, column]


def _columns_by_theme(keys: Sequence[Key]) -> Mapping[str, list[tuple[int, str]]]:
    """Theme id to (column, position id) of the theme and its positions."""
    columns: dict[str, list[tuple[int, str]]] = {}
    for number, (theme_id, position_id) in enumerate(keys):
        columns.setdefault(theme_id, []).append((number, position_id))
    return columns
