"""`coder codebook check`, `schema`, `diff`, `from`, `to`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.cli.options import Json, Quiet
from coder.errors import quoted

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.codebook import Change, Codebook

QDC = ".qdc"
app = typer.Typer(
    help="Check codebooks and write their schema.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The codebook (YAML).", metavar="FILE")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read a codebook the way the other commands do and say all that is wrong, by line."""
    from coder.cli.printer import Printer
    from coder.codebook import read_codebook

    printer = Printer(as_json=as_json, quiet=quiet)
    book = read_codebook(file)
    printer.facts = {
        "file": str(file),
        "title": book.title,
        "version": book.version,
        "fingerprint": book.fingerprint,
        "themes": [
            {
                "id": place.theme.id,
                "parent_id": place.parent_id,
                "keywords": len(place.theme.keywords),
            }
            for place in book.nodes
        ],
    }
    printer.table(
        [
            (
                "  " * place.depth + place.theme.id,
                place.theme.name,
                len(place.theme.keywords),
                len(place.theme.examples),
                ", ".join(position.id for position in place.theme.positions),
            )
            for place in book.nodes
        ],
        ("id", "theme", "keywords", "examples", "positions"),
        title=f"{book.title}, version {book.version}",
        right=("keywords", "examples"),
        wide=("theme",),
        whole=("id", "positions"),
    )
    doubled = _doubled(book)
    printer.facts["warnings"] = doubled
    for warning in doubled:
        printer.warn(warning)
    bare = [theme.id for theme in book.active if not theme.keywords]
    if bare:
        printer.say(
            f"{len(bare)} of {len(book.active)} themes have no keywords ({', '.join(bare[:8])}"
            f"{' ...' if len(bare) > 8 else ''}). Four to ten words that people use make the first coding much better."
        )
    printer.say(f"No faults. Use it: coder apply FILE --codebook {quoted(file)}")
    printer.finish()


def _doubled(book: "Codebook") -> list[str]:
    """Names and keywords that several themes share: no fault, but the model cannot tell by them."""
    from coder.text import normal_key

    found: dict[tuple[str, str], dict[str, str]] = {}
    for theme in book.active:
        words = [
            *theme.keywords,
            *(word for position in theme.positions for word in position.keywords),
        ]
        for kind, text in (("name", theme.name), *(("keyword", word) for word in words)):
            found.setdefault((kind, normal_key(text)), {}).setdefault(theme.id, text)
    return [
        f"The {kind} {next(iter(where.values()))!r} stands in {len(where)} themes: {', '.join(where)}."
        for (kind, _), where in found.items()
        if len(where) > 1
    ]


@app.command("schema")
def schema(
    to: Annotated[
        Path | None,
        typer.Option("--to", help="File to write; printed when left out.", metavar="FILE"),
    ] = None,
) -> None:
    """Write the JSON Schema of a codebook, for editors that complete and check while typing."""
    import sys

    from coder.codebook import codebook_schema
    from coder.files import write_text

    if to is None:
        sys.stdout.write(codebook_schema())
    else:
        write_text(to, codebook_schema())


@app.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="The codebook as it was.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The codebook as it is now.", metavar="NEW")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what changed, what becomes of the decisions, and how many comments must be looked at again."""
    from coder.cli.printer import Printer
    from coder.codebook import compare_codebooks, read_codebook
    from coder.decisions import decisions_folder, effects_of_change, read_decisions

    printer = Printer(as_json=as_json, quiet=quiet)
    then, now = read_codebook(old), read_codebook(new)
    changes = compare_codebooks(then, now)
    beside = next((path for path in (new, old) if decisions_folder(path).is_dir()), new)
    stored = read_decisions(beside)
    for note in stored.notes:
        printer.warn(note)
    table = effects_of_change(stored.decisions, then, now)
    effects = {
        str(row["theme_id"]): {str(k): v for k, v in row.items()}
        for row in table.to_dict("records")
    }
    printer.facts = {
        "old": str(old),
        "new": str(new),
        "decisions": str(decisions_folder(beside)),
        "changes": [change._asdict() | effects[change.theme_id] for change in changes],
        "again": {row["theme_id"]: row["again"] for row in effects.values() if row["again"]},
    }
    if not changes:
        printer.say("No theme changed.")
        printer.finish()
        return
    rows = [
        (
            change.kind,
            change.theme_id,
            ", ".join(b for b in change.before if b != change.theme_id),
            *(effects[change.theme_id][name] for name in ("judged", "carried", "kept", "again")),
        )
        for change in changes
    ]
    columns = ("change", "theme", "before", "judged", "carried", "kept", "look again")
    printer.table(
        rows, columns, title=f"{old} and {new}", right=columns[3:], whole=("theme", "before")
    )
    for change in changes:
        for detail in change.details:
            printer.say(f"  {change.theme_id}: {detail}")
    _say_what_to_do(printer, changes, effects, then.version == now.version, beside)
    printer.finish()


def _say_what_to_do(
    printer: "Printer",
    changes: "list[Change]",
    effects: dict[str, dict[str, Any]],
    same: bool,
    beside: Path,
) -> None:
    for change in changes:
        judged, carried = effects[change.theme_id]["judged"], effects[change.theme_id]["carried"]
        if change.kind == "removed":
            printer.warn(
                f"{change.theme_id} is gone and no theme says `was: [{change.theme_id}]`: its decisions in {judged:,} "
                f"comments ({carried:,} with the theme) are kept but count nowhere. Say what it became, or set "
                "`retired: true` on it."
            )
        elif change.kind in ("changed", "merged", "renamed") and any(
            detail.startswith(("definition", "includes", "excludes")) for detail in change.details
        ):
            printer.say(
                f"{change.theme_id}: {judged:,} comments ({carried:,} with the theme) were judged by the former "
                "wording. Where the meaning changed, split it off under a new id instead, or look at them again."
            )
    again = max((effect["again"] for effect in effects.values()), default=0)
    printer.say(
        "judged: comments with a decision on the theme. carried: of these, with the theme. kept: still judged."
    )
    if again:
        printer.say(
            f"Up to {again:,} comments wait to be looked at again: coder review offers them, for those themes only."
        )
    if same:
        printer.say(
            "The version is the same in both: raise it, so that labels say which one they were made with."
        )
    printer.say(f"No decision is rewritten: {beside.stem}.decisions stays as it is.")


@app.command("from")
def from_(
    file: Annotated[
        Path,
        typer.Argument(
            help="Candidates that `coder cluster` drafted (.yaml), or another program's codebook (.qdc).",
            metavar="FILE",
        ),
    ],
    into: Annotated[
        Path,
        typer.Option(
            "--into",
            "--to",
            help="Codebook that takes them; made where there is none.",
            metavar="FILE.yaml",
        ),
    ],
    themes: Annotated[
        str,
        typer.Option("--themes", help="Ids of the themes to take, with commas; all when left out."),
    ] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Take themes into a codebook, candidates or a REFI-QDA file's; its own lines and order stay as they are."""
    from coder.cli.printer import Printer
    from coder.clustering.adopt import add_to_file, chosen_themes
    from coder.codebook import Codebook, read_codebook

    printer = Printer(as_json=as_json, quiet=quiet)
    _refuse_same(file, into, (".yaml", ".yml"))
    exchanged = file.suffix.lower() == QDC
    found = _read_qdc(file) if exchanged else read_codebook(file)
    chosen = chosen_themes(found, [part.strip() for part in themes.split(",") if part.strip()])
    renamed: dict[str, str] = {}
    if into.exists():
        renamed = add_to_file(into, chosen)
    else:
        title = found.title.removeprefix("Candidates: ")
        facts = {"title": title, "question": found.question, "language": found.language}
        _write_checked(Codebook.model_validate({**facts, "themes": chosen}), into, file)
    ids = [renamed.get(theme.id, theme.id) for theme in chosen]
    for old, new in renamed.items():
        printer.say(f"{old} is an id that {into.name} has already: the new theme is {new}.")
    printer.say(f"{into}: took in {', '.join(ids)}.")
    if exchanged:
        printer.say(
            "A .qdc says nothing of the title, version, question and language: set them in the file."
        )
        printer.say(f"Then: coder codebook check {into}")
    else:
        printer.say(f"Give each a definition, then: coder codebook check {into}")
    printer.facts = {"into": str(into), "themes": ids, "renamed": renamed}
    printer.finish()


@app.command("to")
def to(
    file: Annotated[Path, typer.Argument(help="The codebook (YAML).", metavar="FILE.yaml")],
    out: Annotated[Path, typer.Argument(help="REFI-QDA codebook to write.", metavar="OUT.qdc")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a codebook for NVivo, MAXQDA, ATLAS.ti or QualCoder (REFI-QDA, .qdc)."""
    from coder.cli.printer import Printer
    from coder.codebook import read_codebook
    from coder.exporting.refi_qda import codebook_bytes
    from coder.files import new_file

    printer = Printer(as_json=as_json, quiet=quiet)
    _refuse_same(file, out, (QDC,))
    book = read_codebook(file)
    with new_file(out) as temporary:
        temporary.write_bytes(codebook_bytes(book))
    printer.say(
        f"Written: {out} ({len(book.nodes)} themes; title, version and question have no place in it)"
    )
    printer.facts = {
        "file": str(file),
        "to": str(out),
        "themes": [place.theme.id for place in book.nodes],
    }
    printer.finish()


def _refuse_same(file: Path, out: Path, suffixes: tuple[str, ...]) -> None:
    """Refuse a file to write that is no such file, or the one that is read."""
    from coder.errors import CoderError

    if out.suffix.lower() not in suffixes:
        raise CoderError(
            f"{out}: its name must end in {' or '.join(suffixes)}",
            f"Such as {out.stem}{suffixes[0]}",
        )
    if out.exists() and file.exists() and out.samefile(file):
        raise CoderError(f"{out}: is the file that is read", "Choose another name to write.")


def _read_qdc(file: Path) -> "Codebook":
    from pydantic import ValidationError

    from coder.errors import CoderError
    from coder.exporting.refi_qda import read_qdc

    try:
        return read_qdc(file)
    except (ValidationError, TypeError) as error:
        # Only the line that our own export leaves in a description can say what a theme cannot hold.
        problems = error.errors() if isinstance(error, ValidationError) else []
        what = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in problems[:5]
        ) or str(error)
        raise CoderError(
            f"{file}: a code's line “[coder] …” was changed and cannot be read ({what})",
            "Delete that line from the code's description in your program and export the codebook again.",
        ) from error


def _write_checked(book: "Codebook", into: Path, file: Path) -> None:
    """Write a new codebook that reads back without fault, or nothing."""
    from coder.codebook import codebook_yaml, read_codebook
    from coder.errors import CoderError
    from coder.files import new_file

    with new_file(into) as temporary:
        temporary.write_text(codebook_yaml(book), encoding="utf-8", newline="\n")
        try:
            read_codebook(temporary)
        except CoderError as error:
            problem = error.problem.replace(str(temporary), f"{file}, as {into.name}")
            raise CoderError(
                problem, f"Correct it where {file.name} comes from. Nothing was written."
            ) from error
