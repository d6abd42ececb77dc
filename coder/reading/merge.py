"""What was read goes into a project: each question's answers joined, every comment marked again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coder import tables
from coder.engine import Progress, silent
from coder.errors import CoderError, did_you_mean, option
from coder.places import own_texts
from coder.reading.answers import ReadResult
from coder.reading.campaign_marks import unknown_campaign_notes
from coder.reading.exclusions import MarkedComments, Rules, mark_comments
from coder.reading.joining import Joined, join_answers
from coder.reading.matching import match_questions
from coder.reading.response_status import RESPONSE_STATUS, response_status_notes
from coder.reading.weights import extreme_weight_notes
from coder.settings import Question, Settings, Source
from coder.text import normal_key

MISSING_IDS_SHOWN = 8
SIMILAR_IDS_SHOWN = 5
IDS_COMPARED = 5000  # to which a misspelt id is compared


@dataclass(frozen=True)
class MergedQuestion:
    """The answers to one question as they are to be written.

    Attributes:
        question: with its sources.
        comments: `tables.COMMENTS` and the survey's own columns, marked.
        campaigns: a row a campaign (see `exclusions.MarkedComments`).
        repeats: `tables.REPEATS`.
    """

    question: Question
    comments: pd.DataFrame
    campaigns: pd.DataFrame
    repeats: pd.DataFrame


@dataclass(frozen=True)
class Merged:
    """A project's settings and comments as they are to be written, and what to tell the user.

    Attributes:
        settings: of the project.
        parts: its questions, one at least.
        places: `tables.PLACES` of all comments.
        notes: what to tell the user.
    """

    settings: Settings
    parts: tuple[MergedQuestion, ...]
    places: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def comments(self) -> pd.DataFrame:
        """The comments of all questions, one after the other."""
        if len(self.parts) == 1:
            return self.parts[0].comments
        return pd.concat([part.comments for part in self.parts], ignore_index=True)

    @property
    def texts(self) -> pd.DataFrame:
        """Ids, questions, sources and texts of all comments, without what surveys add."""
        columns = ["comment_id", "question_id", "source", "text"]
        frames = [part.comments[columns] for part in self.parts]
        return pd.concat(frames, ignore_index=True)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of all questions."""
        return self.settings.every_source


def merge(
    settings: Settings,
    existing: pd.DataFrame | None,
    results: Sequence[ReadResult],
    *,
    keep: Sequence[str] = (),
    exclude: Mapping[str, str] | None = None,
    question: str = "",
    places: pd.DataFrame | None = None,
    has_results: bool = False,
    columns_before: Sequence[str] | None = None,
    progress: Progress = silent,
) -> Merged:
    """Put what was read into a project, and mark all its comments, those of each question alone.

    Args:
        settings, existing: of the project; `existing` is None for a new one.
        results: what was read.
        keep, exclude: added to those in the settings; of two that contradict each other, the
            new one holds.
        question: that was asked, where the comments answer several or none.
        places: `tables.PLACES` of the existing comments.
        has_results: whether anything was made of the answers to one of several questions.
        columns_before: that the comments had, where `existing` lacks some of them.

    Raises:
        CoderError: two files give one source, or an id to keep or exclude does not exist.
    """
    notes: list[str] = []
    matched = match_questions(settings, existing, results, has_results=has_results)
    notes.extend(matched.notes)
    joined: list[Joined] = []
    for found in matched.questions:
        joined.append(join_answers(found.question, found.existing, found.answers))
        notes.extend(joined[-1].notes)
    ids = _ids(joined)
    kept, excluded = _by_hand(settings, ids, keep, exclude or {}, notes)
    columns = _own_columns(joined)
    known_columns = _known_columns(existing, columns_before)
    updated = settings.model_copy(
        update={
            **_of_questions(settings, joined, question, several=matched.several),
            "attributes": _attributes(settings, known_columns, columns, results),
            **_wordings(settings, joined, results, notes),
            "keep": kept,
            "exclude": excluded,
        }
    )
    new_places = _places(places, joined, ids)
    parts = _mark_all(joined, updated, new_places, notes, progress)
    notes.extend(_counter_notes(_new_sources(joined)))
    largest = max(parts, key=lambda part: len(tables.analysed(part.comments)))
    notes.extend(response_status_notes(_response_states(parts), updated.leave_out))
    notes.extend(extreme_weight_notes(largest.comments))
    all_notes = tuple(dict.fromkeys(notes))
    return Merged(updated, tuple(parts), new_places, all_notes)


def _mark_all(
    joined: Sequence[Joined],
    settings: Settings,
    places: pd.DataFrame,
    notes: list[str],
    progress: Progress,
) -> list[MergedQuestion]:
    """The answers to all questions, marked, each question for itself; notes are added."""
    parts = []
    decidable: set[str] = set()
    for each in joined:
        marked = _mark(each, settings, places, progress)
        decidable |= marked.decidable
        named = each.question.id if settings.questions else ""
        of_sources = _pooling_notes(each.question.sources)
        notes.extend(_named_notes(named, [*marked.notes, *of_sources]))
        parts.append(_part(each.question, marked))
    notes.extend(unknown_campaign_notes(settings.campaigns, decidable))
    return parts


def _mark(
    joined: Joined, settings: Settings, places: pd.DataFrame, progress: Progress
) -> MarkedComments:
    """The answers to one question, marked by the rules of the project.

    Of letters their writers' own words decide: letters that quote the same mail are no campaign.
    """
    ids = set(joined.comments["comment_id"])
    exclude = {}
    for comment_id, reason in settings.exclude.items():
        if comment_id in ids:
            exclude[comment_id] = reason
    rules = Rules(
        question=settings.question or joined.question.question,
        keep=[comment_id for comment_id in settings.keep if comment_id in ids],
        exclude=exclude,
        substantive=_substantive(settings, joined),
        attributes=settings.attributes,
        count_repeats=settings.count_repeats,
        leave_out=settings.leave_out,
        campaigns=settings.campaigns,
    )
    sources = joined.question.sources
    comments = joined.comments
    own_words = comments.assign(text=own_texts(comments, places))
    marked = mark_comments(own_words, sources, rules, progress=progress)
    with_texts = marked.comments.assign(text=comments["text"])
    return marked._replace(comments=with_texts)


def _substantive(settings: Settings, joined: Joined) -> dict[str, Sequence[str]]:
    """The answers that count all the same, for this question where there are several."""
    if not settings.questions:
        return dict(settings.substantive)
    of_others: set[str] = set()
    for question in settings.questions:
        if question.id != joined.question.id:
            of_others.add(question.question)
    own: dict[str, Sequence[str]] = {}
    for question_text, answers in settings.substantive.items():
        if question_text not in of_others or question_text == joined.question.question:
            own[question_text] = answers
    return own


def _part(question: Question, marked: MarkedComments) -> MergedQuestion:
    checked = tables.check(marked.comments, tables.COMMENTS)
    return MergedQuestion(question, checked, marked.campaigns, marked.repeats)


def _named_notes(question_id: str, notes: Iterable[str]) -> list[str]:
    """The notes with the question that they are about, where there are several."""
    if not question_id:
        return list(notes)
    return [f"{question_id}: {note}" for note in notes]


def _response_states(parts: Sequence[MergedQuestion]) -> pd.DataFrame:
    """The answers to all questions with what tells their state, where a file tells it."""
    columns = ["source", "respondent_id", "text", RESPONSE_STATUS]
    frames = []
    for part in parts:
        if RESPONSE_STATUS in part.comments.columns:
            frames.append(part.comments.reindex(columns=columns))
    if not frames:
        return tables.empty(tables.COMMENTS)
    return pd.concat(frames, ignore_index=True)


def _ids(joined: Sequence[Joined]) -> pd.Series:
    """The ids of all comments.

    Raises:
        CoderError: an id occurs in two questions.
    """
    ids: pd.Series = pd.concat([each.comments["comment_id"] for each in joined])
    repeated = ids[ids.duplicated()]
    if len(repeated):
        raise CoderError(
            f"ids of comments are not unique: {len(repeated):,} come again in another question, "
            f"such as {repeated.iloc[0]}",
            f"Name a column of ids that differ: {option('id', 'COL')}",
        )
    return ids


def _known_columns(
    existing: pd.DataFrame | None, columns_before: Sequence[str] | None
) -> Sequence[str]:
    """The columns that the project's comments had before."""
    if columns_before is not None:
        return columns_before
    return () if existing is None else list(existing.columns)


def _own_columns(joined: Sequence[Joined]) -> list[str]:
    names: dict[str, None] = {}
    for each in joined:
        names.update(dict.fromkeys(tables.own_columns(each.comments)))
    return list(names)


def _new_sources(joined: Sequence[Joined]) -> list[Source]:
    sources: list[Source] = []
    for each in joined:
        sources.extend(each.new.values())
    return sources


def _places(
    before: pd.DataFrame | None, joined: Sequence[Joined], ids: pd.Series
) -> pd.DataFrame:
    """Where the parts of comments are in their documents (`tables.PLACES`)."""
    has_places = any(len(each.places) for each in joined)
    if not has_places and (before is None or before.empty):
        return tables.empty(tables.PLACES)
    parts = []
    read_now: set[str] = set()
    for each in joined:
        parts.append(each.places)
        is_new = each.comments["source"].isin(list(each.new))
        read_now.update(each.comments.loc[is_new, "comment_id"])
    if before is not None:
        parts.insert(0, before[~before["comment_id"].isin(list(read_now))])
    places = pd.concat(parts, ignore_index=True)
    return places[places["comment_id"].isin(ids)].reset_index(drop=True)


# ---------------------------------------------------------------- settings


def _by_hand(
    settings: Settings,
    ids: pd.Series,
    keep: Sequence[str],
    exclude: Mapping[str, str],
    notes: list[str],
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The ids kept and excluded by hand, earlier ones included."""
    known = set(ids)
    for comment_id in (*keep, *exclude):
        if comment_id not in known:
            raise CoderError(
                f"there is no comment {comment_id!r}",
                _similar_ids(comment_id, ids.tolist()),
            )
    both = sorted(set(keep) & set(exclude))
    if both:
        raise CoderError(
            f"{both[0]} is to be kept and excluded at once", "Choose one of the two."
        )
    kept = [comment_id for comment_id in settings.keep if comment_id not in exclude]
    kept.extend(keep)
    excluded = {
        comment_id: reason
        for comment_id, reason in settings.exclude.items()
        if comment_id not in keep
    }
    excluded.update(exclude)
    missing = [
        comment_id for comment_id in (*kept, *excluded) if comment_id not in known
    ]
    if missing:
        listed = ", ".join(missing[:MISSING_IDS_SHOWN])
        if len(missing) > MISSING_IDS_SHOWN:
            listed += " ..."
        notes.append(
            f"Kept or excluded by hand, but no longer among the comments: {listed}."
        )
    return tuple(dict.fromkeys(kept)), excluded


def _similar_ids(comment_id: str, ids: list[str]) -> str:
    """A sentence that offers ids like a misspelt one."""
    alike = []  # of another source, or with the question's id behind
    for known in ids:
        if known.endswith(f"/{comment_id}") or known.startswith(f"{comment_id}:"):
            alike.append(known)
    if alike:
        return f"There are: {', '.join(alike[:SIMILAR_IDS_SHOWN])}."
    return did_you_mean(comment_id, ids[:IDS_COMPARED]).split(" There are:")[0]


def _of_questions(
    settings: Settings, joined: Sequence[Joined], asked: str, *, several: bool
) -> dict[str, object]:
    """What the settings say of questions and sources."""
    if several:
        questions = tuple(each.question for each in joined)
        return {"questions": questions, "sources": (), "question": ""}
    (only,) = joined
    return {
        "questions": (),
        "sources": only.question.sources,
        "question": _question(settings, only, asked),
    }


def _question(settings: Settings, joined: Joined, asked: str) -> str:
    """The one question that the comments answer; else the one that is stored or asked for."""
    questions = [text for text in joined.comments["question"].unique() if text]
    if len(questions) == 1:
        return str(questions[0])
    if asked.casefold() == joined.question.id:
        asked = ""  # the question's id, not its wording
    return settings.question or asked


def _attributes(
    settings: Settings,
    columns_before: Sequence[str],
    own_columns: Sequence[str],
    results: Sequence[ReadResult],
) -> tuple[str, ...]:
    """What the user named stays; detected columns that the project did not have before are
    added.
    """
    decided_again: set[str] = set()
    named: list[str] = []
    detected: list[str] = []
    for result in results:
        if result.attributes_named:
            named.extend(result.attributes)
            for answers in result.answers:
                decided_again.update(tables.own_columns(answers.comments))
        else:
            detected.extend(
                name for name in result.attributes if name not in columns_before
            )
    stored = [name for name in settings.attributes if name not in decided_again]
    attributes = dict.fromkeys([*stored, *named, *detected])
    return tuple(name for name in attributes if name in own_columns)


def _wordings(
    settings: Settings,
    joined: Sequence[Joined],
    results: Sequence[ReadResult],
    notes: list[str],
) -> dict[str, object]:
    """The questions in full. What the project says already stays, and so does the first of two
    files; what differs is noted.
    """
    own_columns = set(_own_columns(joined))
    wordings = dict(settings.wordings)
    others = _earlier_other_wordings(settings, own_columns, results)
    for result in results:
        for column, of_header in result.wordings.items():
            wording = of_header.strip()
            if column not in own_columns or wording in ("", column):
                continue
            before = wordings.setdefault(column, wording)
            is_other = normal_key(before) != normal_key(wording)
            if is_other and _is_answered_elsewhere(column, result, joined):
                for source in result.sources:
                    others.setdefault(column, {})[source.name] = wording
                notes.append(
                    f"{column!r} was {before!r} and is {wording!r} in "
                    f"{Path(result.path).name}: answers to two questions stand in one "
                    "column. Do not break results down by it."
                )
    return {"wordings": wordings, "other_wordings": others}


def _earlier_other_wordings(
    settings: Settings, own_columns: Collection[str], results: Sequence[ReadResult]
) -> dict[str, dict[str, str]]:
    """Column to the sources that ask another question in it, without those that are read now."""
    read_now = {source.name for result in results for source in result.sources}
    others: dict[str, dict[str, str]] = {}
    for column, by_source in settings.other_wordings.items():
        for source, wording in by_source.items():
            if column in own_columns and source not in read_now:
                others.setdefault(column, {})[source] = wording
    return others


def _is_answered_elsewhere(
    column: str, result: ReadResult, joined: Sequence[Joined]
) -> bool:
    """Whether a column holds answers of other sources than those of a file."""
    own = [source.name for source in result.sources]
    for each in joined:
        comments = each.comments
        if column in comments.columns:
            of_others = comments.loc[~comments["source"].isin(own), column]
            if (of_others != "").any():
                return True
    return False


# ---------------------------------------------------------------- notes


def _counter_notes(sources: Iterable[Source]) -> list[str]:
    """How many people responded according to each page, which can contradict itself."""
    counters = []
    for source in sources:
        counter = source.facts.get("page_counters")
        if counter:
            counters.append(f"{source.name} says {counter}")
    if not counters:
        return []
    return [
        f"Number of Londoners who responded: {'; '.join(counters)}. It is not used as a base "
        "for percentages."
    ]


def _pooling_notes(sources: Sequence[Source]) -> list[str]:
    """How discussions count beside survey answers to the same question."""
    pages = [source.name for source in sources if source.format == "talk_london"]
    if not pages or len(pages) == len(sources):
        return []
    return [
        f"There are discussion comments ({', '.join(pages)}) and survey answers. "
        "Figures are given for each source, and totals leave out discussions. To include them, "
        f"export with {option('pool_discussion')}."
    ]
