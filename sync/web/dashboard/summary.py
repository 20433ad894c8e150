"""The dashboard's first page: today, what waits, who waits longest, how long letters take, and what is the matter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.core.board import Quota
from sync.core.dashboard.figures import (
    Day,
    Figure,
    Group,
    Speed,
    late,
    speed,
    waiting,
    waiting_lines,
    with_applicants,
)
from sync.core.dashboard.wanted import ENDED, Wanted, Which, age_midnights
from sync.core.states import LABELS, WITH_OFFICE, State
from sync.ledger.ledger import Transaction
from sync.ledger.waiting import InState
from sync.web.dashboard.house import House, Office, asked
from sync.web.dashboard.lines import shown
from sync.web.dashboard.problems import last_seen, problems

LONGEST_WAITING = 5
_COUNTED = (*WITH_OFFICE, State.NEEDS_FIXING)


@dataclass(frozen=True, slots=True)
class Service:
    """`promised_days` None: nothing is promised. `speed` of the last days; None: no letter went out."""

    title: str
    waiting: Figure
    late: Figure
    promised_days: int | None
    delivered: Figure
    speed: Speed | None


@dataclass(frozen=True, slots=True)
class Channel:
    """What went out over it within 24 hours, and may."""

    name: str
    quota: Quota
    wanted: Wanted


def groups_of(look: Transaction, office: Office, at: datetime) -> list[Group]:
    today = office.today(at)
    midnights = age_midnights(today, office.zone)
    return look.waiting.groups(_COUNTED, midnights, office.late(today))


def summary(
    house: House, office: Office, days: Sequence[Day], at: datetime, *, head: bool
) -> dict[str, Any]:
    """What the template is given; `head`: with what only the head of office sees. Raises LedgerTrouble."""
    with house.ledger.reading() as look:
        groups = groups_of(look, office, at)
        gone = asked(Wanted(Which.ROW_GONE), office, at)
        longest = look.waiting.lines(InState(_COUNTED[:-1]), limit=LONGEST_WAITING)
        seen, computer = last_seen(look, office)
        return {
            "sekarang": at.astimezone(office.zone),
            "hari_ini": [*_today(days[-1])],
            "menunggu": waiting_lines(groups),
            "lewat": late(groups),
            "pemohon": with_applicants(groups),
            "terlama": shown(longest, look, office, at),
            "layanan": [*_services(groups, days, office)],
            "hari": days,
            "masalah": problems(look, office, at),
            "baris_hilang": Figure(look.waiting.count(gone), Wanted(Which.ROW_GONE)),
            "kanal": [*_channels(look, office, at)] if head else [],
            "kepala": head,
            "terlihat": seen,
            "komputer": computer,
        }


def _today(day: Day) -> Iterator[tuple[str, Figure]]:
    yield "Diterima", day.all_received
    for which, state in ENDED.items():
        figure = day.ended(which, state)
        if figure.count or which is not Which.CANCELLED:
            yield LABELS[state], figure


def _services(groups: Sequence[Group], days: Sequence[Day], office: Office) -> Iterator[Service]:
    """Those that are offered; those whose file is gone follow, where somebody waits."""
    waits = {group.workflow for group in groups if group.which is not Which.NEEDS_FIXING}
    for name in dict.fromkeys([*office.titles, *sorted(waits)]):
        workflow = office.by_name.get(name)
        wanted = Wanted(Which.DELIVERED, service=name, days=(days[0].day, days[-1].day))
        fast = speed(days, name)
        yield Service(
            title=workflow.title if workflow else name,
            waiting=waiting(groups, name),
            late=late(groups, name),
            promised_days=workflow.promised_days if workflow else None,
            delivered=Figure(fast.count if fast else 0, wanted),
            speed=fast,
        )


def _channels(look: Transaction, office: Office, at: datetime) -> Iterator[Channel]:
    """Email, and what the services tell applicants by."""
    settings, told = office.settings, {"email"}
    told |= {channel for workflow in office.workflows for channel in workflow.deliver}
    for which, name, per_day in (
        (Which.EMAIL, "Email", settings.mail.per_day),
        (Which.WHATSAPP, "WhatsApp", settings.whatsapp.per_day),
        (Which.SMS, "SMS", settings.sms.per_day),
    ):
        if which.value in told:
            used = look.intents.sent_in_a_day(which.value, at)
            yield Channel(name, Quota(used, per_day), Wanted(which))
