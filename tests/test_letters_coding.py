"""Letters coded and quoted: by passage, without what is not their writers' own words, with places."""

from pathlib import Path

import pandas as pd
import pytest

from coder import tables
from coder.places import Places, own_texts
from coder.reporting.quote_spans import find_spans
from coder.text import Span
from coder.workflow.apply import apply
from coder.workflow.cluster import cluster
from coder.workflow.export import export
from coder.workflow.read import read
from made_letters import make_pdf, write_all

CODEBOOK = """
title: Made-up letters
themes:
  - id: bikes
    name: Bicycle theft
    definition: Bicycles are stolen and nobody looks for them.
    keywords: [bicycle theft, stolen bikes, bike]
  - id: knives
    name: Knife crime
    definition: Young people carry knives and are hurt by them.
    keywords: [knife crime, knives]
"""
FILLER = (
    "Our association meets every month in the church hall, and its members have read the paper with care. "
    "The paper was discussed at length, and the minutes were agreed by all who were present at the meeting. "
)
BIKES = "Bicycle theft is out of control here: three bikes were stolen in May and nobody came to look for them."
KNIVES = (
    "Knife crime among young people is what frightens us most, and knives are carried to school."
)


def a_letter(on_page_four: str) -> bytes:
    """Five pages, whose header is about another theme."""
    pages = [[FILLER * 2, FILLER, FILLER * 2] for _ in range(5)]
    pages[3].insert(1, on_page_four)
    pages[4].extend(["Yours faithfully,", "Ann Smith, Stop Knife Crime Now"])
    return make_pdf(pages, header="Stop knife crime now", footer="Page {page} of {pages}")


def a_reply(own: str) -> bytes:
    return f"From: a@example.org\n\n{own}\n\nOn Fri, 13 Mar 2026 at 10:00, Team <t@example.org> wrote:\n> {KNIVES}\n".encode()


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("letters")
    files = {f"long{n}.pdf": a_letter(BIKES) for n in range(4)}
    files |= {f"other{n}.pdf": a_letter(FILLER) for n in range(4)}
    files |= {f"mail{n}.eml": a_reply(f"{BIKES} This is letter {n}.") for n in range(3)}
    files |= {f"dull{n}.eml": a_reply(f"{FILLER} This is letter {n}.") for n in range(3)}
    files["knives.pdf"] = make_pdf(
        [["Dear team, this is what we think of the plan as parents of two boys."], [KNIVES]]
    )
    write_all(home / "in", files)
    (home / "book.yaml").write_text(CODEBOOK)
    read(home / "in", home / "plan")
    apply(home / "plan", home / "book.yaml")
    return home / "plan"


def assigned(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "labels.csv", keep_default_na=False)


def test_a_theme_on_the_fourth_page_is_found_there(project_folder: Path) -> None:
    labels = assigned(project_folder)
    bikes = labels[labels["theme_id"] == "bikes"].set_index("comment_id")
    assert set(bikes.index) == {f"long{n}.pdf" for n in range(4)} | {
        f"mail{n}.eml" for n in range(3)
    }
    of_letter = bikes.loc["long0.pdf"]
    assert of_letter["evidence"] == BIKES
    assert of_letter["evidence_place"] == "page 4"
    assert bikes.loc["mail0.eml", "evidence_place"] == "paragraph 1"


def test_headers_and_quoted_mails_give_no_theme(project_folder: Path) -> None:
    labels = assigned(project_folder)
    assert set(labels.loc[labels["theme_id"] == "knives", "comment_id"]) == {"knives.pdf"}


def test_evidence_is_the_letters_own_text(project_folder: Path) -> None:
    texts = pd.read_parquet(project_folder / "comments.parquet").set_index("comment_id")["text"]
    for row in assigned(project_folder).itertuples():
        assert texts[row.comment_id][row.evidence_start : row.evidence_end] == row.evidence


def test_quotes_name_their_page_in_every_document(project_folder: Path) -> None:
    book = project_folder.parent / "book.yaml"
    out = project_folder.parent / "out"
    out.mkdir()
    names = ["themes.csv", "themes.md", "themes.html", "themes.json"]
    outcome = export(project_folder, *[out / name for name in names], codebook=book)
    quotes = outcome.report.quotes
    tables.check(quotes, tables.QUOTES)
    of_letters = quotes[quotes["comment_id"].str.endswith(".pdf")]
    assert len(of_letters)
    assert of_letters["place"].tolist() == ["page 2"]
    assert not quotes["quote"].str.contains("Team|Stop knife|Page 4").any()
    for name in ("themes.md", "themes.html"):
        assert ".pdf, page 2" in (out / name).read_text("utf-8")
    table = pd.read_csv(out / "themes.csv")
    assert table["quote_1_place"].tolist() == ["paragraph 1", "page 2"]


def test_a_project_without_letters_has_no_column_of_places(
    tmp_path: Path, project_folder: Path
) -> None:
    (tmp_path / "survey.csv").write_text(f'comment\n"{BIKES}"\n"{KNIVES}"\n"{FILLER}"\n')
    read(tmp_path / "survey.csv", tmp_path / "plan")
    apply(tmp_path / "plan", project_folder.parent / "book.yaml")
    assert "evidence_place" not in assigned(tmp_path / "plan")
    report = export(
        tmp_path / "plan", tmp_path / "a.csv", codebook=project_folder.parent / "book.yaml"
    ).report
    assert "place" not in report.quotes
    assert not any(name.endswith("_place") for name in report.themes)


def test_groups_are_of_own_words_too(tmp_path: Path) -> None:
    words = [
        "parks",
        "buses",
        "bikes",
        "trains",
        "lights",
        "knives",
        "noise",
        "litter",
        "trees",
        "streets",
        "shops",
        "schools",
    ]
    files = {}
    for number in range(36):
        word = words[number % 12]
        files[f"m{number}.eml"] = a_reply(
            f"Please do more for the {word} near house {number}, we need {word} here."
        )
    write_all(tmp_path / "in", files)
    read(tmp_path / "in", tmp_path / "plan")
    clustering = cluster(tmp_path / "plan").clustering
    assert not any("frightens" in candidate.keywords for candidate in clustering.candidates)


# ---------------------------------------------------------------- places


def places_of(*rows: tuple[int, int, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["start", "end", "place", "part"])
    return table.assign(comment_id="a")


def test_a_range_is_named_by_the_pages_that_it_is_on() -> None:
    places = Places(
        places_of((0, 10, "page 1", "body"), (10, 20, "page 2", "body"), (20, 30, "page 3", "body"))
    )
    assert places.name("a", 0, 10) == "page 1"
    assert places.name("a", 5, 11) == "page 1 to page 2"
    assert places.name("a", 5, 25) == "page 1 to page 3"
    assert places.name("a", -1, -1) == ""
    assert places.name("b", 0, 5) == ""


def test_own_words_stand_where_they_stood() -> None:
    text = "Head\n\nWords of mine.\n\n> theirs\n> too\n\nMine again."
    marked = [
        (0, 6, "h", "header"),
        (6, 22, "p", "body"),
        (22, 38, "q", "quoted"),
        (38, len(text), "p", "body"),
    ]
    comments = pd.DataFrame({"comment_id": ["a", "b"], "text": [text, text]})
    own, other = own_texts(comments, places_of(*marked))
    assert other == text
    assert len(own) == len(text)
    assert own.split() == ["Words", "of", "mine.", "Mine", "again."]
    assert own.count("\n") == text.count("\n")
    assert own.index("Mine again") == text.index("Mine again")


def test_a_letter_of_nothing_else_keeps_its_words() -> None:
    places = Places(places_of((0, 6, "p", "quoted")))
    assert places.own_words("a", "Quoted") == "Quoted"


def test_no_quote_reaches_over_what_is_marked() -> None:
    before, after = "The first sentence says a few words.", "The next sentence says a few others."
    text = f"{before}\n\n{' ' * 10}\n\n{after}"
    marked = [Span(len(before) + 2, len(before) + 12)]
    start = text.index(after)
    spans = find_spans(
        [text, text], [Span(0, len(before)), Span(start, len(text))], "en", [marked, marked]
    )
    assert [[text[start:end] for start, end in own] for own in spans] == [[before], [after]]
