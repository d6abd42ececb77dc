"""What is said of random samples: how far they are decided, and how they were reviewed; and of
decided comments that changed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from coder.errors import option
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.reviewing.progress.status import SampleStatus, StaleComment
    from coder.workflow.review import ReviewTarget

MOST_LISTED = 20  # comments that changed


def say_samples(
    samples: Iterable["SampleStatus"], target: "ReviewTarget", printer: "Printer"
) -> None:
    """Say how far each sample is decided."""
    for sample in samples:
        for sentence in describe_sample(sample, target):
            printer.say(sentence)


def describe_sample(sample: "SampleStatus", target: "ReviewTarget") -> Iterator[str]:
    """Sentences on one sample: what is missing of it, what it could not draw, and whether it was
    reviewed blind.
    """
    yield describe_progress(sample)
    if sample.missing and sample.kind == "order":
        yield f"Decide the rest: {target.command('review', *_options_of(sample))}"
    elif sample.missing:
        sheet = target.command("export", option("to", "review.xlsx"))
        yield f"Decide the rest in a sheet, where the column chosen says random: {sheet}"
    if sample.leaves_out:
        comments = count(sample.leaves_out, "comment")
        yield (
            f"{comments} added after it was drawn cannot be in it, so it gives no figures for "
            "all comments. Draw another sample."
        )
    if sample.not_blind:
        yield describe_not_blind(sample)


def describe_progress(sample: "SampleStatus") -> str:
    """How many of the comments drawn are decided, and what the missing ones mean."""
    drawn = count(sample.drawn, "comment")
    sentence = f"Random sample: {sample.decided:,} of {drawn} decided"
    if sample.theme_ids:
        sentence += f" for {', '.join(sample.theme_ids)}"
    if sample.unsure:
        sentence += f", {sample.unsure:,} of them in part with unsure"
    if not sample.missing:
        return f"{sentence}; none left."
    sentence += f"; {sample.missing:,} left"
    if sample.leaves_out:
        return f"{sentence}."
    if sample.is_usable:
        return f"{sentence}. Intervals allow for what is missing."
    return f"{sentence}. It gives no intervals while so many are missing."


def describe_not_blind(sample: "SampleStatus") -> str:
    """What it does to estimates that reviewers saw the model's suggestions."""
    comments = count(sample.not_blind, "comment")
    return (
        f"{comments} of the sample not reviewed blind, as far as is known. People who see "
        "suggestions tend to agree with them, so estimates can be biased towards the model. To "
        f"avoid that, review with {option('blind')}."
    )


def _options_of(sample: "SampleStatus") -> list[str]:
    options = []
    if sample.theme_ids:
        options.append(option("theme", sample.theme_ids[0]))
    options.append(option("sample", str(sample.drawn)))
    if sample.seed:
        options.append(option("seed", str(sample.seed)))
    if not sample.not_blind:
        options.append(option("blind"))
    return options


def say_stale(stale: "tuple[StaleComment, ...]", printer: "Printer") -> None:
    """Decided comments that are not what they were: those excluded by reason, the others one by
    one.
    """
    excluded = Counter(comment.what for comment in stale if comment.is_excluded)
    for what, number in sorted(excluded.items()):
        comments = count(number, "decided comment")
        printer.say(f"{comments} {what}; the decisions are kept and not used.")
    changed = [comment for comment in stale if not comment.is_excluded]
    if changed:
        comments = count(len(changed), "decided comment")
        printer.say(f"{comments} changed since; the decisions are not used:")
    for comment in changed[:MOST_LISTED]:
        reviewers = ", ".join(comment.reviewers)
        printer.say(f"  {comment.comment_id}: {comment.what} ({reviewers})")
    if len(changed) > MOST_LISTED:
        printer.say(
            f"  and {len(changed) - MOST_LISTED:,} more ({option('json')} lists all)"
        )
