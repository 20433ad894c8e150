"""Days that are over are counted once: a page costs what today costs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sync.core.dashboard.figures import End
from sync.core.states import State
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.waiting import Waiting
from sync.web.dashboard.days import SPAN, Days
from tests.fakes.dashboard_site import TODAY, Dashboard

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Dashboard]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    yield Dashboard(ledger, tmp_path)
    ledger.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how many days the ledger was asked, look by look."""
    asked: list[float] = []
    ends = Waiting.ends

    def noting(self: Waiting, since: datetime, until: datetime) -> Iterator[End]:
        asked.append((until - since) / DAY)
        return ends(self, since, until)

    monkeypatch.setattr(Waiting, "ends", noting)
    return asked


def test_a_day_that_is_over_is_asked_for_once(office: Dashboard, asked: list[float]) -> None:
    """And once more shortly after its midnight, when something of it may still be on its way into the ledger."""
    days, zone = Days(office.ledger), office.office().zone
    past_midnight = 7 * HOUR + 21 * MINUTE + DAY  # 00.01: one day later, and a midnight
    for later in (0 * HOUR, MINUTE, past_midnight, MINUTE, 2 * HOUR, MINUTE):
        office.now += later
        days.until(office.now, zone)
    assert asked == [SPAN, 1, 3, 2, 2, 1]


def test_thirty_days_end_today_whatever_was_remembered(office: Dashboard) -> None:
    office.came(State.DELIVERED, ago=3 * DAY, took=DAY)
    days, zone = Days(office.ledger), office.office().zone
    for back in range(3):
        found = days.until(office.now + back * DAY, zone)
        assert [one.day for one in found] == [
            TODAY + timedelta(days=back + 1 - SPAN + at) for at in range(SPAN)
        ]
        assert {one.day: one.delivered.count for one in found if one.ends} == {TODAY - 2 * DAY: 1}


def test_another_time_zone_has_other_days(office: Dashboard) -> None:
    """What was remembered of the one says nothing of the other."""
    office.came(
        State.DELIVERED, ago=9 * HOUR + DAY, took=0 * HOUR
    )  # 7.40 in Makassar, 6.40 in Jakarta
    office.came(State.DELIVERED, ago=16 * HOUR + DAY, took=0 * HOUR)  # 0.40, and the evening before
    days = Days(office.ledger)
    counts = [
        {one.day: one.delivered.count for one in days.until(office.now, ZoneInfo(name)) if one.ends}
        for name in ("Asia/Makassar", "Asia/Jakarta")
    ]
    assert counts == [{TODAY - DAY: 2}, {TODAY - DAY: 1, TODAY - 2 * DAY: 1}]
