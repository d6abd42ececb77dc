"""What a comment wants done about its theme: one position, both or none."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from coder.apply.model import FOLDS, Floats, best_cut, fit_offsets, prior_logits
from coder.apply.signals import Array, Comments, Subject, prepare, score_subjects, subject_of
from coder.apply.teaching import position_lessons
from coder.codebook import Theme
from coder.embedding import CachedEmbedder, Views

FEWEST_TO_LEARN = 4  # comments with a position; fewer say nothing that the names do not
SCALE = 4.0  # of vectors, among features


class Positions(NamedTuple):
    """Probabilities of a theme's positions in comments that carry the theme. n comments, k positions."""

    ids: tuple[str, ...]
    given_theme: Floats  # (n, k), in [0, 1]
    cut: float  # probability given the theme from which a position is assigned
    signals_sentence: Array  # (m, k) how well each sentence alone fits


def position_subjects(theme: Theme) -> list[Subject]:
    """The positions, each named with its theme so that it is about something."""
    return [
        subject_of(position)._replace(name=f"{theme.name}: {position.name}") for position in theme.positions
    ]


def score_positions(
    theme: Theme,
    comments: Comments,
    embedder: CachedEmbedder,
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
    prior = prior_logits(signals.score.astype(np.float64))
    lessons = position_lessons(own, judgements, theme.id, subjects)
    if len(lessons) >= FEWEST_TO_LEARN:
        prior = prior + _learned(comments, subjects, lessons, embedder, language, opinion=opinion, seed=seed)
    ids = tuple(subject.id for subject in subjects)
    given = expit(prior)
    return Positions(ids, given, best_cut(given), signals.sentence)


def _view(views: Views, opinion: bool) -> Floats:
    chosen = views.opinion if opinion and views.opinion is not None else views.plain
    return SCALE * np.asarray(chosen, dtype=np.float64)


def _learned(
    comments: Comments,
    subjects: Sequence[Subject],
    lessons: Sequence[tuple[str, Floats]],
    embedder: CachedEmbedder,
    language: str,
    *,
    opinion: bool,
    seed: int,
) -> Floats:
    """What to add to the log-odds (n, k); comments that taught get it from a model that did not see them."""
    texts = [text for text, _ in lessons]
    taught = prepare(texts, embedder, language)
    signals = score_subjects(taught, subjects, embedder, language, opinion=opinion)
    offset = prior_logits(signals.score.astype(np.float64))
    wanted = np.vstack([vector for _, vector in lessons])
    weight = (~np.isnan(wanted)).astype(np.float64)
    features = _view(taught.whole, opinion)
    here = _view(comments.whole, opinion)

    def added(use: NDArray[np.bool_], rows: Floats) -> Floats:
        b = fit_offsets(features[use], wanted[use], weight[use], offset[use])
        return np.asarray(rows @ b[:-1] + b[-1])

    found = added(np.ones(len(lessons), dtype=bool), here)
    fold = np.random.default_rng(seed).permutation(len(lessons)) % FOLDS
    held = {text: fold[number] for number, text in enumerate(texts)}
    for number in range(FOLDS):
        rows = np.array(
            [i for i, text in enumerate(comments.texts) if held.get(text) == number], dtype=np.int64
        )
        kept = np.array([held[text] != number for text in texts], dtype=bool)
        if len(rows) and kept.any():
            found[rows] = added(kept, here[rows])
    return found
