"""`coder review`: the screen, decisions from a table, and what is known so far."""

import getpass
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from coder.cli.options import (
    Attribute,
    CodebookFile,
    Id,
    Json,
    Model,
    Question,
    Quiet,
    Seed,
    SourceColumn,
    Target,
    Text,
    Weight,
    open_project,
)
from coder.errors import command_of

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.codebook import Codebook
    from coder.project import Project
    from coder.reviewing.mode import ReviewMode
    from coder.reviewing.status import Status

Reviewer = Annotated[
    str | None,
    typer.Option("--reviewer", help="Who decides; your login name when left out.", metavar="NAME"),
]
Blind = Annotated[
    bool,
    typer.Option(
        "--blind", help="Show no suggestions. With --from: rows that do not say were blind."
    ),
]
Theme = Annotated[
    str | None,
    typer.Option("--theme", help="One theme only: a fast yes or no to each comment.", metavar="ID"),
]
Sample = Annotated[
    int | None,
    typer.Option(
        "--sample", help="The first N comments of the random order, for counts.", metavar="N"
    ),
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="Take decisions from a CSV or XLSX: comment_id, themes; or a review.xlsx.",
        metavar="FILE",
    ),
]
ChosenBy = Annotated[
    str | None,
    typer.Option(
        "--chosen",
        help="With --from: how its comments came to be judged.",
        metavar="random|targeted|listed",
    ),
]
Double = Annotated[
    str | None,
    typer.Option(
        "--double", help="Code a share of others' comments again, blind: 20%.", metavar="SHARE"
    ),
]
Adjudicate = Annotated[
    bool, typer.Option("--adjudicate", help="Settle comments that reviewers judged differently.")
]
ShowStatus = Annotated[
    bool, typer.Option("--status", help="Print what is decided, what it buys and what is left.")
]
Within = Annotated[
    float,
    typer.Option(
        "--within",
        help="With --status: the wanted precision, in points.",
        min=0.1,
        max=50.0,
        metavar="POINTS",
    ),
]
Light = Annotated[bool, typer.Option("--light", help="Begin with light colours (key l changes).")]


def review(
    target: Target,
    codebook: CodebookFile,
    reviewer: Reviewer = None,
    blind: Blind = False,
    theme: Theme = None,
    sample: Sample = None,
    from_: From = None,
    chosen: ChosenBy = None,
    double: Double = None,
    adjudicate: Adjudicate = False,
    status: ShowStatus = False,
    within: Within = 2.0,
    light: Light = False,
    model: Model = None,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    seed: Seed = 0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say which themes each comment carries: on a screen, or from a table. The next apply learns from it."""
    from coder.cli.printer import Printer
    from coder.codebook import read_codebook

    printer = Printer(as_json=as_json, quiet=quiet)
    book = read_codebook(codebook)
    _contradictions(from_, chosen, status, theme, sample, double, adjudicate)
    share = None if double is None else _share(double)
    project = open_project(
        target,
        printer,
        text=text,
        id_=id_,
        source=source,
        weight=weight,
        attributes=attribute,
        question=question,
    )
    if status:
        _status(project, book, codebook, within / 100, printer)
    elif from_ is not None:
        _take(project, book, codebook, from_, _name(reviewer), blind, chosen, printer)
    else:
        from coder.reviewing.mode import ReviewMode

        way = ReviewMode(blind, theme, sample, share, adjudicate, seed)
        _screen(project, book, codebook, _name(reviewer), way, light, model, printer)
    printer.finish()


def _name(reviewer: str | None) -> str:
    """The reviewer's name, or the login name where it can be a file's."""
    from coder.decisions import check_reviewer
    from coder.errors import CoderError

    if reviewer is not None:
        return check_reviewer(reviewer)
    try:
        login = getpass.getuser()
    except (OSError, KeyError, ImportError):
        login = ""
    login = re.sub(r"[^\w .@\-]", "-", login).strip(" .-")
    if not login:
        raise CoderError(
            "there is no login name to file the decisions under",
            "Say who decides: --reviewer amira",
        )
    return check_reviewer(login)


def _contradictions(
    from_: Path | None,
    chosen: str | None,
    status: bool,
    theme: str | None,
    sample: int | None,
    double: str | None,
    adjudicate: bool,
) -> None:
    from coder.errors import CoderError

    ways = {
        "--from": from_ is not None,
        "--status": status,
        "--theme": theme is not None,
        "--sample": sample is not None,
        "--double": double is not None,
        "--adjudicate": adjudicate,
    }
    given = [name for name, there in ways.items() if there]
    if len(given) > 1 and given != ["--theme", "--sample"]:
        raise CoderError(f"{' and '.join(given)} cannot go together", "Use one of them.")
    if chosen is not None and from_ is None:
        raise CoderError(
            "--chosen says how the comments of a table were chosen, and there is no table",
            "Use it with --from FILE.csv.",
        )


def _share(given: str) -> float:
    """`20%`, `20` or `0.2` as a share."""
    from coder.errors import CoderError

    try:
        number = float(given.strip().removesuffix("%"))
    except ValueError:
        number = -1.0
    share = number / 100 if given.strip().endswith("%") or number > 1 else number
    if not 0 < share <= 1:
        raise CoderError(f"--double {given}: is no share", "For example --double 20%")
    return share


# ---------------------------------------------------------------- from a table


def _take(
    project: "Project",
    book: "Codebook",
    codebook_path: Path,
    path: Path,
    reviewer: str,
    blind: bool,
    chosen: str | None,
    printer: "Printer",
) -> None:
    from coder.errors import CoderError, did_you_mean
    from coder.reviewing.from_table import CHOSEN, Chosen, take_table

    if chosen is not None and chosen not in CHOSEN:
        raise CoderError(f"--chosen {chosen}: is not allowed", did_you_mean(chosen, CHOSEN))
    taken = take_table(
        path,
        project.comments,
        book,
        codebook_path,
        reviewer,
        project=project.settings().name,
        mode="blind" if blind else "assisted",
        chosen=cast("Chosen", chosen or "listed"),
    )
    printer.facts = {"reviewer": reviewer, "file": str(path), **taken._asdict()}
    for note in taken.notes:
        printer.warn(note)
    printer.say(
        f"{taken.added:,} decision{'' if taken.added == 1 else 's'} kept for {reviewer} beside {codebook_path}"
        + (f"; {taken.already:,} were there already" if taken.already else "")
        + "."
    )
    printer.say(f"{taken.with_theme:,} of {taken.added + taken.already:,} rows name a theme.")
    if taken.excluded:
        printer.say(
            f"{taken.excluded:,} rows are on comments that are not analysed; they are kept too."
        )
    if taken.not_done:
        printer.say(
            f"{taken.not_done:,} row{'' if taken.not_done == 1 else 's'} left out, without yes in the column done"
            + (f"; {taken.begun:,} of them with entries" if taken.begun else "")
            + "."
        )
    if taken.unused:
        printer.say(f"Columns not used: {', '.join(taken.unused)}.")
    if taken.added:
        printer.say(f"Learn from them: {command_of('apply', project.folder, codebook_path)}")


# ---------------------------------------------------------------- what is known


def _status(
    project: "Project", book: "Codebook", codebook_path: Path, half_width: float, printer: "Printer"
) -> None:
    from coder.reviewing.opening import read_suggestions
    from coder.reviewing.status import review_status

    calibrated = bool((project.last_run("apply") or {}).get("calibrated"))
    status = review_status(
        project.comments,
        book,
        codebook_path,
        project=project.settings().name,
        half_width=half_width,
        suggestions=read_suggestions(project, book) if calibrated else None,
    )
    printer.facts = _status_facts(status, half_width)
    for note in status.notes:
        printer.warn(note)
    points = f"{100 * half_width:g} point{'' if half_width == 0.01 else 's'}"
    printer.table(
        [
            (
                theme.name,
                theme.decided,
                theme.present,
                theme.random,
                "–" if theme.share is None else f"{100 * theme.share:.1f}",
                "–" if theme.low is None else f"{100 * theme.low:.1f}",
                "–" if theme.high is None else f"{100 * theme.high:.1f}",
                theme.more,
            )
            for theme in status.themes
        ],
        ("theme", "decided", "present", "at random", "%", "low", "high", "more"),
        title=f"{book.title}: {status.decided:,} of {status.analysed:,} analysed comments decided"
        + (f", {status.partly:,} partly" if status.partly else ""),
        right=("decided", "present", "at random", "%", "low", "high", "more"),
        wide=("theme",),
    )
    printer.say(
        "%: share of all analysed comments by what was judged"
        + (" and what the model expects of the rest" if calibrated else "")
        + ", put right by the random reviews, with its 95 % interval from 30 of them on. more: further random "
        f"reviews until it is known to plus or minus {points}."
    )
    if status.reviewers:
        printer.table(
            [
                (
                    r.reviewer,
                    r.comments,
                    r.random,
                    r.blind,
                    r.adjudicated,
                    f"{r.words:,}",
                    "–" if r.seconds is None else f"{r.seconds:.0f}",
                    r.last[:10],
                )
                for r in status.reviewers
            ],
            ("reviewer", "comments", "random", "blind", "settled", "words", "seconds", "last"),
            right=("comments", "random", "blind", "settled", "words", "seconds", "last"),
        )
        printer.say("seconds: median from one decision to the next.")
    review = command_of("review", project.folder, codebook_path)
    if status.disputed:
        printer.say(f"{status.disputed:,} comments are in dispute: {review} --adjudicate")
    _say_again(status, review, printer)
    _say_stale(status, printer)
    if status.more:
        printer.say(
            f"{status.more:,} more random reviews bring every theme within {points}: {review} --sample N --blind"
        )
    else:
        printer.say(f"Every theme is known within {points}.")


def _say_again(status: "Status", command: str, printer: "Printer") -> None:
    """Comments decided before the codebook got a new theme."""
    if status.again:
        blind = f"; {status.again_blind:,} were decided blind, for them add --blind"
        printer.say(
            f"{status.again:,} decided comments are to be looked at again for what is new in the codebook: "
            + command
            + (blind if status.again_blind else "")
        )


def _say_stale(status: "Status", printer: "Printer") -> None:
    """Comments that changed or vanished one by one; those not analysed by their reasons."""
    from collections import Counter

    out = Counter(stale.what for stale in status.stale if stale.what.startswith("not analysed"))
    for what, n in sorted(out.items()):
        printer.say(f"{n:,} decided comments are {what}; their decisions are kept and not used.")
    changed = [stale for stale in status.stale if not stale.what.startswith("not analysed")]
    if changed:
        printer.say(
            f"{len(changed):,} decided comments are not what they were; their decisions are not used:"
        )
    for stale in changed[:20]:
        printer.say(f"  {stale.comment_id}: {stale.what} ({', '.join(stale.reviewers)})")
    if len(changed) > 20:
        printer.say(f"  and {len(changed) - 20:,} more (--json lists all)")


def _status_facts(status: "Status", half_width: float) -> dict[str, Any]:
    return {
        "analysed": status.analysed,
        "decided": status.decided,
        "partly": status.partly,
        "disputed": status.disputed,
        "again": status.again,
        "again_blind": status.again_blind,
        "half_width": half_width,
        "more": status.more,
        "themes": [theme._asdict() for theme in status.themes],
        "reviewers": [reviewer._asdict() for reviewer in status.reviewers],
        "stale": [stale._asdict() for stale in status.stale],
    }


# ---------------------------------------------------------------- the screen


def _screen(
    project: "Project",
    book: "Codebook",
    codebook_path: Path,
    reviewer: str,
    way: "ReviewMode",
    light: bool,
    model: str | None,
    printer: "Printer",
) -> None:
    import sys

    from coder.errors import CoderError
    from coder.reviewing.opening import open_session
    from coder.reviewing.run_screen import run_screen
    from coder.reviewing.screen.background import BackgroundJobs
    from coder.workflow.model_process import BackgroundModel

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CoderError(
            "coder review shows a screen and needs a terminal",
            "Decisions from a table need none: coder review PROJECT --codebook FILE --from FILE.csv",
        )
    with BackgroundModel(project.folder, codebook_path, model) as background:
        opened = open_session(project, book, codebook_path, reviewer, way)
        jobs = BackgroundJobs(
            learn=background.refit,
            learn_at_start=not opened.has_labels,
            find_neighbours=None if opened.session.blind else background.load_neighbours,
            new_decisions=opened.others,
            stop=background.stop,
        )
        finished = run_screen(opened, jobs, folder=project.folder, light=light)
    printer.facts = {"reviewer": reviewer, **finished._asdict()}
    minutes = finished.seconds / 60
    printer.say(
        f"{finished.decided:,} comment{'' if finished.decided == 1 else 's'} decided by {reviewer} in "
        f"{minutes:.0f} minute{'' if round(minutes) == 1 else 's'} ({finished.words_read:,} words read)."
    )
    if finished.skipped:
        printer.say(f"{finished.skipped:,} skipped; they come again.")
    if finished.unsaved:
        raise CoderError(
            f"{finished.unsaved} decision(s) could not be saved",
            "Those before are on disk; decide these again.",
        )
    if finished.decided:
        printer.say(f"Learn from them: {command_of('apply', project.folder, codebook_path)}")
