"""`--question ID`: which of a project's several questions a command is about."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from coder.run_records import ALL_QUESTIONS

QuestionId = Annotated[
    str,
    typer.Option(
        "--question",
        help="Which question, of a project that has several.",
        metavar="ID",
    ),
]
# Their parameter that names the project, the first that a command has.
TARGETS = ("target", "project")
CODEBOOKS = ("codebook", "beyond")


def of_one_question(
    function: Callable[..., None],
    *,
    required: bool = True,
    on_all: Callable[..., None] | None = None,
) -> Callable[..., None]:
    """The command with the folder of the question in place of a project of several.

    Args:
        function: runs the command with what was typed.
        required: whether the command is about one question alone.
        on_all: runs the command for all questions at once, where that is possible.
    """
    own = signature(function)
    has_question = "question" in own.parameters
    target_name = next(name for name in TARGETS if name in own.parameters)

    @wraps(function)
    def run(**typed: Any) -> None:
        from coder.workflow.questions import folder_of_question

        asked = typed["question"] if has_question else typed.pop("question")
        target = typed[target_name]
        if asked == ALL_QUESTIONS and on_all is not None:
            on_all(**typed)
            return
        if asked or required:
            codebook = _codebook(typed)
            folder = folder_of_question(target, asked, codebook)
            if folder != target:
                typed[target_name] = folder
                if has_question:
                    typed["question"] = ""
        function(**typed)

    parameters = list(own.parameters.values())
    if not has_question:
        parameters.append(
            Parameter(
                "question",
                Parameter.KEYWORD_ONLY,
                default="",
                annotation=QuestionId,
            )
        )
    # typer reads the options from the signature.
    run.__signature__ = own.replace(  # type: ignore[attr-defined]
        parameters=parameters,
        return_annotation=None,
    )
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _codebook(typed: dict[str, Any]) -> Any:
    for name in CODEBOOKS:
        if typed.get(name) is not None:
            return typed[name]
    return None
