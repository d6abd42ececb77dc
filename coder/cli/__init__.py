"""The door: parse, call one room, print. Nothing heavy is imported before a command runs."""

import os
import sys
from typing import Annotated

import typer

from coder.cli import agree, apply, check, cluster, codebook, export, read, review
from coder.errors import CoderError

INTERRUPTED = 130  # the shell's status for Ctrl-C, which typer exits with

app = typer.Typer(
    name="coder",
    help="Code free-text comments into themes, on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Begin with: coder cluster FILE.csv   or: coder apply FILE.csv --codebook CODEBOOK.yaml",
)
app.command("read")(read.read)
app.command("cluster")(cluster.cluster)
app.command("apply")(apply.apply)
app.command("review")(review.review)
app.command("agree")(agree.agree)
app.command("export")(export.export)
app.command("check")(check.check)
app.add_typer(codebook.app, name="codebook")


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Code free-text comments into themes, on your own machine."""
    if version:
        from importlib import metadata

        print(f"coder {metadata.version('coder')}")
        raise typer.Exit


def main() -> None:
    """Run the command line; exit status 0 done, 1 input at fault, 2 wrong usage, 130 interrupted."""
    try:
        app(standalone_mode=True)
    except CoderError as error:
        from coder.errors import for_command_line
        from coder.text import safe_text

        message = for_command_line(str(error.args[0]))
        print(safe_text(f"Error: {message}"), file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:
            print(
                "Stopped. Files are as they were; what was read is kept for the next run.",
                file=sys.stderr,
            )
        raise
