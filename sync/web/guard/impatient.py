"""A connection that says nothing whole is closed: uvicorn itself waits for a request's head for ever."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_WITHIN_S = 10.0


class ImpatientProtocol(H11Protocol):
    """From the connection's beginning, and from the first byte after an answer, a request's head has `HEAD_WITHIN_S`."""

    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        if self._ends is None and self._is_idle():
            self._begin()
        super().data_received(data)

    def handle_events(self) -> None:
        super().handle_events()
        if not self._is_idle():
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self._end()
        super().on_response_complete()

    def _is_idle(self) -> bool:
        cycle: Any = self.cycle
        return cycle is None or cycle.response_complete

    def _begin(self) -> None:
        self._ends = self.loop.call_later(HEAD_WITHIN_S, self.transport.close)

    def _end(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None
