"""Each coder's answers, as arrays of comments by themes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from coder.codebook import Codebook
from coder.decisions import roll_up

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Measures = dict[str, Floats]


class Codings(NamedTuple):
    """Each coder's answers for each comment and item.

    Attributes:
        reviewers: names, sorted.
        comment_ids: in order.
        items: theme ids, then `theme=position` for each position that somebody named.
        answers: (n_reviewers, n_comments, n_items): 1 present, 0 absent, NaN not judged.
        when: (n_reviewers, n_comments) time of the last decision, empty for none.
    """

    reviewers: tuple[str, ...]
    comment_ids: tuple[str, ...]
    items: tuple[str, ...]
    answers: "Floats"
    when: "NDArray[np.str_]"

    @property
    def n_themes(self) -> int:
        """How many of the items are themes; they come first."""
        return sum("=" not in item for item in self.items)

    def only(self, reviewers: Sequence[str]) -> "Codings":
        """The same comments and items, of these reviewers only."""
        rows = [self.reviewers.index(name) for name in reviewers]
        return self._replace(
            reviewers=tuple(reviewers),
            answers=self.answers[rows],
            when=self.when[rows],
        )


def codings(
    judgements: "pd.DataFrame",
    codebook: Codebook,
    comment_ids: Sequence[str] | None = None,
    *,
    whole_themes: bool = False,
) -> Codings:
    """Judgements as arrays.

    Args:
        judgements: rows with reviewer, comment_id, theme_id, present, positions and decided_at,
            such as `tables.JUDGEMENTS`.
        codebook: gives the items and their order. What a sub-theme carries its parent carries
            too, unless the sub-theme is `aggregate: false`.
        comment_ids: the comments wanted, in order; None is all that were judged, sorted.
        whole_themes: with each position that somebody named stand the theme's others.
    """
    import numpy as np

    ids = tuple(
        sorted(set(judgements["comment_id"])) if comment_ids is None else comment_ids
    )
    row_of = {name: n for n, name in enumerate(ids)}
    table = judgements[judgements["comment_id"].isin(row_of)]
    reviewers = tuple(sorted(set(table["reviewer"])))
    reviewer_of = {name: n for n, name in enumerate(reviewers)}
    positions = named_positions(table, codebook, whole_themes=whole_themes)
    items = (*codebook.theme_ids, *positions)
    item_of = {name: n for n, name in enumerate(items)}
    answers = np.full((len(reviewers), len(ids), len(items)), np.nan, dtype=np.float32)
    when = np.zeros((len(reviewers), len(ids)), dtype="U40")
    columns = [
        "reviewer",
        "comment_id",
        "theme_id",
        "present",
        "positions",
        "decided_at",
    ]
    for reviewer, comment, theme_id, present, positions, at in table[
        columns
    ].itertuples(index=False, name=None):
        r, c, t = reviewer_of[reviewer], row_of[comment], item_of.get(theme_id)
        if t is None:
            continue
        answers[r, c, t] = float(present)
        when[r, c] = max(str(when[r, c]), str(at))
        for position in codebook.theme(theme_id).positions:
            p = item_of.get(f"{theme_id}={position.id}")
            if p is not None:
                answers[r, c, p] = float(present and position.id in positions)
    return Codings(reviewers, ids, items, with_parents(answers, items, codebook), when)


def named_positions(
    judgements: "pd.DataFrame", codebook: Codebook, *, whole_themes: bool = False
) -> list[str]:
    """`theme=position` for each position that some judgement names, in the codebook's order; with
    `whole_themes` for each position of a theme with one that is named.
    """
    named: set[str] = set()
    themes: set[str] = set()
    columns = judgements[["theme_id", "positions"]]
    for theme_id, positions in columns.itertuples(index=False, name=None):
        named.update(f"{theme_id}={position}" for position in positions)
        if positions:
            themes.add(theme_id)
    items = []
    for theme in codebook.active:
        every = [f"{theme.id}={position.id}" for position in theme.positions]
        if whole_themes and theme.id in themes:
            items += every
        else:
            items += [item for item in every if item in named]
    return items


def with_parents(
    answers: "Floats", items: Sequence[str], codebook: Codebook
) -> "Floats":
    """The same, with what a sub-theme carries carried by the parents that it counts for.

    Args:
        answers: (..., n_items).
    """
    import numpy as np

    carried = roll_up(answers > 0, [item_key(item) for item in items], codebook)
    return np.asarray(np.where(carried, 1, answers), dtype=answers.dtype)


def item_key(item: str) -> tuple[str, str]:
    """Theme id and position id of `theme` or `theme=position`."""
    theme_id, _, position_id = item.partition("=")
    return theme_id, position_id


def label_arrays(
    labels: "pd.DataFrame", comment_ids: Sequence[str], items: Sequence[str], value: str
) -> "Floats":
    """A column of the labels table (`assigned`, `probability`) as (n_comments, n_items), NaN
    where no row.
    """
    import numpy as np

    row_of = {name: n for n, name in enumerate(comment_ids)}
    column = {name: n for n, name in enumerate(items)}
    values = np.full((len(comment_ids), len(items)), np.nan)
    rows = labels["comment_id"].map(row_of)
    names = labels["theme_id"].where(
        labels["position_id"] == "", labels["theme_id"] + "=" + labels["position_id"]
    )
    places = names.map(column)
    there = (rows.notna() & places.notna()).to_numpy()
    cells = (rows[there].astype(int), places[there].astype(int))
    values[cells] = labels.loc[there, value].astype(float)
    return values
