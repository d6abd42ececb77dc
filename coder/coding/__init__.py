"""Room: code every comment against a codebook, with evidence; learn from the codebook's decisions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from coder.codebook import Codebook, Theme
from coder.coding import evidence, language, model, positions, signals, table, teaching, wording
from coder.decisions import own_judgements
from coder.embedding import Embedder, offers_opinion
from coder.engine import Progress, silent
from coder.errors import CoderError
from coder.tables import JUDGEMENTS, analysed, empty

if TYPE_CHECKING:
    import pandas as pd

LISTED = 20  # ids at most of comments in another language
SHOWN_FROM = 0.05  # probability from which a pair gets evidence: what a reviewer may be shown


class Coding(NamedTuple):
    """What `apply_codebook` found."""

    labels: "pd.DataFrame"  # tables.LABELS, the model's answer alone; sub-themes do not count for parents here
    facts: dict[str, Any]  # for the run record: calibrated (bool), decisions used, thresholds ...


def apply_codebook(
    comments: "pd.DataFrame",
    codebook: Codebook,
    embedder: Embedder,
    judgements: "pd.DataFrame | None" = None,
    *,
    project: str = "",
    labels_per_comment: float | None = None,
    opinion: bool = True,
    seed: int = 0,
    progress: Progress = silent,
) -> Coding:
    """Score every analysed comment against every theme and position.

    Args:
        comments: `tables.COMMENTS`.
        judgements: `tables.JUDGEMENTS` of the codebook, all projects; all of them teach.
        project: name under which this project's judgements were made.
        labels_per_comment: mean number of themes a comment; None takes it from the comments and the codebook.
        opinion: use the opinion view of the packaged encoder beside the plain one.

    Returns:
        Labels for every analysed comment with every theme, and for each position: the model's answer alone.
        A theme's probability for a judged comment comes from a model that did not see that judgement.

    Raises:
        CoderError: no comment counts, or `labels_per_comment` is out of range.
    """
    rows = analysed(comments)
    if rows.empty:
        raise CoderError("no comment is left to code", "See ledger.csv for why each was excluded.")
    if labels_per_comment is not None and not 0 < labels_per_comment <= len(codebook.active):
        raise CoderError(
            f"labels per comment must be over 0 and at most {len(codebook.active)}, not {labels_per_comment}",
            "People usually give 1 to 2.",
        )
    judged = empty(JUDGEMENTS) if judgements is None else judgements
    own = own_judgements(judged, rows, project)
    subjects = [signals.subject_of(theme) for theme in codebook.active]
    lessons = teaching.gather(judged, own, list(rows["comment_id"]), subjects)
    coded = _scored(
        rows, codebook, embedder, subjects, lessons, opinion=opinion, seed=seed, progress=progress
    )
    probability = expit(coded.odds)
    cuts = _cuts(probability, coded.learned, labels_per_comment)
    assigned = _without_fallback(probability >= cuts, codebook.active)
    blocks = _blocks(
        coded, codebook, embedder, judged, own, probability, assigned, opinion=opinion, seed=seed
    )
    labels = table.labels_table(
        list(rows["comment_id"]), list(rows["text"]), blocks, str(codebook.version)
    )
    thresholds = {theme.id: float(cut) for theme, cut in zip(codebook.active, cuts, strict=True)}
    foreign = language.foreign_comments(list(rows["text"]), codebook.language)
    facts = {
        "comments": len(rows),
        "codebook_fingerprint": codebook.fingerprint,
        "codebook_version": str(codebook.version),
        "model_fingerprint": embedder.fingerprint,
        "calibrated": coded.calibrated,
        "calibrated_on": lessons.calibrated_on,
        "decided": lessons.own,
        "decided_elsewhere": lessons.elsewhere,
        "learned_share": coded.trust,
        "thresholds": thresholds,
        "labels_per_comment": table.labels_per_comment(labels),
        "comments_without_theme": table.comments_without_theme(labels),
        "long_comments": int(coded.comments.long.sum()),
        "other_language": {
            "comments": len(foreign.places),
            "judged": foreign.judged,
            "noticeable": foreign.noticeable,
            "guessed": foreign.guessed,
            "comment_ids": [
                str(rows["comment_id"].iloc[place]) for place in foreign.places[:LISTED]
            ],
        },
        "opinion": opinion and offers_opinion(embedder),
        "seed": seed,
    }
    return Coding(labels, facts)


class _Coded(NamedTuple):
    comments: signals.Comments
    signals: signals.Signals
    odds: model.Floats  # (n, t)
    calibrated: bool
    learned: bool
    trust: float


def _scored(
    rows: "pd.DataFrame",
    codebook: Codebook,
    embedder: Embedder,
    subjects: Sequence[signals.Subject],
    lessons: teaching.Lessons,
    *,
    opinion: bool,
    seed: int,
    progress: Progress,
) -> _Coded:
    n = len(rows)
    others = [lesson.text for lesson in lessons.lessons if lesson.comment < 0]
    everything = signals.prepare([*rows["text"], *others], embedder, codebook.language, progress)
    scored = signals.score_subjects(
        everything, subjects, embedder, codebook.language, opinion=opinion
    )
    score = signals.with_neighbours(scored.score, everything, opinion=opinion)
    prior = model.prior_logits(score[:n], scored.automatic)
    here = signals.first(everything, n)
    mine = signals.first_signals(scored, n, len(here.owner))
    if not lessons.lessons:
        return _Coded(here, mine, prior, False, False, 0.0)
    shift = prior[0] - score[0]  # (t,) the guess for other texts, on this project's scale
    view = signals.chosen_view(everything.whole, opinion)
    judged = lessons.own + lessons.elsewhere > 0
    # A handful of examples says nothing of wording that the keywords do not.
    worded = (
        wording.wording_components(everything.texts, seed=seed)
        if judged
        else np.zeros((len(everything.texts), 1))
    )
    features = teaching.feature_arrays(view, worded)
    behind = iter(range(n, n + len(others)))
    at = [lesson.comment if lesson.comment >= 0 else next(behind) for lesson in lessons.lessons]
    taught = teaching.taught_from(lessons.lessons, at, len(subjects))
    found = model.learn(np.vstack([prior, score[n:] + shift]), features, taught, seed=seed)
    return _Coded(here, mine, found.odds[:n], found.calibrated, judged, found.trust)


def _cuts(
    probability: model.Floats, learned: bool, labels_per_comment: float | None
) -> model.Floats:
    themes = probability.shape[1]
    if labels_per_comment is not None:
        return np.full(themes, model.cut_for_share(probability, labels_per_comment))
    if not learned:
        return np.full(themes, model.best_cut(probability))
    return np.array(
        [np.clip(model.best_cut(probability[:, t]), *model.CUT_RANGE) for t in range(themes)]
    )


def _without_fallback(assigned: Any, themes: Sequence[Theme]) -> NDArray[np.bool_]:
    """Fallback themes only where no specific theme was assigned."""
    fallback = np.array([theme.fallback for theme in themes])
    specific = assigned[:, ~fallback].any(axis=1)
    return np.asarray(assigned & ~(fallback[None, :] & specific[:, None]))


def _blocks(
    coded: _Coded,
    codebook: Codebook,
    embedder: Embedder,
    judged: "pd.DataFrame",
    own: "pd.DataFrame",
    probability: model.Floats,
    assigned: NDArray[np.bool_],
    *,
    opinion: bool,
    seed: int,
) -> list[table.Block]:
    themes = codebook.active
    vectors = embedder.encode([f"{theme.name}. {theme.definition}" for theme in themes])
    shown = assigned | (probability >= SHOWN_FROM)
    spans = evidence.find_evidence(coded.comments, coded.signals, shown, vectors, embedder)
    by_theme: dict[int, dict[int, Any]] = {}
    for (i, t), span in spans.items():
        by_theme.setdefault(t, {})[i] = span
    blocks = []
    for t, theme in enumerate(themes):
        mine = by_theme.get(t, {})
        blocks.append(table.Block(theme.id, "", probability[:, t], assigned[:, t], mine))
        if not theme.positions:
            continue
        carrying = np.flatnonzero(shown[:, t])
        given = np.zeros((len(probability), len(theme.positions)))
        cut = 0.5
        if len(carrying):
            part = signals.picked(coded.comments, carrying)
            found = positions.score_positions(
                theme, part, embedder, judged, own, codebook.language, opinion=opinion, seed=seed
            )
            given[carrying] = found.given_theme
            if assigned[:, t].any():
                cut = model.best_cut(given[assigned[:, t]])
        for k, position in enumerate(theme.positions):
            joint = probability[:, t] * given[:, k]
            named = assigned[:, t] & _named(given, k, cut)
            blocks.append(table.Block(theme.id, position.id, joint, named, mine))
    return blocks


def _named(given: model.Floats, position: int, cut: float) -> NDArray[np.bool_]:
    """Whether a position is assigned: the likeliest from the cut on, another only when it is likely by itself."""
    own = given[:, position]
    likeliest = own >= given.max(axis=1)
    return np.asarray((own >= cut) & (likeliest | (own >= max(cut, 0.5))))
