"""What an editor would hold against a quote: no sentence, a list, shouting, an opening that leans
on what stood before, careless writing, abuse, talk about the survey.

The rules are patterns and lists of words. Those on words are for English; a quote in another
language is judged by its length and its marks alone.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from coder.reporting import quote_words as lists
from coder.text import word_count, words

FEWEST_WORDS, MOST_WORDS = 6, 60  # of any quote
SHORT, LONG = 8, 45  # words: outside these a quote is thin, or long for a table
LONGEST_ITEM = 3.0  # words between the marks of a list, on average
FEWEST_MARKS = 3  # of a list
LEANING = 7  # words from the opening in which a pronoun still points back

APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})
OPENING_MARKS = "\"'“‘«([ \t\n"
BULLET = re.compile(r"^\s*(?:[-+*•–—>=#]|\(?\d{1,2}[.):]\s|\(?[A-Ha-h][.)]\s)")
INNER_BULLET = re.compile(r"(?:^|\s)(?:[+*•]\s?\w|\(?\d[.)]\s)|\n[ \t]*+-")
ITEM_MARKS = re.compile(r"[,;/&+•\n]|\s[-–—]\s")
CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
RUN_OF_MARKS = re.compile(r"[!?]{2,}|[.]{4,}|[,]{2,}|[.!?],|,[.!?]|[,;:&/+-]\s*$")
LEFT_OVER = re.compile(r"[.!?]\s+\w+(?:\s\w+)?$")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[A-Z0-9])")
SIGNS = re.compile(r"\w\s+[&+@=]\s+\w|\bw/")
PICTURES = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
ITS = re.compile(r"\b(?:of|has|have|in|with|for|from|at|to) it's\b", re.I)
CLOSED_UP = re.compile(r"[a-z][,.!?;][A-Za-z]{3,}")
SPACE_BEFORE_MARK = re.compile(r"\w\s+[,.;!?](?:\s|$)")
SMALL_I = re.compile(r"(?:^|\s)i(?=\s|')")
SMALL_START = re.compile(r"[.!?]\s+[a-z]")
ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
LINKS = re.compile(r"https?:|www\.", re.I)
SURVEY = re.compile(
    r"\b(?:survey|questionnaire|(?:this|these|your|previous|last|first|next|above)"
    r" (?:questions?|form)|question \d|previous answers?|comment box"
    r"|(?:see|as|the|mentioned|stated) (?:above|previously)"
    r"|as (?:i )?(?:said|mentioned|stated)|like i said|already (?:said|mentioned|answered)|n/a"
    r"|this (?:forum|poll|site|website)|these (?:statements|comments)|statements)\b",
    re.I,
)
# "It is hard to ...", "It's time that ...": the pronoun points to what follows.
EMPTY_IT = re.compile(
    r"it(?:'s|'d be| is| was| would be| will be| should be| has become| seems| feels| takes| makes"
    r" sense| would| shouldn't| should not be| isn't| is not)\s+(?:\S+\s+){0,4}?(?:to|that|if|when"
    r"|how|for|like|as|time|impossible|since|we|i|because|until|who)\b",
    re.I,
)
ABUSIVE = re.compile(
    rf"\b(?:{'|'.join(sorted(lists.ABUSE))})(?:s|es|ed|ing|er|ers|y|ty|holes?|heads?|ish|ic)?\b",
    re.I,
)


class Fault(NamedTuple):
    """Something against a quote."""

    name: str  # as a screen shows it
    loss: float  # of its score


class Passage(NamedTuple):
    """A quote as the rules see it.

    Attributes:
        text: the part of the comment.
        words: of it, folded, with plain apostrophes.
        begins: the part begins the comment.
    """

    text: str
    words: tuple[str, ...]
    begins: bool

    @property
    def sentences(self) -> list[str]:
        """Cut at marks that end one, before a capital."""
        return SENTENCE_END.split(self.text.strip())


class _Rule(NamedTuple):
    fault: Fault
    applies: Callable[[Passage], bool]


def find_faults(text: str, *, begins: bool = True, language: str = "en") -> list[Fault]:
    """What speaks against a quote, in a fixed order.

    Args:
        text: the part of the comment.
        begins: the part begins the comment.
        language: ISO 639-1 code of the comments.
    """
    plain = text.translate(APOSTROPHES)
    passage = Passage(plain, _folded(plain), begins)
    rules = [*RULES, *(ENGLISH_RULES if language == "en" else ())]
    return [rule.fault for rule in rules if rule.applies(passage)]


def total_loss(faults: Sequence[Fault]) -> float:
    """What all faults together take from a score."""
    return sum(fault.loss for fault in faults)


# ---------------------------------------------------------------- marks, in any language


def _is_list(passage: Passage) -> bool:
    marks = len(ITEM_MARKS.findall(passage.text.strip(" ,;\n")))
    if marks < FEWEST_MARKS:
        return False
    return len(passage.words) / (marks + 1) <= LONGEST_ITEM


def _has_bullets(passage: Passage) -> bool:
    return bool(BULLET.search(passage.text) or INNER_BULLET.search(passage.text))


def _shouts(passage: Passage) -> bool:
    """Many capitals, or several words of nothing else."""
    letters = sum(char.isalpha() for char in passage.text) or 1
    capitals = sum(char.isupper() for char in passage.text)
    return capitals > 0.3 * letters or len(CAPITALS.findall(passage.text)) > 2


def _stresses(passage: Passage) -> bool:
    return not _shouts(passage) and bool(CAPITALS.search(passage.text))


def _is_unbalanced(passage: Passage) -> bool:
    text = passage.text
    return text.count("(") != text.count(")") or text.count('"') % 2 == 1


def _begins_small(passage: Passage) -> bool:
    return passage.text.lstrip(OPENING_MARKS)[:1].islower()


def _is_open_ended(passage: Passage) -> bool:
    return not ENDED.search(passage.text.rstrip())


def _matches(pattern: re.Pattern[str]) -> Callable[[Passage], bool]:
    return lambda passage: bool(pattern.search(passage.text))


RULES = (
    _Rule(Fault("few words", 0.25), lambda passage: len(passage.words) < SHORT),
    _Rule(Fault("long", 0.15), lambda passage: len(passage.words) > LONG),
    _Rule(Fault("a list", 0.4), _is_list),
    _Rule(Fault("bullets or numbers", 0.4), _has_bullets),
    _Rule(Fault("in capitals", 0.5), _shouts),
    _Rule(Fault("a word in capitals", 0.1), _stresses),
    _Rule(Fault("a bracket or quotation mark is not closed", 0.2), _is_unbalanced),
    _Rule(Fault("begins with a small letter", 0.25), _begins_small),
    _Rule(Fault("no full stop", 0.1), _is_open_ended),
    _Rule(Fault("several lines", 0.15), lambda passage: "\n" in passage.text.strip()),
    _Rule(Fault("three sentences", 0.1), lambda passage: len(passage.sentences) > 2),
    _Rule(Fault("more sentences", 0.15), lambda passage: len(passage.sentences) > 3),
    _Rule(Fault("a sign for a word", 0.1), _matches(SIGNS)),
    _Rule(Fault("runs of marks", 0.15), _matches(RUN_OF_MARKS)),
    _Rule(Fault("pictures", 0.15), _matches(PICTURES)),
    _Rule(Fault("no space after a mark", 0.15), _matches(CLOSED_UP)),
    _Rule(Fault("a space before a mark", 0.1), _matches(SPACE_BEFORE_MARK)),
    _Rule(Fault("a link", 0.4), _matches(LINKS)),
)

# ---------------------------------------------------------------- words, in English


def _has_no_verb(passage: Passage) -> bool:
    return not any(map(_has_verb, passage.sentences))


def _has_part_without_verb(passage: Passage) -> bool:
    has_verb = [_has_verb(sentence) for sentence in passage.sentences]
    return any(has_verb) and not all(has_verb)


def _has_verb(sentence: str) -> bool:
    """Whether a sentence asks for something, or has a verb that can be told by its form."""
    return _has_sure_verb(sentence) or _has_ending_of_verb(_folded(sentence))


def _has_sure_verb(sentence: str) -> bool:
    folded = _folded(sentence)
    if not lists.VERBS.isdisjoint(folded) or _asks(folded):
        return True
    return not lists.SUBJECTS.isdisjoint(folded) or _has_plural_subject(folded)


def _has_plural_subject(folded: Sequence[str]) -> bool:
    """A plural and a verb without an ending: "needles lie around"."""
    for before, word in pairwise(folded):
        is_plural = before.endswith("s") or before in lists.PLURALS
        if is_plural and word in lists.PLAIN_VERBS:
            return True
    return False


def _has_doubtful_verb(passage: Passage) -> bool:
    """The only verb may be a participle or a noun: "limits enforced everywhere"."""
    if any(map(_has_sure_verb, passage.sentences)):
        return False
    return any(map(_has_verb, passage.sentences))


def _folded(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words(text))


def _asks(folded: Sequence[str]) -> bool:
    """Begins as a request: "Please open ...", "Stop ..."."""
    opening = [word for word in folded[:3] if word not in ("please", "just")]
    return bool(opening) and opening[0] in lists.REQUESTS


def _has_ending_of_verb(folded: Sequence[str]) -> bool:
    """A word in -ed, or a verb in -s, that by what stands before it is likely to be a verb."""
    for before, word in pairwise(folded):
        is_past = word.endswith("ed")
        is_present = word.endswith("s") and word[:-1] in lists.PLAIN_VERBS
        if (is_past or is_present) and before not in lists.BEFORE_ADJECTIVES:
            return True
    return False


def _points_back(passage: Passage) -> bool:
    """Begins with a pronoun for something that is not in the quote."""
    opening = passage.words[:2]
    if not opening:
        return False
    if opening[0].split("'")[0] in lists.POINTING:
        return EMPTY_IT.match(passage.text.lstrip(OPENING_MARKS)) is None
    if opening[0].split("'")[0] in lists.POINTING_OR_NAMING:
        return "'" in opening[0] or _is_followed_by(opening, lists.AFTER_POINTING)
    return False


def _is_followed_by(opening: tuple[str, ...], chosen: frozenset[str]) -> bool:
    return len(opening) < 2 or opening[1] in chosen


def _names_what_stood_before(passage: Passage) -> bool:
    """ "These officers ...": a noun is there, but which is not."""
    is_naming = passage.words[:1] and passage.words[0] in lists.POINTING_OR_NAMING
    return bool(is_naming) and not _points_back(passage)


def _leans_on_what_stood_before(passage: Passage) -> bool:
    """A pronoun soon after the opening, cut off from what it stands for."""
    opening = passage.words[1:LEANING]
    return not passage.begins and not lists.PERSONS.isdisjoint(opening)


def _carries_on(passage: Passage) -> bool:
    return passage.words[:1] != () and passage.words[0] in lists.CARRYING_ON


def _answers(passage: Passage) -> bool:
    return passage.words[:1] != () and passage.words[0] in lists.ANSWERING


def _is_careless(passage: Passage) -> bool:
    is_listed = not lists.CARELESS.isdisjoint(passage.words)
    return is_listed or bool(ITS.search(passage.text))


def _ends_open(passage: Passage) -> bool:
    if passage.words[-1:] != () and passage.words[-1] in lists.ENDING_OPEN:
        return True
    return bool(LEFT_OVER.search(passage.text.rstrip()))


def _only_asks_back(passage: Passage) -> bool:
    """Nothing but questions."""
    return passage.text.rstrip().endswith("?") and not re.search(
        r"[.!]\s", passage.text
    )


ENGLISH_RULES = (
    _Rule(Fault("no verb", 0.45), _has_no_verb),
    _Rule(Fault("perhaps no verb", 0.2), _has_doubtful_verb),
    _Rule(Fault("a part has no verb", 0.15), _has_part_without_verb),
    _Rule(Fault("begins with a pronoun", 0.35), _points_back),
    _Rule(Fault("begins with this or these", 0.1), _names_what_stood_before),
    _Rule(Fault("a pronoun for what stood before", 0.2), _leans_on_what_stood_before),
    _Rule(Fault("begins as a continuation", 0.3), _carries_on),
    _Rule(Fault("begins as an answer", 0.3), _answers),
    _Rule(Fault("careless spelling", 0.25), _is_careless),
    _Rule(Fault("a small i", 0.25), _matches(SMALL_I)),
    _Rule(Fault("a sentence begins small", 0.2), _matches(SMALL_START)),
    _Rule(Fault("ends in the middle", 0.3), _ends_open),
    _Rule(Fault("only asks", 0.15), _only_asks_back),
    _Rule(Fault("about the survey", 0.4), _matches(SURVEY)),
    _Rule(Fault("abuse", 0.6), _matches(ABUSIVE)),
)


def is_long_enough(text: str) -> bool:
    """Whether a part of a comment has as many words as a quote must have, and no more."""
    return FEWEST_WORDS <= word_count(text) <= MOST_WORDS
