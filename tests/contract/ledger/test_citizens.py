"""What citizens' pages ask of the ledger, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sync.core.states import State
from sync.ledger.documents import Document
from sync.ledger.ledger import Ledger
from sync.ledger.verification import REINSTATED, WITHDRAWN
from tests.contract.ledger.conftest import NOON, register

LATER = NOON + timedelta(hours=2)


def test_an_application_is_seen_with_its_state_and_since_when(ledger: Ledger) -> None:
    """A note that changed meanwhile does not make the state younger."""
    application = register(ledger)
    with ledger.begin() as tx:
        changed = tx.applications.change(
            application, at=LATER, event="ready_for_review", states=(State.IN_REVIEW,)
        )
        tx.applications.change(changed, at=LATER + timedelta(hours=1), note="lain")
    with ledger.reading() as look:
        seen = look.citizens.find(application.reference)
        assert seen == look.citizens.get(application.id)
        assert look.citizens.find("SKD-26-00000X") is None
        assert look.citizens.get(application.id + 1) is None
    assert seen
    assert (seen.reference, seen.state, seen.name) == (
        application.reference,
        State.IN_REVIEW,
        "Citra",
    )
    assert (seen.received_at, seen.since) == (NOON, LATER)
    assert (seen.has_letter, seen.withdrawn, seen.queued) == (False, False, False)
    assert seen.answers["NIK"] == "6402010101900001"


def test_an_application_that_never_moved_is_seen_since_it_came(ledger: Ledger) -> None:
    application = register(ledger)
    with ledger.reading() as look:
        seen = look.citizens.find(application.reference)
    assert seen
    assert seen.since == NOON


def test_a_letter_and_its_withdrawal_are_seen(ledger: Ledger) -> None:
    application = register(ledger)
    found = []
    for kind in ("", WITHDRAWN, REINSTATED):
        with ledger.begin() as tx:
            if kind:
                tx.applications.record(application.id, LATER, kind)
            else:
                tx.documents.record(Document(application.id, "1", "a", "a.pdf", "0" * 64, 1, NOON))
            found.append(tx.citizens.get(application.id))
    assert [(seen.has_letter, seen.withdrawn) for seen in found if seen] == [
        (True, False),
        (True, True),
        (True, False),
    ]


def test_a_link_is_used_once_however_many_ask_at_once(ledger: Ledger) -> None:
    application = register(ledger)
    with ledger.begin() as tx:
        tx.citizens.keep_link("token", application.id, NOON, LATER)

    def use(_: int) -> bool:
        with ledger.begin() as tx:
            return tx.citizens.use_link("token", NOON)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(8))) == [False] * 7 + [True]
    with ledger.reading() as look:
        assert look.citizens.linked("token", NOON) is None


def test_a_link_leads_somewhere_until_its_end_and_is_then_forgotten(ledger: Ledger) -> None:
    """Others' links are left alone."""
    first, second = register(ledger), register(ledger, fingerprint="g" * 32)
    with ledger.begin() as tx:
        tx.citizens.keep_link("old", first.id, NOON, LATER)
        assert tx.citizens.linked("old", NOON) == first.id
        assert tx.citizens.linked("lain", NOON) is None
        assert tx.citizens.linked("\ud800", NOON) is None
        assert tx.citizens.linked("old", LATER) is None
        assert tx.citizens.use_link("old", LATER) is False
        tx.citizens.keep_link("new", second.id, LATER, LATER + timedelta(hours=1))
        assert tx.citizens.linked("new", LATER) == second.id
        assert tx.citizens.linked("old", NOON) is None
