"""Random draws: which comments were drawn at random, from which, when and how.

A draw is a fact about comments. `NAME.decisions/draws/ID.json` holds it; the file is named by the
hash of what it holds and never changes, as the states of the codebook are (see `states`). Whoever
decides a comment of a draw, in whatever form and however often, decides a comment drawn at random.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coder import files
from coder.codebook import fingerprint_of
from coder.decisions.folder import sync_store
from coder.stored import DamagedFileError, read_json

DRAWS_FOLDER = "draws"
DRAW_ID = re.compile(r"[0-9a-f]{16}")
MOST_BYTES = 256 << 20  # a draw of several million comments

DrawKind = Literal["order", "elsewhere"]


class Draw(BaseModel):
    """Comments drawn at random, as written down once.

    Attributes:
        kind: `order`, the first comments of the project's random order (see
            `place_in_order`); or `elsewhere`, drawn in another program and declared.
        seed: of the random order; None for a draw made elsewhere.
        comment_ids: the comments drawn, in the order drawn.
        frame: how many comments they were drawn from.
        frame_fingerprint: of the ids of those (see `frame_fingerprint`).
        frame_ids: their ids, for a draw made elsewhere; what was added later was not drawn from.
        theme_ids: the themes that the draw was made for; empty for all.
        drawn_at: ISO 8601, UTC.
        codebook_fingerprint: of the codebook's state then.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    project: str
    kind: DrawKind
    seed: int | None
    comment_ids: tuple[str, ...]
    frame: int
    frame_fingerprint: str
    frame_ids: tuple[str, ...] = ()
    theme_ids: tuple[str, ...] = ()
    drawn_at: str = Field(
        default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds")
    )
    codebook_fingerprint: str = ""

    @property
    def id(self) -> str:
        """The hash of all that the draw says."""
        return fingerprint_of(self.model_dump(mode="json"))

    def same_comments(self, other: "Draw") -> bool:
        """Whether another draw is of the same comments for the same themes."""
        own = (self.project, self.kind, self.seed, self.comment_ids, self.theme_ids)
        others = (
            other.project,
            other.kind,
            other.seed,
            other.comment_ids,
            other.theme_ids,
        )
        return own == others

    def members(self, comment_ids: Sequence[str]) -> frozenset[str]:
        """Which of a project's comments, as they are now, belong to the draw.

        A comment that was added later belongs to a draw of the random order when its place
        there is before the last one drawn: it would have been drawn too.
        """
        if self.seed is None:
            return self.members_by(comment_ids, ())
        places = [place_in_order(self.seed, comment_id) for comment_id in comment_ids]
        return self.members_by(comment_ids, places)

    def members_by(
        self, comment_ids: Sequence[str], places: Sequence[str]
    ) -> frozenset[str]:
        """The same where the places in the random order are known.

        Args:
            places: of each comment (see `place_in_order`); none for a draw made elsewhere.
        """
        drawn = frozenset(self.comment_ids)
        if self.kind == "elsewhere" or self.seed is None or not drawn:
            return drawn.intersection(comment_ids)
        last = max(place_in_order(self.seed, drawn_id) for drawn_id in drawn)
        members = []
        for comment_id, place in zip(comment_ids, places, strict=True):
            if comment_id in drawn or place <= last:
                members.append(comment_id)
        return frozenset(members)

    def leaves_out(self, comment_ids: Iterable[str]) -> int:
        """How many of a project's comments, as they are now, it could not have drawn."""
        if self.kind == "order":
            return 0
        frame = frozenset(self.frame_ids)
        return sum(comment_id not in frame for comment_id in comment_ids)


def place_in_order(seed: int, comment_id: str) -> str:
    """Where a comment falls in the random order: 32 hex digits made of the seed and the id alone.

    So the order of a file's rows does not matter, and comments added later take their places
    among the rest: what was drawn stays drawn.
    """
    key = f"{seed}\0{comment_id}".encode("utf-8", "surrogatepass")
    return blake2b(key, digest_size=16).hexdigest()


def frame_fingerprint(comment_ids: Iterable[str]) -> str:
    """The hash of the ids of the comments that a draw is made from, in any order."""
    digest = hashlib.sha256()
    for comment_id in sorted(comment_ids):
        digest.update(comment_id.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:16]


def drawn_ids(
    draws: Iterable[Draw], project: str, comment_ids: Sequence[str]
) -> frozenset[str]:
    """The comments of a project, as they are now, that belong to a draw of all themes."""
    drawn: set[str] = set()
    for draw in draws:
        if draw.project == project and not draw.theme_ids:
            drawn |= draw.members(comment_ids)
    return frozenset(drawn)


def draw_path(decisions_folder: Path, draw_id: str) -> Path:
    """Where a draw is stored."""
    return decisions_folder / DRAWS_FOLDER / f"{draw_id}.json"


def is_draw_file(path: Path) -> bool:
    """Whether a file is named as `store_draw` names them."""
    return path.suffix == ".json" and bool(DRAW_ID.fullmatch(path.stem))


def store_draw(decisions_folder: Path, draw: Draw) -> Draw:
    """Write a draw down; one of the same comments that is stored already is returned instead.

    Raises:
        CoderError: the folder cannot be written, or a stored draw was changed.
    """
    for earlier in read_draws(decisions_folder):
        if earlier.same_comments(draw):
            sync_store(decisions_folder)  # who wrote it may have been ended before
            return earlier
    text = json.dumps(
        draw.model_dump(mode="json"),
        indent=1,
        sort_keys=True,
        ensure_ascii=True,
    )
    files.write_text(draw_path(decisions_folder, draw.id), text + "\n")
    sync_store(decisions_folder)
    return draw


def read_draws(decisions_folder: Path) -> tuple[Draw, ...]:
    """All stored draws of all projects, in the order in which they were made.

    Raises:
        CoderError: a file is not as `store_draw` wrote it.
    """
    folder = decisions_folder / DRAWS_FOLDER
    if not folder.is_dir():
        return ()
    draws = []
    for path in sorted(folder.iterdir()):
        if is_draw_file(path):
            draws.append(read_draw(path))
    return tuple(sorted(draws, key=lambda draw: (draw.drawn_at, draw.id)))


def read_draw(path: Path) -> Draw:
    """One stored draw.

    Raises:
        CoderError: the file is not as `store_draw` wrote it.
    """
    remedy = "A random draw is written down once. Restore the file from a backup."
    content = read_json(path, remedy, MOST_BYTES)
    if fingerprint_of(content) != path.stem:
        raise DamagedFileError(path, "it was changed after it was written", remedy)
    try:
        return Draw.model_validate(content)
    except ValidationError as error:
        raise DamagedFileError(path, "it is not a random draw", remedy) from error
