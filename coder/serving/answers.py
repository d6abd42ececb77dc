"""What the routes share: who asks, what they sent, and how they are answered."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from jinja2 import Environment, PackageLoader, TemplateNotFound
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from coder.serving.links import Person, Role

if TYPE_CHECKING:
    from coder.serving.office import Office

Body = TypeVar("Body", bound=BaseModel)

MOST_BYTES = 256 << 10  # of a request's body
SECONDS_FOR_BODY = 15.0
API = "/api/"
TEMPLATES = Environment(
    loader=PackageLoader("coder.serving"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES = (
    ("/review", "Review", "reviewer"),
    ("/adjudicate", "Settle disputes", "adjudicator"),
    ("/candidates", "Candidate themes", "lead"),
    ("/lead", "Progress", "lead"),
    ("/report", "Report", "lead"),
)


@dataclass
class RefusedError(Exception):
    """A request that is not served.

    Attributes:
        status: of the answer, 4xx or 5xx.
        problem: what is wrong; never what was sent.
        next: what to do.
        facts: what else the answer says.
        headers: of the answer.
    """

    status: int
    problem: str
    next: str
    facts: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def office_of(request: Request) -> "Office":
    """The office that serves."""
    office: Office = request.app.state.office
    return office


def person_of(request: Request) -> Person:
    """Who asks.

    Raises:
        RefusedError: nobody who came in by a link that holds.
    """
    person: Person | None = request.scope["state"].get("person")
    if person is None:
        raise RefusedError(
            401,
            "you are not signed in, or your link has ended",
            "Open the link that you were given; ask the lead for a new one.",
        )
    return person


def require(request: Request, role: Role) -> Person:
    """Who asks, where they may do what is for this role.

    Raises:
        RefusedError: they are nobody, or they may not.
    """
    person = person_of(request)
    if not person.may(role):
        raise RefusedError(
            403, f"this page is for a {role}", "Ask the lead for a link of that role."
        )
    return person


async def read_body(request: Request, model: type[Body]) -> Body:
    """What was sent, checked.

    Raises:
        RefusedError: it is too large, too slow, no JSON, or a field is wrong.
    """
    try:
        data = await asyncio.wait_for(_read(request), SECONDS_FOR_BODY)
    except TimeoutError:
        raise RefusedError(
            408, "the request came too slowly", "Send it again."
        ) from None
    except ClientDisconnect:
        raise RefusedError(400, "the request broke off", "Send it again.") from None
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise RefusedError(422, _fault_of(error), "Reload the page.") from None


async def _read(request: Request) -> bytes:
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > MOST_BYTES:
            raise too_large()
    return bytes(chunks)


def too_large() -> RefusedError:
    """A body that is not read to its end."""
    return RefusedError(
        413, "the request is too large", "Shorten the note, or mark fewer words."
    )


def _fault_of(error: ValidationError) -> str:
    """The field at fault. What was sent is not repeated: it may be a comment, or worse."""
    first = error.errors(include_url=False, include_input=False, include_context=False)
    place = first[0]["loc"][:1]
    if not place:
        return "the request is not what was expected"
    return f"the field {place[0]} is not as expected"


def answer(facts: Any, status: int = 200) -> Response:
    """Facts as JSON."""
    # Half characters, which no text here may hold, would stop the answer: they are replaced.
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    data = text.encode("utf-8", "replace")
    return Response(data, status, media_type="application/json")


def page(request: Request, template: str, **facts: Any) -> Response:
    """A page from a template. Whatever `facts` hold is escaped."""
    try:
        found = TEMPLATES.get_template(template)
    except TemplateNotFound:
        raise RefusedError(
            404, "this page is not there yet", "Go to another."
        ) from None
    return HTMLResponse(found.render(**_about(request), **facts))


def refusal(request: Request, refused: RefusedError) -> Response:
    """The answer to a request that is not served: JSON for a script, a page for a person."""
    error = {"problem": refused.problem, "next": refused.next}
    if request.url.path.startswith(API) or request.method not in ("GET", "HEAD"):
        response = answer({"error": error} | refused.facts, refused.status)
    else:
        text = TEMPLATES.get_template("error.html").render(
            **_about(request), problem=refused.problem, next=refused.next
        )
        response = HTMLResponse(text, refused.status)
    response.headers.update(refused.headers)
    return response


def _about(request: Request) -> dict[str, Any]:
    """What every template may use."""
    office = office_of(request)
    state = request.scope["state"]
    person: Person | None = state.get("person")
    pages = []
    if person is not None:
        pages = [
            {"path": path, "name": name}
            for path, name, role in PAGES
            if person.may(role)  # type: ignore[arg-type]
        ]
    return {
        "title": office.codebook.title,
        "language": office.codebook.language,
        "person": person,
        "csrf_token": state.get("csrf_token", ""),
        "pages": pages,
        "here": request.url.path,
        "project_key": office.key,
    }
