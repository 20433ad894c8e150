"""An office's day in figures: what came, what ended, and how long the rest has waited.

Promise: every application is counted once. It ends once, with its first letter delivered, its rejection or its
cancellation; a letter sent again is no second end. So what is open in the evening is what was open in the morning,
and what came, less what ended.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import add
from zoneinfo import ZoneInfo

from sync.core.promise import late_before
from sync.core.states import State

ENDS = (State.DELIVERED, State.REJECTED, State.CANCELLED)
AGES = ("0–1 hari", "2–3 hari", "4–7 hari", "lebih dari 7 hari")
"""How long an application has waited, in days of the calendar; the office's own day counts as 0."""
LONGEST = (1, 3, 7)


@dataclass(frozen=True, slots=True)
class Move:
    """`recovered`: read from the sheet after the ledger was lost; nobody knows when it happened."""

    at: datetime
    was: State
    then: State
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """One application. `state` is today's; `moves` the oldest first."""

    workflow: str
    received_at: datetime
    state: State
    moves: tuple[Move, ...] = ()

    @property
    def end(self) -> Move | None:
        return next((move for move in self.moves if move.then in ENDS), None)

    def state_at(self, moment: datetime) -> State:
        before = [move for move in self.moves if move.at < moment]
        if before:
            return before[-1].then
        return self.moves[0].was if self.moves else self.state

    def open_at(self, moment: datetime) -> bool:
        ended = self.end is not None and self.end.at < moment
        return self.received_at < moment and not ended


@dataclass(frozen=True, slots=True)
class Figures:
    """`mending`: applicants asked to mend that day. `waiting` for the office in the evening, by AGES; `overdue` of them
    longer than promised; `with_applicant` wait for their applicants."""

    received: int = 0
    delivered: int = 0
    rejected: int = 0
    cancelled: int = 0
    mending: int = 0
    waiting: tuple[int, int, int, int] = (0, 0, 0, 0)
    overdue: int = 0
    with_applicant: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        numbers = {f.name: (getattr(self, f.name), getattr(other, f.name)) for f in fields(Figures)}
        mine, theirs = numbers.pop("waiting")
        ages = tuple(map(add, mine, theirs))
        return Figures(**{name: a + b for name, (a, b) in numbers.items()}, waiting=ages)

    @property
    def all_waiting(self) -> int:
        return sum(self.waiting)


@dataclass(frozen=True, slots=True)
class Service:
    """A workflow that can be applied for. `promised_days` None: nothing is promised."""

    name: str
    title: str
    promised_days: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceDay:
    workflow: str
    title: str
    figures: Figures


def window(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The office's day: from its midnight to the next."""
    start, end = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    return start, end


def figures_of(
    histories: Iterable[History],
    day: date,
    at: datetime,
    zone: ZoneInfo,
    promised_days: int | None = None,
) -> Figures:
    """The day as it was at its end, or is at the moment `at` where it is not over."""
    _, end = window(day, zone)
    until = min(end, at)
    counted = (
        _one(history, day, until, zone, promised_days)
        for history in histories
        if not (history.end and history.end.recovered)
    )
    return reduce(add, counted, Figures())


def services_of(
    histories: Sequence[History],
    services: Sequence[Service],
    day: date,
    at: datetime,
    zone: ZoneInfo,
) -> tuple[ServiceDay, ...]:
    """Each service's figures; those whose file is gone follow, where they have any."""
    by_name: dict[str, list[History]] = {service.name: [] for service in services}
    for history in histories:
        by_name.setdefault(history.workflow, []).append(history)
    known: Mapping[str, Service] = {service.name: service for service in services}
    found = []
    for name, own in by_name.items():
        service = known.get(name) or Service(name, name)
        figures = figures_of(own, day, at, zone, service.promised_days)
        if name in known or figures != Figures():
            found.append(ServiceDay(name, service.title, figures))
    return tuple(found)


def total(services: Iterable[ServiceDay]) -> Figures:
    return reduce(add, (service.figures for service in services), Figures())


def _one(
    history: History, day: date, until: datetime, zone: ZoneInfo, promised_days: int | None
) -> Figures:
    start, _ = window(day, zone)
    ended = history.end.then if history.end and start <= history.end.at < until else None
    asked = any(
        move.then is State.NEEDS_FIXING and start <= move.at < until for move in history.moves
    )
    still_open = history.open_at(until)
    with_applicant = still_open and history.state_at(until) is State.NEEDS_FIXING
    age = (day - history.received_at.astimezone(zone).date()).days
    late = promised_days is not None and history.received_at < late_before(day, promised_days, zone)
    place = sum(age > longest for longest in LONGEST) if still_open and not with_applicant else -1
    ages = tuple(int(place == each) for each in range(len(AGES)))
    return Figures(
        received=int(start <= history.received_at < until),
        delivered=int(ended is State.DELIVERED),
        rejected=int(ended is State.REJECTED),
        cancelled=int(ended is State.CANCELLED),
        mending=int(asked),
        waiting=ages,  # type: ignore[arg-type] # as many as there are AGES
        overdue=int(place >= 0 and late),
        with_applicant=int(with_applicant),
    )
