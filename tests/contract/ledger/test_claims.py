"""What two members of a cluster may not both have, on SQLite and PostgreSQL alike; and turns that only one has."""

import threading
from datetime import timedelta

import pytest

from sync.core.states import State
from sync.ledger.claims import Work
from sync.ledger.fence import FencedLedger, LostTurn
from sync.ledger.ledger import Ledger
from tests.contract.ledger.conftest import NOON, register
from tests.contract.ledger.test_ledger import approve, planned

SOON = NOON + timedelta(minutes=2)


def taken(ledger: Ledger, by: str, ids: list[int], at=NOON, until=SOON) -> set[int]:  # type: ignore[no-untyped-def]
    with ledger.begin() as tx:
        return tx.claims.take(Work.LETTER, ids, by, at, until)


def test_what_one_has_in_hand_no_other_gets(ledger: Ledger) -> None:
    """Its own it may prolong; another's only when the time is over."""
    assert taken(ledger, "a", [1, 2]) == {1, 2}
    assert taken(ledger, "b", [2, 3]) == {3}
    assert taken(ledger, "a", [1, 2]) == {1, 2}
    assert taken(ledger, "b", [1, 2], at=SOON, until=SOON + timedelta(minutes=2)) == {1, 2}
    assert taken(ledger, "a", [1, 2], at=SOON) == set()


def test_what_is_given_back_is_anybodys_at_once(ledger: Ledger) -> None:
    """And nobody gives back another's."""
    taken(ledger, "a", [1, 2])
    with ledger.begin() as tx:
        tx.claims.release(Work.LETTER, [1, 2], "b")
        tx.claims.release(Work.LETTER, [1], "a")
    assert taken(ledger, "b", [1, 2]) == {1}


def test_letters_and_messages_in_hand_are_not_due_to_others(ledger: Ledger) -> None:
    """By what kind of work it is: a letter's claim hides no message of the same number."""
    application = register(ledger)
    approve(ledger, application)
    record = planned(ledger, application)
    taken(ledger, "a", [application.id])
    with ledger.begin() as tx:
        assert tx.applications.awaiting_letter("domisili", unclaimed_at=NOON) == []
        assert len(tx.applications.awaiting_letter("domisili", unclaimed_at=SOON)) == 1
        assert len(tx.intents.due("domisili", NOON, limit=9, unclaimed=True)) == 1
        tx.claims.take(Work.SENDING, [record.intent.id], "a", NOON, SOON)
        assert tx.intents.due("domisili", NOON, limit=9, unclaimed=True) == []
        assert tx.claims.on_their_way("email", NOON) == 1
        assert tx.claims.on_their_way("drive", NOON) == 0
        tx.intents.claim(record, NOON, key="k")
        assert tx.intents.interrupted("domisili", NOON, unclaimed=True) == []
        assert len(tx.intents.interrupted("domisili", SOON, unclaimed=True)) == 1


def test_a_letters_bytes_go_with_the_application_when_it_is_forgotten(ledger: Ledger) -> None:
    """Bytes in the ledger are personal data like those on the disk."""
    from sync.core.retention import Cause

    application = register(ledger)
    with ledger.begin() as tx:
        tx.documents.keep(application.id, b"%PDF")
        assert tx.documents.content(application.id) == b"%PDF"
        tx.applications.change(application, at=NOON, states=(State.IN_REVIEW, State.CANCELLED))
        tx.forgetting.erase([application.id], NOON, Cause.TERM, key=b"k" * 32, drive=False)
        assert tx.documents.content(application.id) is None


def test_whoever_lost_the_turn_changes_nothing_more(url: str) -> None:
    """A member that slept while another took over: what it still holds in its hands does not get in."""
    slow, quick = FencedLedger.open(url), FencedLedger.open(url)
    with slow.turn("sheet a"):
        with slow.begin() as tx:
            tx.desks.set_resource("x", "slow")
        with quick.turn("sheet a"):
            with quick.begin() as tx:
                tx.desks.set_resource("x", "quick")
            with pytest.raises(LostTurn), slow.begin() as tx:
                tx.desks.set_resource("x", "slow again")
    with slow.turn("sheet b"), quick.turn("sheet c"), slow.begin() as tx:
        assert tx.desks.resource("x") == "quick"
    slow.close()
    quick.close()


def test_a_turn_is_taken_between_transactions(new_postgresql_database: str) -> None:
    """Not in the middle of one: it ends first, or what it did would stand beside what the next one sees."""
    slow, quick = (FencedLedger.open(new_postgresql_database) for _ in range(2))
    order: list[str] = []

    def take() -> None:
        with quick.turn("sheet a"):
            order.append("taken")

    with slow.turn("sheet a"):
        thread = threading.Thread(target=take)
        with slow.begin() as tx:
            thread.start()
            thread.join(0.5)
            tx.desks.set_resource("x", "slow")
            order.append("done")
        thread.join(20)
    assert order == ["done", "taken"]
    slow.close()
    quick.close()


def test_calls_a_minute_are_one_quota_for_all(new_postgresql_database: str) -> None:
    """Two machines on one account: the fourth of three calls a minute waits, whoever asks; another quota is not used."""
    ledgers = [Ledger.open(new_postgresql_database) for _ in range(2)]
    waits = []
    for number in range(4):
        with ledgers[number % 2].begin() as tx:
            waits.append(tx.calls.next("read", 3))
    with ledgers[0].begin() as tx:
        assert tx.calls.next("write", 3) == 0
        assert 55 < tx.calls.next("read", 3) < 61
    assert waits[:3] == [0, 0, 0]
    assert 55 < waits[3] <= 60
    for ledger in ledgers:
        ledger.close()
