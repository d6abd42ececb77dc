"""Quotes: exact, masked, pinned and edited under control; never from those who declined."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from coder.codebook import Codebook, Position, Theme
from coder.errors import CoderError
from coder.exporting.annex import LONGEST_LISTED, coded_comment
from coder.project import Settings
from coder.reporting import Report, quote_candidates, word_counts
from coder.reporting.pinned_quotes import place_of
from coder.reporting.quote_faults import find_faults
from coder.reporting.quotes_file import QuoteChoices, read_choices
from coder.reporting.redaction import mask_details, personal_details
from coder.reporting.spelling import find_misspelt
from coder.text import word_count
from report_helpers import report_of

BOOK = Codebook(
    title="Plan", version=1, language="en",
    themes=(
        Theme(id="drugs", name="Drugs", positions=(Position(id="more", name="More"), Position(id="less", name="Less"))),
        Theme(id="women", name="Women"),
    ),
)  # fmt: skip
LONG = (
    "I have lived in this part of town for a very long time and have seen many things change for the worse. "
    "ALL drugs should be legalised, every single one of them, as soon as the law allows it. "
    "Then we remove the vast range of criminal activity associated with drug use, "
    "and we can offer all those who depend on drug use care and treatment should they want it. "
    "My street has three shops and a park, and the council has done nothing for any of them in ten years at least."
)


def made(
    rows: list[tuple[str, str, dict[str, tuple[str, ...]]]], *, choices: QuoteChoices | None = None, declined: set[str] | None = None,
    quotes: int = 2, campaign: dict[str, str] | None = None, sources: dict[str, str] | None = None, author: dict[str, str] | None = None,
    book: Codebook = BOOK, age: list[str] | None = None,
) -> Report:  # fmt: skip
    """A report of comments (id, text, themes with positions), all decided."""
    ids = [row[0] for row in rows]
    comments = pd.DataFrame(
        {
            "comment_id": ids, "text": [row[1] for row in rows], "source": [(sources or {}).get(i, "Web") for i in ids],
            "role": "public", "status": "analysed", "reason": "", "weight": np.nan,
            "campaign_id": [(campaign or {}).get(i, "") for i in ids], "question": "",
            "declined": ["yes" if i in (declined or set()) else "" for i in ids], "author": [(author or {}).get(i, "") for i in ids],
        }
    )  # fmt: skip
    judged = pd.DataFrame(
        [
            {
                "project": "p", "comment_id": i, "text_hash": "", "theme_id": t, "present": t in themes, "positions": themes.get(t, ()),
                "reviewer": "a", "mode": "blind", "chosen": "listed", "whole": True, "adjudicated": False, "decided_at": "2025",
                "decision_id": "", "text": "",
            }
            for i, _, themes in rows for t in book.theme_ids
        ]
    )  # fmt: skip
    comments["age"] = age or "Young"
    settings = Settings(name="p", text_declined="declined", attributes=("age",))
    return report_of(
        comments,
        None,
        book,
        judged,
        choices=choices or QuoteChoices(),
        settings=settings,
        quotes=quotes,
    )


def drug(position: str) -> dict[str, tuple[str, ...]]:
    return {"drugs": (position,)}


def test_a_long_comment_gives_whole_sentences_between_ellipses() -> None:
    report = made([("c1", LONG, drug("less"))])
    quote = report.quotes.iloc[0]
    inner = quote["quote"].strip("… ")
    assert inner in LONG
    assert quote["quote"].endswith("…")
    assert 6 <= word_count(inner) <= 60
    assert inner == LONG[quote["start"] : quote["end"]]
    assert inner[-1] == "."


def test_quotes_stay_between_6_and_60_words() -> None:
    report = made(
        [
            ("c1", "Drugs drugs drugs.", drug("more")),
            ("c2", "word " * 80 + "with no full stop", drug("more")),
        ]
    )
    assert report.quotes.empty
    assert any("No quote fits the rules" in note for note in report.notes)


def test_one_quote_a_person_a_text_and_a_campaign() -> None:
    text = "Arrest the dealers who sell openly by the shops at night number {}"
    rows = [
        (
            f"c{i}",
            text.format(["one", "two", "three", "four", "five", "six", "seven"][i]),
            drug("more"),
        )
        for i in range(7)
    ]
    rows += [
        ("d1", "Completely other words about cannabis farms in basements everywhere", drug("more"))
    ]
    rows += [
        (
            "d2",
            "Different again: needles lie around behind the playground every morning",
            drug("more"),
        )
    ]
    same = made(rows, quotes=9, author={"d1": "Ann", "d2": "Ann"})
    assert not {"d1", "d2"} <= set(same.quotes["comment_id"])
    apart = made(rows, quotes=9, author={"d1": "Ann", "d2": "Bob"})
    assert {"d1", "d2"} <= set(apart.quotes["comment_id"])
    letters = made(rows, quotes=9, campaign={"d1": "k", "d2": "k"})
    assert not {"d1", "d2"} <= set(letters.quotes["comment_id"])
    assert same.quotes["comment_id"].is_unique


def test_quotes_of_a_row_differ_in_wording_and_source() -> None:
    near = "Arrest the dealers who sell openly by the shops every evening"
    rows = [
        ("a1", near, drug("more")),
        ("a2", f"{near} please", drug("more")),
        ("b1", "Cannabis smoke fills our stairwell and children breathe it in daily", drug("more")),
    ]
    report = made(rows, sources={"b1": "Poll"})
    said = report.quotes[report.quotes["position_id"] == "more"]
    assert set(said["comment_id"]) & {"a1", "a2"}
    assert "b1" in set(said["comment_id"])


def test_a_position_is_not_illustrated_by_who_holds_both() -> None:
    rows = [
        (
            "both",
            "Arrest the dealers but make cannabis legal for everybody over eighteen",
            {"drugs": ("more", "less")},
        ),
        ("more", "Arrest each and every dealer you can find around the market", drug("more")),
        ("less", "Make cannabis legal and treat addiction as an illness not a crime", drug("less")),
    ]
    quotes = made(rows, quotes=1).quotes.set_index(["theme_id", "position_id"])["comment_id"]
    assert quotes[("drugs", "more")] == "more"
    assert quotes[("drugs", "less")] == "less"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jane.doe+x@example.co.uk now", "e-mail address"),
        ("ring me on 020 7946 0123 any time", "telephone number"),
        ("ring me on +44 (0)20 7946 0123 any time", "telephone number"),
        ("or 07700 900123", "telephone number"),
        ("I live in SW1A 1AA near the park", "postcode"),
        ("it was at 14 Acacia Avenue last night", "address"),
        ("at Flat 3, 221b Baker Street again", "address"),
        ("my number is QQ 12 34 56 C or so", ""),
        ("my number is AB 12 34 56 C or so", "National Insurance number"),
        ("as @some_body said", "account name"),
        ("see https://example.org/a?b=c for more", "link"),
        ("PC John Smith was rude to me", "name"),
        ("Mrs O'Brien next door", "name"),
        ("card 4000 1234 5678 9010 was stolen", "card number"),
        ("in 2023 the police came 101 times at 10 pm", ""),
        ("999 and 101 are no use", ""),
        ("the A12 and the M25 are race tracks", ""),
    ],
)
def test_personal_details_are_found_and_masked(text: str, kind: str) -> None:
    found = [detail.kind for detail in personal_details(text)]
    assert found == ([kind] if kind else [])
    shown, details = mask_details(text)
    for detail in details:
        assert text[detail.start : detail.end] not in shown
        assert f"[{detail.kind}]" in shown


def test_personal_details_never_reach_an_output_and_are_counted() -> None:
    report = made(
        [("c1", "Mail me at jane@example.org about the dealers by the canal", drug("more"))],
        quotes=1,
    )
    assert "jane@example.org" not in report.quotes["quote"].iloc[0]
    assert "[e-mail address]" in report.quotes["quote"].iloc[0]
    assert any("masked in 1 quote" in note for note in report.notes)
    assert any("Not every name without a title is found" in note for note in report.notes)


# ---------------------------------------------------------------- quotes.yaml

VAPING = "Vaping and drug use are everywhere. Many depend on drugs and nobody cares, which is sad for all of us."


@pytest.mark.parametrize(
    "said",
    [
        "[v]aping and drug use are everywhere",
        "Many depend[ent] on drugs and nobody cares",
        "Vaping … nobody cares",
        "Vaping ... which is sad",
        "[They said that] many [people] depend on drugs",
        "Vaping and\n  drug use are everywhere",
    ],
)
def test_b15_edits_in_brackets_and_ellipses_are_allowed(said: str) -> None:
    if said.startswith("[They"):
        assert place_of(said, VAPING) is None  # "many" stands with a capital: that needs a bracket
        said = said.replace("many", "[m]any")
    assert place_of(said, VAPING) is not None


@pytest.mark.parametrize(
    "said",
    [
        "Vaping and drugs are everywhere",
        "drug use is everywhere",
        "Manydepend on drugs",
        "…",
        "[all of it]",
        "aping and drug use are everywhere",
        "any depend on drugs",
        "Many depend on drug",
        "Vap … cares",
        "Vaping … ares",
        "Vaping … obody cares",
    ],
)
def test_b15_any_other_change_is_refused(said: str) -> None:
    assert place_of(said, VAPING) is None


def rows() -> list[tuple[str, str, dict[str, tuple[str, ...]]]]:
    return [
        ("c1", VAPING, drug("more")),
        ("c2", "Women should be able to walk home without fear at night", {"women": ()}),
        ("c3", "Another comment about dealers who sell things near the school", drug("more")),
    ]


def test_pinned_quotes_come_first_and_edits_are_logged(tmp_path: Path) -> None:
    (tmp_path / "quotes.yaml").write_text(
        "pin:\n  - {theme: drugs, position: more, comment: c1, quote: '[v]aping and drug use are everywhere'}\ndrop: [c3]\n",
        encoding="utf-8",
    )
    report = made(rows(), choices=read_choices(tmp_path / "quotes.yaml"))
    first = report.quotes.iloc[0]
    assert (first["position_id"], first["number"], first["quote"]) == (
        "more",
        1,
        "[v]aping and drug use are everywhere …",
    )
    assert first["edited"]
    assert "c3" not in set(report.quotes["comment_id"])
    assert report.facts["quote_edits"] == [
        {
            "comment_id": "c1",
            "stored": "Vaping and drug use are everywhere",
            "published": first["quote"],
        }
    ]
    assert any("1 quote was edited by the analyst" in note for note in report.notes)


@pytest.mark.parametrize(
    ("pin", "fault"),
    [
        (
            {"theme": "drugs", "comment": "c1", "quote": "Vaping and drugs are everywhere"},
            "from “drugs are",
        ),
        ({"theme": "women", "comment": "c1"}, "does not carry women"),
        ({"theme": "drugs", "position": "less", "comment": "c1"}, "does not carry drugs=less"),
        ({"theme": "drugs", "comment": "c9"}, "not an analysed comment"),
        ({"theme": "drug", "comment": "c1"}, "Did you mean 'drugs'"),
        ({"theme": "women", "comment": "c2"}, "declined publication"),
    ],
)
def test_a_wrong_pin_says_why(pin: dict[str, str], fault: str) -> None:
    choices = QuoteChoices.model_validate({"pin": [pin]})
    with pytest.raises(CoderError) as caught:
        made(rows(), choices=choices, declined={"c2"})
    assert fault in str(caught.value)


def test_a_dropped_comment_that_does_not_exist_is_named() -> None:
    with pytest.raises(CoderError, match="c99"):
        made(rows(), choices=QuoteChoices(drop=("c99",)))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("pin: 3", "1:1: pin"),
        ("drop: []\npins: []", "2:1: pins"),
        ("pin: [{theme: x}]", "1:7: pin.0.comment"),
        ("drop: []\ndrop: []", '2:1: the key "drop" is used twice'),
        ("pin: [", "1:7: there is a bracket"),
    ],
)
def test_a_broken_quotes_file_says_where_and_what_it_may_hold(
    text: str, place: str, tmp_path: Path
) -> None:
    (tmp_path / "quotes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CoderError, match=rf"quotes\.yaml:{place}") as error:
        read_choices(tmp_path / "quotes.yaml")
    assert "The file may hold `pin:`" in error.value.fix


def test_who_declined_is_not_quoted() -> None:
    report = made(rows(), declined={"c1", "c3"})
    assert set(report.quotes["comment_id"]) == {"c2"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ring 0044 7700 900123 now", "ring [telephone number] now"),
        ("it is 7700 900123 as ever", "it is [telephone number] as ever"),
        ("write to jo [at] example.com", "write to [e-mail address]"),
        ("jo(at)example(dot)co(dot)uk", "[e-mail address]"),
        ("see facebook.com/joe.bloggs there", "see [link] there"),
        ("my insta is angie_87_x ok", "my insta is [account name] ok"),
        ("I live near sw1a 1aa you know", "I live near [postcode] you know"),
        ("from 45-47 High Road upwards", "from [address] upwards"),
        ("Flat 3, 45 High Street is mine", "[address] is mine"),
        ("at 12 St. John's Wood Road", "at [address]"),
        ("I live at 12a acacia avenue and", "I live at [address] and"),
        (
            "NI AB-12-34-56-C or ab123456c",
            "NI [National Insurance number] or [National Insurance number]",
        ),
        ("Mr. J. Smith and Ms A Khan", "[name] and [name]"),
        ("DI Van der Berg said so", "[name] said so"),
        ("ask MR SMITH or mrs smith", "ask [name] or [name]"),
        ("Judge Williams was kind", "[name] was kind"),
        ("PC 1234 was rude", "PC [number] was rude"),
        ("crime ref 3012345/21 went nowhere", "crime ref [number] went nowhere"),
        ("born 12/03/1974 in Leeds", "born [date of birth] in Leeds"),
        ("the car was AB12 CDE again", "the car was [vehicle registration] again"),
    ],
)
def test_other_ways_to_write_personal_details_are_masked_too(text: str, shown: str) -> None:
    assert mask_details(text)[0] == shown


@pytest.mark.parametrize(
    "text",
    [
        "PC culture and PC World are not people",
        "On 30 July Court cases began again",
        "2018 2019 2020 2021 were all bad years",
        "In E1 2am is no time to be out, nor is 3rd place in w1 2nd to none",
        "They must address 15 people on the street and 20 mph road limits",
        "I live on a 20 mph road and in 2019 20 a month were robbed",
        "We Londoners call 101 or 999 and get nobody for 45 minutes",
        "It cost £7,000,000,000 or 7000000 a year",
    ],
)
def test_what_is_no_personal_detail_stays(text: str) -> None:
    assert mask_details(text) == (text, [])


def test_a_detail_is_masked_where_a_part_begins_or_ends_within_it() -> None:
    text = "Please ring 07700 900123 about it"
    assert mask_details(text, 0, text.index("900123"))[0] == "Please ring [telephone number]"
    assert mask_details(text, text.index("900123"))[0] == "[telephone number] about it"


def test_a_long_comment_is_not_cut_through_a_personal_detail() -> None:
    text = "word " * 297 + "call 07700 900123 any time"
    assert len(text) > LONGEST_LISTED > text.index("900123")
    for start, end in ((-1, -1), (0, 4), (text.index("07700"), text.index("07700") + 7)):
        comment = coded_comment("web, 1", text, start, end)
        assert "07700" not in comment.before + comment.evidence + comment.after


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Many depend on drugs and nobody cares", "… Many depend on drugs and nobody cares …"),
        ("[m]any depend on drugs … all of us.", "[m]any depend on drugs … all of us."),
        ("... nobody cares [at all]", "... nobody cares [at all]"),
        (VAPING, VAPING),
    ],
)
def test_a_pinned_part_shows_where_words_are_left_out(said: str, shown: str) -> None:
    choices = QuoteChoices.model_validate(
        {"pin": [{"theme": "drugs", "comment": "c1", "quote": said}]}
    )
    quotes = made(rows(), choices=choices).quotes
    assert quotes.loc[quotes["comment_id"] == "c1", "quote"].tolist() == [shown]


def test_answers_taken_for_a_refusal_are_named() -> None:
    """A column that asks the other way round ("May we quote you?") is seen in the note."""
    report = made(rows(), declined={"c2"})
    assert any(
        "Not quoted: 1 comment whose author declined publication" in note
        and "free to quote" in note
        for note in report.notes
    )


def test_quotes_are_the_same_however_many_comments_are_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(5)
    words = ["NIGHT", "a@b.org", *(f"word{number}" for number in range(80))]
    rows = []
    for number in range(150):
        text = f"We say {' '.join(rng.choice(words, rng.integers(4, 30)))}."
        themes = {"women": ()} if rng.random() < 0.7 else {}
        rows.append((f"c{number:03d}", text, themes))
    sources = {f"c{number:03d}": rng.choice(["Web", "Poll"]) for number in range(0, 150, 4)}
    chosen = []
    for at_once in (1, 7, 1000):
        monkeypatch.setattr(quote_candidates, "LOOKED_AT_ONCE", at_once)
        chosen.append(made(rows, quotes=6, sources=sources).quotes)
    assert len(chosen[0]) == 6
    pd.testing.assert_frame_equal(chosen[0], chosen[1])
    pd.testing.assert_frame_equal(chosen[0], chosen[2])


def test_words_are_counted_as_scikit_learn_counts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_counts, "AT_ONCE", 2)
    texts = [LONG, "", "Drugs, drugs and a CAFÉ", "the café; under_scored x2", "of drugs İ", "zz"]
    counts = word_counts.WordCounts.of(texts)
    vectorizer = CountVectorizer(binary=True, min_df=2)
    expected = vectorizer.fit_transform(texts)
    assert list(counts.vocabulary) == vectorizer.get_feature_names_out().tolist()
    dense = np.zeros(expected.shape)
    for place, (start, end) in enumerate(pairwise(counts.starts)):
        dense[place, counts.words[start:end]] = 1
    np.testing.assert_array_equal(dense, expected.toarray())
    weight = np.arange(1.0, len(counts.vocabulary) + 1)
    places = np.array([4, 0, 3])
    np.testing.assert_allclose(counts.weigh(places, weight), (expected @ weight)[places])
    members = np.array([True, False, True, False, True, False])
    np.testing.assert_array_equal(counts.frequencies(members), dense[members].sum(axis=0))
    assert not len(word_counts.WordCounts.of(["one", "two"]).vocabulary)


# ---------------------------------------------------------------- chosen as an editor would

CLEAR = "Officers should walk along our high street every evening so that traders feel safe."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("+more officers +more patrols on the high street", "bullets or numbers"),
        ("Officers, patrols, cameras, lights, youth clubs, courts", "a list"),
        ("More visible officers and patrols along the high street at night.", "no verb"),
        ("They should walk along our high street every evening.", "begins with a pronoun"),
        ("This should have been done for our high street years ago.", "begins with a pronoun"),
        ("But nobody walks along our high street in the evening.", "begins as a continuation"),
        ("WE WANT OFFICERS TO WALK ALONG OUR HIGH STREET.", "in capitals"),
        ("As I said above, we need officers on our high street.", "about the survey"),
        ("Those idiots never walk along our high street at night.", "abuse"),
        ("Officers dont walk along our high street in the evening.", "careless spelling"),
        ("we need officers who walk along our high street.", "begins with a small letter"),
        ("Officers should walk along our street. Every", "ends in the middle"),
        ("Officers walk (never here along our high street at night.", "a bracket"),
    ],
)  # fmt: skip
def test_what_an_editor_would_hold_against_a_quote_is_named(text: str, fault: str) -> None:
    faults = find_faults(text)
    assert any(found.name.startswith(fault) for found in faults), faults
    assert not find_faults(CLEAR)
    rows = [("c1", text, {"women": ()}), ("c2", CLEAR, {"women": ()})]
    assert made(rows, quotes=1).quotes["comment_id"].iloc[0] == "c2"


@pytest.mark.parametrize(
    "text",
    [
        "It is hard to feel safe when nobody comes.",
        "It's time that somebody listened to what residents say.",
        "These days nobody answers the telephone at night.",
        "Needles lie around the playground every single morning.",
        "Please open the station on our high street again.",
        "I'd like to see officers, wardens and youth workers on the estate.",
        "My daughter stopped walking home after the lamps were taken away.",
    ],
)
def test_a_plain_sentence_has_no_serious_fault(text: str) -> None:
    assert sum(fault.loss for fault in find_faults(text)) <= 0.2


def test_a_long_comment_is_quoted_where_it_says_it_best() -> None:
    text = f"I have lived here for a good many years now. {CLEAR} They never do. It is a shame."
    quote = made([("c1", text, {"women": ()})]).quotes.iloc[0]
    assert text[quote["start"] : quote["end"]] in (
        CLEAR,
        f"I have lived here for a good many years now. {CLEAR}",
    )


def test_a_second_quote_is_left_out_rather_than_a_list() -> None:
    rows = [("c1", CLEAR, drug("more")), ("c2", "Needles, dealers, noise, rubbish, cars, drugs", drug("more"))]  # fmt: skip
    assert made(rows, quotes=2).quotes["comment_id"].tolist() == ["c1"]


def test_one_slogan_stands_in_one_row_only() -> None:
    rows = [
        ("c1", "Arrest the dealers who sell openly by the shops!", drug("more")),
        ("c2", "Please arrest the dealers who sell openly by the shops.", {"women": ()}),
        ("c3", "Nobody lights the path that I walk home on from work.", {"women": ()}),
    ]
    assert made(rows).quotes["comment_id"].tolist() == ["c1", "c3"]


def test_voices_of_a_row_are_of_different_groups() -> None:
    said = ["Officers should walk along the high street at night.", "We want patrols around the market in the evening.",
            "Somebody has to watch over the park after dark."]  # fmt: skip
    rows = [(f"c{number}", text, {"women": ()}) for number, text in enumerate(said)]
    first = made(rows, quotes=1, age=["Young", "Young", "Old"]).quotes["comment_id"].tolist()
    for ages in (["Young", "Young", "Old"], ["Young", "Old", "Young"], ["Old", "Young", "Young"]):
        quoted = made(rows, quotes=2, age=ages).quotes["comment_id"].tolist()
        assert quoted[:1] == first
        assert {ages[int(comment_id[1])] for comment_id in quoted} == {"Young", "Old"} or ages[
            0
        ] == "Old"


def test_a_parent_is_not_quoted_for_what_its_sub_theme_says() -> None:
    stations = Theme(id="stations", name="Stations")
    book = Codebook(title="Plan", themes=(Theme(id="officers", name="Officers", themes=(stations,)),))  # fmt: skip
    said = {"c1": "We need the police station on Mill Road to open again.", "c2": CLEAR}
    themes = {"c1": {"officers": (), "stations": ()}, "c2": {"officers": ()}}
    rows = [(comment_id, text, themes[comment_id]) for comment_id, text in said.items()]
    quotes = made(rows, quotes=1, book=book).quotes.set_index("theme_id")["comment_id"]
    assert quotes.to_dict() == {"officers": "c2", "stations": "c1"}


def test_words_that_are_likely_to_be_misspelt_are_found() -> None:
    text = "The opperator reasured us, unlikely as busses and traffick seemed in Penge; normalised."
    assert find_misspelt(text, frozenset()) == ["opperator", "reasured", "traffick"]
    assert find_misspelt(text, frozenset(["opperator", "traffick"])) == ["reasured"]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It was Susan O'Neill who answered.", "It was [name] who answered."),
        ("My son Tendayi was robbed on the bus.", "My son [name] was robbed on the bus."),
        ("my name is dave and i live here", "my name is [name] and i live here"),
        ("A man called Zbigniew sells drugs.", "A man called [name] sells drugs."),
        ("Kind regards, Ewa Nowak", "Kind regards, [name]"),
        ("Mrs Susan Hill said so", "[name] said so"),
        ("Gwen's stairs are dark.", "[name]'s stairs are dark."),
        ("The death of Sarah Hartwell changed us.", "The death of [name] changed us."),
        ("Victoria Park and St Thomas' Hospital", "Victoria Park and St Thomas' Hospital"),
        ("Buses to Kyle and Albert Bridge stop at Martha's Road", "Buses to Kyle and Albert Bridge stop at Martha's Road"),
        ("Will anybody mark the crossing in May?", "Will anybody mark the crossing in May?"),
        ("The Londoners who ride with Uber said no.", "The Londoners who ride with Uber said no."),
    ],
)  # fmt: skip
def test_names_of_people_are_masked_and_those_of_places_stay(text: str, shown: str) -> None:
    assert mask_details(text)[0] == shown


def test_what_a_theme_is_about_is_not_masked() -> None:
    theme = Theme(id="women", name="Women", keywords=("Sarah Hartwell",))
    book = Codebook(title="Plan", themes=(theme,))
    text = "Since Sarah Hartwell was killed, Susan Miller walks home with me every night."
    quote = made([("c1", text, {"women": ()})], book=book).quotes["quote"].iloc[0]
    assert quote == text.replace("Susan Miller", "[name]")
