"""Keys that come faster than the screen works, as a slow connection or pasted text sends them.

Textual hands a key to what has the focus when the key arrives. In a burst that is too early: the
key before may be about to open a dialog, or to close one. So each key waits until the one before it
has done all that it does.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

from textual import events
from textual.app import App
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.screen import Screen

LONGEST_WAIT = 1.0  # seconds for what a key does; the next one is taken in any case
ROUNDS = (
    2  # in the first one a widget may send messages, which the second one waits for
)
ESCAPED = (
    "alt+"  # how Textual calls a key that arrives together with an Escape before it
)


def keys_in(event: events.Event, *, in_box: bool) -> Iterator[events.Event]:
    """The keys that an event stands for, in their order; other events as they are. A line feed is
    Enter.

    Args:
        in_box: whether there is a box to type in: what is pasted there is text, and one line.
    """
    if isinstance(event, events.Key):
        is_line_feed = event.key == "ctrl+j"
        yield _key_of("\r") if is_line_feed else event
    elif isinstance(event, events.Paste) and in_box:
        yield events.Paste(" ".join(event.text.split()))
    elif isinstance(event, events.Paste):
        for character in event.text.replace("\r\n", "\r"):
            yield _key_of(character)
    else:
        yield event


def _key_of(character: str) -> events.Key:
    """The key that types a character."""
    named = {"\r": "enter", "\n": "enter", "\t": "tab", "\x1b": "escape"}
    return events.Key(named.get(character) or _character_to_key(character), character)


class _Through(asyncio.Event):
    """Set when a part of the screen has worked through what waited for it."""

    def __call__(self) -> None:
        """Textual calls it in its turn."""
        self.set()


class KeyQueue:
    """Hands keys to an app, each when the one before it is done.

    What else is to be called after the keys, as tests do, waits in the same queue.

    Args:
        hand_on: what the app does with an event.
    """

    def __init__(
        self, app: App[Any], hand_on: Callable[[events.Event], Awaitable[None]]
    ) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[events.Event] = deque()
        self._work: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a key is not done."""
        return self._work is not None

    def takes(self, event: events.Event) -> bool:
        """Whether an event waits for its turn; it is then in the queue."""
        if isinstance(event, (events.Key, events.Paste)):
            if event.is_forwarded:  # it comes back from the screen
                return False
        elif not self._delays(event):
            return False
        self._waiting.append(event)
        if self._work is None:
            self._work = asyncio.create_task(self._take_all())
        return True

    def _delays(self, event: events.Event) -> bool:
        """Whether an event is a call that has to wait for the keys before it."""
        if not isinstance(event, events.Callback) or not self.is_busy:
            return False
        return not isinstance(event.callback, _Through)

    async def _take_all(self) -> None:
        try:
            while self._waiting:
                await self._take(self._waiting.popleft())
        except Exception as error:  # a task keeps its error for itself
            self._app._handle_exception(error)
        finally:
            self._work = None

    async def _take(self, event: events.Event) -> None:
        if isinstance(event, events.Callback):
            await self._hand_on(event)
            return
        for key in keys_in(event, in_box=self._app.focused is not None):
            await self._hand_on(key)
            await until_done(self._app)


async def until_done(app: App[Any]) -> None:
    """Wait until the last key has done all that it does, and a dialog that it opened is ready."""
    rounds = 0
    while rounds < ROUNDS and app.is_running:
        screen = app.screen
        for pump in _from_focus_to_screen(screen):
            await _until_through(pump)
        await _until_through(app)
        rounds += 1
        if app.is_running and app.screen is not screen:
            rounds = 0


def _from_focus_to_screen(screen: Screen[Any]) -> list[MessagePump]:
    """What a key passes through before it comes to the app."""
    if screen.focused is None:
        return [screen]
    return [
        node for node in screen.focused.ancestors_with_self if node is not screen.app
    ]


async def _until_through(pump: MessagePump) -> None:
    """Wait until a part of the screen has worked through what waits for it now."""
    through = _Through()
    if not pump.post_message(events.Callback(through)):  # it is being closed
        return
    with suppress(TimeoutError):
        await asyncio.wait_for(through.wait(), LONGEST_WAIT)
