"""From judgements and examples to arrays that can be learned from: what was said of which text."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.coding.model import FEWEST_TO_CALIBRATE, Floats, Taught
from coder.coding.signals import Subject
from coder.text import text_hash

ELSEWHERE_WEIGHT = (
    0.5  # of a judgement made in another consultation, or on a text that has changed since
)
EXAMPLE_WEIGHT = 1.0
# Of vectors of length 1 beside the penalty of the regressions. Measured on the patient comments: larger is a
# little better up to 400 decisions (average precision +.001 at 1.3 times as much) and worse with thousands (-.01).
FEATURE_SCALE = 3.3


class Lesson(NamedTuple):
    """What was said of one text."""

    text: str
    comment: int  # row of this project's comment, or -1
    said: dict[int, tuple[float, float]]  # theme to (share who say present, weight)
    trusted: bool


class Lessons(NamedTuple):
    """Everything that can be learned from, and what to tell of it."""

    lessons: tuple[Lesson, ...]
    own: int  # comments of this project with a judgement
    elsewhere: int  # texts judged in other consultations
    calibrated_on: str  # random, listed or nothing


def gather(
    judgements: pd.DataFrame,
    own: pd.DataFrame,
    comment_ids: Sequence[str],
    subjects: Sequence[Subject],
) -> Lessons:
    """Lessons from judgements and from the codebook's examples.

    Several reviewers of one comment count once, as the share who say present. Only comments judged whole may
    calibrate: those drawn at random; where there are too few of them, also those that came in a table which
    does not say how they were chosen, never those the model itself chose.

    Args:
        judgements: `tables.JUDGEMENTS` of the codebook, any project.
        own: those of them made on this project's comments as they are now.
        comment_ids: of the comments being coded, by row.
        subjects: the themes, by column.
    """
    column = {subject.id: number for number, subject in enumerate(subjects)}
    row = {comment_id: number for number, comment_id in enumerate(comment_ids)}
    mine = own[own["comment_id"].isin(row)]
    random = _whole(mine, "random")
    calibrated_on = "random"
    if len(random) < FEWEST_TO_CALIBRATE:
        random = random | _whole(mine, "listed")
        calibrated_on = "listed" if len(random) >= FEWEST_TO_CALIBRATE else "nothing"
    lessons = [
        Lesson(texts.iloc[0], row[str(comment_id)], said, str(comment_id) in random)
        for comment_id, said, texts in _by(mine, "comment_id", column, 1.0)
    ]
    here = set(own["decision_id"])
    seen = {text_hash(lesson.text) for lesson in lessons}
    others = judgements[~judgements["decision_id"].isin(here) & ~judgements["text_hash"].isin(seen)]
    elsewhere = [
        Lesson(texts.iloc[0], -1, said, False)
        for _, said, texts in _by(others, "text_hash", column, ELSEWHERE_WEIGHT)
        if texts.iloc[0].strip()
    ]
    return Lessons(
        (*lessons, *elsewhere, *examples(subjects)), len(lessons), len(elsewhere), calibrated_on
    )


def examples(subjects: Sequence[Subject]) -> list[Lesson]:
    """Each example is a judgement on its own theme alone, and so is each counter-example."""
    return [
        Lesson(text, -1, {number: (present, EXAMPLE_WEIGHT)}, False)
        for number, subject in enumerate(subjects)
        for present, texts in ((1.0, subject.examples), (0.0, subject.counter_examples))
        for text in texts
    ]


def taught_from(lessons: Sequence[Lesson], rows: Sequence[int], themes: int) -> Taught:
    """The lessons as arrays; `rows` gives the feature row of each lesson's text."""
    wanted = np.zeros((len(lessons), themes))
    weight = np.zeros((len(lessons), themes))
    for number, lesson in enumerate(lessons):
        for theme, (share, counted) in lesson.said.items():
            wanted[number, theme], weight[number, theme] = share, counted
    return Taught(
        np.array(rows, dtype=np.int64),
        wanted,
        weight,
        np.array([lesson.comment >= 0 for lesson in lessons], dtype=bool),
        np.array([lesson.trusted for lesson in lessons], dtype=bool),
    )


def _whole(own: pd.DataFrame, chosen: str) -> set[str]:
    return set(own.loc[own["whole"].astype(bool) & (own["chosen"] == chosen), "comment_id"])


def _by(
    table: pd.DataFrame, key: str, column: dict[str, int], weight: float
) -> list[tuple[str, dict[int, tuple[float, float]], pd.Series]]:
    table = table[table["theme_id"].isin(column)]
    if table.empty:
        return []
    share = (
        table.assign(present=table["present"].astype(float))
        .groupby([key, "theme_id"])["present"]
        .mean()
    )
    texts = table.drop_duplicates(key).set_index(key)["text"]
    said: dict[str, dict[int, tuple[float, float]]] = {}
    rows = share.reset_index()
    for name, theme_id, present in zip(rows[key], rows["theme_id"], rows["present"], strict=True):
        said.setdefault(str(name), {})[column[str(theme_id)]] = (float(present), weight)
    return [(name, found, texts.loc[[name]]) for name, found in said.items()]


def position_lessons(
    own: pd.DataFrame, judgements: pd.DataFrame, theme_id: str, positions: Sequence[Subject]
) -> list[tuple[str, Floats]]:
    """(text, positions named in [0, 1]) for each comment that was said to carry the theme with a position."""
    said = pd.concat([own, judgements]).drop_duplicates("decision_id")
    said = said[(said["theme_id"] == theme_id) & said["present"].astype(bool)]
    found = [
        (str(text), np.array([float(p.id in named) for p in positions]))
        for text, named in zip(said["text"], said["positions"], strict=True)
        if named
    ]
    for number, position in enumerate(positions):
        for share, texts in ((1.0, position.examples), (0.0, position.counter_examples)):
            for text in texts:
                vector = np.full(len(positions), np.nan)
                vector[number] = share
                if share == 1.0:  # an example of one position is none of the others
                    vector = np.array([float(i == number) for i in range(len(positions))])
                found.append((text, vector))
    return found


def feature_arrays(whole: NDArray[np.float32], wording: Floats) -> Floats:
    """What the themes' regressions see: the opinion view (or the plain one) beside the wording's components.

    Each column is centred: what all comments of a consultation share tells no two of them apart, and left in
    it takes up a good part of every coefficient.
    """
    both = np.hstack([whole.astype(np.float64), wording])
    return np.asarray(FEATURE_SCALE * (both - both.mean(axis=0)))
