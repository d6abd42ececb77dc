"""Comment text: shown harmlessly, cut into sentences, compared, stemmed."""

import subprocess
import sys
import unicodedata
from functools import cache

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from coder.errors import CoderError
from coder.text import (
    BREAK,
    STEMMERS,
    clean_text,
    count,
    normal_key,
    safe_text,
    sentences,
    stem,
    stop_words,
    text_hash,
    word_count,
    words,
)

anything = st.text(max_size=80)
hostile = st.text(
    st.sampled_from(
        "\x1b\x07\x9b\x00\r\n\t\u202e\u2066\u200b\u200d\ufeff\u2028\U000e0041\U0001f3f4\U0001f469a =-[]/ë"
    ),
    max_size=30,
)

# ---------------------------------------------------------------- shown


@given(anything | hostile, st.booleans())
@settings(max_examples=500, deadline=None)
def test_one_character_gives_one_and_nothing_acts_on_a_terminal(text: str, one_line: bool) -> None:
    shown = safe_text(text, one_line=one_line)
    assert len(shown) == len(text)  # so that spans of the text are spans of what is shown
    for before, after in zip(text, shown, strict=True):
        category = unicodedata.category(after)
        assert category not in ("Cc", "Cs", "Zl", "Zp") or (after == "\n" and not one_line)
        if category == "Cf":
            assert after == before
            assert after == "\u200d" or 0xE0020 <= ord(after) <= 0xE007F
        if before.isprintable() and unicodedata.category(before) != "Cf":
            assert after == before


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("\x9b2J", "␦2J"),
        ("a\rb\tc\x7f", "a␍b c␡"),
        ("pay \u202egnp.exe", "pay ␦gnp.exe"),
        ("zero\u200bwidth\ufeff\u00ad", "zero␦width␦␦"),
        ("line\u2028end\u2029", "line␦end␦"),
        ("\ud800x", "␦x"),
        ("👩\u200d🚒 ok", "👩\u200d🚒 ok"),
        ("a\u200db", "a␦b"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("x\U000e0067", "x␦"),
        ("[bold]v[/bold] “quoted” — café £5", "[bold]v[/bold] “quoted” — café £5"),
    ],
)
def test_what_acts_is_replaced_and_what_people_write_stays(text: str, shown: str) -> None:
    assert safe_text(text) == shown


def test_newlines_stay_unless_one_line_is_wanted() -> None:
    assert safe_text("a\nb") == "a\nb"
    assert safe_text("a\nb", one_line=True) == "a⏎b"


@given(hostile)
@settings(max_examples=100, deadline=None)
def test_a_console_prints_no_control_from_it(text: str) -> None:
    import io

    out = io.StringIO()
    Console(file=out, width=200, markup=False, emoji=False, highlight=False).print(
        Text(safe_text(text))
    )
    assert not any(unicodedata.category(c) == "Cc" and c != "\n" for c in out.getvalue())


@given(anything | hostile)
@settings(deadline=None)
def test_cleaning_keeps_length_and_everything_that_can_be_stored(text: str) -> None:
    cleaned = clean_text(text)
    assert len(cleaned) == len(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert all(a == b or b == "\ufffd" for a, b in zip(text, cleaned, strict=True))


# ---------------------------------------------------------------- compared


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("More Police!", "more   police"),
        ("Straße", "STRASSE"),
        ("ﬁne", "fine"),
        ("cafe\u0301", "café"),
        ("zero\u200bwidth", "zerowidth"),
        ("“No.”", "no"),
        ("ＦＵＬＬ", "full"),
        ("a\u00a0b", "a b"),
    ],
)
def test_copies_have_one_key(one: str, other: str) -> None:
    assert normal_key(one) == normal_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("more police", "no more police"), ("7", "8"), ("ab", "a b"), ("दिन", "दान")]
)
def test_different_texts_have_different_keys(one: str, other: str) -> None:
    assert normal_key(one) != normal_key(other)


marked = st.text(
    st.sampled_from("aǰİßΑ\u0345\u0301\u0327\u200b\ufe0f❤!\u0928\u094dﬁ ①\u1e9e"), max_size=12
)


@given(anything | marked)
@settings(max_examples=600, deadline=None)
def test_key_of_a_key_is_itself_and_has_single_spaces(text: str) -> None:
    key = normal_key(text)
    assert normal_key(key) == key
    assert key == " ".join(key.split())
    assert normal_key(f"  {text}\n") == key


@pytest.mark.parametrize("text", ["नमस्ते दुनिया", "สวัสดี", "العَرَبِيَّة", "한국어"])
def test_combining_marks_do_not_cut_words_apart(text: str) -> None:
    assert len(normal_key(text).split()) == len(text.split())


@given(anything | hostile)
@settings(deadline=None)
def test_hash_stands_for_exactly_the_text(text: str) -> None:
    assert len(text_hash(text)) == 32
    assert text_hash(text) == text_hash(text)
    assert text_hash(text + " ") != text_hash(text)


def test_words_hold_their_apostrophes_and_hyphens() -> None:
    assert words("Don’t re-open the cop-shop's £5 door") == [
        "Don’t", "re-open", "the", "cop-shop's", "5", "door",
    ]  # fmt: skip
    assert word_count("") == 0


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("Officers", "en", "offic"),
        ("officer's", "en", "offic"),
        ("officer’s", "en", "offic"),
        ("Häuser", "de", "haus"),
        ("Policing", "xx", "policing"),
        ("", "en", ""),
    ],
)
def test_stems(word: str, language: str, expected: str) -> None:
    assert stem(word, language) == expected


def test_stop_words_and_an_unknown_language() -> None:
    assert {"the", "and"} <= stop_words("en")
    assert "und" in stop_words("de")
    with pytest.raises(CoderError, match="'qq' is not known"):
        stop_words("qq")


# ---------------------------------------------------------------- sentences


def pieces(text: str, **more: int) -> list[str]:
    return [text[span.start : span.end] for span in sentences([text], **more)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("More police on the beat. Fix the street lights now!", ["More police on the beat.", "Fix the street lights now!"]),
        ("• first point here\n• second point here", ["first point here", "second point here"]),
        ("One thing is theft; another one is noise", ["One thing is theft", "another one is noise"]),
        ("Yes. More police on the beat please.", ["Yes. More police on the beat please."]),
        ("More police on the beat please. Yes.", ["More police on the beat please. Yes."]),
        ("   ", []),
        ("", []),
        ("  padded answer here \n\n", ["padded answer here"]),
    ],
)  # fmt: skip
def test_sentences_as_a_reader_cuts_them(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.lists(anything | hostile, max_size=4))
@settings(max_examples=150, deadline=None)
def test_sentences_hold_every_visible_character_once_and_in_order(texts: list[str]) -> None:
    """A15: nothing of a comment is lost but what separates sentences."""
    for text, spans in zip(texts, sentences(texts), strict=True):
        end = 0
        for span in spans:
            assert end <= span.start < span.end <= len(text)
            assert not text[end : span.start].strip("•▪●◦; \t\n\r\u2028\u2029").strip()
            piece = text[span.start : span.end]
            assert piece == piece.strip()
            end = span.end
        assert not text[end:].strip("•▪●◦; \t\n\r\u2028\u2029").strip()


def test_a_very_long_comment_without_a_full_stop_is_cut_nowhere_wrong() -> None:
    text = "word " * 60_000
    found = sentences([text])[0]
    assert "".join(text[s.start : s.end] for s in found).replace(" ", "") == "word" * 60_000


def test_sentences_do_not_hang_on_their_neighbours() -> None:
    texts = ["First one here. Second one here.", "", "Another comment entirely."]
    assert sentences(texts)[0] == sentences(texts[:1])[0]


@pytest.mark.parametrize("language", sorted(STEMMERS))
def test_every_language_with_a_stemmer_can_be_used_whole(language: str) -> None:
    assert stop_words(language)
    assert sentences(["Abc def ghi\nJkl mno pqr"], language) == [[(0, 11), (12, 23)]]
    assert stem("abc", language)


@cache
def spacy_sentencizer() -> spacy.Language:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab ,.!?…。•;\n\t”'", max_size=40))
def test_pieces_that_spacy_is_not_asked_about_are_what_it_would_say(text: str) -> None:
    pipeline = spacy_sentencizer()
    found = [text[span.start : span.end] for span in sentences([text], fewest_words=0)[0]]
    wanted = [
        sent.text.strip()
        for piece in BREAK.split(text)
        for sent in pipeline(piece).sents
        if sent.text.strip()
    ]
    assert found == wanted


def test_cutting_sentences_loads_no_pytorch_and_leaves_it_to_be_had() -> None:
    code = (
        "import sys; from coder.text import sentences; sentences(['Eins. Zwei.'], 'de'); "
        "assert 'torch' not in sys.modules; import torch; print(torch.ones(2).sum().item())"
    )
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True)
    assert done.stdout.strip() == "2.0", done.stderr


@pytest.mark.parametrize(
    ("n", "noun", "plural", "expected"),
    [
        (0, "comment", None, "0 comments"),
        (1, "comment", None, "1 comment"),
        (2, "reply", None, "2 replies"),
        (3, "survey", None, "3 surveys"),
        (2, "clash", None, "2 clashes"),
        (2, "person", "people", "2 people"),
        (1, "person", "people", "1 person"),
        (1_234_567, "comment", None, "1,234,567 comments"),
    ],
)
def test_counts_are_said_as_people_do(n: int, noun: str, plural: str | None, expected: str) -> None:
    assert count(n, noun, plural) == expected
