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
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coder.engine import Progress, silent
from coder.reading.likeness import (
    FEWEST_WORDS,
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
from coder.reading.shared_blocks import FEWEST_TEXTS, GroupMembers, SharedBlock
from coder.reading.text_runs import RUN, Indices, TextRuns, runs_of
from coder.text import normal_key, text_hash

FEWEST_DIFFERENT = 3  # of them, which have nothing else in common
LEAST_DIFFERENT = 0.05  # of the texts with the shared words: as many have another rest
LEAST_BARE = 0.15  # of the comments without a rest: the shared words are the comment
FEWEST_WORDS_OF_PASSAGE = 4
MOST_BARE_WORDS = 12  # of a rest that can be a name and an address
OWN_WORDS_PER_WORD = 0.02  # of a rest that is no comment, by words of the shared text
LARGE = 6_000  # texts, of which a sample is searched first
SAMPLED_OFTEN, SAMPLED = 1_000, 3_000
MOST_ROUNDS = 8
LETTERS = re.compile(r"[^\W\d_]+")
# Longer texts say something, whatever boilerplate they have.
MOST_WORDS_TO_JUDGE = 16


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
        declared: ids of boilerplate that is a letter, since the user says so.
        index: of the keys that are long enough to be compared; None where it must be made.
    """

    keys: list[str]
    own: list[str]
    boilerplate: tuple[Boilerplate, ...]
    declared: frozenset[str]
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
    key_of = _normal_keys(texts)
    comments = Counter([key_of[text] for text in texts])
    written: dict[str, str] = {}
    for text, key in key_of.items():
        written[key] = min(text, written.get(key, text))
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
            search.declared,
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
        declared=search.declared,
        index=search.index,
    )


def _normal_keys(texts: Sequence[str]) -> dict[str, str]:
    """The normal form of each different text."""
    key_of: dict[str, str] = {}
    for text in texts:
        if text not in key_of:
            key_of[text] = normal_key(text)
    return key_of


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

    @property
    def declared(self) -> frozenset[str]:
        """Ids of the boilerplate that is a letter, since the user says so."""
        return frozenset(map(boilerplate_id_of, self._held))

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
        members = GroupMembers.of(
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
                passages = _passages_of_block(
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

    def _is_boilerplate(
        self,
        block: SharedBlock,
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
        block: SharedBlock,
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


def _passages_of_block(
    block: SharedBlock,
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
