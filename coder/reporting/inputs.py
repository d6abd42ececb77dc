"""What a report is made from: comments, labels, a codebook and its decisions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from coder import stored, tables
from coder.codebook import Codebook, read_codebook
from coder.comment_files import fingerprint_comments, fingerprint_texts, read_table
from coder.decisions import (
    DecidedComment,
    Draw,
    blocks_of,
    count_front_ends,
    decisions_folder,
    labels_now,
    notes_on_other_name,
    read_decisions,
    read_draws,
    take_witness,
    with_times,
)
from coder.decisions.evidence import MarkedWords
from coder.errors import (
    GENERIC,
    CoderError,
    CommandNames,
    command,
    did_you_mean,
    option,
)
from coder.label_files import COLUMNS_WITHOUT_TEXT
from coder.project import Project, Settings, find_unknown_names
from coder.reporting.aspects.listed_file import read_listed
from coder.reporting.coded_matrix import next_command
from coder.reporting.draft_file import DRAFT_FILE, Draft, is_draft, parse_draft
from coder.reporting.quotes_file import QuoteChoices, read_choices
from coder.run_records import recorded_codebook
from coder.statistics.reviewed_comments import Reviews, no_judgements, read_reviews
from coder.text import count, name_some

QUOTES_FILE, JUDGEMENTS_FILE = "quotes.yaml", "judgements.parquet"
UNSURE = "unsure"  # column of that file: the answer is "cannot tell"
NO_CHOICES = QuoteChoices()
NO_SETTINGS = Settings(name="")


@dataclass(frozen=True)
class StoredLabels:
    """The labels of a project, read block by block each time that they are asked for."""

    project: Project

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """`COLUMNS_WITHOUT_TEXT` in blocks of whole comments."""
        return self.project.label_blocks(COLUMNS_WITHOUT_TEXT)

    @cached_property
    def empty(self) -> bool:
        """Whether there is no row."""
        blocks = self.project.label_blocks(COLUMNS_WITHOUT_TEXT[:1])
        return all(block.empty for block in blocks)

    def whole(self) -> pd.DataFrame:
        """`tables.LABELS`."""
        return self.project.labels


def _no_places() -> pd.DataFrame:
    return tables.empty(tables.PLACES)


@dataclass(frozen=True)
class Inputs:
    """A coded consultation: all that its report is made from.

    Attributes:
        comments: `tables.COMMENTS`, every comment received.
        labels: `tables.LABELS` of the model; None where reviewers' decisions alone count.
        codebook: as it is now.
        judgements: `tables.JUDGEMENTS` of these comments (see `decisions.own_judgements`).
        unsure: the same of the answers "cannot tell".
        draws: the random draws of the project.
        settings: of the project: question, routes, missing answers, derived variables, who
            declined.
        choices: the quotes that the analyst pinned and dropped.
        facts: what else belongs to the run (fingerprints ...); kept in the report.
        warnings: what the user should know of the files, one sentence or two each.
        stale: the codebook has changed since the labels were made.
        names: of the project and the codebook, for the commands in notes and errors.
        coded_at: when the model coded the comments, ISO 8601; empty where it did not.
        places: `tables.PLACES` of comments that were read from documents.
        listed: sentences that say what the codebook lists (see `aspects.listed`); None where they
            were not sought.
        draft: the analyst's paragraphs; None where there is no draft.
        marked: the words that reviewers marked for themes (see `Reviews`).
    """

    comments: pd.DataFrame
    labels: pd.DataFrame | StoredLabels | None
    codebook: Codebook
    judgements: pd.DataFrame = field(default_factory=no_judgements)
    settings: Settings = NO_SETTINGS
    choices: QuoteChoices = NO_CHOICES
    unsure: pd.DataFrame = field(default_factory=no_judgements)
    draws: tuple[Draw, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    stale: bool = False
    names: CommandNames = GENERIC
    coded_at: str = ""
    places: pd.DataFrame = field(default_factory=_no_places)
    listed: pd.DataFrame | None = None
    draft: Draft | None = None
    marked: tuple[MarkedWords, ...] = ()

    @property
    def has_labels(self) -> bool:
        """The model coded something."""
        return self.labels is not None and not self.labels.empty

    def label_blocks(self) -> Iterator[pd.DataFrame]:
        """The labels under the ids that the codebook has now, in blocks of whole comments."""
        for block in blocks_of(self.labels):
            yield labels_now(block, self.codebook)

    @property
    def reviews(self) -> Reviews:
        """What reviewers decided."""
        return Reviews(self.judgements, self.unsure, self.draws, marked=self.marked)

    @property
    def discussion_sources(self) -> frozenset[str]:
        """The sources that were read from discussion pages."""
        sources = self.settings.sources
        return frozenset(
            source.name for source in sources if source.format == "talk_london"
        )


def check_inputs(inputs: Inputs) -> None:
    """Check what would make a report meaningless or unsafe to publish.

    Raises:
        CoderError: no comment is analysed, a column of the comments is missing, or the column
            that says who declined publication does not exist.
    """
    declined = inputs.settings.text_declined
    if declined and declined not in inputs.comments.columns:
        own_columns = tables.own_columns(inputs.comments)
        raise CoderError(
            f"project.yaml: text_declined: there is no column {declined!r}",
            f"No quotes are exported until this is fixed. {did_you_mean(declined, own_columns)}",
        )
    if tables.analysed(tables.check(inputs.comments, tables.COMMENTS)).empty:
        keep = command("read", "FILE", option("into", "PROJECT"), option("keep", "ID"))
        raise CoderError(
            "no comment is analysed: there is nothing to count",
            f"ledger.csv gives the reasons. To analyse an excluded comment: {keep}",
        )


# ---------------------------------------------------------------- read from files


def gather(
    project: Project, codebook_path: Path, names: CommandNames = GENERIC
) -> Inputs:
    """Read the files of a project and a codebook.

    Args:
        names: how notes and errors name the project and the codebook. Without them the report
            does not depend on where its files are.

    Raises:
        CoderError: a file is missing or broken.
    """
    codebook = read_codebook(codebook_path)
    comments, settings = project.comments, project.settings()
    reviews, made, warnings = _read_reviews(project, codebook_path, codebook, comments)
    warnings.extend(f"project.yaml: {name}" for name in find_unknown_names(project))
    labels = StoredLabels(project) if project.has_labels else None
    run = (project.last_run("apply") or {}) if labels is not None else {}
    stale = run.get("codebook_fingerprint") not in (None, codebook.fingerprint)
    if stale:
        _check_is_same_file(project, run, codebook_path, names)
        warnings.append(
            "The codebook has changed since the comments were coded. Code them again: "
            f"{next_command(names, 'apply')}"
        )
    fingerprint = fingerprint_comments(comments)
    if labels is not None:
        warnings += _changed_labels(project, run, names)
        if run.get("comments_fingerprint") != fingerprint:
            warnings += _changed_texts(project, comments, run, names)
    facts = {
        "comments_fingerprint": fingerprint,
        "codebook_fingerprint": codebook.fingerprint,
        "model_fingerprint": str(run.get("model_fingerprint", "")),
        **_history_facts(project, codebook_path),
        **made,
    }
    return Inputs(
        comments=comments,
        labels=labels,
        codebook=codebook,
        judgements=reviews.judgements,
        unsure=reviews.unsure,
        marked=reviews.marked,
        draws=reviews.draws,
        settings=settings,
        choices=read_choices(project.folder / QUOTES_FILE),
        facts=facts,
        warnings=tuple(warnings),
        stale=stale,
        names=names,
        coded_at=str(run.get("at", "")),
        places=project.places,
        listed=read_listed(project, codebook),
        draft=_read_draft(project.folder / DRAFT_FILE),
    )


def _read_draft(path: Path) -> Draft | None:
    if not path.is_file():
        return None
    remedy = "Save it as UTF-8 text, or move it away and write a new draft."
    text = stored.read_text(path, remedy)
    return parse_draft(path, text) if is_draft(text) else None


def _changed_labels(
    project: Project, run: Mapping[str, Any], names: CommandNames
) -> list[str]:
    """What to tell of labels that are not those that the last run wrote: their numbers are of
    another run than its thresholds.
    """
    changed = project.label_files.changed_parts(run.get("labels_sha256"))
    if not changed:
        return []
    return [
        f"{name_some(changed)}: not as the last coding left it. The tables may be wrong. Code "
        f"the comments again: {next_command(names, 'apply')}"
    ]


def _changed_texts(
    project: Project,
    comments: pd.DataFrame,
    run: Mapping[str, Any],
    names: CommandNames,
) -> list[str]:
    """What to tell where the texts that were coded are not those of the comments now. Comments
    that were added, excluded or weighted since do not count.
    """
    recorded = run.get("texts_fingerprint")
    is_pack_without_text = (project.folder / JUDGEMENTS_FILE).is_file()
    if recorded is None or is_pack_without_text:  # earlier versions did not record it
        return []
    coded: set[str] = set()
    for block in project.label_blocks(["comment_id"]):
        coded.update(block["comment_id"])
    if recorded == fingerprint_texts(comments, coded):
        return []
    return [
        "The comments are not those that were coded: texts have changed or are gone since. The "
        f"tables may be wrong. Code the comments again: {next_command(names, 'apply')}"
    ]


def _check_is_same_file(
    project: Project,
    run: Mapping[str, Any],
    codebook_path: Path,
    names: CommandNames,
) -> None:
    """Raise `CoderError` where the comments were coded with another codebook that is still there:
    its labels would be published as those of this one.
    """
    coded_with = recorded_codebook(project.folder, run)
    if coded_with is None or not coded_with.is_file():
        return
    if not codebook_path.samefile(coded_with):
        apply = next_command(names, "apply")
        raise CoderError(
            f"{project.folder}: was coded last with {coded_with}, not with {codebook_path}",
            f"Name that codebook. Or code with this one first: {apply}",
        )


def _read_reviews(
    project: Project, codebook_path: Path, codebook: Codebook, comments: pd.DataFrame
) -> tuple[Reviews, dict[str, Any], list[str]]:
    """What was decided of the project's comments, as a fact where that was made, and warnings."""
    stored_table = project.folder / JUDGEMENTS_FILE
    if stored_table.is_file():
        # An audit pack without texts: decisions cannot be matched by text any more.
        draws = read_draws(decisions_folder(codebook_path))
        return _read_stored_judgements(stored_table, draws), {}, []
    name = project.settings().name
    stored = read_decisions(codebook_path)
    warnings = list(stored.notes)
    decided = [
        DecidedComment(one.project, one.comment_id, one.text_hash)
        for one in stored.decisions
    ]
    warnings += notes_on_other_name(decided, comments, name)
    reviews = read_reviews(stored, comments, codebook, name)
    if reviews.outdated:
        outdated = count(reviews.outdated, "judgement")
        be = "does" if reviews.outdated == 1 else "do"
        warnings.append(
            f"{outdated} {be} not count: the comment has changed or gone since."
        )
    made = {}
    front_ends = count_front_ends(stored.decisions, name)
    if front_ends:
        made["front_ends"] = front_ends
    return reviews, made, warnings


def _read_stored_judgements(path: Path, draws: tuple[Draw, ...]) -> Reviews:
    """The judgements of an audit pack; packs of earlier versions hold neither answers "cannot
    tell" nor times of draws.
    """
    stored = with_times(read_table(path, command("export", "PROJECT")))
    stored["positions"] = [tuple(positions) for positions in stored["positions"]]
    is_unsure = pd.Series(False, index=stored.index)
    if UNSURE in stored.columns:
        is_unsure = stored.pop(UNSURE).astype(bool)
    return Reviews(
        stored[~is_unsure].reset_index(drop=True),
        stored[is_unsure].reset_index(drop=True),
        draws,
    )


def _history_facts(project: Project, codebook_path: Path) -> dict[str, Any]:
    """How far the decision files had come, for `coder check`; nothing in a pack without texts,
    which holds no such file.
    """
    if (project.folder / JUDGEMENTS_FILE).is_file():
        return {}
    return {
        "project": project.settings().name,
        "decisions": take_witness(codebook_path).facts(),
    }
