"""Help as people write it: `FILE`, not `{FILE} <path>`."""

import re
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand

from coder.reading.formats import FORMATS

TYPE_AFTER_NAME = re.compile(r" (?:<[^>]*>|list\[.*\])$")


class PlainCommand(TyperCommand):
    """A command whose help names arguments by their metavar alone."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The parts of the usage line, without braces around what is required."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the sections of arguments and options."""
        sections: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                name = TYPE_AFTER_NAME.sub("", record[0])
                sections[parameter.param_type_name].append((name, record[1]))
        for title, records in (("Arguments", "argument"), ("Options", "option")):
            if sections[records]:
                with formatter.section(title):
                    formatter.write_dl(sections[records])


def add_command(
    app: typer.Typer,
    name: str,
    function: Callable[..., None],
    summary: str,
    epilog: str | None = None,
) -> None:
    """Add a command.

    Args:
        app: where it is added.
        name: as it is typed.
        function: parses, calls a workflow function, prints.
        summary: its line in the list of commands, at most 66 characters.
        epilog: what its own help ends with.
    """
    app.command(name, cls=PlainCommand, short_help=summary, epilog=epilog)(function)


def formats_help() -> str:
    """The formats, a line each, for the end of the help."""
    lines = ["Files that are read:"]
    for kind in FORMATS:
        suffixes = ", ".join(kind.suffixes)
        lines.append(f"  {suffixes:16}{kind.label}: {kind.purpose}")
    return "\b\n" + "\n".join(lines)  # \b keeps the lines apart
