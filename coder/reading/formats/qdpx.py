"""REFI-QDA projects of QualCoder, ATLAS.ti, NVivo, MAXQDA and others: each text is a comment."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from coder.errors import CoderError, command, option
from coder.reading.options import FileOptions
from coder.reading.raw_table import RawTable, arrow_columns
from coder.reading.refi_project import RefiProject, RefiSource, read_refi_project
from coder.text import count, free_name

ID, TEXT = "id", "comment"
OWN_ROLES = ("source", "weight")  # of columns that our own export writes
NAMES_SHOWN = 5


def load(path: Path, options: FileOptions) -> RawTable:  # noqa: ARG001
    """Read the texts of a project with their attributes.

    Raises:
        CoderError: as `read_refi_project`; or no text is in the file.
    """
    project = read_refi_project(path)
    if not any(source.text for source in project.sources):
        raise _no_texts(project)
    columns = _columns(project)
    arrays, cleaned = arrow_columns(columns, suspicious=True)
    roles = {"id": ID, "text": TEXT}
    if project.is_ours:
        roles |= {name: name for name in OWN_ROLES if name in columns}
    return RawTable(
        path=path,
        format="qdpx",
        described=_described(project),
        cells=pa.table(arrays).to_pandas(),
        numbers=np.arange(
            1,
            len(project.sources) + 1,
            dtype=np.int64,
        ),
        row_word="source",
        cleaned=cleaned,
        roles=roles,
        notes=tuple(_notes(project)),
    )


def _described(project: RefiProject) -> str:
    if project.origin:
        return f"REFI-QDA project of {project.origin}"
    return "REFI-QDA project"


def _columns(project: RefiProject) -> dict[str, list[str]]:
    """The cells by column: id, text, then the attributes."""
    columns: dict[str, list[str]] = {
        ID: source_ids(project.sources),
        TEXT: [source.text or "" for source in project.sources],
    }
    for variable in project.variables:
        name = free_name(variable, columns)
        columns[name] = [source.values.get(variable, "") for source in project.sources]
    return columns


def source_ids(sources: Sequence[RefiSource]) -> list[str]:
    """An id for each source: its name, with a number where several have it."""
    ids: dict[str, None] = {}
    times: Counter[str] = Counter()
    for source in sources:
        name = source.name or source.id
        times[name] += 1
        ids[free_name(name, ids, max(2, times[name]))] = None
    return list(ids)


def _no_texts(project: RefiProject) -> CoderError:
    listed = len(project.sources)
    if not listed:
        return CoderError(
            f"{project.path}: holds no text{_media_in_words(project)}",
            "Name a project with texts.",
        )
    take_codes = command("codebook from", project.path, option("into", "BOOK.yaml"))
    return CoderError(
        f"{project.path}: lists {count(listed, 'text')}, and none of them is in the file",
        "Export the project again together with its sources. Or take the codes alone: "
        f"{take_codes}",
    )


def _media_in_words(project: RefiProject) -> str:
    if not project.media:
        return ""
    kinds = [
        count(
            number,
            kind,
        )
        for kind, number in project.media.items()
    ]
    return f", only {' and '.join(kinds)}"


def _notes(project: RefiProject) -> Iterator[str]:
    missing = []
    for name, source in zip(
        source_ids(project.sources),
        project.sources,
        strict=True,
    ):
        if source.text is None:
            missing.append(name)
    if missing:
        shown = ", ".join(missing[:NAMES_SHOWN])
        more = ""
        if len(missing) > NAMES_SHOWN:
            more = f" and {len(missing) - NAMES_SHOWN:,} more"
        yield (
            f"Listed without a text in the file, so they count as blank: {shown}{more}."
        )
    for kind, number in project.media.items():
        yield f"Not read, for it holds no text: {count(number, kind)}."
    if project.differing:
        yield (
            f"{count(project.differing, 'attribute')} left empty, for the cases of a text "
            "differ in it."
        )
    codings = project.codings
    if project.codes is not None:
        users = {coding.user for coding in codings if not coding.by_model}
        take_codes = command("codebook from", project.path, option("into", "BOOK.yaml"))
        yield (
            f"The file also holds codes, with {count(len(codings), 'coding')} by "
            f"{count(len(users), 'person', 'people')}. To take codebook and decisions: "
            f"{take_codes}"
        )
