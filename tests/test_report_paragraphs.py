"""Paragraphs state no more than their counts bear, and the analyst's draft of them is kept."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Codebook, Theme
from coder.errors import CoderError
from coder.project import Settings
from coder.reporting import Report
from coder.reporting.draft_file import DRAFT_FILE, parse_draft
from coder.reporting.drafted_paragraphs import draft_warnings, render_draft
from coder.reporting.hedges import choose_word
from coder.workflow.draft import write_draft
from report_helpers import report_of
from test_report_estimates import judge

LINES = ("vetting and dismissal", "outside scrutiny", "strip searches")
BOOK = Codebook(
    title="Plan",
    version=1,
    language="en",
    themes=(Theme(id="big", name="Conduct", includes=LINES), Theme(id="middle", name="Roads"), *(Theme(id=k, name=k) for k in ("near", "small", "two"))),
)  # fmt: skip
SAID = [
    "Vetting must be much better for every officer.",
    "Somebody outside has to look at complaints.",
    "Strip searches of children must end.",
    "They should behave.",
]
NUMBERS = (20, 8, 3, 9)  # comments of the theme that say each
N = 160


def make_report(quotes: int = 2, **more: object) -> Report:
    """Forty comments on conduct and forty on roads; eighty on something else. All are decided."""
    texts = [text for text, number in zip(SAID, NUMBERS, strict=True) for _ in range(number)]
    texts += [
        f"{'Cyclists' if i % 4 else 'Lorries'} on the pavement at {i} again" for i in range(40)
    ]
    texts += [f"Nothing of the kind number {i}" for i in range(N - len(texts))]
    ids = [f"c{i:04d}" for i in range(N)]
    comments = pd.DataFrame(
        {
            "comment_id": ids, "text": texts, "source": "Web", "role": "public", "status": "analysed", "reason": "",
            "weight": np.nan, "campaign_id": "", "question": "", "declined": ["yes" if i == 0 else "" for i in range(N)],
        }
    )  # fmt: skip
    truth = np.zeros((N, 7), dtype=bool)
    truth[:40, 0], truth[40:80, 1] = True, True
    rows = [(ids[i], "big", LINES[SAID.index(texts[i])], 0, len(texts[i]), 0.6) for i in range(31)]
    listed = pd.DataFrame(rows, columns=["comment_id", "theme_id", "line", "start", "end", "score"])
    return report_of(
        comments, None, BOOK, judge(truth, np.arange(N), "listed"), listed=listed, quotes=quotes,
        settings=Settings(name="p", text_declined="declined"), **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def report() -> Report:
    return make_report()


def text_of(report: Report, theme_id: str = "big") -> str:
    return " ".join(sentence.text for sentence in report.paragraphs[theme_id, ""])


def test_words_have_their_declared_meaning_and_uncertainty_weakens_them() -> None:
    exact = [choose_word(n, 100, is_exact=True) for n in (51, 50, 26, 25, 11, 10, 1)]
    assert exact == ["most", "many", "many", "some", "some", "a few", "a few"]
    assert choose_word(55, 100, is_exact=False) == "many"
    assert choose_word(55_000, 100_000, is_exact=False) == "most"


def test_a_paragraph_says_what_was_counted_and_nothing_under_the_threshold(report: Report) -> None:
    text = text_of(report)
    assert (
        "Many comments mentioned vetting and dismissal (20 of the 40 coded with the theme)" in text
    )
    assert "Some comments mentioned outside scrutiny (8)" in text
    assert "strip searches" not in text  # three comments
    assert "None of these was found in 12 comments." in text
    for sentence in report.paragraphs["big", ""][1:]:
        stated = {int(number) for number in re.findall(r"\d+", sentence.text)}
        assert stated <= {fact.n for fact in sentence.facts}


def test_without_a_list_the_words_of_the_comments_are_counted(report: Report) -> None:
    aspects = report.aspects["middle", ""].aspects
    texts = dict(zip(report.comments["comment_id"], report.comments["text"], strict=True))
    assert aspects
    for aspect in aspects:
        named = re.findall("“(.+?)”", aspect.name)
        assert any(word in texts[each].lower() for each in aspect.comment_ids for word in named)
    assert "used words such as" in text_of(report, "middle")


def test_who_declined_is_counted_and_not_quoted_and_without_quotes_nobody_is(
    report: Report,
) -> None:
    aspects = report.aspects["big", ""].aspects
    assert "c0000" in aspects[0].comment_ids
    assert aspects[1].quote is not None
    assert all(each.quote is None or each.quote.comment_id != "c0000" for each in aspects)
    bare = make_report(quotes=0)
    assert all(each.quote is None for each in bare.aspects["big", ""].aspects)


def edited(report: Report, *changes: tuple[str, str]) -> Report:
    """The report with an edited draft of it."""
    text = render_draft(report)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return replace(report, draft=parse_draft(Path(DRAFT_FILE), text))


def test_what_the_analyst_wrote_is_published_and_a_moved_count_is_marked(report: Report) -> None:
    sentence = "Some comments mentioned outside scrutiny (8)."
    mine = edited(
        report, (sentence, "Several wanted others\n  to look."), ("| 20 vetting", "| 19 vetting")
    )
    text = text_of(mine)
    assert "Several wanted others to look." in text
    assert sentence not in text
    cautions = [each.caution for each in mine.paragraphs["big", ""] if each.caution]
    assert cautions == ["Check: vetting and dismissal: was 19, now 20"]
    assert "big" in draft_warnings(mine)[0]
    assert draft_warnings(edited(report, (sentence, "Others."))) == []


def test_a_new_draft_keeps_what_was_written_and_dropped(report: Report) -> None:
    dropped = re.search(
        r"None of these was found in 12 comments\. <!--.*?-->", render_draft(report)
    )
    assert dropped is not None
    mine = edited(
        report,
        (dropped[0], ""),
        ("Some comments mentioned outside", "Mine of outside"),
        ("<!-- theme middle", "My own.\n<!-- theme middle"),
    )
    again = render_draft(mine)
    assert "Mine of outside" in again
    assert "My own." in again
    assert "None of these was found in 12" not in again
    assert render_draft(replace(mine, draft=parse_draft(Path(DRAFT_FILE), again))) == again


def test_a_changed_definition_is_said(report: Report) -> None:
    mine = edited(report)
    themes = [replace_definition(theme) for theme in BOOK.themes]
    changed = replace(mine, codebook=BOOK.model_copy(update={"themes": tuple(themes)}))
    assert "definition has changed" in changed.paragraphs["big", ""][0].caution


def replace_definition(theme: Theme) -> Theme:
    return theme.model_copy(update={"definition": "Another one."})


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("| 20 vetting", "| twenty vetting", "does not begin with a count"),
        ("<!-- theme middle", "<!-- theme big", "has a paragraph already"),
        ("# Plan", "Hello", "before the first theme"),
    ],
)
def test_a_broken_mark_is_one_clear_error(
    report: Report, before: str, after: str, fault: str
) -> None:
    with pytest.raises(CoderError, match=rf"report\.md: line \d+: .*{fault}"):
        edited(report, (before, after))


def test_an_earlier_draft_is_kept_beside_the_new_one(report: Report, tmp_path: Path) -> None:
    path = write_draft(tmp_path, report)
    first = path.read_text(encoding="utf-8").replace("Some comments mentioned outside", "Mine of")
    path.write_text(first, encoding="utf-8")
    write_draft(tmp_path, make_report(minimum_cell=3))
    assert (tmp_path / "report-1.md").read_text(encoding="utf-8") == first
    assert "Mine of" in path.read_text(encoding="utf-8")
    assert "strip searches (3)" in path.read_text(encoding="utf-8")
