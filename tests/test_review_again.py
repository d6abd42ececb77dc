"""A codebook that got a new theme after comments were decided: who is asked about what, and nothing blind is lost."""

import time
from pathlib import Path

import pytest

from coder.codebook import Codebook
from coder.decisions import decisions_folder, judgements, read_decisions
from coder.errors import CoderError, for_command_line
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import OpenReview, open_session
from coder.reviewing.progress.status import count_status
from coder.reviewing.watching import DecisionWatcher
from review_helpers import BOOK, book_at, comments_table, labels_table, plain_texts, project_at

NEW = BOOK + "  - {id: noise, name: Noise}\n"


class Room:
    """A project whose codebook changes, and reviewers who come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path, self.book = book_at(folder)
        self.comments = comments_table(plain_texts(40))
        labels = labels_table(self.comments, self.book)
        self.project = project_at(folder / "plan.coding", self.comments, labels=labels)

    def change(self, text: str = NEW) -> None:
        self.path, self.book = book_at(self.folder, text)

    def open(self, reviewer: str, mode: ReviewMode) -> OpenReview:
        return open_session(self.project, self.book, self.path, reviewer, mode)

    def decide(self, reviewer: str, mode: ReviewMode, n: int) -> list[tuple[str, tuple[str, ...]]]:
        """Save the next n as they come: comment and what was asked."""
        opened = self.open(reviewer, mode)
        asked = []
        for _ in range(n):
            if opened.session.pick is None:
                break
            asked.append((opened.session.pick.comment_id, opened.session.pick.scope))
            opened.session.save()
        assert opened.writer.close() == 0
        return asked

    def modes(self, reviewer: str) -> dict[tuple[str, str], str]:
        table = judgements(read_decisions(self.path).decisions, self.book)
        table = table[table["reviewer"] == reviewer]
        return {
            (str(c), str(t)): str(m)
            for c, t, m in zip(table["comment_id"], table["theme_id"], table["mode"], strict=True)
        }


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


BLIND = ReviewMode(blind=True, sample=6)


def test_what_was_decided_blind_is_not_asked_again_with_suggestions(room: Room) -> None:
    done = {c for c, _ in room.decide("amira", BLIND, 6)}
    room.change()
    opened = room.open("amira", ReviewMode())
    (note,) = opened.notes
    assert note.startswith("6 comments that you decided blind wait")
    assert for_command_line(note).endswith("start a review with --blind")
    asked = room.decide("amira", ReviewMode(), 20)
    assert not done & {c for c, _ in asked}
    assert all(mode == "blind" for (c, _), mode in room.modes("amira").items() if c in done)


def test_and_in_a_blind_session_or_the_sample_it_is_asked_for_the_new_theme_alone(
    room: Room,
) -> None:
    done = [c for c, _ in room.decide("amira", BLIND, 6)]
    room.change()
    assert room.decide("amira", BLIND, 3) == [(c, ("noise",)) for c in done[:3]]
    assert room.decide("amira", ReviewMode(blind=True), 3) == [(c, ("noise",)) for c in done[3:]]
    modes = room.modes("amira")
    assert len(modes) == 6 * len(room.book.theme_ids)
    assert set(modes.values()) == {"blind"}


def test_what_was_decided_with_suggestions_is_not_drawn_blind(room: Room) -> None:
    done = {c for c, _ in room.decide("amira", ReviewMode(), 6)}
    room.change()
    assert not done & {c for c, _ in room.decide("amira", ReviewMode(blind=True), 20)}


def test_others_are_asked_for_what_is_new_alone_and_only_until_somebody_has_said_it(
    room: Room,
) -> None:
    done = [c for c, _ in room.decide("amira", ReviewMode(), 8)]
    room.change()
    asked = dict(room.decide("ben", ReviewMode(), 40))
    assert {c: scope for c, scope in asked.items() if c in done} == dict.fromkeys(done, ("noise",))
    assert all(scope == room.book.theme_ids for c, scope in asked.items() if c not in done)
    assert room.decide("carla", ReviewMode(), 40) == []
    assert set(room.modes("amira")) == {
        (c, t) for c in done for t in room.book.theme_ids if t != "noise"
    }


def test_a_new_theme_is_drawn_at_random_in_comments_that_others_sought_out(room: Room) -> None:
    room.decide("amira", ReviewMode(), 8)
    room.change()
    room.decide("ben", ReviewMode(), 40)
    said = [
        d
        for d in read_decisions(room.path).decisions
        if d.reviewer == "ben" and d.scope == ("noise",)
    ]
    assert len(said) == 8
    assert {d.chosen for d in said} == {"random"}


def test_a_pass_over_one_theme_does_not_make_a_comment_whole(room: Room) -> None:
    done = {c for c, _ in room.decide("amira", ReviewMode(theme="drugs"), 6)}
    room.change()
    asked = dict(room.decide("ben", ReviewMode(), 40))
    assert {asked[c] for c in done} == {room.book.theme_ids}


def test_status_says_how_many_and_how(room: Room) -> None:
    room.decide("amira", BLIND, 6)
    room.decide("ben", ReviewMode(), 4)

    def again(book: Codebook) -> tuple[int, int]:
        status = count_status(room.comments, book, room.path, project="plan")
        return status.again, status.again_blind

    assert again(room.book) == (0, 0)
    room.change()
    assert again(room.book) == (10, 6)
    room.decide("ben", ReviewMode(), 4)
    assert again(room.book) == (6, 6)
    room.decide("amira", BLIND, 6)
    assert again(room.book) == (0, 0)


# ---------------------------------------------------------------- blind decisions, looked at with suggestions


def test_going_past_a_blind_decision_in_another_session_leaves_it_as_it_is(room: Room) -> None:
    ((comment_id, _),) = room.decide("amira", ReviewMode(blind=True, sample=1), 1)
    before = read_decisions(room.path).decisions
    opened = room.open("amira", ReviewMode())
    opened.session.go_to(comment_id)
    assert opened.session.save() == ()
    assert opened.session.pick is not None
    assert opened.session.pick.comment_id != comment_id
    opened.writer.close()
    assert read_decisions(room.path).decisions == before


def test_a_blind_decision_corrected_with_suggestions_is_assisted_only_where_it_was_changed(
    room: Room,
) -> None:
    ((comment_id, _),) = room.decide("amira", ReviewMode(blind=True, sample=1), 1)
    opened = room.open("amira", ReviewMode())
    opened.session.go_to(comment_id)
    opened.session.edit.toggle("women")
    (decision,) = opened.session.save()
    assert (decision.scope, decision.mode) == (("women",), "assisted")
    opened.session.go_to(comment_id)
    opened.session.edit.set_note("talked about with ben")
    (noted,) = opened.session.save()
    assert (noted.note, "women" in noted.scope) == ("talked about with ben", True)
    assert opened.writer.close() == 0
    modes = room.modes("amira")
    assert {t: m for (_, t), m in modes.items() if m != "blind"} == {"women": "assisted"}


def test_a_note_alone_is_kept_and_judges_nothing(room: Room) -> None:
    ((comment_id, _),) = room.decide("amira", ReviewMode(blind=True, sample=1), 1)
    opened = room.open("amira", ReviewMode())
    opened.session.go_to(comment_id)
    opened.session.edit.set_note("ask the borough")
    (decision,) = opened.session.save()
    assert (decision.scope, decision.note) == ((), "ask the borough")
    assert opened.writer.close() == 0
    opened = room.open("amira", ReviewMode())
    opened.session.go_to(comment_id)
    assert opened.session.draft.note == "ask the borough"
    assert set(room.modes("amira").values()) == {"blind"}
    opened.writer.close()


# ---------------------------------------------------------------- beginning


def test_two_who_begin_together_take_different_comments(room: Room) -> None:
    first, second = room.open("amira", ReviewMode()), room.open("ben", ReviewMode())
    taken: dict[str, list[str]] = {"amira": [], "ben": []}
    for _ in range(10):
        for opened in (first, second):
            assert opened.session.pick is not None
            taken[opened.session.reviewer].append(opened.session.pick.comment_id)
            opened.session.save()
            while opened.writer.pending:
                time.sleep(0.001)
        for opened in (first, second):  # as the screen does every few seconds
            opened.session.record.add(opened.others())
    assert first.writer.close() == second.writer.close() == 0
    both = set(taken["amira"]) & set(taken["ben"])
    assert len(both) <= 2  # what stood in front already when the other took it
    assert len(set(taken["amira"]) | set(taken["ben"])) >= 18


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_decided(room: Room) -> None:
    decisions_folder(room.path).write_text("in the way")
    with pytest.raises(CoderError, match="decisions cannot be saved there"):
        room.open("amira", ReviewMode())


def test_what_another_is_writing_just_now_is_read_when_it_is_whole(room: Room) -> None:
    room.decide("ben", ReviewMode(), 3)
    file = decisions_folder(room.path) / "ben.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + lines[1][:40])
    others = DecisionWatcher(room.path)
    assert others() == []
    file.write_bytes(lines[0] + lines[1] + b"no decision\n" + lines[2][:9])
    assert len(others()) == 1
    file.write_bytes(lines[0] + lines[1] + b"no decision\n" + lines[2])
    assert len(others()) == 1
    assert others() == []
