"""Agreement between reviewers, of the model with blind reviewers, and of the labels with a
table of codings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from coder.engine import Progress, silent
from coder.errors import CoderError, command, did_you_mean, option
from coder.text import count
from coder.workflow.agree_errors import (
    BlindReviews,
    ErrorsByGroup,
    errors_by_group,
)
from coder.workflow.agree_outcome import (
    AgreeOutcome,
    BetweenReviewers,
    LabelScores,
    SimilarComments,
    TableCounts,
    check_suffix,
)
from coder.workflow.standing_labels import read_labels_of
from coder.workflow.target import Columns, open_project

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.project import Project
    from coder.statistics.codings import Codings
    from coder.statistics.reviewed_comments import Reviews
    from coder.statistics.scores import Scores

MOST_SIMILAR = 500  # pairs of similar comments listed
SIGNIFICANT = 0.05  # p-value under which a theme's change over time is told
IDS_SHOWN = 10


@dataclass(frozen=True)
class AgreeOptions:
    """What is compared.

    Attributes:
        table: score the labels against this table of codes, a DataFrame, a CSV file or a
            workbook (see `coder.decisions.table`); None compares reviewers.
        unseen: with `table`, only comments that no reviewer of the codebook decided.
        blind: between reviewers, only what was decided blind.
        reviewers: only these; empty for all.
        by: columns of the comments, or derived variables, for the model's errors by group.
        similar: file for the similar comments that were coded differently.
        to: file for all figures: .csv, .json or .md.
        seed: of the draws for intervals.
    """

    table: "pd.DataFrame | Path | None" = None
    unseen: bool = False
    blind: bool = False
    reviewers: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    similar: Path | None = None
    to: Path | None = None
    seed: int = 0


@dataclass(frozen=True)
class _Subject:
    """What every comparison needs."""

    project: "Project"
    codebook: "Codebook"
    codebook_path: Path
    comments: "pd.DataFrame"
    # Tables.JUDGEMENTS of this project's comments as they are now.
    judgements: "pd.DataFrame"
    reviews: "Reviews"
    options: AgreeOptions

    def command(self, name: str, *options: str) -> str:
        """What to run next about the same project and codebook."""
        codebook = option("codebook", str(self.codebook_path))
        return command(name, self.project.folder, codebook, *options)


def agree(
    target: "Project | Path | str",
    codebook: Path | str,
    options: AgreeOptions | None = None,
    *,
    columns: Columns | None = None,
    progress: Progress = silent,
) -> AgreeOutcome:
    """Compare reviewers with each other and the model with blind reviewers, or the labels with a
    table.

    Raises:
        CoderError: a file is missing or faulty, nothing was decided, or a reviewer is unknown.
    """
    from coder.codebook import read_codebook
    from coder.transactions import read_one_generation

    options = options or AgreeOptions()
    _check_options(options)
    path = Path(codebook)
    book = read_codebook(path)
    opened = open_project(target, columns, codebook=book, progress=progress)
    project = opened.project

    def compare() -> AgreeOutcome:
        return _agree(project, book, path, options, progress)

    return read_one_generation(project.folder, compare)


def _agree(
    project: "Project",
    book: "Codebook",
    path: Path,
    options: AgreeOptions,
    progress: Progress,
) -> AgreeOutcome:
    from coder.decisions import read_decisions
    from coder.statistics.reviewed_comments import read_reviews

    comments = project.comments
    stored = read_decisions(path)
    reviews = read_reviews(stored, comments, book, project.settings().name)
    subject = _Subject(
        project,
        book,
        path,
        comments,
        reviews.judgements,
        reviews,
        options,
    )
    if options.table is not None:
        outcome = AgreeOutcome(
            project,
            path,
            stored.notes,
            against_table=_against_table(subject, options.table),
        )
    else:
        outcome = _compare_reviewers(subject, stored.notes, progress)
    if options.to is not None:
        outcome.write(options.to)
    return outcome


def _check_options(options: AgreeOptions) -> None:
    if options.to is not None:
        check_suffix(options.to)
    if options.unseen and options.table is None:
        raise CoderError(
            f"{option('unseen')} chooses which comments of a table are scored",
            f"Name the table too: {option('with_', 'FILE.csv')}",
        )
    if options.by and options.table is not None:
        raise CoderError(
            f"{option('by', options.by[0])}: errors by group are those that reviewers found, "
            "not those of a table",
            f"Leave out {option('with_')} or {option('by')}.",
        )


# ---------------------------------------------------------------- against a table


def _against_table(subject: _Subject, source: "pd.DataFrame | Path") -> LabelScores:
    """Score the labels as they stand against a table."""
    from coder.decisions.table import read_coding_table
    from coder.decisions.table_grid import full_name, short_name
    from coder.statistics.codings import codings
    from coder.tables import ANALYSED, ids_by_respondent

    book, comments = subject.codebook, subject.comments
    reference = read_coding_table(source, book)
    reference["comment_id"] = reference["comment_id"].replace(
        ids_by_respondent(comments)
    )
    table_name = full_name(source)
    status = dict(zip(comments["comment_id"], comments["status"], strict=True))
    wanted = sorted(set(reference["comment_id"]))
    if not wanted:
        raise CoderError(
            f"{table_name}: no row of it judges a theme",
            "Fill in one row at least. Where there is a column done, rows need yes in it.",
        )
    _refuse_unknown_comments(table_name, wanted, status, subject.project)
    decided = set(subject.judgements["comment_id"])
    seen = sum(comment_id in decided for comment_id in wanted)
    left_out: set[str] = decided if subject.options.unseen else set()
    scored = [comment_id for comment_id in wanted if comment_id not in left_out]
    if not scored:
        raise CoderError(
            f"{table_name}: every comment of it was decided by a reviewer",
            f"Leave out {option('unseen')}.",
        )
    excluded = [comment_id for comment_id in scored if status[comment_id] != ANALYSED]
    truth = codings(reference, book, scored)
    scores = _score_standing_labels(subject, truth, excluded)
    analysed = int((comments["status"] == ANALYSED).sum())
    counts = TableCounts(
        table=table_name,
        name=short_name(source),
        scored=scores.comments,
        decided=seen,
        left_out=len(wanted) - len(scored),
        excluded=len(excluded),
        not_in_table=analysed - len(wanted) + len(excluded),
    )
    notes, warnings = _notes_on_scoring(subject, counts)
    return LabelScores(f"labels - {counts.name}", scores, notes, warnings, counts)


def _score_standing_labels(
    subject: _Subject, truth: "Codings", excluded: Sequence[str]
) -> "Scores":
    """Score the labels, with people's answers over the model's, against the codes of a table.

    Args:
        excluded: ids of comments that are not analysed, and so carry no theme.
    """
    import numpy as np

    from coder.decisions import labels_now, lay_over
    from coder.statistics.codings import label_arrays
    from coder.statistics.scores import score_labels

    labels = read_labels_of(subject.project, truth.comment_ids)
    labels = labels_now(labels, subject.codebook)
    labels = lay_over(labels, subject.judgements, subject.codebook)
    assigned = label_arrays(labels, truth.comment_ids, truth.items, "assigned")
    probability = label_arrays(labels, truth.comment_ids, truth.items, "probability")
    rows = np.isin(truth.comment_ids, excluded)
    for values in (assigned, probability):
        values[rows] = np.nan_to_num(values[rows])
    _refuse_pairs_without_label(subject, int(np.isnan(assigned).sum()))
    return score_labels(
        truth.answers[0],
        assigned,
        truth.items,
        probability,
        main=np.arange(len(truth.items)) < truth.n_themes,
        seed=subject.options.seed,
    )


def _refuse_pairs_without_label(subject: _Subject, missing: int) -> None:
    if missing:
        raise CoderError(
            f"{subject.project.labels_path}: {count(missing, 'pair')} of a comment and a theme "
            "in the table have no label",
            f"Code them first: {subject.command('apply')}",
        )


def _refuse_unknown_comments(
    table_name: str,
    wanted: Sequence[str],
    known: Mapping[str, str],
    project: "Project",
) -> None:
    unknown = [comment_id for comment_id in wanted if comment_id not in known]
    if not unknown:
        return
    shown = ", ".join(unknown[:IDS_SHOWN])
    if len(unknown) > IDS_SHOWN:
        shown += f" and {len(unknown) - IDS_SHOWN} more"
    raise CoderError(
        f"{table_name}: {count(len(unknown), 'comment')} not in {project.folder}: {shown}",
        "Use the same comment ids in the table and the project: remove these rows, or read "
        "their file.",
    )


def _notes_on_scoring(
    subject: _Subject, counts: TableCounts
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(notes, warnings) on which comments were scored."""
    notes, warnings = [], []
    if counts.excluded:
        notes.append(
            f"{counts.excluded:,} of them are not analysed here and count as carrying no theme."
        )
    if counts.left_out:
        left_out = count(counts.left_out, "comment")
        notes.append(f"{left_out} decided by reviewers left out ({option('unseen')}).")
    elif counts.decided:
        warnings.append(
            f"{counts.decided:,} of them were decided by reviewers of this codebook: their "
            "labels are the reviewers', and the model learned from them. To score what it "
            f"never saw, use {option('unseen')}."
        )
    else:
        notes.append("None of them had been decided by a reviewer of this codebook.")
    run = subject.project.last_run("apply") or {}
    if run.get("codebook_fingerprint") not in (None, subject.codebook.fingerprint):
        warnings.append(
            f"The codebook has changed since the labels were made. Run {subject.command('apply')}"
        )
    elif _has_newer_decisions(subject, str(run.get("at", "~"))):
        warnings.append(
            "There are decisions newer than the labels. To let the model learn from them, run "
            f"{subject.command('apply')}"
        )
    return tuple(notes), tuple(warnings)


def _has_newer_decisions(subject: _Subject, coded_at: str) -> bool:
    to_the_second = 19  # characters of an ISO time
    times = subject.judgements["decided_at"]
    return (
        bool(len(times)) and str(times.max())[:to_the_second] > coded_at[:to_the_second]
    )


# ---------------------------------------------------------------- between reviewers


def _compare_reviewers(
    subject: _Subject, warnings: Sequence[str], progress: Progress
) -> AgreeOutcome:
    """Between reviewers, over time, similar comments, and the model against blind reviewers."""
    from coder.statistics.codings import codings
    from coder.statistics.drift import drift, theme_drift

    answers = _first_answers(subject)
    coded = codings(answers, subject.codebook)
    over_time = codings(answers[answers["chosen"] != "targeted"], subject.codebook)
    shifts = theme_drift(over_time)
    return AgreeOutcome(
        project=subject.project,
        codebook_path=subject.codebook_path,
        warnings=tuple(warnings),
        between=_between(subject, coded, answers),
        over_time=drift(over_time),
        shifts=shifts[shifts["p"] < SIGNIFICANT],
        similar=_similar_comments(subject, coded, progress),
        model=_model_against_blind(subject),
        errors=_errors_by_group(subject),
    )


def _first_answers(subject: _Subject) -> "pd.DataFrame":
    """The reviewers' answers before differences were settled, as the options select them."""
    judgements, options = subject.judgements, subject.options
    known = sorted(set(judgements["reviewer"]))
    if not known:
        raise CoderError(
            f"no decision beside {subject.codebook_path} is about this project's comments",
            f"Decide some: {subject.command('review', option('reviewer', 'NAME'))}",
        )
    for name in options.reviewers:
        if name not in known:
            raise CoderError(
                f"reviewer {name!r} has decided nothing here", did_you_mean(name, known)
            )
    answers = judgements[~judgements["adjudicated"]]
    if options.reviewers:
        answers = answers[answers["reviewer"].isin(options.reviewers)]
    if options.blind:
        answers = answers[answers["mode"] == "blind"]
    return answers


def _between(
    subject: _Subject, coded: "Codings", answers: "pd.DataFrame"
) -> BetweenReviewers:
    from coder.statistics.between_coders import coder_agreement

    if len(coded.reviewers) < 2:
        who = "Nobody has"
        if coded.reviewers:
            who = f"Only {coded.reviewers[0]} has"
        double = subject.command(
            "review", option("reviewer", "ANOTHER"), option("double", "20%")
        )
        note = (
            f"{who} decided comments here. "
            f"Agreement needs comments that two reviewers decided: {double}"
        )
        return BetweenReviewers(coded.reviewers, None, {}, (note,))
    pairs = {}
    for one, other in combinations(coded.reviewers, 2):
        pairs[f"{one} - {other}"] = coder_agreement(
            coded.only((one, other)), seed=subject.options.seed
        )
    if len(pairs) == 1:
        (whole,) = pairs.values()
    else:
        whole = coder_agreement(coded, seed=subject.options.seed)
    notes = []
    assisted = answers.loc[answers["mode"] != "blind", "comment_id"].nunique()
    if not whole.comments:
        notes.append("No comment was decided by two reviewers yet.")
    elif assisted:
        notes.append(
            f"{count(assisted, 'comment')} decided with the model's suggestions shown, or by a "
            "table that does not tell, which makes reviewers agree more. To count only what "
            f"was decided without, use {option('blind')}."
        )
    return BetweenReviewers(coded.reviewers, whole, pairs, tuple(notes))


def _similar_comments(
    subject: _Subject, coded: "Codings", progress: Progress
) -> SimilarComments:
    """Similar comments coded differently; by words where nothing was encoded yet, so that no
    model is loaded.
    """
    from coder.embedding import make_embedder
    from coder.files import write_csv
    from coder.statistics.similar_comments import coded_differently

    comments, cache = subject.comments, subject.project.cache_path
    texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
    vectors = None
    if cache.is_file():
        own_texts = [texts[comment_id] for comment_id in coded.comment_ids]
        vectors = make_embedder(cache).encode(own_texts, progress)
    table = coded_differently(
        coded, texts, vectors, language=subject.codebook.language, most=MOST_SIMILAR
    )
    path = subject.options.similar
    if path is not None:
        write_csv(path, table)
    return SimilarComments(table, vectors is not None, path)


# ---------------------------------------------------------------- the model against blind reviewers


def _model_against_blind(subject: _Subject) -> LabelScores:
    import numpy as np

    from coder.decisions import model_labels, standing_judgements
    from coder.statistics.codings import codings, label_arrays
    from coder.statistics.scores import score_labels

    name = "model - blind reviewers"
    rows = _blind_judgements(subject)
    if rows.empty:
        note = (
            "The model is compared with blind decisions only, and there are none: "
            f"{_blind_review(subject)}"
        )
        return LabelScores(name, None, (note,))
    if not subject.project.has_labels:
        note = (
            "The model has coded nothing yet, so it is not compared with the reviewers: "
            f"{subject.command('apply')}"
        )
        return LabelScores(name, None, (note,))
    standing = standing_judgements(rows).assign(reviewer="blind reviewers")
    truth = codings(standing, subject.codebook, whole_themes=True)
    labels = read_labels_of(subject.project, truth.comment_ids)
    labels = model_labels(labels, subject.codebook)
    items = truth.items
    probability = label_arrays(labels, truth.comment_ids, items, "probability")
    assigned = label_arrays(labels, truth.comment_ids, items, "assigned")
    warning = f"The labels know none of these comments. Run {subject.command('apply')}"
    unknown = LabelScores(name, None, warnings=(warning,))
    coded = np.flatnonzero(np.isfinite(assigned).any(axis=0))
    if not len(coded):
        return unknown
    scores = score_labels(
        truth.answers[0][:, coded],
        assigned[:, coded],
        [items[place] for place in coded],
        probability[:, coded],
        main=coded < truth.n_themes,
        seed=subject.options.seed,
    )
    if not scores.comments:
        return unknown
    return LabelScores(name, scores, _notes_on_blind(rows, len(truth.comment_ids)))


def _errors_by_group(subject: _Subject) -> tuple[ErrorsByGroup, ...]:
    """The model's errors by each column of the options."""
    if not subject.options.by:
        return ()
    reviews = replace(subject.reviews, judgements=_blind_judgements(subject))
    blind = BlindReviews(
        subject.project,
        subject.codebook,
        subject.codebook_path,
        reviews,
    )
    return errors_by_group(blind, subject.options.by)


def _blind_review(subject: _Subject) -> str:
    """The command for blind decisions: on a random sample, or again once all is decided."""
    from coder.tables import analysed

    comments = set(analysed(subject.comments)["comment_id"])
    if comments <= set(subject.judgements["comment_id"]):
        return subject.command("review", option("double", "20%"))
    return subject.command("review", option("sample", "100"), option("blind"))


def _blind_judgements(subject: _Subject) -> "pd.DataFrame":
    """What was judged blind, and what settled differences between blind judgements alone.

    Who adjudicates sees the reviewers' codings and nothing of the model.
    """
    import pandas as pd

    from coder.tables import analysed

    judged = subject.judgements
    pairs = pd.MultiIndex.from_frame(judged[["comment_id", "theme_id"]])
    settles, blind = judged["adjudicated"], judged["mode"] == "blind"
    of_blind = pairs.isin(pairs[blind & ~settles]) & ~pairs.isin(
        pairs[~blind & ~settles]
    )
    rows = judged[(blind & ~settles) | (settles & of_blind)]
    if subject.options.reviewers:
        rows = rows[rows["reviewer"].isin(subject.options.reviewers)]
    return rows[rows["comment_id"].isin(set(analysed(subject.comments)["comment_id"]))]


def _notes_on_blind(rows: "pd.DataFrame", comments: int) -> tuple[str, ...]:
    notes = []
    settled = rows.loc[rows["adjudicated"], "comment_id"].nunique()
    if settled:
        notes.append(
            f"In {count(settled, 'comment')} the adjudication counts, not the reviewers' "
            "answers."
        )
    # One reviewer may have decided it as a copy, another as it was drawn.
    own = rows[~rows["adjudicated"]]
    is_drawn = own["chosen"] == "random"
    drawn = own.loc[is_drawn, "comment_id"].nunique()
    drawn_note = (
        "The model's probabilities for these comments were made without them. "
        f"{drawn:,} of {count(comments, 'comment')} were drawn at random"
    )
    if drawn < comments:
        drawn_note += (
            "; those that were picked make the figures worse or better "
            "than they are over all comments"
        )
    notes.append(f"{drawn_note}.")
    return tuple(notes)
