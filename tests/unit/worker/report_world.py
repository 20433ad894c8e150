"""An office that reports every day, with mail, press and both tabs in memory: what a test of the report says and looks at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync.core.report.report import DayReport
from sync.core.report.stock import HEADERS
from sync.core.settings import DailyReport, Settings
from sync.core.workflow.model import Applicant, Letter, Workflow
from sync.delivery.messages import Messages
from sync.ledger.applications import Arrival
from sync.ledger.engine import sqlite_url
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About, Mail
from sync.letter.failed import LetterFailed
from sync.letter.order import LetterOrder
from sync.worker.office_mail import OfficeMails
from sync.worker.report_mail import ReportPaper
from sync.worker.report_making import ReportMaker
from sync.worker.reporting import Reporting
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


@pytest.fixture(name="office")
def reporting_office(tmp_path: Path) -> Iterator[Office]:
    ledger = Ledger.open(sqlite_url(tmp_path / "ledger.sqlite3"))
    office = Office(ledger)
    office.starts()
    yield office
    ledger.close()
