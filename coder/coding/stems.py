"""The words of many texts as arrays of the numbers of their stems."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coder.coding.ragged import Numbers, expand
from coder.keywords import stem_parts
from coder.text import WORD

Integers = NDArray[np.int64]
Integers32 = NDArray[np.int32]

# With the group, what lies between words is found in the same pass.
WORD_AND_BETWEEN = re.compile(f"({WORD.pattern})")
BETWEEN_TEXTS = "\n"  # of which no word is part
AT_ONCE = 2_000  # texts that are searched as one


class StemTable(NamedTuple):
    """The words of n texts, as `coder.keywords.stem_words` cuts them. s stems, w words in all."""

    stems: tuple[str, ...]  # (s) distinct; some may be in none of the texts
    codes: Integers32  # (w,) place of each word's stem in `stems`
    starts: Integers32  # (w,) offset of each word in its text
    ends: Integers32  # (w,)
    bounds: Integers  # (n + 1,) the words of text i are those from bounds[i] to bounds[i + 1]


def stem_texts(texts: Sequence[str], language: str = "en") -> StemTable:
    """Cut texts into words and stem them."""
    distinct = Numbers()
    blocks = []
    for start in range(0, len(texts), AT_ONCE):
        blocks.append(_cut_words(texts[start : start + AT_ONCE], distinct))
    words = _Words(*map(np.concatenate, zip(_NO_WORDS, *blocks, strict=True)))
    parts = _stem_words(distinct, language)
    sizes = parts.sizes[words.numbers]
    word, place = expand(parts.begins[words.numbers], sizes)
    parts_before = np.r_[0, np.cumsum(sizes)]
    words_before = np.r_[0, np.cumsum(words.in_text)]
    offsets = words.starts[word]
    return StemTable(
        stems=parts.stems,
        codes=parts.codes[place],
        starts=(offsets + parts.starts[place]).astype(np.int32),
        ends=(offsets + parts.ends[place]).astype(np.int32),
        bounds=parts_before[words_before],
    )


class _Words(NamedTuple):
    """Words of n texts before they are stemmed. w words in all."""

    numbers: Integers  # (w,) of distinct words
    starts: Integers  # (w,) offset in the text
    in_text: Integers  # (n,) how many each text has


_NO_WORDS = _Words(*np.zeros((3, 0), dtype=np.int64))


def _cut_words(texts: Sequence[str], distinct: Numbers) -> _Words:
    pieces = WORD_AND_BETWEEN.split(BETWEEN_TEXTS.join(texts))
    words = pieces[1::2]
    ends = np.cumsum(_lengths(pieces))
    starts = ends[0:-1:2]  # a word starts where what lies before it ends
    sizes = _lengths(texts) + len(BETWEEN_TEXTS)
    first_of_text = np.cumsum(sizes) - sizes
    rows = np.searchsorted(first_of_text, starts, side="right") - 1
    numbers = map(distinct.__getitem__, words)
    return _Words(
        np.fromiter(numbers, np.int64, len(words)),
        starts - first_of_text[rows],
        np.bincount(rows, minlength=len(texts)),
    )


class _Parts(NamedTuple):
    """The parts of d distinct words, one word after the other."""

    stems: tuple[str, ...]  # distinct
    codes: Integers32  # stem of each part
    starts: Integers  # offset in the word
    ends: Integers
    begins: Integers  # (d,) where the parts of each word begin
    sizes: Integers  # (d,) how many they are


def _stem_words(words: Iterable[str], language: str) -> _Parts:
    stems = Numbers()
    codes, starts, ends = [], [], []
    bounds = [0]
    for word in words:
        for stem, start, end in stem_parts(word, language):
            codes.append(stems[stem])
            starts.append(start)
            ends.append(end)
        bounds.append(len(codes))
    return _Parts(
        stems=tuple(stems),
        codes=np.array(codes, dtype=np.int32),
        starts=np.array(starts, dtype=np.int64),
        ends=np.array(ends, dtype=np.int64),
        begins=np.array(bounds[:-1], dtype=np.int64),
        sizes=np.diff(bounds),
    )


def _lengths(texts: Sequence[str]) -> Integers:
    return np.fromiter(map(len, texts), np.int64, len(texts))
