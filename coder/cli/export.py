"""`coder export`: theme tables, audit packs, review sheets, and tables rebuilt from a pack."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from coder.cli.export_options import (
    Before,
    Blind,
    By,
    Campaigns,
    CodebookFile,
    Correction,
    MinimumBase,
    MinimumCell,
    PoolDiscussion,
    Quotes,
    Reviewer,
    SheetAdjudicate,
    SheetDouble,
    SheetSample,
    Target,
    Threshold,
    To,
    WithoutText,
)
from coder.cli.options import (
    Attribute,
    Id,
    Json,
    Question,
    Quiet,
    Seed,
    SourceColumn,
    Text,
    Weight,
)
from coder.cli.review_options import share_of

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.export import ExportOutcome


def export(
    target: Target,
    to: To,
    codebook: CodebookFile = None,
    by: By = None,
    campaigns: Campaigns = "each",
    minimum_base: MinimumBase = 30,
    minimum_cell: MinimumCell = 5,
    correction: Correction = "holm",
    threshold: Threshold = "",
    quotes: Quotes = 2,
    pool_discussion: PoolDiscussion = False,
    before: Before = None,
    without_text: WithoutText = False,
    reviewer: Reviewer = "",
    blind: Blind = False,
    sample: SheetSample = None,
    double: SheetDouble = None,
    adjudicate: SheetAdjudicate = False,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    seed: Seed = 0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the theme table with bases, intervals and quotes, and any breakdowns."""
    from coder.cli.printer import Printer
    from coder.reporting import Options
    from coder.workflow.export import SheetOptions, warn_of_rows
    from coder.workflow.export import export as export_files
    from coder.workflow.target import Columns

    _check_codebook(codebook, target)
    printer = Printer(as_json=as_json, quiet=quiet)
    options = Options(
        by=tuple(by or ()),
        campaigns=cast(Any, campaigns),  # checked by Options
        minimum_base=minimum_base,
        minimum_cell=minimum_cell,
        correction=cast(Any, correction),
        threshold=threshold,
        quotes=quotes,
        pool_discussion=pool_discussion,
        seed=seed,
    )
    about_rows = warn_of_rows(to)
    for warning in about_rows:  # before anything is written
        printer.warn(warning)
    outcome = export_files(
        target,
        *to,
        codebook=codebook,
        options=options,
        before=before,
        sheet=SheetOptions(reviewer, blind, sample, share_of(double), adjudicate, seed),
        without_text=without_text,
        columns=Columns(text, id_, source, weight, attribute or None, question),
    )
    print_outcome(outcome, printer, warned=len(about_rows))


def _check_codebook(codebook: CodebookFile, target: Path) -> None:
    from coder.workflow.export import is_pack_file

    if codebook is None and not is_pack_file(target):
        problem = "a codebook is needed: --codebook FILE"
        raise typer.BadParameter(problem, param_hint="--codebook")


def print_outcome(
    outcome: "ExportOutcome", printer: "Printer", warned: int = 0
) -> None:
    """Print the theme table, the files and the next step; the first warnings are printed."""
    from coder.cli.export_table import print_themes
    from coder.cli.reading_summary import say_reading

    say_reading(outcome.reading, printer)
    if outcome.reading is not None:
        printer.facts["read"] = outcome.reading.facts()
    printer.facts |= outcome.facts()
    for warning in outcome.warnings[warned:]:
        printer.warn(warning)
    if outcome.report is not None:
        print_themes(outcome.report, printer)
    if outcome.pack is not None:
        printer.say(
            "Every file of the pack has its stated hash. The tables were made again from them."
        )
    for file in outcome.files:
        printer.say(f"Written: {file.path}")
    for file in outcome.files:
        if file.caution:
            printer.say(file.caution)
    if outcome.next_step:
        printer.say()
        printer.say(outcome.next_step)
    printer.finish()
