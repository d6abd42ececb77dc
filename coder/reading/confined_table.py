"""A file's table, read in a child process and sent back."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from coder.confined import Answer, Job, run_confined
from coder.reading.raw_table import RawTable, check_cells

# Fields of a table that JSON holds as they are.
PLAIN = (
    "format",
    "described",
    "row_word",
    "roles",
    "facts",
    "questions",
    "personal",
    "notes",
)


def load_confined(path: Path, load: Callable[[], RawTable]) -> RawTable:
    """The table that `load` reads of a file, in a child process where the system has one.

    Raises:
        CoderError: as `load`, or reading takes too much memory or time.
    """
    return _table_of(path, run_confined(lambda: _answer(load()), Job.of(path)))


def _answer(table: RawTable) -> Answer:
    check_cells(table)
    facts: dict[str, Any] = {name: getattr(table, name) for name in PLAIN}
    facts["cleaned"] = {name: rows.tolist() for name, rows in table.cleaned.items()}
    facts["orders"] = table.orders
    facts["option_groups"] = table.option_groups
    tables = [_as_arrow(table.cells), pa.table({"numbers": table.numbers})]
    if table.places is not None:
        tables.append(_as_arrow(table.places))
    return Answer(facts, tuple(tables))


def _as_arrow(table: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(table, preserve_index=False)


def _table_of(path: Path, answer: Answer) -> RawTable:
    facts = dict(answer.facts)
    cells, numbers, *places = answer.tables
    cleaned = {}
    for name, rows in facts.pop("cleaned").items():
        cleaned[name] = np.array(rows, dtype=np.int64)
    return RawTable(
        path=path,
        cells=cells.to_pandas(),
        numbers=numbers["numbers"].to_numpy(),
        cleaned=cleaned,
        places=places[0].to_pandas() if places else None,
        orders=_with_tuples(facts.pop("orders")),
        option_groups=_with_tuples(facts.pop("option_groups")),
        personal=tuple(facts.pop("personal")),
        notes=tuple(facts.pop("notes")),
        **facts,
    )


def _with_tuples(lists: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(items) for name, items in lists.items()}
