"""What the dashboard asks the ledger, on both databases."""

from datetime import datetime, timedelta

import pytest

from sync.core.application import Application
from sync.core.dashboard.figures import End, Group
from sync.core.delivery import Kind
from sync.core.outcomes import Receipt
from sync.core.states import State
from sync.ledger.intents import Plan
from sync.ledger.ledger import Ledger
from sync.ledger.waiting import Happened, InState, Sent, tab_name
from tests.contract.ledger.conftest import NOON, register

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LETTER = (State.IN_REVIEW, State.APPROVED, State.DELIVERING, State.DELIVERED)


def goes(
    ledger: Ledger, application: Application, *states: State, at: datetime = NOON
) -> Application:
    for state in states:
        with ledger.begin() as tx:
            application = tx.applications.change(
                application, at=at, states=[state], event=state.value
            )
    return application


def references(ledger: Ledger, asked: InState | Happened | Sent, service: str = "") -> list[str]:
    with ledger.reading() as look:
        lines = look.waiting.lines(asked, service, limit=50)
        assert look.waiting.count(asked, service) == len(lines)
    return [line.reference for line in lines]


def test_who_waits_is_counted_by_state_age_and_promise(ledger: Ledger) -> None:
    """At the very moment between two ages: the younger; at the very end of the promise: not late."""
    ages, late = [NOON - DAY, NOON - 3 * DAY], {"domisili": NOON - 2 * DAY}
    for back in (timedelta(0), DAY, DAY + MINUTE, 2 * DAY, 2 * DAY + MINUTE, 9 * DAY):
        goes(ledger, register(ledger, at=NOON - back), State.IN_REVIEW)
    goes(ledger, register(ledger, at=NOON, workflow="pindah"), *LETTER[:3])
    goes(ledger, register(ledger, at=NOON), *LETTER)
    with ledger.reading() as look:
        found = look.waiting.groups([State.IN_REVIEW, State.DELIVERING], ages, late)
    alike = ("domisili", State.IN_REVIEW, False)
    assert sorted(found, key=lambda one: (one.workflow, one.age, one.late)) == [
        Group(*alike, age=0, late=False, count=2),
        Group(*alike, age=1, late=False, count=2),
        Group(*alike, age=1, late=True, count=1),
        Group(*alike, age=2, late=True, count=1),
        Group("pindah", State.DELIVERING, False, age=0, late=False, count=1),
    ]


def test_a_day_has_what_came_from_its_midnight_to_the_next(ledger: Ledger) -> None:
    for back in (timedelta(0), MINUTE, DAY, DAY + MINUTE):
        register(ledger, at=NOON - back)
    register(ledger, at=NOON + DAY, workflow="pindah")
    with ledger.reading() as look:
        found = look.waiting.came([NOON - DAY, NOON, NOON + DAY])
    assert found == {("domisili", 0): 2, ("domisili", 1): 1}


def test_an_application_ends_once(ledger: Ledger) -> None:
    """Sent again, it has no second end; and one that a recovery found ended nobody knows when."""
    application = goes(ledger, register(ledger, at=NOON - DAY), *LETTER, at=NOON)
    goes(ledger, application, State.DELIVERING, State.DELIVERED, at=NOON + DAY)
    goes(ledger, register(ledger, at=NOON), State.IN_REVIEW, State.REJECTED, at=NOON + MINUTE)
    columns = {
        name: getattr(application, name)
        for name in ("workflow", "answers", "fingerprint", "submitted", "name", "email", "phone")
    }
    with ledger.begin() as tx:
        tx.recovering.register(
            reference="SKD-26-00009X",
            state=State.DELIVERED,
            at=NOON,
            received_at=NOON,
            updated_at=NOON,
            **columns,
        )
    with ledger.reading() as look:
        found = [*look.waiting.ends(NOON, NOON + 2 * DAY)]
        later = [*look.waiting.ends(NOON + DAY, NOON + 2 * DAY)]
    assert sorted(found, key=lambda end: end.at) == [
        End("domisili", NOON - DAY, NOON, State.DELIVERED),
        End("domisili", NOON, NOON + MINUTE, State.REJECTED),
    ]
    assert later == []
    assert references(ledger, Happened(NOON, NOON + 2 * DAY, State.DELIVERED)) == [
        application.reference
    ]


def test_the_list_behind_a_figure_is_what_the_figure_counts(ledger: Ledger) -> None:
    """Those that wait: the first that came first. A service's list has no other's."""
    old, young, other = (
        goes(ledger, register(ledger, at=NOON - back, workflow=of), State.IN_REVIEW).reference
        for back, of in ((5 * DAY, "domisili"), (DAY, "domisili"), (2 * DAY, "pindah"))
    )
    waiting = InState([State.IN_REVIEW])
    assert references(ledger, waiting) == [old, other, young]
    assert references(ledger, waiting, "domisili") == [old, young]
    assert references(ledger, InState([State.IN_REVIEW], came_before=NOON - DAY)) == [old, other]
    assert references(ledger, InState([State.IN_REVIEW], came_from=NOON - DAY)) == [young]
    late = {"domisili": NOON - 3 * DAY}
    assert references(ledger, InState([State.IN_REVIEW], late=late)) == [old]
    assert references(ledger, InState([State.IN_REVIEW], late={})) == []
    assert references(ledger, Happened(NOON - 2 * DAY, NOON)) == [young, other]
    assert references(ledger, Happened(NOON - 2 * DAY, NOON), "pindah") == [other]


def test_a_queue_and_rows_that_are_gone_have_their_lists(ledger: Ledger) -> None:
    sent, queued = (register(ledger, at=NOON) for _ in range(2))
    goes(ledger, sent, *LETTER[:3])
    queued = goes(ledger, queued, *LETTER[:3])
    with ledger.begin() as tx:
        tx.applications.change(queued, at=NOON, queued=True)
        tx.applications.row_missing([sent.id], NOON)
    states = [State.DELIVERING]
    assert references(ledger, InState(states, queued=True)) == [queued.reference]
    assert references(ledger, InState(states, queued=False)) == [sent.reference]
    assert references(ledger, InState(states, row_gone=True)) == [sent.reference]


def test_whom_something_went_to_stands_once_in_the_list(ledger: Ledger) -> None:
    """However many messages it was; what failed went nowhere."""
    first, second, failed = (register(ledger, at=NOON) for _ in range(3))
    for at, one in enumerate((first, second, first)):
        with ledger.begin() as tx:
            kind = Kind.RECEIVED if at == 2 else Kind.LETTER
            tx.intents.plan(Plan(one.id, kind, "email", "a@example.org", NOON))
            *_, record = tx.intents.of(one.id)
            sending = tx.intents.claim(record, NOON, key="k")
            tx.intents.settle(sending, Receipt("250"), NOON + at * MINUTE)
    with ledger.begin() as tx:
        tx.intents.plan(Plan(failed.id, Kind.LETTER, "email", "a@example.org", NOON))
    assert references(ledger, Sent("email", NOON)) == [first.reference, second.reference]
    assert references(ledger, Sent("email", NOON + 2 * MINUTE)) == [first.reference]
    assert references(ledger, Sent("email", NOON), "pindah") == []
    assert references(ledger, Sent("sms", NOON)) == []


def test_a_line_tells_no_answers_and_where_the_row_was_seen(ledger: Ledger) -> None:
    seen, unseen = (register(ledger, at=NOON, name="Citra Lestari") for _ in range(2))
    with ledger.begin() as tx:
        tx.places.put("domisili", {seen.id: 12})
    with ledger.reading() as look:
        lines = look.waiting.lines(InState([State.RECEIVED]), limit=1)
        lines += look.waiting.lines(InState([State.RECEIVED]), limit=1, skip=1)
    assert [(one.reference, one.row) for one in lines] == [
        (seen.reference, 12),
        (unseen.reference, None),
    ]
    assert not hasattr(lines[0], "answers")


@pytest.mark.parametrize("tab", [0, 1_983_212])
def test_a_tab_is_known_once_it_was_noted(ledger: Ledger, tab: int) -> None:
    with ledger.begin() as tx:
        assert tx.waiting.tab("domisili") is None
        tx.desks.set_resource(tab_name("domisili"), str(tab))
        assert tx.waiting.tab("domisili") == tab
