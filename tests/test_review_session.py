"""The review session without a screen: what is ticked, saved, undone, carried, settled; and the queues."""

import shutil
from collections.abc import Iterable
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.decisions import Decision, DecisionLog, judgements, read_decisions, standing_judgements
from coder.decisions import place_in_order as draw
from coder.errors import CoderError
from coder.keywords import keywords_in
from coder.project import Project
from coder.reviewing.context import ReviewContext
from coder.reviewing.copies import find_copies
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import open_session
from coder.reviewing.progress.precision import reviews_needed, sample_interval
from coder.reviewing.progress.status import count_status
from coder.reviewing.queue import Lane, lane_of, second_coding
from coder.reviewing.random_order import drawn_sample
from coder.reviewing.record import Record
from coder.reviewing.session import Session
from coder.reviewing.suggestions import Neighbours, Suggestions
from coder.reviewing.watching import DecisionWatcher
from review_helpers import BOOK, book_at, comments_table, labels_table, plain_texts, project_at


def random_order(comment_ids: Iterable[str], seed: int) -> tuple[str, ...]:
    """The comments in the order in which they are drawn."""
    return tuple(sorted(comment_ids, key=lambda comment_id: (draw(seed, comment_id), comment_id)))


class Desk:
    """A project on disk and reviewers who sit down at it."""

    def __init__(
        self,
        folder: Path,
        texts: dict[str, str] | None = None,
        book: str = BOOK,
        *,
        labels: bool = True,
        **columns: Any,
    ) -> None:
        self.folder = folder
        self.path, self.book = book_at(folder, book)
        self.comments = comments_table(texts or plain_texts(), **columns)
        self.project: Project = project_at(
            folder / "plan.coding",
            self.comments,
            labels=labels_table(self.comments, self.book) if labels else None,
        )

    def copy(self, folder: Path) -> "Desk":
        """The same project in another folder; the codebook and the comments are shared."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = copy(self)
        other.folder = folder
        other.path = folder / self.path.name
        other.project = Project(folder / "plan.coding")
        return other

    def sit(self, reviewer: str = "amira", **mode: Any) -> Session:
        """A session whose decisions are on disk at once."""
        opened = open_session(self.project, self.book, self.path, reviewer, ReviewMode(**mode))
        opened.writer.close()
        log = DecisionLog(self.path, reviewer)
        opened.session._keeper.write = log.append
        return opened.session

    def read(self) -> list[Decision]:
        return list(read_decisions(self.path).decisions)

    def judged(self) -> pd.DataFrame:
        return judgements(self.read(), self.book)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def few_comments(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("few"), plain_texts(6))


@pytest.fixture
def desk(prepared: Desk, tmp_path: Path) -> Desk:
    return prepared.copy(tmp_path)


def here(session: Session) -> str:
    assert session.pick is not None
    return session.pick.comment_id


def ticked(session: Session) -> set[str]:
    return {row.theme_id for row in session.rows() if row.ticked}


# ---------------------------------------------------------------- one comment


def test_enter_accepts_what_the_model_would_assign(desk: Desk) -> None:
    session = desk.sit()
    session.go_to("C-0001")  # Crack down on the drugs and the dealers
    assert ticked(session) == {"drugs"}
    (row,) = [r for r in session.rows() if r.theme_id == "drugs"]
    assert [p.position_id for p in row.positions if p.ticked] == ["more"]
    assert row.why == "says drugs, dealers, crack down"
    assert [r.theme_id for r in session.rows()] == list(desk.book.theme_ids)
    (decision,) = session.save()
    assert decision.themes == {"drugs": ("more",)}
    assert decision.scope == desk.book.theme_ids
    assert (decision.mode, decision.model_fingerprint) == ("assisted", "model-1")
    assert decision.shown["drugs"] == pytest.approx(0.9)
    assert set(decision.shown) == set(desk.book.theme_ids)
    assert desk.read() == [decision]


def test_the_order_of_the_list_is_the_codebooks_or_the_models_and_keys_stay(desk: Desk) -> None:
    keys = []
    for order in ("codebook", "model"):
        session = desk.sit(order=order)
        session.go_to("C-0001")
        rows = session.rows()
        first = {"codebook": "visibility", "model": "drugs"}[order]
        assert rows[0].theme_id == first
        keys.append({row.theme_id: row.key for row in rows})
    assert keys[0] == keys[1]
    assert keys[0]["drugs"] == "3"


@pytest.mark.parametrize(("tick", "expected"), [(0, True), (0.9, True), (0.91, False), (1, False)])
def test_nothing_is_ticked_in_advance_below_the_probability_asked_for(
    desk: Desk, tick: float, expected: bool
) -> None:
    session = desk.sit(tick=tick)
    session.go_to("C-0001")  # drugs: .9
    assert ticked(session) == ({"drugs"} if expected else set())
    session.edit.untick_all()
    session.edit.toggle("drugs")
    assert session.draft.themes["drugs"] == (("more",) if expected else ())


def test_a_probability_to_tick_from_lies_between_0_and_1(desk: Desk) -> None:
    with pytest.raises(CoderError, match="must be between 0 and 1"):
        desk.sit(tick=1.5)


def test_ticks_positions_unsure_and_note_are_saved(desk: Desk) -> None:
    session = desk.sit()
    session.go_to("C-0006")
    session.edit.toggle("women")
    session.edit.toggle_position("drugs", "less")
    session.edit.toggle_position("drugs", "more")
    session.edit.toggle_unsure("driving")
    session.edit.set_note("  check with ben ")
    (decision,) = session.save()
    assert decision.themes == {"women": (), "drugs": ("more", "less")}
    assert decision.unsure == ("driving",)
    assert decision.note == "check with ben"
    assert "driving" not in set(desk.judged()["theme_id"])


def test_positions_step_through_each_all_and_none(desk: Desk) -> None:
    session = desk.sit()
    session.go_to("C-0006")
    seen = []
    for _ in range(5):
        session.edit.next_position("drugs")
        seen.append(session.draft.themes["drugs"])
    assert seen == [("more",), ("less",), ("more", "less"), (), ("more",)]


def test_the_order_of_the_list_stays_while_a_comment_is_in_front(desk: Desk) -> None:
    session = desk.sit()
    before = [row.theme_id for row in session.rows()]
    for theme_id in before:
        session.edit.toggle(theme_id)
        assert [row.theme_id for row in session.rows()] == before


def test_a_decided_comment_shows_what_was_decided(desk: Desk) -> None:
    session = desk.sit()
    session.go_to("C-0001")
    session.edit.untick_all()
    session.edit.toggle("women")
    session.save()
    session.go_to("C-0001")
    assert ticked(session) == {"women"}
    assert session.saved
    later = desk.sit()  # another day
    later.go_to("C-0001")
    assert ticked(later) == {"women"}
    later.edit.toggle("women")
    assert not later.saved
    later.save()
    said = desk.judged()
    assert not said[said["comment_id"] == "C-0001"]["present"].any()


# ---------------------------------------------------------------- blind


def test_blind_shows_and_records_nothing_of_the_model(desk: Desk) -> None:
    session = desk.sit(blind=True)
    session.go_to("C-0001")
    rows = session.rows()
    assert [row.theme_id for row in rows] == list(desk.book.theme_ids)
    assert all(row.probability is None and row.evidence is None and not row.why for row in rows)
    assert all(p.probability is None for row in rows for p in row.positions)
    assert not ticked(session)
    session.neighbours = Neighbours(["C-0001"], np.ones((1, 1), dtype=np.float32))
    session.learn(Suggestions(labels_table(desk.comments, desk.book), desk.book))
    assert session.suggestions is None
    (decision,) = session.save()
    assert (decision.mode, decision.shown, decision.model_fingerprint) == ("blind", {}, "")


def test_a_blind_session_does_not_show_what_one_decided_with_suggestions(desk: Desk) -> None:
    session = desk.sit()
    first = here(session)
    session.edit.toggle("women")
    session.save()
    blind = desk.sit(blind=True, sample=3)
    assert here(blind) == first  # the sample begins again: assisted is not blind
    assert not ticked(blind)
    blind.save()
    assert here(desk.sit(blind=True, sample=3)) != first


def test_suggestions_do_not_betray_another_reviewer(desk: Desk) -> None:
    labels = labels_table(desk.comments, desk.book)
    mine = labels["comment_id"].isin(["C-0006", "C-0001"])
    labels.loc[mine, "assigned"] = labels.loc[mine, "theme_id"] == "women"
    labels.loc[mine, "origin"] = "ben"
    desk.project.write_labels(labels)
    session = desk.sit()
    session.go_to("C-0006")
    assert not ticked(session)  # ben said women; the model did not
    session.go_to("C-0001")
    assert ticked(session) == {"drugs"}


# ---------------------------------------------------------------- undo and redo


def state(session: Session) -> tuple[str, Any, Any]:
    return here(session), session.draft, session.record.verdicts(here(session), session.reviewer)


def test_undo_and_redo_of_ticks_and_of_decisions(desk: Desk) -> None:
    session = desk.sit()
    first = here(session)
    before = session.draft
    session.edit.toggle("women")
    session.edit.set_note("n")
    changed = session.draft
    session.save()
    second = here(session)
    assert session.undo() == "decision"
    assert here(session) == first
    assert session.draft == changed
    assert session.changed
    assert not len(desk.judged())
    assert session.undo() == "tick"
    assert session.undo() == "tick"
    assert session.draft == before
    assert session.undo() == ""
    for expected in ("tick", "tick", "decision"):
        assert session.redo() == expected
    assert here(session) == second
    assert session.redo() == ""
    said = desk.judged()
    assert said.set_index("theme_id").loc["women", "present"]
    session.undo()
    assert not len(desk.judged())
    assert len(desk.read()) == 4  # decision, undone, given back, undone: nothing is ever removed


def test_a_new_act_after_undo_ends_what_could_be_redone(desk: Desk) -> None:
    session = desk.sit()
    session.edit.toggle("women")
    session.undo()
    session.edit.toggle("driving")
    assert session.redo() == ""


def test_taking_back_a_decision_of_another_day_and_undoing_that(desk: Desk) -> None:
    session = desk.sit()
    first = here(session)
    session.save()
    later = desk.sit()
    later.go_to(first)
    assert later.take_back()
    assert not len(desk.judged())
    assert not later.take_back()
    assert later.undo() == "decision"
    assert here(later) == first
    assert len(desk.judged()) == len(desk.book.theme_ids)
    later.redo()
    assert not len(desk.judged())


@given(
    st.lists(
        st.sampled_from(
            [
                "tick",
                "position",
                "unsure",
                "none",
                "save",
                "skip",
                "back",
                "forward",
                "undo",
                "redo",
                "take_back",
            ]
        ),
        max_size=40,
    )
)
@settings(max_examples=50, deadline=None)
def test_whatever_is_done_can_be_undone_to_the_beginning(
    few_comments: Desk, acts: list[str]
) -> None:
    """Undone to the end nothing stands; redone to the end all stands as it stood."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        desk = few_comments.copy(Path(folder))
        session = desk.sit()
        do = {
            "tick": lambda: session.edit.toggle("women"),
            "position": lambda: session.edit.next_position("drugs"),
            "unsure": lambda: session.edit.toggle_unsure("driving"),
            "none": session.edit.untick_all,
            "save": session.save,
            "skip": session.skip,
            "back": session.back,
            "forward": session.forward,
            "undo": session.undo,
            "redo": session.redo,
            "take_back": session.take_back,
        }
        for act in acts:
            do[act]()
        while session.redo():
            pass

        def stands() -> list[tuple[object, ...]]:
            said = desk.judged()
            return sorted(
                zip(
                    said["comment_id"],
                    said["theme_id"],
                    said["present"],
                    said["positions"],
                    strict=True,
                )
            )

        before = stands()
        in_memory = {
            c: dict(session.record.verdicts(c, "amira")) for c in session.record.comment_ids
        }
        while session.undo():
            pass
        assert stands() == []
        while session.redo():
            pass
        assert stands() == before
        again = {c: dict(session.record.verdicts(c, "amira")) for c in session.record.comment_ids}
        assert {c: {t: v[:3] for t, v in said.items()} for c, said in again.items() if said} == {
            c: {t: v[:3] for t, v in said.items()} for c, said in in_memory.items() if said
        }
        for (
            comment_id,
            theme_id,
            present,
            positions,
        ) in before:  # the memory says what the disk says
            verdict = session.record.verdicts(str(comment_id), "amira")[str(theme_id)]
            assert (verdict.present, verdict.positions) == (present, positions)


# ---------------------------------------------------------------- moving


def test_back_and_forward_keep_ticks_that_are_not_saved(desk: Desk) -> None:
    session = desk.sit()
    first = here(session)
    session.edit.toggle("women")
    session.forward()
    second = here(session)
    assert second != first
    assert session.back()
    assert here(session) == first
    assert "women" in ticked(session)
    assert not session.back()
    session.forward()
    assert here(session) == second


def test_skipped_comments_come_once_more_at_the_end(tmp_path: Path) -> None:
    session = Desk(tmp_path, plain_texts(4)).sit(blind=True)
    first = here(session)
    session.skip()
    assert session.skipped == 1
    others = []
    while here(session) != first:
        others.append(here(session))
        session.save()
    assert len(others) == 3
    session.save()
    assert session.pick is None
    assert session.skipped == 0
    session.back()
    assert session.pick is not None


def test_search_by_words_and_by_id(desk: Desk) -> None:
    session = desk.sit()
    assert session.comments.search("CANNABIS neighbour 23") == ["C-0023"]
    assert session.comments.search("cannabis") == [
        "C-0002",
        "C-0009",
        "C-0016",
        "C-0023",
        "C-0030",
        "C-0037",
    ]
    assert session.comments.search("c-003") == [f"C-003{n}" for n in range(10)]
    assert session.comments.search("  ") == []
    assert session.comments.search("no such words") == []
    assert not session.go_to("nobody")


def test_more_like_this_comes_next(desk: Desk) -> None:
    session = desk.sit()
    ids = list(desk.comments["comment_id"])
    vectors = np.eye(7, dtype=np.float32)[[n % 7 for n in range(len(ids))]]
    session.neighbours = Neighbours(ids, vectors)
    session.go_to("C-0001")
    assert session.more_like_this(3) == 3
    session.save()
    seen = []
    for _ in range(3):
        seen.append(here(session))
        assert session.pick is not None
        assert session.pick.chosen == "targeted"
        session.save()
    assert all(int(c[2:]) % 7 == 1 for c in seen)


# ---------------------------------------------------------------- copies


@pytest.fixture
def copied(tmp_path: Path) -> Desk:
    texts = {"A-1": "Ban the cars!", "A-2": "ban the CARS", "A-3": "Ban the cars?!", "A-4": "Ban the cars, and speeding too", "B-1": "Legalise cannabis", "B-2": "!!!", "B-3": "!!!"}  # fmt: skip
    return Desk(tmp_path, texts, campaign_id=["", "k", "k", "k", "", "", ""])


def test_copies_share_their_normal_form_or_a_campaign(copied: Desk) -> None:
    found = find_copies(copied.comments)
    assert found["A-1"].same == ("A-2", "A-3")
    assert found["A-2"] == (("A-1", "A-3"), ("A-4",))
    assert found["A-4"] == ((), ("A-2", "A-3"))
    assert "B-2" not in found  # nothing is left of them to be the same


@pytest.mark.parametrize(
    ("choice", "with_"),
    [("same", ["A-1", "A-3"]), ("campaign", ["A-1", "A-3", "A-4"]), ("one", [])],
)
def test_copies_are_decided_once(copied: Desk, choice: str, with_: list[str]) -> None:
    session = copied.sit()
    session.go_to("A-2")
    session.copy_choice = choice  # type: ignore[assignment]
    records = session.save()
    assert [d.comment_id for d in records] == ["A-2", *with_]
    assert all(d.themes == records[0].themes for d in records)
    assert [d.note for d in records[1:]] == ["as A-2"] * len(with_)
    assert records[0].text != (records[1].text if with_ else "")
    session.undo()
    assert not len(copied.judged())
    session.redo()
    assert set(copied.judged()["comment_id"]) == {"A-2", *with_}


def test_a_copy_decided_already_is_left_alone(copied: Desk) -> None:
    session = copied.sit()
    session.go_to("A-1")
    session.copy_choice = "one"
    session.edit.toggle("women")
    session.save()
    session.go_to("A-2")
    assert session.copies_now().same == ("A-3",)


# ---------------------------------------------------------------- the random order


def test_the_random_order_is_written_down_and_hangs_on_seed_and_ids_alone(desk: Desk) -> None:
    order = drawn_sample(desk.project.folder, desk.comments, 7)
    shuffled = desk.comments.sample(frac=1, random_state=1)
    assert random_order(shuffled["comment_id"], 7) == order
    assert random_order(desk.comments["comment_id"], 8) != order
    path = desk.project.folder / "samples" / "random-7.csv"
    written = pd.read_csv(path, dtype=str)
    assert list(written["comment_id"]) == list(order)
    assert list(written["draw"]) == [draw(7, c) for c in order]
    before = path.read_bytes()
    assert drawn_sample(desk.project.folder, shuffled, 7) == order
    assert path.read_bytes() == before


def test_a_sample_file_that_was_edited_is_refused(desk: Desk) -> None:
    drawn_sample(desk.project.folder, desk.comments, 0)
    path = desk.project.folder / "samples" / "random-0.csv"
    lines = path.read_text().splitlines(keepends=True)
    for edited in (
        [lines[0], lines[2], lines[1], *lines[3:]],
        lines[:3] + lines[4:],
        [lines[0], lines[1].replace("C-", "D-"), *lines[2:]],
        [],
    ):
        path.write_text("".join(edited))
        reason = "was changed after it was written" if edited else "is empty"
        with pytest.raises(CoderError, match=reason):
            drawn_sample(desk.project.folder, desk.comments, 0)


def test_a_source_added_later_takes_its_places_and_the_first_file_stays(desk: Desk) -> None:
    drawn_sample(desk.project.folder, desk.comments.iloc[:20], 0)
    first = (desk.project.folder / "samples" / "random-0.csv").read_bytes()
    order = drawn_sample(desk.project.folder, desk.comments, 0)
    assert (desk.project.folder / "samples" / "random-0.csv").read_bytes() == first
    assert (desk.project.folder / "samples" / "random-0-2.csv").is_file()
    earlier = [c for c in order if c in set(desk.comments["comment_id"][:20])]
    assert earlier == list(random_order(desk.comments["comment_id"][:20], 0))
    assert drawn_sample(desk.project.folder, desk.comments.iloc[5:], 0) == tuple(
        c for c in order if c in set(desk.comments["comment_id"][5:])
    )
    assert not (desk.project.folder / "samples" / "random-0-3.csv").exists()


# ---------------------------------------------------------------- the queue


def decide(session: Session, n: int) -> list[tuple[str, str]]:
    found = []
    for _ in range(n):
        if session.pick is None:
            break
        found.append((session.pick.comment_id, session.pick.chosen))
        session.save()
    return found


def test_half_random_half_doubtful(desk: Desk) -> None:
    session = desk.sit()
    done = decide(session, 20)
    assert [chosen for _, chosen in done].count("random") == 10
    assert len({c for c, _ in done}) == 20
    by_chosen = {d.comment_id: d.chosen for d in desk.read()}
    order = random_order(desk.comments["comment_id"], 0)
    drawn = [c for c, chosen in by_chosen.items() if chosen == "random"]
    assert set(drawn) <= set(order[: len(drawn)] + tuple(c for c, _ in done))


def test_without_labels_blind_or_in_a_sample_all_are_random(tmp_path: Path) -> None:
    desk = Desk(tmp_path, labels=False)
    order = random_order(desk.comments["comment_id"], 0)
    assert decide(desk.sit(), 5) == [(c, "random") for c in order[:5]]
    desk.project.write_labels(labels_table(desk.comments, desk.book))
    assert decide(desk.sit("ben", blind=True), 5)[0][1] == "random"
    assert decide(desk.sit("carla", sample=5), 9) == [(c, "random") for c in order[:5]]


def test_random_draws_are_the_first_of_the_order_that_nobody_had_decided(desk: Desk) -> None:
    """What the estimates build on: a draw comes from what is not known, and speaks for the rest."""
    done = decide(desk.sit(), 24)
    order = random_order(desk.comments["comment_id"], 0)
    known: set[str] = set()
    for comment_id, chosen in done:
        if chosen == "random":
            assert comment_id == next(c for c in order if c not in known)
        known.add(comment_id)


def test_a_sample_calls_random_only_what_was_not_known(desk: Desk) -> None:
    """A comment that was sought out before cannot become a random draw by being read again."""
    done = dict(decide(desk.sit("amira"), 20))
    decide(desk.sit("ben", sample=20, blind=True), 20)
    decide(desk.sit("amira", sample=20, blind=True), 20)
    said = desk.judged()
    for comment_id, chosen in done.items():
        again = said[(said["comment_id"] == comment_id)]["chosen"]
        assert set(again) == {chosen}
    fresh = set(random_order(desk.comments["comment_id"], 0)[:20]) - set(done)
    assert set(said.loc[said["comment_id"].isin(fresh), "chosen"]) == {"random"}


def test_a_theme_known_before_is_not_drawn_with_the_rest(desk: Desk) -> None:
    decide(desk.sit("amira", theme="drugs"), 40)
    session = desk.sit("amira")
    assert session.pick is not None
    assert session.pick.chosen == "random"
    records = session.save()
    assert sorted((d.chosen, len(d.scope)) for d in records) == [("random", 4), ("targeted", 1)]
    assert next(d for d in records if d.chosen == "targeted").scope == ("drugs",)
    assert len(session.record.verdicts(records[0].comment_id, "amira")) == 5


def test_copies_are_known_from_just_after_the_comment_that_was_read(copied: Desk) -> None:
    session = copied.sit()
    session.go_to("A-1")
    first, *rest = session.save()
    assert rest
    assert all(d.decided_at > first.decided_at and d.chosen == "targeted" for d in rest)


def test_a_sample_is_the_same_for_everybody_and_ends(desk: Desk) -> None:
    one, two = desk.sit("amira", sample=6, blind=True), desk.sit("ben", sample=6, blind=True)
    assert one.progress().left == 6
    assert decide(one, 9) == decide(two, 9)
    assert one.pick is None
    assert one.progress().left == 0
    with pytest.raises(CoderError, match="the sample of 6 is decided"):
        desk.sit("amira", sample=6, blind=True)
    more = desk.sit("amira", sample=8, blind=True)
    assert more.progress().left == 2


def test_two_at_once_take_different_comments(desk: Desk) -> None:
    decide(desk.sit("amira", blind=True), 1)
    decide(desk.sit("ben", blind=True), 1)
    one, two = desk.sit("amira", blind=True), desk.sit("ben", blind=True)
    took = decide(one, 8), decide(two, 8)
    assert not {c for c, _ in took[0]} & {c for c, _ in took[1]}


def test_what_another_decided_is_not_offered(desk: Desk) -> None:
    done = {c for c, _ in decide(desk.sit("amira"), 12)}
    rest = {c for c, _ in decide(desk.sit("ben"), 40)}
    assert not done & rest
    assert len(done | rest) == 40


def test_lanes() -> None:
    assert lane_of("ben", []) == Lane(0, 1)
    assert lane_of("ben", ["amira", "ben", "carla"]) == Lane(1, 3)


def test_the_doubtful_comment_is_the_one_the_model_is_least_sure_of(desk: Desk) -> None:
    labels = labels_table(desk.comments, desk.book)
    doubtful = (labels["comment_id"] == "C-0031") & (labels["theme_id"] == "driving")
    labels.loc[doubtful, "probability"] = 0.5
    desk.project.write_labels(labels)
    session = desk.sit()
    if session.pick is not None and session.pick.chosen == "random":
        session.save()
    assert session.pick is not None
    assert session.pick.comment_id == "C-0031"
    assert session.pick.reason == "the model is unsure here: Driving 50%"


def test_a_newer_model_is_taken_without_touching_what_is_in_front(desk: Desk) -> None:
    session = desk.sit()
    before = session.draft
    other = labels_table(desk.comments, desk.book)
    other.loc[
        (other["theme_id"] == "women") & (other["position_id"] == ""), ["assigned", "probability"]
    ] = [
        True,
        0.8,
    ]
    session.learn(Suggestions(other, desk.book, "model-2"))
    assert session.draft == before
    assert not session.changed
    session.save()
    assert "women" in ticked(session)
    assert session.save()[0].model_fingerprint == "model-2"


# ---------------------------------------------------------------- one theme


def test_one_theme_carries_that_scope_only(desk: Desk) -> None:
    session = desk.sit(theme="drugs")
    reasons = []
    for _ in range(8):
        assert session.pick is not None
        reasons.append(session.pick.reason)
        session.edit.set_theme("drugs", True, ("less",))
        session.save()
    assert [r.split(":")[0] for r in reasons[:2]] == ["likely", "in doubt"]
    assert all(d.scope == ("drugs",) and d.chosen == "targeted" for d in desk.read())
    assert set(desk.judged()["theme_id"]) == {"drugs"}
    assert [row.theme_id for row in session.rows()] == ["drugs"]


def test_one_theme_in_a_sample_is_random(desk: Desk) -> None:
    session = desk.sit(theme="drugs", sample=3, blind=True)
    done = decide(session, 5)
    assert [chosen for _, chosen in done] == ["random"] * 3
    assert all(d.scope == ("drugs",) for d in desk.read())


def test_a_pass_over_one_theme_asks_for_no_other(desk: Desk) -> None:
    decide(desk.sit(theme="drugs"), 10)
    session = desk.sit()
    assert session.pick is not None
    assert not session.pick.reason.startswith("again")


# ---------------------------------------------------------------- a codebook that lives


def test_a_theme_added_later_is_asked_for_alone_and_first(desk: Desk) -> None:
    done = dict(decide(desk.sit(), 6))
    when = {d.comment_id: d.decided_at for d in desk.read()}
    desk.path.write_text(BOOK + "  - {id: noise, name: Noise}\n", encoding="utf-8")
    _, desk.book = book_at(desk.folder, BOOK + "  - {id: noise, name: Noise}\n")
    session = desk.sit()
    again = []
    while session.pick is not None and session.pick.reason.startswith("again"):
        again.append(session.pick.comment_id)
        assert session.pick.scope == ("noise",)
        assert session.rows()[0].theme_id == "noise"
        assert not session.rows()[1].judged
        session.edit.toggle("noise")
        (decision,) = session.save()
        assert decision.scope == ("noise",)
        assert decision.themes == {"noise": ()}
    assert set(again) == set(done)
    times = [when[comment_id] for comment_id in again]
    assert times == sorted(
        times
    )  # in the order in which they were decided; some in the same millisecond
    said = desk.judged()
    mine = said[said["comment_id"].isin(again)]
    assert mine.groupby("comment_id").size().eq(len(desk.book.theme_ids)).all()


def test_a_split_asks_again_for_the_new_themes(desk: Desk) -> None:
    decide(desk.sit(), 4)
    text = BOOK.replace(
        "  - id: women\n    name: Safety of women\n",
        "  - {id: night, name: Safe at night, split_from: women}\n  - id: at-home\n    name: Safe at home\n    split_from: women\n",
    )
    _, desk.book = book_at(desk.folder, text)
    session = desk.sit()
    assert session.pick is not None
    assert set(session.pick.scope) == {"night", "at-home"}


# ---------------------------------------------------------------- several reviewers


def test_double_coding_takes_a_share_of_what_others_decided_blind(desk: Desk) -> None:
    with pytest.raises(CoderError, match="nobody else has decided"):
        desk.sit("ben", double=0.5)
    decide(desk.sit("amira"), 40)
    session = desk.sit("ben", double=0.5)
    assert session.blind
    left = session.progress().left
    assert left is not None
    assert 10 <= left <= 30
    done = decide(session, 50)
    assert len(done) == left
    drawn = {d.comment_id for d in desk.read() if d.reviewer == "amira" and d.chosen == "random"}
    assert all((chosen == "random") == (c in drawn) for c, chosen in done)
    assert all(d.mode == "blind" for d in desk.read() if d.reviewer == "ben")


def test_the_share_grows_without_changing_what_was_in_it(desk: Desk) -> None:
    decide(desk.sit("amira"), 40)
    record = Record(
        desk.read(),
        desk.book,
        "plan",
        dict(zip(desk.comments["comment_id"], desk.comments["text"], strict=True)),
    )
    context = ReviewContext(desk.book, record, "plan", "ben", ReviewMode(double=0.1, blind=True))
    order = random_order(desk.comments["comment_id"], 0)
    sizes = []
    before: set[str] = set()
    for share in (0.1, 0.2, 0.5, 1.0):
        now = {p.comment_id for p in second_coding(context, order, share=share, seed=0)}
        assert before <= now
        before = now
        sizes.append(len(now))
    assert sizes[-1] == 40


def test_adjudication_shows_both_and_settles(desk: Desk) -> None:
    for name, theme in (("amira", "women"), ("ben", "driving")):
        session = desk.sit(name, blind=True)
        session.go_to("C-0006")
        session.edit.toggle("drugs")
        session.edit.toggle(theme)
        session.edit.set_note(f"{name}'s note")
        session.save()
    with pytest.raises(CoderError, match="cannot be blind"):
        desk.sit("carla", adjudicate=True, blind=True)
    session = desk.sit("amira", adjudicate=True)
    assert here(session) == "C-0006"
    assert session.pick is not None
    assert set(session.pick.scope) == {"women", "driving"}
    rows = {row.theme_id: row for row in session.rows()}
    assert rows["women"].answers == (("amira", "yes"), ("ben", "no"))
    assert rows["drugs"].ticked
    assert not rows["drugs"].judged
    assert not rows["women"].ticked
    assert {row.theme_id for row in session.rows()[:2]} == {"women", "driving"}
    assert session.settle.notes() == [("amira", "amira's note"), ("ben", "ben's note")]
    assert session.save() == (), "a dispute without an answer is not a no"
    session.settle.answer("driving", True)
    session.settle.answer("women", False)
    (decision,) = session.save()
    assert decision.scope == ("women", "driving")
    assert decision.themes == {"driving": ()}
    assert len(decision.adjudicates) == 2
    assert session.pick is None
    stands = standing_judgements(desk.judged()).set_index("theme_id")
    assert stands.loc["driving", "present"]
    assert not stands.loc["women", "present"]
    assert stands.loc["drugs", "present"]
    assert not stands["contested"].any()
    both = desk.judged()
    assert (
        len(both[(both["theme_id"] == "women") & ~both["adjudicated"]]) == 2
    )  # what was said stays said
    with pytest.raises(CoderError, match="no comment is in dispute"):
        desk.sit("amira", adjudicate=True)
    session.undo()
    assert here(desk.sit("carla", adjudicate=True)) == "C-0006"


def test_differing_positions_are_a_dispute(desk: Desk) -> None:
    for name, position in (("amira", "more"), ("ben", "less")):
        session = desk.sit(name, blind=True)
        session.go_to("C-0006")
        session.edit.toggle_position("drugs", position)
        session.save()
    session = desk.sit("carla", adjudicate=True)
    (drugs, *_) = session.rows()
    assert drugs.answers == (("amira", "yes"), ("ben", "yes"))
    assert [position.answers for position in drugs.positions] == [
        (("amira", "yes"), ("ben", "no")),
        (("amira", "no"), ("ben", "yes")),
    ]


def test_what_others_write_meanwhile_is_seen(desk: Desk) -> None:
    look = DecisionWatcher(desk.path)
    assert look() == []
    done = decide(desk.sit("ben"), 2)
    assert [d.comment_id for d in look()] == [c for c, _ in done]
    assert look() == []
    path = desk.path.with_name("plan.decisions") / "ben.jsonl"
    with path.open("ab") as file:
        file.write(b'{"torn')
    assert look() == []


# ---------------------------------------------------------------- figures


def test_the_record_counts_as_the_judgements_do(desk: Desk) -> None:
    """The quick count behind the progress line and `agreed` over the table say the same."""
    rng = np.random.default_rng(3)
    for name in ("amira", "ben", "carla"):
        session = desk.sit(name, blind=bool(rng.integers(2)), sample=30)
        for _ in range(25):
            if session.pick is None:
                break
            for theme_id in desk.book.theme_ids:
                if rng.random() < 0.3:
                    session.edit.toggle(theme_id)
                elif rng.random() < 0.1:
                    session.edit.toggle_unsure(theme_id)
            session.save()
            if rng.random() < 0.15:
                session.undo()
    texts = dict(zip(desk.comments["comment_id"], desk.comments["text"], strict=True))
    record = Record(desk.read(), desk.book, "plan", texts)
    step = Record([], desk.book, "plan", texts)
    for decision in desk.read():
        step.add([decision])
    said = desk.judged()
    stands = standing_judgements(said)
    random_pairs = {(r.comment_id, r.theme_id) for r in said.itertuples() if r.chosen == "random"}
    for theme_id in desk.book.theme_ids:
        part = stands[stands["theme_id"] == theme_id]
        assert record.positives(theme_id) == int(part["present"].sum())
        drawn = part[[(c, theme_id) in random_pairs for c in part["comment_id"]]]
        assert tuple(record.tally(theme_id)) == (len(drawn), int(drawn["present"].sum()))
        assert step.tally(theme_id) == record.tally(theme_id)
        assert step.carriers(theme_id) == record.carriers(theme_id)


def test_wilson_against_published_figures() -> None:
    """Newcombe (1998), table I: 81 of 263 and 15 of 148 and 0 of 20, from a population without end."""
    for present, judged, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
    ):
        found = sample_interval(present / judged, judged, 10**9)
        assert found == pytest.approx((low, high), abs=5e-5)
    assert sample_interval(0.3, 10, 10) == (0.3, 0.3)
    assert sample_interval(0.5, 0, 10) == (0.0, 1.0)


@given(st.integers(1, 400), st.data())
@settings(max_examples=100, deadline=None)
def test_the_reviews_needed_are_enough_and_one_less_is_not(
    judged: int, data: st.DataObject
) -> None:
    population = data.draw(st.integers(judged, 5000))
    present = data.draw(st.integers(0, judged))
    more = reviews_needed(present, judged, population, 0.02)
    assert judged + more <= population
    low, high = sample_interval(present / judged, judged, population)
    assert (more == 0) == ((high - low) / 2 <= 0.02)


def test_status(desk: Desk) -> None:
    decide(desk.sit("amira"), 10)
    session = desk.sit("ben", sample=5, blind=True)
    for _ in range(5):
        session.edit.toggle("women")
        session.save()
    decide(desk.sit("carla", theme="drugs"), 6)
    changed = desk.comments.copy()
    edited = desk.read()[0].comment_id
    gone = desk.read()[1].comment_id
    out = desk.read()[2].comment_id
    changed.loc[changed["comment_id"] == edited, "text"] = "quite another"
    changed.loc[changed["comment_id"] == out, ["status", "reason"]] = ["excluded", "official"]
    changed = changed[changed["comment_id"] != gone]
    status = count_status(changed, desk.book, desk.path, project="plan")
    stale = {s.comment_id: s.what for s in status.stale}
    assert stale[edited] == "its text changed since"
    assert stale[gone] == "no longer in the project"
    assert stale[out] == "not analysed (official)"
    whole = count_status(desk.comments, desk.book, desk.path, project="plan")
    assert whole.stale == ()
    assert whole.analysed == 40
    assert {r.reviewer for r in whole.reviewers} == {"amira", "ben", "carla"}
    ben = next(r for r in whole.reviewers if r.reviewer == "ben")
    assert (ben.comments, ben.blind, ben.random, ben.assisted) == (5, 5, 5, 0)
    assert ben.words > 20
    assert whole.disputed > 0
    women = next(t for t in whole.themes if t.theme_id == "women")
    assert women.low is None  # too few at random for an interval
    assert women.share is not None
    assert women.random + women.more <= 40
    assert whole.more == max(t.more for t in whole.themes)
    drugs = next(t for t in whole.themes if t.theme_id == "drugs")
    assert drugs.decided > women.decided


def test_status_gives_the_estimators_interval_and_what_is_left(tmp_path: Path) -> None:
    desk = Desk(tmp_path, plain_texts(400))
    session = desk.sit("amira", sample=120, blind=True)
    for _ in range(120):
        if "Women" in session.text:
            session.edit.toggle("women")
        session.save()
    labels = labels_table(desk.comments, desk.book)
    plain = count_status(desk.comments, desk.book, desk.path, project="plan").themes
    helped = count_status(desk.comments, desk.book, desk.path, project="plan", labels=labels).themes
    truth = float(desk.comments["text"].str.contains("Women").mean())
    for status in (plain, helped):
        women = next(t for t in status if t.theme_id == "women")
        assert women.low is not None
        assert women.high is not None
        assert women.low < truth < women.high
        assert women.random == 120
    width = [
        next(t.high - t.low for t in s if t.theme_id == "women" and t.high and t.low)
        for s in (plain, helped)
    ]
    assert width[1] < width[0]  # the model is right here, so it helps
    more = [next(t.more for t in s if t.theme_id == "women") for s in (plain, helped)]
    assert more[1] < more[0] <= 280
    # the promise holds: reading so many more is enough
    session = desk.sit("amira", sample=120 + more[0], blind=True)
    while session.pick is not None:
        if "Women" in session.text:
            session.edit.toggle("women")
        session.save()
    women = next(
        t
        for t in count_status(desk.comments, desk.book, desk.path, project="plan").themes
        if t.theme_id == "women"
    )
    assert women.high is not None
    assert women.low is not None
    assert (women.high - women.low) / 2 < 0.025
    assert women.more <= 15


def test_stale_decisions_are_never_used(desk: Desk) -> None:
    (comment_id, _), *_ = decide(desk.sit(), 1)
    comments = desk.comments.copy()
    comments.loc[comments["comment_id"] == comment_id, "text"] = "New words about women"
    desk.project.write(desk.project.settings(), comments)
    session = desk.sit()
    session.go_to(comment_id)
    assert not session.context.own_verdicts(comment_id)
    assert not session.saved


# ---------------------------------------------------------------- why


def test_keywords_are_found_by_their_stems(desk: Desk) -> None:
    drugs = desk.book.theme("drugs")
    assert keywords_in("A drug dealer LEGALISED it; cracking down", drugs.all_keywords) == (
        "drugs",
        "dealers",
        "crack down",
        "legalise",
    )
    assert keywords_in("nothing of the kind", drugs.all_keywords) == ()


def test_similar_decided_comments_are_a_reason(desk: Desk) -> None:
    session = desk.sit()
    ids = list(desk.comments["comment_id"])
    session.neighbours = Neighbours(
        ids, np.eye(7, dtype=np.float32)[[n % 7 for n in range(len(ids))]]
    )
    session.go_to("C-0001")
    session.save()
    session.go_to("C-0008")
    (drugs,) = [row for row in session.rows() if row.theme_id == "drugs"]
    assert "like C-0001" in drugs.why


def test_when_all_is_decided_one_may_still_look_back(desk: Desk) -> None:
    decide(desk.sit("ben"), 40)
    session = desk.sit("amira")
    assert session.pick is None
    assert session.rows() == []
    assert session.save() == ()
    assert not session.skip()
    session.go_to("C-0003")
    session.save()
    assert session.pick is None
    session.back()
    assert here(session) == "C-0003"


def test_opening_says_what_cannot_be(desk: Desk) -> None:
    for mode, told in (
        ({"theme": "drug"}, "the codebook has no theme 'drug'"),
        ({"sample": 0}, "must be at least 1"),
        ({"sample": 5, "adjudicate": True}, "cannot be used together"),
        ({"adjudicate": True}, "no comment is in dispute"),
    ):
        with pytest.raises(CoderError, match=told):
            desk.sit(**mode)
    excluded = desk.comments.assign(status="excluded", reason="empty")
    desk.project.write(desk.project.settings(), excluded)
    with pytest.raises(CoderError, match="no comments to review"):
        desk.sit()


def test_a_model_of_another_codebook_suggests_nothing(desk: Desk) -> None:
    labels = labels_table(desk.comments, desk.book)
    desk.project.write_labels(labels.assign(theme_id="other-" + labels["theme_id"]))
    assert desk.sit().suggestions is None


def test_evidence_and_probability_by_id_whatever_the_order_of_rows(desk: Desk) -> None:
    labels = labels_table(desk.comments, desk.book)
    one = Suggestions(labels, desk.book)
    two = Suggestions(labels.sample(frac=1, random_state=0), desk.book)
    for comment_id in desk.comments["comment_id"]:
        for theme in desk.book.active:
            for position in ("", *(p.id for p in theme.positions)):
                assert one.of(comment_id, theme.id, position) == two.of(
                    comment_id, theme.id, position
                )
    suggested = one.of("C-0001", "drugs")
    assert suggested is not None
    assert suggested.evidence is not None
    text = desk.comments["text"][1]
    assert text[suggested.evidence.start : suggested.evidence.end] == "drugs"
    assert one.of("nobody", "drugs") is None
    assert one.of("C-0001", "nothing") is None
