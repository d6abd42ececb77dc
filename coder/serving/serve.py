"""Serve a project: who may come in, under which address, until somebody ends it."""

import contextlib
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from coder.errors import CoderError, option
from coder.serving.links import Link, LinkBook, Role
from coder.workflow.review import open_review_target

if TYPE_CHECKING:
    import uvicorn

    from coder.project import Project
    from coder.reviewing.mode import ReviewMode
    from coder.serving.security import Site

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORT = 8750
SECONDS_TO_END = 5
LOCK = ".serve.lock"


@dataclass(frozen=True)
class Address:
    """Where the server listens, and how it is reached.

    Attributes:
        certificate, key: PEM files, for HTTPS.
        proxy: the address that people open, where a proxy stands before the server.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    certificate: Path | None = None
    key: Path | None = None
    proxy: str = ""


@dataclass(frozen=True)
class People:
    """Who may come in."""

    reviewers: Sequence[str] = ()
    adjudicators: Sequence[str] = ()
    leads: Sequence[str] = ()
    new_links: Sequence[str] = ()
    lasts: timedelta = field(default=timedelta(days=14))

    def roles(self) -> dict[str, Role]:
        """Each person's role.

        Raises:
            CoderError: somebody is given two.
        """
        named: list[tuple[Role, Sequence[str]]] = [
            ("reviewer", self.reviewers),
            ("adjudicator", self.adjudicators),
            ("lead", self.leads),
        ]
        roles: dict[str, Role] = {}
        for role, names in named:
            for name in names:
                if roles.setdefault(name, role) != role:
                    raise CoderError(
                        f"{name!r} is given two roles: {roles[name]} and {role}",
                        "Give each person one: a lead may do everything.",
                    )
        return roles


class Entrance(NamedTuple):
    """A person's link.

    Attributes:
        address: of the link; empty for one that was given before, as only its hash is kept.
    """

    link: Link
    address: str


class Opened(NamedTuple):
    """A server that is about to listen.

    Attributes:
        address: of its first page.
    """

    address: str
    entrances: tuple[Entrance, ...]
    notes: tuple[str, ...]


def serve(
    target: "Project | Path | str",
    codebook: Path | str,
    mode: "ReviewMode",
    people: People,
    address: Address,
    opened: Callable[[Opened], None],
    *,
    learns: bool = True,
) -> None:
    """Serve until interrupted.

    Args:
        learns: whether the model learns from what is decided, in a process of its own.
        opened: called once, when the server is about to listen.

    Raises:
        CoderError: nobody may come in, the port is in use, the address is not safe, another
            server serves the project, or an input is at fault.
    """
    from coder import files
    from coder.engine import silent
    from coder.serving.app import make_app
    from coder.serving.office import Office
    from coder.workflow.model_process import BackgroundModel

    _check_address(address)
    review = open_review_target(target, codebook, None, silent, mode)
    folder = review.project.folder
    links = LinkBook(folder)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(files.hold_lock(folder / LOCK, 0.2))
        except TimeoutError as error:
            raise CoderError(
                f"{folder}: another server serves this project already",
                "End that one with Ctrl-C, or use its links.",
            ) from error
        listening = stack.enter_context(_listen(address))
        port = listening.getsockname()[1]
        base = _base_of(address, port)
        entrances = _entrances(links, people, base)
        office = Office(review.project, review.codebook_path, mode, links)
        stack.callback(office.close)
        refit = None
        if learns and not mode.blind:
            model = BackgroundModel(folder, review.codebook_path, None)
            refit = stack.enter_context(model).refit
        app = make_app(office, _site_of(base, address, port), refit)
        server = _server(app, address)
        stack.enter_context(server.capture_signals())  # before anybody is told of it
        opened(Opened(base, entrances, office.shared.notes))
        server.run([listening])


def listed_links(target: "Project | Path | str", codebook: Path | str) -> LinkBook:
    """The links of a project.

    Raises:
        CoderError: there is no such project or codebook.
    """
    from coder.engine import silent

    review = open_review_target(target, codebook, None, silent)
    return LinkBook(review.project.folder)


# ---------------------------------------------------------------- links


def _entrances(links: LinkBook, people: People, base: str) -> tuple[Entrance, ...]:
    """A link for everybody: the one that they have, or a new one.

    Raises:
        CoderError: nobody has a link, or somebody is to have a new one and has no role.
    """
    secrets = _give_links(links, people)
    entrances = []
    for link in links.listed():
        if links.of(link.name) is None:
            continue
        address = ""
        if link.name in secrets:
            address = f"{base}/enter/{secrets[link.name]}"
        entrances.append(Entrance(link, address))
    if not entrances:
        raise CoderError(
            "nobody has a link to come in",
            f"Name who reviews, for example {option('reviewer', 'amira')}.",
        )
    return tuple(entrances)


def _give_links(links: LinkBook, people: People) -> dict[str, str]:
    """Make the links that are missing or to be new; returns their secrets, by name."""
    roles = people.roles()
    for name in people.new_links:
        standing = links.of(name)
        if name in roles:
            continue
        if standing is None:
            raise CoderError(
                f"{option('new_link', name)}: {name!r} has no link",
                f"Name the person's role too, as with {option('reviewer', name)}.",
            )
        roles[name] = standing.role
    secrets = {}
    for name, role in roles.items():
        standing = links.of(name)
        if standing is None or name in people.new_links:
            secrets[name] = links.make(name, role, people.lasts)
        elif standing.role != role:
            links.change_role(name, role)
    return secrets


# ---------------------------------------------------------------- address


def _check_address(address: Address) -> None:
    """Raise `CoderError` where comments would go over a network unprotected."""
    if (address.certificate is None) != (address.key is None):
        raise CoderError(
            f"{option('certificate')} and {option('key')} go together", "Give both."
        )
    for path in (address.certificate, address.key):
        if path is not None and not path.is_file():
            raise CoderError(f"{path}: there is no such file", "Give a PEM file.")
    if address.proxy and not address.proxy.startswith(("https://", "http://")):
        raise CoderError(
            f"{option('behind_proxy', address.proxy)}: not an address",
            f"For example {option('behind_proxy', 'https://coding.example.org')}.",
        )
    is_protected = address.certificate is not None or address.proxy
    if address.host not in LOOPBACK and not is_protected:
        raise CoderError(
            f"{option('host', address.host)}: others on the network could read the comments",
            f"Give {option('certificate', 'FILE')} and {option('key', 'FILE')} for HTTPS, or "
            f"{option('behind_proxy', 'https://NAME')} where a proxy does that.",
        )


def _base_of(address: Address, port: int) -> str:
    """What links begin with."""
    if address.proxy:
        return address.proxy.rstrip("/")
    scheme = "https" if address.certificate else "http"
    host = address.host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - what was asked for
        host = socket.getfqdn()
    if ":" in host:
        host = f"[{host}]"
    return f"{scheme}://{host}:{port}"


def _site_of(base: str, address: Address, port: int) -> "Site":
    from coder.serving.security import Site

    host = base.partition("://")[2]
    scheme = base.partition("://")[0]
    hosts = {host}
    if address.host in LOOPBACK and not address.proxy:
        hosts |= {f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"}
    origins = {f"{scheme}://{name}" for name in hosts}
    is_secure = scheme == "https"
    cookie = f"coder-{port}"
    if is_secure:
        cookie = f"__Host-{cookie}"
    return Site(
        frozenset(hosts), frozenset(origins), cookie, is_secure, bool(address.proxy)
    )


@contextlib.contextmanager
def _listen(address: Address) -> Iterator[socket.socket]:
    """A socket that listens.

    Raises:
        CoderError: the port is in use, or there is no such address.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # With the protocol named asyncio sends at once (TCP_NODELAY); else each answer waits 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address.host, address.port))
            listening.listen(512)
        except (OSError, OverflowError) as error:
            raise CoderError(
                f"{address.host}, port {address.port}: cannot be used "
                f"({getattr(error, 'strerror', None) or error})",
                f"Choose another port, for example {option('port', str(PORT + 1))}; 0 takes any "
                "that is free.",
            ) from error
        yield listening


# ---------------------------------------------------------------- the server


def _server(app: Any, address: Address) -> "uvicorn.Server":
    import uvicorn

    from coder.serving.connections import PatientProtocol
    from coder.serving.security import MOST_HEAD

    class Server(uvicorn.Server):
        """A server that ends quietly where it is told to."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Take Ctrl-C and SIGTERM as the end."""

            def end(number: int, frame: FrameType | None) -> None:
                self.handle_exit(number, frame)

            before = {
                each: signal.signal(each, end)
                for each in (signal.SIGINT, signal.SIGTERM)
            }
            try:
                yield
            finally:
                for each, handler in before.items():
                    signal.signal(each, handler)

    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        loop="asyncio",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=MOST_HEAD,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=SECONDS_TO_END,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
    )
    return Server(config)
