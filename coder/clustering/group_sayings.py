"""What most of a group say of its subjects: phrases with a direction, counted over its units."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from coder.clustering.telling_phrases import Background, Phrase
from coder.phrases.noun_phrases import PhraseFinder, Stems
from coder.phrases.sayings import Saying, SayingFinder

AGREED = 0.9  # share of those who say what they want of a subject that want the same
SEVERAL, MANY = (
    30,
    120,
)  # units of a group from which two, and three, have to say the same
FEWEST_WITH = 3  # units that say the same of its subject, of a group of thirty or more
FEW_UNITS = 10
MOST = 40  # sayings of a group that are embedded


class GroupSaying(NamedTuple):
    """A saying of a group, as the phrase that it is ranked as."""

    phrase: Phrase
    said: int  # units that say it
    borne_out: float  # share of units that say of its subject what it says


class Leaning:
    """What the units of a group want of each subject and feel about it.

    Subjects are told apart by their last stem.
    """

    def __init__(self, of_units: Sequence[Sequence[Saying]]) -> None:
        self._want: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._feel: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for sayings in of_units:
            self._add(sayings)

    def _add(self, sayings: Sequence[Saying]) -> None:
        """Count each unit once for each subject."""
        for head in {saying.stems[-1] for saying in sayings}:
            own = [saying for saying in sayings if saying.stems[-1] == head]
            self._want[head][_sign(sum(saying.want for saying in own))] += 1
            self._feel[head][_sign(sum(saying.feel for saying in own))] += 1

    def agrees(self, saying: Saying) -> bool:
        """Whether nine in ten of those who lean about its subject lean as the saying does."""
        head = saying.stems[-1]
        if not saying.want and not saying.feel and _is_contested(self._want[head]):
            return False
        wants = _agree(self._want[head], saying.want)
        return wants and _agree(self._feel[head], saying.feel)

    def count_with(self, saying: Saying) -> int:
        """How many units lean about its subject as the saying does."""
        head = saying.stems[-1]
        if saying.want:
            return self._want[head][saying.want]
        if saying.feel:
            return self._feel[head][saying.feel]
        return self._want[head].total()


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _agree(signs: Counter[int], wanted: int) -> bool:
    if wanted == 0:
        return True
    with_it, against = signs[wanted], signs[-wanted]
    return with_it >= AGREED * (with_it + against)


def _is_contested(signs: Counter[int]) -> bool:
    """Whether some want more of a subject and some less."""
    fewer, more = sorted((signs[1], signs[-1]))
    return fewer > (1 - AGREED) * (fewer + more)


def _fewest_to_say(size: int) -> int:
    """Units of a group of `size` that have to say it in the same words."""
    return 1 + (size >= SEVERAL) + (size >= MANY)


class _Tally:
    """The sayings of a group, counted.

    Attributes:
        size: units of the group.
        forms: how often each saying is written in each way, by its key.
        example: a saying of each key.
        alike: units that say the same of a subject in whatever words.
    """

    def __init__(self, of_units: Sequence[Sequence[Saying]]) -> None:
        self.size = len(of_units)
        self.leaning = Leaning(of_units)
        self.forms: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self.example: dict[tuple[str, ...], Saying] = {}
        self.alike: Counter[tuple[Stems, int, int]] = Counter()
        for sayings in of_units:
            for saying in {saying.key: saying for saying in sayings}.values():
                self._add(saying)

    def _add(self, saying: Saying) -> None:
        self.alike[saying.stems, saying.want, saying.feel] += 1
        if saying.named:
            self.forms[saying.key][" ".join(saying.words)] += 1
            self.example.setdefault(saying.key, saying)


class SayingCollector:
    """Collects what groups of the same units say."""

    def __init__(self, texts: Sequence[str], finder: PhraseFinder) -> None:
        self._texts = texts
        self._finder = finder
        self._sayings = SayingFinder(finder)

    def leaning(self, near: Sequence[int]) -> Leaning:
        """What the units of a group want and feel."""
        return Leaning([self._sayings.sayings(self._texts[unit]) for unit in near])

    def agreed(self, near: Sequence[int], sentences: Sequence[str]) -> list[str]:
        """The sentences that say nothing on which the units are not agreed."""
        leaning = self.leaning(near)
        kept = []
        for sentence in sentences:
            if all(map(leaning.agrees, self._sayings.sayings(sentence))):
                kept.append(sentence)
        return kept

    def collect(self, near: Sequence[int], background: Background) -> list[GroupSaying]:
        """Sayings that most of the group agree with, the most frequent first."""
        heard = _Tally([self._sayings.sayings(self._texts[unit]) for unit in near])
        uses = self._count_subjects(near)
        chosen = []
        for key, written in heard.forms.items():
            saying = heard.example[key]
            same = heard.leaning.count_with(saying)
            if self._holds(saying, written.total(), same, heard):
                phrase = self._as_phrase(saying, written, uses, len(near), background)
                chosen.append(GroupSaying(phrase, written.total(), same / len(near)))
        chosen.sort(key=lambda entry: (-entry.said, entry.phrase.shown))
        return chosen[:MOST]

    def _holds(self, saying: Saying, said: int, same: int, heard: "_Tally") -> bool:
        """Whether enough units say it, or the same of its subject, and few the opposite."""
        if saying.want or saying.feel:
            said = heard.alike[saying.stems, saying.want, saying.feel]
        if said < _fewest_to_say(heard.size) or not heard.leaning.agrees(saying):
            return False
        if set(saying.stems) <= self._finder.shared:
            return False
        return same >= min(FEWEST_WITH, heard.size // FEW_UNITS)

    def _count_subjects(self, near: Sequence[int]) -> Counter[Stems]:
        uses: Counter[Stems] = Counter()
        for unit in near:
            uses.update(self._finder.phrases(self._texts[unit]).keys())
        return uses

    def _as_phrase(
        self,
        saying: Saying,
        written: Counter[str],
        uses: Counter[Stems],
        size: int,
        background: Background,
    ) -> Phrase:
        stems = saying.stems
        number = max(uses[stems], written.total())
        share = number / size
        everywhere = max(background.uses[stems], number) / max(1, background.size)
        shown = max(written, key=lambda form: (written[form], -len(form), form))
        noun = self._finder.noun_likeness(saying.words[-1])
        return Phrase(shown, stems, number, share, share / everywhere, noun)
