"""The Escape key in a burst of keys: a terminal sends it as the byte that also begins the codes of
other keys.

Textual's parser takes what follows an Escape within a tenth of a second for the rest of a code, and
where that is none, drops the Escape. Here an Escape stands for itself as soon as the next character
begins no code.
"""

import re
from collections.abc import Iterator
from contextlib import suppress

from textual._xterm_parser import XTermParser
from textual.message import Message

ESCAPE = "\x1b"
CODES_BEGIN = "[OPX^_]"  # after an Escape; another Escape ends the first one as it is
LONE_ESCAPE = re.compile(f"{ESCAPE}(?=[^{re.escape(CODES_BEGIN + ESCAPE)}])")


class EscapeParser(XTermParser):
    """Textual's parser of what a terminal sends; a lone Escape is a key at once."""

    _ends_with_escape = False

    def feed(self, data: str) -> Iterator[Message]:
        """The events in the next characters; none left to come after an empty text."""
        if self._ends_with_escape and data[:1] not in tuple(CODES_BEGIN + ESCAPE):
            yield from self._escape_now()
        self._ends_with_escape = data.endswith(ESCAPE)
        start = 0
        for escape in LONE_ESCAPE.finditer(data):
            yield from super().feed(data[start : escape.end()])
            yield from self._escape_now()
            start = escape.end()
        yield from super().feed(data[start:])

    def _escape_now(self) -> Iterator[Message]:
        """End the wait for the rest of a code."""
        if self._timeout_time is not None:
            self._timeout_time = 0.0
            yield from self.tick()


def use_escape_parser() -> None:
    """Let Textual read terminals with this parser; it has no setting for that."""
    with suppress(ImportError):  # Windows tells keys apart itself
        from textual.drivers import linux_driver

        vars(linux_driver)["XTermParser"] = EscapeParser
