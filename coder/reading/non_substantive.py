"""Answers that say nothing, such as "No, thanks", by rules that anybody can read.

A text is non-substantive when it consists of the phrases below and nothing else: one or
several, each perhaps with an ending, with any punctuation between them ("No - not sure", "no no
no", "None that I can think of, thanks"). It also is when it holds neither a letter, a digit nor
an emoji. With one word beyond the phrases it is analysed: "No more cuts", "Nothing is ever done
about it". Case, apostrophes and punctuation do not matter.

In the lists, [a|b] is optional and (a|b) is required.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

from coder.reading.questions import answered_by_yes_or_no, asks_for_more

SAYS_NO = (
    "no",
    "nope",
    "nah",
    "n",
    "no (thanks|thank you|ta|ty)",
    "[no] not (really|particularly|especially)",
    "[no] [i] (dont|do not) think so",
)
SAYS_YES = (
    "yes",
    "yep",
    "yeah",
    "yup",
    "yes (i do|there are|there is|i think so|of course|please)",
)
SAYS_NOTHING = (
    "none",
    "nil",
    "nada",
    "nowt",
    "zilch",
    "nothing",
    "nothin",
    "noting",
    "nothng",
    "nuthing",
    "none [else|more|other|others|further]",
    "not a thing",
    "nothing obvious",
    "[i] (dont|do not) have any",
    "[i have|ive|ive got|i have got|there is|theres] nothing "
    "[else|more|further|new|much|specific|special|particular|in particular|of note] "
    "[to (add|say|report|suggest|mention|comment|share|contribute)]",
    "[i have|ive|ive got|i have got|there is|there are|at present|currently] no "
    "[further|other|more|additional|particular|specific|strong|real] "
    "(answer|answers|comment|comments|feedback|idea|ideas|input|opinion|opinions|preference|reply|response|"
    "responses|suggestion|suggestions|thought|thoughts|view|views) "
    "[to (add|give|make|offer|share)|either way]",
    "nothing (comes|springs|came) to mind",
    "not [that] (i can think of|i know of|i know|i am aware of|im aware of)",
    "not (at the moment|for the moment|at present|at this time|right now|currently)",
    "no (comment|comments) (needed|required|necessary)",
    "[i] [really|just] (cant|cannot|can not|couldnt|could not) [really] think of "
    "(any|anything|any thing|one|nothing|something|any others|any other|any more) "
    "[else|more|further|specific|particular|in particular]",
)
DOES_NOT_KNOW = (
    "[i|sorry i] [really|honestly|just|genuinely] (dont|do not|didnt|wouldnt|would not) "
    "[really|honestly] know "
    "[what|what to (say|suggest|write|put|add|answer)|how to answer|enough [to "
    "(say|comment|answer)]]",
    "[i] dunno",
    "idk",
    "dk",
    "dnk",
    "d k",
    "dont no",
    "i dont no",
    "[im|i am] not [really|entirely|quite|too|so|very] (sure|certain) "
    "[what|yet|what to (say|suggest|write|put|add|answer)|how to answer]",
    "[im|i am] (unsure|uncertain|undecided)",
    "[i have|ive|ive got|i have got] (no|not a|not the foggiest|absolutely no) (clue|idea)",
    "[i] (havent|have not) [got] (a clue|an idea|any idea|any ideas)",
    "(hard|difficult) to say",
    "[i] (cant|cannot|can not|couldnt|could not) (say|comment|answer|remember|recall)",
    "[im|i am] unable to (say|comment|answer)",
)
DOES_NOT_APPLY = (
    "na",
    "n a",
    "not applicable",
    "non applicable",
    "(doesnt|does not) apply [to me]",
)
ANSWERED_ELSEWHERE = (
    "[same] as [per|stated|mentioned|said|described] (above|before|previously|earlier|previous)",
    "as [per] [my] (last|previous) (answer|answers|comment|comments|entry|response)",
    "[please] see (above|previous|before|earlier|[my] previous "
    "(answer|answers|comment|comments|entry|response))",
    "[see] (answer|answers|comment|comments) above",
    "same",
    "same [answer|comment] again",
    "same (answer|comment)",
    "ditto",
    "same as [my] (last|previous) (answer|question|one|comment|response)",
    "[i have|ive] already (answered|said|stated|mentioned) [this|that|it] [above]",
)
NOT_ANSWERED = (
    "(did not|didnt) answer",
    "not answered",
    "unanswered",
    "not stated",
    "not given",
    "left blank",
    "blank",
    "skip",
    "skipped",
    "pass",
    "refused",
    "declined to (answer|comment|say)",
    "[i] [would|id] (prefer not to|rather not) (say|answer|comment)",
    "null",
    "nan",
    "x",
)
ENDINGS = (
    "at all",
    "thanks",
    "thank you",
    "thankyou",
    "sorry",
    "really",
    "tbh",
    "to be honest",
    "either",
    "at the moment",
    "at present",
    "at this (time|point|stage|moment)",
    "right now",
    "just now",
    "for now",
    "currently",
    "so far",
    "yet",
    "as yet",
    "today",
    "off the top of my head",
    "to add",
    "to say",
    "[that|which] i can think of",
    "[that|which] i can recall",
    "[that|which] i know of",
    "[that|which] (i am|im) aware of",
    "[that|which] (comes|springs) to mind",
    "as far as i (know|am aware)",
    "on this",
    "about this",
    "on this (subject|topic|matter|occasion)",
    "here",
    "in particular",
    "specifically",
    "im afraid",
    "i am afraid",
    "from me",
    "for me",
    "in my case",
)

ALWAYS = (
    *SAYS_NOTHING,
    *DOES_NOT_KNOW,
    *DOES_NOT_APPLY,
    *ANSWERED_ELSEWHERE,
    *NOT_ANSWERED,
)
EVERY_QUESTION = "*"  # key of `substantive:` in project.yaml
MOST_WORDS = 16
MOST_CHARACTERS = 160
OPENING = 24  # characters that hold the first word whole when they hold two words
APOSTROPHES = re.compile("['’‘ʼ`´]")
WORD = re.compile(r"[^\W_]+")
DRAWN_OUT = re.compile(r"(.)\1{2,}")  # nooooo


def are_non_substantive(
    texts: Sequence[str],
    question: str = "",
    *,
    substantive: Iterable[str] = (),
) -> list[bool]:
    """For each text, whether it says nothing in answer to `question`.

    A bare "no" says nothing unless yes or no answers the question; a bare "yes" says nothing
    only in answer to a question whether there is anything (else) to say. Texts that equal one
    of `substantive`, folded, are never non-substantive.
    """
    vocabulary = _vocabulary(answered_by_yes_or_no(question), asks_for_more(question))
    exceptions = {tuple(fold(text)) for text in substantive}
    answers: dict[str, bool] = {}
    for text in texts:
        if text not in answers:
            answers[text] = _says_nothing(text, vocabulary, exceptions)
    return [answers[text] for text in texts]


def fold(text: str) -> list[str]:
    """The words of a text as the rules see them: folded, without apostrophes, marks and
    drawn-out letters.
    """
    plain = APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    if not plain.isascii():
        # What an invisible character joins stays one word.
        plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return WORD.findall(DRAWN_OUT.sub(r"\1", plain))


class _Vocabulary(NamedTuple):
    """Phrases as tuples of words."""

    phrases: frozenset[tuple[str, ...]]
    pieces: frozenset[tuple[str, ...]]  # phrases and endings
    longest: int  # words of the longest of them
    first_words: frozenset[str]  # of phrases


@cache
def _vocabulary(closed: bool, asks_more: bool) -> _Vocabulary:
    """The phrases that say nothing in answer to a question.

    Args:
        closed: whether yes or no answers the question.
        asks_more: whether it asks if there is anything else to say.
    """
    patterns: tuple[str, ...] = ALWAYS
    if not closed:
        patterns += SAYS_NO
    if asks_more:
        patterns += SAYS_YES
    phrases = _all_readings(patterns)
    pieces = phrases | _all_readings(ENDINGS)
    first_words = frozenset(phrase[0] for phrase in phrases)
    return _Vocabulary(phrases, pieces, max(map(len, pieces)), first_words)


def _says_nothing(
    text: str,
    vocabulary: _Vocabulary,
    exceptions: Collection[tuple[str, ...]],
) -> bool:
    if len(text) > MOST_CHARACTERS:
        return False
    opening = fold(text[:OPENING])
    if (
        len(opening) > 1 and opening[0] not in vocabulary.first_words
    ):  # most texts are done here
        return False
    words = fold(text)
    if tuple(words) in exceptions:
        return False
    if not words:
        return not any(
            unicodedata.category(char) == "So" for char in text
        )  # So: emoji and the like
    if len(words) > MOST_WORDS or words[0] not in vocabulary.first_words:
        return False
    return _consists_of_phrases(words, vocabulary)


def _consists_of_phrases(words: Sequence[str], vocabulary: _Vocabulary) -> bool:
    """Whether the words can be cut into phrases and endings, a phrase first."""
    reachable = [True] + [False] * len(words)  # the first n words can be cut so
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - vocabulary.longest), end):
            allowed = vocabulary.phrases
            if start > 0:
                allowed = vocabulary.pieces
            if reachable[start] and tuple(words[start:end]) in allowed:
                reachable[end] = True
                break
    return reachable[-1]


# ---------------------------------------------------------------- patterns


@cache
def _all_readings(patterns: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Every way to read the patterns, as words."""
    phrases: set[tuple[str, ...]] = set()
    for pattern in patterns:
        phrases.update(tuple(reading.split()) for reading in _readings(pattern))
    return frozenset(phrases)


def _readings(pattern: str) -> list[str]:
    """`a [b|c] (d|e)` as a d, a e, a b d ...; groups may be inside groups."""
    readings = [""]
    place = 0
    while place < len(pattern):
        if pattern[place] in "[(":
            close = _closing(pattern, place)
            options = _group_readings(
                pattern[place + 1 : close], optional=pattern[place] == "["
            )
            readings = [
                before + option for before, option in product(readings, options)
            ]
            place = close + 1
        else:
            readings = [reading + pattern[place] for reading in readings]
            place += 1
    return readings


def _group_readings(inside: str, *, optional: bool) -> list[str]:
    readings: list[str] = []
    if optional:
        readings.append("")
    for alternative in _alternatives(inside):
        readings.extend(_readings(alternative))
    return readings


def _closing(pattern: str, start: int) -> int:
    """Where the group that opens at `start` closes."""
    depth = 0
    for place in range(start, len(pattern)):
        if pattern[place] in "[(":
            depth += 1
        elif pattern[place] in "])":
            depth -= 1
        if not depth:
            return place
    raise ValueError(f"unclosed group in {pattern!r}")


def _alternatives(inside: str) -> list[str]:
    """The alternatives of a group: split at bars that are not inside another group."""
    alternatives = [""]
    depth = 0
    for char in inside:
        if char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
        if char == "|" and not depth:
            alternatives.append("")
        else:
            alternatives[-1] += char
    return alternatives
