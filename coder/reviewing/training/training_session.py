"""A session in which a trainee codes comments with known answers, and sees how they compare."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coder.codebook import Codebook
from coder.decisions import (
    Decision,
    StoredDecisions,
    check_reviewer,
    decisions_folder,
    drawn_ids,
    read_decisions,
    read_documents,
)
from coder.decisions.training import (
    GoldComment,
    GoldSet,
    TrainingAnswer,
    standing_answers,
)
from coder.errors import CoderError, option
from coder.project import Project
from coder.reviewing.context import ReviewContext
from coder.reviewing.mode import ReviewMode
from coder.reviewing.news import open_beside
from coder.reviewing.opening import OpenReview
from coder.reviewing.queue import FixedQueue, Pick
from coder.reviewing.record import Record
from coder.reviewing.screen.writer import DecisionWriter
from coder.reviewing.session import Session
from coder.reviewing.training.gold import (
    SETTLED,
    keep_gold,
    read_gold,
    settled_gold,
    without_own,
)
from coder.reviewing.training.scores import (
    Comparison,
    TrainingScore,
    compare,
    score_training,
)
from coder.reviewing.training.training_log import TrainingLog
from coder.tables import analysed, ids_by_respondent

if TYPE_CHECKING:
    import pandas as pd

AT_START = "training: these answers count in no figure and teach the program nothing"


class SoFar(NamedTuple):
    """How far a trainee is: comments answered, of `total`; `exact` of them all right."""

    answered: int
    total: int
    exact: int


class Trainer:
    """Compares what a trainee decides with the gold answers. The first answer to a comment
    counts.

    Args:
        answers: given before, by comment.
        writer: stores an answer.

    Attributes:
        last: the comparison of the comment that was answered last; None before the first.
    """

    def __init__(
        self,
        codebook: Codebook,
        gold: Sequence[GoldComment],
        answers: Mapping[str, Decision],
        writer: DecisionWriter,
    ) -> None:
        self._codebook = codebook
        self._gold = {comment.comment_id: comment for comment in gold}
        self._answers = dict(answers)
        self._is_right: dict[str, bool] = {}
        for comment_id, decision in answers.items():
            compared = compare(codebook, self._gold[comment_id], decision)
            self._is_right[comment_id] = compared.is_right
        self._writer = writer
        self.last: Comparison | None = None

    def write(self, decisions: Sequence[Decision]) -> None:
        """Store the first answer to a comment; a later one is compared and not stored, and one on
        some of its themes is neither.
        """
        for decision in decisions:
            gold = self._gold.get(decision.comment_id)
            if gold is None or not set(gold.scope) <= set(decision.scope):
                continue
            self.last = compare(self._codebook, gold, decision)
            if decision.comment_id not in self._answers:
                self._answers[decision.comment_id] = decision
                self._is_right[decision.comment_id] = self.last.is_right
                self._writer([decision])

    def so_far(self) -> SoFar:
        """How many comments were answered, and how many of them all right."""
        exact = sum(self._is_right.values())
        return SoFar(len(self._answers), len(self._gold), exact)

    def score(self, *, resamples: int = 0) -> TrainingScore:
        """The score so far; with `resamples` draws for the intervals."""
        gold = list(self._gold.values())
        return score_training(self._codebook, gold, self._answers, resamples=resamples)


def make_gold(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    source: "pd.DataFrame | Path | str",
    *,
    every: int | None = None,
    reviewer: str = "",
) -> GoldSet:
    """Read a gold set and write it down with the decisions.

    Args:
        source: a table, or `settled`.
        every: see `GoldSet`.
        reviewer: who stores it.

    Raises:
        CoderError: the table is faulty, nothing was settled, or a file is damaged.
    """
    comments = analysed(project.comments)
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    name = project.settings().name
    if isinstance(source, str) and source == SETTLED:
        stored = read_decisions(codebook_path)
        record = _record_of(stored, codebook, name, texts)
        gold = settled_gold(record, stored.decisions, codebook, texts, name)
    else:
        ids = ids_by_respondent(project.comments)
        gold = read_gold(_as_path(source), codebook, texts, ids, name)
    update = {"every": every, "reviewer": reviewer}
    return keep_gold(decisions_folder(codebook_path), gold.model_copy(update=update))


def _as_path(source: "pd.DataFrame | Path | str") -> "pd.DataFrame | Path":
    if isinstance(source, str):
        return Path(source)
    return source


def _record_of(
    stored: StoredDecisions,
    codebook: Codebook,
    project: str,
    texts: Mapping[str, str],
) -> Record:
    drawn = drawn_ids(stored.draws, project, list(texts))
    return Record(stored.decisions, codebook, project, texts, stored.states, drawn)


def open_training(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    reviewer: str,
    gold: GoldSet,
    mode: ReviewMode,
) -> OpenReview:
    """A session over the comments of a gold set that the trainee has answered least often.

    Who has answered all of them begins again with the first.

    Args:
        mode: how the list of themes is shown; the session is blind.

    Raises:
        CoderError: the trainee decided or settled all of the comments, or a file is damaged.
    """
    check_reviewer(reviewer)
    folder = decisions_folder(codebook_path)
    comments = _comments_for(project, codebook, codebook_path, reviewer, gold)
    answers = answers_of_round(
        read_documents(folder, TrainingAnswer),
        comments,
        project,
        reviewer,
    )
    texts = {comment.comment_id: comment.text for comment in comments}
    name = project.settings().name
    record = Record(answers.values(), codebook, name, texts)
    mode = replace(mode, blind=True, train=True)
    context = ReviewContext(codebook, record, name, reviewer, mode)
    writer = DecisionWriter(TrainingLog(folder, gold.id, mixed=False))
    trainer = Trainer(codebook, comments, answers, writer)
    session = Session(
        context,
        _table_of(texts),
        FixedQueue(context, _picks(comments)),
        trainer.write,
    )
    session.trainer = trainer
    return OpenReview(
        session=session,
        writer=writer,
        attributes=(),
        others=tuple,
        has_labels=True,
        notes=(AT_START,),
        beside=open_beside(context, codebook_path),
    )


def _comments_for(
    project: Project,
    codebook: Codebook,
    codebook_path: Path,
    reviewer: str,
    gold: GoldSet,
) -> list[GoldComment]:
    """The comments of a set that the trainee does not know."""
    if gold.name != SETTLED:
        return list(gold.comments)
    texts = {comment.comment_id: comment.text for comment in gold.comments}
    stored = read_decisions(codebook_path)
    record = _record_of(stored, codebook, project.settings().name, texts)
    comments = without_own(gold.comments, record, reviewer)
    if not comments:
        raise CoderError(
            f"{reviewer} decided or settled all comments that are settled in this project",
            f"Name a table of other comments with answers: {option('train', 'GOLD.csv')}",
        )
    return comments


def _picks(comments: Iterable[GoldComment]) -> list[Pick]:
    return [
        Pick(comment.comment_id, "targeted", "training", comment.scope)
        for comment in comments
    ]


def _table_of(texts: Mapping[str, str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame({"comment_id": list(texts), "text": list(texts.values())})


def answers_of_round(
    answers: Iterable[TrainingAnswer],
    comments: Sequence[GoldComment],
    project: Project,
    reviewer: str,
) -> dict[str, Decision]:
    """A trainee's answers of the round that they are in, by comment.

    Every round asks each comment once; a new one begins when all were answered.
    """
    hashes = {comment.comment_id: comment.text_hash for comment in comments}
    given: list[Decision] = []
    for answer in standing_answers(answers, project.settings().name):
        decision = answer.decision
        is_asked = hashes.get(decision.comment_id) == decision.text_hash
        if is_asked and decision.reviewer == reviewer and not answer.mixed:
            given.append(decision)
    times = Counter(decision.comment_id for decision in given)
    rounds = min(times[comment_id] for comment_id in hashes)
    current: dict[str, Decision] = {}
    for decision in given:
        if times[decision.comment_id] > rounds:
            current[decision.comment_id] = decision
    return current
