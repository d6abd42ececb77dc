"""The routes of coming in and of reviewing."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from coder.serving import bodies
from coder.serving.answers import (
    RefusedError,
    answer,
    office_of,
    page,
    person_of,
    read_body,
    require,
)
from coder.serving.cards import codebook_facts
from coder.serving.links import csrf_token_of, now_in_utc
from coder.serving.reviewing import Reviewing
from coder.serving.talking import remark_facts, store_remark

FIRST_PAGES = {"reviewer": "/review", "adjudicator": "/adjudicate", "lead": "/lead"}


async def enter(request: Request) -> Response:
    """Let somebody in by their link. A page, as a redirect would lose a strict cookie."""
    entered = office_of(request).links.enter(request.path_params["secret"])
    if entered is None:
        raise RefusedError(
            403,
            "this link does not hold",
            "It may have ended, or a newer one was made. Ask the lead for a new link.",
        )
    person, session, expires = entered
    state = request.scope["state"]
    state["person"], state["csrf_token"] = person, csrf_token_of(session)
    response = page(request, "enter.html")
    site = request.app.state.site
    response.set_cookie(
        site.cookie,
        session,
        max_age=int((expires - now_in_utc()).total_seconds()),
        path="/",
        secure=site.is_secure,
        httponly=True,
        samesite="strict",
    )
    return response


async def leave(request: Request) -> Response:
    """Forget the session in this browser."""
    person_of(request)
    response = answer({"left": True})
    site = request.app.state.site
    response.delete_cookie(
        site.cookie, "/", secure=site.is_secure, httponly=True, samesite="strict"
    )
    return response


async def first_page(request: Request) -> Response:
    """Go on to the page of the person's role."""
    return RedirectResponse(FIRST_PAGES[person_of(request).role], 303)


async def review_page(request: Request) -> Response:
    """The page to review on."""
    require(request, "reviewer")
    return page(request, "review.html", blind=office_of(request).mode.blind)


async def help_page(request: Request) -> Response:
    """What the page can do."""
    person_of(request)
    return page(request, "help.html")


async def codebook(request: Request) -> Response:
    """The themes with their keys."""
    person_of(request)
    return answer(codebook_facts(office_of(request).codebook))


async def hand(request: Request) -> Response:
    """Comments to review."""
    body = await read_body(request, bodies.HandBody)
    return answer(await _reviewing(request).give(body))


async def decide(request: Request) -> Response:
    """Store a decision."""
    body = await read_body(request, bodies.DecisionBody)
    return answer(await _reviewing(request).decide(body))


async def decide_listed(request: Request) -> Response:
    """Store an answer to one theme in several comments."""
    body = await read_body(request, bodies.ListedBody)
    return answer(await _reviewing(request).decide_listed(body))


async def undo(request: Request) -> Response:
    """Take a decision back."""
    body = await read_body(request, bodies.UndoBody)
    reviewing = Reviewing(office_of(request), person_of(request).name)
    return answer(await reviewing.undo(body))


async def withdraw(request: Request) -> Response:
    """Take back what was decided of a comment."""
    body = await read_body(request, bodies.WithdrawBody)
    return answer(await _reviewing(request).withdraw(body))


async def skip(request: Request) -> Response:
    """Leave a comment for later."""
    body = await read_body(request, bodies.CommentBody)
    return answer(await _reviewing(request).skip(body.comment_id))


async def comment(request: Request) -> Response:
    """One comment as it is now."""
    body = await read_body(request, bodies.CommentBody)
    return answer(await _reviewing(request).card(body.comment_id))


async def search(request: Request) -> Response:
    """Comments that contain some words."""
    body = await read_body(request, bodies.SearchBody)
    return answer(await _reviewing(request).search(body.q))


async def mine(request: Request) -> Response:
    """The reviewer's own decisions."""
    body = await read_body(request, bodies.MineBody)
    return answer(await _reviewing(request).mine(body))


async def remarks(request: Request) -> Response:
    """What the person asked and proposed, and the answers."""
    person, office = person_of(request), office_of(request)
    return answer(await office.run(remark_facts, office, person.name))


async def write_remark(request: Request) -> Response:
    """Ask, propose or answer."""
    person, office = person_of(request), office_of(request)
    body = await read_body(request, bodies.RemarkBody)
    return answer(await office.run(store_remark, office, person.name, body))


def _reviewing(request: Request) -> Reviewing:
    person = require(request, "reviewer")
    return Reviewing(office_of(request), person.name)


ROUTES = [
    Route("/", first_page),
    Route("/enter/{secret}", enter),
    Route("/review", review_page),
    Route("/help", help_page),
    Route("/api/leave", leave, methods=["POST"]),
    Route("/api/codebook", codebook),
    Route("/api/hand", hand, methods=["POST"]),
    Route("/api/decisions", decide, methods=["POST"]),
    Route("/api/listed", decide_listed, methods=["POST"]),
    Route("/api/undo", undo, methods=["POST"]),
    Route("/api/withdraw", withdraw, methods=["POST"]),
    Route("/api/skip", skip, methods=["POST"]),
    Route("/api/comment", comment, methods=["POST"]),
    Route("/api/search", search, methods=["POST"]),
    Route("/api/mine", mine, methods=["POST"]),
    Route("/api/remarks", remarks),
    Route("/api/remarks", write_remark, methods=["POST"]),
]
