"""What every screen's app does: keys, light and dark, a clean end whatever ends it."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

from textual import events
from textual.app import App, ReturnType

from coder.screen.bursts import KeyQueue
from coder.screen.escapes import use_escape_parser
from coder.screen.idle import IDLE, IdleCollector
from coder.screen.keys import Keymap
from coder.screen.too_small import TooSmallScreen, is_too_small

MOMENT = 0.7  # seconds
LIGHT, DARK = "textual-light", "textual-dark"


class KeyedApp(App[ReturnType]):
    """An app whose keys stand in a keymap, and which keeps the fault that ends it.

    Attributes:
        failure: the error, if any, that nobody expected and that ended the app.
        keymap: what its keys do (see `use_keys`).
    """

    ENABLE_COMMAND_PALETTE = False
    keymap: Keymap

    def __init__(self, *, light: bool) -> None:
        super().__init__()
        use_escape_parser()
        self.theme = LIGHT if light else DARK
        self.failure: Exception | None = None
        self.garbage = IdleCollector()
        self._typed = KeyQueue(self, super().on_event)

    def use_keys(self, keymap: Keymap) -> None:
        """Bind the keys of a keymap."""
        self.keymap = keymap
        for binding in keymap.bindings():
            description = binding.description
            self.bind(binding.key, binding.action, description=description, show=False)

    def watch_terminal(self, leave: Callable[[], None]) -> None:
        """Call `leave` when the terminal closes; collect garbage while no key is pressed."""
        # Without a handler the terminal would be left without echo, and with the mouse captured.
        for name in ("SIGTERM", "SIGHUP"):
            with suppress(
                AttributeError, NotImplementedError, RuntimeError, ValueError
            ):
                number = getattr(signal, name)
                asyncio.get_running_loop().add_signal_handler(number, leave)
        self.set_interval(IDLE / 2, self.garbage.collect)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where there is not enough room, until there is."""
        if not self.screen_stack or isinstance(self.screen, TooSmallScreen):
            return
        if is_too_small(event.size):
            self.push_screen(TooSmallScreen())

    @property
    def is_typing(self) -> bool:
        """Whether somebody pressed a key a moment ago: no question may open under their hands."""
        return self.garbage.seconds_idle < MOMENT

    async def on_event(self, event: events.Event) -> None:
        """Every event; keys one after another, however fast they come."""
        if isinstance(event, events.InputEvent):
            self.garbage.note_input()
        if not self._typed.takes(event):
            await super().on_event(event)

    def _handle_exception(self, error: Exception) -> None:
        """Keep the error for a report: a trace on the terminal would show what people wrote."""
        self.failure = self.failure or error
        super()._handle_exception(error)
        self._exit_renderables.clear()
