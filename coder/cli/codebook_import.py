"""What `coder codebook from` prints."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.codebook import CodebookImport


def print_import(outcome: "CodebookImport", file: Path, printer: "Printer") -> None:
    """Print what was added, its groups, and the decisions of a project."""
    into = outcome.into
    for old, new in outcome.renamed.items():
        printer.say(f"{into.name} already has the id {old}: the new theme is {new}.")
    added = ", ".join(outcome.theme_ids) or "nothing, for it has every theme"
    printer.say(f"{into}: added {added}.")
    for theme_id, parent_id in outcome.moved.items():
        printer.say(
            f"{theme_id} is under {parent_id} in {file.name}. It stands at the top of {into.name}: "
            "move it where you want it."
        )
    _print_groups(outcome, file, printer)
    _print_codings(outcome, printer)


def _print_groups(outcome: "CodebookImport", file: Path, printer: "Printer") -> None:
    """Say of how many themes the groups were kept, and of which they could not be."""
    from coder.groups import groups_path
    from coder.text import count

    if outcome.grouped:
        themes = count(outcome.grouped, "theme")
        printer.say(
            f"{groups_path(outcome.into)}: which comments belonged to the groups of {themes}. "
            "Keep it with the codebook."
        )
    if outcome.unlike:
        printer.warn(
            f"{file}: was edited, or the comments were clustered again since. These themes are "
            f"added without their groups: {', '.join(outcome.unlike)}."
        )


def _print_codings(outcome: "CodebookImport", printer: "Printer") -> None:
    """Say which themes are categories, and what the codings of a project became."""
    from coder.text import count

    if outcome.categories:
        printer.say(
            f"Categories, which only count their sub-themes: {', '.join(outcome.categories)}."
        )
    if outcome.decisions is None:
        return
    for user in outcome.decisions.users:
        sentence = f"{user.reviewer}: {count(user.added, 'decision')} kept"
        if user.already:
            sentence += f", {user.already:,} kept before"
        printer.say(f"{sentence}.")
    for note in outcome.decisions.notes:
        printer.say(f"• {note}")
