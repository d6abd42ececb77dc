"""Labels as they stand: the reviewers' judgements over the model's answers."""

from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.decisions.standing import (
    JudgedComments,
    number_keys,
    roll_up_steps,
    standing_matrix,
)
from coder.tables import JUDGEMENTS, empty

if TYPE_CHECKING:
    import pandas as pd


class StandingDecisions:
    """The judgements on a project's comments, prepared to be laid over labels block by block.

    Args:
        judgements: `tables.JUDGEMENTS` of the project's comments (see `own_judgements`), any
            number of reviewers.
        codebook: the one that they and the labels are read with.
    """

    def __init__(self, judgements: "pd.DataFrame", codebook: Codebook) -> None:
        self._judged = JudgedComments.of(judgements)
        self._codebook = codebook

    def over(self, labels: "pd.DataFrame") -> "pd.DataFrame":
        """Labels as they stand, sub-themes counted for their parents.

        Args:
            labels: `tables.LABELS` of the model: of some comments a row for every theme and
                position.

        Returns:
            `tables.LABELS` in the same order: `assigned` as it stands (False where reviewers
            are divided), and `origin` the name of the reviewer whose judgement stands.
            `probability` stays the model's: what a judgement is compared with.
        """
        import numpy as np
        import pandas as pd

        row, distinct_ids = pd.factorize(labels["comment_id"])
        comment_ids = pd.Index(distinct_ids)
        column, keys = number_keys(labels)
        place, _ = self._judged.rows_of(comment_ids)
        if not len(place) and not roll_up_steps(keys, self._codebook):
            return labels
        matrix = standing_matrix(comment_ids, keys, labels, self._judged)
        matrix = matrix.rolled_up(self._codebook)
        stands = labels.assign(assigned=matrix.carries[row, column])
        if not len(place):
            return stands
        reviewer = matrix.reviewer[row, column]
        names = np.array(matrix.reviewer_names, dtype=object)
        origin = labels["origin"].where(reviewer == 0, names[reviewer])
        return stands.assign(origin=origin.astype(labels["origin"].dtype))


def lay_over(
    labels: "pd.DataFrame", judgements: "pd.DataFrame", codebook: Codebook
) -> "pd.DataFrame":
    """Labels as they stand (see `StandingDecisions.over`)."""
    return StandingDecisions(judgements, codebook).over(labels)


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
