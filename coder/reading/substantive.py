"""Answers that say nothing, told by rules that anybody can read; every other answer is left alone.

A text is non-substantive when it consists of nothing but the phrases below, one or several, each perhaps with
an ending, whatever stands between them ("No - not sure", "no no no", "None that I can think of, thanks"); or
when it holds neither a letter, a digit nor a picture. One word beyond the phrases and it counts: "No more
cuts", "Nothing is ever done about it". Case, apostrophes and punctuation do not matter.

In the lists [a|b] may stand or not, (a|b) must.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

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
    "[i|sorry i] [really|honestly|just|genuinely] (dont|do not|didnt|wouldnt|would not) [really|honestly] know "
    "[what|what to (say|suggest|write|put|add|answer)|how to answer|enough [to (say|comment|answer)]]",
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
SAID_ELSEWHERE = (
    "[same] as [per|stated|mentioned|said|described] (above|before|previously|earlier|previous)",
    "as [per] [my] (last|previous) (answer|answers|comment|comments|entry|response)",
    "[please] see (above|previous|before|earlier|[my] previous (answer|answers|comment|comments|entry|response))",
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

ALWAYS = (*SAYS_NOTHING, *DOES_NOT_KNOW, *DOES_NOT_APPLY, *SAID_ELSEWHERE, *NOT_ANSWERED)
EVERY_QUESTION = "*"  # key of `substantive:` in project.yaml that stands for all questions
MOST_WORDS = 16
MOST_CHARACTERS = 160
OPENING = 24  # characters that hold the first word whole, when they hold two
APOSTROPHES = re.compile("['’‘ʼ`´]")
LONG_DRAWN = re.compile(r"(.)\1{2,}")  # nooooo

# A question that yes or no answers, so that a bare "No" is an opinion: it opens with a verb and does not ask
# whether there is anything (else) to say.
OPENS_CLOSED = re.compile(
    r"^(?:(?:overall|in general|generally|in your view|and) )?(?:should|would|do|does|did|is|are|was|were|will|can|"
    r"could|has|have)\b"
)
ASKS_FOR_MORE = re.compile(
    r"\b(?:any|anything|anyone|anywhere|else|other|others|further|additional|more|something|comments?|tell|explain|"
    r"describe|suggest|give|add|share|say)\b"
)


def fold(text: str) -> list[str]:
    """The words of a text as the rules see them: folded, without apostrophes, marks and drawn-out letters."""
    plain = APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(
        char if char.isalnum() else " " for char in plain if unicodedata.category(char) != "Cf"
    )
    return [LONG_DRAWN.sub(r"\1", word) for word in kept.split()]


def non_substantive(
    texts: Sequence[str], question: str = "", *, substantive: Iterable[str] = ()
) -> list[bool]:
    """For each text whether it says nothing in answer to `question`.

    A bare "no" says nothing unless the question is one that yes or no answers (see `answered_by_yes_or_no`);
    a bare "yes" says nothing only to a question that asks whether there is anything to say. Texts that equal
    one of `substantive`, folded, count whatever the rules say.
    """
    vocabulary = _vocabulary(answered_by_yes_or_no(question), asks_for_more(question))
    counted = {tuple(fold(text)) for text in substantive}
    known: dict[str, bool] = {}
    found = []
    for text in texts:
        if text not in known:
            known[text] = _says_nothing(text, vocabulary, counted)
        found.append(known[text])
    return found


def answered_by_yes_or_no(question: str) -> bool:
    """Whether some sentence of the question can be answered by yes or no ("Should X be banned, and why?")."""
    return any(
        OPENS_CLOSED.search(sentence)
        and not ASKS_FOR_MORE.search(sentence.split(",")[0].split(" and ")[0])
        for sentence in _sentences(question)
    )


def asks_for_more(question: str) -> bool:
    """Whether the question asks if there is anything (else) to say, so that "Yes" alone says nothing."""
    closed = [sentence for sentence in _sentences(question) if OPENS_CLOSED.search(sentence)]
    return bool(closed) and not answered_by_yes_or_no(question)


def _sentences(question: str) -> list[str]:
    return [
        sentence.strip()
        for sentence in re.split(r"[.?!|]+", question.casefold())
        if sentence.strip()
    ]


class _Vocabulary(NamedTuple):
    phrases: frozenset[tuple[str, ...]]
    pieces: frozenset[tuple[str, ...]]  # phrases and endings
    longest: int  # words of the longest of them
    openings: frozenset[str]  # first words of phrases


@cache
def _vocabulary(closed: bool, more: bool) -> _Vocabulary:
    phrases = _expanded(ALWAYS + (() if closed else SAYS_NO) + (SAYS_YES if more else ()))
    pieces = phrases | _expanded(ENDINGS)
    return _Vocabulary(
        phrases, pieces, max(map(len, pieces)), frozenset(phrase[0] for phrase in phrases)
    )


def _says_nothing(text: str, vocabulary: _Vocabulary, counted: Collection[tuple[str, ...]]) -> bool:
    if len(text) > MOST_CHARACTERS:
        return False
    begins = fold(text[:OPENING])
    if len(begins) > 1 and begins[0] not in vocabulary.openings:
        return False
    words = fold(text)
    if tuple(words) in counted:
        return False
    if not words:
        return not any(unicodedata.category(char) == "So" for char in text)
    if len(words) > MOST_WORDS or words[0] not in vocabulary.openings:
        return False
    reached = [True] + [False] * len(words)
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - vocabulary.longest), end):
            piece = tuple(words[start:end])
            if reached[start] and piece in (vocabulary.pieces if start else vocabulary.phrases):
                reached[end] = True
                break
    return reached[-1]


@cache
def _expanded(patterns: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Every way to read the patterns, as words."""
    return frozenset(tuple(way.split()) for pattern in patterns for way in _ways(pattern))


def _ways(pattern: str) -> list[str]:
    """`a [b|c] (d|e)` as a d, a e, a b d ...; groups may stand inside groups."""
    ways = [""]
    place = 0
    while place < len(pattern):
        if pattern[place] in "[(":
            close = _closing(pattern, place)
            options = [way for part in _parts(pattern[place + 1 : close]) for way in _ways(part)]
            if pattern[place] == "[":
                options = ["", *options]
            ways = [f"{before}{option}" for before, option in product(ways, options)]
            place = close + 1
        else:
            ways = [way + pattern[place] for way in ways]
            place += 1
    return ways


def _closing(pattern: str, start: int) -> int:
    depth = 0
    for place in range(start, len(pattern)):
        depth += pattern[place] in "[("
        depth -= pattern[place] in "])"
        if not depth:
            return place
    raise ValueError(f"unclosed group in {pattern!r}")


def _parts(inside: str) -> list[str]:
    """The alternatives of a group, split at bars that are not inside another group."""
    parts, depth = [""], 0
    for char in inside:
        depth += (char in "[(") - (char in "])")
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts
