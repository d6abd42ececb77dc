"""Comments that the same person sent twice, told from copies that several people sent."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from coder.project import Source
from coder.text import normal_key

# Of a text that can be a duplicate: "more police please" is written by many.
FEWEST_WORDS = 5
# Copies by people who merely have the same age band and borough are expected among many copies
# of a text.
# Rows count as one person's only where chance would give fewer such pairs than this.
CHANCE_PAIRS = 0.01
SEPARATOR = "\x1f"

Mask = npt.NDArray[np.bool_]


def find_duplicates(
    comments: pd.DataFrame,
    sources: Sequence[Source],
    countable: Mask,
) -> Mask:
    """True for rows that repeat an earlier row of the same person.

    Both have the same source and question, and the same text of `FEWEST_WORDS` words or more,
    except for case, marks and spaces. The person is known by the source's respondent column, or
    else by several columns that describe people. Rows that are not `countable` are left out.
    """
    duplicates = np.zeros(len(comments), dtype=bool)
    source_names = comments["source"].to_numpy(dtype=object)
    for source in sources:
        person_columns = [name for name in source.person if name in comments.columns]
        rows = np.flatnonzero((source_names == source.name) & countable)
        if person_columns and len(rows):
            part = comments.iloc[rows]
            identified = "respondent" in source.columns
            duplicates[rows] = _duplicates_of_source(
                part, person_columns, identified=identified
            )
    return duplicates


def _duplicates_of_source(
    part: pd.DataFrame,
    person_columns: Sequence[str],
    *,
    identified: bool,
) -> Mask:
    """The duplicates among comments of one source; `identified` where a column identifies
    respondents.
    """
    fewest_filled = 2
    if identified:
        fewest_filled = 1
    duplicates = np.zeros(len(part), dtype=bool)
    person = _joined(part, person_columns)
    # Only somebody whose description occurs twice can have written twice.
    occurs_twice = person.duplicated(keep=False).to_numpy()
    if not occurs_twice.any():
        return duplicates
    filled = (part[person_columns] != "").sum(axis=1)
    candidates = occurs_twice & (filled.to_numpy() >= fewest_filled)
    texts = _text_keys(part, candidates)
    table = pd.DataFrame({"text": texts, "person": person})
    repeats = table[texts != ""].duplicated(["text", "person"])
    duplicates[repeats.index[repeats.to_numpy()]] = True
    if not identified and duplicates.any():
        all_texts = _text_keys(part, np.ones(len(part), dtype=bool))
        duplicates &= _unlikely_by_chance(all_texts, person)
    return duplicates


def _joined(part: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """The columns' cells of each row as one text; rows are numbered from 0."""
    cells = [pa.array(part[name], pa.large_string()) for name in columns]
    separator = pa.scalar(SEPARATOR, pa.large_string())
    joined: pd.Series = compute.binary_join_element_wise(*cells, separator).to_pandas()
    return joined


def _text_keys(part: pd.DataFrame, wanted: Mask) -> pd.Series:
    """Question and normal form of the wanted texts; empty for others and those under
    `FEWEST_WORDS` words.
    """
    keys: list[str] = []
    rows = zip(
        part["question"].tolist(),
        part["text"].tolist(),
        wanted.tolist(),
        strict=True,
    )
    for question, text, is_wanted in rows:
        key = ""
        if is_wanted:
            key = normal_key(text)
        if key.count(" ") >= FEWEST_WORDS - 1:
            keys.append(f"{question}{SEPARATOR}{key}")
        else:
            keys.append("")
    return pd.Series(keys)


def _unlikely_by_chance(texts: pd.Series, person: pd.Series) -> Mask:
    """True for rows whose text has so few copies that equal descriptions among them are hardly
    chance.
    """
    copies = texts.groupby(texts).transform("size").to_numpy()
    pairs = copies * (copies - 1) / 2
    mask: Mask = pairs * _chance_of_same_description(texts, person) < CHANCE_PAIRS
    return mask


def _chance_of_same_description(texts: pd.Series, person: pd.Series) -> float:
    """How likely two respondents of a source have the same description, in [0, 1].

    Rows that have both description and text in common count once: they may be one person's.
    """
    table = pd.DataFrame({"person": person, "text": texts})
    is_short = table["text"] == ""
    distinct = table[~is_short].drop_duplicates()
    people = pd.concat([distinct, table[is_short]])["person"]
    sizes = people.value_counts().to_numpy(float)
    total = float(sizes.sum())
    if total <= 1:
        return 0.0
    pairs_alike = float((sizes * (sizes - 1)).sum())
    return pairs_alike / (total * (total - 1))
