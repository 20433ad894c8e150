"""What the tab "Loket" says of problems, for the dashboard: read from the ledger, as far as it stands there."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sync.core.alarms import REMEDIES
from sync.core.board import Matter, zoned_text
from sync.core.lease import read_lease
from sync.core.masking import mask_numbers
from sync.core.workflow.model import Workflow
from sync.ledger.ledger import Transaction
from sync.web.dashboard.house import Office

NOT_RUNNING = (
    "Periksa komputer itu: Loket harus berjalan di sana. Tidak ada permohonan yang hilang."
)
UNREAD = "Jalankan python loket.py check di komputer Loket."


def problems(look: Transaction, office: Office, at: datetime) -> list[Matter]:
    """The gravest first, each once, however many services it concerns."""
    found = (*_silence(look, office, at), *_told(look, office), *_unread(office))
    masked = (Matter(mask_numbers(one.found), mask_numbers(one.remedy), one.since) for one in found)
    return [*dict.fromkeys(masked)]


def last_seen(look: Transaction, office: Office) -> tuple[datetime | None, str]:
    """(when, the computer) of the workflow that was looked at longest ago; None: one never was."""
    seen = [_seen(look, workflow) for workflow in office.workflows]
    return min(seen, key=lambda one: (one[0] is not None, one), default=(None, ""))


def _seen(look: Transaction, workflow: Workflow) -> tuple[datetime | None, str]:
    lease, memory = read_lease(look.desks.lease(workflow.sheet)), look.desks.of(workflow.name)
    moments = [memory.cycle_at] if memory else []
    if lease:
        moments.append(lease.last_seen)
    return max(moments, default=None), lease.holder.computer if lease else ""


def _silence(look: Transaction, office: Office, at: datetime) -> Iterator[Matter]:
    seen, computer = last_seen(look, office)
    patience = timedelta(minutes=office.settings.worker.alarm_after_min)
    if seen is not None and at - seen > patience:
        where = f" di komputer {computer}" if computer else ""
        told = f"Loket tidak berjalan{where}: terakhir terlihat {zoned_text(seen, office.zone)}."
        yield Matter(told, NOT_RUNNING, seen)


def _told(look: Transaction, office: Office) -> Iterator[Matter]:
    alarms = look.alarms.all()
    for workflow in office.workflows:
        alarm, memory = alarms.get(f"cycle {workflow.name}"), look.desks.of(workflow.name)
        if memory and memory.trouble:
            yield Matter(memory.trouble, REMEDIES["cycle"], alarm.since if alarm else None)
    for alarm in alarms.values():
        if not alarm.subject.startswith("cycle "):
            title = f"{alarm.title[:1].upper()}{alarm.title[1:]}"
            yield Matter(f"{title}. {alarm.reason}", alarm.remedy, alarm.since)


def _unread(office: Office) -> Iterator[Matter]:
    for told in office.unread:
        yield Matter(told, UNREAD)
