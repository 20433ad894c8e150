"""The reminder, once a day from its hour on: who is told, and what the email says.

Promise: it tells what is late in the moment that it is sent, and nobody is written to where nothing is. One that could not
leave before the day was over is left: the next day has its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from sync.core.dates import format_date, read_time
from sync.core.delivery import IntentState, Message
from sync.core.projection import label_of
from sync.core.promise import late_before
from sync.core.reminder import SHOWN, TEMPLATE, Late, LateService, reminder
from sync.core.settings import Office
from sync.core.states import WITH_OFFICE
from sync.core.workflow.model import Workflow
from sync.delivery.messages import Messages
from sync.ledger.ledger import Ledger
from sync.ledger.office_mails import About, Mail
from sync.ledger.waiting import InState
from sync.worker.errand import Errand, OnDuty
from sync.worker.office_mail import OfficeMails, composed

_TOMORROW = "Pengingat berikutnya dikirim besok."
_REMEDIES = {
    IntentState.PLANNED: "Dikirim lagi sendiri sampai akhir hari.",
    IntentState.UNCERTAIN: f"Tanyakan kepada penerimanya. {_TOMORROW}",
    IntentState.FAILED: f"Perbaiki yang disebut: dashboard.reminder_to atau mail di settings.yaml. {_TOMORROW}",
}


@dataclass(frozen=True)
class ReminderPaper:
    """`dashboard`: the list of what is late; "": there is none to be linked."""

    ledger: Ledger
    messages: Messages
    workflows: Sequence[Workflow]
    office: Office
    clock: Callable[[], datetime]
    dashboard: str = ""
    about: ClassVar[About] = About.REMINDER
    name: ClassVar[str] = "pengingat"
    told_for: ClassVar[timedelta] = timedelta(days=1)

    def compose(self, day: date) -> Message | None:
        zone = ZoneInfo(self.office.timezone)
        if day != self.clock().astimezone(zone).date():
            return None
        late = [*self._late(day, zone)]
        if not late:
            return None
        context = reminder(late, day, zone, self.office.model_dump())
        return composed(self.messages, TEMPLATE, context | {"tautan": self.dashboard})

    def title(self, day: date) -> str:
        return f"Pengingat {format_date(day)}"

    def remedy(self, mail: Mail) -> str:
        return _REMEDIES[mail.state]

    def _late(self, day: date, zone: ZoneInfo) -> Iterator[LateService]:
        for workflow in self.workflows:
            days, name = workflow.promised_days, workflow.name
            if days is None:
                continue
            asked = InState(WITH_OFFICE, came_before=late_before(day, days, zone))
            with self.ledger.reading() as look:
                count = look.waiting.count(asked, name)
                lines = look.waiting.lines(asked, name, limit=SHOWN) if count else []
                tab = look.waiting.tab(name)
            if not count:
                continue
            longest = [
                Late(
                    one.reference, one.received_at, label_of(one.state, queued=one.queued), one.row
                )
                for one in lines
            ]
            yield LateService(workflow.title, workflow.sheet, tab, days, count, tuple(longest))


@dataclass(eq=False)
class Reminding(Errand):
    """`at` is the office's time, `to` who is told."""

    mails: OfficeMails
    at: str
    to: Sequence[str]
    zone: ZoneInfo
    ledger: Ledger
    duty: OnDuty
    clock: Callable[[], datetime]
    what: ClassVar[str] = "Pengingat"
    _planned: date | None = None

    def go(self, at: datetime) -> None:
        local = at.astimezone(self.zone)
        if local.time() >= read_time(self.at) and self._planned != local.date():
            with self.ledger.begin() as tx:
                tx.office_mails.plan(About.REMINDER, local.date(), self.to, at)
            self._planned = local.date()
        self.trouble = ""
