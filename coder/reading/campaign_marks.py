"""Boilerplate and campaigns among comments that are marked, and what to tell the user of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder import tables
from coder.engine import Progress, silent
from coder.errors import option
from coder.reading.boilerplate import (
    Boilerplate,
    ComparedTexts,
    compare_texts,
    passages_of,
)
from coder.reading.campaigns import Comparison, find_campaigns
from coder.text import count, safe_text

TOGETHER, APART = "together", "apart"  # what can be decided on a campaign
BOILERPLATE_SHOWN = 3
CHARACTERS_SHOWN = 50


@dataclass(frozen=True)
class ComparedComments:
    """What of comments counts when they are compared, for each question alone.

    Attributes:
        rows: question to the rows of its comments.
        texts: question to what counts of them.
    """

    rows: Mapping[str, np.ndarray]
    texts: Mapping[str, ComparedTexts]

    @property
    def boilerplate(self) -> list[Boilerplate]:
        """That of all questions, commonest first."""
        blocks: list[Boilerplate] = []
        for compared in self.texts.values():
            blocks.extend(compared.boilerplate)
        return sorted(
            blocks,
            key=lambda block: (-block.comments, block.text),
        )

    @property
    def boilerplate_ids(self) -> set[str]:
        """Of what was found, and of what is a letter, since the user says so."""
        ids = {block.boilerplate_id for block in self.boilerplate}
        for compared in self.texts.values():
            ids |= compared.declared
        return ids

    def own_texts(
        self,
        comments: pd.DataFrame,
    ) -> list[str]:
        """Each comment without boilerplate where little is left then; else as written."""
        own = comments["text"].tolist()
        for question, compared in self.texts.items():
            for place, row in enumerate(self.rows[question].tolist()):
                own[row] = compared.own[place]
        return own

    def without_boilerplate(
        self,
        comments: pd.DataFrame,
    ) -> pd.DataFrame:
        """The comments with texts to compare them by."""
        if not self.boilerplate:
            return comments
        keys = comments["text"].tolist()
        for question, compared in self.texts.items():
            for place, row in enumerate(self.rows[question].tolist()):
                keys[row] = compared.keys[place]
        return comments.assign(
            text=pd.Series(
                keys,
                index=comments.index,
                dtype="str",
            )
        )


def compare_comments(
    comments: pd.DataFrame,
    questions: Sequence[str],
    decisions: Mapping[str, str],
) -> ComparedComments:
    """What of comments counts when they are compared.

    Args:
        questions: that each comment answers.
        decisions: id of a campaign, or of boilerplate, to whether its comments belong together.
    """
    together = [name for name, decision in decisions.items() if decision == TOGETHER]
    rows = dict(_rows_by_question(questions))
    texts: dict[str, ComparedTexts] = {}
    written = comments["text"].to_numpy(dtype=object)
    for question, own_rows in rows.items():
        texts[question] = compare_texts(
            written[own_rows].tolist(),
            question,
            together=together,
        )
    return ComparedComments(
        rows,
        texts,
    )


def _rows_by_question(questions: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
    asked = np.array(
        questions,
        dtype=object,
    )
    for question in sorted(set(questions)):
        yield question, np.flatnonzero(asked == question)


def campaign_members(
    marked: pd.DataFrame,
    compared: ComparedComments,
    decisions: Mapping[str, str],
    progress: Progress = silent,
) -> pd.DataFrame:
    """The analysed comments that belong to a campaign, as `find_campaigns` gives them."""
    is_analysed = (marked["status"] == tables.ANALYSED).to_numpy()
    members: list[pd.DataFrame] = []
    for question, texts in compared.texts.items():
        rows = compared.rows[question]
        is_wanted = is_analysed[rows]
        part = marked.iloc[rows[is_wanted]]
        comparison = Comparison(
            question,
            [texts.keys[place] for place in np.flatnonzero(is_wanted).tolist()],
            passages_of(texts.boilerplate),
            decisions,
            texts.index,
        )
        members.append(
            find_campaigns(
                part["text"].tolist(),
                part["comment_id"].tolist(),
                comparison=comparison,
                progress=progress,
            )
        )
    if not members:
        return find_campaigns(
            [],
            [],
        )
    return pd.concat(
        members,
        ignore_index=True,
    )


# ---------------------------------------------------------------- notes


def campaign_notes(
    members: pd.DataFrame,
    analysed: int,
) -> list[str]:
    """How many comments belong to campaigns, and what they come to counted both ways.

    Args:
        members: see `campaign_members`.
        analysed: comments.
    """
    is_apart = members["decision"] == APART
    counted = members[~is_apart]
    notes: list[str] = []
    if len(counted):
        campaigns = counted["campaign_id"].nunique()
        once = analysed - len(counted) + campaigns
        notes.append(
            f"{count(len(counted), 'comment')} belong to {count(campaigns, 'campaign')}: the same "
            "text, or nearly, sent by several people. campaigns.csv shows what each shares."
        )
        notes.append(
            f"Every letter of a campaign counts: {analysed:,} comments in all. With "
            f"{option('campaigns', 'once')}, exports count a campaign once: {once:,} in all."
        )
    if is_apart.any():
        taken = members[is_apart]
        notes.append(
            f"{count(len(taken), 'comment')} of "
            f"{count(taken['campaign_id'].nunique(), 'campaign')} count each for itself, because "
            "project.yaml takes the campaign apart."
        )
    return notes


def unknown_campaign_notes(
    decisions: Mapping[str, str],
    known: Collection[str],
) -> list[str]:
    """A note on decisions about campaigns and boilerplate that are no longer found.

    Args:
        known: ids of those that are, of all questions (see `exclusions.MarkedComments`).
    """
    missing = [name for name in decisions if name not in known]
    if not missing:
        return []
    listed = ", ".join(missing[:BOILERPLATE_SHOWN])
    if len(missing) > BOILERPLATE_SHOWN:
        listed += f" and {len(missing) - BOILERPLATE_SHOWN:,} more"
    ids, effect = "this id", "the decision has"
    if len(missing) > 1:
        ids, effect = "these ids", "the decisions have"
    return [
        "project.yaml decides on boilerplate or campaigns that are not among the comments: "
        f"{listed}. None has {ids} any more, so {effect} no effect. Decide again by the ids "
        "that reading gives now, or remove the old ones from project.yaml."
    ]


def boilerplate_notes(blocks: Sequence[Boilerplate]) -> list[str]:
    """A note on each boilerplate, with its words cut short."""
    notes: list[str] = []
    for block in blocks[:BOILERPLATE_SHOWN]:
        notes.append(
            f"{count(block.comments, 'comment')} share {_cut_short(block.text)!r} and are "
            "otherwise unlike, so these words make no campaign. If they do: "
            f"`campaigns: {{{block.boilerplate_id}: {TOGETHER}}}` in project.yaml."
        )
    more = len(blocks) - BOILERPLATE_SHOWN
    if more > 0:
        notes.append(
            f"{count(more, 'other passage')} that unlike comments share were left out of the "
            "comparison too."
        )
    return notes


def nothing_besides_notes(comments: int) -> list[str]:
    """A note on comments that say nothing besides boilerplate."""
    if not comments:
        return []
    verb = "says" if comments == 1 else "say"
    return [
        f"{count(comments, 'comment')} {verb} nothing besides such words, and so "
        f"{'is' if comments == 1 else 'are'} left out as non-substantive."
    ]


def _cut_short(text: str) -> str:
    line = " ".join(
        safe_text(
            text,
            one_line=True,
        )
        .replace(
            "⏎",
            " ",
        )
        .split()
    )
    if len(line) <= CHARACTERS_SHOWN:
        return line
    return (
        line[:CHARACTERS_SHOWN].rsplit(
            " ",
            1,
        )[0]
        + " …"
    )
