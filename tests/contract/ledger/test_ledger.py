"""The ledger's promises, the same on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from sync.core.application import Application
from sync.core.delivery import IntentState, Kind
from sync.core.outcomes import Receipt
from sync.core.states import Forbidden, State
from sync.ledger.applications import Overtaken
from sync.ledger.desks import DeskMemory
from sync.ledger.documents import Document
from sync.ledger.intents import IntentRecord, Plan
from sync.ledger.ledger import Ledger
from tests.contract.ledger.conftest import ARRIVAL, NOON, register


def approve(ledger: Ledger, application: Application) -> int:
    with ledger.begin() as tx:
        tx.applications.change(application, at=NOON, states=(State.IN_REVIEW, State.APPROVED))
        return tx.numbers.take_letter(application.workflow, 2026, application.id)


def planned(ledger: Ledger, application: Application, **other: object) -> IntentRecord:
    plan = Plan(
        application_id=application.id,
        kind=Kind.LETTER,
        channel="email",
        address="citra@example.org",
        at=NOON,
    )
    with ledger.begin() as tx:
        tx.intents.plan(replace(plan, **other))
        return tx.intents.of(application.id)[-1]


def test_an_application_is_read_back_as_it_was_registered(ledger: Ledger) -> None:
    """Answers, moments and references come back unchanged, in UTC."""
    registered = register(ledger)
    with ledger.reading() as look:
        read = look.applications.find(registered.reference)
    assert read == registered
    assert registered.state is State.RECEIVED
    assert registered.received_at == NOON
    assert registered.answers == ARRIVAL.answers


def test_references_count_on_for_each_prefix_and_year(ledger: Ledger) -> None:
    """Two workflows may share a prefix: their references still differ."""
    first = register(ledger)
    second = register(ledger, workflow="lain")
    next_year = register(ledger, year=2027)
    assert len({first.reference, second.reference, next_year.reference}) == 3
    assert first.reference.startswith("SKD-26-00001")
    assert second.reference.startswith("SKD-26-00002")
    assert next_year.reference.startswith("SKD-27-00001")


def test_a_change_from_a_state_that_is_past_changes_nothing(ledger: Ledger) -> None:
    """Two officers, or two workers: the second one is told, and nothing is recorded."""
    application = register(ledger)
    with ledger.begin() as tx:
        tx.applications.change(application, at=NOON, states=(State.IN_REVIEW,))
    with pytest.raises(Overtaken), ledger.begin() as tx:
        tx.applications.change(application, at=NOON, states=(State.NEEDS_FIXING,), event="late")
    with ledger.reading() as look:
        assert look.applications.get(application.id).state is State.IN_REVIEW
        assert [event.kind for event in look.applications.events(application.id)] == ["received"]


def test_a_move_that_the_table_does_not_allow_is_refused(ledger: Ledger) -> None:
    """No caller decides for itself what may follow what."""
    application = register(ledger)
    with pytest.raises(Forbidden), ledger.begin() as tx:
        tx.applications.change(application, at=NOON, states=(State.DELIVERED,))


def test_events_can_be_neither_changed_nor_deleted(ledger: Ledger, url: str) -> None:
    """The database itself refuses, whoever asks."""
    register(ledger)
    engine = create_engine(url)
    for statement in ("UPDATE events SET kind = 'x'", "DELETE FROM events"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_rows_are_found_by_reference_and_by_what_they_hold(ledger: Ledger) -> None:
    """Both look-ups stay within the workflow and give the same application."""
    application = register(ledger)
    register(ledger, workflow="lain", prefix="X" * 2)
    identity = (ARRIVAL.fingerprint, ARRIVAL.submitted)
    with ledger.reading() as look:
        by_reference = look.applications.known_by_reference(
            "domisili", [application.reference, "SKD-26-9"]
        )
        by_identity = look.applications.known_by_identity("domisili", [identity, ("0", "0")])
    assert set(by_reference) == {application.reference}
    assert [known.id for known in by_identity[identity]] == [application.id]


def test_a_replaced_row_is_remembered_as_its_applications(ledger: Ledger) -> None:
    """Asked for twice, kept once."""
    application = register(ledger)
    identity = (ARRIVAL.fingerprint, ARRIVAL.submitted)
    for _ in range(2):
        with ledger.begin() as tx:
            tx.applications.replace_row(application)
    with ledger.reading() as look:
        assert look.applications.replaced("domisili", [identity]) == {identity: application.id}
        assert look.applications.replaced("lain", [identity]) == {}


def test_more_references_than_a_query_takes_are_all_found(ledger: Ledger) -> None:
    """Look-ups go in parts: a big sheet does not hit the database's limit of parameters."""
    applications = [register(ledger, fingerprint=f"{n:032x}") for n in range(30)]
    wanted = [application.reference for application in applications] + [
        f"no-{n}" for n in range(2000)
    ]
    with ledger.reading() as look:
        assert len(look.applications.known_by_reference("domisili", wanted)) == 30


def test_the_same_applicant_within_the_days_is_found_but_not_one_turned_down(
    ledger: Ledger,
) -> None:
    """A rejected or cancelled application does not stand in the way of a new one."""
    first, second = register(ledger), register(ledger)
    since = NOON - timedelta(days=30)
    with ledger.begin() as tx:
        found = tx.applications.same("domisili", "k1", since=since, excluding=second.id)
        assert found is not None
        assert found.id == first.id
        tx.applications.change(first, at=NOON, states=(State.IN_REVIEW, State.CANCELLED))
        assert tx.applications.same("domisili", "k1", since=since, excluding=second.id) is None


def test_an_intent_is_claimed_once(ledger: Ledger) -> None:
    """Whoever comes second is told before anything is sent."""
    record = planned(ledger, register(ledger))
    with ledger.begin() as tx:
        tx.intents.claim(record, NOON, key="<1@loket>")
    with pytest.raises(Overtaken), ledger.begin() as tx:
        tx.intents.claim(record, NOON, key="<1@loket>")
    with ledger.reading() as look:
        [interrupted] = look.intents.interrupted("domisili", NOON)
    assert (interrupted.intent.attempts, interrupted.intent.key) == (1, "<1@loket>")
    assert interrupted.first_tried_at == NOON


def test_an_intent_that_somebody_had_meanwhile_is_not_claimed_as_it_was(ledger: Ledger) -> None:
    """It is free again, but was tried under a key: under another the same letter might go twice."""
    record = planned(ledger, register(ledger))
    with ledger.begin() as tx:
        tried = tx.intents.claim(record, NOON, key="draft-1")
    with ledger.begin() as tx:
        tx.intents.postpone(tried, NOON, "no answer")
    with pytest.raises(Overtaken), ledger.begin() as tx:
        tx.intents.claim(record, NOON, key="draft-2")
    with ledger.begin() as tx:
        [again] = tx.intents.due("domisili", NOON, limit=10)
        assert tx.intents.claim(again, NOON, key=again.intent.key).intent.key == "draft-1"


def test_an_intent_that_goes_elsewhere_by_now_is_not_claimed_as_it_was(ledger: Ledger) -> None:
    """The message was made for the old address; only what is planned for that one goes elsewhere."""
    application = register(ledger)
    record = planned(ledger, application)
    other = planned(ledger, register(ledger, fingerprint="f" * 32))
    with ledger.begin() as tx:
        tx.intents.go_elsewhere(application.id, {record.intent.address: "baru@example.org"})
    with pytest.raises(Overtaken), ledger.begin() as tx:
        tx.intents.claim(record, NOON, key="k")
    with ledger.begin() as tx:
        due = tx.intents.due("domisili", NOON, limit=10)
        assert [one.intent.address for one in due] == ["baru@example.org", other.intent.address]
        sending = tx.intents.claim(due[0], NOON, key="k")
        tx.intents.go_elsewhere(application.id, {"baru@example.org": "lain@example.org"})
    with ledger.reading() as look:
        [same] = look.intents.interrupted("domisili", NOON)
        assert same.intent.address == sending.intent.address


def test_an_intent_is_due_only_when_its_time_has_come(ledger: Ledger) -> None:
    """A postponed intent waits, keeps its key, and is then handed out again."""
    record = planned(ledger, register(ledger))
    with ledger.begin() as tx:
        record = tx.intents.claim(record, NOON, key="<1@loket>")
    later = NOON + timedelta(minutes=5)
    with ledger.begin() as tx:
        tx.intents.postpone(record, later, "mail server is away", tried_at=NOON)
        assert tx.intents.due("domisili", NOON, limit=10) == []
        [due] = tx.intents.due("domisili", later, limit=10)
    assert (due.intent.key, due.reason, due.first_tried_at) == (
        "<1@loket>",
        "mail server is away",
        NOON,
    )


def test_a_receipt_settles_an_intent_for_good(ledger: Ledger) -> None:
    """It counts against the channel's daily quota and is never due again."""
    record = planned(ledger, register(ledger))
    with ledger.begin() as tx:
        tx.intents.settle(record, Receipt("<1@loket>", "https://drive.example/1"), NOON)
        assert tx.intents.due("domisili", NOON + timedelta(days=9), limit=10) == []
        assert tx.intents.sent_between("email", NOON - timedelta(days=1), NOON) == 1
        assert (
            tx.intents.sent_between("email", NOON - timedelta(days=2), NOON - timedelta(days=1))
            == 0
        )
        [settled] = tx.intents.of(record.intent.application_id)
    assert settled.intent.state is IntentState.DELIVERED
    assert settled.link == "https://drive.example/1"


def test_one_letter_is_planned_once_for_a_channel(ledger: Ledger) -> None:
    """The database refuses a second plan of the same series."""
    application = register(ledger)
    planned(ledger, application)
    with pytest.raises(IntegrityError):
        planned(ledger, application)
    assert planned(ledger, application, series=2).series == 2


def test_an_application_has_one_letter(ledger: Ledger) -> None:
    """The letter is never made anew: a second one is refused."""
    application = register(ledger)
    document = Document(application.id, "470/0001", "letters/x.pdf", "x.pdf", "0" * 64, 10, NOON)
    with ledger.begin() as tx:
        tx.documents.record(document)
        assert tx.documents.of(application.id) == document
    with pytest.raises(IntegrityError), ledger.begin() as tx:
        tx.documents.record(document)


def test_what_awaits_a_letter_is_what_was_approved_and_has_none(ledger: Ledger) -> None:
    """The oldest first; one with a letter is not made again."""
    applications = [register(ledger) for _ in range(3)]
    for application in applications[:2]:
        approve(ledger, application)
    with ledger.begin() as tx:
        tx.documents.record(Document(applications[0].id, "1", "a.pdf", "a.pdf", "0" * 64, 1, NOON))
        waiting = tx.applications.awaiting_letter("domisili")
    assert [application.id for application in waiting] == [applications[1].id]


def test_the_desks_memory_and_names_are_kept(ledger: Ledger) -> None:
    """What was chosen for a folder outside is found again, and the sheet's version is replaced."""
    with ledger.begin() as tx:
        assert tx.desks.of("domisili") is None
        for version in ("1", "2"):
            tx.desks.remember(DeskMemory("domisili", version, NOON, ""))
        tx.desks.keep_resource("drive folder domisili", "abc")
    with ledger.reading() as look:
        memory = look.desks.of("domisili")
        assert memory is not None
        assert memory.version == "2"
        assert look.desks.resource("drive folder domisili") == "abc"


def test_opening_an_existing_ledger_loses_nothing(ledger: Ledger, url: str) -> None:
    """The second start finds the newest schema and leaves it alone."""
    application = register(ledger)
    again = Ledger.open(url)
    with again.reading() as look:
        assert look.applications.find(application.reference) == application
    again.close()
