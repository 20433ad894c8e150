"""The day's figures: every application once, in the office's own day, and nothing left over."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.report.day import (
    ENDS,
    Figures,
    History,
    Move,
    Service,
    figures_of,
    services_of,
    total,
    window,
)
from sync.core.report.line import cells_of, line_of
from sync.core.report.report import DayReport, read_told, told
from sync.core.report.stock import Stock
from sync.core.report.tables import day_notes, day_tables
from sync.core.states import TRANSITIONS, State

WITA = ZoneInfo("Asia/Makassar")
DAY = date(2026, 11, 24)
S = State


def at(hour: int, day: int = 24) -> datetime:
    """That hour in Samarinda."""
    return datetime(2026, 11, day, hour, tzinfo=WITA).astimezone(UTC)


LATE = at(23) + timedelta(hours=2)  # the day is over


def history(came: datetime, *moves: tuple[datetime, State], recovered: bool = False) -> History:
    was, made = S.RECEIVED, []
    for moment, then in moves:
        made.append(Move(moment, was, then, recovered))
        was = then
    return History("domisili", came, was, tuple(made))


def figures(*histories: History, day: date = DAY, now: datetime = LATE, **known: int) -> Figures:
    return figures_of(histories, day, now, WITA, **known)


def test_each_thing_that_happens_counts_on_the_office_s_day() -> None:
    """The day is Samarinda's: it begins at 16:00 in London the day before."""
    found = figures(
        history(
            at(0),
            (at(1), S.IN_REVIEW),
            (at(9), S.APPROVED),
            (at(10), S.DELIVERING),
            (at(11), S.DELIVERED),
        ),
        history(at(23), (at(23), S.IN_REVIEW)),
        history(at(8, 23), (at(9, 23), S.IN_REVIEW), (at(9), S.REJECTED)),
        history(at(8, 23), (at(9, 23), S.NEEDS_FIXING), (at(9), S.CANCELLED)),
        history(at(8), (at(9), S.NEEDS_FIXING)),
        history(at(0, 25)),
    )
    assert found == Figures(
        received=3,
        delivered=1,
        rejected=1,
        cancelled=1,
        mending=1,
        waiting=(1, 0, 0, 0),
        with_applicant=1,
    )


@pytest.mark.parametrize(
    ("came", "place"),
    [(24, 0), (23, 0), (22, 1), (21, 1), (20, 2), (17, 2), (16, 3), (1, 3)],
)
def test_who_waits_is_told_by_the_days_of_the_calendar(came: int, place: int) -> None:
    """0–1, 2–3, 4–7, more than 7: however late in the day it came."""
    waiting = figures(history(at(23, came), (at(23, came), S.IN_REVIEW))).waiting
    assert waiting == tuple(int(each == place) for each in range(4))


@pytest.mark.parametrize(("promised", "overdue"), [(3, 0), (2, 1), (None, 0)])
def test_longer_than_promised_is_overdue(promised: int | None, overdue: int) -> None:
    """Three days old; where nothing is promised nothing is overdue."""
    assert figures(history(at(8, 21)), promised_days=promised).overdue == overdue


def test_a_day_of_before_is_told_as_it_was() -> None:
    """What happened later is not known that day yet."""
    one = history(at(8, 23), (at(9, 23), S.IN_REVIEW), (at(9, 25), S.REJECTED))
    assert figures(one, now=at(9, 26)).waiting == (1, 0, 0, 0)
    assert figures(one, day=date(2026, 11, 25), now=at(9, 26)) == Figures(rejected=1)
    asked = history(at(8), (at(9, 25), S.NEEDS_FIXING))
    assert figures(asked, now=at(9, 26)) == Figures(received=1, waiting=(1, 0, 0, 0))


def test_the_day_under_way_is_told_up_to_now() -> None:
    """A report at four in the afternoon knows nothing of the evening."""
    one = history(at(8), (at(9), S.IN_REVIEW), (at(18), S.REJECTED))
    assert figures(one, now=at(16)) == Figures(received=1, waiting=(1, 0, 0, 0))


def test_a_letter_that_is_sent_again_is_not_delivered_twice() -> None:
    """Nor does it wait again."""
    sent = [(at(9, 23), S.DELIVERED), (at(9), S.DELIVERING)]
    assert figures(history(at(8, 23), *sent)) == Figures()
    assert figures(history(at(8, 23), *sent, (at(10), S.DELIVERED))) == Figures()


def test_what_a_recovery_found_is_no_work_of_its_day() -> None:
    """It happened some day before, nobody knows when."""
    assert figures(history(at(8, 1), (at(9), S.DELIVERED), recovered=True)) == Figures()
    assert figures(history(at(8, 24), (at(9), S.IN_REVIEW), recovered=True)).received == 1


def test_a_state_without_a_record_is_taken_as_it_is() -> None:
    """An application that nothing is recorded of."""
    assert figures(History("domisili", at(8), S.NEEDS_FIXING)).with_applicant == 1


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Any way that the table of states allows, at any moments."""
    moments = sorted(draw(st.lists(st.integers(0, 24 * 14), min_size=1, max_size=8)))
    start = at(0, 15)
    state, moves = S.RECEIVED, []
    for hour in moments[1:]:
        allowed = sorted(TRANSITIONS[state])
        if not allowed:
            break
        then = draw(st.sampled_from(allowed))
        moves.append(Move(start + timedelta(hours=hour), state, then))
        state = then
    return History("domisili", start + timedelta(hours=moments[0]), state, tuple(moves))


@given(st.lists(histories(), max_size=12), st.integers(15, 28))
def test_what_is_open_in_the_evening_follows_from_the_morning(
    all_of: list[History], day: int
) -> None:
    """Open then, and what came, less what ended: nothing is counted twice and nothing is left out."""
    on = date(2026, 11, day)
    now = at(0, 30)
    start, end = window(on, WITA)
    told_of = figures(*all_of, day=on, now=now)
    ended = told_of.delivered + told_of.rejected + told_of.cancelled
    morning = sum(one.open_at(start) for one in all_of)
    evening = told_of.all_waiting + told_of.with_applicant
    assert evening == morning + told_of.received - ended
    assert evening == sum(one.open_at(end) for one in all_of)


@given(st.lists(histories(), max_size=12))
def test_over_all_days_every_application_comes_once_and_ends_once(all_of: list[History]) -> None:
    days = [date(2026, 11, day) for day in range(15, 31)]
    summed = sum(
        (figures(*all_of, day=day, now=at(0, 30) + timedelta(days=9)) for day in days), Figures()
    )
    assert summed.received == len(all_of)
    ends = [one.end.then for one in all_of if one.end]
    assert summed.delivered == ends.count(S.DELIVERED)
    assert summed.rejected + summed.cancelled == len(ends) - ends.count(S.DELIVERED)
    assert set(ends) <= set(ENDS)


def made_report(stock: Stock | None = None) -> DayReport:
    one = history(at(8), (at(9), S.IN_REVIEW))
    services = services_of([one], [Service("domisili", "Domisili", 3)], DAY, at(16), WITA)
    return DayReport(
        day=DAY,
        office="Disdukcapil",
        timezone="Asia/Makassar",
        made_at=at(16),
        over=False,
        services=services,
        before=Figures(received=7),
        stock=stock,
        missed=(date(2026, 11, 22),),
        problems=("Sel B3 tidak terbaca.",),
    )


def test_services_are_told_in_their_order_and_the_forgotten_last() -> None:
    """One whose file is gone still has its applications."""
    gone = History("pindah", at(8), S.IN_REVIEW)
    services = [Service("suket", "Suket"), Service("domisili", "Domisili")]
    found = services_of([gone, history(at(8))], services, DAY, LATE, WITA)
    assert [(one.title, one.figures.received) for one in found] == [
        ("Suket", 0),
        ("Domisili", 1),
        ("pindah", 1),
    ]
    assert total(found).received == 2


def test_a_report_comes_back_from_its_json() -> None:
    """The ledger keeps it so; the sums stand beside."""
    for stock in (None, Stock(DAY, 38_310, None, 5, 6, "Ribbon habis")):
        report = made_report(stock)
        assert read_told(told(report)) == report
        assert told(report)["total"]["waiting"] == [1, 0, 0, 0]
        assert told(report)["made_at"] == "2026-11-24T16:00:00+08:00"


def test_the_tables_say_what_the_figures_say() -> None:
    """A number in each column; what is the matter is said in sentences."""
    report = made_report(Stock(date(2026, 11, 23), 12))
    services, stock = day_tables(report)
    assert all(len(row) == len(services.columns) for row in (*services.rows, *services.foot))
    named = dict(zip(services.columns, services.foot[0], strict=True))
    assert (named["Diterima"], named["Menunggu petugas"], named["0–1 hari"]) == (1, 1, 1)
    assert services.foot[1][:2] == ("Hari sebelumnya", 7)
    assert stock.rows[0] == ("Blangko KTP-el", 12)
    assert day_notes(report) == [
        "Stok terakhir diisi untuk 23 November 2026.",
        "Laporan tidak dikirim (Loket tidak berjalan): 22 November 2026.",
        "Sel B3 tidak terbaca.",
    ]


def test_the_province_s_line_holds_the_sums() -> None:
    """And the stock with the day it was counted on."""
    line = line_of(made_report(Stock(date(2026, 11, 23), 12, 30)))
    assert (line.received, line.waiting, line.blanks, line.suket) == (1, 1, 12, 30)
    assert line.stock_day == date(2026, 11, 23)
    assert cells_of(made_report())[-2:] == ("Disdukcapil", "24/11/2026 16:00 WITA")
