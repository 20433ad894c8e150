"""How often something may be asked: by all together, or by each of many. Kept in memory, for as long as it counts."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

_MOST_KEPT = 20_000


class Pace:
    """So many a second for all together, and some more at once: nobody's address is kept to count by."""

    def __init__(self, per_second: float, at_once: float, clock: Callable[[], float]) -> None:
        self._per_second, self._most, self._clock = per_second, at_once, clock
        self._left, self._at = at_once, clock()
        self._lock = Lock()

    def take(self) -> bool:
        """Whether there is one left."""
        with self._lock:
            now = self._clock()
            gained = max(0.0, now - self._at) * self._per_second
            self._left, self._at = min(self._most, self._left + gained), now
            if self._left < 1:
                return False
            self._left -= 1
            return True

    def give_back(self) -> None:
        """The last one did not count."""
        with self._lock:
            self._left = min(self._most, self._left + 1)


class Paces:
    """A pace for each of many, by name. Names are forgotten when more come: those first that were asked for longest ago."""

    def __init__(
        self,
        per_second: float,
        at_once: float,
        clock: Callable[[], float],
        *,
        most_kept: int = _MOST_KEPT,
    ) -> None:
        self._new: Callable[[], Pace] = lambda: Pace(per_second, at_once, clock)
        self._most_kept = most_kept
        self._paces: OrderedDict[str, Pace] = OrderedDict()
        self._lock = Lock()

    def take(self, name: str) -> bool:
        """Whether that one has one left."""
        with self._lock:
            pace = self._paces.get(name) or self._new()
            self._paces[name] = pace
            self._paces.move_to_end(name)
            if len(self._paces) > self._most_kept:
                self._paces.popitem(last=False)
        return pace.take()

    def give_back(self, name: str) -> None:
        """Its last one did not count."""
        with self._lock:
            pace = self._paces.get(name)
        if pace:
            pace.give_back()
