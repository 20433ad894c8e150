"""The responsible person is told: once when something is the matter, once when it is over, also across restarts.

Never raises: an alarm that can't be sent or kept must not stop the counter. It is tried again, and stands in the tab
"Loket", in `status` and in the log meanwhile. What an alarm is, and when it is due: core/alarms.py.
"""

import logging
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sync.core.alarms import Alarm, Condition, judge
from sync.core.board import Quota, zoned_text
from sync.core.delivery import CHAT_CHANNELS, Channel, Intent, Kind, Message
from sync.core.outcomes import CannotKnow
from sync.core.settings import Settings
from sync.delivery.messages import Messages
from sync.ledger.ledger import Ledger, Transaction
from sync.worker.cycle import CycleReport
from sync.worker.duty import Duty
from sync.worker.exposure import Exposure

log = logging.getLogger(__name__)

TELL_AGAIN_AFTER = timedelta(minutes=5)
"""After a message that did not go out."""
ALARM_AT, OVER_BELOW = 90, 80
"""Percent of the mail quota: apart, so that one letter more or less rings no bell."""
LEAST_FREE_BYTES = 200_000_000
POISONED = 3
"""So many letters in a row that could not be made are the template's fault, not an answer's."""


BEGUN, OVER = "messages/alarm.txt", "messages/recovered.txt"


@dataclass(eq=False)
class Alarms:
    """`channel` is the one that letters leave by."""

    ledger: Ledger
    channel: Channel
    messages: Messages
    settings: Settings
    data: Path
    clock: Callable[[], datetime]
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    exposure: Exposure | None = None
    _known: dict[str, Alarm] | None = None
    _tried_at: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def look(
        self, reports: Sequence[CycleReport], duties: Iterable[Duty], workflows: Sequence[str]
    ) -> None:
        """After a round: what is the matter now, and whom to tell."""
        try:
            conditions = [*self._conditions(reports, list(duties), workflows)]
        except Exception:
            log.exception("alarms: the counter could not be looked at whole")
            conditions = [*_troubled(reports, self._patience)]
        try:
            self._follow(conditions)
        except Exception:
            log.exception("alarms: nobody was told")

    def on(self) -> list[Alarm]:
        """The alarms that have begun, also those that were not told yet; the oldest first."""
        return sorted(self._all().values(), key=lambda alarm: alarm.since)

    def quota(self) -> Quota:
        with self.ledger.reading() as look:
            used = look.intents.sent_in_a_day("email", self.clock())
        return Quota(used, self.settings.mail.per_day)

    @property
    def _patience(self) -> timedelta:
        return timedelta(minutes=self.settings.worker.alarm_after_min)

    def _conditions(
        self, reports: Sequence[CycleReport], duties: Sequence[Duty], workflows: Sequence[str]
    ) -> Iterable[Condition]:
        lost = {name for duty in duties if duty.lost for name in duty.workflows}
        yield from _troubled([one for one in reports if one.workflow not in lost], self._patience)
        for duty in duties:
            if duty.lost:
                yield Condition(f"lease {duty.spreadsheet_id}", _sentence(str(duty.lost)))
            elif duty.trouble:
                yield Condition(f"tab {duty.spreadsheet_id}", duty.trouble, self._patience)
            yield from self._open_to_anyone(duty)
        with self.ledger.reading() as look:
            for name in workflows:
                overdue = look.standing.overdue(name, self.clock() - self._patience)
                if overdue:
                    reason = f"{overdue.count} surat belum terkirim. {overdue.reason}".strip()
                    yield Condition(f"delivery {name}", reason)
                unmade = look.standing.unmade(name)
                if len(unmade) >= POISONED:
                    reason = f"{len(unmade)} surat berturut-turut tidak dapat dibuat. {unmade[0]}"
                    yield Condition(f"letters {name}", reason)
            for channel, name in CHAT_CHANNELS.items():
                stuck = look.chat.stuck(channel, self.clock() - self._patience)
                if stuck:
                    reason = f"{len(stuck)} pemberitahuan belum terkirim. {stuck[0]}"
                    yield Condition(f"chat {name}", reason)
        quota = self.quota()
        rings = "quota email" in self._all()
        if quota.percent >= (OVER_BELOW if rings else ALARM_AT):
            yield Condition("quota email", f"Terpakai {quota} dalam 24 jam terakhir.")
        if self.free_bytes(self.data) < LEAST_FREE_BYTES:
            yield Condition("disk", "Ruang yang tersisa kurang dari 200 MB.")

    def _open_to_anyone(self, duty: Duty) -> Iterable[Condition]:
        """An alarm that is on stays so until Google says otherwise, also where another worker asks by now."""
        subject = f"public {duty.spreadsheet_id}"
        on = self._all().get(subject)
        found = on.reason if on else ""
        if self.exposure is not None and duty.held:
            found = self.exposure.of(duty.spreadsheet_id, found)
        if found:
            yield Condition(subject, found)

    def _follow(self, conditions: Sequence[Condition]) -> None:
        at = self.clock()
        judgement = judge(self._all(), conditions, at)
        for alarm in judgement.changed:
            self._keep(alarm)
        for alarm in judgement.to_tell:
            if self._tell(alarm, BEGUN, at):
                self._keep(replace(alarm, told_at=at))
        for alarm in judgement.over:
            # One that nobody was told of needs no all-clear.
            if alarm.told_at is None or self._tell(alarm, OVER, at):
                self._forget(alarm.subject)

    def read_again(self) -> None:
        """Another member of the cluster may have told, or ended, an alarm meanwhile."""
        self._known = None

    def _all(self) -> dict[str, Alarm]:
        if self._known is None:
            with self.ledger.reading() as look:
                self._known = look.alarms.all()
        return self._known

    def _commit(self, act: Callable[[Transaction], None]) -> None:
        """Memory knows already: where the ledger is the trouble, this process still tells once."""
        try:
            with self.ledger.begin() as tx:
                act(tx)
        except Exception:
            log.exception("alarms: not kept")

    def _keep(self, alarm: Alarm) -> None:
        self._all()[alarm.subject] = alarm
        self._commit(lambda tx: tx.alarms.keep(alarm))

    def _forget(self, subject: str) -> None:
        self._all().pop(subject, None)
        for template in (BEGUN, OVER):
            self._tried_at.pop((template, subject), None)
        self._commit(lambda tx: tx.alarms.forget(subject))

    def _tell(self, alarm: Alarm, template: str, at: datetime) -> bool:
        """Whether it went out, as far as anybody knows. Not tried again at once."""
        key = (template, alarm.subject)
        tried_at = self._tried_at.get(key)
        if tried_at is not None and at - tried_at < TELL_AGAIN_AFTER:
            return False
        self._tried_at[key] = at
        to = self.settings.office.responsible or self.settings.office.email
        if not to:
            return False
        try:
            reference = f"peringatan-{at:%Y%m%d%H%M%S}-{alarm.subject.partition(' ')[0]}"
            self.channel.send(self._intent(reference, to), self._message(alarm, template, at))
        except CannotKnow:
            pass  # a second one might be one too many, and is no catastrophe either way
        except Exception as error:
            log.warning("alarm %s: not sent: %s", alarm.subject, type(error).__name__)
            return False
        log.warning("alarm %s: %s told", alarm.subject, template)
        return True

    def _intent(self, reference: str, to: str) -> Intent:
        key = self.channel.plan(reference=reference, kind=Kind.MEND, attempt=1)
        return Intent.of_office(reference, Kind.MEND, self.channel.name, key, to)

    def _message(self, alarm: Alarm, template: str, at: datetime) -> Message:
        timezone = ZoneInfo(self.settings.office.timezone)
        context = {
            "judul_layanan": "Loket",
            "kantor": self.settings.office.model_dump(),
            "hal": alarm.title,
            "masalah": [alarm.reason],
            "yang_dilakukan": alarm.remedy,
            "sejak": zoned_text(alarm.since, timezone),
            "sekarang": zoned_text(at, timezone),
        }
        try:
            subject, text, html = self.messages.compose(Kind.MEND, context, template=template)
        except Exception as error:  # the office's own template is broken: the facts alone will do
            log.warning("alarm %s: %s: %s", alarm.subject, template, type(error).__name__)
            subject = f"Loket: {alarm.title}"
            text = f"{alarm.title} (sejak {context['sejak']})\n\n{alarm.reason}\n\n{alarm.remedy}\n"
            html = ""
        return Message(subject, text, html, folder="")


def _troubled(reports: Sequence[CycleReport], patience: timedelta) -> Iterable[Condition]:
    """Workflows whose cycle did not succeed. What may not pass by itself is told in its row or in `check`."""
    for report in reports:
        if report.again:
            yield Condition(f"cycle {report.workflow}", _sentence(report.trouble), patience)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
