"""The dashboard's figures, from what the ledger counted: who waits and for how long, what each day brought, how long a
letter takes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from sync.core.dashboard.wanted import BY_STATE, Wanted, Which
from sync.core.report.day import AGES
from sync.core.states import State

SHOWN_STATES = (
    Which.IN_REVIEW,
    Which.UNCERTAIN,
    Which.FAILED,
    Which.RECEIVED,
    Which.APPROVED,
    Which.DELIVERING,
    Which.QUEUED,
)
"""Those that want a person first."""


@dataclass(frozen=True, slots=True)
class Group:
    """So many applications that are alike. `age` is an index of AGES."""

    workflow: str
    state: State
    queued: bool
    age: int
    late: bool
    count: int

    @property
    def which(self) -> Which:
        if self.state is State.DELIVERING and self.queued:
            return Which.QUEUED
        return BY_STATE.get(self.state, Which.NEEDS_FIXING)


@dataclass(frozen=True, slots=True)
class End:
    """An application's first end."""

    workflow: str
    received_at: datetime
    at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the list behind it."""

    count: int
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Of one state or of all: how many of each age, and together."""

    title: str
    ages: tuple[Figure, ...]
    total: Figure


def waiting_lines(groups: Sequence[Group]) -> tuple[WaitingLine, ...]:
    """Who waits for the office: the states that somebody waits in, and all of them last. One that is sent again waits too:
    somebody has to see to it; the daily report counted it when it ended."""
    counts: Counter[tuple[Which, int]] = Counter()
    for group in groups:
        if group.which is not Which.NEEDS_FIXING:
            counts[group.which, group.age] += group.count
            counts[Which.WAITING, group.age] += group.count
    lines = (_line(which, counts) for which in SHOWN_STATES)
    return (*(line for line in lines if line.total.count), _line(Which.WAITING, counts))


def _line(which: Which, counts: Mapping[tuple[Which, int], int]) -> WaitingLine:
    ages = tuple(
        Figure(counts.get((which, age), 0), Wanted(which, age)) for age in range(len(AGES))
    )
    total = Figure(sum(figure.count for figure in ages), Wanted(which))
    return WaitingLine(Wanted(which).title({}), ages, total)


def late(groups: Iterable[Group], service: str = "") -> Figure:
    """Who waits longer than promised."""
    found = (one.count for one in _with_office(groups, service) if one.late)
    return Figure(sum(found), Wanted(Which.LATE, service=service))


def waiting(groups: Iterable[Group], service: str) -> Figure:
    found = (one.count for one in _with_office(groups, service))
    return Figure(sum(found), Wanted(Which.WAITING, service=service))


def with_applicants(groups: Iterable[Group]) -> Figure:
    found = (one.count for one in groups if one.which is Which.NEEDS_FIXING)
    return Figure(sum(found), Wanted(Which.NEEDS_FIXING))


def _with_office(groups: Iterable[Group], service: str) -> Iterable[Group]:
    return (
        one
        for one in groups
        if one.which is not Which.NEEDS_FIXING and service in ("", one.workflow)
    )


@dataclass(frozen=True, slots=True)
class Day:
    """What one day of the office brought, by service. `took`: from the application to its first letter."""

    day: date
    received: Mapping[str, int]
    ends: Mapping[State, int]
    took: Mapping[str, tuple[timedelta, ...]] = field(default_factory=dict)

    @property
    def all_received(self) -> Figure:
        wanted = Wanted(Which.CAME, days=(self.day, self.day))
        return Figure(sum(self.received.values()), wanted)

    def ended(self, which: Which, state: State) -> Figure:
        return Figure(self.ends.get(state, 0), Wanted(which, days=(self.day, self.day)))

    @property
    def delivered(self) -> Figure:
        return self.ended(Which.DELIVERED, State.DELIVERED)


def days_of(
    days: Sequence[date],
    received: Mapping[tuple[str, int], int],
    ends: Iterable[End],
    zone: ZoneInfo,
) -> list[Day]:
    """`received`: (service, place in `days`) → how many."""
    took: dict[date, dict[str, list[timedelta]]] = {}
    counts: dict[date, Counter[State]] = {day: Counter() for day in days}
    for end in ends:
        day = end.at.astimezone(zone).date()
        if day not in counts:
            continue
        counts[day][end.state] += 1
        if end.state is State.DELIVERED:
            own = took.setdefault(day, {}).setdefault(end.workflow, [])
            own.append(end.at - end.received_at)
    return [
        Day(
            day,
            {service: count for (service, at), count in received.items() if at == place},
            dict(counts[day]),
            {service: tuple(times) for service, times in took.get(day, {}).items()},
        )
        for place, day in enumerate(days)
    ]


@dataclass(frozen=True, slots=True)
class Speed:
    """How long letters took: half of them no longer than `half`, nine of ten no longer than `most`."""

    count: int
    half: timedelta
    most: timedelta


def speed(days: Iterable[Day], service: str) -> Speed | None:
    """None where no letter went out."""
    took = [time for day in days for time in day.took.get(service, ())]
    if not took:
        return None
    seconds = [time.total_seconds() for time in took]
    most = quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return Speed(len(seconds), timedelta(seconds=median(seconds)), timedelta(seconds=most))


def spoken(time: timedelta) -> str:
    """`25 menit`, `5 jam`, `2,5 hari`."""
    minutes = time / timedelta(minutes=1)
    if minutes < 1:
        return "kurang dari semenit"
    if minutes < 59.5:
        return f"{minutes:.0f} menit"
    if minutes < 23.5 * 60:
        return f"{minutes / 60:.0f} jam"
    days = minutes / (24 * 60)
    told = f"{days:.1f}".removesuffix(".0").replace(".", ",") if days < 9.95 else f"{days:.0f}"
    return f"{told} hari"
