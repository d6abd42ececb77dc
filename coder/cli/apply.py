"""`coder apply`."""

from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import (
    Attribute,
    CodebookFile,
    Device,
    Encoder,
    EngineName,
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
    Workers,
)

if TYPE_CHECKING:
    from pathlib import Path

    from coder.workflow.apply import ApplyOutcome
    from coder.workflow.unchanged import Done

TABLES = ("labels.csv", "matrix.csv")
LabelsPerComment = Annotated[
    float | None,
    typer.Option(
        "--labels-per-comment",
        help="Mean number of themes for each comment (default: estimated).",
        metavar="N",
    ),
]
Opinion = Annotated[
    bool,
    typer.Option(
        "--opinion/--no-opinion",
        help="Use the encoder layers tuned on opinions too.",
    ),
]
Estimate = Annotated[
    bool,
    typer.Option(
        "--estimate",
        help="Say what it would cost, from a hundred comments, and code nothing.",
    ),
]


def apply(
    target: Target,
    codebook: CodebookFile,
    labels_per_comment: LabelsPerComment = None,
    opinion: Opinion = True,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    model: Model = None,
    encoder: Encoder = None,
    device: Device = "auto",
    precision: Precision = "auto",
    seed: Seed = 0,
    workers: Workers = None,
    engine: EngineName = None,
    estimate: Estimate = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> "Done | None":
    """Code every comment against a codebook, with evidence.

    Learns from the decisions of reviewers, which are kept beside the codebook.
    """
    from coder.cli.apply_advice import next_step
    from coder.cli.apply_estimate import run_estimate
    from coder.cli.apply_table import print_coding
    from coder.cli.printer import Printer
    from coder.embedding import EncoderChoice
    from coder.workflow.apply import apply as apply_workflow
    from coder.workflow.target import Columns
    from coder.workflow.unchanged import Done
    from coder.workflow.workplace import Place

    printer = Printer(as_json=as_json, quiet=quiet)
    choice = EncoderChoice(model, encoder, device, precision)
    columns = Columns(text, id_, source, weight, attribute or None, question)
    if estimate:
        run_estimate(target, codebook, columns, choice, workers, printer)
        return None
    with printer.progress() as progress:
        outcome = apply_workflow(
            target,
            codebook,
            columns,
            labels_per_comment=labels_per_comment,
            opinion=opinion,
            encoder=choice,
            seed=seed,
            place=Place(engine, workers),
            progress=progress,
        )
    print_coding(outcome, printer, target=str(target), codebook=str(codebook))
    printer.facts = outcome.facts()
    printer.finish()
    step = f"Next: {next_step(outcome, str(target), str(codebook))}"
    return Done(_written(outcome), printer.facts, outcome.reading, step)


def _written(outcome: "ApplyOutcome") -> "list[Path]":
    project = outcome.project
    return [project.labels_path, *(project.folder / name for name in TABLES)]
