"""The province's table: its regencies' lines of one day, what they add up to, how it changed, and how long the backlog lasts.

Promise: nobody is guessed for. A regency that did not report that day is named and adds nothing; every sum says of how
many it is; a change compares only those that reported on both days.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from sync.core.report.line import Line

FIGURES = (
    "blanks",
    "suket",
    "printers_working",
    "printers",
    "received",
    "delivered",
    "waiting",
    "overdue",
)
PACE_DAYS = 7
CHART_DAYS = 14


@dataclass(frozen=True, slots=True)
class Sum:
    """`of`: so many regencies it is the sum of."""

    value: int
    of: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the outstanding suket become fewer: `per_day`, over PACE_DAYS; below 0 they become more.
    `days` until none is left at that pace; None: never, at that pace."""

    per_day: float
    days: int | None


@dataclass(frozen=True, slots=True)
class Regency:
    """What is known of one regency. `problems` are sentences: cells that can't be read, a sheet out of reach."""

    name: str
    lines: Mapping[date, Line] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegencyDay:
    """`line` None: it did not report that day; `last` is the last day before that it reported."""

    name: str
    line: Line | None
    last: date | None
    day_before: int | None  # how many more suket than the day before, and than a week before
    week_before: int | None
    pace: Pace | None
    problems: tuple[str, ...] = ()

    def count(self, name: str) -> int | None:
        return self.line.count(name) if self.line else None


@dataclass(frozen=True, slots=True)
class ProvinceDay:
    """`sums` by FIGURES; one that nobody reported is missing. `trend`: all suket of those who report them on `day`, by
    day, the oldest first; None where one of them is missing. `source`: where the figures come from, where not from offices."""

    day: date
    name: str
    regencies: tuple[RegencyDay, ...]
    sums: Mapping[str, Sum]
    day_before: Sum | None
    week_before: Sum | None
    pace: Pace | None
    pace_of: int
    trend: tuple[tuple[date, int | None], ...]
    source: str = ""

    @property
    def missing(self) -> tuple[RegencyDay, ...]:
        return tuple(regency for regency in self.regencies if regency.line is None)


def pace_of(now: int, then: int, days: int = PACE_DAYS) -> Pace:
    """From the backlog `days` ago to the one now."""
    per_day = (then - now) / days
    if now == 0:
        return Pace(per_day, 0)
    return Pace(per_day, -(-now * days // (then - now)) if then > now else None)


def province_day(
    name: str,
    regencies: Sequence[Regency],
    day: date,
    *,
    given: Mapping[str, int] | None = None,
    source: str = "",
) -> ProvinceDay:
    """`given`: sums that the source itself names, of all regencies."""
    sums = {name: total for name in FIGURES if (total := _sum(regencies, day, name))}
    sums |= {name: Sum(value, len(regencies)) for name, value in (given or {}).items()}
    week_ago = day - timedelta(days=PACE_DAYS)
    both = [_pair(regency, day, week_ago) for regency in regencies]
    pairs = [pair for pair in both if pair]
    return ProvinceDay(
        day=day,
        name=name,
        regencies=tuple(_regency_day(regency, day) for regency in regencies),
        sums=sums,
        day_before=_change(regencies, day, day - timedelta(days=1)),
        week_before=_change(regencies, day, week_ago),
        pace=pace_of(sum(now for now, _ in pairs), sum(then for _, then in pairs))
        if pairs
        else None,
        pace_of=len(pairs),
        trend=_trend(regencies, day),
        source=source,
    )


def told_province(report: ProvinceDay) -> dict[str, Any]:
    """Plain JSON values; docs/report.md shows them."""
    values: dict[str, Any] = _adapter().dump_python(report, mode="json")
    return values | {"missing": [regency.name for regency in report.missing]}


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(ProvinceDay)


def _regency_day(regency: Regency, day: date) -> RegencyDay:
    pair = _pair(regency, day, day - timedelta(days=PACE_DAYS))
    before = _pair(regency, day, day - timedelta(days=1))
    return RegencyDay(
        name=regency.name,
        line=regency.lines.get(day),
        last=max((one for one in regency.lines if one < day), default=None),
        day_before=before and before[0] - before[1],
        week_before=pair and pair[0] - pair[1],
        pace=pair and pace_of(*pair),
        problems=regency.problems,
    )


def _count(regency: Regency, day: date, name: str) -> int | None:
    line = regency.lines.get(day)
    return line.count(name) if line else None


def _sum(regencies: Iterable[Regency], day: date, name: str) -> Sum | None:
    counts = [count for one in regencies if (count := _count(one, day, name)) is not None]
    return Sum(sum(counts), len(counts)) if counts else None


def _pair(regency: Regency, day: date, before: date) -> tuple[int, int] | None:
    now, then = _count(regency, day, "suket"), _count(regency, before, "suket")
    return None if now is None or then is None else (now, then)


def _change(regencies: Iterable[Regency], day: date, before: date) -> Sum | None:
    pairs = [pair for regency in regencies if (pair := _pair(regency, day, before))]
    return Sum(sum(now - then for now, then in pairs), len(pairs)) if pairs else None


def _trend(regencies: Iterable[Regency], day: date) -> tuple[tuple[date, int | None], ...]:
    reporting = [one for one in regencies if _count(one, day, "suket") is not None]
    days = [day - timedelta(days=back) for back in range(CHART_DAYS - 1, -1, -1)]
    found: list[tuple[date, int | None]] = []
    for one in days if reporting else ():
        counts = [_count(regency, one, "suket") for regency in reporting]
        known = [count for count in counts if count is not None]
        found.append((one, sum(known) if len(known) == len(counts) else None))
    return tuple(found)
