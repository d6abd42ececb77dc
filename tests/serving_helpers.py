"""A running `coder serve`, and browsers' part of the talk with it, for tests and benchmarks."""

import http.client
import json
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

TOKEN = re.compile(r'name="csrf-token" content="([0-9a-f]*)"')
SECONDS_TO_START = 60


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class RunningServer:
    """A server in a process of its own.

    Attributes:
        links: each person's link, as far as it was printed.
    """

    def __init__(self, folder: Path, codebook: Path, *options: str, port: int = 0) -> None:
        words = [sys.executable, "-m", "coder", "serve", str(folder), "--codebook", str(codebook)]
        self.process = subprocess.Popen(
            [*words, "--port", str(port), "--json", "--no-learning", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("{"):
            said, error = self.process.communicate(timeout=60)
            raise RuntimeError(line + said + error)
        facts = json.loads(line)
        self.address = facts["address"]
        self.port = int(self.address.rpartition(":")[2])
        self.links = {link["name"]: link["address"] for link in facts["links"]}

    def client(self, name: str) -> "Client":
        """The browser of somebody who opens their link."""
        client = Client(self.port)
        client.enter(self.links[name])
        return client

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.communicate()

    def stop(self) -> tuple[int, str]:
        """End it as Ctrl-C does; returns the exit status and what it said on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


@contextmanager
def running(folder: Path, codebook: Path, *options: str, port: int = 0) -> Iterator[RunningServer]:
    """A server for the time of a test."""
    server = RunningServer(folder, codebook, *options, port=port)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


class Client:
    """One browser: it keeps the cookie and the page's token."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port = port
        self.origin = f"http://{host}:{port}"
        self.host = host
        self.cookie = ""
        self.token = ""
        self._connection: http.client.HTTPConnection | None = None

    def enter(self, link: str) -> Answer:
        entered = self.get(link.removeprefix(self.origin))
        self.cookie = entered.headers.get("set-cookie", "").partition(";")[0]
        found = TOKEN.search(entered.text)
        self.token = found[1] if found else ""
        return entered

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        sent = {
            "Origin": self.origin,
            "X-CSRF-Token": self.token,
            "Content-Type": "application/json",
        }
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, data, sent | headers)

    def ask(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        """One request; a connection that the server has closed is opened anew, once."""
        sent = {"Cookie": self.cookie, **headers} if self.cookie else dict(headers)
        for attempt in (1, 2):
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
                self._connection.connect()
                # Else head and body of a request wait for each other, 40 ms.
                self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                attempt = 2
            try:
                self._connection.request(method, path, data, sent)
                response = self._connection.getresponse()
                text = response.read().decode()
                return Answer(response.status, dict(_lower(response.getheaders())), text)
            except (OSError, http.client.HTTPException):
                self._connection.close()
                self._connection = None
                if attempt == 2:
                    raise
        raise AssertionError

    def hand(self, n: int = 5, held: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        answered = self.post("/api/hand", {"n": n, "held": list(held)})
        assert answered.status == 200, answered.text
        self.fingerprint = answered.json["codebook_fingerprint"]
        cards: list[dict[str, Any]] = answered.json["cards"]
        return cards

    def decision(self, card: Mapping[str, Any], **themes: list[str]) -> dict[str, Any]:
        """The request that decides a card."""
        return {
            "request": secrets.token_hex(16),
            "comment_id": card["comment_id"],
            "text_hash": card["text_hash"],
            "codebook_fingerprint": self.fingerprint,
            "themes": themes,
            "unsure": [],
            "note": "",
            "evidence": {},
            "copies": "one",
            "decided_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }


def _lower(headers: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        yield name.lower(), value
