"""Which comments do not seem to be in the codebook's language: by their letters and function
words.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from runpy import run_path
from typing import NamedTuple

from coder.text import stop_words, words

# Languages that a comment is compared with, those with a script of their own apart; spaCy has
# their function words.
LANGUAGES: Mapping[str, str] = {
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sv": "Swedish",
    "tl": "Tagalog",
    "tr": "Turkish",
    "vi": "Vietnamese",
}
SAME_AS_NORWEGIAN = ("no", "nn")
LATIN = "latin"
FEWEST_LETTERS = 4  # of a comment that is judged by its script
FEWEST_WORDS = 5  # of a comment that is judged by its function words
LEAST_SHARE = 0.18  # of function words of another language
AHEAD = 0.12  # by which that share is over the one of the codebook's language
# Of the letters of a language's function words, from which a script is its own.
OWN_SCRIPT_SHARE = 0.05
# Share of the comments from which they are noticeable; among English ones under .005 were taken
# for others.
NOTICEABLE_SHARE = 0.02
FEWEST_NOTICEABLE = 3


class ForeignComments(NamedTuple):
    """Comments that seem to be in another language."""

    judged: int  # comments long enough to tell
    rows: tuple[int, ...]  # of the comments in another language, from 0
    guessed: dict[
        str, int
    ]  # language code or script (`arabic`) to comments, most first

    @property
    def noticeable(self) -> bool:
        """Whether they are more than would be taken for another language by mistake."""
        return len(self.rows) >= max(FEWEST_NOTICEABLE, NOTICEABLE_SHARE * self.judged)


class _Language(NamedTuple):
    """The language that comments should be in."""

    code: str
    function_words: frozenset[str]
    scripts: frozenset[str]


def find_foreign(
    texts: Sequence[str],
    language: str,
) -> ForeignComments:
    """Find the comments that do not seem to be in a language.

    A comment is in another one where most of its letters are of a script that the language is
    not written in, or where function words of another language are clearly more frequent in it
    than those of this one. Shorter comments, and languages without a list of function words,
    are not judged. Nothing is judged where the language itself has no list (`xx`).

    Args:
        language: an ISO 639-1 code.
    """
    function_words = stop_words(language)
    if not function_words:
        return ForeignComments(0, (), {})
    own = _Language(language, function_words, _scripts_of(function_words))
    guesses = {row: _guess(text, own) for row, text in enumerate(texts)}
    judged = sum(guess is not None for guess in guesses.values())
    rows = [row for row, guess in guesses.items() if guess]
    counts = Counter(str(guesses[row]) for row in rows)
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ForeignComments(
        judged,
        tuple(rows),
        dict(most_first),
    )


def join_foreign(
    blocks: Sequence[ForeignComments],
    sizes: Sequence[int],
) -> ForeignComments:
    """What was found in blocks of comments that follow each other.

    Args:
        sizes: comments of each block.
    """
    judged, first = 0, 0
    rows: list[int] = []
    counts = Counter[str]()
    for block, size in zip(blocks, sizes, strict=True):
        judged += block.judged
        rows += [first + row for row in block.rows]
        counts.update(block.guessed)
        first += size
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ForeignComments(judged, tuple(rows), dict(most_first))


def _guess(
    text: str,
    own: _Language,
) -> str | None:
    """Another language or script that a comment seems to be in; empty for its own, None where
    too short to tell.
    """
    letters = _count_scripts(text)
    count = sum(letters.values())
    script = max(letters, key=letters.__getitem__, default="")
    is_other_script = script != "" and script not in own.scripts
    if is_other_script and letters[script] >= max(FEWEST_LETTERS, count / 2):
        return script
    if script != LATIN and count >= FEWEST_LETTERS:
        return ""
    return _guess_by_words(text, own)


def _guess_by_words(
    text: str,
    own: _Language,
) -> str | None:
    folded = [word.casefold().replace("’", "'") for word in words(text)]
    folded = [word for word in folded if any(map(str.isalpha, word))]
    if len(folded) < FEWEST_WORDS:
        return None
    own_share = sum(word in own.function_words for word in folded) / len(folded)
    if own_share > 1 - AHEAD:
        return ""
    counts = _count_languages(folded, own.code)
    if not counts:
        return ""
    other = max(counts, key=lambda code: (counts[code], code))
    is_other = counts[other] / len(folded) >= max(LEAST_SHARE, own_share + AHEAD)
    return other if is_other else ""


def _count_languages(
    folded: Sequence[str],
    language: str,
) -> Counter[str]:
    """Function words of each other language."""
    counts = Counter[str]()
    for word in folded:
        counts.update(_languages_by_word().get(word, ()))
    del counts[language]
    if language in SAME_AS_NORWEGIAN:
        del counts["nb"]
    return counts


@cache
def _languages_by_word() -> dict[str, tuple[str, ...]]:
    """Each function word with the languages that have it, after spaCy."""
    from importlib.util import find_spec

    spacy = find_spec("spacy")
    folder = Path()
    if spacy is not None:
        folder = Path(str(spacy.origin)).parent / "lang"
    languages: dict[str, tuple[str, ...]] = {}
    for code in LANGUAGES:
        # Not imported: that would build each language's tokenizer rules, the French ones for
        # two seconds.
        for word in run_path(str(folder / code / "stop_words.py"))["STOP_WORDS"]:
            languages[word] = (*languages.get(word, ()), code)
    return languages


def _scripts_of(function_words: Iterable[str]) -> frozenset[str]:
    """The scripts that a language is written in."""
    letters = "".join(function_words)
    counts = _count_scripts(letters)
    least = OWN_SCRIPT_SHARE * len(letters)
    return frozenset(script for script, count in counts.items() if count > least)


def _count_scripts(text: Iterable[str]) -> Counter[str]:
    """Letters of each script."""
    counts = Counter(map(_script, text))
    del counts[""]
    return counts


@cache
def _script(char: str) -> str:
    """The first word of a letter's name in Unicode: `latin`, `arabic`, `cjk`; empty for other
    characters.
    """
    if not char.isalpha():
        return ""
    return unicodedata.name(char, "").split(" ")[0].casefold()
