"""Whether a file that takes the place of a source is a later state of it, or other comments."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import pandas as pd

from coder import tables
from coder.errors import CoderError, option
from coder.reading.answers import ReadResult
from coder.reading.changes import FEWEST_TO_MISS, own_id_of
from coder.settings import Source
from coder.text import count, normal_key

# Of two states of a file more comments than this share are the same. Of two files that have
# nothing to do with each other a few are: "More buses" is soon written twice.
MOST_BY_CHANCE = 0.05


class Overlap(NamedTuple):
    """How many different comments two tables have, and how many are in both."""

    before: int
    after: int
    same: int

    @property
    def share(self) -> float:
        """Of the comments of the shorter table those that are in both, between 0 and 1."""
        return self.same / max(min(self.before, self.after), 1)


def overlap_of(before: pd.DataFrame, after: pd.DataFrame, *, has_ids: bool) -> Overlap:
    """Count the comments of a source that are the same: the same id and text, or the same text
    where rows are numbered. Empty ones do not count, nor those that were not analysed.

    Args:
        before: `tables.COMMENTS`, as a project has them.
        after: as they were read now.
    """
    earlier = _contents(tables.analysed(before), has_ids=has_ids)
    later = _contents(after, has_ids=has_ids)
    return Overlap(len(earlier), len(later), len(earlier & later))


def _contents(comments: pd.DataFrame, *, has_ids: bool) -> set[tuple[str, str]]:
    """The different comments, each as its own id, where it has one, and its text."""
    columns = [comments[name] for name in ("comment_id", "source", "question_id")]
    contents = set()
    for *names, text in zip(*columns, comments["text"], strict=True):
        own_id = own_id_of(*names) if has_ids else ""
        if text.strip():
            contents.add((own_id, text))
    return contents


def check_replacements(
    sources: Collection[Source],
    existing: pd.DataFrame | None,
    results: Sequence[ReadResult],
) -> None:
    """Raise `CoderError` where a file would take the place of a source without being a later
    state of it: hardly a comment is the same.

    Of a source of a few comments that says nothing, unless the file is another sheet, or
    asks another question. What was read from the same file and sheet may be read otherwise.

    Args:
        sources, existing: of the project as they were.
        results: what was read.
    """
    if existing is None:
        return
    for result in results:
        for name, new in _sources_by_name(result).items():
            old = [source for source in sources if source.name == name]
            contents = {source.content for source in new}
            if not old or any(source.content in contents for source in old):
                continue
            overlap = overlap_of(
                existing[existing["source"] == name],
                result.comments[result.comments["source"] == name],
                has_ids=all("id" in source.columns for source in [*old, *new]),
            )
            if _is_another_file(overlap, old, new):
                raise _error(result.path, name, overlap)


def _is_another_file(
    overlap: Overlap, old: Sequence[Source], new: Sequence[Source]
) -> bool:
    if not overlap.before or overlap.share > MOST_BY_CHANCE:
        return False
    return overlap.before >= FEWEST_TO_MISS or _are_of_other_kind(old, new)


def _sources_by_name(result: ReadResult) -> dict[str, list[Source]]:
    """The sources of a file; one of several questions has several of a name."""
    by_name: dict[str, list[Source]] = {}
    for answers in result.answers:
        for source in answers.sources:
            by_name.setdefault(source.name, []).append(source)
    return by_name


def _are_of_other_kind(old: Sequence[Source], new: Sequence[Source]) -> bool:
    """Whether sources are of other sheets, or answer other questions."""
    for fact in ("sheet", "question"):
        before, now = _values(old, fact), _values(new, fact)
        if before and now and before.isdisjoint(now):
            return True
    return False


def _values(sources: Sequence[Source], fact: str) -> set[str]:
    """What files say of themselves, as far as they do."""
    keys = {normal_key(source.facts.get(fact, "")) for source in sources}
    return keys - {""}


def _error(path: str, name: str, overlap: Overlap) -> CoderError:
    kept = "none of its"
    if overlap.same:
        kept = f"only {overlap.same:,} of its"
    return CoderError(
        f"{path}: would take the place of the source {name!r}, and has {kept} "
        f"{count(overlap.before, 'comment')}",
        f"To add it as a further source, read it with {option('source_name', 'NAME')}. If it is "
        f"to replace {name!r} all the same, read it with {option('replace')}.",
    )
