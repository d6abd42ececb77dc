"""What `coder review --take` prints."""

from typing import TYPE_CHECKING

from coder.cli.reading_summary import say_reading
from coder.decisions.taking import describe_documents
from coder.errors import option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.take import TakeOutcome


def print_taken(outcome: "TakeOutcome", printer: "Printer") -> None:
    """Print how many decisions are new, and whose."""
    say_reading(outcome.target.reading, printer)
    printer.facts = outcome.facts()
    taken = outcome.taken
    for note in (*taken.notes, *outcome.notes):
        printer.warn(note)
    if taken.contradictions:
        printer.warn(
            f"{count(len(taken.contradictions), 'decision')} had two different contents. Both are "
            "kept, and the later one counts."
        )
    new = count(taken.new, "new decision")
    if taken.reviewers:
        by_name = [f"{number:,} by {name}" for name, number in taken.reviewers.items()]
        new += f" ({', '.join(by_name)})"
    sentence = f"{new} taken beside {outcome.target.codebook_path}"
    if taken.already:
        sentence += f"; {taken.already:,} were there already"
    printer.say(f"{sentence}.")
    if taken.documents:
        printer.say(f"Also new: {describe_documents(taken.documents)}.")
    if taken.replaced is not None:
        printer.say(f"The files as they were: {taken.replaced}")
    if taken.new:
        status = outcome.target.command("review", option("status"))
        printer.say(f"How far the review is now: {status}")
