"""The daily report of one office, and how it is told as JSON: by `report --json`, and in the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sync.core.report.day import Figures, ServiceDay, total
from sync.core.report.stock import Stock


@dataclass(frozen=True, slots=True)
class DayReport:
    """`made_at` is aware; `over`: the day was over by then, its figures are final. `before` is the whole day before.
    `missed`: earlier days that no email told of. `problems` are sentences for people."""

    day: date
    office: str
    timezone: str
    made_at: datetime
    over: bool
    services: tuple[ServiceDay, ...]
    before: Figures
    stock: Stock | None = None
    missed: tuple[date, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def total(self) -> Figures:
        return total(self.services)

    @property
    def local(self) -> datetime:
        return self.made_at.astimezone(ZoneInfo(self.timezone))


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(DayReport)


def told(report: DayReport) -> dict[str, Any]:
    """Plain JSON values; docs/report.md shows them."""
    values: dict[str, Any] = _adapter().dump_python(report, mode="json")
    values["made_at"] = report.local.isoformat()
    totals = {
        name: getattr(report.total, name) for name in Figures.__slots__ if name != "waiting"
    } | {"waiting": list(report.total.waiting)}
    return values | {"total": totals}


def read_told(values: Mapping[str, Any]) -> DayReport:
    """What `told` gave. Raises ValueError."""
    return _adapter().validate_python(dict(values))  # type: ignore[no-any-return]
