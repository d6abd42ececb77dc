"""The columns of every table that crosses a door, and the check that a table has them.

Text cells are never missing: an absent value is the empty string. Only `weight`, `strength` and other
numbers can be missing (NaN). Rows are known by their ids; their order carries no meaning.
"""

from typing import TYPE_CHECKING, NamedTuple

from coder.errors import CoderError

if TYPE_CHECKING:
    import pandas as pd

ANALYSED = "analysed"
EXCLUDED = "excluded"
REASONS = (
    "empty",
    "non_substantive",
    "duplicate",
    "official",
    "deleted",
    "process",
    "out_of_scope",
)


class Table(NamedTuple):
    """A kind of table: its name, its required columns with their pandas dtypes, and what makes a row unique."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]


# One row a comment received. The survey's own columns follow, as text, unchanged.
COMMENTS = Table(
    "comments",
    {
        "comment_id": "str",
        "text": "str",
        "source": "str",
        "role": "str",  # public or official
        "status": "str",  # analysed or excluded
        "reason": "str",  # one of REASONS where excluded
        "weight": "float64",  # NaN for a source without weights
        "campaign_id": "str",
        "question": "str",
    },
    ("comment_id",),
)

# One row for each comment and theme (position_id empty), and for each of the theme's positions.
LABELS = Table(
    "labels",
    {
        "comment_id": "str",
        "theme_id": "str",
        "position_id": "str",
        "probability": "float64",  # in [0, 1]
        "assigned": "bool",
        "origin": "str",  # model, or the reviewer's name
        "evidence": "str",
        "evidence_start": "int64",  # text[start:end] == evidence; -1 where there is none
        "evidence_end": "int64",
        "codebook_version": "str",
    },
    ("comment_id", "theme_id", "position_id"),
)

# One row for each candidate that a comment belongs to; each comment clustered has one at least.
CANDIDATES = Table(
    "candidates",
    {
        "comment_id": "str",
        "candidate_id": "str",
        "parent_id": "str",
        "strength": "float64",  # cosine to the candidate's centre, in [-1, 1]
        "fit": "str",  # core, weak or unclear
    },
    ("comment_id", "candidate_id"),
)

# One row for each standing judgement: what one reviewer last said of one theme in one comment.
JUDGEMENTS = Table(
    "judgements",
    {
        "project": "str",
        "comment_id": "str",
        "text_hash": "str",
        "theme_id": "str",
        "present": "bool",
        "positions": "object",  # tuple of position ids
        "reviewer": "str",
        "mode": "str",  # blind or assisted
        "chosen": "str",  # random, targeted or listed: how the comment came to be judged
        "whole": "bool",  # every theme of the codebook was judged with it
        "decided_at": "str",  # ISO 8601, UTC
        "decision_id": "str",
        "text": "str",
        "adjudicated": "bool",  # said to settle a difference, beside what the reviewer said before
    },
    ("project", "comment_id", "theme_id", "reviewer", "adjudicated"),
)


def check(table: "pd.DataFrame", kind: Table) -> "pd.DataFrame":
    """Return the table unchanged when it has the kind's columns and unique keys; all faults at once else.

    Raises:
        CoderError: a column is missing, or a key occurs twice.
    """
    missing = [name for name in kind.columns if name not in table.columns]
    if missing:
        raise CoderError(
            f"the {kind.name} table lacks the column(s) {', '.join(missing)}",
            f"It needs: {', '.join(kind.columns)}.",
        )
    doubled = table.duplicated(list(kind.key))
    if doubled.any():
        first = ", ".join(str(table.loc[doubled, name].iloc[0]) for name in kind.key)
        raise CoderError(
            f"the {kind.name} table has {int(doubled.sum())} row(s) whose {' + '.join(kind.key)} "
            f"occurs twice (first: {first})",
            "Each must occur once.",
        )
    return table


def empty(kind: Table) -> "pd.DataFrame":
    """A table of the kind without rows."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in kind.columns.items()})


def analysed(comments: "pd.DataFrame") -> "pd.DataFrame":
    """The comments that count, ordered by id so that no result hangs on the order of rows."""
    return comments[comments["status"] == ANALYSED].sort_values("comment_id", ignore_index=True)


def own_columns(comments: "pd.DataFrame") -> list[str]:
    """Names of the survey's own columns (age, borough ...), in their order."""
    return [name for name in comments.columns if name not in COMMENTS.columns]


def ledger(comments: "pd.DataFrame") -> "pd.DataFrame":
    """Received, excluded by reason and analysed, a row a source and a last row `all`; every row adds up.

    Columns: source, received, excluded_REASON for each of REASONS, analysed (integers).
    """
    import pandas as pd

    rows = [
        _ledger_row(str(source), part) for source, part in comments.groupby("source", sort=False)
    ]
    rows.append(_ledger_row("all", comments))
    return pd.DataFrame(rows)


def _ledger_row(source: str, part: "pd.DataFrame") -> dict[str, object]:
    excluded = part.loc[part["status"] == EXCLUDED, "reason"].value_counts()
    counts = {f"excluded_{reason}": int(excluded.get(reason, 0)) for reason in REASONS}
    row = {"received": len(part), **counts, "analysed": int((part["status"] == ANALYSED).sum())}
    if row["received"] != row["analysed"] + sum(counts.values()):
        raise CoderError(
            f"source {source!r}: received is not analysed plus excluded",
            f"Every excluded comment needs a reason out of: {', '.join(REASONS)}.",
        )
    return {"source": source, **row}
