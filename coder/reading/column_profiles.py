"""What detection looks at of each column: its names, how much it holds, and a sample of cells."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from coder.reading.column_labels import folded, wording_of
from coder.reading.column_names import (
    BODY_WEIGHT_WORDS,
    SCALE_ANSWER,
    SPEECH_WORDS,
    WEIGHT_WORDS,
)
from coder.reading.numerals import are_numbers
from coder.reading.raw_table import RawTable

CELLS_MEASURED = 2_000  # that hold anything, spread over the rows
CHARACTERS_COUNTED = 400  # of one cell
WORDS_COUNTED = 80  # of one cell
LONG_CELL = 5  # words from which a cell is more than a name or an answer of a list
MOST_GROUPS = 40  # values of a column that results are broken down by
WORDS_OF_A_SHORT_WORDING = 6
TEXT_ENTRY = re.compile(r"(.+)_TEXT")  # Qualtrics: what was written beside an option

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(
    r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?", re.I
)
PHONE = re.compile(r"(?=(?:\D*\d){9,15}\D*$)\+?[\d() .-]{9,20}")
ADDRESS_OF_MACHINE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:]{4,}", re.I)
UK_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.I)
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
DATE = re.compile(
    rf"{DAY}(?:\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|\d{{8}}|{MONTH} \d{{1,2}}(?:,? \d{{4}})?|"
    rf"\d{{1,2}} {MONTH},? \d{{4}})(?:[T ,]+\d{{1,2}}:\d{{2}}.*)?|"
    r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?",
    re.I,
)
SHAPES = {
    "email": EMAIL,
    "url": URL,
    "phone": PHONE,
    "ip": ADDRESS_OF_MACHINE,
    "postcode": UK_POSTCODE,
    "date": DATE,
}


@dataclass(frozen=True)
class Profile:
    """One column. Shares and means are over the cells measured, which all hold something.

    Attributes:
        name: of the column.
        wording: the question that it answers; empty where nothing says it.
        beside: the column of a list of answers of which this holds the text, by its name.
        rows: of the file.
        filled: rows that hold anything.
        distinct: different values among those.
        values: cell, without white space around it, to how often it was measured.
        example: the first cell of some length, as written.
    """

    name: str
    wording: str
    beside: str
    rows: int
    filled: int
    distinct: int
    values: Mapping[str, int]
    example: str

    @cached_property
    def folded(self) -> str:
        """The name in lower case, words with single spaces."""
        return folded(self.name)

    @cached_property
    def labels(self) -> frozenset[str]:
        """The name and the wording, folded."""
        return frozenset((self.folded, folded(self.wording))) - {""}

    @cached_property
    def name_words(self) -> frozenset[str]:
        """The words of the name, and those of a short wording."""
        words = set(self.folded.split())
        of_wording = folded(self.wording).split()
        if len(of_wording) <= WORDS_OF_A_SHORT_WORDING:
            words.update(of_wording)
        return frozenset(words)

    @cached_property
    def asked(self) -> str:
        """What respondents were asked, as far as it is known: the wording, or the name."""
        return " ".join((self.wording or self.name).split())

    @cached_property
    def measured(self) -> int:
        """The cells measured."""
        return sum(self.values.values())

    def share(self, cells: int) -> float:
        """A count of measured cells as a share."""
        return cells / max(self.measured, 1)

    @cached_property
    def words_of_cells(self) -> "Counter[int]":
        """How many cells have so many words."""
        lengths: Counter[int] = Counter()
        for value, times in self.values.items():
            lengths[len(value.split())] += times
        return lengths

    @cached_property
    def words(self) -> float:
        """Words of a cell, mean, where very long cells count for `WORDS_COUNTED`."""
        total = 0
        for words, times in self.words_of_cells.items():
            total += min(words, WORDS_COUNTED) * times
        return self.share(total)

    @cached_property
    def median_words(self) -> float:
        """Words of a cell, median."""
        if not self.measured:
            return 0.0
        return float(median(self.words_of_cells.elements()))

    @cached_property
    def characters(self) -> float:
        """Characters of a cell, mean, where very long cells count for `CHARACTERS_COUNTED`."""
        total = 0
        for value, times in self.values.items():
            total += min(len(value), CHARACTERS_COUNTED) * times
        return self.share(total)

    @cached_property
    def numeric(self) -> float:
        """Share of numbers."""
        if not self.values:
            return 0.0
        times = np.array(list(self.values.values()))
        return self.share(int(times[are_numbers(self.values)].sum()))

    @cached_property
    def shapes(self) -> Mapping[str, float]:
        """Share of e-mail addresses, web addresses, dates and so on."""
        cells = dict.fromkeys(SHAPES, 0)
        for value, times in self.values.items():
            for shape, pattern in SHAPES.items():
                if pattern.fullmatch(value):
                    cells[shape] += times
        return {shape: self.share(times) for shape, times in cells.items()}

    @cached_property
    def long(self) -> float:
        """Share of cells of `LONG_CELL` words or more."""
        counts = self.words_of_cells.items()
        return self.share(sum(times for words, times in counts if words >= LONG_CELL))

    @cached_property
    def unique(self) -> float:
        """Share of cells that no other measured cell repeats."""
        return self.share(sum(1 for times in self.values.values() if times == 1))

    @cached_property
    def speech(self) -> float:
        """Share of cells with a word that people use to say something: I, is, should, more."""
        cells = 0
        for value, times in self.values.items():
            words = WORD.findall(value.casefold())
            if len(words) > 1 and not SPEECH_WORDS.isdisjoint(words):
                cells += times
        return self.share(cells)

    @cached_property
    def scale(self) -> float:
        """Share of cells that read like a point of a scale, or like yes, no and do not know."""
        cells = 0
        for value, times in self.values.items():
            if SCALE_ANSWER.fullmatch(value.casefold().strip(" .!")):
                cells += times
        return self.share(cells)

    @property
    def is_varied(self) -> bool:
        """Whether the cells differ as people's own words do, unlike the answers of a list."""
        return self.distinct > 0.1 * self.filled or self.distinct > MOST_GROUPS

    @property
    def is_named_weight(self) -> bool:
        """Whether the name speaks for survey weights, and not for people's own."""
        words = frozenset(self.folded.split())
        speaks_for = bool(words & WEIGHT_WORDS)
        return speaks_for and not words & BODY_WEIGHT_WORDS

    @property
    def is_complete(self) -> bool:
        """Whether every cell holds something."""
        return self.filled == self.rows


Profiles = Mapping[str, Profile]


def profile_columns(raw: RawTable, wordings: Mapping[str, str]) -> dict[str, Profile]:
    """The profile of every column; `wordings` are the user's, column to question."""
    profiles = {}
    names = frozenset(raw.cells.columns)
    for name in raw.cells.columns:
        wording = wordings.get(name) or wording_of(raw, name)
        profiles[name] = _profile(raw.cells[name], wording, _completed(name, names))
    return profiles


def _completed(name: str, names: Collection[str]) -> str:
    """The column that `Q3_TEXT` or `Q3_6_TEXT` completes: `Q3_6`, or `Q3`; empty for others."""
    text_entry = TEXT_ENTRY.fullmatch(name)
    if text_entry is None:
        return ""
    for stem in (text_entry.group(1), re.sub(r"_\d+$", "", text_entry.group(1))):
        if stem in names:
            return stem
    return ""


def _profile(cells: pd.Series, wording: str, beside: str) -> Profile:
    arrow = pa.chunked_array(pa.array(cells, type=pa.large_string()))
    is_filled = pc.invert(pc.or_(pc.equal(arrow, ""), pc.utf8_is_space(arrow)))
    filled = arrow.filter(is_filled)
    sample = _spread(filled)
    values = Counter(cell.strip() for cell in sample)
    distinct = 0
    if len(filled):
        distinct = int(pc.count_distinct(filled).as_py())
    return Profile(
        name=str(cells.name),
        wording=wording,
        beside=beside,
        rows=len(cells),
        filled=len(filled),
        distinct=distinct,
        values=values,
        example=_example(sample),
    )


def _spread(filled: pa.ChunkedArray) -> list[str]:
    """Cells evenly spread over all of them."""
    if len(filled) > CELLS_MEASURED:
        places = np.linspace(0, len(filled) - 1, CELLS_MEASURED).astype(np.int64)
        filled = filled.take(pa.array(places))
    return [str(cell) for cell in filled.to_pylist()]


def _example(sample: list[str]) -> str:
    """The first cell that has words, or the first."""
    for cell in sample:
        if len(cell.split()) >= LONG_CELL:
            return cell
    return sample[0] if sample else ""
