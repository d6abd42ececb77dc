"""What counts: every comment is analysed, or excluded with a reason; nothing is deleted or changed."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder import tables
from coder.engine import Progress
from coder.engine import silent as no_progress
from coder.errors import CoderError, did_you_mean
from coder.project import Source
from coder.reading.campaigns import find_campaigns
from coder.reading.process import about_process
from coder.reading.substantive import EVERY_QUESTION, answered_by_yes_or_no, non_substantive
from coder.reading.talk_london import DELETED
from coder.text import normal_key

ABOUT_PROCESS = (
    "about_process"  # own column that marking adds: "1" where the comment is about the consultation
)
FEWEST_WORDS = 5  # of a text that two rows must share to be looked at as one person's
# Copies by people who merely have the same age band and borough are expected among many copies of a text;
# rows are taken for one person's only where chance would bring about fewer such pairs than this.
CHANCE_PAIRS = 0.01


class Marked(NamedTuple):
    """Comments with their status, and what the user should be told about it."""

    comments: pd.DataFrame
    notes: tuple[str, ...]
    campaigns: (
        pd.DataFrame
    )  # a row a campaign, largest first: campaign_id, size, exact, near, template


def mark(
    comments: pd.DataFrame,
    sources: Sequence[Source],
    *,
    question: str = "",
    keep: Collection[str] = (),
    exclude: Mapping[str, str] | None = None,
    substantive: Mapping[str, Sequence[str]] | None = None,
    progress: Progress = no_progress,
) -> Marked:
    """Set `status`, `reason`, `campaign_id` and the column `about_process` of every comment.

    In this order: excluded by hand, deleted by its author, empty, kept by hand, official, non-substantive,
    duplicate. A comment without a visible character cannot be kept.

    Args:
        comments: `tables.COMMENTS` and the survey's own columns; what status they have does not matter.
        sources: the sources of the comments; their `person` columns tell respondents apart.
        question: the one that was asked where a comment names none.
        keep: comment ids that are analysed whatever the rules say.
        exclude: comment id to one of `tables.REASONS`.
        substantive: question (or `*`) to texts that count although the rules say that they say nothing.

    Raises:
        CoderError: an id is both kept and excluded, or a reason or a question is not known.
    """
    exclude, substantive = exclude or {}, substantive or {}
    _check_by_hand({question, *comments["question"]}, keep, exclude, substantive)
    notes: list[str] = []
    texts = comments["text"].tolist()
    questions = [asked or question for asked in comments["question"]]
    blank = np.array([not _visible(text) for text in texts], dtype=bool)
    silent = _says_nothing(texts, questions, blank, substantive, notes)
    public = (comments["role"] != "official").to_numpy()
    reason = np.full(len(comments), "", dtype=object)
    countable = ~blank & ~silent & public
    reason[_duplicates(comments, sources, countable)] = "duplicate"
    reason[silent] = "non_substantive"
    reason[~public] = "official"
    kept = comments["comment_id"].isin(list(keep)).to_numpy()
    reason[kept] = ""
    reason[blank] = "empty"
    reason[blank & _deleted(comments)] = "deleted"
    if (kept & blank).any():
        which = ", ".join(comments.loc[kept & blank, "comment_id"].iloc[:5])
        notes.append(f"Kept comments without any text stay excluded: {which}.")
    for row, comment_id in enumerate(comments["comment_id"] if exclude else ()):
        reason[row] = exclude.get(comment_id, reason[row])
    marked = comments.assign(
        status=pd.Series(
            np.where(reason == "", tables.ANALYSED, tables.EXCLUDED),
            index=comments.index,
            dtype="str",
        ),
        reason=pd.Series(reason, index=comments.index, dtype="str"),
    )
    about = np.array([about_process(text) for text in texts], dtype=bool)
    marked[ABOUT_PROCESS] = pd.Series(np.where(about, "1", "0"), index=comments.index, dtype="str")
    counted = int((about & (reason == "")).sum())
    if counted:
        notes.append(
            f"{counted:,} analysed comment{'s speak' if counted > 1 else ' speaks'} about the consultation itself "
            f"(column {ABOUT_PROCESS} is 1). They count; exclude one with --exclude ID=process."
        )
    marked["campaign_id"], campaigns = _campaigns(marked, questions, notes, progress)
    return Marked(marked, tuple(notes), campaigns)


def _campaigns(
    marked: pd.DataFrame, questions: Sequence[str], notes: list[str], progress: Progress
) -> tuple[pd.Series, pd.DataFrame]:
    """`campaign_id` of every comment, and a row a campaign; only comments that count are looked at."""
    counts = (marked["status"] == tables.ANALYSED).to_numpy()
    asked = pd.Series(list(questions), index=marked.index)
    found = [
        find_campaigns(
            list(part["text"]), list(part["comment_id"]), str(question), progress=progress
        )
        for question, part in marked[counts].groupby(asked[counts], sort=True)
    ]
    letters = pd.concat(found, ignore_index=True) if found else find_campaigns([], [])
    of = dict(zip(letters["comment_id"], letters["campaign_id"], strict=True))
    ids = pd.Series([of.get(c, "") for c in marked["comment_id"]], index=marked.index, dtype="str")
    exact = letters["match"] == "exact"
    campaigns = (
        letters.assign(exact=exact.astype("int64"), near=(~exact).astype("int64"))
        .groupby("campaign_id", sort=False)
        .agg(
            size=("size", "first"),
            exact=("exact", "sum"),
            near=("near", "sum"),
            template=("template", "first"),
        )
        .reset_index()
        .sort_values(["size", "campaign_id"], ascending=[False, True], ignore_index=True)
    )
    if len(campaigns):
        several = len(campaigns) > 1
        notes.append(
            f"{len(letters):,} comments are copies or near copies of {len(campaigns):,} letter{'s' if several else ''} sent "
            f"by several people (campaigns.csv). Each counts; coder export --campaigns once counts a letter once."
        )
    return ids, campaigns


def _check_by_hand(
    asked: Collection[str],
    keep: Collection[str],
    exclude: Mapping[str, str],
    substantive: Mapping[str, Sequence[str]],
) -> None:
    both = sorted(set(keep) & set(exclude))
    if both:
        raise CoderError(
            f"kept and excluded at once: {', '.join(both[:5])}",
            "Take each out of `keep:` or `exclude:`.",
        )
    for comment_id, reason in exclude.items():
        if reason not in tables.REASONS:
            raise CoderError(
                f"{comment_id} cannot be excluded as {reason!r}",
                did_you_mean(reason, tables.REASONS),
            )
    for question in substantive:
        if question != EVERY_QUESTION and question not in asked:
            raise CoderError(
                f"project.yaml: substantive: no comment answers the question {question!r}",
                f"{did_you_mean(question, sorted(q for q in asked if q))} '*' stands for every question.",
            )


def _visible(text: str) -> bool:
    """Whether a text shows anything: not only white space, joiners, marks of direction."""
    return any(char.isprintable() and not char.isspace() for char in text)


def _says_nothing(
    texts: list[str],
    questions: list[str],
    blank: npt.NDArray[np.bool_],
    substantive: Mapping[str, Sequence[str]],
    notes: list[str],
) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(texts), dtype=bool)
    everywhere = list(substantive.get(EVERY_QUESTION, ()))
    asked = np.array(questions, dtype=object)
    for question in dict.fromkeys(questions):
        rows = np.flatnonzero((asked == question) & ~blank)
        some = [texts[row] for row in rows]
        counted = [*everywhere, *substantive.get(question, ())]
        found[rows] = non_substantive(some, question, substantive=counted)
        if answered_by_yes_or_no(question):
            plain = np.array(non_substantive(some, "", substantive=counted), dtype=bool)
            bare = int((plain & ~found[rows]).sum())
            if bare:
                notes.append(
                    f"{bare:,} bare answer{'s' if bare > 1 else ''} such as {some[int(np.argmax(plain & ~found[rows]))]!r} "
                    f"count, as yes or no answers the question {question!r}."
                )
    return found


def _deleted(comments: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Entries whose author took them back: a discussion page then names no author but says so."""
    if "author" not in comments.columns:
        return np.zeros(len(comments), dtype=bool)
    return np.array([bool(DELETED.match(author)) for author in comments["author"]], dtype=bool)


# ---------------------------------------------------------------- duplicates


def _duplicates(
    comments: pd.DataFrame, sources: Sequence[Source], countable: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Rows that repeat an earlier row of the same person: same source, question and text of 5 words or more.

    The person is known by the source's respondent column, or else by several columns that describe people.
    """
    found = np.zeros(len(comments), dtype=bool)
    names = comments["source"].to_numpy(dtype=object)
    for source in sources:
        person = [name for name in source.person if name in comments.columns]
        rows = np.flatnonzero((names == source.name) & countable)
        if not person or not len(rows):
            continue
        part = comments.iloc[rows]
        named = "respondent" in source.columns
        filled = (part[person] != "").sum(axis=1).to_numpy() >= (1 if named else 2)
        who = pd.Series(
            ["\x1f".join(values) for values in zip(*(part[name] for name in person), strict=True)]
        )
        # Only those who are not alone with their description can have written twice.
        several = filled & who.duplicated(keep=False).to_numpy()
        keys = pd.Series(_keys(part, several))
        twice = pd.DataFrame({"key": keys, "who": who})[keys != ""].duplicated(["key", "who"])
        repeats = twice.index[twice.to_numpy()].to_numpy()
        if len(repeats) and not named:
            keys = pd.Series(_keys(part, np.ones(len(part), dtype=bool)))
            repeats = repeats[_beyond_chance(keys, who)[repeats]]
        found[rows[repeats]] = True
    return found


def _keys(part: pd.DataFrame, wanted: npt.NDArray[np.bool_]) -> list[str]:
    """Question and normal form of the wanted texts; empty for others and those under `FEWEST_WORDS` words."""
    keys = []
    for question, text, want in zip(part["question"], part["text"], wanted, strict=True):
        key = normal_key(text) if want else ""
        keys.append(f"{question}\x1f{key}" if key.count(" ") >= FEWEST_WORDS - 1 else "")
    return keys


def _beyond_chance(keys: pd.Series, who: pd.Series) -> npt.NDArray[np.bool_]:
    """True for rows whose text has so few copies that equal descriptions among them are hardly chance."""
    copies = keys.groupby(keys).transform("size").to_numpy()
    likely: npt.NDArray[np.bool_] = copies * (copies - 1) / 2 * _shared(keys, who) < CHANCE_PAIRS
    return likely


def _shared(keys: pd.Series, who: pd.Series) -> float:
    """How likely two respondents of a source have the same description, in [0, 1].

    Rows that have both description and text in common count once: they may be one person's.
    """
    rows = pd.DataFrame({"who": who, "key": keys})
    short = rows["key"] == ""
    people = (
        pd.concat([rows[~short].drop_duplicates(), rows[short]])["who"]
        .value_counts()
        .to_numpy(float)
    )
    total = float(people.sum())
    return float((people * (people - 1)).sum() / (total * (total - 1))) if total > 1 else 0.0
