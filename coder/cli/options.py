"""Options that commands share, and the way from what the user named to a project."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.project import Project

Target = Annotated[
    Path, typer.Argument(help="A project folder, or a file of comments.", metavar="PROJECT|FILE")
]
Text = Annotated[
    str | None, typer.Option("--text", help="Column that holds the comments.", metavar="COL")
]
Id = Annotated[
    str | None, typer.Option("--id", help="Column that names each comment.", metavar="COL")
]
SourceColumn = Annotated[
    str | None,
    typer.Option("--source", help="Column that says where a comment came from.", metavar="COL"),
]
Weight = Annotated[
    str | None, typer.Option("--weight", help="Column of survey weights.", metavar="COL")
]
Attribute = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute", help="Column that describes the respondent (repeat).", metavar="COL"
    ),
]
Question = Annotated[
    str, typer.Option("--question", help="The question that was asked.", metavar="TEXT")
]
CodebookFile = Annotated[
    Path, typer.Option("--codebook", help="The codebook (YAML).", metavar="FILE")
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model", help="Another sentence-transformers model, by folder or name.", metavar="NAME"
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of whatever is drawn at random.")]
Json = Annotated[bool, typer.Option("--json", help="Print the same facts for programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but warnings and errors.")]


def open_project(
    target: Path,
    printer: "Printer",
    *,
    text: str | None = None,
    id_: str | None = None,
    source: str | None = None,
    weight: str | None = None,
    attributes: list[str] | None = None,
    question: str = "",
) -> "Project":
    """The project at a folder; or the one beside a file, which is read when it is new or has changed.

    Raises:
        CoderError: there is neither, or the file cannot be read.
    """
    from coder.errors import CoderError
    from coder.files import nearest_name
    from coder.project import Project, project_beside

    if target.is_dir():
        project = Project(target)
        project.settings()  # says how to make one where there is none
        return project
    if not target.exists():
        raise CoderError(
            f"{target}: there is no such file or project",
            f"{nearest_name(target)}Name a file of comments (CSV, TSV, XLSX, JSONL, Parquet, a Talk London page) or "
            "a project folder.",
        )
    from coder.cli.read import read_into

    project = project_beside(target)
    chosen = any((text, id_, source, weight, attributes, question))
    if chosen or not _read_already(project, target):
        read_into(
            project,
            [target],
            printer,
            text=text,
            id_=id_,
            source=source,
            weight=weight,
            attributes=attributes,
            question=question,
        )
    return project


def _read_already(project: "Project", target: Path) -> bool:
    from coder.files import sha256_of

    if not project.exists or not project.comments_path.is_file():
        return False
    digest = sha256_of(target)
    return any(
        source.file == target.name and source.sha256 == digest
        for source in project.settings().sources
    )
