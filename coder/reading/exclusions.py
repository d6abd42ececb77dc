"""Which comments are analysed: all, except those excluded with a reason. Nothing is deleted or
changed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder import tables
from coder.engine import Progress, silent
from coder.errors import CoderError, did_you_mean, option
from coder.project import Source
from coder.reading.about_process import is_about_process
from coder.reading.campaign_marks import (
    APART,
    ComparedComments,
    boilerplate_notes,
    campaign_members,
    campaign_notes,
    compare_comments,
    nothing_besides_notes,
)
from coder.reading.campaigns import campaign_sizes
from coder.reading.duplicates import find_duplicates
from coder.reading.formats.talk_london_page import DELETED
from coder.reading.non_substantive import EVERY_QUESTION, are_non_substantive
from coder.reading.questions import answered_by_yes_or_no
from coder.reading.repeat_notes import repeat_notes
from coder.reading.repeats import (
    COUNTED_EACH,
    COUNTED_ONCE,
    SAME_ANSWER,
    find_repeats,
)
from coder.reading.response_status import left_out_reasons
from coder.text import count

# Own column that marking adds: "1" where the comment is about the consultation.
ABOUT_PROCESS = "about_process"
# Own column that marking adds where answers are in two sources: the comment that is repeated.
SAME_AS = "same_as"
# Format of sources of letters, and their own column that says why one could not be read.
LETTERS = "letters"
UNREAD = "unread"
IDS_SHOWN = 5

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rules:
    """What decides, besides the texts, which comments are analysed.

    Attributes:
        question: that was asked where a comment names none.
        keep: comment ids that are analysed whatever the rules say.
        exclude: comment id to one of `tables.REASONS`.
        substantive: question (or `*` for all) to texts that count although they would be
            non-substantive.
        attributes: columns that describe the respondents.
        count_repeats: count an answer that is in two sources each time.
        leave_out: states of responses (`response_status.STATUSES`) that are not analysed.
        campaigns: id of a campaign, or of boilerplate, to `together` or `apart`.
    """

    question: str = ""
    keep: Collection[str] = ()
    exclude: Mapping[str, str] = field(default_factory=dict)
    substantive: Mapping[str, Sequence[str]] = field(default_factory=dict)
    attributes: Sequence[str] = ()
    count_repeats: bool = False
    leave_out: Collection[str] = ()
    campaigns: Mapping[str, str] = field(default_factory=dict)


class MarkedComments(NamedTuple):
    """Comments with their status, what to tell the user, campaigns (largest first) and repeats."""

    comments: pd.DataFrame
    notes: tuple[str, ...]
    campaigns: pd.DataFrame  # tables.CAMPAIGNS
    repeats: pd.DataFrame  # tables.REPEATS
    decidable: frozenset[str]  # ids of campaigns and boilerplate among the comments


def mark_comments(
    comments: pd.DataFrame,
    sources: Sequence[Source],
    rules: Rules | None = None,
    *,
    progress: Progress = silent,
) -> MarkedComments:
    """Set `status`, `reason`, `campaign_id` and the columns `about_process` and `same_as` of every
    comment.

    The first of these that applies decides: excluded by hand, unread, deleted by its author,
    empty, kept by hand, official, left out as partial or preview, non-substantive, duplicate. A
    comment without a visible character cannot be kept.

    Args:
        comments: `tables.COMMENTS` and the survey's own columns; an earlier status has no effect.
        sources: the sources of the comments; their `person` columns tell respondents apart.
        rules: the user's.

    Raises:
        CoderError: an id is both kept and excluded, or a reason or a question is unknown.
    """
    rules = rules or Rules()
    comments = comments.drop(columns=[SAME_AS], errors="ignore")
    _check_rules(rules, {rules.question, *comments["question"]})
    notes: list[str] = []
    asked = comments["question"].tolist()
    questions = [question or rules.question for question in asked]
    compared = compare_comments(comments, questions, rules.campaigns)
    notes.extend(boilerplate_notes(compared.boilerplate))
    reasons, repeats = _reasons(comments, compared, sources, questions, rules, notes)
    is_analysed = reasons == ""
    status = np.where(is_analysed, tables.ANALYSED, tables.EXCLUDED)
    marked = comments.assign(
        status=pd.Series(status, index=comments.index, dtype="str"),
        reason=pd.Series(reasons, index=comments.index, dtype="str"),
    )
    about_process = _are_about_process(comments["text"].tolist())
    marked[ABOUT_PROCESS] = pd.Series(
        np.where(about_process, "1", "0"), index=comments.index, dtype="str"
    )
    if len(repeats):
        repeats = _with_status(repeats, marked)
        marked[SAME_AS] = _same_as(repeats, marked)
        notes.extend(repeat_notes(repeats))
    notes.extend(_about_process_notes(int((about_process & is_analysed).sum())))
    members = campaign_members(marked, compared, rules.campaigns, progress)
    marked["campaign_id"] = _campaign_ids(members, marked)
    notes.extend(campaign_notes(members, int(is_analysed.sum())))
    campaigns = campaign_sizes(members)
    decidable = compared.boilerplate_ids.union(campaigns["campaign_id"])
    return MarkedComments(
        marked,
        tuple(notes),
        campaigns,
        repeats,
        frozenset(decidable),
    )


def _are_about_process(texts: Sequence[str]) -> Mask:
    about = {text: is_about_process(text) for text in set(texts)}
    return np.array([about[text] for text in texts], dtype=bool)


def _campaign_ids(members: pd.DataFrame, marked: pd.DataFrame) -> "pd.Series[str]":
    """Each comment's campaign; empty for most, and for those of a campaign taken apart."""
    together = members[members["decision"] != APART]
    campaign_of = dict(
        zip(together["comment_id"], together["campaign_id"], strict=True)
    )
    ids = [
        campaign_of.get(comment_id, "") for comment_id in marked["comment_id"].tolist()
    ]
    return pd.Series(ids, index=marked.index, dtype="str")


def _check_rules(rules: Rules, questions: Collection[str]) -> None:
    both = sorted(set(rules.keep) & set(rules.exclude))
    if both:
        raise CoderError(
            f"kept and excluded at once: {', '.join(both[:IDS_SHOWN])}",
            "Remove each from `keep:` or from `exclude:` in project.yaml.",
        )
    for comment_id, reason in rules.exclude.items():
        if reason not in tables.REASONS:
            raise CoderError(
                f"{comment_id} cannot be excluded as {reason!r}",
                did_you_mean(reason, tables.REASONS),
            )
    for question in rules.substantive:
        if question != EVERY_QUESTION and question not in questions:
            known = sorted(filter(None, questions))
            raise CoderError(
                f"project.yaml: substantive: no comment answers the question {question!r}",
                f"{did_you_mean(question, known)} '*' stands for every question.",
            )


# ---------------------------------------------------------------- reasons


def _reasons(
    comments: pd.DataFrame,
    compared: ComparedComments,
    sources: Sequence[Source],
    questions: Sequence[str],
    rules: Rules,
    notes: list[str],
) -> tuple[npt.NDArray[np.object_], pd.DataFrame]:
    """One of `tables.REASONS` for each comment, the empty string where it is analysed; and the
    answers that are in two sources (`tables.REPEATS`).
    """
    blank = ~_are_visible(comments["text"].tolist())
    own_texts = compared.own_texts(comments)
    non_substantive = _non_substantive(own_texts, questions, blank, rules, notes)
    is_cut = np.array(own_texts, dtype=object) != comments["text"].to_numpy(object)
    notes.extend(nothing_besides_notes(int((non_substantive & is_cut).sum())))
    official = (comments["role"] == "official").to_numpy()
    kept = comments["comment_id"].isin(list(rules.keep)).to_numpy()
    ids = comments["comment_id"]
    left_out = {key for key, reason in rules.exclude.items() if reason == "duplicate"}
    states = left_out_reasons(comments, rules.leave_out).to_numpy(dtype=object)
    countable = ~blank & ~non_substantive & ~official & ~ids.isin(left_out).to_numpy()
    countable &= states == ""
    own_words = compared.without_boilerplate(comments)
    duplicate = find_duplicates(own_words, sources, countable)
    countable &= ~duplicate
    repeats = find_repeats(own_words, sources, rules.attributes, countable)
    if not rules.count_repeats:
        once = repeats.loc[repeats["counted"] == COUNTED_ONCE, "comment_id"]
        duplicate |= ids.isin(once).to_numpy()
    reasons = np.full(len(comments), "", dtype=object)
    reasons[duplicate] = "duplicate"
    reasons[non_substantive] = "non_substantive"
    reasons = np.where(states != "", states, reasons)
    reasons[official] = "official"
    reasons[kept] = ""
    reasons[blank] = "empty"
    reasons[blank & _deleted(comments)] = "deleted"
    reasons[blank & _unread(comments, sources)] = "unread"
    if (kept & blank).any():
        empty = ids[kept & blank].iloc[:IDS_SHOWN]
        notes.append(
            f"Comments without any text stay excluded, although kept: {', '.join(empty)}."
        )
    if rules.exclude:
        for row, comment_id in enumerate(ids.tolist()):
            reasons[row] = rules.exclude.get(comment_id, reasons[row])
    return reasons, repeats


def _with_status(repeats: pd.DataFrame, marked: pd.DataFrame) -> pd.DataFrame:
    """The repeats as they count after all rules: one that is kept, or wanted, counts each time;
    one that is excluded for another reason is not counted, and not listed.
    """
    reason_of = dict(zip(marked["comment_id"], marked["reason"], strict=True))
    reasons = repeats["comment_id"].map(reason_of)
    is_once = reasons == "duplicate"
    counted = np.where(is_once, COUNTED_ONCE, COUNTED_EACH)
    is_listed = is_once | (reasons == "")
    return repeats.assign(counted=counted)[is_listed].reset_index(drop=True)


def _same_as(repeats: pd.DataFrame, marked: pd.DataFrame) -> "pd.Series[str]":
    """For each comment the one of another source that is the same answer; empty for most."""
    same = repeats[repeats["evidence"].isin(SAME_ANSWER)]
    same_as = dict(zip(same["comment_id"], same["same_as"], strict=True))
    values = [
        same_as.get(comment_id, "") for comment_id in marked["comment_id"].tolist()
    ]
    return pd.Series(values, index=marked.index, dtype="str")


def _are_visible(texts: Sequence[str]) -> Mask:
    visible = {text: _is_visible(text) for text in set(texts)}
    return np.array([visible[text] for text in texts], dtype=bool)


def _is_visible(text: str) -> bool:
    """Whether a text shows anything, not only white space, joiners or marks of direction."""
    return any(char.isprintable() and not char.isspace() for char in text)


def _non_substantive(
    own_texts: Sequence[str],
    questions: Sequence[str],
    blank: Mask,
    rules: Rules,
    notes: list[str],
) -> Mask:
    """True for comments that say nothing in answer to their question; blank ones are left out."""
    texts = np.array(own_texts, dtype=object)
    asked = np.array(questions, dtype=object)
    mask = np.zeros(len(texts), dtype=bool)
    for question in dict.fromkeys(questions):
        rows = np.flatnonzero((asked == question) & ~blank)
        answers = texts[rows].tolist()
        exceptions = [
            *rules.substantive.get(EVERY_QUESTION, ()),
            *rules.substantive.get(question, ()),
        ]
        mask[rows] = are_non_substantive(answers, question, substantive=exceptions)
        if answered_by_yes_or_no(question):
            without_question = are_non_substantive(answers, "", substantive=exceptions)
            bare = np.flatnonzero(np.array(without_question, dtype=bool) & ~mask[rows])
            notes.extend(_bare_answer_notes(question, [answers[row] for row in bare]))
    return mask


def _bare_answer_notes(question: str, answers: Sequence[str]) -> list[str]:
    """A note on answers such as "No" that are analysed because the question is one of yes or no."""
    if not answers:
        return []
    verb = "is" if len(answers) == 1 else "are"
    return [
        f"{count(len(answers), 'bare answer')} such as {answers[0]!r} {verb} analysed, because "
        f"yes or no answers the question {question!r}."
    ]


def _deleted(comments: pd.DataFrame) -> Mask:
    """Entries that their author deleted: the discussion page says so in place of a name."""
    if "author" not in comments.columns:
        return np.zeros(len(comments), dtype=bool)
    return np.array(
        [bool(DELETED.match(author)) for author in comments["author"]], dtype=bool
    )


def _unread(comments: pd.DataFrame, sources: Sequence[Source]) -> Mask:
    """Letters that could not be read, such as scans and damaged files."""
    if UNREAD not in comments.columns:
        return np.zeros(len(comments), dtype=bool)
    names = [source.name for source in sources if source.format == LETTERS]
    is_letter = comments["source"].isin(names)
    return (is_letter & (comments[UNREAD] != "")).to_numpy()


# ---------------------------------------------------------------- notes


def _about_process_notes(comments: int) -> list[str]:
    if not comments:
        return []
    subject, pronoun = "analysed comments are", "They are"
    if comments == 1:
        subject, pronoun = "analysed comment is", "It is"
    return [
        f"{comments:,} {subject} about the consultation itself ({ABOUT_PROCESS} is 1). "
        f"{pronoun} included: "
        f"exclude one with {option('exclude', 'ID=process')}."
    ]
