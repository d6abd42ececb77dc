"""What a reviewer decided so far: a list with filters, in which comments are found again."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Literal, NamedTuple, get_args

from coder.decisions import Verdict
from coder.reviewing.context import ReviewContext

State = Literal["", "unsure", "note", "flagged", "today", "changed", "partly"]
STATES: tuple[State, ...] = get_args(State)


class MyDecision(NamedTuple):
    """What a reviewer decided of one comment.

    Attributes:
        themes: the themes present, each with its positions, in the codebook's order.
        unsure: the themes that the reviewer could not decide.
        no: how many themes were judged absent.
        decided_at: when something was last decided of it (ISO 8601, UTC).
        blind: all of it was decided without suggestions.
        flagged: the reviewer asked a question about the comment that is open.
        changed: the codebook is another one since.
        open_themes: themes of the codebook that are not judged.
    """

    comment_id: str
    themes: Mapping[str, tuple[str, ...]]
    unsure: tuple[str, ...]
    no: int
    note: str
    decided_at: str
    blind: bool
    flagged: bool
    changed: bool
    open_themes: tuple[str, ...]


class DecisionFilter(NamedTuple):
    """Which decisions to list.

    Attributes:
        theme_id: those in which the theme is present or unsure; empty for all.
        state: those with something unsure, with a note, with an open question, of today, from
            before the codebook changed, with themes left to judge; empty for all.
    """

    theme_id: str = ""
    state: State = ""


ALL = DecisionFilter()


def list_my_decisions(
    context: ReviewContext,
    wanted: DecisionFilter = ALL,
    *,
    flagged: Collection[str] = (),
    zone: tzinfo | None = None,
) -> list[MyDecision]:
    """The comments that the reviewer of a session has decided, the latest first.

    In adjudication these are the comments they settled.

    Args:
        flagged: ids of the comments with an open question of theirs.
        zone: in which today is today; None for that of the machine.
    """
    today = datetime.now(zone).date()
    found = []
    for decision in _all_decisions(context, flagged):
        if _is_wanted(decision, wanted.theme_id) and _is_in_state(
            decision, wanted.state
        ):
            moment = datetime.fromisoformat(decision.decided_at).astimezone(zone)
            if wanted.state != "today" or moment.date() == today:
                found.append(decision)
    found.sort(key=lambda decision: (decision.decided_at, decision.comment_id))
    found.reverse()
    return found


def _is_wanted(decision: MyDecision, theme_id: str) -> bool:
    return not theme_id or theme_id in decision.themes or theme_id in decision.unsure


def _is_in_state(decision: MyDecision, state: State) -> bool:
    """Whether a decision is in a state; the day is compared elsewhere."""
    held: dict[State, bool] = {
        "unsure": bool(decision.unsure),
        "note": bool(decision.note),
        "flagged": decision.flagged,
        "changed": decision.changed,
        "partly": bool(decision.open_themes),
    }
    return held.get(state, True)


def _all_decisions(
    context: ReviewContext, flagged: Collection[str]
) -> Iterator[MyDecision]:
    fingerprint = context.codebook.fingerprint
    record, reviewer = context.record, context.reviewer
    for comment_id in record.comment_ids:
        verdicts = record.verdicts(comment_id, reviewer, settled=context.adjudicating)
        if not verdicts:
            continue
        standing = record.standing_of(comment_id, reviewer)
        own = [d for d in standing if bool(d.adjudicates) == context.adjudicating]
        yield _decision_on(
            context,
            comment_id,
            verdicts,
            flagged=comment_id in flagged,
            changed=own[-1].codebook_fingerprint != fingerprint,
        )


def _decision_on(
    context: ReviewContext,
    comment_id: str,
    verdicts: Mapping[str, Verdict],
    *,
    flagged: bool,
    changed: bool,
) -> MyDecision:
    themes, unsure, unjudged, no = {}, [], [], 0
    for theme_id in context.codebook.theme_ids:
        verdict = verdicts.get(theme_id)
        if verdict is None:
            unjudged.append(theme_id)
        elif verdict.unsure:
            unsure.append(theme_id)
        elif verdict.present:
            themes[theme_id] = verdict.positions
        else:
            no += 1
    return MyDecision(
        comment_id=comment_id,
        themes=themes,
        unsure=tuple(unsure),
        no=no,
        note=context.latest_note(comment_id),
        decided_at=max(verdict.decided_at for verdict in verdicts.values()),
        blind=all(verdict.mode == "blind" for verdict in verdicts.values()),
        flagged=flagged,
        changed=changed,
        open_themes=tuple(unjudged),
    )
