"""`coder cluster`: candidate themes of comments that nobody has read yet."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import (
    Attribute,
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

if TYPE_CHECKING:
    from coder.workflow.unchanged import Done

Themes = Annotated[
    int | None,
    typer.Option(
        "--themes",
        help="How many candidates. Default: the comments decide.",
        metavar="N",
    ),
]
MinSize = Annotated[
    int | None,
    typer.Option("--min-size", help="Fewest comments of a candidate.", metavar="N"),
]
Method = Annotated[
    str,
    typer.Option("--method", help="How comments are grouped.", metavar="graph|hdbscan"),
]
Beyond = Annotated[
    Path | None,
    typer.Option(
        "--beyond",
        help="Group only comments that this codebook leaves without a theme.",
        metavar="FILE",
    ),
]
Campaigns = Annotated[
    str,
    typer.Option(
        "--campaigns",
        help="Count every sender of a campaign, or count it once.",
        metavar="each|once",
    ),
]
All = Annotated[
    bool,
    typer.Option(
        "--all", help="Print every candidate, with its keywords and sub-themes."
    ),
]
To = Annotated[
    list[Path] | None,
    typer.Option(
        "--to",
        help="Also draw a map of the comments: .html or .png (repeat).",
        metavar="FILE",
    ),
]


def cluster(
    target: Target,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    themes: Themes = None,
    min_size: MinSize = None,
    method: Method = "graph",
    model: Model = None,
    encoder: Encoder = None,
    device: Device = "auto",
    precision: Precision = "auto",
    seed: Seed = 0,
    beyond: Beyond = None,
    campaigns: Campaigns = "each",
    to: To = None,
    show_all: All = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> "Done":
    """Find candidate themes and draft a codebook from them.

    Each candidate has a name, keywords, quotes, its size and its stability.
    """
    from coder.cli.cluster_notes import next_steps
    from coder.cli.cluster_tables import print_candidates
    from coder.cli.printer import Printer
    from coder.cli.read import print_reading
    from coder.embedding import EncoderChoice
    from coder.workflow.cluster import ClusterOptions
    from coder.workflow.cluster import cluster as find_candidates
    from coder.workflow.target import Columns
    from coder.workflow.unchanged import Done

    printer = Printer(as_json=as_json, quiet=quiet)
    choice = EncoderChoice(model, encoder, device, precision)
    columns = Columns(text, id_, source, weight, attribute or None, question)
    options = ClusterOptions(themes, min_size, method, campaigns, seed, choice)
    with printer.progress() as progress:
        outcome = find_candidates(
            target, columns, options, beyond=beyond, maps=to or (), progress=progress
        )
    if outcome.reading is not None:
        print_reading(outcome.reading, printer)
    print_candidates(outcome, printer, target, show_all=show_all)
    printer.facts = outcome.facts()
    printer.finish()
    written = [outcome.draft, outcome.table, *outcome.maps]
    step, *_ = next_steps(outcome, target)
    return Done(written, printer.facts, outcome.reading, step)
