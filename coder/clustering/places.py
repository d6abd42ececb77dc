"""The place or organisation that everybody names: found, and its share taken out of the vectors.

A sentence encoder puts "fix the traffic in Austin" nearer to "parks in Austin" than to "fix the traffic".
What naming the place does to a vector is nearly the same in every text, so that it can be taken out.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from coder.clustering.spaces import Floats, unit_rows
from coder.text import WORD

Embed = Callable[[list[str]], Floats]

COMMON = 0.04  # share of units that name it
PROPER = 0.7  # share of its uses with a capital where a small letter could stand
SAMPLE = 64  # texts embedded with and without the name
TOGETHER = 4.0  # times as many neighbours of a kind as chance gives, above which a name is a subject of its own
LOOKED_AT = 20_000  # units read for names
COMPARED = 2_000  # units compared to tell a place from a subject


def shared_names(texts: Sequence[str]) -> list[str]:
    """Names of one to three words, folded, that stand in a good share of the texts; the longest come first."""
    step = max(1, len(texts) // LOOKED_AT)
    read = [text for text in texts[::step] if not _shouted(text)]
    runs: Counter[tuple[str, ...]] = Counter()
    for text in read:
        runs.update(set(_capitalised(text)))
    least = max(5, COMMON * len(read))
    found: list[tuple[str, ...]] = []
    for run in sorted((r for r, uses in runs.items() if uses >= least), key=lambda r: (-len(r), r)):
        if not any(_within(run, longer) for longer in found) and _is_proper(run, read):
            found.append(run)
    return [" ".join(run) for run in found]


def _shouted(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return (
        sum(char.isupper() for char in letters) > 0.6 * len(letters) if len(letters) > 6 else False
    )


def _capitalised(text: str) -> list[tuple[str, ...]]:
    """Runs of capitalised words that do not begin a sentence, folded, and the runs inside them."""
    found: list[tuple[str, ...]] = []
    run: list[str] = []
    last = -1
    for match in WORD.finditer(text):
        word = match.group()
        gap = text[last : match.start()] if last >= 0 else "."
        begins = any(char in '.!?:;\n"“”•-–' for char in gap)
        capital = word[0].isupper() and len(word) > 1 and not word.startswith(("I'", "I’"))
        if (not capital or begins or gap.strip()) and run:
            found += _inside(run)
            run = []
        if capital and not begins:
            run.append(_plain(word))
        last = match.end()
    return found + _inside(run)


def _inside(run: list[str]) -> list[tuple[str, ...]]:
    return [
        tuple(run[a:b]) for a in range(len(run)) for b in range(a + 1, min(len(run), a + 3) + 1)
    ]


def _plain(word: str) -> str:
    folded = word.casefold()
    return folded[:-2] if folded.endswith(("'s", "’s")) else folded


def _within(run: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    return any(longer[at : at + len(run)] == run for at in range(len(longer)))


def _is_proper(run: tuple[str, ...], texts: Sequence[str]) -> bool:
    pattern = name_pattern(" ".join(run))
    capital = small = 0
    for text in texts:
        for match in pattern.finditer(text):
            if match.start() > 0:
                capital += match.group()[0].isupper()
                small += not match.group()[0].isupper()
    return capital >= PROPER * (capital + small)


def name_pattern(name: str) -> re.Pattern[str]:
    """Matches a name as a whole, in any case, with its possessive ending."""
    return re.compile(
        r"(?<!\w)" + r"[\s\-]+".join(map(re.escape, name.split())) + r"(?:['’]s)?(?!\w)",
        re.IGNORECASE,
    )


def without_names(vectors: Floats, texts: Sequence[str], embed: Embed) -> tuple[Floats, list[str]]:
    """Vectors in which naming a place that all have in common makes no difference, and those names.

    For each name of `shared_names` the mean change that leaving it out makes is measured on up to 64 texts.
    Texts that name it are set, along that direction, to where the other texts are. A name is kept as it was
    when the texts that have it remain neighbours after that: then it goes with a subject (a road, a hospital).

    Args:
        vectors: float32 (n, n_dimensions), rows of length 1.
        embed: texts to vectors of the same kind.
    """
    names = []
    for name in shared_names(texts):
        pattern = name_pattern(name)
        has = np.array([bool(pattern.search(text)) for text in texts])
        spread = np.flatnonzero(has)[:: max(1, int(has.sum()) // SAMPLE)][:SAMPLE]
        bare = [" ".join(pattern.sub(" ", texts[i]).split()) for i in spread]
        kept = [number for number, text in enumerate(bare) if len(text) > 8]
        if len(kept) < 5 or has.all():
            continue
        change = (vectors[spread[kept]] - embed([bare[number] for number in kept])).mean(axis=0)
        direction = change / max(float(np.linalg.norm(change)), 1e-9)
        level = float((vectors[~has] @ direction).mean())
        changed = vectors.copy()
        changed[has] = unit_rows(
            vectors[has] - np.outer(vectors[has] @ direction - level, direction)
        )
        if _togetherness(changed, has) < TOGETHER:
            vectors = changed
            names.append(name)
    return vectors, names


def _togetherness(vectors: Floats, has: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> float:
    """How many times likelier than by chance a neighbour of a text with the name has it too."""
    step = max(1, len(vectors) // COMPARED)
    some, marked = vectors[::step], has[::step]
    rows = np.flatnonzero(marked)
    if len(rows) < 3:
        return 0.0
    cosines = some[rows] @ some.T
    cosines[np.arange(len(rows)), rows] = -2
    count = min(10, len(some) - 1)
    near = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
    return float(marked[near].mean() / marked.mean())
