"""The guide's table of faults names tests that exist; and the tests of faults that have no better place."""

import re

import pytest

from coder.keywords import match_keywords
from coder.text import sentences
from fuzz.made_files import project_files
from fuzz.values import CANARY
from guide_blocks import GUIDE, ROOT

ROW = re.compile(r"^\| (\d+) \|.*\| (.+) \| (holds|does not apply) \|$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
# Comments are what these files are for; the last ones hold what commands print, to print it again.
HOLD_COMMENTS = (
    "answers.csv",
    "drafted.yaml",
    "plan.decisions/",
    "plan/candidates.yaml",
    "plan/labels.csv",
    "themes",
    "plan/cache/results/",
)
SEVERAL_CHARACTERS = ("👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽", "🇬🇧", "é", "1️⃣")


def rows() -> list[tuple[str, str, str]]:
    return ROW.findall((GUIDE / "faults.md").read_text("utf-8"))


def test_the_table_has_every_fault() -> None:
    assert [int(number) for number, _, _ in rows()] == list(range(1, 33))


def test_every_test_that_the_table_names_exists() -> None:
    missing = []
    for number, tests, result in rows():
        named = NAMED.findall(tests)
        assert bool(named) == (result == "holds"), number
        for file, name in named:
            path = ROOT / "tests" / file
            if not path.is_file() or f"def {name}(" not in path.read_text("utf-8"):
                missing.append((number, file, name))
    assert missing == []


@pytest.mark.parametrize("sign", SEVERAL_CHARACTERS)
def test_no_sentence_ends_inside_an_emoji(sign: str) -> None:
    texts = []
    for between in ("", " ", ". ", "! ", "\n", "; "):
        texts.append(
            f"We want lights here{between}{sign}{sign}{between}and benches there. {sign} More of them!"
        )
        texts.append(f"{sign}{between}Yes please {sign}.{sign}{between}No more cars {sign}")
    for text, spans in zip(texts, sentences(texts), strict=True):
        inside = set()
        for match in re.finditer(re.escape(sign), text):
            inside.update(range(match.start() + 1, match.end()))
        for span in spans:
            assert span.start not in inside
            assert span.end not in inside


@pytest.mark.parametrize("keyword", ["(a+)+$", "(a|aa)+b", "a.*b", "[a-z]+"])
def test_a_keyword_is_no_pattern(keyword: str) -> None:
    # As a pattern the first would take longer than the universe is old.
    assert match_keywords("a" * 5000 + "!", [keyword]) == []


def test_comments_are_only_in_files_that_are_for_comments() -> None:
    elsewhere = []
    for name, content in project_files().items():
        is_plain = not name.endswith((".zip", ".xlsx", ".qdpx", ".parquet"))
        if is_plain and CANARY.encode() in content and not name.startswith(HOLD_COMMENTS):
            elsewhere.append(name)
    assert elsewhere == []
    assert any(name.startswith("plan/runs/") for name in project_files())
