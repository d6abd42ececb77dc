"""The question that was asked: where it comes from, and what kind of answer it calls for."""

import re

from coder.project import Source
from coder.reading.column_labels import WORDS_OF_A_SENTENCE, folded
from coder.reading.column_names import ASKS_OPENLY
from coder.reading.raw_table import RawTable

MOST_WORDS = 60  # of a column's name that is a question
# A question that yes or no answers, so that a bare "No" is an opinion: it opens with a verb and
# does not ask whether there is anything (else) to say.
OPENS_CLOSED = re.compile(
    r"^(?:(?:overall|in general|generally|in your view|and) )?"
    r"(?:should|would|do|does|did|is|are|was|were|will|can|could|has|have)\b"
)
ASKS_FOR_MORE = re.compile(
    r"\b(?:any|anything|anyone|anywhere|else|other|others|further|additional|more|something|comments?|"
    r"tell|explain|describe|suggest|give|add|share|say)\b"
)


def question_of_file(
    raw: RawTable,
    text_column: str,
    earlier: Source | None,
) -> str:
    """The question that a file's comments answer, where the user did not say it; empty where it is
    not known.

    It is the one that was used when the file was last read (`earlier`), the prompts of a
    discussion page, the question in the header, or the name of the text column where that is a
    question or asks for an answer ("Please tell us why you say so").
    """
    if earlier is not None and earlier.facts.get("question"):
        return earlier.facts["question"]
    prompts = raw.facts.get("questions", "").replace(" | ", " ")
    if prompts:
        return prompts
    of_header = raw.questions.get(text_column, "")
    if of_header:
        return of_header
    if _reads_like_a_question(text_column.strip()):
        return text_column.strip()
    return ""


def _reads_like_a_question(name: str) -> bool:
    """Whether a column's name is a question, or a sentence that asks for an answer."""
    if name.endswith("?"):
        return True
    if not WORDS_OF_A_SENTENCE <= len(name.split()) <= MOST_WORDS:
        return False
    return ASKS_OPENLY.search(folded(name)) is not None


def answered_by_yes_or_no(question: str) -> bool:
    """Whether a sentence of the question can be answered by yes or no ("Should X be banned, and
    why?").
    """
    for sentence in _closed_sentences(question):
        opening = sentence.split(",")[0].split(" and ")[0]
        if not ASKS_FOR_MORE.search(opening):
            return True
    return False


def asks_for_more(question: str) -> bool:
    """Whether the question asks if there is anything (else) to say, so that "Yes" alone says
    nothing.
    """
    return bool(_closed_sentences(question)) and not answered_by_yes_or_no(question)


def _closed_sentences(question: str) -> list[str]:
    """The sentences of a question that open with a verb, folded."""
    sentences = re.split(r"[.?!|]+", question.casefold())
    return [
        sentence.strip()
        for sentence in sentences
        if OPENS_CLOSED.search(sentence.strip())
    ]
