"""`coder codebook check`, `schema`."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.common import Json, Quiet

app = typer.Typer(help="Check codebooks and write their schema.", no_args_is_help=True, rich_markup_mode=None)


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The codebook (YAML).", metavar="FILE")],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read a codebook the way the other commands do and say all that is wrong, by line."""
    from coder.cli.console import Printer
    from coder.codebook import read_codebook

    printer = Printer(as_json=as_json, quiet=quiet)
    book = read_codebook(file)
    printer.facts = {
        "file": str(file),
        "title": book.title,
        "version": book.version,
        "fingerprint": book.fingerprint,
        "themes": [
            {"id": place.theme.id, "parent_id": place.parent_id, "keywords": len(place.theme.keywords)}
            for place in book.placed
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
            for place in book.placed
        ],
        ("id", "theme", "keywords", "examples", "positions"),
        title=f"{book.title}, version {book.version}",
        right=("keywords", "examples"),
        wide=("theme",),
    )
    bare = [theme.id for theme in book.active if not theme.keywords]
    if bare:
        printer.say(
            f"{len(bare)} of {len(book.active)} themes have no keywords ({', '.join(bare[:8])}"
            f"{' ...' if len(bare) > 8 else ''}). Four to ten words that people use make the first coding much better."
        )
    printer.say(f"No faults. Use it: coder apply FILE --codebook {file}")
    printer.finish()


@app.command("schema")
def schema(
    to: Annotated[
        Path | None, typer.Option("--to", help="File to write; printed when left out.", metavar="FILE")
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
