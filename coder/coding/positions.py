"""What a comment wants done about its theme: one position, several or none."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from coder.codebook import Theme
from coder.coding.comments import Comments, choose_view, prepare_comments
from coder.coding.first_guess import guess_log_odds
from coder.coding.regression import add_up, best_share, fit_offsets
from coder.coding.signals import score_subjects
from coder.coding.subjects import Subject, subject_of
from coder.coding.training import position_texts
from coder.embedding import Embedder

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

FEWEST_TO_LEARN = 4  # comments with a position; fewer say nothing that the names do not
FOLDS = 5
FEATURE_SCALE = 4.0  # of vectors, among features
SHARES = np.linspace(0, 1, 5)  # of what was learned, to choose from


class Scorer(NamedTuple):
    """How texts are scored: the same for the comments and for the texts that teach."""

    embedder: Embedder
    language: str
    opinion: bool
    seed: int

    def guess(
        self,
        comments: Comments,
        subjects: Sequence[Subject],
    ) -> Floats:
        """(n, k) log-odds of each position without decisions, all held equally common."""
        signals = score_subjects(
            comments, subjects, self.embedder, self.language, opinion=self.opinion
        )
        return guess_log_odds(signals.score.astype(np.float64), alike=True)

    def features(self, comments: Comments) -> Floats:
        """(n, d) what the regressions see."""
        vectors = choose_view(comments.vectors, self.opinion)
        return FEATURE_SCALE * np.asarray(vectors, dtype=np.float64)


def position_subjects(theme: Theme) -> list[Subject]:
    """The positions, each named with its theme so that it is about something."""
    subjects = []
    for position in theme.positions:
        name = f"{theme.name}: {position.name}"
        subjects.append(subject_of(position)._replace(name=name))
    return subjects


def score_positions(
    theme: Theme,
    comments: Comments,
    judgements: pd.DataFrame,
    own: pd.DataFrame,
    scorer: Scorer,
) -> Floats:
    """(n, k) probability of each position in comments that carry the theme, from its words and
    from judgements.

    Args:
        comments: those that carry the theme.
        judgements: `tables.JUDGEMENTS` of the codebook, any project.
        own: those of them made on this project's comments as they are now.
    """
    subjects = position_subjects(theme)
    odds = scorer.guess(comments, subjects)
    texts = position_texts(own, judgements, theme.id, subjects)
    if len(texts) >= FEWEST_TO_LEARN:
        odds = odds + _learned_addition(comments, subjects, texts, scorer)
    return np.asarray(expit(odds))


class _Regression(NamedTuple):
    """What positions are learned from. m texts, k positions, d features."""

    features: Floats  # (m, d)
    wanted: Floats  # (m, k) in [0, 1], NaN where not known
    weight: Floats  # (m, k)
    offset: Floats  # (m, k) log-odds without decisions

    def fit(self, use: Bools) -> Floats:
        """(d + 1, k) coefficients of a regression on the texts in `use`."""
        wanted, weight = self.wanted[use], self.weight[use]
        return fit_offsets(
            self.features[use],
            wanted,
            weight,
            self.offset[use],
        )


def _learned_addition(
    comments: Comments,
    subjects: Sequence[Subject],
    texts: Sequence[tuple[str, Floats]],
    scorer: Scorer,
) -> Floats:
    """What to add to the log-odds (n, k); comments that taught get it from a model that did not
    see them.
    """
    training = prepare_comments(
        [text for text, _ in texts],
        scorer.embedder,
        scorer.language,
    )
    wanted = np.vstack([named for _, named in texts])
    regression = _Regression(
        features=scorer.features(training),
        wanted=wanted,
        weight=_balanced_weight(wanted),
        offset=scorer.guess(training, subjects),
    )
    features = scorer.features(comments)
    everything = np.ones(len(texts), dtype=np.bool_)
    addition = add_up(regression.fit(everything), features)
    cross_fitted = np.zeros_like(wanted)
    fold_of_text, fold_of_comment = _folds(
        training.texts,
        comments.texts,
        scorer.seed,
    )
    for fold in range(FOLDS):
        use = fold_of_text != fold
        if use.any() and not use.all():
            without_fold = regression.fit(use)
            cross_fitted[~use] = add_up(without_fold, regression.features[~use])
            rows = fold_of_comment == fold
            addition[rows] = add_up(without_fold, features[rows])
    known = ~np.isnan(wanted)
    share = best_share(
        regression.offset[known],
        cross_fitted[known],
        wanted[known],
        SHARES,
    )
    return share * addition


def _folds(
    training: Sequence[str],
    comments: Sequence[str],
    seed: int,
) -> tuple[Integers, Integers]:
    """Fold of each training text, and of each comment with the same text (-1 for the others)."""
    drawn = np.random.default_rng(seed).permutation(len(training)) % FOLDS
    fold_of = dict(
        zip(training, drawn, strict=True)
    )  # copies of a text are left out together
    of_training = np.array([fold_of[text] for text in training], dtype=np.int64)
    of_comments = np.array([fold_of.get(text, -1) for text in comments], dtype=np.int64)
    return of_training, of_comments


def _balanced_weight(wanted: Floats) -> Floats:
    """Weights (m, k) by which those who name a position and those who do not count alike; 0 where
    not known.

    With a few dozen comments a regression otherwise learns little but which position is the
    commoner.
    """
    named = (wanted == 1).astype(np.float64)
    not_named = (wanted == 0).astype(np.float64)
    half = (named + not_named).sum(axis=0) / 2
    of_named = named * half / np.maximum(named.sum(axis=0), 1)
    of_not_named = not_named * half / np.maximum(not_named.sum(axis=0), 1)
    return np.asarray(of_named + of_not_named)
