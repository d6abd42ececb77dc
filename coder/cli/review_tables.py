"""What `coder review --status` prints: what is decided, how precise that is, and what is left."""

from typing import TYPE_CHECKING

from coder.cli.assign_tables import say_front_ends, say_workloads
from coder.cli.reading_summary import say_reading
from coder.cli.remark_lines import say_remarks
from coder.cli.sample_lines import say_samples, say_stale
from coder.errors import option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.reviewing.progress.status import ReviewerStatus
    from coder.reviewing.progress.theme_status import ThemeStatus
    from coder.workflow.review import StatusOutcome

THEME_COLUMNS = ("theme", "decided", "present", "at random", "%", "low", "high", "more")
REVIEWER_COLUMNS = (
    "reviewer",
    "comments",
    "random",
    "blind",
    "settled",
    "words",
    "seconds",
    "last",
)
NONE = "–"


def print_status(outcome: "StatusOutcome", printer: "Printer") -> None:
    """Print what is decided, how precise that is, and what is left."""
    say_reading(outcome.target.reading, printer)
    printer.facts = outcome.facts()
    status = outcome.status
    for note in status.notes:
        printer.warn(note)
    analysed = f"{status.analysed:,} analysed comments"
    title = f"{outcome.target.codebook.title}: {status.decided:,} of {analysed} decided"
    if status.partly:
        title += f", {status.partly:,} partly"
    printer.table(
        [_theme_row(theme) for theme in status.themes],
        THEME_COLUMNS,
        title=title,
        right=THEME_COLUMNS[1:],
        wide=THEME_COLUMNS[:1],
    )
    points = _points(outcome.half_width)
    expected = ""
    if outcome.is_coded:
        expected = " and what the model expects of the rest"
    printer.say(
        f"%: estimated share of all analysed comments, from the decisions{expected}, corrected "
        "by the random reviews. low, high: its 95 % interval, from 30 random reviews on. more: "
        f"random reviews needed until the share is known to plus or minus {points}."
    )
    if status.reviewers:
        printer.table(
            [_reviewer_row(reviewer) for reviewer in status.reviewers],
            REVIEWER_COLUMNS,
            right=REVIEWER_COLUMNS[1:],
        )
        printer.say("seconds: median time from one decision to the next.")
        say_front_ends(status.reviewers, printer)
    say_workloads(status.workloads, printer)
    say_remarks(outcome.threads, printer)
    _say_what_is_left(outcome, points, printer)


def _theme_row(theme: "ThemeStatus") -> tuple[object, ...]:
    shares = [_percent(share) for share in (theme.share, theme.low, theme.high)]
    return (theme.name, theme.decided, theme.present, theme.random, *shares, theme.more)


def _percent(share: float | None) -> str:
    if share is None:
        return NONE
    return f"{100 * share:.1f}"


def _reviewer_row(reviewer: "ReviewerStatus") -> tuple[object, ...]:
    seconds = NONE
    if reviewer.seconds is not None:
        seconds = f"{reviewer.seconds:.0f}"
    return (
        reviewer.reviewer,
        reviewer.comments,
        reviewer.random,
        reviewer.blind,
        reviewer.adjudicated,
        f"{reviewer.words:,}",
        seconds,
        reviewer.last[:10],
    )


def _points(half_width: float) -> str:
    if half_width == 0.01:
        return "1 point"
    return f"{100 * half_width:g} points"


def _say_what_is_left(
    outcome: "StatusOutcome", points: str, printer: "Printer"
) -> None:
    """The next steps, each with its command."""
    status, target = outcome.status, outcome.target
    say_samples(status.samples, target, printer)
    if status.disputed:
        settle = target.command("review", option("adjudicate"))
        printer.say(
            f"{count(status.disputed, 'comment')} in dispute. Settle them: {settle}"
        )
    if status.again:
        comments = count(status.again, "decided comment")
        again = target.command("review")
        sentence = f"{comments} to review again for new themes: {again}"
        if status.again_blind:
            blind = option("blind")
            sentence += f" ({status.again_blind:,} were decided blind: review those with {blind})"
        printer.say(sentence)
    say_stale(status.stale, printer)
    if status.more:
        draw = target.command("review", option("sample", "N"), option("blind"))
        reviews = count(status.more, "more random review")
        printer.say(
            f"{reviews} needed to know every theme to plus or minus {points}: {draw}"
        )
    else:
        printer.say(f"Every theme is known to plus or minus {points}.")
