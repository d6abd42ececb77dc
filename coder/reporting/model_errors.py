"""Whether the program errs more often about one group of respondents: what a report says of it."""

import numpy as np
import pandas as pd

from coder.decisions import DIVIDED
from coder.reporting.coded_matrix import Bools, CodedMatrix
from coder.reporting.groups import group_by, ordered_groups
from coder.reporting.inputs import Inputs
from coder.reporting.options import Options
from coder.statistics.model_error import (
    MISSED,
    MORE,
    SMALLEST_CELL,
    CheckedThemes,
    error_rates,
)
from coder.text import count


def errors_record(
    inputs: Inputs, matrix: CodedMatrix, column: str, options: Options
) -> tuple[str, ...]:
    """What the technical record of a breakdown says of the program's errors; nothing where no
    comment drawn at random was reviewed blind.

    Args:
        matrix: the comments of the breakdown.
        column: of the comments, or a derived variable.
    """
    if not inputs.has_labels:
        return ()
    checked = check_themes(inputs, matrix)
    if not checked.comments:
        return ()
    settings = inputs.settings
    grouping = group_by(matrix.comments, column, settings.derived, settings.missing)
    table = error_rates(
        checked,
        column,
        grouping.values,
        ordered_groups(grouping.values),
        minimum_cell=max(options.minimum_cell, SMALLEST_CELL),
    )
    base = (
        f"The program's errors by {column}, in {count(checked.comments, 'comment')} drawn at "
        "random and reviewed blind:"
    )
    return (f"{base} {' '.join(describe_findings(table))}",)


def check_themes(
    inputs: Inputs, matrix: CodedMatrix, *, positions: bool = False
) -> CheckedThemes:
    """What reviewers found and what the model assigned, in comments drawn at random and reviewed
    blind.

    Args:
        positions: each position stands among the themes, after its own.
    """
    themes = []
    for number, row in enumerate(matrix.rows):
        if positions or row.position is None:
            themes.append(number)
    rows = [matrix.rows[number] for number in themes]
    counts = matrix.is_drawn & (matrix.value != DIVIDED)
    counts &= _all_blind(inputs, matrix)[:, None]
    has_label = matrix.labelled[:, None] & matrix.scored
    assigned = np.where(has_label, matrix.assigned, np.nan)[:, themes]
    return CheckedThemes(
        theme_ids=[row.theme.id for row in rows],
        names=[row.short for row in rows],
        truth=np.where(counts, matrix.value, np.nan)[:, themes],
        assigned=assigned,
    )


def _all_blind(inputs: Inputs, matrix: CodedMatrix) -> Bools:
    """(n_comments,) nobody who judged the comment saw what the program suggests."""
    judged = inputs.judgements
    assisted = (judged["mode"] != "blind") & ~judged["adjudicated"].astype(bool)
    seen = matrix.comments["comment_id"].isin(judged.loc[assisted, "comment_id"])
    return np.asarray(~seen, dtype=np.bool_)


def describe_findings(table: pd.DataFrame) -> tuple[str, ...]:
    """The differences that the tests show, a sentence each; one that says so where there is none.

    Args:
        table: `tables.MODEL_ERRORS`.
    """
    findings = []
    for row in table[table["difference"] == MORE].to_dict("records"):
        rate = (
            f"{row['n']:,} of {row['base']:,}, {row['low']:.0f} to {row['high']:.0f}%"
        )
        if row["error"] == MISSED:
            sentence = f"The program misses {row['theme']} more often for {row['group']} ({rate})."
        else:
            sentence = (
                f"The program assigns {row['theme']} wrongly more often for {row['group']} "
                f"({rate})."
            )
        findings.append(sentence)
    if findings:
        return tuple(findings)
    tested = table[table["test"] != ""]
    could_tell = int((tested["difference"] == "no").sum())
    if not could_tell:
        return (
            "There are too few comments to tell whether the program errs more often for one "
            "group.",
        )
    return (
        "No difference between groups is shown. That is not proof of equal errors: the "
        "intervals tell how large a difference may still be.",
    )
