"""The sentence that shows an aspect."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import pandas as pd

from coder.reporting.aspects.aspect import Aspect, AspectQuote
from coder.reporting.aspects.listed import ALIKE
from coder.reporting.redaction import mask_details, personal_details
from coder.text import WORD, Span, normal_key, sentences, stem, word_count

READS_WELL = range(8, 36)  # words
FEWEST_WORDS, MOST_WORDS = 5, 45
LOOKED_AT = 40  # comments of an aspect
# Sentences that begin so lean on the one before.
LEANING = frozenset(
    (
        *("it", "this", "that", "they", "these", "those"),
        *("he", "she", "and", "but", "so", "also"),
    )
)
LOSS = 0.03  # for each thing that makes a sentence worse to read


class ExampleSentences:
    """Chooses a sentence for each aspect of one theme; no comment is quoted twice.

    Args:
        comments: the analysed comments.
    """

    def __init__(self, comments: pd.DataFrame, language: str) -> None:
        self._language = language
        self._comments = comments
        self._place = pd.Index(comments["comment_id"].astype(str))
        self._used: set[str] = set()

    def with_listed(self, aspect: Aspect, matched: pd.DataFrame) -> Aspect:
        """The aspect with the sentence that says best what the codebook lists, where one is very
        near to it.

        Args:
            matched: its sentences that may be quoted (see `match_listed`).
        """
        near = matched[matched["score"] >= ALIKE]
        best = near.sort_values(["score", "comment_id"], ascending=[False, True])
        candidates = []
        for row in best.head(LOOKED_AT).to_dict(orient="records"):
            span = Span(int(row["start"]), int(row["end"]))
            candidates.append((str(row["comment_id"]), span, float(row["score"])))
        return self._with_best(aspect, candidates)

    def with_words(self, aspect: Aspect, allowed: Sequence[str]) -> Aspect:
        """The aspect with the sentence that uses most of its words.

        Args:
            allowed: ids of its comments that may be quoted.
        """
        wanted = frozenset(aspect.stems)
        ids = allowed[:: max(1, len(allowed) // LOOKED_AT)]
        candidates = []
        for comment_id, span, sentence in self._sentences_of(ids):
            shared = len(wanted & self._stems(sentence))
            if shared:
                candidates.append((comment_id, span, min(shared, 3) / 3))
        return self._with_best(aspect, candidates)

    def _sentences_of(self, ids: Sequence[str]) -> Iterator[tuple[str, Span, str]]:
        texts = [self._text(comment_id) for comment_id in ids]
        found = sentences(texts, self._language)
        for comment_id, text, spans in zip(
            ids,
            texts,
            found,
            strict=True,
        ):
            for span in spans:
                yield comment_id, span, text[span.start : span.end]

    def _stems(self, sentence: str) -> frozenset[str]:
        words = [word.casefold() for word in WORD.findall(sentence)]
        return frozenset(stem(word, self._language) for word in words)

    def _text(self, comment_id: str) -> str:
        return str(self._comments["text"].iloc[self._place.get_loc(comment_id)])

    def _with_best(
        self, aspect: Aspect, candidates: Collection[tuple[str, Span, float]]
    ) -> Aspect:
        """The aspect with the best candidate: an id, a part of the comment, how well it fits."""
        scored = []
        for comment_id, span, fit in candidates:
            sentence = self._text(comment_id)[span.start : span.end]
            key = normal_key(sentence)
            if _can_stand(sentence) and not self._used & {comment_id, key}:
                value = fit - LOSS * _count_faults(sentence)
                scored.append((-value, comment_id, span))
        if not scored:
            return aspect
        _, comment_id, span = min(scored)
        text = self._text(comment_id)
        self._used |= {comment_id, normal_key(text[span.start : span.end])}
        source = self._comments["source"].iloc[self._place.get_loc(comment_id)]
        quote = AspectQuote(
            mask_details(text, *span).text,
            str(source),
            comment_id,
        )
        return replace(aspect, quote=quote)


def _can_stand(sentence: str) -> bool:
    return FEWEST_WORDS <= word_count(sentence) <= MOST_WORDS


def _count_faults(sentence: str) -> int:
    """How many things make a sentence worse to read alone."""
    words = WORD.findall(sentence)
    letters = [char for char in sentence if char.isalpha()]
    shouted = sum(map(str.isupper, letters)) > len(letters) / 2
    faults = (
        len(words) not in READS_WELL,
        not sentence[:1].isupper(),
        sentence[-1:] not in ".!?”\"'",
        words[0].casefold() in LEANING,
        shouted,
        bool(personal_details(sentence)),
        "http" in sentence,
    )
    return sum(faults)
