"""Settling disputes on a page: one comment at a time, every dispute answered."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.decisions import Decision
from coder.errors import CoderError, for_command_line
from coder.reviewing.settling.dispute_desk import AnswerSheet, ThemeAnswer
from coder.reviewing.theme_keys import theme_keys
from coder.serving.answers import (
    RefusedError,
    answer,
    office_of,
    page,
    read_body,
    require,
)
from coder.serving.bodies import (
    MOST_POSITIONS,
    MOST_THEMES,
    Body,
    CommentBody,
    Hash,
    Identifier,
    Note,
    ThemeId,
)
from coder.serving.bodies import Request as RequestId
from coder.serving.dispute_room import DisputeRoom, card_facts
from coder.serving.lead_options import read_options
from coder.text import text_hash

if TYPE_CHECKING:
    from coder.reviewing.settling.dispute_desk import DisputeCard
    from coder.serving.office import Office


class _Nothing(Body):
    pass


class _Answer(Body):
    verdict: Literal["yes", "no", "open"]
    positions: dict[ThemeId, bool] = Field(
        default_factory=dict, max_length=MOST_POSITIONS
    )


class _Settled(Body):
    request: RequestId
    comment_id: Identifier
    text_hash: Hash
    codebook_fingerprint: Hash
    basis: Hash
    answers: dict[ThemeId, _Answer] = Field(max_length=MOST_THEMES)
    note: Note = ""

    def sheet(self) -> AnswerSheet:
        """The answers as the desk takes them."""
        themes = {}
        for theme_id, given in self.answers.items():
            themes[theme_id] = ThemeAnswer(given.verdict, given.positions)
        return AnswerSheet(themes, self.note)


async def adjudicate_page(request: Request) -> Response:
    """The page."""
    require(request, "adjudicator")
    return page(request, "adjudicate.html")


async def next_dispute(request: Request) -> Response:
    """The next comment for who asks, which nobody else gets meanwhile."""
    name = require(request, "adjudicator").name
    await read_body(request, _Nothing)
    office = office_of(request)

    def hand_out() -> dict[str, Any]:
        room = room_of(request)
        return _handed(office, room, name, room.hand_out(name))

    return answer(await office.run(hand_out))


async def one_dispute(request: Request) -> Response:
    """A comment by its id, settled or not."""
    name = require(request, "adjudicator").name
    body = await read_body(request, CommentBody)
    office = office_of(request)

    def show() -> dict[str, Any]:
        room = room_of(request)
        card = _known(room, name, body.comment_id)
        holder = room.holder(name, body.comment_id)
        return _handed(office, room, name, card) | {"holder": holder}

    return answer(await office.run(show))


async def skip_dispute(request: Request) -> Response:
    """Leave a comment for later; the next one comes with the answer."""
    name = require(request, "adjudicator").name
    body = await read_body(request, CommentBody)
    office = office_of(request)

    def skip() -> dict[str, Any]:
        room = room_of(request)
        room.desk(name).skip(body.comment_id)
        return _handed(office, room, name, room.hand_out(name))

    return answer(await office.run(skip))


async def leave_disputes(request: Request) -> Response:
    """Let others have the comment in front: the page was closed."""
    name = require(request, "adjudicator").name
    await read_body(request, _Nothing)
    await office_of(request).run(lambda: room_of(request).release(name))
    return answer({"left": True})


async def settle_dispute(request: Request) -> Response:
    """Store answers. They are on disk when the answer says saved; sent again, they are stored
    once.
    """
    name = require(request, "adjudicator").name
    body = await read_body(request, _Settled)
    office = office_of(request)

    def build() -> tuple[Decision, ...]:
        room = room_of(request)
        _check_current(office, room, name, body)
        try:
            return room.desk(name).decisions(
                body.comment_id, body.sheet(), datetime.now(UTC)
            )
        except CoderError as error:
            raise _refused(422, error) from None

    def finish() -> dict[str, Any]:
        room = room_of(request)
        room.desk(name).keep(body.comment_id)
        room.release(name)
        return {"saved": True, "request": body.request, "left": room.left(name)}

    await office.keep(name, body.request, build)
    return answer(await office.run(finish))


def room_of(request: Request) -> DisputeRoom:
    """The room of disputes, opened when somebody first enters."""
    state = request.app.state
    if not hasattr(state, "dispute_room"):
        state.dispute_room = DisputeRoom(office_of(request))
    room: DisputeRoom = state.dispute_room
    return room


def _known(room: DisputeRoom, name: str, comment_id: str) -> "DisputeCard":
    try:
        return room.show(name, comment_id)
    except CoderError as error:
        raise _refused(404, error) from None


def _refused(
    status: int, error: CoderError, facts: dict[str, Any] | None = None
) -> RefusedError:
    problem, fix = for_command_line(error.problem), for_command_line(error.fix)
    return RefusedError(status, problem, fix, facts or {})


def _handed(
    office: "Office", room: DisputeRoom, name: str, card: "DisputeCard | None"
) -> dict[str, Any]:
    return {
        "card": _facts(office, card),
        "left": room.left(name),
        "codebook_fingerprint": office.fingerprint,
    }


def _facts(office: "Office", card: "DisputeCard | None") -> dict[str, Any] | None:
    if card is None:
        return None
    keys = theme_keys(office.codebook.theme_ids)
    hidden = read_options(office.project.folder).hide_names
    return card_facts(card, keys, hidden=hidden)


def _check_current(
    office: "Office", room: DisputeRoom, name: str, body: _Settled
) -> None:
    """Refuse answers to something that is not as it was when it was shown."""
    card = _known(room, name, body.comment_id)
    is_current = (
        body.text_hash == text_hash(card.text)
        and body.codebook_fingerprint == office.fingerprint
        and body.basis == card.basis
    )
    if not is_current:
        raise RefusedError(
            409,
            "this comment has changed since you saw it: a reviewer or another adjudicator "
            "decided it, or the codebook is another",
            "Look at it as it is now, and answer again.",
            _handed(office, room, name, card),
        )


PAGES = {
    "/adjudicate": adjudicate_page,
}
TASKS = {
    "/api/dispute": next_dispute,
    "/api/dispute/comment": one_dispute,
    "/api/dispute/skip": skip_dispute,
    "/api/dispute/leave": leave_disputes,
    "/api/adjudications": settle_dispute,
}
ROUTES = [
    *(Route(path, handler) for path, handler in PAGES.items()),
    *(Route(path, task, methods=["POST"]) for path, task in TASKS.items()),
]
