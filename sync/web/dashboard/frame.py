"""The dashboard's pages: one frame, one environment. Every page is of one office and, but for the sign-in, of one person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sync.core.dashboard.figures import spoken
from sync.core.dates import as_day, format_date
from sync.core.money import grouped
from sync.core.people import Person, Role
from sync.core.settings import Settings

FRONT, LIST, TRAIL, PROVINCE = (
    "/petugas",
    "/petugas/daftar",
    "/petugas/jejak",
    "/petugas/provinsi",
)
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Frame:
    """What all pages have in common; `settings` as they are now."""

    settings: Callable[[], Settings]

    def page(self, template: str, person: Person | None, token: str, **values: Any) -> str:
        """`person` None: nobody is logged in. `token`: of guard.forms, for the form that logs out. `di` among the values is the
        page's path, where the menu has it."""
        settings = self.settings()
        frame = {
            "orang": person,
            "kantor": settings.office,
            "token": token,
            "menu": menu(person, province=bool(settings.province.regencies)),
            "di": "",
        }
        return environment().get_template(template).render(frame | values)


def menu(person: Person | None, *, province: bool) -> list[tuple[str, str]]:
    """(path, name) of what the person may see; `province`: this office keeps the table of regencies."""
    if person is None:
        return []
    if person.role is Role.PROVINCE:
        return [(PROVINCE, "Provinsi")]
    found = [(FRONT, "Ringkasan"), (LIST, "Permohonan")]
    if person.role is Role.HEAD:
        found += [(PROVINCE, "Provinsi")] if province else []
        found += [(TRAIL, "Jejak")]
    return found


@cache
def environment() -> Environment:
    """Everything is escaped; a name that is not there is a mistake of ours."""
    made = Environment(
        loader=FileSystemLoader(HERE / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "angka": grouped,
        "tanggal": format_date,
        "hari": lambda moment: format_date(as_day(moment), with_day=True),
        "jam": lambda moment: f"{moment:%H.%M %Z}",
        "saat": _when,
        "lama": spoken,
    }
    return made


def _when(moment: datetime, now: datetime) -> str:
    """`pukul 15.58 WITA`, with its day where that is not today; in the time zone of `now`."""
    local = moment.astimezone(now.tzinfo)
    day = "" if local.date() == now.date() else f"{format_date(local.date())} "
    return f"{day}pukul {local:%H.%M %Z}"
