"""What was true a while ago: the store keeps its past moments, so that reads can be answered stale on purpose.

A moment is an open read transaction of SQLite, taken before the write that ends it; so an answer is whole, and as old
as was asked or a little younger (a tenth at most). Nothing is kept until someone asks how far back.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sync.sandbox import clock
from sync.sandbox.frame import Store

_KEPT_AT_MOST = 10
"""Moments, however many writes there are: each is a connection."""


@dataclass(slots=True)
class _Moment:
    until: float
    """By the sandbox's clock; then a write made it the past."""
    connection: sqlite3.Connection
    readers: int = 0


class RememberingStore(Store):
    def __init__(self, folder: Path, schemas: tuple[str, ...]) -> None:
        self._reach_s = 0.0
        self._moments: deque[_Moment] = deque()
        self._over: list[_Moment] = []
        self._moments_lock = threading.Lock()
        super().__init__(folder, schemas)

    def remember(self, reach_s: float) -> None:
        """How far back one may look from now on; 0 forgets everything."""
        with self._lock, self._moments_lock:
            self._reach_s = reach_s
            if not reach_s:
                self._forget(len(self._moments))

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._reach_s and not self._connection().in_transaction:
                self._keep()
            with super().write() as db:
                yield db

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        past: sqlite3.Connection | None = getattr(self._local, "past", None)
        if past is None or self._connection().in_transaction:
            with super().read() as db:
                yield db
        else:
            yield past

    @contextmanager
    def as_of(self, age_s: float) -> Iterator[None]:
        """Within, this thread reads what was true `age_s` ago, or when remembering began; it writes to the present."""
        with self._moments_lock:
            then = clock.of(self).now() - age_s
            moment = next((each for each in self._moments if each.until > then), None)
            if moment is not None:
                moment.readers += 1
        if moment is None:  # nothing was written since
            yield
            return
        self._local.past = moment.connection
        try:
            yield
        finally:
            self._local.past = None
            with self._moments_lock:
                moment.readers -= 1
                self._forget(0)

    def close(self) -> None:
        self.remember(0)
        super().close()

    def _keep(self) -> None:
        now = clock.of(self).now()
        with self._moments_lock:
            too_old = sum(each.until <= now - self._reach_s for each in self._moments)
            self._forget(too_old)
            apart_s = self._reach_s / _KEPT_AT_MOST
            if self._moments and now - self._moments[-1].until < apart_s:
                return
            connection = sqlite3.connect(
                self._file, isolation_level=None, timeout=30, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()  # the snapshot is taken
            self._moments.append(_Moment(now, connection))

    def _forget(self, oldest: int) -> None:
        """Drops so many; one that is being read is closed by its last reader."""
        self._over += [self._moments.popleft() for _ in range(oldest)]
        for moment in self._over:
            if not moment.readers:
                moment.connection.close()
        self._over = [moment for moment in self._over if moment.readers]
