"""Comments in another language than the codebook's are noticed, and those in its own are not."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from coder.cli import app
from coder.coding.language import find_foreign, join_foreign

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "police_and_crime_plan" / "comments.csv"
SHARED = ROOT.parent / "shared" / "data"
GERMAN = [
    "Es sollte mehr Polizei auf den Straßen geben, vor allem nachts.",
    "Ich fühle mich am Bahnhof nicht sicher, wenn es dunkel ist.",
    "Bitte mehr Busse am Sonntag, der letzte fährt schon um acht.",
    "Die Mieten sind viel zu hoch, junge Familien ziehen weg.",
    "Der Müll wird nicht abgeholt und niemand kümmert sich darum.",
    "Die Wartezeit beim Arzt war zu lang",
]
POLISH = [
    "Na ulicach powinno być więcej policji, zwłaszcza w nocy.",
    "Nie czuję się bezpiecznie na dworcu po zmroku.",
    "Czynsze są za wysokie i młode rodziny się wyprowadzają.",
    "Śmieci nie są odbierane i nikt się tym nie zajmuje.",
]
ARABIC = ["نحتاج إلى المزيد من رجال الشرطة في الشوارع ليلا", "الحافلات متأخرة دائما"]
CHINESE = ["晚上街上需要更多警察", "公交车总是晚点", "房租太贵了"]
ENGLISH = [
    "There should be more police on the streets, above all at night.",
    "The bus to town is always late and nobody tells us why.",
    "Rents are far too high, so young families are moving away.",
    "Parks, libraries, schools, roads, housing and jobs",
]


@pytest.mark.parametrize(
    ("texts", "guess"), [(GERMAN, "de"), (POLISH, "pl"), (ARABIC, "arabic"), (CHINESE, "cjk")]
)
def test_other_languages_are_found_among_english_ones(texts: list[str], guess: str) -> None:
    found = find_foreign([*ENGLISH, *texts], "en")
    assert found.rows == tuple(range(len(ENGLISH), len(ENGLISH) + len(texts)))
    assert found.guessed == {guess: len(texts)}


@pytest.mark.parametrize(
    ("texts", "language"),
    [(GERMAN, "de"), (POLISH, "pl"), (ARABIC, "ar"), (CHINESE, "zh"), (ENGLISH, "en")],
)
def test_a_codebook_in_the_comments_language_is_no_cause_for_concern(
    texts: list[str], language: str
) -> None:
    found = find_foreign(texts, language)
    assert found.judged == len(texts)
    assert found.rows == ()
    assert not find_foreign(texts, "xx").judged


def test_english_comments_against_a_german_codebook_are_found() -> None:
    found = find_foreign([*GERMAN, *ENGLISH[:3]], "de")
    assert found.rows == (6, 7, 8)
    assert found.noticeable


def test_short_comments_numbers_and_links_are_not_judged() -> None:
    found = find_foreign(
        ["", "Prima", "Zu teuer!", "2 300 45 12 8 19", "☹☹☹ 👎", "Łódź", "N/A"], "en"
    )
    assert found == (0, (), {})


def test_a_few_among_many_are_not_said() -> None:
    assert not find_foreign([*ENGLISH * 100, *GERMAN], "en").noticeable
    assert find_foreign([*ENGLISH * 50, *GERMAN], "en").noticeable


@pytest.mark.parametrize("size", [1, 4, 7])
def test_blocks_together_are_the_same_as_all_comments_at_once(size: int) -> None:
    texts = [*ENGLISH, *GERMAN, "", *ARABIC, "Too short", *POLISH, *GERMAN, *CHINESE]
    blocks = [texts[start : start + size] for start in range(0, len(texts), size)]
    joined = join_foreign(
        [find_foreign(block, "en") for block in blocks], [len(block) for block in blocks]
    )
    whole = find_foreign(texts, "en")
    assert joined == whole
    assert list(joined.guessed) == list(whole.guessed)
    assert joined.guessed["de"] == 2 * len(GERMAN)


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("und der die das bus", "de"),  # function words of one language only
        ("UND DER DIE DAS 99 🚌 -", None),  # numbers are no words, and four are too few
        ("og det er en bus", "nb"),  # as Danish as it is Norwegian: the last by code
        ("the and of to der", ""),
        ("bus tram train ferry plane", ""),
    ],
)
def test_function_words_of_short_comments(text: str, guess: str | None) -> None:
    found = find_foreign([text], "en")
    assert found.judged == (guess is not None)
    assert list(found.guessed) == [guess] * bool(guess)


def test_norwegian_is_not_another_language_than_its_two_forms() -> None:
    text = "Det er ikke noe av dette som vi vil ha"
    assert find_foreign([text], "en").guessed == {"nb": 1}
    assert find_foreign([text], "nb").rows == find_foreign([text], "no").rows == ()


def _real() -> list[tuple[str, str]]:
    polis = [(str(path), "comment-body") for path in sorted((SHARED / "polis").glob("*.csv"))]
    more = [
        ("patient_experience/neas/comments.csv", "text"),
        ("austin_community_survey/comments.csv", "text"),
    ]
    return [
        (str(EXAMPLE), "text"),
        *((str(SHARED / name), column) for name, column in more),
        *polis,
    ]


@pytest.mark.parametrize(("path", "column"), _real(), ids=lambda value: Path(value).stem)
def test_real_english_comments_are_left_in_peace(path: str, column: str) -> None:
    if not Path(path).is_file():
        pytest.skip(f"{path} is not here")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    texts = frame[
        column if column in frame else max(frame, key=lambda c: frame[c].str.len().mean())
    ]
    found = find_foreign(texts.tolist(), "en")
    assert found.judged > 0.6 * len(texts)
    assert len(found.rows) <= 0.006 * found.judged
    assert not found.noticeable


def _apply(folder: Path, texts: Sequence[str], language: str) -> tuple[str, dict[str, object]]:
    """What `coder apply` warns of, and its facts."""
    pd.DataFrame({"id": [f"c{i}" for i in range(len(texts))], "text": texts}).to_csv(
        folder / "in.csv", index=False
    )
    book = f"title: T\nlanguage: {language}\nthemes:\n  - {{id: police, name: Police}}\n  - {{id: bus, name: Bus}}\n"
    (folder / "book.yaml").write_text(book, encoding="utf-8")
    done = CliRunner().invoke(
        app, ["apply", str(folder / "in.csv"), "--codebook", str(folder / "book.yaml"), "--json"]
    )
    assert done.exit_code == 0, done.output
    return done.stderr, json.loads(done.stdout)


def test_apply_says_it_once_and_in_the_facts(tmp_path: Path) -> None:
    said, facts = _apply(tmp_path, [*ENGLISH, *GERMAN], "en")
    assert (
        "6 comments (60%) do not seem to be in the codebook's language (English, `language: en`)"
        in said
    )
    assert "most look like German. " in said
    assert "with `language: de`" in said
    assert said.count("codebook's language") == 1
    assert facts["other_language"] == {
        "comments": 6, "judged": 10, "noticeable": True, "guessed": {"de": 6},
        "comment_ids": ["c4", "c5", "c6", "c7", "c8", "c9"],
    }  # fmt: skip


def test_apply_says_nothing_where_the_languages_agree(tmp_path: Path) -> None:
    said, facts = _apply(tmp_path, GERMAN, "de")
    assert "codebook's language" not in said
    assert facts["other_language"]["comments"] == 0  # type: ignore[index]
