"""The web application: routes, fixed files, and what stands before them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib import import_module, resources
from importlib.util import find_spec
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.reviewing.suggestions import Suggestions
from coder.serving import routes_review
from coder.serving.answers import RefusedError, refusal
from coder.serving.office import Office
from coder.serving.security import Gate, Site, tell_fault
from coder.serving.watch import learn, watch

Refit = Callable[[], Suggestions]
AtEnd = Callable[[Starlette], Awaitable[None]]
OTHER_ROUTES = ("routes_adjudicate", "routes_candidates", "routes_lead")
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
PROBLEMS = {
    404: ("there is no such page", "Go to the first page."),
    405: ("this cannot be done here", "Go to the first page."),
}


def make_app(office: Office, site: Site, refit: Refit | None = None) -> Starlette:
    """The application of one office.

    Args:
        site: how the server is reached.
        refit: lets the model learn (see `Office.learn`); None where it is not to.
    """
    routes = [*routes_review.ROUTES, Route("/static/{name}", static_file)]
    at_end: list[AtEnd] = []
    for name in OTHER_ROUTES:
        if find_spec(f"coder.serving.{name}") is not None:
            module = import_module(f"coder.serving.{name}")
            routes += module.ROUTES
            at_end += getattr(module, "AT_END", [])
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, site=site, links=office.links)],
        exception_handlers={
            RefusedError: _refused,  # type: ignore[dict-item]
            HTTPException: _not_served,  # type: ignore[dict-item]
        },
        lifespan=_watching,
    )
    app.router.redirect_slashes = False
    app.state.office = office
    app.state.site = site
    app.state.refit = refit
    app.state.at_end = at_end
    app.state.static = _static_files()
    return app


async def static_file(request: Request) -> Response:
    """One of the files of the package, by its name alone."""
    name = request.path_params["name"]
    files: dict[str, tuple[bytes, str]] = request.app.state.static
    if name not in files:
        raise HTTPException(404)
    data, kind = files[name]
    return Response(data, media_type=kind)


def _static_files() -> dict[str, tuple[bytes, str]]:
    """All fixed files with their kinds, read once: no path is ever made of a request."""
    found = {}
    for file in (resources.files("coder.serving") / "static").iterdir():
        ending = "." + file.name.rpartition(".")[2]
        if ending in KINDS:
            found[file.name] = (file.read_bytes(), KINDS[ending])
    return found


@asynccontextmanager
async def _watching(app: Starlette) -> AsyncIterator[None]:
    """Hear of other programs' work while the server runs."""
    asyncio.get_running_loop().set_exception_handler(_tell_fault)
    office: Office = app.state.office
    tasks = [asyncio.create_task(watch(office))]
    if app.state.refit is not None:
        tasks.append(asyncio.create_task(learn(office, app.state.refit)))
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    for end in app.state.at_end:
        await end(app)


def _tell_fault(_loop: object, context: dict[str, Any]) -> None:
    """Say that a connection failed; what the fault says is left out, as it may quote a comment."""
    fault = context.get("exception")
    if fault is not None and not isinstance(fault, ConnectionError):
        tell_fault(fault)


async def _refused(request: Request, refused: RefusedError) -> Response:
    return refusal(request, refused)


async def _not_served(request: Request, error: HTTPException) -> Response:
    problem, further = PROBLEMS.get(error.status_code, PROBLEMS[404])
    return refusal(request, RefusedError(error.status_code, problem, further))
