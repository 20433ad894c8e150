"""The worker plans within Sheets' minute instead of running into 429."""

import pytest

from sync.google.pace import Pace, quota_of

READ = ("GET", "https://sheets.googleapis.com/v4/spreadsheets/x/values/A1")
WRITE = ("POST", "https://sheets.googleapis.com/v4/spreadsheets/x:batchUpdate")


class Minute:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def pace(self, calls: int) -> Pace:
        return Pace(calls, clock=lambda: self.now, sleep=self.sleep)


def test_no_minute_holds_more_calls_than_its_quota() -> None:
    """Whatever sixty seconds one looks at, at whatever moment they begin."""
    minute = Minute()
    pace = minute.pace(5)
    moments = []
    for number in range(40):
        pace.wait(*READ)
        moments.append(minute.now)
        minute.now += 3.0 if number % 7 == 0 else 0.0
    for begin in moments:
        assert sum(begin <= moment < begin + 60 for moment in moments) <= 5


def test_reads_and_writes_do_not_wait_for_each_other() -> None:
    minute = Minute()
    pace = minute.pace(2)
    for call in (READ, READ, WRITE, WRITE):
        pace.wait(*call)
    assert minute.now == 0.0
    pace.wait(*READ)
    assert minute.now == 60.0


@pytest.mark.parametrize(
    ("method", "path", "quota"),
    [
        ("GET", "/v4/spreadsheets/x", "read"),
        ("POST", "/v4/spreadsheets/x/values:batchGetByDataFilter", "read"),
        ("PUT", "/v4/spreadsheets/x/values/A1", "write"),
        ("POST", "/v4/spreadsheets/x/values:batchUpdate", "write"),
        ("GET", "/drive/v3/files/x", None),
    ],
)
def test_a_call_uses_up_the_quota_that_google_counts_it_for(
    method: str, path: str, quota: str | None
) -> None:
    assert quota_of(method, f"https://sheets.googleapis.com{path}?fields=x") == quota


def test_without_a_quota_nothing_waits() -> None:
    """The local Google has none unless asked; a demonstration must not stand still for a minute."""
    minute = Minute()
    pace = minute.pace(0)
    for _ in range(500):
        pace.wait(*READ)
    assert minute.now == 0.0
