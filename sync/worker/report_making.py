"""Making an office's daily report: what the ledger counts, and what officers entered in the tab "Stok"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sync.core.mendable import Mendable
from sync.core.outcomes import Failure
from sync.core.report.day import Service, services_of, total, window
from sync.core.report.report import DayReport
from sync.core.report.stock import TITLE, Rows, Stock, read_stock
from sync.core.workflow.model import Workflow
from sync.ledger.ledger import Ledger

EMPTY = f'Tab "{TITLE}" belum diisi.'


class StockTab(Protocol):
    """google.report_tab.ReportTab."""

    def ensure(self) -> bool: ...
    def read(self) -> Rows | None: ...


@dataclass(frozen=True)
class ReportMaker:
    """`stock` gives the tab "Stok"; None: the office has none."""

    ledger: Ledger
    workflows: Sequence[Workflow]
    office: str
    zone: ZoneInfo
    stock: Callable[[], StockTab] | None = None

    def stock_of(self, day: date) -> tuple[Stock | None, tuple[str, ...]]:
        """What was counted last, and what is the matter with it. Raises Failure and Mendable where nobody can look."""
        if self.stock is None:
            return None, ()
        tab = self.stock()
        rows = tab.read()
        if rows is None:
            tab.ensure()
            return None, (EMPTY,)
        stock, problems = read_stock(rows, day)
        told = tuple(str(problem) for problem in problems)
        return stock, told or (() if stock else (EMPTY,))

    def stock_if_any(self, day: date) -> tuple[Stock | None, tuple[str, ...]]:
        """Never raises for what happens outside: then the stock is unknown, and the sentence says why."""
        try:
            return self.stock_of(day)
        except Mendable as error:
            reason = error.problems[0].found
        except Failure as failure:
            reason = failure.reason
        return None, (f'Tab "{TITLE}" tidak terbaca: {reason}',)

    def make(
        self,
        day: date,
        at: datetime,
        stock: Stock | None,
        problems: Sequence[str] = (),
        *,
        missed: Sequence[date] = (),
    ) -> DayReport:
        """Made again, it still tells the stock that was read before where the tab can't be read now, and what was missed.
        Raises what the ledger raises."""
        yesterday = day - timedelta(days=1)
        (since, _), (_, end) = window(yesterday, self.zone), window(day, self.zone)
        with self.ledger.reading() as look:
            histories = look.reports.histories(since, end)
            kept = look.reports.kept(day, day).get(day)
        if kept is not None:
            missed = missed or kept.report.missed
            if EMPTY not in problems:  # officers may take back what they entered
                stock = stock or kept.report.stock
        services = [Service(one.name, one.title, one.promised_days) for one in self.workflows]
        return DayReport(
            day=day,
            office=self.office,
            timezone=self.zone.key,
            made_at=at,
            over=at >= end,
            services=services_of(histories, services, day, at, self.zone),
            before=total(services_of(histories, services, yesterday, at, self.zone)),
            stock=stock,
            missed=tuple(missed),
            problems=tuple(problems),
        )
