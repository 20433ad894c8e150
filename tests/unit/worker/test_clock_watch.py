"""A computer whose clock went back is told of: letters bear dates."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sync.worker.clock_watch import ClockWatch
from tests.unit.worker.conftest import CITRA, DONI, World

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
WITA = ZoneInfo("Asia/Makassar")


def test_a_clock_set_back_is_told_with_both_times() -> None:
    """Whoever looks at the clock knows at once which is wrong."""
    told = ClockWatch().look(NOON, NOON - timedelta(days=1), WITA)
    assert told == (
        "Jam komputer mundur dari 24/11/2026 12:00 WITA ke 23/11/2026 12:00 WITA: "
        "periksa tanggal dan jam komputer."
    )


@pytest.mark.parametrize("back", [timedelta(0), timedelta(minutes=10), -timedelta(days=9)])
def test_a_small_correction_and_a_long_pause_are_nothing(back: timedelta) -> None:
    """Computers set their clocks by seconds every day; a PC that was off is not wrong."""
    assert ClockWatch().look(NOON, NOON - back, WITA) == ""
    assert ClockWatch().look(None, NOON, WITA) == ""


def test_it_is_told_until_the_clock_has_caught_up() -> None:
    """Once a second later nobody would have read it."""
    watch = ClockWatch()
    back = NOON - timedelta(minutes=30)
    assert watch.look(NOON, back, WITA)
    assert watch.look(back, back + timedelta(minutes=1), WITA)
    assert watch.look(back, NOON, WITA) == ""
    assert watch.look(NOON, NOON + timedelta(minutes=1), WITA) == ""


def test_it_is_not_told_for_years() -> None:
    """The clock had been years ahead, and is right now: after an hour everybody knows."""
    seconds = 0.0
    watch = ClockWatch(lambda: seconds)
    ahead = NOON.replace(year=2031)
    assert watch.look(ahead, NOON, WITA)
    seconds = 3599
    assert watch.look(NOON, NOON + timedelta(hours=1), WITA)
    seconds = 3600
    assert watch.look(NOON, NOON + timedelta(hours=1), WITA) == ""


def test_work_goes_on_with_a_clock_that_went_back(world: World) -> None:
    """It is in the cycle's trouble, the tab and `status`; applications reach their end meanwhile."""
    row = world.applies(CITRA)
    world.cycle()
    world.now -= timedelta(days=1)
    world.decides(row, "Setujui")
    report = world.cycle()
    assert "Jam komputer mundur" in report.trouble
    assert row.system["status"] == "Selesai"
    other = world.applies(DONI)
    world.cycle()
    assert other.system["status"] == "Menunggu petugas"
    assert world.cycle().at_rest
