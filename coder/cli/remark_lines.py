"""What `coder review --status` prints of questions and proposed themes that nobody has answered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coder.text import count, safe_text

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.reviewing.remarks_desk import Thread

COLUMNS = ("open", "comment", "by", "what was written")
NAMES = {"flag": "question", "proposal": "new theme"}


def say_remarks(threads: "Sequence[Thread]", printer: "Printer") -> None:
    """Print what is open; nothing where all is answered."""
    still_open = [thread for thread in threads if thread.is_open]
    if not still_open:
        return
    printer.table(
        [_row(thread) for thread in still_open],
        COLUMNS,
        title=f"{count(len(still_open), 'remark')} of reviewers to be answered",
        wide=COLUMNS[-1:],
    )
    printer.say("Answer them in a review with the key Q, or on the lead's page.")


def _row(thread: "Thread") -> tuple[object, ...]:
    remark = thread.remark
    text = remark.text
    if remark.name:
        text = f"{remark.name}: {text}"
    shown = safe_text(text, one_line=True)
    return (NAMES[remark.kind], remark.comment_id, remark.reviewer, shown)
