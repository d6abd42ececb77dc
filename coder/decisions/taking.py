"""Take decisions from elsewhere into a decisions folder: each once, in the order of its reviewer.

A reviewer's file then holds what all its versions hold together (see `merge`). Where that changes
more than its end, the file as it was is kept in `replaced/` (see `repair`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from coder import files
from coder.codebook import Codebook
from coder.decisions.draws import DRAWS_FOLDER, Draw, read_draws
from coder.decisions.folder import log_paths, sync_store
from coder.decisions.incoming import Incoming, read_incoming
from coder.decisions.log import Decision, check_owner, read_log
from coder.decisions.repair import finish_interrupted, repair_folder
from coder.errors import CoderError
from coder.private import make_folder
from coder.text import count, name_some

DRAWS = f"{DRAWS_FOLDER}/"


class Taken(NamedTuple):
    """What was taken.

    Attributes:
        reviewers: number of decisions that are new, by reviewer; undoing counts as one.
        already: decisions that were there before.
        documents: assignments, draws, remarks and the like that are new, by their folder.
        contradictions: ids under which two different contents are kept.
        replaced: where the files are as they were, where that had to be kept; else None.
        notes: what was left out.
    """

    reviewers: Mapping[str, int]
    already: int
    documents: Mapping[str, int]
    contradictions: tuple[str, ...]
    replaced: Path | None
    notes: tuple[str, ...]

    @property
    def new(self) -> int:
        """All decisions that are new."""
        return sum(self.reviewers.values())


def take_decisions(
    folder: Path, source: Path, codebook: Codebook, project: str
) -> Taken:
    """Take all decisions that are not there yet, of all projects of the codebook.

    Everything is read and checked before anything is written. A run that was interrupted is
    completed by the next one.

    Args:
        folder: of the decisions that are added to.
        source: another such folder, one with several, a reviewer's file, or a zip.

    Raises:
        CoderError: a file there or here was edited; or it holds decisions of other comments, or
            with other themes.
    """
    own = folder.resolve()
    known = _read_own(own)
    incoming = read_incoming(source, own)
    _check_fits(source, incoming, codebook, project)
    new = Counter[str]()
    ids = {decision.id for decision in known}
    found: set[str] = set()
    for line in incoming.lines:
        decision = line.decision
        if decision.id not in ids | found:
            new[line.reviewer] += 1
        found.add(decision.id)
    documents = _new_documents(own, source, incoming.documents)
    make_folder(own)
    finish_interrupted(own)
    written = _write_documents(own, documents)
    plan, replaced = repair_folder(own, incoming.logs)
    contradictions: list[str] = []
    for file in plan.new_files:
        contradictions += file.contradictions
    return Taken(
        reviewers=dict(sorted(new.items())),
        already=len(found & ids),
        documents=written,
        contradictions=tuple(contradictions),
        replaced=replaced,
        notes=tuple(incoming.notes),
    )


def _read_own(folder: Path) -> list[Decision]:
    """What is there, which must be in order first."""
    decisions = []
    for path in log_paths(folder):
        own = read_log(path).decisions
        check_owner(path, own)
        decisions += own
    return decisions


def _check_fits(
    source: Path, incoming: Incoming, codebook: Codebook, project: str
) -> None:
    """Raise `CoderError` where nothing is about this project, or about this codebook."""
    answers = [line.decision for line in incoming.lines if line.decision.scope]
    if not answers:
        return
    projects = {decision.project for decision in answers}
    if project not in projects:
        raise CoderError(
            f"{source}: holds decisions of {name_some(sorted(projects))}, and none of {project}",
            "Take the decisions of the same project; its name is in project.yaml.",
        )
    themes = set[str]()
    for decision in answers:
        themes.update(decision.scope)
    if themes.isdisjoint(codebook.current_ids):
        raise CoderError(
            f"{source}: its decisions are about the themes {name_some(sorted(themes))}, which this "
            "codebook does not have",
            "Name the codebook that they were made with.",
        )


def _new_documents(
    folder: Path, source: Path, documents: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The documents that are not there, without draws of the same comments."""
    known = read_draws(folder)
    new = {}
    for name, data in sorted(documents.items()):
        if (folder / name).exists():
            continue
        if not (name.startswith(DRAWS) and _draw_in(source, name, data, known)):
            new[name] = data
    return new


def _draw_in(source: Path, name: str, data: bytes, known: Iterable[Draw]) -> bool:
    """Whether a draw of the same comments was written down here too."""
    try:
        draw = Draw.model_validate_json(data)
    except ValidationError as error:
        raise CoderError(
            f"{source}: {name} is not a random draw", "Get another copy of it."
        ) from error
    return any(draw.same_comments(other) for other in known)


def _write_documents(folder: Path, documents: Mapping[str, bytes]) -> dict[str, int]:
    """Write documents; how many of each folder."""
    written = Counter[str]()
    for name, data in documents.items():
        path = folder / name
        with files.new_file(path) as temporary:
            temporary.write_bytes(data)
        written[path.parent.name] += 1
    sync_store(folder)
    return dict(written)


def describe_documents(documents: Mapping[str, int]) -> str:
    """`2 assignments, 1 draw`; empty where there are none."""
    parts = []
    for folder, number in sorted(documents.items()):
        singular = folder.removesuffix("s")
        parts.append(count(number, singular, singular if number == 1 else folder))
    return ", ".join(parts)
