"""What a reviewer does beside ticking, without a screen: marked words, search, lists, remarks, pace."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coder.codebook import read_codebook
from coder.decisions import Decision, judgements, read_decisions
from coder.decisions.evidence import MarkedWords
from coder.errors import CoderError
from coder.reporting.coded_matrix import code_comments
from coder.reporting.counts import carried_labels
from coder.reviewing.codebook_watch import CodebookWatcher
from coder.reviewing.marking import check_marks, whole_words, with_mark, without_mark
from coder.reviewing.my_decisions import DecisionFilter, list_my_decisions
from coder.reviewing.opening import OpenReview
from coder.reviewing.progress.pace import PaceMeter, describe_time, pace_of_times
from coder.reviewing.remarks_desk import RemarksDesk, RemarksReader
from coder.reviewing.search import Query, excerpt, search_comments
from coder.statistics.reviewed_comments import read_reviews
from coder.text import Span
from report_helpers import report_of
from review_desk import Desk
from review_helpers import BOOK, NASTY


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(prepared: Desk, tmp_path: Path) -> Desk:
    return prepared.copy(tmp_path)


def close(opened: OpenReview) -> None:
    assert opened.writer.close() == 0


# ---------------------------------------------------------------- marked words


def test_marked_words_are_stored_shown_again_and_undone(desk: Desk) -> None:
    opened = desk.open()
    session = opened.session
    session.go_to("C-0006")  # Nothing is done about matter 6.
    session.edit.mark("women", (Span(0, 15),))
    assert session.draft.themes == {"women": ()}  # words carry a theme: it is ticked
    session.edit.mark("women", with_mark(session.draft.evidence["women"], Span(22, 28)))
    assert session.undo() == "tick"
    assert session.draft.evidence == {"women": (Span(0, 15),)}
    (decision,) = session.save()
    assert decision.evidence == {"women": ((0, 15),)}
    session.go_to("C-0006")
    assert session.saved
    session.edit.toggle("women")
    assert not session.draft.evidence  # no theme, no words
    session.undo()
    session.edit.mark("women", ())
    (again,) = session.save()
    assert again.evidence == {}
    session.go_to("C-0006")
    assert not session.draft.evidence
    close(opened)


def test_words_marked_for_a_blind_answer_leave_it_blind(desk: Desk) -> None:
    blind = desk.open(blind=True)
    blind.session.go_to("C-0001")
    blind.session.edit.toggle("drugs")
    blind.session.save()
    close(blind)
    assisted = desk.open()
    session = assisted.session
    session.go_to("C-0001")
    session.edit.mark("drugs", (Span(14, 23),))
    (decision,) = session.save()
    assert decision.scope == ()
    assert decision.evidence == {"drugs": ((14, 23),)}
    session.go_to("C-0001")
    assert session.draft.evidence == {"drugs": (Span(14, 23),)}
    session.edit.mark("drugs", ())
    session.save()
    session.go_to("C-0001")
    assert not session.draft.evidence
    close(assisted)
    assert set(desk.judged()["mode"]) == {"blind"}


def test_marked_words_follow_a_theme_to_its_new_id_and_survive_a_table(desk: Desk) -> None:
    opened = desk.open()
    opened.session.go_to("C-0004")
    opened.session.edit.mark("driving", (Span(0, 4),))
    opened.session.save()
    close(opened)
    decision = desk.read()[0]
    renamed = BOOK.replace("id: driving\n", "id: traffic\n    was: [driving]\n")
    desk.path.write_text(renamed, encoding="utf-8")
    desk.book = read_codebook(desk.path)
    later = desk.open()
    later.session.go_to("C-0004")
    assert later.session.draft.evidence == {"traffic": (Span(0, 4),)}
    table = decision.model_copy(
        update={
            "id": "t1",
            "scope": ("traffic",),
            "themes": {"traffic": ()},
            "evidence": {},
            "front_end": "table",
        }
    )
    later.session.hear([table])
    assert later.session.context.marks_of("C-0004", "amira") == {"traffic": (Span(0, 4),)}
    no = table.model_copy(update={"id": "t2", "themes": {}})
    later.session.hear([no])
    assert later.session.context.marks_of("C-0004", "amira") == {}
    close(later)


def test_marks_are_whole_words_within_the_comment() -> None:
    text = "Stop the “speeding” cars! 🚗 हिन्दी"
    assert text[slice(*(whole_words(text, 12, 13) or ()))] == "speeding"
    assert text[slice(*(whole_words(text, 26, 30) or ()))] == "🚗 हिन्दी"
    assert whole_words(text, 4, 5) is None
    assert check_marks(text, [(20, 22), (12, 21)]) == (Span(10, 24),)
    for wrong in ((0, 99), (5, 5), (-1, 4), (9, 3)):
        with pytest.raises(CoderError, match="not in the comment"):
            check_marks(text, [wrong])
    with pytest.raises(CoderError, match="at most 50"):
        check_marks(text, [(0, 4)] * 51)
    assert without_mark((Span(0, 4), Span(10, 18)), 12) == (Span(0, 4),)


def test_marked_words_are_the_first_source_of_quotes_and_evidence(tmp_path: Path) -> None:
    said = "I have lived here for ten years now. The dealers stand at the corner all night long."
    same = (
        "The council should do more about drugs and the dealers in our part of the town, number {}."
    )
    texts = {"M": f"{said} The parks are lovely in spring and nobody minds the ducks at all."}
    texts |= {f"C-{n}": same.format(n) for n in range(9)}
    desk = Desk(tmp_path, texts)
    for reviewer, span in (("amira", Span(41, 48)), ("ben", Span(2, 6))):
        opened = desk.open(reviewer)
        for comment_id in texts:
            opened.session.go_to(comment_id)
            opened.session.edit.set_theme("drugs", True, ("less",))
            if comment_id == "M":
                opened.session.edit.mark("drugs", (span,))
            opened.session.save()
        close(opened)
    stored = read_decisions(desk.path)
    reviews = read_reviews(stored, desk.comments, desk.book, "plan")
    (words,) = reviews.marked  # of the one who judged last
    assert words == MarkedWords("M", "drugs", "less", (Span(2, 6),))

    def quotes(marks: tuple[Span, ...]) -> dict[str, str]:
        marked = (words._replace(marks=marks),) if marks else ()
        report = report_of(
            desk.comments, None, desk.book, reviews.judgements, marked=marked, quotes=1
        )
        (line,) = report.quotes[report.quotes["theme_id"] == "drugs"].to_dict("records")[-1:]
        matrix = code_comments(desk.comments, None, replace(reviews, marked=marked), desk.book)
        carried = carried_labels(matrix)
        own = carried[(carried["comment_id"] == "M") & (carried["position_id"] == "less")]
        return {"quote": line["quote"], "start": own["evidence_start"].iloc[0]}

    assert "number" in quotes(())["quote"]
    dealers = quotes((Span(41, 48),))
    assert "The dealers stand at the corner" in dealers["quote"]
    assert dealers["start"] == 41
    both = quotes((Span(7, 12), Span(41, 48)))
    assert said in both["quote"]  # the quote holds all the marked words
    assert both["start"] == 7
    blind = desk.open("ben", blind=True)
    assert blind.session.listed.decide(["M"], "drugs", present=False)
    close(blind)
    reviews = read_reviews(read_decisions(desk.path), desk.comments, desk.book, "plan")
    assert reviews.marked[0].marks == (Span(41, 48),)  # ben finds the theme no longer


# ---------------------------------------------------------------- search


def found(desk: Desk, typed: str) -> list[str]:
    opened = desk.open()
    close(opened)
    return opened.session.comments.search(typed)


def test_search_for_words_phrases_and_ids(tmp_path: Path) -> None:
    texts = {
        "P-1": "More police\non the street",
        "P-2": "The street has more  policemen",
        "P-3": "Straße, POLICE and more",
        "more-4": "nothing",
    }
    desk = Desk(tmp_path, texts)
    assert found(desk, "police more") == ["P-1", "P-2", "P-3"]
    assert found(desk, "more") == ["more-4", "P-1", "P-2", "P-3"]  # ids first
    assert found(desk, '"more police"') == ["P-1"]
    assert found(desk, "“more   police") == ["P-1"]  # the end of a phrase may be missing
    assert found(desk, 'street "more"') == ["P-1", "P-2"]
    assert found(desk, "strasse") == ["P-3"]
    for nothing in ('""', "  ", '"', "[x](?", "\x1b"):
        assert found(desk, nothing) == []


def test_an_excerpt_shows_the_match_in_the_words_as_received() -> None:
    text = "İstanbul " * 30 + "and the Street is dark, the STREET too. " + "End " * 30
    part = excerpt(text, Query("street"), 60)
    assert part.text.startswith("… ")
    assert part.text.endswith(" …")
    assert [part.text[start:end] for start, end in part.marks] == ["Street", "STREET"]
    assert excerpt("Short", Query("x")).text == "Short"
    for hostile in NASTY.values():
        part = excerpt(hostile, Query("the women 0m n"), 30)
        assert all(0 <= a < b <= len(part.text) for a, b in part.marks)


def test_deciding_from_results_judges_one_theme_and_leaves_the_rest(desk: Desk) -> None:
    opened = desk.open()
    session = opened.session
    here = session.pick
    results = search_comments(session.comments, "cannabis", session.decided.__contains__, 3)
    assert results.total == 6
    assert [match.comment_id for match in results.matches] == ["C-0002", "C-0009", "C-0016"]
    ids = [match.comment_id for match in results.matches]
    made = session.listed.decide(ids, "drugs", present=True)
    assert [d.comment_id for d in made] == ids
    assert {(d.scope, d.chosen, d.mode) for d in made} == {(("drugs",), "targeted", "assisted")}
    assert all(d.shown == {} for d in made)  # no suggestion was on the screen
    assert len({d.decided_at for d in made}) == 3
    assert session.pick == here
    assert session.listed.decide(ids[:1], "drugs", present=True) == ()  # said already
    assert not session.decided  # other themes are open
    (no,) = session.listed.decide(ids[:1], "drugs", present=False)
    assert no.themes == {}
    assert session.undo() == "decision"
    assert session.undo() == "decision"
    assert session.pick == here
    assert list_my_decisions(session.context) == []
    assert session.redo() == "decision"
    assert len(list_my_decisions(session.context)) == 3
    close(opened)
    assert set(desk.judged()["comment_id"]) == set(ids)


def test_deciding_from_results_ticks_the_comment_that_is_being_worked_on(desk: Desk) -> None:
    opened = desk.open()
    session = opened.session
    session.go_to("C-0006")
    session.edit.toggle("women")
    session.edit.set_note("look")
    session.listed.decide(["C-0006"], "drugs", present=True)
    assert set(session.draft.themes) == {"women", "drugs"}
    session.undo()
    assert set(session.draft.themes) == {"women"}
    assert session.draft.note == "look"
    close(opened)


def test_a_comment_drawn_at_random_stays_so_when_it_is_decided_from_results(desk: Desk) -> None:
    first = desk.open(sample=3, blind=True)
    drawn = first.session.save()[0]
    close(first)
    second = desk.open(blind=True)
    theme = next(t for t in desk.book.theme_ids if t not in drawn.themes)
    (changed,) = second.session.listed.decide([drawn.comment_id], theme, present=True)
    assert changed.chosen == "random"
    close(second)


# ---------------------------------------------------------------- my decisions


def test_my_decisions_are_filtered_and_withdrawn(desk: Desk) -> None:
    opened = desk.open()
    session = opened.session
    for comment_id in ("C-0001", "C-0002", "C-0003"):
        session.go_to(comment_id)
        if comment_id == "C-0002":
            session.edit.set_note("why?")
        if comment_id == "C-0003":
            session.edit.toggle_unsure("women")
        session.save()
    context = session.context

    def listed(theme_id: str = "", state: str = "", flagged: tuple[str, ...] = ()) -> list[str]:
        wanted = DecisionFilter(theme_id, state)  # type: ignore[arg-type]
        return [d.comment_id for d in list_my_decisions(context, wanted, flagged=flagged)]

    assert listed() == ["C-0003", "C-0002", "C-0001"]
    assert listed("drugs") == ["C-0002", "C-0001"]
    assert listed("women") == listed(state="unsure") == ["C-0003"]
    assert listed(state="note") == ["C-0002"]
    assert listed(state="flagged", flagged=("C-0001",)) == ["C-0001"]
    assert listed(state="today") == listed()
    assert listed(state="changed") == []
    assert session.listed.withdraw("C-0002")
    assert not session.listed.withdraw("C-0002")
    assert listed() == ["C-0003", "C-0001"]
    session.undo()
    assert listed(state="note") == ["C-0002"]
    close(opened)
    desk.path.write_text(BOOK.replace("version: 1", "version: 2"), encoding="utf-8")
    desk.book = read_codebook(desk.path)
    again = desk.open()
    context = again.session.context
    assert len(listed(state="changed")) == 3
    close(again)


# ---------------------------------------------------------------- remarks


def test_a_question_is_answered_and_its_author_hears_of_it(tmp_path: Path) -> None:
    amira = RemarksDesk(tmp_path, "plan", "amira")
    lead = RemarksDesk(tmp_path, "plan", "caro")
    amira_reads, lead_reads = RemarksReader(tmp_path), RemarksReader(tmp_path)
    asked = amira.flag("C-1", "Is a scooter a car?", "driving")
    amira.flag("C-2", "And this?")
    proposal = amira.propose("Scooters", "Ten comments so far", "C-1")
    assert lead.hear(lead_reads()) == []  # nothing of these answers the lead
    assert {t.remark.kind for t in lead.threads()} == {"flag", "proposal"}
    answer = lead.answer(asked.id, "Yes, it is driving.")
    lead.answer(proposal.id, "Next week.")
    assert [a.text for a in amira.hear(amira_reads())] == ["Yes, it is driving.", "Next week."]
    assert amira_reads() == []
    assert amira.flagged() == {"C-1": False, "C-2": True}
    assert [t.is_open for t in amira.threads()] == [True, False, False]
    assert amira.thread(asked.id) == (asked, (answer,))
    assert len(amira.answers_since(asked.made_at)) == 2
    assert RemarksDesk(tmp_path, "other", "amira", RemarksReader(tmp_path)()).threads() == []
    for person, what in ((lead, asked.id), (amira, answer.id), (amira, "nothing")):
        with pytest.raises(CoderError, match="not yours"):
            person.take_back(what)
    amira.take_back(asked.id)
    assert asked.id not in [t.remark.id for t in amira.threads()]
    with pytest.raises(CoderError, match="no such question"):
        amira.answer(asked.id, "x")
    with pytest.raises(CoderError, match="is empty"):
        amira.flag("C-1", "  ")
    with pytest.raises(CoderError, match="has 101 characters"):
        amira.propose("n" * 101, "", "C-1")


def test_a_damaged_remark_does_not_stop_a_session(desk: Desk) -> None:
    folder = desk.path.with_suffix(".decisions")
    person = RemarksDesk(folder, "plan", "amira")
    flag = person.flag("C-0001", "What?")
    RemarksDesk(folder, "plan", "caro", RemarksReader(folder)()).answer(flag.id, "That.")
    (folder / "remarks" / ("0" * 16 + ".json")).write_text("{", encoding="utf-8")
    opened = desk.open()
    assert any("1 answer to what you asked" in note for note in opened.notes)
    assert opened.beside.remarks.flagged() == {"C-0001": False}
    close(opened)


# ---------------------------------------------------------------- pace


def test_pace_leaves_breaks_out_and_time_left_is_in_words() -> None:
    times = [20.0] * 10 + [3600.0] * 3
    assert pace_of_times(times[:4]) is None
    pace = pace_of_times(times)
    assert pace is not None
    assert pace.an_hour == 180
    assert pace.time_left(90) == 1800
    slow = pace_of_times([*times, 280.0])
    assert slow is not None
    assert slow.seconds < 26  # one interruption
    words = {10: "under 5 min", 1500: "about 25 min", 3600: "about 1 h", 9000: "about 2 h 30 min"}
    assert {seconds: describe_time(seconds) for seconds in words} == words
    assert describe_time(40 * 3600) == "about 40 h"


def test_pace_counts_actions_and_no_tables_or_withdrawals(desk: Desk) -> None:
    opened = desk.open()
    made = opened.session.save()[0]
    close(opened)
    start = datetime(2026, 5, 1, tzinfo=UTC)

    def at(seconds: float, **changes: object) -> Decision:
        moment = (start + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
        return made.model_copy(update={"decided_at": moment, **changes})

    decisions = [at(30.0 * n) for n in range(7)]
    decisions += [at(30.0 * n + 0.001) for n in range(7)]  # on copies
    decisions += [at(45, chosen="listed"), at(77, undoes="x")]
    pace = PaceMeter(decisions).pace()
    assert pace is not None
    assert pace.seconds == 30


# ---------------------------------------------------------------- a changed codebook


def test_a_changed_codebook_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(BOOK, encoding="utf-8")
    watch = CodebookWatcher(path, read_codebook(path))
    assert watch() is None
    path.write_text("themes: [", encoding="utf-8")
    assert watch() is None  # half written
    changed = BOOK.replace("name: Drugs", "name: Illegal drugs").replace(
        "Wants more officers, or to see them.", "Something else."
    )
    changed += "  - {id: noise, name: Noise}\n"
    path.write_text(changed, encoding="utf-8")
    change = watch()
    assert change is not None
    assert change.themes
    assert change.description == (
        "1 theme new (noise); 1 theme with another name (drugs); "
        "1 theme with another definition (visibility)"
    )
    assert watch() is None
    path.unlink()
    assert watch() is None
    path.write_text(BOOK + "\n# a remark\n", encoding="utf-8")
    back = watch()
    assert back is not None
    assert back.description == "it is again as it was when you began"


def test_decisions_without_words_read_as_before(desk: Desk) -> None:
    opened = desk.open()
    opened.session.save()
    close(opened)
    (decision,) = desk.read()
    assert decision.evidence == {}
    assert len(judgements([decision], desk.book)) == len(desk.book.theme_ids)
