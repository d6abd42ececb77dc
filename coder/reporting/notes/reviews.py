"""What reviewers decided: how much, how it was chosen, how blind, and how far they agreed."""

from collections.abc import Collection, Sequence

import pandas as pd

from coder.decisions import Draw
from coder.errors import option
from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.shares import Shares
from coder.text import count

FEW_REVIEWERS = 4
COPIED_WITHIN = pd.Timedelta(
    milliseconds=1
)  # the review screen stamps copies that much later


def review_note(
    matrix: CodedMatrix, judgements: pd.DataFrame, draws: Sequence[Draw] = ()
) -> str:
    """Which share was read by reviewers, how it was chosen, and how blind.

    Args:
        judgements: `tables.JUDGEMENTS`.
        draws: the random draws of the project.
    """
    some = int(matrix.partly_judged.sum())
    if not some:
        return (
            "No comment was decided by a reviewer: everything is coded by the program."
        )
    decided = _describe_decided(len(matrix.comments), matrix)
    if judgements.empty:
        return f"Reviewers decided {decided}."
    ids = matrix.comments["comment_id"]
    own = judgements[judgements["comment_id"].isin(ids)]
    drawn: set[str] = set()
    for draw in draws:
        drawn |= draw.members(ids.tolist())
    reviewers = count(own["reviewer"].nunique(), "reviewer")
    return (
        f"{reviewers} decided {decided}. How comments were decided: "
        f"{_describe_blindness(own)}. How comments were chosen: {_describe_choice(own, drawn)}."
    )


def _describe_decided(base: int, matrix: CodedMatrix) -> str:
    """`8 of 1,200 comments on every theme (under 1%), and 5 more on some themes`."""
    whole, some = int(matrix.fully_judged.sum()), int(matrix.partly_judged.sum())
    comments = count(base, "comment")
    if not whole:
        return f"{some:,} of {comments} on some themes, and none on every theme"
    decided = f"{whole:,} of {comments} on every theme"
    if whole < base:
        decided += f" ({_describe_share(whole, base)})"
    if some > whole:
        decided += f", and {some - whole:,} more on some themes"
    return decided


def _describe_share(part: int, base: int) -> str:
    if part * 100 < base:
        return "under 1%"
    return f"{100 * part / base:.0f}%"


def _describe_blindness(judgements: pd.DataFrame) -> str:
    """How reviewers decided; a table does not tell what its reviewer saw, unless it says blind."""
    blind = judgements["mode"] == "blind"
    from_table = judgements["chosen"] == "listed"
    return _describe_comments(
        judgements,
        {
            "blind": blind,
            "with the program's suggestions in view": ~blind & ~from_table,
            "in a table that does not say what the reviewer saw": ~blind & from_table,
        },
    )


def _describe_choice(judgements: pd.DataFrame, drawn: Collection[str]) -> str:
    """How comments came to be reviewed.

    Args:
        drawn: comments of random draws, however they were decided.
    """
    chosen = judgements["chosen"]
    is_random = (chosen == "random") | judgements["comment_id"].isin(list(drawn))
    copied = _are_copies(judgements) & ~is_random
    is_targeted = (chosen == "targeted") & ~is_random
    return _describe_comments(
        judgements,
        {
            "drawn at random": is_random,
            "chosen by the queue or a search": is_targeted & ~copied,
            "decided as copies of another": copied,
            "from a table": (chosen == "listed") & ~is_random,
        },
    )


def _describe_comments(
    judgements: pd.DataFrame, kinds: "dict[str, pd.Series[bool]]"
) -> str:
    """`5 blind, 2 with the program's suggestions in view`: comments by their judgements."""
    parts = []
    for description, rows in kinds.items():
        n = judgements.loc[rows, "comment_id"].nunique()
        if n:
            parts.append(f"{n:,} {description}")
    return ", ".join(parts)


def _are_copies(judgements: pd.DataFrame) -> "pd.Series[bool]":
    """(n_judgements,) which were kept with another comment's: stamped a millisecond after it."""
    is_targeted = judgements["chosen"] == "targeted"
    if not is_targeted.any():
        return is_targeted
    times = pd.to_datetime(
        judgements["decided_at"], utc=True, format="ISO8601", errors="coerce"
    )
    stamps = set(zip(judgements["reviewer"], times, strict=True))
    stamps_before = zip(judgements["reviewer"], times - COPIED_WITHIN, strict=True)
    follows = [stamp in stamps for stamp in stamps_before]
    return is_targeted & pd.Series(follows, index=judgements.index, dtype=bool)


def agreement_note(agreement: pd.DataFrame | None) -> str:
    """How far blind reviewers agreed over all themes.

    Args:
        agreement: `tables.AGREEMENT`, or None.
    """
    if agreement is None:
        return ""
    pooled = agreement[agreement["theme_id"] == "pooled"].iloc[0]
    comments = count(int(pooled["comments"]), "comment")
    judged = f"Two or more reviewers judged {comments} blind"
    if pd.isna(pooled["alpha"]):
        return f"{judged}; their agreement has no value."
    return (
        f"{judged}. Their agreement is {pooled['alpha']:.2f}: 1 is full agreement, and 0 is what "
        "chance would give."
    )


def reviewer_error_note(matrix: CodedMatrix, shares: Shares) -> str:
    """What intervals cover that carry the errors of reviewers."""
    reviewers = matrix.reviewers
    if reviewers is None:
        return ""
    if not any(estimate.has_interval for estimate in shares.total.values()):
        return f"{option('reviewer_error')} changes nothing: there are no intervals."
    note = (
        f"As chosen with {option('reviewer_error')}, the intervals also cover what other reviewers "
        "of the same kind would have counted, had as many of them shared the reading in the same "
        f"way. How far reviewers differ is taken from {count(reviewers.twice, 'comment')} that two "
        f"or more of {count(reviewers.reviewers, 'reviewer')} coded blind. "
    )
    if reviewers.reviewers < FEW_REVIEWERS:
        note += (
            f"{count(reviewers.reviewers, 'reviewer')} tell little of how others would differ, so "
            "the intervals are wide where these differed. "
        )
    return note + (
        "Differences between groups and between consultations, their tests, and pairs of themes "
        "do not carry it."
    )


def assisted_draws(matrix: CodedMatrix, judgements: pd.DataFrame) -> int:
    """Comments drawn at random of which some theme was not judged blind.

    Args:
        judgements: `tables.JUDGEMENTS`.
    """
    assisted = judgements.loc[judgements["mode"] != "blind", "comment_id"]
    is_assisted = matrix.comments["comment_id"].isin(assisted).to_numpy()
    drawn = matrix.is_drawn.any(axis=1)
    for draw in matrix.draws:
        drawn = drawn | draw.members
    return int((is_assisted & drawn).sum())
