"""Copies of reviewers' files.

A file-sync program that meets two versions of a file keeps both, the second under a name of its
own: `amira (conflicted copy 2026-01-02).jsonl`, `amira-DESKTOP-1.jsonl` and the like. Read beside
each other they would count old decisions again, after the later ones. Such a copy is known by what
it holds: decisions carry their reviewer's name, and that is not the name of the file. Names of
reviewers that merely look alike ("sam", "sam 1") are no copies.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from coder.decisions.folder import (
    composed,
    decisions_folder,
    folder_beside_link,
    repair_command,
    reviewer_of,
)
from coder.errors import CoderError
from coder.files import follow_link
from coder.groups import groups_path

# What file-sync programs, mail programs and people add to the name of a second version. A
# codebook has no owner to know it by.
MARK_OF_COPY = re.compile(
    r"""
    conflict
    | [ ]\(\d+\)$
    | ^copy[ ]of[ ]
    | [ -]+copy(?:[ ]\d+|[ ]\(\d+\))?$
    | -(?:desktop|laptop)-\w+$
    """,
    re.VERBOSE | re.IGNORECASE,
)
MOST_NOTED = 5
DECISIONS = ".decisions"


def foreign_reviewers(path: Path, reviewers: Iterable[str]) -> list[str]:
    """Reviewers of a file's decisions other than the one it is named after."""
    return sorted({*map(composed, {*reviewers})} - {reviewer_of(path)})


def doubled_files(paths: Sequence[Path]) -> list[Path]:
    """Files named after the same reviewer as another one, with the accents typed otherwise."""
    times = Counter(map(reviewer_of, paths))
    doubled = [path for path in paths if times[reviewer_of(path)] > 1]
    return [path for path in doubled if path.stem != reviewer_of(path)]


def copy_error(path: Path, reviewer: str) -> CoderError:
    """What stops every command that reads decisions while a copy lies beside a file."""
    return CoderError(
        f"{path}: {describe_copy(reviewer)}",
        f"Merge the two; every decision of both is kept: {repair_command(path.parent)}",
    )


def describe_copy(reviewer: str) -> str:
    """What is wrong with a copy, for a message that names the file."""
    return (
        f"holds decisions of {reviewer}, which belong in {reviewer}.jsonl. It is a copy of that "
        "file, or that file under another name. File-sync programs make such copies when two "
        "versions meet"
    )


def copies_of_codebook(codebook_path: Path) -> dict[str, str]:
    """Names beside a codebook that look like copies of it, of its decisions folder or of its
    groups, each with the name of what it is a copy of.
    """
    codebook_path = follow_link(codebook_path)
    copies = {}
    originals = (
        codebook_path.name,
        codebook_path.stem + DECISIONS,
        groups_path(codebook_path).name,
    )
    for original in originals:
        stem, suffix = Path(original).stem, Path(original).suffix
        for path in codebook_path.parent.glob(f"*{suffix}"):
            first, name, last = path.stem.partition(stem)
            if name and MARK_OF_COPY.search(first + last):
                copies[path.name] = original
    return dict(sorted(copies.items()))


def notes_on_copies(codebook_path: Path) -> list[str]:
    """What to tell of such copies, a sentence or two each."""
    notes = []
    unread = folder_beside_link(codebook_path)
    if unread is not None:
        folder = decisions_folder(codebook_path)
        notes.append(
            f"{unread} is beside a symbolic link to the codebook. Its decisions are not read, "
            f"only those in {folder} are. Move its files there, and merge them: "
            f"{repair_command(folder)}"
        )
    for name, original in list(copies_of_codebook(codebook_path).items())[:MOST_NOTED]:
        notes.append(
            f"{name} looks like a copy that a file-sync program made. It is not read, only "
            f"{original} is. Compare the two, then move the copy away."
        )
    return notes
