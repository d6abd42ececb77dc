"""What to tell the user about a file's questions and its header."""

import re
from collections.abc import Mapping, Sequence

from coder.errors import option, shortened
from coder.reading.column_kinds import (
    OPEN,
    OTHER_ANSWER,
    SHORT_TEXT,
    OpenQuestion,
)
from coder.reading.column_labels import QUESTION_ENDS, folded
from coder.reading.column_names import ASKS_OPENLY
from coder.reading.column_profiles import Profile, Profiles
from coder.reading.other_kinds import Kind
from coder.reading.own_words import BY_CONTENT
from coder.text import count

SHOWN = 5  # columns that a note names
FEW_ANSWERS = 0.05  # share of rows
FEW_VALUES = 5  # different answers
WORDS_OF_LONGER = 6
FEWEST_LONGER = 20  # different cells of so many words among short texts
FEWEST_ROWS = 40  # in shorter files few answers are no sign of anything
# Words of a column name above which it reads like a comment; a file without names is often one
# column.
LONGEST_NAME = 15
LONGEST_NAME_OF_ONE_COLUMN = 6
# Whoever asks does not speak of "me".
OF_MYSELF = re.compile(r"\b(?:I|my|mine|myself)\b")


def question_notes(
    questions: Sequence[OpenQuestion], profiles: Profiles, kinds: Mapping[str, Kind]
) -> list[str]:
    """Notes on questions that hardly anybody answered, and on text that is not read."""
    notes = []
    for question in questions:
        notes.extend(_warnings(profiles[question.column]))
        if kinds[question.column].why == BY_CONTENT:
            notes.append(
                f"No column is clearly an open question: {question.column!r} looks most like one. "
                f"If it is none, name another with {option('text', 'COL')}."
            )
    others = [name for name, kind in kinds.items() if kind.kind == OTHER_ANSWER]
    if others:
        what = count(len(others), "column")
        notes.append(
            f"{what} of text beside a list of answers ({_listed(others)}) "
            f"{_be(others)} not read as comments. To read one, name it beside the questions: "
            f"{option('text', others[0])}"
        )
    read = {question.column for question in questions}
    is_open = [name for name, kind in kinds.items() if kind.kind == OPEN]
    left = [name for name in is_open if name not in read]
    notes.extend(_notes_on_longer_texts(profiles, kinds))
    if left:
        notes.append(
            f"There is more free text in {_listed(left)}. To read it too: "
            f"{option('text', left[0])}, beside the columns that are read now."
        )
    return notes


def _notes_on_longer_texts(profiles: Profiles, kinds: Mapping[str, Kind]) -> list[str]:
    """A note on columns of short answers among which there are longer texts."""
    longer = []
    for name, kind in kinds.items():
        if kind.kind == SHORT_TEXT and _longer_texts(profiles[name]) >= FEWEST_LONGER:
            longer.append(name)
    if not longer:
        return []
    return [
        f"Some answers in {_listed(longer)} are longer texts. They are not read as comments. "
        f"To read them: {option('text', longer[0])}, beside the columns that are read now."
    ]


def _longer_texts(profile: Profile) -> int:
    """How many different cells of a column have several words."""
    return sum(len(value.split()) >= WORDS_OF_LONGER for value in profile.values)


def _warnings(profile: Profile) -> list[str]:
    """A note on a column of comments that may be a tick box, coded answers or a list."""
    if profile.rows < FEWEST_ROWS or not profile.filled:
        return []
    name = repr(shortened(profile.name))
    if profile.distinct <= FEW_VALUES and profile.distinct < profile.filled:
        values = count(profile.distinct, "different answer")
        return [
            f"{name} holds only {values}. If they are answers of a list, they are no comments: "
            f"name another column with {option('text', 'COL')}."
        ]
    if profile.filled < FEW_ANSWERS * profile.rows:
        return [
            f"{name} is answered in {profile.filled:,} of {profile.rows:,} rows, so what is "
            "found in it stands for few respondents."
        ]
    return []


def _be(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _listed(names: Sequence[str]) -> str:
    quoted = [f"'{shortened(name)}'" for name in names[:SHOWN]]
    shown = ", ".join(quoted)
    if len(names) > SHOWN:
        shown += f" and {len(names) - SHOWN:,} more"
    return shown


def missing_header_notes(text: str, columns: int) -> list[str]:
    """A note where the name of the text column, one of so many columns, reads like a comment
    itself.
    """
    if not reads_like_a_comment(text, columns):
        return []
    return [
        "The first row was used as the column names, but it reads like a comment. If it is "
        "one, add a row of names above it."
    ]


def reads_like_a_comment(name: str, columns: int) -> bool:
    """Whether the name of a text column, one of so many columns, is no question but an answer.

    Where a file has no row of names, its first answer was taken for one.
    """
    longest = LONGEST_NAME
    if columns == 1:
        longest = LONGEST_NAME_OF_ONE_COLUMN
    if len(name.split()) <= longest or name.rstrip().endswith(QUESTION_ENDS):
        return False
    if "?" in name:
        return False
    return OF_MYSELF.search(name) is not None or not ASKS_OPENLY.search(folded(name))
