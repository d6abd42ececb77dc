"""The labels of a project: of some comments, and as they stand after people's decisions."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.project import Project

if TYPE_CHECKING:
    import pandas as pd

# The columns that decisions are laid over.
ANSWERS = ("comment_id", "theme_id", "position_id", "probability", "assigned", "origin")


def read_labels_of(project: Project, comment_ids: Collection[str]) -> "pd.DataFrame":
    """`ANSWERS` of the labels of some comments: the model's answers of the last coding."""
    import pandas as pd

    wanted = list(comment_ids)
    blocks = []
    for block in project.label_blocks(ANSWERS):
        blocks.append(block[block["comment_id"].isin(wanted)])
    if not blocks:
        return project.labels  # without rows
    return pd.concat(blocks, ignore_index=True)


def read_carried_labels(
    project: Project, codebook_path: Path, codebook: Codebook
) -> "pd.DataFrame":
    """`ANSWERS` of what comments carry by the decisions beside the codebook, or else by the
    model's answers of the last coding.
    """
    import pandas as pd

    from coder.decisions import (
        StandingDecisions,
        judgements,
        own_judgements,
        read_decisions,
    )

    stored = read_decisions(codebook_path)
    every = judgements(stored.decisions, codebook, stored.states)
    own = own_judgements(every, project.comments, project.settings().name)
    decisions = StandingDecisions(own, codebook)
    blocks = []
    for block in project.label_blocks(ANSWERS):
        standing = decisions.over(block)
        blocks.append(standing[standing["assigned"]])
    if not blocks:
        return project.labels  # without rows
    return pd.concat(blocks, ignore_index=True)
