"""Assignments: plans are dealt out once, come first in a reviewer's session, and are told of."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from coder.decisions import Assignment, decisions_folder, read_documents, read_draws
from coder.errors import CoderError
from coder.reviewing.assigning.claims import ClaimBook, SessionClaims
from coder.reviewing.assigning.dealing import deal
from coder.reviewing.assigning.workload import describe_due
from coder.reviewing.mode import ReviewMode
from coder.reviewing.opening import OpenReview
from coder.reviewing.shared_review import open_shared
from coder.workflow.assign import AssignOutcome, assign
from coder.workflow.review import review_status
from review_desk import Desk
from review_helpers import plain_texts

Assign = Callable[[str], AssignOutcome]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, plain_texts(40))


@pytest.fixture
def assigned(desk: Desk) -> Assign:
    def run(text: str, name: str = "plan1.yaml") -> AssignOutcome:
        path = desk.folder / name
        path.write_text(text, encoding="utf-8")
        return assign(desk.project, desk.path, path)

    return run


def documents(desk: Desk) -> tuple[Assignment, ...]:
    return read_documents(decisions_folder(desk.path), Assignment)


def walk(opened: OpenReview, most: int = 99) -> list[str]:
    """Decide all comments that a session offers; returns them in their order."""
    session = opened.session
    ids: list[str] = []
    while session.pick is not None and len(ids) < most:
        ids.append(session.pick.comment_id)
        session.save()
    opened.writer.close()
    return ids


# ---------------------------------------------------------------- dealing out


@pytest.mark.parametrize(
    "weights", [{"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 3.0, "b": 2.0, "c": 1.0}]
)
def test_parts_are_as_large_as_wanted_and_pairs_spread_evenly(weights: dict[str, float]) -> None:
    ids = [f"C-{n}" for n in range(500)]
    parts = {part.reviewer: part for part in deal(ids, weights, 0.2, 0)}
    firsts = Counter(c for part in parts.values() for c in part.comment_ids if c not in part.second)
    assert firsts == Counter(ids)
    seconds = [(c, name) for name, part in parts.items() for c in part.second]
    assert len(seconds) == 100
    for name, part in parts.items():
        assert abs(len(part.comment_ids) - 600 * weights[name] / sum(weights.values())) <= 1
        assert list(part.comment_ids) == sorted(part.comment_ids, key=ids.index)
    if len(set(weights.values())) == 1:
        first_of = {
            c: name
            for name, part in parts.items()
            for c in part.comment_ids
            if c not in part.second
        }
        pairs = Counter((first_of[c], name) for c, name in seconds)
        assert set(pairs.values()) <= {16, 17}


def test_a_plan_is_dealt_out_once_a_later_one_adds_and_both_are_random(
    desk: Desk, assigned: Assign
) -> None:
    plan = "name: week 1\nreviewers: [amira, ben]\ndraw: 10\ntwice: 20%\n"
    first = assigned(plan)
    again = assigned(plan)
    assert first.is_new
    assert not again.is_new
    assert [p[:4] for p in again.parts] == [p[:4] for p in first.parts]
    assert len(documents(desk)) == 1
    assigned(plan.replace("week 1", "week 2"))
    ids = [
        c
        for one in documents(desk)
        for share in one.shares
        for c in share.comment_ids
        if c not in share.second
    ]
    assert len(set(ids)) == len(ids) == 20
    drawn = read_draws(decisions_folder(desk.path))
    assert [len(draw.comment_ids) for draw in drawn] == [10, 20]
    assert set(drawn[1].comment_ids) == set(ids)


def test_a_part_taken_back_can_be_assigned_again(desk: Desk, assigned: Assign) -> None:
    assigned("name: week 1\nreviewers: [amira, ben]\ncomments: all\n")
    walk(desk.open("ben"), most=3)
    outcome = assigned("withdraw: week 1\nreviewers: [ben]\n")
    assert [(part.reviewer, part.comments, part.decided) for part in outcome.parts] == [
        ("ben", 20, 3)
    ]
    with pytest.raises(CoderError, match="'ben' has no part"):
        assigned("withdraw: week 1\nreviewers: [ben]\n")
    taken = assigned("name: rest\nreviewers: carla\ncomments: all\n")
    assert [part.comments for part in taken.parts] == [17]
    assigned("withdraw: week 1\n")
    with pytest.raises(CoderError, match="no assignment of a plan 'week 1' stands"):
        assigned("withdraw: week 1\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("reviewers: [amira]\n", "one of draw and comments"),
        ("reviewers: [amira]\ndraw: 3\ncomments: all\n", "one of draw and comments"),
        ("draw: 3\n", "names no reviewers"),
        ("reviewers: [amira]\ndraw: 0\n", "plan1.yaml:2:"),
        ("reviewers: [amira]\ndraw: 3\ntwice: 20%\n", "twice needs two"),
        ("reviewers: [a, b]\ndraw: 3\ntwice: 120%\n", "plan1.yaml:3:"),
        ("reviewers: [a, b]\ndraw: 3\nshare: {a: 2}\n", "'b' is missing"),
        ("reviewers: [a, a]\ndraw: 3\n", "twice among the reviewers"),
        ("reviewers: [a]\ndraw: 3\nduo: 1\n", "duo"),
        ("reviewers: [a]\ndraw: 3\ntheme: drgs\n", "no theme 'drgs'"),
        ("reviewers: [a]\ncomments: [C-0001, C-9999]\n", "C-9999"),
        ("reviewers: [../a]\ndraw: 3\n", "cannot be a file name"),
        ("reviewers: [a]\ndraw: 3\ndue: soon\n", "plan1.yaml:3:"),
        ("withdraw: x\ndraw: 3\n", "withdraw cannot stand beside draw"),
    ],
)
def test_a_faulty_plan_is_refused_and_nothing_assigned(
    desk: Desk, assigned: Assign, text: str, problem: str
) -> None:
    with pytest.raises(CoderError) as raised:
        assigned(text)
    assert problem in raised.value.problem
    assert documents(desk) == ()


def test_a_table_says_who_codes_what(desk: Desk) -> None:
    path = desk.folder / "who.csv"
    path.write_text(
        "reviewer,comment_id,due\nben,C-0003,2026-12-01\namira,C-0003,\nben,C-0001,2026-12-05\n"
    )
    outcome = assign(desk.project, desk.path, path)
    assert [(p.reviewer, p.comments, p.second, p.due) for p in outcome.parts] == [
        ("ben", 2, 0, "2026-12-05"),
        ("amira", 1, 1, ""),
    ]
    assert walk(desk.open("ben"), most=2) == ["C-0003", "C-0001"]
    path.write_text("reviewer,comment_id\nben,C-0001\nben,C-0001\nben,C-77\n,C-0002\n")
    with pytest.raises(CoderError) as raised:
        assign(desk.project, desk.path, path)
    assert [line.partition(": ")[2][:6] for line in raised.value.problem.splitlines()] == [
        "line 3",
        "line 4",
        "line 5",
    ]


# ---------------------------------------------------------------- in a session


def test_assigned_comments_come_first_in_their_mode(desk: Desk, assigned: Assign) -> None:
    assigned("name: w\nreviewers: [amira, ben]\ndraw: 10\ntwice: 40%\ndue: 2026-12-01\n")
    share = documents(desk)[0].shares[0]
    blind = desk.open("amira")
    assert blind.session.blind
    assert "2 comments assigned to you" in blind.notes[0]
    assert walk(blind) == list(share.second)
    assisted = desk.open("amira")
    assert not assisted.session.blind
    first = [c for c in share.comment_ids if c not in share.second]
    own = walk(assisted, most=len(first) + 5)
    assert own[: len(first)] == first
    others = {c for c in documents(desk)[0].shares[1].comment_ids if c not in share.comment_ids}
    assert not others & set(own)
    modes = {d.comment_id: (d.mode, d.chosen) for d in desk.read()}
    assert {modes[c] for c in share.second} == {("blind", "random")}
    assert {modes[c] for c in first} == {("assisted", "random")}


def test_skipped_comments_come_back_before_the_usual_ones(desk: Desk, assigned: Assign) -> None:
    assigned("reviewers: [amira]\ncomments: [C-0007, C-0003, C-0009]\n")
    opened = desk.open("amira")
    session = opened.session
    assert session.pick is not None
    session.skip()
    session.save()
    session.save()
    assert session.pick.comment_id == "C-0007"
    assert "assigned to you" in session.pick.reason
    session.skip()  # once more: now the others come first
    assert "assigned" not in session.pick.reason
    opened.writer.close()
    again = desk.open("amira")
    assert again.session.pick is not None
    assert again.session.pick.comment_id == "C-0007"
    again.writer.close()


def test_an_assignment_of_one_theme_judges_it_alone(desk: Desk, assigned: Assign) -> None:
    assigned("reviewers: [amira]\ncomments: [C-0007, C-0003]\ntheme: drugs\nblind: yes\n")
    opened = desk.open("amira")
    assert (opened.session.kind, opened.session.blind) == ("theme", True)
    assert walk(opened) == ["C-0007", "C-0003"]
    assert {d.scope for d in desk.read()} == {("drugs",)}


# ---------------------------------------------------------------- how far it is


def test_the_status_tells_who_is_how_far(desk: Desk, assigned: Assign) -> None:
    assigned(
        "name: w\nreviewers: [amira, ben]\ncomments: [C-0001, C-0002, C-0003, C-0004]\ndue: 2020-01-01\n"
    )
    opened = desk.open("amira")
    opened.session.skip()
    opened.session.save()
    opened.writer.close()
    rows = review_status(desk.project, desk.path).status.workloads
    assert [row[:6] for row in rows] == [("amira", "w", 2, 1, 1, 1), ("ben", "w", 2, 0, 2, 0)]
    assert all(row.late.endswith("days late") for row in rows)
    assert rows[1].words_left == sum(len(plain_texts(5)[c].split()) for c in ("C-0002", "C-0004"))
    facts = review_status(desk.project, desk.path).facts()["assignments"]
    assert [row["left"] for row in facts] == [1, 2]


def test_due_dates_in_words() -> None:
    today = date(2026, 11, 22)
    said = [describe_due(due, 1, today) for due in ("", "2026-11-21", "2026-11-22", "2026-11-25")]
    assert said == ["", "1 day late", "today", "in 3 days"]
    assert describe_due("2026-11-01", 0, today) == "done"


def test_on_the_page_assigned_comments_come_first_in_their_mode(
    desk: Desk, assigned: Assign
) -> None:
    assigned("reviewers: [amira, ben]\ncomments: [C-0007, C-0003, C-0009]\nblind: yes\n")
    shared = open_shared(desk.project, desk.book, desk.path, ReviewMode())
    for name, wanted in {"amira": ["C-0007", "C-0009"], "ben": ["C-0003"]}.items():
        context = shared.context(name, shared.mode)
        claims = SessionClaims(
            ClaimBook(decisions_folder(desk.path), name, "plan"), lambda job: job()
        )
        queue = shared.queue(context, claims)
        seen: list[str] = []
        while (pick := queue.next(seen)) is not None:
            seen.append(pick.comment_id)
        assert (context.blind, seen) == (True, wanted)
    assert not shared.context("carla", shared.mode).blind
