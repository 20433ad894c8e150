"""The part of the ledger of what the office itself is mailed, on both databases."""

from datetime import date, timedelta

import pytest

from sync.core.delivery import IntentState
from sync.ledger.applications import Overtaken
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About
from tests.contract.ledger.conftest import NOON

DAY = date(2026, 11, 24)


def test_an_address_is_told_once_a_day(ledger: Ledger) -> None:
    """However often it is planned; named twice it is told once."""
    for _ in range(2):
        with ledger.begin() as tx:
            tx.office_mails.plan(
                About.REPORT,
                DAY,
                ["kepala@example.org", "sekre@example.org", "kepala@example.org"],
                NOON,
            )
    with ledger.reading() as look:
        mails = look.office_mails.unsettled(About.REPORT)
        assert [mail.address for mail in mails] == ["kepala@example.org", "sekre@example.org"]
        assert look.office_mails.last_day(About.REPORT, DAY) is None
        assert look.office_mails.last_day(About.REPORT, DAY + timedelta(days=2)) == DAY


def test_an_email_is_moved_by_one_alone(ledger: Ledger) -> None:
    """A second worker, or a person at the keyboard, that was too late changes nothing."""
    with ledger.begin() as tx:
        tx.office_mails.plan(About.REPORT, DAY, ["kepala@example.org"], NOON)
        [mail] = tx.office_mails.of(About.REPORT, DAY)
    with ledger.begin() as tx:
        sending = tx.office_mails.move(mail, IntentState.SENDING, key="k", attempts=1)
    with pytest.raises(Overtaken), ledger.begin() as tx:
        tx.office_mails.move(mail, IntentState.SENDING, key="other")
    with ledger.begin() as tx:
        assert tx.office_mails.of(About.REPORT, DAY) == [sending]
        failed = tx.office_mails.move(sending, IntentState.UNCERTAIN, reason="?", settled_at=NOON)
        assert tx.office_mails.unsettled(About.REPORT) == []
        assert tx.office_mails.troubled(About.REPORT, NOON) == [failed]
        assert tx.office_mails.troubled(About.REPORT, NOON + timedelta(seconds=1)) == []
        later = NOON + timedelta(days=3)
        tx.office_mails.begin_afresh(failed, later)
        [again] = tx.office_mails.unsettled(About.REPORT)
    assert (again.series, again.key, again.attempts, again.reason) == (2, "", 0, "")
    assert again.planned_at == later


def test_one_that_waits_for_another_attempt_is_told_as_trouble(ledger: Ledger) -> None:
    """And one that was not tried yet is not."""
    with ledger.begin() as tx:
        tx.office_mails.plan(About.REPORT, DAY, ["a@example.org", "b@example.org"], NOON)
        first, _ = tx.office_mails.of(About.REPORT, DAY)
        tx.office_mails.move(first, IntentState.PLANNED, reason="sibuk", next_try_at=NOON)
        assert [mail.reason for mail in tx.office_mails.troubled(About.REPORT, NOON)] == ["sibuk"]


def test_each_kind_is_told_by_itself(ledger: Ledger) -> None:
    """A report that went out keeps no reminder of the same day from its address."""
    with ledger.begin() as tx:
        tx.office_mails.plan(About.REPORT, DAY, ["kepala@example.org"], NOON)
        tx.office_mails.plan(About.REMINDER, DAY, ["kepala@example.org"], NOON)
        [report] = tx.office_mails.of(About.REPORT, DAY)
        tx.office_mails.move(report, IntentState.FAILED, reason="?", settled_at=NOON)
        [reminder] = tx.office_mails.unsettled(About.REMINDER)
        assert tx.office_mails.unsettled(About.REPORT) == []
        assert tx.office_mails.troubled(About.REMINDER, NOON) == []
    assert (reminder.about, reminder.state) == (About.REMINDER, IntentState.PLANNED)


def test_what_the_office_is_mailed_counts_in_the_quota(ledger: Ledger) -> None:
    """What went, or may have, in the last 24 hours; by email alone."""
    states = (IntentState.DELIVERED, IntentState.UNCERTAIN, IntentState.FAILED, IntentState.DROPPED)
    with ledger.begin() as tx:
        tx.office_mails.plan(About.REMINDER, DAY, [f"{one}@example.org" for one in states], NOON)
        mails = tx.office_mails.of(About.REMINDER, DAY)
        for mail, state in zip(mails, sorted(states), strict=True):
            tx.office_mails.move(mail, state, settled_at=NOON)
    with ledger.reading() as look:
        assert look.intents.sent_in_a_day("email", NOON) == 2
        assert look.intents.sent_in_a_day("whatsapp", NOON) == 0
        assert look.intents.sent_in_a_day("email", NOON + timedelta(days=1, seconds=1)) == 0
