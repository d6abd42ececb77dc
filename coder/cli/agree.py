"""`coder agree`."""

from typing import TYPE_CHECKING

from coder.cli.agree_options import (
    Blind,
    By,
    Reviewers,
    Similar,
    To,
    Unseen,
    With,
)
from coder.cli.options import CodebookFile, Json, Quiet, Seed, Target
from coder.text import count

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.agree_outcome import AgreeOutcome, LabelScores, SimilarComments

SIMILAR_SHOWN = 5
TEXT_SHOWN = 100  # characters of a comment


def agree(
    target: Target,
    codebook: CodebookFile,
    with_: With = None,
    to: To = None,
    unseen: Unseen = False,
    blind: Blind = False,
    reviewer: Reviewers = None,
    by: By = None,
    alike: Similar = None,
    seed: Seed = 0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Agreement between reviewers, and of the model with blind reviewers or a table."""
    from coder.cli.printer import Printer
    from coder.workflow.agree import AgreeOptions
    from coder.workflow.agree import agree as agree_workflow

    printer = Printer(as_json=as_json, quiet=quiet)
    options = AgreeOptions(
        table=with_,
        unseen=unseen,
        blind=blind,
        reviewers=tuple(reviewer or ()),
        by=tuple(by or ()),
        similar=alike,
        to=to,
        seed=seed,
    )
    with printer.progress() as progress:
        outcome = agree_workflow(target, codebook, options, progress=progress)
    _print_outcome(outcome, printer)
    if to is not None:
        printer.say(f"All figures: {to}")
    printer.facts = outcome.facts()
    printer.finish()


def _print_outcome(outcome: "AgreeOutcome", printer: "Printer") -> None:
    from coder.cli.agree_errors import print_errors
    from coder.cli.agree_figures import print_over_time
    from coder.cli.agree_tables import print_between

    for warning in outcome.warnings:
        printer.warn(warning)
    if outcome.between is not None:
        print_between(outcome.between, printer)
    if outcome.over_time is not None and outcome.shifts is not None:
        print_over_time(outcome.over_time, outcome.shifts, printer)
    if outcome.similar is not None:
        _print_similar(outcome.similar, printer)
    if outcome.model is not None:
        _print_scores(outcome.model, "Model against blind reviewers", printer)
    for errors in outcome.errors:
        print_errors(errors, printer)
    if outcome.against_table is not None and outcome.against_table.counts is not None:
        name = outcome.against_table.counts.name
        _print_scores(outcome.against_table, f"Labels against {name}", printer)


def _print_scores(scored: "LabelScores", title: str, printer: "Printer") -> None:
    from coder.cli.agree_figures import print_scores

    if scored.scores is not None:
        comments = count(scored.scores.comments, "comment")
        print_scores(f"{title}, {comments}", scored.scores, printer)
    for note in scored.notes:
        printer.say(note)
    for warning in scored.warnings:
        printer.warn(warning)


def _print_similar(similar: "SimilarComments", printer: "Printer") -> None:
    if similar.table.empty:
        return
    how = "by meaning" if similar.by_meaning else "by their words"
    pairs = count(len(similar.table), "pair")
    printer.say()
    printer.say(f"Similar comments ({how}) coded differently: {pairs}", style="bold")
    for row in similar.table.head(SIMILAR_SHOWN).to_dict("records"):
        printer.say(
            f"  {row['differ']}   (similarity {row['likeness']:.2f})", style="bold"
        )
        for number in ("1", "2"):
            themes = row[f"themes_{number}"] or "no theme"
            text = _shortened(" ".join(row[f"text_{number}"].split()))
            who = f"{row[f'reviewer_{number}']}, {row[f'comment_id_{number}']}"
            printer.say(f"    {who}: {themes}. {text}")
    where = "Write them all with --alike FILE.csv"
    if similar.path is not None:
        where = f"All of them: {similar.path}"
    printer.say(f"{where}. To change one, search for its id in coder review.")


def _shortened(text: str) -> str:
    if len(text) <= TEXT_SHOWN:
        return text
    return text[: TEXT_SHOWN - 1] + "…"
