"""What comments are scored against: a theme, or a position of one, in words."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from coder.codebook import Position, Theme
from coder.text import WORD, stem, stop_words

SHORTEST_KEYWORD = 3  # characters of a word that is taken for a keyword


class Subject(NamedTuple):
    """A theme or a position, as far as its words say what it is about."""

    id: str
    name: str
    definition: str
    keywords: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


def subject_of(part: Theme | Position) -> Subject:
    """The theme or position as a subject; `includes` count as part of a theme's definition."""
    includes: tuple[str, ...] = ()
    if isinstance(part, Theme):
        includes = tuple(part.includes)
    sentences = [part.definition, *(f"{line}." for line in includes)]
    return Subject(
        id=part.id,
        name=part.name,
        definition=" ".join(sentences).strip(),
        keywords=part.keywords,
        examples=part.examples,
        counter_examples=part.counter_examples,
    )


def automatic_keywords(
    subjects: Sequence[Subject],
    language: str = "en",
    most: int = 2,
) -> list[tuple[str, ...]]:
    """For each subject the content words of its name and definition, in place of keywords.

    Args:
        most: words that occur in more subjects than this are left out: they tell none from another.
    """
    words_by_subject = [_content_words(subject, language) for subject in subjects]
    subjects_with = Counter[str]()
    for words in words_by_subject:
        subjects_with.update(words.keys())
    keywords = []
    for words in words_by_subject:
        kept = [word for key, word in words.items() if subjects_with[key] <= most]
        keywords.append(tuple(kept))
    return keywords


def _content_words(
    subject: Subject,
    language: str,
) -> dict[str, str]:
    """Stem to the first word with it, without function words."""
    function_words = stop_words(language)
    words: dict[str, str] = {}
    for word in WORD.findall(f"{subject.name} {subject.definition}"):
        folded = word.casefold()
        if len(folded) >= SHORTEST_KEYWORD and folded not in function_words:
            words.setdefault(stem(folded, language), folded)
    return words
