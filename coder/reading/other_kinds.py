"""What the columns are that play no role and hold no answers in people's own words."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from coder.reading.column_kinds import (
    CLOSED,
    DATE,
    DROPPED,
    NUMBER,
    OTHER_ANSWER,
    SEVERAL,
    SHORT_TEXT,
)
from coder.reading.column_labels import folded
from coder.reading.column_names import (
    ABOUT_RESPONDENT,
    DATE_WORDS,
    ID_WORDS,
    METADATA,
    OF_ONE_PERSON,
    ORGANISATION,
    PERSONAL,
    TICKS,
)
from coder.reading.column_profiles import MOST_GROUPS, Profile
from coder.reading.option_lists import separator_of_options
from coder.reading.own_words import is_other_answer, is_tick_box, repeats_its_name
from coder.reading.response_status import STATUS_NAMES, WORDS

PERSONAL_DETAILS = "personal details"
MOST_WORDS_OF_A_GROUP = 12
MOST_NUMBERS = 12  # different numbers in a column that results are broken down by
MOST_ATTRIBUTES = (
    30  # in a file of more groups, only what tells of the respondent is one
)
FEW_CELLS = 5
FEWEST_GROUPS = 3  # of which each may be one respondent's
MOSTLY_DIFFERENT = 0.5  # share of cells that no other repeats
SHAPES_OF_PEOPLE = {
    "email": "e-mail addresses",
    "ip": "IP addresses",
    "phone": "phone numbers",
    "postcode": "postcodes",
}
REDCAP_FORM = re.compile(r"\w+_complete")
# Columns that Qualtrics makes of the answers to a question.
ANALYSIS_OF_TEXT = re.compile(
    r".+ - (?:Topics|Sentiment.*|Parent Topics|Actionability)"
)
STATES = frozenset((*WORDS, "ip address", "imported", "spam", "offline"))
DATE_NAME_WORDS = DATE_WORDS | {"started", "ended", "submitted", "created", "start"}


class Kind(NamedTuple):
    """A kind of column (see `column_kinds`), and why."""

    kind: str
    why: str


def kind_of(profile: Profile, before: Profile | None, *, is_option: bool) -> Kind:
    """The kind of a column that plays no role and holds no answers to an open question.

    Args:
        before: the column before it.
        is_option: whether it is one of several columns for the options of a question.
    """
    by_name = kind_by_name_and_shape(profile)
    if by_name is not None:
        return by_name
    if _is_tick_box_of_options(profile, is_option=is_option):
        return Kind(SEVERAL, "one option of a question")
    if profile.numeric > 0.9 and profile.distinct > MOST_NUMBERS:
        return Kind(NUMBER, "numbers")
    separator = separator_of_options(profile)
    if separator:
        return Kind(SEVERAL, f"answers of a list, with {separator} between them")
    if is_other_answer(profile, before):
        return Kind(OTHER_ANSWER, "the text beside a list of answers")
    if is_group(profile) or _repeats(profile) or profile.scale > 0.7:
        return Kind(CLOSED, "answers of a list")
    if profile.numeric > 0.9:
        return Kind(NUMBER, "numbers")
    return Kind(SHORT_TEXT, "entries of a few words, such as names or places")


def kind_by_name_and_shape(profile: Profile) -> Kind | None:
    """The kind of a column that is dropped or holds dates; None where it may be an answer."""
    if not profile.filled:
        return Kind(DROPPED, "empty")
    dropped = _reason_to_drop(profile)
    if dropped:
        return Kind(DROPPED, dropped)
    if _is_date(profile):
        return Kind(DATE, "by its name and its dates")
    return None


def attributes_among(groups: Sequence[Profile]) -> tuple[str, ...]:
    """The columns that results are broken down by, of those that have few different values.

    A long survey has more closed questions than anybody breaks results down by: there, only
    those about the respondent.
    """
    if len(groups) > MOST_ATTRIBUTES:
        about = [group for group in groups if is_about_respondent(group)]
        groups = about[:MOST_ATTRIBUTES]
    return tuple(group.name for group in groups)


def is_about_respondent(profile: Profile) -> bool:
    """Whether the name or the question speaks of who somebody is."""
    asked = folded(f"{profile.name} {profile.wording}")
    return ABOUT_RESPONDENT.search(asked) is not None


def is_group(profile: Profile) -> bool:
    """Whether a column has few enough values to break results down by: age band, borough, yes
    or no.
    """
    most = min(MOST_GROUPS, max(3, profile.rows // 3))
    if not 2 <= profile.distinct <= most or profile.words > MOST_WORDS_OF_A_GROUP:
        return False
    if profile.name_words & (ID_WORDS | DATE_WORDS) or profile.is_named_weight:
        return False
    if profile.distinct > FEWEST_GROUPS and profile.unique > MOSTLY_DIFFERENT:
        return False
    return profile.numeric < 0.5 or profile.distinct <= MOST_NUMBERS


def _reason_to_drop(profile: Profile) -> str:
    """Why a column says nothing in answer to a question; empty where it may."""
    is_varied = not _repeats(profile)
    if _is_tick_box_of_options(profile, is_option=False):
        return ""
    for label in profile.labels:
        if METADATA.fullmatch(label):
            return "added by the survey tool"
        if is_varied and ORGANISATION.fullmatch(label):
            return "names of organisations"
        is_details = PERSONAL.fullmatch(label) is not None
        if is_details and (is_varied or OF_ONE_PERSON.search(label)):
            return PERSONAL_DETAILS
    return _reason_by_tool(profile) or _reason_by_shape(profile)


def _reason_by_tool(profile: Profile) -> str:
    is_form_state = REDCAP_FORM.fullmatch(profile.name) and profile.numeric > 0.9
    if is_form_state or ANALYSIS_OF_TEXT.fullmatch(profile.name):
        return "added by the survey tool"
    if not profile.labels.isdisjoint(STATUS_NAMES) and _are_states(profile):
        return "state of the response"
    return ""


def _reason_by_shape(profile: Profile) -> str:
    for shape, what in SHAPES_OF_PEOPLE.items():
        if profile.shapes[shape] > 0.6 and profile.numeric < 0.5:
            return f"{PERSONAL_DETAILS}: {what}"
    if profile.shapes["url"] > 0.4:
        return "web addresses"
    return ""


def _are_states(profile: Profile) -> bool:
    values = {folded(value) for value in profile.values}
    return profile.numeric == 1 or values <= STATES


def _is_date(profile: Profile) -> bool:
    is_named = bool(profile.name_words & DATE_NAME_WORDS)
    if is_named and profile.numeric > 0.9 and profile.distinct > MOST_NUMBERS:
        return True
    if is_named and profile.shapes["date"] > 0.3:
        return True
    return profile.shapes["date"] > 0.8 and profile.numeric < 0.9


def _is_tick_box_of_options(profile: Profile, *, is_option: bool) -> bool:
    """Whether a column says for each respondent whether they chose one option of a question."""
    values = {value.casefold() for value in profile.values}
    if is_option and values <= TICKS and profile.distinct <= 2:
        return True
    if not is_tick_box(profile):
        return False
    return is_option or repeats_its_name(profile)


def _repeats(profile: Profile) -> bool:
    """Whether most cells hold what others hold too."""
    if profile.filled <= FEW_CELLS:
        return profile.distinct <= profile.filled / 2
    return profile.unique < 0.2
