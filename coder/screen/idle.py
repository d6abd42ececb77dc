"""Collects garbage while nobody waits: a collection takes up to 100 ms, which a key would feel."""

import gc
import time

IDLE = 1.0  # seconds without a key or the mouse
GARBAGE = 20_000  # objects from which garbage is collected
# Objects from which it is collected even while keys are pressed.
TOO_MUCH_GARBAGE = 2_000_000


class IdleCollector:
    """Stands in for Python's own garbage collection where that is switched off."""

    def __init__(self) -> None:
        self._last_input = time.monotonic()

    def note_input(self) -> None:
        """Remember that a key or the mouse was used just now."""
        self._last_input = time.monotonic()

    @property
    def seconds_idle(self) -> float:
        """Seconds since a key or the mouse was used."""
        return time.monotonic() - self._last_input

    def collect(self) -> None:
        """Collect garbage if there is enough of it, and nobody has pressed a key for a while."""
        if gc.isenabled():
            return
        objects = gc.get_count()[0]
        idle = self.seconds_idle >= IDLE
        if objects >= TOO_MUCH_GARBAGE or (idle and objects >= GARBAGE):
            gc.collect()
