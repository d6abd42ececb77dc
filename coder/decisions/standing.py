"""What stands: the answer that counts for each comment and theme after all decisions.

Everything that shows, counts or compares what comments carry takes it from here: the screen one
comment at a time (`standing_answer`), tables of judgements (`standing_judgements`), the labels
(`lay_over`) and arrays of comments by themes (`standing_matrix`, `roll_up`). No result depends
on the order of rows or files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from coder.codebook import Codebook
from coder.tables import JUDGEMENTS, empty

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

PAIR = ["project", "comment_id", "theme_id"]
Key = tuple[str, str]  # theme id, and position id (empty for the theme itself)


# ---------------------------------------------------------------- one comment and theme


class Answer(Protocol):
    """What one reviewer last answered: whether a comment carries a theme."""

    @property
    def present(self) -> bool:
        """Whether the theme was judged present."""

    @property
    def decided_at(self) -> str:
        """ISO 8601, UTC."""

    @property
    def reviewer(self) -> str:
        """Who decided."""


AnswerType = TypeVar("AnswerType", bound=Answer)


def standing_answer(
    answers: Sequence[AnswerType], adjudications: Sequence[AnswerType] = ()
) -> AnswerType | None:
    """The answer that stands for one comment and theme; None where nobody answered.

    The latest adjudication stands. Without one the majority stands, and among equals the side
    of the latest answer; of that side the latest answer is returned. Answers of the same time
    are taken in the order of the reviewers' names.

    Args:
        answers: the last answer of each reviewer. Unsure is no answer.
        adjudications: the last answer of each reviewer who settled a difference.
    """
    if adjudications:
        return max(adjudications, key=_turn)
    if len(answers) < 2:
        return next(iter(answers), None)
    latest_first = sorted(answers, key=_turn, reverse=True)
    present = sum(answer.present for answer in answers)
    side = latest_first[0].present
    if 2 * present != len(answers):
        side = 2 * present > len(answers)
    return next(answer for answer in latest_first if answer.present == side)


def _turn(answer: Answer) -> tuple[str, str]:
    return answer.decided_at, answer.reviewer


# ---------------------------------------------------------------- a table of judgements


class _Row(NamedTuple):
    """One row of a table of judgements, as an `Answer`."""

    place: int
    present: bool
    decided_at: str
    reviewer: str
    adjudicated: bool


class _RowReader:
    """Gives rows of a table of judgements by their places."""

    def __init__(self, judgements: "pd.DataFrame") -> None:
        names = ("present", "decided_at", "reviewer", "adjudicated")
        self._columns = [judgements[name].tolist() for name in names]

    def rows(self, places: Sequence[int]) -> list[_Row]:
        rows = []
        for place in places:
            cells = [column[place] for column in self._columns]
            rows.append(_Row(place, *cells))
        return rows


def standing_judgements(judgements: "pd.DataFrame") -> "pd.DataFrame":
    """One row a comment and theme: the judgement that stands (see `standing_answer`).

    Args:
        judgements: `tables.JUDGEMENTS`, of any number of reviewers and projects; further
            columns are kept.

    Returns:
        The rows that stand, in the order of the table, with `contested`: True where reviewers
        differ and nobody has settled it.
    """
    import numpy as np

    keep = np.ones(len(judgements), dtype=np.bool_)
    contested = np.zeros(len(judgements), dtype=np.bool_)
    # Most pairs are judged once: those stand as they are.
    several = np.flatnonzero(judgements.duplicated(PAIR, keep=False).to_numpy())
    keep[several] = False
    places, starts = _by_pair_and_time(judgements, several)
    alike = _judged_alike(judgements, places, starts)
    ends = np.append(starts[1:], len(places))
    keep[places[ends[alike] - 1]] = True  # all of one side: the latest stands
    differing = zip(starts[~alike].tolist(), ends[~alike].tolist(), strict=True)
    table = _RowReader(judgements)
    for start, end in differing:
        rows = table.rows(places[start:end].tolist())
        adjudications = [row for row in rows if row.adjudicated]
        answers = [row for row in rows if not row.adjudicated]
        standing = standing_answer(answers, adjudications)
        if standing is not None:
            keep[standing.place] = True
            contested[standing.place] = not adjudications
    return judgements.assign(contested=contested)[keep].reset_index(drop=True)


def _by_pair_and_time(
    judgements: "pd.DataFrame", places: "Integers"
) -> tuple["Integers", "Integers"]:
    """The places of rows, pair by pair and in each in order of time, and where each pair starts
    among them.
    """
    import numpy as np
    import pandas as pd

    part = judgements.iloc[places]
    pair = part.groupby(PAIR, sort=False).ngroup().to_numpy()
    time, _ = pd.factorize(part["decided_at"], sort=True)
    reviewer, _ = pd.factorize(part["reviewer"], sort=True)
    order = np.lexsort((reviewer, time, pair))
    starts = np.flatnonzero(np.diff(pair[order], prepend=-1))
    return places[order], starts


def _judged_alike(
    judgements: "pd.DataFrame", places: "Integers", starts: "Integers"
) -> "Bools":
    """(n_pairs,) True for pairs of which all say the same, and none or all of them to settle a
    difference.
    """
    import numpy as np

    alike = np.ones(len(starts), dtype=np.bool_)
    if not len(starts):
        return alike
    for name in ("present", "adjudicated"):
        values = judgements[name].to_numpy(dtype=bool)[places]
        some = np.logical_or.reduceat(values, starts)
        every = np.logical_and.reduceat(values, starts)
        alike &= some == every
    return alike


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
    steps = []
    for place in sorted(codebook.nodes, key=lambda place: -place.depth):
        child = column.get((place.theme.id, ""))
        parent = column.get((place.parent_id, ""))
        counts = place.theme.aggregate and not place.theme.retired
        if counts and child is not None and parent is not None:
            steps.append((child, parent))
    return steps


# ---------------------------------------------------------------- comments by themes


@dataclass(frozen=True)
class StandingMatrix:
    """Comments by themes and positions. Arrays are (n_comments, n_columns) unless noted.

    Attributes:
        keys: (n_columns,) theme and position of each column.
        carries: as judged, else as the model assigned.
        judged: a reviewer's judgement stands.
        audited: a reviewer judged it in a comment drawn at random.
        probability: the model's, in [0, 1]; NaN where there is none.
        order: rank of the time at which it was first judged, from 1; -1 where it was not.
        labelled: (n_comments,) the model scored the comment.
        reviewer: place in `reviewer_names` of whose judgement stands; 0, the empty name, for none.
    """

    keys: tuple[Key, ...]
    carries: "Bools"
    judged: "Bools"
    audited: "Bools"
    probability: "Floats"
    order: "Integers"
    labelled: "Bools"
    reviewer: "NDArray[np.int32]"
    reviewer_names: tuple[str, ...]

    def rolled_up(self, codebook: Codebook) -> "StandingMatrix":
        """The same with sub-themes counted for their parents.

        A parent that was not judged counts as judged where a sub-theme of it was judged
        present, from the time of that; its probability is at least that of each of its
        sub-themes.
        """
        import numpy as np

        carries = roll_up(self.carries, self.keys, codebook)
        judged, order = self.judged.copy(), self.order.copy()
        probability = self.probability.copy()
        for child, parent in roll_up_steps(self.keys, codebook):
            newly = judged[:, child] & carries[:, child] & ~judged[:, parent]
            order[newly, parent] = order[newly, child]
            judged[:, parent] |= newly
            probability[:, parent] = np.fmax(
                probability[:, parent], probability[:, child]
            )
        return replace(
            self, carries=carries, judged=judged, order=order, probability=probability
        )


def standing_matrix(
    comment_ids: Sequence[str],
    keys: Sequence[Key],
    labels: "pd.DataFrame | None",
    judgements: "pd.DataFrame | None",
) -> StandingMatrix:
    """The model's labels with the reviewers' judgements over them; sub-themes are not rolled up
    yet.

    Args:
        comment_ids: the rows.
        keys: the columns; labels and judgements of others are left out.
        labels: `tables.LABELS` of the model, under the ids of the codebook (see `labels_now`).
        judgements: `tables.JUDGEMENTS` of this project's comments, any number of reviewers.
    """
    import numpy as np

    shape = (len(comment_ids), len(keys))
    matrix = StandingMatrix(
        keys=tuple(keys),
        carries=np.zeros(shape, dtype=np.bool_),
        judged=np.zeros(shape, dtype=np.bool_),
        audited=np.zeros(shape, dtype=np.bool_),
        probability=np.full(shape, np.nan),
        order=np.full(shape, -1, dtype=np.int64),
        labelled=np.zeros(len(comment_ids), dtype=np.bool_),
        reviewer=np.zeros(shape, dtype=np.int32),
        reviewer_names=("",),
    )
    if labels is not None and len(labels):
        _put_labels(matrix, comment_ids, labels)
    if judgements is None or not len(judgements):
        return matrix
    names = ("", *sorted(set(judgements["reviewer"])))
    matrix = replace(matrix, reviewer_names=names)
    _put_judgements(matrix, comment_ids, judgements)
    return matrix


def _put_labels(
    matrix: StandingMatrix, comment_ids: Sequence[str], labels: "pd.DataFrame"
) -> None:
    row, column = label_places(labels, comment_ids, matrix.keys)
    known = (row >= 0) & (column >= 0)
    row, column = row[known], column[known]
    matrix.carries[row, column] = labels["assigned"].to_numpy(dtype=bool)[known]
    matrix.probability[row, column] = labels["probability"].to_numpy(dtype=float)[known]
    matrix.labelled[row] = True


def label_places(
    labels: "pd.DataFrame", comment_ids: Sequence[str], keys: Sequence[Key]
) -> tuple["Integers", "Integers"]:
    """Row and column of each label among comments and keys, (n_labels,) each; -1 for one that
    is not there.
    """
    import numpy as np
    import pandas as pd

    number = {key: place for place, key in enumerate(keys)}
    row = pd.Index(comment_ids).get_indexer(pd.Index(labels["comment_id"]))
    theme, theme_ids = pd.factorize(labels["theme_id"])
    position, position_ids = pd.factorize(labels["position_id"])
    column = np.full((len(theme_ids), len(position_ids)), -1, dtype=np.int64)
    for t, theme_id in enumerate(theme_ids):
        for p, position_id in enumerate(position_ids):
            column[t, p] = number.get((str(theme_id), str(position_id)), -1)
    return np.asarray(row, dtype=np.int64), column[theme, position]


def _put_judgements(
    matrix: StandingMatrix, comment_ids: Sequence[str], judgements: "pd.DataFrame"
) -> None:
    import pandas as pd

    standing = standing_judgements(_with_first_time(judgements))
    row = pd.Index(comment_ids).get_indexer(pd.Index(standing["comment_id"]))
    reviewer = pd.Index(matrix.reviewer_names).get_indexer(
        pd.Index(standing["reviewer"])
    )
    present = standing["present"].to_numpy(dtype=bool)
    positions = standing["positions"].to_numpy(dtype=object)
    drawn, turn = standing["drawn"].to_numpy(), standing["turn"].to_numpy()
    columns = _columns_by_theme(matrix.keys)
    for theme_id, places in standing.groupby("theme_id", sort=False).indices.items():
        at = places[row[places] >= 0]
        for column, position_id in columns.get(str(theme_id), ()):
            matrix.carries[row[at], column] = _carried(
                present[at], positions[at], position_id
            )
            matrix.judged[row[at], column] = True
            matrix.audited[row[at], column] = drawn[at]
            matrix.order[row[at], column] = turn[at]
            matrix.reviewer[row[at], column] = reviewer[at]


def _with_first_time(judgements: "pd.DataFrame") -> "pd.DataFrame":
    """Judgements with `turn`, the rank of the time of the first on the same comment and theme, and
    `drawn`.

    A comment is known from when it was first judged, whoever judged it again later; and it was
    drawn at random when it was for any of its judgements.
    """
    import numpy as np
    import pandas as pd

    pair = (
        judgements.groupby(["comment_id", "theme_id"], sort=False).ngroup().to_numpy()
    )
    time = pd.Series(pd.factorize(judgements["decided_at"], sort=True)[0])
    first = time.groupby(pair).transform("min").to_numpy()
    _, turn = np.unique(first, return_inverse=True)
    random = pd.Series((judgements["chosen"] == "random").to_numpy(dtype=bool))
    drawn = random.groupby(pair).transform("any").to_numpy(dtype=bool)
    return judgements.assign(turn=turn + 1, drawn=drawn)


def _columns_by_theme(keys: Sequence[Key]) -> Mapping[str, list[tuple[int, str]]]:
    """Theme id to (column, position id) of the theme and its positions."""
    columns: dict[str, list[tuple[int, str]]] = {}
    for number, (theme_id, position_id) in enumerate(keys):
        columns.setdefault(theme_id, []).append((number, position_id))
    return columns


def _carried(
    present: "Bools", positions: "NDArray[np.object_]", position_id: str
) -> "Bools":
    """Whether a theme that was judged is carried, or the position of it (n_judgements,)."""
    import numpy as np

    if not position_id:
        return present
    named = np.array([position_id in each for each in positions], dtype=np.bool_)
    return present & named


# ---------------------------------------------------------------- labels


def lay_over(
    labels: "pd.DataFrame", judgements: "pd.DataFrame", codebook: Codebook
) -> "pd.DataFrame":
    """Labels as they stand: the reviewers' judgements over the model's, sub-themes counted for
    their parents.

    Args:
        labels: `tables.LABELS` of the model, a row for every comment, theme and position.
        judgements: `tables.JUDGEMENTS` of this project's comments (see `own_judgements`), any
            number of reviewers.
        codebook: the one that both are read with.

    Returns:
        `tables.LABELS` in the same order: `assigned` as it stands, and `origin` the name of the
        reviewer whose judgement stands. `probability` stays the model's: what a judgement is
        compared with.
    """
    import numpy as np
    import pandas as pd

    comment_ids = list(pd.unique(labels["comment_id"]))
    keys = _keys_of(labels)
    matrix = standing_matrix(comment_ids, keys, labels, judgements)
    row, column = label_places(labels, comment_ids, keys)
    reviewer = matrix.reviewer[row, column]
    names = np.array(matrix.reviewer_names, dtype=object)
    origin = labels["origin"].where(reviewer == 0, names[reviewer])
    carries = roll_up(matrix.carries, keys, codebook)
    return labels.assign(
        assigned=carries[row, column],
        origin=origin.astype(labels["origin"].dtype),
    )


def _keys_of(labels: "pd.DataFrame") -> list[Key]:
    pairs = labels[["theme_id", "position_id"]].drop_duplicates()
    return [
        (str(theme), str(position)) for theme, position in pairs.itertuples(index=False)
    ]


def model_labels(labels: "pd.DataFrame", codebook: Codebook) -> "pd.DataFrame":
    """The model's own answer, read through the codebook, with sub-themes counted for their
    parents.
    """
    return lay_over(labels_now(labels, codebook), empty(JUDGEMENTS), codebook)


def labels_now(labels: "pd.DataFrame", codebook: Codebook) -> "pd.DataFrame":
    """Labels under the ids that the codebook has now: renamed themes under the new id, merged ones
    as one.

    Of merged themes any assigned one makes the whole assigned; the row kept is the likeliest of
    those.
    """
    current_id = codebook.current_ids
    before = labels["theme_id"]
    if all(
        current_id.get(theme_id, theme_id) == theme_id for theme_id in before.unique()
    ):
        return labels
    now = before.map(lambda theme_id: current_id.get(theme_id, theme_id))
    renamed = labels.assign(theme_id=now.astype(before.dtype))
    key = ["comment_id", "theme_id", "position_id"]
    if not renamed.duplicated(key).any():
        return renamed
    return _likeliest(renamed.assign(before=before), key)


def _likeliest(labels: "pd.DataFrame", key: list[str]) -> "pd.DataFrame":
    """One row a key: assigned before not assigned, then the likeliest, then by the id it had
    before.
    """
    ordered = labels.sort_values(
        ["assigned", "probability", "before"],
        ascending=[False, False, True],
        kind="stable",
    )
    kept = ordered.drop_duplicates(key).sort_index().drop(columns="before")
    highest = labels.groupby(key, sort=False)["probability"].max().rename("highest")
    probability = kept[key].merge(highest.reset_index(), on=key, how="left")["highest"]
    return kept.assign(probability=probability.to_numpy()).reset_index(drop=True)
