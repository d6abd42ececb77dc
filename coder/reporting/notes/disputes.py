"""What reviewers disagree about and nobody has settled."""

import numpy as np

from coder.errors import option
from coder.figures import choose_form, join_names
from coder.reporting.coded_matrix import CodedMatrix, next_command
from coder.reporting.inputs import Inputs
from coder.text import count


def disputed_comments(matrix: CodedMatrix) -> int:
    """Comments with an answer that is in dispute."""
    return int(matrix.unresolved.any(axis=1).sum())


def disputes_caution(matrix: CodedMatrix) -> str:
    """How many comments are in dispute, and how they count."""
    disputed = disputed_comments(matrix)
    if not disputed:
        return ""
    it = choose_form(disputed, "it", "them")
    return (
        f"Reviewers disagree about {count(disputed, 'comment')} and nobody has settled {it}: "
        "each disputed answer counts as half."
    )


def disputes_note(matrix: CodedMatrix, inputs: Inputs) -> str:
    """The disputed answers by theme or position, the most first, and how to settle them."""
    sizes = matrix.unresolved.sum(axis=0)
    if not sizes.any():
        return ""
    parts = []
    for number in np.argsort(-sizes, kind="stable"):
        row = matrix.rows[number]
        name = row.short
        if row.position is not None:
            name = f"{row.theme.short}, {row.short}"
        if sizes[number]:
            parts.append(f"{name} {int(sizes[number]):,}")
    settle = next_command(
        inputs.names,
        "review",
        option("reviewer", "NAME"),
        option("adjudicate"),
    )
    return f"Disputed answers: {join_names(parts)}. To settle them: {settle}"
