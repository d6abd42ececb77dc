"""A trainee's answers beside the gold answers: comment by comment, and theme by theme over all."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from coder.codebook import Codebook
from coder.decisions import Decision
from coder.decisions.training import GoldComment
from coder.statistics.scores import POSITIONS, score_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Result = Literal["right", "missed", "too much", "position", "unsure"]
RESAMPLES = 400  # of the bootstrap, for the intervals at the end
FEWEST_FOR_INTERVALS = 10  # comments
READ_AGAIN = 0.8  # F1 of a theme below which its definition should be read again
MOST_READ_AGAIN = 5

Themes = Mapping[str, tuple[str, ...]]  # those present, with their positions


class ThemeComparison(NamedTuple):
    """One theme of a comment that the trainee or the gold answer gives.

    Attributes:
        own, gold: positions named; None where the theme is not given.
        why: explains the gold answer; may be empty.
    """

    theme_id: str
    result: Result
    own: tuple[str, ...] | None
    gold: tuple[str, ...] | None
    why: str


class Comparison(NamedTuple):
    """A trainee's answer to one comment beside the gold answer.

    Attributes:
        themes: those that either gives, in the codebook's order.
        judged: number of themes that both judged.
        why: explains the gold answer; may be empty.
    """

    text: str
    themes: tuple[ThemeComparison, ...]
    judged: int
    why: str

    @property
    def is_right(self) -> bool:
        """Whether the two answers are the same."""
        return all(theme.result == "right" for theme in self.themes)

    @property
    def differing(self) -> int:
        """Number of themes on which they differ."""
        return sum(theme.result != "right" for theme in self.themes)


class ThemeScore(NamedTuple):
    """How a trainee finds one theme, over the comments answered so far.

    Attributes:
        theme_id: of a theme, `theme=position`, or `all themes`, `all positions`.
        right, missed, too_much: comments.
        precision: share of what the trainee gave that is right.
        recall: share of what is right that the trainee gave; NaN where there is nothing to give,
            as in the others.
        kappa: Cohen's; `low` to `high` is its 95 % interval, NaN for few comments.
    """

    theme_id: str
    right: int
    missed: int
    too_much: int
    precision: float
    recall: float
    f1: float
    kappa: float
    low: float
    high: float


class TrainingScore(NamedTuple):
    """A trainee's score so far.

    Attributes:
        answered: comments, of `total`.
        exact: those answered just as the gold answer is.
        agreement: share of the single yes and no that agree; NaN before the first answer.
        themes: a row for each theme that either gave, and their positions, then over all.
        read_again: ids of the themes whose definitions should be read again, the worst first.
    """

    answered: int
    total: int
    exact: int
    agreement: float
    themes: tuple[ThemeScore, ...]
    read_again: tuple[str, ...]


class _ThemeIds:
    """The themes that are coded, and what they were called before; worked out once."""

    def __init__(self, codebook: Codebook) -> None:
        self.active = codebook.theme_ids
        self._coded = frozenset(self.active)
        self._current_ids = codebook.current_ids

    def themes(self, themes: Themes) -> dict[str, tuple[str, ...]]:
        """Themes with positions under the ids that the codebook has now."""
        current: dict[str, tuple[str, ...]] = {}
        for old, positions in themes.items():
            theme_id = self._current_ids.get(old, "")
            if theme_id:
                named = {*current.get(theme_id, ()), *positions}
                current[theme_id] = tuple(sorted(named))
        return current

    def scope(self, scope: Iterable[str]) -> frozenset[str]:
        """The coded themes among these."""
        current = {self._current_ids.get(old, "") for old in scope}
        return self._coded & current

    def whys(self, whys: Mapping[str, str]) -> dict[str, str]:
        """Explanations by the ids that the themes have now."""
        return {self._current_ids.get(old, ""): why for old, why in whys.items()}


def compare(codebook: Codebook, gold: GoldComment, decision: Decision) -> Comparison:
    """A decision beside the gold answer, on the themes that both judge."""
    return _compare(_ThemeIds(codebook), gold, decision)


def _compare(ids: _ThemeIds, gold: GoldComment, decision: Decision) -> Comparison:
    own, right = ids.themes(decision.themes), ids.themes(gold.themes)
    unsure = ids.scope(decision.unsure)
    judged = ids.scope(decision.scope) & ids.scope(gold.scope)
    whys = ids.whys(gold.whys)
    themes = []
    for theme_id in ids.active:
        if theme_id not in judged:
            continue
        given, wanted = own.get(theme_id), right.get(theme_id)
        is_unsure = theme_id in unsure
        if given is None and wanted is None and not is_unsure:
            continue
        result = _result(given, wanted, is_unsure=is_unsure)
        why = whys.get(theme_id, "")
        themes.append(ThemeComparison(theme_id, result, given, wanted, why))
    return Comparison(gold.text, tuple(themes), len(judged), gold.why)


def _result(
    given: tuple[str, ...] | None,
    wanted: tuple[str, ...] | None,
    *,
    is_unsure: bool,
) -> Result:
    if is_unsure:
        return "unsure"
    if given is None:
        return "missed"
    if wanted is None:
        return "too much"
    if given == wanted:
        return "right"
    return "position"


# ---------------------------------------------------------------- over all comments


def score_training(
    codebook: Codebook,
    gold: Sequence[GoldComment],
    answers: Mapping[str, Decision],
    *,
    resamples: int = RESAMPLES,
) -> TrainingScore:
    """A trainee's score over the comments answered so far.

    Args:
        gold: all comments of the training.
        answers: the trainee's, by comment.
        resamples: draws of the bootstrap; 0 gives no intervals.
    """
    answered = [each for each in gold if each.comment_id in answers]
    if not answered:
        return TrainingScore(0, len(gold), 0, float("nan"), (), ())
    ids = _ThemeIds(codebook)
    compared = [_compare(ids, each, answers[each.comment_id]) for each in answered]
    items = _items(codebook, compared)
    right = np.full((len(answered), len(items)), np.nan)
    given = right.copy()
    for row, one in enumerate(answered):
        decision = answers[one.comment_id]
        both = ids.scope(one.scope) & ids.scope(decision.scope)
        both -= ids.scope(decision.unsure)
        right[row] = _row(items, ids.themes(one.themes), both)
        given[row] = _row(items, ids.themes(decision.themes), both)
    judged = sum(one.judged for one in compared)
    differing = sum(one.differing for one in compared)
    themes = _theme_scores(items, right, given, resamples)
    return TrainingScore(
        answered=len(answered),
        total=len(gold),
        exact=sum(one.is_right for one in compared),
        agreement=1 - differing / judged if judged else float("nan"),
        themes=themes,
        read_again=_read_again(themes),
    )


def _items(codebook: Codebook, compared: Iterable[Comparison]) -> list[str]:
    """The themes that anybody gave and the positions that anybody named, in the codebook's
    order; themes first.
    """
    given: set[str] = set()
    named: set[str] = set()
    for one in compared:
        for theme in one.themes:
            given.add(theme.theme_id)
            positions = (*(theme.own or ()), *(theme.gold or ()))
            named.update(f"{theme.theme_id}={position}" for position in positions)
    items = [theme_id for theme_id in codebook.theme_ids if theme_id in given]
    for active in codebook.active:
        every = [f"{active.id}={position.id}" for position in active.positions]
        items += [item for item in every if item in named]
    return items


def _row(items: Sequence[str], themes: Themes, judged: frozenset[str]) -> list[float]:
    """1 or 0 for each item; NaN where its theme is not judged."""
    row = []
    for item in items:
        theme_id, _, position = item.partition("=")
        if theme_id not in judged:
            row.append(float("nan"))
        elif position:
            row.append(float(position in themes.get(theme_id, ())))
        else:
            row.append(float(theme_id in themes))
    return row


def _theme_scores(
    items: Sequence[str],
    right: "Floats",
    given: "Floats",
    resamples: int,
) -> tuple[ThemeScore, ...]:
    if not items:
        return ()
    if len(right) < FEWEST_FOR_INTERVALS:
        resamples = 0
    is_theme = np.array(["=" not in item for item in items])
    scores = score_labels(right, given, items, main=is_theme, resamples=resamples)
    rows = [_theme_score(row) for row in scores.themes.to_dict("records")]
    names = {"micro": "all themes", POSITIONS: "all positions"}
    for row in scores.overall.to_dict("records"):
        if row["theme_id"] in names:
            named = {**row, "theme_id": names[row["theme_id"]]}
            rows.append(_theme_score(named))
    return tuple(rows)


def _theme_score(row: Mapping[Any, Any]) -> ThemeScore:
    return ThemeScore(
        theme_id=str(row["theme_id"]),
        right=int(row["tp"]),
        missed=int(row["fn"]),
        too_much=int(row["fp"]),
        precision=float(row["precision"]),
        recall=float(row["recall"]),
        f1=float(row["f1"]),
        kappa=float(row["kappa"]),
        low=float(row["kappa_low"]),
        high=float(row["kappa_high"]),
    )


def _read_again(scores: Iterable[ThemeScore]) -> tuple[str, ...]:
    """The themes with an F1 under `READ_AGAIN`, those with the most errors first."""
    weak = []
    for score in scores:
        is_theme = "=" not in score.theme_id and " " not in score.theme_id
        if is_theme and score.f1 < READ_AGAIN:
            weak.append((-score.missed - score.too_much, score.theme_id))
    return tuple(theme_id for _, theme_id in sorted(weak)[:MOST_READ_AGAIN])
