"""The pause between two rounds: what an office sets by day, less right after something happened, more at night."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sync.core.pace_of_polling import FAST_FOR, READS_A_LOOK, interval_s


def at(hour: int) -> datetime:
    return datetime(2026, 11, 24, hour, 0, tzinfo=ZoneInfo("Asia/Makassar"))


NOON, NIGHT = at(12), at(23)


def paced(
    now: datetime,
    *,
    active_at: datetime | None = None,
    busy: int = 1,
    calls: int = 55,
    day_s: float = 15,
) -> float:
    return interval_s(day_s, now=now, active_at=active_at, busy=busy, calls_per_minute=calls)


def test_by_day_it_is_what_the_office_sets() -> None:
    assert paced(NOON) == 15
    assert paced(at(6)) == 15


@pytest.mark.parametrize("hour", [20, 23, 0, 5])
def test_at_night_it_is_longer(hour: int) -> None:
    assert paced(at(hour)) == 60


@pytest.mark.parametrize("now", [NOON, NIGHT])
def test_right_after_something_was_found_it_is_short(now: datetime) -> None:
    """Also at night: somebody is awake."""
    assert paced(now, active_at=now - timedelta(seconds=20)) == READS_A_LOOK * 60 / 55
    assert paced(now, active_at=now - timedelta(seconds=20), busy=0) == 5
    assert paced(now, active_at=now - FAST_FOR) >= 15


def test_a_moment_in_the_future_speeds_up_nothing() -> None:
    """The clock was set back."""
    assert paced(NOON, active_at=NOON + timedelta(hours=2)) == 15


def test_a_short_pause_is_made_no_longer_by_activity() -> None:
    assert paced(NOON, active_at=NOON, day_s=1, calls=0) == 1


def test_many_sheets_that_change_at_once_wait_for_the_quota() -> None:
    """A round's reads fit into the minutes until the next one; idle ones cost none."""
    assert paced(NOON, busy=200) == pytest.approx(200 * READS_A_LOOK * 60 / 55)
    assert paced(NOON, busy=200, calls=0) == 15
    assert paced(NOON, busy=0) == 15
