"""The ledger adds up, per source and in all, whatever was read (B1, B2)."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import tables
from coder.errors import CoderError
from coder.project import Project, Settings, Source
from coder.reading.exclusions import Rules, mark_comments
from coder.reading.merge import merge
from coder.reading.reader import read_files

EXAMPLE = Path(__file__).parents[1] / "examples" / "police_and_crime_plan" / "comments.csv"
PAGES = Path(__file__).parents[2] / "shared" / "data" / "talk_london"
EXCLUDED = [f"excluded_{reason}" for reason in tables.REASONS]


def adds_up(account: pd.DataFrame, comments: pd.DataFrame) -> None:
    assert (account["received"] == account["analysed"] + account[EXCLUDED].sum(axis=1)).all()
    sources, total = account.iloc[:-1], account.iloc[-1]
    assert total["source"] == "all"
    for column in ("received", "analysed", *EXCLUDED):
        assert total[column] == sources[column].sum(), f"the sources' {column} make the total"
    assert total["received"] == len(comments)
    assert total["analysed"] == len(tables.analysed(comments))


def test_b2_the_examples_ledger(tmp_path: Path) -> None:
    merged = merge(Settings(name="p"), None, read_files([EXAMPLE]))
    project = Project(tmp_path / "p")
    project.write(merged.settings, merged.comments)
    adds_up(tables.ledger(merged.comments), merged.comments)
    with (project.folder / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["source"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["Talk London", "Representative Poll", "Boost Poll", "all"]
    assert {name: int(rows["all"][name]) for name in ("received", "excluded_empty", "analysed")} == {
        "received": 470, "excluded_empty": 4, "analysed": 416,
    }  # fmt: skip
    assert int(rows["all"]["excluded_non_substantive"]) == 42
    assert int(rows["all"]["excluded_duplicate"]) == 8
    for row in rows.values():
        assert int(row["received"]) == int(row["analysed"]) + sum(
            int(row[name]) for name in EXCLUDED
        )


@pytest.mark.skipif(not PAGES.is_dir(), reason="the saved Talk London pages are not here")
def test_b2_pages_and_polls_together() -> None:
    pages = [*PAGES.glob("000_*.txt"), *PAGES.glob("003_*.txt")]
    merged = merge(Settings(name="p"), None, read_files([*pages, EXAMPLE]))
    account = tables.ledger(merged.comments)
    adds_up(account, merged.comments)
    by_source = account.set_index("source")
    assert by_source.loc[pages[0].stem, ["received", "excluded_official", "analysed"]].tolist() == [
        13,
        1,
        12,
    ]
    assert by_source.loc[pages[1].stem, ["received", "excluded_official", "excluded_deleted", "analysed"]].tolist() == [
        32, 2, 1, 29,
    ]  # fmt: skip


def test_an_exclusion_can_be_reversed_and_nothing_is_deleted() -> None:
    results = read_files([EXAMPLE])
    first = merge(Settings(name="p"), None, results, exclude={"TL-0001": "out_of_scope"})
    assert tables.ledger(first.comments).iloc[-1]["excluded_out_of_scope"] == 1
    second = merge(first.settings, first.comments, [], keep=["TL-0001"])
    assert tables.ledger(second.comments).iloc[-1]["excluded_out_of_scope"] == 0
    assert second.settings.exclude == {}
    assert second.comments["text"].tolist() == first.comments["text"].tolist()
    assert tables.ledger(second.comments).iloc[-1]["analysed"] == 416


row = st.tuples(
    st.sampled_from(["A", "B", "a very long source name"]),
    st.sampled_from(
        ["More police", "No", "", "-", "Please bring back the night bus", "n/a\n", "👍"]
    ),
    st.sampled_from(["public", "official"]),
    st.sampled_from(["x", "y", ""]),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(row, min_size=1, max_size=30), st.data())
def test_any_comments_add_up(rows: list[tuple[str, str, str, str]], data: st.DataObject) -> None:
    comments = pd.DataFrame(rows, columns=["source", "text", "role", "person"]).assign(
        comment_id=[str(n) for n in range(len(rows))], status="", reason="", weight=float("nan"), campaign_id="",
        question="",
    )  # fmt: skip
    sources = [
        Source(
            name=name,
            file="f",
            sha256="",
            format="csv",
            rows=1,
            columns={"respondent": "person"},
            person=("person",),
        )
        for name in sorted({row[0] for row in rows})
    ]
    ids = data.draw(st.lists(st.sampled_from(comments["comment_id"].tolist()), unique=True))
    keep, exclude = ids[: len(ids) // 2], ids[len(ids) // 2 :]
    rules = Rules(keep=keep, exclude=dict.fromkeys(exclude, "out_of_scope"))
    marked = mark_comments(comments, sources, rules).comments
    adds_up(tables.ledger(marked), marked)
    assert set(marked.loc[marked["status"] == tables.EXCLUDED, "reason"]) <= set(tables.REASONS)
    assert set(marked.loc[marked["status"] == tables.ANALYSED, "reason"]) <= {""}


def test_a_ledger_that_does_not_add_up_is_refused() -> None:
    comments = pd.DataFrame({"source": ["A"], "status": ["excluded"], "reason": ["whim"]})
    with pytest.raises(CoderError, match="received is not analysed plus excluded"):
        tables.ledger(comments)
