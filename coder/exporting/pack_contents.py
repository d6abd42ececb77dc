"""What an audit pack holds beside its tables: the files of a project and a codebook, or what is
left without text.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from coder import files, tables
from coder.codebook import Codebook, Theme, read_codebook, write_codebook
from coder.comment_files import write_comments
from coder.decisions import (
    decisions_folder,
    store_draw,
    take_witness,
    witness_from,
)
from coder.errors import GENERIC, CoderError
from coder.groups import groups_path
from coder.private import make_folder
from coder.project import Project, Settings
from coder.reporting.aspects.listed_file import listed_path
from coder.reporting.draft_file import DRAFT_FILE
from coder.reporting.inputs import (
    JUDGEMENTS_FILE,
    QUOTES_FILE,
    UNSURE,
    Inputs,
    StoredLabels,
)
from coder.reporting.options import Options
from coder.reporting.quotes_file import QuoteChoices
from coder.run_records import read_record
from coder.settings import NOT_OWN
from coder.statistics.reviewed_comments import Reviews
from coder.stored import seal

CODEBOOK = "codebook.yaml"
APPLY_RUNS = "[0-9][0-9][0-9][0-9]-apply.json"


def project_in(folder: Path) -> Project:
    """The project inside an unpacked pack."""
    return Project(folder / "project")


def copy_files(
    project: Project,
    codebook: Path,
    inputs: Inputs,
    options: Options,
    folder: Path,
) -> Inputs:
    """Copy all files that the tables are made from into `folder`, as a project and a codebook.

    Columns that reading dropped, such as names and addresses, are left out unless the tables are
    broken down by them. Of decisions there is what the tables rest on, and nothing that came
    later.

    Returns:
        What the tables of the pack are made from: the same, with commands that name no place on
            this machine.

    Raises:
        CoderError: decisions were replaced while they were copied.
    """
    copy = project_in(folder)
    for source, target in _file_pairs(project, codebook, folder):
        if source.is_file():
            make_folder(target.parent)
            target.write_bytes(source.read_bytes())
    comments = _without_dropped(inputs.comments, inputs.settings, options)
    if project.question_id:  # of several questions, the pack holds one
        copy.write(project.settings(), comments, project.places)
    elif len(comments.columns) < len(inputs.comments.columns):
        read_with = inputs.settings.reading_fingerprint
        write_comments(copy.comments_path, [comments], read_with)
    write_lists(copy, inputs)
    _copy_decisions(codebook, inputs, folder)
    history = take_witness(folder / CODEBOOK)
    facts = {**inputs.facts, "decisions": history.facts()}
    return replace(
        inputs,
        comments=comments,
        facts=facts,
        names=GENERIC,
    )


def _file_pairs(
    project: Project,
    codebook: Path,
    folder: Path,
) -> Iterator[tuple[Path, Path]]:
    """Each file and where its copy goes, but for decisions."""
    copy = project_in(folder)
    yield codebook, folder / CODEBOOK
    yield groups_path(codebook), groups_path(folder / CODEBOOK)
    if not project.question_id:
        yield project.settings_path, copy.settings_path
        yield project.comments_path, copy.comments_path
        yield project.places_path, copy.places_path
    for part in project.label_files.parts():
        yield part, copy.labels_path / part.relative_to(project.labels_path)
    yield project.folder / QUOTES_FILE, copy.folder / QUOTES_FILE
    yield project.folder / DRAFT_FILE, copy.folder / DRAFT_FILE
    listed = listed_path(project, read_codebook(codebook))
    yield listed, copy.folder / listed.relative_to(project.folder)
    for run in (project.folder / "runs").glob(APPLY_RUNS):
        yield run, copy.folder / "runs" / run.name


def _copy_decisions(codebook: Path, inputs: Inputs, folder: Path) -> None:
    """Copy the decisions as far as they had come when they were read: reviewers may go on."""
    store = decisions_folder(codebook)
    target = decisions_folder(folder / CODEBOOK)
    witness = witness_from(inputs.facts.get("decisions"))
    if witness is None:
        witness = take_witness(codebook)
    try:
        for name, head in witness.files.items():
            data = _first_lines((store / name).read_bytes(), head.count)
            _write_copy(target / name, data)
        for name in witness.fixed:
            _write_copy(target / name, (store / name).read_bytes())
    except FileNotFoundError:
        raise _replaced(store) from None
    if take_witness(folder / CODEBOOK).files != witness.files:
        raise _replaced(store)


def _first_lines(data: bytes, count: int) -> bytes:
    lines = data.split(b"\n", count)[:count]
    return b"".join(line + b"\n" for line in lines)


def _write_copy(path: Path, data: bytes) -> None:
    make_folder(path.parent)
    path.write_bytes(data)


def _replaced(store: Path) -> CoderError:
    return CoderError(
        f"{store}: decisions were replaced while the pack was written",
        "Wait until the repair or copying of decisions has ended, and export again.",
    )


def _without_dropped(
    comments: pd.DataFrame,
    settings: Settings,
    options: Options,
) -> pd.DataFrame:
    """The comments without columns that reading dropped and the tables do not need."""
    left_out = settings.dropped - _needed_columns(settings, options)
    kept = [name for name in comments.columns if name not in left_out]
    return comments[kept]


def _needed_columns(settings: Settings, options: Options) -> set[str]:
    """The columns of the comments that the tables are made from."""
    needed = {*tables.COMMENTS.own_names, "about_process", "same_as"}
    for name in options.by:
        derived = settings.derived.get(name)
        needed.add(derived.column if derived else name)
    if settings.text_declined:
        needed.add(settings.text_declined)
    return needed


def left_out(inputs: Inputs, packed: Inputs) -> list[str]:
    """The survey's own columns that a pack does not hold."""
    kept = tables.own_columns(packed.comments)
    names = tables.own_columns(inputs.comments)
    return sorted(name for name in names if name not in kept)


def write_without_text(
    project: Project,
    inputs: Inputs,
    options: Options,
    folder: Path,
) -> Inputs:
    """Write what the tables are made from into `folder`, without anything that respondents wrote.

    Only those columns of the survey stay that the tables need. Decisions cannot be matched by
    text any more, so a table of judgements takes their place.

    Returns:
        What the tables of the pack are made from.
    """
    copy = project_in(folder)
    bare = _without_text(inputs, options)
    write_codebook(folder / CODEBOOK, bare.codebook)
    copy.write_settings(bare.settings)
    bare.comments.to_parquet(copy.comments_path, index=False)
    if isinstance(bare.labels, pd.DataFrame):
        bare.labels.to_parquet(copy.labels_path, index=False)
    _write_judgements(copy.folder / JUDGEMENTS_FILE, bare.reviews)
    for draw in bare.draws:
        store_draw(decisions_folder(folder / CODEBOOK), draw)
    for run in (project.folder / "runs").glob(APPLY_RUNS):
        record = _run_record(run, inputs.codebook, bare.codebook)
        files.write_text(copy.folder / "runs" / run.name, record)
    write_lists(copy, inputs)
    fingerprints = {
        "comments_fingerprint": copy.comments_fingerprint(),
        "codebook_fingerprint": bare.codebook.fingerprint,
    }
    # The pack holds no decision file; its manifest names them.
    model = inputs.facts["model_fingerprint"]
    return replace(bare, facts={**fingerprints, "model_fingerprint": model})


def _write_judgements(path: Path, reviews: Reviews) -> None:
    sure = reviews.judgements.assign(**{UNSURE: False})
    unsure = reviews.unsure.assign(**{UNSURE: True})
    stored = pd.concat([sure, unsure], ignore_index=True)
    stored = stored.assign(positions=stored["positions"].map(list))
    stored.to_parquet(path, index=False)


def write_lists(copy: Project, inputs: Inputs) -> None:
    """What was excluded and why, and the ledger, for people who open the pack."""
    is_excluded = inputs.comments["status"] == tables.EXCLUDED
    excluded = inputs.comments.loc[is_excluded, ["comment_id", "source", "reason"]]
    files.write_csv(copy.folder / "exclusions.csv", excluded.sort_values("comment_id"))
    files.write_csv(copy.folder / "ledger.csv", tables.ledger(inputs.comments))


def _without_text(inputs: Inputs, options: Options) -> Inputs:
    labels = inputs.labels
    if isinstance(labels, StoredLabels):
        labels = labels.whole()
    if labels is not None:
        labels = labels.assign(
            evidence="",
            evidence_start=-1,
            evidence_end=-1,
        )
    comments = _bare_comments(inputs.comments, inputs.settings, options)
    return replace(
        inputs,
        comments=comments,
        labels=labels,
        codebook=_without_examples(inputs.codebook),
        judgements=inputs.judgements.assign(text="", text_hash=""),
        unsure=inputs.unsure.assign(text="", text_hash=""),
        settings=_settings_of(comments, inputs.settings),
        choices=QuoteChoices(),
        names=GENERIC,
        listed=None,
        draft=None,
    )


def _settings_of(comments: pd.DataFrame, settings: Settings) -> Settings:
    """The settings without answers that respondents wrote and columns that the comments lack."""
    derived = {}
    for name, made in settings.derived.items():
        if made.column in comments.columns:
            derived[name] = made
    known = {*NOT_OWN, *comments.columns, *derived}
    missing = {}
    for name, answers in settings.missing.items():
        if name in known:
            missing[name] = answers
    changes = {"substantive": {}, "derived": derived, "missing": missing}
    return settings.model_copy(update=changes)


def _bare_comments(
    comments: pd.DataFrame,
    settings: Settings,
    options: Options,
) -> pd.DataFrame:
    """The comments without their text, with those columns of the survey that the tables need."""
    needed = _needed_columns(settings, options)
    kept = [name for name in comments.columns if name in needed]
    # Ids of people may be names or addresses; that rows are one person's stays.
    people = [f"person-{number + 1}" for number in _numbered(comments)]
    return comments[kept].assign(text="", respondent_id=people)


def _numbered(comments: pd.DataFrame) -> list[int]:
    """A number for each comment, the same for the comments of one respondent."""
    numbers, _ = pd.factorize(comments["respondent_id"])
    return [int(number) for number in numbers]


def _without_examples(codebook: Codebook) -> Codebook:
    """The codebook without its examples, which are comments as people wrote them."""
    return codebook.model_copy(
        update={"themes": tuple(map(_bare_theme, codebook.themes))}
    )


def _bare_theme(theme: Theme) -> Theme:
    none: Mapping[str, Any] = {"examples": (), "counter_examples": ()}
    positions = [position.model_copy(update=none) for position in theme.positions]
    themes = [_bare_theme(sub_theme) for sub_theme in theme.themes]
    parts = {"positions": tuple(positions), "themes": tuple(themes)}
    return theme.model_copy(update={**none, **parts})


def _run_record(run: Path, whole: Codebook, bare: Codebook) -> str:
    """A run's record for a pack whose codebook has no examples: a run of the whole one counts
    as a run of it.
    """
    record = read_record(run)
    if record.get("codebook_fingerprint") == whole.fingerprint:
        record["codebook_fingerprint"] = bare.fingerprint
        record["codebook_fingerprint_with_examples"] = whole.fingerprint
    return json.dumps(seal(record), indent=2, ensure_ascii=False) + "\n"
