"""What was read into what a project has: sources replaced by name, ids kept apart, everything marked anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from coder import tables
from coder.engine import Progress, silent
from coder.errors import CoderError, did_you_mean
from coder.project import Settings, Source
from coder.reading.marking import mark


@dataclass(frozen=True)
class ReadResult:
    """One file as comments.

    `comments` is `tables.COMMENTS` and the survey's own columns, as text and unchanged; `sources` says where
    they came from; `chosen` which column was taken for what and why (role, column, why); `attributes` are
    own columns to break results down by (`attributes_named`: the user named them); `notes` are for the user.
    """

    path: str
    described: str
    comments: pd.DataFrame
    sources: tuple[Source, ...]
    chosen: tuple[tuple[str, str, str], ...]
    attributes: tuple[str, ...]
    attributes_named: bool
    notes: tuple[str, ...]


class Merged(NamedTuple):
    """A project's settings and comments as they are to be written, and what to tell the user."""

    settings: Settings
    comments: pd.DataFrame
    notes: tuple[str, ...]
    campaigns: pd.DataFrame  # a row a campaign (see `marking.Marked`)


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

    A source that was there under the same name is replaced whole, with whatever else was read from the same
    file at the same time. An id that another source has becomes `SOURCE/ID`, and stays so when its source is
    read again. `keep` and `exclude` are added to what the settings hold; of two contradicting ones the new
    one stands.

    Raises:
        CoderError: two files give one source, or an id to keep or exclude does not exist.
    """
    notes: list[str] = []
    gone = _replaced(settings, results, notes)
    parts = _parts(existing, gone)
    sources = {source.name: source for source in settings.sources if source.name not in gone}
    for result in results:
        for source in result.sources:
            sources[source.name] = source
            parts[source.name] = result.comments[result.comments["source"] == source.name]
    ordered = [
        name
        for name in dict.fromkeys([s.name for s in settings.sources] + list(sources))
        if name in sources
    ]
    fresh = {source.name for result in results for source in result.sources}
    comments = _joined(parts, ordered, fresh, existing, notes)
    kept, excluded = _by_hand(settings, comments, keep, exclude or {}, notes)
    updated = settings.model_copy(
        update={
            "sources": tuple(sources[name] for name in ordered),
            "question": _question(settings, comments, question),
            "attributes": _attributes(settings, existing, comments, results),
            "keep": kept,
            "exclude": excluded,
        }
    )
    marked = mark(
        comments,
        updated.sources,
        question=updated.question,
        keep=kept,
        exclude=excluded,
        substantive=updated.substantive,
        progress=progress,
    )
    _note_counters([source for result in results for source in result.sources], notes)
    _note_pooling(updated.sources, notes)
    checked = tables.check(marked.comments, tables.COMMENTS)
    return Merged(updated, checked, (*notes, *marked.notes), marked.campaigns)


def _replaced(settings: Settings, results: Sequence[ReadResult], notes: list[str]) -> set[str]:
    """Names of the project's sources that give way, with a note on each."""
    new: dict[str, Source] = {}
    for result in results:
        for source in result.sources:
            if source.name in new:
                if new[source.name].sha256 == source.sha256:
                    raise CoderError(
                        f"{source.file} is named twice, and holds the same both times",
                        "Name each file once.",
                    )
                raise CoderError(
                    f"{new[source.name].file} and {source.file} would both be the source {source.name!r}",
                    "Give each file a name of its own, in their order: --source-name NAME --source-name NAME.",
                )
            new[source.name] = source
    gone: set[str] = set()
    for source in new.values():
        for old in settings.sources:
            same_reading = old.file == source.file and (
                old.sha256 == source.sha256
                or any(
                    other.name in new and other.file == old.file and other.sha256 == old.sha256
                    for other in settings.sources
                )
            )
            if old.name == source.name or same_reading:
                gone.add(old.name)
    for old in settings.sources:
        if old.name in gone:
            now = new.get(old.name)
            if now is None:
                notes.append(
                    f"The source {old.name!r} ({old.rows:,} rows of {old.file}) is gone: its file was read anew."
                )
            elif (now.file, now.sha256, now.rows) != (old.file, old.sha256, old.rows):
                notes.append(
                    f"The source {old.name!r} was replaced: {now.rows:,} rows of {now.file} instead of "
                    f"{old.rows:,} of {old.file}."
                )
    return gone


def _parts(existing: pd.DataFrame | None, gone: set[str]) -> dict[str, pd.DataFrame]:
    if existing is None:
        return {}
    return {
        str(name): part
        for name, part in existing.groupby("source", sort=False)
        if str(name) not in gone
    }


def _joined(
    parts: Mapping[str, pd.DataFrame],
    ordered: Sequence[str],
    fresh: set[str],
    existing: pd.DataFrame | None,
    notes: list[str],
) -> pd.DataFrame:
    """One table of all sources, own columns of others empty; the ids of `fresh` sources made unlike others'."""
    before = set() if existing is None else set(existing["comment_id"])
    taken = {
        comment_id
        for name in ordered
        if name not in fresh
        for comment_id in parts[name]["comment_id"]
    }
    done = []
    for name in ordered:
        part = parts[name]
        if name in fresh:
            ids = part["comment_id"]
            other = f"{name}/" + ids
            clash = ids.isin(list(taken)) | other.isin(list(before))
            if clash.any():
                example = ids[clash].iloc[0]
                notes.append(
                    f"{int(clash.sum()):,} ids of the source {name!r} are another source's too, so they begin with "
                    f"its name now: {name}/{example}."
                )
                part = part.assign(comment_id=ids.where(~clash, other))
            taken |= set(part["comment_id"])
        done.append(part)
    joined = pd.concat(done, ignore_index=True) if done else tables.empty(tables.COMMENTS)
    own = tables.own_columns(joined)
    for name in own:
        joined[name] = joined[name].fillna("").astype("str")
    return joined


def _by_hand(
    settings: Settings,
    comments: pd.DataFrame,
    keep: Sequence[str],
    exclude: Mapping[str, str],
    notes: list[str],
) -> tuple[tuple[str, ...], dict[str, str]]:
    known = set(comments["comment_id"])
    for comment_id in (*keep, *exclude):
        if comment_id not in known:
            raise CoderError(f"there is no comment {comment_id!r}", _near(comment_id, comments))
    both = sorted(set(keep) & set(exclude))
    if both:
        raise CoderError(f"{both[0]} is to be kept and excluded at once", "Say one of the two.")
    kept = [*(old for old in settings.keep if old not in exclude), *keep]
    excluded = {old: reason for old, reason in settings.exclude.items() if old not in keep} | dict(
        exclude
    )
    vanished = [comment_id for comment_id in (*kept, *excluded) if comment_id not in known]
    if vanished:
        notes.append(
            f"Kept or excluded by hand, but not among the comments any more: {', '.join(vanished[:8])}"
            f"{' ...' if len(vanished) > 8 else ''}."
        )
    return tuple(dict.fromkeys(kept)), excluded


def _near(comment_id: str, comments: pd.DataFrame) -> str:
    ids = comments["comment_id"].tolist()
    same_end = [known for known in ids if known.endswith(f"/{comment_id}")][:5]
    if same_end:
        return f"There are: {', '.join(same_end)}."
    return did_you_mean(comment_id, ids[:5000]).split(" There are:")[0]


def _question(settings: Settings, comments: pd.DataFrame, question: str) -> str:
    asked = [text for text in comments["question"].unique() if text]
    if len(asked) == 1:
        return str(asked[0])
    return settings.question or question


def _attributes(
    settings: Settings,
    existing: pd.DataFrame | None,
    comments: pd.DataFrame,
    results: Sequence[ReadResult],
) -> tuple[str, ...]:
    """The user's choice stands; columns that the project did not have before are added when recognised."""
    own = tables.own_columns(comments)
    known = set() if existing is None else set(tables.own_columns(existing))
    named = [name for result in results if result.attributes_named for name in result.attributes]
    read_anew = {
        name
        for result in results
        if result.attributes_named
        for name in tables.own_columns(result.comments)
    }
    held = [name for name in settings.attributes if name not in read_anew]
    found = [
        name
        for result in results
        if not result.attributes_named
        for name in result.attributes
        if name not in known
    ]
    return tuple(name for name in dict.fromkeys([*held, *named, *found]) if name in own)


def _note_counters(sources: Sequence[Source], notes: list[str]) -> None:
    """How many people responded, as each page says itself (two numbers where it contradicts itself)."""
    said = [
        f"{source.name} gives {source.facts['page_counters']}"
        for source in sources
        if source.facts.get("page_counters")
    ]
    if said:
        notes.append(
            f"Londoners who responded: {'; '.join(said)}. No such number is used as a base."
        )


def _note_pooling(sources: Sequence[Source], notes: list[str]) -> None:
    pages = [source.name for source in sources if source.format == "talk_london"]
    if pages and len(pages) < len(sources):
        notes.append(
            f"Discussion comments ({', '.join(pages)}) stand beside survey answers now. Figures are given per "
            "source; coder export leaves discussions out of its totals unless told --pool-discussion."
        )
