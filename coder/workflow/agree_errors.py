"""How often the model errs about the comments of each group of respondents."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coder.errors import command, option
from coder.statistics.model_error import SMALLEST_CELL
from coder.text import count
from coder.workflow.standing_labels import read_labels_of

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.project import Project
    from coder.statistics.model_error import CheckedThemes
    from coder.statistics.reviewed_comments import ReviewedComments, Reviews

SAMPLE = 200  # random reviews that say something of groups


@dataclass(frozen=True)
class ErrorsByGroup:
    """The model's errors by the groups of one column.

    Attributes:
        column: what the groups are made from.
        comments: checked, over all groups.
        table: `tables.MODEL_ERRORS`; None where the notes tell why there is none.
        findings: differences that the tests show, a sentence each.
        notes: how to read the table.
    """

    column: str
    comments: int
    table: "pd.DataFrame | None"
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class BlindReviews(NamedTuple):
    """What was judged blind of a project, beside its labels."""

    project: "Project"
    codebook: "Codebook"
    codebook_path: Path
    reviews: "Reviews"


def errors_by_group(
    blind: BlindReviews, columns: Sequence[str]
) -> tuple[ErrorsByGroup, ...]:
    """The model's errors by each column.

    Raises:
        CoderError: there is no such column.
    """
    from coder.reporting.groups import group_by, ordered_groups
    from coder.reporting.model_errors import describe_findings
    from coder.statistics.model_error import error_rates
    from coder.tables import analysed

    comments, settings = analysed(blind.project.comments), blind.project.settings()
    groupings = {}
    for column in dict.fromkeys(columns):
        groupings[column] = group_by(
            comments,
            column,
            settings.derived,
            settings.missing,
        )
    if not blind.project.has_labels:
        return ()
    reviewed = _review(blind, comments["comment_id"].tolist())
    checked = _check_themes(blind, reviewed, comments["comment_id"].tolist())
    if not checked.comments:
        return tuple(_nothing_checked(blind, column) for column in groupings)
    results = []
    for column, grouping in groupings.items():
        inside = checked.checked.any(axis=1) & (grouping.values != "")
        groups = ordered_groups(grouping.values[inside])
        table = error_rates(checked, column, grouping.values, groups)
        results.append(
            ErrorsByGroup(
                column,
                int(inside.sum()),
                table,
                describe_findings(table),
                (*grouping.notes, *_describe_base(reviewed, checked)),
            )
        )
    return tuple(results)


def _review(blind: BlindReviews, comment_ids: Sequence[str]) -> "ReviewedComments":
    from coder.statistics.reviewed_comments import review_comments

    themes = [theme.id for theme in blind.codebook.active]
    keys = [(theme_id, "") for theme_id in themes]
    return review_comments(comment_ids, keys, None, blind.reviews, blind.codebook)


def _check_themes(
    blind: BlindReviews, reviewed: "ReviewedComments", comment_ids: Sequence[str]
) -> "CheckedThemes":
    """What stands between the model and blind reviewers, in comments drawn at random; or in all
    comments, for a theme that was reviewed everywhere.
    """
    import numpy as np

    from coder.decisions import DIVIDED, model_labels
    from coder.statistics.codings import label_arrays
    from coder.statistics.model_error import CheckedThemes

    standing = reviewed.standing
    counts = reviewed.plan.drawn | standing.judged.all(axis=0)
    counts &= standing.judged & (standing.value != DIVIDED)
    theme_ids = [theme_id for theme_id, _ in standing.keys]
    counted = np.asarray(comment_ids, dtype=object)[counts.any(axis=1)]
    labels = read_labels_of(blind.project, counted.tolist())
    labels = model_labels(labels, blind.codebook)
    assigned = label_arrays(labels, comment_ids, theme_ids, "assigned")
    return CheckedThemes(
        theme_ids=theme_ids,
        names=[blind.codebook.theme(theme_id).short for theme_id in theme_ids],
        truth=np.where(counts, standing.value, np.nan),
        assigned=assigned.astype(np.float64),
    )


def _nothing_checked(blind: BlindReviews, column: str) -> ErrorsByGroup:
    sample = command(
        "review",
        blind.project.folder,
        option("codebook", str(blind.codebook_path)),
        option("reviewer", "NAME"),
        option("sample", str(SAMPLE)),
        option("blind"),
    )
    note = (
        f"Errors by {column} need comments that were drawn at random and reviewed blind, and "
        f"there are none: {sample}"
    )
    return ErrorsByGroup(column, 0, None, notes=(note,))


def _describe_base(
    reviewed: "ReviewedComments", checked: "CheckedThemes"
) -> tuple[str, ...]:
    """Which comments count, and what that leaves out."""
    from coder.decisions import DIVIDED

    standing, plan = reviewed.standing, reviewed.plan
    if standing.judged.all():
        base = "Every comment was reviewed blind, and all count."
    else:
        base = (
            f"{count(checked.comments, 'comment')} count: those that were drawn at random and "
            "reviewed blind. Comments that somebody picked are left out, because they were often "
            "picked for being hard."
        )
    notes = [base]
    disputed = int((standing.judged & (standing.value == DIVIDED)).any(axis=1).sum())
    if disputed:
        notes.append(
            f"Reviewers disagree about {count(disputed, 'comment')}: the themes in dispute are "
            "left out."
        )
    missing = sum(state.missing for state in plan.states)
    if missing:
        notes.append(
            f"Of the comments drawn, {missing:,} are not reviewed blind yet. Those that are left "
            "may be harder, so the errors can be more frequent than shown."
        )
    notes.append(
        f"Groups with fewer than {SMALLEST_CELL} comments on a theme are not shown, and "
        "sometimes another group, so that they cannot be worked out. Join small groups in "
        "project.yaml (derived) to see more. Figures are not weighted. Tests compare a group "
        "with all others, two-sided at 5%, corrected for their number by Holm's method."
    )
    return tuple(notes)
