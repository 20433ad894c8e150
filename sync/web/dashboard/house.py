"""What the dashboard works with, and what it knows of the office."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sync.core.dashboard.wanted import (
    ENDED,
    SENT,
    STANDING,
    Wanted,
    Which,
    age_bounds,
)
from sync.core.promise import late_before
from sync.core.settings import Settings
from sync.core.workflow.model import Workflow
from sync.ledger.ledger import Ledger
from sync.ledger.waiting import Asked, Happened, InState, Sent
from sync.web.dashboard.province import ProvinceTable


@dataclass(frozen=True)
class Office:
    """As its files say now. `unread`: what is the matter with those that can't be read."""

    settings: Settings
    workflows: Sequence[Workflow]
    unread: Sequence[str] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.office.timezone)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        return {workflow.name: workflow.title for workflow in self.workflows}

    @cached_property
    def by_name(self) -> Mapping[str, Workflow]:
        return {workflow.name: workflow for workflow in self.workflows}

    def today(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def late(self, day: date) -> dict[str, datetime]:
        """By service: who came before waits longer on that day than promised."""
        return {
            workflow.name: late_before(day, workflow.promised_days, self.zone)
            for workflow in self.workflows
            if workflow.promised_days
        }


@dataclass(frozen=True)
class House:
    """`clock` gives aware moments. `province`: where this office keeps the table of regencies."""

    ledger: Ledger
    office: Callable[[], Office]
    clock: Callable[[], datetime]
    province: ProvinceTable


def asked(wanted: Wanted, office: Office, at: datetime) -> Asked:
    """What the ledger is asked for a list."""
    day, which = office.today(at), wanted.which
    if which in SENT:
        return Sent(which.value, at - timedelta(days=1))
    if wanted.days:
        first, last = wanted.days
        since, until = late_before(first, 0, office.zone), late_before(last, -1, office.zone)
        return Happened(since, until, ENDED.get(which))
    no_age = (None, None)
    came_from, came_before = (
        no_age if wanted.age is None else age_bounds(wanted.age, day, office.zone)
    )
    return InState(
        STANDING[which],
        queued={Which.QUEUED: True, Which.DELIVERING: False}.get(which),
        came_from=came_from,
        came_before=came_before,
        late=office.late(day) if which is Which.LATE else None,
        row_gone=which is Which.ROW_GONE,
    )
