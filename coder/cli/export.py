"""`coder export`: theme tables, audit packs, review sheets, and tables rebuilt from a pack."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from coder.cli.export_options import (
    Before,
    Blind,
    By,
    Campaigns,
    CodebookFile,
    Correction,
    MinimumBase,
    MinimumCell,
    PoolDiscussion,
    Quotes,
    Reviewer,
    ReviewerError,
    SheetAdjudicate,
    SheetDouble,
    SheetSample,
    Target,
    Threshold,
    To,
    WithoutText,
)
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
)
from coder.cli.pack_options import (
    EncryptTo,
    Identity,
    Passphrase,
    PassphraseFile,
    Sign,
    pack_opening,
    pack_options,
)
from coder.cli.review_options import share_of

if TYPE_CHECKING:
    from coder.cli.printer import Printer
    from coder.workflow.unchanged import Done


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
    reviewer_error: ReviewerError = False,
    before: Before = None,
    without_text: WithoutText = False,
    sign: Sign = None,
    encrypt_to: EncryptTo = None,
    passphrase: Passphrase = False,
    passphrase_file: PassphraseFile = None,
    identity: Identity = None,
    reviewer: Reviewer = "",
    blind: Blind = False,
    sample: SheetSample = None,
    double: SheetDouble = None,
    adjudicate: SheetAdjudicate = False,
    text: Text = None,
    id_: Id = None,
    source: SourceColumn = None,
    weight: Weight = None,
    attribute: Attribute = None,
    question: Question = "",
    seed: Seed = 0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> "Done":
    """Write the theme table with bases, intervals and quotes, and any breakdowns."""
    from coder.cli.export_table import print_outcome
    from coder.reporting import Options
    from coder.workflow.export import SheetOptions
    from coder.workflow.export import export as export_files
    from coder.workflow.target import Columns

    pack = pack_options(target, sign, encrypt_to, passphrase, passphrase_file)
    to = pack.name_files(to)
    printer, warned = _open_printer(target, codebook, to, as_json, quiet)
    counted = (pool_discussion, reviewer_error, seed)
    shown: Any = (campaigns, minimum_base, minimum_cell, correction, threshold, quotes)
    outcome = export_files(
        target,
        *to,
        codebook=codebook,
        options=Options(tuple(by or ()), *(shown + counted)),
        before=before,
        sheet=SheetOptions(reviewer, blind, sample, share_of(double), adjudicate, seed),
        without_text=without_text,
        pack=pack,
        opening=pack_opening("", identity, passphrase_file),
        columns=Columns(text, id_, source, weight, attribute or None, question),
    )
    return print_outcome(outcome, printer, warned=warned)


def _open_printer(
    target: Path, codebook: CodebookFile, to: To, as_json: bool, quiet: bool
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
