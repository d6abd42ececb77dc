"""`coder review`: the screen, decisions from a table, and how far the review is."""

import typer

from coder.cli.options import (
    Attribute,
    CodebookFile,
    Device,
    Encoder,
    Id,
    Json,
    Model,
    Precision,
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
    Quotes,
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
    quotes: Quotes = False,
    status: ShowStatus = False,
    within: Within = 2.0,
    light: Light = False,
    model: Model = None,
    encoder: Encoder = None,
    device: Device = "auto",
    precision: Precision = "auto",
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
    """Decide which themes comments carry, on a screen or in a table; `apply` learns."""
    from coder.cli import review_runs as runs
    from coder.cli.printer import Printer
    from coder.embedding import EncoderChoice
    from coder.reviewing.mode import ReviewMode
    from coder.workflow.review import Screen
    from coder.workflow.target import Columns

    check_options(context.params)
    printer = Printer(as_json=as_json, quiet=quiet)
    columns = Columns(text, id_, source, weight, attribute or None, question)
    screen = Screen(reviewer, EncoderChoice(model, encoder, device, precision), light)
    if status:
        runs.show_status(target, codebook, columns, within, printer)
    elif drawn is not None:
        runs.declare(target, codebook, drawn, columns, printer)
    elif quotes:
        runs.show_quotes(target, codebook, columns, screen, printer)
    elif start:
        runs.run_start(target, codebook, columns, screen, seed, printer)
    elif from_ is not None:
        how = runs.TableReview(from_, reviewer, blind, chosen)
        runs.take_table(target, codebook, how, columns, printer)
    else:
        mode = ReviewMode(blind, theme, sample, share_of(double), adjudicate, seed)
        runs.show_session(target, codebook, mode, columns, screen, printer)
    printer.finish()
