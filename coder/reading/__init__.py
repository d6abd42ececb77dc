"""Room: read comments from files, recognise their columns, mark what counts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from coder.errors import CoderError
from coder.files import nearest_name, sha256_of
from coder.project import Settings, Source
from coder.reading.building import build, source_of
from coder.reading.columns import NONE, Asked, recognise
from coder.reading.dataframe import fingerprint, load_dataframe
from coder.reading.delimited import load_delimited
from coder.reading.encoding import FOUND
from coder.reading.loaded import Loaded
from coder.reading.marking import Marked, mark
from coder.reading.merging import Merged, ReadResult, merge
from coder.reading.records import load_jsonl, load_parquet
from coder.reading.spreadsheet import load_spreadsheet
from coder.reading.talk_london import load_talk_london

__all__ = [
    "Marked",
    "Merged",
    "ReadResult",
    "earlier_choice",
    "mark",
    "merge",
    "read_comments",
    "read_files",
]


class Options(NamedTuple):
    """What a reader may be told; each takes what concerns it."""

    encoding: str | None = None
    sheet: str | None = None


Reader = Callable[[Path, Options], Loaded]
READERS: dict[str, Reader] = {
    ".csv": lambda path, options: load_delimited(path, encoding=options.encoding),
    ".tsv": lambda path, options: load_delimited(path, encoding=options.encoding),
    ".tab": lambda path, options: load_delimited(path, encoding=options.encoding),
    ".xlsx": lambda path, options: load_spreadsheet(path, sheet=options.sheet),
    ".xlsm": lambda path, options: load_spreadsheet(path, sheet=options.sheet),
    ".jsonl": lambda path, options: load_jsonl(path, encoding=options.encoding),
    ".ndjson": lambda path, options: load_jsonl(path, encoding=options.encoding),
    ".parquet": lambda path, _: load_parquet(path),
    ".txt": lambda path, options: load_talk_london(path, encoding=options.encoding),
    ".html": lambda path, options: load_talk_london(path, encoding=options.encoding),
    ".htm": lambda path, options: load_talk_london(path, encoding=options.encoding),
}
# Endings that people try, and the way from there.
ADVICE = {
    ".sav": "SPSS files are not read: in SPSS choose File > Save as > CSV, with value labels.",
    ".zsav": "SPSS files are not read: in SPSS choose File > Save as > CSV, with value labels.",
    ".xls": "Open it in a spreadsheet and save it as XLSX.",
    ".ods": "Open it in a spreadsheet and save it as XLSX or CSV.",
    ".json": "Write one object a line and name the file .jsonl.",
    ".pdf": "Export the comments as CSV or XLSX.",
    ".docx": "Put the comments into a table with column names and save it as CSV or XLSX.",
    ".zip": "Unpack it first.",
    ".gz": "Unpack it first.",
}


def read_comments(
    path: Path | str,
    *,
    text: str | None = None,
    id: str | None = None,
    source: str | None = None,
    weight: str | None = None,
    attributes: Sequence[str] | None = None,
    question: str = "",
    source_name: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    respondent: str | None = None,
    keep: Sequence[str] = (),
) -> ReadResult:
    """Read one file of comments, recognise its columns, and mark what counts.

    Args:
        path: CSV, TSV, XLSX, JSONL, Parquet, or a Talk London page saved as .txt or .html.
        text, id, source, weight, respondent: columns, where they are not to be recognised; `-` for none.
        attributes: columns that describe the respondent; recognised when None.
        question: the question that was asked, or the column that holds it.
        source_name: name of the file's only source; else a source column's values, else the file's stem.
        encoding: of a text file, where it is not to be found out.
        sheet: of a workbook; the first that holds anything when None.
        keep: ids of comments that count whatever the rules say.

    Raises:
        CoderError: the file cannot be read, a column is missing, an id or a weight is faulty.
    """
    (result,) = read_files(
        [Path(path)],
        text=text,
        id=id,
        source=source,
        weight=weight,
        attributes=attributes,
        question=question,
        source_names=None if source_name is None else [source_name],
        encoding=encoding,
        sheet=sheet,
        respondent=respondent,
    )
    merged = merge(Settings(name=""), None, [result], keep=keep)
    return ReadResult(
        path=result.path,
        described=result.described,
        comments=merged.comments,
        sources=merged.settings.sources,
        chosen=result.chosen,
        attributes=result.attributes,
        attributes_named=result.attributes_named,
        notes=(*result.notes, *merged.notes),
    )


def read_files(
    paths: Sequence[Path | pd.DataFrame],
    *,
    text: str | None = None,
    id: str | None = None,
    source: str | None = None,
    weight: str | None = None,
    attributes: Sequence[str] | None = None,
    question: str = "",
    source_names: Sequence[str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    respondent: str | None = None,
    before: Sequence[Source] = (),
) -> list[ReadResult]:
    """Read several files, for `merge`: their comments are not marked yet.

    `before` are sources read earlier: a file of the same name is read the way it was then, as far as nothing
    else is asked. An attribute need only be in one of the files. Raises as `read_comments` does.
    """
    if source_names and len(source_names) != len(paths):
        raise CoderError(
            f"{len(source_names)} source names for {len(paths)} files",
            "Give --source-name once for each file, in their order, or not at all.",
        )
    _check_options(paths, encoding, sheet)
    asked = {"text": text, "id": id, "source": source, "weight": weight, "respondent": respondent}
    given = {role: column for role, column in asked.items() if column is not None}
    if source_names and "source" not in given:
        given["source"] = NONE
    results = []
    for number, path in enumerate(paths):
        name = source_names[number] if source_names else None
        if isinstance(path, pd.DataFrame):
            held = tuple(old for old in before if old.name == (name or "DataFrame"))
        else:
            held = earlier_choice(path, before, name)
        results.append(
            _read(
                path,
                given,
                attributes,
                question,
                name,
                Options(encoding, sheet),
                held,
                alone=len(paths) == 1,
            )
        )
    for column in attributes or ():
        if not any(column in result.attributes for result in results):
            raise CoderError(
                f"none of the files has a column {column!r} (--attribute)",
                "Look at their first rows.",
            )
    return results


def _check_options(
    paths: Sequence[Path | pd.DataFrame], encoding: str | None, sheet: str | None
) -> None:
    endings = {path.suffix.lower() for path in paths if isinstance(path, Path)}
    workbooks = {".xlsx", ".xlsm"}
    if sheet is not None and not endings & workbooks:
        raise CoderError(f"--sheet {sheet}: none of the files is a workbook", "Leave --sheet out.")
    if encoding is not None and endings <= workbooks | {".parquet"}:
        raise CoderError(
            f"--encoding {encoding}: workbooks and Parquet files say how they are encoded",
            "Leave --encoding out.",
        )


def earlier_choice(
    path: Path, before: Sequence[Source], name: str | None = None
) -> tuple[Source, ...]:
    """The sources that a file of this name was read as before; empty where it was not.

    With `name`, only the source of that name.

    Raises:
        CoderError: files of this name were read as different sources, so that it is not clear which this is.
    """
    readings: dict[str, list[Source]] = {}
    for source in before:
        if source.file == path.name and name in (None, source.name):
            readings.setdefault(source.sha256, []).append(source)
    if len(readings) <= 1:
        return tuple(next(iter(readings.values()), ()))
    same = readings.get(sha256_of(path) if path.is_file() else "")
    if same:
        return tuple(same)
    names = " and ".join(repr(source.name) for sources in readings.values() for source in sources)
    raise CoderError(
        f"{path}: files of this name were read as {names}",
        "Say which this one is: --source-name NAME.",
    )


def _load(path: Path, options: Options) -> Loaded:
    suffix = path.suffix.lower()
    if not path.exists():
        raise CoderError(
            f"{path}: there is no such file", f"{nearest_name(path)}Check the name and the folder."
        )
    if suffix not in READERS:
        raise CoderError(
            f"{path}: files that end in {suffix} are not read"
            if suffix
            else f"{path}: its name has no ending that says what it is, such as .csv",
            ADVICE.get(suffix, "")
            or "Supported: CSV, TSV, XLSX, JSONL, Parquet, and Talk London pages saved as .txt or .html.",
        )
    if not path.is_file():
        raise CoderError(f"{path}: is not a file", "Name a file of comments.")
    try:
        return READERS[suffix](path, options)
    except OSError as error:
        raise CoderError(
            f"{path}: cannot be read ({error.strerror or error})", "Check its permissions."
        ) from error


def _read(
    path: Path | pd.DataFrame,
    given: dict[str, str],
    attributes: Sequence[str] | None,
    question: str,
    name: str | None,
    options: Options,
    held: tuple[Source, ...],
    *,
    alone: bool,
) -> ReadResult:
    earlier = held[0].facts if held else {}
    if options.encoding is None and earlier.get("encoding", "UTF-8") not in FOUND:
        options = options._replace(encoding=earlier["encoding"])
    if options.sheet is None:
        options = options._replace(sheet=earlier.get("sheet"))
    if isinstance(path, pd.DataFrame):
        loaded, sha256 = load_dataframe(path), fingerprint(path)
        path = loaded.path
    else:
        loaded = _load(path, options)
        sha256 = sha256_of(path)
    there = set(loaded.table.columns)
    held_roles = _held_roles(held, there)
    roles = {**held_roles, **given}
    if question in there:
        roles["question"] = question
    wanted = None if attributes is None else tuple(c for c in attributes if alone or c in there)
    columns = recognise(loaded, Asked(roles, wanted, frozenset(held_roles.keys() - given.keys())))
    if name is None and held and len(held) == 1 and "source" not in columns.roles:
        name = held[0].name
    text = "" if question in there else question
    if not text and "question" not in columns.roles:
        text = earlier.get("question", "") or loaded.facts.get("questions", "").replace(" | ", " ")
    if not text and "question" not in columns.roles:
        text = loaded.labels.get(columns.roles["text"], "")
    if not text and columns.roles["text"].rstrip().endswith("?"):
        text = columns.roles["text"].strip()
    comments, sources, notes = build(
        loaded,
        columns,
        source_name=name or source_of(path),
        question=text,
        sha256=sha256,
        without=[role for role, column in roles.items() if column == NONE],
    )
    return ReadResult(
        path=str(path),
        described=loaded.described,
        comments=comments,
        sources=sources,
        chosen=tuple(columns.chosen),
        attributes=columns.attributes,
        attributes_named=attributes is not None,
        notes=(*loaded.notes, *columns.notes, *notes, *_note_ids(columns.roles, sources)),
    )


def _held_roles(held: tuple[Source, ...], there: set[str]) -> dict[str, str]:
    """What a file's columns were taken for the last time, as far as it still has them."""
    found: dict[str, str] = {}
    for source in held:
        found.update({role: column for role, column in source.columns.items() if column in there})
        found.update({role: NONE for role in source.facts.get("without", "").split(", ") if role})
    return found


def _note_ids(roles: dict[str, str], sources: Sequence[Source]) -> tuple[str, ...]:
    if "id" in roles:
        return ()
    return (
        f"No column names each comment, so the rows of {sources[0].file} were numbered. Keep their order, or "
        "name a column with --id COL, so that decisions find their comments again.",
    )
