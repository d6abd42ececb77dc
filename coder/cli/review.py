"""`coder review`: the screen, decisions from a table, and how far the review is."""

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
    Assign,
    Blind,
    ChosenBy,
    Double,
    Drawn,
    From,
    Quotes,
    Reviewer,
    Sample,
    ShowStatus,
    Start,
    Take,
    Theme,
    Within,
)
from coder.cli.screen_options import Light, Order, Tick
from coder.cli.training_options import Mix, Train


def review(
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
    assign: Assign = None,
    take: Take = None,
    train: Train = None,
    mix: Mix = None,
    quotes: Quotes = False,
    status: ShowStatus = False,
    within: Within = 2.0,
    order: Order = "codebook",
    tick: Tick = 0.5,
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
    typed = dict(locals())
    from coder.cli.review_run import run_review

    run_review(typed)
