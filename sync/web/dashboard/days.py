"""What each of the last days brought, in memory: a day that is over for good is asked for once, so that a page costs one day."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from sync.core.dashboard.figures import Day, days_of
from sync.core.promise import late_before
from sync.ledger.ledger import Ledger

SPAN = 30
OVER_FOR_GOOD = timedelta(hours=1)
"""After its end: nothing that happened before it is still to be committed."""


@dataclass(eq=False)
class Days:
    """Thread-safe: who comes while they are counted waits for it."""

    ledger: Ledger
    _known: dict[tuple[str, date], Day] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def until(self, at: datetime, zone: ZoneInfo) -> list[Day]:
        """The last SPAN days of the office, the oldest first, today as it is now. Raises LedgerTrouble."""
        today = at.astimezone(zone).date()
        wanted = [today - timedelta(days=back) for back in range(SPAN - 1, -1, -1)]
        with self._lock:
            known = {day: self._known.get((zone.key, day)) for day in wanted}
            first = next(place for place, day in enumerate(wanted) if known[day] is None)
            anew = self._count(wanted[first:], zone)
            before = [kept for day in wanted[:first] if (kept := known[day])]
            over = (at - OVER_FOR_GOOD).astimezone(zone).date()
            self._known = {(zone.key, one.day): one for one in [*before, *anew] if one.day < over}
        return [*before, *anew]

    def _count(self, days: list[date], zone: ZoneInfo) -> list[Day]:
        midnights = [late_before(day, 0, zone) for day in days]
        midnights.append(late_before(days[-1], -1, zone))
        with self.ledger.reading() as look:
            received = look.waiting.came(midnights)
            return days_of(days, received, look.waiting.ends(midnights[0], midnights[-1]), zone)
