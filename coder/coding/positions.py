"""What a comment wants done about its theme: one position, several or none."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coder.codebook import Theme
from coder.coding.blocks import cut_texts, rows_by_block
from coder.coding.comments import Floats32
from coder.coding.first_guess import guess_log_odds
from coder.coding.odds import expit
from coder.coding.passes import Scorer
from coder.coding.regression import add_up, best_share, fit_offsets, one_thread
from coder.coding.scoring import (
    CountedTexts,
    Workplace,
    count_texts,
    gather_vectors,
    score_texts,
)
from coder.coding.subjects import Subject, subject_of
from coder.coding.training import position_texts

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

FEWEST_TO_LEARN = 4  # comments with a position; fewer say nothing that the names do not
FOLDS = 5
FEATURE_SCALE = 4.0  # of vectors, among features
SHARES = np.linspace(0, 1, 5)  # of what was learned, to choose from


def position_subjects(theme: Theme) -> list[Subject]:
    """The positions, each named with its theme so that it is about something."""
    subjects = []
    for position in theme.positions:
        name = f"{theme.name}: {position.name}"
        subjects.append(subject_of(position)._replace(name=name))
    return subjects


class Guessed(NamedTuple):
    """Texts with the log-odds of positions without decisions. n texts, k positions."""

    counted: CountedTexts
    place: Workplace
    odds: Floats  # (n, k)

    def features(self, rows: Integers) -> Floats:
        """(len(rows), d) what the regressions see of some texts."""
        return _as_features(gather_vectors(self.counted.blocks, rows, self.place.store))

    def add_up(self, coefficients: Floats) -> Floats:
        """(n, k) what coefficients add to the log-odds of all texts."""
        added = np.empty_like(self.odds)
        for number, rows in rows_by_block(self.counted.blocks).items():
            vectors = self.place.store.vectors(number).astype(np.float32)
            added[rows] = add_up(coefficients, _as_features(vectors))
        return added


def _as_features(vectors: Floats32) -> Floats:
    return FEATURE_SCALE * np.asarray(vectors, dtype=np.float64)


def guess_positions(
    texts: Sequence[str],
    subjects: Sequence[Subject],
    scorer: Scorer,
    place: Workplace,
) -> Guessed:
    """Log-odds of each position without decisions, all held equally common."""
    counted = count_texts(cut_texts(texts), subjects, scorer, place)
    scored = score_texts(counted, subjects, scorer, place, blend=False)
    odds = guess_log_odds(scored.blended, alike=True)
    return Guessed(counted, place, odds)


def score_positions(
    theme: Theme,
    texts: Sequence[str],
    judgements: pd.DataFrame,
    own: pd.DataFrame,
    scorer: Scorer,
    place: Workplace,
) -> Floats:
    """(n, k) probability of each position in comments that carry the theme, from its words and
    from judgements.

    Args:
        texts: of the comments that carry the theme.
        judgements: `tables.JUDGEMENTS` of the codebook, any project.
        own: those of them made on this project's comments as they are now.
        place: where the texts are scored.
    """
    subjects = position_subjects(theme)
    guessed = guess_positions(texts, subjects, scorer, place.beside("comments"))
    odds = guessed.odds
    known = position_texts(own, judgements, theme.id, subjects)
    if len(known) >= FEWEST_TO_LEARN:
        training = guess_positions(
            [text for text, _ in known], subjects, scorer, place.beside("training")
        )
        wanted = np.vstack([named for _, named in known])
        with one_thread():
            odds = odds + _learned_addition(guessed, training, wanted, scorer.seed)
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
    comments: Guessed,
    training: Guessed,
    wanted: Floats,
    seed: int,
) -> Floats:
    """What to add to the log-odds (n, k); comments that taught get it from a model that did not
    see them.

    Args:
        wanted: (m, k) of the training texts; see `position_texts`.
    """
    regression = _Regression(
        features=training.features(np.arange(len(wanted))),
        wanted=wanted,
        weight=_balanced_weight(wanted),
        offset=training.odds,
    )
    everything = np.ones(len(wanted), dtype=np.bool_)
    addition = comments.add_up(regression.fit(everything))
    cross_fitted = np.zeros_like(wanted)
    fold_of_text, fold_of_comment = _folds(
        training.counted.texts,
        comments.counted.texts,
        seed,
    )
    for fold in range(FOLDS):
        use = fold_of_text != fold
        if use.any() and not use.all():
            without_fold = regression.fit(use)
            cross_fitted[~use] = add_up(without_fold, regression.features[~use])
            rows = np.flatnonzero(fold_of_comment == fold)
            addition[rows] = add_up(without_fold, comments.features(rows))
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
