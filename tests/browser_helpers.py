"""A real browser for tests of pages: Chromium without a window, with what it complained about."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
SECONDS = 20  # until something that a page was waited for counts as missing
SIZES = ((360, 740), (768, 1024), (1280, 800))
OFFLINE = "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET"


@contextmanager
def browser() -> Iterator[Any]:
    """A browser; the test is skipped where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Window:
    """One person's browser window.

    Attributes:
        faults: what stood in the console and what the page's scripts raised, but for lost
            connections.
        hosts: everything that was asked for anything.
    """

    def __init__(self, chromium: Any, link: str, size: tuple[int, int] = (1280, 800)) -> None:
        self.context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(1000 * SECONDS)
        self.faults: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        self.page.goto(link)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and not any(e in message.text for e in OFFLINE):
            self.faults.append(message.text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def until(self, expression: str) -> None:
        """Wait until a JavaScript expression is true; the page itself may not evaluate any."""
        end = time.monotonic() + SECONDS
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"never true: {expression}"
            self.page.wait_for_timeout(20)

    def until_text(self, selector: str, text: str) -> None:
        """Wait until an element contains a text."""
        self.page.locator(selector).filter(has_text=text).first.wait_for()

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).first.text_content())

    def violations(self) -> list[str]:
        """What axe finds against the rules of accessibility."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {each['nodes'][0]['html'][:150]}" for each in found]

    def violations_at(self, size: tuple[int, int], scheme: str) -> list[str]:
        """The same at a size, in light or dark; and whether the page is wider than the window."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme)
        found = self.violations()
        width = self.page.evaluate("document.documentElement.scrollWidth")
        if width > size[0]:
            found.append(f"the page is {width} pixels wide")
        return found
