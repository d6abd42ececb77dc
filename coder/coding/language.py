"""Which comments do not seem to be in the codebook's language: by their letters and function words."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from runpy import run_path
from typing import NamedTuple

from coder.text import stop_words, words

# Languages that a comment is compared with, those with a script of their own apart; spaCy has their function words.
COMPARED = (
    "ca",
    "cs",
    "da",
    "de",
    "en",
    "es",
    "et",
    "fi",
    "fr",
    "hr",
    "hu",
    "id",
    "it",
    "lt",
    "lv",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "sk",
    "sl",
    "sq",
    "sv",
    "tl",
    "tr",
    "vi",
)
LETTERS = 4  # of another script, from which a comment is judged by them
WORDS = 5  # of a comment that is judged by its function words
LEAST = 0.18  # share of function words of another language
AHEAD = 0.12  # by which that share is over the one of the codebook's language
# Share of the comments from which it is said; among English ones under .005 were taken for others.
NOTICED = 0.02
FEWEST = 3


class Foreign(NamedTuple):
    """Comments that seem to be in another language."""

    judged: int  # comments long enough to tell
    places: tuple[int, ...]  # of the comments in another language, from 0
    guessed: dict[str, int]  # language code or script (`arabic`) to comments, most first

    @property
    def noticeable(self) -> bool:
        """Whether they are more than would be taken for another language by mistake."""
        return len(self.places) >= max(FEWEST, NOTICED * self.judged)


def foreign_comments(texts: Sequence[str], language: str) -> Foreign:
    """Find the comments that do not seem to be in a language.

    A comment is in another one where most of its letters are of a script that the language is not written in, or
    where function words of another language are clearly more frequent in it than those of this one. Shorter
    comments, and languages without a list of function words, are not judged. Nothing is judged where the
    language itself has no list (`xx`).
    """
    own = stop_words(language)
    if not own:
        return Foreign(0, (), {})
    scripts = {
        script
        for script, count in _scripts("".join(own)).items()
        if count > 0.05 * len("".join(own))
    }
    judged, places, guessed = 0, [], Counter[str]()
    for place, text in enumerate(texts):
        letters = _scripts(text)
        counted = sum(letters.values())
        script = letters.most_common(1)[0][0] if letters else ""
        if script and script not in scripts and letters[script] >= max(LETTERS, counted / 2):
            other = script
        elif script != "latin" and counted >= LETTERS:
            other = ""
        else:
            said = [word.casefold().replace("’", "'") for word in words(text)]
            said = [word for word in said if any(map(str.isalpha, word))]
            if len(said) < WORDS:
                continue
            other = _other(said, own, language)
        judged += 1
        if other:
            places.append(place)
            guessed[other] += 1
    return Foreign(
        judged, tuple(places), dict(sorted(guessed.items(), key=lambda item: (-item[1], item[0])))
    )


def _other(said: Sequence[str], own: frozenset[str], language: str) -> str:
    """The language that a comment's words seem to be of, empty where it is the codebook's."""
    mine = _share(said, own)
    if mine > 1 - AHEAD:
        return ""
    same = {language, "nb" if language in ("no", "nn") else language}
    counts = Counter(
        code for word in said for code in _languages_of().get(word, ()) if code not in same
    )
    if not counts:
        return ""
    best = max(counts, key=lambda code: (counts[code], code))
    return best if counts[best] / len(said) >= max(LEAST, mine + AHEAD) else ""


def _share(said: Sequence[str], known: frozenset[str]) -> float:
    return sum(word in known for word in said) / len(said)


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    """Each function word with the languages that have it, after spaCy."""
    from importlib.util import find_spec

    spacy = find_spec("spacy")
    folder = Path(str(spacy.origin)).parent / "lang" if spacy else Path()
    found: dict[str, tuple[str, ...]] = {}
    for code in COMPARED:
        # Not imported: that would build each language's tokenizer rules, the French ones for two seconds.
        for word in run_path(str(folder / code / "stop_words.py"))["STOP_WORDS"]:
            found[word] = (*found.get(word, ()), code)
    return found


@cache
def _script(char: str) -> str:
    """The first word of a letter's name in Unicode: `latin`, `arabic`, `cjk`; empty for other characters."""
    return unicodedata.name(char, "").split(" ")[0].casefold() if char.isalpha() else ""


def _scripts(text: Iterable[str]) -> Counter[str]:
    found = Counter(map(_script, text))
    del found[""]
    return found
