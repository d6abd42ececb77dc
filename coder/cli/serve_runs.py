"""What `coder serve` does for its options, and what it prints."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from coder.cli.printer import Printer
    from coder.reviewing.mode import ReviewMode
    from coder.serving.links import Link
    from coder.serving.serve import Address, Opened, People


class Service(NamedTuple):
    """How a project is served; as `serving.serve.serve`."""

    mode: "ReviewMode"
    people: "People"
    address: "Address"
    learns: bool


def run_server(
    target: "Path", codebook: "Path", service: Service, printer: "Printer"
) -> None:
    """Serve until Ctrl-C, after printing a link a person."""
    from coder.serving.serve import serve

    def tell(opened: "Opened") -> None:
        if printer.as_json:
            _print_json(opened)
            return
        for note in opened.notes:
            printer.warn(note)
        _print_links(opened, printer)

    serve(
        target,
        codebook,
        service.mode,
        service.people,
        service.address,
        tell,
        learns=service.learns,
    )
    printer.say("The server has ended. Everything that was saved is on disk.")


def withdraw_links(
    target: "Path", codebook: "Path", names: Sequence[str], printer: "Printer"
) -> None:
    """Withdraw links; whoever is in is out at once."""
    from coder.errors import CoderError, did_you_mean
    from coder.serving.serve import listed_links

    links = listed_links(target, codebook)
    for name in names:
        if not links.withdraw(name):
            known = [link.name for link in links.listed()]
            raise CoderError(
                f"{name!r} has no link that holds", did_you_mean(name, known)
            )
        printer.say(f"The link of {name} is withdrawn.")
    printer.facts = {"withdrawn": list(names)}
    printer.finish()


def list_links(target: "Path", codebook: "Path", printer: "Printer") -> None:
    """Print who has a link, and until when."""
    from coder.serving.serve import listed_links

    links = listed_links(target, codebook)
    listed = links.listed()
    rows = []
    for link in listed:
        holds = links.of(link.name) is not None
        rows.append((link.name, link.role, _state(link, holds)))
    printer.facts = {"links": [_facts(link) for link in listed]}
    printer.table(rows, ("name", "role", "link"), title="Links")
    printer.finish()


def _print_links(opened: "Opened", printer: "Printer") -> None:
    printer.say(
        f"Reviewing at {opened.address}: one link a person, to be passed on in secret."
    )
    for entrance in opened.entrances:
        link = entrance.link
        until = _day(link.expires_at)
        if entrance.address:
            printer.say(f"{link.name} ({link.role}, until {until}): {entrance.address}")
        else:
            printer.say(
                f"{link.name} ({link.role}): the link given before holds until {until}"
            )
    printer.say("Ctrl-C ends the server; links hold when it is started again.")
    sys.stdout.flush()


def _print_json(opened: "Opened") -> None:
    """One line, at once: whoever started the server waits for it."""
    links = []
    for entrance in opened.entrances:
        links.append(_facts(entrance.link) | {"address": entrance.address})
    facts = {"address": opened.address, "links": links}
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def _facts(link: "Link") -> dict[str, Any]:
    return link.model_dump(
        include={"name", "role", "made_at", "expires_at", "withdrawn_at"}
    )


def _state(link: "Link", holds: bool) -> str:
    if holds:
        return f"holds until {_day(link.expires_at)}"
    if link.withdrawn_at:
        return f"withdrawn {_day(link.withdrawn_at)}"
    return f"ended {_day(link.expires_at)}"


def _day(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone():%d %B %Y, %H:%M}"
