"""The model: every comment against every theme and position, taught by the codebook's decisions.

Comments are coded in three passes over blocks of them: count what adds up, score with the
totals, label. Between the passes there are only arrays of comments by themes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.coding.basis import name_bases
from coder.coding.blocks import FolderStore, MemoryStore, cut_texts
from coder.coding.comments import Bools, Integers
from coder.coding.cuts import Assignment, assign_position, assign_themes, best_cut
from coder.coding.first_guess import guess_log_odds
from coder.coding.group_evidence import guess_with_groups, hold_rates, sureness_beside
from coder.coding.group_middles import measure_nearness
from coder.coding.groups import ThemeGroup, expected_sizes, match_groups
from coder.coding.keyword_facts import keyword_facts
from coder.coding.label_pass import Finish, LabelInputs, cut_labels, label_block
from coder.coding.labels import DECIMALS, Item, ItemLabels
from coder.coding.language import join_foreign
from coder.coding.learn_pass import learn_odds
from coder.coding.learning import TrainingArrays
from coder.coding.leftovers import guess_leftovers, takes_leftovers
from coder.coding.odds import expit
from coder.coding.passes import Scorer
from coder.coding.positions import score_positions
from coder.coding.scoring import (
    CountedTexts,
    ScoredTexts,
    Workplace,
    count_texts,
    score_texts,
)
from coder.coding.signals import Signals
from coder.coding.subjects import Subject, subject_of
from coder.coding.training import TrainingSet, gather_training_set, training_arrays
from coder.decisions import own_judgements
from coder.embedding import Embedder, offers_opinion
from coder.engine import PLAIN_LOOP, Engine, Failure, Progress, silent
from coder.engine.checkpoints import KeptRun
from coder.errors import CoderError
from coder.places import own_texts
from coder.tables import JUDGEMENTS, PLACES, analysed, empty

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

MOST_LISTED = 20  # ids of comments in another language that the facts list
# Probability from which a pair gets evidence, since a reviewer may be shown it.
SHOWN_FROM = 0.05
MOST_IN_MEMORY = 50_000  # comments of which everything stays in memory


@dataclass(frozen=True)
class Coding:
    """What `apply_codebook` returns. n comments, k themes and positions.

    Attributes:
        facts: for the run record: `calibrated` (bool), `decided`, `thresholds` by theme id ...
        ids: (n) of the comments that were coded.
        texts: (n).
        answers: (n, k) of every theme, each followed by its positions.
        left_out: comment id to the reason why it could not be read.
    """

    facts: dict[str, Any]
    ids: list[str]
    texts: list[str]
    answers: ItemLabels
    left_out: dict[str, str]
    _inputs: LabelInputs
    _place: Workplace

    @cached_property
    def labels(self) -> "pd.DataFrame":
        """`tables.LABELS`, the model's answer alone; sub-themes do not count for their parents
        here.
        """
        import pandas as pd

        blocks: list[pd.DataFrame] = list(self.label_blocks())
        return pd.concat(blocks, ignore_index=True)

    def label_blocks(self, finish: Finish | None = None) -> Iterator[Any]:
        """The third pass: the labels in blocks of comments, in their order.

        Args:
            finish: called with the labels of each block where they are computed; its results
                take their place. It goes to other processes with the blocks.
        """
        blocks = list(cut_labels(self.ids, self.texts, self.answers))
        inputs = self._inputs._replace(finish=finish)
        for _, labels in self._place.map_blocks(
            label_block, blocks, inputs, "Finding evidence"
        ):
            yield labels


def apply_codebook(
    comments: "pd.DataFrame",
    codebook: Codebook,
    embedder: Embedder,
    judgements: "pd.DataFrame | None" = None,
    *,
    groups: "pd.DataFrame | None" = None,
    places: "pd.DataFrame | None" = None,
    project: str = "",
    labels_per_comment: float | None = None,
    opinion: bool = True,
    seed: int = 0,
    engine: Engine = PLAIN_LOOP,
    kept: KeptRun | None = None,
    progress: Progress = silent,
) -> Coding:
    """Score every analysed comment against every theme and position.

    A theme's probability for a judged comment comes from a model that did not see that judgement.

    Args:
        comments: `tables.COMMENTS`.
        judgements: `tables.JUDGEMENTS` of the codebook, all projects; all of them teach.
        groups: `tables.GROUPS`, the groups that themes were adopted from.
        places: `tables.PLACES`; headers, footers, quoted mails and signatures are not coded.
        project: name under which this project's judgements were made.
        labels_per_comment: mean number of themes a comment; None takes it from the comments and
            the codebook.
        opinion: use the opinion view of the packaged encoder beside the plain one.
        seed: of whatever is drawn at random.
        engine: where blocks of comments are computed; the result is the same everywhere.
        kept: where blocks are kept between the passes, when they are many or computed in other
            processes; all workers must see its folder. None keeps them in memory.

    Raises:
        CoderError: no comment is analysed, or `labels_per_comment` is out of range.
    """
    rows = _comments_to_code(comments)
    _check_labels_per_comment(labels_per_comment, codebook)
    judgements = empty(JUDGEMENTS) if judgements is None else judgements
    task = _Task(
        ids=list(rows["comment_id"]),
        texts=own_texts(rows, empty(PLACES) if places is None else places),
        whole_texts=list(rows["text"]),
        codebook=codebook,
        judgements=judgements,
        own=own_judgements(judgements, rows, project),
        group_rows=groups,
        scorer=Scorer(embedder, codebook.language, opinion, seed),
        place=_make_place(len(rows), engine, kept, progress),
    )
    read = _count(task)
    scored = _score(read)
    coded = assign_themes(
        np.asarray(expit(scored.odds)),
        codebook,
        decided=scored.training.own + scored.training.elsewhere,
        labels_per_comment=labels_per_comment,
    )
    return _coding(read, scored, coded)


def _comments_to_code(comments: "pd.DataFrame") -> "pd.DataFrame":
    rows = analysed(comments)
    if rows.empty:
        raise CoderError(
            "no comment is left to code",
            "See ledger.csv for why each comment was excluded.",
        )
    return rows


def _check_labels_per_comment(
    labels_per_comment: float | None, codebook: Codebook
) -> None:
    most = len(codebook.active)
    if labels_per_comment is not None and not 0 < labels_per_comment <= most:
        raise CoderError(
            f"labels per comment must be over 0 and at most {most}, not {labels_per_comment}",
            "People usually give 1 to 2.",
        )


def _make_place(
    n: int, engine: Engine, kept: KeptRun | None, progress: Progress
) -> Workplace:
    is_small = engine is PLAIN_LOOP and n <= MOST_IN_MEMORY
    if kept is None or is_small:
        return Workplace(MemoryStore(), engine, progress)
    store = FolderStore(kept.folder / "blocks")
    return Workplace(store, engine, progress, kept.of_pass("counts"))


@dataclass(frozen=True)
class _Task:
    """What is to be coded, and what may teach. n comments."""

    ids: list[str]  # (n)
    texts: list[str]  # (n) with blanks in place of what is not the writer's own words
    whole_texts: list[str]  # (n)
    codebook: Codebook
    judgements: "pd.DataFrame"
    own: "pd.DataFrame"
    group_rows: "pd.DataFrame | None"  # `tables.GROUPS`
    scorer: Scorer
    place: Workplace

    @cached_property
    def subjects(self) -> list[Subject]:
        """(t) the themes that are coded."""
        return [subject_of(theme) for theme in self.codebook.active]

    @cached_property
    def groups(self) -> tuple[ThemeGroup, ...]:
        """The groups that themes were adopted from, among the comments."""
        return match_groups(self.group_rows, self.codebook, self.whole_texts)


class _ReadTexts(NamedTuple):
    """The comments and the texts that teach, after the first pass. n comments."""

    task: _Task  # without the comments that could not be read
    left_out: dict[str, str]
    training: TrainingSet
    counted: (
        CountedTexts  # the comments, then the texts that teach and are not among them
    )


class _Scored(NamedTuple):
    """Comments with their log-odds. n comments, t themes."""

    signals: Signals
    odds: Floats  # (n, t)
    training: TrainingSet
    calibrated: bool
    learned_share: float


# ---------------------------------------------------------------- the first pass


def _count(task: _Task) -> _ReadTexts:
    """Read the comments together with the texts that teach and are not among them."""
    training = gather_training_set(task.judgements, task.own, task.ids, task.subjects)
    others = [text.text for text in training.texts if text.row < 0]
    unread: list[Failure] = []
    counted = count_texts(
        cut_texts(task.texts, others),
        task.subjects,
        task.scorer,
        task.place,
        unread,
    )
    if not unread:
        return _ReadTexts(task, {}, training, counted)
    return _without_unread(task, unread)


def _without_unread(task: _Task, unread: Sequence[Failure]) -> _ReadTexts:
    """The same again without the comments that could not be read.

    Raises:
        CoderError: a text that teaches could not be read.
    """
    left_out = {}
    for failure in unread:
        if failure.item >= len(task.ids):
            raise CoderError(
                f"an example or a decided text could not be read: {failure.reason}",
                "This is a fault of the program: report it with this message.",
            )
        left_out[task.ids[failure.item]] = failure.reason
    ids, texts, whole_texts = [], [], []
    for row, comment_id in enumerate(task.ids):
        if comment_id not in left_out:
            ids.append(comment_id)
            texts.append(task.texts[row])
            whole_texts.append(task.whole_texts[row])
    unread_own = task.own[task.own["comment_id"].isin(left_out)]
    about_unread = task.judgements["decision_id"].isin(unread_own["decision_id"])
    kept = replace(
        task,
        ids=ids,
        texts=texts,
        whole_texts=whole_texts,
        judgements=task.judgements[~about_unread],
        own=task.own.drop(unread_own.index),
        # The finished blocks hold other comments than those of the same number now.
        place=task.place._replace(counts=None),
    )
    return _count(kept)._replace(left_out=left_out)


# ---------------------------------------------------------------- log-odds of the themes


def _score(read: _ReadTexts) -> _Scored:
    task, training = read.task, read.training
    n = len(task.texts)
    scored = score_texts(read.counted, task.subjects, task.scorer, task.place)
    leftover = takes_leftovers(task.codebook)
    arrays = training_arrays(training.texts, _rows_of(training, n), len(task.subjects))
    full_prior = _guess(read, scored, arrays)
    own_signals = scored.signals.first(n)
    if not training.texts:
        return _Scored(own_signals, full_prior[:n], training, False, 0.0)
    result = learn_odds(
        read.counted,
        full_prior,
        arrays,
        task.place,
        wording=training.has_judgements,
        seed=task.scorer.seed,
    )
    odds = result.odds[:n]
    if not result.calibrated:
        columns = [group.column for group in task.groups]
        odds = hold_rates(odds, full_prior[:n], columns, arrays)
    if not training.has_judgements:
        odds = guess_leftovers(odds, leftover)
    return _Scored(
        signals=own_signals,
        odds=odds,
        training=training,
        calibrated=result.calibrated,
        learned_share=result.learned_share,
    )


def _guess(
    read: _ReadTexts,
    scored: ScoredTexts,
    training: TrainingArrays,
) -> Floats:
    """(m, t) log-odds before anybody decided anything, of the comments and what teaches."""
    task, n = read.task, len(read.task.texts)
    score = scored.blended
    guess = guess_log_odds(score[:n], scored.signals.automatic)
    # (t,) takes a score to the log-odds of this project's first guess.
    shift = guess[0] - score[0]
    prior = np.vstack([guess, score[n:] + shift])
    if task.groups:
        nearness = measure_nearness(
            read.counted,
            n,
            task.groups,
            _example_rows(training, n),
            task.scorer,
            task.place,
        )
        prior = guess_with_groups(
            score,
            prior,
            task.groups,
            nearness,
            n,
            sureness=sureness_beside(training),
        )
    return guess_leftovers(prior, takes_leftovers(task.codebook))


def _example_rows(training: TrainingArrays, n: int) -> dict[int, Integers]:
    """By column of the theme, the rows of its examples: texts that carry it and are no comments."""
    rows = {}
    for column in range(training.wanted.shape[1]):
        carries = (training.weight[:, column] > 0) & (training.wanted[:, column] > 0.5)
        rows[column] = training.rows[carries & (training.rows >= n)]
    return rows


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


# ---------------------------------------------------------------- themes and positions


def _coding(read: _ReadTexts, scored: _Scored, coded: Assignment) -> Coding:
    task = read.task
    items, answers = _answer_items(task, coded)
    embedder = task.scorer.embedder
    named = [f"{theme.name}. {theme.definition}" for theme in task.codebook.active]
    inputs = LabelInputs(
        items=tuple(items),
        version=str(task.codebook.version),
        automatic=scored.signals.automatic,
        theme_vectors=embedder.encode(named),
        shown_from=SHOWN_FROM,
        embedder=embedder,
        store=task.place.store,
    )
    return Coding(
        facts=_facts(read, scored, coded),
        ids=task.ids,
        texts=task.whole_texts,
        answers=answers,
        left_out=read.left_out,
        _inputs=inputs,
        _place=task.place,
    )


def _answer_items(task: _Task, coded: Assignment) -> tuple[list[Item], ItemLabels]:
    """The themes, each followed by its positions."""
    items: list[Item] = []
    probability: list[Floats] = []
    assigned: list[Bools] = []
    for column, theme in enumerate(task.codebook.active):
        of_theme = ItemLabels(
            coded.probability[:, [column]],
            coded.assigned[:, [column]],
        )
        items.append(Item(theme.id, "", column))
        probability.append(of_theme.probability)
        assigned.append(of_theme.assigned)
        if theme.positions:
            positions = _answer_positions(task, column, of_theme)
            for position in theme.positions:
                items.append(Item(theme.id, position.id, column))
            probability.append(positions.probability)
            assigned.append(positions.assigned)
    return items, ItemLabels(np.hstack(probability), np.hstack(assigned))


def _answer_positions(task: _Task, column: int, of_theme: ItemLabels) -> ItemLabels:
    """The positions of a theme, scored in the comments that may carry it."""
    theme = task.codebook.active[column]
    is_shown = of_theme.assigned[:, 0] | (of_theme.probability[:, 0] >= SHOWN_FROM)
    carrying = np.flatnonzero(is_shown)
    given_theme = np.zeros((len(is_shown), len(theme.positions)))
    cut = 0.5
    if len(carrying):
        given_theme[carrying] = score_positions(
            theme,
            [task.texts[row] for row in carrying],
            task.judgements,
            task.own,
            task.scorer,
            task.place.beside(f"positions-{column}"),
        )
        if of_theme.assigned.any():
            cut = best_cut(given_theme[of_theme.assigned[:, 0]])
    reached = [
        assign_position(given_theme, number, cut)
        for number in range(len(theme.positions))
    ]
    return ItemLabels(
        probability=of_theme.probability * given_theme,
        assigned=of_theme.assigned & np.column_stack(reached),
    )


# ---------------------------------------------------------------- facts


def _facts(read: _ReadTexts, scored: _Scored, coded: Assignment) -> dict[str, Any]:
    task = read.task
    codebook, scorer = task.codebook, task.scorer
    theme_ids = [theme.id for theme in codebook.active]
    sizes = expected_sizes(task.groups, codebook, len(task.ids))
    # As the probabilities are in the labels, so that the two can be compared.
    thresholds = [round(float(cut), DECIMALS) for cut in coded.cuts]
    own_blocks = len(cut_texts(task.texts))
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
        "labels_per_comment": float(coded.assigned.sum() / len(task.ids)),
        "comments_without_theme": int((~coded.assigned.any(axis=1)).sum()),
        "long_comments": sum(read.counted.long_texts[:own_blocks]),
        "other_language": _language_facts(read, own_blocks),
        "left_out": read.left_out,
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


def _language_facts(read: _ReadTexts, own_blocks: int) -> dict[str, Any]:
    """How many comments seem to be in another language than the codebook's, and the first of
    them.
    """
    sizes = [len(block) for block in read.counted.blocks[:own_blocks]]
    foreign = join_foreign(read.counted.foreign[:own_blocks], sizes)
    return {
        "comments": len(foreign.rows),
        "judged": foreign.judged,
        "noticeable": foreign.noticeable,
        "guessed": foreign.guessed,
        "comment_ids": [str(read.task.ids[row]) for row in foreign.rows[:MOST_LISTED]],
    }
