"""From a codebook as the caller names it, in a file or in memory, to the codebook and its
decisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from coder.workflow.paths import path_from

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.decisions import CodebookState, Decision

IN_MEMORY = "CODEBOOK.yaml"  # stands in commands for a codebook that no file holds


@dataclass(frozen=True)
class OpenedCodebook:
    """A codebook, and what reviewers decided with it.

    Attributes:
        codebook: as read.
        path: its file, beside which decisions are kept; None for a codebook in memory, which
            has none.
        decisions: of all reviewers and projects, in the order of the files.
        notes: what to tell the user about the files of decisions.
        states: stored states of the codebook, by fingerprint.
    """

    codebook: "Codebook"
    path: Path | None
    decisions: "tuple[Decision, ...]" = ()
    notes: tuple[str, ...] = ()
    states: "Mapping[str, CodebookState]" = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The path as it is typed in commands."""
        return IN_MEMORY if self.path is None else str(self.path)

    def judgements(self) -> "pd.DataFrame":
        """`tables.JUDGEMENTS`: the decisions read through the codebook, of all projects."""
        from coder.decisions import judgements

        return judgements(self.decisions, self.codebook, self.states)


def open_codebook(codebook: "Codebook | Path | str") -> OpenedCodebook:
    """Read a codebook and the decisions beside it.

    Args:
        codebook: the path of a YAML file, or a `Codebook` in memory, which no decisions belong to.

    Raises:
        CoderError: there is no such file, it is faulty, or a table or a text was given.
    """
    from coder.codebook import Codebook, read_codebook
    from coder.decisions import read_decisions

    if isinstance(codebook, Codebook):
        return OpenedCodebook(codebook, None)
    path = path_from(
        codebook, "the codebook", "Give the path of a YAML file, or a coder.Codebook."
    )
    book = read_codebook(path)
    stored = read_decisions(path)
    return OpenedCodebook(book, path, stored.decisions, stored.notes, stored.states)
