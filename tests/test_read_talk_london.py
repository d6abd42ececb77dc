"""Talk London pages: requirements A1 to A16, on the saved pages where they lie and on pages made up here."""

from html import escape
from pathlib import Path

import pytest

from coder.errors import CoderError
from coder.project import Settings
from coder.reading.formats.talk_london_html import text_of_html
from coder.reading.merge import ReadResult, merge
from coder.reading.options import Columns
from coder.reading.reader import read_comments, read_files
from coder.workflow.read import read

PAGES = Path(__file__).parents[2] / "shared" / "data" / "talk_london"
saved = pytest.mark.skipif(not PAGES.is_dir(), reason="the saved Talk London pages are not here")


def page(number: str) -> ReadResult:
    (path,) = PAGES.glob(f"{number}_*.txt")
    return read_comments(path)


def text_of(result: ReadResult, comment_id: str) -> str:
    rows = result.comments.set_index("comment_id")
    return str(rows.loc[comment_id, "text"])


AVATARS = """Mayor’s plan for parks

Stage: Policy published

12 Londoners have responded | 01/02/2021 - 03/04/2021

Parks

What do you think?
  • What should parks have more of?
  • How will we know?

The discussion ran from 1 February 2021 - 3 April 2021

Already have an account?

Log into your account
Comments (4)

Avatar for - Red fox

More benches in every park and, while we are at it, more bins that are emptied more than once in a...

Show full comment

More benches in every park and, while we are at it, more bins that are emptied more than once in a month.

• lights
• water

Show less of comment

Avatar for - Red fox

The survey is full of loaded questions.

Avatar for -

Thank you all. We read every comment.

Talk London

Avatar for -

Leave the parks alone…
3 likes

Staying safe

Your safety and wellbeing is important to us.

Londoners have responded 11 times
"""

AUTHORS = """Mayor’s plan for parks
Closed
12 Londoners have responded | 01/02/2025 - 03/04/2025

Discussions
Join the conversation
- What should parks have more of?
Community guidelines
Anything you publish will appear almost right away.
Read our guidelinesStaying safe
Join Talk LondonAlready have an account?
Log into your accountJo B
Community Member 5 months agoMore benches in every park and, while we are at it, more bins that are...
Show full commentMore benches in every park and, while we are at it, more bins that are emptied.
Show less of commentAnd water taps.
kay_1
Official Representative an hour agoThank you, Jo B.
Anonymous - deleted by community member
Community Member 1 year 2 months agoLee
Community Member 2 days agoLights
for runners
Lights
for runners
Mo
Community Member 1 week agoI agree.
Show full commentI agree.
Show less of comment"""


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


# ---------------------------------------------------------------- the saved pages


@saved
def test_a1_page_000_has_13_entries() -> None:
    result = page("000")
    assert len(result.comments) == 13
    assert result.comments["comment_id"].tolist() == [
        f"talk-london-000-{n:02d}" for n in range(1, 14)
    ]


@saved
def test_a1_page_001_has_no_comments_and_says_so() -> None:
    with pytest.raises(CoderError, match="is a Talk London page without any comments"):
        page("001")


@saved
def test_among_several_pages_one_without_comments_is_named_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    outcome = read(sorted(PAGES.glob("*.txt")), tmp_path / "pages")
    assert len(outcome.files) == 2
    (left_out,) = [note for note in outcome.notes if "without any comments" in note]
    assert "001_" in left_out
    assert left_out.endswith("It was not read.")


@saved
def test_a_source_that_lost_its_comments_is_not_passed_over(tmp_path: Path) -> None:
    """Else its old comments would stay and nobody would know."""
    with_comments, without, other = sorted(PAGES.glob("*.txt"))
    copy = tmp_path / "page.txt"
    copy.write_bytes(with_comments.read_bytes())
    read([copy, other], tmp_path / "pages")
    copy.write_bytes(without.read_bytes())
    with pytest.raises(CoderError, match="without any comments"):
        read([copy, other], tmp_path / "pages")


@saved
def test_a1_a_count_that_differs_from_the_pages_own_is_an_error(tmp_path: Path) -> None:
    (path,) = PAGES.glob("000_*.txt")
    changed = path.read_text(encoding="utf-8").replace("Comments (13)", "Comments (14)")
    with pytest.raises(CoderError, match=r"says Comments \(14\), but 13 were found"):
        read_comments(written(tmp_path, "p.txt", changed))


@saved
@pytest.mark.parametrize("number", ["000", "003"])
def test_a2_a6_a7_each_text_once_without_previews_and_markers(number: str) -> None:
    texts = page(number).comments["text"].tolist()
    for text in texts:
        for marker in ("Show full", "Show less", "Avatar for", "Community Member", "months ago"):
            assert marker not in text
        assert not text.rstrip().endswith("..."), "a preview was kept"
        opening = text[:60]
        assert not opening or text.count(opening) == 1, "a text was kept twice"
    assert len([text for text in texts if text]) == len({text for text in texts if text})


@saved
def test_a3_avatars_are_kept_and_tell_nobody_apart() -> None:
    result = page("000")
    assert result.comments["avatar"].value_counts().to_dict() == {
        "Tiger": 5, "Sumatran elephant": 4, "Monarch butterfly": 1, "Amur leopard": 1, "": 2,
    }  # fmt: skip
    assert result.sources[0].person == ()
    assert set(result.comments["author"]) == {""}


@saved
def test_a4_a_blank_avatar_is_official_only_when_signed() -> None:
    rows = page("000").comments
    blank = rows[rows["avatar"] == ""]
    assert blank["role"].tolist() == ["official", "public"]
    assert rows["role"].value_counts().to_dict() == {"public": 12, "official": 1}
    official = rows[rows["role"] == "official"].iloc[0]
    assert (official["status"], official["reason"]) == ("excluded", "official")
    assert official["text"].endswith("\n\nTalk London")


@saved
def test_a5_page_003_has_32_entries_by_these_authors() -> None:
    result = page("003")
    rows = result.comments
    assert len(rows) == 32
    counted = rows[rows["status"] == "analysed"]
    assert len(counted) == 29
    authors = counted["author"].value_counts().to_dict()
    assert len(authors) == 21
    assert {name: n for name, n in authors.items() if n > 1} == {
        "livehere": 5,
        "WorkingDad": 4,
        "amina_3456": 2,
    }
    official = rows[rows["role"] == "official"]
    assert official["author"].tolist() == ["Alex from MOPAC"] * 2
    deleted = rows[rows["author"].str.startswith("Anonymous")]
    assert deleted[["text", "status", "reason"]].to_numpy().tolist() == [
        ["", "excluded", "deleted"]
    ]
    assert result.sources[0].person == ("author",)


@saved
def test_a6_no_marker_stays_glued_to_an_author() -> None:
    names = set(page("003").comments["author"])
    assert {"angie87", "Emillie", "WorkingDad", "Rob Squared", "Alex D", "magz_Anthony28"} <= names
    assert not [name for name in names if "comment" in name and "deleted" not in name]
    assert not [name for name in names if "ago" in name or "account" in name]


@saved
@pytest.mark.parametrize(
    ("author", "begins", "goes_on"),
    [
        (
            "Zapgaia",
            "London’s collaborative, public health approach",
            "The devil finds work for idle hands.'",
        ),
        ("angie87", "We neeed the mayor to stop", "knives and machetes to youths"),
        ("Rob Squared", "We could save money and do away", "we should go back to Borough's"),
        (
            "Alex D",
            "Most of the issues are with long waiting",
            "prevent potential crimes from happening.",
        ),
    ],
)
def test_a8_text_after_show_less_belongs_to_the_comment(
    author: str, begins: str, goes_on: str
) -> None:
    rows = page("003").comments.set_index("author")
    text = rows.loc[author, "text"]
    assert text.startswith(begins)
    assert text.endswith(goes_on)


@saved
def test_a9_a_text_printed_twice_is_kept_once() -> None:
    rows = page("003").comments
    first = rows[rows["author"] == "amina_3456"].iloc[0]
    assert first["text"] == (
        "better software\ndata collection and information collection automated with descriptions generated by ai"
    )


@saved
def test_a10_times_stay_as_printed_and_the_window_is_kept() -> None:
    result = page("003")
    assert set(result.comments["posted"]) == {"5 months ago", "6 months ago"}
    assert result.sources[0].facts["window"] == "18/12/2024 - 12/02/2025"
    assert set(result.comments["page_window"]) == {"18/12/2024 - 12/02/2025"}
    assert page("000").sources[0].facts["window"] == "16/11/2021 - 21/01/2022"


@saved
def test_a11_what_an_entry_answers_is_unknown() -> None:
    assert set(page("000").comments["reply_to"]) == {"unknown"}


@saved
def test_a12_furniture_gives_no_comment_and_prompts_are_the_questions() -> None:
    result = page("003")
    everything = "\n".join(result.comments["text"])
    for furniture in (
        "Community guidelines",
        "Staying safe",
        "Access support",
        "Log into",
        "Timeline",
    ):
        assert furniture not in everything
    questions = result.sources[0].facts["questions"].split(" | ")
    assert len(questions) == 3
    assert (
        questions[0]
        == "What do you think of London’s collaborative approach to preventing violence?"
    )
    assert len(page("000").sources[0].facts["questions"].split(" | ")) == 4
    assert "Staying safe" not in "\n".join(page("000").comments["text"])


@saved
def test_a13_the_pages_counter_is_a_fact_and_no_base() -> None:
    result = page("000")
    assert result.sources[0].facts["page_counter"] == "1396 Londoners have responded"
    assert result.sources[0].rows == 13
    assert any("1396 and 1395" in note for note in result.notes), "F4: the page contradicts itself"


@saved
def test_a13_each_page_is_named_with_its_counters() -> None:
    paths = [next(PAGES.glob(f"{number}_*.txt")) for number in ("000", "003")]
    merged = merge(Settings(name="p"), None, read_files(paths))
    (note,) = [note for note in merged.notes if "responded" in note]
    assert f"{paths[0].stem} says 1396 and 1395" in note
    assert f"{paths[1].stem} says 1622" in note
    assert "It is not used as a base" in note


@saved
def test_a14_comments_about_the_consultation_can_be_told_apart() -> None:
    rows = page("000").comments
    about = rows[(rows["about_process"] == "1") & (rows["status"] == "analysed")]
    # About half of the twelve: loaded questions, this website, who does the survey, sole means, rampant bias,
    # the list of the online survey, what should have been on it.
    assert [comment_id[-2:] for comment_id in about["comment_id"]] == [
        "04",
        "05",
        "06",
        "08",
        "10",
        "12",
        "13",
    ]
    assert set(page("003").comments["about_process"]) == {"0"}


@saved
def test_a15_what_was_typed_survives_and_paragraphs_are_one_comment() -> None:
    old, new = page("000"), page("003")
    assert "“The overall benefits to public safety" in text_of(old, "talk-london-000-07")
    assert "Th Mayor and Central government should fun social services" in text_of(
        old, "talk-london-000-02"
    )
    assert text_of(old, "talk-london-000-02").count("\n\n") == 6
    assert text_of(new, "talk-london-003-05").startswith("\u00a0London collaborative")
    assert text_of(new, "talk-london-003-02").count("\n• ") == 6
    assert "undestanding" in text_of(new, "talk-london-003-11")


@saved
def test_a16_a_page_is_a_source_of_its_own_and_pooling_is_said(tmp_path: Path) -> None:
    survey = tmp_path / "poll.csv"
    survey.write_text("id,comment\n1,More police on the beat\n")
    (path,) = PAGES.glob("003_*.txt")
    merged = merge(Settings(name="p"), None, read_files([path, survey]))
    assert [source.name for source in merged.settings.sources] == [path.stem, "poll"]
    assert any("and survey answers" in note for note in merged.notes)


def test_nothing_is_said_of_pooling_where_a_page_is_a_question_of_its_own(
    tmp_path: Path,
) -> None:
    survey = tmp_path / "poll.csv"
    survey.write_text("id,streets,parks\n1,More police on the beat,More trees\n")
    page_path = written(tmp_path, "page.txt", AUTHORS)
    results = read_files([survey], Columns(["streets", "parks"])) + read_files([page_path])
    merged = merge(Settings(name="p"), None, results)
    assert len(merged.parts) == 3
    assert not any("and survey answers" in note for note in merged.notes)


@saved
@pytest.mark.parametrize("number", ["000", "003"])
def test_a_page_saved_as_html_gives_the_same_comments(tmp_path: Path, number: str) -> None:
    (path,) = PAGES.glob(f"{number}_*.txt")
    lines = path.read_text(encoding="utf-8").split("\n")
    body = "".join(f"<p>{escape(line)}</p>" if line.strip() else "<br>" for line in lines)
    html = f"<html><head><title>x</title><style>p {{}}</style></head><body><script>var a;</script>{body}</body></html>"
    again = read_comments(written(tmp_path, path.with_suffix(".html").name, html)).comments

    def squeezed(texts: list[str]) -> list[list[str]]:
        return [text.split() for text in texts]

    assert squeezed(again["text"].tolist()) == squeezed(page(number).comments["text"].tolist())
    assert again["author"].tolist() == page(number).comments["author"].tolist()


# ---------------------------------------------------------------- pages made up here


def test_made_up_page_with_avatars(tmp_path: Path) -> None:
    result = read_comments(written(tmp_path, "parks_0123abcdef.txt", AVATARS))
    rows = result.comments
    assert rows["comment_id"].tolist() == [f"talk-london-parks-0{n}" for n in range(1, 5)]
    assert rows["text"].tolist() == [
        "More benches in every park and, while we are at it, more bins that are emptied more than once in a month.\n\n"
        "• lights\n• water",
        "The survey is full of loaded questions.",
        "Thank you all. We read every comment.\n\nTalk London",
        "Leave the parks alone…",  # F3: likes are no comment
    ]
    assert rows["role"].tolist() == ["public", "public", "official", "public"]
    assert set(rows["question"]) == {"What should parks have more of? How will we know?"}


def test_made_up_page_with_authors(tmp_path: Path) -> None:
    rows = read_comments(written(tmp_path, "parks.txt", AUTHORS)).comments
    assert rows[["author", "role", "posted", "text", "reason"]].to_numpy().tolist() == [
        [
            "Jo B", "public", "5 months ago",
            "More benches in every park and, while we are at it, more bins that are emptied.\nAnd water taps.", "",
        ],
        ["kay_1", "official", "an hour ago", "Thank you, Jo B.", "official"],
        ["Anonymous - deleted by community member", "public", "1 year 2 months ago", "", "deleted"],
        ["Lee", "public", "2 days ago", "Lights\nfor runners", ""],
        ["Mo", "public", "1 week ago", "I agree.", ""],
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "column"), [(AVATARS, "avatar"), (AUTHORS, "author")])
def test_who_wrote_stays_with_the_comments_and_out_of_exports(
    tmp_path: Path, text: str, column: str
) -> None:
    result = read_comments(written(tmp_path, "parks.txt", text))
    assert result.comments[column].any()
    assert result.sources[0].dropped == (column,)


def test_the_same_author_writing_the_same_twice_counts_once(tmp_path: Path) -> None:
    twice = AUTHORS + (
        "Lee\nCommunity Member 1 day agoParks need proper lighting after dark\n"
        "Mo\nCommunity Member 1 day agoParks need proper lighting after dark\n"
        "Lee\nCommunity Member 1 day agoParks need proper lighting, after dark!\n"
    )
    rows = read_comments(written(tmp_path, "parks.txt", twice)).comments
    assert rows["reason"].tolist()[-3:] == ["", "", "duplicate"]


def test_dates_that_disagree_are_surfaced_f4(tmp_path: Path) -> None:
    changed = AVATARS.replace("3 April 2021\n", "9 April 2021\n")
    notes = read_comments(written(tmp_path, "parks.txt", changed)).notes
    assert any(
        "01/02/2021 - 03/04/2021 and as 1 February 2021 - 9 April 2021" in note for note in notes
    )


def test_windows_line_ends_and_encoding(tmp_path: Path) -> None:
    path = tmp_path / "parks.txt"
    path.write_bytes(AVATARS.replace("\n", "\r\n").encode("cp1252"))
    assert read_comments(path).comments["text"].iloc[3] == "Leave the parks alone…"


def test_html_text_is_what_a_reader_sees() -> None:
    page = "<p>One &amp; two<br>three</p><script>no()</script><ul><li>a?</li></ul><img alt='Avatar for - Red fox'>"
    assert [line for line in text_of_html(page).split("\n") if line] == [
        "One & two", "three", "• a?", "Avatar for - Red fox",
    ]  # fmt: skip
