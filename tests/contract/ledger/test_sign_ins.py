"""Links, sessions and the trail of the dashboard, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from sync.core.delivery import IntentState
from sync.ledger.applications import Overtaken
from sync.ledger.ledger import Ledger
from sync.ledger.sign_ins import KEPT_FOR, LONGEST_PAUSE, LONGEST_SESSION, Session, SignInMail
from sync.ledger.trail import KEPT_FOR as TRAIL_KEPT_FOR
from sync.ledger.trail import NOBODY, STRANGERS_KEPT_FOR
from tests.contract.ledger.conftest import NOON

ADDRESS = "kepala@contoh.go.id"
LATER = NOON + timedelta(minutes=10)
SECOND = timedelta(seconds=1)


def asked(ledger: Ledger, address: str = ADDRESS, at: datetime = NOON) -> SignInMail:
    with ledger.begin() as tx:
        tx.sign_ins.ask(address, at)
        return tx.sign_ins.unsettled()[-1]


def test_a_link_is_used_once_however_many_ask_at_once(ledger: Ledger) -> None:
    mail = asked(ledger)
    with ledger.begin() as tx:
        tx.sign_ins.keep_link(mail, "token", LATER)

    def use(_: int) -> bool:
        with ledger.begin() as tx:
            return tx.sign_ins.use_link("token", NOON)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(8))) == [False] * 7 + [True]
    with ledger.reading() as look:
        assert look.sign_ins.linked("token", NOON) is None


def test_a_link_leads_to_its_address_until_its_end(ledger: Ledger) -> None:
    """The one of the attempt before leads nowhere; one that was never made neither."""
    mail = asked(ledger)
    with ledger.begin() as tx:
        assert tx.sign_ins.linked("", NOON) is None
        tx.sign_ins.keep_link(mail, "first", LATER)
        tx.sign_ins.keep_link(mail, "second", LATER)
        assert tx.sign_ins.linked("first", NOON) is None
        assert tx.sign_ins.linked("second", LATER - SECOND) == ADDRESS
        assert tx.sign_ins.linked("second", LATER) is None
        assert tx.sign_ins.use_link("second", LATER) is False
        assert tx.sign_ins.linked("\ud800", NOON) is None


def test_only_one_worker_sends_a_mail(ledger: Ledger) -> None:
    mail = asked(ledger)
    with ledger.begin() as tx:
        sending = tx.sign_ins.move(mail, IntentState.SENDING, attempts=1)
        assert tx.sign_ins.unsettled() == [sending]
    with pytest.raises(Overtaken), ledger.begin() as tx:
        tx.sign_ins.move(mail, IntentState.SENDING, attempts=1)
    with ledger.begin() as tx:
        tx.sign_ins.move(sending, IntentState.DELIVERED)
        assert tx.sign_ins.unsettled() == []
    with pytest.raises(Overtaken), ledger.begin() as tx:
        tx.sign_ins.move(sending, IntentState.UNCERTAIN)


def test_unused_links_are_counted_by_address_and_day(ledger: Ledger) -> None:
    used, _, _ = asked(ledger), asked(ledger), asked(ledger, "lain@contoh.go.id")
    with ledger.begin() as tx:
        tx.sign_ins.keep_link(used, "token", LATER)
        assert tx.sign_ins.unused(ADDRESS, NOON) == (2, NOON)
        tx.sign_ins.use_link("token", NOON)
        assert tx.sign_ins.unused(ADDRESS, NOON) == (1, NOON)
        assert tx.sign_ins.unused(ADDRESS, NOON + SECOND) == (0, None)


def test_a_session_ends_by_its_time_or_by_hand(ledger: Ledger) -> None:
    session = Session(ADDRESS, "head")
    with ledger.begin() as tx:
        for token in ("one", "two"):
            tx.sign_ins.begin(token, session, NOON)
        assert tx.sign_ins.session("one", NOON) == session
        assert tx.sign_ins.session("three", NOON) is None
        assert tx.sign_ins.session("one", NOON + LONGEST_PAUSE) is None
        at = NOON + LONGEST_PAUSE - SECOND
        tx.sign_ins.seen("one", at)
        assert tx.sign_ins.session("one", at + LONGEST_PAUSE - SECOND) == session
        assert tx.sign_ins.session("two", at + SECOND) is None
        tx.sign_ins.seen("one", NOON + LONGEST_SESSION - SECOND)
        assert tx.sign_ins.session("one", NOON + LONGEST_SESSION - SECOND) == session
        assert tx.sign_ins.session("one", NOON + LONGEST_SESSION) is None
        tx.sign_ins.end("one")
        assert tx.sign_ins.session("one", NOON) is None


def test_what_has_ended_is_forgotten(ledger: Ledger) -> None:
    """Not before it has ended: the others go on."""
    mail = asked(ledger)
    at = NOON + KEPT_FOR
    with ledger.begin() as tx:
        tx.sign_ins.keep_link(mail, "token", at + timedelta(days=9))
        tx.sign_ins.begin("old", Session(ADDRESS, "head"), at - LONGEST_SESSION)
        tx.sign_ins.begin("idle", Session(ADDRESS, "head"), at - LONGEST_PAUSE)
        tx.sign_ins.begin("new", Session(ADDRESS, "head"), at - LONGEST_PAUSE + SECOND)
        tx.sign_ins.seen("old", at)
        tx.sign_ins.forget_old(at)
        assert tx.sign_ins.linked("token", NOON) == ADDRESS
        tx.sign_ins.forget_old(at + SECOND - SECOND / 2)
        assert tx.sign_ins.linked("token", NOON) is None
        assert tx.sign_ins.session("new", at)
        for token in ("old", "idle"):
            assert tx.sign_ins.session(token, NOON) is None


def test_the_trail_is_read_from_its_end_and_forgotten_by_its_terms(ledger: Ledger) -> None:
    """What a stranger left sooner than what was seen; longer texts are cut, on both databases."""
    with ledger.begin() as tx:
        for page in ("a", "b", "c"):
            tx.trail.add(NOON, ADDRESS, page)
        tx.trail.add(NOON, NOBODY, "d" * 100, "o***@" + "x" * 400)
        strange, *_ = tx.trail.last(2)
        assert (strange.address, len(strange.page), len(strange.about)) == (NOBODY, 60, 200)
        first, second = tx.trail.last(2, before=strange.id)
        assert (first.page, second.page) == ("c", "b")
        assert [one.page for one in tx.trail.last(9, before=second.id)] == ["a"]
        tx.trail.forget_old(NOON + STRANGERS_KEPT_FOR)
        assert len(tx.trail.last(9)) == 4
        tx.trail.forget_old(NOON + STRANGERS_KEPT_FOR + SECOND)
        assert len(tx.trail.last(9)) == 3
        tx.trail.forget_old(NOON + TRAIL_KEPT_FOR)
        assert len(tx.trail.last(9)) == 3
        tx.trail.forget_old(NOON + TRAIL_KEPT_FOR + SECOND)
        assert tx.trail.last(9) == []


def test_a_link_by_mail_is_one_of_the_days_mails(ledger: Ledger) -> None:
    mail = asked(ledger)
    with ledger.begin() as tx:
        assert tx.intents.sent_in_a_day("email", NOON) == 0
        tx.sign_ins.move(mail, IntentState.DELIVERED, settled_at=NOON)
        assert tx.intents.sent_in_a_day("email", NOON) == 1
        assert tx.intents.sent_in_a_day("drive", NOON) == 0
