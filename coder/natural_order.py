"""The order in which people would list the answers to a closed question: scales, bands, numbers."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
# Answers that lie outside any order; they come last.
NO_ANSWERS = frozenset(
    (
        "don't know",
        "don’t know",
        "dont know",
        "do not know",
        "not sure",
        "unsure",
        "prefer not to say",
        "prefer not to answer",
        "rather not say",
        "refused",
        "no answer",
        "no opinion",
        "not applicable",
        "n/a",
        "other",
        "none of these",
        "none of the above",
    )
)
# Scales whose words stand for themselves, the lowest first.
SCALES = (
    (
        "never",
        "hardly ever",
        "rarely",
        "seldom",
        "occasionally",
        "some of the time",
        "sometimes",
        "about half the time",
        "often",
        "frequently",
        "usually",
        "most of the time",
        "very often",
        "almost always",
        "always",
    ),
    (
        "never",
        "less often",
        "less than once a year",
        "yearly",
        "once a year",
        "less than once a month",
        "monthly",
        "once a month",
        "weekly",
        "once a week",
        "several times a week",
        "most days",
        "daily",
        "every day",
    ),
    (
        "none",
        "not at all",
        "slightly",
        "a little",
        "some",
        "somewhat",
        "a moderate amount",
        "moderately",
        "quite",
        "a lot",
        "very",
        "very much",
        "a great deal",
        "extremely",
        "completely",
    ),
    (
        "none",
        "very low",
        "low",
        "medium",
        "moderate",
        "average",
        "high",
        "very high",
    ),
    ("extra small", "small", "medium", "large", "extra large"),
    (
        "terrible",
        "very poor",
        "very bad",
        "poor",
        "bad",
        "fair",
        "ok",
        "average",
        "satisfactory",
        "good",
        "very good",
        "excellent",
        "outstanding",
    ),
    (
        "much worse",
        "worse",
        "a little worse",
        "about the same",
        "the same",
        "a little better",
        "better",
        "much better",
    ),
    MONTHS,
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
NEUTRAL = re.compile(r"^(neither\b|neutral\b|undecided\b|no difference\b|mixed\b)")
# How strongly an answer speaks, and how it begins then.
STRENGTHS = (
    (3.0, ("strongly", "very", "extremely", "completely", "totally", "highly", "much")),
    (1.0, ("tend to", "somewhat", "slightly", "fairly", "quite", "a little", "mostly")),
)
POLES = {
    "agree": 1,
    "satisfied": 1,
    "likely": 1,
    "important": 1,
    "safe": 1,
    "support": 1,
    "favour": 1,
    "favor": 1,
    "easy": 1,
    "positive": 1,
    "confident": 1,
    "useful": 1,
    "helpful": 1,
    "happy": 1,
    "concerned": 1,
    "worried": 1,
    "comfortable": 1,
    "effective": 1,
    "good": 1,
    "well": 1,
    "oppose": -1,
    "against": -1,
    "difficult": -1,
    "hard": -1,
    "negative": -1,
    "unsafe": -1,
    "poor": -1,
    "bad": -1,
    "badly": -1,
}
OPPOSITE = re.compile(r"^(dis|un|in)(?=[a-z]{4})")
NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
BELOW = ("under", "less than", "fewer than", "below", "up to", "younger than", "<", "≤")
ABOVE = ("over", "more than", "above", "older than", ">", "≥")
BEFORE_NUMBERS = ("", "age", "aged", "between", "from", *BELOW, *ABOVE)
CURRENCY = "£$€ "
# Units after a number: where answers have several, as 6 months and 1 year, numbers alone mislead.
UNIT = re.compile(
    r"[0-9] ?(min|hour|hr|day|week|month|year|yr|km|kilomet|met|mile|yard|k|m|thousand|million)"
    r"(?:ute|er|re)?s?\b"
)
SHORT_UNITS = {"hr": "hour", "yr": "year", "km": "kilomet"}
FEWEST = 2  # answers of a scale


class AnswerOrder(NamedTuple):
    """Answers in an order.

    Attributes:
        answers: all of them; what lies outside the order comes last.
        is_scale: the order means something; else it is that of the alphabet.
    """

    answers: tuple[str, ...]
    is_scale: bool


def order_answers(answers: Collection[str]) -> AnswerOrder:
    """Put different answers in the order of their scale, their numbers or the alphabet."""
    ranked = []
    outside = []
    for answer in sorted(answers, key=str.casefold):
        if _plain(answer) in NO_ANSWERS:
            outside.append(answer)
        else:
            ranked.append(answer)
    ranks = [_agreement, *_scale_ranks()]
    if len(_units(ranked)) < 2:
        ranks.insert(1, _number)
    for rank in ranks:
        ordered = _ordered(ranked, rank)
        if ordered:
            return AnswerOrder((*ordered, *outside), is_scale=True)
    return AnswerOrder((*ranked, *outside), is_scale=False)


def _plain(answer: str) -> str:
    return " ".join(answer.casefold().split())


def _ordered(
    answers: Sequence[str], rank: Callable[[str], float | None]
) -> list[str] | None:
    """The answers by rank; None where one has none, two have the same, or they are few."""
    ranks = {answer: rank(_plain(answer)) for answer in answers}
    known = {place for place in ranks.values() if place is not None}
    if len(answers) < FEWEST or len(known) < len(answers):
        return None
    return sorted(answers, key=lambda answer: ranks[answer] or 0.0)


def _scale_ranks() -> list[Callable[[str], float | None]]:
    ranks: list[Callable[[str], float | None]] = []
    for scale in SCALES:
        places = {word: float(place) for place, word in enumerate(scale)}
        ranks.append(places.get)
    return ranks


def _agreement(answer: str) -> float | None:
    """Where an answer such as `tend to disagree` lies between the poles of its scale."""
    if NEUTRAL.match(answer):
        return 0.0
    if answer.startswith("not at all "):
        return -4.0
    is_weak = answer.startswith("not very ")
    words = answer.removeprefix("not very ").split()
    if not words:
        return None
    pole = _pole(words[-1])
    if pole is None:
        return None
    if is_weak:
        return -1.0 * pole
    for strength, beginnings in STRENGTHS:
        if answer.startswith(beginnings) and len(words) > 1:
            return strength * pole
    if len(words) > 1:
        return None
    return 2.0 * pole


def _pole(word: str) -> int | None:
    """1 for the word of an upper end, -1 for that of a lower end; None for any other."""
    if word in POLES:
        return POLES[word]
    opposite = OPPOSITE.sub("", word)
    if opposite != word and POLES.get(opposite) == 1:
        return -1
    return None


def _units(answers: Sequence[str]) -> set[str]:
    """The units in which the answers count."""
    units: set[str] = set()
    for answer in answers:
        for unit in UNIT.findall(_plain(answer)):
            units.add(SHORT_UNITS.get(unit, unit))
    return units


def _number(answer: str) -> float | None:
    """The number that a band such as `25-34` or `Under £10,000` begins with."""
    number = NUMBER.search(answer)
    if number is None:
        return None
    before = answer[: number.start()].strip(CURRENCY)
    if before not in BEFORE_NUMBERS:
        return None
    value = float(number.group().replace(",", ""))
    if before in BELOW:
        return value - 0.5
    if before in ABOVE:
        return value + 0.5
    return value
