"""`coder read`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.cli.options import Attribute, Id, Json, Question, Quiet, SourceColumn, Text, Weight
from coder.errors import quoted

if TYPE_CHECKING:
    import pandas as pd

    from coder.cli.printer import Printer
    from coder.project import Project, Settings
    from coder.reading import ReadResult

ATTRIBUTES_SHOWN = 20


def read(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files of comments (CSV, TSV, XLSX, JSONL, Parquet, Talk London pages), or a project to mark anew.",
            metavar="FILE...|PROJECT",
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into", help="The project's folder; beside the file when left out.", metavar="PROJECT"
        ),
    ] = None,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    source_name: Annotated[
        list[str] | None,
        typer.Option(
            "--source-name",
            help="Name of a file's source (repeat, one for each file).",
            metavar="NAME",
        ),
    ] = None,
    respondent: Annotated[
        str | None,
        typer.Option("--respondent", help="Column that names the person who wrote.", metavar="COL"),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", help="How the file's text is encoded.", metavar="NAME"),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Sheet of a workbook.", metavar="NAME")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep", help="A comment that counts whatever the rules say (repeat).", metavar="ID"
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            help="A comment that does not count, and why: process, out_of_scope ... (repeat).",
            metavar="ID=REASON",
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read comments into a project, recognise their columns, and say what counts and what does not.

    A column option set to - says that there is no such column.
    """
    from coder.cli.printer import Printer
    from coder.errors import CoderError

    printer = Printer(as_json=as_json, quiet=quiet)
    paths, project = _what_and_where(files or [], into)
    of_files = (
        text,
        id_,
        source,
        weight,
        attribute,
        question,
        source_name,
        respondent,
        encoding,
        sheet,
    )
    if not paths and any(of_files):
        raise CoderError(
            "options on columns, sources and encodings need the file that they are about",
            f"coder read FILE --into {quoted(project.folder)} ...",
        )
    read_into(
        project,
        paths,
        printer,
        text=text,
        id_=id_,
        source=source,
        weight=weight,
        attributes=attribute,
        question=question,
        source_names=source_name,
        respondent=respondent,
        encoding=encoding,
        sheet=sheet,
        keep=keep or (),
        exclude=_reasons(exclude or ()),
    )
    printer.facts = printer.facts["read"]
    printer.say(f"\nKept in {project.folder}. Next: coder cluster {quoted(project.folder)}")
    printer.say(
        f"                or: coder apply {quoted(project.folder)} --codebook FILE", style="dim"
    )
    printer.finish()


def _what_and_where(files: list[Path], into: Path | None) -> "tuple[list[Path], Project]":
    """The files to read, none to mark a project anew, and the project."""
    from coder.errors import CoderError
    from coder.project import Project, project_beside

    if not files and into is None:
        raise typer.BadParameter(
            "name a file of comments, or a project", param_hint="FILE...|PROJECT"
        )
    folders = [path for path in files if path.is_dir()]
    if folders and (len(files) > 1 or into is not None):
        raise CoderError(
            f"{folders[0]}: is a folder, not a file of comments",
            "Name the files in it, with --into PROJECT.",
        )
    if folders or not files:
        project = Project(folders[0] if folders else into or Path())
        project.settings()  # says how to make one where there is none
        return [], project
    if into is not None and into.exists() and not into.is_dir():
        raise CoderError(
            f"--into {into}: is a file", "Name a folder for the project; it is made when missing."
        )
    if into is None and len(files) > 1:
        raise CoderError("several files need a project to go into", "Add --into PROJECT.")
    return files, Project(into) if into is not None else project_beside(files[0])


def _reasons(exclude: Sequence[str]) -> dict[str, str]:
    from coder.errors import CoderError
    from coder.tables import REASONS

    found = {}
    for item in exclude:
        comment_id, equals, reason = item.rpartition("=")
        if not equals or not comment_id:
            raise CoderError(
                f"--exclude {item}: needs a comment and a reason",
                f"Write --exclude ID=REASON, the reason one of: {', '.join(REASONS)}.",
            )
        found[comment_id] = reason
    return found


def read_into(
    project: "Project",
    paths: list[Path],
    printer: "Printer",
    *,
    text: str | None = None,
    id_: str | None = None,
    source: str | None = None,
    weight: str | None = None,
    attributes: list[str] | None = None,
    question: str = "",
    source_names: list[str] | None = None,
    respondent: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    keep: Sequence[str] = (),
    exclude: Mapping[str, str] | None = None,
) -> None:
    """Read files into a project, or mark it anew when there are none, and print what was found.

    Raises:
        CoderError: something is wrong with a file or an option; the project is then as it was.
    """
    from coder import tables
    from coder.files import write_csv
    from coder.reading import merge, read_files

    settings, existing = _as_it_is(project, bool(paths))
    results = read_files(
        paths,
        text=text,
        id=id_,
        source=source,
        weight=weight,
        attributes=attributes,
        question=question,
        source_names=source_names,
        encoding=encoding,
        sheet=sheet,
        respondent=respondent,
        before=settings.sources,
    )
    if existing is None:
        settings = settings.model_copy(update={"sources": ()})
    merged = merge(settings, existing, results, keep=keep, exclude=exclude, question=question)
    project.write(merged.settings, merged.comments)
    letters = project.folder / "campaigns.csv"
    if len(merged.campaigns):
        write_csv(letters, merged.campaigns)
    else:
        letters.unlink(missing_ok=True)
    account = tables.ledger(merged.comments)
    notes = list(
        dict.fromkeys([note for result in results for note in result.notes] + list(merged.notes))
    )
    for result in results:
        _say_columns(printer, result)
    if any(source.format != "talk_london" for result in results for source in result.sources):
        printer.say(
            "Not so? --text, --id, --source, --weight, --respondent, --attribute COL (- for none).",
            style="dim",
        )
    _say_ledger(printer, account)
    if project.labels_path.is_file() and not _same_comments(existing, merged.comments):
        notes.append(
            f"Labels from before do not know of this: coder apply {quoted(project.folder)} --codebook FILE"
        )
    for note in notes:
        printer.say(f"• {note}")
    printer.facts["read"] = {
        "project": str(project.folder),
        "files": [_facts(result) for result in results],
        "sources": [found.model_dump(mode="json") for found in merged.settings.sources],
        "ledger": account.to_dict(orient="records"),
        "notes": notes,
    }


def _same_comments(before: "pd.DataFrame | None", now: "pd.DataFrame") -> bool:
    """Whether labels made of the one stand for the other: the same texts, counted the same way."""
    columns = ["comment_id", "text", "source", "role", "status", "reason"]
    if before is None or len(before) != len(now):
        return False
    then, after = (
        table[columns].sort_values("comment_id", ignore_index=True) for table in (before, now)
    )
    return bool(then.equals(after))


def _as_it_is(project: "Project", reading: bool) -> "tuple[Settings, pd.DataFrame | None]":
    """The project's settings and comments; those of a new one where it does not exist yet."""
    from coder.errors import CoderError
    from coder.project import PROJECT_SUFFIX, Settings

    if not project.exists:
        name = project.folder.resolve().name.removesuffix(PROJECT_SUFFIX)
        return Settings(name=name or "comments"), None
    settings = project.settings()
    if reading and not project.comments_path.is_file():
        return settings, None
    try:
        return settings, project.comments
    except CoderError as error:
        files = (
            " ".join(dict.fromkeys(quoted(source.file) for source in settings.sources)) or "FILE"
        )
        raise CoderError(
            error.problem,
            f"Delete {project.comments_path} and read its files again: coder read {files} --into {quoted(project.folder)}",
        ) from error


def _say_columns(printer: "Printer", result: "ReadResult") -> None:
    rows = len(result.comments)
    printer.say(
        f"{Path(result.path).name}: {rows:,} row{'s' if rows != 1 else ''} ({result.described})",
        style="bold",
    )
    taken = [f"{role} = {column} ({why})" for role, column, why in result.chosen]
    printer.say(f"  {'; '.join(taken)}")
    if result.attributes:
        shown = ", ".join(result.attributes[:ATTRIBUTES_SHOWN])
        more = len(result.attributes) - ATTRIBUTES_SHOWN
        printer.say(f"  about the respondents: {shown}{f' and {more:,} more' if more > 0 else ''}")


def _say_ledger(printer: "Printer", account: "pd.DataFrame") -> None:
    """Received, the reasons that occur, analysed, a row a source; every row adds up."""
    import shutil

    from coder.tables import REASONS

    if len(account) == 2:
        account = account.iloc[:1]  # one source: the total says nothing more
    reasons = [reason for reason in REASONS if int(account[f"excluded_{reason}"].sum())]
    heads = ["source", "received", *(reason.replace("_", "-") for reason in reasons), "analysed"]
    widest = max(len(str(name)) for name in account["source"])
    wide: tuple[str, ...] = ()
    if (
        widest + sum(len(head) + 3 for head in heads[1:]) + 2
        <= shutil.get_terminal_size((80, 24)).columns
    ):
        columns = ["source", "received", *(f"excluded_{reason}" for reason in reasons), "analysed"]
        rows = [[_figure(row[name]) for name in columns] for _, row in account.iterrows()]
    else:  # too many reasons to stand side by side
        heads, wide = (
            ["source", "received", "excluded", "analysed", "excluded as"],
            ("excluded as",),
        )
        rows = []
        for _, row in account.iterrows():
            found = {reason: int(row[f"excluded_{reason}"]) for reason in reasons}
            why = "\n".join(f"{n:,} {reason.replace('_', '-')}" for reason, n in found.items() if n)
            figures = (row["received"], sum(found.values()), row["analysed"])
            rows.append([row["source"], *map(_figure, figures), why])
    printer.table(
        rows,
        heads,
        title="What counts",
        right=[h for h in heads[1:] if h != "excluded as"],
        wide=wide,
    )


def _figure(value: object) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _facts(result: "ReadResult") -> dict[str, Any]:
    return {
        "file": result.path,
        "described": result.described,
        "rows": len(result.comments),
        "columns": [
            {"role": role, "column": column, "why": why} for role, column, why in result.chosen
        ],
        "attributes": list(result.attributes),
    }
