"""The day on paper: no letter is lost or invented, no limit is passed, and what is short is what is named."""

from dataclasses import replace

import pytest

from benchmarks.simulate import Costs, Day, Limits, Plan, demand, plans, run

ONE = Plan("one office", offices=1, accounts=1, projects=1, machines=1)
TEN = Plan("ten offices, one account", offices=10, accounts=1, projects=1, machines=1)


def day_of(plan: Plan, *, letters: float, backlog: float = 0, costs: Costs | None = None) -> Day:
    return run(plan, demand(plan.offices, letters_a_day=letters, backlog=backlog, seed=7), costs)


@pytest.mark.parametrize("plan", plans()[:4], ids=lambda plan: plan.name)
@pytest.mark.parametrize("backlog", [0, 3_000])
def test_every_letter_is_sent_or_left(plan: Plan, backlog: float) -> None:
    day = day_of(plan, letters=300, backlog=backlog)
    assert day.sent + day.left == day.approved
    assert all(0 <= share <= 1 for share in day.used.values())


def test_an_office_with_room_to_spare_sends_within_the_minute() -> None:
    day = day_of(replace(ONE, limits=Limits(mail_a_day=0)), letters=300)
    assert (day.left, day.wait_99_min, day.waited_for) == (0, 0, {})


def test_the_mail_quota_is_the_first_wall_of_one_office() -> None:
    day = day_of(ONE, letters=300, backlog=5_000)
    assert (day.sent, day.wall) == (2_000, "mail")
    assert set(day.waited_for) == {"mail"}


def test_one_slow_core_makes_letters_wait_and_is_named() -> None:
    """Letters of two seconds each: 30 a minute is what one core prints, and twice as many come in the first hour."""
    slow = Costs(cpu_s_a_letter=2.0)
    day = day_of(
        replace(ONE, cores=1, limits=Limits(mail_a_day=0)), letters=0, backlog=6_000, costs=slow
    )
    assert day.used["cpu"] == 1
    assert "cpu" in day.waited_for
    assert day.wait_99_min > 30


def test_one_account_for_many_sheets_waits_for_sheets() -> None:
    """60 reads a minute are 15 rounds of four: ten offices fit, a hundred are served in turn."""
    hundred = replace(TEN, offices=100, limits=Limits(mail_a_day=0))
    day = day_of(hundred, letters=600)
    assert day.wall == "sheets"
    assert day.used["sheets"] == 1
    assert day.left == 0
    assert day_of(replace(hundred, accounts=10), letters=600).wait_90_min < day.wait_90_min


def test_the_same_seed_gives_the_same_day() -> None:
    assert day_of(TEN, letters=300) == day_of(TEN, letters=300)
