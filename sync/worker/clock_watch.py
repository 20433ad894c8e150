"""The computer's clock, as far as a worker can tell: one that went back is told to people, for letters bear dates.

Nothing waits for the clock to be mended: which of the two times was the wrong one cannot be known here.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sync.core.board import zoned_text

BACK_BY = timedelta(minutes=10)
"""Computers set their clocks by a little all the time."""
_TOLD_FOR_S = 3600.0


class ClockWatch:
    """Of one counter. Told for an hour, or until the clock has caught up: then people saw it, or it was mended."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._latest: datetime | None = None
        self._told_until = 0.0

    def look(self, last_cycle: datetime | None, at: datetime, timezone: ZoneInfo) -> str:
        """What people should know before a cycle that begins `at`; "" when all is well."""
        if last_cycle is not None and last_cycle - at > BACK_BY:
            if self._latest is None or last_cycle > self._latest:
                self._latest = last_cycle
            self._told_until = self._seconds() + _TOLD_FOR_S
        if self._latest is None or at >= self._latest or self._seconds() >= self._told_until:
            self._latest = None
            return ""
        then, now = zoned_text(self._latest, timezone), zoned_text(at, timezone)
        return f"Jam komputer mundur dari {then} ke {now}: periksa tanggal dan jam komputer."
