"""Whether a column holds people's own words, and what speaks for it."""

from coder.reading.column_labels import folded, is_nameless
from coder.reading.column_names import (
    ASKS_FOR_DETAILS,
    ASKS_FROM_A_LIST,
    ASKS_OPENLY,
    IS_NOT_OTHER,
    IS_OTHER,
    NOT_TEXT_WORDS,
    TEXT_NAMES,
    TEXT_WORDS,
)
from coder.reading.column_profiles import Profile
from coder.reading.option_lists import separator_of_options

BY_NAME = "by its name and its free text"
BY_WORDING = "its question asks for people's own words"
BY_CONTENT = "the longest and most varied text"
BY_LENGTH = "long and varied text"

FEW_CELLS = 12  # that a small file, or a question answered by few, may have
MOST_NUMBERS = 0.5  # share of numbers from which a column is coded
MOST_OF_A_SHAPE = 0.6  # share of e-mail addresses, dates ...
MOST_OF_A_SCALE = 0.7  # share of points of a scale
STATEMENT = 15  # words; longer texts may repeat, as letters of a campaign do
# Share of cells that no other repeats, at least: "No" and "None" are many answers to an open
# question, but hardly all.
UNIQUE = 0.25
UNIQUE_WHERE_ASKED = 0.04
UNIQUE_LETTERS = 0.15  # where texts are long
MANY_CELLS = 40
MOSTLY_UNIQUE = 0.6
WORDS_OF_A_NAME = 4
TITLE = 3  # words of names and titles


def reason_for_own_words(profile: Profile) -> str:
    """What speaks for people's own words; empty where it is something else."""
    if not profile.filled or _is_coded(profile) or _is_from_a_list(profile):
        return ""
    if profile.folded in TEXT_NAMES:
        return BY_NAME
    if separator_of_options(profile):
        return ""
    if _asks_openly(profile):
        return _reason_where_asked(profile)
    if ASKS_FOR_DETAILS.search(folded(profile.asked)):
        return BY_LENGTH if _is_prose(profile, median=8, speech=0.7) else ""
    if profile.name_words & NOT_TEXT_WORDS:
        return ""
    return _reason_by_cells(profile)


def _reason_where_asked(profile: Profile) -> str:
    if not _says_something(profile):
        return ""
    if _is_named_text(profile):
        return BY_NAME
    return BY_WORDING


def _reason_by_cells(profile: Profile) -> str:
    """The reason where neither the name nor the question tells what was asked for."""
    are_answers = _is_prose(profile, median=3, speech=0.35) or _are_phrases(profile)
    if are_answers and _is_question(profile):
        return BY_WORDING
    if reads_like_comments(profile):
        return BY_LENGTH
    return ""


def is_other_answer(profile: Profile, before: Profile | None) -> bool:
    """Whether a column holds what people wrote beside a list of options.

    Args:
        profile: of a column of text that is not from a list.
        before: the column before it.
    """
    if profile.beside:
        return True
    words = profile.folded.split()
    if len(words) <= WORDS_OF_A_NAME and words[-1:] == ["other"]:
        return True
    for label in (profile.name, profile.wording):
        if label and IS_OTHER.search(label) and not IS_NOT_OTHER.search(label):
            return True
    if not is_nameless(profile.name) or profile.wording or before is None:
        return False
    if is_tick_box(profile):
        return False
    return is_tick_box(before)


def reads_like_comments(profile: Profile) -> bool:
    """Whether the cells alone, whatever was asked, look like people's own words."""
    return _is_prose(profile, median=4, speech=0.4)


def is_tick_box(profile: Profile) -> bool:
    """Whether a column has one value at most, in some of its rows."""
    return profile.distinct <= 1 and profile.filled < profile.rows


def _asks_openly(profile: Profile) -> bool:
    """Whether the question, or a short name, asks for people's own words."""
    if _is_named_text(profile):
        return True
    if not profile.wording and profile.name_words & NOT_TEXT_WORDS:
        return False
    return ASKS_OPENLY.search(folded(profile.asked)) is not None


def repeats_its_name(profile: Profile) -> bool:
    """Whether the only value of a column is in its name, as that of a tick box is."""
    if profile.distinct != 1:
        return False
    value = folded(next(iter(profile.values)))
    return bool(value) and any(value in label for label in profile.labels)


def _is_named_text(profile: Profile) -> bool:
    """Whether a short name speaks for free text, such as `FFT answer`."""
    if profile.name_words & NOT_TEXT_WORDS:
        return False
    return profile.folded in TEXT_NAMES or bool(profile.name_words & TEXT_WORDS)


def _is_question(profile: Profile) -> bool:
    asked = folded(profile.asked)
    return bool(profile.wording) and ASKS_FROM_A_LIST.search(asked) is None


def _is_coded(profile: Profile) -> bool:
    """Whether the cells are numbers, or all of one shape, such as e-mail addresses."""
    if profile.numeric > MOST_NUMBERS:
        return True
    return max(profile.shapes.values()) > MOST_OF_A_SHAPE


def _is_from_a_list(profile: Profile) -> bool:
    """Whether the cells are answers of a list, which most respondents chose among."""
    if profile.scale > MOST_OF_A_SCALE and not _says_more_than_yes(profile):
        return True
    if repeats_its_name(profile):
        return True
    if profile.filled < FEW_CELLS:
        is_asked = _asks_openly(profile) and profile.words >= TITLE
        return profile.distinct <= profile.filled / 2 and not is_asked
    fewest = UNIQUE
    if profile.words >= STATEMENT and profile.distinct > FEW_CELLS:
        fewest = UNIQUE_LETTERS
    if _asks_openly(profile):
        fewest = UNIQUE_WHERE_ASKED
    return profile.unique < fewest or not profile.is_varied


def _says_more_than_yes(profile: Profile) -> bool:
    """Whether some say more than "No" to an open question, as to whether there is anything
    else.
    """
    return profile.long * profile.measured >= 2


def _says_something(profile: Profile) -> bool:
    """Whether answers are more than names: several words, or a few of some length."""
    if _is_prose(profile, median=2, speech=0.15):
        return True
    if profile.words < 1.2:
        return False
    if profile.filled < FEW_CELLS:
        return profile.words >= 1.5 or profile.long > 0
    return profile.speech >= 0.1 or profile.long >= 0.15 or profile.words >= TITLE


def _are_phrases(profile: Profile) -> bool:
    """Whether many answered, hardly two the same, in phrases and not in names alone."""
    is_varied = profile.filled >= MANY_CELLS and profile.unique >= MOSTLY_UNIQUE
    return is_varied and profile.words >= TITLE and profile.speech >= 0.08


def _is_prose(profile: Profile, *, median: float, speech: float) -> bool:
    """Whether the cells are so long, and so many say something, that people wrote them.

    Where the words of the language are not known, only long texts count.
    """
    if profile.words >= STATEMENT and profile.characters >= 80:
        return True
    has_length = profile.median_words >= median or profile.long >= 0.3
    return has_length and profile.speech >= speech
