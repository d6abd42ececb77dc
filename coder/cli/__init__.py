"""The door: parse, call one room, print. Nothing heavy is imported before a command runs."""

import os
import sys

import typer

from coder.cli import agree, apply, check, cluster, codebook, export, read, review
from coder.errors import CoderError

INTERRUPTED = 130

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


def main() -> None:
    """Run the command line; exit status 0 done, 1 input at fault, 2 wrong usage, 130 interrupted."""
    try:
        app(standalone_mode=True)
    except CoderError as error:
        from coder.text import safe_text

        print(safe_text(f"Error: {error}"), file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except (KeyboardInterrupt, SystemExit) as stop:
        # typer turns an interrupt into a silent exit with its status
        if isinstance(stop, SystemExit) and stop.code != INTERRUPTED:
            raise
        print("\nStopped. What was finished is kept; the same command goes on from there.", file=sys.stderr)  # noqa: T201
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
