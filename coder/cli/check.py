"""`coder check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import Json, Quiet
from coder.cli.pack_options import Identity, PassphraseFile, SignedBy, pack_opening
from coder.errors import CoderError, option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.check import CheckOutcome
    from coder.workflow.checks.result import CheckResult

MOST_LISTED = 8  # faults of one kind that the terminal lists


def check(
    project: Annotated[
        Path,
        typer.Argument(
            help="A project folder, or an audit pack.", metavar="PROJECT|PACK"
        ),
    ],
    codebook: Annotated[
        Path | None,
        typer.Option(
            "--codebook",
            help="The codebook whose decisions are checked too.",
            metavar="FILE",
        ),
    ] = None,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="First repair what can be: merge copies of decision files, save what is whole "
            "of damaged ones, make damaged tables again. What they replace is kept.",
        ),
    ] = False,
    signed_by: SignedBy = "",
    identity: Identity = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check that a project's files are readable and agree.

    Compares every file with the others, every hash with the one recorded, every chain of
    decisions, and the decisions with what earlier runs recorded of them. Changes nothing without
    --repair.
    """
    from coder.cli.printer import Printer
    from coder.workflow.check import check as check_workflow

    printer = Printer(as_json=as_json, quiet=quiet)
    opening = pack_opening(signed_by, identity, passphrase_file)
    outcome = check_workflow(project, codebook, repair=repair, opening=opening)
    printer.facts = outcome.facts()
    if outcome.closed:
        closed = count(len(outcome.closed), "file or folder", "files and folders")
        printer.say(f"{closed} can now be opened by you alone, or by your group.")
    for sentence in outcome.mended:
        printer.say(sentence)
    if outcome.repair is not None:
        for sentence in outcome.repair.sentences():
            printer.say(sentence)
    if outcome.is_pack:
        for note in outcome.results[0].notes:
            printer.say(note)
    else:
        _print_results(outcome, printer)
    printer.finish()
    if outcome.faults:
        raise _error(outcome, is_repair=repair)
    printer.say(_verdict(outcome))


def _print_results(outcome: "CheckOutcome", printer: "Printer") -> None:
    rows = []
    for result in outcome.results:
        rows.append((result.subject, result.content, _state(result)))
    printer.table(
        rows,
        ("checked", "content", "result"),
        title=str(outcome.path),
        wide=("content",),
    )
    for result in outcome.results:
        _print_lines(printer, f"wrong: {result.subject}", result.faults, style="red")
        _print_lines(printer, f"note: {result.subject}", result.notes)


def _state(result: "CheckResult") -> str:
    if result.faults:
        return f"{len(result.faults):,} wrong"
    return "good, with a note" if result.notes else "good"


def _print_lines(
    printer: "Printer", heading: str, lines: tuple[str, ...], style: str = ""
) -> None:
    for line in lines[:MOST_LISTED]:
        printer.say(f"{heading}: {line}", style=style)
    more = len(lines) - MOST_LISTED
    if more > 0:
        printer.say(f"{heading}: ... and {more:,} more (all with --json)")


def _error(outcome: "CheckOutcome", *, is_repair: bool) -> CoderError:
    if outcome.is_pack:
        faults = outcome.results[0].faults
        lines = [f"{outcome.path}: {fault}" for fault in faults]
        return CoderError(
            "\n".join(lines),
            "Ask for the pack again. If it was made with other versions, first check it "
            "with those.",
        )
    number = count(len(outcome.faults), "fault")
    unchanged = ""
    if not is_repair:
        unchanged = "Nothing was changed. "
    return CoderError(
        f"{outcome.path}: {number}; the first: {outcome.faults[0]}",
        f"{unchanged}What can be made again is made by coder check with {option('repair')}, "
        "coder read and coder apply. Restore the rest from a backup.",
    )


def _verdict(outcome: "CheckOutcome") -> str:
    if outcome.is_pack:
        return (
            "Every file of the pack has its hash, its manifest says what the files say, and its "
            "tables come out the same when made again."
        )
    return "Everything is in order."
