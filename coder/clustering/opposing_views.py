"""Candidates in which people want opposite things, and who is on which side.

A sentence encoder puts "more bike lanes" and "no more bike lanes" side by side, so that one
group often holds both. With the packaged model every member is compared with the most typical
one by layers that were tuned to tell for from against. Other models cannot do that: there words
of wanting and of refusing are counted. Both are good enough to make a reader look, not to say
who wants what (tests/benchmarks/RESULTS.md).
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.clustering.vectors import Floats, Indices, unit_rows
from coder.embedding import TextPair, pair_reader
from coder.engine import Progress, silent
from coder.text import words

if TYPE_CHECKING:
    from coder.embedding import Embedder

FEWEST = 12  # members that are enough to tell
MOST_READ = 40  # members that are compared with the most typical one: bounds the time
BOTH = 0.25  # share of the smaller side from which a group may be marked
# In comments to councils most members lean a little either way: a group is marked only where some
# oppose clearly.
CLEARLY = 0.3  # leaning against the most typical member
SOME = 0.2  # share of such members
BOTH_BY_WORDS = 0.36  # the same where words are counted
# How the sides were found, for the run record.
BY_PAIRS, BY_WORDS = "pairs", "words"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FOR = _words(
    """
    add allow allowed benefit benefits better build excellent expand good great help helps
    important improve improves increase keep legal legalise legalising legalize legalizing love
    more must need needs protect protects right should support supports want wants welcome bring
    """
)
AGAINST = _words(
    """
    abuse against bad ban banned can't cannot danger dangerous don't eliminate end enough fewer
    harm harmful harms hate isn't less lower never no not oppose quit reduce remove shouldn't
    stop terrible too unfair unnecessary waste wasted wasting without worse wrong
    """
)
TILT = 1.3  # a word of refusal says more than one of wanting: "should not"


class Member(NamedTuple):
    """What a member of a group wants, beside its most typical member."""

    row: int  # of the texts that were given
    agrees: float  # probability that the two want the same
    opposes: float  # probability that they want opposite things

    @property
    def leaning(self) -> float:
        """Above 0 with the most typical one, below 0 against it, 0 where it takes no side."""
        return self.agrees - self.opposes


class Sides(NamedTuple):
    """The two sides of a group. Rows are those of the texts that were given."""

    # The most typical first, those who agree and those who oppose apart.
    agreeing: tuple[Member, ...]  # the most typical member of all among them
    opposing: tuple[Member, ...]
    silent: tuple[Member, ...]  # take no side; by words only
    by_words: bool  # counted by words: the model cannot compare two texts

    @property
    def one_way(self) -> float:
        """Share of the larger side among the members that take one, from .5 to 1."""
        smaller = min(len(self.agreeing), len(self.opposing))
        return 1 - smaller / max(1, len(self.agreeing) + len(self.opposing))

    @property
    def opposed(self) -> bool:
        """Whether a good share of the members want the opposite of what the others want."""
        sizes = (len(self.agreeing), len(self.opposing))
        read = sum(sizes) + len(self.silent)
        clear = sum(member.leaning < -CLEARLY for member in self.opposing)
        if read < FEWEST or clear / read < SOME:
            return False
        least = BOTH
        if self.by_words:
            least = BOTH_BY_WORDS
        return min(sizes) / read >= least


class Members(NamedTuple):
    """The members of a group: comments or sentences."""

    texts: Sequence[str]  # at least one
    vectors: Floats  # (n_texts, n_dimensions), rows of length 1


def sides_of(
    group: Members, embedder: "Embedder", progress: Progress = silent
) -> Sides:
    """Who among the members of a group wants what its most typical member wants, and who the
    opposite. English only; see `sides_of_groups`.
    """
    return sides_of_groups([group], embedder, progress)[0]


def sides_of_groups(
    groups: Iterable[Members], embedder: "Embedder", progress: Progress = silent
) -> list[Sides]:
    """The two sides of each group.

    With the packaged model at most `MOST_READ` members of a group are read, spread evenly from
    the most typical to the least. Pairs that were read before come from the embedder's cache,
    without loading the model. With other models words are counted in all members;
    probabilities are then 0 or 1.
    """
    reader = pair_reader(embedder)
    if reader is None:
        return [_sides_by_words(group) for group in groups]
    chosen, pairs = [], []
    for group in groups:
        rows = _choose_members(group.vectors)
        chosen.append(rows)
        central = group.texts[rows[0]]
        pairs += [TextPair(central, group.texts[row]) for row in rows[1:]]
    answers = reader.read_pairs(pairs, progress)
    sides = []
    start = 0
    for rows in chosen:
        end = start + len(rows) - 1
        sides.append(_sides_by_pairs(rows, answers[start:end]))
        start = end
    return sides


def _choose_members(vectors: Floats) -> Indices:
    """Rows that are read: the most typical first, the others spread evenly over the rest."""
    order = _typical_first(vectors)
    spread = np.linspace(0, len(order) - 1, min(MOST_READ, len(order)))
    return order[np.unique(spread.round().astype(np.intp))]


def _sides_by_pairs(rows: Indices, answers: Floats) -> Sides:
    """The sides by the answers (n_rows - 1, 3) on all rows but the first, the most typical."""
    members = [Member(int(rows[0]), agrees=1.0, opposes=0.0)]
    for row, answer in zip(rows[1:], answers, strict=True):
        members.append(Member(int(row), float(answer[0]), float(answer[1])))
    return _sort_sides(members, by_words=False)


def describe_method(sides: Sequence[Sides] | None) -> str:
    """How the sides were found; empty where nobody looked."""
    if not sides:
        return ""
    if sides[0].by_words:
        return BY_WORDS
    return BY_PAIRS


def _typical_first(vectors: Floats) -> Indices:
    """Rows nearest the middle first, equal ones in their order."""
    cosines = vectors @ unit_rows(vectors.mean(axis=0, keepdims=True))[0]
    return np.argsort(-np.round(cosines, 5), kind="stable")


def _sides_by_words(group: Members) -> Sides:
    """Each member beside the most typical one that takes a side by its words."""
    order = _typical_first(group.vectors)
    leanings = score_leanings([group.texts[row] for row in order])
    taken = leanings[leanings != 0]
    central = 1.0
    if len(taken):
        central = float(np.sign(taken[0]))
    members = []
    for row, leaning in zip(order, leanings * central, strict=True):
        agrees, opposes = float(leaning > 0), float(leaning < 0)
        members.append(Member(int(row), agrees, opposes))
    return _sort_sides(members, by_words=True)


def _sort_sides(members: Sequence[Member], by_words: bool) -> Sides:
    agreeing = tuple(member for member in members if member.leaning > 0)
    opposing = tuple(member for member in members if member.leaning < 0)
    silent = tuple(member for member in members if member.leaning == 0)
    return Sides(agreeing, opposing, silent, by_words)


def score_leanings(texts: Sequence[str]) -> NDArray[np.float64]:
    """(n_texts,) words of wanting less words of refusing: above 0 for, below 0 against, 0
    neither.
    """
    return np.array([_leaning(text) for text in texts], dtype=np.float64)


def _leaning(text: str) -> float:
    spoken = [word.casefold().replace("’", "'") for word in words(text)]
    wanting = sum(word in FOR for word in spoken)
    refusing = sum(word in AGAINST or word.endswith("n't") for word in spoken)
    return wanting - TILT * refusing
