"""`coder export`: labels and decisions to the published table."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.cli.common import (
    Attribute,
    CodebookFile,
    Id,
    Json,
    Question,
    Quiet,
    Seed,
    SourceColumn,
    Target,
    Text,
    Weight,
    open_project,
)

if TYPE_CHECKING:
    from coder.cli.console import Printer
    from coder.codebook import Codebook
    from coder.export import Report
    from coder.project import Project

To = Annotated[
    list[Path],
    typer.Option("--to", help="File to write (repeat); its suffix says in which form.", metavar="FILE"),
]
By = Annotated[
    list[str] | None, typer.Option("--by", help="Column to break the themes down by (repeat).", metavar="COL")
]
Campaigns = Annotated[
    str,
    typer.Option(
        "--campaigns", help="Count each letter of a campaign, or each campaign once.", metavar="each|once"
    ),
]
MinimumBase = Annotated[
    int, typer.Option("--minimum-base", min=1, help="Comments under which no percentage is given.")
]
MinimumCell = Annotated[
    int, typer.Option("--minimum-cell", min=0, help="Counts under this are hidden in breakdowns.")
]
Correction = Annotated[
    str, typer.Option("--correction", help="For the number of comparisons: holm or fdr.", metavar="holm|fdr")
]
Threshold = Annotated[
    str, typer.Option("--threshold", help="Hold back main themes under this: 50 or 5%.", metavar="N|N%")
]
Quotes = Annotated[int, typer.Option("--quotes", min=0, max=20, help="Quotes for each theme, at most.")]


def export(
    target: Target,
    codebook: CodebookFile,
    to: To,
    by: By = None,
    campaigns: Campaigns = "each",
    minimum_base: MinimumBase = 30,
    minimum_cell: MinimumCell = 5,
    correction: Correction = "holm",
    threshold: Threshold = "",
    quotes: Quotes = 2,
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
    """Write the theme table with bases, intervals and quotes, broken down as you ask."""
    from coder.cli.console import Printer
    from coder.codebook import read_codebook
    from coder.errors import CoderError
    from coder.export import build_report, check_suffix, read_choices, write_report

    for path in to:
        check_suffix(path)
    if campaigns not in ("each", "once"):
        raise CoderError(f"--campaigns {campaigns}: no such way of counting", "There are: each, once.")
    if correction not in ("holm", "fdr"):
        raise CoderError(f"--correction {correction}: no such correction", "There are: holm, fdr.")
    printer = Printer(as_json=as_json, quiet=quiet)
    book = read_codebook(codebook)
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
    _refuse_overwriting(to, target, codebook, project)
    labels, judgements, facts, calibrated = _coded(project, book, codebook, printer)
    report = build_report(
        project.comments(), labels, book, judgements,
        by=by or (), calibrated=calibrated, campaigns="once" if campaigns == "once" else "each",
        minimum_base=minimum_base, minimum_cell=minimum_cell, correction="fdr" if correction == "fdr" else "holm",
        threshold=threshold, quotes=quotes, settings=project.settings(), facts=facts, seed=seed,
        choices=read_choices(project.folder / "quotes.yaml"),
    )  # fmt: skip
    written = [file for path in to for file in write_report(report, path)]
    project.record_run("export", {**facts, "files": [str(file) for file in written], "base": report.base})
    _show(report, written, printer)


def _coded(
    project: "Project", book: "Codebook", codebook: Path, printer: "Printer"
) -> tuple[Any, Any, dict[str, Any], bool]:
    """Labels (None where decisions alone count), judgements, facts of the run, and whether it was calibrated."""
    from coder.decisions import judgements, own_judgements, read_decisions

    stored = read_decisions(codebook)
    for note in stored.notes:
        printer.warn(note)
    comments = project.comments()
    everything = judgements(stored.decisions, book)
    own = own_judgements(everything, comments, project.settings().name)
    stale = int((everything["project"] == project.settings().name).sum()) - len(own)
    if stale:
        printer.warn(
            f"{stale} judgements are on comments that have changed or gone since; they do not count."
        )
    labels = project.labels() if project.labels_path.is_file() else None
    run = project.last_run("apply") or {}
    facts = {
        "comments_fingerprint": project.comments_fingerprint(),
        "codebook_fingerprint": book.fingerprint,
        "model_fingerprint": run.get("model_fingerprint", "") if labels is not None else "",
    }
    if labels is not None and run.get("codebook_fingerprint") not in (None, book.fingerprint):
        printer.warn(
            "The codebook has changed since coder apply: run it again so that labels follow the codebook."
        )
    return labels, own, facts, bool(run.get("calibrated", False))


def _refuse_overwriting(to: list[Path], target: Path, codebook: Path, project: "Project") -> None:
    from coder.errors import CoderError

    kept = {
        path.resolve()
        for path in (target, codebook, project.settings_path, project.comments_path, project.labels_path)
    }
    for path in to:
        if path.resolve() in kept:
            raise CoderError(f"--to {path}: is what this export is made from", "Choose another name.")
        if path.is_dir():
            raise CoderError(f"--to {path}: is a folder", f"Name a file, such as {path / 'themes.csv'}")
    if len({path.resolve() for path in to}) < len(to):
        raise CoderError("--to names the same file twice", "Name each file once.")


def _show(report: "Report", written: list[Path], printer: "Printer") -> None:
    import pandas as pd

    from coder.export.layout import breakdown_notes, theme_grid

    grid = theme_grid(report)
    words = min(grid.left)
    rows = [
        [*row[:words], "  " * depth + row[words], *row[words + 1 :]]
        for row, depth in zip(grid.rows, grid.depth, strict=True)
    ]
    # Per source the table is too wide for a terminal: the files have it.
    width = next((i for i, name in enumerate(grid.head) if name.endswith(": n")), len(grid.head))
    numbers = [name for name in grid.head if name != "Theme"]
    printer.table(
        [r[:width] for r in rows], grid.head[:width], title=report.title, right=numbers, wide=("Theme",)
    )
    printer.say(report.base)
    for note in (*report.notes, *breakdown_notes(report)):
        printer.say(f"- {note}")
    for file in written:
        printer.say(f"Written: {file}")
    printer.facts = {
        "base": report.base,
        "notes": list(report.notes),
        "files": [str(file) for file in written],
        "themes": [
            {k: (None if pd.isna(v) else v) for k, v in row.items() if not str(k).startswith("quote_")}
            for row in report.themes.astype(object).to_dict(orient="records")
        ],
    }
    printer.finish()
