"""Long and odd comments take time in proportion to their length: pasted pictures, rows of marks,
tables of white space. What takes time with the square of the length takes minutes on them, so
each check has an amount of processor time that only such code can use up.
"""

import csv
import importlib
import pkgutil
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from typer.testing import CliRunner

import coder
from coder.cli import app
from coder.coding.evidence import split_clauses
from coder.coding.term_counts import count_runs
from coder.english import sentence_starts
from coder.keywords import stem_words
from coder.library_errors import reason_of
from coder.long_chunks import LONGEST_CHUNK, cut_chunks, shorten
from coder.reading.letters.pieces import BODY, Piece
from coder.reading.letters.replies import mark_signature
from coder.reporting.redaction import PATTERNS, mask_details, personal_details
from coder.text import Span, normal_key, safe_text, sentences, word_count

LONG = 100_000  # characters; of steps
PATTERN_LONG = 30_000
SOME = (  # pieces that are repeated
    *(" ", "\n", "\t ", "\n \t", "\u00a0", "\r\n", "1", "07", "0 7", ",", "a, ", "a,"),
    *("!", "?! ", ".", ". ", "a.", "a:", "://", "a@", "@", "(", "[", "<a ", "'", '"'),
    *("a", "A", "A ", "aB", "Mr. ", "a-", "- ", " - ", "a/", "it's ", "é", "警察", "ش"),
    *("\U0001f600", "e\u0301", "\U000e0061", "http://a.b/", "www.", "|", "_", "*", "#"),
    *("[a](", "&#1;", "07700 900123 ", "de ", "a; ", "• ", "More police, ", "…", "\\"),
)
TEXTS = {repr(piece): "More police. " + piece * (LONG // len(piece)) for piece in SOME}
TEXTS["base64"] = "See " + "iVBORw0KGgoAAAANSUhEUg+/" * (LONG // 24)
TEXTS["varied marks"] = " ".join("!?.,:;()[]"[n % 10] * 290 + str(n) for n in range(100))

# Searched in names of columns, in lines of a bounded length or in what the program wrote, or
# tried only where a text begins.
OF_SHORT_TEXTS = {
    "coder.english.ADDRESS": "at the beginning of a chunk of up to 300 characters",
    "coder.english.NEXT_CHUNK": "at one place",
    "coder.english.WORD_AND_END": "a whole chunk of up to 1,000 characters",
    "coder.english.SUFFIX": "in a chunk of up to 300 characters",
    "coder.exporting.pack_signature.PUBLIC_KEY": "a line of a key file",
    "coder.workbook_cells.PROSE": "a formula of a workbook",
    "coder.workflow.checks.mending.OLD_TEMPORARY": "a whole file name",
    "coder.yaml_faults.DASH_ITEM": "at the beginning of a line",
}
# Of these only the letters' patterns see texts of any length; the others see headings, and the
# cells of columns that hold no comments.
LEFT_OUT = ("coder.reading.", "coder.codebook.", "coder.decisions.")


class TooSlowError(Exception):
    """The processor time that was allowed is used up."""


@contextmanager
def processor_time(seconds: float) -> Iterator[None]:
    """End what runs within after so many seconds of processor time, not of the clock."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def patterns() -> dict[str, re.Pattern[Any]]:
    """The patterns of the package's modules by name."""
    named: dict[str, re.Pattern[Any]] = {}
    for module in pkgutil.walk_packages(coder.__path__, "coder."):
        if module.name.startswith(LEFT_OUT) or module.name.endswith("__main__"):
            continue
        try:
            variables = vars(importlib.import_module(module.name))
        except ImportError:
            continue  # of a package that is not installed
        for name, value in variables.items():
            if isinstance(value, re.Pattern):
                named[f"{module.name}.{name}"] = value
    for number, (kind, pattern) in enumerate(PATTERNS):
        named[f"coder.reporting.redaction.PATTERNS[{number}] {kind}"] = pattern
    return named


def is_searched_in_comments(name: str) -> bool:
    return name not in OF_SHORT_TEXTS


@pytest.mark.parametrize("name", sorted(filter(is_searched_in_comments, patterns())))
def test_patterns_are_searched_in_time_about_linear_in_the_text(name: str) -> None:
    pattern = patterns_by_name[name]
    for piece in SOME:
        text: Any = "x" + piece * (PATTERN_LONG // len(piece)) + "\x00"
        if isinstance(pattern.pattern, bytes):
            text = text.encode()
        try:
            with processor_time(0.8):
                for _ in pattern.finditer(text):
                    pass
        except TooSlowError:
            pytest.fail(f"{name} takes too long on many times {piece!r}")


patterns_by_name = patterns()


def test_what_is_left_out_is_there() -> None:
    assert set(OF_SHORT_TEXTS) <= set(patterns_by_name)


def clauses_of(text: str) -> list[Span]:
    return split_clauses(text, Span(0, len(text)))


def sentences_in_french(text: str) -> list[list[Span]]:
    return sentences([text], "fr")


STEPS: dict[str, Callable[[str], object]] = {
    "sentences": lambda text: sentences([text]),
    "sentences in French": sentences_in_french,
    "clauses": clauses_of,
    "personal details": mask_details,
    "safe text": safe_text,
    "normal key": normal_key,
    "words": word_count,
    "stems": stem_words,
    "stems in Finnish": lambda text: stem_words(text, "fi"),
    "runs of characters": lambda text: count_runs([text]),
    "reason": lambda text: reason_of(ValueError(text)),
}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_ends_soon_on_every_long_text(step: str) -> None:
    sentences(["Où ? Là."], "fr")  # spaCy is imported once, not within the time
    for name, text in TEXTS.items():
        try:
            with processor_time(20):
                STEPS[step](text)
        except TooSlowError:
            pytest.fail(f"{step} takes too long on {name}")


# ---------------------------------------------------------------- the same results


def test_a_long_chunk_is_one_word_in_its_sentence() -> None:
    picture = "iVBORw0KGgo.AAAA!NSUh" * 100
    text = f"I want more police here {picture}! Close the pubs at night. Thank you very much."
    for language in ("en", "fr"):
        pieces = [text[start:end] for start, end in sentences([text], language)[0]]
        assert pieces == [
            f"I want more police here {picture}!",
            "Close the pubs at night.",
            "Thank you very much.",
        ]


def test_marks_alone_end_the_sentence_before_them() -> None:
    marks = "!" * (LONGEST_CHUNK + 1)
    text = f"I want more police {marks} Close the pubs at night."
    for language in ("en", "fr"):
        assert sentences([text], language)[0][1] == Span(text.index("Close"), len(text))
    assert sentence_starts(text) == [0, text.index("Close")]


def test_shortened_texts_keep_their_places() -> None:
    chunk = "a" * 2_000
    text = f"One {chunk}?! two {chunk} three"
    shortened = shorten(text, frozenset("!?."))
    assert shortened.text == "One word. two word three"
    assert shortened.places is not None
    for word in ("One", "two", "three"):
        place = shortened.places[shortened.text.index(word)]
        assert text.startswith(word, place)
    assert shortened.places[-1] == len(text)
    assert shorten("One two", frozenset(".")).places is None


def test_chunks_are_cut_only_where_they_are_too_long() -> None:
    longest = "b" * LONGEST_CHUNK
    assert cut_chunks(f"a {longest} c") == f"a {longest} c"
    assert cut_chunks(f"a {longest}b  c") == f"a {longest}  c"


def test_bullets_take_the_white_space_around_them() -> None:
    text = "More police on streets \t • \t• Fewer cars in town; close the pubs\n  ▪ Clean the parks"
    pieces = [text[start:end] for start, end in sentences([text])[0]]
    assert pieces == [
        "More police on streets",
        "Fewer cars in town",
        "close the pubs",
        "Clean the parks",
    ]


def test_clauses_have_five_words_on_both_sides() -> None:
    text = "I want more police here, but   I do not see them - no, not once (in many years now)"
    assert [text[start:end] for start, end in clauses_of(text)] == [
        "I want more police here,",
        "but   I do not see them -",
        "no, not once (in many years now)",
    ]


def test_of_details_that_overlap_the_first_kind_is_kept() -> None:
    text = "Write to a.b@www.example.org/page or 07700 900123, 07700 900456 or @someone_a"
    details = personal_details(text)
    assert [text[detail.start : detail.end] for detail in details] == [
        "a.b@www.example.org",
        "07700 900123",
        "07700 900456",
        "@someone_a",
    ]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("not a number: 'my own words'", "not a number"),
        ("can't be read (b'my own words')", "can't be read"),
        ("no quotation at all", "no quotation at all"),
        ("'my own words'", "ValueError"),
    ],
)
def test_reasons_end_before_what_they_quote(message: str, reason: str) -> None:
    assert reason_of(ValueError(message)) == reason


def test_letters_end_soon_whatever_their_last_line_holds() -> None:
    for text in (f"with {' ' * LONG}x", f"- {' ' * LONG}x", ", " * LONG):
        lines = [Piece("More police", "line 1", BODY), Piece(text, "line 2", BODY)]
        with processor_time(20):
            assert mark_signature(lines)


BOOK = """title: Police
themes:
  - {id: police, name: More police, keywords: [more police]}
  - {id: drugs, name: Drugs, keywords: [drugs]}
"""


def test_commands_end_on_a_file_of_odd_comments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("book.yaml").write_text(BOOK, encoding="utf-8")
    with Path("odd.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "comment"])
        for number, text in enumerate(TEXTS.values()):
            comment = f"{text[:2_000]} Stop the drugs {number}"
            rows.writerow([f"x{number}", comment.replace("\r", "\n")])
    commands = [
        ["read", "odd.csv", "--into", "odd"],
        ["apply", "odd", "--codebook", "book.yaml"],
        ["export", "odd", "--codebook", "book.yaml", "--to", "odd.md"],
        ["review", "odd", "--codebook", "book.yaml", "--status"],
        ["check", "odd"],
    ]
    for command in commands:
        with processor_time(60):
            result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.output
