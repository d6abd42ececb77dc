"""The errors of reviewers, from the comments that two or more of them coded blind."""

import numpy as np
import pandas as pd

from coder.errors import CoderError, option
from coder.reporting.coded_matrix import Bools, CodedMatrix, Floats, next_command
from coder.reporting.inputs import Inputs
from coder.statistics.codings import Codings, codings, item_key
from coder.statistics.reviewer_error import (
    FEWEST_TWICE,
    ReviewerError,
    count_twice,
    reviewer_error,
)
from coder.text import count


def measure_reviewers(inputs: Inputs, matrix: CodedMatrix) -> ReviewerError:
    """The errors of the reviewers of these comments.

    Comments count that were drawn at random and coded blind by two reviewers at least; all that
    were coded so, where every comment was decided.

    Args:
        matrix: every analysed comment.

    Raises:
        CoderError: fewer than `FEWEST_TWICE` comments were coded twice.
    """
    judged = inputs.judgements[~inputs.judgements["adjudicated"].astype(bool)]
    ids = matrix.comments["comment_id"]
    own = judged[judged["comment_id"].isin(ids)]
    blind = own[own["mode"] == "blind"]
    answers = _answers(blind, inputs, matrix)[:, _can_count(matrix)]
    twice = count_twice(answers)
    if twice < FEWEST_TWICE:
        raise _too_few(inputs, twice)
    coded_twice = (~np.isnan(answers)).any(axis=2).sum(axis=0) > 1
    return reviewer_error(
        answers[:, coded_twice],
        matrix.value.mean(axis=0),
        _readings(own),
    )


def _can_count(matrix: CodedMatrix) -> Bools:
    """(n_comments,) which comments stand for all."""
    if matrix.fully_judged.all():
        return np.ones(len(matrix.comments), dtype=np.bool_)
    return np.asarray(matrix.is_drawn.any(axis=1), dtype=np.bool_)


def _answers(blind: pd.DataFrame, inputs: Inputs, matrix: CodedMatrix) -> Floats:
    """(n_reviewers, n_comments, n_rows) 1, 0, or NaN where not judged."""
    coded = codings(blind, inputs.codebook, matrix.comments["comment_id"].tolist())
    number = {item_key(item): place for place, item in enumerate(coded.items)}
    columns = []
    for row in matrix.rows:
        if row.key in number:
            columns.append(coded.answers[:, :, number[row.key]])
        else:
            columns.append(_never_named(coded, number[row.theme.id, ""]))
    return np.stack(columns, axis=2).astype(np.float64)


def _never_named(coded: Codings, theme: int) -> Floats:
    """(n_reviewers, n_comments) of a position that nobody named: 0 where its theme was judged."""
    answers = coded.answers[:, :, theme]
    return np.where(np.isnan(answers), np.nan, 0.0)


def _readings(judged: pd.DataFrame) -> Floats:
    """(n_reviewers, n_comments) 1 where a reviewer read a comment, of those that were read."""
    read = pd.crosstab(judged["reviewer"], judged["comment_id"]) > 0
    return read.to_numpy(dtype=np.float64)


def _too_few(inputs: Inputs, twice: int) -> CoderError:
    double = next_command(
        inputs.names,
        "review",
        option("reviewer", "ANOTHER"),
        option("double", "20%"),
        option("blind"),
    )
    return CoderError(
        f"{option('reviewer_error')}: {count(twice, 'comment')} drawn at random "
        f"{'was' if twice == 1 else 'were'} coded blind by two or more reviewers, and "
        f"{FEWEST_TWICE} are needed",
        f"Let another reviewer code some again: {double}",
    )
