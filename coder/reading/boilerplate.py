"""Words that a form or a program puts into comments: a subject line, a greeting, a disclaimer.

Such words make comments alike that have nothing else in common, so they do not count when
comments are compared. A letter that many people send is shared words too. What tells the two
apart is the rest of the comments:

- Where the rest is different in every comment, the shared words are boilerplate.
- Where a good share of the comments has no rest, or none but a name, the shared words are the
  comment itself.
- Where the rest is alike too, all of it may be a letter. Of a letter below a form's subject line,
  only the subject line also stands in comments that are otherwise unlike.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.engine import Progress, silent
from coder.reading.likeness import (
    FEWEST_WORDS,
    LEAST_CONTAINED,
    LEAST_SHARED,
    group_texts,
)
from coder.reading.passages import (
    GAP,
    cut_passages,
    places_of,
    quote,
    stretches,
    without_passages,
    words_of,
)
from coder.reading.text_runs import RUN, Indices, Numbers, TextRuns, runs_of
from coder.text import normal_key, text_hash

FEWEST_TEXTS = 5  # different ones that have boilerplate
FEWEST_DIFFERENT = 3  # of them, which have nothing else in common
LEAST_DIFFERENT = 0.05  # of the texts with the shared words: as many have another rest
LEAST_BARE = 0.15  # of the comments without a rest: the shared words are the comment
LEAST_RUNS = 5  # of boilerplate
FEWEST_WORDS_OF_PASSAGE = 4
# Of the texts of a group that have a run. The runs that most of them have are tried first.
SHARES_OF_TEXTS = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
LEAST_OF_BLOCK = 0.8  # of the shared runs that a text has, which has the boilerplate
LEAST_TOUCHED = 0.3  # of the shared runs that a text has, which has some of it
NEARLY_ALL = 0.95
USUAL_SHARE = (
    0.3  # of the texts that have a run of the rest, so that it makes them alike
)
MOST_BARE_WORDS = 12  # of a rest that can be a name and an address
OWN_WORDS_PER_WORD = 0.02  # of a rest that is no comment, by words of the shared text
LARGE = 6_000  # texts, of which a sample is searched first
SAMPLED_OFTEN, SAMPLED = 1_000, 3_000
MOST_ROUNDS = 8
LETTERS = re.compile(r"[^\W\d_]+")
# Longer texts say something, whatever boilerplate they have.
MOST_WORDS_TO_JUDGE = 16

Mask = NDArray[np.bool_]


class Boilerplate(NamedTuple):
    """Words that comments share which are otherwise unlike."""

    passages: tuple[str, ...]  # in their normal form
    text: str  # as one of the comments has them
    boilerplate_id: str
    comments: int  # that have them


@dataclass(frozen=True)
class ComparedTexts:
    """What of the comments counts when they are compared.

    Attributes:
        keys: the normal form of each text, without boilerplate.
        own: each text as written; without boilerplate where little is left then.
        boilerplate: that was found, commonest first.
        index: of the keys that are long enough to be compared; None where it must be made.
    """

    keys: list[str]
    own: list[str]
    boilerplate: tuple[Boilerplate, ...]
    index: "TextIndex | None"


class TextIndex(NamedTuple):
    """Different texts in their normal form, and the runs of words of each."""

    keys: list[str]
    runs: TextRuns

    @classmethod
    def of(
        cls,
        keys: Iterable[str],
        question: str,
    ) -> "TextIndex":
        """The index of those that are long enough to be compared."""
        long = sorted({key for key in keys if _is_long_enough(key)})
        return cls(
            long,
            runs_of(
                long,
                normal_key(question),
            ),
        )


def boilerplate_id_of(key: str) -> str:
    """The id of the boilerplate of comments, of which one has this normal form."""
    return f"boilerplate-{text_hash(key)[:8]}"


def compare_texts(
    texts: Sequence[str],
    question: str = "",
    *,
    together: Collection[str] = (),
    progress: Progress = silent,
) -> ComparedTexts:
    """Find the boilerplate of comments, and what is left of each without it.

    Args:
        texts: as written; their order makes no difference.
        question: that was asked, whose words are never boilerplate.
        together: ids of boilerplate that is a letter whatever the rules say.
    """
    key_of: dict[str, str] = {}
    for text in texts:
        if text not in key_of:
            key_of[text] = normal_key(text)
    comments: Counter[str] = Counter(
        map(
            key_of.__getitem__,
            texts,
        )
    )
    written: dict[str, str] = {}
    for text, key in key_of.items():
        written[key] = min(
            text,
            written.get(
                key,
                text,
            ),
        )
    search = _Search(
        comments,
        written,
        normal_key(question),
        together,
    )
    blocks = search.find(progress)
    if not blocks:
        keys = [key_of[text] for text in texts]
        return ComparedTexts(
            keys,
            list(texts),
            (),
            search.index,
        )
    own_of, cut_of = _cut(
        key_of,
        blocks,
    )
    return ComparedTexts(
        keys=[cut_of[text] for text in texts],
        own=[own_of[text] for text in texts],
        boilerplate=_counted(
            blocks,
            comments,
        ),
        index=search.index,
    )


def passages_of(blocks: Sequence[Boilerplate]) -> list[str]:
    """All passages, longest first, since a short one may be part of a long one."""
    passages = {passage for block in blocks for passage in block.passages}
    return sorted(
        passages,
        key=lambda passage: (-len(passage), passage),
    )


def _cut(
    key_of: Mapping[str, str],
    blocks: Sequence[Boilerplate],
) -> tuple[dict[str, str], dict[str, str]]:
    """What is left of each text, as written and in its normal form."""
    passages = passages_of(blocks)
    own: dict[str, str] = {}
    cut: dict[str, str] = {}
    for text, key in key_of.items():
        cut[text] = cut_passages(
            key,
            passages,
        )
        own[text] = text
        is_short = cut[text].count(" ") < MOST_WORDS_TO_JUDGE
        if len(cut[text]) < len(key) and is_short:
            own[text] = without_passages(
                text,
                passages,
            )
    return own, cut


def _counted(
    blocks: Sequence[Boilerplate],
    comments: Mapping[str, int],
) -> tuple[Boilerplate, ...]:
    """The boilerplate with the number of comments that have all of it, commonest first."""
    counted: list[Boilerplate] = []
    for block in blocks:
        having = 0
        for key, number in comments.items():
            padded = f" {key} "
            if all(f" {passage} " in padded for passage in block.passages):
                having += number
        counted.append(block._replace(comments=having))
    return tuple(
        sorted(
            counted,
            key=lambda block: (-block.comments, block.text),
        )
    )


# ---------------------------------------------------------------- search


class _Texts(NamedTuple):
    """Different texts in their normal form, without the boilerplate found so far."""

    keys: list[str]
    originals: list[str]  # one text of each in its normal form, with boilerplate
    comments: Indices  # how many comments each stands for


class _Search:
    """Rounds of grouping texts by what they share, each without what the last one found.

    Args:
        comments: how many comments have each text; texts in their normal form.
        written: the same text as written.
        question: in its normal form.
        together: ids of boilerplate that is a letter whatever the rules say.
    """

    def __init__(
        self,
        comments: Mapping[str, int],
        written: Mapping[str, str],
        question: str,
        together: Collection[str],
    ) -> None:
        self._comments = comments
        self._written = written
        self._question = question
        self._held: set[str] = set()
        if together:
            ids = set(together)
            self._held = {key for key in comments if boilerplate_id_of(key) in ids}
        self._blocks: list[Boilerplate] = []
        self.index: TextIndex | None = None

    def find(
        self,
        progress: Progress,
    ) -> list[Boilerplate]:
        """All boilerplate of the texts."""
        keys = sorted(key for key in self._comments if _is_long_enough(key))
        counts = np.array(
            [self._comments[key] for key in keys],
            dtype=np.int64,
        )
        if len(keys) > LARGE:
            # What many texts have is found here, before it makes all of them alike.
            sample, weights = _sample(
                keys,
                counts,
                self._held,
            )
            self._search(
                sample,
                weights,
                any_length=True,
            )
        known = len(self._blocks)
        index = self._search(
            keys,
            counts,
            progress=progress,
        )
        if len(self._blocks) == known:
            self.index = index
        return self._blocks

    def _search(
        self,
        originals: Sequence[str],
        counts: Indices,
        *,
        any_length: bool = False,
        progress: Progress = silent,
    ) -> TextIndex:
        """Note all boilerplate of some texts.

        Returns:
            The texts of the last round, without it.
        """
        for _ in range(MOST_ROUNDS):
            passages = passages_of(self._blocks)
            texts = self._without_boilerplate(
                originals,
                counts,
            )
            runs = runs_of(
                texts.keys,
                self._question,
            )
            groups = group_texts(
                runs,
                texts.comments,
                any_length=any_length,
                progress=progress,
            )
            for group in groups:
                if len(group) >= FEWEST_TEXTS:
                    self._judge(
                        group,
                        texts,
                        runs,
                    )
            found = set(passages_of(self._blocks)).difference(passages)
            if not found:
                break
            # Only texts with what was found look different in the next round.
            places = _places_with(
                originals,
                found,
            )
            originals = [originals[place] for place in places]
            counts = counts[places]
        return TextIndex(
            texts.keys,
            runs,
        )

    def _without_boilerplate(
        self,
        originals: Sequence[str],
        counts: Indices,
    ) -> _Texts:
        """The texts without what is known to be boilerplate; those that are then equal are one."""
        passages = passages_of(self._blocks)
        places: dict[str, int] = {}
        kept: list[str] = []
        comments: list[int] = []
        for original, number in zip(
            originals,
            counts.tolist(),
            strict=True,
        ):
            key = cut_passages(
                original,
                passages,
            )
            place = places.setdefault(
                key,
                len(places),
            )
            if place == len(kept):
                kept.append(original)
                comments.append(0)
            comments[place] += number
        return _Texts(
            list(places),
            kept,
            np.array(
                comments,
                dtype=np.int64,
            ),
        )

    def _judge(
        self,
        group: Indices,
        texts: _Texts,
        runs: TextRuns,
    ) -> None:
        """Note the boilerplate of a group of texts, if there is any."""
        if any(texts.originals[text] in self._held for text in group.tolist()):
            return
        members = _Members.of(
            group,
            runs,
        )
        judged: set[bytes] = set()
        for is_seed in members.seeds():
            is_shared = members.always_beside(is_seed)
            if is_shared.tobytes() in judged:
                continue
            judged.add(is_shared.tobytes())
            block = members.block(is_shared)
            if block.is_never_edited() and len(block.texts) >= FEWEST_TEXTS:
                passages = self._passages(
                    block,
                    texts,
                    runs,
                )
                if passages and self._is_boilerplate(
                    block,
                    passages,
                    texts,
                ):
                    self._note(
                        block,
                        passages,
                        texts,
                    )
                    return

    def _passages(
        self,
        block: "_Block",
        texts: _Texts,
        runs: TextRuns,
    ) -> tuple[str, ...]:
        """The passages that the shared runs make, in the text that has most of them."""
        keys = texts.keys[block.fullest].split()
        numbers = runs.in_order(texts.keys[block.fullest])
        wanted = np.isin(
            numbers,
            block.shared,
        )
        is_shared = np.zeros(
            len(keys),
            dtype=np.bool_,
        )
        for step in range(RUN):
            is_shared[step : step + len(wanted)] |= wanted
        passages: list[str] = []
        for span in stretches(is_shared.tolist()):
            if span.end - span.start >= FEWEST_WORDS_OF_PASSAGE:
                passages.append(" ".join(keys[span.start : span.end]))
        return tuple(passages)

    def _is_boilerplate(
        self,
        block: "_Block",
        passages: Sequence[str],
        texts: _Texts,
    ) -> bool:
        """Whether the comments that share a block are unlike without it."""
        is_different = block.has_other_rest()
        if not _are_enough(
            int(is_different.sum()),
            len(block.texts),
        ):
            return False
        shared = Counter(" ".join(passages).split())
        is_bare = np.zeros(
            len(block.texts),
            dtype=np.bool_,
        )
        for place in np.flatnonzero(block.rest <= MOST_BARE_WORDS).tolist():
            original = texts.originals[block.texts[place]]
            text = self._written[original]
            if self._blocks:  # is no part of the rest
                text = without_passages(
                    text,
                    passages_of(self._blocks),
                )
            is_bare[place] = _is_bare(
                text,
                shared,
            )
        comments = texts.comments[block.texts]
        if comments[is_bare].sum() >= LEAST_BARE * comments.sum():
            return False
        different = int((is_different & ~is_bare).sum())
        return _are_enough(
            different,
            len(block.texts),
        )

    def _note(
        self,
        block: "_Block",
        passages: tuple[str, ...],
        texts: _Texts,
    ) -> None:
        if set(passages).issubset(passages_of(self._blocks)):
            return  # another group of the same round has them too
        original = texts.originals[block.fullest]
        written = self._written[original]
        commonest = block.texts[int(texts.comments[block.texts].argmax())]
        self._blocks.append(
            Boilerplate(
                passages,
                _quoted(
                    written,
                    passages,
                ),
                boilerplate_id_of(texts.originals[commonest]),
                0,
            )
        )


def _places_with(
    texts: Sequence[str],
    passages: Collection[str],
) -> list[int]:
    """The places of the texts that have one of the passages."""
    places: list[int] = []
    for place, text in enumerate(texts):
        padded = f" {text} "
        if any(f" {passage} " in padded for passage in passages):
            places.append(place)
    return places


def _is_long_enough(key: str) -> bool:
    return key.count(" ") >= FEWEST_WORDS - 1


def _are_enough(
    different: int,
    texts: int,
) -> bool:
    return different >= max(
        FEWEST_DIFFERENT,
        LEAST_DIFFERENT * texts,
    )


def _quoted(
    written: str,
    passages: Sequence[str],
) -> str:
    """The passages exactly as they are written in a text."""
    words = words_of(written)
    keys = [word.key for word in words]
    quotes: list[str] = []
    for passage in passages:
        # One is not found that other boilerplate stood in.
        for span in places_of(
            passage.split(),
            keys,
        )[:1]:
            quotes.append(
                quote(
                    written,
                    words,
                    span,
                )
            )
    return GAP.join(quotes)


def _sample(
    keys: Sequence[str],
    counts: Indices,
    held: Collection[str],
) -> tuple[list[str], Indices]:
    """The texts with most comments and some of the others, with the comments they stand for."""
    order = np.lexsort((np.arange(len(keys)), -counts))
    often, others = np.sort(order[:SAMPLED_OFTEN]), np.sort(order[SAMPLED_OFTEN:])
    step = len(others) / SAMPLED
    drawn = others[(np.arange(SAMPLED) * step).astype(np.int64)]
    weights = np.concatenate([counts[often], np.ceil(counts[drawn] * step)])
    texts = [keys[place] for place in np.concatenate([often, drawn]).tolist()]
    missing = sorted(set(held).difference(texts))
    weights = np.concatenate([weights, np.ones(len(missing))])
    return [*texts, *missing], weights.astype(np.int64)


class _Members(NamedTuple):
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
    ) -> "_Members":
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
    ) -> "_Block":
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
        return _Block(
            shared=self.runs[is_shared],
            texts=self.texts[has_block],
            rest=rest[has_block],
            usual=usual[has_block],
            fullest=int(self.texts[sizes.argmax()]),
            whole=int((sizes >= NEARLY_ALL * is_shared.sum()).sum()),
            touched=int((sizes >= LEAST_TOUCHED * is_shared.sum()).sum()),
        )


class _Block(NamedTuple):
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


def _is_bare(
    text: str,
    shared: Mapping[str, int],
) -> bool:
    """Whether a text says nothing beyond the shared words: the rest is a name, or numbers."""
    words = LETTERS.findall(text)
    left = dict(shared)
    own = 0
    for word in words:
        key = word.casefold()
        if left.get(
            key,
            0,
        ):
            left[key] -= 1
        elif text.isupper() or not word[0].isupper():
            own += 1
    return own <= max(
        1,
        OWN_WORDS_PER_WORD * sum(shared.values()),
    )
