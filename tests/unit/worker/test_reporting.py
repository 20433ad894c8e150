"""The daily report, kept by the worker: made at its hour, once a day and whole, whatever the PC, its clock and the ledger do."""

from datetime import date, timedelta

import pytest

from sync.core.report.line import COLUMNS
from sync.core.report.stock import HEADERS
from sync.ledger.trouble import LOCKED, trouble
from sync.worker.errand import REST
from sync.worker.office_mail import OfficeMails
from sync.worker.reporting import LOOK_BACK
from tests.unit.worker.report_world import (
    HEAD,
    Office,
    at,
    reporting_office,  # noqa: F401 - a fixture
)


def test_the_report_goes_out_at_its_hour_and_once_a_day(office: Office) -> None:
    """Not before; to every address; also after a restart."""
    office.to = (HEAD, "sekretaris@example.org")
    office.starts()
    office.runs(at(15.9))
    assert (office.told, office.kept) == ([], {})
    office.runs(at(16.1))
    office.starts()
    office.runs(at(23))
    assert office.told == ["2026-11-24"] * 2
    assert {intent.address for intent, _ in office.channel.arrived} == set(office.to)
    office.runs(at(17, 26))
    assert office.told == ["2026-11-24"] * 2 + ["2026-11-25"] * 2 + ["2026-11-26"] * 2


def test_after_midnight_the_day_is_told_whole(office: Office) -> None:
    """For the province, who must not miss the evening; nobody gets a second email."""
    office.applies(at(17))
    office.runs(at(23.9))
    assert office.lines.written[date(2026, 11, 24)][1] == 0
    office.stock.rows = [list(HEADERS.values()), [46350, 7]]
    office.runs(at(1, 25))
    line = dict(zip(COLUMNS, office.lines.written[date(2026, 11, 24)], strict=True))
    assert (line["Diterima"], line["Blangko KTP-el"]) == (1, 7)
    assert office.kept[date(2026, 11, 24)].over
    assert office.told == ["2026-11-24"]


def test_the_day_costs_few_calls(office: Office) -> None:
    """Two looks at the stock and two lines a day, however often the worker goes round."""
    office.runs(at(23.9, 26), timedelta(minutes=7))
    assert (office.stock.reads, office.lines.calls) == (5, 5)


def test_the_first_day_begins_at_its_hour(office: Office) -> None:
    """Whoever turns it on in the morning gets no report of yesterday."""
    office.runs(at(12))
    assert office.told == []
    office.runs(at(16))
    assert office.told == ["2026-11-24"]


def test_a_pc_that_was_off_in_the_evening_tells_of_it_in_the_morning(office: Office) -> None:
    """Of the whole day: it is over by then."""
    office.runs(at(17))
    office.applies(at(20, 25))
    office.now = at(7, 26)
    office.starts()
    office.runs(at(8, 26))
    assert office.told == ["2026-11-24", "2026-11-25"]
    assert office.kept[date(2026, 11, 25)].total.received == 1
    assert "Angka seluruh hari" in office.channel.arrived[1][1].text


def test_days_that_were_missed_are_published_and_named(office: Office) -> None:
    """Without an email of each; what happened in them is in the ledger."""
    office.runs(at(17))
    office.now = at(17, 28)
    office.starts()
    office.runs(at(18, 28))
    assert office.told == ["2026-11-24", "2026-11-28"]
    assert sorted(office.lines.written) == [date(2026, 11, day) for day in range(24, 29)]
    assert all(office.kept[date(2026, 11, day)].over for day in range(24, 28))
    text = office.channel.arrived[1][1].text
    assert "25 November 2026, 26 November 2026, 27 November 2026" in text


def test_after_a_long_absence_it_begins_anew(office: Office) -> None:
    """A year of lines would be nobody's help."""
    office.runs(at(17))
    office.now += 3 * LOOK_BACK
    office.starts()
    office.runs(office.now + timedelta(hours=1))
    assert len(office.kept) == 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (trouble(LOCKED, "data/ledger.sqlite3"), "program lain menahan ledger terlalu lama"),
        (ValueError("ours"), "kesalahan program"),
    ],
)
def test_trouble_that_passed_is_told_no_longer(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """The next look says so, not the next report; and a ledger that is held up is no mistake of the program's."""

    def breaks(_: OfficeMails) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(OfficeMails, "send_due", breaks)
        office.runs(at(16.1))
        [matter] = office.worker.matters()
    assert said in matter.found
    assert ("kesalahan program" in matter.found) == isinstance(error, ValueError)
    office.runs(office.now + 2 * REST, REST)
    assert (office.told, office.worker.matters()) == (["2026-11-24"], [])


def test_who_does_not_serve_the_counter_does_not_report(office: Office) -> None:
    """Another computer does."""
    office.duty.held = False
    office.runs(at(17))
    assert office.kept == {}


def test_a_clock_that_was_set_back_keeps_it_from_nothing(office: Office) -> None:
    """A day was lived twice: no second email, and the days after it have theirs."""
    office.runs(at(17, 26))
    before = list(office.told)
    office.now = at(9, 24)
    office.runs(at(17, 26))
    assert office.told == before
    office.runs(at(17, 27))
    assert office.told == [*before, "2026-11-27"]
