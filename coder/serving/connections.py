"""Connections that do not wait for ever: whoever sends a request too slowly is cut off."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_FOR_HEAD = 10.0
MOST_FROM_ONE_ADDRESS = 256


class PatientProtocol(H11Protocol):
    """A connection that is closed where the head of a request does not come in time, or where
    its address has too many others.
    """

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if self._siblings() > MOST_FROM_ONE_ADDRESS:
            transport.abort()
            return
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that is still not whole gets no more time."""
        try:
            super().data_received(data)
        except h11.ProtocolError:  # more came after an answer that ends the connection
            self.transport.abort()
            return
        if not self._awaits_head():
            self._stop_waiting()
        elif self._head_timer is None:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _awaits_head(self) -> bool:
        """Whether part of a head has come, and not all of it."""
        state: Any = self.conn.their_state
        return state is h11.IDLE and bool(self.conn.trailing_data[0])

    def _wait_for_head(self) -> None:
        self._head_timer = self.loop.call_later(SECONDS_FOR_HEAD, self._cut_off)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _cut_off(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.abort()

    def _siblings(self) -> int:
        """How many connections this address has."""
        own = self._address(self)
        return sum(self._address(other) == own for other in self.connections)

    @staticmethod
    def _address(connection: Any) -> str:
        return connection.client[0] if connection.client else ""
