"""The candidates' workbench as a page."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import CoderError, for_command_line, quoted
from coder.serving.answers import (
    RefusedError,
    answer,
    office_of,
    page,
    read_body,
    require,
)
from coder.serving.bench_room import BenchRoom, HeldError
from coder.serving.bodies import Body, Identifier
from coder.serving.bodies import Request as RequestId


class _Nothing(Body):
    pass


class _Begin(Body):
    take_over: bool = False
    kind: Literal["", "all", "beyond"] = ""


class _Group(Body):
    group: Identifier
    start: int = Field(default=0, ge=0)


class _Splits(Body):
    group: Identifier
    marked: list[str] = Field(max_length=10_000)


class _Step(Body):
    request: RequestId
    revision: int
    words: dict[str, Any]


async def candidates_page(request: Request) -> Response:
    """The page."""
    require(request, "lead")
    return page(request, "candidates.html")


async def begin(request: Request) -> Response:
    """Open the workbench; the answer is the board."""
    name = require(request, "lead").name
    body = await read_body(request, _Begin)
    room = bench_room_of(request)

    if not room.kinds:
        folder = office_of(request).project.folder.name
        raise RefusedError(
            404,
            "there are no candidate themes yet",
            f"Run on the machine of the project: coder cluster {quoted(folder)}",
        )

    def work() -> dict[str, Any]:
        board = room.begin(name, body.kind, take_over=body.take_over)
        kind = "beyond" if room.is_beyond else "all"
        facts: dict[str, Any] = board | {"kind": kind, "kinds": room.kinds}
        return facts

    return await _answered(work)


async def group(request: Request) -> Response:
    """One group with some of its comments."""
    name = require(request, "lead").name
    body = await read_body(request, _Group)
    room = bench_room_of(request)

    def work() -> dict[str, Any]:
        shown: dict[str, Any] = room.ask(
            name, "group", group_id=body.group, start=body.start
        )
        return shown

    return await _answered(work)


async def splits(request: Request) -> Response:
    """The ways in which a group can be split."""
    name = require(request, "lead").name
    body = await read_body(request, _Splits)
    room = bench_room_of(request)

    def work() -> dict[str, Any]:
        return {
            "splits": room.ask(name, "splits", group_id=body.group, marked=body.marked)
        }

    return await _answered(work)


async def step(request: Request) -> Response:
    """Take a step; it is saved when the answer comes. The answer is the board."""
    name = require(request, "lead").name
    body = await read_body(request, _Step)
    room = bench_room_of(request)

    def work() -> dict[str, Any]:
        board: dict[str, Any] = room.ask(
            name,
            "step",
            request=body.request,
            revision=body.revision,
            words=body.words,
        )
        return board

    return await _answered(work)


async def leave(request: Request) -> Response:
    """Close the workbench, so that it can be opened elsewhere."""
    name = require(request, "lead").name
    await read_body(request, _Nothing)
    await asyncio.to_thread(bench_room_of(request).leave, name)
    return answer({"closed": True})


def bench_room_of(request: Request) -> BenchRoom:
    """The room of the workbench, made when somebody first enters."""
    state = request.app.state
    if not hasattr(state, "bench_room"):
        office = office_of(request)
        state.bench_room = BenchRoom(office.project.folder, office.codebook_path)
    room: BenchRoom = state.bench_room
    return room


async def close_bench(app: Starlette) -> None:
    """Close the workbench with the server."""
    if hasattr(app.state, "bench_room"):
        await asyncio.to_thread(app.state.bench_room.close)


async def _answered(work: Callable[[], dict[str, Any]]) -> Response:
    try:
        return answer(await asyncio.to_thread(work))
    except CoderError as error:
        facts = {}
        if isinstance(error, HeldError):
            facts["holder"] = error.holder
        raise RefusedError(
            409,
            for_command_line(error.problem),
            for_command_line(error.fix),
            facts,
        ) from None


PAGES = {
    "/candidates": candidates_page,
}
TASKS = {
    "/api/candidates/begin": begin,
    "/api/candidates/group": group,
    "/api/candidates/splits": splits,
    "/api/candidates/step": step,
    "/api/candidates/leave": leave,
}
ROUTES = [
    *(Route(path, handler) for path, handler in PAGES.items()),
    *(Route(path, task, methods=["POST"]) for path, task in TASKS.items()),
]
AT_END = [close_bench]
