"""What a group says that can be its name: sayings that most agree with, and one sentence."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coder.clustering.group_sayings import GroupSaying, SayingCollector
from coder.clustering.key_sentences import rank_key_points
from coder.clustering.plain_sentences import is_repeated, plain_sentences
from coder.clustering.telling_phrases import READ, Group, PhraseRanker
from coder.phrases.noun_phrases import PhraseFinder


class Heard(NamedTuple):
    """What a group says, beside the subjects that it names."""

    sayings: Sequence[GroupSaying]
    sentence: str  # that can stand for the group; may be empty
    spare: str  # the same, and it may take a side; for a group that no phrase names
    first: str  # its most typical text
    opposed: bool = False  # it wants opposite things


class Listener:
    """Hears what groups of the same units say.

    Args:
        texts: the units.
        ranker: of their phrases.
        finder: of their phrases.
    """

    def __init__(
        self, texts: Sequence[str], ranker: PhraseRanker, finder: PhraseFinder
    ) -> None:
        self._texts = texts
        self._ranker = ranker
        self._english = finder.language == "en"
        self._sayings = SayingCollector(texts, finder)

    def hear(self, group: Group) -> Heard:
        """What the group says, in English; of other languages only its sentences are known."""
        near = group.near[:READ].tolist()
        texts = [self._texts[unit] for unit in near]
        falling = np.linspace(1, 0, len(texts), dtype=np.float32)
        sentences = plain_sentences(rank_key_points(texts, falling), texts)
        sayings: list[GroupSaying] = []
        if self._english:
            background = self._ranker.background_of(group)
            sayings = self._sayings.collect(near, background)
            sentences = self._sayings.agreed(near, sentences)
        sentence = next(iter(sentences), "")
        return Heard(sayings, sentence, sentence, texts[0])

    def hear_subject(self, group: Group) -> Heard:
        """Nothing that takes a side, of a group that wants opposite things; but a sentence that
        several say word for word.
        """
        heard = self.hear(group)
        texts = [self._texts[unit] for unit in group.near[:READ].tolist()]
        sentence = heard.sentence
        if not is_repeated(sentence, texts):
            sentence = ""
        return Heard((), sentence, heard.spare, heard.first, opposed=True)

    def hear_several(self, group: Group) -> Heard:
        """What several say, of a small group."""
        heard = self.hear(group)
        several = [saying for saying in heard.sayings if saying.said > 1]
        return Heard(several, "", "", "")
