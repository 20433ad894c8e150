"""Google's budget of Sheets calls: so many reads and writes a minute for each account, more for all together; then 429.

A minute is a fixed window of the sandbox's clock, as at Google of the real one. Off unless asked for.
"""

import threading
from collections import Counter

from sync.sandbox.clock import Clock
from sync.sandbox.frame import GoogleError

PER_MINUTE = 60
PER_MINUTE_ALL = 300
_READS_BY_POST = (
    "sheets.spreadsheets.getByDataFilter",
    "sheets.spreadsheets.values.batchGetByDataFilter",
    "sheets.spreadsheets.developerMetadata.search",
)
_ALL = ""
_PROJECT = "640000000001"


def reads(api: str, method: str) -> bool:
    return method == "GET" or api in _READS_BY_POST


class Quotas:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = 0
        self._spent: Counter[tuple[str, bool]] = Counter()

    def spend(self, api: str, method: str, account: str) -> None:
        """Counts one call; raises 429 RESOURCE_EXHAUSTED when the minute's budget is gone."""
        if not api.startswith("sheets."):
            return
        kind = reads(api, method)
        with self._lock:
            minute = int(self._clock.now() // 60)
            if minute != self._minute:
                self._minute = minute
                self._spent.clear()
            for whose in (account, _ALL):
                self._spent[whose, kind] += 1
            over = self._spent[account, kind] > PER_MINUTE
            over_all = self._spent[_ALL, kind] > PER_MINUTE_ALL
        if over or over_all:
            raise exhausted(api, method, by_all=not over)

    def clear(self) -> None:
        with self._lock:
            self._spent.clear()


def exhausted(api: str, method: str, *, by_all: bool = False) -> GoogleError:
    """429 in the words of the service whose method this is."""
    room = api.partition(".")[0]
    if room not in ("sheets", "forms"):
        return GoogleError(
            429, "RESOURCE_EXHAUSTED", "Rate Limit Exceeded", reason="rateLimitExceeded"
        )
    kind = "Read" if reads(api, method) else "Write"
    whose, most = ("", PER_MINUTE_ALL) if by_all else (" per user", PER_MINUTE)
    return GoogleError(
        429,
        "RESOURCE_EXHAUSTED",
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute{whose}'"
        f" of service '{room}.googleapis.com' for consumer 'project_number:{_PROJECT}'.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "service": f"{room}.googleapis.com",
                    "consumer": f"projects/{_PROJECT}",
                    "quota_metric": f"{room}.googleapis.com/{kind.lower()}_requests",
                    "quota_limit": f"{kind}RequestsPerMinutePer{'Project' if by_all else 'User'}",
                    "quota_limit_value": str(most),
                },
            }
        ],
    )
