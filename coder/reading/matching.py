"""Which question of a project the answers of a file belong to.

A file's answers go to the question of the same wording, of the same column of the same file, of
the same id, of the same answers where a source is read again, or of the same words in another
spelling. Of a file and a project with one question each, the answers are put together, unless
they are worded as different ones: naming both for one project says that they belong together. All
other answers are a question of their own, and those to several questions are never put together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from coder.errors import option
from coder.reading.answers import Answers, ReadResult
from coder.reading.column_kinds import QUESTION_NUMBER, STOP_WORDS, question_id_of
from coder.reading.replacements import overlap_of
from coder.settings import Question, Settings
from coder.text import normal_key

ALIKE = (
    0.75  # of two wordings that are one question, edited; and of two words so spelled
)
HALF = 0.5  # of answers; more of them that are the same make the same question
READ_AGAIN = "read the earlier file again"
NEGATIONS = frozenset(("not", "no", "never", "don", "cannot", "without"))


@dataclass(frozen=True)
class MatchedQuestion:
    """A question of the project and what is known of its answers.

    Attributes:
        question: with its sources as they were, without those that are read no longer.
        existing: its comments as they were; None where there were none.
        answers: what was read.
    """

    question: Question
    existing: pd.DataFrame | None
    answers: tuple[Answers, ...]


class Matched(NamedTuple):
    """All questions of the project after reading; `several` says whether it is a project of
    several questions.
    """

    questions: tuple[MatchedQuestion, ...]
    several: bool
    notes: tuple[str, ...]


def match_questions(
    settings: Settings,
    existing: pd.DataFrame | None,
    results: Sequence[ReadResult],
    *,
    has_results: bool,
) -> Matched:
    """Find the question of all answers that were read.

    Args:
        settings, existing: of the project; `existing` is None for a new one.
        results: what was read.
        has_results: whether anything was made of the answers that the project has.
    """
    finder = _Finder(settings, existing)
    for result in results:
        finder.add(result)
    finder.drop_questions_without_sources()
    questions = list(finder.questions.values())
    if not questions:
        questions = [Question(id="comment", question=settings.question)]
    was_several = bool(settings.questions)
    several = len(questions) > 1 or (was_several and has_results)
    matched = []
    for question in questions:
        if several and not was_several and has_results and question.id == finder.only:
            question = question.model_copy(update={"was_alone": True})
        part = finder.existing_answers(question)
        answers = tuple(finder.answers.get(question.id, ()))
        worded = _with_wording(question, answers)
        finder.notes.extend(_rewording_notes(question, worded))
        each = MatchedQuestion(worded, part, answers)
        matched.append(_with_ids(each, several=several, was_several=was_several))
    return Matched(tuple(matched), several, tuple(finder.notes))


class _Finder:
    """The questions of the project, to which answers are added.

    Attributes:
        questions: by id.
        answers: what was read, by the question's id.
        only: id of the only question of a project that has one; empty otherwise.
        notes: what to tell the user.
    """

    def __init__(self, settings: Settings, existing: pd.DataFrame | None) -> None:
        self.questions: dict[str, Question] = {}
        self.answers: dict[str, list[Answers]] = {}
        self.only = ""
        self.notes: list[str] = []
        self._existing = existing
        self._remedies: dict[str, str] = {}  # question's id to how to have it back
        for question in settings.questions:
            self.questions[question.id] = question
        if settings.sources and not settings.questions:
            self.only = _id_of_only_question(settings, existing)
            self.questions[self.only] = Question(
                id=self.only, question=settings.question, sources=settings.sources
            )

    def existing_answers(self, question: Question) -> pd.DataFrame | None:
        """The comments that the project has of a question."""
        if self._existing is None:
            return None
        if self.only:
            return self._existing if question.id == self.only else None
        own = self._existing["question_id"] == question.id
        return self._existing[own].reset_index(drop=True)

    def add(self, result: ReadResult) -> None:
        """Find the question of each of a file's answers; a new one where there is none."""
        file = Path(result.path).name
        # Wordings first: a later file may number its questions otherwise.
        by_wording = self._by_wording(result.answers)
        found: set[str] = set(by_wording.values())
        for place, answers in enumerate(result.answers):
            question = self.questions.get(by_wording.get(place, ""))
            if question is None:
                question = self._known(file, answers, found)
            if question is None:
                question = self._of_same_answers(answers, found)
            if question is None:
                question = self._of_same_words(answers, found)
            if question is None and len(result.answers) == 1:
                question = self._question_to_join(answers)
            if question is None:
                question = self._new(result, answers, found)
            elif place not in by_wording:
                self._note_other_wording(file, question, answers)
            found.add(question.id)
            self.answers.setdefault(question.id, []).append(answers)
        self._remove_other_answers(file, result, found)

    def _known(self, file: str, answers: Answers, taken: set[str]) -> Question | None:
        """The question of the same column or id, unless it is worded as another one; other answers
        of the file have those that are taken.
        """
        free = []
        for question in self.questions.values():
            if question.id not in taken and not _asks_another(question, answers):
                free.append(question)
        same_column = [each for each in free if _is_column(each, file, answers.column)]
        same_id = [each for each in free if each.id == answers.question_id]
        alike = [*same_column, *same_id]
        return alike[0] if alike else None

    def _of_same_answers(self, answers: Answers, taken: set[str]) -> Question | None:
        """The question to which a source that is read again had the same answers: its column has
        another name now, and it is worded anew.
        """
        for question in self.questions.values():
            if question.id not in taken and self._has_same_answers(question, answers):
                return question
        return None

    def _has_same_answers(self, question: Question, answers: Answers) -> bool:
        """Whether most answers of a source to a question are those that were read now."""
        existing = self.existing_answers(question)
        names = {source.name for source in answers.sources}
        old = [source for source in question.sources if source.name in names]
        if existing is None or not old:
            return False
        before = existing[existing["source"].isin(names)]
        has_ids = all("id" in source.columns for source in [*old, *answers.sources])
        overlap = overlap_of(before, answers.comments, has_ids=has_ids)
        return overlap.share > HALF

    def _by_wording(self, all_answers: Sequence[Answers]) -> dict[int, str]:
        """Place of answers to the question that is worded as theirs, where there is one."""
        found: dict[int, str] = {}
        for place, answers in enumerate(all_answers):
            wording = normal_key(answers.wording)
            alike = []
            for question in self.questions.values():
                is_free = question.id not in found.values()
                if wording and is_free and normal_key(question.question) == wording:
                    alike.append(question.id)
            # Of several worded alike, that of the same id.
            alike.sort(key=lambda name: name != answers.question_id)
            if alike:
                found[place] = alike[0]
        return found

    def _of_same_words(self, answers: Answers, taken: set[str]) -> Question | None:
        """The one question that is worded in the same words, some of them spelled otherwise."""
        alike = []
        for question in self._questions_to_compare(answers, taken):
            if _have_same_words(question.question, answers.wording):
                alike.append(question)
        return alike[0] if len(alike) == 1 else None

    def _questions_to_compare(
        self, answers: Answers, taken: set[str]
    ) -> Iterator[Question]:
        """The questions that are worded otherwise and not asked of the same people."""
        for question in self.questions.values():
            if question.id in taken or self._is_of_same_people(question, answers):
                continue
            if _are_worded_differently(question, answers):
                yield question

    def _question_to_join(self, answers: Answers) -> Question | None:
        """The only question of the project, unless it is another one to the same people."""
        if len(self.questions) != 1:
            return None
        (question,) = self.questions.values()
        if self._is_of_same_people(question, answers):
            return None
        is_expected = _replaces(answers, question) or _hold_page(answers, question)
        if _asks_another(question, answers) and not is_expected:
            return None
        return question

    def _note_other_wording(
        self, file: str, question: Question, answers: Answers
    ) -> None:
        """Say where answers are put together whose questions are worded differently."""
        is_expected = _replaces(answers, question) or _hold_page(answers, question)
        if is_expected or not _are_worded_differently(question, answers):
            return
        self.notes.append(
            f"{file} asks {answers.wording!r}, and the project {question.question!r}. They are "
            "taken for one question. If they are two, read the file into another project: "
            f"{option('into', 'PROJECT')}"
        )

    def _is_of_same_people(self, question: Question, answers: Answers) -> bool:
        """Whether the answers are in another column of a file that the question was read from."""
        names = {source.name for source in answers.sources}
        contents = {source.content for source in answers.sources}
        for source in question.sources:
            is_same_file = source.content in contents
            is_other_column = source.columns.get("text") != answers.column
            if is_same_file and is_other_column and source.name not in names:
                return True
        for other in self.answers.get(question.id, ()):
            if {source.content for source in other.sources} == contents:
                return True
        return False

    def _new(self, result: ReadResult, answers: Answers, taken: set[str]) -> Question:
        question_id = question_id_of(answers.question_id, self.questions)
        least = ALIKE
        if len(result.answers) == len(self.questions) == 1:
            least = 0.0  # both could be meant for one question
        alike = self._most_alike(answers, taken, least)
        if alike is not None:
            self.notes.append(
                f"{Path(result.path).name} asks {answers.wording!r}, not {alike.question!r}, so "
                f"its answers are a question of their own: {question_id!r}. To analyse them "
                "together, give both the same wording: "
                f"{option('question_of', f'{answers.column}=TEXT')}"
            )
        elif answers.question_id in self.questions:
            other = self.questions[answers.question_id]
            self.notes.append(
                f"{answers.column!r} asks {answers.wording!r}, not {other.question!r} (the "
                f"question {other.id!r}). Its answers are a question of their own: "
                f"{question_id!r}."
            )
        question = Question(id=question_id, question=answers.wording)
        self.questions[question_id] = question
        return question

    def _most_alike(
        self, answers: Answers, taken: set[str], least: float
    ) -> Question | None:
        """The question whose wording looks most like that of the answers, at least so much."""
        likeness: dict[str, float] = {}
        for question in self._questions_to_compare(answers, taken):
            ratio = _likeness(question.question, answers.wording)
            if ratio >= least:
                likeness[question.id] = ratio
        if not likeness:
            return None
        return self.questions[max(likeness, key=lambda name: likeness[name])]

    def _remove_other_answers(
        self, file: str, result: ReadResult, found: set[str]
    ) -> None:
        """Take the sources that were read now from the questions that they no longer answer."""
        names: set[str] = set()
        for answers in result.answers:
            names.update(source.name for source in answers.sources)
        for question in list(self.questions.values()):
            if question.id in found:
                continue
            left = tuple(
                source
                for source in question.sources
                if source.file != file or source.name not in names
            )
            if len(left) < len(question.sources):
                self._remedies[question.id] = _how_to_have_back(question, result)
                self.questions[question.id] = question.model_copy(
                    update={"sources": left}
                )

    def drop_questions_without_sources(self) -> None:
        """Leave out the questions whose last source is read for others now."""
        for question in list(self.questions.values()):
            if question.sources or self.answers.get(question.id):
                continue
            del self.questions[question.id]
            self.notes.append(
                f"The question {question.id!r} is no longer in the project: the columns that were "
                f"read do not include it. What was made of its answers stays in its folder. To "
                f"have it back, {self._remedies.get(question.id, READ_AGAIN)}."
            )


def _how_to_have_back(question: Question, result: ReadResult) -> str:
    """What to do where the answers to a question were in a file, and are no longer read."""
    columns = {kind.column for kind in result.kinds}
    for source in question.sources:
        column = source.columns.get("text", "")
        if column in columns:
            return f"read its column beside those that are read now: {option('text', column)}"
    return READ_AGAIN


def _is_column(question: Question, file: str, column: str) -> bool:
    """Whether the question's answers are in a column of a file, and all of it."""
    for source in question.sources:
        is_whole = "question" not in source.columns
        if is_whole and (source.file, source.columns.get("text")) == (file, column):
            return True
    return False


def _id_of_only_question(settings: Settings, existing: pd.DataFrame | None) -> str:
    """The id of a project's only question, also where an earlier version wrote the project."""
    if existing is not None and len(existing) and existing["question_id"].iloc[0]:
        return str(existing["question_id"].iloc[0])
    return question_id_of(settings.sources[0].columns.get("text", ""))


def _asks_another(question: Question, answers: Answers) -> bool:
    """Whether answers are worded as another question than that of the same name. What was read
    from the same content may be worded anew.
    """
    if not _are_worded_differently(question, answers):
        return False
    contents = {source.content for source in answers.sources}
    if any(source.content in contents for source in question.sources):
        return False
    if _likeness(question.question, answers.wording) < ALIKE:
        return True
    if _replaces(answers, question):  # a later state of the file may be worded better
        return False
    return _have_other_words(question.question, answers.wording)


def _replaces(answers: Answers, question: Question) -> bool:
    """Whether a source of the question is read again."""
    names = {source.name for source in answers.sources}
    return any(source.name in names for source in question.sources)


def _hold_page(answers: Answers, question: Question) -> bool:
    """Whether there is a page of discussions: its title stands in place of a question."""
    sources = [*question.sources, *answers.sources]
    return any(source.format == "talk_london" for source in sources)


def _are_worded_differently(question: Question, answers: Answers) -> bool:
    """Whether the wordings of both are known and not the same."""
    before, now = normal_key(question.question), normal_key(answers.wording)
    return bool(before and now) and before != now


def _likeness(first: str, second: str) -> float:
    """How much two wordings look alike, between 0 and 1."""
    return SequenceMatcher(None, normal_key(first), normal_key(second)).ratio()


def _have_same_words(first: str, second: str) -> bool:
    """Whether two wordings have the same telling words, in British or American spelling, or with
    a typing error in one of them. Numbers are the same.
    """
    words, others = _telling_words(first), _telling_words(second)
    if not words or len(words) != len(others):
        return False
    for word, other in zip(words, others, strict=True):
        has_number = any(char.isdigit() for char in word + other)
        if word != other and (has_number or not _are_spelled_alike(word, other)):
            return False
    return not _have_other_words(first, second)


def _have_other_words(first: str, second: str) -> bool:
    """Whether two wordings that look alike ask different things: one supports what the other
    opposes, is about another option, or denies it. A question's number is no part of it.
    """
    words, others = _telling_words(first), _telling_words(second)
    if NEGATIONS & (set(words) ^ set(others)):
        return True
    steps = SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
    for step, start, end, other_start, other_end in steps:
        word = " ".join(words[start:end])
        other = " ".join(others[other_start:other_end])
        if step == "replace" and not _are_spelled_alike(word, other):
            return True
    return False


def _telling_words(wording: str) -> list[str]:
    number = QUESTION_NUMBER.match(wording)
    asked = wording if number is None else wording[number.end() :]
    return [word for word in normal_key(asked).split() if word not in STOP_WORDS]


def _are_spelled_alike(word: str, other: str) -> bool:
    """`neighbourhood` and `neighborhood`, but not `agree` and `disagree`."""
    if word[0] != other[0]:
        return False
    return SequenceMatcher(None, word, other).ratio() >= ALIKE


def _with_wording(question: Question, answers: Sequence[Answers]) -> Question:
    """The question as it is worded now: anew where its source was read again."""
    names = {source.name for source in question.sources}
    for each in answers:
        is_again = any(source.name in names for source in each.sources)
        if each.wording and (is_again or not question.question):
            return question.model_copy(update={"question": each.wording})
    return question


def _rewording_notes(before: Question, now: Question) -> list[str]:
    """A note where a question has another wording now."""
    earlier, later = normal_key(before.question), normal_key(now.question)
    if not earlier or earlier == later:
        return []
    return [
        f"The question {now.id!r} has another wording now: {now.question!r}. It was "
        f"{before.question!r}. It keeps its id, and answers that are the same keep their "
        "decisions. Correct `question:` in a codebook that has the earlier wording."
    ]


def _with_ids(
    matched: MatchedQuestion, *, several: bool, was_several: bool
) -> MatchedQuestion:
    """The same, each comment with the question's id; of several questions also in its own id."""
    question = matched.question
    suffix = f":{question.id}"
    is_suffixed = several and not question.was_alone
    existing = matched.existing
    if existing is not None:
        ids = existing["comment_id"]
        if was_several and not several:
            ids = ids.str.removesuffix(suffix)
        elif is_suffixed and not was_several:
            ids = ids + suffix
        existing = existing.assign(comment_id=ids, question_id=question.id)
    answers = []
    for each in matched.answers:
        answers.append(
            _answers_with_ids(each, question.id, suffix if is_suffixed else "")
        )
    return MatchedQuestion(question, existing, tuple(answers))


def _answers_with_ids(answers: Answers, question_id: str, suffix: str) -> Answers:
    comments = answers.comments
    comments = comments.assign(
        comment_id=comments["comment_id"] + suffix, question_id=question_id
    )
    places = answers.places
    if places is not None:
        places = places.assign(comment_id=places["comment_id"] + suffix)
    return Answers(
        question_id,
        answers.wording,
        answers.column,
        comments,
        answers.sources,
        places,
    )
