"""Runs of words that texts of a group share, and what is left of the texts besides."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.reading.likeness import LEAST_CONTAINED, LEAST_SHARED
from coder.reading.text_runs import Indices, Numbers, TextRuns

LEAST_RUNS = 5  # of boilerplate
# Of the texts of a group that have a run. The runs that most of them have are tried first.
SHARES_OF_TEXTS = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
LEAST_OF_BLOCK = 0.8  # of the shared runs that a text has, which has the boilerplate
LEAST_TOUCHED = 0.3  # of the shared runs that a text has, which has some of it
NEARLY_ALL = 0.95
# Of the texts with a block, which have a run of the rest, so that it makes them alike.
USUAL_SHARE = 0.3
FEWEST_TEXTS = 5  # different ones that have boilerplate

Mask = NDArray[np.bool_]


class GroupMembers(NamedTuple):
    """The texts of a group, and the runs of each that another text has too."""

    texts: Indices
    length: Indices  # runs of each text, those of one text only included
    runs: Numbers  # different runs of the texts
    place: Indices  # of the text of each run, one text after the other
    number: Indices  # which of `runs` it is

    @classmethod
    def of(
        cls,
        texts: Indices,
        runs: TextRuns,
    ) -> "GroupMembers":
        """The texts of a group."""
        of_members, place = runs.of_texts(texts)
        different, number = np.unique(
            of_members,
            return_inverse=True,
        )
        return cls(
            texts,
            runs.length[texts],
            different,
            place,
            number,
        )

    def seeds(self) -> Iterator[Mask]:
        """Runs that may be boilerplate: those that exactly the same texts have, of most texts
        first; then all that a share of the texts has.
        """
        in_texts = np.bincount(self.number)
        mark = np.random.default_rng(0).random(len(self.texts))
        # Runs of the same texts have the same sum, since it is made in the same order.
        marks = np.bincount(
            self.number,
            weights=mark[self.place],
        )
        _, set_of_run, sizes = np.unique(
            marks,
            return_inverse=True,
            return_counts=True,
        )
        is_large = (sizes[set_of_run] >= LEAST_RUNS) & (in_texts >= FEWEST_TEXTS)
        ranking = np.lexsort((set_of_run, -in_texts))
        ordered = set_of_run[ranking[is_large[ranking]]]
        for number in dict.fromkeys(ordered.tolist()):
            yield set_of_run == number
        for share in SHARES_OF_TEXTS:
            is_shared = in_texts >= share * len(self.texts)
            if is_shared.sum() >= LEAST_RUNS:
                yield is_shared

    def always_beside(
        self,
        is_seed: Mask,
    ) -> Mask:
        """The runs that nearly all texts with the runs of a seed have."""
        has_seed = self._sizes(is_seed) >= LEAST_OF_BLOCK * is_seed.sum()
        having = np.bincount(
            self.number[has_seed[self.place]],
            minlength=len(self.runs),
        )
        mask: Mask = having >= NEARLY_ALL * has_seed.sum()
        return mask

    def _sizes(
        self,
        is_shared: Mask,
    ) -> Indices:
        """How many of some runs each text has."""
        in_block = is_shared[self.number]
        sizes: Indices = np.bincount(
            self.place[in_block],
            minlength=len(self.texts),
        )
        return sizes

    def block(
        self,
        is_shared: Mask,
    ) -> "SharedBlock":
        """Some runs, and the texts that have them."""
        sizes = self._sizes(is_shared)
        has_block = sizes >= LEAST_OF_BLOCK * is_shared.sum()
        is_rest = ~is_shared[self.number] & has_block[self.place]
        having_run = np.bincount(
            self.number[is_rest],
            minlength=len(is_shared),
        )
        is_usual = having_run >= USUAL_SHARE * has_block.sum()
        usual = np.bincount(
            self.place[is_rest],
            weights=is_usual[self.number[is_rest]],
            minlength=len(self.texts),
        )
        rest = self.length - sizes
        return SharedBlock(
            shared=self.runs[is_shared],
            texts=self.texts[has_block],
            rest=rest[has_block],
            usual=usual[has_block],
            fullest=int(self.texts[sizes.argmax()]),
            whole=int((sizes >= NEARLY_ALL * is_shared.sum()).sum()),
            touched=int((sizes >= LEAST_TOUCHED * is_shared.sum()).sum()),
        )


class SharedBlock(NamedTuple):
    """Runs that texts of a group share, and the texts of the group that have them."""

    shared: Numbers  # runs
    texts: Indices
    rest: Indices  # of each text: its other runs, those of one text only included
    usual: NDArray[np.float64]  # of those, which a good share of the texts has
    fullest: int  # the text that has most of the shared runs
    whole: int  # texts that have nearly all of them
    touched: int  # texts that have some of them

    def is_never_edited(self) -> bool:
        """Whether who has some of the words has all: people change and shorten what they send,
        forms do not.
        """
        return self.whole >= NEARLY_ALL * self.touched

    def has_other_rest(self) -> Mask:
        """For each text, whether its rest is not what the rest of many others is."""
        least = np.minimum(
            LEAST_SHARED,
            LEAST_CONTAINED * self.rest,
        )
        mask: Mask = (self.rest > 0) & (self.usual < least)
        return mask
