"""Categories: themes that only hold sub-themes. Never coded, never judged, counted from below."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook, Theme, codebook_yaml, compare_codebooks, read_codebook
from coder.decisions import category_columns, lay_over, standing_matrix
from coder.decisions.states import read_states, state_of, store_state
from coder.decisions.table import read_decision_table
from coder.errors import CoderError
from coder.reporting import Report
from report_helpers import report_of

BOOK = Codebook(
    title="Streets",
    themes=(
        Theme(
            id="safety",
            name="Safety",
            category=True,
            themes=(
                Theme(id="lights", name="Street lights"),
                Theme(
                    id="people",
                    name="People",
                    category=True,
                    themes=(Theme(id="drugs", name="Drugs"), Theme(id="noise", name="Noise")),
                ),
                Theme(id="history", name="History", aggregate=False),
            ),
        ),
        Theme(id="roads", name="Roads"),
    ),
)
IDS = [f"c{number:02d}" for number in range(40)]
# What reviewers found: the number of comments, from the first, that carry each theme.
CARRYING = {"lights": 4, "drugs": 10, "noise": 2, "history": 20, "roads": 30}


def judgements_of(counts: dict[str, int], judged: int = len(IDS)) -> pd.DataFrame:
    rows = []
    for theme_id, carrying in counts.items():
        for number, comment_id in enumerate(IDS[:judged]):
            rows.append(
                {
                    "project": "p",
                    "comment_id": comment_id,
                    "text_hash": "",
                    "theme_id": theme_id,
                    "present": number < carrying,
                    "positions": (),
                    "reviewer": "amira",
                    "mode": "blind",
                    "chosen": "random",
                    "whole": True,
                    "adjudicated": False,
                    "decided_at": "2026-01-01T00:00:00+00:00",
                    "decision_id": "",
                    "text": "",
                }
            )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def report() -> Report:
    comments = pd.DataFrame(
        {
            "comment_id": IDS,
            "text": [f"Please look at the street by number {number}" for number in range(40)],
            "source": "Survey",
            "role": "public",
            "status": "analysed",
            "reason": "",
            "weight": np.nan,
            "campaign_id": "",
            "question": "",
        }
    )
    return report_of(comments, None, BOOK, judgements_of(CARRYING))


def test_a_category_is_not_among_the_themes_that_are_coded() -> None:
    assert BOOK.theme_ids == ("lights", "drugs", "noise", "history", "roads")
    assert not BOOK.theme("people").is_coded


def test_a_category_counts_the_comments_of_its_sub_themes_once(report: Report) -> None:
    counts = report.themes.set_index("theme_id")["n"].to_dict()
    assert counts["people"] == 10
    assert counts["safety"] == 10  # lights lie within drugs; history is aggregate: false
    assert counts["roads"] == 30


def test_where_every_sub_theme_is_judged_so_is_the_category(report: Report) -> None:
    row = report.themes.set_index("theme_id").loc["safety"]
    assert row["low"] == row["high"] == row["percent"] == 25.0
    assert report.matrix.judged.all()


def test_a_category_stays_open_where_a_sub_theme_was_not_judged() -> None:
    keys = [(node.theme.id, "") for node in BOOK.nodes]
    judgements = judgements_of({"drugs": 1}, judged=2)
    matrix = standing_matrix(IDS[:2], keys, None, judgements).rolled_up(BOOK)
    people = keys.index(("people", ""))
    assert matrix.judged[:, people].tolist() == [True, False]
    assert matrix.value[:, people].tolist() == [1, 0]


def test_labels_without_a_row_for_the_category_reach_the_theme_above_it() -> None:
    inner = Theme(id="in", name="In", category=True, themes=(Theme(id="leaf", name="Leaf"),))
    book = Codebook(title="T", themes=(Theme(id="top", name="Top", themes=(inner,)),))
    labels = pd.DataFrame(
        {
            "comment_id": ["c", "c"],
            "theme_id": ["top", "leaf"],
            "position_id": ["", ""],
            "probability": [0.1, 0.9],
            "assigned": [False, True],
            "origin": ["model", "model"],
        }
    )
    stands = lay_over(
        labels, judgements_of({}).reindex(columns=[*judgements_of({"leaf": 0})]), book
    )
    assert stands["assigned"].tolist() == [True, True]


def test_category_columns_are_the_deepest_first() -> None:
    keys = [(node.theme.id, "") for node in BOOK.nodes]
    named = []
    for category, members in category_columns(keys, BOOK):
        named.append((keys[category][0], {keys[member][0] for member in members}))
    assert named == [("people", {"drugs", "noise"}), ("safety", {"lights", "people"})]


def test_codebooks_without_categories_keep_their_fingerprint() -> None:
    plain = Codebook(title="T", themes=(Theme(id="a", name="A"),))
    assert plain.fingerprint == "be5dc035c067a5c1"
    marked = plain.model_copy(update={"themes": (*plain.themes, BOOK.themes[0])})
    assert "category" not in plain.model_dump(mode="json")["themes"][0]
    assert marked.model_dump(mode="json")["themes"][1]["category"] is True


def test_the_mark_is_written_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(codebook_yaml(BOOK), encoding="utf-8")
    assert read_codebook(path) == BOOK
    store_state(tmp_path, BOOK)
    stored = read_states(tmp_path, {BOOK.fingerprint})[BOOK.fingerprint]
    assert stored == state_of(BOOK)
    assert stored.coded == set(BOOK.theme_ids)


def test_a_comparison_tells_of_the_mark() -> None:
    plain = BOOK.themes[0].model_copy(update={"category": False})
    before = BOOK.model_copy(update={"themes": (plain, BOOK.themes[1])})
    (change,) = compare_codebooks(before, BOOK)
    assert change.details == ("category: False, now True",)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("category: true", "6:5: category: it counts its sub-themes, and has none"),
        (
            "category: true\n    themes: [{id: b, name: B, aggregate: false}]",
            "6:5: category: it counts its sub-themes, and has none",
        ),
        (
            "category: true\n    keywords: [x]\n    themes: [{id: b, name: B}]",
            "7:5: keywords: a category is never coded itself",
        ),
        (
            "category: true\n    fallback: true\n    themes: [{id: b, name: B}]",
            "7:5: fallback: a category is never coded itself",
        ),
    ],
)
def test_what_a_category_cannot_be(tmp_path: Path, lines: str, fault: str) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(
        f"title: T\nthemes:\n  - {{id: a, name: A}}\n  - id: c\n    name: C\n    {lines}\n",
        encoding="utf-8",
    )
    with pytest.raises(CoderError) as error:
        read_codebook(path)
    assert fault in error.value.problem


def test_nobody_decides_on_a_category() -> None:
    table = pd.DataFrame({"comment_id": ["c"], "themes": ["people"]})
    with pytest.raises(CoderError, match="'people' is a category: name one of its sub-themes"):
        read_decision_table(table, BOOK)
