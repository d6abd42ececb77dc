"""Ctrl-C and other signals that end a command before its time."""

import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Any

SIGNALLED = 128  # with the signal's number added: the exit status after a signal
SECONDS_TO_TRY_AGAIN = 0.02


class Signals:
    """Turns Ctrl-C, SIGTERM and SIGHUP into exceptions, so that what is half done is cleared
    away.

    Attributes:
        received: the number of the last signal; 0 for none.
    """

    def __init__(self) -> None:
        self.received = 0
        self._process = os.getpid()
        self._listens = True

    def listen(self) -> None:
        """Begin; a signal that was ignored at the start (`nohup`) stays so."""
        self._listen_to(signal.SIGINT)
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):  # Windows has no SIGHUP
                self._listen_to(getattr(signal, name))
        sys.unraisablehook = self._pass_on

    def _listen_to(self, number: int) -> None:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, self._interrupt)

    def _interrupt(self, number: int, _: FrameType | None) -> None:
        if os.getpid() != self._process:  # a copy: what it would clear away is not its
            os._exit(SIGNALLED + number)
        if number != signal.SIGINT:
            signal.signal(number, signal.SIG_IGN)  # once: clearing away takes its time
        self.received = number
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(SIGNALLED + number)

    def _pass_on(self, dropped: Any) -> None:
        """Raise an interruption again that came where Python drops exceptions.

        A file that cannot be written is told of by what wrote it, not where it is dropped.
        """
        if self.received and isinstance(
            dropped.exc_value, KeyboardInterrupt | SystemExit
        ):
            signal.signal(self.received, self._interrupt)
            threading.Thread(target=self._interrupt_again, daemon=True).start()
        elif not isinstance(dropped.exc_value, OSError):
            sys.__unraisablehook__(dropped)

    def _interrupt_again(self) -> None:
        time.sleep(SECONDS_TO_TRY_AGAIN)
        if not self._listens:
            return
        if hasattr(signal, "pthread_kill"):  # it wakes the main thread, too
            main = threading.main_thread().ident or 0
            signal.pthread_kill(main, self.received)
        else:
            signal.raise_signal(self.received)

    def stop_listening(self) -> None:
        """Leave signals to the system: what had to be cleared away is."""
        self._listens = False
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number and signal.getsignal(number) == self._interrupt:
                signal.signal(number, signal.SIG_DFL)

    @property
    def status(self) -> int:
        """The exit status."""
        return SIGNALLED + self.received

    @property
    def message(self) -> str:
        """What became of the command."""
        cause = "Interrupted"
        if self.received != signal.SIGINT:
            cause = f"Stopped by {signal.Signals(self.received).name}"
        return f"{cause}. Every file is as it was before, or complete; cached vectors are kept."
