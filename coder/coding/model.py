"""The model: every comment against every theme and position, taught by the codebook's decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from coder.codebook import Codebook, Theme
from coder.coding.basis import name_bases
from coder.coding.comments import (
    Bools,
    Comments,
    Integers,
    choose_view,
    prepare_comments,
)
from coder.coding.cuts import Assignment, assign_position, assign_themes, best_cut
from coder.coding.evidence import find_evidence
from coder.coding.features import no_components, regression_features, wording_components
from coder.coding.first_guess import guess_log_odds
from coder.coding.group_evidence import (
    guess_with_groups,
    hold_rates,
    prepare_texts,
    sureness_beside,
)
from coder.coding.groups import ThemeGroup, expected_sizes, match_groups
from coder.coding.keyword_facts import keyword_facts
from coder.coding.labels import (
    DECIMALS,
    ItemLabels,
    comments_without_theme,
    labels_table,
    mean_labels,
)
from coder.coding.language import find_foreign
from coder.coding.learning import TrainingArrays, learn
from coder.coding.leftovers import guess_leftovers, takes_leftovers
from coder.coding.neighbours import blend_with_neighbours
from coder.coding.positions import Scorer, score_positions
from coder.coding.signals import Signals, score_subjects
from coder.coding.subjects import subject_of
from coder.coding.training import TrainingSet, gather_training_set, training_arrays
from coder.decisions import own_judgements
from coder.embedding import Embedder, offers_opinion
from coder.engine import Progress, silent
from coder.errors import CoderError
from coder.tables import JUDGEMENTS, analysed, empty
from coder.text import Span

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

MOST_LISTED = 20  # ids of comments in another language that the facts list
# Probability from which a pair gets evidence, since a reviewer may be shown it.
SHOWN_FROM = 0.05


class Coding(NamedTuple):
    """What `apply_codebook` returns.

    Attributes:
        labels: `tables.LABELS`, the model's answer alone; sub-themes do not count for their
            parents here.
        facts: for the run record: `calibrated` (bool), `decided`, `thresholds` by theme id ...
    """

    labels: "pd.DataFrame"
    facts: dict[str, Any]


def apply_codebook(
    comments: "pd.DataFrame",
    codebook: Codebook,
    embedder: Embedder,
    judgements: "pd.DataFrame | None" = None,
    *,
    groups: "pd.DataFrame | None" = None,
    project: str = "",
    labels_per_comment: float | None = None,
    opinion: bool = True,
    seed: int = 0,
    progress: Progress = silent,
) -> Coding:
    """Score every analysed comment against every theme and position.

    A theme's probability for a judged comment comes from a model that did not see that judgement.

    Args:
        comments: `tables.COMMENTS`.
        judgements: `tables.JUDGEMENTS` of the codebook, all projects; all of them teach.
        groups: `tables.GROUPS`, the groups that themes were adopted from.
        project: name under which this project's judgements were made.
        labels_per_comment: mean number of themes a comment; None takes it from the comments and
            the codebook.
        opinion: use the opinion view of the packaged encoder beside the plain one.
        seed: of whatever is drawn at random.

    Raises:
        CoderError: no comment is analysed, or `labels_per_comment` is out of range.
    """
    rows = analysed(comments)
    if rows.empty:
        raise CoderError(
            "no comment is left to code",
            "See ledger.csv for why each comment was excluded.",
        )
    _check_labels_per_comment(labels_per_comment, codebook)
    if judgements is None:
        judgements = empty(JUDGEMENTS)
    task = _Task(
        ids=list(rows["comment_id"]),
        texts=list(rows["text"]),
        codebook=codebook,
        judgements=judgements,
        own=own_judgements(judgements, rows, project),
        groups=match_groups(groups, codebook, rows["text"]),
        scorer=Scorer(embedder, codebook.language, opinion, seed),
        progress=progress,
    )
    scored = _score(task)
    coded = assign_themes(
        np.asarray(expit(scored.odds)),
        codebook,
        decided=scored.training.own + scored.training.elsewhere,
        labels_per_comment=labels_per_comment,
    )
    items = _item_labels(task, scored, coded.probability, coded.assigned)
    labels = labels_table(task.ids, task.texts, items, str(codebook.version))
    return Coding(labels, _facts(task, scored, coded, labels))


def _check_labels_per_comment(
    labels_per_comment: float | None, codebook: Codebook
) -> None:
    most = len(codebook.active)
    if labels_per_comment is not None and not 0 < labels_per_comment <= most:
        raise CoderError(
            f"labels per comment must be over 0 and at most {most}, not {labels_per_comment}",
            "People usually give 1 to 2.",
        )


@dataclass(frozen=True)
class _Task:
    """What is to be coded, and what may teach. n comments."""

    ids: list[str]  # (n)
    texts: list[str]  # (n)
    codebook: Codebook
    judgements: "pd.DataFrame"
    own: "pd.DataFrame"
    groups: tuple[ThemeGroup, ...]
    scorer: Scorer
    progress: Progress


class _Scored(NamedTuple):
    """Comments with their log-odds. n comments, t themes."""

    comments: Comments
    signals: Signals
    odds: Floats  # (n, t)
    training: TrainingSet
    calibrated: bool
    learned_share: float


# ---------------------------------------------------------------- log-odds of the themes


def _score(task: _Task) -> _Scored:
    """Score the comments together with the texts that teach and are not among them."""
    scorer, n = task.scorer, len(task.texts)
    subjects = [subject_of(theme) for theme in task.codebook.active]
    training = gather_training_set(task.judgements, task.own, task.ids, subjects)
    others = [text.text for text in training.texts if text.row < 0]
    everything = prepare_comments(
        [*task.texts, *others], scorer.embedder, scorer.language, task.progress
    )
    signals = score_subjects(
        everything, subjects, scorer.embedder, scorer.language, opinion=scorer.opinion
    )
    score = blend_with_neighbours(signals.score, everything, opinion=scorer.opinion)
    leftover = takes_leftovers(task.codebook)
    guess = guess_log_odds(score[:n], signals.automatic)
    # (t,) takes a score to the log-odds of this project's first guess.
    shift = guess[0] - score[0]
    full_prior = np.vstack([guess, score[n:] + shift])
    arrays = training_arrays(training.texts, _rows_of(training, n), len(subjects))
    if task.groups:
        full_prior = guess_with_groups(
            score,
            full_prior,
            task.groups,
            _example_rows(arrays, n),
            prepare_texts(everything, n, opinion=scorer.opinion),
            sureness=sureness_beside(arrays),
        )
    full_prior = guess_leftovers(full_prior, leftover)
    comments = everything.first(n)
    own_signals = signals.first(n, len(comments.owner))
    if not training.texts:
        return _Scored(comments, own_signals, full_prior[:n], training, False, 0.0)
    features = _features(everything, training, scorer)
    result = learn(full_prior, features, arrays, seed=scorer.seed)
    odds = result.odds[:n]
    if not result.calibrated:
        columns = [group.column for group in task.groups]
        odds = hold_rates(odds, full_prior[:n], columns, arrays)
    if not training.has_judgements:
        odds = guess_leftovers(odds, leftover)
    return _Scored(
        comments=comments,
        signals=own_signals,
        odds=odds,
        training=training,
        calibrated=result.calibrated,
        learned_share=result.learned_share,
    )


def _example_rows(training: TrainingArrays, n: int) -> dict[int, Integers]:
    """By column of the theme, the rows of its examples: texts that carry it and are no comments."""
    rows = {}
    for column in range(training.wanted.shape[1]):
        carries = (training.weight[:, column] > 0) & (training.wanted[:, column] > 0.5)
        rows[column] = training.rows[carries & (training.rows >= n)]
    return rows


def _features(
    comments: Comments,
    training: TrainingSet,
    scorer: Scorer,
) -> Floats:
    # A handful of examples says nothing of wording that the keywords do not.
    components = no_components(comments.texts)
    if training.has_judgements:
        components = wording_components(comments.texts, seed=scorer.seed)
    return regression_features(
        choose_view(comments.vectors, scorer.opinion), components
    )


def _rows_of(training: TrainingSet, n: int) -> list[int]:
    """Row of each training text; those that are not among the n comments follow them in their
    order.
    """
    rows = []
    next_row = n
    for text in training.texts:
        if text.row >= 0:
            rows.append(text.row)
        else:
            rows.append(next_row)
            next_row += 1
    return rows


# ---------------------------------------------------------------- labels


def _item_labels(
    task: _Task,
    scored: _Scored,
    probability: Floats,
    assigned: Bools,
) -> list[ItemLabels]:
    """The themes, each followed by its positions."""
    themes = task.codebook.active
    shown = assigned | (probability >= SHOWN_FROM)
    evidence = _evidence_by_theme(task, scored, shown)
    items = []
    for column, theme in enumerate(themes):
        item = ItemLabels(
            theme_id=theme.id,
            position_id="",
            probability=probability[:, column],
            assigned=assigned[:, column],
            evidence=evidence.get(column, {}),
        )
        items.append(item)
        if theme.positions:
            items += _position_labels(
                task,
                scored.comments,
                theme,
                item,
                shown[:, column],
            )
    return items


def _evidence_by_theme(
    task: _Task,
    scored: _Scored,
    shown: Bools,
) -> Mapping[int, Mapping[int, Span]]:
    """By column of the theme, then by row of the comment."""
    embedder = task.scorer.embedder
    vectors = embedder.encode(
        [f"{theme.name}. {theme.definition}" for theme in task.codebook.active]
    )
    spans = find_evidence(
        scored.comments,
        scored.signals,
        shown,
        vectors,
        embedder,
    )
    evidence: dict[int, dict[int, Span]] = {}
    for (row, column), span in spans.items():
        evidence.setdefault(column, {})[row] = span
    return evidence


def _position_labels(
    task: _Task,
    comments: Comments,
    theme: Theme,
    whole: ItemLabels,
    shown: Bools,
) -> list[ItemLabels]:
    """The positions of a theme, scored in the comments in which the theme is `shown` (n,)."""
    carrying = np.flatnonzero(shown)
    given_theme = np.zeros((len(shown), len(theme.positions)))
    cut = 0.5
    if len(carrying):
        given_theme[carrying] = score_positions(
            theme, comments.pick(carrying), task.judgements, task.own, task.scorer
        )
        if whole.assigned.any():
            cut = best_cut(given_theme[whole.assigned])
    items = []
    for number, position in enumerate(theme.positions):
        item = whole._replace(
            position_id=position.id,
            probability=whole.probability * given_theme[:, number],
            assigned=whole.assigned & assign_position(given_theme, number, cut),
        )
        items.append(item)
    return items


# ---------------------------------------------------------------- facts


def _facts(
    task: _Task,
    scored: _Scored,
    coded: Assignment,
    labels: "pd.DataFrame",
) -> dict[str, Any]:
    codebook, scorer = task.codebook, task.scorer
    theme_ids = [theme.id for theme in codebook.active]
    sizes = expected_sizes(task.groups, codebook, len(task.ids))
    # As the probabilities are in the labels, so that the two can be compared.
    thresholds = [round(float(cut), DECIMALS) for cut in coded.cuts]
    return {
        "comments": len(task.ids),
        "codebook_fingerprint": codebook.fingerprint,
        "codebook_version": str(codebook.version),
        "model_fingerprint": scorer.embedder.fingerprint,
        "calibrated": scored.calibrated,
        "calibrated_on": scored.training.calibrated_on,
        "calibrated_with": scored.training.calibrating,
        "decided": scored.training.own,
        "decided_elsewhere": scored.training.elsewhere,
        "learned_share": scored.learned_share,
        "grouped": sizes,
        "thresholds": dict(zip(theme_ids, thresholds, strict=True)),
        "labels_per_comment": mean_labels(labels),
        "comments_without_theme": comments_without_theme(labels),
        "long_comments": int(scored.comments.is_long.sum()),
        "other_language": _language_facts(
            task.ids,
            task.texts,
            codebook.language,
        ),
        "opinion": scorer.opinion and offers_opinion(scorer.embedder),
        "seed": scorer.seed,
        "found_by": name_bases(
            codebook.active,
            scored.signals,
            coded.assigned,
            rest=takes_leftovers(codebook),
            grouped=sizes,
        ),
        **keyword_facts(task.ids, theme_ids, scored.signals, coded.assigned),
    }


def _language_facts(
    ids: Sequence[str],
    texts: Sequence[str],
    language: str,
) -> dict[str, Any]:
    """How many comments seem to be in another language than the codebook's, and the first of
    them.
    """
    foreign = find_foreign(texts, language)
    return {
        "comments": len(foreign.rows),
        "judged": foreign.judged,
        "noticeable": foreign.noticeable,
        "guessed": foreign.guessed,
        "comment_ids": [str(ids[row]) for row in foreign.rows[:MOST_LISTED]],
    }
