"""From a file's rows and what its columns are to comments and sources."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder import tables
from coder.errors import CoderError
from coder.project import Source
from coder.reading.columns import Columns
from coder.reading.loaded import Loaded
from coder.reading.marking import ABOUT_PROCESS

# A role's column becomes one of the table's; a respondent's stays among the survey's own.
MOVED = ("text", "id", "source", "weight", "question", "role")
RESERVED = frozenset((*tables.COMMENTS.columns, ABOUT_PROCESS))
FAULTS_SHOWN = 8


def build(
    loaded: Loaded,
    columns: Columns,
    *,
    source_name: str,
    question: str,
    sha256: str,
    without: Sequence[str] = (),
) -> tuple[pd.DataFrame, tuple[Source, ...], tuple[str, ...]]:
    """The comments of one file (not yet marked), its sources, and notes.

    `source_name` is used where no column says the source, `question` where none says the question;
    `without` names the roles that the user said no column has.

    Raises:
        CoderError: a source is blank, or a weight is missing, zero, negative or no number in a source that
            has weights.
    """
    table, roles = loaded.table, columns.roles
    rows = len(table)
    names = _sources(loaded, roles, source_name)
    asked = (
        table[roles["question"]]
        if "question" in roles
        else pd.Series([question] * rows, dtype="str")
    )
    comments = pd.DataFrame(
        {
            "comment_id": _ids(loaded, roles, source_name),
            "text": table[roles["text"]],
            "source": names,
            "role": table[roles["role"]]
            if "role" in roles
            else pd.Series(["public"] * rows, dtype="str"),
            "status": pd.Series([tables.ANALYSED] * rows, dtype="str"),
            "reason": pd.Series([""] * rows, dtype="str"),
            "weight": _weights(loaded, roles, names),
            "campaign_id": pd.Series([""] * rows, dtype="str"),
            "question": asked,
        }
    )
    own = [name for name in table.columns if name not in {roles.get(role) for role in MOVED}]
    renamed = _renamed(own)
    for name in own:
        comments[renamed[name]] = table[name]
    sources = tuple(
        _source(loaded, columns, renamed, str(name), part, sha256, without)
        for name, part in comments.groupby("source", sort=False)
    )
    notes = [
        f"The file's column {name!r} is kept as {new!r}, since {name!r} means something else here."
        for name, new in renamed.items()
        if name != new
    ]
    weighted = [source.name for source in sources if "weight" in source.columns]
    if weighted and len(weighted) < len(sources):
        rest = [source.name for source in sources if source.name not in weighted]
        notes.append(f"Weights: {', '.join(weighted)}. Unweighted: {', '.join(rest)}.")
    return comments, sources, tuple(notes)


def _source(
    loaded: Loaded,
    columns: Columns,
    renamed: dict[str, str],
    name: str,
    part: pd.DataFrame,
    sha256: str,
    without: Sequence[str],
) -> Source:
    roles = columns.roles
    changed = loaded.cleaned.get(roles["text"], np.array([], dtype=np.int64))
    person = (roles["respondent"],) if "respondent" in roles else columns.describing
    asked = part["question"].unique()
    facts = dict(loaded.facts)
    of_the_page = facts.get("questions", "").replace(" | ", " ")
    if "question" not in roles and len(asked) == 1 and asked[0] not in ("", of_the_page):
        facts["question"] = str(asked[0])
    if without:
        facts["without"] = ", ".join(without)
    weighted = "weight" in roles and bool(part["weight"].notna().any())
    return Source(
        name=name,
        file=loaded.path.name,
        sha256=sha256,
        format=loaded.format,
        columns={role: column for role, column in roles.items() if role != "weight" or weighted},
        rows=len(part),
        cleaned=int(np.isin(part.index.to_numpy(), changed).sum()),
        facts=facts,
        person=tuple(renamed.get(column, column) for column in person),
    )


def _renamed(own: Iterable[str]) -> dict[str, str]:
    """Each own column to its name among the comments: its own, unless the table needs that name."""
    listed = list(own)
    new = {name: f"own_{name}" if name in RESERVED else name for name in listed}
    for name in listed:
        while sum(other == new[name] for other in new.values()) > 1:
            new[name] = f"own_{new[name]}"
    return new


def _ids(loaded: Loaded, roles: dict[str, str], source_name: str) -> pd.Series:
    if "id" in roles:
        return loaded.table[roles["id"]].str.strip()
    rows = len(loaded.table)
    digits = max(4, len(str(rows)))
    stem = id_stem(source_name)
    return pd.Series([f"{stem}-{number:0{digits}d}" for number in range(1, rows + 1)], dtype="str")


def id_stem(name: str) -> str:
    """A source's name as the beginning of ids: no white space."""
    return re.sub(r"\s+", "-", name.strip())


def source_of(path: Path) -> str:
    """The name of a file's only source where nobody gave one."""
    return path.stem


def _sources(loaded: Loaded, roles: dict[str, str], source_name: str) -> pd.Series:
    if "source" not in roles:
        return pd.Series([source_name] * len(loaded.table), dtype="str")
    names = loaded.table[roles["source"]].str.strip()
    blank = np.flatnonzero((names == "").to_numpy())
    if len(blank):
        raise CoderError(
            f"{loaded.path}: the source column {roles['source']!r} is empty in {loaded.where(blank)}",
            "Fill it, name another with --source COL, or take the file as one source with --source -.",
        )
    return names


def _weights(loaded: Loaded, roles: dict[str, str], sources: pd.Series) -> npt.NDArray[np.float64]:
    """The weights; NaN throughout a source that has none."""
    if "weight" not in roles:
        return np.full(len(sources), np.nan)
    cells = loaded.table[roles["weight"]].str.strip()
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    weighted = sources.isin(sources[(cells != "").to_numpy()].unique()).to_numpy()
    wrong = np.flatnonzero(weighted & ~(np.isfinite(numbers) & (numbers > 0)))
    if not len(wrong):
        return np.where(weighted, numbers, np.nan)
    lines = [
        f"{loaded.path}: {loaded.place_word} {loaded.places[row]}: the weight "
        f"{'is missing' if not cells.iloc[row] else f'is {cells.iloc[row]!r}'} (source {sources.iloc[row]!r})"
        for row in wrong[:FAULTS_SHOWN]
    ]
    if len(wrong) > FAULTS_SHOWN:
        lines.append(f"... and in {len(wrong) - FAULTS_SHOWN:,} more rows")
    raise CoderError(
        "\n".join(lines),
        f"In a source with weights each row needs one above 0 (column {roles['weight']!r}); leave it empty for "
        "every row of a source without. If the column is no weight: --weight -",
    )
