"""What reviewers decided: how much, how it was chosen, how blind, and how far they agreed."""

import pandas as pd

from coder.reporting.coded_matrix import CodedMatrix
from coder.reporting.inputs import Inputs
from coder.text import count

COPIED_WITHIN = pd.Timedelta(
    milliseconds=1
)  # the review screen stamps copies that much later


def review_note(matrix: CodedMatrix, judgements: pd.DataFrame) -> str:
    """Which share was read by reviewers, how it was chosen, and how blind.

    Args:
        judgements: `tables.JUDGEMENTS`.
    """
    base = len(matrix.comments)
    whole, some = int(matrix.fully_judged.sum()), int(matrix.partly_judged.sum())
    if not some:
        return "No comment was decided by a reviewer: everything is coded by the model."
    note = f"Reviewers decided {whole:,} of {count(base, 'comment')} on every theme "
    note += f"({_describe_share(whole, base)})"
    if some > whole:
        note += f" and {some - whole:,} more on some themes"
    if judgements.empty:
        return f"{note}."
    own = judgements[judgements["comment_id"].isin(matrix.comments["comment_id"])]
    reviewers = count(own["reviewer"].nunique(), "reviewer")
    return f"{note}; {reviewers}; {_describe_blindness(own)}; {_describe_choice(own)}."


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
            "decided blind": blind,
            "not decided blind": ~blind & ~from_table,
            "in a table that does not say what the reviewer saw": ~blind & from_table,
        },
    )


def _describe_choice(judgements: pd.DataFrame) -> str:
    """How comments came to be reviewed."""
    chosen = judgements["chosen"]
    copied = _are_copies(judgements)
    return _describe_comments(
        judgements,
        {
            "drawn at random": chosen == "random",
            "chosen by the queue or a search": (chosen == "targeted") & ~copied,
            "decided as copies of another": copied,
            "from a table": chosen == "listed",
        },
    )


def _describe_comments(
    judgements: pd.DataFrame, kinds: "dict[str, pd.Series[bool]]"
) -> str:
    """`5 decided blind, 2 not decided blind`: comments by what the judgements on them are."""
    parts = []
    for description, rows in kinds.items():
        n = judgements.loc[rows, "comment_id"].nunique()
        if n:
            parts.append(f"{n:,} {description}")
    return ", ".join(parts)


def _are_copies(judgements: pd.DataFrame) -> "pd.Series[bool]":
    """(n_judgements,) which were kept with another comment's: stamped a millisecond after it."""
    times = pd.to_datetime(
        judgements["decided_at"], utc=True, format="ISO8601", errors="coerce"
    )
    stamps = set(zip(judgements["reviewer"], times, strict=True))
    stamps_before = zip(judgements["reviewer"], times - COPIED_WITHIN, strict=True)
    follows = [stamp in stamps for stamp in stamps_before]
    is_targeted = judgements["chosen"] == "targeted"
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
    note = f"{judged}: Krippendorff's alpha over all themes {pooled['alpha']:.2f}"
    if not pd.isna(pooled["alpha_low"]):
        note += (
            f" (95% interval {pooled['alpha_low']:.2f} to {pooled['alpha_high']:.2f})"
        )
    return f"{note}."


def stale_note(matrix: CodedMatrix, inputs: Inputs) -> str:
    """Whether what the model coded follows an earlier codebook."""
    if not inputs.stale or matrix.judged[matrix.carries].all():
        return ""
    return (
        "The codebook has changed since the program coded the comments; what it coded follows "
        "the earlier one."
    )
