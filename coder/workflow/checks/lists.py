"""The lists that a reading writes, `campaigns.csv` and `repeats.csv`, and the analyst's own
`quotes.yaml`: that they are of this project's comments.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from coder import tables
from coder.errors import CoderError, command
from coder.stored import read_rows
from coder.text import count, name_some
from coder.workflow.checks.result import (
    CheckResult,
    ProjectContents,
    faults_of_error,
)
from coder.workflow.read_files import CAMPAIGNS, REPEATS

if TYPE_CHECKING:
    from coder.reporting.quotes_file import PinnedQuote, QuoteChoices

QUOTES = "quotes.yaml"
SAME_AS = "same_as"  # column of the comments: the one that each repeats
Cells = dict[str, str]


def check_lists(contents: ProjectContents) -> list[CheckResult]:
    """The lists that there are; in a project of several questions each has its own."""
    if contents.comments is None:
        return []
    results: list[CheckResult] = []
    results += _check_list(CAMPAIGNS, tables.CAMPAIGNS, _campaign_faults, contents)
    results += _check_list(REPEATS, tables.REPEATS, _repeat_faults, contents)
    return results


def _check_list(
    name: str,
    table: tables.Table,
    find_faults: Callable[[Sequence[Cells], ProjectContents], list[str]],
    contents: ProjectContents,
) -> list[CheckResult]:
    path = contents.project.folder / name
    if not path.exists():
        return []
    again = f"Write it again: {command('read', contents.project.home)}"
    try:
        rows = [row.cells for row in read_rows(path, table.columns, again)]
    except CoderError as error:
        return [CheckResult(name, "cannot be read", faults_of_error(error))]
    faults = [f"{fault}. {again}" for fault in find_faults(rows, contents)]
    return [CheckResult(name, count(len(rows), "row"), tuple(faults))]


def _campaign_faults(rows: Sequence[Cells], contents: ProjectContents) -> list[str]:
    """Campaigns on one side only, and comments that are named and unknown."""
    comments = contents.comments
    if comments is None or "campaign_id" not in comments.columns:
        return []
    joined = set(comments["campaign_id"].dropna()) - {""}
    listed = {row["campaign_id"] for row in rows}
    apart = {row["campaign_id"] for row in rows if row["decision"] == "apart"}
    faults = []
    if joined - listed:
        campaigns = count(len(joined - listed), "campaign")
        faults.append(f"it lacks {campaigns} of the comments")
    if listed - apart - joined:
        campaigns = count(len(listed - apart - joined), "campaign")
        faults.append(f"it has {campaigns} that no comment belongs to")
    return faults + _unknown((row["differs_in"] for row in rows), contents)


def _repeat_faults(rows: Sequence[Cells], contents: ProjectContents) -> list[str]:
    """Comments that are named and unknown, and repeats that are not named."""
    comments = contents.comments
    named = {_bare(row["comment_id"], contents) for row in rows}
    faults = []
    if comments is not None and SAME_AS in comments.columns:
        is_repeat = comments[SAME_AS].fillna("") != ""
        missing = sorted(set(comments.loc[is_repeat, "comment_id"]) - named)
        if missing:
            repeats = count(len(missing), "comment")
            faults.append(f"it lacks {repeats}: {name_some(missing)}")
    names = [row[column] for row in rows for column in ("comment_id", SAME_AS)]
    return faults + _unknown(names, contents)


def _unknown(comment_ids: Iterable[str], contents: ProjectContents) -> list[str]:
    bare = {_bare(comment_id, contents) for comment_id in comment_ids}
    unknown = sorted(bare - contents.texts.keys() - {""})
    if not unknown:
        return []
    comments = count(len(unknown), "comment")
    return [f"it names {comments} that the project does not have: {name_some(unknown)}"]


def _bare(comment_id: str, contents: ProjectContents) -> str:
    """An id without the apostrophe that protects spreadsheets from formulas."""
    if comment_id in contents.texts:
        return comment_id
    return comment_id.removeprefix("'")


# ---------------------------------------------------------------- quotes.yaml


def check_quotes(contents: ProjectContents) -> list[CheckResult]:
    """`quotes.yaml`, where there is one: of comments and themes that there are."""
    from coder.reporting.quotes_file import read_choices

    path = contents.project.folder / QUOTES
    if contents.comments is None or not path.exists():
        return []
    try:
        choices = read_choices(path)
    except CoderError as error:
        return [CheckResult(QUOTES, "cannot be read", faults_of_error(error))]
    named = [*choices.drop, *(pin.comment for pin in choices.pin)]
    faults = _unknown(named, contents)
    other = [pin.comment for pin in choices.pin if not _is_quote(pin, contents)]
    if other:
        quotes = count(len(other), "quote")
        faults.append(f"{quotes} not in the text of the comment: {name_some(other)}")
    themes = _unknown_themes(choices, contents)
    if themes:
        faults.append(
            f"it has themes that the codebook does not have: {name_some(themes)}"
        )
    correct = f". Correct {path}"
    content = f"{len(choices.pin)} pinned, {len(choices.drop)} dropped"
    return [CheckResult(QUOTES, content, tuple(fault + correct for fault in faults))]


def _is_quote(pin: "PinnedQuote", contents: ProjectContents) -> bool:
    """Whether the words are of the comment; True where that cannot be told."""
    from coder.reporting.pinned_quotes import place_of

    text = contents.texts.get(pin.comment)
    if text is None or not pin.quote:
        return True
    return place_of(pin.quote, text) is not None


def _unknown_themes(choices: "QuoteChoices", contents: ProjectContents) -> list[str]:
    if contents.codebook is None:
        return []
    themes = {pin.theme for pin in choices.pin}
    return sorted(themes - contents.codebook.current_ids.keys())
