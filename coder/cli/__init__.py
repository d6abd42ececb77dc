"""The command line: each command parses its options, calls one function of `coder.workflow` and
prints.
"""

import os
import sys
from typing import Annotated

import typer

from coder.cli import (
    agree,
    apply,
    check,
    cluster,
    codebook,
    export,
    read,
    review,
    serve,
)
from coder.cli.ending import end_by
from coder.cli.export_options import FORMATS_HELP
from coder.cli.export_questions import export_all
from coder.cli.help import add_command, formats_help
from coder.cli.questions import of_one_question
from coder.cli.raised_limits import with_limits
from coder.cli.repeats import repeatable
from coder.cli.signals import Signals
from coder.cli.streams import guard_streams

PRIVATE = 0o077  # of what is made, nothing is for others; see `coder.private`
SUMMARY = "Code free-text comments into themes, on your own machine."

app = typer.Typer(
    name="coder",
    help=SUMMARY,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Start with: coder cluster FILE or: coder apply FILE --codebook CODEBOOK",
)
add_command(
    app,
    "read",
    with_limits(repeatable("read", read.read)),
    "Read comments into a project and mark those not analysed.",
    epilog=formats_help(),
)
add_command(
    app,
    "cluster",
    with_limits(of_one_question(repeatable("cluster", cluster.cluster))),
    "Find candidate themes and draft a codebook.",
)
add_command(
    app,
    "apply",
    with_limits(of_one_question(repeatable("apply", apply.apply))),
    "Code every comment with the themes of a codebook.",
)
add_command(
    app,
    "review",
    with_limits(of_one_question(review.review)),
    "Accept, correct or add themes, on a screen or by table.",
)
add_command(
    app,
    "serve",
    with_limits(of_one_question(serve.serve)),
    "Review in a browser: a page on this machine.",
)
add_command(
    app,
    "agree",
    with_limits(of_one_question(agree.agree)),
    "Measure how far reviewers, and the model, agree.",
)
add_command(
    app,
    "export",
    with_limits(
        of_one_question(repeatable("export", export.export), on_all=export_all)
    ),
    "Write theme tables, breakdowns, quotes and charts.",
    FORMATS_HELP,
)
add_command(
    app,
    "check",
    with_limits(of_one_question(check.check, required=False)),
    "Check a project's files, decisions and ids.",
)
app.add_typer(codebook.app, name="codebook")


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.")
    ] = False,
) -> None:
    """Code free-text comments into themes, on your own machine."""
    if version:
        from importlib import metadata

        typer.echo(f"coder {metadata.version('coder')}")
        raise typer.Exit


def main() -> None:
    """Run the command line.

    Exit status: 0 done, 1 input or machine at fault or output lost, 2 wrong usage, 70 a fault of
    the program, 130 interrupted, 128 and the signal's number when one ended it.
    """
    os.umask(PRIVATE)
    signals = Signals()
    try:
        signals.listen()
        guard_streams()
        status = _run()
        signals.stop_listening()
    except BaseException as fault:
        signals.stop_listening()
        # Libraries turn an interruption into errors of their own.
        if not signals.received:
            status = end_by(fault)
    if signals.received:
        typer.echo(signals.message, err=True)
        status = signals.status
    sys.exit(status)


def _run() -> int | str | None:
    """Run the command that was typed; the exit status."""
    try:
        app(prog_name="coder")
    except SystemExit as end:
        sys.stdout.flush()
        return end.code
    return None
