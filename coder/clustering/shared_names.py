"""The place or organisation that everybody names: found, and its share taken out of the vectors.

A sentence encoder puts "fix the traffic in Austin" nearer to "parks in Austin" than to "fix the
traffic". What naming the place does to a vector is nearly the same in every text, so that it
can be taken out.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.clustering.vectors import (
    Floats,
    HalfRows,
    Indices,
    Rows,
    slices_of,
    unit_rows,
)
from coder.text import WORD

Embed = Callable[[list[str]], Floats]
Run = tuple[str, ...]  # words in a row

COMMON = 0.04  # share of units that name it
FEWEST = 5  # units that name it
PROPER = 0.7  # share of its uses with a capital where a small letter could stand
LONGEST = 3  # words of a name
SHOUTED = 0.6  # share of capitals from which a text says nothing about names
SAMPLE = 64  # texts embedded with and without the name
FEWEST_COMPARED = 5
# Times as many neighbours of a kind as chance gives, above which a name is a subject of its
# own.
TOGETHER = 4.0
NEIGHBOURS = 10
READ = 20_000  # units read for names
COMPARED = 2_000  # units compared to tell a place from a subject


def find_shared_names(texts: Sequence[str]) -> list[str]:
    """Names of one to three words, folded, that stand in a good share of the texts; the longest
    come first.
    """
    step = max(1, len(texts) // READ)
    read = [text for text in texts[::step] if not _is_shouted(text)]
    uses: Counter[Run] = Counter()
    for text in read:
        uses.update(set(_capitalised_runs(text)))
    least = max(FEWEST, COMMON * len(read))
    common = [run for run, count in uses.items() if count >= least]
    names: list[Run] = []
    for run in sorted(common, key=lambda run: (-len(run), run)):
        inside_longer = any(_is_within(run, longer) for longer in names)
        if not inside_longer and _is_proper(run, read):
            names.append(run)
    return [" ".join(run) for run in names]


def _is_shouted(text: str) -> bool:
    letters = list(filter(str.isalpha, text))
    return len(letters) > 6 and sum(map(str.isupper, letters)) > SHOUTED * len(letters)


def _capitalised_runs(text: str) -> Iterator[Run]:
    """Runs of capitalised words that do not begin a sentence, folded, and the runs inside them."""
    run: list[str] = []
    last = -1
    for match in WORD.finditer(text):
        word = match.group()
        gap = "."
        if last >= 0:
            gap = text[last : match.start()]
        begins_sentence = any(char in '.!?:;\n"“”•-–' for char in gap)
        capital = _is_capitalised(word)
        if not capital or begins_sentence or gap.strip():
            yield from _parts_of(run)
            run = []
        if capital and not begins_sentence:
            run.append(_fold(word))
        last = match.end()
    yield from _parts_of(run)


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() and len(word) > 1 and not word.startswith(("I'", "I’"))


def _parts_of(run: Sequence[str]) -> Iterator[Run]:
    for start in range(len(run)):
        for end in range(start + 1, min(len(run), start + LONGEST) + 1):
            yield tuple(run[start:end])


def _fold(word: str) -> str:
    return word.casefold().removesuffix("'s").removesuffix("’s")


def _is_within(run: Run, longer: Run) -> bool:
    return any(longer[at : at + len(run)] == run for at in range(len(longer)))


def _is_proper(run: Run, texts: Sequence[str]) -> bool:
    """Whether the run is mostly written with a capital where it does not begin a text."""
    pattern = name_pattern(" ".join(run))
    capital = small = 0
    for text in texts:
        for match in pattern.finditer(text):
            if match.start() > 0:
                upper = match.group()[0].isupper()
                capital += upper
                small += not upper
    return capital >= PROPER * (capital + small)


def name_pattern(name: str) -> re.Pattern[str]:
    """Matches a name as a whole, in any case, with its possessive ending."""
    words = r"[\s\-]+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){words}(?:['’]s)?(?!\w)", re.IGNORECASE)


def remove_shared_names(
    vectors: Rows, texts: Sequence[str], embed: Embed
) -> tuple[Rows, list[str]]:
    """Vectors in which naming a place that all have in common makes no difference, and those names.

    For each name the mean change that leaving it out makes is measured on up to 64 texts. Texts
    that name it are set, along that direction, to where the other texts are. A name is kept as
    it was when the texts that have it remain neighbours after that: then it goes with a subject
    (a road, a hospital).

    Args:
        vectors: (n, n_dimensions), rows of length 1.
        embed: texts to vectors of the same kind.
    """
    names = []
    for name in find_shared_names(texts):
        pattern = name_pattern(name)
        named = np.array([bool(pattern.search(text)) for text in texts])
        direction = _direction_of(
            pattern,
            named,
            vectors,
            texts,
            embed,
        )
        if direction is None:
            continue
        others = np.flatnonzero(~named)
        level = _mean_along(
            vectors,
            others,
            direction,
        )
        change = _Change(direction, level)
        if (
            _togetherness(
                vectors,
                named,
                change,
            )
            < TOGETHER
        ):
            vectors = change.apply(vectors, np.flatnonzero(named))
            names.append(name)
    return vectors, names


class _Change(NamedTuple):
    """Sets vectors to the same level along one direction."""

    direction: Floats  # length 1
    level: float

    def of(self, vectors: Floats) -> Floats:
        """The vectors changed, of length 1."""
        excess = vectors @ self.direction - self.level
        return unit_rows(vectors - np.outer(excess, self.direction))

    def apply(self, vectors: Rows, places: Indices) -> Rows:
        """All vectors, those at some places changed; `HalfRows` are written to."""
        if isinstance(vectors, HalfRows):
            for block in slices_of(len(places)):
                some = places[block]
                vectors.put(some, self.of(vectors[some]))
            return vectors
        changed: Floats = vectors[:].copy()
        changed[places] = self.of(changed[places])
        return changed


def _mean_along(vectors: Rows, places: Indices, direction: Floats) -> float:
    """The mean part of some vectors along a direction."""
    parts = [vectors[places[block]] @ direction for block in slices_of(len(places))]
    return float(np.concatenate(parts).mean())


def _direction_of(
    pattern: re.Pattern[str],
    named: NDArray[np.bool_],
    vectors: Rows,
    texts: Sequence[str],
    embed: Embed,
) -> Floats | None:
    """The direction in which naming it moves a vector, length 1; None where too few texts tell."""
    step = max(1, int(named.sum()) // SAMPLE)
    sample = np.flatnonzero(named)[::step][:SAMPLE]
    without = [" ".join(pattern.sub(" ", texts[i]).split()) for i in sample]
    kept = [number for number, text in enumerate(without) if len(text) > 8]
    if len(kept) < FEWEST_COMPARED or named.all():
        return None
    difference = vectors[sample[kept]] - embed([without[number] for number in kept])
    change = difference.mean(axis=0)
    return np.asarray(change / max(float(np.linalg.norm(change)), 1e-9))


def _togetherness(vectors: Rows, named: NDArray[np.bool_], change: _Change) -> float:
    """How many times likelier than by chance a neighbour of a text with the name has it too,
    after a change of their vectors.
    """
    step = max(1, len(vectors) // COMPARED)
    some, marked = vectors[::step].copy(), named[::step]
    rows = np.flatnonzero(marked)
    some[rows] = change.of(some[rows])
    if len(rows) < 3:
        return 0.0
    cosines = some[rows] @ some.T
    cosines[np.arange(len(rows)), rows] = -2  # not its own neighbour
    count = min(NEIGHBOURS, len(some) - 1)
    near = np.argpartition(
        -cosines,
        count - 1,
        axis=1,
    )[:, :count]
    return float(marked[near].mean() / marked.mean())
