"""What there is to know of the groups: typical comments, groups like them, names, views."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from coder.text import Span
from coder.workbench.board import Board, Group
from coder.workbench.candidates import Candidate
from coder.workbench.reader import GroupReader

OPPOSED = "may hold opposing views"  # a candidate's mark
NEAR = 9  # groups offered for a number key
JOINED = 3  # names of candidates that are proposed as one
NEAR_THEMES = 5  # of which themes, where there are so many


class Grouped(NamedTuple):
    """What the last `coder cluster` gave.

    Attributes:
        texts: of every comment analysed, by id.
        fingerprint: of the files.
    """

    candidates: tuple[Candidate, ...]
    texts: Mapping[str, str]
    fingerprint: str


class Findings:
    """What the screen shows of the groups, worked out when it is asked for.

    Args:
        board: gives the board as it is now.
    """

    def __init__(
        self, board: Callable[[], Board], grouped: Grouped, reader: GroupReader
    ) -> None:
        self.board = board
        self.reader = reader
        self._grouped = grouped
        self._near_on: Board | None = None
        self._near: dict[str, tuple[Group, ...]] = {}
        self._sentences: dict[tuple[str, ...], dict[str, Span]] = {}
        self._words: dict[tuple[str, ...], list[str]] = {}
        self._pairs: dict[tuple[str, ...], list[tuple[str, str]]] = {}

    @property
    def comment_ids(self) -> tuple[str, ...]:
        """Every comment that the project analyses."""
        return tuple(self._grouped.texts)

    def text(self, comment_id: str) -> str:
        """The text of a comment; empty where the project has it no longer."""
        return self._grouped.texts.get(comment_id, "")

    def marks(self, group: Group) -> tuple[str, ...]:
        """What a reader should be warned of."""
        marks: dict[str, None] = {}
        for candidate_id in group.candidates:
            candidate = self.board().candidates.get(candidate_id)
            if candidate is not None:
                marks |= dict.fromkeys(candidate.marks)
        return tuple(marks)

    def typical_first(self, group: Group) -> list[str]:
        """The comments of a group, those nearest to its candidates' centres first."""
        strength: dict[str, float] = {}
        for candidate_id in group.candidates:
            candidate = self.board().candidates.get(candidate_id)
            if candidate is None:
                continue
            for member in candidate.members:
                known = strength.get(member.comment_id, -1.0)
                strength[member.comment_id] = max(known, member.strength)

        def order(comment_id: str) -> tuple[float, str]:
            return -strength.get(comment_id, -1.0), comment_id

        here = []
        for comment_id in group.comment_ids:
            if self.text(comment_id):
                here.append(comment_id)
        return sorted(here, key=order)

    def near(self, group_id: str) -> tuple[Group, ...]:
        """The groups most like one, the nearest first: those that a number key takes."""
        group = self.board().groups.get(group_id)
        if group is None:
            return ()
        if self._near_on is not self.board():
            self._near_on = self.board()
            self._near.clear()
        if group_id not in self._near:
            self._near[group_id] = self._find_near(group)
        return self._near[group_id]

    def _find_near(self, group: Group) -> tuple[Group, ...]:
        others = []
        for other in self.board().standing("theme", "open"):
            if other.id != group.id:
                others.append(other)
        ordered = self._by_likeness(group, others)
        themes = []
        for other in ordered:
            if other.standing == "theme":
                themes.append(other)
        chosen = themes[:NEAR_THEMES]
        for other in ordered:
            if len(chosen) < NEAR and other not in chosen:
                chosen.append(other)
        return tuple(other for other in ordered if other in chosen)

    def _by_likeness(self, group: Group, others: Sequence[Group]) -> list[Group]:
        alike = self.reader.likeness(
            group.comment_ids, [other.comment_ids for other in others]
        )
        places = sorted(range(len(others)), key=lambda place: -alike[place])
        return [others[place] for place in places]

    def themes_for(self, group_id: str) -> list[Group]:
        """The themes, those most like a group first."""
        themes = []
        for theme in self.board().standing("theme"):
            if theme.id != group_id:
                themes.append(theme)
        group = self.board().groups.get(group_id)
        if group is None:
            return themes
        return self._by_likeness(group, themes)

    def sentences(self, comment_ids: Sequence[str]) -> dict[str, Span]:
        """Of comments that are shown together, the sentence of each that tells most."""
        key = tuple(comment_ids)
        if key not in self._sentences:
            self._sentences = {key: self.reader.telling_sentences(key)}
        return self._sentences[key]

    def telling_words(self, comment_ids: Sequence[str]) -> list[str]:
        """The stems of the words that hold comments together."""
        key = tuple(comment_ids)
        if key not in self._words:
            self._words = {key: self.reader.telling_words(key)}
        return self._words[key]

    def name_proposals(self, group: Group) -> list[str]:
        """Names for a group: those of its candidates, then phrases of its comments."""
        names = [group.name]
        for candidate_id in group.candidates:
            candidate = self.board().candidates.get(candidate_id)
            if candidate is not None:
                names.append(candidate.name)
        names += _joined_names(names[1:])
        names += self.reader.phrases(group.comment_ids)
        different: dict[str, str] = {}
        for name in names:
            different.setdefault(name.casefold(), name)
        return list(different.values())

    def opposing(self, comment_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Comments that want what the most typical wants beside those that want the opposite, in
        their order; either may be missing.

        The first call for some comments may take seconds: the model compares them.
        """
        key = tuple(comment_ids)
        if key not in self._pairs:
            self._pairs[key] = self._find_opposing(key)
        return self._pairs[key]

    def _find_opposing(self, comment_ids: Sequence[str]) -> list[tuple[str, str]]:
        leanings = self.reader.leanings(comment_ids)
        agreeing, opposing = [], []
        for comment_id, leaning in zip(comment_ids, leanings, strict=True):
            if leaning > 0:
                agreeing.append(comment_id)
            elif leaning < 0:
                opposing.append(comment_id)
        pairs = []
        for place in range(max(len(agreeing), len(opposing))):
            pair = (_at(agreeing, place), _at(opposing, place))
            pairs.append(pair)
        return pairs


def _joined_names(names: Sequence[str]) -> list[str]:
    """The first two names as one, and the first three: "Bike lanes, roads and sidewalks".

    Names that join things already are left out.
    """
    joined = []
    simple = [name for name in names if " and " not in name]
    for number in range(2, min(len(simple), JOINED) + 1):
        chosen = []
        for name in simple[:number]:
            chosen.append(name[:1].lower() + name[1:])
        text = f"{', '.join(chosen[:-1])} and {chosen[-1]}"
        joined.append(text[:1].upper() + text[1:])
    return joined


def _at(ids: Sequence[str], place: int) -> str:
    if place < len(ids):
        return ids[place]
    return ""
