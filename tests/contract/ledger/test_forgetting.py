"""Forgetting, the same on SQLite and on PostgreSQL: what is due, what stays, and what is left to take away."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from sync.core.application import Application
from sync.core.delivery import IntentState, Kind
from sync.core.outcomes import Receipt
from sync.core.retention import NOTES, Cause, is_sealed, seal
from sync.core.states import State
from sync.ledger.documents import Document
from sync.ledger.forgetting import FREE_ROOM, Left, Place
from sync.ledger.intents import Plan
from sync.ledger.ledger import Ledger
from tests.contract.ledger.conftest import ARRIVAL, NOON, register

KEY = b"k" * 32
SENT = (State.IN_REVIEW, State.APPROVED, State.DELIVERING, State.DELIVERED)
LATER = NOON + timedelta(days=400)


def moved(ledger: Ledger, *states: State, at: datetime = NOON, **columns: object) -> Application:
    """An application that got there in one step."""
    application = register(ledger)
    with ledger.begin() as tx:
        return tx.applications.change(
            application, at=at, event=states[-1].value, states=states, **columns
        )


def due(ledger: Ledger, until: datetime, limit: int = 100) -> list[int]:
    with ledger.reading() as look:
        return look.forgetting.due("domisili", until, limit=limit)


def overdue(ledger: Ledger, until: datetime) -> int:
    with ledger.reading() as look:
        return look.forgetting.overdue("domisili", until)


def erase(ledger: Ledger, *applications: Application, drive: bool = False) -> None:
    with ledger.begin() as tx:
        ids = [one.id for one in applications]
        tx.forgetting.erase(ids, LATER, Cause.TERM, key=KEY, drive=drive)


def left(ledger: Ledger) -> dict[Place, list[str]]:
    with ledger.reading() as look:
        return {
            place: [one.name for one in look.forgetting.left(place, limit=100)] for place in Place
        }


def delivered(ledger: Ledger, **columns: object) -> Application:
    """With a letter by email and in Drive, a notice before it, and an answer given twice."""
    columns = {"letter_number": "470/0001", "link": "https://drive.example/1"} | columns
    application = moved(
        ledger, *SENT, note="NIK tidak cocok.", officer_note="Sudah dicek.", **columns
    )
    letter = Document(
        application.id, "470/0001", "letters/2026/x.pdf", "SKD Citra.pdf", "a" * 64, 9, NOON
    )
    plans = (
        (Kind.MEND, "email", {"problems": ["NIK 15 angka."]}),
        (Kind.LETTER, "email", {}),
        (Kind.LETTER, "drive", {}),
    )
    with ledger.begin() as tx:
        tx.documents.record(letter)
        tx.applications.replace_row(application)
        for kind, channel, facts in plans:
            tx.intents.plan(
                Plan(application.id, kind, channel, "citra@example.org", NOON, facts=facts)
            )
            record = tx.intents.of(application.id)[-1]
            record = tx.intents.claim(record, NOON, key=f"key-{kind}-{channel}")
            tx.intents.settle(record, Receipt("r", "https://drive.example/1"), NOON)
    return application


def test_what_ended_is_due_from_its_end_on(ledger: Ledger) -> None:
    """Delivered, rejected, cancelled; not a day before; counted from the end, whatever was typed later."""
    ends = [
        moved(ledger, *SENT),
        moved(ledger, State.IN_REVIEW, State.REJECTED),
        moved(ledger, State.NEEDS_FIXING, State.CANCELLED),
    ]
    with ledger.begin() as tx:
        tx.applications.change(
            ends[0], at=LATER, note="Jawaban diubah.", event="answers_changed_too_late"
        )
    assert due(ledger, NOON - timedelta(seconds=1)) == []
    assert due(ledger, NOON) == [one.id for one in ends]
    assert due(ledger, NOON, limit=2) == [one.id for one in ends[:2]]


def test_a_letter_that_was_sent_again_ended_later(ledger: Ledger) -> None:
    application = moved(ledger, *SENT)
    with ledger.begin() as tx:
        for state, event in ((State.DELIVERING, "resend_asked"), (State.DELIVERED, "delivered")):
            application = tx.applications.change(
                application, at=LATER, event=event, states=(state,)
            )
    assert due(ledger, LATER - timedelta(seconds=1)) == []
    assert due(ledger, LATER) == [application.id]


@pytest.mark.parametrize(
    "states",
    [
        (State.NEEDS_FIXING,),
        (State.IN_REVIEW,),
        (State.IN_REVIEW, State.APPROVED),
        (*SENT[:-1], State.UNCERTAIN),
        (*SENT[:-1], State.FAILED),
    ],
)
def test_what_never_ended_is_overdue_and_not_due(ledger: Ledger, states: tuple[State, ...]) -> None:
    """It is counted from its last change on, and nothing of it is erased silently."""
    moved(ledger, *states)
    assert due(ledger, LATER) == []
    assert overdue(ledger, NOON) == 1
    assert overdue(ledger, NOON - timedelta(seconds=1)) == 0


@pytest.mark.parametrize("state", [IntentState.PLANNED, IntentState.SENDING])
def test_what_is_still_on_its_way_is_not_due(ledger: Ledger, state: IntentState) -> None:
    """A rejection that no mailbox took yet: the address is still needed."""
    application = moved(ledger, State.IN_REVIEW, State.REJECTED)
    with ledger.begin() as tx:
        tx.intents.plan(Plan(application.id, Kind.REJECTED, "email", "citra@example.org", NOON))
        if state is IntentState.SENDING:
            tx.intents.claim(tx.intents.of(application.id)[0], NOON, key="k")
    assert (due(ledger, LATER), overdue(ledger, LATER)) == ([], 1)


def test_erased_leaves_what_the_register_needs_and_nothing_else(ledger: Ledger, url: str) -> None:
    """Number, dates, state, reference and the name stay; no other word of the person is in any table."""
    application = delivered(ledger)
    erase(ledger, application)
    with ledger.reading() as look:
        now = look.applications.get(application.id)
        assert look.documents.of(application.id) is None
        assert {one.intent.address for one in look.intents.of(application.id)} == {""}
        assert look.applications.events(application.id)[-1].detail == {"cause": "term"}
    assert now.name == "Citra"
    assert (now.state, now.letter_number) == (State.DELIVERED, "470/0001")
    assert (now.reference, now.received_at) == (application.reference, application.received_at)
    assert now.erased_at == LATER
    assert now.note == NOTES[Cause.TERM]
    assert due(ledger, LATER) == []
    engine = create_engine(url)
    with engine.connect() as connection:
        everything = "".join(
            str(row)
            for table in ("applications", "events", "intents", "documents", "replaced_rows")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        )
    engine.dispose()
    for word in (
        "6402010101900001",
        "citra@",
        "NIK",
        "Sudah dicek",
        "SKD Citra",
        ARRIVAL.fingerprint,
        "k1",
    ):
        assert word not in everything, word


@pytest.mark.parametrize(
    "states", [(State.IN_REVIEW, State.REJECTED), (State.IN_REVIEW, State.CANCELLED)]
)
def test_without_an_issued_letter_the_name_goes_too(
    ledger: Ledger, states: tuple[State, ...]
) -> None:
    """Also where a number had been taken: that number names no letter."""
    application = moved(ledger, *states, letter_number="470/0009")
    erase(ledger, application)
    with ledger.reading() as look:
        assert look.applications.get(application.id).name == ""


def test_an_officers_file_leaves_no_name(ledger: Ledger) -> None:
    """It has no number of this office's, and no line in the register."""
    application = delivered(ledger, letter_number="")
    erase(ledger, application)
    with ledger.reading() as look:
        assert look.applications.get(application.id).name == ""


def test_rows_are_known_by_their_seal(ledger: Ledger) -> None:
    """What the row holds, and what it held formerly."""
    application = delivered(ledger)
    erase(ledger, application)
    sealed = (seal(KEY, ARRIVAL.fingerprint), ARRIVAL.submitted)
    plain = (ARRIVAL.fingerprint, ARRIVAL.submitted)
    with ledger.reading() as look:
        assert is_sealed(look.applications.get(application.id).fingerprint)
        assert list(look.applications.known_by_identity("domisili", [sealed, plain])) == [sealed]
        assert look.applications.replaced("domisili", [sealed, plain]) == {sealed: application.id}
        assert look.forgetting.any_of("domisili")
        assert not look.forgetting.any_of("lain")


def test_the_list_names_all_that_lies_elsewhere(ledger: Ledger) -> None:
    """Files, the copy in the private folder, the ledger's free room; Drive's letters where they are wanted back."""
    application = delivered(ledger)
    erase(ledger, application)
    expected = {
        Place.DISK: [application.reference],
        Place.DRIVE: [],
        Place.COPY: ["a" * 64],
        Place.LEDGER: [FREE_ROOM],
    }
    assert left(ledger) == expected
    with ledger.reading() as look:
        assert look.applications.get(application.id).link == "https://drive.example/1"
    with ledger.begin() as tx:
        tx.forgetting.take_back([application.id])
    assert left(ledger) == {**expected, Place.DRIVE: ["key-letter-drive"]}
    with ledger.begin() as tx:
        assert tx.applications.get(application.id).link == ""
        assert {
            one.link for one in tx.intents.of(application.id) if one.intent.channel == "drive"
        } == {""}
        tx.forgetting.gone([Left(Place.DRIVE, "key-letter-drive"), Left(Place.COPY, "a" * 64)])
    assert left(ledger) == {**expected, Place.COPY: []}
