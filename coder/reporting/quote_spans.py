"""Which part of a comment is quoted: all of it, or whole sentences around its evidence."""

from collections.abc import Sequence

from coder.figures import ELLIPSIS
from coder.text import Span, sentences, word_count

FEWEST_WORDS, MOST_WORDS = 6, 60


def choose_spans(
    texts: Sequence[str],
    evidence: Sequence[Span | None],
    language: str,
    marked: Sequence[Sequence[Span]] | None = None,
) -> list[Span | None]:
    """The part of each text to quote, of 6 to 60 words; None where no part fits.

    Args:
        evidence: where each text shows what it is quoted for; None where that is not known.
        marked: ranges of each text that are not quoted; they are blank in it. No quote reaches
            over one.
    """
    marked = marked or [()] * len(texts)
    too_long = []
    for place, text in enumerate(texts):
        if marked[place] or word_count(text) > MOST_WORDS:
            too_long.append(place)
    cut: list[list[Span]] = []
    if too_long:
        cut = sentences([texts[place] for place in too_long], language)
    sentences_of = dict(zip(too_long, cut, strict=True))
    spans = []
    for place, text in enumerate(texts):
        if place in sentences_of:
            parts = sentences_of[place]
            if marked[place]:
                parts = _unbroken(parts, evidence[place], marked[place])
            spans.append(_sentences_around(text, parts, evidence[place]))
        else:
            spans.append(_whole_text(text))
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


def _whole_text(text: str) -> Span | None:
    if word_count(text) < FEWEST_WORDS:
        return None
    return Span(len(text) - len(text.lstrip()), len(text.rstrip()))


def _sentences_around(
    text: str, parts: list[Span], evidence: Span | None
) -> Span | None:
    """Whole sentences that hold the evidence, or the first ones without it; as many as fit.

    Args:
        parts: the sentences of the text, in order.
    """
    middle = _sentence_of(parts, evidence)
    if middle is None:
        return None
    sizes = [word_count(text[part.start : part.end]) for part in parts]
    if sizes[middle] > MOST_WORDS:
        return None
    first, last = _extend(sizes, middle)
    if sum(sizes[first : last + 1]) < FEWEST_WORDS:
        return None
    return Span(parts[first].start, parts[last].end)


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


def _extend(sizes: list[int], middle: int) -> tuple[int, int]:
    """First and last sentence of a quote around `middle`: later sentences are added before
    earlier ones.
    """
    first = last = middle
    words = sizes[middle]
    while True:
        if last + 1 < len(sizes) and words + sizes[last + 1] <= MOST_WORDS:
            last += 1
            words += sizes[last]
        elif first > 0 and words + sizes[first - 1] <= MOST_WORDS:
            first -= 1
            words += sizes[first]
        else:
            return first, last


def add_ellipses(quote: str, text: str, span: Span) -> str:
    """The quote with an ellipsis wherever words of the comment before or after `span` are left
    out.
    """
    if text[: span.start].strip():
        quote = f"{ELLIPSIS} {quote}"
    if text[span.end :].strip():
        quote = f"{quote} {ELLIPSIS}"
    return quote
