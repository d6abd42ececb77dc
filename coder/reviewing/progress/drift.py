"""Whether reviewers hold the codebook over time: against gold answers, and against each other."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from coder.codebook import Codebook
from coder.decisions import (
    Decision,
    StoredDecisions,
    decisions_folder,
    read_decisions,
    read_documents,
)
from coder.decisions.training import (
    GoldComment,
    GoldSet,
    TrainingAnswer,
    standing_answers,
)
from coder.statistics.change_point import find_rise
from coder.statistics.reviewed_comments import read_reviews

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

LIMIT = 0.005  # p-value from which a drift is told; chosen by tests/benchmarks/drift.py
FEWEST_IN_WINDOW = 8  # comments
MOST_WINDOWS = 8
MOST_COMPARED = 1_000  # the latest comments; what was earlier is no news

Against = Literal["gold", "others"]


class Compared(NamedTuple):
    """One comment that a reviewer judged and for which there is another answer.

    Attributes:
        at: when the reviewer decided it, ISO 8601.
        differing: ids of the themes on which the two answers differ.
        judged: how many themes both judged.
        weight: how much each differing theme counts: one over the number of others.
    """

    at: str
    comment_id: str
    differing: tuple[str, ...]
    judged: int
    weight: float = 1.0

    @property
    def distance(self) -> float:
        """Themes that differ; the mean over several others."""
        return len(self.differing) * self.weight


class Window(NamedTuple):
    """Some comments that follow each other in time.

    Attributes:
        differing: themes of a comment that differ, the mean.
    """

    first_at: str
    last_at: str
    comments: int
    differing: float


class ReviewerDrift(NamedTuple):
    """How one reviewer's answers compare over time, in the order in which they were given.

    Attributes:
        against: with gold answers, or with other reviewers.
        comments: compared, the latest `MOST_COMPARED`; those that the model or a search chose are
            left out.
        differing: themes of a comment that differ, the mean.
        windows: the same part by part.
        p: of a rise at any point (see `find_rise`); None where there are too few comments.
        drifts: whether the rise is more than chance (`LIMIT`).
        since: when it began, ISO 8601; where `drifts`.
        before, after: themes of a comment that differ; where `drifts`.
        themes: ids of up to three themes that differ more since then, the most first.
    """

    reviewer: str
    against: Against
    comments: int
    differing: float
    windows: tuple[Window, ...]
    p: float | None = None
    drifts: bool = False
    since: str = ""
    before: float = 0.0
    after: float = 0.0
    themes: tuple[str, ...] = ()


def read_drift(
    codebook: Codebook,
    codebook_path: "Path",
    comments: "pd.DataFrame",
    project: str,
) -> tuple[ReviewerDrift, ...]:
    """The drift of every reviewer of a project, from what is on disk.

    Args:
        comments: `tables.COMMENTS`, all received.

    Raises:
        CoderError: a file of decisions or of training is damaged.
    """
    folder = decisions_folder(codebook_path)
    return measure_drift(
        codebook,
        read_decisions(codebook_path),
        comments,
        project,
        answers=read_documents(folder, TrainingAnswer),
        sets=read_documents(folder, GoldSet),
    )


def measure_drift(
    codebook: Codebook,
    stored: StoredDecisions,
    comments: "pd.DataFrame",
    project: str,
    *,
    answers: Iterable[TrainingAnswer] = (),
    sets: Iterable[GoldSet] = (),
) -> tuple[ReviewerDrift, ...]:
    """The drift of every reviewer with something to compare, by name; gold before others."""
    with_gold = compare_with_gold(codebook, standing_answers(answers, project), sets)
    with_others = compare_with_others(codebook, stored, comments, project)
    found = []
    for reviewer in sorted(with_gold.keys() | with_others.keys()):
        if reviewer in with_gold:
            found.append(find_drift(reviewer, "gold", with_gold[reviewer]))
        if reviewer in with_others:
            found.append(find_drift(reviewer, "others", with_others[reviewer]))
    return tuple(found)


def find_drift(
    reviewer: str,
    against: Against,
    compared: Sequence[Compared],
) -> ReviewerDrift:
    """Test whether a reviewer's answers came to differ more.

    Args:
        compared: at least one, in any order; the latest count.
    """
    ordered = sorted(compared, key=lambda each: (each.at, each.comment_id))
    del ordered[:-MOST_COMPARED]
    distances = np.array([each.distance for each in ordered])
    drift = ReviewerDrift(
        reviewer,
        against,
        len(ordered),
        float(distances.mean()),
        _windows(ordered, distances),
    )
    rise = find_rise(distances)
    if rise is None:
        return drift
    drift = drift._replace(p=rise.p)
    if rise.p > LIMIT:
        return drift
    return drift._replace(
        drifts=True,
        since=ordered[rise.at].at,
        before=rise.before,
        after=rise.after,
        themes=_risen_themes(ordered[: rise.at], ordered[rise.at :]),
    )


def _windows(
    ordered: Sequence[Compared],
    distances: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> tuple[Window, ...]:
    parts = max(1, min(MOST_WINDOWS, len(ordered) // FEWEST_IN_WINDOW))
    windows = []
    for part in np.array_split(np.arange(len(ordered)), parts):
        first, last = ordered[part[0]], ordered[part[-1]]
        mean = float(distances[part].mean())
        windows.append(Window(first.at, last.at, len(part), mean))
    return tuple(windows)


MOST_THEMES = 3


def _risen_themes(
    before: Sequence[Compared],
    after: Sequence[Compared],
) -> tuple[str, ...]:
    """The themes that differ more in the later comments than in the earlier ones."""
    risen: dict[str, float] = {}
    for part, sign in ((after, 1.0), (before, -1.0)):
        for compared in part:
            for theme_id in compared.differing:
                share = sign * compared.weight / len(part)
                risen[theme_id] = risen.get(theme_id, 0.0) + share
    most = sorted(risen, key=lambda theme_id: (-risen[theme_id], theme_id))
    return tuple(theme_id for theme_id in most[:MOST_THEMES] if risen[theme_id] > 0)


# ---------------------------------------------------------------- with gold answers


def compare_with_gold(
    codebook: Codebook,
    answers: Iterable[TrainingAnswer],
    sets: Iterable[GoldSet],
) -> dict[str, list[Compared]]:
    """Reviewer to what they answered to gold comments, beside the answers of the sets."""
    gold = {each.id: {c.comment_id: c for c in each.comments} for each in sets}
    active, current_ids = set(codebook.theme_ids), codebook.current_ids
    compared: dict[str, list[Compared]] = {}
    for answer in answers:
        decision = answer.decision
        right = gold.get(answer.gold, {}).get(decision.comment_id)
        if right is None or right.text_hash != decision.text_hash:
            continue
        own = _judged(decision, active, current_ids)
        wanted = _judged(right, active, current_ids)
        both = own.keys() & wanted.keys()
        if not both:
            continue
        differing = tuple(t for t in sorted(both) if own[t] != wanted[t])
        one = Compared(decision.decided_at, decision.comment_id, differing, len(both))
        compared.setdefault(decision.reviewer, []).append(one)
    return compared


def _judged(
    answer: "Decision | GoldComment",
    active: Collection[str],
    current_ids: Mapping[str, str],
) -> dict[str, bool]:
    """Whether each theme judged is present, under the ids that the codebook has now."""
    unsure: tuple[str, ...] = ()
    if isinstance(answer, Decision):
        unsure = answer.unsure
    judged: dict[str, bool] = {}
    for old in answer.scope:
        theme_id = current_ids.get(old, "")
        if theme_id in active and old not in unsure:
            judged[theme_id] = judged.get(theme_id, False) or old in answer.themes
    return judged


# ---------------------------------------------------------------- with other reviewers


def compare_with_others(
    codebook: Codebook,
    stored: StoredDecisions,
    comments: "pd.DataFrame",
    project: str,
) -> dict[str, list[Compared]]:
    """Reviewer to the comments that somebody else judged too, before differences were settled."""
    judged = read_reviews(stored, comments, codebook, project).judgements
    by_comment = _answers_by_comment(judged)
    compared: dict[str, list[Compared]] = {}
    for comment_id, answers in by_comment.items():
        for reviewer in answers:
            one = _with_others(comment_id, reviewer, answers)
            if one is not None:
                compared.setdefault(reviewer, []).append(one)
    return compared


class _Answers(NamedTuple):
    """What one reviewer said of a comment: whether each theme is present, and when."""

    present: dict[str, bool]
    at: list[str]


def _answers_by_comment(judged: "pd.DataFrame") -> dict[str, dict[str, _Answers]]:
    """Comment to reviewer to answers; of comments that two reviewers judged."""
    counts = ~judged["adjudicated"].astype(bool) & (judged["chosen"] != "targeted")
    own = judged[counts]
    several = own.groupby("comment_id")["reviewer"].transform("nunique") > 1
    columns = ["comment_id", "reviewer", "theme_id", "present", "decided_at"]
    found: dict[str, dict[str, _Answers]] = {}
    rows = own.loc[several, columns].itertuples(index=False, name=None)
    for comment_id, reviewer, theme_id, present, at in rows:
        of_comment = found.setdefault(comment_id, {})
        answers = of_comment.setdefault(reviewer, _Answers({}, []))
        answers.present[theme_id] = bool(present)
        answers.at.append(str(at))
    return found


def _with_others(
    comment_id: str,
    reviewer: str,
    answers: Mapping[str, _Answers],
) -> Compared | None:
    """One reviewer's answer beside everybody else's; None where they judged other themes."""
    own = answers[reviewer]
    differing: list[str] = []
    judged: set[str] = set()
    others = 0
    for name, other in answers.items():
        both = own.present.keys() & other.present.keys()
        if name == reviewer or not both:
            continue
        others += 1
        judged |= both
        differing += [t for t in both if own.present[t] != other.present[t]]
    if not others:
        return None
    differing.sort()
    return Compared(max(own.at), comment_id, tuple(differing), len(judged), 1 / others)
