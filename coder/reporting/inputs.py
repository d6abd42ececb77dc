"""What an export is made from: a project's comments and labels, a codebook and its decisions, and the options."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from coder.codebook import Codebook, read_codebook
from coder.decisions import decisions_folder, head_hash, judgements, own_judgements, read_decisions
from coder.errors import GENERIC, CoderError, CommandNames
from coder.project import Project, Settings
from coder.reporting.build import Earlier, build_report, discussion_pages
from coder.reporting.quotes_file import QuoteChoices, read_choices
from coder.reporting.report import Report

QUOTES_FILE, JUDGEMENTS_FILE = "quotes.yaml", "judgements.parquet"


@dataclass(frozen=True)
class Options:
    """How an export is made; see `build_report`."""

    by: tuple[str, ...] = ()
    campaigns: Literal["each", "once"] = "each"
    minimum_base: int = 30
    minimum_cell: int = 5
    correction: Literal["holm", "fdr"] = "holm"
    threshold: str = ""
    quotes: int = 2
    pool_discussion: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Inputs:
    """What the files of a project and a codebook say."""

    comments: pd.DataFrame
    labels: pd.DataFrame | None  # None where decisions alone count
    codebook: Codebook
    judgements: pd.DataFrame  # on this project's comments
    settings: Settings
    choices: QuoteChoices
    calibrated: bool
    facts: dict[str, Any]
    warnings: tuple[str, ...]
    stale: bool = False  # the codebook has changed since the labels were made
    typed: CommandNames = GENERIC  # how notes and errors name the project and the codebook


def gather(project: Project, codebook_path: Path, typed: CommandNames = GENERIC) -> Inputs:
    """Read what an export needs. Raises `CoderError` for whatever is missing or broken.

    Args:
        typed: how notes and errors name the project and the codebook; without, the report's bytes do not hang on
            where its files lay.
    """
    codebook = read_codebook(codebook_path)
    comments, settings = project.comments, project.settings()
    warnings: list[str] = []
    beside = project.folder / JUDGEMENTS_FILE
    if beside.is_file():  # a pack without texts: decisions cannot be matched by text any more
        own = pd.read_parquet(beside)
        own["positions"] = [tuple(positions) for positions in own["positions"]]
    else:
        stored = read_decisions(codebook_path)
        warnings += stored.notes
        everything = judgements(stored.decisions, codebook)
        own = own_judgements(everything, comments, settings.name)
        stale = int((everything["project"] == settings.name).sum()) - len(own)
        if stale:
            warnings.append(
                f"{stale:,} judgements are on comments that have changed or gone since; they do not count."
            )
    labels = project.labels if project.labels_path.is_file() else None
    run = project.last_run("apply") or {}
    stale = labels is not None and run.get("codebook_fingerprint") not in (
        None,
        codebook.fingerprint,
    )
    if stale:
        warnings.append(
            f"The codebook has changed since coder apply: run it again, so that the labels follow it: {typed.command('apply')}"
        )
    facts = {
        "comments_fingerprint": project.comments_fingerprint(),
        "codebook_fingerprint": codebook.fingerprint,
        "model_fingerprint": str(run.get("model_fingerprint", "")) if labels is not None else "",
    }
    return Inputs(
        comments,
        labels,
        codebook,
        own,
        settings,
        read_choices(project.folder / QUOTES_FILE),
        bool(run.get("calibrated", False)),
        facts,
        tuple(warnings),
        stale,
        typed,
    )


def decision_heads(codebook_path: Path) -> dict[str, str]:
    """The hash of each reviewer's last decision, by file name: by it a file that was cut short is found."""
    return {
        path.name: head_hash(path)
        for path in sorted(decisions_folder(codebook_path).glob("*.jsonl"))
    }


def report_of(inputs: Inputs, options: Options, earlier: Inputs | None = None) -> Report:
    """The report of what was gathered, compared with an earlier consultation where one is given."""
    if options.campaigns not in ("each", "once"):
        raise CoderError(
            f"--campaigns {options.campaigns}: no such way of counting", "There are: each, once."
        )
    if options.correction not in ("holm", "fdr"):
        raise CoderError(
            f"--correction {options.correction}: no such correction", "There are: holm, fdr."
        )
    report = build_report(
        inputs.comments,
        inputs.labels,
        inputs.codebook,
        inputs.judgements,
        by=options.by,
        settings=inputs.settings,
        calibrated=inputs.calibrated,
        campaigns=options.campaigns,
        minimum_base=options.minimum_base,
        minimum_cell=options.minimum_cell,
        correction=options.correction,
        threshold=options.threshold,
        quotes=options.quotes,
        pool_discussion=options.pool_discussion,
        choices=inputs.choices,
        facts=inputs.facts,
        typed=inputs.typed,
        seed=options.seed,
        earlier=None
        if earlier is None
        else Earlier(
            earlier.settings.name,
            earlier.comments,
            earlier.labels,
            earlier.judgements,
            earlier.calibrated,
            discussion_pages(earlier.settings),
        ),
    )
    if inputs.stale and not (report.labels["origin"] == "reviewer").all():
        note = "The codebook has changed since the program coded the comments; what it coded follows the earlier one."
        return replace(report, notes=(*report.notes, note))
    return report
