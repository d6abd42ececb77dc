"""Which columns are the open questions of a file."""

import re
from collections.abc import Collection, Mapping

from coder.errors import CoderError, did_you_mean, option, shortened
from coder.limits import how_to_raise, limits
from coder.reading.column_kinds import OTHER_ANSWER, SHORT_TEXT
from coder.reading.column_labels import folded, is_nameless
from coder.reading.column_names import NOT_TEXT_WORDS, TEXT_NAMES, TEXT_WORDS
from coder.reading.column_profiles import Profile, Profiles
from coder.reading.other_kinds import kind_by_name_and_shape, kind_of
from coder.reading.own_words import (
    BY_CONTENT,
    is_other_answer,
    reads_like_comments,
    reason_for_own_words,
)
from coder.reading.raw_table import RawTable

MOST_OFFERED = 5  # columns of other text that an error names
FEWEST_ANSWERS = 0.05  # share of rows, beside a list of answers
LEFT_OVER = (OTHER_ANSWER, SHORT_TEXT)


def find_questions(
    raw: RawTable, profiles: Profiles, groups: Collection[str], used: Collection[str]
) -> dict[str, str]:
    """Column to why it is an open question, in the order of the file.

    Where nothing speaks clearly for people's own words, the one column that looks most like
    them.

    Args:
        groups: columns of one option each.
        used: columns that play another role.

    Raises:
        CoderError: no column holds free text, or more do than a survey has questions.
    """
    questions: dict[str, str] = {}
    left: dict[str, Profile | None] = {}  # column to the one before it
    before: Profile | None = None
    for name, profile in profiles.items():
        why = ""
        if name not in used:
            why = _reason(profile, before)
        if why:
            questions[name] = why
            _check_number(raw, questions)
        elif name not in used:
            left[name] = before
        before = profile
    if questions:
        alike = _numbered_alike(questions, left, profiles)
        candidates = {name: left[name] for name in alike}
        for name in _left_over(candidates, profiles, groups):
            questions[name] = alike[name]
        return {name: questions[name] for name in profiles if name in questions}
    kinds = _left_over(left, profiles, groups)
    best = _most_like_text(kinds, profiles)
    return best or _by_name_alone(raw, profiles, used, kinds)


def _left_over(
    left: Mapping[str, Profile | None],
    profiles: Profiles,
    groups: Collection[str],
) -> dict[str, str]:
    """Those of the columns that hold text of another kind, each with the kind.

    Args:
        left: column to the one before it.
        groups: columns of one option each.
    """
    kinds = {}
    for name, before in left.items():
        is_option = name in groups
        kind = kind_of(profiles[name], before, is_option=is_option).kind
        if kind in LEFT_OVER:
            kinds[name] = kind
    return kinds


def _check_number(raw: RawTable, questions: Collection[str]) -> None:
    """Refuse a table of more open questions than a survey asks, before they are compared."""
    if len(questions) > limits().questions:
        raise CoderError(
            f"{raw.path}: more than {limits().questions:,} columns look like comments, which is "
            "more than a survey asks for",
            f"Name those to analyse: {option('text', 'COL')}. {how_to_raise()}",
        )


def _numbered_alike(
    questions: Mapping[str, str], left: Collection[str], profiles: Profiles
) -> dict[str, str]:
    """The columns whose question differs from an open one by a number only, such as "Aspect 2",
    and why that is open.
    """
    asked = {_without_numbers(profiles[name]): why for name, why in questions.items()}
    alike = {}
    for name in left:
        profile = profiles[name]
        why = asked.get(_without_numbers(profile), "")
        if why and profile.wording and not is_nameless(name):
            alike[name] = why
    return alike


def _without_numbers(profile: Profile) -> str:
    return re.sub(r"\d+", "", folded(profile.asked))


def _reason(profile: Profile, before: Profile | None) -> str:
    """Why a column is an open question; empty where it is something else."""
    why = reason_for_own_words(profile)
    if not why or kind_by_name_and_shape(profile) is not None:
        return ""
    if is_other_answer(profile, before):
        return ""
    return why


def find_open_among(profiles: Profiles, names: Collection[str]) -> dict[str, str]:
    """Those of a file's columns that clearly are open questions, and why."""
    questions: dict[str, str] = {}
    before: Profile | None = None
    for name, profile in profiles.items():
        why = _reason(profile, before)
        if why and name in names:
            questions[name] = why
        before = profile
    return questions


def is_open(profile: Profile, before: Profile | None) -> bool:
    """Whether a column, which comes after another, holds answers to an open question."""
    return bool(_reason(profile, before))


def _by_name_alone(
    raw: RawTable, profiles: Profiles, used: Collection[str], left: Collection[str]
) -> dict[str, str]:
    """The column whose name alone speaks for text.

    Raises:
        CoderError: there is none. The columns `left` are offered, which hold other text.
    """
    for name in TEXT_NAMES:
        for profile in profiles.values():
            if profile.folded == name and profile.name not in used:
                return {profile.name: "by its name"}
    fix = f"Name it with {option('text', 'COL')}. "
    if left:
        most = [repr(shortened(name)) for name in list(left)[:MOST_OFFERED]]
        fix += f"Some text is in {', '.join(most)}. "
    raise CoderError(
        f"{raw.path}: no column of free text was detected among {len(profiles)}",
        fix + did_you_mean("", profiles),
    )


def _most_like_text(left: Mapping[str, str], profiles: Profiles) -> dict[str, str]:
    """The column of those that looks most like people's own words, and why; or none."""
    scores: dict[str, float] = {}
    for name, kind in left.items():
        profile = profiles[name]
        is_read = profile.filled >= FEWEST_ANSWERS * profile.rows
        if kind != OTHER_ANSWER or (is_read and reads_like_comments(profile)):
            scores[name] = _text_score(profile)
    best = max(scores, key=lambda name: scores[name], default="")
    if not best or scores[best] <= 0:
        return {}
    return {best: BY_CONTENT}


def _text_score(profile: Profile) -> float:
    """How much a column looks like people's own words: length times variety."""
    score = profile.characters * profile.distinct / max(profile.filled, 1)
    if not profile.is_varied or profile.name_words & NOT_TEXT_WORDS:
        return 0.0
    if profile.words < 1.2 and not profile.name.strip().endswith("?"):
        return 0.0
    if profile.name_words & TEXT_WORDS:
        return score * 3
    if profile.words < 3:
        return 0.0
    return score
