"""English sentences without spaCy end where spaCy ends them."""

import csv
import random
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import english
from coder.text import BREAK

# What tokenisers stumble over, put in anywhere.
MARKS = (
    "... .. … ! ? ?! .\" .” ’s 's .) ) ( e.g. i.e. Mr. St. thats. Im. wed. U.K. U.S. a.m. 10p.m. 3.5 "
    "£5. 50%. www.foo.com http://a.b.co/x?y=1. me@x.org. 10.0.0.1 :) :-D :( <3 ._. o.O :1am 😀 👍🏽 ❤️ "
    "。 ？ é. ß Ω. ﷺ ؟ । — – - -- * # _ @ / \\ ~ ^ | ` [ ] { } °C. 20°F. ¬ ¿ ¡ 1. a. ' “ ” ‘ ’ « » , "
    "'Cause ’em ps. No. etc. vs. Ph.D. + = < > km. kg £ US$ $ § ½"
)  # fmt: skip
SPACES = ("  ", " ", "\t", "\u00a0", "\x1c", " .", ". ", "\u200b", "\u2003")
BITS = (*MARKS.split(), *SPACES)
WORDS = ("more", "police", "Please", "I", "it", "Thats", "x", "2023")


@cache
def sentencizer() -> spacy.Language:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline


def by_spacy(text: str) -> list[str]:
    return [sentence.text.strip() for sentence in sentencizer()(text).sents]


def by_rule(text: str) -> list[str]:
    starts = english.sentence_starts(text)
    ends = [*starts[1:], len(text)]
    return [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def compare(texts: Sequence[str]) -> int:
    """Assert the same sentences of each line; the number of lines that are left to spaCy."""
    unclear = 0
    for text in texts:
        for line in BREAK.split(text):
            try:
                sentences = by_rule(line)
            except english.UnclearError:
                unclear += 1
                continue
            wanted = [sentence for sentence in by_spacy(line) if sentence]
            assert [sentence for sentence in sentences if sentence] == wanted
    return unclear


# ---------------------------------------------------------------- made texts


@settings(max_examples=1_500, deadline=None)
@given(st.lists(st.sampled_from([*BITS, *WORDS, " ", " ", " "]), max_size=14).map("".join))
def test_awkward_texts_have_the_sentences_of_spacy(text: str) -> None:
    compare([text])


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="ab S.!?…'’\")(:;-, _1°Cm", max_size=30))
def test_any_characters_have_the_sentences_of_spacy(text: str) -> None:
    compare([text])


def test_every_character_that_is_read_has_its_class_in_spacy() -> None:
    """Each beside ends of sentences, before and after words: every rule that could tell it apart."""
    frames = ("word{0}. Next one", "word.{0} Next one", "word. {0}Next one", "{0}. Next", "ab{0}cd. Ef",
              "Word.{0}Next one. Last", "A{0}. Next. One", "{0}{0}. Next", "9{0}. Next", "it.{0}It! Yes")  # fmt: skip
    characters = [chr(code) for code in range(33, 0x20000) if english.READ.fullmatch(chr(code))]
    assert len(characters) > 1_000
    for frame in frames:
        compare([frame.format(character) for character in characters])


# ---------------------------------------------------------------- the tables


def is_mark(text: str) -> bool:
    return all(unicodedata.category(char).startswith("P") for char in text)


def matters(chunk: str) -> bool:
    """Whether a chunk that spaCy knows has a full stop in it or begins with punctuation."""
    return not english.ENDS.isdisjoint(chunk) or is_mark(chunk[0])


def test_every_exception_of_spacy_is_known_or_left_to_it() -> None:
    rules = sentencizer().tokenizer.rules
    for chunk in rules:
        if matters(chunk) and english.READ.fullmatch(chunk):
            assert chunk in english.KEPT_WHOLE or english.UNCLEAR.search(chunk), chunk
    assert set(rules) >= english.KEPT_WHOLE


def test_words_whose_full_stop_spacy_keeps_are_known() -> None:
    """Those that spaCy parts, with a last letter that it knows with a full stop."""
    rules = sentencizer().tokenizer.rules
    keeping = set()
    for chunk, parts in rules.items():
        if len(parts) > 1 and len(by_spacy(f"{chunk}. Next")) == 1 and not matters(chunk):
            keeping.add(chunk)
    assert keeping == english.KEEP_FULL_STOP
    compare([f'("{chunk}." Next {chunk}. Next {chunk}! Next' for chunk in rules])


def test_ends_and_stop_words_are_those_of_spacy() -> None:
    assert frozenset(sentencizer().get_pipe("sentencizer").punct_chars) == english.ENDS
    stop_words = {word.replace("’", "'") for word in sentencizer().Defaults.stop_words}
    assert stop_words == english.STOP_WORDS


def test_a_long_chunk_and_another_script_are_left_to_spacy() -> None:
    for text in ("x" * 400 + "." + "y" * 400, "好的。 是", "Ω. Next"):
        with pytest.raises(english.UnclearError):
            english.sentence_starts(text)


# ---------------------------------------------------------------- real comments


def cells(folder: Path) -> Iterator[str]:
    csv.field_size_limit(10**9)
    for path in sorted(folder.rglob("*.csv")):
        if "hostile" in path.parts:
            continue
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.reader(file):
                yield from (cell for cell in row if len(cell) > 12 and " " in cell)
    for path in sorted((folder / "talk_london").glob("*.txt")):
        yield from path.read_text(encoding="utf-8", errors="replace").split("\n\n")


def test_real_comments_have_the_sentences_of_spacy(shared_data: Path) -> None:
    texts = sorted(set(cells(shared_data)))
    assert len(texts) > 20_000
    assert compare(texts) <= len(texts) / 1_000  # spaCy is hardly ever asked


def test_real_comments_with_faults_put_in_have_the_sentences_of_spacy(shared_data: Path) -> None:
    rng = random.Random(7)
    texts = rng.sample(sorted(set(cells(shared_data))), 3_000)
    compare([with_faults(text, rng) for text in texts])


def with_faults(text: str, rng: random.Random) -> str:
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(text) + 1)
        text = text[:place] + rng.choice(BITS) + text[place + rng.randint(0, 1) :]
    return text
