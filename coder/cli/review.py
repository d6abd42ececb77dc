"""`coder review`: the screen, decisions from a table, and how far the review is."""

from typing import TYPE_CHECKING

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
    share_of,
)
from coder.errors import CoderError, option

if TYPE_CHECKING:
    pass

POINTS = 100  # percentage points in a share of 1


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
    from coder.cli.review_summary import print_decisions, print_draw, print_session
    from coder.cli.review_tables import print_status
    from coder.cli.start_summary import print_start
    from coder.reviewing.mode import ReviewMode
    from coder.workflow.draws import declare_draw
    from coder.workflow.review import review as review_on_screen
    from coder.workflow.review import review_from_table, review_status
    from coder.workflow.start import finish_start, start_review
    from coder.workflow.target import Columns

    _check_options(context)
    printer = Printer(as_json=as_json, quiet=quiet)
    columns = Columns(text, id_, source, weight, attribute or None, question)
    if status:
        progress = review_status(target, codebook, columns, half_width=within / POINTS)
        print_status(progress, printer)
    elif drawn is not None:
        print_draw(declare_draw(target, codebook, drawn, columns), printer)
    elif from_ is not None:
        decisions = review_from_table(
            target, codebook, from_, reviewer, columns, blind=blind, chosen=chosen
        )
        print_decisions(decisions, printer)
    elif start:
        begun = start_review(
            target, codebook, reviewer, columns, model=model, light=light, seed=seed
        )
        with printer.progress() as bar:
            finished = finish_start(begun, model=model, progress=bar)
        print_start(finished, printer)
    else:
        mode = ReviewMode(blind, theme, sample, share_of(double), adjudicate, seed)
        session = review_on_screen(
            target, codebook, reviewer, mode, columns, model=model, light=light
        )
        print_session(session, printer)
    printer.finish()


def _check_options(context: typer.Context) -> None:
    """Raise where two options ask for different things (see also `reviewing.mode.check_mode`)."""
    options = context.params
    names = {"from_": "from", "status": "status", "drawn": "drawn", "start": "start"}
    names |= {name: name for name in ("theme", "sample", "double", "adjudicate")}
    chosen = [option(name) for key, name in names.items() if options[key]]
    separate = any(options[name] for name in ("from_", "status", "drawn", "start"))
    if separate and len(chosen) > 1:
        raise CoderError(
            f"{' and '.join(chosen)} cannot be used together", "Use one of them."
        )
    if options["chosen"] is not None and options["from_"] is None:
        raise CoderError(
            f"{option('chosen')} tells how the comments of a table were chosen, and no table is "
            "given",
            f"Give the table as well: {option('from', 'FILE.csv')}.",
        )
