"""`coder export`: theme tables, audit packs, review sheets, and tables rebuilt from a pack."""

from typing import TYPE_CHECKING

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
)
from coder.cli.read_out_options import (
    Characteristics,
    Draft,
    Equality,
    Population,
    Quality,
    Template,
)
from coder.cli.review_options import Assigned

if TYPE_CHECKING:
    from coder.workflow.unchanged import Done


def export(
    target: Target,
    to: To = None,
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
    equality: Equality = False,
    characteristic: Characteristics = None,
    population: Population = None,
    quality: Quality = False,
    draft: Draft = False,
    template: Template = None,
    without_text: WithoutText = False,
    sign: Sign = None,
    encrypt_to: EncryptTo = None,
    passphrase: Passphrase = False,
    passphrase_file: PassphraseFile = None,
    identity: Identity = None,
    reviewer: Reviewer = "",
    assigned: Assigned = "",
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
    typed = dict(locals())
    from coder.cli.export_run import run_export

    return run_export(typed)
