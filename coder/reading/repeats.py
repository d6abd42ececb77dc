"""Answers that are in two sources: one person who answered twice, or a file exported twice.

The same text is not enough: many people send one letter. Two comments of different sources are
one answer where they have the same text, answer the same question, and

- have the same id or respondent, and it is not a short number, or no other comment of their
  sources has that text;
- or have the same id or respondent in sources that number people alike, however short the text;
- or have the same description of the person, where that is hardly chance;
- or have a text of `FEWEST_WORDS_ALONE` words or more that nobody else sent, and nothing that
  tells two people apart.

What looks like a repeat and is not shown to be one is listed, and counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder import tables
from coder.project import Source
from coder.reading.campaigns import find_campaigns
from coder.reading.duplicates import CHANCE_PAIRS, FEWEST_WORDS
from coder.reading.passages import runs_in
from coder.reading.text_runs import runs_of
from coder.text import normal_key

FEWEST_WORDS_ALONE = 8  # of a text that shows by itself that one person wrote it
FEWEST_ALIKE = 2  # answers about the person that make a description
LEAST_SERIES = 0.5  # of the ids that two sources share: as many stand for the same text
LEAST_SIMILAR = 0.4  # of the runs of the shorter text that the other one has too
LEAST_NEAR = 0.6  # the same, of texts that nothing but their words brings together
MOST_TEXTS = (
    3  # that have a run by which texts are brought together; a letter's are in more
)

# Why two comments are one answer, the surest first.
SAME_ID = "same id and text"
SAME_RESPONDENT = "same respondent and text"
SAME_DESCRIPTION = "same text and description of the person"
SAME_TEXT = "same text"
SAME_ANSWER = (SAME_ID, SAME_RESPONDENT, SAME_DESCRIPTION, SAME_TEXT)
# Why they look like one answer and are not taken for one.
OTHER_PERSON = "same text, but another person"
LETTER = "same text, which several people sent"
SHORT_TEXT = "same text, but a short one"
OTHER_TEXT = "same person, but another text"
NEAR_TEXT = "nearly the same text"
COUNTED_ONCE, COUNTED_EACH = "once", "each"
# An id or name that another person may have in another file: a short number.
COUNTER = r"[a-z]{0,3}[-_ ]?\d{1,6}|row \d+"
MOST_OF_ONE_NAME = 20  # comments of a source under one name; "Anonymous" has more
COMPARED = [
    "row",
    "source",
    "place",
    "row_first",
    "source_first",
    "place_first",
    "evidence",
]

Mask = npt.NDArray[np.bool_]


def find_repeats(
    comments: pd.DataFrame,
    sources: Sequence[Source],
    attributes: Sequence[str],
    countable: Mask,
) -> pd.DataFrame:
    """The comments that repeat, or seem to repeat, a comment of another source.

    A comment repeats one of a source that goes before its own: sources with weights go first,
    discussion pages last, others in the order of the project.

    Args:
        comments: `tables.COMMENTS` and the survey's own columns.
        attributes: columns that describe the respondents.
        countable: (n_comments,) comments that would be analysed.

    Returns:
        `tables.REPEATS`, in the order of the comments; `counted` is "once" where two comments
        are one answer.
    """
    if len(sources) < 2 or not countable.any():
        return tables.empty(tables.REPEATS)
    answers = _answers(
        comments,
        sources,
        countable,
    )
    by_name = [
        _pairs_by_name(
            answers,
            "own_id",
            SAME_ID,
        ),
        _pairs_by_name(
            answers,
            "respondent",
            SAME_RESPONDENT,
        ),
    ]
    series = _Series.of(by_name)
    pairs = [series.judge(table) for table in by_name]
    pairs.append(
        _pairs_by_text(
            answers,
            comments,
            attributes,
            series,
        )
    )
    pairs.append(_letters(answers))
    pairs.append(_pairs_of_near_texts(answers))
    compared = [table[COMPARED] for table in pairs]
    return _first_of_each(pd.concat(compared, ignore_index=True), comments)


def _answers(
    comments: pd.DataFrame, sources: Sequence[Source], countable: Mask
) -> pd.DataFrame:
    """A row a countable comment, with what is compared.

    Returns:
        row (in `comments`), source, place (of the source), own_id (as in its file), respondent,
        question, key (normal form of the text), words, is_single (no other comment of the
        source has the text).
    """
    places = _places(sources)
    own_ids, respondents = _own_ids(comments, sources), _respondents(comments, sources)
    answers = pd.DataFrame(
        {
            "row": np.arange(len(comments)),
            "source": comments["source"].astype(str).to_numpy(),
            "own_id": own_ids,
            "respondent": respondents,
        }
    )
    answers = answers[countable].reset_index(drop=True)
    own = comments.iloc[answers["row"].to_numpy()]
    answers["place"] = answers["source"].map(places)
    answers["question"] = [normal_key(question) for question in own["question"]]
    answers["key"] = [normal_key(text) for text in own["text"]]
    answers["words"] = answers["key"].str.count(" ") + 1
    copies = answers.groupby(["source", "question", "key"])["row"].transform("size")
    answers["is_single"] = copies == 1
    return answers


def _places(sources: Sequence[Source]) -> dict[str, int]:
    """The order of the sources: a comment is counted in the first that has it.

    A sample keeps all its members, and a discussion page is left out of figures over several
    sources.
    """

    def rank(source: Source) -> tuple[bool, bool]:
        return source.format == "talk_london", "weight" not in source.columns

    ordered = sorted(sources, key=rank)
    return {source.name: place for place, source in enumerate(ordered)}


def _own_ids(comments: pd.DataFrame, sources: Sequence[Source]) -> list[str]:
    """Each comment's id as in its file; the number of its row where the file has no ids."""
    numbered = {source.name for source in sources if "id" not in source.columns}
    numbers = comments.groupby("source").cumcount()
    own_ids = []
    for comment_id, source, number in zip(
        comments["comment_id"], comments["source"], numbers, strict=True
    ):
        if source in numbered:
            own_ids.append(f"row {number}")
        else:
            own_ids.append(str(comment_id).removeprefix(f"{source}/"))
    return own_ids


def _respondents(comments: pd.DataFrame, sources: Sequence[Source]) -> list[str]:
    """Who wrote each comment by the source's respondent column; empty where there is none."""
    respondents = pd.Series([""] * len(comments), index=comments.index)
    for source in sources:
        if "respondent" in source.columns and source.person[0] in comments.columns:
            is_own = comments["source"] == source.name
            names = comments.loc[is_own, source.person[0]]
            respondents[is_own] = names.str.strip().str.casefold()
    return respondents.tolist()


# ---------------------------------------------------------------- the same id or respondent


def _pairs_by_name(answers: pd.DataFrame, name: str, evidence: str) -> pd.DataFrame:
    """Comments of two sources with the same id or respondent, whatever their texts.

    Args:
        name: own_id or respondent.
        evidence: what they are where their text is the same too.
    """
    uses = answers.groupby(["source", name])["row"].transform("size")
    named = answers[(answers[name] != "") & (uses <= MOST_OF_ONE_NAME)]
    pairs = _of_two_sources(
        named.merge(
            named,
            on=name,
            suffixes=("", "_first"),
        )
    )
    return pairs.assign(
        name=name,
        evidence=evidence,
        same_text=pairs["key"] == pairs["key_first"],
        is_unique=~pairs[name].str.lower().str.fullmatch(COUNTER),
    )


def _of_two_sources(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs of a comment and one of a source before its own, in answer to one question."""
    question, first = pairs["question"], pairs["question_first"]
    same_question = (question == first) | (question == "") | (first == "")
    return pairs[same_question & (pairs["place_first"] < pairs["place"])]


@dataclass(frozen=True)
class _Series:
    """Which sources number their comments, or name their respondents, alike.

    Attributes:
        alike: own_id or respondent, and two sources.
    """

    alike: frozenset[tuple[str, str, str]]

    @classmethod
    def of(cls, tables_of_pairs: Sequence[pd.DataFrame]) -> "_Series":
        """Sources are alike where most telling texts under the same id are the same.

        Files that count their rows from 1 share ids as well, but not the texts.
        """
        alike: set[tuple[str, str, str]] = set()
        for pairs in tables_of_pairs:
            telling = _is_telling(pairs) | _is_telling(pairs, "_first")
            groups = pairs[telling].groupby(["name", "source", "source_first"])
            shares = groups["same_text"].mean()
            alike.update(shares[shares >= LEAST_SERIES].index)
        return cls(frozenset(alike))

    def contains(self, pairs: pd.DataFrame, name: str) -> Mask:
        """(n_pairs,) whether the two sources of each pair are alike in ids or respondents."""
        both = zip(
            pairs["source"],
            pairs["source_first"],
            strict=True,
        )
        return np.array([(name, *each) in self.alike for each in both], dtype=np.bool_)

    def judge(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """Pairs with the same id or respondent that are one answer, or look like one."""
        if pairs.empty:
            return pairs
        alike = self.contains(pairs, pairs["name"].iloc[0])
        is_long = pairs["words"] >= FEWEST_WORDS
        is_single = pairs["is_single"] & pairs["is_single_first"]
        is_sure = alike | (is_long & (is_single | pairs["is_unique"]))
        similar = alike | np.array(
            list(
                map(
                    _are_similar,
                    pairs["key"],
                    pairs["key_first"],
                )
            )
        )
        evidence = np.select(
            [pairs["same_text"] & is_sure, ~pairs["same_text"] & similar],
            [pairs["evidence"], OTHER_TEXT],
            "",
        )
        judged: pd.DataFrame = pairs.assign(evidence=evidence)
        return judged[judged["evidence"] != ""]


def _is_telling(pairs: pd.DataFrame, suffix: str = "") -> "pd.Series[bool]":
    """Whether a text is long enough to mean something and occurs once in its source."""
    return pairs[f"is_single{suffix}"] & (pairs[f"words{suffix}"] >= FEWEST_WORDS)


def _are_similar(key: str, other: str) -> bool:
    """Whether a text may be another with some words changed."""
    runs, others = set(runs_in(key.split())), set(runs_in(other.split()))
    shorter = min(len(runs), len(others))
    return shorter > 0 and len(runs & others) >= LEAST_SIMILAR * shorter


# ---------------------------------------------------------------- the same text


def _pairs_by_text(
    answers: pd.DataFrame,
    comments: pd.DataFrame,
    attributes: Sequence[str],
    series: _Series,
) -> pd.DataFrame:
    """Comments of two sources with a text that occurs once in each."""
    telling = answers[answers["is_single"] & (answers["words"] >= FEWEST_WORDS)]
    pairs = _of_two_sources(
        telling.merge(
            telling,
            on="key",
            suffixes=("", "_first"),
        )
    )
    if pairs.empty:
        return pairs.assign(evidence="")
    alike, differs = _compare_descriptions(
        pairs,
        comments,
        attributes,
    )
    differs |= series.contains(pairs, "own_id")
    has_respondents = (pairs["respondent"] != "") & (pairs["respondent_first"] != "")
    other_respondent = pairs["respondent"] != pairs["respondent_first"]
    differs |= series.contains(pairs, "respondent") & has_respondents & other_respondent
    chance = _chance_of_same_description(comments, attributes)
    evidence = np.select(
        [
            differs,
            _are_letters(
                pairs,
                comments,
                answers,
            ),
            (alike >= FEWEST_ALIKE) & (chance < CHANCE_PAIRS),
            pairs["words"] >= FEWEST_WORDS_ALONE,
        ],
        [OTHER_PERSON, LETTER, SAME_DESCRIPTION, SAME_TEXT],
        SHORT_TEXT,
    )
    return pairs.assign(evidence=evidence)


def _compare_descriptions(
    pairs: pd.DataFrame, comments: pd.DataFrame, attributes: Sequence[str]
) -> "tuple[pd.Series[int], pd.Series[bool]]":
    """How many answers about the person are the same, and whether one differs; only those count
    that both comments have.
    """
    alike = pd.Series(0, index=pairs.index)
    differs = pd.Series(False, index=pairs.index)
    for name in attributes:
        cells = comments[name].str.strip().str.casefold().to_numpy()
        own, first = cells[pairs["row"]], cells[pairs["row_first"]]
        filled = (own != "") & (first != "")
        alike += filled & (own == first)
        differs |= filled & (own != first)
    return alike, differs


def _chance_of_same_description(
    comments: pd.DataFrame, attributes: Sequence[str]
) -> float:
    """How likely two respondents have the same description, in [0, 1]."""
    if not attributes:
        return 1.0
    descriptions = comments[list(attributes)]
    is_described = (descriptions != "").sum(axis=1) >= FEWEST_ALIKE
    shares = descriptions[is_described].value_counts(normalize=True)
    return float((shares**2).sum())


def _are_letters(
    pairs: pd.DataFrame, comments: pd.DataFrame, answers: pd.DataFrame
) -> Mask:
    """(n_pairs,) whether a source has the text, or nearly, from several people."""
    part = comments.iloc[answers["row"].to_numpy()]
    members = find_campaigns(part["text"].tolist(), part["comment_id"].tolist())
    source_of = dict(
        zip(
            part["comment_id"],
            part["source"],
            strict=True,
        )
    )
    members = members.assign(source=members["comment_id"].map(source_of))
    senders = members.groupby(["campaign_id", "source"])["comment_id"].transform("size")
    campaigns = set(members.loc[senders > 1, "campaign_id"])
    letters = set(members.loc[members["campaign_id"].isin(campaigns), "comment_id"])
    ids = comments["comment_id"].to_numpy()[pairs["row"]]
    return np.array([comment_id in letters for comment_id in ids], dtype=np.bool_)


def _letters(answers: pd.DataFrame) -> pd.DataFrame:
    """Comments with a text that an earlier source has, where one of the sources has it more than
    once.
    """
    texts = answers[answers["words"] >= FEWEST_WORDS]
    first = texts.sort_values(["place", "row"]).drop_duplicates("key")
    pairs = _of_two_sources(
        texts.merge(
            first,
            on="key",
            suffixes=("", "_first"),
        )
    )
    return pairs.assign(evidence=LETTER)


# ---------------------------------------------------------------- nearly the same text


def _pairs_of_near_texts(answers: pd.DataFrame) -> pd.DataFrame:
    """Comments of two sources that have most of their runs of words in common."""
    is_long = answers["words"] >= FEWEST_WORDS_ALONE
    texts = answers[answers["is_single"] & is_long].reset_index(drop=True)
    runs = runs_of(texts["key"].tolist(), "")
    uses = np.diff(runs.first_of_run)
    table = runs.matrix()[:, uses <= MOST_TEXTS]
    shared = (table @ table.T).tocoo()
    shorter = np.minimum(runs.length[shared.row], runs.length[shared.col])
    is_near = shared.data >= LEAST_NEAR * shorter
    own = texts.iloc[shared.row[is_near]].reset_index(drop=True)
    first = texts.iloc[shared.col[is_near]].reset_index(drop=True)
    pairs = own.join(first.add_suffix("_first"))
    return _of_two_sources(pairs).assign(evidence=NEAR_TEXT)


# ---------------------------------------------------------------- the list


def _first_of_each(pairs: pd.DataFrame, comments: pd.DataFrame) -> pd.DataFrame:
    """One row a comment: the surest evidence, then the earliest source."""
    order = [*SAME_ANSWER, OTHER_TEXT, OTHER_PERSON, SHORT_TEXT, LETTER, NEAR_TEXT]
    rank = pairs["evidence"].map(order.index)
    by_rank = pairs.assign(rank=rank).sort_values(["rank", "place_first", "row_first"])
    chosen = by_rank.drop_duplicates("row").sort_values("row")
    ids = comments["comment_id"].to_numpy()
    counted = np.where(
        chosen["evidence"].isin(SAME_ANSWER),
        COUNTED_ONCE,
        COUNTED_EACH,
    )
    return pd.DataFrame(
        {
            "comment_id": ids[chosen["row"]],
            "source": chosen["source"].to_numpy(),
            "same_as": ids[chosen["row_first"]],
            "same_as_source": chosen["source_first"].to_numpy(),
            "evidence": chosen["evidence"].to_numpy(),
            "counted": counted,
        }
    ).astype(tables.REPEATS.dtypes)
