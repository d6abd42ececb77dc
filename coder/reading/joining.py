"""The answers to one question from all their sources: sources replaced by name, ids kept apart."""

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from coder import tables
from coder.errors import CoderError, option
from coder.reading.answers import Answers
from coder.settings import Question, Source
from coder.text import count


class Joined(NamedTuple):
    """The answers to one question, not marked yet.

    Attributes:
        question: with its sources as they are now.
        comments: `tables.COMMENTS` and the survey's own columns.
        new: the sources that were read now.
        places: `tables.PLACES` of what was read now.
        notes: what to tell the user.
    """

    question: Question
    comments: pd.DataFrame
    new: Mapping[str, Source]
    places: pd.DataFrame
    notes: tuple[str, ...]


def join_answers(
    question: Question, existing: pd.DataFrame | None, answers: Sequence[Answers]
) -> Joined:
    """Put new answers to a question beside those that the project has.

    A source of the same name is replaced whole, with whatever else was read from the same file
    at the same time. An id that another source has too becomes `SOURCE/ID`, and stays so when
    its source is read again.

    Args:
        question: with its sources as they were.
        existing: its comments as they were; None where there were none.
        answers: what was read.

    Raises:
        CoderError: two files give one source.
    """
    notes: list[str] = []
    new_sources = _new_sources(answers)
    replaced = _replaced_sources(question.sources, new_sources)
    notes.extend(_replacement_notes(question.sources, replaced, new_sources))
    sources = _all_sources(question.sources, replaced, new_sources)
    parts = _parts(existing, replaced)
    for part_read in answers:
        for name, part in part_read.comments.groupby("source", sort=False):
            parts[str(name)] = part
    comments = _joined(parts, list(sources), set(new_sources), existing, notes)
    updated = question.model_copy(update={"sources": tuple(sources.values())})
    places = _places_of(answers, comments)
    return Joined(updated, comments, new_sources, places, tuple(notes))


def _places_of(answers: Sequence[Answers], comments: pd.DataFrame) -> pd.DataFrame:
    """The places of what was read, under the ids that the comments have now."""
    parts = [tables.empty(tables.PLACES)]
    for read in answers:
        if read.places is not None:
            new_ids = _new_ids(read.comments, comments)
            ids = read.places["comment_id"]
            parts.append(read.places.assign(comment_id=ids.map(new_ids)))
    return pd.concat(parts, ignore_index=True)


def _new_ids(read: pd.DataFrame, comments: pd.DataFrame) -> dict[str, str]:
    """The id that each comment was read with, and the one that it has now."""
    of_now = set(zip(comments["source"], comments["comment_id"], strict=True))
    new_ids = {}
    for source, comment_id in zip(read["source"], read["comment_id"], strict=True):
        new_id = comment_id
        if (source, comment_id) not in of_now:
            new_id = f"{source}/{comment_id}"
        new_ids[comment_id] = new_id
    return new_ids


# ---------------------------------------------------------------- sources


def _new_sources(answers: Sequence[Answers]) -> dict[str, Source]:
    """The sources that were read, by name."""
    sources: dict[str, Source] = {}
    for part in answers:
        for source in part.sources:
            other = sources.get(source.name)
            if other is not None:
                raise _same_source_error(other, source)
            sources[source.name] = source
    return sources


def _same_source_error(first: Source, second: Source) -> CoderError:
    if first.content == second.content:
        return CoderError(
            f"{second.file} is named twice, with the same content",
            "Name each file once.",
        )
    names = f"{option('source_name', 'NAME')} {option('source_name', 'NAME')}"
    return CoderError(
        f"{first.file} and {second.file} would both be the source {second.name!r}",
        f"Name the sources, in the order of the files: {names}.",
    )


def _replaced_sources(
    old_sources: Sequence[Source], new: Mapping[str, Source]
) -> set[str]:
    """Names of the project's sources that are replaced: those of the same name, or of the same
    reading.

    The same reading is a file with the same content, or one of which another source is replaced.
    """
    replaced_contents = {
        (old.file, old.content) for old in old_sources if old.name in new
    }
    replaced: set[str] = set()
    for old in old_sources:
        if old.name in new:
            replaced.add(old.name)
        for source in new.values():
            same_content = old.content == source.content
            read_with_replaced = (old.file, old.content) in replaced_contents
            if old.file == source.file and (same_content or read_with_replaced):
                replaced.add(old.name)
    return replaced


def _replacement_notes(
    old_sources: Sequence[Source],
    replaced: set[str],
    new: Mapping[str, Source],
) -> list[str]:
    notes = []
    for old in old_sources:
        if old.name not in replaced:
            continue
        rows = count(old.rows, "row")
        source = new.get(old.name)
        if source is None:
            notes.append(
                f"The source {old.name!r} ({rows} of {old.file}) was removed: its file was read "
                "again."
            )
        elif (source.file, source.content, source.rows) != (
            old.file,
            old.content,
            old.rows,
        ):
            notes.append(
                f"The source {old.name!r} was replaced: {count(source.rows, 'row')} of "
                f"{source.file} instead of {old.rows:,} of {old.file}."
            )
    return notes


def _all_sources(
    old_sources: Sequence[Source],
    replaced: set[str],
    new: Mapping[str, Source],
) -> dict[str, Source]:
    """The sources after merging, by name; a replaced source keeps its place."""
    sources: dict[str, Source] = {}
    for old in old_sources:
        if old.name in new:
            sources[old.name] = new[old.name]
        elif old.name not in replaced:
            sources[old.name] = old
    for name, source in new.items():
        sources.setdefault(name, source)
    return sources


# ---------------------------------------------------------------- comments


def _parts(
    existing: pd.DataFrame | None, replaced: set[str]
) -> dict[str, pd.DataFrame]:
    """The existing comments by source, without the replaced sources."""
    if existing is None:
        return {}
    parts: dict[str, pd.DataFrame] = {}
    for name, part in existing.groupby("source", sort=False):
        if str(name) not in replaced:
            parts[str(name)] = part
    return parts


def _check_all_have_comments(
    names: Sequence[str], parts: Mapping[str, pd.DataFrame]
) -> None:
    for name in names:
        if name not in parts:
            raise CoderError(
                f"the project holds no comments of the source {name!r}, which project.yaml names",
                "Read all files of the project again, or restore comments.parquet from a backup.",
            )


def _joined(
    parts: Mapping[str, pd.DataFrame],
    names: Sequence[str],
    new_names: set[str],
    existing: pd.DataFrame | None,
    notes: list[str],
) -> pd.DataFrame:
    """One table of all sources, in the order of `names`; own columns that a source lacks are empty.

    Ids of new sources are changed where another source has them.
    """
    if not names:
        return tables.empty(tables.COMMENTS)
    _check_all_have_comments(names, parts)
    ids_before: set[str] = set()
    if existing is not None:
        ids_before.update(existing["comment_id"])
    ids_in_use = _ids_of([parts[name] for name in names if name not in new_names])
    ordered = []
    for name in names:
        part = parts[name]
        if name in new_names:
            part = _with_ids_apart(part, name, ids_in_use, ids_before, notes)
            ids_in_use.update(part["comment_id"])
        ordered.append(part)
    joined = pd.concat(ordered, ignore_index=True)
    return _without_gaps(joined, tables.own_columns(joined))


def _without_gaps(comments: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The comments with empty text where a column of these names holds nothing.

    Only those columns are changed, and all at once: each would cost as much as a wide table has
    columns.
    """
    filled: dict[Hashable, pd.Series] = {}
    for name in names:
        column = comments[name]
        if column.dtype != "str" or column.hasnans:
            filled[name] = column.fillna("").astype("str")
    if not filled:
        return comments
    columns = dict(comments.items())
    columns.update(filled)
    return pd.DataFrame(columns)


def _ids_of(parts: Sequence[pd.DataFrame]) -> set[str]:
    ids: set[str] = set()
    for part in parts:
        ids.update(part["comment_id"])
    return ids


def _with_ids_apart(
    part: pd.DataFrame,
    source: str,
    in_use: set[str],
    before: set[str],
    notes: list[str],
) -> pd.DataFrame:
    """The source's comments; an id in use, or one that was changed before, becomes `SOURCE/ID`."""
    ids = part["comment_id"]
    changed_ids = f"{source}/" + ids
    clashes = ids.isin(list(in_use)) | changed_ids.isin(list(before))
    if not clashes.any():
        return part
    example = ids[clashes].iloc[0]
    notes.append(
        f"The source {source!r} shares {count(int(clashes.sum()), 'id')} with other sources. "
        f"Its name was put before shared ids: {source}/{example}."
    )
    return part.assign(comment_id=ids.where(~clashes, changed_ids))
