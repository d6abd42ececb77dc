"""Texts of the lines and dialogs around the comment."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from coder.codebook import Position, Theme
from coder.reviewing.copies import CopyChoice
from coder.reviewing.progress.pace import Pace, describe_time
from coder.reviewing.progress.precision import ReviewProgress
from coder.screen.styled_text import StyledText, one_line
from coder.text import count, safe_text

WIDE_PROGRESS = 110  # cells from which the progress line is written in full
PADDING = 2  # cells beside the line

Attribute = tuple[str, str]  # name and value


def progress_text(
    progress: ReviewProgress,
    skipped: int,
    width: int,
    *,
    shares: bool,
    pace: Pace | None = None,
) -> str:
    """What is done, what is left, how long that takes, and how many reviews are still needed.

    Args:
        skipped: comments skipped and not decided since.
        pace: of the reviewer; None where it is not known.
        width: of the terminal, in cells.
        shares: whether the session helps to estimate how many comments carry each theme.
    """
    parts = list(_done_and_left(progress))
    if skipped:
        parts.append(f"{skipped:,} skipped")
    if pace is not None:
        parts.append(pace_text(pace, progress.left))
    if shares and width >= WIDE_PROGRESS:
        parts += _precision_in_full(progress)
    elif shares:
        parts += _precision_in_short(progress)
    while len(parts) > 1 and len(" · ".join(parts)) > width - PADDING:
        parts.pop()  # rather than half of it
    return " · ".join(parts)


def pace_text(pace: Pace, left: int | None) -> str:
    """Comments an hour, and how long the rest will take where there is an end."""
    an_hour = f"{pace.an_hour:,} an hour"
    if not left:
        return an_hour
    return f"{an_hour}, {describe_time(pace.time_left(left))} left"


def _done_and_left(progress: ReviewProgress) -> Iterator[str]:
    if progress.drawn is not None and progress.left is not None:
        done = progress.drawn - progress.left
        yield f"{done:,} of {progress.drawn:,} drawn are decided, {progress.left:,} left"
        return
    yield f"{progress.decided:,} decided"
    if progress.left is not None:
        yield f"{progress.left:,} left"


def _precision_in_full(progress: ReviewProgress) -> Iterator[str]:
    yield f"{progress.random:,} of {progress.analysed:,} reviewed at random"
    if progress.more == 0:
        yield "every theme within 2 points"
        return
    yield f"{progress.themes_within} of {progress.themes} themes within 2 points"
    reviews = count(progress.more, "more random review")
    yield f"about {reviews} needed for all themes"


def _precision_in_short(progress: ReviewProgress) -> Iterator[str]:
    if progress.drawn is None:
        yield f"{progress.random:,} of {progress.analysed:,} at random"
    if progress.more == 0:
        yield "every theme within 2 points"
    else:
        yield f"{progress.more:,} more for ±2 points"


def copies_text(same: int, campaign: int, choice: CopyChoice) -> str:
    """Which copies of a comment the decision is for.

    Args:
        same: comments with the same text.
        campaign: further comments of the same campaign, with other texts.
    """
    if choice == "one":
        return "for this comment only (c to change)"
    if choice == "campaign":
        return f"also for {same + campaign:,} more in the campaign (c to change)"
    parts = []
    if same:
        copies = count(same, "copy", "copies")
        parts.append(f"also for {copies}")
    if campaign:
        parts.append(f"not for {campaign:,} more in the campaign")
    return "; ".join(parts) + " (c to change)"


def comment_details(
    comment_id: str, reason: str, attributes: Sequence[Attribute]
) -> Content:
    """Why a comment was chosen, and what is known about who wrote it."""
    text = StyledText()
    text.add(one_line(comment_id), "bold")
    text.add(f"\n{safe_text(reason)}\n\n")
    for name, value in attributes:
        text.add(f"{one_line(name)}: ", "bold")
        text.add(f"{safe_text(value)}\n")
    return text.content()


def definition(theme: Theme) -> Content:
    """All that the codebook holds about a theme."""
    text = StyledText()
    text.add(safe_text(theme.name), "bold")
    text.add(f"  ({theme.id})\n", "dim")
    if theme.definition:
        text.add(f"\n{_trimmed(theme.definition)}\n")
    _add_list(text, "Includes", theme.includes)
    _add_list(text, "Excludes", theme.excludes)
    _add_list(text, "Examples", theme.examples)
    _add_list(text, "Counter-examples", theme.counter_examples)
    for position in theme.positions:
        _add_position(text, position)
    if theme.keywords:
        text.add("\nKeywords: ", "bold")
        text.add(_joined(theme.keywords))
    return text.content()


def _add_list(text: StyledText, title: str, items: Sequence[str]) -> None:
    if items:
        text.add(f"\n{title}\n", "bold")
    for item in items:
        text.add(f"  - {one_line(item)}\n")


def _add_position(text: StyledText, position: Position) -> None:
    text.add(f"\nPosition: {safe_text(position.name)}", "bold")
    text.add(f"  ({position.id})\n", "dim")
    if position.definition:
        text.add(f"  {_trimmed(position.definition)}\n")
    if position.keywords:
        text.add(f"  Keywords: {_joined(position.keywords)}\n")


def _trimmed(text: str) -> str:
    return safe_text(text.strip())


def _joined(keywords: Sequence[str]) -> str:
    return safe_text(", ".join(keywords))
