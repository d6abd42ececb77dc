"""`coder export`: theme tables, audit packs, review sheets, and tables rebuilt from a pack."""

from typing import Any, cast

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
    ReviewerError,
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
from coder.cli.repeats import Again, Repeatable
from coder.cli.review_options import share_of


def export(
    context: typer.Context,
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
    reviewer_error: ReviewerError = False,
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
    again: Again = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the theme table with bases, intervals and quotes, and any breakdowns."""
    from coder.cli.printer import Printer
    from coder.exporting.writers import is_pack

    if codebook is None and not (is_pack(target) and target.is_file()):
        problem = "a codebook is needed: --codebook FILE"
        raise typer.BadParameter(problem, param_hint="--codebook")
    printer = Printer(as_json=as_json, quiet=quiet)
    repeatable = Repeatable(context, printer)
    if repeatable.says_so(again=again):
        return
    from coder.cli.export_table import print_outcome
    from coder.reporting import Options
    from coder.workflow.export import SheetOptions, warn_of_rows
    from coder.workflow.export import export as export_files
    from coder.workflow.target import Columns

    about_rows = warn_of_rows(to)
    for warning in about_rows:  # before anything is written
        printer.warn(warning)
    outcome = export_files(
        target,
        *to,
        codebook=codebook,
        options=Options(
            by=tuple(by or ()),
            campaigns=cast(Any, campaigns),  # checked by Options
            minimum_base=minimum_base,
            minimum_cell=minimum_cell,
            correction=cast(Any, correction),
            threshold=threshold,
            quotes=quotes,
            pool_discussion=pool_discussion,
            reviewer_error=reviewer_error,
            seed=seed,
        ),
        before=before,
        sheet=SheetOptions(reviewer, blind, sample, share_of(double), adjudicate, seed),
        without_text=without_text,
        columns=Columns(text, id_, source, weight, attribute or None, question),
    )
    print_outcome(outcome, printer, warned=len(about_rows))
    written = [file.path for file in outcome.files]
    repeatable.keep(
        written,
        outcome.next_step,
        outcome.reading,
        outcome.warnings,
    )
