"""The daily report as an email: its text, and the report beside it as PDF."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Protocol

from sync.core.dates import format_date
from sync.core.delivery import IntentState, LetterFile, Message
from sync.core.report.paper import DAY_TEMPLATE, day_paper
from sync.core.report.report import DayReport
from sync.core.settings import Settings
from sync.delivery.messages import Messages
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About, Mail
from sync.letter.failed import LetterFailed
from sync.letter.order import LetterOrder
from sync.worker.office_mail import composed

log = logging.getLogger(__name__)

MESSAGE = "reports/harian.txt"
_REMEDIES = {
    IntentState.PLANNED: "Dikirim lagi sendiri. Bila tidak, jalankan: ",
    IntentState.UNCERTAIN: "Tanyakan kepada penerimanya. Bila tidak sampai, jalankan: ",
    IntentState.FAILED: "Perbaiki yang disebut, lalu jalankan: ",
}


class Press(Protocol):
    """letter.press.Letterpress."""

    def make(self, order: LetterOrder) -> bytes: ...


@dataclass(frozen=True)
class ReportPaper:
    ledger: Ledger
    messages: Messages
    press: Callable[[], Press]
    settings: Settings
    about: ClassVar[About] = About.REPORT
    name: ClassVar[str] = "laporan"
    told_for: ClassVar[timedelta] = timedelta(days=3)

    def compose(self, day: date) -> Message:
        """With the PDF. Where that can't be printed the email goes without, and says why."""
        with self.ledger.reading() as look:
            report = look.reports.kept(day, day)[day].report
        context = day_paper(report, self.settings.office.model_dump()) | {"ada_pdf": False}
        letter: LetterFile | None = None
        try:
            pdf = self.press().make(order(report, self.settings))
            name = f"Laporan Harian {day.isoformat()}"
            letter = LetterFile("", name, pdf, hashlib.sha256(pdf).hexdigest())
            context["ada_pdf"] = True
        except LetterFailed as failed:
            log.warning("report of %s: no PDF: %s", day, failed.detail)
            context["catatan"].append(f"PDF tidak dapat dibuat: {failed}")
        return composed(self.messages, MESSAGE, context, letter)

    def title(self, day: date) -> str:
        return f"Laporan harian {format_date(day)}"

    def remedy(self, mail: Mail) -> str:
        command = f"python loket.py report --date {mail.day.isoformat()} --send"
        return _REMEDIES[mail.state] + command


def order(report: DayReport, settings: Settings) -> LetterOrder:
    """The day's report on paper."""
    context = day_paper(report, settings.office.model_dump())
    return LetterOrder(DAY_TEMPLATE, context, context["judul"], (context["hari"],))
