"""Comment text: shown safely, cut into sentences, compared, stemmed. Offsets are Python string
offsets.
"""

import hashlib
import re
import sys
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from coder.errors import CoderError, did_you_mean
from coder.long_chunks import Shortened, shorten

WORD = re.compile(r"\w+(?:['’ʼ\-]\w+)*")
BETWEEN_ASCII = re.compile(r"[^a-z0-9]+")
ZERO_WIDTH_JOINER = "\u200d"
LONGEST_REPEATED = 40  # characters of a cell that a message repeats
MOST_TAGS = 32  # of a flag, by Unicode's rules for emoji
UNSEEN = "␦"  # stands for a character that has no picture of its own
# Controls and what is shown in their place.
STAND_INS = {chr(code): chr(0x2400 + code) for code in range(0x20)} | {
    "\t": " ",
    "\x7f": "␡",
}
# Python's stemmers by language code; a language without one is matched on whole words.
STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}


class Span(NamedTuple):
    """Half-open range of a text: `text[start:end]`."""

    start: int
    end: int


def count(n: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 comment", "1,234 comments", "2 replies".

    Args:
        noun: in the singular.
        plural: where it is not the regular English one.
    """
    if n == 1:
        return f"1 {noun}"
    return f"{n:,} {plural or _plural(noun)}"


def _plural(noun: str) -> str:
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    return noun + "s"


# ---------------------------------------------------------------- shown safely


UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# What no document may hold: controls, lone surrogates.
FORBIDDEN = re.compile(
    "[^\\t\\n\\r -~\\u00a0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]"
)


def name_some(names: Iterable[object], most: int = 5) -> str:
    """The first names and how many more there are: `a, b, c and 12 more`."""
    listed = [str(name) for name in names]
    some = ", ".join(listed[:most])
    if len(listed) <= most:
        return some
    return f"{some} and {len(listed) - most:,} more"


def headed(head: str, text: str) -> str:
    """`HEAD: text`, also where the head ends in a colon, as the wording of a question may."""
    return f"{head.rstrip(': ')}: {text}"


def free_name(name: str, in_use: Container[str], number: int = 2) -> str:
    """The name, or `name (2)` with the first number, from this one, that is not in use."""
    if name not in in_use:
        return name
    while f"{name} ({number})" in in_use:
        number += 1
    return f"{name} ({number})"


def short_cell(value: str) -> str:
    """A cell as a message may repeat it: as it is where it is as short as an id or a name. What
    may be a comment, or an address, is only measured.
    """
    if len(value) > LONGEST_REPEATED or "@" in value:
        return f"a text of {count(len(value), 'character')}"
    return safe_text(value, one_line=True)


def quoted_cell(value: str) -> str:
    """The same, in quotes where it is repeated."""
    shown = short_cell(value)
    is_repeated = len(value) <= LONGEST_REPEATED and "@" not in value
    return repr(shown) if is_repeated else shown


def visible(value: str) -> str:
    """The text with one replacement character for each that no document may hold."""
    return FORBIDDEN.sub("\ufffd", value)


def safe_text(text: str, *, one_line: bool = False) -> str:
    """The same text with everything that acts on a terminal replaced by a visible stand-in.

    Controls become control pictures, bidirectional marks, invisible formatting and lone
    surrogates become U+2426; joiners and tags stay inside emoji. A tab becomes a space. One
    character always gives one character, so that spans of `text` are spans of the result.
    Newlines stay unless `one_line`.

    The result is still text, not markup: hand it to `rich.text.Text` or Textual's `Content`,
    never to a function that reads markup.
    """
    return "".join(_shown(text, i, one_line) for i in range(len(text)))


def _shown(text: str, i: int, one_line: bool) -> str:
    char = text[i]
    if " " <= char <= "~":
        return char
    if char == "\n":
        return "⏎" if one_line else "\n"
    if char in STAND_INS:
        return STAND_INS[char]
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Zl", "Zp"):
        return UNSEEN
    if category == "Cf" and not _belongs_to_emoji(text, i):
        return UNSEEN
    return char


def _belongs_to_emoji(text: str, i: int) -> bool:
    """Whether a joiner or tag stands where emoji have them."""
    if i == 0:
        return False
    if text[i] == ZERO_WIDTH_JOINER:
        return ord(text[i - 1]) > 0x2000
    return 0xE0020 <= ord(text[i]) <= 0xE007F and _follows_flag(text, i)


def _follows_flag(text: str, i: int) -> bool:
    for place in range(i - 1, max(-1, i - 1 - MOST_TAGS), -1):
        if not 0xE0020 <= ord(text[place]) <= 0xE007F:
            return text[place] == "\U0001f3f4"
    return False


def clean_text(raw: str) -> str:
    """What cannot be stored (NUL, lone surrogates) replaced by U+FFFD; everything else
    untouched.
    """
    return UNSTORABLE.sub("\ufffd", raw)


# ---------------------------------------------------------------- compared


def text_hash(text: str) -> str:
    """32 hex digits that stand for exactly this text (BLAKE2b of its UTF-8)."""
    return hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), digest_size=16
    ).hexdigest()


def normal_key(text: str) -> str:
    """What two texts share that a reader would call the same: folded case, compatibility forms.

    Punctuation, symbols and invisible characters go, white space is single; what belongs to a
    letter (vowel signs, accents) stays. Two texts with one key are copies of each other for
    every purpose here.
    """
    if text.isascii():  # the same by a shorter way
        return " ".join(BETWEEN_ASCII.sub(" ", text.lower()).split())
    seen = "".join(
        char
        for char in text
        if unicodedata.category(char) != "Cf" and not _variant(char)
    )
    folded = unicodedata.normalize(
        "NFKC", unicodedata.normalize("NFKC", seen).casefold()
    )
    kept: list[str] = []
    for char in folded:
        of_letter = (
            bool(kept)
            and kept[-1] != " "
            and unicodedata.category(char) in ("Mn", "Mc")
        )
        kept.append(char if char.isalnum() or of_letter else " ")
    return " ".join("".join(kept).split())


def _variant(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def words(text: str) -> list[str]:
    """The words of a text as written; a word holds its inner apostrophes and hyphens."""
    return WORD.findall(text)


def word_count(text: str) -> int:
    """Number of words, as a reader would count them."""
    return len(WORD.findall(text))


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(STEMMERS[language])


@lru_cache(maxsize=200_000)
def stem(word: str, language: str = "en") -> str:
    """The stem of a folded word in a language of `STEMMERS`; the folded word itself in any
    other.
    """
    folded = word.casefold().replace("’", "'")
    if language not in STEMMERS:
        return folded
    return str(_stemmer(language).stemWord(folded))


@cache
def stop_words(language: str = "en") -> frozenset[str]:
    """The language's function words after spaCy; empty where spaCy has none. Raises for an
    unknown code.
    """
    if language == "en":
        from coder.english import STOP_WORDS

        return STOP_WORDS
    return frozenset(
        word.replace("’", "'") for word in _blank(language).Defaults.stop_words
    )


# ---------------------------------------------------------------- sentences

# White space before a bullet is tried only from where it begins: long runs of it are common.
BREAK = re.compile(r"[\n\r\u2028\u2029]+|(?:(?<![ \t])[ \t]++)?[•▪●◦][ \t]*+|;(?=\s)")


@contextmanager
def _no_import_of(package: str) -> Iterator[None]:
    """spaCy imports PyTorch, seconds of work, if it is there; rules that cut sentences have no
    use for it.
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # to Python: not to be had
    try:
        yield
    finally:
        del sys.modules[package]


@cache
def _blank(language: str) -> Any:
    with _no_import_of("torch"):
        import spacy

    code = {"no": "nb"}.get(language, language)  # spaCy knows Norwegian as Bokmål
    try:
        pipeline = spacy.blank(code)
    except ImportError as error:
        raise CoderError(
            f"the language {language!r} is not known",
            did_you_mean(language, sorted(STEMMERS)) + " Use 'xx' for any other.",
        ) from error
    pipeline.add_pipe("sentencizer")
    pipeline.max_length = 2_000_000
    return pipeline


def sentences(
    texts: Sequence[str], language: str = "en", *, fewest_words: int = 3
) -> list[list[Span]]:
    """The sentences of each text as spans, in order, without surrounding white space.

    Lines, bullets and semicolons end a sentence, then spaCy's rules do; a piece of fewer than
    `fewest_words` words joins the sentence before it (or the one after, at the start). A text
    without a visible character gives no sentence.
    """
    pieces: list[tuple[int, Span]] = []
    for number, text in enumerate(texts):
        for line in _lines(text):
            pieces.append((number, line))
    cuts = _sentence_bounds(
        [texts[number][line.start : line.end] for number, line in pieces], language
    )
    spans: list[list[Span]] = [[] for _ in texts]
    for (number, line), bounds in zip(pieces, cuts, strict=True):
        for start, end in bounds:
            span = _trimmed(texts[number], line.start + start, line.start + end)
            if span.start < span.end:
                spans[number].append(span)
    return [
        _joined(text, own, fewest_words) for text, own in zip(texts, spans, strict=True)
    ]


def _sentence_bounds(
    pieces: Sequence[str], language: str
) -> list[list[tuple[int, int]]]:
    """Where spaCy's rules begin and end the sentences of each piece."""
    from coder.english import END, UnclearError

    bounds = [[(0, len(piece))] for piece in pieces]
    unclear = []
    for place, piece in enumerate(pieces):
        # Most answers are one sentence: nothing within them can end one.
        if not END.search(piece.rstrip()[:-1]):
            continue
        try:
            bounds[place] = _bounds_by_rule(piece, language)
        except UnclearError:
            unclear.append(place)
    if unclear or language != "en":  # an unknown language is an error at once
        by_spacy = _bounds_by_spacy([pieces[place] for place in unclear], language)
        for place, own in zip(unclear, by_spacy, strict=True):
            bounds[place] = own
    return bounds


def _bounds_by_spacy(
    pieces: Sequence[str], language: str
) -> Iterator[list[tuple[int, int]]]:
    """The bounds as spaCy finds them, which takes time with the square of a word's length."""
    pipeline = _blank(language)

    from spacy.tokenizer import Tokenizer  # not before: see `_no_import_of`

    from coder.english import ENDS

    shortened = [Shortened(piece, None) for piece in pieces]
    # Other tokenizers are of languages that put no spaces between words.
    if isinstance(pipeline.tokenizer, Tokenizer):
        shortened = [shorten(piece, ENDS) for piece in pieces]
    docs = pipeline.pipe(piece.text for piece in shortened)
    for (_, places), doc in zip(shortened, docs, strict=True):
        bounds = [(sentence.start_char, sentence.end_char) for sentence in doc.sents]
        if places:
            bounds = [(places[start], places[end]) for start, end in bounds]
        yield bounds


def _bounds_by_rule(piece: str, language: str) -> list[tuple[int, int]]:
    """The same bounds without spaCy, which takes most of a second to import.

    Raises:
        UnclearError: spaCy must be asked.
    """
    from coder.english import UnclearError, sentence_starts

    if language != "en":
        raise UnclearError
    starts = sentence_starts(piece)
    return list(pairwise([*starts, len(piece)]))


def _lines(text: str, longest: int = 100_000) -> Iterable[Span]:
    start = 0
    breaks = [mark.span() for mark in BREAK.finditer(text)]
    for end, next_start in [*breaks, (len(text), len(text))]:
        for piece in range(start, end, longest):
            yield Span(piece, min(end, piece + longest))
        start = next_start


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _joined(text: str, spans: list[Span], fewest_words: int) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        short = word_count(text[span.start : span.end]) < fewest_words
        if joined and (
            short or word_count(text[joined[-1].start : joined[-1].end]) < fewest_words
        ):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined
