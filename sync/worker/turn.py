"""How long one step of a cycle may go on before the other workflows have their turn."""

import time
from collections.abc import Callable
from threading import Event


class Turn:
    """Over when the worker should stop, or after `seconds`; None: it goes on to the end."""

    def __init__(
        self,
        stop: Event,
        seconds: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stop = stop
        self._clock = clock
        self._until = None if seconds is None else clock() + seconds

    def over(self) -> bool:
        if self._stop.is_set():
            return True
        return self._until is not None and self._clock() >= self._until
