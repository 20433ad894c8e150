"""The daily report by email: once a day to each address, also when the power fails between any two steps.

Promise: an email is committed as being sent before it is handed over. One that was interrupted there is asked after;
where nobody can tell whether it went, it is not sent again, and the tab "Loket" says so.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sync.core.board import Matter
from sync.core.dates import format_date
from sync.core.delivery import Channel, Intent, IntentState, Kind, LetterFile, Message
from sync.core.masking import mask_email
from sync.core.mendable import Mendable
from sync.core.outcomes import CannotKnow, Failure, Never, Receipt, TryAgain
from sync.core.report.paper import DAY_TEMPLATE, day_paper
from sync.core.report.report import DayReport
from sync.core.settings import Settings
from sync.delivery.messages import Messages
from sync.ledger.ledger import Ledger
from sync.ledger.reports import Mail
from sync.letter.failed import LetterFailed
from sync.letter.order import LetterOrder

log = logging.getLogger(__name__)

MESSAGE = "reports/harian.txt"
TOLD_FOR = timedelta(days=3)
"""So long the tab "Loket" tells of an email that did not arrive."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
UNKNOWN = "Tidak diketahui apakah laporan sampai."
AGAIN = "Dikirim lagi sendiri. Bila tidak, jalankan: "


class Press(Protocol):
    """letter.press.Letterpress."""

    def make(self, order: LetterOrder) -> bytes: ...


@dataclass(frozen=True)
class ReportMails:
    """`channel` is the one that letters leave by. `patience`: so long an email that is being sent may be in the hands of
    another machine of a cluster, and is not asked after."""

    ledger: Ledger
    channel: Channel
    messages: Messages
    press: Callable[[], Press]
    settings: Settings
    clock: Callable[[], datetime]
    patience: timedelta = timedelta(0)

    def send_due(self) -> None:
        """Asks after those that were interrupted, and sends those whose time has come. Raises what the ledger raises."""
        with self.ledger.reading() as look:
            unsettled = look.reports.unsettled()
        for mail in unsettled:
            if mail.next_try_at is not None and mail.next_try_at > self.clock():
                continue
            if mail.state is IntentState.SENDING:
                self._ask(mail)
            else:
                self._send(mail)

    def matters(self) -> list[Matter]:
        """Those of the last days that did not arrive, as far as anybody knows, for the tab "Loket"."""
        with self.ledger.reading() as look:
            troubled = look.reports.troubled(self.clock() - TOLD_FOR)
        return [_matter(mail) for mail in troubled]

    def _ask(self, mail: Mail) -> None:
        outcome: Receipt | Failure | None
        try:
            outcome = self.channel.happened(_intent(mail))
        except Failure as failure:
            outcome = failure
        except Exception:
            log.exception("report of %s: asking broke", mail.day)
            outcome = CannotKnow(UNKNOWN)
        if outcome is None:  # it certainly did not happen
            self._move(mail, IntentState.PLANNED, next_try_at=None)
        elif isinstance(outcome, TryAgain):
            log.warning("report of %s: not asked yet: %s", mail.day, outcome.detail)
        else:
            self._settle(mail, outcome)

    def _send(self, mail: Mail) -> None:
        with self.ledger.reading() as look:
            report = look.reports.kept(mail.day, mail.day)[mail.day].report
        try:
            message = compose(report, self.messages, self.press, self.settings)
            key = mail.key or self.channel.plan(
                reference=_reference(mail), kind=Kind.LETTER, attempt=mail.series
            )
        except Failure as failure:
            self._settle(mail, failure)
            return
        except Exception as error:  # nothing has left
            log.exception("report of %s: no message", mail.day)
            self._settle(
                mail, TryAgain("Laporan belum dapat disusun.", detail=type(error).__name__)
            )
            return
        until, attempts = self.clock() + self.patience, mail.attempts + 1
        mail = self._move(mail, IntentState.SENDING, key=key, attempts=attempts, next_try_at=until)
        outcome: Receipt | Failure
        try:
            outcome = self.channel.send(_intent(mail), message)
        except Failure as failure:
            outcome = failure
        except Exception:  # a mistake of ours, perhaps after it went
            log.exception("report of %s: sending broke", mail.day)
            outcome = CannotKnow(UNKNOWN)
        self._settle(mail, outcome)

    def _settle(self, mail: Mail, outcome: Receipt | Failure) -> None:
        at = self.clock()
        if isinstance(outcome, Receipt):
            self._move(mail, IntentState.DELIVERED, reason="", settled_at=at, next_try_at=None)
            return
        log.warning("report of %s: %s", mail.day, outcome.detail)
        budget = timedelta(hours=self.settings.worker.retry_for_hours)
        if isinstance(outcome, TryAgain) and at - mail.planned_at < budget:
            until = at + _pause(mail, outcome)
            self._move(mail, IntentState.PLANNED, reason=outcome.reason, next_try_at=until)
            return
        unsure = isinstance(outcome, CannotKnow)
        state = IntentState.UNCERTAIN if unsure else IntentState.FAILED
        self._move(mail, state, reason=outcome.reason, settled_at=at, next_try_at=None)

    def _move(self, mail: Mail, state: IntentState, **columns: Any) -> Mail:
        with self.ledger.begin() as tx:
            return tx.reports.move(mail, state, **columns)


def compose(
    report: DayReport, messages: Messages, press: Callable[[], Press], settings: Settings
) -> Message:
    """The email, with the PDF. Where that can't be printed it goes without, and says why. Raises Never where the text can't
    be put together."""
    context = day_paper(report, settings.office.model_dump()) | {"ada_pdf": False}
    letter: LetterFile | None = None
    try:
        pdf = press().make(order(report, settings))
        name = f"Laporan Harian {report.day.isoformat()}"
        letter = LetterFile("", name, pdf, hashlib.sha256(pdf).hexdigest())
        context["ada_pdf"] = True
    except LetterFailed as failed:
        log.warning("report of %s: no PDF: %s", report.day, failed.detail)
        context["catatan"].append(f"PDF tidak dapat dibuat: {failed}")
    try:
        subject, text, html = messages.compose(Kind.LETTER, context, template=MESSAGE)
    except Mendable as error:
        raise Never(str(error.problems[0]), detail=error.problems[0].name) from error
    return Message(subject, text, html, folder="", letter=letter)


def order(report: DayReport, settings: Settings) -> LetterOrder:
    """The day's report on paper."""
    context = day_paper(report, settings.office.model_dump())
    return LetterOrder(DAY_TEMPLATE, context, context["judul"], (context["hari"],))


def _intent(mail: Mail) -> Intent:
    """The channel's own way of sending; no application's, so the ledger's intents have none."""
    return Intent(
        id=0,
        application_id=0,
        reference=_reference(mail),
        workflow="",
        kind=Kind.LETTER,
        channel="email",
        key=mail.key,
        address=mail.address,
        state=mail.state,
        attempts=mail.attempts,
    )


def _reference(mail: Mail) -> str:
    whose = hashlib.sha256(mail.address.encode()).hexdigest()[:8]
    return f"laporan-{mail.day.isoformat()}-{whose}"


def _pause(mail: Mail, failure: TryAgain) -> timedelta:
    asked = timedelta(seconds=failure.wait_s or 0)
    return min(max(asked, FIRST_PAUSE * (1 << min(mail.attempts, 10))), LONGEST_PAUSE)


def _matter(mail: Mail) -> Matter:
    who = f"Laporan harian {format_date(mail.day)} untuk {mask_email(mail.address)}"
    command = f"python loket.py report --date {mail.day.isoformat()} --send"
    if mail.state is IntentState.PLANNED:
        return Matter(f"{who} belum terkirim. {mail.reason}", AGAIN + command, mail.planned_at)
    if mail.state is IntentState.UNCERTAIN:
        remedy = f"Tanyakan kepada penerimanya. Bila tidak sampai, jalankan: {command}"
        return Matter(f"{who}: {mail.reason}", remedy, mail.planned_at)
    remedy = f"Perbaiki yang disebut, lalu jalankan: {command}"
    return Matter(f"{who} tidak terkirim. {mail.reason}", remedy, mail.planned_at)
