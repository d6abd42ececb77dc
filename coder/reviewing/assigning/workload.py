"""Who has how much to do: each reviewer's tasks, what is done, and whether it will be late."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from coder.reviewing.assigning.assigned_work import AssignedWork, Task
from coder.text import count, word_count

SECONDS_A_COMMENT = 30.0  # until a reviewer's pace is measured
SECONDS_AN_HOUR = 3600.0


class Workload(NamedTuple):
    """One reviewer's part of one plan.

    Attributes:
        name: of the plan.
        assigned: comments that are still analysed; `done` those decided as the task asks, `left`
            the rest.
        skipped: of those left, the ones before the last that is done.
        blind: to be judged without suggestions.
        is_second: somebody else is to judge them first.
        theme_id: the one theme to judge; empty for all.
        due: an ISO date; empty where there is none.
        words_left: to read.
        seconds: a comment takes the reviewer; `is_measured` unless that is assumed.
        hours_left: of work, at that pace.
        late: whether it is done or late, in words; empty where there is no date.
    """

    reviewer: str
    name: str
    assigned: int
    done: int
    left: int
    skipped: int
    blind: bool
    is_second: bool
    theme_id: str
    due: str
    words_left: int
    seconds: float
    is_measured: bool
    hours_left: float
    late: str


def workloads(
    work: AssignedWork,
    texts: Mapping[str, str],
    paces: Mapping[str, float | None],
    today: date,
) -> tuple[Workload, ...]:
    """The workload of everybody, in the order in which the tasks are due.

    Args:
        texts: of the comments that are analysed, by id.
        paces: median seconds a comment, by reviewer; None where it is not known.
    """
    rows = []
    for task in work.tasks:
        rows.append(_workload(work, task, texts, paces.get(task.reviewer), today))
    return tuple(rows)


def _workload(
    work: AssignedWork,
    task: Task,
    texts: Mapping[str, str],
    pace: float | None,
    today: date,
) -> Workload:
    counted = work.counted(task)
    left = work.left(task)
    seconds = pace or SECONDS_A_COMMENT
    return Workload(
        reviewer=task.reviewer,
        name=task.name,
        assigned=len(counted),
        done=len(counted) - len(left),
        left=len(left),
        skipped=_skipped(counted, left),
        blind=task.blind,
        is_second=task.is_second,
        theme_id=task.theme_id,
        due=task.due,
        words_left=sum(word_count(texts[each]) for each in left),
        seconds=seconds,
        is_measured=bool(pace),
        hours_left=len(left) * seconds / SECONDS_AN_HOUR,
        late=describe_due(task.due, len(left), today),
    )


def _skipped(counted: Sequence[str], left: Sequence[str]) -> int:
    """How many that are left come before the last that is done."""
    missing = set(left)
    passed = 0
    skipped = 0
    for comment_id in counted:
        if comment_id in missing:
            passed += 1
        else:
            skipped = passed
    return skipped


def describe_due(due: str, left: int, today: date) -> str:
    """`done`, `3 days late`, `today` or `in 3 days`; empty where there is no date."""
    if not left:
        return "done"
    if not due:
        return ""
    days = (date.fromisoformat(due) - today).days
    if days < 0:
        return f"{count(-days, 'day')} late"
    if days == 0:
        return "today"
    return f"in {count(days, 'day')}"
