"""Gold sets: comments with answers that are held to be right, from a table or from what was
settled.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.decisions import Decision, drop_undone, read_documents, store_document
from coder.decisions.table import RowAnswers, read_decision_table
from coder.decisions.table_grid import short_name
from coder.decisions.training import GoldComment, GoldSet
from coder.errors import CoderError, did_you_mean, option
from coder.reviewing.record import Record
from coder.text import quoted_cell, text_hash

if TYPE_CHECKING:
    import pandas as pd

SETTLED = "settled"  # in place of a file: the comments that were adjudicated
WHY = "why"  # the column with an explanation; `why drugs` explains one theme


def read_gold(
    source: "pd.DataFrame | Path",
    codebook: Codebook,
    texts: Mapping[str, str],
    ids: Mapping[str, str],
    project: str,
) -> GoldSet:
    """A gold set from a table of decisions (see `decisions.table`).

    Its columns `why` and `why THEME` hold explanations, and its column `text` the comments that
    are not the project's own.

    Args:
        texts: the project's comments by id.
        ids: other names of comments, such as respondents, to their ids.
        project: its name.

    Raises:
        CoderError: it is not a table, cells are faulty, or nothing is judged in it.
    """
    table = read_decision_table(
        source,
        codebook,
        texts=texts,
        ids=ids,
        pass_over_retired=True,
        own_texts=True,
    )
    name = short_name(source)
    if not table.rows:
        raise CoderError(
            f"{name}: no row of it judges a theme",
            "Fill in one row at least. Where there is a column done, rows need yes in it.",
        )
    explained = _explained_themes(name, table.unused, codebook)
    comments: dict[str, GoldComment] = {}
    for row in table.rows:
        text = texts.get(row.comment_id, row.others["text"])
        one = _gold_comment(row, text, explained)
        if row.comment_id in comments:
            one = _joined(comments[row.comment_id], one)
        comments[row.comment_id] = one
    return GoldSet(project=project, name=name, comments=tuple(comments.values()))


def _explained_themes(
    name: str,
    columns: Iterable[str],
    codebook: Codebook,
) -> dict[str, str]:
    """Column to the theme that it explains."""
    explained = {}
    for column in columns:
        first, _, theme = column.partition(" ")
        if first.rstrip(":").casefold() != WHY or not theme:
            continue
        theme_id = codebook.current_ids.get(theme.strip(), "")
        if theme_id not in codebook.theme_ids:
            offer = did_you_mean(theme.strip(), codebook.theme_ids)
            raise CoderError(
                f"{name}: column {quoted_cell(column)}: the codebook has no theme "
                f"{quoted_cell(theme)}",
                offer,
            )
        explained[column] = theme_id
    return explained


def _gold_comment(
    row: RowAnswers,
    text: str,
    explained: Mapping[str, str],
) -> GoldComment:
    whys = {}
    for column, theme_id in explained.items():
        if row.others.get(column):
            whys[theme_id] = row.others[column]
    return GoldComment(
        comment_id=row.comment_id,
        text=text,
        text_hash=text_hash(text),
        scope=tuple(t for t in row.scope if t not in row.unsure),
        themes=row.themes,
        why=row.others.get(WHY, "") or row.note,
        whys=whys,
    )


def _joined(one: GoldComment, other: GoldComment) -> GoldComment:
    """The answers of two rows about different themes of one comment."""
    why = "\n".join(filter(None, (one.why, other.why)))
    return one.model_copy(
        update={
            "scope": one.scope + other.scope,
            "themes": {**one.themes, **other.themes},
            "why": why,
            "whys": {**one.whys, **other.whys},
        }
    )


# ---------------------------------------------------------------- what was settled


def settled_gold(
    record: Record,
    decisions: Iterable[Decision],
    codebook: Codebook,
    texts: Mapping[str, str],
    project: str,
) -> GoldSet:
    """The comments in which somebody settled a dispute, with what stands; the adjudicators' notes
    explain it.

    Args:
        record: of the project.
        decisions: the same.
        texts: the comments as they are now, by id.

    Raises:
        CoderError: nothing was settled.
    """
    comments = []
    for comment_id, notes in _settled(decisions, project).items():
        if comment_id not in texts:
            continue
        one = _standing_comment(record, codebook, comment_id, texts[comment_id])
        if one.scope:
            comments.append(one.model_copy(update={"why": "\n".join(notes)}))
    if not comments:
        raise CoderError(
            f"{option('train', SETTLED)}: no dispute was settled in this project",
            f"Settle some with {option('adjudicate')}, or name a table of comments with answers.",
        )
    return GoldSet(project=project, name=SETTLED, comments=tuple(comments))


def _settled(decisions: Iterable[Decision], project: str) -> dict[str, list[str]]:
    """Comment to the notes of those who settled a dispute on it, in the order of ids."""
    notes: dict[str, list[str]] = {}
    for decision in drop_undone(decisions):
        if decision.project == project and decision.adjudicates:
            of_comment = notes.setdefault(decision.comment_id, [])
            if decision.note:
                of_comment.append(decision.note)
    return dict(sorted(notes.items()))


def _standing_comment(
    record: Record,
    codebook: Codebook,
    comment_id: str,
    text: str,
) -> GoldComment:
    scope, themes = [], {}
    for theme_id in codebook.theme_ids:
        standing = record.stands(comment_id, theme_id)
        if standing is None or standing.is_unresolved:
            continue
        scope.append(theme_id)
        if standing.present:
            themes[theme_id] = standing.positions
    return GoldComment(
        comment_id=comment_id,
        text=text,
        text_hash=text_hash(text),
        scope=tuple(scope),
        themes=themes,
    )


# ---------------------------------------------------------------- stored sets


def keep_gold(folder: Path, gold: GoldSet) -> GoldSet:
    """Write a gold set down with the decisions, once, however often the same is read.

    Args:
        folder: of the decisions.

    Returns:
        The stored one.

    Raises:
        CoderError: the folder cannot be written, or a file in it is damaged.
    """
    for stored in reversed(read_documents(folder, GoldSet)):
        same = {"made_at": stored.made_at, "reviewer": stored.reviewer}
        if stored == gold.model_copy(update=same):
            return stored
    store_document(folder, gold)
    return gold


def without_own(
    comments: Sequence[GoldComment],
    record: Record,
    reviewer: str,
) -> list[GoldComment]:
    """The comments that a reviewer has not decided or settled themselves."""
    others = []
    for comment in comments:
        if not record.standing_of(comment.comment_id, reviewer):
            others.append(comment)
    return others
