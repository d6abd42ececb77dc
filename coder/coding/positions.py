"""What a comment wants done about its theme: one position, both or none."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from coder.codebook import Theme
from coder.coding.model import Floats, fit_offsets, prior_logits
from coder.coding.signals import Comments, Subject, chosen_view, prepare, score_subjects, subject_of
from coder.coding.teaching import position_lessons
from coder.embedding import Embedder, Views

FEWEST_TO_LEARN = 4  # comments with a position; fewer say nothing that the names do not
FOLDS = 5
SCALE = 4.0  # of vectors, among features


class Positions(NamedTuple):
    """Probabilities of a theme's positions in comments that carry the theme. n comments, k positions."""

    ids: tuple[str, ...]
    given_theme: Floats  # (n, k), in [0, 1]


def position_subjects(theme: Theme) -> list[Subject]:
    """The positions, each named with its theme so that it is about something."""
    return [
        subject_of(position)._replace(name=f"{theme.name}: {position.name}")
        for position in theme.positions
    ]


def score_positions(
    theme: Theme,
    comments: Comments,
    embedder: Embedder,
    judgements: pd.DataFrame,
    own: pd.DataFrame,
    language: str,
    *,
    opinion: bool,
    seed: int,
) -> Positions:
    """Probability of each position given the theme, from its words and from what reviewers said."""
    subjects = position_subjects(theme)
    signals = score_subjects(comments, subjects, embedder, language, opinion=opinion)
    prior = prior_logits(signals.score.astype(np.float64), alike=True)
    lessons = position_lessons(own, judgements, theme.id, subjects)
    if len(lessons) >= FEWEST_TO_LEARN:
        prior = prior + _learned(
            comments, subjects, lessons, embedder, language, opinion=opinion, seed=seed
        )
    ids = tuple(subject.id for subject in subjects)
    return Positions(ids, expit(prior))


def _view(views: Views, opinion: bool) -> Floats:
    return SCALE * np.asarray(chosen_view(views, opinion), dtype=np.float64)


def _learned(
    comments: Comments,
    subjects: Sequence[Subject],
    lessons: Sequence[tuple[str, Floats]],
    embedder: Embedder,
    language: str,
    *,
    opinion: bool,
    seed: int,
) -> Floats:
    """What to add to the log-odds (n, k); comments that taught get it from a model that did not see them."""
    texts = [text for text, _ in lessons]
    taught = prepare(texts, embedder, language)
    signals = score_subjects(taught, subjects, embedder, language, opinion=opinion)
    offset = prior_logits(signals.score.astype(np.float64), alike=True)
    wanted = np.vstack([vector for _, vector in lessons])
    weight = _balanced(wanted)
    features, here = _view(taught.whole, opinion), _view(comments.whole, opinion)

    def added(use: NDArray[np.bool_], rows: Floats) -> Floats:
        b = fit_offsets(features[use], wanted[use], weight[use], offset[use])
        return np.asarray(rows @ b[:-1] + b[-1])

    fold = np.random.default_rng(seed).permutation(len(lessons)) % FOLDS
    held = {text: int(fold[number]) for number, text in enumerate(texts)}
    fold = np.array([held[text] for text in texts])  # copies together
    found = added(np.ones(len(lessons), dtype=bool), here)
    crossed = np.zeros_like(wanted)
    for number in range(FOLDS):
        kept = fold != number
        rows = np.array(
            [i for i, t in enumerate(comments.texts) if held.get(t) == number], dtype=np.int64
        )
        if kept.any() and not kept.all():
            crossed[~kept] = added(kept, features[~kept])
            found[rows] = added(kept, here[rows])
    return _share_that_holds(offset, crossed, wanted) * found


def _balanced(wanted: Floats) -> Floats:
    """Weights (n, k) by which those who name a position and those who do not count alike; 0 where not known.

    With a few dozen comments a regression otherwise learns little but which position is the commoner.
    """
    named, not_named = (wanted == 1).astype(np.float64), (wanted == 0).astype(np.float64)
    half = (named + not_named).sum(axis=0) / 2
    return np.asarray(
        named * half / np.maximum(named.sum(axis=0), 1)
        + not_named * half / np.maximum(not_named.sum(axis=0), 1)
    )


def _share_that_holds(offset: Floats, crossed: Floats, wanted: Floats) -> float:
    """How much of what was learned to keep: what predicts best the comments it was not learned from."""
    known = ~np.isnan(wanted)
    y = wanted[known]
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    odds = [offset[known] + share * crossed[known] for share in shares]
    return shares[int(np.argmin([float((np.logaddexp(0, o) - y * o).mean()) for o in odds]))]
