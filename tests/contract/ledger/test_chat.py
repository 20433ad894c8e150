"""Reports, stops and what was heard, on both databases."""

from datetime import timedelta

from sync.core.chat import Arrival, Report
from sync.core.delivery import IntentState, Kind
from sync.core.outcomes import Receipt
from sync.ledger.intents import Plan
from sync.ledger.ledger import Ledger
from tests.contract.ledger.conftest import NOON, register

KEY = "SKD-26-00000A.ready.1"
NUMBER = "+6281234567890"


def report(arrival: Arrival, channel: str = "whatsapp", key: str = KEY) -> Report:
    return Report(channel, key, arrival, NOON)


def sent(ledger: Ledger, channel: str = "whatsapp", key: str = KEY, *, settled: bool = True) -> int:
    """An application whose news went out under this key."""
    application = register(ledger, submitted=f"{channel} {key}")
    with ledger.begin() as tx:
        tx.intents.plan(Plan(application.id, Kind.READY, channel, NUMBER, NOON))
        [record] = tx.intents.of(application.id)
        claimed = tx.intents.claim(record, NOON, key=key)
        if settled:
            tx.intents.settle(claimed, Receipt(key), NOON)
    return application.id


def test_a_report_is_kept_once(ledger: Ledger) -> None:
    """And says whether it is news."""
    with ledger.begin() as tx:
        assert tx.chat.report(report(Arrival.READ))
        assert not tx.chat.report(report(Arrival.READ))
        assert tx.chat.report(report(Arrival.SENT))
        assert tx.chat.report(report(Arrival.READ, channel="sms"))
        assert len(tx.chat.of("whatsapp", KEY)) == 2


def test_the_worker_sees_each_report_of_its_own_messages_once(ledger: Ledger) -> None:
    """Of no other workflow's, and of nothing unknown."""
    one = sent(ledger)
    with ledger.begin() as tx:
        tx.chat.report(report(Arrival.READ))
        tx.chat.report(report(Arrival.READ, key="unknown"))
    with ledger.begin() as tx:
        assert tx.chat.untaken("pindah", limit=10) == []
        assert tx.chat.untaken("domisili", limit=10) == [(one, report(Arrival.READ))]
        tx.chat.take([report(Arrival.READ)])
    with ledger.begin() as tx:
        assert tx.chat.untaken("domisili", limit=10) == []
        assert not tx.chat.report(report(Arrival.READ))  # once more, by the webhook
        assert tx.chat.untaken("domisili", limit=10) == []


def test_a_message_on_its_way_is_not_judged_yet(ledger: Ledger) -> None:
    """Its report may come before our own record of it."""
    sent(ledger, settled=False)
    with ledger.begin() as tx:
        tx.chat.report(report(Arrival.SENT))
        assert tx.chat.untaken("domisili", limit=10) == []


def test_only_what_has_not_ended_is_asked_after(ledger: Ledger) -> None:
    """Sent is no end; nor is it asked for ever."""
    sent(ledger, "sms", "a")
    sent(ledger, "sms", "b")
    sent(ledger, "whatsapp", "c")
    with ledger.begin() as tx:
        tx.chat.report(report(Arrival.SENT, "sms", "a"))
        tx.chat.report(report(Arrival.FAILED, "sms", "b"))
        found = tx.chat.unreported("domisili", "sms", NOON - timedelta(hours=1), limit=10)
        assert [(intent.key, intent.address) for intent in found] == [("a", NUMBER)]
        assert tx.chat.unreported("domisili", "sms", NOON + timedelta(seconds=1), limit=10) == []


def test_what_nobody_knew_is_asked_after_too(ledger: Ledger) -> None:
    """The phone may have it though its answer was lost; what was never tried it does not know."""
    application_id = sent(ledger, "sms", "a", settled=False)
    with ledger.begin() as tx:
        [record] = tx.intents.of(application_id)
        tx.intents.give_up(record, IntentState.FAILED, "ponsel tidak dapat dihubungi", NOON)
        tx.intents.plan(Plan(application_id, Kind.MEND, "sms", NUMBER, NOON))
        untried = tx.intents.of(application_id)[-1]
        tx.intents.give_up(untried, IntentState.FAILED, "ponsel tidak dapat dihubungi", NOON)
        found = tx.chat.unreported("domisili", "sms", NOON, limit=10)
        assert [intent.key for intent in found] == ["a"]


def test_who_wants_none_is_remembered_without_the_number(ledger: Ledger) -> None:
    with ledger.begin() as tx:
        tx.chat.stop(NUMBER, NOON)
        tx.chat.stop(NUMBER, NOON)
        assert tx.chat.stopped(NUMBER)
        assert not tx.chat.stopped("+6281234567891")
        tx.chat.start(NUMBER)
        assert not tx.chat.stopped(NUMBER)


def test_a_message_is_heard_once_in_a_week(ledger: Ledger) -> None:
    with ledger.begin() as tx:
        assert tx.chat.hear("wamid.A", NOON)
        assert not tx.chat.hear("wamid.A", NOON + timedelta(days=7))
        assert tx.chat.hear("wamid.B", NOON + timedelta(days=9))
        assert tx.chat.hear("wamid.A", NOON + timedelta(days=9))
