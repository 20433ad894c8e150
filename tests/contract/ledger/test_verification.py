"""Public keys, withdrawn letters and look-ups, the same on both databases."""

from datetime import UTC, datetime, timedelta

from sync.ledger.ledger import Ledger
from sync.ledger.verification import REINSTATED, WITHDRAWN, PublicKey
from tests.contract.ledger.conftest import register

AT = datetime(2026, 11, 24, tzinfo=UTC)
OLD = PublicKey("AAAAAAAA", "04" + "0" * 128, AT)
NEW = PublicKey("BBBBBBBB", "04" + "1" * 128, AT + timedelta(days=1))


def test_keys_stay_newest_first_with_what_became_of_them(ledger: Ledger) -> None:
    """A key is never forgotten; published once, revoked once, and a second word changes neither moment."""
    with ledger.begin() as tx:
        tx.verification.keep_key(OLD)
        tx.verification.published(AT)
        tx.verification.keep_key(NEW)
        assert tx.verification.revoke_key(OLD.id, AT)
        assert tx.verification.revoke_key(OLD.id, AT + timedelta(days=9))
        assert not tx.verification.revoke_key("CCCCCCCC", AT)
        tx.verification.keep_key(OLD)
    with ledger.reading() as look:
        new, old = look.verification.public_keys()
    assert new == NEW
    assert old == PublicKey(OLD.id, OLD.point, AT, published_at=AT, revoked_at=AT)


def test_the_last_word_about_a_letter_counts(ledger: Ledger) -> None:
    """Withdrawn, taken back, withdrawn again: events are only ever added. Another's letter stands."""
    application, other = register(ledger), register(ledger)
    both = (application.id, other.id)
    told = []
    for kind in ("", WITHDRAWN, REINSTATED, WITHDRAWN):
        with ledger.begin() as tx:
            if kind:
                tx.applications.record(application.id, AT, kind)
            told.append(tx.verification.withdrawn(both))
    assert told == [set(), {application.id}, set(), {application.id}]


def test_a_letter_is_found_by_its_number(ledger: Ledger) -> None:
    """Every application that bears it: two services may share a pattern."""
    application = register(ledger)
    with ledger.begin() as tx:
        assert tx.verification.of_number("470/1") == []
        tx.applications.change(application, at=AT, letter_number="470/1")
        assert [found.id for found in tx.verification.of_number("470/1")] == [application.id]


def test_look_ups_are_kept_in_order(ledger: Ledger) -> None:
    """When, which application, what was answered: there is no room for who asked."""
    with ledger.begin() as tx:
        tx.verification.looked_up(AT, "SKD-26-0004F7", "genuine")
        tx.verification.looked_up(AT, "", "unknown")
        assert tx.verification.lookups() == [(AT, "SKD-26-0004F7", "genuine"), (AT, "", "unknown")]
