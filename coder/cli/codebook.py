"""`coder codebook build`, `check`, `diff`, `from`, `to`, `schema`."""

import typer

from coder.cli.codebook_build import build_one
from coder.cli.codebook_options import (
    AllShared,
    CodebookArgument,
    Into,
    New,
    Old,
    Out,
    SchemaFile,
    Source,
    TextsProject,
    ThemeIds,
)
from coder.cli.codebook_tables import print_changes, print_check
from coder.cli.help import add_command
from coder.cli.options import Json, Quiet
from coder.cli.raised_limits import with_limits
from coder.errors import command, option

app = typer.Typer(
    help="Check, compare and exchange codebooks.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def check(
    file: CodebookArgument,
    all_: AllShared = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List all faults of a codebook by line, and what could be improved."""
    from coder.cli.printer import Printer
    from coder.workflow.codebook import codebook_check

    printer = Printer(as_json=as_json, quiet=quiet)
    outcome = codebook_check(file)
    printer.facts = outcome.facts()
    print_check(outcome, printer, show_all=all_)
    next_step = command("apply", "FILE", option("codebook", str(file)))
    printer.say(f"No faults. Next: {next_step}")
    printer.finish()


def diff(
    old: Old,
    new: New,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what changed, the decisions affected and the comments to review again."""
    from coder.cli.printer import Printer
    from coder.workflow.codebook import codebook_diff

    printer = Printer(as_json=as_json, quiet=quiet)
    outcome = codebook_diff(old, new)
    printer.facts = outcome.facts()
    if not outcome.changes:
        printer.say("No theme changed.")
    else:
        print_changes(outcome, printer)
    for warning in outcome.warnings:
        printer.warn(warning)
    for sentence in outcome.advice:
        printer.say(sentence)
    printer.finish()


def from_(
    file: Source,
    into: Into,
    themes: ThemeIds = "",
    project: TextsProject = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Add themes of candidates or of a REFI-QDA file to a codebook.

    The lines that the codebook already has stay as they are. Codings of a .qdpx become
    decisions beside the codebook.
    """
    from coder.cli.codebook_import import print_import
    from coder.cli.printer import Printer
    from coder.workflow.codebook import codebook_from

    printer = Printer(as_json=as_json, quiet=quiet)
    ids = [part.strip() for part in themes.split(",") if part.strip()]
    outcome = codebook_from(file, into, ids, project)
    printer.facts = outcome.facts()
    print_import(outcome, file, printer)
    first_step = "Give each theme a definition"
    if outcome.is_exchange:
        printer.say("The file has no title, version, question or language.")
        first_step = "Set them in the file"
    printer.say(f"{first_step}, then check it: {command('codebook check', into)}")
    printer.finish()


def to(
    file: CodebookArgument,
    out: Out,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a codebook for NVivo, MAXQDA, ATLAS.ti or QualCoder (REFI-QDA, .qdc)."""
    from coder.cli.printer import Printer
    from coder.text import count
    from coder.workflow.codebook import codebook_to

    printer = Printer(as_json=as_json, quiet=quiet)
    outcome = codebook_to(file, out)
    printer.facts = outcome.facts()
    themes = count(len(outcome.theme_ids), "theme")
    printer.say(
        f"{out}: {themes}. Other programs read names, descriptions and colours."
    )
    printer.finish()


def schema(
    to: SchemaFile = None,
) -> None:
    """Write the JSON Schema of codebooks, for editors that complete and check while typing."""
    from coder.codebook import codebook_schema
    from coder.files import write_text

    if to is None:
        typer.echo(codebook_schema(), nl=False)
    else:
        write_text(to, codebook_schema())


add_command(app, "build", build_one, "Make themes of candidates on a screen.")
add_command(
    app, "check", check, "List all faults of a codebook by line, and what to improve."
)
add_command(
    app, "diff", diff, "Show what changed, and what it means for the decisions."
)
add_command(
    app, "from", with_limits(from_), "Add themes of candidates or of a REFI-QDA file."
)
add_command(app, "to", to, "Write a codebook for NVivo, MAXQDA, ATLAS.ti or QualCoder.")
add_command(app, "schema", schema, "Write the JSON Schema of codebooks, for editors.")
