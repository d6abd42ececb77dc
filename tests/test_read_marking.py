"""What counts and what does not: empty, non-substantive, duplicate, kept and excluded by hand."""

from pathlib import Path

import pandas as pd
import pytest

from coder import tables
from coder.errors import CoderError
from coder.project import Source
from coder.reading.about_process import is_about_process
from coder.reading.exclusions import MarkedComments, Rules, mark_comments
from coder.reading.non_substantive import are_non_substantive
from coder.reading.questions import answered_by_yes_or_no, asks_for_more
from coder.reading.reader import read_comments

SHARED = Path(__file__).parents[2] / "shared" / "data"
EXAMPLE = Path(__file__).parents[1] / "examples" / "police_and_crime_plan"
ANY_OTHER = "Are there any other police and crime issues that should be prioritised?"


def comments_of(texts: list[str], **columns: list[str]) -> pd.DataFrame:
    count = len(texts)
    base = {
        "comment_id": [f"c{n}" for n in range(count)],
        "text": texts,
        "source": ["S"] * count,
        "role": ["public"] * count,
        "status": [""] * count,
        "reason": [""] * count,
        "weight": [float("nan")] * count,
        "campaign_id": [""] * count,
        "question": [""] * count,
    }
    return pd.DataFrame({**base, **columns})


def source_of(name: str = "S", *, person: tuple[str, ...] = (), respondent: bool = False) -> Source:
    return Source(
        name=name, file="f.csv", sha256="0", format="csv", rows=1, person=person,
        columns={"respondent": person[0]} if respondent else {},
    )  # fmt: skip


def mark(comments: pd.DataFrame, sources: tuple[Source, ...], **rules: object) -> MarkedComments:
    return mark_comments(comments, sources, Rules(**rules))  # type: ignore[arg-type]


def reasons(comments: pd.DataFrame, *sources: Source, **options: object) -> list[str]:
    marked = mark(comments, sources or (source_of(),), **options).comments  # type: ignore[arg-type]
    tables.check(marked, tables.COMMENTS)
    return marked["reason"].tolist()


# ---------------------------------------------------------------- non-substantive

SAYS_NOTHING = [
    "No", "no.", "NO!!", "nope", "Nah", "None", "none at all", "None.", "N/A", "n/a", "NA", "n.a.", "nil", "-", ".",
    "...", "?", "???", "–", "nothing", "Nothing else", "nothing at all", "Nothing to add", "nothing more",
    "nothing comes to mind", "None that I can think of", "nothing that I can think of", "not sure", "Unsure",
    "don't know", "Don’t know", "dont know", "do not know", "I don't know", "I really don't know, sorry", "idk",
    "No idea", "I have no idea!", "no comment", "No comments", "no further comments at this time", "no answer",
    "no response", "no opinion", "Not applicable", "not really", "No thanks", "No, thank you", "can't think of any",
    "Can’t think of anything else", "did not answer", "as above", "Same as above", "see above", "Ditto",
    "no no no", "No, nothing", "no none", "no - not sure", "No. Nothing. None.", "Nothing, same as above.",
    "nooooo", "No\n", "  none  ", "No, not that I can think of, thanks", "I have nothing to add", "Ｎｏ",
    "Not at the moment", "I'm not sure what to say", "prefer not to say", "Nothing. Thank you.",
]  # fmt: skip

SAYS_SOMETHING = [
    "No more cuts", "No police", "Nothing is ever done about litter", "None of my local stations are open",
    "Not enough police", "Nothing works", "No one ever comes", "no to drugs", "Not sure the police care",
    "Don't know why nobody answers 101", "No. More police", "None, more lighting please", "Nothing but cuts",
    "No comment from the police when I asked", "No response from 101", "Nobody", "Noise", "Nigh", "Yes", "Crime",
    "007", "1", "👍", "😡😡", "No faults", "No complaints", "Nothing could be better", "all of the above",
    "as above, and more police", "Not really safe here", "No answer on 101", "see", "I can't think straight for noise",
    "Can't think of anything worse", "Stop", "Нет", "不知道",
]  # fmt: skip


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_b2_answers_that_say_nothing(text: str) -> None:
    assert are_non_substantive([text]) == [True]
    assert are_non_substantive([text], ANY_OTHER) == [True]


@pytest.mark.parametrize("text", SAYS_SOMETHING)
def test_b2_answers_that_say_something_count(text: str) -> None:
    assert are_non_substantive([text]) == [False]


def test_what_yes_and_no_mean_depends_on_the_question() -> None:
    closed = "Should gambling advertisements be banned, and what would it change?"
    assert answered_by_yes_or_no(closed)
    assert answered_by_yes_or_no("Do you agree with the plan? Please tell us why.")
    for question in (
        ANY_OTHER,
        "Do you have any comments?",
        "Is there anything else you would like to say?",
        "Can you tell us why?",
        "Would you like to add more?",
        "Why did you give this answer?",
        "",
    ):
        assert not answered_by_yes_or_no(question), question
    assert are_non_substantive(["No", "not really", "Yes", "don't know", "Nothing"], closed) == [
        False, False, False, True, True,
    ]  # fmt: skip
    assert asks_for_more(ANY_OTHER)
    assert are_non_substantive(["Yes", "Yes please", "Yes, more police"], ANY_OTHER) == [
        True,
        True,
        False,
    ]
    assert are_non_substantive(["Yes"], "Why?") == [False]


def test_texts_can_be_said_to_count_for_one_question_or_all() -> None:
    comments = comments_of(
        ["Nothing!", "nothing", "None"], question=["What is bad?", "And else?", "What is bad?"]
    )
    assert reasons(comments) == ["non_substantive"] * 3
    assert reasons(comments, substantive={"What is bad?": ["Nothing"]}) == [
        "",
        "non_substantive",
        "non_substantive",
    ]
    assert reasons(comments, substantive={"*": ["nothing", "none"]}) == ["", "", ""]
    with pytest.raises(CoderError, match="no comment answers the question 'What is bad'") as caught:
        mark(comments, (source_of(),), substantive={"What is bad": ["nothing"]})
    assert "Did you mean 'What is bad?'" in caught.value.fix


def test_a_bare_no_that_counts_is_said() -> None:
    marked = mark(
        comments_of(["No", "Yes", "More police"], question=["Should cars be banned?"] * 3),
        (source_of(),),
    )
    assert marked.comments["reason"].tolist() == ["", "", ""]
    assert any(
        "1 bare answer such as 'No' is analysed" in note or "bare answer" in note
        for note in marked.notes
    )


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0", "\u200b\u200d", "\ufeff", "\u2028"])
def test_a_text_without_a_visible_character_is_empty(text: str) -> None:
    assert reasons(comments_of([text])) == ["empty"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the public data sets are not here")
def test_a_letter_that_could_not_be_read_is_not_called_empty() -> None:
    comments = comments_of(["", "", "Page 1"], unread=["a scan", "", "page 2 is a scan"])
    letters = source_of().model_copy(update={"format": "letters"})
    assert reasons(comments, letters) == ["unread", "empty", ""]
    assert reasons(comments, source_of()) == ["empty", "empty", ""], "a survey's own column"


def test_no_more_is_taken_for_nothing_than_has_been_read() -> None:
    """Every hit on these files was read: all are answers without content."""
    expected = {
        "austin_community_survey/comments.csv": (3187, 2),
        "patient_experience/neas/original.csv": (5096, 1556),
        "polis/american-assembly.bowling-green.csv": (896, 2),
        "polis/15-per-hour-seattle.csv": (54, 1),
        "polis/london.youth.policing.csv": (39, 0),
        "polis/brexit-consensus.csv": (50, 0),
        "argkp/arguments_train.csv": (5583, 0),
    }
    found = {}
    for name in expected:
        rows = read_comments(SHARED / name).comments
        found[name] = (len(rows), int((rows["reason"] == "non_substantive").sum()))
    assert found == expected


def test_the_example_is_marked_as_its_authors_meant() -> None:
    rows = read_comments(EXAMPLE / "comments.csv").comments
    assert rows["reason"].value_counts().to_dict() == {
        "": 416,
        "non_substantive": 42,
        "duplicate": 8,
        "empty": 4,
    }
    labelled = set(pd.read_csv(EXAMPLE / "labels.csv", dtype=str)["comment_id"])
    counted = set(rows.loc[rows["reason"].isin(["", "duplicate"]), "comment_id"])
    assert counted == labelled, "exactly the comments with content were labelled"
    copies = rows[(rows["status"] == "analysed") & (rows["text"].str.len() > 100)][
        "text"
    ].value_counts()
    assert copies.max() == 5, "five people sent the campaign's letter word for word: no duplicates"


# ---------------------------------------------------------------- duplicates

SAME = "Please bring back the night bus"


def test_the_same_person_saying_the_same_twice_counts_once() -> None:
    comments = comments_of(
        [
            SAME,
            "please bring back the NIGHT BUS!!",
            SAME,
            "Another thing altogether here now",
            "Night bus",
            "Night bus",
        ],
        person=["a", "a", "b", "a", "a", "a"],
    )
    by_name = source_of(person=("person",), respondent=True)
    assert reasons(comments, by_name) == ["", "duplicate", "", "", "", ""]


def test_nobody_known_nobody_doubled() -> None:
    assert reasons(comments_of([SAME] * 3)) == ["", "", ""]
    blank = comments_of([SAME] * 3, person=[""] * 3)
    assert reasons(blank, source_of(person=("person",), respondent=True)) == ["", "", ""]


def test_several_descriptions_stand_for_a_person_where_they_are_telling() -> None:
    ages = [str(n) for n in range(20, 60)]
    boroughs = [f"B{n % 30}" for n in range(40)]
    others = [f"Some other comment that is number {n}" for n in range(40)]
    person = source_of(person=("age", "borough"))
    twice = comments_of(
        [SAME, SAME, *others], age=["33", "33", *ages], borough=["B1", "B1", *boroughs]
    )
    assert reasons(twice, person)[:2] == ["", "duplicate"]
    other = comments_of(
        [SAME, SAME, *others], age=["33", "34", *ages], borough=["B1", "B1", *boroughs]
    )
    assert reasons(other, person)[:2] == ["", ""]
    one_known = comments_of(
        [SAME, SAME, *others], age=["33", "33", *ages], borough=["", "", *boroughs]
    )
    assert reasons(one_known, person)[:2] == ["", ""]


def test_descriptions_that_many_share_make_nobody_a_duplicate() -> None:
    others = [f"Some other comment that is number {n}" for n in range(40)]
    comments = comments_of(
        [SAME, SAME, *others],
        service=["bus"] * 30 + ["train"] * 12,
        split=["test", "test", *["train", "test"] * 20],
    )
    assert set(reasons(comments, source_of(person=("service", "split")))) == {""}


def test_a_campaign_of_many_senders_is_no_heap_of_duplicates() -> None:
    """Among a thousand senders of one letter some share age and borough by chance."""
    count = 1000
    ages = [str(20 + n % 37) for n in range(count)]
    boroughs = [f"B{n * 7 % 31}" for n in range(count)]
    comments = comments_of([SAME] * count, age=ages, borough=boroughs)
    assert set(reasons(comments, source_of(person=("age", "borough")))) == {""}


def test_one_person_in_two_sources_counts_once_and_questions_are_kept_apart() -> None:
    comments = comments_of(
        [SAME] * 4, person=["a"] * 4, source=["S", "T", "S", "S"], question=["Q1", "Q1", "Q2", "Q1"]
    )
    both = (
        source_of("S", person=("person",), respondent=True),
        source_of("T", person=("person",), respondent=True),
    )
    assert reasons(comments, *both) == ["", "duplicate", "", "duplicate"]


# ---------------------------------------------------------------- by hand, and the order of reasons


def test_kept_and_excluded_by_hand() -> None:
    comments = comments_of(["No", "More police", "", SAME, SAME], person=list("vwxyy"))
    person = source_of(person=("person",), respondent=True)
    assert reasons(comments, person) == ["non_substantive", "", "empty", "", "duplicate"]
    marked = mark(
        comments,
        (person,),
        keep=["c0", "c2", "c4"],
        exclude={"c1": "out_of_scope", "c3": "process"},
    )
    assert marked.comments["reason"].tolist() == ["", "out_of_scope", "empty", "process", ""]
    assert marked.comments["status"].tolist() == [
        "analysed",
        "excluded",
        "excluded",
        "excluded",
        "analysed",
    ]
    assert any("without any text stay excluded, although kept: c2" in note for note in marked.notes)
    assert marked.comments["text"].tolist() == comments["text"].tolist(), (
        "nothing is deleted or changed"
    )


def test_by_hand_contradictions_and_unknown_reasons() -> None:
    comments = comments_of(["More police"])
    with pytest.raises(CoderError, match="kept and excluded at once: c0"):
        mark(comments, (source_of(),), keep=["c0"], exclude={"c0": "process"})
    with pytest.raises(CoderError, match="cannot be excluded as 'spam'"):
        mark(comments, (source_of(),), exclude={"c0": "spam"})


def test_marking_changes_nothing_it_was_given_and_can_be_done_again() -> None:
    comments = comments_of(["No", "More police", ""])
    before = comments.copy(deep=True)
    once = mark(comments, (source_of(),)).comments
    pd.testing.assert_frame_equal(comments, before)
    pd.testing.assert_frame_equal(mark(once, (source_of(),)).comments, once)


# ---------------------------------------------------------------- about the consultation (A14)


@pytest.mark.parametrize(
    "text",
    [
        "Just given up with the survey due to its rampant bias.",
        "So many leading questions.",
        "The questions are badly worded and you know it",
        "This consultation is a box-ticking exercise",
        "This questionnaire is far too long.",
        "Survey cannot be the only way of hearing us",
        "This website will only reach some people",
    ],
)
def test_a14_about_the_consultation(text: str) -> None:
    assert is_about_process(text)


@pytest.mark.parametrize(
    "text",
    [
        "More police on the beat",
        "They asked my son questions for no reason",
        "There should be more consultation with residents before roads are closed",
        "This raises questions about bias in stop and search",
        "The traffic survey showed 400 lorries a day",
        "This site is not suitable for housing",
        "Polling stations should be open longer",
        "More police. More courts. Fewer delays. Better buses. Cleaner streets. And this survey was fine.",
    ],
)
def test_a14_about_the_subject(text: str) -> None:
    assert not is_about_process(text)
