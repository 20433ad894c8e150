"""Who may serve a spreadsheet: one worker, its own after a crash, another only when the first is surely gone."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.core.lease import (
    DURATION,
    MARGIN,
    RENEW_EVERY,
    Holder,
    lease_text,
    may_take,
    new_lease,
    read_lease,
    taken,
    winner,
)

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FIRST, OTHER = Holder("aa", "PC-DEPAN", 1), Holder("bb", "PC-BELAKANG", 2)
LEASE = new_lease(FIRST, AT)
MOMENT = timedelta(seconds=1)


def test_a_lease_reads_back_as_it_was_written():
    """Between computers of different time zones."""
    assert read_lease(lease_text(LEASE)) == LEASE


@pytest.mark.parametrize(
    "text", [None, "", "[]", "{}", "x", '{"holder": 1}', lease_text(LEASE).replace("+00:00", "")]
)
def test_a_text_that_is_none_of_ours_is_no_lease(text):
    """It holds nobody up, and breaks nothing."""
    assert read_lease(text) is None


def test_a_living_lease_is_its_holder_s_alone():
    """Another may take it only when it is over by both computers' clocks."""
    assert not may_take(LEASE, OTHER, AT)
    assert not may_take(LEASE, OTHER, LEASE.until + MARGIN - MOMENT)
    assert may_take(LEASE, OTHER, LEASE.until + MARGIN)


def test_nobody_acts_on_a_lease_that_another_may_take():
    """Between the two moments nobody serves; at no moment two do."""
    for seconds in range(0, int((DURATION + MARGIN * 2).total_seconds()), 30):
        at = AT + timedelta(seconds=seconds)
        assert not (LEASE.holds_at(at) and may_take(LEASE, OTHER, at))


def test_a_restarted_worker_takes_its_own_lease_at_once():
    """It goes on from when it began."""
    again = Holder("aa", "PC-DEPAN", 99)
    assert may_take(LEASE, again, AT)
    assert taken(LEASE, again, AT + MOMENT).since == AT
    assert taken(LEASE, again, AT + MOMENT).holder.process == 99


def test_a_person_may_take_it_by_force():
    """The other PC is dead. It begins anew then."""
    assert may_take(LEASE, OTHER, AT, by_force=True)
    assert taken(LEASE, OTHER, AT + MOMENT).since == AT + MOMENT


def test_it_is_renewed_well_before_it_ends():
    """Two renewals may fail."""
    assert not LEASE.due_at(AT)
    assert LEASE.due_at(AT + RENEW_EVERY)
    assert RENEW_EVERY * 2 < DURATION


def test_a_clock_that_was_set_back_does_not_make_it_hold_for_ever():
    """The lease is asked for again."""
    before = AT - timedelta(days=1)
    assert not LEASE.holds_at(before)
    assert LEASE.due_at(before)


def test_of_several_the_oldest_counts_for_everybody():
    """In whatever order Google tells them; what is no lease counts only where there is none."""
    older = lease_text(new_lease(OTHER, AT - MOMENT))
    texts = [lease_text(LEASE), older, "x"]
    assert winner(texts) == winner(texts[::-1]) == older
    assert winner(["x"]) == "x"
    assert winner([]) is None
