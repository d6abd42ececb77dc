"""Reads the candidates that `coder cluster` left in a project."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder import tables
from coder.codebook import Codebook, read_codebook
from coder.errors import CoderError, command, option
from coder.files import sha256_of
from coder.stored import DamagedFileError, read_rows
from coder.workbench.candidates import Candidate, Member
from coder.workbench.findings import OPPOSED, Grouped

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Theme
    from coder.project import Project

WARNED = {"mixes_opposing_views": OPPOSED}
UNSTABLE = 0.5  # stability under which a candidate may be chance


@dataclass(frozen=True)
class CandidateFiles:
    """Where a project keeps candidates.

    Attributes:
        beyond: the codebook that the grouped comments have no theme of; None for all comments.
    """

    project: "Project"
    beyond: Path | None = None

    @property
    def _stem(self) -> str:
        return "candidates" if self.beyond is None else "candidates-beyond"

    @property
    def draft(self) -> Path:
        """The candidates as a codebook."""
        return self.project.folder / f"{self._stem}.yaml"

    @property
    def table(self) -> Path:
        """Which comment belongs to which candidate."""
        return self.project.folder / f"{self._stem}.csv"

    @property
    def journal(self) -> Path:
        """What was done with them at the workbench."""
        return (
            self.project.folder
            / f"{self._stem.replace('candidates', 'workbench')}.jsonl"
        )

    @property
    def cluster_command(self) -> str:
        """What makes them."""
        parts: list[object] = [self.project.folder]
        if self.beyond is not None:
            parts.append(option("beyond", str(self.beyond)))
        return command("cluster", *parts)

    def read(self) -> Grouped:
        """The candidates with their comments.

        Raises:
            CoderError: there are none yet, or a file is faulty.
        """
        for path in (self.draft, self.table):
            if not path.is_file():
                raise CoderError(
                    f"{path}: there are no candidates yet",
                    f"First: {self.cluster_command}",
                )
        book = read_codebook(self.draft)
        comments = tables.analysed(self.project.comments)
        texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
        members = self._read_members(texts)
        candidates = tuple(_candidates(book, members))
        if not candidates:
            raise CoderError(
                f"{self.table}: holds no comment of a candidate in {self.draft.name}",
                f"Group the comments again: {self.cluster_command}",
            )
        fingerprint = sha256_of(self.table)
        return Grouped(
            candidates,
            texts,
            fingerprint,
        )

    def _read_members(self, texts: Mapping[str, str]) -> dict[str, list[Member]]:
        """The members of each candidate that the project still analyses."""
        members: dict[str, list[Member]] = {}
        again = f"Group the comments again: {self.cluster_command}"
        for line, cells in read_rows(self.table, tables.CANDIDATES.columns, again):
            try:
                strength = float(cells["strength"])
            except ValueError as error:
                fault = "strength is not a number"
                raise DamagedFileError(self.table, fault, again, line) from error
            member = Member(
                _as_it_was(cells["comment_id"], texts),
                strength,
                cells["fit"],
            )
            if member.comment_id in texts:
                members.setdefault(cells["candidate_id"], []).append(member)
        return members


def _as_it_was(written: str, texts: Mapping[str, str]) -> str:
    """A comment id without the apostrophe that keeps a spreadsheet from running it."""
    bare = written.removeprefix("'")
    if written not in texts and bare in texts:
        return bare
    return written


def _candidates(book: Codebook, members: Mapping[str, list[Member]]) -> list[Candidate]:
    """The candidates of a draft that have comments."""
    candidates = []
    known: set[str] = set()
    for node in book.nodes:
        own = members.get(node.theme.id)
        if own:
            parent_id = node.parent_id
            if parent_id not in known:
                parent_id = ""
            known.add(node.theme.id)
            candidates.append(_candidate(node.theme, parent_id, own))
    return candidates


def _candidate(theme: "Theme", parent_id: str, members: list[Member]) -> Candidate:
    facts: Mapping[str, Any] = theme.cluster
    stability = facts.get("stability")
    marks = [mark for fact, mark in WARNED.items() if facts.get(fact)]
    if isinstance(stability, int | float) and stability < UNSTABLE:
        marks.insert(0, "unstable")
    if not isinstance(stability, int | float):
        stability = None
    return Candidate(
        id=theme.id,
        name=theme.name,
        parent_id=parent_id,
        keywords=theme.keywords,
        examples=theme.examples,
        stability=stability,
        marks=tuple(marks),
        members=tuple(members),
    )


def comments_of(grouped: Grouped, comments: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of the comments that belong to a candidate."""
    ids: set[str] = set()
    for candidate in grouped.candidates:
        ids.update(member.comment_id for member in candidate.members)
    return comments[comments["comment_id"].isin(ids)]
