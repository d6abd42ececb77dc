"""What `coder review --train` does, and what it prints."""

from typing import TYPE_CHECKING, NamedTuple

from coder.cli.reading_summary import say_reading
from coder.text import count

if TYPE_CHECKING:
    from pathlib import Path

    from coder.cli.printer import Printer
    from coder.codebook import Codebook
    from coder.reviewing.training.scores import ThemeScore
    from coder.workflow.review import Screen
    from coder.workflow.target import Columns
    from coder.workflow.training import MixingOutcome, TrainingOutcome

COLUMNS = ("theme", "right", "missed", "too much", "prec", "rec", "kappa")


class Training(NamedTuple):
    """A gold set, and how often its comments are mixed into sessions; None: train with it now."""

    gold: str
    every: int | None


def train_or_mix(
    target: "Path",
    codebook: "Path",
    training: Training,
    columns: "Columns",
    screen: "Screen",
    printer: "Printer",
) -> None:
    """Train somebody on the screen, or have gold comments mixed in; and print what was done."""
    from coder.workflow.training import mix_gold, train

    gold, every = training
    reviewer = screen.reviewer
    if every is not None:
        mixing = mix_gold(target, codebook, gold, every, reviewer, columns)
        print_mixing(mixing, printer)
        return
    outcome = train(
        target,
        codebook,
        gold,
        reviewer,
        columns=columns,
        light=screen.light,
    )
    print_training(outcome, printer)


def print_mixing(outcome: "MixingOutcome", printer: "Printer") -> None:
    """Print what is mixed into everybody's sessions from now on."""
    every = outcome.gold.every
    say_reading(outcome.target.reading, printer)
    printer.facts = outcome.facts()
    if not every:
        printer.say("From now on no comments with known answers are mixed in.")
        return
    printer.say(
        f"From now on one of {every} comments that anybody reviews is one of "
        f"{count(outcome.in_project, 'comment')} of {outcome.gold.name}. Nobody is told which."
    )


def print_training(outcome: "TrainingOutcome", printer: "Printer") -> None:
    """Print the score of a training, and what to read again."""
    from coder.cli.agree_tables import print_fitted

    say_reading(outcome.target.reading, printer)
    printer.facts = outcome.facts()
    score, codebook = outcome.score, outcome.target.codebook
    title = f"{outcome.reviewer}: {score.answered:,} of {count(score.total, 'comment')}"
    if not score.answered:
        printer.say(f"{title} answered.")
        return
    title += f", {score.exact:,} all right, {100 * score.agreement:.1f}% of the single answers"
    rows = [_score_row(theme) for theme in score.themes]
    if rows:
        print_fitted(rows, COLUMNS, (), printer, title)
        printer.say(
            "prec: of what was given, the share that is right. rec: of what is right, the share "
            "that was given. kappa: agreement beyond chance, in brackets its 95 % interval."
        )
    else:
        printer.say(f"{title}.")
    _say_read_again(score.read_again, codebook, printer)
    if score.answered < score.total:
        printer.say("The same command goes on where you were.")
    else:
        printer.say("All are answered; the same command begins again.")


def _score_row(score: "ThemeScore") -> tuple[str, ...]:
    from coder.workflow.agree_outcome import number_text

    kappa = number_text(score.kappa)
    low, high = number_text(score.low), number_text(score.high)
    if low != NONE:
        kappa += f" ({low}–{high})"
    return (
        score.theme_id,
        str(score.right),
        str(score.missed),
        str(score.too_much),
        number_text(score.precision),
        number_text(score.recall),
        kappa,
    )


NONE = "–"


def _say_read_again(
    theme_ids: tuple[str, ...],
    codebook: "Codebook",
    printer: "Printer",
) -> None:
    if not theme_ids:
        return
    printer.say("Read again:")
    for theme_id in theme_ids:
        theme = codebook.theme(theme_id)
        definition = theme.definition or "it has no definition yet"
        printer.say(f"  {theme.name}: {definition}")
