"""Options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

Target = Annotated[
    Path,
    typer.Argument(
        help="A project folder, or a file of comments.", metavar="PROJECT|FILE"
    ),
]
Text = Annotated[
    str | None,
    typer.Option("--text", help="Column that holds the comments.", metavar="COL"),
]
Id = Annotated[
    str | None,
    typer.Option("--id", help="Column of comment ids.", metavar="COL"),
]
SourceColumn = Annotated[
    str | None,
    typer.Option(
        "--source", help="Column that names the source of each comment.", metavar="COL"
    ),
]
Weight = Annotated[
    str | None,
    typer.Option("--weight", help="Column of survey weights.", metavar="COL"),
]
Attribute = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        help="Column about respondents, such as age (repeat).",
        metavar="COL",
    ),
]
Question = Annotated[
    str,
    typer.Option(
        "--question",
        help="The question that was asked; of a project that has several, its id.",
        metavar="TEXT|ID",
    ),
]
CodebookFile = Annotated[
    Path, typer.Option("--codebook", help="The codebook (YAML).", metavar="FILE")
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Another sentence-transformers model: folder or name.",
        metavar="NAME",
    ),
]
Encoder = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        help="What computes the vectors. Default: the quickest that is installed.",
        metavar="torch|openvino|reference",
    ),
]
Device = Annotated[
    str,
    typer.Option(
        "--device",
        help="Where vectors are computed: auto uses a GPU that PyTorch sees.",
        metavar="auto|cpu|cuda",
    ),
]
Precision = Annotated[
    str,
    typer.Option(
        "--precision",
        help="Of the vectors: bf16 is quicker on recent processors.",
        metavar="auto|fp32|bf16",
    ),
]
Seed = Annotated[
    int,
    typer.Option("--seed", help="Seed of all random draws.", metavar="N"),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        help="Processes that code comments; at most the cores (default: 1).",
        metavar="N",
    ),
]
EngineName = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="Code on a Dask cluster: dask://HOST:PORT, or dask for one here.",
        metavar="ADDRESS",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only warnings and errors.")]
