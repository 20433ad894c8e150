"""Sheets' quota of calls a minute, kept by waiting beforehand instead of being refused (60 reads and 60 writes a
minute for each account: developers.google.com/workspace/sheets/api/limits)."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from urllib.parse import urlsplit

CALLS_A_MINUTE = 55
"""Google's minute and ours do not begin together, and another program may use the same account."""

_MINUTE_S = 60.0
_READING_POSTS = (":getByDataFilter", ":batchGetByDataFilter", "/developerMetadata:search")


def quota_of(method: str, url: str) -> str | None:
    """Which of the quotas a call uses up; None: one that is not kept here."""
    path = urlsplit(url).path
    if not path.startswith("/v4/spreadsheets"):
        return None
    return "read" if method == "GET" or path.endswith(_READING_POSTS) else "write"


class Pace:
    """Thread-safe. All of one account's calls share one. `calls_a_minute` 0: never waits. `reserve`: where several machines
    use one account, what keeps the minute for all of them: by quota, how many seconds a call has to wait.
    """

    def __init__(
        self,
        calls_a_minute: int = CALLS_A_MINUTE,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        reserve: Callable[[str], float] | None = None,
    ) -> None:
        self._reserve = reserve
        self._calls_a_minute = calls_a_minute
        self._clock, self._sleep = clock, sleep
        self._latest: dict[str, deque[float]] = defaultdict(deque)
        self._one_at_a_time = threading.Lock()

    def wait(self, method: str, url: str) -> None:
        """Returns when the call fits into the minute."""
        quota = quota_of(method, url)
        if quota is None or not self._calls_a_minute:
            return
        if self._reserve is not None:
            self._sleep(self._reserve(quota))
            return
        with self._one_at_a_time:
            latest = self._latest[quota]
            if len(latest) >= self._calls_a_minute:
                self._sleep(max(0.0, latest.popleft() + _MINUTE_S - self._clock()))
            latest.append(self._clock())
