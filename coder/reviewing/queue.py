"""Which comment next: drawn at random, where the model is least sure, a theme's own, again, in dispute."""

import csv
from collections.abc import Container, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol
from zlib import crc32

import numpy as np

from coder import files
from coder.codebook import Codebook
from coder.errors import CoderError
from coder.reviewing.record import Record
from coder.reviewing.suggestions import Suggestions
from coder.text import normal_key, text_hash

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Chosen = Literal["random", "targeted", "listed"]
SAMPLE_COLUMNS = ("rank", "comment_id", "text_hash", "draw")


class Pick(NamedTuple):
    """A comment to look at, how it was chosen, and which themes are to be judged."""

    comment_id: str
    chosen: Chosen
    reason: str
    scope: tuple[str, ...]


class Queue(Protocol):
    """Names the next comment, given what has been said and what this session has shown."""

    def next(self, record: Record, seen: Container[str]) -> Pick | None: ...

    def left(self, record: Record) -> int | None:
        """How many comments are left, where the queue has an end."""
        ...

    def learn(self, suggestions: Suggestions) -> None:
        """Go on with a newer model."""
        ...


# ---------------------------------------------------------------- the random order, written down


def draw(seed: int, comment_id: str) -> str:
    """Where a comment falls in the random order: 32 hex digits that hang on the seed and the id alone.

    So the order of the file's rows does not matter, and a source added later takes its places among the
    rest: what was drawn stays drawn.
    """
    return blake2b(
        f"{seed}\0{comment_id}".encode("utf-8", "surrogatepass"), digest_size=16
    ).hexdigest()


def random_order(comment_ids: Iterable[str], seed: int) -> tuple[str, ...]:
    """The comments in the order in which they are drawn."""
    return tuple(sorted(comment_ids, key=lambda comment_id: (draw(seed, comment_id), comment_id)))


def drawn_sample(folder: Path, comments: "pd.DataFrame", seed: int) -> tuple[str, ...]:
    """The random order of a project's analysed comments, written to `samples/random-SEED.csv` at first use.

    Comments that came later are written to `random-SEED-2.csv` and so on: a file, once written, stays.

    Args:
        folder: the project's.
        comments: `tables.COMMENTS`, those that are analysed.

    Raises:
        CoderError: a file was changed after it was written.
    """
    places = {str(comment_id): draw(seed, comment_id) for comment_id in comments["comment_id"]}
    order = tuple(sorted(places, key=lambda comment_id: (places[comment_id], comment_id)))
    paths = _sample_files(folder, seed)
    listed = {comment_id for path in paths for comment_id in _read_sample(path, seed, places)}
    if not listed.issuperset(order):
        number = len(paths) + 1
        path = (
            folder
            / "samples"
            / (f"random-{seed}.csv" if number == 1 else f"random-{seed}-{number}.csv")
        )
        texts = dict(zip(comments["comment_id"], comments["text"], strict=True))
        with (
            files.new_file(path) as temporary,
            temporary.open("w", encoding="utf-8", newline="") as file,
        ):
            out = csv.writer(file, lineterminator="\n")
            out.writerow(SAMPLE_COLUMNS)
            for rank, comment_id in enumerate(order, start=1):
                out.writerow((rank, comment_id, text_hash(texts[comment_id]), places[comment_id]))
    return order


def _sample_files(folder: Path, seed: int) -> list[Path]:
    first = folder / "samples" / f"random-{seed}.csv"
    found = [first] if first.is_file() else []
    while found and (path := first.with_name(f"random-{seed}-{len(found) + 1}.csv")).is_file():
        found.append(path)
    return found


def _read_sample(path: Path, seed: int, places: Mapping[str, str]) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    broken = not rows or tuple(rows[0]) != SAMPLE_COLUMNS
    before = ""
    for number, row in enumerate(rows[1:], start=1):
        broken = broken or len(row) != 4 or row[0] != str(number) or row[3] < before
        if broken or row[3] != (places.get(row[1]) or draw(seed, row[1])):
            broken = True
            break
        before = row[3]
    if broken:
        raise CoderError(
            f"{path}: was changed after it was written",
            "The order of a random sample is drawn once. Restore the file, or draw another with --seed.",
        )
    return [row[1] for row in rows[1:]]


# ---------------------------------------------------------------- copies


class Copies(NamedTuple):
    """Other comments that a decision on one may count for."""

    same: tuple[str, ...]  # the same text, but for case and punctuation
    campaign: tuple[str, ...]  # of one campaign, with words of their own


def copies(comments: "pd.DataFrame") -> dict[str, Copies]:
    """The copies of each analysed comment that has any; lists are ordered by id."""
    ids = [str(i) for i in comments["comment_id"]]
    groups: dict[str, list[int]] = {}
    texts = [str(text) for text in comments["text"]]
    for number, text in enumerate(texts):  # a cheap key that copies share, then the true one
        groups.setdefault("".join(filter(str.isalnum, text.casefold())), []).append(number)
    same: dict[str, list[str]] = {}
    for rows in groups.values():
        if len(rows) > 1:
            for row in rows:
                key = normal_key(texts[row])
                if key:
                    same.setdefault(key, []).append(ids[row])
    campaigns: dict[str, list[str]] = {}
    for comment_id, campaign in zip(ids, comments["campaign_id"], strict=True):
        if campaign:
            campaigns.setdefault(str(campaign), []).append(comment_id)
    alike = {c: members for members in same.values() if len(members) > 1 for c in members}
    together = {c: members for members in campaigns.values() if len(members) > 1 for c in members}
    return {
        c: Copies(
            tuple(sorted(set(alike.get(c, ())) - {c})),
            tuple(sorted(set(together.get(c, ())) - set(alike.get(c, ())) - {c})),
        )
        for c in alike.keys() | together.keys()
    }


# ---------------------------------------------------------------- several people at once


class Lane(NamedTuple):
    """This reviewer's share of a queue that several work on: number `mine` of `of`.

    The share hangs on a comment's place in the random order or its id, never on what it says, so every
    reviewer's part is a random part. Whoever is through with their own goes on with the others'.
    """

    mine: int
    of: int


def lane_of(reviewer: str, reviewers: Iterable[str]) -> Lane:
    """The reviewer's lane among all who have decided something."""
    names = sorted({*reviewers, reviewer})
    return Lane(names.index(reviewer), len(names))


# ---------------------------------------------------------------- queues


class Mixed:
    """Half random, half where the model is least sure of themes seldom found so far ("balanced").

    Random comments are drawn from those that nobody has decided. That is what the estimates build on: what is
    known counts as it is, and each draw speaks for the rest (see `coder.statistics.estimates.audit`).

    Comments that somebody decided whole before the codebook got a new theme are asked about that theme alone:
    their own come first (`again`), what others decided comes as the random order has it. Whoever decided a
    comment blind is asked about it in a blind session, and the other way round.

    Args:
        order: the random order (see `drawn_sample`).
        suggestions: None, a blind session or a sample: all random.
        sample: only the first so many of the random order, whatever others decided.
        again: comments to look at again first (themes came later or were split).
    """

    def __init__(
        self,
        reviewer: str,
        scope: tuple[str, ...],
        order: Sequence[str],
        *,
        suggestions: Suggestions | None = None,
        blind: bool = False,
        sample: int | None = None,
        lane: Lane = Lane(0, 1),
        names: dict[str, str] | None = None,
        again: Sequence[Pick] = (),
    ) -> None:
        self._reviewer, self._scope, self._sample = reviewer, scope, sample
        self._blind = blind
        self._rank = {comment_id: rank for rank, comment_id in enumerate(order)}
        if sample is not None:
            self._order = list(order[:sample])
        else:
            ranked = list(enumerate(order))
            own = [c for rank, c in ranked if rank % lane.of == lane.mine]
            self._order = own + [c for rank, c in ranked if rank % lane.of != lane.mine]
        self._at = 0
        self._lane = lane
        self._names = names or {}
        self._again = list(again)
        self._served = {"random": 0, "targeted": 0}
        self._doubtful: Doubtful | None = None
        if suggestions is not None:
            self.learn(suggestions)

    def learn(self, suggestions: Suggestions) -> None:
        """Go on with a newer model; a blind session and a sample stay random."""
        if not self._blind and self._sample is None:
            self._doubtful = Doubtful(suggestions, self._scope, self._lane, self._rank)

    def next(self, record: Record, seen: Container[str]) -> Pick | None:
        """The next comment: again, then random and doubtful in turn; None when none is left."""
        while self._again:
            pick = self._again.pop(0)
            scope = () if pick.comment_id in seen else record.unseen(pick.comment_id, pick.scope)
            if scope:  # nobody was faster
                return pick._replace(
                    scope=scope, reason=f"again, {_what_is_new(scope, self._names)}"
                )
        prefer_random = self._served["random"] <= self._served["targeted"]
        first, second = (
            (self._random, self._targeted) if prefer_random else (self._targeted, self._random)
        )
        found = first(record, seen) or second(record, seen)
        if found is not None:
            self._served[found.chosen] += 1
        return found

    def _mine(self, record: Record, comment_id: str) -> bool:
        return record.complete(
            comment_id, self._reviewer, self._scope, mode="blind" if self._blind else ""
        )

    def _random(self, record: Record, seen: Container[str]) -> Pick | None:
        while self._at < len(self._order):
            comment_id = self._order[self._at]
            scope = () if comment_id in seen else self._open(record, comment_id)
            if scope:
                # not moved past yet: the session marks it as seen, and an undone decision stays in place
                reason = f"drawn at random, number {self._rank[comment_id] + 1:,}"
                if len(scope) < len(self._scope):
                    reason += f"; {_what_is_new(scope, self._names)}"
                return Pick(comment_id, "random", reason, scope)
            self._at += 1
        return None

    def _open(self, record: Record, comment_id: str) -> tuple[str, ...]:
        """What is left to judge in a comment: all, only what is new in the codebook, or nothing."""
        if self._sample is not None:  # a sample is looked at whatever others decided
            if self._mine(record, comment_id):
                return ()
            mode = "blind" if self._blind else ""
            if not record.was_whole(comment_id, self._reviewer, mode=mode):
                return self._scope
            said = record.verdicts(comment_id, self._reviewer)
            return tuple(t for t in self._scope if t not in said or (mode and said[t].mode != mode))
        if record.complete_by_anyone(comment_id, self._scope):
            return ()
        if len(self._scope) == 1:
            return record.unseen(comment_id, self._scope)
        whole = record.whole_by(comment_id)
        if not whole:
            return self._scope
        if self._reviewer in whole:  # those of this session's mode stand in `again`
            return ()
        return record.unseen(comment_id, self._scope)

    def _targeted(self, record: Record, seen: Container[str]) -> Pick | None:
        if self._doubtful is None:
            return None
        found = self._doubtful.next(
            record,
            lambda c: (
                c in seen or record.complete_by_anyone(c, self._scope) or bool(record.whole_by(c))
            ),
        )
        if found is None:
            return None
        comment_id, theme_id, probability = found
        name = self._names.get(theme_id, theme_id)
        return Pick(
            comment_id,
            "targeted",
            f"the model is unsure here: {name} {probability:.0%}",
            self._scope,
        )

    def left(self, record: Record) -> int | None:
        """Comments of the sample that are left; None for a queue without an end."""
        if self._sample is None:
            return None
        return sum(not self._mine(record, comment_id) for comment_id in self._order)


class Doubtful:
    """Comments by how unsure the model is of them: the greatest entropy over 1/sqrt(1 + finds so far)."""

    def __init__(
        self, suggestions: Suggestions, scope: Sequence[str], lane: Lane, known: Container[str]
    ) -> None:
        columns = [n for n, t in enumerate(suggestions.theme_ids) if t in scope]
        self._themes = [suggestions.theme_ids[n] for n in columns]
        self._entropy = suggestions.entropy()[:, columns]
        self._probability = suggestions.probability[:, columns]
        self._ids = suggestions.comment_ids
        self._open = np.array([c in known for c in self._ids], dtype=bool)
        self._lane = np.array(
            [crc32(c.encode()) % lane.of == lane.mine for c in self._ids], dtype=bool
        )

    def next(self, record: Record, passed: "Passed") -> tuple[str, str, float] | None:
        """The comment, the theme that makes it doubtful, and its probability; None when none is left."""
        if not self._themes:
            return None
        weights = np.array(
            [1 / np.sqrt(1 + record.positives(t)) for t in self._themes], dtype=np.float32
        )
        weighed = self._entropy * weights
        score = weighed.max(axis=1)
        for mask in (self._lane, ~self._lane):
            row = _best(np.where(mask & self._open, score, -1), self._open, self._ids, passed)
            if row is not None:
                theme = int(weighed[row].argmax())
                return self._ids[row], self._themes[theme], float(self._probability[row, theme])
        return None


class Passed(Protocol):
    """Whether a comment is not to be offered any more."""

    def __call__(self, comment_id: str, /) -> bool: ...


def _best(
    score: "NDArray[np.float32]", open_: "NDArray[np.bool_]", ids: Sequence[str], passed: Passed
) -> int | None:
    """Row of the greatest score above 0 that is not passed; passed rows are closed for good."""
    while True:
        row = int(score.argmax()) if len(score) else 0
        if not len(score) or score[row] <= 0:
            return None
        if not passed(ids[row]):
            return row
        score[row] = -1
        open_[row] = False


class OneTheme:
    """One theme's likeliest and its most doubtful comments in turn; drawn at random where there is no model."""

    def __init__(
        self,
        reviewer: str,
        theme_id: str,
        name: str,
        order: Sequence[str],
        suggestions: Suggestions | None,
    ) -> None:
        self._reviewer, self._theme_id, self._name = reviewer, theme_id, name
        self._rest = Mixed(reviewer, (theme_id,), order)
        self._known = set(order)
        self._turn = 0
        self._suggestions: Suggestions | None = None
        if suggestions is not None:
            self.learn(suggestions)

    def learn(self, suggestions: Suggestions) -> None:
        """Go on with a newer model."""
        self._suggestions = suggestions
        column = suggestions.theme_ids.index(self._theme_id)
        self._probability = np.nan_to_num(suggestions.probability[:, column], nan=0.0)
        self._entropy = suggestions.entropy()[:, column]
        self._open = np.array([c in self._known for c in suggestions.comment_ids], dtype=bool)

    def next(self, record: Record, seen: Container[str]) -> Pick | None:
        """The next comment, its scope this theme alone; None when none is left."""
        if self._suggestions is None:
            return self._rest.next(record, seen)
        scope = (self._theme_id,)
        self._turn += 1
        score = self._probability if self._turn % 2 else self._entropy
        row = _best(
            np.where(self._open, score, np.float32(-1)),
            self._open,
            self._suggestions.comment_ids,
            lambda c: c in seen or record.complete_by_anyone(c, scope),
        )
        if row is None:
            return self._rest.next(record, seen)
        word = "likely" if self._turn % 2 else "in doubt"
        reason = f"{word}: {self._name} {self._probability[row]:.0%}"
        return Pick(self._suggestions.comment_ids[row], "targeted", reason, scope)

    def left(self, record: Record) -> int | None:
        """No end but the last comment."""
        return None


class Listed:
    """Comments named beforehand: coded a second time, or in dispute."""

    def __init__(
        self, picks: Sequence[Pick], reviewer: str, *, settling: bool = False, blind: bool = False
    ):
        self._picks = list(picks)
        self._reviewer, self._settling = reviewer, settling
        self._mode = "blind" if blind else ""

    def next(self, record: Record, seen: Container[str]) -> Pick | None:
        """The next that is not done."""
        return next(
            (p for p in self._picks if p.comment_id not in seen and self._open(record, p)), None
        )

    def _open(self, record: Record, pick: Pick) -> bool:
        if self._settling:
            return bool(record.differing(pick.comment_id, pick.scope))
        return not record.complete(pick.comment_id, self._reviewer, pick.scope, mode=self._mode)

    def left(self, record: Record) -> int | None:
        """How many are not done."""
        return sum(self._open(record, pick) for pick in self._picks)

    def learn(self, suggestions: Suggestions) -> None:
        """The list does not hang on the model."""


# ---------------------------------------------------------------- lists


def to_look_at_again(
    record: Record, reviewer: str, codebook: Codebook, order: Sequence[str], *, mode: str
) -> list[Pick]:
    """Comments that the reviewer decided whole, before the codebook got a theme that nobody looked at in them.

    They are asked about that theme alone: a new one, one that was split off, a merged one with a part that was
    not judged. In the order in which they were decided, so that random and chosen ones follow each other as they did.

    Args:
        mode: only comments decided whole that way, blind or assisted: what was begun blind goes on blind.
    """
    names = {theme.id: theme.short for theme in codebook.active}
    picks: list[tuple[str, Pick]] = []
    for comment_id in order:
        if not record.was_whole(comment_id, reviewer):
            continue
        missing = record.unseen(comment_id, codebook.theme_ids)
        if missing and _begun(record, comment_id, reviewer) == mode:
            stands = [d for d in record.standing_of(comment_id, reviewer) if not d.adjudicates]
            chosen: Chosen = "random" if any(d.chosen == "random" for d in stands) else "targeted"
            pick = Pick(comment_id, chosen, f"again, {_what_is_new(missing, names)}", missing)
            picks.append((min(d.decided_at for d in stands), pick))
    return [pick for _, pick in sorted(picks, key=lambda found: found[0])]


def _begun(record: Record, comment_id: str, reviewer: str) -> str:
    """How a reviewer decided a comment whole: blind where they ever did, for that is worth keeping."""
    return "blind" if record.was_whole(comment_id, reviewer, mode="blind") else "assisted"


def _what_is_new(theme_ids: Iterable[str], names: Mapping[str, str]) -> str:
    return f"for what is new in the codebook: {', '.join(names.get(t, t) for t in theme_ids)}"


def second_coding(
    record: Record,
    reviewer: str,
    scope: tuple[str, ...],
    order: Sequence[str],
    *,
    share: float,
    seed: int,
) -> list[Pick]:
    """A chosen share of what others decided, to be coded again without seeing theirs.

    Whether a comment belongs to the share hangs on the seed and its id alone.
    """
    picks = []
    for comment_id in order:
        if int(draw(seed, f"double\0{comment_id}")[:8], 16) >= share * 0x1_0000_0000:
            continue
        if not record.complete_by_others(comment_id, reviewer, scope):
            continue
        drawn = all(record.chosen_before(comment_id, theme_id) == "random" for theme_id in scope)
        picks.append(
            Pick(comment_id, "random" if drawn else "targeted", "coded a second time", scope)
        )
    return picks


def in_dispute(record: Record, codebook: Codebook, order: Sequence[str]) -> list[Pick]:
    """Comments that reviewers judged differently, with the themes they differ on; in the random order."""
    picks = []
    for comment_id in order:
        themes = record.differing(comment_id, codebook.theme_ids)
        if themes:
            names = ", ".join(codebook.theme(t).short for t in themes)
            picks.append(Pick(comment_id, "targeted", f"in dispute: {names}", themes))
    return picks
