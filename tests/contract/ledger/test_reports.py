"""The daily report's part of the ledger, on both databases."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sync.core.application import Application
from sync.core.report.day import Figures, ServiceDay
from sync.core.report.report import DayReport
from sync.core.report.stock import Stock
from sync.core.states import State
from sync.ledger.ledger import Ledger
from tests.contract.ledger.conftest import NOON, register

DAY = date(2026, 11, 24)
REPORT = DayReport(
    day=DAY,
    office="Disdukcapil",
    timezone="Asia/Makassar",
    made_at=NOON,
    over=False,
    services=(ServiceDay("domisili", "Domisili", Figures(received=3, waiting=(1, 2, 0, 0))),),
    before=Figures(delivered=4),
    stock=Stock(DAY, 38_310, None, 5, 6, "aman"),
    missed=(date(2026, 11, 23),),
    problems=("Tab kosong.",),
)


def moved(ledger: Ledger, application: Application, at: datetime, *states: State) -> Application:
    with ledger.begin() as tx:
        return tx.applications.change(application, at=at, event=states[-1].value, states=states)


def test_what_is_counted_is_every_application_that_was_open_since(ledger: Ledger) -> None:
    """With its moves; one that had ended before, and was left alone since, is none of today's."""
    early, late = NOON - timedelta(days=3), NOON - timedelta(hours=1)
    ended, waits, done = (register(ledger, at=early) for _ in range(3))
    register(ledger, at=NOON + timedelta(days=1))
    moved(ledger, ended, early, State.NEEDS_FIXING, State.CANCELLED)
    moved(ledger, waits, early, State.IN_REVIEW)
    reviewed = moved(ledger, done, early, State.IN_REVIEW)
    moved(ledger, reviewed, late, State.REJECTED)
    with ledger.reading() as look:
        found = look.reports.histories(NOON - timedelta(days=1), NOON)
        everything = look.reports.histories(NOON - timedelta(days=9), NOON)
    assert [one.state for one in found] == [State.IN_REVIEW, State.REJECTED]
    assert [(move.at, move.was, move.then) for move in found[1].moves] == [
        (early, State.RECEIVED, State.IN_REVIEW),
        (late, State.IN_REVIEW, State.REJECTED),
    ]
    assert len(everything) == 3
    assert everything[0].state_at(early - timedelta(hours=1)) is State.RECEIVED


def test_what_a_recovery_found_is_marked(ledger: Ledger) -> None:
    """Nobody knows when it happened."""
    columns = {
        name: getattr(register(ledger), name)
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
        *_, one = look.reports.histories(NOON, NOON + timedelta(days=1))
    assert (one.moves[0].recovered, one.end) == (True, one.moves[0])


def test_a_day_has_one_report_and_the_last_one_counts(ledger: Ledger) -> None:
    """As it was told; made anew, it is to be published anew."""
    with ledger.begin() as tx:
        assert tx.reports.last_day() is None
        tx.reports.keep(REPORT)
    with ledger.begin() as tx:
        [kept] = tx.reports.kept(DAY, DAY).values()
        assert (kept.report, kept.to_publish) == (REPORT, True)
        tx.reports.published(DAY, REPORT.made_at)
        assert not tx.reports.kept(DAY, DAY)[DAY].to_publish
        final = replace(REPORT, over=True, made_at=NOON + timedelta(days=1))
        tx.reports.keep(final)
        tx.reports.keep(replace(REPORT, day=date(2026, 11, 22)))
    with ledger.reading() as look:
        found = look.reports.kept(date(2026, 11, 1), DAY)
        assert list(found) == [date(2026, 11, 22), DAY]
        assert (found[DAY].report, found[DAY].to_publish) == (final, True)
        assert look.reports.last_day() == DAY
