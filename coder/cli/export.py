"""`coder export`: labels and decisions to the published table; packs, and tables rebuilt from them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.cli.options import (
    Attribute,
    Id,
    Json,
    Question,
    Quiet,
    Seed,
    SourceColumn,
    Text,
    Weight,
    open_project,
)
from coder.errors import command_of, quoted

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.project import Project
    from coder.reporting import Options, Report

PACK = ".zip"
Target = Annotated[
    Path,
    typer.Argument(
        help="A project folder, a file of comments, or an audit pack.", metavar="PROJECT|FILE|PACK"
    ),
]
CodebookFile = Annotated[
    Path | None,
    typer.Option("--codebook", help="The codebook (YAML); a pack holds its own.", metavar="FILE"),
]
To = Annotated[
    list[Path],
    typer.Option(
        "--to",
        help="File to write (repeat): .csv .xlsx .docx .html .md .json .svg .sav .qdpx .qdc; .zip for an audit pack; "
        "review.xlsx (or NAME.review.xlsx) for a sheet to review in. .html, .qdpx, review.xlsx and .zip hold the comments "
        "themselves: mind who gets them. For the tables of a pack: a folder.",
        metavar="FILE",
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", help="Column to break the themes down by (repeat).", metavar="COL"),
]
Campaigns = Annotated[
    str,
    typer.Option(
        "--campaigns",
        help="Count each letter of a campaign, or each campaign once.",
        metavar="each|once",
    ),
]
MinimumBase = Annotated[
    int, typer.Option("--minimum-base", min=1, help="Comments under which no percentage is given.")
]
MinimumCell = Annotated[
    int, typer.Option("--minimum-cell", min=0, help="Counts under this are hidden in breakdowns.")
]
Correction = Annotated[
    str,
    typer.Option(
        "--correction", help="For the number of comparisons: holm or fdr.", metavar="holm|fdr"
    ),
]
Threshold = Annotated[
    str,
    typer.Option("--threshold", help="Hold back main themes under this: 50 or 5%.", metavar="N|N%"),
]
Quotes = Annotated[
    int, typer.Option("--quotes", min=0, max=20, help="Quotes for each theme, at most.")
]
PoolDiscussion = Annotated[
    bool,
    typer.Option(
        "--pool-discussion",
        help="Count comments of discussion pages among survey answers; else in columns of their own.",
    ),
]
Before = Annotated[
    Path | None,
    typer.Option(
        "--before",
        help="An earlier project coded with the same codebook, to compare with.",
        metavar="PROJECT",
    ),
]
WithoutText = Annotated[
    bool, typer.Option("--without-text", help="Leave what people wrote out of an audit pack.")
]
Reviewer = Annotated[
    str,
    typer.Option(
        "--reviewer",
        help="With review.xlsx: whose sheet it is; shows what they decided.",
        metavar="NAME",
    ),
]
Blind = Annotated[bool, typer.Option("--blind", help="With review.xlsx: show no suggestions.")]


def export(
    target: Target,
    to: To,
    codebook: CodebookFile = None,
    by: By = None,
    campaigns: Campaigns = "each",
    minimum_base: MinimumBase = 30,
    minimum_cell: MinimumCell = 5,
    correction: Correction = "holm",
    threshold: Threshold = "",
    quotes: Quotes = 2,
    pool_discussion: PoolDiscussion = False,
    before: Before = None,
    without_text: WithoutText = False,
    reviewer: Reviewer = "",
    blind: Blind = False,
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
    from coder.cli.printer import Printer
    from coder.errors import CoderError
    from coder.exporting.writers import is_review_sheet
    from coder.reporting import Options

    printer = Printer(as_json=as_json, quiet=quiet)
    if target.suffix.lower() == PACK and target.is_file():
        _rebuild(target, to, printer)
        return
    if codebook is None:
        raise typer.BadParameter("a codebook is needed: --codebook FILE", param_hint="--codebook")
    options = Options(
        by=tuple(by or ()),
        campaigns="once" if campaigns == "once" else "each",
        minimum_base=minimum_base,
        minimum_cell=minimum_cell,
        correction="fdr" if correction == "fdr" else "holm",
        threshold=threshold,
        quotes=quotes,
        pool_discussion=pool_discussion,
        seed=seed,
    )
    _check_options(to, campaigns, correction, without_text=without_text)
    _check_sheet(to, reviewer, blind=blind)
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
    if before is not None and any(path.suffix.lower() == PACK for path in to):
        raise CoderError(
            "--before: an audit pack holds one consultation", "Export the pack without --before."
        )
    sheets = [path for path in to if is_review_sheet(path)]
    for path in sheets:
        _review_sheet(project, codebook, path, printer, reviewer, blind=blind)
    if len(sheets) < len(to):
        others = [path for path in to if path not in sheets]
        _export(
            project,
            codebook,
            options,
            others,
            printer,
            target=target,
            before=before,
            without_text=without_text,
        )
    else:
        printer.finish()


def _check_sheet(to: list[Path], reviewer: str, *, blind: bool) -> None:
    from coder.decisions import check_reviewer
    from coder.errors import CoderError
    from coder.exporting.writers import is_review_sheet

    if (reviewer or blind) and not any(is_review_sheet(path) for path in to):
        raise CoderError(
            f"{'--reviewer' if reviewer else '--blind'} goes with a sheet to review in, and there is none",
            "Name it: --to review.xlsx",
        )
    if reviewer:
        check_reviewer(reviewer)


def _review_sheet(
    project: "Project",
    codebook: Path,
    path: Path,
    printer: "Printer",
    reviewer: str,
    *,
    blind: bool,
) -> None:
    from coder.codebook import read_codebook
    from coder.errors import CommandNames
    from coder.reviewing.sheet import write_review_sheet
    from coder.tables import analysed

    typed = CommandNames(str(project.folder), str(codebook))
    write_review_sheet(
        project,
        read_codebook(codebook),
        codebook,
        path,
        reviewer=reviewer,
        blind=blind,
        typed=typed,
    )
    project.record_run("export", {"files": [str(path)], "reviewer": reviewer, "blind": blind})
    printer.facts = {"files": [str(path)]}
    printer.say(f"Written: {path}")
    _say_held(printer, path, len(analysed(project.comments)))
    printer.say(
        f"Take it back with: {command_of('review', project.folder, codebook)} --reviewer "
        f"{quoted(reviewer or 'NAME')} --from {quoted(path)}"
    )


def _check_options(to: list[Path], campaigns: str, correction: str, *, without_text: bool) -> None:
    from coder.errors import CoderError
    from coder.exporting.writers import find_writer

    for path in to:
        if path.suffix.lower() != PACK:
            find_writer(path)
            if without_text:
                raise CoderError(
                    f"--without-text: {path} is no audit pack", "It goes with --to FILE.zip alone."
                )
    if campaigns not in ("each", "once"):
        raise CoderError(
            f"--campaigns {campaigns}: no such way of counting", "There are: each, once."
        )
    if correction not in ("holm", "fdr"):
        raise CoderError(f"--correction {correction}: no such correction", "There are: holm, fdr.")


def _export(
    project: "Project",
    codebook: Path,
    options: "Options",
    to: list[Path],
    printer: "Printer",
    *,
    target: Path,
    before: Path | None,
    without_text: bool,
) -> None:
    from coder.errors import CoderError, CommandNames
    from coder.exporting.pack import write_pack
    from coder.exporting.writers import comments_held, write_report
    from coder.project import Project
    from coder.reporting import gather, report_of

    inputs = gather(project, codebook, CommandNames(str(target), str(codebook)))
    for warning in inputs.warnings:
        printer.warn(warning)
    if before is not None and before.resolve() == project.folder.resolve():
        raise CoderError(
            f"--before: {before} is the project that is exported",
            "Name the folder of the earlier one.",
        )
    earlier = None if before is None else gather(Project(before), codebook)
    report = report_of(inputs, options, earlier)
    written: list[Path] = []
    held: dict[Path, int] = {}
    for path in to:
        if path.suffix.lower() == PACK:
            written += write_pack(project, codebook, options, path, without_text=without_text)
            held[path] = 0 if without_text else len(inputs.comments)
        else:
            written += write_report(report, path)
            held[path] = comments_held(report, path)
    project.record_run(
        "export", {**inputs.facts, "files": [str(file) for file in written], "base": report.base}
    )
    _show(report, written, held, printer)


def _rebuild(pack: Path, to: list[Path], printer: "Printer") -> None:
    from coder.errors import CoderError
    from coder.exporting.pack import rebuild_pack

    if len(to) != 1 or to[0].suffix:
        raise CoderError("the tables of a pack go into one folder", "Such as --to rebuilt")
    written = rebuild_pack(pack, to[0])
    printer.say("Every file of the pack has the hash that it states. Its tables, made anew:")
    for file in written:
        printer.say(f"Written: {file}")
    printer.facts = {"pack": str(pack), "files": [str(file) for file in written]}
    printer.finish()


def _refuse_overwriting(to: list[Path], target: Path, codebook: Path, project: "Project") -> None:
    from coder.errors import CoderError

    inputs = (target, codebook, project.settings_path, project.comments_path, project.labels_path)
    kept = {path.resolve() for path in inputs}
    for path in to:
        if path.resolve() in kept:
            raise CoderError(
                f"--to {path}: is what this export is made from", "Choose another name."
            )
        if path.is_dir():
            raise CoderError(
                f"--to {path}: is a folder", f"Name a file, such as {path / 'themes.csv'}"
            )
    if len({path.resolve() for path in to}) < len(to):
        raise CoderError("--to names the same file twice", "Name each file once.")


def _show(report: "Report", written: list[Path], held: dict[Path, int], printer: "Printer") -> None:
    from coder.exporting.contents import all_notes, theme_grid

    grid = theme_grid(report)
    words = grid.name_column
    rows = []
    for row in grid.rows:
        name = "  " * row.depth + row.texts[words]
        rows.append([*row.texts[:words], name, *row.texts[words + 1 :]])
    # Per source the table is too wide for a terminal: the files have it.
    width = next((i for i, name in enumerate(grid.head) if name.endswith(": n")), len(grid.head))
    numbers = [name for name in grid.head if name != "Theme"]
    head = grid.head[:width]
    printer.say(report.title, style="bold")
    printer.say(report.standing)
    printer.table([r[:width] for r in rows], head, right=numbers, wide=("Theme",))
    printer.say(report.base)
    for note in all_notes(report):
        printer.say(f"- {note}")
    for file in written:
        printer.say(f"Written: {file}")
    for file, comments in held.items():
        _say_held(printer, file, comments)
    for file in written:
        if file.suffix.lower() == ".sav":
            printer.say(
                f"{file} holds what the survey knows of each respondent, row by row; mind who gets it."
            )
    printer.facts = {
        **_facts(report, written),
        "files": [*printer.facts.get("files", []), *map(str, written)],
    }
    printer.finish()


def _say_held(printer: "Printer", file: Path, comments: int) -> None:
    if comments:
        number = f"{comments:,} comment{'' if comments == 1 else 's'}"
        printer.say(f"{file} holds {number} in full; mind who gets it.")


def _facts(report: "Report", written: list[Path]) -> dict[str, Any]:
    import pandas as pd

    return {
        "standing": report.standing,
        "base": report.base,
        "notes": list(report.notes),
        "files": [str(file) for file in written],
        "themes": [
            {
                k: (None if pd.isna(v) else v)
                for k, v in row.items()
                if not str(k).startswith("quote_")
            }
            for row in report.themes.astype(object).to_dict(orient="records")
        ],
    }
