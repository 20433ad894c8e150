"""The register of letters, read from the ledger: in the order of the numbers, and only what changed, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sync.core.application import Application
from sync.core.register import Entry
from sync.core.states import State
from sync.ledger.ledger import Ledger
from tests.contract.ledger.conftest import NOON, register


def approved(
    ledger: Ledger, year: int = 2026, series: str = "", workflow: str = "domisili"
) -> Application:
    application = register(ledger, workflow=workflow)
    with ledger.begin() as tx:
        serial = tx.numbers.take_letter(workflow, year, application.id, series=series)
        return tx.applications.change(
            application,
            at=NOON,
            event="approved",
            states=(State.IN_REVIEW, State.APPROVED),
            letter_number=f"470/{serial:04}/{year}",
            approved_at=datetime(year, 11, 24, tzinfo=UTC),
            approved_on=date(year, 11, 24),
        )


def entries(ledger: Ledger, year: int = 2026, workflow: str | None = None) -> list[Entry]:
    with ledger.reading() as look:
        return list(look.register.entries(year, workflow))


def test_letters_stand_in_the_order_of_their_numbers(ledger: Ledger) -> None:
    """Series by series; applications without a number are none of the register's."""
    later, earlier = register(ledger), register(ledger)
    with ledger.begin() as tx:  # the one that applied last is approved first
        for application in (earlier, later):
            tx.numbers.take_letter("domisili", 2026, application.id)
    other = approved(ledger, series="a", workflow="pindah")
    register(ledger)
    found = entries(ledger)
    assert [(one.series, one.serial, one.reference) for one in found] == [
        ("a", 1, other.reference),
        ("domisili", 1, earlier.reference),
        ("domisili", 2, later.reference),
    ]


def test_an_entry_says_what_the_ledger_knows(ledger: Ledger) -> None:
    """Also what became of the letter since."""
    application = approved(ledger, series="umum")
    entry = Entry(
        series="umum",
        year=2026,
        serial=1,
        dated=date(2026, 11, 24),
        number="470/0001/2026",
        workflow="domisili",
        name="Citra",
        reference=application.reference,
        state=State.APPROVED,
        link="",
    )
    assert entries(ledger) == [entry]
    with ledger.begin() as tx:
        tx.applications.change(
            application, at=NOON, states=(State.DELIVERING,), link="https://drive.example/1"
        )
    assert entries(ledger) == [
        replace(entry, state=State.DELIVERING, link="https://drive.example/1")
    ]


def test_a_year_and_a_workflow_are_chosen(ledger: Ledger) -> None:
    """By the year of the number."""
    approved(ledger)
    next_year = approved(ledger, year=2027)
    other = approved(ledger, workflow="pindah")
    assert [one.reference for one in entries(ledger, 2027)] == [next_year.reference]
    assert [one.reference for one in entries(ledger, workflow="pindah")] == [other.reference]


def test_a_number_whose_serial_nobody_knows_is_not_left_out(ledger: Ledger) -> None:
    """After a recovery, by a pattern of before."""
    application = register(ledger)
    with ledger.begin() as tx:
        tx.recovering.approved(application.id, "474/old/7", NOON, date(2026, 3, 1))
    [entry] = entries(ledger)
    assert (entry.series, entry.year, entry.serial, entry.number) == (
        "domisili",
        2026,
        None,
        "474/old/7",
    )


def test_only_what_changed_since_is_told(ledger: Ledger) -> None:
    """And nothing that has no number, or belongs to another spreadsheet's workflows."""
    with ledger.reading() as look:
        assert look.register.last_event() == 0
    first, second = approved(ledger), approved(ledger)
    other = approved(ledger, workflow="pindah")
    with ledger.reading() as look:
        at = look.register.last_event()
        everything = look.register.changed(["domisili"], 0, at)
    assert sorted(everything) == [first.id, second.id]
    register(ledger)
    for application in (second, other):
        with ledger.begin() as tx:
            tx.applications.record(application.id, NOON, "letter_made")
    with ledger.reading() as look:
        assert look.register.changed(["domisili"], at, look.register.last_event()) == [second.id]
        assert look.register.letters(["domisili"]) == [
            (first.id, first.reference),
            (second.id, second.reference),
        ]
        assert list(look.register.entries_of([second.id, first.id])) == [first.id, second.id]


def test_how_far_a_tab_was_told_is_remembered(ledger: Ledger) -> None:
    """For each spreadsheet; none: from the beginning."""
    for event in (7, 12):
        with ledger.begin() as tx:
            tx.register.keep_told("sheet-a", event)
    with ledger.reading() as look:
        assert (look.register.told("sheet-a"), look.register.told("sheet-b")) == (12, 0)
