"""What a command does where nothing has changed since it was last run: it says so, and ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.errors import option

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.read import ReadOutcome
    from coder.workflow.unchanged import Request, Result

Again = Annotated[
    bool,
    typer.Option("--again", help="Run it even if nothing has changed."),
]
# They choose what is printed, not what is done.
OF_PRINTING = frozenset({"as_json", "quiet", "again", "show_all"})
NOUNS = {
    "read": "reading",
    "cluster": "clustering",
    "apply": "coding",
    "export": "export",
}
MOST_NAMED = 3  # files


class Repeatable:
    """A command that ends at once where it would only do again what it has done.

    Make it before anything is read.

    Args:
        context: the command and what was typed.
    """

    def __init__(self, context: typer.Context, printer: "Printer") -> None:
        from coder.workflow.unchanged import Repeat

        self._printer = printer
        self._noun = NOUNS[str(context.command.name)]
        self._repeat = None
        request = _request(str(context.command.name), context.params)
        if request is not None:
            self._repeat = Repeat(request)

    def says_so(self, *, again: bool) -> bool:
        """Whether nothing has changed and the user was told; `again` runs it all the same."""
        if again or self._repeat is None:
            return False
        result = self._repeat.earlier()
        if result is None:
            return False
        printer = self._printer
        for warning in result.warnings:
            printer.warn(warning)
        printer.say(_describe(self._noun, result))
        if result.next_step:
            printer.say(result.next_step)
        printer.facts = {**result.facts, "unchanged": True}
        printer.finish()
        return True

    def keep(
        self,
        files: Sequence[Path],
        next_step: str,
        reading: "ReadOutcome | None",
        warnings: Sequence[str] = (),
    ) -> None:
        """Keep what was done, for the next time. Everything is printed by now.

        Args:
            files: what was written.
            next_step: what to do now, a sentence.
            reading: what was read first.
            warnings: those that hold as long as the files do.
        """
        from coder.workflow.unchanged import Done

        if self._repeat is None:
            return
        facts = dict(self._printer.facts)
        read = {}
        if reading is not None:
            read = dict(reading.stored)
            facts.pop("read", None)
        done = Done(files, facts, warnings, next_step, read)
        self._repeat.keep(done)


def _request(command: str, typed: Mapping[str, Any]) -> "Request | None":
    """What is asked; None of a pack, and for sheets, which people fill in."""
    from coder.workflow.unchanged import requested, requested_reading

    options = {name: typed[name] for name in typed if name not in OF_PRINTING}
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
    """Whether an export makes files of a project, to be read."""
    from coder.exporting.writers import is_pack, is_review_sheet

    return not is_pack(typed["target"]) and not any(map(is_review_sheet, typed["to"]))


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
