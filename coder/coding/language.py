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

import numpy as np
from numpy.typing import NDArray

from coder.coding.ragged import NumberedWords, begins_of, expand, number_words
from coder.text import stop_words, words

Integers = NDArray[np.int64]

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
    own = _language(language)
    if not own.function_words:
        return ForeignComments(0, (), {})
    guesses = [_guess_by_script(text, own) for text in texts]
    unclear = [row for row, guess in enumerate(guesses) if guess is None]
    by_words = _guess_by_words([texts[row] for row in unclear], own)
    for row, guess in zip(unclear, by_words, strict=True):
        guesses[row] = guess
    return ForeignComments(
        judged=sum(guess is not None for guess in guesses),
        rows=tuple(row for row, guess in enumerate(guesses) if guess),
        guessed=_most_first(Counter(filter(None, guesses))),
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
    return ForeignComments(judged, tuple(rows), _most_first(counts))


def _most_first(counts: Counter[str]) -> dict[str, int]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return dict(ordered)


@cache
def _language(code: str) -> _Language:
    function_words = stop_words(code)
    return _Language(
        code,
        function_words,
        _scripts_of(function_words),
    )


# ---------------------------------------------------------------- by their letters


def _guess_by_script(
    text: str,
    own: _Language,
) -> str | None:
    """Another script that a comment is in; empty for its own, None where words have to tell."""
    if LATIN in own.scripts and text.isascii():
        return None
    letters = _count_scripts(text)
    count = sum(letters.values())
    script = max(letters, key=letters.__getitem__, default="")
    is_other_script = script != "" and script not in own.scripts
    if is_other_script and letters[script] >= max(FEWEST_LETTERS, count / 2):
        return script
    if script != LATIN and count >= FEWEST_LETTERS:
        return ""
    return None


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


# ---------------------------------------------------------------- by their function words


class _FunctionWords(NamedTuple):
    """Of n comments, how many words they have in all and how many of them are function words."""

    words: Integers  # (n,)
    own: Integers  # (n,) of the language that they should be in
    others: Integers  # (n, languages) of the others, in the order of `LANGUAGES`


def _guess_by_words(
    texts: Sequence[str],
    own: _Language,
) -> list[str | None]:
    """For each comment another language that it seems to be in; empty for its own, None where
    too short to tell.
    """
    counts = _count_function_words(texts, own)
    words = np.maximum(counts.words, 1)
    own_share = counts.own / words
    # Of languages that share most, the last by code.
    codes = sorted(LANGUAGES, reverse=True)
    order = [list(LANGUAGES).index(code) for code in codes]
    best = counts.others[:, order].argmax(axis=1)
    most = counts.others.max(axis=1, initial=0)
    is_own = own_share > 1 - AHEAD
    is_other = most / words >= np.maximum(LEAST_SHARE, own_share + AHEAD)
    guesses: list[str | None] = []
    for row, count in enumerate(counts.words):
        if count < FEWEST_WORDS:
            guesses.append(None)
        elif is_other[row] and not is_own[row]:
            guesses.append(codes[best[row]])
        else:
            guesses.append("")
    return guesses


def _count_function_words(
    texts: Sequence[str],
    own: _Language,
) -> _FunctionWords:
    """Each distinct word is looked up once."""
    numbered = number_words(words(text) for text in texts)
    folded = [word.casefold().replace("’", "'") for word in numbered.distinct]
    languages = np.zeros((len(folded), len(LANGUAGES)), dtype=np.int64)
    columns = _columns_by_word()
    for number, word in enumerate(folded):
        if word in columns:
            languages[number, columns[word]] = 1
    languages[:, _same_language(own.code)] = 0
    is_word = [_has_letter(word) for word in folded]
    is_own = [word in own.function_words for word in folded]
    table = np.column_stack([is_word, is_own, languages]) * np.array([is_word]).T
    sums = _sum_by_row(table, numbered, len(texts))
    return _FunctionWords(sums[:, 0], sums[:, 1], sums[:, 2:])


def _has_letter(word: str) -> bool:
    return word.isalpha() or any(map(str.isalpha, word))


def _sum_by_row(
    table: Integers,
    numbered: NumberedWords,
    texts: int,
) -> Integers:
    """(n, c) for each text the sum of the rows of its words, in a table by distinct word."""
    word, column = np.nonzero(table)
    per_word = np.bincount(word, minlength=len(table))
    begins = begins_of(per_word)
    use, place = expand(
        begins[numbered.numbers],
        per_word[numbered.numbers],
    )
    width = table.shape[1]
    cells = numbered.rows[use] * width + column[place]
    return np.bincount(cells, minlength=texts * width).reshape(texts, width)


def _same_language(code: str) -> list[int]:
    """Columns of a language and of those that are no other beside it."""
    same = (code, "nb") if code in SAME_AS_NORWEGIAN else (code,)
    return [column for column, name in enumerate(LANGUAGES) if name in same]


@cache
def _columns_by_word() -> dict[str, list[int]]:
    """Each function word with the columns of the languages that have it, after spaCy."""
    from importlib.util import find_spec

    spacy = find_spec("spacy")
    folder = Path()
    if spacy is not None:
        folder = Path(str(spacy.origin)).parent / "lang"
    columns: dict[str, list[int]] = {}
    for column, code in enumerate(LANGUAGES):
        # Not imported: that would build each language's tokenizer rules, the French ones for
        # two seconds.
        for word in run_path(str(folder / code / "stop_words.py"))["STOP_WORDS"]:
            columns.setdefault(word, []).append(column)
    return columns
