"""What speaks for a theme in a comment, before anybody decided anything: arrays of comments by themes.

Wording matters more than vectors: a keyword that occurs is the strongest single sign, and the vectors add
the ranking and the comments that say it in other words.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from coder.codebook import Position, Theme
from coder.embedding import Embedder
from coder.engine import Progress, silent
from coder.text import WORD, Span, sentences, stem, stop_words

Array = NDArray[np.float32]
FEWEST_FOR_Z = 5  # with fewer themes a comment's scores have no spread worth dividing by
LARGEST_BLOCK = 4_000_000  # similarities held at once


class Subject(NamedTuple):
    """What comments are scored against: a theme, or a position of one."""

    id: str
    name: str
    definition: str
    keywords: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


def subject_of(part: Theme | Position) -> Subject:
    """A theme or position as something to score against; `includes` count as part of a theme's definition."""
    includes = part.includes if isinstance(part, Theme) else ()
    definition = " ".join((part.definition, *(f"{line}." for line in includes))).strip()
    return Subject(part.id, part.name, definition, part.keywords, part.examples, part.counter_examples)


class Comments(NamedTuple):
    """Comments ready to be scored. n comments, m sentences, d dimensions."""

    texts: tuple[str, ...]
    spans: tuple[Span, ...]  # m sentences, those of one comment together
    owner: NDArray[np.int64]  # (m,) comment that each sentence is of, ascending
    whole: Array  # (n, d)
    parts: Array  # (m, d)
    stems: tuple[tuple[tuple[str, Span], ...], ...]  # (n) each comment's stems with where they stand


def prepare(
    texts: Sequence[str], embedder: Embedder, language: str = "en", progress: Progress = silent
) -> Comments:
    """Cut into sentences, embed whole and in sentences (each distinct text once), stem."""
    cut = sentences(texts, language)
    spans = [span for found in cut for span in found]
    owner = np.array([number for number, found in enumerate(cut) for _ in found], dtype=np.int64)
    pieces = [texts[number][span.start : span.end] for number, span in zip(owner, spans, strict=True)]
    vectors = embedder.encode([*texts, *pieces], progress)
    return Comments(
        tuple(texts),
        tuple(spans),
        owner,
        vectors[: len(texts)],
        vectors[len(texts) :],
        tuple(stems_of(text, language) for text in texts),
    )


def stems_of(text: str, language: str) -> tuple[tuple[str, Span], ...]:
    """Stems of the words of a text with their spans; a hyphen parts words, a possessive is dropped."""
    found = []
    for match in WORD.finditer(text):
        start = match.start()
        for piece in match.group().split("-"):
            bare = piece.removesuffix("'s").removesuffix("’s")
            if bare:
                found.append((stem(bare, language), Span(start, start + len(bare))))
            start += len(piece) + 1
    return tuple(found)


# ---------------------------------------------------------------- keywords


class Hits(NamedTuple):
    """Keywords found. n comments, t subjects."""

    distinct: NDArray[np.float32]  # (n, t) number of distinct keywords of the subject
    spans: dict[tuple[int, int], list[Span]]  # (comment, subject) to where they stand


def find_keywords(comments: Comments, keywords: Sequence[Sequence[str]], language: str = "en") -> Hits:
    """Find each subject's keywords as runs of stems, whatever the case or ending."""
    by_first: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for number, phrases in enumerate(keywords):
        for run in {tuple(s for s, _ in stems_of(phrase, language)) for phrase in phrases}:
            if run:
                by_first.setdefault(run[0], []).append((run, number))
    distinct = np.zeros((len(comments.texts), len(keywords)), dtype=np.float32)
    spans: dict[tuple[int, int], list[Span]] = {}
    for i, stems in enumerate(comments.stems):
        seen: set[tuple[tuple[str, ...], int]] = set()
        for at, (first, span) in enumerate(stems):
            for run, number in by_first.get(first, ()):
                end = at + len(run)
                if len(run) > 1 and tuple(s for s, _ in stems[at:end]) != run:
                    continue
                spans.setdefault((i, number), []).append(Span(span.start, stems[end - 1][1].end))
                if (run, number) not in seen:
                    seen.add((run, number))
                    distinct[i, number] += 1
    return Hits(distinct, spans)


def automatic_keywords(subjects: Sequence[Subject], language: str = "en", most: int = 2) -> list[tuple[str, ...]]:
    """Content words of name and definition that occur in at most `most` subjects: keywords for want of any."""
    stops = stop_words(language)
    bags = []
    for subject in subjects:
        bag: dict[str, str] = {}
        for word in WORD.findall(f"{subject.name} {subject.definition}"):
            folded = word.casefold()
            if len(folded) > 2 and folded not in stops:
                bag.setdefault(stem(folded, language), folded)
        bags.append(bag)
    spread: dict[str, int] = {}
    for bag in bags:
        for key in bag:
            spread[key] = spread.get(key, 0) + 1
    return [tuple(word for key, word in bag.items() if spread[key] <= most) for bag in bags]
