"""What was read from one file: a table of comments for each question that it holds answers to."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from coder.reading.column_kinds import ColumnKind, OpenQuestion
from coder.reading.columns import DetectedColumn
from coder.settings import Source


@dataclass(frozen=True)
class Answers:
    """The answers to one question of a file.

    Attributes:
        question_id: a slug, unique in the file.
        wording: of the question; empty where it is not known.
        column: that holds the answers.
        comments: `tables.COMMENTS` and the survey's own columns, as text and unchanged; a row for
            each row of the file.
        sources: where the answers came from.
        places: `tables.PLACES`, where they were read from documents.
    """

    question_id: str
    wording: str
    column: str
    comments: pd.DataFrame
    sources: tuple[Source, ...]
    places: pd.DataFrame | None = None


@dataclass(frozen=True)
class ReadResult:
    """One file as comments.

    Attributes:
        path: of the file.
        rows: of the file: answers received, or respondents where there are several questions.
        described: format, encoding and separator in words.
        answers: to each question, one at least.
        columns: the column of each role, and why.
        questions: the open questions, by the columns that hold the answers.
        kinds: what each column of the file was taken for.
        attributes: own columns to break results down by.
        wordings: own column to its question in full, where the header has both.
        attributes_named: whether the user named them.
        notes: what to tell the user (may hold the marks of `errors.option` and `errors.command`).
    """

    path: str
    rows: int
    described: str
    answers: tuple[Answers, ...]
    columns: tuple[DetectedColumn, ...]
    questions: tuple[OpenQuestion, ...]
    kinds: tuple[ColumnKind, ...]
    attributes: tuple[str, ...]
    wordings: Mapping[str, str]
    attributes_named: bool
    notes: tuple[str, ...]

    @property
    def comments(self) -> pd.DataFrame:
        """The answers to all questions, one after the other."""
        if len(self.answers) == 1:
            return self.answers[0].comments
        parts = [answers.comments for answers in self.answers]
        return pd.concat(parts, ignore_index=True)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the answers to the first question."""
        return self.answers[0].sources
