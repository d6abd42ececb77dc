"""Which parts of a comment could be quoted: all of it, or one to three whole sentences that hold
its evidence.
"""

from collections.abc import Iterator, Sequence

from coder.figures import ELLIPSIS
from coder.reporting.quote_faults import MOST_WORDS, is_long_enough
from coder.text import Span, sentences, word_count

MOST_SENTENCES = 3  # of a part that is not the whole comment
MOST_LOOKED_AT = 40  # sentences of a comment without known evidence


def find_spans(
    texts: Sequence[str],
    evidence: Sequence[Span | None],
    language: str,
    marked: Sequence[Sequence[Span]] | None = None,
) -> list[list[Span]]:
    """The parts of each text that could be quoted, of 6 to 60 words, by where they begin.

    Args:
        evidence: where each text shows what it is quoted for; None where that is not known.
        marked: ranges of each text that are not quoted; they are blank in it. No quote reaches
            over one.
    """
    marked = marked or [()] * len(texts)
    spans = []
    cut = sentences(texts, language)
    for text, parts, shown, left_out in zip(texts, cut, evidence, marked, strict=True):
        if left_out:
            parts = _unbroken(parts, shown, left_out)
        own = set(_windows(text, parts, shown))
        if not left_out:
            own |= _whole_text(text)
        spans.append(sorted(own))
    return spans


def _unbroken(
    parts: list[Span], evidence: Span | None, marked: Sequence[Span]
) -> list[Span]:
    """The sentences around the evidence up to the marked ranges before and after it."""
    middle = _sentence_of(parts, evidence)
    if middle is None:
        return []
    sentence = parts[middle]
    after = max((span.end for span in marked if span.end <= sentence.start), default=0)
    before = min(
        (span.start for span in marked if span.start >= sentence.start),
        default=parts[-1].end,
    )
    return [part for part in parts if after <= part.start and part.end <= before]


def _whole_text(text: str) -> set[Span]:
    if not is_long_enough(text):
        return set()
    return {Span(len(text) - len(text.lstrip()), len(text.rstrip()))}


def _windows(text: str, parts: list[Span], evidence: Span | None) -> Iterator[Span]:
    """Up to three sentences in a row that hold the evidence; any of them where it is not known.

    Args:
        parts: the sentences of the text, in order.
    """
    sizes = [word_count(text[part.start : part.end]) for part in parts]
    middle = _sentence_of(parts, evidence)
    end = _last_sentence_of(parts, evidence)
    for first in range(min(len(parts), MOST_LOOKED_AT + (middle or 0))):
        for last in range(first, min(first + MOST_SENTENCES, len(parts))):
            is_around = evidence is None
            if middle is not None and end is not None:
                is_around = is_around or first <= middle <= end <= last
            words = sum(sizes[first : last + 1])
            if is_around and words <= MOST_WORDS:
                span = Span(parts[first].start, parts[last].end)
                if is_long_enough(text[span.start : span.end]):
                    yield span


def _sentence_of(parts: list[Span], evidence: Span | None) -> int | None:
    """Number of the sentence in which the evidence begins; the first where there is no evidence."""
    if not parts:
        return None
    if evidence is None:
        return 0
    for number, part in enumerate(parts):
        if part.start <= evidence.start < part.end:
            return number
    return None


def _last_sentence_of(parts: list[Span], evidence: Span | None) -> int | None:
    """Number of the sentence in which the evidence ends; where it is longer than a quote may be,
    of that in which it begins.
    """
    first = _sentence_of(parts, evidence)
    if first is None or evidence is None:
        return first
    last = first
    for number, part in enumerate(parts):
        if part.start < evidence.end:
            last = max(first, number)
    if last - first >= MOST_SENTENCES:
        return first
    return last


def add_ellipses(quote: str, text: str, span: Span) -> str:
    """The quote with an ellipsis wherever words of the comment before or after `span` are left
    out.
    """
    if text[: span.start].strip():
        quote = f"{ELLIPSIS} {quote}"
    if text[span.end :].strip():
        quote = f"{quote} {ELLIPSIS}"
    return quote
