"""What a check returns, and what the checks share."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import CoderError

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.project import Project, Settings


@dataclass(frozen=True)
class CheckResult:
    """One thing that was checked.

    Attributes:
        subject: what it is, such as `ledger` or `decisions ann.jsonl`.
        content: how much of it there is.
        faults: what is wrong, a sentence each.
        notes: what is worth knowing and not wrong.
    """

    subject: str
    content: str
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {
            "what": self.subject,
            "found": self.content,
            "faults": list(self.faults),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class ProjectContents:
    """A project as far as it can be read; what cannot be is None, and its fault is reported apart.

    Attributes:
        codebook_path: of the codebook named, or of the one that the comments were last coded with.
    """

    project: "Project"
    settings: "Settings | None" = None
    comments: "pd.DataFrame | None" = None
    codebook: "Codebook | None" = None
    codebook_path: Path | None = None

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of each comment by its id; empty where the comments cannot be read."""
        if self.comments is None:
            return {}
        return dict(
            zip(self.comments["comment_id"], self.comments["text"], strict=True)
        )

    def last_run(self, command: str) -> Mapping[str, Any]:
        """The newest run record of a command; empty where there is none or it cannot be read."""
        try:
            return self.project.last_run(command) or {}
        except CoderError:  # reported with the run records
            return {}


def faults_of_error(error: CoderError) -> tuple[str, ...]:
    """The faults that an error names, the last with what to do about them."""
    *others, last = error.problem.splitlines()
    return (*others, f"{last}. {error.fix}".strip())
