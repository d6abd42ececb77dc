"""What `coder review --status` tells the lead of each reviewer: drift, and what suggestions do."""

from typing import TYPE_CHECKING

from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.reviewing.progress.assistance import ReviewerAssistance, ThemeRates
    from coder.reviewing.progress.drift import ReviewerDrift
    from coder.workflow.review import StatusOutcome

NONE = "–"
ASSISTANCE_COLUMNS = (
    "reviewer",
    "with ticks",
    "ticked",
    "kept",
    "added",
    "unchanged",
    "unread",
)
UNREAD = 0.1  # share of the comments with ticks from which the lead is warned
BY = {"own": "their own blind decisions", "all": "everybody's blind decisions"}
AGAINST = {"gold": "the gold answers", "others": "the other reviewers"}


def say_watch(outcome: "StatusOutcome", printer: "Printer") -> None:
    """Print who drifts, and what every reviewer does with suggestions."""
    for drift in outcome.drift:
        if drift.drifts:
            printer.warn(describe_drift(drift))
    if outcome.assistance:
        _print_assistance(outcome.assistance, printer)


def describe_drift(drift: "ReviewerDrift") -> str:
    """One sentence about a reviewer who drifts."""
    sentence = (
        f"{drift.reviewer} differs more from {AGAINST[drift.against]} since "
        f"{drift.since[:10]}: {drift.after:.2f} themes a comment, {drift.before:.2f} before "
        f"(p {drift.p:.2g}, {count(drift.comments, 'comment')} compared)"
    )
    if drift.themes:
        sentence += f"; most on {', '.join(drift.themes)}"
    if drift.against == "others":
        sentence += ". It may be the others who changed"
    return f"{sentence}."


def _print_assistance(
    assistance: "tuple[ReviewerAssistance, ...]",
    printer: "Printer",
) -> None:
    rows = [_row(one) for one in assistance if one.comments]
    if rows:
        printer.table(
            rows,
            ASSISTANCE_COLUMNS,
            title="With suggestions",
            right=ASSISTANCE_COLUMNS[1:],
        )
        printer.say(
            "ticked: themes that the program ticked in advance; kept, added: by the reviewer. "
            "unchanged: comments saved as they were ticked. unread: those of them that were "
            "saved faster than anybody reads."
        )
    for one in assistance:
        for sentence in _findings(one):
            printer.warn(sentence)


def _row(one: "ReviewerAssistance") -> tuple[object, ...]:
    return (
        one.reviewer,
        one.with_ticks,
        one.suggested,
        _percent(one.share_kept),
        one.added,
        one.unchanged,
        _percent(one.share_unread),
    )


def _percent(share: float | None) -> str:
    if share is None:
        return NONE
    return f"{100 * share:.0f}%"


def _findings(one: "ReviewerAssistance") -> list[str]:
    """What the lead should look at."""
    findings = []
    unread = one.share_unread
    if unread is not None and unread >= UNREAD:
        findings.append(
            f"{one.reviewer} saved {one.quick:,} of {count(one.with_ticks, 'comment')} with "
            "ticks unchanged and faster than anybody reads. Ask for blind reviews, or tick less "
            "in advance."
        )
    differing = [theme for theme in one.themes if theme.differs]
    if differing:
        listed = "; ".join(map(_describe_rates, differing))
        findings.append(
            f"With suggestions {one.reviewer} finds themes at another rate than in "
            f"{BY[one.blind_by]}, more than chance tells: {listed}."
        )
    return findings


def _describe_rates(theme: "ThemeRates") -> str:
    low, high = round(100 * theme.low), round(100 * theme.high)
    return (
        f"{theme.theme_id} {theme.assisted:,} of {theme.assisted_of:,}, blind "
        f"{theme.blind:,} of {theme.blind_of:,} (difference {low:+d} to {high:+d} points)"
    )
