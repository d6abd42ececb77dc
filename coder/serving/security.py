"""What stands before every route: who asks, from which page, how often, and what browsers may do
with the answer.
"""

import hmac
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coder.serving.answers import MOST_BYTES, RefusedError, refusal, too_large
from coder.serving.limits import RateLimit
from coder.serving.links import LinkBook, Person, csrf_token_of

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": CONTENT_POLICY.encode(),
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
SAFE_METHODS = ("GET", "HEAD")
ENTER = "/enter/"
MOST_HEAD = 16 << 10  # bytes of address and headers
MOST_FORWARDED = 45  # characters of an address

Headers = MutableMapping[bytes, bytes]


class Site(NamedTuple):
    """How the server is reached.

    Attributes:
        hosts: allowed in the Host header, such as `127.0.0.1:8750`.
        origins: allowed in the Origin header, such as `http://127.0.0.1:8750`.
        cookie: the name of the cookie; of its own for each server, as ports share cookies.
        is_secure: whether browsers come by HTTPS.
        behind_proxy: whether a proxy names the address of whoever asks.
    """

    hosts: frozenset[str]
    origins: frozenset[str]
    cookie: str
    is_secure: bool = False
    behind_proxy: bool = False


class Gate:
    """Lets a request through to the routes, or answers it.

    Args:
        app: the routes.
        links: who may come in.
    """

    def __init__(self, app: ASGIApp, site: Site, links: LinkBook) -> None:
        self._app = app
        self._site = site
        self._links = links
        # A reviewer who decides a comment a second asks about three times.
        self._of_person = RateLimit(per_second=40, burst=400)
        self._of_address = RateLimit(per_second=5, burst=60)
        self._wrong_links = RateLimit(per_second=0.2, burst=10)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        scope["state"] = {}
        answered = _Answered(send, self._site.is_secure)
        try:
            self._admit(scope)
            await self._app(scope, receive, answered.send)
        except RefusedError as refused:
            await self._refuse(refused, scope, receive, answered)
        except Exception as fault:
            tell_fault(fault)
            broken = RefusedError(
                500, "the server has a fault", "Nothing was saved by this request."
            )
            await self._refuse(broken, scope, receive, answered)

    async def _refuse(
        self, refused: RefusedError, scope: Scope, receive: Receive, out: "_Answered"
    ) -> None:
        if not out.has_begun:
            # Where the rest of a body is not read, the connection cannot be used again.
            refused.headers.setdefault("Connection", "close")
            await refusal(Request(scope), refused)(scope, receive, out.send)

    # ------------------------------------------------------------ who may pass

    def _admit(self, scope: Scope) -> None:
        """Put who asks into the request.

        Raises:
            RefusedError: the request is not served.
        """
        _check_length(scope)
        headers = _headers_of(scope)
        address = self._address(scope, headers)
        session = _cookie(headers.get(b"cookie", b""), self._site.cookie)
        person = self._links.person_of(session)
        self._check_rate(scope["path"], address, person)
        if headers.get(b"host", b"").decode("latin-1") not in self._site.hosts:
            raise RefusedError(
                400,
                "the server is not known by this name",
                "Open the link as it was given to you.",
            )
        if person is not None:
            scope["state"]["person"] = person
            scope["state"]["csrf_token"] = csrf_token_of(session)
        if scope["method"] not in SAFE_METHODS:
            self._check_change(headers, scope["state"])

    def _check_rate(self, path: str, address: str, person: Person | None) -> None:
        wait = 0.0
        if person is None and path.startswith(ENTER):
            # First, so that those who guess cannot keep out others at their address.
            entered = self._links.enter(path.removeprefix(ENTER))
            if entered is None:
                wait = self._wrong_links.take(address)
            else:
                person = entered[0]
        if person is not None:
            wait = self._of_person.take(person.name)
        else:
            wait = max(wait, self._of_address.take(address))
        if wait:
            raise RefusedError(
                429,
                "too many requests",
                "Wait a moment.",
                headers={"Retry-After": str(int(wait) + 1)},
            )

    def _check_change(self, headers: Headers, state: dict[str, Any]) -> None:
        """Check that a request that changes something comes from a page of this server."""
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin not in self._site.origins:
            raise RefusedError(
                403, "the request comes from another site", "Open the link again."
            )
        if "person" not in state:
            raise RefusedError(
                401,
                "you are not signed in, or your link has ended",
                "Open the link that you were given; ask the lead for a new one.",
            )
        token = headers.get(b"x-csrf-token", b"")
        if not hmac.compare_digest(token, state["csrf_token"].encode()):
            raise RefusedError(
                403,
                "the page is of another session",
                "Reload it: somebody else's link was opened in this browser.",
            )
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if kind != b"application/json":
            raise RefusedError(415, "the request is not JSON", "Reload the page.")
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            raise too_large()

    def _address(self, scope: Scope, headers: Headers) -> str:
        """The address of whoever asks; behind a proxy the last that the proxy names."""
        if self._site.behind_proxy:
            forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
            nearest = forwarded.rpartition(",")[2].strip()
            if nearest:
                return nearest[:MOST_FORWARDED]
        client = scope.get("client")
        return str(client[0]) if client else ""


class _Answered:
    """Sends an answer with the headers that every answer has.

    Attributes:
        has_begun: the status is sent, so that nothing else can be answered.
    """

    def __init__(self, send: Send, is_secure: bool) -> None:
        self._send = send
        self._is_secure = is_secure
        self.has_begun = False

    async def send(self, message: Message) -> None:
        """Send on what a route sends."""
        if message["type"] == "http.response.start":
            self.has_begun = True
            given = {name.lower() for name, _ in message["headers"]}
            more = [each for each in HEADERS.items() if each[0] not in given]
            if self._is_secure:
                more.append((b"strict-transport-security", b"max-age=31536000"))
            message["headers"] = [*message["headers"], *more]
        await self._send(message)


def _check_length(scope: Scope) -> None:
    """Raise `RefusedError` where address and headers are longer than any page's."""
    length = len(scope["raw_path"]) + len(scope["query_string"])
    for name, value in scope["headers"]:
        length += len(name) + len(value)
    if length > MOST_HEAD:
        raise RefusedError(431, "the request's head is too long", "Reload the page.")


def _headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers by name.

    Raises:
        RefusedError: one that decides who is served is there twice.
    """
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in headers and name in (b"host", b"origin", b"x-csrf-token"):
            raise RefusedError(400, "a header is there twice", "Reload the page.")
        headers[name] = headers[name] + b"; " + value if name in headers else value
    return headers


def _cookie(header: bytes, name: str) -> str:
    """One cookie of a header; empty where there is none."""
    for part in header.decode("latin-1").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def tell_fault(fault: BaseException) -> None:
    """Say where the program failed. What the fault says is left out: it may quote a comment."""
    place = "a library"
    for frame in traceback.extract_tb(fault.__traceback__):
        if "coder" in frame.filename:
            place = f"{frame.filename}, line {frame.lineno}"
    sys.stderr.write(f"A request failed: {type(fault).__name__} in {place}\n")
