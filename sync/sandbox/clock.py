"""The clock that quotas go by: the machine's, until someone lets it run faster or sets it ahead.

One for each store. Tokens, `modifiedTime` and mail dates keep to the real time: only what runs out is hurried.
"""

import math
import threading
import time
import weakref

from sync.sandbox.frame import Json, Store, invalid, route

FASTEST = 1_000_000


class Clock:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.restore()

    def restore(self) -> None:
        """The machine's time again."""
        with self._lock:
            self._real_s = self._shown_s = time.time()
            self._speed = 1.0

    def now(self) -> float:
        """Seconds since 1970, as this clock has it; it goes back when it is restored only."""
        with self._lock:
            return self._now()

    def _now(self) -> float:
        return self._shown_s + (time.time() - self._real_s) * self._speed

    def set(self, asked: Json) -> Json:
        """`{"speed": 60}`: a minute a second from now on; `{"ahead_s": 86400}`: a day later at once. Raises 400."""
        if unknown := set(asked) - {"speed", "ahead_s"}:
            raise invalid(f"unknown {sorted(unknown)}; allowed are speed and ahead_s")
        speed = _number(asked, "speed", FASTEST)
        ahead_s = _number(asked, "ahead_s", FASTEST * 1000)
        with self._lock:
            self._shown_s = self._now() + (ahead_s or 0)
            self._real_s = time.time()
            if speed is not None:
                self._speed = speed
        return self.told()

    def told(self) -> Json:
        with self._lock:
            return {"now": self._now(), "speed": self._speed}


def _number(asked: Json, name: str, most: float) -> float | None:
    value = asked.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(f"{name} must be a number")
    if not math.isfinite(value) or not 0 <= value <= most:
        raise invalid(f"{name} must be between 0 and {most}")
    return float(value)


_clocks: weakref.WeakKeyDictionary[Store, Clock] = weakref.WeakKeyDictionary()
_making = threading.Lock()


def of(store: Store) -> Clock:
    with _making:
        return _clocks.setdefault(store, Clock())


ROUTES = [
    route(
        "GET",
        "/_sandbox/clock",
        "control.clock.get",
        lambda call: of(call.store).told(),
        needs_token=False,
    ),
    route(
        "PUT",
        "/_sandbox/clock",
        "control.clock.put",
        lambda call: of(call.store).set(call.json()),
        needs_token=False,
    ),
]
