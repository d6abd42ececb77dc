"""`coder review`: the screen, decisions from a table, and how far the review is."""

import typer

from coder.cli.options import (
    Attribute,
    CodebookFile,
    Id,
    Json,
    Model,
    Question,
    Quiet,
    Seed,
    SourceColumn,
    Target,
    Text,
    Weight,
)
from coder.cli.review_options import (
    Adjudicate,
    Blind,
    ChosenBy,
    Double,
    Drawn,
    From,
    Light,
    Reviewer,
    Sample,
    ShowStatus,
    Start,
    Theme,
    Within,
    check_options,
    share_of,
)


def review(
    context: typer.Context,
    target: Target,
    codebook: CodebookFile,
    reviewer: Reviewer = None,
    start: Start = False,
    blind: Blind = False,
    theme: Theme = None,
    sample: Sample = None,
    from_: From = None,
    chosen: ChosenBy = None,
    drawn: Drawn = None,
    double: Double = None,
    adjudicate: Adjudicate = False,
    status: ShowStatus = False,
    within: Within = 2.0,
    light: Light = False,
    model: Model = None,
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
    """Decide which themes each comment carries, on a screen or in a table.

    The next `coder apply` learns from the decisions.
    """
    from coder.cli.printer import Printer
    from coder.cli.review_runs import declare, run_start, show_session, show_status
    from coder.cli.review_summary import print_decisions
    from coder.reviewing.mode import ReviewMode
    from coder.workflow.review import Screen, review_from_table
    from coder.workflow.target import Columns

    check_options(context.params)
    printer = Printer(as_json=as_json, quiet=quiet)
    columns = Columns(text, id_, source, weight, attribute or None, question)
    screen = Screen(reviewer, model, light)
    if status:
        show_status(target, codebook, columns, within, printer)
    elif drawn is not None:
        declare(target, codebook, drawn, columns, printer)
    elif start:
        run_start(target, codebook, columns, screen, seed, printer)
    elif from_ is not None:
        decisions = review_from_table(
            target, codebook, from_, reviewer, columns, blind=blind, chosen=chosen
        )
        print_decisions(decisions, printer)
    else:
        mode = ReviewMode(blind, theme, sample, share_of(double), adjudicate, seed)
        show_session(target, codebook, mode, columns, screen, printer)
    printer.finish()
