"""What was read goes into a project: sources replaced by name, ids kept apart, every comment
marked again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from coder import tables
from coder.engine import Progress, silent
from coder.errors import CoderError, did_you_mean, option
from coder.project import Settings, Source
from coder.reading.columns import DetectedColumn
from coder.reading.exclusions import Rules, mark_comments
from coder.reading.response_status import response_status_notes
from coder.reading.weights import extreme_weight_notes
from coder.text import count

MISSING_IDS_SHOWN = 8
SIMILAR_IDS_SHOWN = 5
IDS_COMPARED = 5000  # to which a misspelt id is compared


@dataclass(frozen=True)
class ReadResult:
    """One file as comments.

    Attributes:
        path: of the file.
        described: format, encoding and separator in words.
        comments: `tables.COMMENTS` and the survey's own columns, as text and unchanged.
        sources: where the comments came from.
        columns: the column of each role, and why.
        attributes: own columns to break results down by.
        attributes_named: whether the user named them.
        notes: what to tell the user (may hold the marks of `errors.option` and `errors.command`).
    """

    path: str
    described: str
    comments: pd.DataFrame
    sources: tuple[Source, ...]
    columns: tuple[DetectedColumn, ...]
    attributes: tuple[str, ...]
    attributes_named: bool
    notes: tuple[str, ...]


class Merged(NamedTuple):
    """A project's settings and comments as they are to be written, and what to tell the user."""

    settings: Settings
    comments: pd.DataFrame
    notes: tuple[str, ...]
    campaigns: pd.DataFrame  # a row a campaign (see `exclusions.MarkedComments`)
    repeats: pd.DataFrame  # tables.REPEATS


def merge(
    settings: Settings,
    existing: pd.DataFrame | None,
    results: Sequence[ReadResult],
    *,
    keep: Sequence[str] = (),
    exclude: Mapping[str, str] | None = None,
    question: str = "",
    progress: Progress = silent,
) -> Merged:
    """Put what was read into a project, and mark all its comments.

    A source of the same name is replaced whole, with whatever else was read from the same file
    at the same time. An id that another source has too becomes `SOURCE/ID`, and stays so when
    its source is read again.

    Args:
        settings, existing: of the project; `existing` is None for a new one.
        results: what was read.
        keep, exclude: added to those in the settings; of two that contradict each other, the
            new one holds.
        question: that was asked, where the comments answer several or none.

    Raises:
        CoderError: two files give one source, or an id to keep or exclude does not exist.
    """
    notes: list[str] = []
    new_sources = _new_sources(results)
    replaced = _replaced_sources(settings.sources, new_sources)
    notes.extend(_replacement_notes(settings.sources, replaced, new_sources))
    sources = _all_sources(settings.sources, replaced, new_sources)
    parts = _parts(existing, replaced)
    for result in results:
        for name, part in result.comments.groupby("source", sort=False):
            parts[str(name)] = part
    comments = _joined(parts, list(sources), set(new_sources), existing, notes)
    kept, excluded = _by_hand(settings, comments, keep, exclude or {}, notes)
    updated = settings.model_copy(
        update={
            "sources": tuple(sources.values()),
            "question": _question(settings, comments, question),
            "attributes": _attributes(settings, existing, comments, results),
            "keep": kept,
            "exclude": excluded,
        }
    )
    rules = _rules(updated)
    marked = mark_comments(comments, updated.sources, rules, progress=progress)
    notes.extend(_counter_notes(new_sources.values()))
    notes.extend(_pooling_notes(updated.sources))
    notes.extend(response_status_notes(marked.comments, updated.leave_out))
    notes.extend(extreme_weight_notes(marked.comments))
    checked = tables.check(marked.comments, tables.COMMENTS)
    all_notes = (*notes, *marked.notes)
    return Merged(updated, checked, all_notes, marked.campaigns, marked.repeats)


def _rules(settings: Settings) -> Rules:
    """The rules of a project."""
    return Rules(
        question=settings.question,
        keep=settings.keep,
        exclude=settings.exclude,
        substantive=settings.substantive,
        attributes=settings.attributes,
        count_repeats=settings.count_repeats,
        leave_out=settings.leave_out,
    )


# ---------------------------------------------------------------- sources


def _new_sources(results: Sequence[ReadResult]) -> dict[str, Source]:
    """The sources that were read, by name."""
    sources: dict[str, Source] = {}
    for result in results:
        for source in result.sources:
            other = sources.get(source.name)
            if other is not None:
                raise _same_source_error(other, source)
            sources[source.name] = source
    return sources


def _same_source_error(first: Source, second: Source) -> CoderError:
    if first.sha256 == second.sha256:
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
        (old.file, old.sha256) for old in old_sources if old.name in new
    }
    replaced: set[str] = set()
    for old in old_sources:
        if old.name in new:
            replaced.add(old.name)
        for source in new.values():
            same_content = old.sha256 == source.sha256
            read_with_replaced = (old.file, old.sha256) in replaced_contents
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
        elif (source.file, source.sha256, source.rows) != (
            old.file,
            old.sha256,
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
    for column in tables.own_columns(joined):
        joined[column] = joined[column].fillna("").astype("str")
    return joined


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


# ---------------------------------------------------------------- settings


def _by_hand(
    settings: Settings,
    comments: pd.DataFrame,
    keep: Sequence[str],
    exclude: Mapping[str, str],
    notes: list[str],
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The ids kept and excluded by hand, earlier ones included."""
    known = set(comments["comment_id"])
    for comment_id in (*keep, *exclude):
        if comment_id not in known:
            raise CoderError(
                f"there is no comment {comment_id!r}",
                _similar_ids(comment_id, comments),
            )
    both = sorted(set(keep) & set(exclude))
    if both:
        raise CoderError(
            f"{both[0]} is to be kept and excluded at once", "Choose one of the two."
        )
    kept = [comment_id for comment_id in settings.keep if comment_id not in exclude]
    kept.extend(keep)
    excluded = {
        comment_id: reason
        for comment_id, reason in settings.exclude.items()
        if comment_id not in keep
    }
    excluded.update(exclude)
    missing = [
        comment_id for comment_id in (*kept, *excluded) if comment_id not in known
    ]
    if missing:
        listed = ", ".join(missing[:MISSING_IDS_SHOWN])
        if len(missing) > MISSING_IDS_SHOWN:
            listed += " ..."
        notes.append(
            f"Kept or excluded by hand, but no longer among the comments: {listed}."
        )
    return tuple(dict.fromkeys(kept)), excluded


def _similar_ids(comment_id: str, comments: pd.DataFrame) -> str:
    """A sentence that offers ids like a misspelt one."""
    ids = comments["comment_id"].tolist()
    of_sources = [known for known in ids if known.endswith(f"/{comment_id}")]
    if of_sources:
        return f"There are: {', '.join(of_sources[:SIMILAR_IDS_SHOWN])}."
    return did_you_mean(comment_id, ids[:IDS_COMPARED]).split(" There are:")[0]


def _question(settings: Settings, comments: pd.DataFrame, question: str) -> str:
    """The one question that the comments answer; else the one that is stored or asked for."""
    questions = [text for text in comments["question"].unique() if text]
    if len(questions) == 1:
        return str(questions[0])
    return settings.question or question


def _attributes(
    settings: Settings,
    existing: pd.DataFrame | None,
    comments: pd.DataFrame,
    results: Sequence[ReadResult],
) -> tuple[str, ...]:
    """What the user named stays; detected columns that the project did not have before are
    added.
    """
    columns_before: set[str] = set()
    if existing is not None:
        columns_before.update(tables.own_columns(existing))
    decided_again: set[str] = set()
    named: list[str] = []
    detected: list[str] = []
    for result in results:
        if result.attributes_named:
            named.extend(result.attributes)
            decided_again.update(tables.own_columns(result.comments))
        else:
            detected.extend(
                name for name in result.attributes if name not in columns_before
            )
    stored = [name for name in settings.attributes if name not in decided_again]
    own_columns = tables.own_columns(comments)
    attributes = dict.fromkeys([*stored, *named, *detected])
    return tuple(name for name in attributes if name in own_columns)


# ---------------------------------------------------------------- notes


def _counter_notes(sources: Iterable[Source]) -> list[str]:
    """How many people responded according to each page, which can contradict itself."""
    counters = []
    for source in sources:
        counter = source.facts.get("page_counters")
        if counter:
            counters.append(f"{source.name} says {counter}")
    if not counters:
        return []
    return [
        f"Number of Londoners who responded: {'; '.join(counters)}. It is not used as a base "
        "for percentages."
    ]


def _pooling_notes(sources: Sequence[Source]) -> list[str]:
    pages = [source.name for source in sources if source.format == "talk_london"]
    if not pages or len(pages) == len(sources):
        return []
    return [
        f"The project holds discussion comments ({', '.join(pages)}) and survey answers. "
        "Figures are given for each source, and totals leave out discussions. To include them, "
        f"export with {option('pool_discussion')}."
    ]
