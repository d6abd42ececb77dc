"""The command line: each command parses its options, calls one function of `coder.workflow` and
prints.
"""

import os
import sys
from typing import Annotated

import typer

from coder.cli import agree, apply, check, cluster, codebook, export, read, review
from coder.cli.export_options import FORMATS_HELP
from coder.cli.export_questions import export_all
from coder.cli.help import add_command, formats_help
from coder.cli.questions import of_one_question
from coder.cli.raised_limits import with_limits
from coder.cli.repeats import repeatable
from coder.errors import CoderError

INTERRUPTED = 130  # the shell's status for Ctrl-C, with which typer exits
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
    """Run the command line; exit status 0 done, 1 input at fault, 2 wrong usage, 130
    interrupted.
    """
    os.umask(PRIVATE)
    try:
        app(prog_name="coder")
    except CoderError as error:
        from coder.cli.printer import print_error

        print_error(str(error.args[0]))
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            typer.echo(
                "Interrupted. No results changed; cached vectors are kept.", err=True
            )
        raise
