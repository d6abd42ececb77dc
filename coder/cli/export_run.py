"""What `coder export` does with what was typed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from coder.cli.export_questions import OPTIONS
from coder.cli.pack_options import pack_opening, pack_options
from coder.cli.review_checks import share_of

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.reporting import Options
    from coder.workflow.unchanged import Done

OF_PACK = ("sign", "encrypt_to", "passphrase", "passphrase_file")


def run_export(typed: Mapping[str, Any]) -> "Done":
    """Run the command with what was typed, by the names of its parameters."""
    from coder.cli.export_table import print_outcome
    from coder.workflow.export import SheetOptions
    from coder.workflow.export import export as export_files
    from coder.workflow.read_outs import ReadOutOptions
    from coder.workflow.target import Columns

    target, codebook = typed["target"], typed["codebook"]
    pack = pack_options(target, *_some(typed, OF_PACK))
    to = pack.name_files(_named_files(typed))
    is_printed = (typed["as_json"], typed["quiet"])
    printer, warned = _open_printer(target, codebook, to, *is_printed)
    sample = (typed["sample"], share_of(typed["double"]))
    others = (typed["adjudicate"], typed["seed"], typed["assigned"])
    characteristics = tuple(typed["characteristic"] or ())
    population = typed["population"]
    asked = (typed["equality"], typed["quality"], characteristics, population)
    columns = (typed["text"], typed["id_"], typed["source"], typed["weight"])
    outcome = export_files(
        target,
        *to,
        codebook=codebook,
        options=_options(typed),
        before=typed["before"],
        sheet=SheetOptions(typed["reviewer"], typed["blind"], *sample, *others),
        read_out=ReadOutOptions(*asked),
        template=typed["template"],
        without_text=typed["without_text"],
        pack=pack,
        opening=pack_opening("", typed["identity"], typed["passphrase_file"]),
        draft=typed["draft"],
        columns=Columns(*columns, typed["attribute"] or None, typed["question"]),
    )
    return print_outcome(outcome, printer, warned=warned)


def _named_files(typed: Mapping[str, Any]) -> list[Path]:
    """The files to write.

    Raises:
        MissingParameter: none is named, and no draft is asked for.
    """
    files = list(typed["to"] or ())
    if not files and not typed["draft"]:
        from click import MissingParameter

        raise MissingParameter(param_hint="'--to'", param_type="option")
    return files


def _some(typed: Mapping[str, Any], names: tuple[str, ...]) -> list[Any]:
    return [typed[name] for name in names]


def _options(typed: Mapping[str, Any]) -> "Options":
    from coder.reporting import Options

    chosen = {name: typed[name] for name in OPTIONS}
    return Options(by=tuple(typed["by"] or ()), **chosen)


def _open_printer(
    target: Path, codebook: Path | None, to: Sequence[Path], as_json: bool, quiet: bool
) -> "tuple[Printer, int]":
    """A printer, and how many warnings it printed of files with a row a person.

    Raises:
        BadParameter: a codebook is needed.
    """
    from coder.cli.printer import Printer
    from coder.workflow.export import is_pack_file, warn_of_rows

    if codebook is None and not is_pack_file(target):
        problem = "a codebook is needed: --codebook FILE"
        raise typer.BadParameter(problem, param_hint="--codebook")
    printer = Printer(as_json=as_json, quiet=quiet)
    warnings = warn_of_rows(to)
    for warning in warnings:  # before anything is written
        printer.warn(warning)
    return printer, len(warnings)
