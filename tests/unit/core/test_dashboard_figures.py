"""The dashboard's figures: each is what its list would count, and a time is told so that nobody has to reckon."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.dashboard.figures import (
    Day,
    End,
    Group,
    days_of,
    late,
    speed,
    spoken,
    waiting,
    waiting_lines,
    with_applicants,
)
from sync.core.dashboard.wanted import Which
from sync.core.report.day import AGES
from sync.core.states import WITH_OFFICE, State

TODAY = date(2026, 11, 24)
WITA = ZoneInfo("Asia/Makassar")
HOUR = timedelta(hours=1)
groups = st.lists(
    st.builds(
        Group,
        st.sampled_from(["domisili", "pindah"]),
        st.sampled_from([*WITH_OFFICE, State.NEEDS_FIXING]),
        st.booleans(),
        st.sampled_from(range(len(AGES))),
        st.booleans(),
        st.integers(1, 50),
    )
)


@given(found=groups)
def test_everybody_who_waits_for_the_office_is_counted_once(found: list[Group]) -> None:
    *states, everybody = waiting_lines(found)
    with_office = [one for one in found if one.state is not State.NEEDS_FIXING]
    assert everybody.total.count == sum(one.count for one in with_office)
    assert everybody.total.count == sum(line.total.count for line in states)
    assert everybody.total.count + with_applicants(found).count == sum(one.count for one in found)
    for age in range(len(AGES)):
        assert everybody.ages[age].count == sum(line.ages[age].count for line in states)
    for name in ("domisili", "pindah"):
        of_service = [one for one in with_office if one.workflow == name]
        assert waiting(found, name).count == sum(one.count for one in of_service)
        assert late(found, name).count == sum(one.count for one in of_service if one.late)


def test_what_waits_for_quota_is_told_apart() -> None:
    """The officers can do nothing about it but wait."""
    sent, queued = (Group("x", State.DELIVERING, queued, 0, False, 1) for queued in (False, True))
    assert [line.total.wanted.which for line in waiting_lines([sent, queued])] == [
        Which.DELIVERING,
        Which.QUEUED,
        Which.WAITING,
    ]


def test_who_mends_is_not_late() -> None:
    """The office waits for them."""
    mends = Group("x", State.NEEDS_FIXING, False, 3, True, 4)
    assert (late([mends]).count, with_applicants([mends]).count) == (0, 4)


def test_a_days_figures_are_of_the_offices_day() -> None:
    """15.30 UTC is 23.30 in Makassar, and an hour later it is tomorrow."""
    evening = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    ends = [
        End("domisili", evening - HOUR, evening, State.DELIVERED),
        End("domisili", evening - HOUR, evening + HOUR, State.DELIVERED),
        End("pindah", evening, evening + HOUR, State.REJECTED),
        End("pindah", evening, evening + timedelta(days=9), State.REJECTED),
    ]
    yesterday = TODAY - timedelta(days=1)
    received = {("domisili", 0): 2, ("pindah", 0): 1, ("domisili", 1): 5}
    before, today = days_of([yesterday, TODAY], received, ends, WITA)
    assert before == Day(
        yesterday, {"domisili": 2, "pindah": 1}, {State.DELIVERED: 1}, {"domisili": (HOUR,)}
    )
    assert (today.all_received.count, today.delivered.count) == (5, 1)
    assert today.ended(Which.REJECTED, State.REJECTED).count == 1
    assert today.delivered.wanted.days == (TODAY, TODAY)


def test_half_and_nine_of_ten_are_told_over_all_days() -> None:
    took = [timedelta(hours=hours) for hours in range(1, 12)]
    days = [
        Day(TODAY - timedelta(days=1), {}, {}, {"x": tuple(took[:4]), "y": (100 * HOUR,)}),
        Day(TODAY, {}, {}, {"x": tuple(took[4:])}),
    ]
    found = speed(days, "x")
    assert found
    assert (found.count, found.half, found.most) == (11, 6 * HOUR, 10 * HOUR)
    alone = speed(days, "y")
    assert alone
    assert (alone.count, alone.half, alone.most) == (1, 100 * HOUR, 100 * HOUR)
    assert speed(days, "z") is None


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(seconds=5), "kurang dari semenit"),
        (timedelta(minutes=25), "25 menit"),
        (timedelta(minutes=59, seconds=50), "1 jam"),
        (timedelta(hours=5, minutes=10), "5 jam"),
        (timedelta(hours=23, minutes=50), "1 hari"),
        (timedelta(days=2, hours=12), "2,5 hari"),
        (timedelta(days=9, hours=23), "10 hari"),
        (timedelta(days=31), "31 hari"),
    ],
    ids=str,
)
def test_a_time_is_told_in_one_measure(time: timedelta, said: str) -> None:
    assert spoken(time) == said
