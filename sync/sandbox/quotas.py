"""Google's budget of Sheets calls: so many reads and writes a minute for each account, then 429.

A minute is a fixed window of the clock, as at Google. Off unless asked for.
"""

import threading
import time
from collections import Counter

from sync.sandbox.frame import GoogleError

PER_MINUTE = 60
_READS_BY_POST = (
    "sheets.spreadsheets.getByDataFilter",
    "sheets.spreadsheets.values.batchGetByDataFilter",
    "sheets.spreadsheets.developerMetadata.search",
)


class Quotas:
    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._minute = 0
        self._spent: Counter[tuple[str, str]] = Counter()

    def spend(self, api: str, method: str, account: str) -> None:
        """Counts one call; raises 429 RESOURCE_EXHAUSTED when the minute's budget is gone."""
        if not api.startswith("sheets."):
            return
        kind = "Read" if method == "GET" or api in _READS_BY_POST else "Write"
        with self._lock:
            minute = int(time.time() // 60)
            if minute != self._minute:
                self._minute = minute
                self._spent.clear()
            self._spent[account, kind] += 1
            over = self._spent[account, kind] > self._per_minute
        if over:
            raise exhausted(kind)


def exhausted(kind: str = "Read") -> GoogleError:
    return GoogleError(
        429,
        "RESOURCE_EXHAUSTED",
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute per user'"
        " of service 'sheets.googleapis.com' for consumer 'project_number:640000000001'.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "service": "sheets.googleapis.com",
                    "consumer": "projects/640000000001",
                    "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
                    "quota_limit": f"{kind}RequestsPerMinutePerUser",
                    "quota_limit_value": str(PER_MINUTE),
                },
            }
        ],
    )
