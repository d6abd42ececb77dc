"""The labels of a project as they stand after people's decisions."""

from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.project import Project

if TYPE_CHECKING:
    import pandas as pd


def read_standing_labels(
    project: Project, codebook_path: Path, codebook: Codebook
) -> "pd.DataFrame":
    """`tables.LABELS`: the model's answers of the last coding with the decisions beside the
    codebook over them.
    """
    from coder.decisions import judgements, lay_over, own_judgements, read_decisions

    stored = read_decisions(codebook_path)
    every = judgements(stored.decisions, codebook, stored.states)
    own = own_judgements(every, project.comments, project.settings().name)
    return lay_over(project.labels, own, codebook)
