"""What `coder review` does with what was typed."""

from collections.abc import Mapping
from typing import Any

from coder.cli import review_runs as runs
from coder.cli import team_runs
from coder.cli.printer import Printer
from coder.cli.review_checks import check_options, share_of
from coder.cli.training import Training, train_or_mix
from coder.embedding import EncoderChoice
from coder.reviewing.mode import ReviewMode
from coder.workflow.review import Screen
from coder.workflow.target import Columns

ENCODER_OPTIONS = ("model", "encoder", "device", "precision")


def run_review(typed: Mapping[str, Any]) -> None:
    """Run the command with what was typed, by the names of its parameters."""
    check_options(typed)
    printer = Printer(as_json=typed["as_json"], quiet=typed["quiet"])
    columns = Columns(
        typed["text"],
        typed["id_"],
        typed["source"],
        typed["weight"],
        typed["attribute"] or None,
        typed["question"],
    )
    _run(typed, columns, printer)
    printer.finish()


def _run(typed: Mapping[str, Any], columns: Columns, printer: Printer) -> None:
    """Do which of its works the options ask for."""
    target, codebook = typed["target"], typed["codebook"]
    encoder = EncoderChoice(*(typed[name] for name in ENCODER_OPTIONS))
    screen = Screen(typed["reviewer"], encoder, typed["light"])
    if typed["status"]:
        runs.show_status(target, codebook, columns, typed["within"], printer)
    elif typed["drawn"] is not None:
        runs.declare(target, codebook, typed["drawn"], columns, printer)
    elif typed["assign"] is not None:
        team_runs.assign_comments(target, codebook, typed["assign"], columns, printer)
    elif typed["take"] is not None:
        team_runs.take_decisions(target, codebook, typed["take"], columns, printer)
    elif typed["train"] is not None:
        training = Training(typed["train"], typed["mix"])
        train_or_mix(target, codebook, training, columns, screen, printer)
    elif typed["quotes"]:
        runs.show_quotes(target, codebook, columns, screen, printer)
    elif typed["start"]:
        runs.run_start(target, codebook, columns, screen, typed["seed"], printer)
    elif typed["from_"] is not None:
        how = runs.TableReview(
            typed["from_"], screen.reviewer, typed["blind"], typed["chosen"]
        )
        runs.take_table(target, codebook, how, columns, printer)
    else:
        mode = _mode_of(typed)
        runs.show_session(target, codebook, mode, columns, screen, printer)


def _mode_of(typed: Mapping[str, Any]) -> ReviewMode:
    """How a session on the screen goes."""
    return ReviewMode(
        blind=typed["blind"],
        theme=typed["theme"],
        sample=typed["sample"],
        double=share_of(typed["double"]),
        adjudicate=typed["adjudicate"],
        seed=typed["seed"],
        order=typed["order"],
        tick=typed["tick"],
    )
