"""The arguments and options of `coder read`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from coder.errors import CoderError, option
from coder.reading.formats import format_labels

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help=f"Files of comments ({format_labels()}), or a project to mark again.",
        metavar="FILE...|PROJECT",
    ),
]
Into = Annotated[
    Path | None,
    typer.Option(
        "--into",
        help="The project's folder (default: STEM.coding beside the file).",
        metavar="PROJECT",
    ),
]
Texts = Annotated[
    list[str] | None,
    typer.Option(
        "--text",
        help="Column that holds comments (repeat, one for each question).",
        metavar="COL",
    ),
]
QuestionsOf = Annotated[
    list[str] | None,
    typer.Option(
        "--question-of",
        help="The question that a column of comments answers (repeat).",
        metavar="COL=TEXT",
    ),
]
SourceNames = Annotated[
    list[str] | None,
    typer.Option(
        "--source-name",
        help="Name of a file's source (repeat, one for each file).",
        metavar="NAME",
    ),
]
Respondent = Annotated[
    str | None,
    typer.Option("--respondent", help="Column of respondent ids.", metavar="COL"),
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", help="Encoding of a text file.", metavar="NAME"),
]
Sheet = Annotated[
    str | None,
    typer.Option(
        "--sheet", help="Sheet of a workbook, or file in a ZIP.", metavar="NAME"
    ),
]
HeaderRows = Annotated[
    int | None,
    typer.Option(
        "--header-rows",
        min=0,
        help="Rows that name the columns, titles aside (default: detected).",
        metavar="N",
    ),
]
Replace = Annotated[
    bool,
    typer.Option(
        "--replace",
        help="Replace the source of this name, even if no comment is the same.",
    ),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        help="A comment to analyse in any case (repeat).",
        metavar="ID",
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        help="A comment to leave out, and why: process, out_of_scope (repeat).",
        metavar="ID=REASON",
    ),
]
CountRepeats = Annotated[
    bool | None,
    typer.Option(
        "--count-repeats/--no-count-repeats",
        help="Count an answer that is in two sources each time, or once (the default).",
        show_default=False,
    ),
]

LeaveOut = Annotated[
    list[str] | None,
    typer.Option(
        "--leave-out",
        help="Responses not to analyse: partial, preview; none to analyse all (repeat).",
        metavar="STATE",
    ),
]


def wordings_of(items: Sequence[str]) -> dict[str, str]:
    """Column to question, of items such as `Q5=What should change?`.

    Raises:
        CoderError: an item has no column or no question.
    """
    wordings = {}
    for item in items:
        column, _, wording = item.partition("=")
        if not column or not wording.strip():
            raise CoderError(
                f"{option('question_of', item)}: needs a column and its question",
                f"Write {option('question_of', 'COL=TEXT')}.",
            )
        wordings[column] = wording.strip()
    return wordings


def reasons_of(exclude: Sequence[str]) -> dict[str, str]:
    """Comment id to reason, of items such as `TL-0001=process`."""
    from coder.tables import REASONS

    reasons: dict[str, str] = {}
    for item in exclude:
        comment_id, equals, reason = item.rpartition("=")
        if not equals or not comment_id:
            raise CoderError(
                f"{option('exclude', item)}: needs a comment and a reason",
                f"Write {option('exclude', 'ID=REASON')}. The reason is one of: "
                f"{', '.join(REASONS)}.",
            )
        reasons[comment_id] = reason
    return reasons
