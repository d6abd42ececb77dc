"""What reading a source again changed: comments that are new, changed, gone and the same.

Comments of a source with an id are known by it. Where a source has none, its rows are numbered,
and an added row moves all that follow. Such comments are known by their text: one that stands
between the same two comments as before, with another text, is a changed one.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from coder.settings import Source
from coder.text import count

IDS_SHOWN = 3
FEWEST_TO_MISS = (
    10  # comments of a source, of which most are gone, that are worth a warning
)
START = -1  # stands before the first comment

Key = tuple[str, str]  # question_id and source


class Change(NamedTuple):
    """What reading again changed in the answers of a source to a question.

    Attributes:
        new, changed, gone: ids, those of `gone` as they were before.
        same: comments with the same text.
        moved: of those, how many have another id now.
    """

    question_id: str
    source: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    same: int
    moved: int

    def facts(self) -> dict[str, object]:
        """The same as plain values, with numbers in place of ids."""
        return {
            "question_id": self.question_id,
            "source": self.source,
            "new": len(self.new),
            "changed": len(self.changed),
            "gone": len(self.gone),
            "same": self.same,
        }


def find_changes(
    before: pd.DataFrame | None,
    after: pd.DataFrame,
    sources: Collection[Source],
    read_again: Collection[str],
    earlier_sources: Collection[Source] = (),
) -> list[Change]:
    """What reading changed, for each question and source that was there before.

    Args:
        before: the project's comments as they were; None where there were none.
        after: as they are now.
        sources: of the project as they are now; those without an id column have numbered rows.
        read_again: names of the sources that were read now.
        earlier_sources: of the project as they were.
    """
    if before is None:
        return []
    numbered = {source.name for source in sources if "id" not in source.columns}
    new_names = _new_names(earlier_sources, sources)
    earlier = _by_key(_as_questions_are_now(before, after), new_names)
    later = _by_key(after, {})
    changes: list[Change] = []
    for key, old in earlier.items():
        source = key[1]
        new = later.get(key, [])
        if new and source not in read_again:
            continue
        pairs = _pairs_by_id(old, new)
        if source in numbered:
            pairs = _pairs_by_text(old, new)
        changes.append(_change(key, old, new, pairs))
    return changes


class _Comment(NamedTuple):
    comment_id: str
    own_id: str  # as in its file
    text: str


def own_id_of(comment_id: str, source: str, question_id: str) -> str:
    """The id that a comment has in its file: source and question were put into ids that would
    not be unique otherwise.
    """
    return comment_id.removeprefix(f"{source}/").removesuffix(f":{question_id}")


def _as_questions_are_now(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Comments of a project of one question, whose id may be another now: that of the question
    with most of the texts.
    """
    ids = before["question_id"].unique()
    if len(ids) != 1 or ids[0] in set(after["question_id"]):
        return before
    is_known = after["text"].isin(set(before["text"]))
    likely = after.loc[is_known, "question_id"].mode()
    if likely.empty:
        likely = after["question_id"].mode()
    if likely.empty:
        return before
    return before.assign(question_id=likely.iloc[0])


def _new_names(
    earlier: Collection[Source], sources: Collection[Source]
) -> dict[str, str]:
    """Old name to new of each file that was one source and is one of another name now."""
    old_names = {source.name for source in earlier}
    names = {source.name for source in sources}
    new_names = {}
    for file in {source.file for source in earlier}:
        gone = {source.name for source in earlier if source.file == file} - names
        new = {source.name for source in sources if source.file == file} - old_names
        if len(gone) == len(new) == 1:
            new_names[gone.pop()] = new.pop()
    return new_names


def _by_key(
    comments: pd.DataFrame, new_names: Mapping[str, str]
) -> dict[Key, list[_Comment]]:
    """The comments of each question and source, in their order; sources under their new names."""
    by_key: dict[Key, list[_Comment]] = defaultdict(list)
    rows = zip(
        comments["question_id"],
        comments["source"],
        comments["comment_id"],
        comments["text"],
        strict=True,
    )
    for question_id, source, comment_id, text in rows:
        own_id = own_id_of(comment_id, source, question_id)
        comment = _Comment(comment_id, own_id, text)
        name = new_names.get(source, source)
        by_key[str(question_id), name].append(comment)
    return by_key


# ---------------------------------------------------------------- which comment was which

# For each comment of now its place before, or None where it is new.
Pairs = list[int | None]


def _pairs_by_id(old: Sequence[_Comment], new: Sequence[_Comment]) -> Pairs:
    place_of = {comment.own_id: place for place, comment in enumerate(old)}
    return [place_of.get(comment.own_id) for comment in new]


def _pairs_by_text(old: Sequence[_Comment], new: Sequence[_Comment]) -> Pairs:
    """The comments that are the same from the start and from the end; between those each comment
    with the first one of the same text that is left; then others by their place.
    """
    begun = _same_at_start(old, new)
    ended = _same_at_start(old[begun:][::-1], new[begun:][::-1])
    places_of: dict[str, deque[int]] = defaultdict(deque)
    for place in range(begun, len(old) - ended):
        places_of[old[place].text].append(place)
    pairs: Pairs = [*range(begun)]
    for comment in new[begun : len(new) - ended]:
        same = places_of[comment.text]
        pairs.append(same.popleft() if same else None)
    pairs.extend(range(len(old) - ended, len(old)))
    left = _left_after(len(old), pairs)
    last = START
    for row, pair in enumerate(pairs):
        if pair is not None:
            last = pair
        elif left[last]:
            pairs[row] = left[last].popleft()
    return pairs


def _same_at_start(old: Sequence[_Comment], new: Sequence[_Comment]) -> int:
    """How many comments at the start have the same text as before."""
    for place, (first, second) in enumerate(zip(old, new, strict=False)):
        if first.text != second.text:
            return place
    return min(len(old), len(new))


def _left_after(count_before: int, pairs: Pairs) -> Mapping[int, deque[int]]:
    """The earlier comments that no comment of now has the text of, by the last one before them
    that has.
    """
    in_pairs = set(pairs)
    left: dict[int, deque[int]] = defaultdict(deque)
    last = START
    for place in range(count_before):
        if place in in_pairs:
            last = place
        else:
            left[last].append(place)
    return left


def _change(
    key: Key,
    old: Sequence[_Comment],
    new: Sequence[_Comment],
    pairs: Pairs,
) -> Change:
    added: list[str] = []
    changed: list[str] = []
    same = moved = 0
    for comment, place in zip(new, pairs, strict=True):
        if place is None:
            added.append(comment.comment_id)
        elif old[place].text != comment.text:
            changed.append(comment.comment_id)
        else:
            same += 1
            moved += old[place].own_id != comment.own_id
    in_pairs = set(pairs)
    gone: list[str] = []
    for place, comment in enumerate(old):
        if place not in in_pairs:
            gone.append(comment.comment_id)
    question_id, source = key
    return Change(
        question_id,
        source,
        tuple(added),
        tuple(changed),
        tuple(gone),
        same,
        moved,
    )


# ---------------------------------------------------------------- notes


def change_notes(changes: Sequence[Change], *, several: bool = False) -> list[str]:
    """What to tell the user of changes: numbers and a few ids, never what comments say.

    Args:
        several: whether the project has several questions now; each note then names its own.
    """
    several = several or len({change.question_id for change in changes}) > 1
    notes: list[str] = []
    for change in changes:
        name = f"{change.question_id}: " if several else ""
        notes.extend(f"{name}{note}" for note in _notes_of(change))
    return notes


def _notes_of(change: Change) -> Iterator[str]:
    parts = []
    for word, ids in (
        ("new", change.new),
        ("changed", change.changed),
        ("gone", change.gone),
    ):
        if ids:
            parts.append(f"{len(ids):,} {word} ({_listed(ids)})")
    if not parts:
        yield (
            f"The source {change.source!r} was read again. "
            f"{count(change.same, 'comment')}, all the same."
        )
    else:
        parts.append(f"{change.same:,} the same")
        yield f"The source {change.source!r} was read again: {', '.join(parts)}."
    before = change.same + len(change.changed) + len(change.gone)
    if before >= FEWEST_TO_MISS and 2 * len(change.gone) > before:
        yield (
            f"Most comments of {change.source!r} are gone: {len(change.gone):,} of {before:,}. "
            "If that is a mistake, read the earlier file again, with the columns that were read "
            "then. Decisions on them stay on disk and count again then."
        )
    if change.changed:
        yield (
            f"{count(len(change.changed), 'comment')} of {change.source!r} with another text: "
            "earlier decisions on them do not count, and they are asked again."
        )
    if change.moved:
        yield (
            f"{count(change.moved, 'comment')} of {change.source!r} got another id, because "
            "its rows are numbered, and the rows or the name of the source have changed. "
            "Decisions go by id: name a column of ids if the file has one."
        )


def _listed(ids: Sequence[str]) -> str:
    listed = ", ".join(ids[:IDS_SHOWN])
    if len(ids) > IDS_SHOWN:
        listed += " ..."
    return listed
