"""The daily report, kept by the worker: made at its hour, mailed once, published whole, whatever the PC and Google do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync.core.delivery import IntentState
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Never, QuotaUsedUp, TryAgain
from sync.core.report.line import COLUMNS
from sync.core.report.report import DayReport
from sync.core.report.stock import HEADERS
from sync.core.settings import DailyReport, Settings
from sync.core.workflow.model import Applicant, Letter, Workflow
from sync.delivery.messages import Messages
from sync.ledger.applications import Arrival
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About, Mail
from sync.ledger.trouble import LOCKED, trouble
from sync.letter.failed import LetterFailed
from sync.letter.order import LetterOrder
from sync.worker.errand import REST
from sync.worker.office_mail import OfficeMails
from sync.worker.report_mail import ReportPaper
from sync.worker.report_making import ReportMaker
from sync.worker.reporting import LOOK_BACK, PATIENCE, Reporting
from tests.fakes.channel import FakeChannel

ROOT = Path(__file__).parents[3]
WITA = ZoneInfo("Asia/Makassar")
HEAD = "kepala@example.org"
WORKFLOW = Workflow(
    name="domisili",
    title="Surat Keterangan Domisili",
    prefix="SKD",
    sheet="s" * 44,
    tab="Respons",
    applicant=Applicant(name="Nama"),
    fields={},
    letter=Letter(template="letters/domisili.html", number="{{ serial }}"),
)


def at(hour: float, day: int = 24) -> datetime:
    """That hour of November 2026 in Samarinda."""
    return (datetime(2026, 11, day, tzinfo=WITA) + timedelta(hours=hour)).astimezone(UTC)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class FakeStock:
    rows: list[list[Any]] | None = field(default_factory=lambda: [list(HEADERS.values())])
    fail: Exception | None = None
    reads: int = 0

    def ensure(self) -> bool:
        self.rows = [list(HEADERS.values())]
        return True

    def read(self) -> list[list[Any]] | None:
        self.reads += 1
        if self.fail:
            raise self.fail
        return self.rows


@dataclass
class FakeLines:
    written: dict[date, Sequence[Any]] = field(default_factory=dict)
    calls: int = 0
    fail: BaseException | None = None

    def put(self, day: date, cells: Sequence[Any]) -> None:
        self.calls += 1
        self.written[day] = cells
        if self.fail:
            raise self.fail


class FakePress:
    fail: LetterFailed | None = None

    def make(self, order: LetterOrder) -> bytes:
        if self.fail:
            raise self.fail
        return b"%PDF-" + order.title.encode()


class Duty:
    held = True


@dataclass
class Office:
    ledger: Ledger
    now: datetime = field(default_factory=lambda: at(8))
    channel: FakeChannel = field(default_factory=lambda: FakeChannel("email"))
    stock: FakeStock = field(default_factory=FakeStock)
    lines: FakeLines = field(default_factory=FakeLines)
    press: FakePress = field(default_factory=FakePress)
    duty: Duty = field(default_factory=Duty)
    to: tuple[str, ...] = (HEAD,)
    refused: str = ""
    patience: timedelta = timedelta(0)

    def starts(self) -> Reporting:
        """A worker that knows nothing but the ledger."""
        report = DailyReport(at="16:00", to=self.to, stock_tab=True)
        settings = Settings(report=report)
        maker = ReportMaker(self.ledger, [WORKFLOW], "Disdukcapil", WITA, lambda: self.stock)
        messages = Messages([ROOT / "templates"])
        mails = OfficeMails(
            self.ledger,
            self.channel,
            ReportPaper(self.ledger, messages, lambda: self.press, settings),
            lambda: self.now,
            timedelta(hours=settings.worker.retry_for_hours),
            self.patience,
        )
        self.worker = Reporting(
            maker, mails, report, self.ledger, self.duty, lambda: self.now, self.lines, self.refused
        )
        return self.worker

    def runs(self, until: datetime, step: timedelta = timedelta(minutes=15)) -> None:
        """Rounds until then."""
        while self.now < until:
            self.now = min(self.now + step, until)
            self.worker.keep()

    def applies(self, when: datetime) -> None:
        with self.ledger.begin() as tx:
            arrival = Arrival("domisili", "SKD", 2026, {}, "f", "1", None, "C", "c@x.id", "", when)
            tx.applications.register(arrival)

    @property
    def told(self) -> list[str]:
        """The days that emails told of, in order."""
        return [intent.reference[8:18] for intent, _ in self.channel.arrived]

    @property
    def kept(self) -> dict[date, DayReport]:
        with self.ledger.reading() as look:
            found = look.reports.kept(date(2026, 1, 1), date(2027, 12, 31))
        return {day: one.report for day, one in found.items()}

    def mails(self, day: int = 24) -> list[Mail]:
        with self.ledger.reading() as look:
            return look.office_mails.of(About.REPORT, date(2026, 11, day))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    office = Office(ledger)
    office.starts()
    yield office
    ledger.close()


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


def test_the_email_says_what_the_ledger_counts(office: Office) -> None:
    """In its text and in the PDF beside it; the stock as officers entered it."""
    for hour in (9, 10, 17):
        office.applies(at(hour))
    office.stock.rows = [list(HEADERS.values()), [46350, 38310, "113.046", 5, 6, "Ribbon habis"]]
    office.runs(at(16.5))
    [(_, message)] = office.channel.arrived
    assert message.subject == "Laporan Harian — Selasa, 24 November 2026"
    assert "Diterima: 2" in message.text
    assert "Suket belum dicetak: 113.046" in message.text
    assert "Ribbon habis" in message.html
    assert "24/11/2026 16:00 WITA" in message.text
    assert message.letter is not None
    assert message.letter.pdf.startswith(b"%PDF-")
    assert message.letter.file_name == "Laporan Harian 2026-11-24"
    assert "Rinciannya ada di lampiran PDF." in message.text


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


@pytest.mark.parametrize("step", range(1, 5))
def test_a_kill_between_any_two_steps_sends_no_second_email(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Around every commit: the next worker goes on, and one email at most leaves. Where it can't be known whether it left,
    the tab says so."""
    original, count = Ledger.begin, 0

    def killed_at(ledger: Ledger) -> Any:
        nonlocal count
        count += 1
        if count == step:
            raise Killed
        return original(ledger)

    monkeypatch.setattr(Ledger, "begin", killed_at)
    try:
        office.runs(at(17))
    except Killed:
        pass
    finally:
        monkeypatch.undo()
    assert count >= step
    office.starts()
    office.runs(at(23))
    [mail] = office.mails()
    assert len(office.channel.arrived) == 1
    assert mail.state in (IntentState.DELIVERED, IntentState.UNCERTAIN)
    assert bool(office.worker.matters()) == (mail.state is IntentState.UNCERTAIN)
    assert date(2026, 11, 24) in office.lines.written


def test_a_kill_while_it_is_handed_over_is_told_and_not_repeated(office: Office) -> None:
    """Nobody can ask a mail server."""
    office.channel.crash_after_sending = Killed()
    with pytest.raises(Killed):
        office.runs(at(17))
    office.starts()
    office.runs(at(23))
    assert office.told == ["2026-11-24"]
    [matter] = office.worker.matters()
    assert "k***@example.org" in matter.found
    assert "report --date 2026-11-24 --send" in matter.remedy


def test_a_mail_that_can_be_asked_after_is_settled_by_its_answer(office: Office) -> None:
    """As Gmail's: it went, and nobody is told of a doubt; also where the question had to wait."""
    office.channel = FakeChannel("email", repeatable=True)
    office.channel.crash_after_sending = Killed()
    office.channel.asking_failures = [TryAgain("Gmail tidak dapat dihubungi.")]
    office.starts()
    with pytest.raises(Killed):
        office.runs(at(17))
    office.starts()
    office.runs(at(18))
    assert (office.told, office.worker.matters()) == (["2026-11-24"], [])
    assert office.mails()[0].state is IntentState.DELIVERED


def test_a_mail_that_certainly_did_not_go_is_sent(office: Office) -> None:
    """Killed before it left, where the channel can tell."""
    office.channel = FakeChannel("email", repeatable=True)
    office.starts()
    office.runs(at(15.9))
    with office.ledger.begin() as tx:
        tx.reports.keep(office.worker.maker.make(date(2026, 11, 24), at(16), None))
        tx.office_mails.plan(About.REPORT, date(2026, 11, 24), [HEAD], at(16))
        [mail] = tx.office_mails.of(About.REPORT, date(2026, 11, 24))
        tx.office_mails.move(mail, IntentState.SENDING, key="k")
    office.runs(at(17))
    assert office.told == ["2026-11-24"]


def test_a_mail_in_another_machine_s_hands_is_left_to_it(office: Office) -> None:
    """For as long as it may take; after that it was interrupted."""
    office.patience = timedelta(minutes=10)
    office.channel.crash_after_sending = Killed()
    office.starts()
    with pytest.raises(Killed):
        office.runs(at(16.1))
    office.starts()
    office.runs(office.now + timedelta(minutes=9), REST)
    assert office.mails()[0].state is IntentState.SENDING
    assert office.worker.matters() == []
    office.runs(office.now + timedelta(minutes=2), REST)
    assert office.mails()[0].state is IntentState.UNCERTAIN


def test_a_mail_server_that_is_away_is_tried_again_and_told(office: Office) -> None:
    """Once it is back the email goes, and the tab is silent again."""
    office.channel.failures = [TryAgain("Server email tidak dapat dihubungi.")] * 3
    office.runs(at(16.1), timedelta(minutes=1))
    [matter] = office.worker.matters()
    assert "belum terkirim. Server email tidak dapat dihubungi." in matter.found
    office.runs(at(18))
    assert office.told == ["2026-11-24"]
    assert office.worker.matters() == []


@pytest.mark.parametrize(
    ("failure", "state", "said"),
    [
        (Never("Alamat ditolak."), IntentState.FAILED, "tidak terkirim. Alamat ditolak."),
        (CannotKnow("Sambungan putus."), IntentState.UNCERTAIN, "Sambungan putus."),
        (ValueError("ours"), IntentState.UNCERTAIN, "Tidak diketahui"),
    ],
)
def test_what_does_not_arrive_is_told_with_its_remedy(
    office: Office, failure: Exception, state: IntentState, said: str
) -> None:
    """And not tried again by itself."""
    office.channel.failures = [failure]
    office.runs(at(23))
    assert (office.told, office.mails()[0].state) == ([], state)
    [matter] = office.worker.matters()
    assert said in matter.found
    assert "--send" in matter.remedy
    office.runs(at(17, 27))  # told for some days; the next ones are sent as ever
    assert office.told == ["2026-11-25", "2026-11-26", "2026-11-27"]
    office.runs(at(23, 27))
    assert office.worker.matters() == []


def test_a_quota_that_is_used_up_waits_an_hour(office: Office) -> None:
    """As long as the server asks for, an hour at most."""
    office.channel.failures = [QuotaUsedUp("Kuota habis.", wait_s=7200)]
    office.runs(at(16.9))
    assert office.told == []
    office.runs(at(17.5))
    assert office.told == ["2026-11-24"]


def test_tries_end(office: Office) -> None:
    """Who reads a report of last week?"""
    office.channel.failures = [TryAgain("Server sibuk.")] * 1_000
    office.runs(at(17))
    office.to = ()
    office.starts()
    office.runs(at(17, 26))
    assert office.mails()[0].state is IntentState.FAILED


def test_what_is_sent_on_a_person_s_word_is_tried_anew_as_long_as_ever(office: Office) -> None:
    """Days after it was given up: a server that is busy at that moment is no end of it."""
    office.channel.failures = [Never("Alamat ditolak.")]
    office.runs(at(17))
    office.now = at(9, 27)
    with office.ledger.begin() as tx:
        tx.office_mails.begin_afresh(office.mails()[0], office.now)
    office.channel.failures = [TryAgain("Server sibuk.")]
    office.worker.mails.send_due()
    assert office.mails()[0].state is IntentState.PLANNED
    office.now += timedelta(hours=2)
    office.worker.mails.send_due()
    assert office.mails()[0].state is IntentState.DELIVERED


def test_a_sheet_that_is_away_is_waited_for_and_then_left_out(office: Office) -> None:
    """The report says that it was; after midnight it is looked at again."""
    office.stock.fail = TryAgain("Google tidak dapat dihubungi.")
    office.runs(at(16) + PATIENCE - REST, REST)
    assert office.told == []
    office.runs(at(17), REST)
    assert office.told == ["2026-11-24"]
    assert "tidak terbaca: Google tidak dapat dihubungi." in office.channel.arrived[0][1].text
    office.stock.fail, office.stock.rows = None, [list(HEADERS.values()), [46350, 7]]
    office.runs(at(1, 25))
    kept = office.kept[date(2026, 11, 24)]
    assert kept.stock is not None
    assert kept.problems == ()
    office.stock.fail = TryAgain("Google tidak dapat dihubungi.")  # and so the next time
    office.runs(at(16, 25) + PATIENCE - REST)
    assert office.told == ["2026-11-24"]


@pytest.mark.parametrize(
    ("fail", "rows"),
    [
        (TryAgain("Google tidak dapat dihubungi."), None),
        (Mendable.one("x", where="tab", found="sheet tidak dibagikan"), None),
        (None, [["Hari", *list(HEADERS.values())[1:]], [46353, 7]]),
    ],
    ids=["away", "not shared", "a header renamed"],
)
def test_what_was_known_of_a_day_outlives_a_tab_that_can_not_be_read(
    office: Office, fail: Exception | None, rows: list[list[Any]] | None
) -> None:
    """The stock, and the days that were missed: after midnight, and by a person's command. The report says what is wrong."""
    office.runs(at(17))
    office.now = at(16, 27)
    office.starts()
    office.stock.rows = [list(HEADERS.values()), [46353, 38310]]
    office.runs(at(17, 27))
    told = office.kept[date(2026, 11, 27)]
    assert told.stock is not None
    assert len(told.missed) == 2
    office.stock.fail, office.stock.rows = fail, rows
    maker = office.worker.maker
    by_hand = maker.make(told.day, at(18, 27), *maker.stock_if_any(told.day))
    assert (by_hand.stock, by_hand.missed) == (told.stock, told.missed)
    office.runs(at(3, 28))
    final = office.kept[told.day]
    assert (final.over, final.stock, final.missed) == (True, told.stock, told.missed)
    assert final.problems
    line = dict(zip(COLUMNS, office.lines.written[told.day], strict=True))
    assert line["Blangko KTP-el"] == 38310


def test_a_stock_that_officers_took_back_is_gone(office: Office) -> None:
    """A tab that can be read has the last word, also where it is empty."""
    office.stock.rows = [list(HEADERS.values()), [46350, 38310]]
    office.runs(at(17))
    office.stock.rows = [list(HEADERS.values())]
    office.runs(at(1, 25))
    final = office.kept[date(2026, 11, 24)]
    assert (final.stock, final.problems) == (None, ('Tab "Stok" belum diisi.',))


def test_a_tab_that_is_missing_is_made(office: Office) -> None:
    """And the report says that it is empty."""
    office.stock.rows = None
    office.runs(at(17))
    assert office.stock.rows == [list(HEADERS.values())]
    assert office.kept[date(2026, 11, 24)].problems == ('Tab "Stok" belum diisi.',)


@pytest.mark.parametrize(
    "error", [TryAgain("Google sibuk."), Mendable.one("x", where="tab", found="Google sibuk.")]
)
def test_a_line_that_can_not_be_written_holds_up_no_email(office: Office, error: Exception) -> None:
    """It is tried again; what came of it meanwhile is told."""
    office.lines.fail = error
    office.runs(at(17))
    assert office.told == ["2026-11-24"]
    [matter] = office.worker.matters()
    assert "Google sibuk." in matter.found
    office.lines.fail = None
    office.runs(at(18))
    assert office.worker.matters() == []


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


def test_a_template_that_can_not_be_printed_leaves_an_email_without_pdf(office: Office) -> None:
    """It says why."""
    office.press.fail = LetterFailed("Template rusak.")
    office.runs(at(17))
    [(_, message)] = office.channel.arrived
    assert message.letter is None
    assert "PDF tidak dapat dibuat: Template rusak." in message.text
    assert "lampiran" not in message.text


def test_who_does_not_serve_the_counter_does_not_report(office: Office) -> None:
    """Another computer does."""
    office.duty.held = False
    office.runs(at(17))
    assert office.kept == {}


def test_why_nothing_may_be_published_is_told(office: Office) -> None:
    """All the time."""
    office.refused = "sheet itu memuat jawaban warga"
    office.starts()
    office.runs(at(9))
    assert [matter.found for matter in office.worker.matters()] == [office.refused]


def test_a_report_that_was_sent_by_hand_is_not_sent_again_at_its_hour(office: Office) -> None:
    """But it is made again: the afternoon belongs to it too."""
    office.now = at(10)
    office.applies(at(9))
    report = office.worker.maker.make(date(2026, 11, 24), office.now, None)
    with office.ledger.begin() as tx:
        tx.reports.keep(report)
        tx.office_mails.plan(About.REPORT, report.day, [HEAD], office.now)
    office.runs(at(12))
    office.applies(at(13))
    office.runs(at(17))
    assert office.told == ["2026-11-24"]
    assert office.kept[report.day].total.received == 2


def test_a_clock_that_was_set_back_keeps_it_from_nothing(office: Office) -> None:
    """A day was lived twice: no second email, and the days after it have theirs."""
    office.runs(at(17, 26))
    before = list(office.told)
    office.now = at(9, 24)
    office.runs(at(17, 26))
    assert office.told == before
    office.runs(at(17, 27))
    assert office.told == [*before, "2026-11-27"]
