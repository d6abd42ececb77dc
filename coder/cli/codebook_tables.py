"""What `coder codebook` prints."""

from typing import TYPE_CHECKING

from coder.errors import command, option

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.codebook import CodebookCheck, CodebookDiff

CLASHES_SHOWN = 3
THEMES_SHOWN = 8


def print_check(
    outcome: "CodebookCheck", printer: "Printer", *, show_all: bool
) -> None:
    """Print the themes, what several of them share, and those without keywords.

    Args:
        show_all: list everything that themes share, not only the first few.
    """
    _print_themes(outcome, printer)
    _print_clashes(outcome, printer, show_all=show_all)
    _print_themes_without_keywords(outcome, printer)


def _print_themes(outcome: "CodebookCheck", printer: "Printer") -> None:
    rows = []
    for node in outcome.book.nodes:
        theme = node.theme
        positions = ", ".join(position.id for position in theme.positions)
        name = "  " * node.depth + theme.id
        rows.append(
            (name, theme.name, len(theme.keywords), len(theme.examples), positions)
        )
    printer.table(
        rows,
        ("id", "theme", "keywords", "examples", "positions"),
        title=f"{outcome.book.title}, version {outcome.book.version}",
        right=("keywords", "examples"),
        wide=("theme",),
        whole=("id", "positions"),
    )


def _print_clashes(
    outcome: "CodebookCheck", printer: "Printer", *, show_all: bool
) -> None:
    clashes = outcome.clashes
    shown = len(clashes)
    if not show_all and len(clashes) > CLASHES_SHOWN + 1:
        shown = CLASHES_SHOWN
    for clash in clashes[:shown]:
        printer.warn(str(clash))
    if shown < len(clashes):
        list_all = command("codebook check", outcome.file, option("all"))
        printer.warn(
            f"{len(clashes) - shown:,} more names and keywords are shared. List them: {list_all}"
        )


def _print_themes_without_keywords(
    outcome: "CodebookCheck", printer: "Printer"
) -> None:
    ids = outcome.without_keywords
    if not ids:
        return
    listed = ", ".join(ids[:THEMES_SHOWN])
    if len(ids) > THEMES_SHOWN:
        listed += " ..."
    printer.say(
        f"{len(ids)} of {len(outcome.book.active)} themes have no keywords: {listed}. "
        "Add 4 to 10 words that people use; the first coding is much better with them."
    )


def print_changes(outcome: "CodebookDiff", printer: "Printer") -> None:
    """Print what changed, theme by theme, and how many decisions are affected."""
    rows = []
    for change in outcome.changes:
        effect = outcome.effects[change.theme_id]
        before = ", ".join(name for name in change.before if name != change.theme_id)
        numbers = [effect[name] for name in ("judged", "carried", "kept", "again")]
        rows.append((change.kind, change.theme_id, before, *numbers))
    columns = (
        "change",
        "theme",
        "before",
        "judged",
        "with theme",
        "still judged",
        "to review",
    )
    title = f"{outcome.old} and {outcome.new}"
    printer.table(
        rows, columns, title=title, right=columns[3:], whole=("theme", "before")
    )
    for change in outcome.changes:
        for detail in change.details:
            printer.say(f"  {change.theme_id}: {detail}")
    printer.say(
        "judged: comments with a decision on the theme; with theme: those that carry it; still "
        "judged: "
        "those whose decision holds with the new codebook."
    )
