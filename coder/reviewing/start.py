"""The first review of a codebook: a few comments drawn at random, decided blind, by one person or
several.
"""

from pathlib import Path

from coder.codebook import Codebook
from coder.decisions import drawn_ids, read_decisions
from coder.errors import CoderError
from coder.project import Project
from coder.reviewing.context import ReviewContext
from coder.reviewing.mode import ReviewMode
from coder.reviewing.progress.status import read_sample_status
from coder.reviewing.queue import StartQueue
from coder.reviewing.random_order import drawn_sample, plan_sample, record_sample
from coder.reviewing.record import Record
from coder.statistics.intervals import FEWEST_AUDITED
from coder.tables import analysed

FIRST_SAMPLE = FEWEST_AUDITED  # the fewest from which a report gives intervals


def start_mode(project: Project, seed: int) -> ReviewMode:
    """The first review of a project: 30 comments of its random order, or all where there are
    fewer.

    Raises:
        CoderError: no comment is analysed.
    """
    comments = len(analysed(project.comments))
    if not comments:
        raise CoderError(
            f"{project.folder}: no comments to review, all are excluded",
            "The reasons are in its ledger.csv.",
        )
    size = min(FIRST_SAMPLE, comments)
    return ReviewMode(blind=True, sample=size, seed=seed, start=True)


def count_left(
    project: Project, codebook: Codebook, codebook_path: Path, mode: ReviewMode
) -> int:
    """How many comments of the first review nobody has decided blind; none where another random
    sample of as many was decided.

    Raises:
        CoderError: a decision file or a sample file was changed.
    """
    if _has_other_sample(project, codebook, codebook_path):
        return 0
    comments = analysed(project.comments)
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    order = drawn_sample(project.folder, comments, mode.seed)
    size = mode.sample or 0
    name = project.settings().name
    stored = read_decisions(codebook_path)
    record = Record(
        stored.decisions,
        codebook,
        name,
        texts,
        stored.states,
        drawn_ids(stored.draws, name, list(texts)),
    )
    nobody = ReviewContext(codebook, record, name, "", mode)
    return StartQueue(nobody, order, size).left()


def record_start(
    project: Project, codebook: Codebook, codebook_path: Path, mode: ReviewMode
) -> None:
    """Write the draw of the first review down where no screen does, unless another sample takes
    its place.

    Raises:
        CoderError: a sample file was changed, or the folder cannot be written.
    """
    if _has_other_sample(project, codebook, codebook_path):
        return
    order = drawn_sample(project.folder, analysed(project.comments), mode.seed)
    name = project.settings().name
    size = mode.sample or 0
    draw = plan_sample(codebook, name, order, size, mode.seed)
    record_sample(codebook_path, draw)


def _has_other_sample(
    project: Project, codebook: Codebook, codebook_path: Path
) -> bool:
    """Whether a random sample that was declared, or one that is larger, is decided."""
    samples = read_sample_status(
        project.comments, codebook, codebook_path, project.settings().name
    )
    for sample in samples:
        is_enough = sample.is_usable and sample.decided >= FIRST_SAMPLE
        if is_enough and not sample.theme_ids and not sample.leaves_out:
            return True
    return False
