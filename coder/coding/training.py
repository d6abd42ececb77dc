"""What can be learned from: judgements and the codebook's examples, as texts with answers and
as arrays.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.coding.learning import FEWEST_TO_CALIBRATE, TrainingArrays
from coder.coding.subjects import Subject
from coder.decisions import with_times
from coder.text import text_hash

Floats = NDArray[np.float64]

ENOUGH = (
    30  # comments drawn at random, beside which no listed ones are needed to calibrate
)
OWN_WEIGHT = 1.0
# Of a judgement in another consultation, or on a text that has changed since.
ELSEWHERE_WEIGHT = 0.5
EXAMPLE_WEIGHT = 1.0
NOT_HERE = -1  # row of a text that is not a comment of this project


class TrainingAnswer(NamedTuple):
    """What was answered of one theme in one text."""

    share: float  # of the reviewers who say present, in [0, 1]
    weight: float


class TrainingText(NamedTuple):
    """A text with what was answered of it."""

    text: str
    row: int  # of this project's comment, or `NOT_HERE`
    answers: Mapping[int, TrainingAnswer]  # by column of the theme
    may_calibrate: bool = False


class TrainingSet(NamedTuple):
    """Everything that can be learned from, and what to tell of it."""

    texts: tuple[TrainingText, ...]
    own: int  # comments of this project with a judgement
    elsewhere: int  # texts judged in other consultations
    calibrated_on: str  # random, listed or nothing

    @property
    def calibrating(self) -> int:
        """How many comments may calibrate."""
        return sum(text.may_calibrate for text in self.texts)

    @property
    def has_judgements(self) -> bool:
        """Whether anybody judged anything; without, there are examples at most."""
        return self.own + self.elsewhere > 0


def gather_training_set(
    judgements: pd.DataFrame,
    own: pd.DataFrame,
    comment_ids: Sequence[str],
    subjects: Sequence[Subject],
) -> TrainingSet:
    """Texts to learn from: judgements, and the codebook's examples.

    Several reviewers of one comment count once, as the share who say present.

    Args:
        judgements: `tables.JUDGEMENTS` of the codebook, any project.
        own: those of them made on this project's comments as they are now.
        comment_ids: of the comments being coded, by row.
        subjects: the themes, by column.
    """
    columns = {subject.id: number for number, subject in enumerate(subjects)}
    own_texts, calibrated_on = _own_texts(own, comment_ids, columns)
    elsewhere = _texts_elsewhere(judgements, own, own_texts, columns)
    return TrainingSet(
        texts=(*own_texts, *elsewhere, *example_texts(subjects)),
        own=len(own_texts),
        elsewhere=len(elsewhere),
        calibrated_on=calibrated_on,
    )


def _own_texts(
    own: pd.DataFrame,
    comment_ids: Sequence[str],
    columns: Mapping[str, int],
) -> tuple[list[TrainingText], str]:
    """This project's comments, and how those that may calibrate were chosen."""
    row_of = {comment_id: row for row, comment_id in enumerate(comment_ids)}
    own = own[own["comment_id"].isin(row_of)]
    calibrating, calibrated_on = _calibrating_comments(own)
    texts = []
    for comment_id, text, answers in _answered_texts(
        own, "comment_id", columns, OWN_WEIGHT
    ):
        may_calibrate = comment_id in calibrating
        texts.append(
            TrainingText(
                text,
                row_of[comment_id],
                answers,
                may_calibrate,
            )
        )
    return texts, calibrated_on


def _calibrating_comments(own: pd.DataFrame) -> tuple[set[str], str]:
    """Ids of the comments that may calibrate, and how they were chosen.

    Only comments judged whole may: those drawn at random; where there are too few of them, also
    those that came in a table which does not say how they were chosen, never those the model
    itself chose.
    """
    whole = with_times(own[own["whole"].astype(bool)])
    drawn = set(whole.loc[whole["drawn_at"] != "", "comment_id"])
    listed = drawn | set(whole.loc[whole["chosen"] == "listed", "comment_id"])
    for fewest in (ENOUGH, FEWEST_TO_CALIBRATE):
        if len(drawn) >= fewest:
            return drawn, "random"
        if len(listed) >= fewest:
            return listed, "listed"
    return listed, "nothing"


def _texts_elsewhere(
    judgements: pd.DataFrame,
    own: pd.DataFrame,
    own_texts: Sequence[TrainingText],
    columns: Mapping[str, int],
) -> list[TrainingText]:
    """Texts judged in other consultations, without those that are also judged here."""
    hashes = {text_hash(training.text) for training in own_texts}
    here = judgements["decision_id"].isin(set(own["decision_id"]))
    others = judgements[~here & ~judgements["text_hash"].isin(hashes)]
    texts = []
    for _, text, answers in _answered_texts(
        others, "text_hash", columns, ELSEWHERE_WEIGHT
    ):
        if text.strip():
            texts.append(TrainingText(text, NOT_HERE, answers))
    return texts


def _answered_texts(
    table: pd.DataFrame,
    key: str,
    columns: Mapping[str, int],
    weight: float,
) -> Iterator[tuple[str, str, dict[int, TrainingAnswer]]]:
    """Key, text and answers of each text; `key` is the column of `table` that tells texts apart."""
    table = table[table["theme_id"].isin(columns)]
    if table.empty:
        return
    present = table.assign(present=table["present"].astype(float))
    shares = present.groupby([key, "theme_id"])["present"].mean().reset_index()
    answers: dict[str, dict[int, TrainingAnswer]] = {}
    for name, theme_id, share in shares.itertuples(index=False, name=None):
        answers.setdefault(str(name), {})[columns[str(theme_id)]] = TrainingAnswer(
            float(share), weight
        )
    texts = table.drop_duplicates(key).set_index(key)["text"]
    for name, own_answers in answers.items():
        yield name, str(texts.loc[name]), own_answers


def example_texts(subjects: Sequence[Subject]) -> list[TrainingText]:
    """Each example is a judgement on its own theme alone, and so is each counter-example."""
    texts = []
    for column, subject in enumerate(subjects):
        for text in subject.examples:
            texts.append(
                TrainingText(
                    text,
                    NOT_HERE,
                    {column: TrainingAnswer(1.0, EXAMPLE_WEIGHT)},
                )
            )
        for text in subject.counter_examples:
            texts.append(
                TrainingText(
                    text,
                    NOT_HERE,
                    {column: TrainingAnswer(0.0, EXAMPLE_WEIGHT)},
                )
            )
    return texts


def training_arrays(
    texts: Sequence[TrainingText],
    rows: Sequence[int],
    themes: int,
) -> TrainingArrays:
    """The texts as arrays; `rows` gives the feature row of each text."""
    wanted = np.zeros((len(texts), themes))
    weight = np.zeros((len(texts), themes))
    for number, training in enumerate(texts):
        for column, answer in training.answers.items():
            wanted[number, column] = answer.share
            weight[number, column] = answer.weight
    return TrainingArrays(
        rows=np.array(rows, dtype=np.int64),
        wanted=wanted,
        weight=weight,
        own=np.array([training.row != NOT_HERE for training in texts], dtype=np.bool_),
        may_calibrate=np.array(
            [training.may_calibrate for training in texts], dtype=np.bool_
        ),
    )


def position_texts(
    own: pd.DataFrame,
    judgements: pd.DataFrame,
    theme_id: str,
    positions: Sequence[Subject],
) -> list[tuple[str, Floats]]:
    """Texts that carry a theme, with the positions named.

    Returns:
        (text, (k,) 1 for a position named, 0 for one that is not, NaN where not known) for each
        comment that was judged to carry the theme with a position, and for each example and
        counter-example of a position.
    """
    table = pd.concat([own, judgements]).drop_duplicates("decision_id")
    table = table[(table["theme_id"] == theme_id) & table["present"].astype(bool)]
    texts = []
    for text, names in zip(table["text"], table["positions"], strict=True):
        if names:
            named = [float(position.id in names) for position in positions]
            texts.append((str(text), np.array(named)))
    for number, position in enumerate(positions):
        only = np.zeros(len(positions))
        only[number] = 1.0  # an example of one position is none of the others
        texts.extend((text, only) for text in position.examples)
        not_this = np.full(len(positions), np.nan)
        not_this[number] = 0.0
        texts.extend((text, not_this) for text in position.counter_examples)
    return texts
