"""What is printed of assignments: who gets how much, and how far each reviewer is."""

from typing import TYPE_CHECKING

from coder.cli.reading_summary import say_reading
from coder.errors import option
from coder.text import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coder.cli.printer import Printer
    from coder.reviewing.assigning.workload import Workload
    from coder.reviewing.progress.status import ReviewerStatus
    from coder.workflow.assign import AssignedPart, AssignOutcome

DEALT_COLUMNS = ("reviewer", "comments", "second", "words", "hours", "due")
WITHDRAWN_COLUMNS = ("reviewer", "comments", "decided")
WORKLOAD_COLUMNS = (
    "reviewer",
    "plan",
    "how",
    "assigned",
    "done",
    "left",
    "skipped",
    "words",
    "hours",
    "due",
)
RIGHT = ("assigned", "done", "left", "skipped", "words", "hours")
NONE = "–"


def print_assignment(outcome: "AssignOutcome", printer: "Printer") -> None:
    """Print what was assigned, or taken back, and what comes next."""
    say_reading(outcome.target.reading, printer)
    printer.facts = outcome.facts()
    if outcome.withdrawn:
        _print_withdrawal(outcome, printer)
        return
    title = f"{outcome.name}: {_ways(outcome.parts)} assigned"
    if not outcome.is_new:
        title = f"{outcome.name} was assigned before; nothing is changed"
    printer.table(
        [_dealt_row(part) for part in outcome.parts],
        DEALT_COLUMNS,
        title=title,
        right=DEALT_COLUMNS[1:-1],
    )
    if any(part.second for part in outcome.parts):
        printer.say(
            "second: of the comments, those that somebody else judges first; they are judged "
            "blind."
        )
    for note in outcome.notes:
        printer.say(f"{note[:1].upper()}{note[1:]}.")
    first = outcome.parts[0].reviewer
    begin = outcome.target.command("review", option("reviewer", first))
    printer.say(f"Each begins under their own name: {begin}")
    status = outcome.target.command("review", option("status"))
    printer.say(f"How far everybody is: {status}")


def _ways(parts: "Sequence[AssignedPart]") -> str:
    """How many comments were dealt out."""
    second = sum(part.second for part in parts)
    comments = sum(part.comments for part in parts) - second
    ways = count(comments, "comment")
    if second:
        ways += f", {second:,} of them to two people"
    return ways


def _dealt_row(part: "AssignedPart") -> tuple[object, ...]:
    return (
        part.reviewer,
        f"{part.comments:,}",
        f"{part.second:,}",
        f"{part.words:,}",
        f"{part.hours:.1f}",
        part.due or NONE,
    )


def _print_withdrawal(outcome: "AssignOutcome", printer: "Printer") -> None:
    printer.table(
        [(part.reviewer, part.comments, part.decided) for part in outcome.parts],
        WITHDRAWN_COLUMNS,
        title=f"{outcome.name}: taken back",
        right=WITHDRAWN_COLUMNS[1:],
    )
    printer.say(
        "What was decided of these comments is kept. The others can be assigned again."
    )


def say_workloads(workloads: "Sequence[Workload]", printer: "Printer") -> None:
    """How far each reviewer's assigned comments are; nothing where none are assigned."""
    if not workloads:
        return
    printer.table(
        [_workload_row(row) for row in workloads],
        WORKLOAD_COLUMNS,
        title="Assigned",
        right=RIGHT,
    )
    printer.say("words, hours: what is left to read, and how long it takes.")
    assumed = sorted({row.reviewer for row in workloads if not row.is_measured})
    if assumed:
        printer.say(
            f"hours: at 30 seconds a comment for {', '.join(assumed)}, whose pace is not "
            "known yet."
        )


def say_front_ends(reviewers: "Sequence[ReviewerStatus]", printer: "Printer") -> None:
    """Where each reviewer's decisions were made, as far as that is known."""
    from coder.decisions import describe_front_ends

    counts = {one.reviewer: one.front_ends for one in reviewers if one.front_ends}
    if counts:
        printer.say(f"Where decisions were made: {describe_front_ends(counts)}.")


def _workload_row(row: "Workload") -> tuple[object, ...]:
    how = ["blind" if row.blind else "assisted"]
    if row.is_second:
        how.append("second")
    if row.theme_id:
        how.append(row.theme_id)
    return (
        row.reviewer,
        row.name,
        ", ".join(how),
        f"{row.assigned:,}",
        f"{row.done:,}",
        f"{row.left:,}",
        f"{row.skipped:,}",
        f"{row.words_left:,}",
        f"{row.hours_left:.1f}",
        row.late or NONE,
    )
