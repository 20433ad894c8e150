"""The reminder: which applications wait for the office longer than was promised, in words for an email. No applicant is
named in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from sync.core.dates import format_date
from sync.core.promise import due_on
from sync.core.workflow.links import row_link

TEMPLATE = "reports/pengingat.txt"
SHOWN = 5
"""So many of a service are listed, those that wait longest."""


@dataclass(frozen=True, slots=True)
class Late:
    """One that waits for the office. `row`: where it was last seen in the sheet."""

    reference: str
    received_at: datetime
    status: str
    row: int | None


@dataclass(frozen=True, slots=True)
class LateService:
    """`count` of the service wait too long; `longest` are those of them who came first. `tab`: the id of its tab in the
    sheet, where it is known."""

    title: str
    sheet: str
    tab: int | None
    promised_days: int
    count: int
    longest: tuple[Late, ...]


def reminder(
    services: Sequence[LateService], day: date, zone: tzinfo, office: Mapping[str, Any]
) -> dict[str, Any]:
    """The context of TEMPLATE on that day; `office` is what templates know as `kantor`."""
    listed = [[_line(service, one, day, zone) for one in service.longest] for service in services]
    return {
        "kantor": dict(office),
        "judul_layanan": "Loket",
        "hari": format_date(day, with_day=True),
        "jumlah": sum(service.count for service in services),
        "layanan": [
            {
                "judul": service.title,
                "janji": service.promised_days,
                "jumlah": service.count,
                "terlama": lines,
                "sisanya": service.count - len(lines),
            }
            for service, lines in zip(services, listed, strict=True)
        ],
        "tautan_lain": [line["tautan"] for lines in listed for line in lines],
    }


def _line(service: LateService, one: Late, day: date, zone: tzinfo) -> dict[str, Any]:
    return {
        "referensi": one.reference,
        "sejak": format_date(one.received_at.astimezone(zone).date()),
        "lewat": (day - due_on(one.received_at, service.promised_days, zone)).days,
        "status": one.status,
        "tautan": row_link(service.sheet, service.tab, one.row),
    }
