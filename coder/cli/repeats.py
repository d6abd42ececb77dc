"""What a command does where nothing has changed since it was last run: it says so, and ends."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.errors import option

if TYPE_CHECKING:
    from coder.workflow.unchanged import Done, Request, Result

Again = Annotated[
    bool,
    typer.Option("--again", help="Run it even if nothing has changed."),
]
# They choose what is printed, not what is done.
OF_PRINTING = frozenset({"as_json", "quiet"})
# They choose where it is computed; the result is the same.
OF_COMPUTING = frozenset({"workers", "engine", "estimate"})
# They choose who may open a pack and who vouches for it.
OF_PROTECTION = ("sign", "encrypt_to", "passphrase", "passphrase_file")
NOUNS = {
    "read": "reading",
    "cluster": "clustering",
    "apply": "coding",
    "export": "export",
}
MOST_NAMED = 3  # files


def repeatable(
    name: str, function: "Callable[..., Done | None]"
) -> Callable[..., None]:
    """A command that ends at once where it would only do again what it has done; with `--again`
    it runs all the same.

    Args:
        name: of the command.
        function: runs the command with what was typed, and tells what it did.
    """

    @wraps(function)
    def run(*, again: bool, **typed: Any) -> None:
        from coder.workflow.unchanged import Repeat

        request = _request(name, typed)
        if request is None:
            function(**typed)
            return
        repeat = Repeat(request)
        result = None if again else repeat.earlier()
        if result is None:
            done = function(**typed)
            if done is not None:
                repeat.keep(done)
        else:
            _print_result(name, result, typed)

    own = signature(function)
    option_again = Parameter(
        "again",
        Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Again,
    )
    # typer reads the options from the signature.
    parameters = [*own.parameters.values(), option_again]
    run.__signature__ = own.replace(  # type: ignore[attr-defined]
        parameters=parameters,
        return_annotation=None,
    )
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _print_result(command: str, result: "Result", typed: Mapping[str, Any]) -> None:
    from coder.cli.printer import Printer

    printer = Printer(as_json=typed["as_json"], quiet=typed["quiet"])
    for warning in result.warnings:
        printer.warn(warning)
    printer.say(_describe(NOUNS[command], result))
    if result.next_step:
        printer.say(result.next_step)
    printer.facts = {**result.facts, "unchanged": True}
    printer.finish()


def _request(command: str, typed: Mapping[str, Any]) -> "Request | None":
    """What is asked; None of a pack, of an estimate, and for sheets, which people fill in."""
    from coder.workflow.unchanged import requested, requested_reading

    if typed.get("estimate"):
        return None
    left_out = OF_PRINTING | OF_COMPUTING
    options = {name: typed[name] for name in typed if name not in left_out}
    if command == "read":
        return requested_reading(typed["files"] or [], typed["into"], options)
    if command == "export" and not _is_of_files(typed):
        return None
    codebook = typed["beyond"] if command == "cluster" else typed["codebook"]
    return requested(
        command,
        typed["target"],
        options,
        codebook=codebook,
        before=typed.get("before"),
        coded=command != "apply" and codebook is not None,
    )


def _is_of_files(typed: Mapping[str, Any]) -> bool:
    """Whether an export makes files of a project, to be read; what is encrypted or signed is
    made anew, since the passphrase or the key may be another.
    """
    from coder.exporting.writers import is_pack, is_review_sheet

    if any(typed[name] for name in OF_PROTECTION):
        return False
    if typed["draft"] or is_pack(typed["target"]):
        return False
    return not any(map(is_review_sheet, typed["to"] or ()))


def _describe(noun: str, result: "Result") -> str:
    named = ", ".join(result.files[:MOST_NAMED])
    rest = len(result.files) - MOST_NAMED
    if rest > 0:
        named += f" and {rest} more"
    return (
        f"Nothing has changed since the {noun} of {_moment(result.at)}, and its files are as it "
        f"left them: {named}. To do it all the same, add {option('again')}."
    )


def _moment(at: str) -> str:
    """`21 November 14:03`, with the year where it is not this one."""
    when = datetime.fromisoformat(at).astimezone()
    year = ""
    if when.year != datetime.now().astimezone().year:
        year = f" {when.year}"
    return f"{when.day} {when:%B}{year} {when:%H:%M}"
