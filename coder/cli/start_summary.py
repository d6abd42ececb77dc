"""What `coder review --start` prints: how far it is, then every theme with its interval."""

from typing import TYPE_CHECKING

from coder.cli.reading_summary import say_reading
from coder.cli.review_summary import say_session
from coder.errors import option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.reviewing.progress.theme_status import ThemeStatus
    from coder.workflow.review import StatusOutcome
    from coder.workflow.start import StartOutcome

COLUMNS = ("theme", "carry it", "share", "95% interval")
NEXT_SAMPLE = 100  # comments, from which on intervals are narrow enough for most uses
NONE = "–"


def print_start(outcome: "StartOutcome", printer: "Printer") -> None:
    """Print how far the first review is; once it is complete the themes with their intervals.

    Raises:
        CoderError: decisions could not be saved.
    """
    printer.facts = outcome.facts()
    say_reading(outcome.target.reading, printer)
    if outcome.session is not None:
        say_session(outcome.session, printer)
    if outcome.left:
        printer.say(
            f"{count(outcome.left, 'comment')} of {outcome.size:,} left. "
            f"Go on where you were: {outcome.again()}"
        )
        return
    if outcome.status is None:
        return
    if outcome.session is None:
        printer.say("The first review is complete: no comment of it is left.")
    _say_coding(outcome, printer)
    _print_themes(outcome.status, printer)
    printer.say(_describe_shares(outcome.status))
    _say_next(outcome, printer)


def _say_coding(outcome: "StartOutcome", printer: "Printer") -> None:
    coding = outcome.coding
    if coding is None:
        printer.say("The comments are coded with all decisions so far.")
        return
    for warning in coding.warnings:
        printer.warn(warning)
    comments = count(coding.run["comments"], "comment")
    printer.say(f"{comments} coded; the coding has learned from the decisions.")


def _print_themes(outcome: "StatusOutcome", printer: "Printer") -> None:
    status = outcome.status
    printer.table(
        [_theme_row(theme) for theme in status.themes],
        COLUMNS,
        title=f"{outcome.target.codebook.title}: {status.analysed:,} analysed comments",
        right=COLUMNS[1:],
        wide=COLUMNS[:1],
    )


def _theme_row(theme: "ThemeStatus") -> tuple[str, ...]:
    interval = NONE
    if theme.low is not None and theme.high is not None:
        interval = f"{100 * theme.low:.0f}% to {100 * theme.high:.0f}%"
    share = NONE
    if theme.share is not None:
        share = f"{100 * theme.share:.0f}%"
    return (theme.name, f"{theme.present:,} of {theme.decided:,}", share, interval)


def _describe_shares(outcome: "StatusOutcome") -> str:
    carried = "carry it: of the comments reviewed for the theme, those that carry it."
    if outcome.status.decided >= outcome.status.analysed:
        return f"{carried} Every comment is reviewed, so the shares are exact."
    sentence = (
        f"{carried} share: the estimate for all analysed comments, from the coding and corrected "
        "by the random reviews. Its interval is wide while so few are reviewed."
    )
    if any(theme.low is None for theme in outcome.status.themes):
        sentence += (
            f" {NONE}: no interval yet, because the reviewers were sure of the theme in fewer "
            "than 30 random comments."
        )
    return sentence


def _say_next(outcome: "StartOutcome", printer: "Printer") -> None:
    target, status = outcome.target, outcome.status
    export = target.command("export", option("to", "themes.xlsx"))
    if status is None or status.status.decided >= status.status.analysed:
        printer.say(f"Next: {export}")
        return
    sample = min(NEXT_SAMPLE, status.status.analysed)
    review = target.command(
        "review",
        option("sample", str(sample)),
        option("blind"),
        *outcome.same_options(),
    )
    printer.say(
        f"Next: review up to {count(sample, 'random comment')}, which narrows the intervals; "
        f"those reviewed already count.\n  {review}\n  or: {export}"
    )
