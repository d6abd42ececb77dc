"""The options of `coder export`; the formats in their help come from the table of writers."""

from pathlib import Path
from typing import Annotated

import typer

from coder.exporting.writers import PACK, REVIEW_SHEET, WRITERS, suffixes_with_comments

WITH_COMMENTS = ", ".join([*suffixes_with_comments(), REVIEW_SHEET])
TO_HELP = (
    "File to write (repeat); its suffix chooses the format from the list below. For the tables "
    f"of a pack, a folder. {WITH_COMMENTS} hold the comments: share these files with care."
)
FORMATS = {writer.suffix: writer.purpose for writer in WRITERS} | {
    PACK: "an audit pack: the tables and all that they were made from",
    REVIEW_SHEET: f"a sheet to review in; also NAME.{REVIEW_SHEET}",
}
WIDEST = max(map(len, FORMATS))
# Click keeps the lines of a paragraph that begins with \b.
FORMATS_HELP = "\b\nFormats:\n" + "\n".join(
    f"  {suffix:<{WIDEST}}  {purpose}" for suffix, purpose in FORMATS.items()
)
Target = Annotated[
    Path,
    typer.Argument(
        help="A project folder, a file of comments, or an audit pack.",
        metavar="PROJECT|FILE|PACK",
    ),
]
To = Annotated[list[Path] | None, typer.Option("--to", help=TO_HELP, metavar="FILE")]
CodebookFile = Annotated[
    Path | None,
    typer.Option(
        "--codebook", help="The codebook (YAML). A pack holds its own.", metavar="FILE"
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by", help="Column to break the themes down by (repeat).", metavar="COL"
    ),
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
    int,
    typer.Option(
        "--minimum-base",
        min=1,
        help="No percentage on fewer comments than this.",
        metavar="N",
    ),
]
MinimumCell = Annotated[
    int,
    typer.Option(
        "--minimum-cell", min=0, help="Hide smaller counts in breakdowns.", metavar="N"
    ),
]
Correction = Annotated[
    str,
    typer.Option(
        "--correction",
        help="Correction for multiple comparisons: Holm or false discovery rate.",
        metavar="holm|fdr",
    ),
]
Threshold = Annotated[
    str,
    typer.Option(
        "--threshold",
        help="Leave out main themes smaller than this: 50 or 5%.",
        metavar="N|N%",
    ),
]
Quotes = Annotated[
    int,
    typer.Option(
        "--quotes", min=0, max=20, help="Most quotes for each theme.", metavar="N"
    ),
]
PoolDiscussion = Annotated[
    bool,
    typer.Option(
        "--pool-discussion",
        help="Count comments of discussion pages together with survey answers.",
    ),
]
ReviewerError = Annotated[
    bool,
    typer.Option(
        "--reviewer-error",
        help="Intervals cover what other reviewers would have counted too.",
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
    bool,
    typer.Option(
        "--without-text", help="Leave the comments' texts out of an audit pack."
    ),
]
Reviewer = Annotated[
    str,
    typer.Option(
        "--reviewer",
        help="Whose review sheet it is; their decisions are shown.",
        metavar="NAME",
    ),
]
Blind = Annotated[
    bool, typer.Option("--blind", help="A review sheet without suggestions.")
]
SheetSample = Annotated[
    int | None,
    typer.Option(
        "--sample",
        help="A review sheet of the first N comments of the random order.",
        metavar="N",
    ),
]
SheetDouble = Annotated[
    str | None,
    typer.Option(
        "--double",
        help="A blind review sheet of a share of what others decided: 20%.",
        metavar="PERCENT",
    ),
]
SheetAdjudicate = Annotated[
    bool,
    typer.Option(
        "--adjudicate",
        help="A review sheet of what reviewers judged differently.",
    ),
]
