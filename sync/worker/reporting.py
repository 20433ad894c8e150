"""The daily report, kept by the worker: made at its hour, published for the province, handed to the mail.

Promise: each day has one report in the ledger, and an email of it goes out once. A day that was over before Loket ran
again is made up from the ledger and published, without an email of its own: the next email names it. What was made
before its day was over is made again after midnight, so that what the province reads tells of whole days.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Protocol

from sync.core.board import Matter
from sync.core.dates import read_time
from sync.core.mendable import Mendable
from sync.core.outcomes import Failure
from sync.core.report.line import TITLE, Value, cells_of
from sync.core.report.report import DayReport
from sync.core.settings import DailyReport
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About
from sync.worker.errand import REMEDY, Errand, OnDuty
from sync.worker.office_mail import OfficeMails
from sync.worker.report_making import ReportMaker

log = logging.getLogger(__name__)

REST_AFTER_TROUBLE = timedelta(minutes=5)
LOOK_BACK = timedelta(days=31)
PATIENCE = timedelta(minutes=30)
"""So long a report waits for a sheet that can't be read; then it goes without the stock, and says so."""


class LinesTab(Protocol):
    """google.report_tab.ReportTab."""

    def put(self, day: date, cells: Sequence[Value]) -> None: ...


@dataclass(eq=False)
class Reporting(Errand):
    """`lines` is where it is published; None: nowhere, and `refused` says why where it should be. `duty`: only who serves
    the counter reports of it."""

    maker: ReportMaker
    mails: OfficeMails
    settings: DailyReport
    ledger: Ledger
    duty: OnDuty
    clock: Callable[[], datetime]
    lines: LinesTab | None = None
    refused: str = ""
    _quiet_until: datetime | None = None  # nothing is to be made or published before
    _waiting_since: datetime | None = None
    what: ClassVar[str] = "Laporan harian"

    def go(self, at: datetime) -> None:
        if self._quiet_until is None or not self._before(at, self._quiet_until):
            self._quiet_until = self._next(at) if self._make(at) else None
            self.trouble = self._publish(at)
            if self.trouble:
                self._quiet_until = at + REST_AFTER_TROUBLE

    def broke(self, trouble: str) -> None:
        """Told until the next look, which waits for no hour."""
        self.trouble, self._quiet_until = trouble, None

    def matters(self) -> list[Matter]:
        return [*([Matter(self.refused, REMEDY)] if self.refused else []), *super().matters()]

    @property
    def _hour(self) -> time:
        return read_time(self.settings.at)

    def _before(self, at: datetime, until: datetime) -> bool:
        """Also where the clock was set back by days: then nothing is waited for."""
        return until - timedelta(days=1) <= at < until

    def _next(self, at: datetime) -> datetime:
        """The next hour of reports, or the next midnight: then the day's is made once more."""
        local = at.astimezone(self.maker.zone)
        today = datetime.combine(local.date(), self._hour, self.maker.zone)
        midnight = datetime.combine(local.date() + timedelta(days=1), time(), self.maker.zone)
        return today if local < today else midnight

    def _make(self, at: datetime) -> bool:
        """Makes what is due; False while it waits for the sheet."""
        local = at.astimezone(self.maker.zone)
        today = local.date()
        due = today if local.time() >= self._hour else today - timedelta(days=1)
        with self.ledger.reading() as look:
            last = look.reports.last_day()
            kept = look.reports.kept(due - LOOK_BACK, today)
            told = look.office_mails.last_day(About.REPORT, due)
        if last is None and due < today:  # reports begin at the first hour of them
            return True
        first = min(kept, default=due)
        days = [first + timedelta(days=n) for n in range((due - first).days + 1)]
        for day in days:
            if day in kept and not self._again(kept[day].report, at):
                continue
            to: tuple[str, ...] = ()
            missed: tuple[date, ...] = ()
            if day == due and day not in kept and self.settings.to:
                to, missed = self.settings.to, _between(told, day)
            if not self._make_one(day, at, to, missed):
                return False
        return True

    def _again(self, report: DayReport, at: datetime) -> bool:
        """Whether a report of before tells less than there is to tell: it was made before the hour, or before midnight."""
        zone = self.maker.zone
        hour = datetime.combine(report.day, self._hour, zone)
        return not report.over and (
            report.day < at.astimezone(zone).date() or report.made_at < hour <= at
        )

    def _make_one(self, day: date, at: datetime, to: Sequence[str], missed: Sequence[date]) -> bool:
        try:
            stock, problems = self.maker.stock_of(day)
        except (Failure, Mendable):
            self._waiting_since = self._waiting_since or at
            if at - self._waiting_since < PATIENCE:
                return False
            stock, problems = self.maker.stock_if_any(day)
        report = self.maker.make(day, at, stock, problems, missed=missed)
        with self.ledger.begin() as tx:
            tx.reports.keep(report)
            tx.office_mails.plan(About.REPORT, day, to, at)
        self._waiting_since = None
        return True

    def _publish(self, at: datetime) -> str:
        """Writes what was made since into the province's tab; what keeps it from that, for people."""
        if self.lines is None:
            return ""
        with self.ledger.reading() as look:
            kept = look.reports.kept(at.date() - LOOK_BACK, at.date() + timedelta(days=1))
        try:
            for day, one in kept.items():
                if one.to_publish:
                    self.lines.put(day, cells_of(one.report))
                    with self.ledger.begin() as tx:
                        tx.reports.published(day, one.report.made_at)
        except Mendable as error:
            reason = str(error.problems[0])
        except Failure as failure:
            reason = failure.reason
        else:
            return ""
        log.warning("the daily report is not published: %s", reason)
        return f'Tab "{TITLE}" belum dapat ditulis: {reason}'


def _between(told: date | None, day: date) -> tuple[date, ...]:
    """The days that no email tells of."""
    if told is None:
        return ()
    return tuple(told + timedelta(days=n) for n in range(1, (day - told).days))
