"""The pause between two visits of a cluster to a sheet: as long as a single machine's between two rounds."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("procrastinate", reason="procrastinate is not for Windows")

from sync.worker.cluster.pace import Going, Goings, after_visit, pause_s
from sync.worker.counter import Tally
from sync.worker.cycle import CycleReport
from sync.worker.intake import Taken

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Makassar"))
IDLE = CycleReport("domisili", idle=True)
READ = CycleReport("domisili")
DECIDED = CycleReport("domisili", taken=Taken(decided=1), letters=Tally(0, 0))


def pause(goings: Goings, now: datetime = NOON, calls_per_minute: int = 0) -> float:
    return pause_s(goings, "sheet", now, day_s=15, calls_per_minute=calls_per_minute)


def visited(*reports: CycleReport) -> Going:
    return after_visit(Going(), reports, NOON)


def test_a_sheet_at_rest_is_visited_by_day_and_seldom_at_night() -> None:
    """As settings.yaml says of one machine."""
    night = NOON.replace(hour=2)
    assert pause({}) == 15
    assert pause({}, night) == 60
    assert pause({"sheet": visited(IDLE)}) == 15
    assert pause({"sheet": visited()}) == 15


def test_it_is_visited_fast_while_something_happens_in_it() -> None:
    """For two minutes, whichever member saw it; what happens in another sheet says nothing of this one."""
    going = {"sheet": visited(IDLE, DECIDED)}
    assert pause(going) == 5
    assert pause(going, NOON.replace(hour=2) + timedelta(days=1)) == 60
    assert pause(going, NOON + timedelta(minutes=2)) == 15
    assert pause({"another": visited(DECIDED)}) == 15
    assert pause({"sheet": after_visit(going["sheet"], [IDLE], NOON + timedelta(minutes=1))}) == 5


def test_it_is_visited_soon_when_a_member_has_done_something_for_it() -> None:
    """At night too: an applicant's letter was sent, and its row does not say so yet."""
    night = NOON.replace(hour=2)
    assert pause({"sheet": Going(wanted=True)}, night) == 5


def test_all_sheets_together_keep_the_quota() -> None:
    """Twenty that were read, or are wanted, at five reads each, are no more than 55 reads a minute."""
    going = {f"sheet {n}": replace(visited(READ), busy=n < 10, wanted=n >= 10) for n in range(20)}
    assert pause({**going, "sheet": Going(wanted=True)}, calls_per_minute=55) * 55 / 60 >= 5 * 21
    assert pause({"sheet": visited(IDLE)}, calls_per_minute=55) == 15


def test_what_rests_leaves_nothing_behind() -> None:
    """Two hundred sheets in which nothing happens are not written down."""
    assert visited(IDLE).at_rest(NOON)
    assert not visited(READ).at_rest(NOON)
    assert not visited(DECIDED).at_rest(NOON)
    assert not Going(wanted=True).at_rest(NOON)
    assert replace(visited(DECIDED), busy=False).at_rest(NOON + timedelta(minutes=2))
